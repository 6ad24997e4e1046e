use std::{convert::Infallible, fmt, str::FromStr};

use secrecy::{ExposeSecret, SecretString};

/// A Batch API key. It is sent exactly as given, with or without braces; both are in use (more than three public
/// clients each).
///
/// ```
/// use isams_client::ApiKey;
///
/// let key = ApiKey::from("{00000000-0000-0000-0000-000000000000}".to_owned());
/// assert_eq!(format!("{key:?}"), "[redacted]");
/// ```
#[derive(Clone)]
pub struct ApiKey(SecretString);

impl ApiKey {
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl From<String> for ApiKey {
    fn from(key: String) -> Self {
        Self(key.into())
    }
}

impl FromStr for ApiKey {
    type Err = Infallible;

    fn from_str(key: &str) -> Result<Self, Infallible> {
        Ok(key.to_owned().into())
    }
}
