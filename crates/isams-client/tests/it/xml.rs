//! XML gives what JSON gives.

use isams_client::{AreaState, DataArea, Error, Payload};
use isams_simulator::generate::{alder_prep, birchwood_college};

fn xml(isams: &str) -> Payload {
    Payload::from_slice(format!("<iSAMS>{isams}</iSAMS>").as_bytes()).unwrap()
}

#[test]
fn every_generated_school_reads_the_same_from_both() {
    for school in [alder_prep(), birchwood_college()] {
        for school in [school.republished(8), school] {
            let json = Payload::from_slice(&school.body()).unwrap();
            let xml = Payload::from_slice(&school.xml_body()).unwrap();
            assert_eq!(json, xml);
            assert_eq!(xml.findings(), []);
            for area in DataArea::ALL {
                assert_eq!(xml.state(area), AreaState::Present, "{area}");
            }
        }
    }
}

#[test]
fn the_day_inside_a_day_is_its_number() {
    let payload = xml(
        r#"<TimetableManager><Structure><Week Id="1"><Days><Day Id="11"><Name>Monday</Name><Day>2</Day><Periods>
        <Period Id="301"><Name>Period 1</Name><StartTime>09:00</StartTime></Period></Periods></Day>
        <Day Id="12"><Day>3</Day></Day></Days></Week></Structure></TimetableManager>"#,
    );
    let days = &payload.timetable_structure.value().unwrap()[0].days;
    assert_eq!(days.len(), 2);
    assert_eq!(days[0].weekday.copied(), Some(2));
    assert_eq!(days[1].weekday.copied(), Some(3));
}

#[test]
fn attribute_and_element_of_one_name_and_texts_with_attributes() {
    let payload = xml(
        r#"<TeachingManager><Sets><Set Id="1401" SubjectId="14"><SubjectId Legacy="True">15</SubjectId>
        <YearId Legacy="True">9</YearId><SetCode>9A/Ma1 &amp; &lt;2&gt;</SetCode><Name><![CDATA[9A & b]]></Name>
        <Teachers><Teacher Id="201" StaffId="101" PrimaryTeacher="True"/></Teachers></Set></Sets></TeachingManager>"#,
    );
    let set = &payload.teaching_sets.value().unwrap()[0];
    assert_eq!(set.subject_id, crate::text("14"));
    assert_eq!(set.year_id, crate::text("9"));
    assert_eq!(set.set_code, crate::text("9A/Ma1 & <2>"));
    assert_eq!(set.name, crate::text("9A & b"));
    assert_eq!(set.teachers[0].primary.copied(), Some(true));
}

#[test]
fn the_encoding_label_is_not_believed() {
    let text = "<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n<!-- x --><iSAMS><SchoolManager><Terms>\
                <Term Id=\"61\"><Name>Été</Name></Term></Terms></SchoolManager></iSAMS>";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [
        text.as_bytes().to_vec(),
        format!("\u{feff}{text}").into_bytes(),
        utf16.clone(),
        [vec![0xFF, 0xFE], utf16].concat(),
        big.clone(),
        [vec![0xFE, 0xFF], big].concat(),
    ] {
        let payload = Payload::from_slice(&bytes).unwrap();
        let term = &payload.terms.value().unwrap()[0];
        assert_eq!(term.name, crate::text("Été"));
        assert_eq!(payload.findings(), []);
    }
}

#[test]
fn bytes_that_are_not_utf_8_cost_a_letter_and_not_the_answer() {
    for document in [
        &b"<iSAMS><SchoolManager><Terms><Term Id=\"61\"><Name>\xC9t\xE9</Name></Term></Terms></SchoolManager></iSAMS>"[..],
        &b"{\"iSAMS\":{\"SchoolManager\":{\"Terms\":{\"Term\":{\"@Id\":\"61\",\"Name\":\"\xC9t\xE9\"}}}}}"[..],
    ] {
        let payload = Payload::from_slice(document).unwrap();
        let term = &payload.terms.value().unwrap()[0];
        assert_eq!(term.name, crate::text("\u{fffd}t\u{fffd}"));
        assert_eq!(payload.findings().len(), 1);
        assert!(payload.findings()[0].reason.contains("UTF-8"));
    }
}

#[test]
fn nothing_in_isams_is_a_document_without_areas() {
    for document in [
        "<iSAMS/>",
        "<iSAMS></iSAMS>",
        "<iSAMS> </iSAMS>",
        "<iSAMS a='b'/>",
    ] {
        let payload = Payload::from_slice(document.as_bytes()).unwrap();
        assert_eq!(payload, Payload::default(), "{document}");
    }
}

#[test]
fn a_broken_document_names_the_place() {
    for (document, shown, at, again) in [
        (
            "<iSAMS><SchoolManager>\n<Terms><Term Id=\"61\"/><Term><Name>Aut",
            "the answer is broken or cut off at `iSAMS.SchoolManager.Terms.Term[1].Name`",
            (2, 38),
            true,
        ),
        (
            "<iSAMS><SchoolManager></iSAMS>",
            "the answer is broken or cut off at `iSAMS.SchoolManager`",
            (1, 23),
            false,
        ),
        (
            "<!DOCTYPE iSAMS SYSTEM 'file:///etc/passwd'><iSAMS/>",
            "the answer is broken or cut off",
            (1, 1),
            false,
        ),
    ] {
        let error = Payload::from_slice(document.as_bytes()).unwrap_err();
        assert!(matches!(error, Error::Xml { .. }), "{error:?}");
        assert_eq!(error.to_string(), shown, "{document}");
        assert_eq!(error.line_and_column(), Some(at), "{document}");
        assert_eq!(error.is_retryable(), again, "{document}");
        assert!(error.advice().is_some());
    }
}

#[test]
fn an_answer_kept_in_a_file_reads_as_it_came() {
    let fixture = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/alder-prep/first/terms.json"
    );
    let payload = Payload::from_path(fixture).unwrap();
    assert_eq!(payload.state(DataArea::Terms), AreaState::Present);
    assert_eq!(
        Payload::from_reader(std::fs::File::open(fixture).unwrap()).unwrap(),
        payload
    );

    let error = Payload::from_path("no/such/file.xml").unwrap_err();
    assert_eq!(
        error.to_string(),
        "no answer could be read from no/such/file.xml"
    );
    assert!(matches!(&error, Error::File { source, .. } if matches!(**source, Error::Read(_))));
    let error = Payload::from_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap_err();
    assert!(
        matches!(&error, Error::File { source, .. } if matches!(**source, Error::NotIsams { .. }))
    );
}
