//! The doctor, against the simulator and over recorded answers.

use std::{net::IpAddr, time::Duration};

use booking_store::{BookingStore, RunFilter};
use isams_client::{ApiKey, AreaState, Client, ClientBuilder, ClientSecret, DataArea, Payload};
use isams_simulator::{Fault, Simulator, SimulatorBuilder};
use serde_json::json;
use timetable_sync::{
    Check, Consultation, Diagnosis, Document, PeriodVerdict, Settings, StatedPeriod, Topic,
    Verdict, doctor, examine_recorded,
};

use crate::{
    feed::{Feed, Row, feed, timetable},
    school::{School, at},
};

const KEY: &str = "{0a1b2c3d-4e5f-6789-abcd-ef0123456789}";
const ROWS: [Row; 2] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9B-PSHE", "T2", "22", "2"),
];

fn simulator() -> SimulatorBuilder {
    Simulator::builder()
        .key(KEY)
        .strict_filters(true)
        .body(feed(&ROWS).json().to_string())
}

fn client(simulator: &Simulator) -> ClientBuilder {
    Client::builder(&simulator.url(), ApiKey::from(KEY.to_owned())).retries(0)
}

fn consultation() -> Consultation {
    Consultation::new(at("2031-09-10T10:00"), &Settings::default())
}

async fn ask(client: ClientBuilder) -> Diagnosis {
    let diagnosis = doctor(&client.build().unwrap(), &consultation()).await;
    // Whatever is shown of it, no secret is.
    let shown = format!(
        "{diagnosis:?}{}",
        serde_json::to_string(&diagnosis).unwrap()
    );
    for secret in ["0a1b2c3d", "hush-hush"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    diagnosis
}

fn check(diagnosis: &Diagnosis, topic: Topic) -> &Check {
    let mut found = diagnosis.checks.iter().filter(|check| check.topic == topic);
    let check = found.next().unwrap_or_else(|| panic!("no {topic:?}"));
    assert!(found.next().is_none(), "{topic:?} twice: {diagnosis:#?}");
    check
}

/// The verdicts from the web address to the answer.
fn way(diagnosis: &Diagnosis) -> [Verdict; 5] {
    [
        Topic::Address,
        Topic::Tls,
        Topic::Token,
        Topic::Key,
        Topic::Answer,
    ]
    .map(|topic| check(diagnosis, topic).verdict)
}

fn recorded(feed: &Feed) -> Diagnosis {
    examine_recorded(feed.payload(), &consultation())
}

#[tokio::test]
async fn a_right_key_with_everything_on_it_is_well() {
    let simulator = simulator().start().await.unwrap();
    let diagnosis = ask(client(&simulator)).await;
    assert!(diagnosis.would_sync && diagnosis.answered, "{diagnosis:#?}");
    assert_eq!(way(&diagnosis), [Verdict::Good; 5]);
    for area in &diagnosis.areas {
        let there = !area.optional;
        assert_eq!(area.state == AreaState::Present, there, "{area:?}");
        assert_eq!(area.without.is_none(), there, "{area:?}");
        assert_eq!(area.verdict == Verdict::Good, there, "{area:?}");
    }
    assert_eq!(diagnosis.areas.len(), 14);
    assert_eq!(check(&diagnosis, Topic::CacheAge).verdict, Verdict::Unknown);
    assert_eq!(
        check(&diagnosis, Topic::Lessons).found,
        "2 weekly lessons have a room and a time"
    );
    assert!(
        check(&diagnosis, Topic::Terms)
            .found
            .starts_with("today is in Autumn (1 Sep 2031 to 3 Oct 2031)")
    );
    assert!(
        simulator
            .requests()
            .iter()
            .all(|request| request.only_reads())
    );
}

#[tokio::test]
async fn a_missing_module_is_named_as_isams_shows_it_and_says_what_is_lost() {
    let without = |lacks: &'static [DataArea]| {
        let held = DataArea::ALL
            .into_iter()
            .filter(|area| !lacks.contains(area));
        simulator()
            .key_with(KEY, held.map(DataArea::method))
            .start()
    };
    let cover = without(&[DataArea::RoomClosuresAndCover]).await.unwrap();
    let diagnosis = ask(client(&cover)).await;
    assert!(diagnosis.would_sync, "a sync goes on without cover");
    let key = check_all(&diagnosis, Topic::Key);
    assert_eq!(key[1].verdict, Verdict::Notice);
    assert_eq!(
        key[1].found,
        "the key lacks *Cover Manager - Room Closures & Cover*"
    );
    assert_eq!(
        key[1].advice.as_deref(),
        Some("Tick it for this key in API Services Manager.")
    );
    assert!(key[1].cannot_tell.as_deref().unwrap().contains("module"));
    let area = &diagnosis.areas[4];
    assert_eq!(
        (area.area, area.state),
        (DataArea::RoomClosuresAndCover, AreaState::Refused)
    );
    assert!(area.without.as_deref().unwrap().contains("look free"));

    let structure = without(&[DataArea::TimetableStructure]).await.unwrap();
    let diagnosis = ask(client(&structure)).await;
    assert!(!diagnosis.would_sync && diagnosis.answered);
    assert_eq!(diagnosis.areas[13].verdict, Verdict::Problem);
}

