//! What a host's home page should ask of an administrator.

use std::fmt;

use booking_store::{
    Matching, NoticeId, NoticeState, RunFilter, RunId, RunKind, RunRecord, RunStatus, SchoolId,
    SchoolState,
};
use chrono::NaiveDateTime;
use room_timetable::{
    RoomId, UnknownDay, YearWeek,
    room_match::{Outcome, Rematch},
};
use serde::Serialize;

use crate::{
    current::CurrentTimetable,
    error::Error,
    matching::{self, MatchList},
    report::OfferReport,
    structure,
    suggestions::MatchSuggestions,
    sync::Syncer,
    warnings::UnknownWeeks,
};

/// Something that waits for an administrator. As text it is one sentence of plain English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "task", rename_all = "snake_case")]
#[non_exhaustive]
pub enum PendingTask {
    /// Nothing takes effect before the matches are confirmed.
    AwaitingMatch {
        /// How many rooms of the source have no match yet; those that are left are created in
        /// [`UNASSIGNED`](booking_store::UNASSIGNED).
        rooms: usize,
    },
    /// The newest sync is held.
    HeldRun {
        /// The run.
        #[serde(serialize_with = "as_text")]
        run: RunId,
        /// By which it is released; `None` where it cannot be, and iSAMS has to answer completely.
        fingerprint: Option<String>,
        /// The data areas to accept by name.
        accept: Vec<String>,
        /// Why it is held.
        because: Vec<String>,
    },
    /// Term weeks without allocation that nobody has acknowledged as holidays.
    UnallocatedWeeks {
        /// The weeks that are not over, in order.
        weeks: Vec<YearWeek>,
    },
    /// Rooms in [`UNASSIGNED`](booking_store::UNASSIGNED), which are hidden until somebody sorts them.
    UnassignedRooms {
        /// The rooms, by id.
        rooms: Vec<RoomId>,
    },
    /// Matches whose room of the source has changed so that a person must say what it means.
    Rematches {
        /// Each in a sentence that says what to do.
        texts: Vec<String>,
    },
    /// Messages that were given up.
    FailedMessages {
        /// The messages in the order they were queued.
        messages: Vec<FailedMessage>,
    },
    /// Removed bookings that could come back; see [`Syncer::offers`].
    Returnable {
        /// The bookings, by start.
        bookings: Vec<OfferReport>,
    },
}

/// A message that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailedMessage {
    /// Which message.
    pub id: NoticeId,
    /// To whom: an address, or `administrator`.
    pub to: String,
    /// Why.
    pub reason: String,
}

impl Syncer {
    /// What waits for an administrator of the school, most urgent first; empty where nothing does. Nothing is written,
    /// and iSAMS is not asked. `now` is school-local time instead of the clock's.
    ///
    /// # Errors
    ///
    /// [`Error::Document`] when the stored timetable cannot be read, and errors of the store.
    pub async fn pending_tasks(
        &self,
        school: &SchoolId,
        now: Option<NaiveDateTime>,
    ) -> Result<Vec<PendingTask>, Error> {
        let now = now.unwrap_or_else(|| self.now().1);
        let state = self.store().load(school, now).await?;
        let newest = RunFilter {
            kind: Some(RunKind::Sync),
            limit: Some(1),
        };
        let journal = self.store().runs(school, &newest).await?;
        let notices = self.store().notices(school).await?;

        let current = CurrentTimetable::with_settings(&state, self.settings())?;
        let weeks = current.term_weeks(now.date()).into_iter();
        let weeks = weeks
            .filter(|week| matches!(week.unknown, Some(UnknownDay::Unallocated(_))))
            .map(|week| week.week);
        let rooms = state.rooms.iter().filter(|room| room.hidden());
        let failed = notices.into_iter().filter_map(|record| match record.state {
            NoticeState::Failed(reason) => Some(FailedMessage {
                id: record.notice.id,
                to: record.notice.to.to_string(),
                reason,
            }),
            NoticeState::Queued | NoticeState::Sent => None,
        });
        let offers = self.offers(school, Some(now)).await?;

        let lists = [
            PendingTask::UnallocatedWeeks {
                weeks: weeks.collect(),
            },
            PendingTask::Rematches {
                texts: rematches(&state)?,
            },
            PendingTask::FailedMessages {
                messages: failed.collect(),
            },
            PendingTask::Returnable {
                bookings: offers.iter().map(OfferReport::from).collect(),
            },
            PendingTask::UnassignedRooms {
                rooms: rooms.map(|room| room.id.clone()).collect(),
            },
        ];
        let first = [held(&journal), awaiting(&state)?];
        let mut tasks: Vec<PendingTask> = first.into_iter().flatten().collect();
        tasks.extend(lists.into_iter().filter(|task| task.count() > 0));
        Ok(tasks)
    }
}

impl PendingTask {
    /// How many things there are to do in it.
    pub fn count(&self) -> usize {
        match self {
            Self::AwaitingMatch { .. } | Self::HeldRun { .. } => 1,
            Self::UnallocatedWeeks { weeks } => weeks.len(),
            Self::UnassignedRooms { rooms } => rooms.len(),
            Self::Rematches { texts } => texts.len(),
            Self::FailedMessages { messages } => messages.len(),
            Self::Returnable { bookings } => bookings.len(),
        }
    }
}

