use std::borrow::Cow;

use serde::{Deserialize, de::DeserializeSeed};
use serde_json::Value;

use crate::{
    CoverNames, Error, Finding, Payload, ServerMessage, XmlError,
    document::{Document, Reader},
    excerpt::{LOOKED_AT, Redaction},
    message::unescape,
    xml::{Broken, Tree},
};

/// Reads an answer, whatever it turns out to be.
pub(crate) fn read(
    bytes: &[u8],
    names: &CoverNames,
    redaction: &Redaction,
) -> Result<Payload, Error> {
    let bytes = utf8(bytes);
    let read = match Body::of(&bytes) {
        Body::Json(json) => match (read_json(json, names, redaction), std::str::from_utf8(json)) {
            (Err(Error::Decode { .. }), Err(_)) => {
                let text = String::from_utf8_lossy(json);
                read_json(text.as_bytes(), names, redaction).map(mended)
            }
            (read, _) => read,
        },
        Body::Xml(xml) => match std::str::from_utf8(xml) {
            Ok(text) => read_xml(text, names, redaction),
            Err(_) => read_xml(&String::from_utf8_lossy(xml), names, redaction).map(mended),
        },
        Body::Message(text) => Err(server(&text, redaction)),
        other => Err(Error::NotIsams {
            received: other.describe(redaction),
        }),
    };
    read.map(|mut payload| {
        payload.redact(redaction);
        payload
    })
}

/// Reads an answer as it stands, XML as the JSON it would have been converted to.
///
/// What [`read`] refuses is refused here, too, with the same errors.
pub(crate) fn value(bytes: &[u8]) -> Result<Value, Error> {
    read(bytes, &CoverNames::new(), &Redaction::default())?;
    let bytes = utf8(bytes);
    let text = String::from_utf8_lossy(bytes.trim_ascii());
    if text.starts_with('{') {
        return serde_json::from_str(&text).map_err(|source| Error::Decode { path: None, source });
    }
    let xml = |source| Error::Xml { path: None, source };
    let tree = Tree::read(&text).map_err(|Broken { error, .. }| xml(error))?;
    Value::deserialize(tree.document()).map_err(xml)
}

/// Looks at the answer to a request that failed: the error document, if it is one, or else a description.
pub(crate) fn refusal(bytes: &[u8], redaction: &Redaction) -> Result<ServerMessage, String> {
    let bytes = utf8(bytes);
    let body = Body::of(&bytes);
    match &body {
        Body::Message(text) => Ok(message(ServerMessage::from_xml(text), redaction)),
        Body::Json(json) => match parse(json, &CoverNames::new()) {
            Ok(Document::Message(found)) => Ok(message(found, redaction)),
            _ => Err(body.describe(redaction)),
        },
        _ => Err(body.describe(redaction)),
    }
}

fn read_json(json: &[u8], names: &CoverNames, redaction: &Redaction) -> Result<Payload, Error> {
    match parse(json, names) {
        Ok(Document::Payload(payload)) => Ok(*payload),
        Ok(Document::Message(found)) => Err(Error::Server(message(found, redaction))),
        Ok(Document::Other) => Err(Error::NotIsams {
            received: format!(
                "JSON without an `iSAMS` object: {}",
                redaction.excerpt(&lossy(json))
            ),
        }),
        Err(source) => Err(Error::Decode {
            // Names of members come from the server too.
            path: path_of_failure(json).map(|path| redaction.brief(&path)),
            source,
        }),
    }
}

fn read_xml(text: &str, names: &CoverNames, redaction: &Redaction) -> Result<Payload, Error> {
    let broken = |path: Option<String>, error: XmlError| Error::Xml {
        path: path.map(|path| redaction.brief(&path)),
        source: error.redacted(|reason| redaction.brief(reason)),
    };
    let tree = Tree::read(text).map_err(|Broken { path, error }| broken(path, error))?;
    match Reader(names).deserialize(tree.document()) {
        Ok(Document::Payload(payload)) => Ok(*payload),
        Ok(Document::Message(found)) => Err(Error::Server(message(found, redaction))),
        Ok(Document::Other) => Err(Error::NotIsams {
            received: redaction.excerpt(&lossy(text.as_bytes())),
        }),
        Err(error) => Err(broken(None, error)),
    }
}

