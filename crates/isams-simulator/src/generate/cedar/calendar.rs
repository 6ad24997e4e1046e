//! Terms, and which week of the cycle is when.

use serde_json::{Value, json};

use super::structure::{PREP, WEEK_A, WEEK_B};
use super::{Bells, at, many};

fn term(id: u32, year: i32, name: &str, start: &str, finish: &str) -> Value {
    json!({
        "@Id": id.to_string(), "SchoolYear": year.to_string(), "Name": name,
        "StartDate": at(start), "FinishDate": at(finish),
    })
}

/// The `Terms` container; in the first school year it comes twice.
pub(super) fn terms(bells: Bells) -> Value {
    let summer = term(64, 2031, "Summer", "2032-04-14", "2032-07-07");
    let next = term(65, 2032, "Autumn 2032", "2032-09-01", "2032-12-10");
    if bells == Bells::NextYear {
        return many(
            "Term",
            &[
                summer,
                next,
                term(66, 2032, "Spring 2033", "2033-01-05", "2033-03-25"),
            ],
        );
    }
    let terms = [
        term(61, 2030, "Summer ", "2031-04-23", "2031-07-09"),
        term(62, 2031, "Autumn", "2031-09-01", "2031-12-12"),
        // It starts in the week over New Year.
        term(63, 2031, "Spring", "2031-12-29", "2032-03-24"),
        summer.clone(),
        // Nobody noticed that it ends before it begins.
        term(69, 2031, "Exams", "2032-06-30", "2032-06-01"),
    ];
    // The summer term is in both.
    json!([many("Term", &terms), many("Term", &[summer, next])])
}

/// The weeks of both cycle weeks, in their order; a gap of the numbers is a gap of the allocations.
const WEEKS: [(i32, u32, u32); 5] = [
    (2031, 36, 43),
    // Week 44 is half term.
    (2031, 45, 50),
    // Week 8 is half term.
    (2032, 2, 7),
    (2032, 9, 13),
    (2032, 16, 28),
];
const NEXT_YEAR: (i32, u32, u32) = (2032, 36, 50);

/// The areas' one container: `TimetableAllocations`, or in January by its other name.
pub(super) fn allocations(bells: Bells) -> Value {
    let base = if bells == Bells::NextYear { 10 } else { 0 };
    let mut rows = Vec::new();
    let mut add = |year: i32, week: String, cycle: u32| {
        let id = 501 + rows.len() + 20 * usize::from(base > 0);
        rows.push(json!({
            "@Id": id.to_string(), "Week": week, "Year": year.to_string(),
            "TimetableWeekId": (cycle + base).to_string(),
        }));
    };
    let spans: &[_] = match bells {
        Bells::NextYear => &[],
        _ => &WEEKS,
    };
    for &(year, first, last) in spans {
        for (index, week) in (first..=last).enumerate() {
            add(
                year,
                week.to_string(),
                if index % 2 == 0 { WEEK_A } else { WEEK_B },
            );
        }
    }
    let (year, first, last) = NEXT_YEAR;
    for (index, week) in (first..=last).enumerate() {
        add(
            year,
            week.to_string(),
            if index % 2 == 0 { WEEK_A } else { WEEK_B },
        );
    }
    if bells != Bells::NextYear {
        // One week from Sunday to Saturday has two keys, and each a week of its own.
        add(2031, "53".to_owned(), WEEK_A);
        add(2032, "1".to_owned(), WEEK_B);
        // Prep is held beside week B, and never alone.
        add(2031, "39".to_owned(), PREP);
        // The same again.
        add(2031, "40".to_owned(), WEEK_A);
        // An unknown week of the cycle, a week that no year has, and one that is no number.
        add(2031, "41".to_owned(), 77);
        add(2031, "55".to_owned(), WEEK_A);
        add(2031, "A".to_owned(), WEEK_A);
    }
    let container = if bells == Bells::Eight {
        "WeekAllocations"
    } else {
        "TimetableAllocations"
    };
    let row = if bells == Bells::Eight {
        "WeekAllocation"
    } else {
        "TimetableAllocation"
    };
    json!({container: many(row, &rows)})
}