fn check_all(diagnosis: &Diagnosis, topic: Topic) -> Vec<&Check> {
    diagnosis
        .checks
        .iter()
        .filter(|check| check.topic == topic)
        .collect()
}

#[tokio::test]
async fn what_goes_wrong_on_the_way_is_told_apart_as_far_as_the_answers_allow() {
    use Verdict::{Good, Problem, Unknown};

    let wrong_key = {
        let simulator = simulator().start().await.unwrap();
        let wrong = "{ffffffff-4e5f-6789-abcd-ef0123456789}".to_owned();
        ask(Client::builder(&simulator.url(), wrong.into()).retries(0)).await
    };
    let oauth = || simulator().oauth("the client", "hush-hush", Duration::from_secs(60));
    let secret = |simulator: &Simulator, secret: &str| {
        client(simulator)
            .client_id("the client")
            .client_secret(ClientSecret::from(secret.to_owned()))
    };
    let wrong_secret = {
        let simulator = oauth().start().await.unwrap();
        ask(secret(&simulator, "hush-hush but wrong")).await
    };
    let no_secret = {
        let simulator = oauth().start().await.unwrap();
        ask(client(&simulator)).await
    };
    let signed_in = {
        let simulator = oauth().start().await.unwrap();
        ask(secret(&simulator, "hush-hush")).await
    };
    let blocked = {
        let elsewhere: IpAddr = "192.0.2.1".parse().unwrap();
        let simulator = simulator().allow_ips([elsewhere]).start().await.unwrap();
        ask(client(&simulator)).await
    };
    let busy = {
        let retry_after = Duration::from_secs(5);
        let simulator = simulator()
            .script([Fault::Unavailable { retry_after }])
            .start()
            .await
            .unwrap();
        ask(client(&simulator)).await
    };
    let throttled = {
        let simulator = simulator()
            .throttle(0, Duration::from_secs(3600))
            .start()
            .await
            .unwrap();
        ask(client(&simulator)).await
    };
    let deadlock = {
        let simulator = simulator()
            .script([Fault::Deadlock(1)])
            .start()
            .await
            .unwrap();
        ask(client(&simulator)).await
    };
    let other_site = {
        let simulator = simulator().script([Fault::HtmlPage]).start().await.unwrap();
        ask(client(&simulator)).await
    };
    let reset = {
        let simulator = simulator().script([Fault::Reset]).start().await.unwrap();
        ask(client(&simulator)).await
    };
    let too_slow = {
        let drip = Fault::SlowDrip {
            chunk: 1,
            pause: Duration::from_secs(30),
        };
        let simulator = simulator().script([drip]).start().await.unwrap();
        ask(client(&simulator).timeout(Duration::from_millis(500))).await
    };
    let silent = {
        // Connections are taken, and nothing is ever said.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("https://{}", listener.local_addr().unwrap());
        let client = Client::builder(&address, ApiKey::from(KEY.to_owned())).retries(0);
        ask(client.timeout(Duration::from_millis(500))).await
    };
    let nobody = {
        let simulator = simulator().start().await.unwrap();
        let client = client(&simulator);
        simulator.shutdown().await;
        ask(client).await
    };
    let no_tls = {
        let simulator = simulator().start().await.unwrap();
        let address = simulator.url().replace("http://", "https://");
        ask(Client::builder(&address, ApiKey::from(KEY.to_owned())).retries(0)).await
    };

    assert_eq!(way(&signed_in), [Good; 5]);
    assert_eq!(
        check(&signed_in, Topic::Token).found,
        "signed in with client id and secret"
    );
    let failures = [
        (&wrong_key, [Good, Good, Good, Problem, Unknown], None),
        (
            &wrong_secret,
            [Good, Good, Problem, Unknown, Unknown],
            Some("id or the client secret"),
        ),
        (
            &no_secret,
            [Good, Good, Good, Problem, Unknown],
            Some("asks for a sign-in"),
        ),
        (
            &blocked,
            [Good, Good, Good, Problem, Unknown],
            Some("address is blocked"),
        ),
        (
            &busy,
            [Good, Good, Good, Unknown, Problem],
            Some("maintenance"),
        ),
        (
            &throttled,
            [Good, Good, Good, Unknown, Problem],
            Some("its own limit"),
        ),
        (&deadlock, [Good, Good, Good, Unknown, Problem], None),
        (
            &other_site,
            [Good, Good, Good, Unknown, Problem],
            Some("another site"),
        ),
        (
            &reset,
            [Good, Good, Unknown, Unknown, Problem],
            Some("cuts the connection"),
        ),
        (
            &nobody,
            [Problem, Unknown, Unknown, Unknown, Unknown],
            Some("firewall"),
        ),
        (
            &no_tls,
            [Good, Problem, Unknown, Unknown, Unknown],
            Some("certificate"),
        ),
    ];
    // Whether an answer had begun or nobody was reached is all that differs between these two.
    assert_eq!(way(&too_slow), [Good, Good, Unknown, Unknown, Problem]);
    assert_eq!(way(&silent), [Unknown, Unknown, Unknown, Unknown, Problem]);
    let mut texts = Vec::new();
    for (diagnosis, verdicts, open) in failures {
        assert_eq!(way(diagnosis), verdicts, "{diagnosis:#?}");
        assert!(!diagnosis.would_sync && !diagnosis.answered);
        assert!(diagnosis.areas.is_empty());
        let problem = diagnosis
            .checks
            .iter()
            .find(|check| check.verdict == Problem)
            .unwrap();
        assert!(problem.advice.is_some(), "{problem:?}");
        match open {
            Some(open) => assert!(
                problem.cannot_tell.as_deref().unwrap().contains(open),
                "{problem:?}"
            ),
            None => assert_eq!(problem.cannot_tell, None),
        }
        texts.push((
            problem.topic,
            problem.advice.clone(),
            problem.cannot_tell.clone(),
        ));
    }
    let all = texts.len();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), all, "two of them read alike");
}

