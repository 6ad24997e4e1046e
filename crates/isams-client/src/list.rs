use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{
    place::{Place, name_to_show},
    row::Row,
    text::Name,
};

/// What to do with the objects at a place where one object, an array of objects or nothing may stand.
///
/// The JSON is a mechanical conversion of XML (three public sources for its effects): one child is an object,
/// several are an array, none is `null`, an empty text or not there. That holds at every repeated level, and for
/// the containers themselves, because two methods of one manager may emit the same container twice (two sources).
pub(crate) trait Objects<'de> {
    /// Reads the object, to its end. `index` is its position in an array.
    fn object<A: MapAccess<'de>>(
        &mut self,
        map: A,
        at: Place<'_>,
        index: Option<usize>,
    ) -> Result<(), A::Error>;

    /// Meets `null` or a blank text.
    fn nothing(&mut self, _at: Place<'_>, _index: Option<usize>) {}

    /// Meets anything else.
    fn other(&mut self, at: Place<'_>, shape: &str);
}

/// Hands one or many objects to an [`Objects`].
pub(crate) struct OneOrMany<'a, O> {
    into: &'a mut O,
    at: Place<'a>,
    index: Option<usize>,
}

impl<'a, O> OneOrMany<'a, O> {
    pub(crate) fn new(into: &'a mut O, at: Place<'a>) -> Self {
        Self {
            into,
            at,
            index: None,
        }
    }
}

impl<'de, O: Objects<'de>> DeserializeSeed<'de> for OneOrMany<'_, O> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, O: Objects<'de>> Visitor<'de> for OneOrMany<'_, O> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.into.object(map, self.at, self.index)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if self.index.is_some() {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            self.into.other(self.at, "an array");
            return Ok(());
        }
        let mut index = 0;
        while seq
            .next_element_seed(OneOrMany {
                into: &mut *self.into,
                at: self.at.element(index),
                index: Some(index),
            })?
            .is_some()
        {
            index += 1;
        }
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.into.nothing(self.at, self.index);
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if text.trim().is_empty() {
            self.into.nothing(self.at, self.index);
        } else {
            self.into.other(self.at, "text");
        }
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.into.other(self.at, "a flag");
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.into.other(self.at, "a number");
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.into.other(self.at, "a number");
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.into.other(self.at, "a number");
        Ok(())
    }
}

/// Collects the rows of a repeated element.
pub(crate) struct Rows<'a, T>(pub(crate) &'a mut Vec<T>);

impl<'de, T: Row> Objects<'de> for Rows<'_, T> {
    fn object<A: MapAccess<'de>>(
        &mut self,
        map: A,
        at: Place<'_>,
        _index: Option<usize>,
    ) -> Result<(), A::Error> {
        self.0.push(T::read(map, at)?);
        Ok(())
    }

    /// No child at all is no row; an element of an array should have been one.
    fn nothing(&mut self, at: Place<'_>, index: Option<usize>) {
        if index.is_some() {
            self.other(at, "nothing");
        }
    }

    fn other(&mut self, at: Place<'_>, shape: &str) {
        at.lose(format!("expected an object, found {shape}"));
    }
}

/// Collects the rows named `child` of a container.
pub(crate) struct Container<'a, T> {
    pub(crate) child: &'static str,
    pub(crate) rows: &'a mut Vec<T>,
}

impl<'de, T: Row> Objects<'de> for Container<'_, T> {
    fn object<A: MapAccess<'de>>(
        &mut self,
        mut map: A,
        at: Place<'_>,
        _index: Option<usize>,
    ) -> Result<(), A::Error> {
        let mut has_child = false;
        let mut stranger = None;
        while let Some(name) = map.next_key::<Name<'_>>()? {
            if &*name == self.child {
                has_child = true;
                let at = at.member(self.child);
                map.next_value_seed(OneOrMany::new(&mut Rows(self.rows), at))?;
            } else {
                if stranger.is_none() && !name.starts_with('@') {
                    stranger = Some(name_to_show(&name).into_owned());
                }
                map.next_value::<IgnoredAny>()?;
            }
        }
        if let (false, Some(stranger)) = (has_child, stranger) {
            at.lose(format!("expected `{}`, found `{stranger}`", self.child));
        }
        Ok(())
    }

    fn other(&mut self, at: Place<'_>, shape: &str) {
        at.lose(format!(
            "expected an object with `{}`, found {shape}",
            self.child
        ));
    }
}
