use std::{fs::File, io::Read, path::Path};

use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{
    AreaState, CoverNames, DataArea, Error, Finding, Section,
    canonical::sort_rows,
    download::MAX_BYTES,
    excerpt::Redaction,
    merge::unite,
    model::{
        Building, ClosuresAndCover, Department, Event, LessonSuspension, RoomClosureReason,
        StaffMember, TeachingForm, TeachingSet, Term, Timetable, TimetableAllocation, Week,
    },
    place::{Ledger, Place},
    row::{Named, Row},
    sniff,
};

/// The fourteen data areas of an answer, or of several that were merged.
///
/// ```
/// use isams_client::{AreaState, DataArea, Payload};
///
/// let payload = Payload::from_slice(br#"{"iSAMS":{"SchoolManager":{"Terms":null}}}"#)?;
/// assert_eq!(payload.state(DataArea::Terms), AreaState::Empty);
/// assert_eq!(payload.state(DataArea::CurrentStaff), AreaState::Missing);
/// # Ok::<(), isams_client::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload {
    /// Calendar events of this year.
    pub events_this_year: Section<Vec<Event>>,
    /// Calendar events of next year.
    pub events_next_year: Section<Vec<Event>>,
    /// Lessons that do not happen.
    pub lesson_suspensions: Section<Vec<LessonSuspension>>,
    /// Why rooms are closed.
    pub room_closure_reasons: Section<Vec<RoomClosureReason>>,
    /// Closed rooms and covered lessons.
    pub room_closures_and_cover: Section<ClosuresAndCover>,
    /// Buildings with their rooms. Present only where a building has a room.
    pub buildings_and_rooms: Section<Vec<Building>>,
    /// Current staff.
    pub current_staff: Section<Vec<StaffMember>>,
    /// School terms.
    pub terms: Section<Vec<Term>>,
    /// Departments with their subjects.
    pub departments_and_subjects: Section<Vec<Department>>,
    /// Teaching sets.
    pub teaching_sets: Section<Vec<TeachingSet>>,
    /// Teaching forms.
    pub teaching_forms: Section<Vec<TeachingForm>>,
    /// Published timetables. Present only where a timetable has a row of any of its four kinds.
    pub published_timetable: Section<Vec<Timetable>>,
    /// Which timetable week runs in which calendar week.
    pub week_allocations: Section<Vec<TimetableAllocation>>,
    /// Weeks, days and periods. Present only where a day has a period.
    pub timetable_structure: Section<Vec<Week>>,
    /// Timetables in development, which are no data area: nobody is taught by them yet. They are there where the answer
    /// held them; [`FetchRequest::development`](crate::FetchRequest::development) asks for them.
    pub development_timetables: Section<Vec<Timetable>>,
    pub(crate) findings: Vec<Finding>,
    /// What could not be used of the timetables in development.
    pub(crate) development_findings: Vec<Finding>,
}

/// The container of the timetables in development (one public reader).
pub(crate) const DEVELOPMENT: &str = "DevelopmentTimetables";

/// Hands every area, with its field, to another macro.
macro_rules! with_areas {
    ($then:ident $($args:tt)*) => {
        $then! {
            [$($args)*]
            EventsThisYear events_this_year,
            EventsNextYear events_next_year,
            LessonSuspensions lesson_suspensions,
            RoomClosureReasons room_closure_reasons,
            RoomClosuresAndCover room_closures_and_cover,
            BuildingsAndRooms buildings_and_rooms,
            CurrentStaff current_staff,
            Terms terms,
            DepartmentsAndSubjects departments_and_subjects,
            TeachingSets teaching_sets,
            TeachingForms teaching_forms,
            PublishedTimetable published_timetable,
            WeekAllocations week_allocations,
            TimetableStructure timetable_structure,
        }
    };
}

/// Evaluates an expression for the section of one area, whatever the type of its rows.
macro_rules! for_area {
    ([$payload:ident, $area:ident, $section:ident => $result:expr] $($variant:ident $field:ident,)*) => {
        match $area {
            $(DataArea::$variant => {
                let $section = &$payload.$field;
                $result
            })*
        }
    };
}

