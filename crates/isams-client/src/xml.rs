//! XML as the JSON it would have been converted to, for the one set of readers.
//!
//! The JSON of iSAMS is made from its XML by fixed rules (the visible effects: more than three public sources; that
//! it is the converter of Newtonsoft: inferred): an attribute becomes a member `@Name`, a child a member, children of
//! one name an array wherever they stand, an element with nothing but text a text, text beside attributes or children
//! a member `#text`, `<X/>` null. The same rules applied here give equal values from both.

use std::{borrow::Cow, collections::HashMap, fmt};

use quick_xml::{
    Reader,
    events::{Event, attributes::Attributes},
};
use serde::{
    Deserializer,
    de::{
        DeserializeSeed, MapAccess, SeqAccess, Visitor,
        value::{BorrowedStrDeserializer, CowStrDeserializer},
    },
    forward_to_deserialize_any,
};

use crate::message::unescape;

/// As deep as the JSON reader goes.
const DEEPEST: usize = 128;

/// Why an XML document is broken, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmlError {
    reason: String,
    line: usize,
    column: usize,
    is_cut: bool,
}

impl XmlError {
    /// The line, from 1; 0 where the place is not known.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in bytes, from 1; 0 where the place is not known.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Whether the document ends too early.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The reason names elements, and those come from the server.
    pub(crate) fn redacted(mut self, redact: impl FnOnce(&str) -> String) -> Self {
        self.reason = redact(&self.reason);
        self
    }
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        if self.line > 0 {
            write!(f, " at line {} column {}", self.line, self.column)?;
        }
        Ok(())
    }
}

impl std::error::Error for XmlError {}

impl serde::de::Error for XmlError {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        Self {
            reason: reason.to_string(),
            line: 0,
            column: 0,
            is_cut: false,
        }
    }
}

/// A well-formed document: its elements in the order of their start tags.
///
/// Texts and names stay in the source, so that this costs little beside it. Only two things cannot be told while
/// reading forward: where an element ends, and whether another of the same name follows.
#[derive(Debug)]
pub(crate) struct Tree<'de> {
    source: &'de str,
    names: Vec<&'de str>,
    elements: Vec<Element>,
    /// Texts that do not stand in the source as they are read.
    joined: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
struct Element {
    name: u32,
    /// Where the start tag begins, after `<`, and how long it is: name and attributes.
    tag: Span,
    /// One after the last element inside.
    end: u32,
    /// The next element of the same name and parent; 0, which is the root, for none.
    next: u32,
    text: Text,
    is_first: bool,
    is_empty_tag: bool,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    length: u32,
}

#[derive(Clone, Copy, Debug)]
enum Text {
    None,
    Sent(Span),
    Joined(u32),
}

/// A document that could not be read, as far as it went.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) path: Option<String>,
    pub(crate) error: XmlError,
}

impl<'de> Tree<'de> {
    pub(crate) fn read(source: &'de str) -> Result<Self, Broken> {
        let mut growing = Growing {
            tree: Self {
                source,
                names: Vec::new(),
                elements: Vec::new(),
                joined: Vec::new(),
            },
            ids: HashMap::new(),
            follower: Vec::new(),
            last: 0,
            newest: Vec::new(),
            open: Vec::new(),
        };
        // Places are kept in 32 bits.
        let read = if u32::try_from(source.len()).is_ok() {
            growing.read()
        } else {
            Err(growing.error("it is longer than 4 GiB", 0, false))
        };
        match read {
            Ok(()) => Ok(growing.tree),
            Err(error) => Err(Broken {
                path: growing.path(),
                error,
            }),
        }
    }

    /// The document: one member, which is the root.
    pub(crate) fn document(&self) -> Root<'_, 'de> {
        Root { tree: self }
    }

    fn element(&self, index: u32) -> Option<&Element> {
        self.elements.get(index as usize)
    }

    fn at(&self, span: Span) -> &'de str {
        let start = span.start as usize;
        self.source
            .get(start..start + span.length as usize)
            .unwrap_or_default()
    }

    fn name(&self, element: &Element) -> &'de str {
        self.names
            .get(element.name as usize)
            .copied()
            .unwrap_or_default()
    }

    /// The attributes as written.
    fn attributes(&self, element: &Element) -> &'de str {
        let tag = self.at(element.tag);
        tag.get(self.name(element).len()..)
            .unwrap_or_default()
            .trim_ascii()
    }

    fn text(&self, text: Text) -> Option<Cow<'de, str>> {
        match text {
            Text::None => None,
            Text::Sent(span) => Some(Cow::Borrowed(self.at(span))),
            Text::Joined(index) => self
                .joined
                .get(index as usize)
                .map(|text| Cow::Owned(text.clone())),
        }
    }
}

