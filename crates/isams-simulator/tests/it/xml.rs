use isams_simulator::{Answer, Format, Simulator, generate, xml};
use serde_json::{Value, json};

use crate::{KEY, get, json_url, school, xml_url};

#[tokio::test]
async fn both_paths_answer_the_same_day_in_their_form() {
    let alder = school("alder-prep");
    let day = alder.day("first").unwrap();
    let simulator = Simulator::builder()
        .key(KEY)
        .day(day)
        .unwrap()
        .start()
        .await
        .unwrap();
    let answer = reqwest::get(xml_url(&simulator)).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/xml; charset=utf-8");
    assert!(answer.text().await.unwrap().into_bytes() == day.xml_body().unwrap());
    assert!(get(&json_url(&simulator)).await.1.into_bytes() == day.body().unwrap());
    let formats: Vec<_> = simulator.requests().iter().map(|it| it.format).collect();
    assert_eq!(formats, [Some(Format::Xml), Some(Format::Json)]);
}

#[test]
fn a_document_and_a_school_know_their_xml() {
    let alder = generate::alder_prep();
    for document in alder.documents() {
        let json: Value = serde_json::from_str(&document.text).unwrap();
        let text = document.xml().unwrap();
        assert!(text == xml::from_json(&json), "{}", document.file);
        assert!(text.starts_with("<iSAMS><") && text.ends_with("Manager></iSAMS>"));
    }
    let day = school("alder-prep");
    assert!(alder.xml_body() == day.day("first").unwrap().xml_body().unwrap());
}

#[tokio::test]
async fn what_is_no_payload_goes_out_as_it_is_on_both_paths() {
    let simulator = Simulator::builder().key(KEY).start().await.unwrap();
    let page = Answer {
        status: 200,
        content_type: "text/html".to_owned(),
        body: b"<!DOCTYPE html>".to_vec(),
    };
    for answer in [
        page,
        Answer::json("[1]"),
        Answer::xml("<iSAMS><A/></iSAMS>"),
    ] {
        simulator.set_answer(answer.clone());
        for url in [json_url(&simulator), xml_url(&simulator)] {
            let got = reqwest::get(url).await.unwrap();
            assert_eq!(got.headers()["content-type"], answer.content_type);
            assert_eq!(got.bytes().await.unwrap(), answer.body);
        }
    }
    simulator.set_body(json!({"iSAMS": {"A": ""}}).to_string());
    assert_eq!(get(&xml_url(&simulator)).await.1, "<iSAMS><A></A></iSAMS>");
}
