//! Departments, subjects, sets, teaching forms, and who teaches what where.

use std::collections::BTreeMap;

use super::people::{self, StaffMember};
use super::rng::Rng;
use super::spec::{Purpose, Spec};

/// A department with the codes of its subjects; `DR` is in two of them and `Administration` has
/// none.
pub(super) const DEPARTMENTS: [(&str, &[&str]); 9] = [
    ("Mathematics", &["MA"]),
    ("English", &["EN", "DR"]),
    ("Science", &["SC"]),
    ("Languages", &["FR", "LT"]),
    ("Humanities", &["HI", "GE", "RS", "PS"]),
    ("Creative and Performing Arts", &["AR", "MU", "DR"]),
    ("Technology", &["DT", "CO"]),
    ("Sport", &["PE"]),
    ("Administration", &[]),
];

pub(super) const SUBJECTS: [(&str, &str); 15] = [
    ("MA", "Mathematics"),
    ("EN", "English"),
    ("SC", "Science"),
    ("FR", "French"),
    ("LT", "Latin"),
    ("HI", "History"),
    ("GE", "Geography"),
    ("RS", "Religious Studies"),
    ("AR", "Art"),
    ("MU", "Music"),
    ("DR", "Drama"),
    ("DT", "Design Technology"),
    ("CO", "Computing"),
    ("PE", "Physical Education"),
    ("PS", "PSHE"),
];

/// Subjects of rooms that suit any.
const ANYWHERE: [&str; 9] = ["MA", "EN", "FR", "HI", "GE", "MA", "EN", "RS", "LT"];

#[derive(Clone, Debug)]
pub(super) struct Set {
    pub(super) id: u32,
    pub(super) subject: &'static str,
    pub(super) year: u32,
    pub(super) number: u32,
    pub(super) code: String,
    pub(super) teacher: usize,
    pub(super) second: Option<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct TeachingForm {
    pub(super) id: u32,
    pub(super) form: String,
    pub(super) code: String,
}

/// A code as the timetable writes it, and whether it is a set or a teaching form.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) code: String,
    pub(super) set: bool,
}

/// A teacher with a room of their own and the groups they teach.
#[derive(Clone, Debug)]
pub(super) struct Home {
    pub(super) room: u32,
    pub(super) division: usize,
    pub(super) shared: bool,
    /// Index into the staff.
    pub(super) teacher: usize,
    pub(super) groups: Vec<Group>,
}

#[derive(Clone, Debug)]
pub(super) struct Teaching {
    pub(super) staff: Vec<StaffMember>,
    pub(super) homes: Vec<Home>,
    /// Indices of those who only ever come second, and of the second coach of each shared room.
    pub(super) assistants: Vec<usize>,
    pub(super) coaches: Vec<(u32, usize, Vec<Group>)>,
    pub(super) sets: Vec<Set>,
    pub(super) forms: Vec<TeachingForm>,
}

pub(super) fn subject_id(spec: &Spec, code: &str) -> u32 {
    let index = SUBJECTS
        .iter()
        .position(|&(known, _)| known == code)
        .unwrap_or(0);
    11 + spec.base + u32::try_from(index).unwrap_or(0)
}

