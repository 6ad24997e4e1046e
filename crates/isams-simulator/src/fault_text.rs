//! Faults as text.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use crate::fault::Fault;
use crate::known::KnownError;

/// A text that is no fault. It tells what would be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseFaultError {
    /// No fault has this name.
    #[error("`{name}` is no fault; known are {}", FORMS.join(", "))]
    Unknown {
        /// What stands before the first colon.
        name: String,
    },
    /// What follows the name is not what the fault takes.
    #[error("write this fault as `{form}`{}", explained(.form))]
    Form {
        /// How it is written, such as `cut-body:BYTES`.
        form: &'static str,
    },
}

/// Every fault as it is written. A word in capitals stands for a value.
const FORMS: [&str; 17] = [
    "deadlock:TIMES",
    "lock-timeout",
    "error:NAME",
    "slow-drip:BYTES:PAUSE",
    "cut-body:BYTES",
    "reset",
    "html-page",
    "empty-manager:NAME",
    "gzip-bomb:SIZE",
    "wrong-length:+BYTES",
    "redirect:ADDRESS",
    "deep-nesting:LEVELS",
    "invalid-utf8",
    "bom",
    "status:CODE",
    "too-many-requests:TIME",
    "unavailable:TIME",
];

/// Statuses that end a request.
const STATUSES: RangeInclusive<u16> = 200..=999;

/// Largest first.
const SIZES: [(&str, u64); 4] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("", 1),
];

/// Largest first, in nanoseconds. Without a unit it is seconds.
const TIMES: [(&str, u128); 5] = [
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
    ("", 1_000_000_000),
];

impl FromStr for Fault {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Result<Self, ParseFaultError> {
        let (name, value) = match text.trim().split_once(':') {
            Some((name, value)) => (name, Some(value)),
            None => (text.trim(), None),
        };
        let form = FORMS
            .into_iter()
            .find(|form| form.split(':').next() == Some(name))
            .ok_or_else(|| ParseFaultError::Unknown {
                name: name.to_owned(),
            })?;
        read(name, value).ok_or(ParseFaultError::Form { form })
    }
}

fn read(name: &str, value: Option<&str>) -> Option<Fault> {
    let plain = match name {
        "deadlock" => Some(Fault::Deadlock(1)),
        "lock-timeout" => Some(Fault::LockTimeout),
        "reset" => Some(Fault::Reset),
        "html-page" => Some(Fault::HtmlPage),
        "invalid-utf8" => Some(Fault::InvalidUtf8),
        "bom" => Some(Fault::Bom),
        _ => None,
    };
    let Some(value) = value else {
        return plain;
    };
    Some(match name {
        "deadlock" => Fault::Deadlock(value.parse().ok()?),
        "error" => Fault::Known(
            KnownError::ALL
                .into_iter()
                .find(|error| error.name().eq_ignore_ascii_case(value))?,
        ),
        "slow-drip" => {
            let (chunk, pause) = value.split_once(':')?;
            Fault::SlowDrip {
                chunk: chunk.parse().ok()?,
                pause: time(pause)?,
            }
        }
        "cut-body" => Fault::CutBody {
            after: value.parse().ok()?,
        },
        "empty-manager" if !value.is_empty() => Fault::EmptyManager(value.to_owned()),
        "gzip-bomb" => Fault::GzipBomb {
            decoded_bytes: size(value)?,
        },
        // Without its sign it would be easy to take for the length itself.
        "wrong-length" if value.starts_with(['+', '-']) => Fault::WrongLength {
            difference: value.parse().ok()?,
        },
        "redirect" if !value.is_empty() => Fault::Redirect {
            to: value.to_owned(),
        },
        "deep-nesting" => Fault::DeepNesting {
            levels: value.parse().ok()?,
        },
        "status" => Fault::Status(value.parse().ok().filter(|code| STATUSES.contains(code))?),
        "too-many-requests" => Fault::TooManyRequests {
            retry_after: time(value)?,
        },
        "unavailable" => Fault::Unavailable {
            retry_after: time(value)?,
        },
        _ => return None,
    })
}

