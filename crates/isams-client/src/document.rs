use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::Value;

use crate::{
    CoverNames, DataArea, Finding, Payload, Section, ServerMessage,
    list::{Container, Objects, OneOrMany, Rows},
    model::{
        Building, ClosuresAndCover, Cover, Department, Event, LessonSuspension, RoomClosure,
        RoomClosureReason, StaffMember, TeachingForm, TeachingSet, Term, Timetable,
        TimetableAllocation, Week,
    },
    payload::DEVELOPMENT,
    place::{Ledger, Place},
    row::Row,
    shape::{ByShape, CoverContainer, Shaped},
    text::Name,
};

/// What a JSON document turned out to be.
#[derive(Debug)]
pub(crate) enum Document {
    Payload(Box<Payload>),
    Message(ServerMessage),
    /// It has neither `iSAMS` nor `Message`.
    Other,
}

/// Reads a document whose cover manager uses these names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'n>(pub(crate) &'n CoverNames);

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Document;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Document, D::Error> {
        struct DocumentVisitor<'n>(&'n CoverNames);

        impl<'de> Visitor<'de> for DocumentVisitor<'_> {
            type Value = Document;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
                let ledger = Ledger::default();
                let root = Place::root(&ledger);
                let mut draft = Draft::new(self.0);
                let mut messages: Vec<ServerMessage> = Vec::new();
                while let Some(name) = map.next_key::<Name<'_>>()? {
                    match &*name {
                        "iSAMS" => map.next_value_seed(OneOrMany::new(&mut draft, root))?,
                        // The conversion of the XML error document (inferred: no public sample).
                        "Message" => {
                            let at = root.member("Message");
                            map.next_value_seed(OneOrMany::new(&mut Rows(&mut messages), at))?;
                        }
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(if draft.is_isams {
                    Document::Payload(Box::new(draft.finish(ledger)))
                } else {
                    messages.pop().map_or(Document::Other, Document::Message)
                })
            }
        }

        deserializer.deserialize_map(DocumentVisitor(self.0))
    }
}

/// A payload while it is read.
struct Draft<'n> {
    names: &'n CoverNames,
    is_isams: bool,
    events_this_year: Reading<Event>,
    events_next_year: Reading<Event>,
    lesson_suspensions: Reading<LessonSuspension>,
    room_closure_reasons: Reading<RoomClosureReason>,
    closures: Reading<RoomClosure>,
    covers: Reading<Cover>,
    shaped: Shaped,
    buildings: Reading<Building>,
    staff: Reading<StaffMember>,
    terms: Reading<Term>,
    departments: Reading<Department>,
    sets: Reading<TeachingSet>,
    forms: Reading<TeachingForm>,
    timetables: Reading<Timetable>,
    development: Reading<Timetable>,
    allocations: Reading<TimetableAllocation>,
    weeks: Reading<Week>,
}

impl<'n> Draft<'n> {
    fn new(names: &'n CoverNames) -> Self {
        Self {
            names,
            is_isams: false,
            events_this_year: Reading::new(DataArea::EventsThisYear),
            events_next_year: Reading::new(DataArea::EventsNextYear),
            lesson_suspensions: Reading::new(DataArea::LessonSuspensions),
            room_closure_reasons: Reading::new(DataArea::RoomClosureReasons),
            closures: Reading::new(DataArea::RoomClosuresAndCover),
            covers: Reading::new(DataArea::RoomClosuresAndCover),
            shaped: Shaped::new(),
            buildings: Reading::new(DataArea::BuildingsAndRooms),
            staff: Reading::new(DataArea::CurrentStaff),
            terms: Reading::new(DataArea::Terms),
            departments: Reading::new(DataArea::DepartmentsAndSubjects),
            sets: Reading::new(DataArea::TeachingSets),
            forms: Reading::new(DataArea::TeachingForms),
            timetables: Reading::new(DataArea::PublishedTimetable),
            development: Reading::new(DataArea::PublishedTimetable),
            allocations: Reading::new(DataArea::WeekAllocations),
            weeks: Reading::new(DataArea::TimetableStructure),
        }
    }

