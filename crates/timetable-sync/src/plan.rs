//! The plan: what a sync would do, worked out from values alone. Planning writes nothing and asks nobody.

use std::collections::BTreeSet;

use booking_store::{
    AreaRecord, LinkChange, Matching, Origin, RemovedBooking, RoomChange, RoomLink, RunRecord,
    SchoolState, TimeslotChange, TimetableDocument,
};
use chrono::NaiveDateTime;
use isams_client::{DataArea, FetchRequest, Payload};

use crate::{
    alternatives::FreeRooms,
    areas::{self, Believed},
    desired::{Desired, Local, Skipped},
    diff::{self, Counts},
    document::{Document, Withheld},
    error::Error,
    fingerprint::{Fingerprint, Summed},
    guard::{self, Consequences, HoldCause},
    held,
    removal::{self, PlannedRemoval},
    returns::{self, Returnable},
    rooms,
    settings::Settings,
    structure, timeslots,
    warnings::{self, Noticed},
};

/// Everything that a plan is made from.
#[derive(Debug)]
pub struct PlanInput<'a> {
    /// The school as the store has it.
    pub state: &'a SchoolState,
    /// What arrived; see [`Payload::canonicalise`].
    pub fresh: &'a Payload,
    /// What was asked for.
    pub asked: &'a FetchRequest,
    /// The school's syncs so far, newest first.
    pub journal: &'a [RunRecord],
    /// Removed bookings that may be offered back; see [`Settings::offer_back`].
    pub removed: &'a [RemovedBooking],
    /// School-local time.
    pub now: NaiveDateTime,
    /// The school's settings.
    pub settings: &'a Settings,
    /// Data areas whose absence an administrator accepts.
    pub accepted: &'a BTreeSet<DataArea>,
}

/// What a plan comes to before anybody releases anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// Nothing would change.
    Unchanged,
    /// It would be applied.
    Ready,
    /// The guard holds it.
    Held,
    /// The school's rooms must be matched first.
    AwaitingMatch,
}

/// What would change, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Rooms: created here, renamed at the source, no longer listed by the source.
    pub rooms: Counts,
    /// Timeslots of a school that takes them from its periods.
    pub timeslots: Counts,
    /// Weekly lessons by meaning; one that moved has changed.
    pub lessons: Counts,
    /// Terms.
    pub terms: Counts,
    /// Weeks of the year with their weeks of the cycle.
    pub allocations: Counts,
}

/// What a sync would do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it comes to.
    pub outlook: Outlook,
    /// By which a person releases it.
    pub fingerprint: Fingerprint,
    /// Bookings that have to go, by start.
    pub removals: Vec<PlannedRemoval>,
    /// What changes beside them.
    pub changes: Changes,
    /// Why the guard holds it; empty where it does not.
    pub held_because: Vec<HoldCause>,
    /// Rows that could not be used.
    pub skipped: Vec<Skipped>,
    /// Rows without a room.
    pub without_room: usize,
    /// What an administrator should know.
    pub warnings: Vec<String>,
    /// Removed bookings that could come back, were they restored; see [`Syncer::offers`](crate::Syncer::offers).
    pub offers: Vec<Returnable>,
    /// What arrived, by area.
    pub areas: Vec<AreaRecord>,
    /// Removals of bookings that have begun meanwhile, newest first: they are not carried out, but a plan that was
    /// made before they began is still this one.
    begun: Vec<PlannedRemoval>,
    /// No sync has taken effect yet.
    pub(crate) first: bool,
    /// Written when the plan is applied.
    pub(crate) full: Writes,
    /// Written when it is held or waits; nothing where it does neither.
    pub(crate) let_through: Writes,
}

/// Writes that a plan comes to, apart from removals and messages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writes {
    pub(crate) matching: Option<Matching>,
    pub(crate) rooms: Vec<RoomChange>,
    pub(crate) timeslots: Vec<TimeslotChange>,
    pub(crate) links: Vec<LinkChange>,
    pub(crate) timetable: Option<TimetableDocument>,
}

