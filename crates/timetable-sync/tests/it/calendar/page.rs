//! The page: well-formed, in words, and safe.

use room_timetable::CauseKind;
use roxmltree::{Document, Node, ParsingOptions};

use super::{booked, everything, timed, timetabled, unknown, week};
use crate::school::{booking, span};

/// The page as XML: every tag closed, every text escaped.
fn parsed(page: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(page, options).unwrap()
}

fn has_class(node: &Node<'_, '_>, class: &str) -> bool {
    let classes = node.attribute("class").unwrap_or_default();
    classes.split(' ').any(|known| known == class)
}

fn text(node: Node<'_, '_>) -> String {
    let texts: String = node
        .descendants()
        .filter(Node::is_text)
        .filter_map(|text| text.text())
        .collect();
    texts.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The entries of all days, each with its classes and its text. That there is little room is no matter of these tests.
fn entries(page: &Document<'_>) -> Vec<(String, String)> {
    page.descendants()
        .filter(|node| node.is_element() && has_class(node, "entries"))
        .flat_map(|list| list.children().filter(Node::is_element))
        .map(|entry| {
            let class = entry.attribute("class").unwrap_or_default();
            (class.replace(" tight", ""), text(entry))
        })
        .collect()
}

fn days<'p>(page: &'p Document<'_>) -> Vec<Node<'p, 'p>> {
    page.descendants()
        .filter(|node| node.is_element() && has_class(node, "day"))
        .collect()
}

#[test]
fn every_kind_has_its_style_and_says_in_words_what_it_is() {
    let html = everything().html();
    let page = parsed(&html);
    let found = entries(&page);
    for (class, words) in [
        ("entry lesson", "Lesson 09:00–10:00 a lesson"),
        ("entry meeting", "Staff meeting 09:00–10:00 a meeting"),
        ("entry tutorial", "Tutorial 09:00–10:00 a tutorial"),
        (
            "entry year_schedule",
            "Year schedule 09:00–10:00 a year schedule",
        ),
        ("entry closure", "Closed 09:00–10:00 a closure"),
        ("entry cover", "Cover, moved here 09:00–10:00 a cover"),
        ("entry event", "Event 09:00–10:00 a event"),
        (
            "entry lesson doubtful",
            "? Lesson, doubtful 09:00–10:00 a doubt",
        ),
        ("entry booking", "Booking 16:00–17:00 title of club"),
    ] {
        let entry = (class.to_owned(), words.to_owned());
        assert!(found.contains(&entry), "{entry:?}\n{found:#?}");
    }
    assert_eq!(found.len(), 9);
    // Each style is there, and the legend explains it.
    let style = page.descendants().find(|node| node.has_tag_name("style"));
    let style = text(style.unwrap());
    let legend = page
        .descendants()
        .find(|node| has_class(node, "legend"))
        .map(text)
        .unwrap();
    for (class, word) in [
        ("lesson", "Lesson"),
        ("meeting", "Staff meeting"),
        ("tutorial", "tutorial"),
        ("year_schedule", "year schedule"),
        ("closure", "Closed"),
        ("cover", "moved here"),
        ("event", "Event"),
        ("booking", "Booking"),
        ("doubtful", "? Doubtful"),
        ("unknown", "not known"),
    ] {
        assert!(style.contains(&format!(".{class}")), "{class}");
        assert!(legend.contains(word), "{word}: {legend}");
    }
}

#[test]
fn a_day_that_is_not_known_says_why_and_does_not_look_free() {
    let html = everything().html();
    let page = parsed(&html);
    let days = days(&page);
    assert_eq!(days.len(), 5);
    let hatched: Vec<bool> = days.iter().map(|day| has_class(day, "unknown")).collect();
    assert_eq!(hatched, [false, false, false, true, false]);
    assert_eq!(
        text(days[3]),
        "Thu 11 Sep Not known. The lessons are not known, because 2031 week 37 lies in a term and is allocated to no week \
         of the cycle."
    );
    assert_eq!(text(days[4]), "Fri 12 Sep Nothing");
}

#[test]
fn a_weekend_is_shown_where_something_stands_there() {
    let saturday = booked(booking(
        "b",
        "A",
        "2031-09-13T10:00",
        "2031-09-13T11:00",
        "",
    ));
    let html = week(vec![saturday]).html();
    let page = parsed(&html);
    let names: Vec<String> = days(&page).into_iter().map(text).collect();
    assert_eq!(names.len(), 6);
    assert!(names[5].starts_with("Sat 13 Sep Booking"), "{names:?}");
}