    fn finish(mut self, ledger: Ledger) -> Payload {
        let (mut findings, _) = ledger.close();
        self.lesson_suspensions.add(&mut self.shaped.suspensions);
        self.closures.add(&mut self.shaped.closures);
        self.covers.add(&mut self.shaped.covers);
        findings.extend(self.shaped.findings());
        let mut development_findings = Vec::new();
        Payload {
            events_this_year: self.events_this_year.finish(&mut findings),
            events_next_year: self.events_next_year.finish(&mut findings),
            lesson_suspensions: self.lesson_suspensions.finish(&mut findings),
            room_closure_reasons: self.room_closure_reasons.finish(&mut findings),
            room_closures_and_cover: closures_and_cover(
                self.closures.finish(&mut findings),
                self.covers.finish(&mut findings),
            ),
            buildings_and_rooms: self.buildings.finish(&mut findings),
            current_staff: self.staff.finish(&mut findings),
            terms: self.terms.finish(&mut findings),
            departments_and_subjects: self.departments.finish(&mut findings),
            teaching_sets: self.sets.finish(&mut findings),
            teaching_forms: self.forms.finish(&mut findings),
            published_timetable: self.timetables.finish(&mut findings),
            week_allocations: self.allocations.finish(&mut findings),
            timetable_structure: self.weeks.finish(&mut findings),
            development_timetables: self.development.finish(&mut development_findings),
            findings,
            development_findings,
        }
    }
}

/// Two containers are one area: it is missing only without either, and unreadable when either is.
fn closures_and_cover(
    closures: Section<Vec<RoomClosure>>,
    covers: Section<Vec<Cover>>,
) -> Section<ClosuresAndCover> {
    match (closures, covers) {
        (Section::Unreadable(reason), _) | (_, Section::Unreadable(reason)) => {
            Section::Unreadable(reason)
        }
        (Section::Missing, Section::Missing) => Section::Missing,
        (closures, covers) => {
            let both = ClosuresAndCover {
                closures: closures.into_value().unwrap_or_default(),
                covers: covers.into_value().unwrap_or_default(),
            };
            if both == ClosuresAndCover::default() {
                Section::Empty
            } else {
                Section::Present(both)
            }
        }
    }
}

/// The value of `iSAMS`. Nothing in it is a document without areas; an array of them is not iSAMS.
impl<'de> Objects<'de> for Draft<'_> {
    fn object<A: MapAccess<'de>>(
        &mut self,
        mut map: A,
        at: Place<'_>,
        index: Option<usize>,
    ) -> Result<(), A::Error> {
        self.is_isams |= index.is_none();
        while let Some(name) = map.next_key::<Name<'_>>()? {
            let at = at.member(&name);
            match Manager::named(&name) {
                Some(manager) => {
                    let names = self.names;
                    let mut areas = Areas {
                        manager,
                        draft: &mut *self,
                    };
                    let areas = OneOrMany::new(&mut areas, at);
                    if matches!(manager, Manager::Cover) && !names.is_empty() {
                        let sent: Value = map.next_value()?;
                        areas
                            .deserialize(names.apply(sent))
                            .map_err(A::Error::custom)?;
                    } else {
                        map.next_value_seed(areas)?;
                    }
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn nothing(&mut self, _at: Place<'_>, index: Option<usize>) {
        self.is_isams |= index.is_none();
    }

    fn other(&mut self, _at: Place<'_>, _shape: &str) {}
}

/// The managers that hold the fourteen areas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manager {
    Calendar,
    Cover,
    Estate,
    Hr,
    School,
    Teaching,
    Timetable,
}

impl Manager {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "CalendarManager" => Self::Calendar,
            "CoverManager" => Self::Cover,
            "EstateManager" => Self::Estate,
            "HRManager" => Self::Hr,
            "SchoolManager" => Self::School,
            "TeachingManager" => Self::Teaching,
            "TimetableManager" => Self::Timetable,
            _ => return None,
        })
    }
}

/// What is said of a member of a manager that no public source tells of.
const UNKNOWN: &str = "not a known name: what is inside was not read";

