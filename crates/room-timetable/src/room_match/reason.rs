//! Why two rooms may be one, and why they may not, as data and in plain English.

use std::fmt;

/// Something that speaks for two rooms being one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "kind", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Reason {
    /// The names are equal.
    SameName,
    /// The names are equal but for case, blanks, accents and punctuation.
    SameLetters,
    /// The names are equal once abbreviations are written out and leading zeros and remarks are gone.
    SameWords,
    /// As [`SameWords`](Self::SameWords), in another order.
    OtherOrder,
    /// As [`SameWords`](Self::SameWords), but for words such as *room*.
    SameButFiller,
    /// The names are equal but for a number or a letter that only one of them has.
    SameButNumber,
    /// One name is the one that the other room had before, as a remark behind its name says.
    FormerName {
        /// The name with the remark.
        name: String,
    },
    /// The names are equal once the building is taken out of them.
    NameWithBuilding {
        /// The building as it is named.
        building: String,
    },
    /// The names mean things that a school often has once and calls by either name.
    Kin {
        /// The local name.
        local: String,
        /// The source's name.
        source: String,
    },
    /// One name says more than the other.
    MoreWords {
        /// The words that only one has.
        words: Vec<String>,
    },
    /// The names are equal but for a slip of the pen.
    Misspelt {
        /// The word of the local name.
        local: String,
        /// The word of the source's name.
        source: String,
    },
    /// One name may be short for the other.
    Abbreviation {
        /// The short name.
        short: String,
        /// The long one.
        long: String,
    },
    /// Both have this code.
    SameCode {
        /// The code.
        code: String,
    },
    /// One side's name is the other side's code.
    NameIsCode {
        /// The code.
        code: String,
    },
    /// The code stands in the other side's name.
    CodeInName {
        /// The code.
        code: String,
        /// The name.
        name: String,
    },
    /// The code's letters are the initials of the other side's name or begin it, and the code's number is the name's.
    CodeFits {
        /// The code.
        code: String,
        /// The name.
        name: String,
        /// The number that both have.
        number: Option<String>,
    },
    /// Both names have this number, whatever else they say.
    SameNumber {
        /// The number, with letters such as those of `12 a`.
        number: String,
    },
    /// Both are in this building.
    SameBuilding {
        /// The building as the source names it.
        building: String,
    },
    /// Bookings of the one stand at the time of their owners' or groups' lessons in the other.
    SharedUse {
        /// How many.
        times: usize,
    },
}

