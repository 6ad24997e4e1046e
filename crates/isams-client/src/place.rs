use std::cell::RefCell;

use crate::{DataArea, Finding};

/// What was noticed while one area was read.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    area: Option<DataArea>,
    findings: RefCell<Vec<Finding>>,
    first_loss: RefCell<Option<String>>,
}

impl Ledger {
    pub(crate) fn new(area: Option<DataArea>) -> Self {
        Self {
            area,
            ..Self::default()
        }
    }

    /// The findings, and why the first row or container was lost, if any was.
    pub(crate) fn close(self) -> (Vec<Finding>, Option<String>) {
        (self.findings.into_inner(), self.first_loss.into_inner())
    }
}

/// Where the reader stands in the document.
///
/// A chain of steps on the stack: it costs nothing until something is noted and the path has to be spelt out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    ledger: &'a Ledger,
    parent: Option<&'a Self>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Member(&'a str),
    Element(usize),
}

impl<'a> Place<'a> {
    pub(crate) fn root(ledger: &'a Ledger) -> Self {
        Self {
            ledger,
            parent: None,
            step: Step::Root,
        }
    }

    pub(crate) fn member<'b>(&'b self, name: &'b str) -> Place<'b> {
        Place {
            ledger: self.ledger,
            parent: Some(self),
            step: Step::Member(name),
        }
    }

    pub(crate) fn element(&self, index: usize) -> Place<'_> {
        Place {
            ledger: self.ledger,
            parent: Some(self),
            step: Step::Element(index),
        }
    }

    /// The position, where this place is an element of an array.
    pub(crate) fn index(&self) -> Option<usize> {
        match self.step {
            Step::Element(index) => Some(index),
            Step::Root | Step::Member(_) => None,
        }
    }

    /// The same place, with what is noticed from here on written elsewhere.
    pub(crate) fn noted_in<'b>(&'b self, ledger: &'b Ledger) -> Place<'b> {
        Place { ledger, ..*self }
    }

    /// Notes something that costs no row.
    pub(crate) fn note(&self, reason: impl Into<String>) {
        self.ledger.findings.borrow_mut().push(Finding {
            area: self.ledger.area,
            path: self.path(),
            reason: reason.into(),
        });
    }

    /// Notes that a row, or a container that should hold rows, was lost.
    pub(crate) fn lose(&self, reason: impl Into<String>) {
        let reason = reason.into();
        self.ledger
            .first_loss
            .borrow_mut()
            .get_or_insert_with(|| format!("{reason} at `{}`", self.path()));
        self.note(reason);
    }

    fn path(&self) -> String {
        let mut path = self.parent.map(Place::path).unwrap_or_default();
        match self.step {
            Step::Root => {}
            Step::Member(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
            Step::Element(index) => path.push_str(&format!("[{index}]")),
        }
        path
    }
}
