//! The templates of letters: those that ship with the crate, and those that a host puts in their place.

use std::{fmt, sync::LazyLock};

use minijinja::{Environment, UndefinedBehavior, Value, syntax::SyntaxConfig, value::Serde};
use serde::Serialize;

use super::{
    letter::{Digest, Letter, News, OfferedItem, RemovedItem, RestoredItem, RestoredLetter},
    line::one_line,
};

/// The names of all templates, with those that ship with the crate.
const BUILT_IN: [(&str, &str); 12] = [
    (
        "owner.subject.txt",
        include_str!("../../templates/owner.subject.txt"),
    ),
    ("owner.txt", include_str!("../../templates/owner.txt")),
    ("owner.html", include_str!("../../templates/owner.html")),
    (
        "administrator.subject.txt",
        include_str!("../../templates/administrator.subject.txt"),
    ),
    (
        "administrator.txt",
        include_str!("../../templates/administrator.txt"),
    ),
    (
        "administrator.html",
        include_str!("../../templates/administrator.html"),
    ),
    (
        "restored_owner.subject.txt",
        include_str!("../../templates/restored_owner.subject.txt"),
    ),
    (
        "restored_owner.txt",
        include_str!("../../templates/restored_owner.txt"),
    ),
    (
        "restored_owner.html",
        include_str!("../../templates/restored_owner.html"),
    ),
    (
        "restored_administrator.subject.txt",
        include_str!("../../templates/restored_administrator.subject.txt"),
    ),
    (
        "restored_administrator.txt",
        include_str!("../../templates/restored_administrator.txt"),
    ),
    (
        "restored_administrator.html",
        include_str!("../../templates/restored_administrator.html"),
    ),
];

/// The templates of letters, in the language of [minijinja](https://docs.rs/minijinja), which is that of Jinja2.
///
/// There are four letters, each with a subject, a text and a page: `owner` and `administrator` tell of what a sync did,
/// `restored_owner` and `restored_administrator` of bookings that an undo brought back. The first is given a [`Letter`],
/// the second a [`Digest`], the others a [`RestoredLetter`]; their fields are the names that a template knows, and an
/// unknown name is an error. In a page, all that is filled in is escaped. A line break right after a tag is no part of
/// the letter, and neither are blanks before a tag on its line.
///
/// ```
/// use timetable_sync::Templates;
///
/// let templates = Templates::new().with(
///     "owner.subject.txt",
///     "{{ school or 'School' }}: {{ removed|length }} of your bookings had to go",
/// )?;
///
/// let error = Templates::new().with("owner.txt", "Hello,\n{{ nmae }}\n").unwrap_err();
/// assert_eq!(error.to_string(), "the template `owner.txt` cannot be used: line 2: `nmae` is undefined");
/// # drop(templates);
/// # Ok::<(), timetable_sync::TemplateError>(())
/// ```
#[derive(Clone)]
pub struct Templates {
    environment: Environment<'static>,
    replaced: Vec<&'static str>,
}

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// There is no template of this name.
    #[error("there is no template `{name}`; there are {}", names())]
    Unknown {
        /// The name as given.
        name: String,
    },
    /// It cannot be read, or cannot be filled in.
    #[error("the template `{name}` cannot be used: line {line}: {what}")]
    Unusable {
        /// Which.
        name: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
}

/// What a letter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line, never empty.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as a page.
    pub html: String,
}

static SHIPPED: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_syntax(syntax());
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, source) in BUILT_IN {
        let added = environment.add_template(name, source);
        debug_assert!(added.is_ok(), "{name}: {added:?}");
    }
    environment
});

fn syntax() -> SyntaxConfig {
    let mut syntax = SyntaxConfig::builder();
    syntax
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true);
    syntax.build().unwrap_or_default()
}

impl Templates {
    /// Those that ship with the crate.
    pub fn new() -> Self {
        Self {
            environment: SHIPPED.clone(),
            replaced: Vec::new(),
        }
    }

