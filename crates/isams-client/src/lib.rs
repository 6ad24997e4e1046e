//! A typed, tolerant client of the iSAMS Batch API.
//!
//! iSAMS, nowadays also sold as IRIS Ed:Gen, hands a school's rooms, terms and timetable to other programs through
//! its Batch API: one request with an API key answers with everything that the key may see. This crate asks, and turns
//! the answer into a [`Payload`] of fourteen typed areas. It only ever reads.
//!
//! # Reading
//!
//! The JSON of iSAMS is a mechanical conversion of XML. One child is an object, several are an array, and none is
//! `null`, an empty text or nothing at all; every number is a text; a text with attributes is an object. Rows come
//! with references to rows that no longer exist, and names with blanks around them. The reader takes all that as it
//! comes:
//!
//! ```
//! use isams_client::{AreaState, DataArea, Payload};
//!
//! let payload = Payload::from_slice(br##"{"iSAMS": {"SchoolManager": {"Terms": {"Term": {
//!     "@Id": "61",
//!     "Author": {"@Legacy": "True", "#text": "ZZ000100AA"},
//!     "SchoolYear": "2031",
//!     "Name": "Autumn ",
//!     "StartDate": "2031-09-03T00:00:00",
//!     "FinishDate": "soon"
//! }}}}}"##)?;
//!
//! let terms = payload.terms.value().map(Vec::as_slice).unwrap_or_default();
//! assert_eq!(terms[0].name.as_deref(), Some("Autumn"));
//! assert_eq!(terms[0].school_year.copied(), Some(2031));
//! // A value that cannot be read is kept as text, and the row with it.
//! assert_eq!(terms[0].finish_date, isams_client::Field::Unreadable("soon".to_owned()));
//! // An area that is not there is missing, which is not the same as empty.
//! assert_eq!(payload.state(DataArea::BuildingsAndRooms), AreaState::Missing);
//! # Ok::<(), isams_client::Error>(())
//! ```
//!
//! Each area is a [`Section`]: present, empty, missing, refused or unreadable. A row that is no row becomes a
//! [`Finding`] with its path and does not fail the rest. A document that is broken, cut off or something else
//! altogether is an [`Error`].
//!
//! No official schema of the answers is public. The doc of every field says how well it is known; what says
//! *inferred* was never seen in a public sample, which goes for all of the cover manager.
//!
//! # Asking
//!
//! The school gives its web address, a key, and where its iSAMS asks for them a client id and a client secret:
//!
//! ```
//! use isams_client::{ApiKey, Client, ClientSecret, DataArea, FetchRequest};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let school = isams_simulator::Simulator::builder()
//! #     .key("key").oauth("client id", "client secret", std::time::Duration::from_secs(3600))
//! #     .strict_filters(true).body(isams_simulator::generate::alder_prep().body()).start().await?;
//! # let (address, key, secret) = (school.url(), "key".to_owned(), "client secret".to_owned());
//! # let today = chrono::NaiveDate::from_ymd_opt(2031, 9, 2).expect("a date");
//! let client = Client::builder(&address, ApiKey::from(key))
//!     .client_id("client id")
//!     .client_secret(ClientSecret::from(secret))
//!     .build()?;
//! let payload = client.fetch_with(&FetchRequest::new(today)).await?;
//! for area in DataArea::ALL {
//!     println!("{}: {}, {} rows", area.label(), payload.state(area), payload.rows(area));
//! }
//! for finding in payload.findings() {
//!     println!("{}: {}", finding.path, finding.reason);
//! }
//! # assert!(DataArea::ALL.into_iter().all(|area| payload.rows(area) > 0));
//! # assert!(school.requests().iter().all(|request| request.only_reads() && request.status == 200));
//! # Ok(())
//! # }
//! ```
//!
//! What passes by itself is tried again for up to two minutes. An [`Error`] tells at which stage it failed, and what an
//! [administrator can do](Error::advice).
//!
//! The key is in the query of the request and nowhere else: not in an error, a log or a `Debug` text.
//!
//! # Showing
//!
//! Much of what iSAMS answers has no public sample. [`Client::fetch_raw`] hands out the answers as they came, and a
//! [`Recording`] of them has all people, codes and texts replaced consistently, so that a school can show what it gets.

mod address;
mod area;
mod canonical;
mod client;
mod clock_time;
mod cover_names;
mod document;
mod download;
mod error;
mod excerpt;
mod field;
mod finding;
mod format;
mod freshness;
mod key;
mod list;
mod merge;
mod message;
mod model;
mod payload;
mod place;
mod recording;
mod request;
mod retry;
mod row;
mod section;
mod shape;
mod sniff;
mod text;
mod token;
mod xml;

pub use self::{
    address::AddressError,
    area::{AreaState, DataArea, UnknownArea},
    client::{Client, ClientBuilder},
    clock_time::{ClockTime, ParseClockTimeError},
    cover_names::{CoverNames, UnknownCoverName},
    error::{Error, Stage},
    field::Field,
    finding::Finding,
    format::Format,
    freshness::{Freshness, Observation, freshness},
    key::{ApiKey, ClientSecret},
    message::ServerMessage,
    model::{
        Building, Classroom, ClosuresAndCover, Cover, Day, Department, Event, LessonSuspension,
        Period, RoomClosure, RoomClosureReason, Schedule, SetTeacher, StaffMeeting, StaffMember,
        Subject, TeachingForm, TeachingSet, Term, Timetable, TimetableAllocation, Tutorial, Week,
        YearSchedule,
    },
    payload::Payload,
    recording::{KeptName, LeftOut, Pseudonyms, Recording, Summary},
    request::FetchRequest,
    section::Section,
    token::ClientAuthentication,
    xml::XmlError,
};
