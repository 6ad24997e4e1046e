//! Fills the timetable: which room and which teacher is taken in which period.

use std::collections::BTreeSet;

use super::rng::Rng;
use super::spec::{Purpose, Spec};
use super::structure::{Period, Week};
use super::teaching::{Group, Home, Teaching};
use super::timetable::{Assembly, FIRST, Meeting, RoomRef, Row, Timetable, Tutorial};

pub(super) fn timetable(
    spec: &Spec,
    weeks: &[Week],
    rooms: &[(u32, Purpose)],
    teaching: &Teaching,
) -> Timetable {
    let mut floor = Floor {
        spec,
        teaching,
        rooms,
        periods: weeks
            .iter()
            .flat_map(|week| &week.days)
            .flat_map(|day| &day.periods)
            .collect(),
        used: BTreeSet::new(),
        busy: BTreeSet::new(),
        rng: Rng::new(spec.seed, "timetable"),
    };
    let mut rows = Vec::new();
    for day in weeks.iter().flat_map(|week| &week.days) {
        let mut before = vec![None; teaching.homes.len()];
        for period in day.periods.iter().filter(|period| period.lessons) {
            floor.lessons(period, &mut before, &mut rows);
        }
    }
    floor.awkward_rows(&mut rows);
    let mut timetable = Timetable {
        id: 0,
        rows,
        meetings: floor.meetings(),
        tutorials: floor.tutorials(),
        assemblies: floor.assemblies(),
    };
    timetable.number(FIRST, spec.base);
    timetable
}

/// Which rooms and teachers are taken in which period.
struct Floor<'a> {
    spec: &'a Spec,
    teaching: &'a Teaching,
    rooms: &'a [(u32, Purpose)],
    periods: Vec<&'a Period>,
    used: BTreeSet<(u32, u32)>,
    busy: BTreeSet<(usize, u32)>,
    rng: Rng,
}