    /// The same with another template in the place of the one with this name.
    ///
    /// It is filled in with an invented letter at once, so most mistakes show here and not at night. One that cannot be
    /// filled in for a real letter is left aside for that letter, with a warning in the log.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] for a name that is none of these, and for a template that cannot be used, with the line.
    pub fn with(mut self, name: &str, source: impl Into<String>) -> Result<Self, TemplateError> {
        let Some((name, _)) = BUILT_IN.iter().find(|(known, _)| *known == name) else {
            let name = name.to_owned();
            return Err(TemplateError::Unknown { name });
        };
        self.environment
            .add_template_owned(*name, source.into())
            .map_err(|error| unusable(name, &error))?;
        for letter in samples(name) {
            render(&self.environment, name, letter).map_err(|error| unusable(name, &error))?;
        }
        self.replaced.push(name);
        Ok(self)
    }

    /// The letter to an owner.
    pub fn letter(&self, letter: &Letter) -> Rendered {
        self.render("owner", letter)
    }

    /// The letter to the administrator.
    pub fn digest(&self, digest: &Digest) -> Rendered {
        self.render("administrator", digest)
    }

    /// The letter to an owner whose bookings are back.
    pub fn restored_letter(&self, letter: &RestoredLetter) -> Rendered {
        self.render("restored_owner", letter)
    }

    /// The letter to the administrator about bookings that are back and whose owners cannot be written to.
    pub fn restored_digest(&self, letter: &RestoredLetter) -> Rendered {
        self.render("restored_administrator", letter)
    }

    fn render(&self, to: &str, letter: &impl Serialize) -> Rendered {
        match render_all(&self.environment, to, letter) {
            Ok(rendered) if !rendered.subject.is_empty() => rendered,
            Ok(rendered) => Rendered {
                subject: built_in(to, letter).subject,
                ..rendered
            },
            Err(error) => {
                let name = error.name().unwrap_or_default();
                let (line, what) = (error.line().unwrap_or_default(), what(&error));
                tracing::warn!(
                    template = name,
                    line,
                    "{what}: the built-in letter is sent instead"
                );
                built_in(to, letter)
            }
        }
    }
}

impl Default for Templates {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Templates")
            .field("replaced", &self.replaced)
            .finish_non_exhaustive()
    }
}

fn built_in(to: &str, letter: &impl Serialize) -> Rendered {
    // They are tried with every kind of letter in the tests, so this is not reached with an error.
    render_all(&SHIPPED, to, letter).unwrap_or_else(|error| {
        tracing::error!(%error, "a template of the crate failed");
        Rendered {
            subject: "About your room bookings".to_owned(),
            text: "Please look at your room bookings.\n".to_owned(),
            html: "<p>Please look at your room bookings.</p>\n".to_owned(),
        }
    })
}

fn render_all(
    environment: &Environment<'_>,
    to: &str,
    letter: &impl Serialize,
) -> Result<Rendered, minijinja::Error> {
    let letter = Value::from(Serde(letter));
    let part = |kind: &str| render(environment, &format!("{to}.{kind}"), letter.clone());
    Ok(Rendered {
        subject: one_line(&part("subject.txt")?),
        text: format!("{}\n", part("txt")?.trim_end()),
        html: part("html")?,
    })
}

fn render(
    environment: &Environment<'_>,
    name: &str,
    letter: Value,
) -> Result<String, minijinja::Error> {
    environment.get_template(name)?.render(letter)
}

fn unusable(name: &str, error: &minijinja::Error) -> TemplateError {
    TemplateError::Unusable {
        name: name.to_owned(),
        line: error.line().unwrap_or(1),
        what: what(error),
    }
}

fn what(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) => detail.to_owned(),
        None => error.kind().to_string(),
    }
}

fn names() -> String {
    BUILT_IN.map(|(name, _)| name).join(", ")
}