#[test]
fn terms_and_weeks_to_come_are_looked_at() {
    let mut feed = feed(&ROWS);
    let term = |id: &str, name: &str, from: &str, to: &str| {
        json!({"@Id": id, "SchoolYear": "2031", "Name": name,
        "StartDate": format!("{from}T00:00:00"), "FinishDate": format!("{to}T00:00:00")})
    };
    feed.terms = Some(json!({"Term": [
        term("61", "Autumn", "2031-09-01", "2031-10-03"),
        term("62", "Spring", "2032-01-05", "2032-01-16"),
    ]}));
    let diagnosis = recorded(&feed);
    assert!(diagnosis.would_sync);
    assert!(
        check(&diagnosis, Topic::Terms)
            .found
            .ends_with("next comes Spring (5 Jan 2032 to 16 Jan 2032)")
    );
    let weeks = check(&diagnosis, Topic::Allocations);
    assert_eq!(weeks.verdict, Verdict::Notice);
    assert_eq!(
        weeks.found,
        "2 of 6 term weeks to come have no timetable week: 2032 week 2 to 2032 week 3 (4 Jan 2032 to 17 Jan \
         2032); nothing is removed there, and no room counts as free"
    );

    feed.terms = Some(json!({"Term": term("60", "Summer", "2031-04-01", "2031-07-04")}));
    let diagnosis = recorded(&feed);
    assert!(!diagnosis.would_sync);
    let terms = check(&diagnosis, Topic::Terms);
    assert_eq!(terms.verdict, Verdict::Problem);
    assert_eq!(
        terms.found,
        "the last term that is known is Summer (1 Apr 2031 to 4 Jul 2031)"
    );

    feed.terms = Some(json!({"Term": term("62", "Spring", "2032-01-05", "2032-01-16")}));
    let weeks = recorded(&feed);
    assert_eq!(check(&weeks, Topic::Allocations).verdict, Verdict::Problem);
    assert!(!weeks.would_sync);
}

