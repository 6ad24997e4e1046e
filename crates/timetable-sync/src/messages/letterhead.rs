//! A message as an e-mail.

use booking_store::{Notice, Recipient};
use lettre::{
    Address, Message,
    address::{AddressError, Envelope},
    message::{
        Attachment, Body, Mailbox, MultiPart, MultiPartKind, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use sha2::{Digest, Sha256};

use super::line::one_line;

/// Who e-mails are from, and where the administrator's go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letterhead {
    from: Mailbox,
    reply_to: Option<Mailbox>,
    administrator: Option<Mailbox>,
}

/// An address that is none.
#[derive(Debug, thiserror::Error)]
#[error("`{given}` is no e-mail address")]
pub struct InvalidAddress {
    given: String,
    source: AddressError,
}

/// Why a message cannot become an e-mail.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Undeliverable {
    /// The owner's address is none.
    #[error("the owner's address cannot be used")]
    Address(#[source] InvalidAddress),
    /// The message is for the administrator, and no address is set.
    #[error("no address of the administrator is set; set one, and queue this message again")]
    NoAdministrator,
    /// It cannot be put together.
    #[error("the e-mail cannot be put together")]
    Build(#[source] lettre::error::Error),
}

impl Letterhead {
    /// E-mails from this address, such as `Room bookings <rooms@school.example>` or the address alone.
    ///
    /// # Errors
    ///
    /// [`InvalidAddress`].
    pub fn new(from: &str) -> Result<Self, InvalidAddress> {
        Ok(Self {
            from: mailbox(from)?,
            reply_to: None,
            administrator: None,
        })
    }

    /// The same with the address that answers go to; that of the sender unless set.
    ///
    /// # Errors
    ///
    /// [`InvalidAddress`].
    pub fn reply_to(mut self, address: &str) -> Result<Self, InvalidAddress> {
        self.reply_to = Some(mailbox(address)?);
        Ok(self)
    }

    /// The same with the administrator's address. Without one, messages to the administrator fail, and stay visible in the
    /// outbox until they are queued again.
    ///
    /// # Errors
    ///
    /// [`InvalidAddress`].
    pub fn administrator(mut self, address: &str) -> Result<Self, InvalidAddress> {
        self.administrator = Some(mailbox(address)?);
        Ok(self)
    }

    /// The message as the bytes of an e-mail, which is also what an `.eml` file holds.
    ///
    /// It is `multipart/alternative` with the text, the page and the calendar part, as far as there are any. A calendar
    /// part is about one event (RFC 5546), so where there are more, each further one is a file beside these. The
    /// `Message-ID` depends on the message and the sender's domain alone, so a message that is sent twice is one to its
    /// reader.
    ///
    /// # Errors
    ///
    /// [`Undeliverable`].
    pub fn eml(&self, notice: &Notice) -> Result<Vec<u8>, Undeliverable> {
        Ok(self.message(notice)?.formatted())
    }

    /// The e-mail with whom it is from and to.
    pub(super) fn message(&self, notice: &Notice) -> Result<Message, Undeliverable> {
        let id = stable_id(notice);
        let to = match &notice.to {
            Recipient::Owner { name, email } => {
                let email = address(email).map_err(Undeliverable::Address)?;
                let name = name.as_deref().map(one_line);
                Mailbox::new(name.filter(|name| !name.is_empty()), email)
            }
            Recipient::Administrator => self
                .administrator
                .clone()
                .ok_or(Undeliverable::NoAdministrator)?,
        };
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![to.email.clone()])
            .map_err(Undeliverable::Build)?;
        let mut builder = Message::builder()
            .envelope(envelope)
            .from(self.from.clone())
            .to(to)
            .subject(one_line(&notice.subject))
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        // So that no absence notice answers it (RFC 3834).
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        let builder = builder.raw_header(HeaderValue::new(name, "auto-generated".to_owned()));

        let mut parts = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            // Every part is encoded, so no line of one can begin with this.
            .boundary(format!("=_{id}"))
            .singlepart(part(ContentType::TEXT_PLAIN, text(&notice.text)));
        if let Some(page) = &notice.html {
            parts = parts.singlepart(part(ContentType::TEXT_HTML, text(page)));
        }
        let mut events = objects(notice.calendar.as_deref().unwrap_or_default())
            .into_iter()
            .filter_map(|event| Some((event, ContentType::parse(&calendar_type(event)).ok()?)));
        if let Some((event, kind)) = events.next() {
            parts = parts.singlepart(part(kind, Body::new(event.as_bytes().to_vec())));
        }
        let files: Vec<SinglePart> = (2..)
            .zip(events)
            .map(|(number, (event, kind))| {
                Attachment::new(format!("booking-{number}.ics"))
                    .body(event.as_bytes().to_vec(), kind)
            })
            .collect();
        if !files.is_empty() {
            let whole = MultiPart::builder()
                .kind(MultiPartKind::Mixed)
                .boundary(format!("=_{id}_files"))
                .multipart(parts);
            parts = files.into_iter().fold(whole, MultiPart::singlepart);
        }
        builder.multipart(parts).map_err(Undeliverable::Build)
    }
}

/// A name for the message that fits into a header and a file name.
pub(super) fn stable_id(notice: &Notice) -> String {
    let id = notice.id.as_str();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !id.is_empty() && id.len() <= 60 && id.chars().all(plain) && !id.starts_with('.') {
        return id.to_owned();
    }
    let hash = Sha256::digest(id);
    hash.iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn part(kind: ContentType, body: Body) -> SinglePart {
    SinglePart::builder().header(kind).body(body)
}

/// The calendar objects of a stream (RFC 5545 §3.4).
fn objects(mut stream: &str) -> Vec<&str> {
    const END: &str = "END:VCALENDAR\r\n";
    let mut objects = Vec::new();
    while let Some(end) = stream.find(&format!("\n{END}")) {
        let (object, rest) = stream.split_at(end + 1 + END.len());
        objects.push(object);
        stream = rest;
    }
    if !stream.trim().is_empty() {
        objects.push(stream);
    }
    objects
}

/// The type names the method of the file (RFC 6047), or else a reader takes it for no more than a file.
fn calendar_type(calendar: &str) -> String {
    let method = calendar
        .lines()
        .find_map(|line| line.strip_prefix("METHOD:"));
    let known = method.filter(|method| ["CANCEL", "REQUEST", "PUBLISH"].contains(method));
    match known {
        Some(method) => format!("text/calendar; method={method}; charset=utf-8"),
        None => "text/calendar; charset=utf-8".to_owned(),
    }
}

/// Any text has a quoted-printable form, also one of plain ASCII.
fn text(text: &str) -> Body {
    Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::QuotedPrintable)
        .unwrap_or_else(Body::new)
}

fn address(given: &str) -> Result<Address, InvalidAddress> {
    given.trim().parse().map_err(|source| InvalidAddress {
        given: one_line(given),
        source,
    })
}

fn mailbox(given: &str) -> Result<Mailbox, InvalidAddress> {
    match given
        .trim()
        .strip_suffix('>')
        .and_then(|rest| rest.rsplit_once('<'))
    {
        Some((name, email)) => {
            let name = one_line(name.trim().trim_matches('"'));
            Ok(Mailbox::new(
                Some(name).filter(|name| !name.is_empty()),
                address(email)?,
            ))
        }
        None => Ok(Mailbox::new(None, address(given)?)),
    }
}