/// Invented letters of every kind, to try a template with.
fn samples(name: &str) -> Vec<Value> {
    if name.starts_with("restored") {
        return restored_samples();
    }
    let item = RemovedItem {
        id: "b1".to_owned(),
        title: Some("Chess club".to_owned()),
        what: "\u{201c}Chess club\u{201d}".to_owned(),
        room: "Lab 2".to_owned(),
        when: "Mon 12 Jan 2032 11:15-12:15".to_owned(),
        reason: "Physics 10B/Ph1 meets there in Period 3 (11:20-12:10)".to_owned(),
        kinds: vec!["lesson"],
        free: Some("Lab 4, Lab 5".to_owned()),
        free_rooms: vec!["Lab 4".to_owned(), "Lab 5".to_owned()],
        sentence: "Lab 2 is needed.".to_owned(),
        ..RemovedItem::default()
    };
    let bare = RemovedItem {
        title: None,
        free: None,
        free_rooms: Vec::new(),
        ..item.clone()
    };
    let full = Some("Greenwood".to_owned());
    if name.starts_with("owner") {
        let letter = |removed: &[RemovedItem], absorbed: &[RemovedItem]| Letter {
            removed: removed.to_vec(),
            absorbed: absorbed.to_vec(),
            kinds: (!removed.is_empty())
                .then_some("lesson")
                .into_iter()
                .collect(),
            ..Letter::default()
        };
        let closed = |removed: &[RemovedItem], kinds: &[&'static str]| Letter {
            kinds: kinds.to_vec(),
            ..letter(removed, &[])
        };
        let items = [item.clone(), bare.clone()];
        let named = Letter {
            school: full.clone(),
            name: Some("Ann Smith".to_owned()),
            contact: Some("ring the office".to_owned()),
            ..letter(&items, &items)
        };
        [
            named,
            letter(&items, &[]),
            letter(&items[1..], &[]),
            letter(&[], &items[1..]),
            closed(&items, &["closure"]),
            closed(&items[1..], &["closure"]),
            closed(&items, &["lesson", "closure"]),
            closed(&items[1..], &["event"]),
        ]
        .iter()
        .map(|letter| Value::from(Serde(letter)))
        .collect()
    } else {
        let held = |fingerprint: Option<&str>, more| News::Held {
            first: more > 0,
            reasons: vec!["30 of 118 future bookings would be removed".to_owned()],
            accept: vec!["terms".to_owned()],
            fingerprint: fingerprint.map(str::to_owned),
            removals: vec!["Lab 2 is needed.".to_owned()],
            more,
        };
        let applied = News::Applied {
            lessons: 700,
            removed: 3,
        };
        [
            None,
            Some(applied),
            Some(News::AwaitingMatch { unmatched: 3 }),
            Some(held(Some("7bcb1d10"), 0)),
            Some(held(None, 4)),
        ]
        .into_iter()
        .flat_map(|news| {
            let offer = OfferedItem {
                id: "b2".to_owned(),
                run: 3,
                line: "Lab 2".to_owned(),
            };
            let digest = Digest {
                school: full.clone(),
                news,
                unreachable: vec![item.clone(), bare.clone()],
                offers: vec![offer.clone(), offer],
                ..Digest::default()
            };
            let offers = Digest {
                school: None,
                unreachable: Vec::new(),
                ..digest.clone()
            };
            let bare = Digest {
                offers: Vec::new(),
                ..offers.clone()
            };
            [digest, offers, bare]
        })
        .map(|letter| Value::from(Serde(letter)))
        .collect()
    }
}

fn restored_samples() -> Vec<Value> {
    let item = RestoredItem {
        id: "b1".to_owned(),
        title: Some("Chess club".to_owned()),
        what: "\u{201c}Chess club\u{201d}".to_owned(),
        room: "Lab 2".to_owned(),
        when: "Mon 12 Jan 2032 11:15-12:15".to_owned(),
        despite: Some("Physics 10B/Ph1 meets there in Period 3 (11:20-12:10)".to_owned()),
        line: "Mon 12 Jan 2032 11:15-12:15, Lab 2: \u{201c}Chess club\u{201d}".to_owned(),
        ..RestoredItem::default()
    };
    let bare = RestoredItem {
        title: None,
        despite: None,
        ..item.clone()
    };
    let one = RestoredLetter {
        restored: vec![bare.clone()],
        ..RestoredLetter::default()
    };
    let named = RestoredLetter {
        school: Some("Greenwood".to_owned()),
        name: Some("Ann Smith".to_owned()),
        contact: Some("ring the office".to_owned()),
        restored: vec![item, bare],
        ..one.clone()
    };
    [one, named]
        .iter()
        .map(|letter| Value::from(Serde(letter)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_of_the_crate_fit_every_kind_of_letter() {
        for (name, source) in BUILT_IN {
            let templates = Templates::new().with(name, source);
            templates.unwrap_or_else(|error| panic!("{error}"));
            for letter in samples(name) {
                let text = render(&SHIPPED, name, letter).unwrap();
                assert!(!text.trim().is_empty(), "{name}");
                assert!(!text.contains("\n\n\n"), "{name}: {text}");
            }
        }
    }
}