/// A tree while it is read.
struct Growing<'de> {
    tree: Tree<'de>,
    ids: HashMap<&'de str, u32>,
    /// For each name the one that came after it the last time: rows repeat, so that it mostly comes again.
    follower: Vec<u32>,
    /// The name of the newest element.
    last: u32,
    /// For each name the newest element of that name on each level, with the parent; outermost first.
    newest: Vec<Vec<Newest>>,
    /// The elements that have not ended, outermost first.
    open: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Newest {
    level: u32,
    parent: u32,
    element: u32,
}

impl<'de> Growing<'de> {
    fn read(&mut self) -> Result<(), XmlError> {
        let mut reader = Reader::from_str(self.tree.source);
        // A lone `&` is read as itself: names are free text.
        reader.config_mut().allow_dangling_amp = true;
        loop {
            let before = reader.buffer_position();
            let event = reader.read_event().map_err(|error| {
                let is_cut = matches!(error, quick_xml::Error::Syntax(_));
                self.error(error.to_string(), reader.error_position(), is_cut)
            })?;
            match event {
                Event::Start(tag) => self.start(&tag, tag.name().0, false, before)?,
                Event::Empty(tag) => {
                    self.start(&tag, tag.name().0, true, before)?;
                    self.end();
                }
                Event::End(_) => self.end(),
                Event::Text(text) => self.text(&text.xml10_content(), before)?,
                Event::CData(text) => self.text(&text.xml10_content(), before)?,
                Event::GeneralRef(reference) => {
                    self.text(&unescape(&format!("&{};", &*reference)), before)?;
                }
                Event::DocType(_) => {
                    return Err(self.error("a document type is not taken", before, false));
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof if self.open.is_empty() && !self.tree.elements.is_empty() => {
                    return Ok(());
                }
                Event::Eof => {
                    let end = reader.buffer_position();
                    return Err(self.error("it ends too early", end, true));
                }
            }
        }
    }

    fn start(
        &mut self,
        tag: &str,
        name: &str,
        is_empty_tag: bool,
        before: u64,
    ) -> Result<(), XmlError> {
        if self.open.is_empty() && !self.tree.elements.is_empty() {
            return Err(self.error("something follows the root element", before, false));
        }
        if self.open.len() == DEEPEST {
            return Err(self.error("it is nested too deeply", before, false));
        }
        let tag = self.span(tag);
        let name = self.id(Span {
            length: name.len() as u32,
            ..tag
        });
        let element = self.tree.elements.len() as u32;
        let is_first = self.link(name, element);
        self.make_room(before);
        self.tree.elements.push(Element {
            name,
            tag,
            end: element + 1,
            next: 0,
            text: Text::None,
            is_first,
            is_empty_tag,
        });
        self.open.push(element);
        Ok(())
    }

    /// Grows the list of elements, which is most of what a tree takes: by a quarter at least and to twice the length
    /// at most, and in between to what the whole document needs if its rest is like what is before.
    fn make_room(&mut self, before: u64) {
        let elements = &mut self.tree.elements;
        let count = elements.len();
        if count < elements.capacity() {
            return;
        }
        let expected = count as u64 * self.tree.source.len() as u64 / before.max(1);
        let more = (expected + expected / 32).saturating_sub(count as u64);
        let more = usize::try_from(more).unwrap_or(count);
        elements.reserve_exact(more.clamp(count / 4 + 1, count + 64));
    }

    fn end(&mut self) {
        let end = self.tree.elements.len() as u32;
        if let Some(element) = self.open.pop()
            && let Some(element) = self.tree.elements.get_mut(element as usize)
        {
            element.end = end;
        }
    }

    /// Links the new element to the one of its name before it under the same parent. Whether it is the first.
    fn link(&mut self, name: u32, element: u32) -> bool {
        let Some(&parent) = self.open.last() else {
            return true;
        };
        let level = self.open.len() as u32;
        let Some(newest) = self.newest.get_mut(name as usize) else {
            return true;
        };
        // What is deeper has ended.
        while newest.last().is_some_and(|last| last.level > level) {
            newest.pop();
        }
        let new = Newest {
            level,
            parent,
            element,
        };
        match newest.last_mut() {
            Some(last) if last.level == level => {
                let old = std::mem::replace(last, new);
                if old.parent != parent {
                    return true;
                }
                if let Some(old) = self.tree.elements.get_mut(old.element as usize) {
                    old.next = element;
                }
                false
            }
            _ => {
                newest.push(new);
                true
            }
        }
    }

    fn text(&mut self, part: &str, before: u64) -> Result<(), XmlError> {
        let blank = part.trim_ascii().is_empty();
        let Some(element) = self.open.last().map(|element| *element as usize) else {
            if blank {
                return Ok(());
            }
            return Err(self.error("there is text beside the root element", before, false));
        };
        let Some(text) = self.tree.elements.get(element).map(|element| element.text) else {
            return Ok(());
        };
        let text = match text {
            // What stands between elements only to make it look nice.
            Text::None if blank => return Ok(()),
            Text::None if self.is_sent(part) => Text::Sent(self.span(part)),
            Text::None => self.join(part.to_owned()),
            Text::Sent(span) => self.join(format!("{}{part}", self.tree.at(span))),
            Text::Joined(index) => {
                if let Some(joined) = self.tree.joined.get_mut(index as usize) {
                    joined.push_str(part);
                }
                return Ok(());
            }
        };
        if let Some(element) = self.tree.elements.get_mut(element) {
            element.text = text;
        }
        Ok(())
    }

    fn join(&mut self, text: String) -> Text {
        self.tree.joined.push(text);
        Text::Joined(self.tree.joined.len() as u32 - 1)
    }

    fn id(&mut self, span: Span) -> u32 {
        let name = self.tree.at(span);
        if let Some(&guess) = self.follower.get(self.last as usize)
            && self.tree.names.get(guess as usize) == Some(&name)
        {
            self.last = guess;
            return guess;
        }
        let next = self.tree.names.len() as u32;
        let id = *self.ids.entry(name).or_insert(next);
        if let Some(follower) = self.follower.get_mut(self.last as usize) {
            *follower = id;
        }
        if id == next {
            self.tree.names.push(name);
            self.newest.push(Vec::new());
            self.follower.push(0);
        }
        self.last = id;
        id
    }

    fn offset(&self, part: &str) -> Option<usize> {
        let offset = (part.as_ptr() as usize).checked_sub(self.tree.source.as_ptr() as usize)?;
        (offset + part.len() <= self.tree.source.len()).then_some(offset)
    }

    /// Whether the text is a piece of the source, rather than made from one.
    fn is_sent(&self, part: &str) -> bool {
        self.offset(part).is_some()
    }

    fn span(&self, part: &str) -> Span {
        Span {
            start: self.offset(part).unwrap_or_default() as u32,
            length: part.len() as u32,
        }
    }

    fn error(&self, reason: impl Into<String>, offset: u64, is_cut: bool) -> XmlError {
        let source = self.tree.source.as_bytes();
        let before = &source[..source.len().min(offset as usize)];
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |newline| newline + 1);
        XmlError {
            reason: reason.into(),
            line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
            column: 1 + before.len() - line_start,
            is_cut,
        }
    }