impl Floor<'_> {
    /// One period of one division: most homes teach, some in each other's rooms.
    fn lessons(&mut self, period: &Period, before: &mut [Option<usize>], rows: &mut Vec<Row>) {
        let teaching = self.teaching;
        let here: Vec<(usize, &Home)> = teaching
            .homes
            .iter()
            .enumerate()
            .filter(|(_, home)| home.division == period.division)
            .collect();
        let mut places: Vec<u32> = here.iter().map(|(_, home)| home.room).collect();
        for _ in 0..here.len() / 8 {
            let (one, other) = (self.rng.below(here.len()), self.rng.below(here.len()));
            if !here[one].1.shared && !here[other].1.shared {
                places.swap(one, other);
            }
        }
        let mut now = Vec::new();
        for (&(index, home), &room) in here.iter().zip(&places) {
            if !self.rng.percent(self.spec.fill) {
                before[index] = None;
                continue;
            }
            // A fifth are the second half of a double lesson.
            let group = match before[index] {
                Some(group) if self.rng.percent(20) => group,
                _ => self.rng.below(home.groups.len()),
            };
            before[index] = Some(group);
            now.push((room, home, &home.groups[group]));
        }
        for (room, home, group) in now {
            self.push(rows, group, home.teacher, period.id, room);
            if self.rng.percent(self.spec.parallel)
                && let Some(second) = self.assistant(period)
            {
                self.push(rows, group, second, period.id, room);
            }
            if home.shared
                && self.rng.percent(40)
                && let Some((_, coach, groups)) = teaching
                    .coaches
                    .iter()
                    .find(|(coached, ..)| *coached == room)
                && let Some(group) = self.rng.pick(groups)
            {
                self.push(rows, group, *coach, period.id, room);
            }
        }
    }

    fn push(&mut self, rows: &mut Vec<Row>, group: &Group, teacher: usize, period: u32, room: u32) {
        self.used.insert((room, period));
        self.busy.insert((teacher, period));
        rows.push(Row {
            id: 0,
            code: group.code.clone(),
            teacher: self.code(teacher),
            period,
            room: RoomRef::Room(room),
            set: group.set,
        });
    }

    fn code(&self, teacher: usize) -> String {
        self.teaching
            .staff
            .get(teacher)
            .map(|member| member.user_code.clone())
            .unwrap_or_default()
    }

    /// A free assistant; each works for one division only, as the divisions' periods overlap.
    fn assistant(&mut self, period: &Period) -> Option<usize> {
        let divisions = self.spec.divisions.len();
        (0..20).find_map(|_| {
            let &teacher = self.rng.pick(&self.teaching.assistants)?;
            (teacher % divisions == period.division && !self.busy.contains(&(teacher, period.id)))
                .then_some(teacher)
        })
    }

    /// A teacher of the division with nothing else in the period.
    fn teacher(&mut self, period: u32) -> Option<(usize, &Home)> {
        let teaching = self.teaching;
        let division = self
            .periods
            .iter()
            .find(|known| known.id == period)?
            .division;
        let home = (0..1000).find_map(|_| {
            let home = self.rng.pick(&teaching.homes)?;
            (home.division == division && !self.busy.contains(&(home.teacher, period)))
                .then_some(home)
        })?;
        self.busy.insert((home.teacher, period));
        Some((home.teacher, home))
    }

    fn lesson_period(&mut self, division: usize) -> Option<&Period> {
        (0..1000).find_map(|_| {
            let &period = self.rng.pick(&self.periods)?;
            (period.lessons && period.division == division).then_some(period)
        })
    }

    /// Takes a lesson room and a period of its division that nothing else uses.
    fn free_slot(&mut self) -> Option<(u32, u32)> {
        (0..1000).find_map(|_| {
            let &(room, purpose) = self.rng.pick(self.rooms)?;
            let period = self.lesson_period(purpose.division()?)?.id;
            self.used.insert((room, period)).then_some((room, period))
        })
    }

    fn room_for(&self, purpose: Purpose) -> Option<u32> {
        self.rooms
            .iter()
            .find(|&&(_, of)| of == purpose)
            .map(|&(room, _)| room)
    }

    /// Rows without a room, and rows that point at nothing.
    fn awkward_rows(&mut self, rows: &mut Vec<Row>) {
        let nowhere = [
            RoomRef::Absent,
            RoomRef::Zero,
            RoomRef::Null,
            RoomRef::Blank,
        ];
        for index in 0..(rows.len() / 100).max(8) {
            let division = index % self.spec.divisions.len();
            let Some(period) = self.lesson_period(division).map(|period| period.id) else {
                continue;
            };
            let Some((teacher, home)) = self.teacher(period) else {
                continue;
            };
            let Some(group) = home.groups.first().cloned() else {
                continue;
            };
            let teacher = self.code(teacher);
            let room = nowhere[index % nowhere.len()];
            rows.push(Row {
                id: 0,
                code: group.code,
                teacher,
                period,
                room,
                set: group.set,
            });
        }
        for index in 0..3 {
            let Some((room, period)) = self.free_slot() else {
                continue;
            };
            let Some((teacher, home)) = self.teacher(period) else {
                continue;
            };
            let Some(group) = home.groups.last().cloned() else {
                continue;
            };
            let teacher = self.code(teacher);
            let row = |teacher, period, room| Row {
                id: 0,
                code: group.code.clone(),
                teacher,
                period,
                room: RoomRef::Room(room),
                set: group.set,
            };
            let offset = self.spec.base + index;
            rows.push(row(teacher.clone(), 990_001 + offset, room));
            rows.push(row(teacher, period, 980_001 + offset));
            // This one stands: somebody teaches there, though nobody knows who.
            rows.push(row(
                format!("{}999{index:03}ZZ", self.spec.prefix),
                period,
                room,
            ));
        }
    }

    fn meetings(&mut self) -> Vec<Meeting> {
        const NAMES: [&str; 6] = [
            "Monday briefing",
            "Curriculum group",
            "Heads of department",
            "Pastoral team ",
            "Safeguarding team",
            "Trips committee",
        ];
        let mut rows = Vec::new();
        let staff_room = self.room_for(Purpose::Meeting);
        for (index, group) in (0..self.spec.meetings).zip(7..) {
            let pause = self
                .periods
                .iter()
                .find(|period| !period.lessons)
                .map(|period| period.id);
            let place = match (index % 2, staff_room) {
                (0, Some(room)) => {
                    let period = if index == 0 { pause } else { None };
                    period
                        .or_else(|| self.lesson_period(0).map(|period| period.id))
                        .map(|period| (room, period))
                }
                _ => self.free_slot(),
            };
            let Some((room, period)) = place else {
                continue;
            };
            self.used.insert((room, period));
            for _ in 0..if index == 0 { 5 } else { 3 } {
                let Some((teacher, _)) = self.teacher(period) else {
                    continue;
                };
                rows.push(Meeting {
                    id: 0,
                    period,
                    teacher: self.code(teacher),
                    group,
                    room: (index != 5).then_some(room),
                    name: NAMES[index % NAMES.len()],
                });
            }
        }
        rows
    }

    fn tutorials(&mut self) -> Vec<Tutorial> {
        const NAMES: [&str; 4] = [
            "Reading support",
            "Interview practice",
            "Study skills",
            "Mentoring",
        ];
        (0..self.spec.tutorials)
            .filter_map(|index| {
                let (room, period) = self.free_slot()?;
                let (teacher, _) = self.teacher(period)?;
                let mut periods = vec![period];
                // Every other one happens twice in the cycle.
                if index % 2 == 1 {
                    let division = self
                        .periods
                        .iter()
                        .find(|known| known.id == period)?
                        .division;
                    let again = (0..1000).find_map(|_| {
                        let again = self.lesson_period(division)?.id;
                        (!self.busy.contains(&(teacher, again)) && self.used.insert((room, again)))
                            .then_some(again)
                    });
                    periods.extend(again);
                }
                Some(Tutorial {
                    id: 0,
                    code: format!("TUT{}", index + 1),
                    name: NAMES[index % NAMES.len()],
                    room: (index != 3).then_some(room),
                    periods,
                    teachers: vec![self.code(teacher)],
                    pupils: (0..=index % 3)
                        .map(|pupil| format!("{:012}", 900_000 + index * 10 + pupil))
                        .collect(),
                })
            })
            .collect()
    }

    fn assemblies(&mut self) -> Vec<Assembly> {
        let Some(hall) = self.room_for(Purpose::Assembly) else {
            return Vec::new();
        };
        let years = self
            .spec
            .divisions
            .first()
            .map_or(7..=7, |division| division.first_year..=division.last_year);
        let mut years = years.cycle();
        (0..self.spec.assemblies)
            .filter_map(|index| {
                let period = (0..1000).find_map(|_| {
                    let period = self.lesson_period(0)?.id;
                    self.used.insert((hall, period)).then_some(period)
                })?;
                let (teacher, _) = self.teacher(period)?;
                Some(Assembly {
                    id: 0,
                    name: if index % 2 == 0 {
                        "Assembly"
                    } else {
                        "Singing practice"
                    },
                    year: years.next()?,
                    period,
                    room: hall,
                    teacher: self.code(teacher),
                })
            })
            .collect()
    }
}
