use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserializer, Serialize, Serializer,
    de::{IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

use crate::{
    list::{Objects, OneOrMany},
    place::{Ledger, Place},
    text::{Member, Name, Scalar},
};

/// A typed row: read from an object of the answer, and written back under the same names.
pub(crate) trait Row: Clone + Default + Ord + Serialize {
    /// Reads the object to its end. Only a broken document is an error; all else is noted.
    fn read<'de, A: MapAccess<'de>>(map: A, at: Place<'_>) -> Result<Self, A::Error>;

    fn id(&self) -> Option<&str>;

    /// How many rows of its area this is, or holds.
    fn count(&self) -> usize {
        1
    }

    /// Puts right, after reading, what depends on the meaning of a value.
    fn settle(&mut self) {}

    /// Makes the lists inside canonical.
    fn sort_lists(&mut self);

    /// Takes over the content of a later row with the same id; lists inside are united.
    fn absorb(&mut self, later: Self, at: Place<'_>);
}

/// Reads a row outside a payload, where there is nobody to tell what was skipped inside it.
pub(crate) fn deserialize_row<'de, T: Row, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    struct RowVisitor<T>(PhantomData<T>);

    impl<'de, T: Row> Visitor<'de> for RowVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            T::read(map, Place::root(&Ledger::default()))
        }
    }

    deserializer.deserialize_map(RowVisitor(PhantomData))
}

/// Reads one member of a row.
pub(crate) fn read_member<'de, A: MapAccess<'de>>(
    map: &mut A,
    at: Place<'_>,
    into: &mut impl Member,
) -> Result<(), A::Error> {
    map.next_value_seed(Scalar { into, at })
}

/// Writes a container with its rows; an empty one is left out.
pub(crate) fn write_list<M: SerializeMap>(
    map: &mut M,
    container: &'static str,
    child: &'static str,
    rows: &[impl Serialize],
) -> Result<(), M::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    map.serialize_entry(container, &Named { child, rows })
}

/// `{child: rows}`
pub(crate) struct Named<'a, T> {
    pub(crate) child: &'static str,
    pub(crate) rows: &'a [T],
}

impl<T: Serialize> Serialize for Named<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.child, self.rows)?;
        map.end()
    }
}

/// Collects one reference from each child of a container, such as the `PeriodId` of each `Period`.
pub(crate) struct References<'a> {
    pub(crate) child: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) into: &'a mut Vec<String>,
}

impl<'de> Objects<'de> for References<'_> {
    fn object<A: MapAccess<'de>>(
        &mut self,
        mut map: A,
        at: Place<'_>,
        _index: Option<usize>,
    ) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Name<'_>>()? {
            if &*name == self.child {
                let at = at.member(self.child);
                let mut children = ReferenceRows {
                    reference: self.reference,
                    into: &mut *self.into,
                };
                map.next_value_seed(OneOrMany::new(&mut children, at))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn other(&mut self, at: Place<'_>, shape: &str) {
        at.note(format!(
            "expected an object with `{}`, found {shape}",
            self.child
        ));
    }
}

struct ReferenceRows<'a> {
    reference: &'static str,
    into: &'a mut Vec<String>,
}

impl<'de> Objects<'de> for ReferenceRows<'_> {
    fn object<A: MapAccess<'de>>(
        &mut self,
        mut map: A,
        at: Place<'_>,
        _index: Option<usize>,
    ) -> Result<(), A::Error> {
        let mut id: Option<String> = None;
        while let Some(name) = map.next_key::<Name<'_>>()? {
            if &*name == self.reference {
                read_member(&mut map, at.member(self.reference), &mut id)?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        match id {
            Some(id) => self.into.push(id),
            None => at.note(format!("no `{}`", self.reference)),
        }
        Ok(())
    }

    fn nothing(&mut self, at: Place<'_>, index: Option<usize>) {
        if index.is_some() {
            self.other(at, "nothing");
        }
    }

    fn other(&mut self, at: Place<'_>, shape: &str) {
        at.note(format!("expected an object, found {shape}"));
    }
}

/// Writes what [`References`] reads.
pub(crate) fn write_references<M: SerializeMap>(
    map: &mut M,
    container: &'static str,
    child: &'static str,
    reference: &'static str,
    ids: &[String],
) -> Result<(), M::Error> {
    let rows: Vec<_> = ids
        .iter()
        .map(|id| BTreeMap::from([(reference, id)]))
        .collect();
    write_list(map, container, child, &rows)
}