impl Payload {
    /// Reads an answer of the Batch API.
    ///
    /// What cannot be used as sent is noted in [`findings`](Self::findings) and skipped: a field, a row or a whole
    /// area never fails the others. JSON and XML are told apart by how they begin, and give equal values.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] or [`Error::Xml`] when the JSON or XML is broken or cut off, [`Error::Server`] when the document is an error of
    /// iSAMS, [`Error::NotIsams`] when it is anything else than an iSAMS document.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_slice_with(bytes, &CoverNames::new())
    }

    /// Reads an answer as [`from_slice`](Self::from_slice) does, with other names in the cover manager.
    ///
    /// # Errors
    ///
    /// Those of [`from_slice`](Self::from_slice).
    pub fn from_slice_with(bytes: &[u8], names: &CoverNames) -> Result<Self, Error> {
        sniff::read(bytes, names, &Redaction::default())
    }

    /// Reads a recorded answer to its end, as [`from_slice`](Self::from_slice) does.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when it cannot be read, [`Error::TooLarge`] beyond 256 MiB, and those of
    /// [`from_slice`](Self::from_slice).
    pub fn from_reader(reader: impl Read) -> Result<Self, Error> {
        let mut bytes = Vec::new();
        let mut reader = reader.take(MAX_BYTES + 1);
        reader.read_to_end(&mut bytes).map_err(Error::Read)?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(Error::TooLarge {
                max_bytes: MAX_BYTES,
            });
        }
        Self::from_slice(&bytes)
    }

    /// Reads a recorded answer from a file, as [`from_reader`](Self::from_reader) does.
    ///
    /// # Errors
    ///
    /// [`Error::File`], which names the file, around those of [`from_reader`](Self::from_reader).
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        File::open(path)
            .map_err(Error::Read)
            .and_then(Self::from_reader)
            .map_err(|error| Error::File {
                path: path.to_owned(),
                source: Box::new(error),
            })
    }

    /// What the answer held of an area.
    pub fn state(&self, area: DataArea) -> AreaState {
        with_areas!(for_area self, area, section => section.state())
    }

    /// Why an area could not be read, with the path, if it could not.
    pub fn unreadable(&self, area: DataArea) -> Option<&str> {
        with_areas!(for_area self, area, section => match section {
            Section::Unreadable(reason) => Some(reason.as_str()),
            _ => None,
        })
    }

    /// How many rows an area has: rooms, periods, timetable rows of all four kinds, closures with covers, and
    /// otherwise the elements of the list. 0 unless the area is present.
    pub fn rows(&self, area: DataArea) -> usize {
        with_areas!(for_area self, area, section => section.value().map_or(0, Area::count))
    }

    /// A fingerprint of an area: SHA-256 over its canonical rows, in hex.
    ///
    /// It depends neither on the order of rows nor on how they were written. `None` unless the area is present or
    /// empty.
    pub fn hash(&self, area: DataArea) -> Option<String> {
        with_areas!(for_area self, area, section => fingerprint(section))
    }

    /// Adds what another key of the same school answered.
    ///
    /// Of each area the state that decides stays: unreadable (half of it may be lost) before present, empty, refused and
    /// missing. Where both are present the rows are united by id, at every level. Of two different rows with one id the
    /// later one is kept, and [`findings`](Self::findings) says so.
    pub fn merge(&mut self, later: Self) {
        macro_rules! merge {
            ([$later:ident] $($variant:ident $field:ident,)*) => {
                self.findings.extend($later.findings);
                $(self.$field.merge($later.$field, |ours, later| {
                    ours.unite(later, DataArea::$variant, &mut self.findings);
                });)*
            };
        }
        self.development_findings.extend(later.development_findings);
        let findings = &mut self.development_findings;
        self.development_timetables.merge(
            later.development_timetables,
            |ours: &mut Vec<Timetable>, later| {
                let area = DataArea::PublishedTimetable;
                unite_rows(ours, later, area, DEVELOPMENT, "Timetable", findings);
            },
        );
        with_areas!(merge later);
    }

    /// Hands out the timetables in development, and leaves none. From then on what could not be used of them is among the
    /// [`findings`](Self::findings).
    pub fn take_development(&mut self) -> Section<Vec<Timetable>> {
        self.findings.append(&mut self.development_findings);
        std::mem::take(&mut self.development_timetables)
    }

    /// Forgets the timetables in development, and what could not be used of them.
    pub fn drop_development(&mut self) {
        self.development_findings.clear();
        self.development_timetables = Section::Missing;
    }

    /// Sorts every list at every level by id and drops exact duplicates, so that the order of rows never matters.
    ///
    /// Numeric ids come first, by number, then other ids by text, then rows without id by content.
    pub fn canonicalise(&mut self) {
        macro_rules! canonicalise {
            ([] $($variant:ident $field:ident,)*) => {
                $(if let Section::Present(rows) = &mut self.$field {
                    rows.canonicalise();
                })*
            };
        }
        if let Section::Present(rows) = &mut self.development_timetables {
            rows.canonicalise();
        }
        with_areas!(canonicalise);
    }

    /// Removes secrets from what is said of the answer: it names members, and those come from the server.
    pub(crate) fn redact(&mut self, redaction: &Redaction) {
        for finding in self
            .findings
            .iter_mut()
            .chain(&mut self.development_findings)
        {
            redaction.clean(&mut finding.path);
            redaction.clean(&mut finding.reason);
        }
        if let Section::Unreadable(reason) = &mut self.development_timetables {
            redaction.clean(reason);
        }
        macro_rules! redact {
            ([$redaction:ident] $($variant:ident $field:ident,)*) => {
                $(if let Section::Unreadable(reason) = &mut self.$field {
                    $redaction.clean(reason);
                })*
            };
        }
        with_areas!(redact redaction);
    }

    /// Says that the key may not have an area, where the answer did not hold it all the same.
    pub(crate) fn refuse(&mut self, area: DataArea) {
        macro_rules! refuse {
            ([$area:ident] $($variant:ident $field:ident,)*) => {
                match $area {
                    $(DataArea::$variant => {
                        if self.$field == Section::Missing {
                            self.$field = Section::Refused;
                        }
                    })*
                }
            };
        }
        with_areas!(refuse area);
    }

    /// Replaces one area by that of another payload. The findings stay: they tell of the answer that was read.
    pub fn take_from(&mut self, other: &Self, area: DataArea) {
        macro_rules! take {
            ([$other:ident, $area:ident] $($variant:ident $field:ident,)*) => {
                match $area {
                    $(DataArea::$variant => self.$field = $other.$field.clone(),)*
                }
            };
        }
        with_areas!(take other, area);
    }

    /// What could not be used as sent, in the order of the areas.
    ///
    /// Of one area of one answer a few thousand are listed; where there were more, a last one says how many.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The wire form `{"iSAMS":{...}}` of the present and empty areas, and of the timetables in development, with only the
    /// members that are kept.
    ///
    /// Reading it gives the same payload where this one is canonical, without findings, and has no refused or
    /// unreadable area.
    pub fn to_json(&self) -> Value {
        let mut isams = Map::new();
        macro_rules! write {
            ([$isams:ident] $($variant:ident $field:ident,)*) => {
                $(for (container, rows) in containers(&self.$field, DataArea::$variant) {
                    let manager = $isams
                        .entry(DataArea::$variant.manager())
                        .or_insert_with(|| Value::Object(Map::new()));
                    if let Value::Object(manager) = manager {
                        manager.insert(container.to_owned(), rows);
                    }
                })*
            };
        }
        with_areas!(write isams);
        let development = match &self.development_timetables {
            Section::Present(rows) => Some(named("Timetable", rows)),
            Section::Empty => Some(Value::Null),
            Section::Missing | Section::Refused | Section::Unreadable(_) => None,
        };
        if let Some(development) = development {
            let manager = isams
                .entry(DataArea::PublishedTimetable.manager())
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(manager) = manager {
                manager.insert(DEVELOPMENT.to_owned(), development);
            }
        }
        if let Some(Value::Object(calendar)) = isams.get_mut("CalendarManager") {
            join_events(calendar);
        }
        Value::Object(Map::from_iter([("iSAMS".to_owned(), Value::Object(isams))]))
    }
}