impl Plan {
    /// The fingerprints that name this plan: its own, and those that it had before bookings began that it would have
    /// removed.
    ///
    /// A plan that a person looked at stays the same plan when time goes on. A booking that was both made and begun
    /// since then is not told apart from one that was in it, so it invalidates the fingerprint: the safe side.
    pub fn names(&self) -> BTreeSet<Fingerprint> {
        let counts = self.changes.withheld();
        let mut summed: Summed = self.removals.iter().collect();
        let mut names = BTreeSet::from([summed.fingerprint(&counts)]);
        let mut begun = self.begun.iter().peekable();
        while let Some(removal) = begun.next() {
            summed.add(removal);
            // Bookings that begin together have begun together.
            let start = removal.booking.interval.start();
            if begun
                .peek()
                .is_none_or(|next| next.booking.interval.start() != start)
            {
                names.insert(summed.fingerprint(&counts));
            }
        }
        names
    }

    /// Whether it is held and a person can release it.
    pub fn is_releasable(&self) -> bool {
        self.outlook == Outlook::Held && self.held_because.iter().all(|cause| !cause.never)
    }

    /// Whether every cause to hold it can be released and is, given the areas an administrator accepts.
    pub fn is_released(&self, accepted: &BTreeSet<DataArea>) -> bool {
        self.held_because
            .iter()
            .all(|cause| !cause.never && cause.accept.iter().all(|area| accepted.contains(area)))
    }
}

impl Changes {
    /// What the fingerprint covers: new rooms and names are let through by a held run, so they are not in it.
    fn withheld(&self) -> [(&'static str, Counts); 5] {
        let rooms = Counts {
            removed: self.rooms.removed,
            ..Counts::default()
        };
        [
            ("rooms", rooms),
            ("timeslots", self.timeslots),
            ("lessons", self.lessons),
            ("terms", self.terms),
            ("allocations", self.allocations),
        ]
    }

    fn are_none(&self) -> bool {
        [
            self.rooms,
            self.timeslots,
            self.lessons,
            self.terms,
            self.allocations,
        ]
        .into_iter()
        .all(Counts::is_zero)
    }
}

/// Works out what a sync would do. The same input gives the same plan, whatever the order of rows was before the payload
/// was put in order: `fresh` must be canonical.
///
/// # Errors
///
/// [`Error::Document`] when the stored timetable cannot be read.
pub fn plan(input: &PlanInput<'_>) -> Result<Plan, Error> {
    let PlanInput {
        state,
        now,
        settings,
        ..
    } = *input;
    let today = now.date();
    let document = Document::of(state)?;
    let nights = |area| areas::nights_empty(area, today, input.journal);
    let believe_after = settings.guard.believe_empty_after_nights;
    let mut believed = areas::believe(
        input.fresh,
        &document,
        input.asked,
        input.accepted,
        nights,
        believe_after,
    );

    let waiting = match state.matching {
        Matching::NotStarted => is_existing(state),
        Matching::Awaiting => true,
        Matching::Confirmed => false,
    };
    if waiting && !believed.core.is_empty() {
        // Nothing is in effect yet, so there is nothing to hold; the complete feed goes on waiting.
        for area in DataArea::ALL {
            believed.target.take_from(areas::last_good(&document), area);
        }
        believed.alone.append(&mut believed.core);
        believed.core_unknown = false;
    }
    if !believed.incomplete.is_empty() {
        return Ok(incomplete(input, &believed));
    }

    let before = Desired::of(&document.good);
    // On most nights nothing has changed; to compare and copy takes less than to read again.
    let same = document.good == believed.target;
    let mut after = match same {
        true => before.clone(),
        false => Desired::of(&believed.target),
    };
    let frozen: Vec<DataArea> = believed.alone.iter().map(|frozen| frozen.area).collect();
    after.doubt(&frozen);
    let (new_rooms, new_links) = rooms::new_rooms(state, &after);
    // Rooms that have yet to be matched take no lessons.
    let links: Vec<RoomLink> = if waiting {
        Vec::new()
    } else {
        new_links.clone()
    };
    let links: Vec<RoomLink> = state.room_links.iter().cloned().chain(links).collect();

    let local = Local {
        room_links: &links,
        events_occupy: settings.events_occupy,
        suspended_occupy: settings.suspended_occupy,
        ..Local::of(state)
    };
    let timetable = after.timetable(&local)?;
    let found = if believed.core_unknown {
        Vec::new()
    } else {
        removal::removals(state, &links, &timetable, &after.staff, NaiveDateTime::MIN)
    };
    let (mut begun, mut removals): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|removal| removal.booking.interval.start() <= now);
    begun.reverse();
    let free_rooms = FreeRooms {
        state,
        links: &links,
        timetable: &timetable,
        desired: &after,
        waiting,
    };
    free_rooms.offer(&mut removals);

