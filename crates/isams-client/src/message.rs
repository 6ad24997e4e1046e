use std::fmt;

use crate::row::row;

/// The error document of iSAMS, root `Message` (the vendor's documentation and seven recorded ones).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerMessage {
    /// `MessageId`, such as `InvalidApiKey` (the vendor's documentation and seven recorded ones).
    pub id: Option<String>,
    /// `Title`, in English (the vendor's documentation and seven recorded ones).
    pub title: Option<String>,
    /// `Description`, in English (the vendor's documentation and seven recorded ones).
    pub description: Option<String>,
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
        }
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
        let entity = after.split_once(';').and_then(|(entity, after)| {
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
                    char::from_u32(code)?
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
