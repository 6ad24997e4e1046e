//! A reader of small XML documents, such as the filters of a request.
//!
//! It knows elements, attributes, text, references, CDATA, comments and the prolog. Declarations
//! of a document type are refused: what they can do to a server is not worth simulating.

/// How deep elements may lie in each other.
const MAX_DEPTH: usize = 64;

/// An element with what is inside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Self>,
    /// The text directly inside; none where it is nothing but white space beside other elements.
    pub(crate) text: String,
    /// Written as `<X/>`.
    pub(crate) self_closed: bool,
}

/// The document is no XML that this reader knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

impl Element {
    /// The first child of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The value of an attribute, in any case of its name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Reads a document and returns its root.
pub(crate) fn parse(document: &str) -> Result<Element, Malformed> {
    let mut rest = document.strip_prefix('\u{feff}').unwrap_or(document);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let (text, markup) = match rest.find('<') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        match open.last_mut() {
            Some(element) => element.text.push_str(&unescaped(text)?),
            None if text.trim().is_empty() => {}
            None => return Err(Malformed),
        }
        if markup.is_empty() {
            break;
        }
        if let Some(comment) = markup.strip_prefix("<!--") {
            rest = comment.split_once("-->").ok_or(Malformed)?.1;
        } else if let Some(literal) = markup.strip_prefix("<![CDATA[") {
            let (literal, after) = literal.split_once("]]>").ok_or(Malformed)?;
            open.last_mut().ok_or(Malformed)?.text.push_str(literal);
            rest = after;
        } else if let Some(instruction) = markup.strip_prefix("<?") {
            rest = instruction.split_once("?>").ok_or(Malformed)?.1;
        } else if let Some(end) = markup.strip_prefix("</") {
            let (name, after) = end.split_once('>').ok_or(Malformed)?;
            let element = open.pop().filter(|it| it.name == name.trim_end());
            finish(element.ok_or(Malformed)?, &mut open, &mut root)?;
            rest = after;
        } else {
            let (element, closed, after) = start_tag(markup.get(1..).ok_or(Malformed)?)?;
            if closed {
                finish(element, &mut open, &mut root)?;
            } else if open.len() < MAX_DEPTH {
                open.push(element);
            } else {
                return Err(Malformed);
            }
            rest = after;
        }
    }
    if open.is_empty() {
        root.ok_or(Malformed)
    } else {
        Err(Malformed)
    }
}

/// Puts a complete element where it belongs.
fn finish(
    mut element: Element,
    open: &mut [Element],
    root: &mut Option<Element>,
) -> Result<(), Malformed> {
    if !element.children.is_empty() && element.text.trim().is_empty() {
        element.text.clear();
    }
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None if root.is_none() => *root = Some(element),
        None => return Err(Malformed),
    }
    Ok(())
}

/// Reads a start tag behind its `<`: the element, whether it is closed at once, and the rest.
fn start_tag(tag: &str) -> Result<(Element, bool, &str), Malformed> {
    let (name, mut rest) = name(tag)?;
    let mut element = Element {
        name: name.to_owned(),
        ..Element::default()
    };
    loop {
        let trimmed = rest.trim_start();
        if let Some(after) = trimmed.strip_prefix("/>") {
            element.self_closed = true;
            return Ok((element, true, after));
        }
        if let Some(after) = trimmed.strip_prefix('>') {
            return Ok((element, false, after));
        }
        if trimmed.len() == rest.len() {
            return Err(Malformed);
        }
        let (attribute, after) = self::name(trimmed)?;
        let value = after.trim_start().strip_prefix('=').ok_or(Malformed)?;
        let value = value.trim_start();
        let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''));
        let (value, after) = quote
            .and_then(|quote| value.get(1..)?.split_once(quote))
            .ok_or(Malformed)?;
        if value.contains('<') {
            return Err(Malformed);
        }
        element
            .attributes
            .push((attribute.to_owned(), unescaped(value)?));
        rest = after;
    }
}

fn name(text: &str) -> Result<(&str, &str), Malformed> {
    let end = text
        .find(|it: char| !(it.is_alphanumeric() || matches!(it, '_' | '-' | '.' | ':')))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.starts_with(|it: char| it.is_alphabetic() || it == '_') {
        Ok((name, rest))
    } else {
        Err(Malformed)
    }
}

fn unescaped(text: &str) -> Result<String, Malformed> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (reference, after) = after.split_once(';').ok_or(Malformed)?;
        plain.push_str(before);
        plain.push(match reference {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = reference.strip_prefix('#').ok_or(Malformed)?;
                let code = match number.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => number.parse(),
                };
                code.ok().and_then(char::from_u32).ok_or(Malformed)?
            }
        });
        rest = after;
    }
    plain.push_str(rest);
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_with_all_that_it_may_hold() {
        let root = parse(
            "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- a > b -->\n\
             <A x='1 &amp; 2' Y = \"&#x41;&#66;\"><B/> <C>t&lt;<![CDATA[<&]]></C ></A>\n",
        )
        .unwrap();
        assert_eq!(root.attribute("x"), Some("1 & 2"));
        assert_eq!(root.attribute("y"), Some("AB"));
        assert_eq!(root.child("C").unwrap().text, "t<<&");
        assert!(root.child("B").unwrap().self_closed);
        assert_eq!(root.text, "");
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for document in [
            "",
            " ",
            "text",
            "{\"Filters\": 1}",
            "<A>",
            "<A></B>",
            "<A/><B/>",
            "<A/>text",
            "<A x=1/>",
            "<A x=\"1/>",
            "<A x=\"1\"y=\"2\"/>",
            "<A x=\"<\"/>",
            "<A>&nbsp;</A>",
            "<A>&</A>",
            "<A",
            "<1/>",
            "</A>",
            "<!DOCTYPE a><a/>",
            "<A><!-- </A>",
        ] {
            assert_eq!(parse(document), Err(Malformed), "{document}");
        }
        let deep = "<A>".repeat(100_000) + &"</A>".repeat(100_000);
        assert_eq!(parse(&deep), Err(Malformed));
    }
}