#[test]
fn stale_and_several_timetables_are_named() {
    let of = |timetables: serde_json::Value| {
        recorded(&Feed {
            timetables: Some(json!({ "Timetable": timetables })),
            ..feed(&ROWS)
        })
    };
    let mut old = timetable("11", &ROWS);
    old["Name"] = json!("Old");
    old["StartYear"] = json!("2030");
    old["EndYear"] = json!("2031");
    let stale = of(old.clone());
    let check_of = |diagnosis: &Diagnosis| check(diagnosis, Topic::Timetables).clone();
    assert_eq!(check_of(&stale).verdict, Verdict::Problem);
    assert_eq!(
        check_of(&stale).found,
        "no published timetable is for a term to come; there is only Old (2030-2031)"
    );
    assert!(!stale.would_sync);

    let both = of(json!([old, timetable("12", &ROWS)]));
    assert_eq!(check_of(&both).verdict, Verdict::Good);
    assert_eq!(
        check_of(&both).found,
        "Main (2031-2032) is published; Old (2030-2031) is for no term to come"
    );

    let mut second = timetable("13", &ROWS);
    second["Name"] = json!("Juniors");
    let several = of(json!([timetable("12", &ROWS), second]));
    assert_eq!(check_of(&several).verdict, Verdict::Notice);
    assert!(
        check_of(&several)
            .found
            .starts_with("2 timetables are published")
    );
}

#[test]
fn periods_lessons_and_staff_that_cannot_be_used_are_counted_and_named() {
    let mut feed = feed(&[
        ("9001", "10B/Ph1", "T1", "11", "1"),
        ("9002", "9B-PSHE", "T2", "31", ""),
        ("9003", "9B-PSHE", "T3", "99", "2"),
        ("9004", "9B-PSHE", "T2", "12", "77"),
        ("9005", "9B-PSHE", "T2", "13", "2"),
    ]);
    let mut structure = feed.structure.take().unwrap();
    structure["Week"]["Days"]["Day"][0]["Periods"]["Period"][2]["EndTime"] = json!("11:00");
    structure["Week"]["Days"]["Day"][1]["Periods"]["Period"][1]["StartTime"] = json!("");
    feed.structure = Some(structure);
    feed.staff = Some(json!({"StaffMember": [
        {"@Id": "101", "UserCode": "T1", "FullName": "Quill Bee"},
        {"@Id": "102", "UserCode": "T2", "FullName": "Wren Dee", "SchoolEmailAddress": "office@school.example"},
        {"@Id": "103", "UserCode": "X", "FullName": "Ada Lark", "SchoolEmailAddress": "Office@school.example"},
        {"@Id": "104", "UserCode": "Y", "FullName": "Not Teaching"},
    ]}));
    let diagnosis = recorded(&feed);
    assert!(diagnosis.would_sync);
    let periods = check(&diagnosis, Topic::Periods);
    assert_eq!(periods.verdict, Verdict::Notice);
    assert!(
        periods.found.starts_with("2 rows cannot be used")
            && periods
                .found
                .contains("ends at 11:00, which is not after its start at 11:15")
            && periods.found.contains("has no start time"),
        "{}",
        periods.found
    );
    let lessons = check(&diagnosis, Topic::Lessons);
    assert_eq!(lessons.verdict, Verdict::Notice);
    assert!(
        lessons.found.starts_with(
            "1 weekly lesson has a room and a time, and 1 row has no room; 3 rows cannot be used: "
        ),
        "{}",
        lessons.found
    );
    assert!(
        lessons
            .found
            .contains("the period 99, which the structure does not have (row 9003)")
            && lessons
                .found
                .contains("the room 77, which the list of rooms does not have (row 9004)"),
        "{}",
        lessons.found
    );
    let staff = check(&diagnosis, Topic::Staff);
    assert_eq!(
        staff.found,
        "of 4 members of staff, 1 of those who teach has no school e-mail address; 1 address is shared by several people"
    );

    let none = recorded(&crate::feed::feed(&[("9003", "9B-PSHE", "T3", "99", "2")]));
    assert_eq!(check(&none, Topic::Lessons).verdict, Verdict::Problem);
    assert!(!none.would_sync);
}

