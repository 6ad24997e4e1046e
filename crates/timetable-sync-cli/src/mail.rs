//! How messages are worded and sent: the environment over the file.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::ValueEnum;
use secrecy::SecretString;
use serde::Deserialize;
use timetable_sync::{
    Letterhead, MessageSettings, SmtpNotifier, SmtpSecurity, SmtpSettings, Templates,
};

use crate::{
    config::number,
    connection::choice,
    exit::{Exit, Failure, Outcome},
};

/// Stands in an `.eml` file where no address is set.
const NO_ADDRESS: &str = "not-set@timetable-sync.example";

/// The part of the file about messages.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailFile {
    school_name: Option<String>,
    contact: Option<String>,
    /// A folder with templates, by their names.
    templates: Option<PathBuf>,
    from: Option<String>,
    reply_to: Option<String>,
    administrator: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    security: Option<Security>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    root_certificate_file: Option<PathBuf>,
    /// Seconds.
    timeout: Option<u64>,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Security {
    /// From the first answer
    #[value(name = "starttls")]
    StartTls,
    /// From the first byte
    Tls,
    /// Not at all; only to this computer
    None,
}

/// How messages are worded and sent. Files are read when they are needed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mail {
    pub(crate) messages: MessageSettings,
    templates: Option<PathBuf>,
    from: Option<String>,
    administrator: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    security: Option<Security>,
    user: Option<String>,
    password: Option<Password>,
    root_certificate: Option<PathBuf>,
    timeout: Option<Duration>,
}

/// Where the password is.
#[derive(Clone, Debug)]
enum Password {
    Given(SecretString),
    File(PathBuf),
}

impl MailFile {
    /// Paths in the file start at its folder.
    pub(crate) fn start_at(&mut self, folder: &Path) {
        for path in [
            &mut self.templates,
            &mut self.password_file,
            &mut self.root_certificate_file,
        ]
        .into_iter()
        .flatten()
        {
            *path = folder.join(&*path);
        }
    }
}

