//! What the program prints, and where: results on standard output, messages on standard error.

use std::{
    fmt::Display,
    io::{self, ErrorKind, IsTerminal, Write},
};

use clap::ValueEnum;
use serde::Serialize;

use crate::{
    exit::{Exit, Failure, Outcome},
    json,
};

/// When to colour what is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColourChoice {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How results are shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    /// One JSON document instead of text.
    pub(crate) json: bool,
    /// ANSI styles.
    pub(crate) colour: bool,
}

impl Output {
    pub(crate) fn new(json: bool, choice: ColourChoice, no_colour: bool) -> Self {
        let colour = match choice {
            ColourChoice::Always => true,
            ColourChoice::Never => false,
            ColourChoice::Auto => !no_colour && io::stdout().is_terminal(),
        };
        Self {
            json,
            colour: colour && !json,
        }
    }

    /// Prints a result: the document with `--json`, else the text.
    pub(crate) fn result(
        self,
        document: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Outcome<()> {
        if self.json {
            self.print(&json::text(document)?)
        } else {
            self.print(&text())
        }
    }

    /// Prints on standard output, at once. A reader that has gone away is no failure.
    pub(crate) fn print(self, text: &str) -> Outcome<()> {
        let text = if self.json {
            escaped(text)
        } else {
            printable(text, self.colour)
        };
        self.print_as_it_is(&text)
    }

    /// Prints what another program reads, such as a calendar file; nothing in it is left out.
    pub(crate) fn print_as_it_is(self, text: &str) -> Outcome<()> {
        let mut out = io::stdout().lock();
        let written = out
            .write_all(text.as_bytes())
            .and_then(|()| {
                if text.ends_with('\n') {
                    Ok(())
                } else {
                    out.write_all(b"\n")
                }
            })
            .and_then(|()| out.flush());
        match written {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(Failure::new(Exit::Failed, error).context("the result cannot be printed"))
            }
            _ => Ok(()),
        }
    }

    /// The text in a style, where styles are on. The text itself cannot change it.
    pub(crate) fn styled(self, text: &str, style: Style) -> String {
        if self.colour {
            let text = printable(text, false);
            format!("\u{1b}[{}m{text}\u{1b}[0m", style.code())
        } else {
            text.to_owned()
        }
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.styled(text, Style::Bold)
    }
}

/// Prints a message on standard error. Nobody may be listening, which is no failure.
pub(crate) fn message(text: impl Display) {
    let text = printable(&text.to_string(), false);
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// The text as a terminal may have it: without anything that moves the cursor, turns the reading direction or is obeyed
/// in another way. Line feeds stay, and where `styles` says so, ANSI styles.
///
/// What people typed is put on one line where it is put into words; this is the last guard for all that is printed.
pub(crate) fn printable(text: &str, styles: bool) -> String {
    let mut printable = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let style = if styles { style_at(rest) } else { None };
        let taken = style.unwrap_or(character.len_utf8());
        if style.is_some() || character == '\n' || !obeyed(character) {
            printable.push_str(&rest[..taken]);
        }
        rest = &rest[taken..];
    }
    printable
}

/// How long the ANSI style is with which the text starts.
fn style_at(text: &str) -> Option<usize> {
    let codes = text.strip_prefix("\u{1b}[")?;
    let end = codes.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    codes[end..]
        .starts_with('m')
        .then_some("\u{1b}[".len() + end + 1)
}

/// JSON that means the same and has nothing in it that a terminal obeys.
fn escaped(json: &str) -> String {
    // Outside of its texts JSON has none of these but line feeds.
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if character != '\n' && obeyed(character) {
            // All of them take one UTF-16 unit.
            escaped.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Whether a terminal obeys the character instead of showing it.
fn obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A few ANSI styles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Bold,
    Green,
    Red,
    Yellow,
    Cyan,
}

impl Style {
    fn code(self) -> u8 {
        match self {
            Self::Bold => 1,
            Self::Red => 91,
            Self::Green => 92,
            Self::Yellow => 93,
            Self::Cyan => 96,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str =
        "a\u{1b}]0;owned\u{7}b\u{1b}[2Jc\r\nd\u{202e}e\u{9b}31mf\u{2028}\u{1b}[1mg\u{1b}";

    #[test]
    fn nothing_that_a_terminal_obeys_is_printed() {
        let plain = "a]0;ownedb[2Jc\nde31mf[1mg";
        assert_eq!(printable(HOSTILE, false), plain);
        let styled = "a]0;ownedb[2Jc\nde31mf\u{1b}[1mg";
        assert_eq!(printable(HOSTILE, true), styled);
    }

    #[test]
    fn json_means_the_same_and_is_not_obeyed() {
        let document = serde_json::json!({ "title": HOSTILE });
        let text = escaped(&json::text(&document).unwrap());
        assert!(!text.contains(|c| c != '\n' && obeyed(c)), "{text:?}");
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, document);
    }

    #[test]
    fn what_is_styled_cannot_change_its_style() {
        let out = Output {
            json: false,
            colour: true,
        };
        let styled = out.styled("red\u{1b}[0m no more", Style::Red);
        assert_eq!(styled, "\u{1b}[91mred[0m no more\u{1b}[0m");
    }
}
