//! What a school is made from: the parts that are chosen, not drawn.

use chrono::NaiveDate;

/// A school of a given size, for benches and load tests.
///
/// All fields may be set freely; the same value always gives the same school.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Seed of everything that is drawn. Give each of many schools its own.
    pub seed: u64,
    /// Classrooms in the estate.
    pub rooms: usize,
    /// Weeks of the timetable cycle.
    pub cycle_weeks: usize,
    /// How many of a hundred room-periods hold a lesson.
    pub fill_percent: u32,
    /// How many of a hundred lessons have a second teacher, and so a parallel row.
    pub parallel_percent: u32,
    /// Sets taught by each teacher.
    pub sets_per_teacher: usize,
}

impl Default for Scale {
    fn default() -> Self {
        Self {
            seed: 1,
            rooms: 60,
            cycle_weeks: 2,
            fill_percent: 70,
            parallel_percent: 10,
            sets_per_teacher: 5,
        }
    }
}

impl Scale {
    /// A school whose merged payload is about `bytes` long: within a tenth from 1 MB up.
    #[must_use]
    pub fn of_payload(bytes: usize) -> Self {
        Self {
            rooms: (bytes / BYTES_PER_ROOM).max(10),
            ..Self::default()
        }
    }

    pub(super) fn spec(&self) -> Spec {
        let per_building = 20;
        let buildings = (0..self.rooms.div_ceil(per_building).max(1))
            .map(|block| {
                let first = block * per_building;
                let last = self.rooms.min(first + per_building);
                BuildingSpec {
                    name: format!("Block {}", block + 1),
                    initials: format!("B{}", block + 1),
                    under: None,
                    rooms: (first..last)
                        .map(|room| RoomSpec {
                            name: format!("Block {} Room {}", block + 1, room - first + 1),
                            code: format!("B{}R{}", block + 1, room - first + 1),
                            purpose: match room {
                                0 => Purpose::Assembly,
                                1 => Purpose::Meeting,
                                _ => Purpose::Lessons {
                                    division: 0,
                                    subject: None,
                                },
                            },
                        })
                        .collect(),
                }
            })
            .collect();
        let mut spec = super::schools::birchwood();
        spec.folder = format!("scaled-{}", self.seed);
        spec.name = format!("Scaled School {}", self.seed);
        spec.domain = "scaled.example".to_owned();
        spec.prefix = "SC".to_owned();
        spec.seed = self.seed;
        spec.buildings = buildings;
        spec.divisions.truncate(1);
        spec.cycle = (1..=self.cycle_weeks.max(1))
            .map(|week| (format!("Week {week}"), week.to_string()))
            .collect();
        spec.fill = self.fill_percent;
        spec.parallel = self.parallel_percent;
        spec.sets_per_teacher = self.sets_per_teacher.max(1);
        spec
    }
}

/// Measured on the default scale; a room brings its lessons, its teacher and the teacher's sets.
const BYTES_PER_ROOM: usize = 10_000;

#[derive(Clone, Debug)]
pub(super) struct Spec {
    /// Folder below `fixtures`.
    pub(super) folder: String,
    pub(super) name: String,
    pub(super) domain: String,
    /// First letters of the user codes.
    pub(super) prefix: String,
    pub(super) seed: u64,
    /// Added to all ids, so that the ids of two schools differ.
    pub(super) base: u32,
    pub(super) buildings: Vec<BuildingSpec>,
    pub(super) divisions: Vec<Division>,
    /// Name and short name of each cycle week.
    pub(super) cycle: Vec<(String, String)>,
    /// Whether the structure lists an inactive Sunday without periods.
    pub(super) sunday: bool,
    pub(super) fill: u32,
    pub(super) parallel: u32,
    pub(super) sets_per_teacher: usize,
    pub(super) terms: Vec<TermSpec>,
    /// How many (year, week) pairs of this year have two allocation rows.
    pub(super) doubled_allocations: usize,
    /// Sundays of holiday weeks that are allocated all the same.
    pub(super) allocated_holidays: Vec<NaiveDate>,
    pub(super) meetings: usize,
    pub(super) tutorials: usize,
    pub(super) assemblies: usize,
}

#[derive(Clone, Debug)]
pub(super) struct BuildingSpec {
    pub(super) name: String,
    pub(super) initials: String,
    /// Index of the building it belongs to.
    pub(super) under: Option<usize>,
    pub(super) rooms: Vec<RoomSpec>,
}

#[derive(Clone, Debug)]
pub(super) struct RoomSpec {
    pub(super) name: String,
    pub(super) code: String,
    pub(super) purpose: Purpose,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Lessons of one division, of one subject code or of any.
    Lessons {
        division: usize,
        subject: Option<&'static str>,
    },
    /// Lessons where two sets may be at once: a sports hall.
    Shared { division: usize },
    /// Assemblies only.
    Assembly,
    /// Staff meetings only.
    Meeting,
    /// Nothing on the timetable.
    Other,
}

impl Purpose {
    pub(super) fn division(self) -> Option<usize> {
        match self {
            Self::Lessons { division, .. } | Self::Shared { division } => Some(division),
            Self::Assembly | Self::Meeting | Self::Other => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Division {
    pub(super) id: u32,
    pub(super) name: &'static str,
    pub(super) first_year: u32,
    pub(super) last_year: u32,
    pub(super) weekday: Vec<Bell>,
    pub(super) saturday: Vec<Bell>,
}

/// One period of a division's day; times in minutes after midnight.
#[derive(Clone, Debug)]
pub(super) struct Bell {
    pub(super) name: &'static str,
    pub(super) short: &'static str,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) lessons: bool,
}

#[derive(Clone, Debug)]
pub(super) struct TermSpec {
    pub(super) school_year: i32,
    pub(super) name: &'static str,
    pub(super) start: NaiveDate,
    /// Inclusive.
    pub(super) finish: NaiveDate,
    /// Monday of the week inside the term that is not allocated.
    pub(super) half_term: NaiveDate,
}
