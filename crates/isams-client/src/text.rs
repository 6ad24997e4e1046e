use std::{borrow::Cow, fmt, ops::Deref};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
    ser::SerializeMap,
};

use crate::{Field, field::FromWire, place::Place};

/// A member name, borrowed from the document where it holds no escapes.
pub(crate) struct Name<'de>(Cow<'de, str>);

impl Deref for Name<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member name")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}

/// A value of a row that the wire carries as one piece of text.
pub(crate) trait Member: Default {
    /// Takes a text that is trimmed and not blank.
    fn take(&mut self, text: &str);

    /// Takes note that something else than text was sent.
    fn take_shape(&mut self, shape: &str);

    fn is_absent(&self) -> bool;

    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error>;
}

impl Member for Option<String> {
    fn take(&mut self, text: &str) {
        *self = Some(text.to_owned());
    }

    fn take_shape(&mut self, _shape: &str) {}

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        match self {
            Some(text) => map.serialize_entry(name, text),
            None => Ok(()),
        }
    }
}

impl<T: FromWire> Member for Field<T> {
    fn take(&mut self, text: &str) {
        if T::is_nothing(text) {
            return;
        }
        *self = match T::from_wire(text) {
            Some(value) => Self::Value(value),
            None => Self::Unreadable(text.to_owned()),
        };
    }

    fn take_shape(&mut self, shape: &str) {
        *self = Self::Unreadable(shape.to_owned());
    }

    fn is_absent(&self) -> bool {
        self.is_absent()
    }

    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        match self {
            Self::Absent => Ok(()),
            Self::Value(value) => map.serialize_entry(name, &value.to_wire(name)),
            Self::Unreadable(text) => map.serialize_entry(name, text),
        }
    }
}

/// Reads one member, whether it was sent as text, number, flag, `null` or text with attributes.
pub(crate) struct Scalar<'a, T> {
    pub(crate) into: &'a mut T,
    pub(crate) at: Place<'a>,
}

impl<T: Member> Scalar<'_, T> {
    fn text(self, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.into.take(text);
        }
    }

    fn shape(self, shape: &str) {
        self.into.take_shape(shape);
        self.at.note(format!("expected text, found {shape}"));
    }
}

impl<'de, T: Member> DeserializeSeed<'de> for Scalar<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Member> Visitor<'de> for Scalar<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.text(text);
        Ok(())
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<(), E> {
        self.text(if flag { "true" } else { "false" });
        Ok(())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.text(&number.to_string());
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.text(&number.to_string());
        Ok(())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.text(&number.to_string());
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    /// An element with attributes: its text is in `#text`, and there may be none.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut is_text = true;
        while let Some(name) = map.next_key::<Name<'_>>()? {
            if &*name == "#text" {
                map.next_value_seed(Scalar {
                    into: &mut *self.into,
                    at: self.at,
                })?;
            } else {
                is_text &= name.starts_with('@');
                map.next_value::<IgnoredAny>()?;
            }
        }
        if !is_text && self.into.is_absent() {
            self.shape("an object");
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut any = false;
        while seq.next_element::<IgnoredAny>()?.is_some() {
            any = true;
        }
        if any {
            self.shape("an array");
        }
        Ok(())
    }
}