/// Writes both years as `Events`, the only name with a public reader. Next year alone keeps its own container,
/// because a lone `Events` is this year.
fn join_events(calendar: &mut Map<String, Value>) {
    let Some(this_year) = calendar.remove("EventsThisYear") else {
        return;
    };
    let events = match calendar.remove("EventsNextYear") {
        Some(next_year) => Value::Array(vec![this_year, next_year]),
        None => this_year,
    };
    calendar.insert("Events".to_owned(), events);
}

/// The rows of an area.
trait Area: Clone + Default + Serialize {
    fn count(&self) -> usize;

    fn canonicalise(&mut self);

    fn unite(&mut self, later: Self, area: DataArea, findings: &mut Vec<Finding>);

    /// The containers on the wire, each with its rows.
    fn containers(&self, area: DataArea) -> Vec<(&'static str, Value)>;
}

impl<T: Row> Area for Vec<T> {
    fn count(&self) -> usize {
        self.iter().map(Row::count).sum()
    }

    fn canonicalise(&mut self) {
        sort_rows(self);
    }

    fn unite(&mut self, later: Self, area: DataArea, findings: &mut Vec<Finding>) {
        let (container, child) = area.container();
        unite_rows(self, later, area, container, child, findings);
    }

    fn containers(&self, area: DataArea) -> Vec<(&'static str, Value)> {
        let (container, child) = area.container();
        vec![(container, named(child, self))]
    }
}

impl Area for ClosuresAndCover {
    fn count(&self) -> usize {
        self.closures.len() + self.covers.len()
    }

