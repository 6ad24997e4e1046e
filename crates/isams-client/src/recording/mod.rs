//! Answers without the people in them, to be shown to others.

mod member;
mod names;
mod people;
mod plain;
mod pseudonyms;
mod summary;
mod walk;
mod words;

use std::collections::BTreeMap;

use serde_json::Value;

use self::{people::learn_staff, walk::Walk};
pub use self::{
    pseudonyms::Pseudonyms,
    summary::{KeptName, LeftOut, Summary},
};
use crate::{Error, sniff};

/// One answer, or several of one school, with everything that may tell of a person replaced or left out.
///
/// The structure of an answer that nobody has seen before, such as that of the cover manager, is what is worth showing,
/// so names of members survive, also of those that are not known. Of the values only what is known to be harmless stays:
///
/// - Numbers of up to nine digits, flags, dates and times, whatever the member, unless it refers to staff.
/// - Names, short names and codes of terms, weeks, days, periods, buildings, rooms, departments and subjects. In these a
///   member of staff's full name is replaced, and a surname after a title or before a possessive. They are listed in the
///   [`Summary`] for a person to look at.
/// - An event's location, or the room of any row, that is such a name of a room.
///
/// Everything else is replaced: members of staff by numbers, in their names, addresses, user codes and ids; codes and
/// names of sets and forms; all other texts. What was one value stays one value, in every member of every answer, so that
/// a sync of the replaced answers plans what one of the originals does. Addresses and user codes are compared ignoring
/// case, other values exactly, and blanks around them do not count. Numbers are given in the order in which values appear,
/// so the same answers give the same recording.
///
/// Left out are managers that are not read, pupils and students wherever they stand, what is personal by its name, and of
/// a member of staff all but id, user code, names and school address.
///
/// It is no proof that nothing personal is left. A staff id in a member whose name does not say so looks like any number,
/// and a room may be called after somebody who left. A person must read a recording before it is sent.
///
/// ```
/// use isams_client::{Payload, Recording};
///
/// let mut recording = Recording::of(br#"{"iSAMS": {
///     "HRManager": {"CurrentStaff": {"StaffMember":
///         {"@Id": "101", "UserCode": "ZZ000101QB", "FullName": "Quill Bee", "SchoolEmailAddress": "Q.Bee@bee.example"}}},
///     "EstateManager": {"Buildings": {"Building": {"@Id": "3", "Name": "Main", "Classrooms": {"Classroom":
///         {"@Id": "41", "Name": "Mx Bee's Lab"}}}}},
///     "CoverManager": {"Unheard": {"Of": {"CoverTeacher": "ZZ000101QB", "Remark": "as Quill asked"}}}
/// }}"#)?;
///
/// let answer = &recording.answers()[0]["iSAMS"];
/// let staff = &answer["HRManager"]["CurrentStaff"]["StaffMember"];
/// assert_eq!((&staff["FullName"], &staff["UserCode"]), (&"Person 1".into(), &"STAFF0001".into()));
/// let rooms = &answer["EstateManager"]["Buildings"]["Building"]["Classrooms"];
/// assert_eq!(rooms["Classroom"]["Name"], "Mx Person 1's Lab");
/// let unheard = &answer["CoverManager"]["Unheard"]["Of"];
/// assert_eq!((&unheard["CoverTeacher"], &unheard["Remark"]), (&"STAFF0001".into(), &"Text 1".into()));
///
/// // It is read like any other answer.
/// Payload::from_slice(recording.answers()[0].to_string().as_bytes())?;
/// // Bookings that are shown beside it name the same people.
/// assert_eq!(recording.pseudonyms().email("q.bee@bee.example"), "person-1@school.example");
/// # Ok::<(), isams_client::Error>(())
/// ```
#[derive(Debug)]
pub struct Recording {
    answers: Vec<Value>,
    pseudonyms: Pseudonyms,
    left_out: BTreeMap<String, usize>,
}

impl Recording {
    /// Replaces in one answer, JSON or XML. Of two members with one name in a JSON object the later counts; XML never
    /// becomes such.
    ///
    /// # Errors
    ///
    /// Those of [`Payload::from_slice`](crate::Payload::from_slice).
    pub fn of(answer: &[u8]) -> Result<Self, Error> {
        Self::of_all([answer])
    }

    /// Replaces in the answers to several keys of one school, or of several days, alike in all of them.
    ///
    /// # Errors
    ///
    /// Those of [`Payload::from_slice`](crate::Payload::from_slice) for the first answer that is none.
    pub fn of_all<B: AsRef<[u8]>>(answers: impl IntoIterator<Item = B>) -> Result<Self, Error> {
        let originals = answers
            .into_iter()
            .map(|answer| sniff::value(answer.as_ref()))
            .collect::<Result<Vec<_>, _>>()?;
        let mut recording = Self {
            answers: Vec::new(),
            pseudonyms: Pseudonyms::default(),
            left_out: BTreeMap::new(),
        };
        // A text may stand before the code or person that it turns out to be, so all of those are looked for first.
        for original in &originals {
            learn_staff(original, &mut recording.pseudonyms);
        }
        for original in &originals {
            Walk::learning(&mut recording.pseudonyms).document(original);
        }
        for original in &originals {
            let mut walk = Walk::replacing(&mut recording.pseudonyms, &mut recording.left_out);
            let replaced = walk.document(original);
            recording.answers.push(replaced);
        }
        Ok(recording)
    }

    /// The replaced answers in their order, each `{"iSAMS":{...}}`, members in the order of their names.
    pub fn answers(&self) -> &[Value] {
        &self.answers
    }

    /// What stands for whom, to replace in other records of the school alike.
    pub fn pseudonyms(&mut self) -> &mut Pseudonyms {
        &mut self.pseudonyms
    }

    /// What was replaced, left out and kept so far.
    pub fn summary(&self) -> Summary {
        Summary {
            left_out: self
                .left_out
                .iter()
                .map(|(path, &times)| LeftOut {
                    path: path.clone(),
                    times,
                })
                .collect(),
            ..self.pseudonyms.summary()
        }
    }
}