impl Manager {
    /// Whether a member is known, and none of the fourteen areas (the names: public fixtures and readers; those of
    /// the cover manager and of other timetables: inferred from methods). Attributes tell nothing.
    pub(crate) fn leaves_out(self, name: &str) -> bool {
        name.starts_with(['@', '#'])
            || match self {
                Self::Calendar => ["Categories", "Types"].contains(&name),
                Self::Cover => [
                    "AbsenceReasons",
                    "Agencies",
                    "CoverStaff",
                    "EventReasons",
                    "UnavailableReasons",
                ]
                .contains(&name),
                Self::School => [
                    "AcademicHouses",
                    "BoardingHouses",
                    "Forms",
                    "PastoralTutors",
                    "SchoolDivisions",
                    "Years",
                ]
                .contains(&name),
                Self::Teaching => name == "SetLists",
                Self::Timetable => name.ends_with("Timetables") || name == "Timetable",
                Self::Estate | Self::Hr => false,
            }
    }
}

/// The areas of one manager.
struct Areas<'a, 'n> {
    manager: Manager,
    draft: &'a mut Draft<'n>,
}

impl<'de> Objects<'de> for Areas<'_, '_> {
    fn object<A: MapAccess<'de>>(
        &mut self,
        mut map: A,
        at: Place<'_>,
        _index: Option<usize>,
    ) -> Result<(), A::Error> {
        let draft = &mut *self.draft;
        while let Some(name) = map.next_key::<Name<'_>>()? {
            let at = at.member(&name);
            let map = &mut map;
            match (self.manager, &*name) {
                (Manager::Calendar, "Events") => {
                    draft.events_this_year.seen = true;
                    map.next_value_seed(OneOrMany::new(&mut EventContainers(draft), at))?;
                }
                (Manager::Calendar, "EventsThisYear") => {
                    draft.events_this_year.read(map, at, "Event")?;
                }
                (Manager::Calendar, "EventsNextYear") => {
                    draft.events_next_year.read(map, at, "Event")?;
                }
                (Manager::Calendar, _) => {
                    let mut events = AnyEvents {
                        year: &mut draft.events_this_year,
                        any: false,
                    };
                    map.next_value_seed(OneOrMany::new(&mut events, at))?;
                    if !events.any && !self.manager.leaves_out(&name) {
                        at.note(UNKNOWN);
                    }
                }
                (Manager::Cover, "LessonSuspensions") => {
                    let child = "LessonSuspension";
                    let shaped = &mut draft.shaped;
                    draft
                        .lesson_suspensions
                        .read_cover(map, at, child, shaped)?;
                }
                (Manager::Cover, "RoomClosureReasons") => {
                    let reasons = &mut draft.room_closure_reasons;
                    reasons.read(map, at, "RoomClosureReason")?;
                }
                (Manager::Cover, "RoomClosures") => {
                    let shaped = &mut draft.shaped;
                    draft.closures.read_cover(map, at, "RoomClosure", shaped)?;
                }
                (Manager::Cover, "Covers") => {
                    let shaped = &mut draft.shaped;
                    draft.covers.read_cover(map, at, "Cover", shaped)?;
                }
                (Manager::Cover, _) if !self.manager.leaves_out(&name) => {
                    let value: Value = map.next_value()?;
                    if !draft.shaped.take(&value, at) {
                        at.note(UNKNOWN);
                    }
                }
                (Manager::Estate, "Buildings") => draft.buildings.read(map, at, "Building")?,
                (Manager::Hr, "CurrentStaff") => draft.staff.read(map, at, "StaffMember")?,
                (Manager::School, "Terms") => draft.terms.read(map, at, "Term")?,
                (Manager::Teaching, "Departments") => {
                    draft.departments.read(map, at, "Department")?;
                }
                (Manager::Teaching, "Sets") => draft.sets.read(map, at, "Set")?,
                (Manager::Teaching, "TeachingForms") => {
                    draft.forms.read(map, at, "TeachingForm")?
                }
                (Manager::Timetable, "PublishedTimetables") => {
                    draft.timetables.read(map, at, "Timetable")?;
                }
                (Manager::Timetable, DEVELOPMENT) => {
                    draft.development.read(map, at, "Timetable")?;
                }
                (Manager::Timetable, "TimetableAllocations") => {
                    draft.allocations.read(map, at, "TimetableAllocation")?;
                }
                // Inferred from the name of the method: no public sample.
                (Manager::Timetable, "WeekAllocations") => {
                    draft.allocations.read(map, at, "WeekAllocation")?;
                }
                (Manager::Timetable, "Structure") => draft.weeks.read(map, at, "Week")?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    if !self.manager.leaves_out(&name) {
                        at.note(UNKNOWN);
                    }
                }
            }
        }
        Ok(())
    }

    fn other(&mut self, at: Place<'_>, shape: &str) {
        at.note(format!("expected an object, found {shape}"));
    }
}

