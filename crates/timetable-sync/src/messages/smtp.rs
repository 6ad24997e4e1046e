//! Messages by SMTP.

use std::{error::Error as StdError, fmt, net::IpAddr, time::Duration};

use async_trait::async_trait;
use booking_store::{Delivery, Notice};
use lettre::{
    Address, Message,
    transport::smtp::{
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{
            AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters, TlsParametersBuilder,
        },
        commands::{Data, Mail, Quit, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time;

use super::{letterhead::Letterhead, line::one_line, notifier::Notifier};

/// For how long one message may take unless set.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The longest time-out: a message that takes longer than its claim would be sent by two.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// For how long to wait for the answer to a farewell that nobody needs.
const FAREWELL: Duration = Duration::from_secs(1);

/// So much of what a server says is kept.
const LONGEST_REASON: usize = 300;

/// How to reach a mail server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SmtpSettings {
    /// The name or address of the server.
    pub host: String,
    /// Its port; the usual one of the security unless set.
    pub port: Option<u16>,
    /// How the connection is protected; [`SmtpSecurity::StartTls`] unless set.
    pub security: SmtpSecurity,
    /// The name to sign in with; without one nobody signs in.
    pub user: Option<String>,
    /// The password to sign in with.
    pub password: Option<SecretString>,
    /// Who e-mails are from, and where the administrator's go.
    pub letterhead: Letterhead,
    /// For how long one message may take; half a minute unless set, and five minutes at most.
    pub timeout: Duration,
    /// The certificate authority of the server, as PEM: the only one that is trusted then. Those of the system unless
    /// set.
    pub root_certificate: Option<String>,
}

/// How a connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SmtpSecurity {
    /// It begins in the clear and must turn to TLS before anything is said; port 587 unless set.
    #[default]
    StartTls,
    /// It is TLS from the first byte; port 465 unless set.
    Tls,
    /// Not at all, which is allowed to this computer only; port 25 unless set.
    None,
}

/// Settings that make no mailer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SmtpError {
    /// The host is blank.
    #[error("the mail server has no name")]
    NoHost,
    /// Mail in the clear leaves this computer.
    #[error(
        "mail to `{host}` would not be encrypted, which is allowed to this computer only; use STARTTLS or TLS"
    )]
    InTheClear {
        /// The host as given.
        host: String,
    },
    /// Of name and password there is only one.
    #[error("to sign in to the mail server takes both a user and a password")]
    HalfASignIn,
    /// No message could be sent in the time, or two would send it.
    #[error("the time-out of the mail server is not between 1 second and {} minutes", LONGEST.as_secs() / 60)]
    Timeout,
    /// The root certificate is none in PEM form.
    #[error("the root certificate of the mail server is none in PEM form")]
    NoCertificate,
    /// The certificate cannot be read, or the system's cannot be used.
    #[error("the connection to the mail server cannot be protected")]
    Tls(#[source] lettre::transport::smtp::Error),
}

impl SmtpSettings {
    /// This server, by STARTTLS and without signing in.
    pub fn new(host: impl Into<String>, letterhead: Letterhead) -> Self {
        Self {
            host: host.into(),
            port: None,
            security: SmtpSecurity::default(),
            user: None,
            password: None,
            letterhead,
            timeout: TIMEOUT,
            root_certificate: None,
        }
    }
}

/// Sends messages by SMTP, each over a connection of its own.
///
/// What the server refuses for good (a code from 500, or an address that is none) fails; all else, such as a code from
/// 400, a time-out, a dropped connection, a server that is not there or a refused sign-in, is tried again.
pub struct SmtpNotifier {
    settings: SmtpSettings,
    tls: Option<TlsParameters>,
}

impl SmtpNotifier {
    /// A mailer. Nothing is sent and nobody connected to.
    ///
    /// # Errors
    ///
    /// [`SmtpError`].
    pub fn new(settings: SmtpSettings) -> Result<Self, SmtpError> {
        let host = settings.host.trim();
        if host.is_empty() {
            return Err(SmtpError::NoHost);
        }
        if settings.security == SmtpSecurity::None && !is_loopback(host) {
            let host = host.to_owned();
            return Err(SmtpError::InTheClear { host });
        }
        if settings.user.is_some() != settings.password.is_some() {
            return Err(SmtpError::HalfASignIn);
        }
        if settings.timeout < Duration::from_secs(1) || settings.timeout > LONGEST {
            return Err(SmtpError::Timeout);
        }
        let root = settings.root_certificate.as_deref();
        if root.is_some_and(|root| !root.contains("-----BEGIN CERTIFICATE-----")) {
            return Err(SmtpError::NoCertificate);
        }
        let tls = match settings.security {
            SmtpSecurity::None => None,
            SmtpSecurity::StartTls | SmtpSecurity::Tls => {
                Some(tls(host, root).map_err(SmtpError::Tls)?)
            }
        };
        Ok(Self { settings, tls })
    }