    let slots = if takes_slots(state, waiting) {
        timeslots::changes(&state.timeslots, &before, &after)
    } else {
        timeslots::SlotChanges::default()
    };
    let source_rooms = diff::rooms(&before, &after);
    let changes = Changes {
        rooms: Counts {
            added: new_rooms.len(),
            ..source_rooms
        },
        timeslots: slots.counts,
        lessons: diff::lessons(&before, &after),
        terms: diff::terms(&before, &after),
        allocations: diff::allocations(&before, &after),
    };

    let held_because = if waiting {
        Vec::new()
    } else {
        let consequences = Consequences {
            believed: &believed,
            before: &before,
            after: &after,
            today,
            matched_rooms: state
                .room_links
                .iter()
                .map(|link| link.source.as_str())
                .collect(),
            removals: &removals,
            future_bookings: removal::future_bookings(state, &links, now).count(),
        };
        let mut causes = guard::judge(&consequences, &settings.guard);
        // Without a core there is nothing that could change.
        let freeze = settings.rollover_freeze.filter(|_| !believed.core_unknown);
        let frozen = freeze.and_then(|freeze| freeze.holds(today, &changes, removals.len()));
        causes.extend(frozen.map(HoldCause::ask));
        causes
    };

    let held = !held_because.is_empty();
    let room_changes: Vec<RoomChange> = new_rooms.into_iter().map(RoomChange::Put).collect();
    let new_links: Vec<LinkChange> = new_links.into_iter().map(LinkChange::Room).collect();
    let stays = same && document.withheld.is_none() && document.frozen == frozen;
    let stays = stays && state.timetable.is_some();
    let full = Writes {
        matching: (state.matching != Matching::Confirmed).then_some(Matching::Confirmed),
        rooms: room_changes.clone(),
        timeslots: slots.changes,
        links: new_links.clone(),
        // What waits takes no effect, and to write a large timetable takes time.
        timetable: (!waiting && !stays)
            .then(|| {
                let released = Document {
                    good: believed.target.clone(),
                    withheld: None,
                    frozen: frozen.clone(),
                };
                changed(state, &document, &released)
            })
            .flatten(),
    };
    let let_through = if waiting {
        let withheld = Some(Withheld {
            payload: believed.target.clone(),
            core_frozen: false,
        });
        let waits = Document {
            good: document.good.clone(),
            withheld,
            frozen: document.frozen.clone(),
        };
        Writes {
            matching: (state.matching != Matching::Awaiting).then_some(Matching::Awaiting),
            timetable: changed(state, &document, &waits),
            ..Writes::default()
        }
    } else if held {
        let withheld = Withheld {
            payload: believed.target.clone(),
            core_frozen: !believed.core.is_empty(),
        };
        let withholds = Document {
            good: held::with_names(&document.good, &believed.target),
            withheld: Some(withheld),
            frozen: document.frozen.clone(),
        };
        Writes {
            rooms: room_changes,
            links: new_links,
            timetable: changed(state, &document, &withholds),
            ..Writes::default()
        }
    } else {
        Writes::default()
    };

