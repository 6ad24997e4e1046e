//! Large documents that are made to be slow to read.
//!
//! Nothing here looks at a clock: each document is a few megabytes of one thing, so that a reader whose work grows with
//! the square of it would not come to an end.

use isams_client::{DataArea, Error, Payload};

/// How many times a thing is repeated: about this many bytes of it.
const BYTES: usize = 2_000_000;

fn many(thing: &str) -> String {
    thing.repeat(BYTES / thing.len())
}

fn numbered(thing: impl Fn(usize) -> String) -> String {
    (0..BYTES / thing(1_000_000).len()).map(thing).collect()
}

fn terms_in_xml(inside: &str) -> String {
    format!("<iSAMS><SchoolManager><Terms>{inside}</Terms></SchoolManager></iSAMS>")
}

fn read(document: &str) -> Payload {
    Payload::from_slice(document.as_bytes()).unwrap()
}

fn name_of_term(document: &str) -> String {
    let payload = read(document);
    assert_eq!(payload.findings(), []);
    payload.terms.value().unwrap()[0].name.clone().unwrap()
}

#[test]
fn elements_side_by_side() {
    for inside in [
        many("<a>x</a>"),
        many("<a/>"),
        many("<a/><b/>"),
        many("<a><a><b/></a><b/><a/></a><b><a/></b>"),
        numbered(|n| format!("<a{n}/>")),
        numbered(|n| format!("<a{n}><b/><a{n}/></a{n}>")),
    ] {
        let payload = read(&format!("<iSAMS>{inside}</iSAMS>"));
        assert_eq!(payload, Payload::default());
        let payload = read(&terms_in_xml(&format!("{inside}<Term Id='61'/>")));
        assert_eq!(payload.rows(DataArea::Terms), 1);
    }
    let rows = many("<Term Id='61'/>");
    let payload = read(&terms_in_xml(&rows));
    assert_eq!(payload.rows(DataArea::Terms), rows.matches("Term").count());
}

#[test]
fn attributes_in_one_tag() {
    for attributes in [
        numbered(|n| format!(" a{n}='1'")),
        many(" a='1'"),
        many(" Id='61'"),
    ] {
        let payload = read(&terms_in_xml(&format!("<Term{attributes} Id='61'/>")));
        let term = &payload.terms.value().unwrap()[0];
        assert_eq!(term.id, crate::text("61"));
    }
}

#[test]
fn references_in_one_text() {
    for (sent, read_as) in [
        ("&amp;", "&"),
        ("&#x41;", "A"),
        ("&", "&"),
        ("&x", "&x"),
        ("&#", "&#"),
        ("&x;", "&x;"),
        ("x<!-- -->", "x"),
        ("x<?p?>", "x"),
        ("<![CDATA[x]]>", "x"),
        ("x\r", "x\n"),
    ] {
        let text = many(sent);
        let expected = read_as.repeat(BYTES / sent.len());
        for (text, expected) in [
            (format!("{text}."), format!("{expected}.")),
            (format!("{text};"), format!("{expected};")),
        ] {
            let document = terms_in_xml(&format!("<Term><Name>{text}</Name></Term>"));
            assert!(name_of_term(&document) == expected, "{sent}");
        }
    }
}

#[test]
fn references_in_one_attribute() {
    for (sent, read_as) in [
        ("&amp;", "&"),
        ("&", "&"),
        ("&#", "&#"),
        ("&x", "&x"),
        ("&x;", "&x;"),
    ] {
        for end in [".", ";"] {
            let document = terms_in_xml(&format!("<Term Id='{}{end}'/>", many(sent)));
            let payload = read(&document);
            let id = payload.terms.value().unwrap()[0].id.clone().unwrap();
            assert!(
                id == read_as.repeat(BYTES / sent.len()) + end,
                "{sent}{end}"
            );
        }
    }
}

#[test]
fn a_cut_after_many_siblings_at_every_level() {
    let level = format!("<a>{}</a>", many("<b/>"));
    let document = format!("<iSAMS>{}", "<a/><a>".repeat(60) + &level + "<a>");
    let error = Payload::from_slice(document.as_bytes()).unwrap_err();
    let Error::Xml { path, .. } = &error else {
        unreachable!("{error:?}")
    };
    assert_eq!(*path, Some(format!("iSAMS{}", ".a[1]".repeat(61))));
    assert!(error.is_retryable());

    let document = format!(
        "<iSAMS>{}<a>{}<b>",
        many("<a/>"),
        many("<b/>") + "<c/>" + &many("<d><b/></d>")
    );
    let error = Payload::from_slice(document.as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the answer is broken or cut off at `iSAMS.a[{0}].b[{0}]`",
            BYTES / 4
        )
    );
}

