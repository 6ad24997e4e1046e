use super::lessons::Lessons;
use super::overlays::{self, Suspensions};
use super::*;

#[test]
fn suspensions_and_cover_name_rows_that_are_there_but_for_the_orphans() {
    let lessons = Lessons::of(Bells::Six);
    let published = lessons.published().to_string();
    let orphan = overlays::ORPHAN.to_string();
    let suspensions = overlays::suspensions(&lessons, Suspensions::All);
    let covers = overlays::covers(&lessons);
    for (rows, expected) in [
        (overlays::named_rows(&suspensions, "LessonSuspension"), 2),
        (overlays::named_rows(&covers, "Cover"), 10),
    ] {
        assert_eq!(rows.len(), expected);
        let (orphans, known): (Vec<_>, Vec<_>) = rows.into_iter().partition(|id| *id == orphan);
        assert_eq!(orphans.len(), 1);
        for id in known {
            assert!(published.contains(&format!("\"@Id\":\"{id}\"")), "{id}");
        }
    }
}

#[test]
fn a_room_that_is_made_again_takes_its_lessons_along() {
    let lessons = Lessons::of(Bells::Six);
    let moved = lessons.moved(estate::GARDEN_2, estate::GARDEN_2_AGAIN);
    let (before, after) = (
        lessons.published().to_string(),
        moved.published().to_string(),
    );
    let naming = |text: &str, room: u32| text.matches(&format!("\"RoomId\":\"{room}\"")).count();
    assert!(naming(&before, estate::GARDEN_2) > 0);
    assert_eq!(naming(&after, estate::GARDEN_2), 0);
    assert_eq!(
        naming(&after, estate::GARDEN_2_AGAIN),
        naming(&before, estate::GARDEN_2)
    );
}
