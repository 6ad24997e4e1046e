use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
};

use crate::{DataArea, Finding};

/// How many bytes of findings one ledger lists: some thousand of them. A document may be made of nothing else.
const LISTED: usize = 256 * 1024;

/// How long a name may be that is shown.
const SHOWN: usize = 64;

/// What was noticed while one area was read, or united with that of another answer.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    area: Option<DataArea>,
    findings: RefCell<Vec<Finding>>,
    /// The bytes of what is listed.
    listed: Cell<usize>,
    /// How many more there were.
    more: Cell<usize>,
    first_loss: RefCell<Option<String>>,
}

impl Ledger {
    pub(crate) fn new(area: Option<DataArea>) -> Self {
        Self {
            area,
            ..Self::default()
        }
    }

    fn add(&self, finding: impl FnOnce() -> Finding) {
        if self.listed.get() >= LISTED {
            self.more.set(self.more.get() + 1);
            return;
        }
        let finding = finding();
        let bytes = size_of::<Finding>() + finding.path.len() + finding.reason.len();
        self.listed.set(self.listed.get() + bytes);
        self.findings.borrow_mut().push(finding);
    }

    /// The findings, and why the first row or container was lost, if any was.
    pub(crate) fn close(self) -> (Vec<Finding>, Option<String>) {
        let mut findings = self.findings.into_inner();
        if self.more.get() > 0 {
            findings.push(Finding {
                area: self.area,
                path: String::new(),
                reason: format!("{} more were noticed, and are not listed", self.more.get()),
            });
        }
        (findings, self.first_loss.into_inner())
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
    Row(&'a str),
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

    /// The row with this id.
    pub(crate) fn row<'b>(&'b self, id: &'b str) -> Place<'b> {
        Place {
            ledger: self.ledger,
            parent: Some(self),
            step: Step::Row(id),
        }
    }

    /// The position, where this place is an element of an array.
    pub(crate) fn index(&self) -> Option<usize> {
        match self.step {
            Step::Element(index) => Some(index),
            Step::Root | Step::Member(_) | Step::Row(_) => None,
        }
    }

    /// The same place, with what is noticed from here on written elsewhere.
    pub(crate) fn noted_in<'b>(&'b self, ledger: &'b Ledger) -> Place<'b> {
        Place { ledger, ..*self }
    }

    /// Notes something that costs no row.
    pub(crate) fn note(&self, reason: impl Into<String>) {
        self.ledger.add(|| Finding {
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
                path.push_str(&name_to_show(name));
            }
            Step::Element(index) => path.push_str(&format!("[{index}]")),
            Step::Row(id) => path.push_str(&format!("[@Id={}]", name_to_show(id))),
        }
        path
    }
}

/// The name, or what takes the place of one that is too long to be a name of iSAMS.
///
/// It is not cut: half of a secret that a server sends as a name would not be known for one.
pub(crate) fn name_to_show(name: &str) -> Cow<'_, str> {
    if name.len() <= SHOWN {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(format!("(a name of {} bytes)", name.len()))
    }
}
