use std::fmt;

use reqwest::StatusCode;

use crate::{DataArea, row::row};

/// The error document of iSAMS, root `Message` (the vendor's documentation and seven recorded ones).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerMessage {
    /// `MessageId`, such as `InvalidApiKey` (the vendor's documentation and seven recorded ones).
    pub id: Option<String>,
    /// `Title`, in English (the vendor's documentation and seven recorded ones).
    pub title: Option<String>,
    /// `Description`, in English (the vendor's documentation and seven recorded ones).
    pub description: Option<String>,
    /// The HTTP status it came with. `None` for a document that was not fetched.
    pub status: Option<StatusCode>,
}

row!(ServerMessage {
    id: "MessageId",
    title: "Title",
    description: "Description",
});

impl ServerMessage {
    /// Reads the XML form from its root element on. Whatever is not there is `None`.
    ///
    /// A scan rather than an XML reader: the documents come with a wrong encoding label, and a half of one is still
    /// worth showing.
    pub(crate) fn from_xml(document: &str) -> Self {
        Self {
            id: element(document, "MessageId"),
            title: element(document, "Title"),
            description: element(document, "Description"),
            status: None,
        }
    }

    /// The methods that the key does not hold, as the server names them, in lower case; none for any other error.
    ///
    /// They stand after the last `: ` of the description (the vendor's documentation and one recorded document).
    /// That several are parted by commas or lines is inferred.
    pub fn refused_methods(&self) -> Vec<String> {
        if self.id.as_deref() != Some("MethodsNotAllocatedToKeyException") {
            return Vec::new();
        }
        let description = self.description.as_deref().unwrap_or_default();
        let list = match description.rsplit_once(':') {
            Some((_, list)) => list,
            None => description,
        };
        list.split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|name| name.contains('_'))
            .map(str::to_lowercase)
            .collect()
    }

    /// The data areas of [`refused_methods`](Self::refused_methods), each once.
    pub fn refused_areas(&self) -> Vec<DataArea> {
        let mut areas: Vec<_> = self
            .refused_methods()
            .iter()
            .filter_map(|method| DataArea::from_method(method))
            .collect();
        areas.sort_unstable();
        areas.dedup();
        areas
    }

    /// Whether this is one of the two errors of its database that iSAMS reports as unknown, and that pass (one
    /// recorded document each).
    pub(crate) fn is_passing(&self) -> bool {
        let description = self.description.as_deref().unwrap_or_default();
        self.id.as_deref() == Some("UnhandledException")
            && (description.ends_with("Rerun the transaction.")
                || description.starts_with("Lock request time out period exceeded."))
    }

    /// Whether the key is not known, not readable, or lacks what was asked for.
    pub(crate) fn is_about_the_key(&self) -> bool {
        matches!(
            self.id.as_deref(),
            Some("InvalidApiKey" | "MissingParameter" | "MethodsNotAllocatedToKeyException")
        )
    }

    /// Whether iSAMS took the filters of the request for no XML (one recorded document).
    pub(crate) fn is_unread_filter(&self) -> bool {
        let description = self.description.as_deref().unwrap_or_default();
        self.id.as_deref() == Some("UnhandledException")
            && description.starts_with("Data at the root level is invalid.")
    }

    pub(crate) fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        [&mut self.id, &mut self.title, &mut self.description]
            .into_iter()
            .flatten()
    }
}

impl fmt::Display for ServerMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.title, &self.id) {
            (Some(title), Some(id)) => write!(f, "{title} ({id})")?,
            (Some(text), None) | (None, Some(text)) => f.write_str(text)?,
            (None, None) => f.write_str("no title")?,
        }
        if let Some(description) = &self.description {
            let one_line: Vec<_> = description.split_whitespace().collect();
            write!(f, ": {}", one_line.join(" ").trim_end_matches('.'))?;
        }
        Ok(())
    }
}

fn element(document: &str, name: &str) -> Option<String> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let text = match text
        .trim()
        .strip_prefix("<![CDATA[")
        .and_then(|text| text.strip_suffix("]]>"))
    {
        Some(text) => text.to_owned(),
        None => unescape(text),
    };
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Replaces the five entities of XML and numeric references; anything else stays as it is.
pub(crate) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        // No further than the next `&`, or many of them would each be looked for to the end.
        let end = after
            .find([';', '&'])
            .filter(|end| after[*end..].starts_with(';'));
        let entity = end.and_then(|end| {
            let (entity, after) = (&after[..end], &after[end + 1..]);
            let character = match entity {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                _ => {
                    let code = entity.strip_prefix('#')?;
                    let code = match code.strip_prefix(['x', 'X']) {
                        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                        None => code.parse().ok()?,
                    };
                    char::from_u32(code).filter(|character| *character != '\0')?
                }
            };
            Some((character, after))
        });
        rest = match entity {
            Some((character, after)) => {
                plain.push(character);
                after
            }
            None => {
                plain.push('&');
                after
            }
        };
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_document() {
        let message = ServerMessage::from_xml(
            "<Message>\n  <MessageId>InvalidApiKey</MessageId>\n  <MessageName>InvalidApiKey</MessageName>\n  \
             <Title>Invalid API Key</Title>\n  <Description>The API key is invalid.\nPlease contact your iSAMS \
             administrator.</Description>\n</Message>",
        );
        assert_eq!(message.id.as_deref(), Some("InvalidApiKey"));
        assert_eq!(
            message.to_string(),
            "Invalid API Key (InvalidApiKey): The API key is invalid. Please contact your iSAMS administrator"
        );
    }

    #[test]
    fn refused_methods_however_they_are_parted() {
        let refused = |description: &str| {
            ServerMessage {
                id: Some("MethodsNotAllocatedToKeyException".to_owned()),
                description: Some(description.to_owned()),
                ..ServerMessage::default()
            }
            .refused_methods()
        };
        let two = ["cover_getallroomclosuresandcover", "school_getschoolterms"];
        for description in [
            "The following methods: are not allocated: cover_getallroomclosuresandcover, school_getschoolterms",
            "Not allocated to the key: cover_getallroomclosuresandcover,school_getschoolterms.",
            "Not allocated to the key:\r\ncover_getallroomclosuresandcover\r\nschool_getschoolterms\r\n",
            "Not allocated: Cover_GetAllRoomClosuresAndCover; School_GetSchoolTerms",
            "cover_getallroomclosuresandcover and school_getschoolterms",
        ] {
            assert_eq!(refused(description), two, "{description}");
        }
        assert!(refused("Not allocated to the key").is_empty());
        assert!(refused("").is_empty());
        assert!(ServerMessage::default().refused_methods().is_empty());
    }

    #[test]
    fn entities_and_half_a_document() {
        let message = ServerMessage::from_xml(
            "<Message><Title>Terms &amp; &#39;weeks&#x27; &nbsp; & more</Title><Description><![CDATA[a < b]]>",
        );
        assert_eq!(
            message.title.as_deref(),
            Some("Terms & 'weeks' &nbsp; & more")
        );
        assert_eq!(message.description, None);
        let message = ServerMessage::from_xml(
            "<Message><Description><![CDATA[a < b]]></Description><Title> </Title></Message>",
        );
        assert_eq!(message.description.as_deref(), Some("a < b"));
        assert_eq!(message.title, None);
    }
}
