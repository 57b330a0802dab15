//! What several types have in common when `serde` writes or reads them: fields that may be absent, and labels.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::ser::{Error as _, SerializeMap, SerializeStruct};
use serde::{Deserializer, Serialize, Serializer};

use super::label_names::repeated;

/// The fields of a struct. Formats for people leave out what is absent; in others, where fields may be known
/// by their place alone, all are written.
pub(crate) struct Fields<S> {
    out: S,
    are_all_written: bool,
}

/// What a field may have nothing in.
pub(crate) trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for bool {
    fn is_absent(&self) -> bool {
        !self
    }
}

impl<S: SerializeStruct> Fields<S> {
    /// Begins a struct with as many fields that are always there, and these others.
    pub(crate) fn new<T>(
        serializer: T,
        name: &'static str,
        always: usize,
        others: &[&dyn Absent],
    ) -> Result<Self, S::Error>
    where
        T: Serializer<SerializeStruct = S, Error = S::Error>,
    {
        let are_all_written = !serializer.is_human_readable();
        let shown = others
            .iter()
            .filter(|field| are_all_written || !field.is_absent());
        Ok(Fields {
            out: serializer.serialize_struct(name, always + shown.count())?,
            are_all_written,
        })
    }

    /// Writes a field that is always there.
    pub(crate) fn always<T>(&mut self, name: &'static str, value: &T) -> Result<(), S::Error>
    where
        T: Serialize + ?Sized,
    {
        self.out.serialize_field(name, value)
    }

    /// Writes one of the other fields, which come in the order in which they are read.
    pub(crate) fn other<T>(&mut self, name: &'static str, value: &T) -> Result<(), S::Error>
    where
        T: Serialize + Absent,
    {
        match self.are_all_written || !value.is_absent() {
            true => self.out.serialize_field(name, value),
            false => self.out.skip_field(name),
        }
    }

    pub(crate) fn end(self) -> Result<S::Ok, S::Error> {
        self.out.end()
    }
}

/// Labels, as a map in their order. A label that is repeated is an error: most readers of maps would lose it.
pub(crate) struct LabelMap<I>(pub(crate) I);

impl<'n, I> Serialize for LabelMap<I>
where
    I: ExactSizeIterator<Item = (Cow<'n, str>, Cow<'n, str>)> + Clone,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let labels = self.0.clone();
        check(labels.clone().map(|(name, _)| name)).map_err(S::Error::custom)?;
        let mut map = serializer.serialize_map(Some(labels.len()))?;
        for (name, value) in labels {
            map.serialize_entry(&name, &value)?;
        }
        map.end()
    }
}

/// Returns what is wrong if a name repeats.
fn check<'n>(names: impl Iterator<Item = Cow<'n, str>> + Clone) -> Result<(), String> {
    let repeated = repeated(names.clone()).next();
    match repeated.and_then(|place| names.clone().nth(place)) {
        None => Ok(()),
        Some(name) => Err(format!("label {name:?} is repeated")),
    }
}

/// Reads labels from a map, in their order.
pub(crate) fn read_labels<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(String, String)>, D::Error> {
    deserializer.deserialize_map(LabelVisitor)
}

struct LabelVisitor;

impl<'de> Visitor<'de> for LabelVisitor {
    type Value = Vec<(String, String)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of label names to values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut labels: Vec<(String, String)> = Vec::new();
        while let Some(label) = map.next_entry()? {
            labels.push(label);
        }
        let names = labels.iter().map(|(name, _)| Cow::Borrowed(name.as_str()));
        check(names).map_err(de::Error::custom)?;
        Ok(labels)
    }
}