    /// The path of the innermost element that has not ended, as the JSON would have it.
    fn path(&self) -> Option<String> {
        let mut path = String::new();
        let mut parent = None;
        for index in &self.open {
            let element = self.tree.element(*index)?;
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(self.tree.name(element));
            if let (false, Some(parent)) = (element.is_first, parent) {
                path.push_str(&format!("[{}]", self.position(parent, *index)));
            }
            parent = Some(*index);
        }
        (!path.is_empty()).then_some(path)
    }

    /// How many elements of the same name stand before it under the parent.
    fn position(&self, parent: u32, index: u32) -> usize {
        let name = self.tree.element(index).map(|element| element.name);
        let first = self.tree.element(parent + 1);
        std::iter::successors(first, |sibling| self.tree.element(sibling.end))
            .take_while(|sibling| sibling.end <= index)
            .filter(|sibling| Some(sibling.name) == name)
            .count()
    }
}

/// `{name of the root: its value}`
#[derive(Clone, Copy, Debug)]
pub(crate) struct Root<'t, 'de> {
    tree: &'t Tree<'de>,
}

impl<'de> Deserializer<'de> for Root<'_, 'de> {
    type Error = XmlError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
        visitor.visit_map(Members {
            tree: self.tree,
            attributes: Attributes::new("", 0),
            text: Text::None,
            child: 0,
            end: self.tree.elements.len() as u32,
            value: None,
        })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// One element.
struct Node<'t, 'de> {
    tree: &'t Tree<'de>,
    element: &'t Element,
    index: u32,
}

impl<'de> Deserializer<'de> for Node<'_, 'de> {
    type Error = XmlError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
        let Self {
            tree,
            element,
            index,
        } = self;
        let attributes = tree.attributes(element);
        if attributes.is_empty() && element.end == index + 1 {
            return match tree.text(element.text) {
                Some(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
                Some(Cow::Owned(text)) => visitor.visit_string(text),
                None if element.is_empty_tag => visitor.visit_unit(),
                None => visitor.visit_borrowed_str(""),
            };
        }
        visitor.visit_map(Members {
            tree,
            attributes: Attributes::new(attributes, 0),
            text: element.text,
            child: index + 1,
            end: element.end,
            value: None,
        })
    }

