//! Every combination of suspension, cover, closure, event and exception on one lesson, minute by minute.
//!
//! The lesson meets on Monday 3 November 2031 from 10:00 to 11:00 in its own room and is merged from two rows. Each
//! overlay stands beside its effect in words of its own, so the model knows no ids, dates or filters: it only puts the
//! effects together as the rules say and writes them into a grid of minutes.

use room_timetable::{plain as oracle, *};

use crate::written::{at, date, range};

/// The lesson's own room, the cover room, and a third.
const ROOMS: [&str; 3] = ["Own", "Hall", "Gym"];
const OWN: usize = 0;
const HALL: usize = 1;
const GYM: usize = 2;

/// The minutes that are looked at: 09:00 to 13:00.
const FROM: usize = 9 * 60;
const TO: usize = 13 * 60;
const LESSON: std::ops::Range<usize> = 10 * 60..11 * 60;

/// What may stand in a minute, as a bit for each: the rows, the covers, the closures and the event.
type Things = u16;
const ROWS: [Things; 2] = [1 << 0, 1 << 1];
const FIRST_COVER: u32 = 2;
const FIRST_CLOSURE: u32 = 6;
const EVENT: Things = 1 << 12;

/// What stands in a minute of a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Minute {
    certain: Things,
    doubtful: Things,
}

/// What a suspension does to each of the two rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Suspends {
    Neither,
    First,
    Both,
    /// The first row may or may not happen.
    PerhapsFirst,
    /// Both rows may or may not happen.
    PerhapsBoth,
}

fn suspension(times: Option<&str>, which: LessonFilter) -> Suspension {
    Suspension {
        id: String::new(),
        dates: DateSpan::day(date("2031-11-03")),
        times: times.map(range),
        which,
        reason: None,
        certainty: Certainty::Certain,
    }
}

fn filter() -> LessonFilter {
    LessonFilter::default()
}

/// Every kind of suspension beside what it does.
fn suspensions() -> Vec<(Vec<Suspension>, Suspends)> {
    let row = |row: &str| LessonFilter {
        row: Some(row.to_owned()),
        ..filter()
    };
    let group = |group: &str| LessonFilter {
        group: Some(group.to_owned()),
        ..filter()
    };
    let year = |year: &str| LessonFilter {
        year: Some(year.to_owned()),
        ..filter()
    };
    let period = |period: &str| LessonFilter {
        period: Some(period.into()),
        ..filter()
    };
    let room = |room: &str| LessonFilter {
        room: Some(room.into()),
        ..filter()
    };
    vec![
        (vec![suspension(None, row("1"))], Suspends::First),
        (
            vec![suspension(None, row("1")), suspension(None, row("2"))],
            Suspends::Both,
        ),
        (vec![suspension(None, group("Latin"))], Suspends::Both),
        (vec![suspension(None, year("11"))], Suspends::Both),
        (vec![suspension(None, period("p"))], Suspends::Both),
        (vec![suspension(None, room("Own"))], Suspends::Both),
        (vec![suspension(None, filter())], Suspends::PerhapsBoth),
        (
            vec![suspension(Some("09:00-10:30"), group("Latin"))],
            Suspends::PerhapsBoth,
        ),
        (
            vec![Suspension {
                certainty: Certainty::Doubtful,
                ..suspension(None, row("1"))
            }],
            Suspends::PerhapsFirst,
        ),
        // What fits another lesson, another room or another time, or fits in one thing that is named and not in all.
        (
            vec![
                suspension(None, year("10")),
                suspension(None, room("Hall")),
                suspension(Some("11:00-12:00"), group("Latin")),
                suspension(
                    None,
                    LessonFilter {
                        year: Some("10".to_owned()),
                        ..row("2")
                    },
                ),
            ],
            Suspends::Neither,
        ),
    ]
}

/// Where the covers of one row say that it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nobody says anything but that it stays.
    Stays,
    Moves {
        to: usize,
        certain: bool,
    },
    /// It may have left for somewhere unknown.
    PerhapsGone,
    /// It may be in its own room or in one of two others.
    Torn,
}

