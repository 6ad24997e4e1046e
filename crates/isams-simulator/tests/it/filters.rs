use isams_simulator::{Answer, KnownError, Simulator, SimulatorBuilder};
use serde_json::{Value, json};

use crate::{KEY, element, get, json_url, post, school, xml_url};

const COVER_WINDOWS: &str = r#"<CoverManager>
    <AllLessonSuspensions StartDate="2031-11-01" EndDate="2031-11-30"/>
    <AllRoomClosuresAndCover StartDate="2031-11-01" EndDate="2031-11-30"/>
</CoverManager>"#;

const FOURTEEN: [&str; 14] = [
    "Calendar_GetEventsThisYear",
    "Calendar_GetEventsNextYear",
    "Cover_GetAllLessonSuspensions",
    "Cover_GetAllRoomClosureReasons",
    "Cover_GetAllRoomClosuresAndCover",
    "Estate_GetAllBuildingsAndClassrooms",
    "HumanResources_GetCurrentStaff",
    "School_GetSchoolTerms",
    "Teaching_GetDepartmentsAndSubjects",
    "Teaching_GetTeachingSets",
    "Teaching_GetTeachingForms",
    "Timetable_GetPublishedTimetables",
    "Timetable_GetTimetableStructure",
    "Timetable_GetTimetableWeekAllocations",
];

fn filters(methods: &[&str], windows: &str) -> String {
    let methods: String = methods
        .iter()
        .map(|name| format!("<Method>{name}</Method>"))
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <Filters><MethodsToRun>{methods}</MethodsToRun>{windows}</Filters>"
    )
}

async fn start(builder: SimulatorBuilder) -> Simulator {
    let alder = school("alder-prep");
    let builder = builder.day(alder.day("first").unwrap()).unwrap();
    builder.start().await.unwrap()
}

fn nodes(document: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(document).unwrap();
    let managers = document["iSAMS"].as_object().unwrap();
    managers
        .iter()
        .flat_map(|(manager, containers)| {
            let containers = containers.as_object().unwrap();
            containers
                .keys()
                .map(move |container| format!("{manager}.{container}"))
        })
        .collect()
}

#[tokio::test]
async fn methods_to_run_leave_the_other_nodes_out() {
    let simulator = start(Simulator::builder().key(KEY)).await;
    let url = json_url(&simulator);
    let wanted = filters(&["SCHOOL_getSchoolTerms", "Teaching_GetTeachingForms"], "");
    let (status, body) = post(&url, &wanted).await;
    assert_eq!(status, 200);
    assert_eq!(
        nodes(&body),
        ["SchoolManager.Terms", "TeachingManager.TeachingForms"]
    );
    let (_, xml) = post(&xml_url(&simulator), &wanted).await;
    assert!(xml.starts_with("<iSAMS><SchoolManager><Terms>"), "{xml}");
    assert!(!xml.contains("HRManager"), "{xml}");
    assert_eq!(
        simulator.requests()[0].methods,
        ["SCHOOL_getSchoolTerms", "Teaching_GetTeachingForms"]
    );
}

#[tokio::test]
async fn all_methods_and_no_body_answer_everything() {
    let simulator = start(Simulator::builder().key(KEY)).await;
    let url = json_url(&simulator);
    let all = get(&url).await.1;
    assert!(post(&url, "").await.1 == all);
    assert!(post(&url, "<Filters/>").await.1 == all);
    assert!(post(&url, &filters(&FOURTEEN, "")).await.1 == all);
}

#[tokio::test]
async fn unknown_and_unallocated_methods_are_named_in_lower_case() {
    let simulator = start(Simulator::builder().key_with(KEY, ["School_GetSchoolTerms"])).await;
    let wanted = filters(
        &[
            "School_GetSchoolTerms",
            "Teaching_GetTeachingSets",
            "No_Such",
        ],
        "",
    );
    let (status, body) = post(&json_url(&simulator), &wanted).await;
    assert_eq!(status, 403);
    assert_eq!(
        element(&body, "MessageId"),
        "MethodsNotAllocatedToKeyException"
    );
    let (_, names) = element(&body, "Description").rsplit_once(": ").unwrap();
    assert_eq!(names, "teaching_getteachingsets, no_such");
    assert_eq!(
        post(
            &json_url(&simulator),
            &filters(&["School_GetSchoolTerms"], "")
        )
        .await
        .0,
        200
    );

    let simulator = start(Simulator::builder().key(KEY)).await;
    let (status, body) = post(&json_url(&simulator), &filters(&["No_Such"], "")).await;
    assert_eq!((status, body.contains(": no_such<")), (403, true));
}