/// Notes that the answer was in no known encoding. Guessing another would be no better.
fn mended(mut payload: Payload) -> Payload {
    payload.findings.insert(
        0,
        Finding {
            area: None,
            path: String::new(),
            reason: "not all of the answer is UTF-8; what is not was replaced by \u{fffd}"
                .to_owned(),
        },
    );
    payload
}

fn parse(json: &[u8], names: &CoverNames) -> serde_json::Result<Document> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let document = Reader(names).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(document)
}

/// Parses again, keeping track of the path, which the first parse does without for speed.
fn path_of_failure(json: &[u8]) -> Option<String> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut deserializer, &mut track);
    // The names change nothing about where a document is broken.
    Reader(&CoverNames::new()).deserialize(tracked).err()?;
    let path = track.path().to_string();
    (path != ".").then_some(path)
}

fn server(text: &str, redaction: &Redaction) -> Error {
    Error::Server(message(ServerMessage::from_xml(text), redaction))
}

fn message(mut message: ServerMessage, redaction: &Redaction) -> ServerMessage {
    for text in message.texts_mut() {
        *text = redaction.apply(text).into_owned();
    }
    message
}

/// What an answer looks like from its beginning.
enum Body<'a> {
    Empty,
    Json(&'a [u8]),
    Message(Cow<'a, str>),
    Html(Cow<'a, str>),
    Xml(&'a [u8]),
    Other(Cow<'a, str>),
}

impl<'a> Body<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let bytes = bytes.trim_ascii();
        if bytes.is_empty() {
            return Self::Empty;
        }
        if bytes.starts_with(b"{") {
            return Self::Json(bytes);
        }
        let text = lossy(bytes);
        match root(&text) {
            Some("Message") => Self::Message(text),
            Some("iSAMS") => Self::Xml(bytes),
            Some(name) if name.eq_ignore_ascii_case("html") => Self::Html(text),
            _ => Self::Other(text),
        }
    }

    fn describe(&self, redaction: &Redaction) -> String {
        match self {
            Self::Empty => "an empty answer".to_owned(),
            Self::Json(json) => format!("JSON: {}", redaction.excerpt(&lossy(json))),
            Self::Message(text) | Self::Other(text) => redaction.excerpt(text),
            Self::Html(text) => match title(text) {
                Some(title) => format!("an HTML page titled `{}`", redaction.excerpt(&title)),
                None => "an HTML page".to_owned(),
            },
            Self::Xml(xml) => format!("iSAMS XML: {}", redaction.excerpt(&lossy(xml))),
        }
    }
}

/// The beginning of the bytes as text. The encoding that a prolog declares is ignored: iSAMS says UTF-16 where it
/// sends single bytes (three public sources).
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes.get(..LOOKED_AT).unwrap_or(bytes))
}

/// Strips a byte order mark, and turns what is UTF-16 by its mark or its zero bytes into UTF-8.
fn utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<_> = bytes
            .chunks_exact(2)
            .map(|pair| unit([pair[0], pair[1]]))
            .collect();
        Cow::Owned(String::from_utf16_lossy(&units).into_bytes())
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => Cow::Borrowed(rest),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [b'<' | b'{', 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, b'<' | b'{', ..] => utf16(bytes, u16::from_be_bytes),
        _ => Cow::Borrowed(bytes),
    }
}

/// The name of the root element, after a prolog, comments and a document type; `html` for a document type HTML.
fn root(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    loop {
        let inside = rest.strip_prefix('<')?;
        if inside.starts_with('?') {
            rest = inside.split_once("?>")?.1.trim_start();
        } else if inside.starts_with("!--") {
            rest = inside.split_once("-->")?.1.trim_start();
        } else if let Some(declaration) = inside.strip_prefix('!') {
            let (declaration, after) = declaration.split_once('>')?;
            let mut words = declaration.split_ascii_whitespace().skip(1);
            if let Some(name) = words
                .next()
                .filter(|name| name.eq_ignore_ascii_case("html"))
            {
                return Some(name);
            }
            rest = after.trim_start();
        } else {
            let end = inside
                .find(|c: char| c.is_whitespace() || c == '>' || c == '/')
                .unwrap_or(inside.len());
            return Some(&inside[..end]);
        }
    }
}

fn title(html: &str) -> Option<String> {
    // ASCII lower case keeps every byte offset.
    let lower = html.to_ascii_lowercase();
    let tag = lower.find("<title")?;
    let start = tag + lower[tag..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let title = unescape(html[start..end].trim());
    (!title.is_empty()).then_some(title)
}
