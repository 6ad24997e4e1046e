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

    /// The text in a style, where styles are on.
    pub(crate) fn styled(self, text: &str, style: Style) -> String {
        if self.colour {
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
    let _ = writeln!(io::stderr().lock(), "{text}");
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
