use serde::Serialize;

/// What a recording replaced, left out and kept. It holds no value that was replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// People, and whoever else has an address, code or name of its own.
    pub people: usize,
    /// Distinct e-mail addresses, whatever their case.
    pub addresses: usize,
    /// Distinct user codes of staff.
    pub codes: usize,
    /// Distinct codes and names of sets and forms.
    pub groups: usize,
    /// Distinct other texts.
    pub texts: usize,
    /// What was left out, by path.
    pub left_out: Vec<LeftOut>,
    /// Every distinct name that was kept; first those that share a word with the name of a member of staff.
    pub kept_names: Vec<KeptName>,
}

/// Members that were left out with all that is in them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Where they stood, without places in lists.
    pub path: String,
    /// How many there were.
    pub times: usize,
}

/// A name that was kept, as it stands in the recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptName {
    /// Of what it is the name, such as `room`.
    pub kind: &'static str,
    /// The name.
    pub text: String,
    /// It has a word in common with the name of a member of staff.
    pub like_staff: bool,
}
