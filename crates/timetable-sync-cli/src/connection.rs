//! How to reach iSAMS: flags over the environment over the file.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::ValueEnum;
use isams_client::{ApiKey, Client, ClientAuthentication, ClientSecret, CoverNames, Format};
use serde::Deserialize;

use crate::{
    args::SourceArgs,
    config::{ConfigFile, number},
    exit::{Exit, Failure, Outcome},
    secret::Hidden,
};

/// The largest answer that can be allowed, in MiB: a tebibyte.
pub(crate) const MAX_SIZE: u64 = 1 << 20;

/// How to reach iSAMS.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection {
    pub(crate) url: Option<String>,
    pub(crate) keys: Option<KeySource>,
    pub(crate) client_id: Option<Hidden>,
    pub(crate) client_secret: Option<SecretSource>,
    /// Blank for none.
    pub(crate) scope: Option<String>,
    pub(crate) token_url: Option<String>,
    pub(crate) client_auth: Option<ClientAuth>,
    pub(crate) format: Option<WireFormat>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) retries: Option<usize>,
    /// MiB.
    pub(crate) max_size: Option<u64>,
    pub(crate) cover_names: CoverNames,
}

/// Where the API keys are.
#[derive(Clone, Debug)]
pub(crate) enum KeySource {
    /// Here.
    Given(Vec<ApiKey>),
    /// In these files, each with one or several.
    Files(Vec<PathBuf>),
}

/// Where the client secret is.
#[derive(Clone, Debug)]
pub(crate) enum SecretSource {
    /// Here.
    Given(ClientSecret),
    /// In a file.
    File(PathBuf),
}

/// The form in which iSAMS is asked to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WireFormat {
    /// json.ashx
    Json,
    /// xml.ashx
    Xml,
}

/// How client id and secret are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ClientAuth {
    /// In the form of the request
    Form,
    /// By HTTP Basic authentication
    Basic,
}