/// Names the values that a form's words stand for, where these do not speak for themselves.
fn explained(form: &str) -> String {
    let note = match form {
        "error:NAME" => {
            let names = KnownError::ALL.map(KnownError::name);
            return format!(", with one of {}", names.join(", "));
        }
        "deadlock:TIMES" => ", or as `deadlock` for once",
        "slow-drip:BYTES:PAUSE" => ", with a pause such as 50ms",
        "empty-manager:NAME" => ", with a name such as HRManager",
        "gzip-bomb:SIZE" => ", with a size such as 300MiB",
        "wrong-length:+BYTES" => ", or with - for a length that is too small",
        "status:CODE" => ", with a status from 200 to 999",
        "too-many-requests:TIME" | "unavailable:TIME" => ", with a time such as 5s",
        _ => "",
    };
    note.to_owned()
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deadlock(times) => write!(f, "deadlock:{times}"),
            Self::LockTimeout => f.write_str("lock-timeout"),
            Self::Known(error) => write!(f, "error:{}", error.name()),
            Self::SlowDrip { chunk, pause } => {
                write!(f, "slow-drip:{chunk}:{}", written_time(*pause))
            }
            Self::CutBody { after } => write!(f, "cut-body:{after}"),
            Self::Reset => f.write_str("reset"),
            Self::HtmlPage => f.write_str("html-page"),
            Self::EmptyManager(name) => write!(f, "empty-manager:{name}"),
            Self::GzipBomb { decoded_bytes } => {
                write!(f, "gzip-bomb:{}", written_size(*decoded_bytes))
            }
            Self::WrongLength { difference } => write!(f, "wrong-length:{difference:+}"),
            Self::Redirect { to } => write!(f, "redirect:{to}"),
            Self::DeepNesting { levels } => write!(f, "deep-nesting:{levels}"),
            Self::InvalidUtf8 => f.write_str("invalid-utf8"),
            Self::Bom => f.write_str("bom"),
            Self::Status(status) => write!(f, "status:{status}"),
            Self::TooManyRequests { retry_after } => {
                write!(f, "too-many-requests:{}", written_time(*retry_after))
            }
            Self::Unavailable { retry_after } => {
                write!(f, "unavailable:{}", written_time(*retry_after))
            }
        }
    }
}

