use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use isams_simulator::{Answer, KnownError, Simulator, SimulatorBuilder};

use crate::{KEY, get, json_url, post};

const HOUR: Duration = Duration::from_secs(3_600);
const OLD: &str = r#"{"iSAMS":{"SchoolManager":{"Terms":"old"},"HRManager":null}}"#;
const NEW: &str = r#"{"iSAMS":{"SchoolManager":{"Terms":"new"},"HRManager":null}}"#;

fn builder() -> SimulatorBuilder {
    Simulator::builder()
        .key(KEY)
        .key("other")
        .body(OLD)
        .cache(HOUR)
}

#[tokio::test]
async fn a_key_sees_the_same_until_its_cache_has_expired() {
    let simulator = builder().start().await.unwrap();
    let url = json_url(&simulator);
    assert_eq!(get(&url).await.1, OLD);
    simulator.set_body(NEW);
    assert_eq!(get(&url).await.1, OLD);
    assert_eq!(get(&url.replace(KEY, "other")).await.1, NEW);
    simulator.advance(HOUR - Duration::from_secs(1));
    assert_eq!(get(&url).await.1, OLD);
    let terms =
        "<Filters><MethodsToRun><Method>School_GetSchoolTerms</Method></MethodsToRun></Filters>";
    assert_eq!(
        post(&url, terms).await.1,
        r#"{"iSAMS":{"SchoolManager":{"Terms":"old"}}}"#
    );
    simulator.advance(Duration::from_secs(1));
    assert_eq!(get(&url).await.1, NEW);
}

#[tokio::test]
async fn development_goes_past_the_cache() {
    let simulator = builder().development().start().await.unwrap();
    let url = json_url(&simulator);
    assert_eq!(get(&url).await.1, OLD);
    simulator.set_body(NEW);
    assert_eq!(get(&url).await.1, NEW);
}

#[tokio::test]
async fn errors_are_not_cached() {
    let simulator = builder().start().await.unwrap();
    let url = json_url(&simulator);
    simulator.set_answer(Answer::known(KnownError::Deadlock));
    assert_eq!(get(&url).await.0, 500);
    simulator.set_body(NEW);
    assert_eq!(get(&url).await.1, NEW);
}

#[tokio::test]
async fn a_clock_of_the_callers_counts_as_well() {
    let seconds = Arc::new(AtomicU64::new(5));
    let clock = Arc::clone(&seconds);
    let simulator = builder()
        .clock(move || Duration::from_secs(clock.load(Ordering::SeqCst)))
        .start()
        .await
        .unwrap();
    let url = json_url(&simulator);
    assert_eq!(get(&url).await.1, OLD);
    simulator.set_body(NEW);
    seconds.store(3_000, Ordering::SeqCst);
    assert_eq!(get(&url).await.1, OLD);
    seconds.store(3_605, Ordering::SeqCst);
    assert_eq!(get(&url).await.1, NEW);
}

#[tokio::test]
async fn answers_that_are_played_are_given_once_each_and_the_last_stays() {
    let simulator = Simulator::builder()
        .key(KEY)
        .body(OLD)
        .start()
        .await
        .unwrap();
    let url = json_url(&simulator);
    simulator.play([]);
    assert_eq!(get(&url).await.1, OLD);
    let answers = [OLD, NEW, OLD, NEW];
    simulator.play(answers.map(Answer::json));
    assert_eq!(get(&url.replace(KEY, "wrong")).await.0, 401);
    for expected in answers {
        assert_eq!(get(&url).await.1, expected);
    }
    assert_eq!(get(&url).await.1, NEW);
    simulator.play(answers.map(Answer::json));
    simulator.set_body(NEW);
    assert_eq!(get(&url).await.1, NEW);
    assert_eq!(get(&url).await.1, NEW);
}

#[tokio::test]
async fn an_answer_from_the_cache_uses_none_up() {
    let simulator = builder().start().await.unwrap();
    let url = json_url(&simulator);
    simulator.play([OLD, NEW].map(Answer::json));
    assert_eq!(get(&url).await.1, OLD);
    assert_eq!(get(&url).await.1, OLD);
    simulator.advance(HOUR);
    assert_eq!(get(&url).await.1, NEW);
}