impl Mail {
    /// Puts environment and file together. An empty variable counts as none.
    pub(crate) fn resolve(
        env: &impl Fn(&'static str) -> Option<String>,
        file: MailFile,
    ) -> Outcome<Self> {
        let password = env("TIMETABLE_SYNC_SMTP_PASSWORD")
            .map(|password| Password::Given(password.into()))
            .or_else(|| {
                env("TIMETABLE_SYNC_SMTP_PASSWORD_FILE").map(|path| Password::File(path.into()))
            })
            .or(file.password_file.map(Password::File));
        let port = match number(env, "TIMETABLE_SYNC_SMTP_PORT")? {
            Some(port) => Some(u16::try_from(port).map_err(|_| {
                Failure::usage(format!(
                    "TIMETABLE_SYNC_SMTP_PORT is `{port}`, which is no port"
                ))
            })?),
            None => file.port,
        };
        let timeout = number(env, "TIMETABLE_SYNC_SMTP_TIMEOUT")?
            .map(|seconds| seconds as u64)
            .or(file.timeout);
        let from = env("TIMETABLE_SYNC_SMTP_FROM").or(file.from);
        let reply_to = env("TIMETABLE_SYNC_SMTP_REPLY_TO").or(file.reply_to);
        let mail = Self {
            messages: MessageSettings {
                school_name: file.school_name,
                contact: file.contact,
                // Answers go to the sender unless something else is said.
                reply_to: reply_to.or_else(|| from.clone()),
            },
            templates: file.templates,
            from,
            administrator: env("TIMETABLE_SYNC_SMTP_ADMINISTRATOR").or(file.administrator),
            host: env("TIMETABLE_SYNC_SMTP_HOST").or(file.host),
            port,
            security: choice(env, "TIMETABLE_SYNC_SMTP_SECURITY")?.or(file.security),
            user: env("TIMETABLE_SYNC_SMTP_USER").or(file.user),
            password,
            root_certificate: env("TIMETABLE_SYNC_SMTP_ROOT_CERTIFICATE_FILE")
                .map(PathBuf::from)
                .or(file.root_certificate_file),
            timeout: timeout.map(Duration::from_secs),
        };
        mail.check()?;
        Ok(mail)
    }

    /// Refuses what would be ignored.
    fn check(&self) -> Outcome<()> {
        if self.host.is_some() {
            return match self.from {
                Some(_) => Ok(()),
                None => Err(Failure::usage(
                    "there is a mail server, but no address that messages are from: set `from` under [mail]",
                )),
            };
        }
        let useless = [
            ("a port", self.port.is_some()),
            ("a security", self.security.is_some()),
            ("a user", self.user.is_some()),
            ("a password", self.password.is_some()),
            ("a root certificate", self.root_certificate.is_some()),
            ("a time-out", self.timeout.is_some()),
        ];
        match useless.into_iter().find(|(_, given)| *given) {
            Some((what, _)) => Err(Failure::usage(format!(
                "there is {what} of a mail server, but no server: set `host` under [mail]"
            ))),
            None => Ok(()),
        }
    }

    /// What letters say: the templates of the folder in the place of those of the program.
    pub(crate) fn templates(&self) -> Outcome<Templates> {
        let Some(folder) = &self.templates else {
            return Ok(Templates::new());
        };
        let unusable = |failure: Failure| {
            failure.context(format!(
                "the templates in {} cannot be used",
                folder.display()
            ))
        };
        let read = || -> Outcome<Templates> {
            let failure = |error| Failure::new(Exit::Usage, error);
            let mut templates = Templates::new();
            for entry in fs::read_dir(folder).map_err(failure)? {
                let path = entry.map_err(failure)?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                // What editors and systems leave behind.
                if name.starts_with('.') || name.ends_with('~') || path.is_dir() {
                    continue;
                }
                let source = fs::read_to_string(&path)
                    .map_err(|error| failure(error).context(format!("{name} cannot be read")))?;
                templates = templates
                    .with(&name, source)
                    .map_err(|error| Failure::new(Exit::Usage, error))?;
            }
            Ok(templates)
        };
        read().map_err(unusable)
    }

    /// Who e-mails are from. Where nothing is set, an address that nobody has stands in for it.
    pub(crate) fn letterhead(&self) -> Outcome<Letterhead> {
        let refused = |what: &'static str| {
            move |error| Failure::new(Exit::Usage, error).context(format!("{what} cannot be used"))
        };
        let from = self.from.as_deref().unwrap_or(NO_ADDRESS);
        let mut letterhead =
            Letterhead::new(from).map_err(refused("the address that messages are from"))?;
        if let Some(address) = &self.messages.reply_to {
            let used = letterhead.reply_to(address);
            letterhead = used.map_err(refused("the address that answers go to"))?;
        }
        if let Some(address) = &self.administrator {
            let used = letterhead.administrator(address);
            letterhead = used.map_err(refused("the administrator's address"))?;
        }
        Ok(letterhead)
    }

    /// The same for a file that is only looked at.
    pub(crate) fn letterhead_of_a_file(&self) -> Outcome<Letterhead> {
        let letterhead = self.letterhead()?;
        match self.administrator {
            Some(_) => Ok(letterhead),
            None => letterhead
                .administrator(NO_ADDRESS)
                .map_err(|error| Failure::new(Exit::Failed, error)),
        }
    }

    /// What sends messages; `None` where no mail server is set.
    pub(crate) fn notifier(&self) -> Outcome<Option<SmtpNotifier>> {
        let Some(host) = &self.host else {
            return Ok(None);
        };
        let mut settings = SmtpSettings::new(host, self.letterhead()?);
        settings.port = self.port;
        settings.security = match self.security {
            None | Some(Security::StartTls) => SmtpSecurity::StartTls,
            Some(Security::Tls) => SmtpSecurity::Tls,
            Some(Security::None) => SmtpSecurity::None,
        };
        settings.user.clone_from(&self.user);
        settings.password = match &self.password {
            None => None,
            Some(Password::Given(password)) => Some(password.clone()),
            Some(Password::File(path)) => Some(password_in(path)?),
        };
        if let Some(path) = &self.root_certificate {
            let text = read(path, "the root certificate of the mail server")?;
            settings.root_certificate = Some(text);
        }
        if let Some(timeout) = self.timeout {
            settings.timeout = timeout;
        }
        let notifier = SmtpNotifier::new(settings).map_err(|error| {
            Failure::new(Exit::Usage, error).context("the mail settings cannot be used")
        })?;
        Ok(Some(notifier))
    }
}

