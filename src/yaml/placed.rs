//! Values with the line that they begin in.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, IntoDeserializer, SeqAccess, Visitor},
};

use super::{PLACED, YamlError, decode::Decoder};

/// A value, and the line from 1 that it begins in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Placed<T> {
    pub(crate) line: usize,
    pub(crate) value: T,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Both<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Both<T> {
            type Value = Placed<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value with its line")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Placed<T>, A::Error> {
                let missing = |index| de::Error::invalid_length(index, &self);
                Ok(Placed {
                    line: seq.next_element()?.ok_or_else(|| missing(0))?,
                    value: seq.next_element()?.ok_or_else(|| missing(1))?,
                })
            }
        }

        deserializer.deserialize_newtype_struct(PLACED, Both(PhantomData))
    }
}

/// Hands out the line of a value, then the value.
pub(super) struct LineAndValue<'d> {
    line: Option<usize>,
    value: Option<Decoder<'d>>,
}

impl<'d> LineAndValue<'d> {
    pub(super) fn new(value: Decoder<'d>) -> Self {
        LineAndValue {
            line: Some(value.node.mark.line + 1),
            value: Some(value),
        }
    }
}

impl<'d> SeqAccess<'d> for LineAndValue<'d> {
    type Error = YamlError;

    fn next_element_seed<T: DeserializeSeed<'d>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, YamlError> {
        if let Some(line) = self.line.take() {
            return seed.deserialize(line.into_deserializer()).map(Some);
        }
        let Some(value) = self.value.take() else {
            return Ok(None);
        };
        let read = seed.deserialize(value).map(Some);
        read.map_err(|error| error.or_at(value.node.mark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::from_str;

    #[test]
    fn each_item_has_its_line() {
        let read: Vec<Placed<Vec<u8>>> = from_str("# one\n- [1]\n\n-\n  - 2\n  - 3\n").unwrap();
        let lines: Vec<_> = read.iter().map(|item| item.line).collect();
        assert_eq!(lines, [2, 5]);
        assert_eq!(read[1].value, [2, 3]);
        let error = from_str::<Vec<Placed<u8>>>("- 1\n- x\n").unwrap_err();
        assert_eq!(error.line(), Some(2));
    }
}
