//! Which local room is which room of the timetable's source, as suggestions that a person confirms.
//!
//! [`suggest_rooms`] looks at all rooms of a school at once and gives no room to two. [`rematch`] looks at the matches
//! that a school has when the source's rooms change. Both are pure, and neither changes a match: ids are the identity of
//! a room, names are only evidence.
//!
//! # What counts as evidence
//!
//! | evidence | examples |
//! |---|---|
//! | the name | `LAB01` and `Lab 1`, `Café` and `cafe`, `Rm 4` and `Room 4`, `Hall, Great` and `Great Hall` |
//! | the name beside the building | `Quarry 2`, and `Room 2` in Quarry Block |
//! | codes and initials | both have the code `L2`; a room is called `CE3`, and `CE3` is the code of `Cedar 3` |
//! | the building | both are in Quarry Block, or in `QB` |
//! | shared use | 14 of its bookings coincide with lessons there |
//!
//! Names are compared in lower case and without accents, with abbreviations written out, without leading zeros and
//! without remarks such as `(24 PCs)`, `- new` or `(formerly Lab 2)`. Numbers and single letters tell rooms apart:
//! `Lab 1`, `Lab 11` and `Lab 1A` are three rooms, and so are `Science 2`, `Science Lab 2` and `Science Office 2`; a
//! number behind the thing, as in `(Mac 2)`, stays in the name. Weaker
//! evidence are names that are often used for one thing (`Gym` and `Sports Hall`), that have more words, that are
//! misspelt, or that a short code may stand for.
//!
//! Everything is told: a [`Candidate`] has its [`Reason`]s and [`Doubt`]s, which read as plain English.
//!
//! # When something is certain
//!
//! A pair is [`Certain`](Confidence::Certain) when all of this holds:
//!
//! - The names say the same, or a name is the other side's code, or two weaker kinds of evidence agree: equal codes or
//!   [shared use](SharedUse) beside names that fit.
//! - It is the best for both sides, and clearly ahead of the second best of either. Only two rooms whose names are equal,
//!   and theirs alone, need not be ahead of rooms that have such a partner themselves.
//! - Nothing speaks against it: no other number or letter, building, or sort of room; no code and no use that point to
//!   another room; no remark of a state, such as `(new)`, that only one of them has.
//! - No other room is meant as well by a name that is cut short: `Eng 1` is not certain to be `English 1` beside an
//!   `Engineering 1`, nor `ICT 1` to be `ICT Room 1` beside an `ICT Suite 1`, unless that room has a counterpart of its own
//!   or a code, use or the building says which.
//! - Every assignment of all rooms that is best as a whole has it.
//!
//! Rooms that fit equally well are a [`Tie`](Outcome::Tie), which is told and not guessed. One that fits better than the
//! others, while the rooms could as well be given out another way, is [`Likely`](Confidence::Likely) at most.
//!
//! # Cost
//!
//! Every local room is compared with every room of the source. Rooms that hang together by what may be the same are then
//! assigned at once, in time cubic in their number, and again where tied rooms fit unequally; in real schools these
//! clusters are small.
//!
//! # Example
//!
//! ```
//! use room_timetable::room_match::*;
//!
//! let local = [
//!     RoomCard::new("lab", "LAB02"),
//!     RoomCard::new("twelve", "Room 12"),
//!     RoomCard::new("gym", "Gym"),
//!     RoomCard::new("bus", "Minibus"),
//! ];
//! let source = [
//!     RoomCard::new("41", "Lab 2").with_code("L2").in_building("Quarry Block"),
//!     RoomCard::new("42", "Lab 12").with_code("L12").in_building("Quarry Block"),
//!     RoomCard::new("50", "Room 12").in_building("Quarry Block"),
//!     RoomCard::new("60", "Room 12").in_building("Weir House"),
//!     RoomCard::new("70", "Sports Hall"),
//! ];
//! let found = suggest_rooms(&local, &source, &[], &[]);
//!
//! // One for each local room, by id.
//! let [bus, gym, lab, twelve] = found.as_slice() else { panic!() };
//! assert_eq!(bus.outcome, Outcome::Nothing);
//! assert_eq!(lab.certain(), Some(&"41".into()));
//! let Outcome::Match { confidence, candidate } = &gym.outcome else { panic!() };
//! assert_eq!(*confidence, Confidence::Likely);
//! assert_eq!(candidate.to_string(), "Gym and Sports Hall often mean the same room");
//! let Outcome::Tie { candidates, .. } = &twelve.outcome else { panic!() };
//! assert_eq!(candidates.len(), 2);
//!
//! // Where people teach says which; a person who has settled the other one does too.
//! let used = SharedUse { local: "twelve".into(), source: "60".into(), times: 14 };
//! let found = suggest_rooms(&local, &source, &[used], &[]);
//! assert_eq!(found[3].certain(), Some(&"60".into()));
//! let found = suggest_rooms(&local, &source, &[], &[("annexe".into(), "50".into())]);
//! assert_eq!(found[3].certain(), Some(&"60".into()));
//! ```

mod assign;
mod by_code;
mod by_name;
mod card;
mod evidence;
mod fold;
mod name;
mod pairs;
mod reading;
mod reason;
mod rematch;
mod score;
mod suggest;
mod tokens;
mod words;

pub use card::{RoomCard, SharedUse};
pub use reason::{Doubt, Reason};
pub use rematch::{MatchedRoom, NewName, Rematch, rematch};
pub use suggest::{Candidate, Confidence, Outcome, Suggestion, suggest_rooms};