/// The password in a file. It is not repeated, and neither is the path.
fn password_in(path: &Path) -> Outcome<SecretString> {
    let name = "the file with the password of the mail server";
    match read(path, name)?.trim_end_matches(['\r', '\n']) {
        "" => Err(Failure::usage(format!("{name} is empty"))),
        password => Ok(password.to_owned().into()),
    }
}

fn read(path: &Path, name: &str) -> Outcome<String> {
    fs::read_to_string(path)
        .map_err(|error| Failure::new(Exit::Usage, error).context(format!("{name} cannot be read")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(env: &[(&'static str, &str)], file: &str) -> Outcome<Mail> {
        let env = |name: &'static str| {
            let found = env.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Mail::resolve(&env, toml::from_str(file).unwrap())
    }

    #[test]
    fn the_environment_comes_before_the_file_and_a_password_does_not_show() {
        let file = "host = 'file.example'\nport = 25\nsecurity = 'tls'\nfrom = 'file@school.example'\n\
                    user = 'file'\npassword_file = 'secret'\nadministrator = 'file@school.example'\ntimeout = 7";
        let of_file = resolve(&[], file).unwrap();
        assert_eq!(
            (of_file.host.as_deref(), of_file.port, of_file.security),
            (Some("file.example"), Some(25), Some(Security::Tls))
        );
        assert_eq!(of_file.timeout, Some(Duration::from_secs(7)));
        assert!(
            matches!(&of_file.password, Some(Password::File(path)) if path == Path::new("secret"))
        );
        assert_eq!(
            of_file.messages.reply_to.as_deref(),
            Some("file@school.example")
        );

        let env = [
            ("TIMETABLE_SYNC_SMTP_HOST", "env.example"),
            ("TIMETABLE_SYNC_SMTP_PORT", "2525"),
            ("TIMETABLE_SYNC_SMTP_SECURITY", "StartTLS"),
            ("TIMETABLE_SYNC_SMTP_FROM", "env@school.example"),
            ("TIMETABLE_SYNC_SMTP_USER", "env"),
            ("TIMETABLE_SYNC_SMTP_PASSWORD", "hush"),
            ("TIMETABLE_SYNC_SMTP_REPLY_TO", "answers@school.example"),
            ("TIMETABLE_SYNC_SMTP_ADMINISTRATOR", "admin@school.example"),
            ("TIMETABLE_SYNC_SMTP_TIMEOUT", "9"),
        ];
        let mail = resolve(&env, file).unwrap();
        assert_eq!(
            (mail.host.as_deref(), mail.port, mail.security),
            (Some("env.example"), Some(2525), Some(Security::StartTls))
        );
        assert_eq!(
            (mail.from.as_deref(), mail.user.as_deref()),
            (Some("env@school.example"), Some("env"))
        );
        assert_eq!(
            mail.messages.reply_to.as_deref(),
            Some("answers@school.example")
        );
        assert_eq!(mail.administrator.as_deref(), Some("admin@school.example"));
        assert!(matches!(mail.password, Some(Password::Given(_))));
        assert!(!format!("{mail:?}").contains("hush"));
    }

    #[test]
    fn a_port_beyond_ports_is_refused() {
        let env = [("TIMETABLE_SYNC_SMTP_PORT", "70000")];
        let failure = resolve(&env, "").unwrap_err();
        assert!(
            failure.chain()[0].contains("70000"),
            "{:?}",
            failure.chain()
        );
    }
}
