//! What the demo tells, and the claims that it checks.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    exit::{Failure, Outcome},
    output::{self, Output, Style},
    table::{table, text},
};

/// Stands before every claim that was checked.
pub(super) const MARK: &str = "\u{2713}";

const WIDTH: usize = 100;

/// Tells the journey step by step. With `--json` the story goes to standard error, and its end is the document.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) out: Output,
    step: usize,
    checks: usize,
    fetches: usize,
    runs: Vec<Run>,
}

/// A sync that the story tells of.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) school: String,
    pub(super) day: String,
    pub(super) run: String,
    pub(super) status: String,
    pub(super) removed: usize,
    pub(super) messages: usize,
    pub(super) took: Duration,
}

impl Story {
    pub(super) fn new(out: Output) -> Self {
        Self {
            out,
            step: 0,
            checks: 0,
            fetches: 0,
            runs: Vec::new(),
        }
    }

    /// Begins a step.
    pub(super) fn step(&mut self, title: &str) -> Outcome<()> {
        self.step += 1;
        let heading = format!("{}. {title}", self.step);
        let line = "=".repeat(heading.chars().count());
        self.show(&format!("\n{}\n{line}", self.out.bold(&heading)))
    }

    /// A paragraph.
    pub(super) fn say(&self, paragraph: &str) -> Outcome<()> {
        self.show(&format!("\n{}", wrapped(paragraph)))
    }

    /// Text as it is.
    pub(super) fn show(&self, text: &str) -> Outcome<()> {
        if self.out.json {
            output::message(text.trim_end());
            Ok(())
        } else {
            self.out.print(text)
        }
    }

    /// A claim. One that does not hold ends the demo.
    pub(super) fn check(&mut self, claim: &str, holds: bool) -> Outcome<()> {
        if !holds {
            return Err(Failure::failed(format!("the demo expected that {claim}")));
        }
        self.checks += 1;
        let mark = self.out.styled(MARK, Style::Green);
        self.show(&format!("  {mark} {claim}"))
    }

    /// Notes that iSAMS was asked.
    pub(super) fn fetched(&mut self) {
        self.fetches += 1;
    }

    pub(super) fn fetches(&self) -> usize {
        self.fetches
    }

    pub(super) fn ran(&mut self, run: Run) {
        self.runs.push(run);
    }

    /// All syncs in a table.
    pub(super) fn summary(&mut self) -> Outcome<()> {
        self.step("All syncs of this journey")?;
        let headings = [
            "school", "day", "run", "status", "removed", "messages", "took",
        ];
        let mut table = table(self.out, headings);
        for run in &self.runs {
            table.add_row([
                run.school.clone(),
                run.day.clone(),
                run.run.clone(),
                run.status.replace('_', " "),
                run.removed.to_string(),
                run.messages.to_string(),
                format!("{} ms", run.took.as_millis()),
            ]);
        }
        self.show(&format!("\n{}", text(&table)))
    }

    pub(super) fn end(&self) -> Outcome<()> {
        self.say(&format!(
            "That was the journey: {} syncs, {} claims, all of which hold.",
            self.runs.len(),
            self.checks
        ))?;
        if !self.out.json {
            return Ok(());
        }
        let runs: Vec<Value> = self
            .runs
            .iter()
            .map(|run| {
                json!({
                    "school": run.school,
                    "day": run.day,
                    "run": run.run,
                    "status": run.status,
                    "removed": run.removed,
                    "messages": run.messages,
                })
            })
            .collect();
        let document = json!({ "status": "passed", "checks": self.checks, "runs": runs });
        self.out.result(&document, String::new)
    }
}

/// The words in lines that are not too long to read.
fn wrapped(paragraph: &str) -> String {
    let mut lines = String::new();
    let mut length = 0;
    for word in paragraph.split_whitespace() {
        let width = word.chars().count();
        if length > 0 && length + 1 + width > WIDTH {
            lines.push('\n');
            length = 0;
        } else if length > 0 {
            lines.push(' ');
            length += 1;
        }
        lines.push_str(word);
        length += width;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_that_does_not_hold_is_a_failure() {
        let mut story = Story::new(Output {
            json: true,
            colour: false,
        });
        let failure = story.check("one is two", false).unwrap_err();
        assert_eq!(failure.exit, crate::exit::Exit::Failed);
    }

    #[test]
    fn paragraphs_are_wrapped_between_words() {
        let text = wrapped(&"word ".repeat(50));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(text.split_whitespace().count(), 50);
    }
}