impl fmt::Display for PendingTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AwaitingMatch { rooms } => {
                let left = match rooms {
                    0 => "every room of iSAMS is matched".to_owned(),
                    1 => "1 room of iSAMS has no match yet".to_owned(),
                    many => format!("{many} rooms of iSAMS have no match yet"),
                };
                write!(
                    f,
                    "The rooms wait to be matched with those of iSAMS, and nothing takes effect before the matches are \
                     confirmed: {left}."
                )
            }
            Self::HeldRun {
                run,
                fingerprint,
                because,
                ..
            } => {
                write!(f, "Run {run} is held: {}. ", because.join("; "))?;
                match fingerprint {
                    Some(fingerprint) => {
                        write!(f, "If it is right, release the plan {fingerprint}.")
                    }
                    None => f.write_str("It cannot be released; iSAMS has to answer completely."),
                }
            }
            Self::UnallocatedWeeks { weeks } => {
                let list = list(weeks.iter().map(|week| UnknownWeeks::one(*week).span()));
                match weeks.len() {
                    1 => write!(
                        f,
                        "A week of term is allocated to no week of the timetable: {list}. If it is a holiday, acknowledge \
                         it; otherwise allocate it in iSAMS."
                    ),
                    many => write!(
                        f,
                        "{many} weeks of term are allocated to no week of the timetable: {list}. Acknowledge those that \
                         are holidays, and allocate the others in iSAMS."
                    ),
                }
            }
            Self::UnassignedRooms { rooms } => {
                let list = list(rooms.iter().map(ToString::to_string));
                match rooms.len() {
                    1 => write!(
                        f,
                        "1 room is in Unassigned and so hidden: {list}. Match it, or give it a category."
                    ),
                    many => write!(
                        f,
                        "{many} rooms are in Unassigned and so hidden: {list}. Match them, or give them a category."
                    ),
                }
            }
            Self::Rematches { texts } => write!(
                f,
                "The rooms of iSAMS have changed, and a person must say what that means: {}.",
                texts.join("; ")
            ),
            Self::FailedMessages { messages } => {
                let list = list(
                    messages
                        .iter()
                        .map(|message| format!("to {} ({})", message.to, message.reason)),
                );
                match messages.len() {
                    1 => write!(f, "A message could not be sent: {list}."),
                    many => write!(f, "{many} messages could not be sent: {list}."),
                }
            }
            Self::Returnable { bookings: back } => {
                let list = list(
                    back.iter()
                        .map(|offer| format!("{} (`undo {}`)", offer.text, offer.run)),
                );
                let which = match back.len() {
                    1 => "1 removed booking".to_owned(),
                    many => format!("{many} removed bookings"),
                };
                write!(
                    f,
                    "{which} can come back, since nothing stands there any more: {list}."
                )
            }
        }
    }
}

fn awaiting(state: &SchoolState) -> Result<Option<PendingTask>, Error> {
    if state.matching != Matching::Awaiting {
        return Ok(None);
    }
    let list = MatchList::of(state)?;
    let rooms = list.rooms.iter().filter(|room| room.local.is_none());
    Ok(Some(PendingTask::AwaitingMatch {
        rooms: rooms.count(),
    }))
}

fn held(journal: &[RunRecord]) -> Option<PendingTask> {
    let run = journal.first()?;
    if run.status != RunStatus::Held {
        return None;
    }
    let texts = |name: &str| -> Vec<String> {
        let texts = run.report[name].as_array().into_iter().flatten();
        texts
            .filter_map(|text| text.as_str().map(str::to_owned))
            .collect()
    };
    let releasable = run.report["releasable"].as_bool().unwrap_or_default();
    Some(PendingTask::HeldRun {
        run: run.id,
        fingerprint: run.fingerprint.clone().filter(|_| releasable),
        accept: texts("accept"),
        because: texts("held_because"),
    })
}

/// What became of matched rooms, as far as there is something to say about it.
fn rematches(state: &SchoolState) -> Result<Vec<String>, Error> {
    let found = MatchSuggestions::of(state)?;
    let asks = |rematch: &&Rematch| match rematch {
        Rematch::Renamed { .. } => false,
        Rematch::Unseen { outcome, .. } => *outcome != Outcome::Nothing,
        _ => true,
    };
    let asked = found.rematches.iter().filter(asks);
    let mut texts: Vec<String> = asked.map(|rematch| found.text(rematch)).collect();
    texts.extend(structure::lost_pairs(state, &matching::known(state)?.cycle));
    Ok(texts)
}

/// So many things are named in a sentence; the data has all.
const NAMED: usize = 5;

fn list(texts: impl ExactSizeIterator<Item = String>) -> String {
    let more = texts.len().saturating_sub(NAMED);
    let mut named: Vec<String> = texts.take(NAMED).collect();
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    named.join("; ")
}

fn as_text<S: serde::Serializer>(run: &RunId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(run)
}
