//! What holds for every sequence of bytes that is read as an answer. The fuzz targets hold it too.

use isams_client::{AreaState, DataArea, Payload};

/// Reads the bytes, and panics where a promise of the reader is broken.
///
/// Reading again gives the same. What was read survives being written: each area that is present or empty comes back as
/// it was, and the whole payload does where nothing was noted and every area could be read. Uniting an answer with
/// itself changes no area.
pub(crate) fn check(document: &[u8]) {
    let (first, second) = (Payload::from_slice(document), Payload::from_slice(document));
    let mut payload = match (first, second) {
        (Ok(first), Ok(second)) => {
            assert_eq!(first, second, "two reads differ");
            first
        }
        (Err(first), Err(second)) => {
            assert_eq!(
                format!("{first:?}"),
                format!("{second:?}"),
                "two failures differ"
            );
            let _ = (
                first.line_and_column(),
                first.is_retryable(),
                first.advice(),
            );
            return;
        }
        (first, second) => panic!("one read fails: {first:?} {second:?}"),
    };
    let mut united = payload.clone();
    united.merge(payload.clone());
    united.canonicalise();
    payload.canonicalise();
    assert_eq!(united.to_json(), payload.to_json(), "united with itself");

    let written = payload.to_json().to_string();
    let again = Payload::from_slice(written.as_bytes()).expect("what was written is an answer");
    assert_eq!(again.findings(), [], "{written}");
    for area in DataArea::ALL {
        let state = payload.state(area);
        let expected = match state {
            AreaState::Present | AreaState::Empty => state,
            AreaState::Missing | AreaState::Refused | AreaState::Unreadable => AreaState::Missing,
        };
        assert_eq!(again.state(area), expected, "{area}: {written}");
        if expected == state {
            assert_eq!(again.hash(area), payload.hash(area), "{area}: {written}");
        }
    }
    let readable = |area| payload.state(area) != AreaState::Unreadable;
    if payload.findings().is_empty() && DataArea::ALL.into_iter().all(readable) {
        assert_eq!(again, payload, "{written}");
    }
}