#[test]
fn broken_markup() {
    for document in [
        format!("<iSAMS>{}", many("<")),
        format!("<iSAMS>{}", many("</")),
        format!("<iSAMS {}", many("a='")),
        format!("<iSAMS {}>", many("=")),
        format!("<iSAMS>{}", many("<a ")),
        format!("<iSAMS>{}", many("<!--")),
        format!("<iSAMS>{}", many("<![CDATA[")),
        format!("<iSAMS>{}", many("<a>")),
        format!("<iSAMS>{}", many("<?")),
        format!("<iSAMS>{}", many("]]>")),
        format!("<iSAMS><{}", many("a")),
        format!("<iSAMS><{}>", many("a")),
        format!("<iSAMS><a></{}>", many("b")),
        format!(r#"{{"iSAMS":{{"SchoolManager":"{}"#, many("\\\"")),
        format!(
            r#"{{"iSAMS":{{"SchoolManager":{{"Terms":{{"Term":[{}"#,
            many("{},")
        ),
        format!(r#"{{"iSAMS":{}"#, many("[")),
        format!(r#"{{"iSAMS":{{"{}"#, many("a")),
        format!(r#"{{"iSAMS":{{"{}":"#, many("a")),
    ] {
        let error = Payload::from_slice(document.as_bytes()).unwrap_err();
        assert!(
            matches!(error, Error::Xml { .. } | Error::Decode { .. }),
            "{error:?}"
        );
        // Nor is it shown at length.
        assert!(error.to_string().len() < 1000);
    }
}

#[test]
fn rows_that_are_none_are_noted_up_to_a_bound() {
    let long = many("x");
    let rows = many("1,");
    for isams in [
        format!(r#""SchoolManager":{{"Terms":{{"Term":[{rows}1]}}}}"#),
        format!(r#""CalendarManager":{{"{long}":{{"Event":[{rows}1]}}}}"#),
        format!(r#""SchoolManager":{{"Terms":[{}1]}}"#, many(r#"{"x":1},"#)),
        format!(
            r#""SchoolManager":{{"Terms":[{}1]}}"#,
            many(&format!(r#"{{"{}":1}},"#, &long[..100]))
        ),
        format!(
            r#""SchoolManager":{{{}"x":1}}"#,
            numbered(|n| format!(r#""{n}":1,"#))
        ),
        format!(
            r#""CoverManager":{{{}"x":1}}"#,
            numbered(|n| format!(r#""{n}":[{{}}],"#))
        ),
        format!(
            r#""CoverManager":{{"Covers":{{"Cover":[{}1]}}}}"#,
            many(r#"{"@Id":[1]},"#)
        ),
    ] {
        let payload = read(&format!(r#"{{"iSAMS":{{{isams}}}}}"#));
        let findings = payload.findings();
        let size: usize = findings
            .iter()
            .map(|finding| finding.path.len() + finding.reason.len())
            .sum();
        assert!(
            size < 1_000_000,
            "{} findings, {size} bytes",
            findings.len()
        );
        let last = findings.last().unwrap();
        assert!(
            last.reason
                .ends_with("more were noticed, and are not listed"),
            "{last:?}"
        );
        assert!(format!("{:?}", payload.terms).len() < 1000);
    }
}

#[test]
fn bytes_in_no_encoding() {
    let mut json = br#"{"iSAMS":{"SchoolManager":{"Terms":{"Term":{"Name":""#.to_vec();
    json.extend(std::iter::repeat_n(0xE9, BYTES));
    json.extend(br#""}}}}}"#);
    let payload = Payload::from_slice(&json).unwrap();
    assert_eq!(payload.rows(DataArea::Terms), 1);
    json.truncate(json.len() - 1);
    assert!(Payload::from_slice(&json).unwrap_err().is_retryable());
    for mark in [&[0xFF, 0xFE][..], &[0xFE, 0xFF], b"<\0", b"\0{"] {
        let bytes = [mark, &vec![0xD8; BYTES]].concat();
        assert!(Payload::from_slice(&bytes).is_err());
    }
}

#[test]
fn answers_that_differ_everywhere_are_united_and_noted_up_to_a_bound() {
    let id = many("9");
    let building = |name: &str| {
        let rooms = numbered(|n| format!(r#"{{"@Id":"{n}","Name":"{name}"}},"#));
        read(&format!(
            r#"{{"iSAMS":{{"EstateManager":{{"Buildings":{{"Building":{{"@Id":"{id}","Classrooms":{{"Classroom":
            [{rooms}{{"@Id":"x"}}]}}}}}}}}}}}}"#
        ))
    };
    let mut united = building("a");
    let rooms = united.rows(DataArea::BuildingsAndRooms);
    united.merge(building("b"));
    assert_eq!(united.rows(DataArea::BuildingsAndRooms), rooms);
    let size: usize = united
        .findings()
        .iter()
        .map(|finding| finding.path.len() + finding.reason.len())
        .sum();
    assert!(size < 1_000_000, "{size} bytes");
    let last = united.findings().last().unwrap();
    let listed = united.findings().len() - 1;
    assert_eq!(
        last.reason,
        format!(
            "{} more were noticed, and are not listed",
            rooms - 1 - listed
        )
    );
}