/// The number before the unit, and the unit.
fn parted(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

fn size(text: &str) -> Option<u64> {
    let (number, unit) = parted(text);
    let (_, bytes) = SIZES.into_iter().find(|(known, _)| *known == unit)?;
    number.parse::<u64>().ok()?.checked_mul(bytes)
}

fn written_size(bytes: u64) -> String {
    let whole = SIZES
        .into_iter()
        .find(|(_, size)| bytes > 0 && bytes.is_multiple_of(*size));
    let (unit, size) = whole.unwrap_or(("", 1));
    format!("{}{unit}", bytes / size)
}

fn time(text: &str) -> Option<Duration> {
    let (number, unit) = parted(text);
    let (_, nanoseconds) = TIMES.into_iter().find(|(known, _)| *known == unit)?;
    let all = u128::from(number.parse::<u64>().ok()?) * nanoseconds;
    let seconds = u64::try_from(all / 1_000_000_000).ok()?;
    let rest = u32::try_from(all % 1_000_000_000).ok()?;
    Some(Duration::new(seconds, rest))
}

fn written_time(time: Duration) -> String {
    let all = time.as_nanos();
    let whole = TIMES
        .into_iter()
        .find(|(_, unit)| all.is_multiple_of(*unit));
    let (unit, nanoseconds) = whole.unwrap_or(("ns", 1));
    format!("{}{unit}", all / nanoseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        text.parse::<Fault>().unwrap_err().to_string()
    }

    /// One of each, and the awkward values.
    fn all() -> Vec<Fault> {
        let mut all = vec![
            Fault::Deadlock(2),
            Fault::LockTimeout,
            Fault::SlowDrip {
                chunk: 64,
                pause: Duration::from_millis(1_500),
            },
            Fault::SlowDrip {
                chunk: 0,
                pause: Duration::new(3, 7),
            },
            Fault::CutBody { after: 1_000 },
            Fault::Reset,
            Fault::HtmlPage,
            Fault::EmptyManager("HRManager".to_owned()),
            Fault::GzipBomb {
                decoded_bytes: 300 << 20,
            },
            Fault::GzipBomb {
                decoded_bytes: (5 << 20) + 1,
            },
            Fault::GzipBomb { decoded_bytes: 0 },
            Fault::WrongLength { difference: 100 },
            Fault::WrongLength { difference: -100 },
            Fault::WrongLength {
                difference: i64::MIN,
            },
            Fault::Redirect {
                to: "https://other.example:8443/?a=b:c".to_owned(),
            },
            Fault::DeepNesting { levels: 100_000 },
            Fault::InvalidUtf8,
            Fault::Bom,
            Fault::Status(503),
            Fault::TooManyRequests {
                retry_after: Duration::from_secs(5),
            },
            Fault::Unavailable {
                retry_after: Duration::ZERO,
            },
        ];
        all.extend(KnownError::ALL.map(Fault::Known));
        all
    }

    #[test]
    fn what_is_written_is_read_as_the_same_fault() {
        for fault in all() {
            assert_eq!(fault.to_string().parse(), Ok(fault.clone()), "{fault}");
        }
    }

    #[test]
    fn every_form_is_that_of_a_fault() {
        let name = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
        let written: Vec<_> = all().iter().map(|fault| name(&fault.to_string())).collect();
        for form in FORMS {
            assert!(written.contains(&name(form)), "{form}");
        }
        for written in written {
            assert!(FORMS.iter().any(|form| name(form) == written), "{written}");
        }
    }

    #[test]
    fn units_are_optional_and_people_may_leave_blanks() {
        for (text, written) in [
            ("deadlock", "deadlock:1"),
            ("too-many-requests:5", "too-many-requests:5s"),
            ("unavailable:90000ms", "unavailable:90s"),
            ("slow-drip:64:50ms", "slow-drip:64:50ms"),
            ("gzip-bomb:2048", "gzip-bomb:2KiB"),
            ("error:invalidapikey", "error:InvalidApiKey"),
            (" bom ", "bom"),
        ] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), written);
        }
    }

    #[test]
    fn a_wrong_name_lists_the_known_ones() {
        for text in ["dance", "dance:2", "", "Reset"] {
            let error = error(text);
            let name = text.split(':').next().unwrap();
            assert!(
                error.starts_with(&format!("`{name}` is no fault")),
                "{error}"
            );
            for form in FORMS {
                assert!(error.contains(form), "{form} in {error}");
            }
        }
    }

    #[test]
    fn a_wrong_value_names_the_form() {
        for text in [
            "deadlock:many",
            "deadlock:-1",
            "lock-timeout:1",
            "error",
            "error:Other",
            "slow-drip:64",
            "slow-drip:64:soon",
            "slow-drip:64:5m",
            "cut-body",
            "reset:1",
            "empty-manager:",
            "gzip-bomb:1MB",
            "gzip-bomb:99999999999GiB",
            "wrong-length:100",
            "redirect:",
            "deep-nesting:deep",
            "status:99",
            "status:1000",
            "unavailable:5 s",
            "too-many-requests:",
        ] {
            let name = text.split(':').next().unwrap();
            let error = error(text);
            let expected = format!("write this fault as `{name}");
            assert!(error.starts_with(&expected), "{text}: {error}");
        }
        assert!(error("error:Other").contains("InvalidApiKey, MethodsNotAllocated"));
    }
}
