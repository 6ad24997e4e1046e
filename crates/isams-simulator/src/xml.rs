//! The XML that a JSON document would have come from.
//!
//! The API's JSON is its XML, converted mechanically; this is the way back, so that one set of
//! documents serves both forms.
//!
//! | JSON | XML |
//! |---|---|
//! | `"@Id": "41"` | the attribute `Id="41"` |
//! | `"#text": "QB"` | the element's text |
//! | an array | the element once per item |
//! | `null` | `<X/>` |
//! | `""` | `<X></X>` |
//!
//! There is no prolog, as in every recorded answer.

use std::fmt::Write as _;

use serde_json::{Map, Value};

const ROOT: &str = "iSAMS";

/// Writes a document of the JSON form as XML with the root `iSAMS`.
///
/// A document without the member `iSAMS` is taken for what would be inside. Other members beside
/// it, such as `?xml`, are left out. Text that is nothing but spaces is written as character
/// references, as iSAMS does, because many readers drop such text otherwise.
///
/// ```
/// use isams_simulator::xml;
/// use serde_json::json;
///
/// let terms = json!({"iSAMS": {"SchoolManager": {"Terms": {"Term": [
///     {"@Id": "61", "Author": {"@Legacy": "True", "#text": "ZZ1"}, "Name": "Autumn"},
///     {"@Id": "62", "Author": null, "Name": ""},
/// ]}}}});
/// assert_eq!(
///     xml::from_json(&terms),
///     "<iSAMS><SchoolManager><Terms>\
///      <Term Id=\"61\"><Author Legacy=\"True\">ZZ1</Author><Name>Autumn</Name></Term>\
///      <Term Id=\"62\"><Author/><Name></Name></Term>\
///      </Terms></SchoolManager></iSAMS>"
/// );
/// ```
#[must_use]
pub fn from_json(document: &Value) -> String {
    let mut xml = String::new();
    match document.get(ROOT).unwrap_or(document) {
        Value::Array(contents) => {
            // Two roots would be no document; their contents go into one.
            let merged = contents.iter().cloned().fold(Value::Null, |mut all, one| {
                crate::merge::merge(&mut all, one);
                all
            });
            element(&mut xml, ROOT, &merged);
        }
        content => element(&mut xml, ROOT, content),
    }
    xml
}

fn element(xml: &mut String, name: &str, value: &Value) {
    let name = encoded_name(name);
    match value {
        Value::Null => empty(xml, &name),
        Value::Bool(flag) => text_element(xml, &name, &flag.to_string()),
        Value::Number(number) => text_element(xml, &name, &number.to_string()),
        Value::String(text) => text_element(xml, &name, text),
        Value::Array(items) => items.iter().for_each(|item| element(xml, &name, item)),
        Value::Object(members) => object(xml, &name, members),
    }
}

fn empty(xml: &mut String, name: &str) {
    xml.push('<');
    xml.push_str(name);
    xml.push_str("/>");
}

fn text_element(xml: &mut String, name: &str, text: &str) {
    xml.push('<');
    xml.push_str(name);
    xml.push('>');
    push_text(xml, text);
    close(xml, name);
}

fn close(xml: &mut String, name: &str) {
    xml.push_str("</");
    xml.push_str(name);
    xml.push('>');
}

fn object(xml: &mut String, name: &str, members: &Map<String, Value>) {
    xml.push('<');
    xml.push_str(name);
    for (attribute, value) in members {
        if let Some(attribute) = attribute.strip_prefix('@') {
            xml.push(' ');
            xml.push_str(&encoded_name(attribute));
            xml.push_str("=\"");
            push_attribute(xml, &scalar(value));
            xml.push('"');
        }
    }
    let mut content = members
        .iter()
        .filter(|(member, _)| !member.starts_with('@'))
        .peekable();
    if content.peek().is_none() {
        xml.push_str("/>");
        return;
    }
    xml.push('>');
    for (member, value) in content {
        if is_text(member) {
            push_text(xml, &scalar(value));
        } else {
            element(xml, member, value);
        }
    }
    close(xml, name);
}

fn is_text(member: &str) -> bool {
    matches!(
        member,
        "#text" | "#cdata-section" | "#whitespace" | "#significant-whitespace"
    )
}

/// The text of an attribute or of a piece of text; pieces in an array follow each other.
fn scalar(value: &Value) -> String {
    match value {
        Value::Null | Value::Object(_) => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(pieces) => pieces.iter().map(scalar).collect(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn push_text(xml: &mut String, text: &str) {
    let blank = text.trim().is_empty();
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '\n' | '\t' if !blank => xml.push(character),
            _ if blank || character.is_control() => push_reference(xml, character),
            _ => xml.push(character),
        }
    }
}

fn push_attribute(xml: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            // A reader turns a bare line end or tab in an attribute into a space.
            _ if character.is_control() => push_reference(xml, character),
            _ => xml.push(character),
        }
    }
}