impl Connection {
    /// Puts environment and file together. An empty variable counts as none, except for the scope, which may be
    /// none itself.
    pub(crate) fn resolve(
        env: &impl Fn(&'static str) -> Option<String>,
        scope: Option<String>,
        file: &ConfigFile,
    ) -> Outcome<Self> {
        let text = |name, file: &Option<String>| env(name).or_else(|| file.clone());
        let keys = env("TIMETABLE_SYNC_API_KEY")
            .map(|keys| KeySource::Given(keys_of(&keys)))
            .or_else(|| {
                env("TIMETABLE_SYNC_API_KEY_FILE").map(|path| KeySource::Files(vec![path.into()]))
            })
            .or_else(|| file.api_key_file.clone().map(KeySource::Files));
        let client_secret = env("TIMETABLE_SYNC_CLIENT_SECRET")
            .map(|secret| SecretSource::Given(secret.trim().to_owned().into()))
            .or_else(|| {
                env("TIMETABLE_SYNC_CLIENT_SECRET_FILE").map(|path| SecretSource::File(path.into()))
            })
            .or_else(|| file.client_secret_file.clone().map(SecretSource::File));
        let client_id = env("TIMETABLE_SYNC_CLIENT_ID")
            .map(|id| id.trim().to_owned().into())
            .or_else(|| file.client_id.clone());
        let timeout = number(env, "TIMETABLE_SYNC_TIMEOUT")?
            .map(|seconds| seconds as u64)
            .or(file.timeout);
        if timeout == Some(0) {
            return Err(Failure::usage("the timeout is 0 seconds"));
        }
        let max_size = number(env, "TIMETABLE_SYNC_MAX_SIZE")?
            .map(|size| size as u64)
            .or(file.max_size);
        if max_size.is_some_and(|size| !(1..=MAX_SIZE).contains(&size)) {
            return Err(Failure::usage(format!(
                "the largest size of an answer is not between 1 and {MAX_SIZE} MiB"
            )));
        }
        Ok(Self {
            url: text("TIMETABLE_SYNC_URL", &file.url),
            keys,
            client_id,
            client_secret,
            scope: scope.or_else(|| file.scope.clone()),
            token_url: text("TIMETABLE_SYNC_TOKEN_URL", &file.token_url),
            client_auth: choice(env, "TIMETABLE_SYNC_CLIENT_AUTH")?.or(file.client_auth),
            format: choice(env, "TIMETABLE_SYNC_FORMAT")?.or(file.format),
            timeout: timeout.map(Duration::from_secs),
            retries: number(env, "TIMETABLE_SYNC_RETRIES")?.or(file.retries),
            max_size,
            cover_names: cover_names(&file.cover_names)?,
        })
    }

    /// The same with what the flags say instead.
    pub(crate) fn under(&self, flags: &SourceArgs) -> Self {
        let key = flags.api_key.clone().map(|key| vec![key]);
        let key_files = Some(flags.api_key_file.clone()).filter(|files| !files.is_empty());
        let secret = flags.client_secret.clone().map(SecretSource::Given);
        let secret_file = flags.client_secret_file.clone().map(SecretSource::File);
        let settings = self.clone();
        Self {
            url: flags.url.clone().or(settings.url),
            keys: key
                .map(KeySource::Given)
                .or(key_files.map(KeySource::Files))
                .or(settings.keys),
            client_id: flags.client_id.clone().or(settings.client_id),
            client_secret: secret.or(secret_file).or(settings.client_secret),
            scope: flags.scope.clone().or(settings.scope),
            token_url: flags.token_url.clone().or(settings.token_url),
            client_auth: flags.client_auth.or(settings.client_auth),
            format: flags.format.or(settings.format),
            timeout: flags.timeout.map(Duration::from_secs).or(settings.timeout),
            retries: flags.retries.or(settings.retries),
            max_size: flags.max_size.or(settings.max_size),
            cover_names: settings.cover_names,
        }
    }

    /// The client that these settings make; files with keys and secrets are read now.
    pub(crate) fn client(&self) -> Outcome<Client> {
        let Some(url) = &self.url else {
            return Err(Failure::usage(
                "where from? Give --url with the address of iSAMS, or --from with a recorded answer",
            ));
        };
        let mut keys = match &self.keys {
            Some(KeySource::Given(keys)) => keys.clone(),
            Some(KeySource::Files(paths)) => keys_in(paths)?,
            None => Vec::new(),
        }
        .into_iter();
        let Some(first) = keys.next() else {
            return Err(Failure::usage(
                "no API key: set TIMETABLE_SYNC_API_KEY, or give --api-key-file",
            ));
        };
        let mut client = keys.fold(Client::builder(url, first), |client, key| client.key(key));
        match &self.client_secret {
            Some(SecretSource::Given(secret)) => client = client.client_secret(secret.clone()),
            Some(SecretSource::File(path)) => client = client.client_secret(secret_in(path)?),
            None => self.check_needs_no_secret()?,
        }
        if let Some(id) = &self.client_id {
            client = client.client_id(id.expose());
        }
        if let Some(scope) = &self.scope {
            let scope = scope.trim();
            client = client.scope((!scope.is_empty()).then_some(scope));
        }
        if let Some(url) = &self.token_url {
            client = client.token_url(url);
        }
        if let Some(auth) = self.client_auth {
            client = client.client_authentication(auth.into());
        }
        if let Some(format) = self.format {
            client = client.format(format.into());
        }
        if let Some(timeout) = self.timeout {
            client = client.timeout(timeout);
        }
        if let Some(retries) = self.retries {
            client = client.retries(retries);
        }
        if let Some(size) = self.max_size {
            client = client.max_bytes(size.saturating_mul(1 << 20));
        }
        Ok(client.cover_names(self.cover_names.clone()).build()?)
    }

    /// Refuses what only matters with a secret: without one nobody would sign in, and the settings would be ignored.
    fn check_needs_no_secret(&self) -> Outcome<()> {
        let useless = [
            ("a client id", self.client_id.is_some()),
            ("a scope", self.scope.is_some()),
            ("an address for tokens", self.token_url.is_some()),
            ("a way to authenticate", self.client_auth.is_some()),
        ];
        match useless.into_iter().find(|(_, given)| *given) {
            Some((what, _)) => Err(Failure::usage(format!(
                "there is {what}, but no client secret: set TIMETABLE_SYNC_CLIENT_SECRET, or give \
                 --client-secret-file"
            ))),
            None => Ok(()),
        }
    }
}

impl From<WireFormat> for Format {
    fn from(format: WireFormat) -> Self {
        match format {
            WireFormat::Json => Self::Json,
            WireFormat::Xml => Self::Xml,
        }
    }
}

impl From<ClientAuth> for ClientAuthentication {
    fn from(auth: ClientAuth) -> Self {
        match auth {
            ClientAuth::Form => Self::Form,
            ClientAuth::Basic => Self::Basic,
        }
    }
}

fn cover_names(names: &BTreeMap<String, String>) -> Outcome<CoverNames> {
    names
        .iter()
        .try_fold(CoverNames::new(), |all, (sent, known)| {
            all.read(sent, known)
        })
        .map_err(|error| Failure::new(Exit::Usage, error).context("the cover names cannot be used"))
}

/// The name of a choice as it is typed.
pub(crate) fn typed(choice: impl ValueEnum) -> String {
    choice
        .to_possible_value()
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default()
}

pub(crate) fn choice<T: ValueEnum>(
    env: &impl Fn(&'static str) -> Option<String>,
    name: &'static str,
) -> Outcome<Option<T>> {
    env(name)
        .map(|value| {
            T::from_str(value.trim(), true).map_err(|_| {
                let known: Vec<String> = T::value_variants().iter().cloned().map(typed).collect();
                Failure::usage(format!(
                    "{name} is `{value}`; it may be {}",
                    known.join(" or ")
                ))
            })
        })
        .transpose()
}

/// Keys that stand side by side. No key has a comma or white space in it.
fn keys_of(text: &str) -> Vec<ApiKey> {
    text.split(is_between_keys)
        .filter(|key| !key.is_empty())
        .map(|key| key.to_owned().into())
        .collect()
}

fn is_between_keys(c: char) -> bool {
    c == ',' || c.is_whitespace()
}

/// The keys in files, one a line, in their order.
fn keys_in(paths: &[PathBuf]) -> Outcome<Vec<ApiKey>> {
    let mut keys = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        // The path is not repeated: keys get pasted where a path belongs.
        let name = if paths.len() == 1 {
            "the file with the API key".to_owned()
        } else {
            format!("file {} with API keys", index + 1)
        };
        let found = keys_of_lines(&read(path, &name)?)
            .map_err(|line| Failure::usage(format!("{name} has more than a key in line {line}")))?;
        if found.is_empty() {
            return Err(Failure::usage(format!("{name} is empty")));
        }
        keys.extend(found);
    }
    Ok(keys)
}

/// One key a line; or the number of the first line that holds something else.
fn keys_of_lines(text: &str) -> Result<Vec<ApiKey>, usize> {
    let lines = text.lines().map(str::trim).zip(1..);
    lines
        .filter(|(line, _)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, number)| {
            if line.contains(is_between_keys) {
                Err(number)
            } else {
                Ok(line.to_owned().into())
            }
        })
        .collect()
}