#[tokio::test]
async fn malformed_filters_are_refused_as_by_isams() {
    let simulator = start(Simulator::builder().key(KEY)).await;
    for body in ["methods", "{}", "<Filters>", "<Message/>"] {
        let (status, answer) = post(&json_url(&simulator), body).await;
        assert_eq!(status, 500);
        assert!(answer.into_bytes() == Answer::known(KnownError::BadFilter).body);
    }
    let window = r#"<Calendar><Events StartDate="soon"/></Calendar>"#;
    let (status, answer) = post(&json_url(&simulator), &filters(&[], window)).await;
    assert_eq!(status, 500);
    assert_eq!(element(&answer, "MessageId"), "UnhandledException");
}

#[tokio::test]
async fn windows_filter_suspensions_closures_and_cover() {
    let dates = |id: &str, start: &str, end: &str| json!({"@Id": id, "StartDate": format!("{start}T00:00:00"), "EndDate": format!("{end}T00:00:00")});
    let body = json!({"iSAMS": {"CoverManager": {
        "LessonSuspensions": {"LessonSuspension": [
            dates("1", "2031-10-20", "2031-11-01"), dates("2", "2031-12-01", "2031-12-02"),
        ]},
        "RoomClosureReasons": null,
        "RoomClosures": {"RoomClosure": [
            dates("3", "2031-11-30", "2031-12-05"), dates("4", "2031-11-02", "2031-11-02"),
            dates("5", "2031-10-01", "2031-10-31"),
        ]},
        "Covers": {"Cover": {"@Id": "6", "Date": "2031-12-01T00:00:00"}},
    }}});
    let simulator = Simulator::builder()
        .key(KEY)
        .body(body.to_string())
        .start()
        .await
        .unwrap();
    let url = json_url(&simulator);
    let (_, answer) = post(&url, &format!("<Filters>{COVER_WINDOWS}</Filters>")).await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(
        answer,
        json!({"iSAMS": {"CoverManager": {
            "LessonSuspensions": {"LessonSuspension": dates("1", "2031-10-20", "2031-11-01")},
            "RoomClosureReasons": null,
            "RoomClosures": {"RoomClosure": [
                dates("3", "2031-11-30", "2031-12-05"), dates("4", "2031-11-02", "2031-11-02"),
            ]},
            "Covers": null,
        }}})
    );
}

#[tokio::test]
async fn a_key_with_some_methods_answers_only_their_nodes() {
    let simulator = start(Simulator::builder().key_with(
        &format!("{{{KEY}}}"),
        [
            "Timetable_GetTimetableStructure",
            "Calendar_GetEventsNextYear",
        ],
    ))
    .await;
    for body in [
        get(&json_url(&simulator)).await.1,
        post(&json_url(&simulator), "").await.1,
    ] {
        let mut nodes = nodes(&body);
        nodes.sort();
        assert_eq!(
            nodes,
            [
                "CalendarManager.Categories",
                "CalendarManager.Events",
                "TimetableManager.Structure"
            ]
        );
        let body: Value = serde_json::from_str(&body).unwrap();
        let event = &body["iSAMS"]["CalendarManager"]["Events"]["Event"];
        assert_eq!(event["StartDate"], "2032-09-30T00:00:00");
    }
}

#[tokio::test]
async fn strict_keys_want_the_filters_of_the_cover_methods() {
    let cover = [
        "Cover_GetAllLessonSuspensions",
        "Cover_GetAllRoomClosuresAndCover",
    ];
    for builder in [
        Simulator::builder().key(KEY),
        Simulator::builder().key_with(KEY, cover),
    ] {
        let strict = start(builder.clone().strict_filters(true)).await;
        let url = json_url(&strict);
        let (status, body) = get(&url).await;
        assert_eq!(status, 400);
        assert_eq!(element(&body, "MessageId"), "FiltersRequiredException");
        assert!(
            element(&body, "Description")
                .starts_with("Method \"Cover - GetAllLessonSuspensions\" requires"),
            "{body}"
        );
        let one = r#"<Filters><CoverManager><AllLessonSuspensions StartDate="2031-11-01"/></CoverManager></Filters>"#;
        let (status, body) = post(&url, one).await;
        assert_eq!(status, 400);
        assert!(
            body.contains("Cover - GetAllRoomClosuresAndCover"),
            "{body}"
        );
        let both = format!("<Filters>{COVER_WINDOWS}</Filters>");
        assert_eq!(post(&url, &both).await.0, 200);
        assert_eq!(post(&url, &filters(&cover, COVER_WINDOWS)).await.0, 200);
        assert_eq!(get(&json_url(&start(builder).await)).await.0, 200);
    }
    let strict = start(Simulator::builder().key(KEY).strict_filters(true)).await;
    let harmless = filters(&["Cover_GetAllRoomClosureReasons"], "");
    assert_eq!(post(&json_url(&strict), &harmless).await.0, 200);
}

#[tokio::test]
async fn post_may_be_refused() {
    let simulator = start(Simulator::builder().key(KEY).get_only()).await;
    assert_eq!(post(&json_url(&simulator), "").await.0, 405);
    assert_eq!(get(&json_url(&simulator)).await.0, 200);
}