/// The rows of an area while they are read.
struct Reading<T> {
    seen: bool,
    rows: Vec<T>,
    ledger: Ledger,
}

impl<T: Row> Reading<T> {
    fn new(area: DataArea) -> Self {
        Self {
            seen: false,
            rows: Vec::new(),
            ledger: Ledger::new(Some(area)),
        }
    }

    /// Reads a container, or several, of rows named `child`.
    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
        at: Place<'_>,
        child: &'static str,
    ) -> Result<(), A::Error> {
        self.seen = true;
        let rows = &mut self.rows;
        map.next_value_seed(OneOrMany::new(
            &mut Container { child, rows },
            at.noted_in(&self.ledger),
        ))
    }

    /// Reads a container as [`read`](Self::read) does, and what has other names by its shape.
    fn read_cover<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
        at: Place<'_>,
        child: &'static str,
        shaped: &mut Shaped,
    ) -> Result<(), A::Error>
    where
        T: ByShape,
    {
        self.seen = true;
        let rows = &mut self.rows;
        map.next_value_seed(OneOrMany::new(
            &mut CoverContainer {
                child,
                rows,
                shaped,
            },
            at.noted_in(&self.ledger),
        ))
    }

    fn add(&mut self, rows: &mut Vec<T>) {
        self.seen |= !rows.is_empty();
        self.rows.append(rows);
    }

    fn finish(self, findings: &mut Vec<Finding>) -> Section<Vec<T>> {
        let (noted, first_loss) = self.ledger.close();
        findings.extend(noted);
        let rows: usize = self.rows.iter().map(Row::count).sum();
        match first_loss {
            _ if rows > 0 => Section::Present(self.rows),
            Some(reason) => Section::Unreadable(reason),
            None if self.seen => Section::Empty,
            None => Section::Missing,
        }
    }
}

/// `Events`, once or several times: the first is this year, the second next year (inferred: no public sample).
struct EventContainers<'a, 'n>(&'a mut Draft<'n>);

impl EventContainers<'_, '_> {
    fn year(&mut self, index: Option<usize>) -> &mut Reading<Event> {
        match index {
            Some(1) => &mut self.0.events_next_year,
            _ => &mut self.0.events_this_year,
        }
    }
}

impl<'de> Objects<'de> for EventContainers<'_, '_> {
    fn object<A: MapAccess<'de>>(
        &mut self,
        map: A,
        at: Place<'_>,
        index: Option<usize>,
    ) -> Result<(), A::Error> {
        let year = self.year(index);
        year.seen = true;
        let at = at.noted_in(&year.ledger);
        if index > Some(1) {
            at.note("more than two containers of events, taken for this year");
        }
        let rows = &mut year.rows;
        Container {
            child: "Event",
            rows,
        }
        .object(map, at, index)
    }

    fn nothing(&mut self, _at: Place<'_>, index: Option<usize>) {
        self.year(index).seen = true;
    }

    fn other(&mut self, at: Place<'_>, shape: &str) {
        let year = self.year(at.index());
        year.seen = true;
        at.noted_in(&year.ledger)
            .lose(format!("expected an object with `Event`, found {shape}"));
    }
}

/// Another container of the calendar: it counts as events of this year if that is what it holds (inferred).
struct AnyEvents<'a> {
    year: &'a mut Reading<Event>,
    any: bool,
}

impl<'de> Objects<'de> for AnyEvents<'_> {
    fn object<A: MapAccess<'de>>(
        &mut self,
        mut map: A,
        at: Place<'_>,
        _index: Option<usize>,
    ) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Name<'_>>()? {
            if &*name == "Event" {
                self.any = true;
                self.year.seen = true;
                let at = at.noted_in(&self.year.ledger);
                let mut rows = Rows(&mut self.year.rows);
                map.next_value_seed(OneOrMany::new(&mut rows, at.member("Event")))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn other(&mut self, _at: Place<'_>, _shape: &str) {}
}