/// The client secret in a file. It is not repeated, and neither is the path.
fn secret_in(path: &Path) -> Outcome<ClientSecret> {
    let name = "the file with the client secret";
    match read(path, name)?.trim() {
        "" => Err(Failure::usage(format!("{name} is empty"))),
        secret => Ok(secret.to_owned().into()),
    }
}

fn read(path: &Path, name: &str) -> Outcome<String> {
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::new(Exit::Usage, error).context(format!("{name} cannot be read"))
    })?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_side_by_side_or_one_a_line() {
        for (text, count) in [
            ("a", 1),
            (" {a}, b\tc\n", 3),
            (",,", 0),
            ("a b", 2),
            ("a,b", 2),
        ] {
            assert_eq!(keys_of(text).len(), count, "{text}");
        }
        for (text, count) in [
            ("{a}\n", Ok(1)),
            ("# of the office\r\na\r\n\r\n  b  \n#c", Ok(2)),
            ("", Ok(0)),
            ("a\nb c\n", Err(2)),
            ("a,b", Err(1)),
        ] {
            let keys = keys_of_lines(text).map(|keys| keys.len());
            assert_eq!(keys, count, "{text}");
        }
    }

    #[test]
    fn what_only_matters_with_a_secret_is_refused_without_one() {
        let with = |change: fn(&mut Connection)| {
            let mut connection = Connection {
                url: Some("school.example".to_owned()),
                keys: Some(KeySource::Given(keys_of("0a1b2c3d"))),
                ..Connection::default()
            };
            change(&mut connection);
            connection
        };
        assert!(with(|_| ()).client().is_ok());
        for (change, named) in [
            (
                (|it| it.client_id = Some("0a1b2c3d".to_owned().into())) as fn(&mut Connection),
                "a client id",
            ),
            (|it| it.scope = Some(String::new()), "a scope"),
            (
                |it| it.token_url = Some("auth.example".to_owned()),
                "an address for tokens",
            ),
            (
                |it| it.client_auth = Some(ClientAuth::Basic),
                "a way to authenticate",
            ),
        ] {
            let mut connection = with(change);
            let failure = connection.client().unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            assert!(failure.chain()[0].contains(named), "{:?}", failure.chain());
            connection.client_secret = Some(SecretSource::Given("hush".to_owned().into()));
            assert!(connection.client().is_ok(), "{named}");
        }
    }

    #[test]
    fn a_choice_is_written_as_it_is_read() {
        for format in WireFormat::value_variants() {
            assert_eq!(
                WireFormat::from_str(&typed(*format), false).as_ref(),
                Ok(format)
            );
        }
        assert_eq!(typed(ClientAuth::Basic), "basic");
    }
}