    async fn send(&self, message: &Message) -> Result<(), Refused> {
        let timeout = self.settings.timeout;
        let exchange = async {
            let mut connection = self.connect().await?;
            let outcome = hand_over(&mut connection, message).await;
            Ok((connection, outcome))
        };
        let (mut connection, outcome) =
            time::timeout(timeout, exchange).await.unwrap_or_else(|_| {
                let seconds = timeout.as_secs();
                Err(Refused::Now(format!(
                    "the mail server did not answer within {seconds} seconds"
                )))
            })?;
        // The message is accepted or it is not, whatever becomes of the farewell.
        let _ = time::timeout(FAREWELL, connection.command(Quit)).await;
        outcome
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Refused> {
        let settings = &self.settings;
        let port = settings.port.unwrap_or(match settings.security {
            SmtpSecurity::StartTls => 587,
            SmtpSecurity::Tls => 465,
            SmtpSecurity::None => 25,
        });
        let name = ClientId::default();
        let from_the_start = match settings.security {
            SmtpSecurity::Tls => self.tls.clone(),
            SmtpSecurity::StartTls | SmtpSecurity::None => None,
        };
        let server = (settings.host.trim(), port);
        // A name can have several addresses, of which the first may not answer.
        let attempt = Some(settings.timeout / 3);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, attempt, &name, from_the_start, None)
                .await
                .map_err(|error| Refused::now("the mail server cannot be reached", &error))?;
        if let (SmtpSecurity::StartTls, Some(tls)) = (settings.security, &self.tls) {
            connection
                .starttls(tls.clone(), &name)
                .await
                .map_err(|error| Refused::now("the connection cannot be encrypted", &error))?;
        }
        if let (Some(user), Some(password)) = (&settings.user, &settings.password) {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            connection
                .auth(DEFAULT_MECHANISMS, &credentials)
                .await
                // What a server says to a sign-in may repeat it.
                .map_err(|error| {
                    let code = error.status().map(|code| format!(" ({code})"));
                    let code = code.unwrap_or_default();
                    Refused::Now(format!("the mail server does not let us sign in{code}"))
                })?;
        }
        Ok(connection)
    }
}

impl fmt::Debug for SmtpNotifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpNotifier")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Notifier for SmtpNotifier {
    async fn deliver(&self, notice: &Notice) -> Delivery {
        let message = match self.settings.letterhead.message(notice) {
            Ok(message) => message,
            Err(error) => return Delivery::Failed(chain(&error)),
        };
        match self.send(&message).await {
            Ok(()) => Delivery::Sent,
            Err(Refused::ForGood(reason)) => Delivery::Failed(reason),
            Err(Refused::Now(reason)) => Delivery::TryAgain {
                reason,
                not_before: None,
            },
        }
    }
}

/// Why a message was not accepted.
enum Refused {
    ForGood(String),
    Now(String),
}

impl Refused {
    fn now(what: &str, error: &lettre::transport::smtp::Error) -> Self {
        Self::Now(cut(&format!("{what}: {error}")))
    }

    /// What a server says to a recipient or a letter. To be asked to sign in is about the settings, not about the message.
    fn of(error: &lettre::transport::smtp::Error) -> Self {
        let reason = Self::reason(error);
        match error.status().map(u16::from) {
            Some(530 | 534 | 535 | 538) => Self::Now(reason),
            Some(500..) => Self::ForGood(reason),
            _ => Self::Now(reason),
        }
    }

    fn reason(error: &lettre::transport::smtp::Error) -> String {
        cut(&match error.status().map(u16::from) {
            Some(code) => {
                let said = error.source().map(ToString::to_string).unwrap_or_default();
                format!("the mail server says {code} {said}")
            }
            None => format!("the connection to the mail server broke: {error}"),
        })
    }
}

async fn hand_over(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), Refused> {
    let envelope = message.envelope();
    let bytes = message.formatted();
    let mut options = Vec::new();
    let server = connection.server_info();
    let mut addresses = envelope.to().iter().chain(envelope.from());
    let beyond_ascii = |address: &Address| !AsRef::<str>::as_ref(address).is_ascii();
    if addresses.any(beyond_ascii) {
        if !server.supports_feature(Extension::SmtpUtfEight) {
            if envelope.from().is_some_and(beyond_ascii) {
                let reason = "the mail server cannot send from addresses beyond ASCII";
                return Err(Refused::Now(reason.to_owned()));
            }
            let reason = "the mail server cannot send to addresses beyond ASCII";
            return Err(Refused::ForGood(reason.to_owned()));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !bytes.is_ascii() {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let refused = |error| Refused::of(&error);
    let from = envelope.from().cloned();
    connection
        .command(Mail::new(from, options))
        .await
        // Whom messages are from is about the settings, and all messages share them.
        .map_err(|error| Refused::Now(Refused::reason(&error)))?;
    for to in envelope.to() {
        let to = Rcpt::new(to.clone(), Vec::new());
        connection.command(to).await.map_err(refused)?;
    }
    connection.command(Data).await.map_err(refused)?;
    connection.message(&bytes).await.map_err(refused)?;
    Ok(())
}

fn tls(host: &str, root: Option<&str>) -> Result<TlsParameters, lettre::transport::smtp::Error> {
    let mut builder = TlsParametersBuilder::new(host.to_owned());
    if let Some(root) = root {
        builder = builder
            .certificate_store(CertificateStore::None)
            .add_root_certificate(Certificate::from_pem(root.as_bytes())?);
    }
    builder.build_rustls()
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// One line, not too long.
fn cut(reason: &str) -> String {
    one_line(reason).chars().take(LONGEST_REASON).collect()
}

/// An error with its sources.
pub(super) fn chain(error: &dyn StdError) -> String {
    let mut texts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        texts.push(one_line(&error.to_string()));
        next = error.source();
    }
    texts.join(": ")
}
