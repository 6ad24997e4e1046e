use url::{Host, Url};

use crate::{Error, Format};

/// Where the Batch API answers, below the root of a school (more than three public clients).
const BATCH: &str = "api/batch/1.0";

/// Where tokens come from, on the host of a school (more than three public clients).
const TOKEN: &str = "/auth/connect/token";

/// Why a web address cannot be used. The address itself is not repeated: people paste addresses with a key in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// It is blank.
    #[error("it is blank")]
    Blank,
    /// It is no URL.
    #[error("it cannot be read")]
    Malformed(#[source] url::ParseError),
    /// It is neither `https` nor `http`.
    #[error("it does not begin with https")]
    Scheme,
    /// It is `http`, and the host is not this computer.
    #[error("it begins with http, which would send the key in the open")]
    Unencrypted,
    /// It has a user name or password in it.
    #[error("it has a user name or password in it")]
    Credentials,
    /// It has a `?` or `#` in it.
    #[error("it has a part after `?` or `#`")]
    Query,
}

/// The address of the Batch API, without the key, from what an administrator calls the web address.
pub(crate) fn batch_url(address: &str, format: Format) -> Result<Url, Error> {
    parse(address, format).map_err(Error::Address)
}

/// The address of the token endpoint on the same host.
pub(crate) fn token_url(batch: &Url) -> Url {
    let mut url = batch.clone();
    url.set_path(TOKEN);
    url
}

/// The address of a token endpoint elsewhere. The secret is sent there, so the same rules hold.
pub(crate) fn other_token_url(address: &str) -> Result<Url, Error> {
    checked(address).map_err(Error::TokenAddress)
}

fn parse(address: &str, format: Format) -> Result<Url, AddressError> {
    let mut url = checked(address)?;
    let root = url.path().trim_end_matches('/');
    // The whole address of the API is a fair answer to the question for the web address.
    let root = ["/json.ashx", "/xml.ashx"]
        .into_iter()
        .find_map(|file| root.strip_suffix(file))
        .unwrap_or(root);
    let root = root.strip_suffix("/api/batch/1.0").unwrap_or(root);
    let path = format!("{root}/{BATCH}/{}", format.file());
    url.set_path(&path);
    Ok(url)
}

fn checked(address: &str) -> Result<Url, AddressError> {
    let address = address.trim();
    if address.is_empty() {
        return Err(AddressError::Blank);
    }
    if address.contains(['?', '#']) {
        return Err(AddressError::Query);
    }
    let url = if address.contains("://") {
        Url::parse(address)
    } else {
        Url::parse(&format!("https://{address}"))
    }
    .map_err(AddressError::Malformed)?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return Err(AddressError::Unencrypted),
        _ => return Err(AddressError::Scheme),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials);
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_people_give() {
        for (address, url) in [
            (
                "school.isams.cloud",
                "https://school.isams.cloud/api/batch/1.0/json.ashx",
            ),
            (
                " https://school.isams.cloud/ ",
                "https://school.isams.cloud/api/batch/1.0/json.ashx",
            ),
            (
                "HTTPS://School.iSAMS.cloud",
                "https://school.isams.cloud/api/batch/1.0/json.ashx",
            ),
            (
                "school.example:8443",
                "https://school.example:8443/api/batch/1.0/json.ashx",
            ),
            (
                "https://school.example:443",
                "https://school.example/api/batch/1.0/json.ashx",
            ),
            (
                "https://school.example/isams/",
                "https://school.example/isams/api/batch/1.0/json.ashx",
            ),
            (
                "https://school.example/api/batch/1.0/xml.ashx",
                "https://school.example/api/batch/1.0/json.ashx",
            ),
            (
                "http://localhost:8080",
                "http://localhost:8080/api/batch/1.0/json.ashx",
            ),
            (
                "http://127.0.0.1:8080",
                "http://127.0.0.1:8080/api/batch/1.0/json.ashx",
            ),
            (
                "http://[::1]:8080",
                "http://[::1]:8080/api/batch/1.0/json.ashx",
            ),
        ] {
            assert_eq!(
                parse(address, Format::Json).unwrap().as_str(),
                url,
                "{address}"
            );
            assert_eq!(
                parse(address, Format::Xml).unwrap().as_str(),
                url.replace("json.ashx", "xml.ashx"),
                "{address}"
            );
        }
    }

    #[test]
    fn the_token_comes_from_the_root_of_the_host() {
        let batch = parse("https://school.example:8443/isams", Format::Json).unwrap();
        assert_eq!(
            token_url(&batch).as_str(),
            "https://school.example:8443/auth/connect/token"
        );
    }

    #[test]
    fn addresses_that_are_refused() {
        for (address, error) in [
            ("  ", AddressError::Blank),
            ("http://school.isams.cloud", AddressError::Unencrypted),
            ("http://localhost.school.example", AddressError::Unencrypted),
            ("http://128.0.0.1", AddressError::Unencrypted),
            ("ftp://school.example", AddressError::Scheme),
            (
                "https://me:secret@school.example",
                AddressError::Credentials,
            ),
            ("https://school.example/?apiKey={1}", AddressError::Query),
            ("https://school.example/#/home", AddressError::Query),
            (
                "https://",
                AddressError::Malformed(url::ParseError::EmptyHost),
            ),
            (
                "school.example:port",
                AddressError::Malformed(url::ParseError::InvalidPort),
            ),
        ] {
            assert_eq!(parse(address, Format::Json), Err(error), "{address}");
        }
    }
}