pub(super) fn teaching(spec: &Spec, rooms: &[(u32, Purpose)]) -> Teaching {
    let mut rng = Rng::new(spec.seed, "teaching");
    let taught: Vec<_> = rooms
        .iter()
        .filter_map(|&(room, purpose)| Some((room, purpose, purpose.division()?)))
        .collect();
    let coached: Vec<_> = taught
        .iter()
        .filter(|(_, purpose, _)| matches!(purpose, Purpose::Shared { .. }))
        .collect();
    let assistants = (taught.len() / 4).max(4);
    let staff = people::staff(spec, taught.len() + coached.len() + assistants, |index| {
        taught.get(index).map_or(0, |&(_, _, division)| division)
    });

    let mut sets = SetBook {
        spec,
        rows: Vec::new(),
        numbers: BTreeMap::new(),
    };
    let mut forms = Vec::new();
    let mut any = ANYWHERE.iter().copied().cycle();
    let assistant = |rng: &mut Rng| taught.len() + coached.len() + rng.below(assistants);
    let mut homes = Vec::with_capacity(taught.len());
    for (teacher, &(room, purpose, division)) in taught.iter().enumerate() {
        let subject = match purpose {
            Purpose::Shared { .. } => "PE",
            Purpose::Lessons {
                subject: Some(subject),
                ..
            } => subject,
            _ => any.next().unwrap_or("MA"),
        };
        let mut groups: Vec<_> = (0..spec.sets_per_teacher)
            .map(|_| {
                let second = rng.percent(25).then(|| assistant(&mut rng));
                sets.add(&mut rng, division, subject, teacher, second)
            })
            .collect();
        if teacher % 3 == 1 {
            let form = form(spec, division, forms.len());
            let id = 31 + spec.base + u32::try_from(forms.len()).unwrap_or(0);
            let code = format!("{form}-PSHE");
            groups.push(Group {
                code: code.clone(),
                set: false,
            });
            forms.push(TeachingForm { id, form, code });
        }
        homes.push(Home {
            room,
            division,
            shared: matches!(purpose, Purpose::Shared { .. }),
            teacher,
            groups,
        });
    }
    let coaches = coached
        .iter()
        .enumerate()
        .map(|(n, &&(room, _, division))| {
            let coach = taught.len() + n;
            (
                room,
                coach,
                (0..3)
                    .map(|_| sets.add(&mut rng, division, "PE", coach, None))
                    .collect(),
            )
        })
        .collect();
    let first_assistant = taught.len() + coached.len();
    Teaching {
        staff,
        homes,
        assistants: (first_assistant..first_assistant + assistants).collect(),
        coaches,
        sets: sets.rows,
        forms,
    }
}

/// `7A`, `8A`, `7B`, …, within the years of the division.
fn form(spec: &Spec, division: usize, index: usize) -> String {
    let (first, last) = spec
        .divisions
        .get(division)
        .map_or((7, 7), |division| (division.first_year, division.last_year));
    let index = u32::try_from(index).unwrap_or(0);
    let years = last - first + 1;
    let letter = index / years;
    let year = first + index % years;
    match u8::try_from(letter).ok().filter(|&letter| letter < 26) {
        Some(letter) => format!("{year}{}", char::from(b'A' + letter)),
        None => format!("{year}F{letter}"),
    }
}

struct SetBook<'a> {
    spec: &'a Spec,
    rows: Vec<Set>,
    numbers: BTreeMap<(u32, &'static str), u32>,
}

impl SetBook<'_> {
    fn add(
        &mut self,
        rng: &mut Rng,
        division: usize,
        subject: &'static str,
        teacher: usize,
        second: Option<usize>,
    ) -> Group {
        let (first, last) = self
            .spec
            .divisions
            .get(division)
            .map_or((7, 7), |division| (division.first_year, division.last_year));
        let year = first
            + u32::try_from(rng.below(usize::try_from(last - first + 1).unwrap_or(1))).unwrap_or(0);
        let number = self.numbers.entry((year, subject)).or_insert(0);
        *number += 1;
        let number = *number;
        let mut letters = subject.chars();
        let short: String = letters
            .next()
            .into_iter()
            .chain(letters.map(|letter| letter.to_ascii_lowercase()))
            .collect();
        let block = ['A', 'B', 'C', 'D']
            .get(usize::try_from(number % 4).unwrap_or(0))
            .copied()
            .unwrap_or('A');
        let code = format!("{year}{block}/{short}{number}");
        let id = 1401 + self.spec.base + u32::try_from(self.rows.len()).unwrap_or(0);
        self.rows.push(Set {
            id,
            subject,
            year,
            number,
            code: code.clone(),
            teacher,
            second,
        });
        Group { code, set: true }
    }
}