/// Something that speaks against it. A pair with a doubt is never [`Certain`](super::Confidence::Certain).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "kind", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Doubt {
    /// The numbers and letters in the names are not the same, or only one name has any.
    OtherNumber {
        /// Those of the local name.
        local: String,
        /// Those of the source's name.
        source: String,
    },
    /// They are in buildings with different names.
    OtherBuilding {
        /// The local building.
        local: String,
        /// The source's building.
        source: String,
    },
    /// The names say that they are different sorts of room, such as a laboratory and a classroom.
    OtherSort {
        /// What the local name says.
        local: String,
        /// What the source's name says.
        source: String,
    },
    /// Each name has words that the other lacks.
    OtherWords,
    /// The remarks behind the names differ, or only one of them says in which state the room is.
    OtherRemark {
        /// That of the local name; empty where it has none.
        local: String,
        /// That of the source's name.
        source: String,
    },
    /// One name may as well be short for that of another room, or be that room's without its sort.
    OtherReading {
        /// The short name.
        short: String,
        /// The name of the other room.
        long: String,
    },
    /// One of them shares its code with another room.
    CodeElsewhere {
        /// The code.
        code: String,
    },
    /// Bookings of the local room fit the lessons of another room.
    UseElsewhere {
        /// How many.
        times: usize,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameName => f.write_str("the same name"),
            Self::SameLetters => {
                f.write_str("the same name but for case, blanks, accents and punctuation")
            }
            Self::SameWords => f.write_str(
                "the same name once abbreviations, leading zeros and remarks are put aside",
            ),
            Self::OtherOrder => f.write_str("the same words in another order"),
            Self::SameButFiller => f.write_str("the same name but for words such as room"),
            Self::SameButNumber => f.write_str("the same name but for a number or a letter"),
            Self::FormerName { name } => write!(f, "{name} has the other name as a former one"),
            Self::NameWithBuilding { building } => {
                write!(f, "the same name once {building} is taken out of it")
            }
            Self::Kin { local, source } => {
                write!(f, "{local} and {source} often mean the same room")
            }
            Self::MoreWords { words } => {
                write!(f, "the same name but for \"{}\"", words.join(" "))
            }
            Self::Misspelt { local, source } => {
                write!(f, "\"{local}\" and \"{source}\" may be one word")
            }
            Self::Abbreviation { short, long } => write!(f, "{short} may be short for {long}"),
            Self::SameCode { code } => write!(f, "both have the code {code}"),
            Self::NameIsCode { code } => {
                write!(f, "one is called by the other's code {code}")
            }
            Self::CodeInName { code, name } => write!(f, "the code {code} stands in {name}"),
            Self::CodeFits {
                code,
                name,
                number: Some(number),
            } => write!(f, "the code {code} fits the {number} at the end of {name}"),
            Self::CodeFits { code, name, .. } => {
                write!(f, "the code {code} may be short for {name}")
            }
            Self::SameNumber { number } => write!(f, "both have the number {number}"),
            Self::SameBuilding { building } => write!(f, "both are in {building}"),
            Self::SharedUse { times: 1 } => {
                f.write_str("1 of its bookings coincides with a lesson there")
            }
            Self::SharedUse { times } => {
                write!(f, "{times} of its bookings coincide with lessons there")
            }
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherNumber { local, source } => {
                let or_none = |marks: &str| match marks {
                    "" => "no number".to_owned(),
                    marks => marks.to_owned(),
                };
                write!(f, "{} here, {} there", or_none(local), or_none(source))
            }
            Self::OtherBuilding { local, source } => {
                write!(f, "in {local} here, in {source} there")
            }
            Self::OtherSort { local, source } => write!(f, "a {local} here, a {source} there"),
            Self::OtherWords => f.write_str("each name has words that the other lacks"),
            Self::CodeElsewhere { code } => write!(f, "another room shares the code {code}"),
            Self::UseElsewhere { times: 1 } => {
                f.write_str("1 of its bookings coincides with a lesson in another room")
            }
            Self::OtherRemark { local, source } => {
                let or_none = |remark: &str| match remark {
                    "" => "no such remark".to_owned(),
                    remark => format!("\"{remark}\""),
                };
                write!(f, "{} here, {} there", or_none(local), or_none(source))
            }
            Self::OtherReading { short, long } => {
                write!(f, "{short} may as well mean {long}")
            }
            Self::UseElsewhere { times } => write!(
                f,
                "{times} of its bookings coincide with lessons in another room"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_and_doubts_are_plain_english() {
        let fits = |number: Option<&str>| Reason::CodeFits {
            code: "L2".to_owned(),
            name: "Lab 2".to_owned(),
            number: number.map(str::to_owned),
        };
        assert_eq!(
            fits(Some("2")).to_string(),
            "the code L2 fits the 2 at the end of Lab 2"
        );
        assert_eq!(fits(None).to_string(), "the code L2 may be short for Lab 2");
        assert_eq!(
            Reason::SharedUse { times: 14 }.to_string(),
            "14 of its bookings coincide with lessons there"
        );
        let number = Doubt::OtherNumber {
            local: "1".to_owned(),
            source: String::new(),
        };
        assert_eq!(number.to_string(), "1 here, no number there");
        let remark = Doubt::OtherRemark {
            local: "new".to_owned(),
            source: String::new(),
        };
        assert_eq!(remark.to_string(), "\"new\" here, no such remark there");
        let reading = Doubt::OtherReading {
            short: "Eng 1".to_owned(),
            long: "Engineering 1".to_owned(),
        };
        assert_eq!(reading.to_string(), "Eng 1 may as well mean Engineering 1");
    }
}
