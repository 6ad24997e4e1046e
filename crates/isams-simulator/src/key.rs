//! API keys, which no output shows.

use std::fmt;

/// A Batch API key. Braces around it make no difference.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ApiKey(String);

impl ApiKey {
    pub(crate) fn new(key: &str) -> Self {
        let key = key.trim();
        Self(
            key.strip_prefix('{')
                .and_then(|key| key.strip_suffix('}'))
                .unwrap_or(key)
                .to_owned(),
        )
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_make_no_difference_and_nothing_is_shown() {
        assert_eq!(ApiKey::new("{AB-1}"), ApiKey::new("AB-1"));
        assert_ne!(ApiKey::new("AB-1"), ApiKey::new("AB-2"));
        assert!(ApiKey::new("{}").is_blank());
        assert_eq!(format!("{:?}", ApiKey::new("AB-1")), "[redacted]");
    }
}