/// Gives a struct its place on the wire, so that each wire name stands once for reading and writing.
///
/// `"@Id" else "Id"` reads the second member where the first is absent, whichever comes first, and writes the
/// first. `lists` are rows inside a container (`"Container" / "Child"`), `references` are ids inside such rows.
/// `also` adds to the [`Row`] implementation.
macro_rules! row {
    ($row:ident {
        $($field:ident: $name:literal $(else $other:literal)?,)*
        $(; lists { $($list:ident: $container:literal / $child:literal,)* })?
        $(; references { $($refs:ident: $ref_container:literal / $ref_child:literal / $reference:literal,)* })?
        $(; also { $($also:item)* })?
    }) => {
        impl $crate::row::Row for $row {
            fn read<'de, A: ::serde::de::MapAccess<'de>>(
                mut map: A,
                at: $crate::place::Place<'_>,
            ) -> Result<Self, A::Error> {
                let mut row = Self::default();
                $($(let (_, mut $field) = ($other, Default::default());)?)*
                while let Some(name) = map.next_key::<$crate::text::Name<'_>>()? {
                    match &*name {
                        $(
                            $name => $crate::row::read_member(&mut map, at.member($name), &mut row.$field)?,
                            $($other => $crate::row::read_member(&mut map, at.member($other), &mut $field)?,)?
                        )*
                        $($(
                            $container => map.next_value_seed($crate::list::OneOrMany::new(
                                &mut $crate::list::Container { child: $child, rows: &mut row.$list },
                                at.member($container),
                            ))?,
                        )*)?
                        $($(
                            $ref_container => map.next_value_seed($crate::list::OneOrMany::new(
                                &mut $crate::row::References {
                                    child: $ref_child,
                                    reference: $reference,
                                    into: &mut row.$refs,
                                },
                                at.member($ref_container),
                            ))?,
                        )*)?
                        _ => {
                            map.next_value::<::serde::de::IgnoredAny>()?;
                        }
                    }
                }
                $($(
                    let _ = $other;
                    if $crate::text::Member::is_absent(&row.$field) {
                        row.$field = $field;
                    }
                )?)*
                $crate::row::Row::settle(&mut row);
                Ok(row)
            }

            $crate::row::row_rest!($row {
                $($field: $name,)*
                ; lists { $($($list: $container / $child,)*)? }
                ; references { $($($refs,)*)? }
            });

            $($($also)*)?
        }

        $crate::row::row_serde!($row {
            $($field: $name,)*
            ; lists { $($($list: $container / $child,)*)? }
            ; references { $($($refs: $ref_container / $ref_child / $reference,)*)? }
        });
    };
}

/// The part of [`row!`] inside the implementation of [`Row`] that has nothing to do with reading.
macro_rules! row_rest {
    ($row:ident {
        $($field:ident: $name:literal,)*
        ; lists { $($list:ident: $container:literal / $child:literal,)* }
        ; references { $($refs:ident,)* }
    }) => {
        fn id(&self) -> Option<&str> {
            self.id.as_deref()
        }

        fn sort_lists(&mut self) {
            $($crate::canonical::sort_rows(&mut self.$list);)*
            $($crate::canonical::sort_ids(&mut self.$refs);)*
        }

        fn absorb(&mut self, mut later: Self, at: $crate::place::Place<'_>) {
            let theirs = &mut later;
            $(
                let mut $list = std::mem::take(&mut self.$list);
                let container = at.member($container);
                let rows = container.member($child);
                $crate::merge::unite(&mut $list, std::mem::take(&mut theirs.$list), rows);
            )*
            if self != theirs {
                at.note($crate::merge::DIFFERENT);
                *self = later;
            }
            $(self.$list = $list;)*
        }
    };
}

/// The serde implementations of [`row!`].
macro_rules! row_serde {
    ($row:ident {
        $($field:ident: $name:literal,)*
        ; lists { $($list:ident: $container:literal / $child:literal,)* }
        ; references { $($refs:ident: $ref_container:literal / $ref_child:literal / $reference:literal,)* }
    }) => {
        impl ::serde::Serialize for $row {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                $($crate::text::Member::write(&self.$field, $name, &mut map)?;)*
                $($crate::row::write_list(&mut map, $container, $child, &self.$list)?;)*
                $($crate::row::write_references(&mut map, $ref_container, $ref_child, $reference, &self.$refs)?;)*
                ::serde::ser::SerializeMap::end(map)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $row {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::row::deserialize_row(deserializer)
            }
        }
    };
}

pub(crate) use {row, row_rest, row_serde};