fn push_reference(xml: &mut String, character: char) {
    // Writing to a string does not fail.
    let _ = write!(xml, "&#x{:X};", u32::from(character));
}

/// The name with what XML does not allow in one as `_x0020_`, the way .NET encodes it.
fn encoded_name(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for (index, character) in name.chars().enumerate() {
        let allowed = character.is_alphabetic()
            || character == '_'
            || index > 0 && (character.is_numeric() || matches!(character, '-' | '.'));
        if allowed {
            encoded.push(character);
        } else {
            let _ = write!(encoded, "_x{:04X}_", u32::from(character));
        }
    }
    if encoded.is_empty() {
        encoded.push('_');
    }
    encoded
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::generate;
    use crate::markup::{self, Element};

    #[test]
    fn each_kind_of_member_has_its_form() {
        for (inside, expected) in [
            (json!(null), "<iSAMS/>"),
            (json!({}), "<iSAMS/>"),
            (json!({"X": null}), "<iSAMS><X/></iSAMS>"),
            (json!({"X": ""}), "<iSAMS><X></X></iSAMS>"),
            (json!({"X": " "}), "<iSAMS><X>&#x20;</X></iSAMS>"),
            (json!({"X": "a "}), "<iSAMS><X>a </X></iSAMS>"),
            (json!({"X": ["a", null]}), "<iSAMS><X>a</X><X/></iSAMS>"),
            (json!({"X": []}), "<iSAMS></iSAMS>"),
            (
                json!({"X": [{"Y": null}, {"Y": "1"}]}),
                "<iSAMS><X><Y/></X><X><Y>1</Y></X></iSAMS>",
            ),
            (
                json!({"X": {"@L": "True"}}),
                "<iSAMS><X L=\"True\"/></iSAMS>",
            ),
            (
                json!({"X": {"#text": "t", "@L": "True"}}),
                "<iSAMS><X L=\"True\">t</X></iSAMS>",
            ),
            (
                json!({"X": {"@L": "a\"<&\n", "#text": "a\"<&>\n\r\u{1}"}}),
                "<iSAMS><X L=\"a&quot;&lt;&amp;&#xA;\">a\"&lt;&amp;&gt;\n&#xD;&#x1;</X></iSAMS>",
            ),
            (
                json!({"X": 3, "Y": true}),
                "<iSAMS><X>3</X><Y>true</Y></iSAMS>",
            ),
            (
                json!({"a b": null, "1": null}),
                "<iSAMS><a_x0020_b/><_x0031_/></iSAMS>",
            ),
        ] {
            assert_eq!(from_json(&json!({"iSAMS": inside})), expected);
        }
    }

    #[test]
    fn the_root_is_isams_whatever_comes() {
        assert_eq!(from_json(&json!({"X": "1"})), "<iSAMS><X>1</X></iSAMS>");
        assert_eq!(
            from_json(&json!({"?xml": {"@version": "1.0"}, "iSAMS": {"X": "1"}})),
            "<iSAMS><X>1</X></iSAMS>"
        );
        assert_eq!(
            from_json(&json!({"iSAMS": [{"X": "1"}, {"Y": "2"}]})),
            "<iSAMS><X>1</X><Y>2</Y></iSAMS>"
        );
    }

    /// The conversion of the API, by the rules of its wire form.
    fn converted(element: &Element) -> Value {
        if element.attributes.is_empty() && element.children.is_empty() {
            return match (&element.text, element.self_closed) {
                (text, true) if text.is_empty() => Value::Null,
                (text, _) => Value::String(text.clone()),
            };
        }
        let mut members = Map::new();
        for (name, value) in &element.attributes {
            members.insert(format!("@{name}"), Value::String(value.clone()));
        }
        for child in &element.children {
            let value = converted(child);
            match members.get_mut(&child.name) {
                None => {
                    members.insert(child.name.clone(), value);
                }
                Some(Value::Array(items)) => items.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
            }
        }
        if !element.text.is_empty() {
            members.insert("#text".to_owned(), Value::String(element.text.clone()));
        }
        Value::Object(members)
    }

    #[test]
    fn every_document_of_the_schools_comes_back_as_it_was() {
        for school in [generate::alder_prep(), generate::birchwood_college()] {
            let mut documents: Vec<Vec<u8>> = vec![school.body(), school.republished(8).body()];
            documents.extend(
                school
                    .documents()
                    .into_iter()
                    .map(|it| it.text.into_bytes()),
            );
            for document in documents {
                let json: Value = serde_json::from_slice(&document).unwrap();
                let root = markup::parse(&from_json(&json)).unwrap();
                assert_eq!(root.name, "iSAMS");
                assert!(json!({"iSAMS": converted(&root)}) == json);
            }
        }
    }
}
