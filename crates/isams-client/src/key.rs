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

/// The secret that goes with a client id, where the school's iSAMS asks for one.
///
/// ```
/// use isams_client::ClientSecret;
///
/// let secret = ClientSecret::from("hush".to_owned());
/// assert_eq!(format!("{secret:?}"), "[redacted]");
/// ```
#[derive(Clone)]
pub struct ClientSecret(SecretString);

/// Hidden from every text, and made from one.
macro_rules! secret {
    ($($name:ident),*) => {$(
        impl $name {
            pub(crate) fn expose(&self) -> &str {
                self.0.expose_secret()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[redacted]")
            }
        }

        impl From<String> for $name {
            fn from(secret: String) -> Self {
                Self(secret.into())
            }
        }

        impl FromStr for $name {
            type Err = Infallible;

            fn from_str(secret: &str) -> Result<Self, Infallible> {
                Ok(secret.to_owned().into())
            }
        }
    )*};
}

secret!(ApiKey, ClientSecret);