#[test]
fn texts_of_users_stay_texts() {
    let mut club = booking("<b>", "A", "2031-09-08T12:00", "2031-09-08T13:00", "");
    club.title = Some("</style><script>alert(1)</script>".to_owned());
    club.owner_name = Some("Quill \"Bee\" & 'Co'\u{0}".to_owned());
    let lesson = timetabled(CauseKind::Lesson, "<img src=x onerror=alert(1)>");
    let mut calendar = week(vec![booked(club), lesson]);
    calendar.name = "<script>Lab & \"1\"".to_owned();
    let html = calendar.html();
    assert!(
        !html.contains("<script") && !html.contains("<img"),
        "{html}"
    );
    let page = parsed(&html);
    let found = entries(&page);
    assert_eq!(
        found[0].1,
        "Lesson 09:00–10:00 <img src=x onerror=alert(1)>"
    );
    assert_eq!(
        found[1].1,
        "Booking 12:00–13:00 </style><script>alert(1)</script> Quill \"Bee\" & 'Co'\u{fffd}"
    );
    let heading = page.descendants().find(|node| node.has_tag_name("h1"));
    assert_eq!(text(heading.unwrap()), "<script>Lab & \"1\"");
}

#[test]
fn the_page_is_one_file_in_british_english_with_a_title() {
    let html = everything().html();
    let page = parsed(&html);
    assert!(html.starts_with("<!DOCTYPE html>\n"));
    assert_eq!(page.root_element().attribute("lang"), Some("en-GB"));
    let title = page.descendants().find(|node| node.has_tag_name("title"));
    assert_eq!(text(title.unwrap()), "Laboratory, week of 8 September 2031");
    for node in page.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        assert!(
            !["script", "link", "img", "iframe"].contains(&name),
            "{name}"
        );
        for attribute in ["src", "href"] {
            assert_eq!(node.attribute(attribute), None, "{name}");
        }
    }
    assert!(!html.contains("url(") && !html.contains("@import"));
    // No id is there twice, and every reference to one leads somewhere.
    let ids: Vec<&str> = page
        .descendants()
        .filter_map(|node| node.attribute("id"))
        .collect();
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(ids.len(), distinct.len());
    for node in page.descendants() {
        if let Some(id) = node.attribute("aria-labelledby") {
            assert!(ids.contains(&id), "{id}");
        }
    }
}

#[test]
fn it_prints_a_week_a_sheet_in_its_colours() {
    let html = everything().html();
    let page = parsed(&html);
    let style = page.descendants().find(|node| node.has_tag_name("style"));
    let style = text(style.unwrap());
    for rule in [
        "@media print",
        "size: A4 landscape",
        "print-color-adjust: exact",
        "break-inside: avoid",
        "break-before: page",
    ] {
        assert!(style.contains(rule), "{rule}");
    }
}

#[test]
fn what_overlaps_stands_in_lanes_and_what_does_not_has_the_whole_width() {
    let other = |start, end| timed(timetabled(CauseKind::Event, "Event"), span(start, end));
    let html = week(vec![
        timetabled(CauseKind::Lesson, "Lesson"),
        other("2031-09-08T09:30", "2031-09-08T10:30"),
        other("2031-09-08T10:30", "2031-09-08T11:00"),
    ])
    .html();
    let page = parsed(&html);
    let styles: Vec<&str> = page
        .descendants()
        .filter(|node| has_class(node, "entry"))
        .filter_map(|node| node.attribute("style"))
        .collect();
    // The lines are 08:00, 09:00, 09:30, 10:00, 10:30, 11:00 and so on.
    assert_eq!(
        styles,
        [
            "--from: 3; --to: 5; --lane: 0; --lanes: 2",
            "--from: 4; --to: 6; --lane: 1; --lanes: 2",
            "--from: 6; --to: 7; --lane: 0; --lanes: 1",
        ]
    );
}

#[test]
fn several_weeks_are_several_grids_and_what_goes_over_midnight_says_so() {
    let night = booked(booking(
        "n",
        "A",
        "2031-09-08T22:00",
        "2031-09-09T00:00",
        "",
    ));
    let mut calendar = week(vec![night]);
    if let timetable_sync::Occupant::Booking(booking) = &mut calendar.days[0].entries[0].occupant {
        booking.interval = span("2031-09-08T22:00", "2031-09-09T03:00");
    }
    let next = unknown(week(Vec::new()), 0);
    calendar.days.extend(next.days.into_iter().map(|mut day| {
        day.date = day.date + chrono::Days::new(7);
        day
    }));
    let html = calendar.html();
    let page = parsed(&html);
    let headings: Vec<String> = page
        .descendants()
        .filter(|node| node.has_tag_name("h2"))
        .map(text)
        .collect();
    assert_eq!(
        headings,
        [
            "Week of 8 September 2031, Laboratory",
            "Week of 15 September 2031, Laboratory"
        ]
    );
    assert_eq!(
        entries(&page)[0].1,
        "Booking 22:00–24:00 title of n from Mon 8 Sep 22:00 until Tue 9 Sep 03:00"
    );
    let title = page.descendants().find(|node| node.has_tag_name("title"));
    assert_eq!(
        text(title.unwrap()),
        "Laboratory, 8 September 2031 to 21 September 2031"
    );
}