    /// What nobody asks for is not looked at.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier
    }
}

/// The members of an element: attributes, text, children.
struct Members<'t, 'de> {
    tree: &'t Tree<'de>,
    attributes: Attributes<'de>,
    text: Text,
    /// The next child to look at.
    child: u32,
    end: u32,
    value: Option<Value<'de>>,
}

enum Value<'de> {
    Text(Cow<'de, str>),
    Child(u32),
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = XmlError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, XmlError> {
        if let Some(attribute) = self.attributes.with_checks(false).next() {
            let attribute = attribute.map_err(serde::de::Error::custom)?;
            let value = match attribute.value {
                Cow::Borrowed(value) if !value.contains('&') => Cow::Borrowed(value),
                value => Cow::Owned(unescape(&value)),
            };
            self.value = Some(Value::Text(value));
            let name = attribute_member(attribute.key.0);
            return seed.deserialize(CowStrDeserializer::new(name)).map(Some);
        }
        if let Some(text) = self
            .tree
            .text(std::mem::replace(&mut self.text, Text::None))
        {
            self.value = Some(Value::Text(text));
            return seed
                .deserialize(BorrowedStrDeserializer::new("#text"))
                .map(Some);
        }
        while self.child < self.end {
            let index = self.child;
            let Some(child) = self.tree.element(index) else {
                break;
            };
            self.child = child.end;
            if child.is_first {
                self.value = Some(Value::Child(index));
                let name = self.tree.name(child);
                return seed
                    .deserialize(BorrowedStrDeserializer::new(name))
                    .map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, XmlError> {
        let tree = self.tree;
        match self.value.take() {
            Some(Value::Text(text)) => seed.deserialize(CowStrDeserializer::new(text)),
            Some(Value::Child(index)) => match tree.element(index) {
                Some(element) if element.next == 0 => seed.deserialize(Node {
                    tree,
                    element,
                    index,
                }),
                _ => seed.deserialize(Siblings { tree, next: index }),
            },
            None => Err(serde::de::Error::custom("a value was asked for twice")),
        }
    }
}

/// The member that an attribute becomes. The names that are read take no memory.
fn attribute_member(name: &str) -> Cow<'static, str> {
    Cow::Borrowed(match name {
        "Id" => "@Id",
        "Legacy" => "@Legacy",
        "StaffId" => "@StaffId",
        "PrimaryTeacher" => "@PrimaryTeacher",
        "SubjectId" => "@SubjectId",
        "YearId" => "@YearId",
        "AuthorId" => "@AuthorId",
        "CategoryId" => "@CategoryId",
        _ => return Cow::Owned(format!("@{name}")),
    })
}

/// The children of one name, where there are several.
struct Siblings<'t, 'de> {
    tree: &'t Tree<'de>,
    next: u32,
}

impl<'de> Deserializer<'de> for Siblings<'_, 'de> {
    type Error = XmlError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
        visitor.visit_seq(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, XmlError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier
    }
}

impl<'de> SeqAccess<'de> for Siblings<'_, 'de> {
    type Error = XmlError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, XmlError> {
        let (tree, index) = (self.tree, self.next);
        if index == 0 {
            return Ok(None);
        }
        let Some(element) = tree.element(index) else {
            return Ok(None);
        };
        self.next = element.next;
        seed.deserialize(Node {
            tree,
            element,
            index,
        })
        .map(Some)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;

    fn json(xml: &str) -> Value {
        Value::deserialize(Tree::read(xml).unwrap().document()).unwrap()
    }

    #[test]
    fn the_rules_of_the_conversion() {
        for (xml, expected) in [
            ("<a/>", json!({"a": null})),
            ("<a></a>", json!({"a": ""})),
            ("<a> \n </a>", json!({"a": ""})),
            ("<a>x</a>", json!({"a": "x"})),
            ("<a> x\ty </a>", json!({"a": " x\ty "})),
            ("<a Id='1'/>", json!({"a": {"@Id": "1"}})),
            ("<a Id='1'></a>", json!({"a": {"@Id": "1"}})),
            (
                "<a Legacy=\"True\" New = 'b'>x</a>",
                json!({"a": {"@Legacy": "True", "@New": "b", "#text": "x"}}),
            ),
            ("<a><b>1</b></a>", json!({"a": {"b": "1"}})),
            ("<a><b>1</b><b/></a>", json!({"a": {"b": ["1", null]}})),
            (
                "<a> <b>1</b> <c/> <b>2</b> </a>",
                json!({"a": {"b": ["1", "2"], "c": null}}),
            ),
            (
                "<a><b><b><b>1</b></b><b>2</b></b><b>3</b></a>",
                json!({"a": {"b": [{"b": [{"b": "1"}, "2"]}, "3"]}}),
            ),
            (
                "<a><x><b>1</b></x><y><b>2</b></y><x><b>3</b></x></a>",
                json!({"a": {"x": [{"b": "1"}, {"b": "3"}], "y": {"b": "2"}}}),
            ),
            ("<a>x<b/>y</a>", json!({"a": {"#text": "xy", "b": null}})),
            (
                "<?xml version='1.0' encoding='utf-16'?><!-- - --><?p i?><a><!-- x --><?p?>1<!-- 2 -->3</a><!-- -->",
                json!({"a": "13"}),
            ),
            (
                "<a b='&quot;&#x41;&amp;&nbsp;'>&lt; &#233;&amp;&apos;&#x41; &nbsp; &#0; & a&b;</a>",
                json!({"a": {"@b": "\"A&&nbsp;", "#text": "< é&'A &nbsp; &#0; & a&b;"}}),
            ),
            (
                "<a><![CDATA[<b> & ]]>c<![CDATA[]]></a>",
                json!({"a": "<b> & c"}),
            ),
            ("<a>1\r\n2\r3</a>", json!({"a": "1\n2\n3"})),
            ("<x:a xmlns:x='u'/>", json!({"x:a": {"@xmlns:x": "u"}})),
            ("\n<a\n Id = '1'\n/>\n", json!({"a": {"@Id": "1"}})),
            ("<é ü='ö'>ß</é>", json!({"é": {"@ü": "ö", "#text": "ß"}})),
        ] {
            assert_eq!(json(xml), expected, "{xml}");
        }
    }

    #[test]
    fn what_is_broken_says_where() {
        for (xml, path, at, is_cut) in [
            ("", None, (1, 1), true),
            ("<a>", Some("a"), (1, 4), true),
            ("<a><b", Some("a"), (1, 4), true),
            ("<a>\n<b>1</b>\n<b>2", Some("a.b[1]"), (3, 5), true),
            ("<a><b>1</a>", Some("a.b"), (1, 8), false),
            ("<a/><b/>", None, (1, 5), false),
            ("<a/>x", None, (1, 5), false),
            ("x<a/>", None, (1, 1), false),
            (
                "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
                None,
                (1, 1),
                false,
            ),
            ("<a><!-- ", Some("a"), (1, 4), true),
        ] {
            let broken = Tree::read(xml).unwrap_err();
            assert_eq!(broken.path.as_deref(), path, "{xml}");
            let error = broken.error;
            assert_eq!((error.line(), error.column()), at, "{xml}: {error}");
            assert_eq!(error.is_cut(), is_cut, "{xml}: {error}");
        }
        assert!(Value::deserialize(Tree::read("<a b/>").unwrap().document()).is_err());
    }

    #[test]
    fn depth_is_bounded() {
        let deep = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(Tree::read(&deep(DEEPEST)).is_ok());
        let error = Tree::read(&deep(DEEPEST + 1)).unwrap_err().error;
        assert_eq!(
            error.to_string(),
            "it is nested too deeply at line 1 column 385"
        );
    }
}