/// A way in which the two rows are covered: the covers as row, room and certainty, and where each row stands then.
struct Covering {
    covers: Vec<(&'static str, CoverRoom, Certainty)>,
    places: [Place; 2],
}

fn coverings() -> Vec<Covering> {
    let room = |room: usize| CoverRoom::Moved(ROOMS[room].into());
    let sure = Certainty::Certain;
    let to = |to| Place::Moves { to, certain: true };
    let one = |covers, first| Covering {
        covers,
        places: [first, Place::Stays],
    };
    vec![
        one(vec![], Place::Stays),
        one(vec![("1", room(HALL), sure)], to(HALL)),
        Covering {
            covers: vec![("1", room(HALL), sure), ("2", room(HALL), sure)],
            places: [to(HALL), to(HALL)],
        },
        Covering {
            covers: vec![("1", room(HALL), sure), ("2", room(GYM), sure)],
            places: [to(HALL), to(GYM)],
        },
        one(vec![("1", CoverRoom::Own, sure)], Place::Stays),
        one(vec![("1", room(OWN), sure)], Place::Stays),
        one(vec![("1", CoverRoom::Unknown, sure)], Place::PerhapsGone),
        Covering {
            covers: vec![("1", CoverRoom::Unknown, sure), ("2", room(HALL), sure)],
            places: [Place::PerhapsGone, to(HALL)],
        },
        one(
            vec![("1", room(HALL), sure), ("1", room(GYM), sure)],
            Place::Torn,
        ),
        Covering {
            covers: vec![
                ("1", room(HALL), sure),
                ("1", room(GYM), sure),
                ("2", room(HALL), sure),
            ],
            places: [Place::Torn, to(HALL)],
        },
        one(
            vec![("1", room(HALL), sure), ("1", room(HALL), sure)],
            to(HALL),
        ),
        one(
            vec![("1", CoverRoom::Own, sure), ("1", room(HALL), sure)],
            to(HALL),
        ),
        one(
            vec![("1", room(HALL), Certainty::Doubtful)],
            Place::Moves {
                to: HALL,
                certain: false,
            },
        ),
        Covering {
            covers: vec![
                ("1", room(HALL), Certainty::Doubtful),
                ("2", room(HALL), sure),
            ],
            places: [
                Place::Moves {
                    to: HALL,
                    certain: false,
                },
                to(HALL),
            ],
        },
        // A row that is not of this lesson.
        one(vec![("9", room(HALL), sure)], Place::Stays),
    ]
}

/// A closure with the room and the minutes that it closes.
fn closures() -> Vec<(RoomClosure, usize, std::ops::Range<usize>)> {
    let closure = |room: usize, last: Option<&str>, times: Option<&str>, certainty| RoomClosure {
        id: String::new(),
        room: ROOMS[room].into(),
        dates: DateSpan::new(date("2031-11-01"), last.map(date)).unwrap(),
        times: times.map(range),
        period: None,
        label: "closed".to_owned(),
        certainty,
    };
    let certain = Certainty::Certain;
    let today = Some("2031-11-03");
    vec![
        (closure(OWN, today, None, certain), OWN, FROM..TO),
        (
            closure(OWN, None, Some("10:30-12:00"), Certainty::Doubtful),
            OWN,
            630..720,
        ),
        (
            closure(HALL, today, Some("09:30-10:15"), certain),
            HALL,
            570..615,
        ),
        (
            closure(HALL, None, None, Certainty::Doubtful),
            HALL,
            FROM..TO,
        ),
        (
            RoomClosure {
                period: Some("p".into()),
                ..closure(GYM, None, None, certain)
            },
            GYM,
            LESSON,
        ),
    ]
}

/// An exception with the rooms and the minutes that it frees.
fn exceptions() -> Vec<(Exception, Vec<usize>, std::ops::Range<usize>)> {
    let exception = |room: Option<usize>, start: &str, end: &str| Exception {
        id: String::new(),
        room: room.map(|room| ROOMS[room].into()),
        interval: Interval::new(at(start), at(end)).unwrap(),
    };
    vec![
        (
            exception(Some(OWN), "2031-11-03T10:20", "2031-11-03T10:40"),
            vec![OWN],
            620..640,
        ),
        (
            exception(Some(HALL), "2031-11-02T00:00", "2031-11-05T00:00"),
            vec![HALL],
            FROM..TO,
        ),
        (
            exception(None, "2031-11-02T23:00", "2031-11-03T10:10"),
            vec![OWN, HALL, GYM],
            FROM..610,
        ),
    ]
}

/// What is chosen of each list; suspensions, closures and exceptions as sets of bits.
#[derive(Clone, Copy, Debug)]
struct Choice {
    suspensions: usize,
    covering: usize,
    closures: usize,
    event: bool,
    exceptions: usize,
}

struct Lists {
    suspensions: Vec<(Vec<Suspension>, Suspends)>,
    coverings: Vec<Covering>,
    closures: Vec<(RoomClosure, usize, std::ops::Range<usize>)>,
    exceptions: Vec<(Exception, Vec<usize>, std::ops::Range<usize>)>,
}

fn lists() -> Lists {
    Lists {
        suspensions: suspensions(),
        coverings: coverings(),
        closures: closures(),
        exceptions: exceptions(),
    }
}

fn chosen(bits: usize, place: usize) -> bool {
    bits >> place & 1 == 1
}

/// The rules, effect by effect and minute by minute.
fn model(lists: &Lists, choice: Choice) -> Vec<Vec<Minute>> {
    let mut grid = vec![vec![Minute::default(); TO - FROM]; ROOMS.len()];
    // A lesson that is merged from several rows is one occupation: certain where one of its rows certainly stands.
    let mut standing = [[(0, false); 2]; ROOMS.len()];
    let covering = &lists.coverings[choice.covering];
    for row in 0..2 {
        let effects: Vec<Suspends> = lists
            .suspensions
            .iter()
            .enumerate()
            .filter(|(place, _)| chosen(choice.suspensions, *place))
            .map(|(_, (_, effect))| *effect)
            .collect();
        // First, what is suspended does not happen, and neither does its cover.
        let suspended =
            effects.contains(&Suspends::Both) || (row == 0 && effects.contains(&Suspends::First));
        if suspended {
            continue;
        }
        let perhaps = effects.contains(&Suspends::PerhapsBoth)
            || (row == 0 && effects.contains(&Suspends::PerhapsFirst));
        let sure = !perhaps;
        // Second, any other stands in its cover room, else in its own.
        let name = ["1", "2"][row];
        let covers_into = |room: usize| -> Things {
            let covers = covering.covers.iter().enumerate();
            covers
                .filter(|(_, (of, to, _))| {
                    *of == name && *to == CoverRoom::Moved(ROOMS[room].into())
                })
                .map(|(place, _)| 1 << (FIRST_COVER + place as u32))
                .sum()
        };
        let mut stand = |room: usize, moved: bool, things: Things, certain: bool| {
            let (known, surely) = &mut standing[room][usize::from(moved)];
            *known |= things;
            *surely |= certain;
        };
        match covering.places[row] {
            Place::Stays => stand(OWN, false, ROWS[row], sure),
            Place::Moves { to, certain } => stand(to, true, covers_into(to), sure && certain),
            Place::PerhapsGone => stand(OWN, false, ROWS[row], false),
            Place::Torn => {
                stand(OWN, false, ROWS[row], false);
                stand(HALL, true, covers_into(HALL), false);
                stand(GYM, true, covers_into(GYM), false);
            }
        }
    }
    let mut paint =
        |room: usize, minutes: std::ops::Range<usize>, things: Things, certain: bool| {
            for minute in minutes {
                let cell: &mut Minute = &mut grid[room][minute - FROM];
                if certain {
                    cell.certain |= things;
                } else {
                    cell.doubtful |= things;
                }
            }
        };
    for (room, stands) in standing.into_iter().enumerate() {
        for (things, certain) in stands {
            paint(room, LESSON, things, certain);
        }
    }
    // Third, closures and events stand there too.
    for (place, (closure, room, minutes)) in lists.closures.iter().enumerate() {
        if chosen(choice.closures, place) {
            let certain = closure.certainty == Certainty::Certain;
            paint(
                *room,
                minutes.clone(),
                1 << (FIRST_CLOSURE + place as u32),
                certain,
            );
        }
    }
    if choice.event {
        paint(HALL, 645..675, EVENT, true);
    }
    // Fourth, exceptions are taken away from all of that.
    for (place, (_, rooms, minutes)) in lists.exceptions.iter().enumerate() {
        if chosen(choice.exceptions, place) {
            for &room in rooms {
                for minute in minutes.clone() {
                    grid[room][minute - FROM] = Minute::default();
                }
            }
        }
    }
    grid
}

/// The overlays of a choice; a thing's id is its bit.
fn overlays(lists: &Lists, choice: Choice) -> Overlays {
    let id = |bit: u32| bit.to_string();
    let suspensions = lists.suspensions.iter().enumerate();
    let suspensions = suspensions.filter(|(place, _)| chosen(choice.suspensions, *place));
    let covers = lists.coverings[choice.covering].covers.iter().enumerate();
    let closures = lists.closures.iter().enumerate();
    let closures = closures.filter(|(place, _)| chosen(choice.closures, *place));
    let exceptions = lists.exceptions.iter().enumerate();
    let exceptions = exceptions.filter(|(place, _)| chosen(choice.exceptions, *place));
    Overlays {
        suspensions: suspensions
            .flat_map(|(_, (suspensions, _))| suspensions.clone())
            .collect(),
        covers: covers
            .map(|(place, (row, room, certainty))| CoverMove {
                id: id(FIRST_COVER + place as u32),
                row: (*row).to_owned(),
                date: date("2031-11-03"),
                room: room.clone(),
                teacher: None,
                certainty: *certainty,
            })
            .collect(),
        closures: closures
            .map(|(place, (closure, ..))| RoomClosure {
                id: id(FIRST_CLOSURE + place as u32),
                ..closure.clone()
            })
            .collect(),
        events: choice
            .event
            .then(|| RoomEvent {
                id: id(EVENT.trailing_zeros()),
                room: ROOMS[HALL].into(),
                dates: DateSpan::day(date("2031-11-03")),
                times: Some(range("10:45-11:15")),
                label: "Fair".to_owned(),
                certainty: Certainty::Certain,
            })
            .into_iter()
            .collect(),
        exceptions: exceptions
            .map(|(_, (exception, ..))| exception.clone())
            .collect(),
    }
}

fn school() -> SchoolTimetable {
    let term = Term::new("Autumn", None, date("2031-09-01"), date("2031-12-12")).unwrap();
    let monday = SchoolDay {
        weekday: chrono::Weekday::Mon,
        active: true,
        periods: vec![Period {
            id: "p".into(),
            name: "Period 2".to_owned(),
            times: range("10:00-11:00"),
        }],
    };
    let week = CycleWeek {
        id: "A".into(),
        name: "Week A".to_owned(),
        active: true,
        days: vec![monday],
    };
    let latin = Lesson {
        period: "p".into(),
        room: ROOMS[OWN].into(),
        kind: LessonKind::Lesson,
        group: "Latin".to_owned(),
        label: "Latin".to_owned(),
        year: Some("11".to_owned()),
        teachers: Vec::new(),
        source_ids: vec!["1".to_owned(), "2".to_owned()],
        certainty: Certainty::Certain,
    };
    let published = PublishedTimetable {
        name: "Main".to_owned(),
        years: AcademicYears::default(),
        lessons: vec![latin],
    };
    let calendar = SchoolCalendar::new([term], [(YearWeek::of(date("2031-11-03")), "A".into())]);
    SchoolTimetable::new(calendar, vec![week], vec![published]).unwrap()
}

fn things(occurrence: &Occurrence<'_>) -> Things {
    match &occurrence.occupier {
        Occupier::Lesson { rows, .. } => rows
            .iter()
            .map(|row| ROWS[row.parse::<usize>().unwrap() - 1])
            .sum(),
        _ => occurrence
            .source_ids()
            .iter()
            .map(|id| 1 << id.parse::<u32>().unwrap())
            .sum(),
    }
}

/// What the crate says stands in a room, as a grid. Nothing may be said twice of one minute.
fn found(school: &SchoolTimetable, room: usize) -> Vec<Minute> {
    let mut grid = vec![Minute::default(); TO - FROM];
    let midnight = at("2031-11-03T00:00");
    for occurrence in school
        .day(&ROOMS[room].into(), date("2031-11-03"))
        .occurrences
    {
        let things = things(&occurrence);
        let minute = |moment: chrono::NaiveDateTime| {
            ((moment - midnight).num_minutes() as usize).clamp(FROM, TO) - FROM
        };
        let span = minute(occurrence.interval.start())..minute(occurrence.interval.end());
        for cell in &mut grid[span] {
            assert_eq!(
                (cell.certain | cell.doubtful) & things,
                0,
                "twice in one minute"
            );
            match occurrence.certainty {
                Certainty::Certain => cell.certain |= things,
                Certainty::Doubtful => cell.doubtful |= things,
            }
        }
    }
    grid
}

/// Compares the crate with the model for one choice; returns the school with its overlays.
fn compare(school: SchoolTimetable, lists: &Lists, choice: Choice) -> SchoolTimetable {
    let school = school.with_overlays(overlays(lists, choice));
    let expected = model(lists, choice);
    for (room, name) in ROOMS.iter().enumerate() {
        assert_eq!(
            found(&school, room),
            expected[room],
            "{name} with {choice:?}"
        );
        // Pieces that begin or end where things do, and a long one over all.
        for (start, end) in [(540, 780), (600, 660), (620, 640)] {
            let cells = &expected[room][start - FROM..end - FROM];
            let certain = cells.iter().fold(0, |known, cell| known | cell.certain);
            let doubtful = cells.iter().fold(0, |known, cell| known | cell.doubtful);
            let on =
                |minute: usize| at("2031-11-03T00:00") + chrono::TimeDelta::minutes(minute as i64);
            let interval = Interval::new(on(start), on(end)).unwrap();
            let state = match (certain, doubtful) {
                (0, 0) => RoomState::Free,
                (0, _) => RoomState::Doubtful,
                _ => RoomState::Occupied,
            };
            let room = RoomId::new(*name);
            assert_eq!(
                school.state(&room, interval),
                state,
                "{name} {start}-{end} with {choice:?}"
            );
            assert_eq!(
                oracle::state(&school, &room, interval),
                state,
                "plainly, {name} {start}-{end} with {choice:?}"
            );
            let booking = Booking {
                id: "b".into(),
                room,
                interval,
            };
            let clashes = school.clashes([&booking]);
            assert_eq!(
                clashes,
                oracle::clashes(&school, [&booking]),
                "{name} {start}-{end} with {choice:?}"
            );
            assert_eq!(school.any_clash(&booking), certain != 0);
            let causes = clashes.iter().flat_map(|clash| &clash.causes);
            let causes = causes.fold(0, |known, cause| known | things(cause));
            assert_eq!(causes, certain, "{name} {start}-{end} with {choice:?}");
        }
    }
    school
}

#[test]
fn every_set_of_suspensions_with_every_way_of_covering() {
    let lists = lists();
    let mut school = school();
    let mut combinations = 0;
    for suspensions in 0..1 << lists.suspensions.len() {
        for covering in 0..lists.coverings.len() {
            let choice = Choice {
                suspensions,
                covering,
                closures: 0,
                event: false,
                exceptions: 0,
            };
            school = compare(school, &lists, choice);
            combinations += 1;
        }
    }
    assert_eq!(combinations, 1024 * 15);
}

#[test]
fn every_way_of_covering_with_every_set_of_closures_events_and_exceptions() {
    let lists = lists();
    let mut school = school();
    let mut combinations = 0;
    // No suspension, one of a row, one of the whole lesson, and one that names nothing.
    for suspensions in [0, 1 << 0, 1 << 2, 1 << 6] {
        for covering in 0..lists.coverings.len() {
            for closures in 0..1 << lists.closures.len() {
                for event in [false, true] {
                    for exceptions in 0..1 << lists.exceptions.len() {
                        let choice = Choice {
                            suspensions,
                            covering,
                            closures,
                            event,
                            exceptions,
                        };
                        school = compare(school, &lists, choice);
                        combinations += 1;
                    }
                }
            }
        }
    }
    assert_eq!(combinations, 4 * 15 * 32 * 2 * 8);
}

#[test]
fn the_order_of_overlays_changes_nothing() {
    let lists = lists();
    let school = school();
    let mut combinations = 0;
    for suspensions in [0, 0b1, 0b11_1000_0001, 0b11_1111_1111] {
        for covering in 0..lists.coverings.len() {
            for exceptions in [0b000, 0b111] {
                let choice = Choice {
                    suspensions,
                    covering,
                    closures: 0b1_1111,
                    event: true,
                    exceptions,
                };
                let given = overlays(&lists, choice);
                let there = school.clone().with_overlays(given.clone());
                let mut turned = given;
                for times in 0..8 {
                    turn(&mut turned.suspensions, times);
                    turn(&mut turned.covers, times);
                    turn(&mut turned.closures, times);
                    turn(&mut turned.exceptions, times);
                    let here = school.clone().with_overlays(turned.clone());
                    for room in ROOMS {
                        let day =
                            |school| SchoolTimetable::day(school, &room.into(), date("2031-11-03"));
                        assert_eq!(day(&here), day(&there), "{room} with {choice:?}");
                    }
                    combinations += 1;
                }
            }
        }
    }
    assert_eq!(combinations, 4 * 15 * 2 * 8);
}

/// Another order of the list.
fn turn<T>(list: &mut [T], times: usize) {
    if times == 4 {
        list.reverse();
    } else if !list.is_empty() {
        list.rotate_left(times % list.len());
    }
}