    let noticed = Noticed {
        fresh: input.fresh,
        document: &document,
        frozen: &believed.alone,
        unproven: believed.unproven,
        rooms: &state.rooms,
        links: &state.room_links,
        before: &before,
        after: &after,
        today,
        holidays: &state.holidays,
        journal: input.journal,
        now,
        expected_cache: settings.expected_cache,
    };
    let nothing = changes.are_none()
        && removals.is_empty()
        && full.matching.is_none()
        && full.rooms.is_empty()
        && full.links.is_empty()
        && full.timeslots.is_empty()
        && !diff::details_differ(&before, &after)
        && dated_areas_agree(&document.good, &believed.target);
    let offers = if waiting || input.removed.is_empty() {
        Vec::new()
    } else {
        let in_effect = before.timetable(&local)?;
        let removed = returns::on_dates_that_stay(input.removed, &in_effect, &timetable);
        // While it is held, what is in effect and what is withheld must agree that a room is free.
        let timetables: &[_] = if held {
            &[&in_effect, &timetable]
        } else {
            &[&timetable]
        };
        returns::returnable(&removed, &state.rooms, &state.bookings, timetables)
    };
    let mut warnings = warnings::warnings(&noticed);
    if !takes_slots(state, waiting) {
        warnings.extend(structure::warnings(state, &before, &after));
    }
    warnings.extend(returns::warnings(&offers, input.journal));
    let outlook = if waiting {
        Outlook::AwaitingMatch
    } else if held {
        Outlook::Held
    } else if nothing {
        Outlook::Unchanged
    } else {
        Outlook::Ready
    };
    Ok(Plan {
        outlook,
        fingerprint: removals
            .iter()
            .collect::<Summed>()
            .fingerprint(&changes.withheld()),
        removals,
        changes,
        held_because,
        skipped: after.skipped.clone(),
        without_room: after.without_room,
        warnings,
        offers,
        areas: areas::records(input.fresh),
        begun,
        first: !areas::has_taken_effect(&document),
        full,
        let_through,
    })
}

/// A first sync without all it needs: held, and nothing is stored but what was found.
fn incomplete(input: &PlanInput<'_>, believed: &Believed) -> Plan {
    let held_because = believed
        .incomplete
        .iter()
        .map(|frozen| HoldCause {
            text: format!(
                "{} is {}, and a first sync needs it",
                frozen.area.label(),
                frozen.state
            ),
            accept: Vec::new(),
            never: true,
        })
        .collect();
    let found = Desired::of(input.fresh);
    let changes = Changes::default();
    Plan {
        outlook: Outlook::Held,
        fingerprint: Summed::default().fingerprint(&changes.withheld()),
        removals: Vec::new(),
        changes,
        held_because,
        skipped: found.skipped,
        without_room: found.without_room,
        warnings: Vec::new(),
        offers: Vec::new(),
        areas: areas::records(input.fresh),
        begun: Vec::new(),
        first: true,
        full: Writes::default(),
        let_through: Writes::default(),
    }
}

/// A school is existing when its store holds a room, timeslot or booking that no sync created.
fn is_existing(state: &SchoolState) -> bool {
    state.has_bookings
        || state.rooms.iter().any(|room| room.origin == Origin::Local)
        || state
            .timeslots
            .iter()
            .any(|slot| slot.origin == Origin::Local)
}

/// A new school takes its timeslots from its periods; one that had its own keeps to them.
fn takes_slots(state: &SchoolState, waiting: bool) -> bool {
    let first_of_a_new_school = state.matching == Matching::NotStarted && !waiting;
    first_of_a_new_school
        || state
            .timeslots
            .iter()
            .any(|slot| slot.origin == Origin::Sync)
}

/// The document as it is to be stored, unless it is there already: `before` is what was read from the state.
fn changed(
    state: &SchoolState,
    before: &Document,
    document: &Document,
) -> Option<TimetableDocument> {
    // On most nights nothing has changed, and comparing is faster than writing.
    if state.timetable.is_some() && before == document {
        return None;
    }
    let stored = document.to_stored();
    (state.timetable.as_ref() != Some(&stored)).then_some(stored)
}

fn dated_areas_agree(good: &Payload, target: &Payload) -> bool {
    good.events_this_year == target.events_this_year
        && good.events_next_year == target.events_next_year
        && good.lesson_suspensions == target.lesson_suspensions
        && good.room_closure_reasons == target.room_closure_reasons
        && good.room_closures_and_cover == target.room_closures_and_cover
}
