/// The form in which iSAMS answers. Both give the same values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// `json.ashx`, in wide use, but in no document of the vendor (more than three public clients).
    #[default]
    Json,
    /// `xml.ashx` (the vendor's documentation and more than three public clients).
    Xml,
}

impl Format {
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Json => "json.ashx",
            Self::Xml => "xml.ashx",
        }
    }
}