#[test]
fn the_schools_own_list_of_periods_is_compared_by_times_and_then_by_name() {
    let mut feed = feed(&ROWS);
    let mut structure = feed.structure.take().unwrap();
    // Tuesday's first period is another time than on the other days.
    structure["Week"]["Days"]["Day"][1]["Periods"]["Period"][0]["StartTime"] = json!("09:05");
    feed.structure = Some(structure);
    let stated = |name: &str, start: &str, end: &str| StatedPeriod {
        name: name.to_owned(),
        times: room_timetable::TimeRange::new(start.parse().unwrap(), end.parse().unwrap())
            .unwrap(),
    };
    let compare = |periods: Vec<StatedPeriod>| {
        let consultation = Consultation {
            periods,
            ..consultation()
        };
        examine_recorded(feed.payload(), &consultation).periods
    };
    let found = compare(vec![
        stated("Period 1", "09:00", "10:00"),
        stated("period 2 ", "10:00", "11:00"),
        stated("Break", "11:00", "11:15"),
        stated("Third", "11:15", "12:15"),
    ]);
    let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "Period 1: iSAMS 09:00-10:00 (Mon Wed), 09:05-10:00 (Tue), you said 09:00-10:00",
            "period 2 : 10:00-11:00 in both",
            "Break: iSAMS has no such period, you said 11:00-11:15",
            "Third: 11:15-12:15 in both, under another name in iSAMS",
        ]
    );
    let found = compare(vec![stated("Period 2", "10:00", "10:55")]);
    let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "Period 2: iSAMS 10:00-11:00, you said 10:00-10:55",
            "Period 1: iSAMS 09:00-10:00 (Mon Wed), 09:05-10:00 (Tue), which your list does not have",
            "Period 3: iSAMS 11:15-12:15, which your list does not have",
        ]
    );
    assert_eq!(found[0].verdict, PeriodVerdict::OtherTimes);
    assert!(!found[0].agrees());
    assert_eq!(
        serde_json::to_value(&found[0]).unwrap(),
        json!({"name": "Period 2", "stated": "10:00-10:55", "verdict": "other_times",
               "isams": [{"times": "10:00-11:00", "days": "Mon Tue Wed"}]})
    );
    assert!(compare(Vec::new()).is_empty());
}

#[tokio::test]
async fn the_history_tells_how_long_isams_answers_from_its_cache() {
    let mut school = School::synced(&feed(&ROWS)).await;
    // Looked at every two hours; what iSAMS says changes once a day.
    for hour in (2..=130).step_by(2) {
        school.now = at("2031-09-01T01:00") + chrono::TimeDelta::hours(hour);
        let mut today = feed(&ROWS);
        today.reasons =
            Some(json!({"RoomClosureReason": {"@Id": "2", "Name": format!("Day {}", hour / 24)}}));
        school.sync(&today).await;
    }
    let journal = school
        .store
        .runs(&school.id, &RunFilter::default())
        .await
        .unwrap();
    let state = school.store.load(&school.id, school.now).await.unwrap();
    let consultation = Consultation::new(school.now, &Settings::default())
        .knowing(&Document::of(&state).unwrap(), journal);
    let mut latest = feed(&ROWS);
    latest.reasons = Some(json!({"RoomClosureReason": {"@Id": "2", "Name": "Day 5"}}));
    let diagnosis = examine_recorded(latest.payload(), &consultation);
    let cache = check(&diagnosis, Topic::CacheAge);
    assert_eq!(
        cache.found,
        "your key looks like it refreshes every 24 hours; set it to 1 hour"
    );
    assert_eq!(cache.verdict, Verdict::Notice);
    // The sync says so, too.
    let report = school.sync(&latest).await;
    assert!(
        report.warnings.contains(&cache.found),
        "{:?}",
        report.warnings
    );
}

#[test]
fn an_answer_without_anything_has_fourteen_problems_and_notices() {
    let diagnosis = examine_recorded(Payload::default(), &consultation());
    assert!(!diagnosis.would_sync && diagnosis.answered);
    let problems = diagnosis
        .areas
        .iter()
        .filter(|area| area.verdict == Verdict::Problem)
        .count();
    assert_eq!(problems, 5, "the core and the rooms");
    assert!(diagnosis.areas.iter().all(|area| area.without.is_some()));
}