    fn canonicalise(&mut self) {
        sort_rows(&mut self.closures);
        sort_rows(&mut self.covers);
    }

    fn unite(&mut self, later: Self, area: DataArea, findings: &mut Vec<Finding>) {
        let (closures, covers) = (&mut self.closures, &mut self.covers);
        unite_rows(
            closures,
            later.closures,
            area,
            "RoomClosures",
            "RoomClosure",
            findings,
        );
        unite_rows(covers, later.covers, area, "Covers", "Cover", findings);
    }

    fn containers(&self, _area: DataArea) -> Vec<(&'static str, Value)> {
        vec![
            ("RoomClosures", named("RoomClosure", &self.closures)),
            ("Covers", named("Cover", &self.covers)),
        ]
    }
}

fn unite_rows<T: Row>(
    ours: &mut Vec<T>,
    later: Vec<T>,
    area: DataArea,
    container: &str,
    child: &str,
    findings: &mut Vec<Finding>,
) {
    let ledger = Ledger::new(Some(area));
    let root = Place::root(&ledger);
    let manager = root.member(area.manager());
    let container = manager.member(container);
    unite(ours, later, container.member(child));
    findings.extend(ledger.close().0);
}

/// `{child: rows}`, or nothing where there are none.
fn named<T: Row>(child: &'static str, rows: &[T]) -> Value {
    if rows.is_empty() {
        return Value::Null;
    }
    serde_json::to_value(Named { child, rows }).unwrap_or_default()
}

fn fingerprint<T: Area>(section: &Section<T>) -> Option<String> {
    let mut rows = match section {
        Section::Present(rows) => rows.clone(),
        Section::Empty => T::default(),
        Section::Missing | Section::Refused | Section::Unreadable(_) => return None,
    };
    rows.canonicalise();
    let digest = Sha256::digest(serde_json::to_vec(&rows).ok()?);
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn containers<T: Area>(section: &Section<T>, area: DataArea) -> Vec<(&'static str, Value)> {
    match section {
        Section::Present(rows) => rows.containers(area),
        Section::Empty => vec![(area.container().0, Value::Null)],
        Section::Missing | Section::Refused | Section::Unreadable(_) => Vec::new(),
    }
}
