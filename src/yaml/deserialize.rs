//! Hands a tree's values to serde, as Go's reader would set them.
//!
//! A field of type text takes any scalar's text as written. A number takes every spelling. Null becomes the
//! zero value of the type.

use serde::de::{
    self, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
    value::{MapAccessDeserializer, StringDeserializer},
};

use super::{
    KEPT, REGEX, YamlError,
    cursor::Mark,
    decode::{Decoder, Entries, to_integer},
    resolve::Resolved,
    tree::{Id, Value},
};
#[cfg(feature = "operator")]
use super::{PLACED, placed::LineAndValue};

impl<'d> Decoder<'d> {
    fn list<V: Visitor<'d>>(&self, items: &'d [Id], visitor: V) -> Result<V::Value, YamlError> {
        visitor.visit_seq(Items {
            decoder: *self,
            items: items.iter(),
        })
    }

    fn map<V: Visitor<'d>>(&self, map: &'d [(Id, Id)], visitor: V) -> Result<V::Value, YamlError> {
        let mut last = self.node.mark;
        let access = Fields {
            entries: self.entries(map)?.into_iter(),
            value: None,
            last: &mut last,
        };
        let value = visitor.visit_map(access);
        value.map_err(|error| error.or_at(last))
    }

    /// Visits a scalar as the type that it has, where none was requested.
    fn scalar<V: Visitor<'d>>(
        &self,
        resolved: Resolved,
        text: &'d str,
        visitor: V,
    ) -> Result<V::Value, YamlError> {
        if self.kept && !is_canonical(resolved, text) {
            return visitor.visit_str(text);
        }
        match resolved {
            Resolved::Null => visitor.visit_unit(),
            Resolved::Bool(value) => visitor.visit_bool(value),
            Resolved::Int(value) => visitor.visit_i64(value),
            Resolved::Unsigned(value) => visitor.visit_u64(value),
            Resolved::Float(value) => visitor.visit_f64(value),
            Resolved::Timestamp | Resolved::Text => visitor.visit_str(text),
            Resolved::Binary => visitor.visit_string(self.binary(text)?),
        }
    }

    fn number<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        let value = match self.resolved()? {
            Some((Resolved::Null, _)) => visitor.visit_i64(0),
            Some((Resolved::Int(value), _)) => visitor.visit_i64(value),
            Some((Resolved::Unsigned(value), _)) => visitor.visit_u64(value),
            Some((Resolved::Float(value), _)) => match to_integer(value) {
                Some(value) => visitor.visit_u64(value),
                None => return Err(self.mismatch(&visitor)),
            },
            _ => return Err(self.mismatch(&visitor)),
        };
        value.map_err(|error: YamlError| error.or_at(self.node.mark))
    }

    fn fraction<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        let value = match self.resolved()? {
            Some((Resolved::Null, _)) => 0.0,
            Some((Resolved::Int(value), _)) => value as f64,
            Some((Resolved::Unsigned(value), _)) => value as f64,
            Some((Resolved::Float(value), _)) => value,
            _ => return Err(self.mismatch(&visitor)),
        };
        visitor
            .visit_f64(value)
            .map_err(|error: YamlError| error.or_at(self.node.mark))
    }
}

/// Tells whether a value is written the way a writer would write it again.
fn is_canonical(resolved: Resolved, text: &str) -> bool {
    match resolved {
        Resolved::Bool(value) => text == if value { "true" } else { "false" },
        Resolved::Int(value) => value.to_string() == text,
        Resolved::Unsigned(value) => value.to_string() == text,
        Resolved::Float(value) => value.to_string() == text,
        _ => true,
    }
}

impl<'d> Deserializer<'d> for Decoder<'d> {
    type Error = YamlError;

    fn deserialize_any<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        let value = match (&self.node.value, self.resolved()?) {
            (Value::List(items), _) => self.list(items, visitor),
            (Value::Map(map), _) => self.map(map, visitor),
            (_, Some((resolved, text))) => self.scalar(resolved, text, visitor),
            (_, None) => visitor.visit_unit(),
        };
        value.map_err(|error| error.or_at(self.node.mark))
    }

    fn deserialize_bool<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        match self.resolved()? {
            Some((Resolved::Bool(value), _)) => visitor.visit_bool(value),
            Some((Resolved::Null, _)) => visitor.visit_bool(false),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_i8<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.number(visitor)
    }

    fn deserialize_i16<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.number(visitor)
    }

    fn deserialize_i32<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.number(visitor)
    }

    fn deserialize_i64<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.number(visitor)
    }

    fn deserialize_u8<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.number(visitor)
    }

    fn deserialize_u16<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.number(visitor)
    }

    fn deserialize_u32<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.number(visitor)
    }

    fn deserialize_u64<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.number(visitor)
    }

    fn deserialize_f32<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.fraction(visitor)
    }

    fn deserialize_f64<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.fraction(visitor)
    }

    fn deserialize_str<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        match self.text()? {
            Some(text) => visitor
                .visit_string(text)
                .map_err(|error: YamlError| error.or_at(self.node.mark)),
            None => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        match self.is_null()? {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'d>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, YamlError> {
        // Go takes these words for null even in quotes, but only where a type reads itself.
        if name == REGEX
            && self.node.tag.is_none()
            && let Value::Scalar { text, plain: false } = &self.node.value
            && matches!(text.as_str(), "null" | "~")
        {
            let message =
                format_args!("Prometheus cannot read the regex {text:?}: write `({text})`");
            return Err(YamlError::at(message, self.node.mark));
        }
        #[cfg(feature = "operator")]
        if name == PLACED {
            return visitor.visit_seq(LineAndValue::new(self));
        }
        let mut inside = self;
        inside.kept |= name == KEPT;
        visitor.visit_newtype_struct(inside)
    }

    fn deserialize_seq<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        match &self.node.value {
            Value::List(items) => {
                let value = self.list(items, visitor);
                value.map_err(|error| error.or_at(self.node.mark))
            }
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'d>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, YamlError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'d>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, YamlError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, YamlError> {
        match &self.node.value {
            Value::Map(map) => self.map(map, visitor),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'d>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, YamlError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'d>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, YamlError> {
        let mark = self.node.mark;
        let value = match (&self.node.value, self.text()?) {
            (Value::Map(map), _) => {
                let mut last = mark;
                let access = Fields {
                    entries: self.entries(map)?.into_iter(),
                    value: None,
                    last: &mut last,
                };
                visitor.visit_enum(MapAccessDeserializer::new(access))
            }
            (_, Some(text)) => {
                let text: StringDeserializer<YamlError> = text.into_deserializer();
                visitor.visit_enum(text)
            }
            _ => return Err(self.mismatch(&visitor)),
        };
        value.map_err(|error| error.or_at(mark))
    }

    serde::forward_to_deserialize_any! {
        <V: Visitor<'d>>
        i128 u128 bytes byte_buf unit unit_struct ignored_any
    }
}

struct Items<'d> {
    decoder: Decoder<'d>,
    items: std::slice::Iter<'d, Id>,
}

impl<'d> SeqAccess<'d> for Items<'d> {
    type Error = YamlError;

    fn next_element_seed<T: de::DeserializeSeed<'d>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, YamlError> {
        let Some(item) = self.items.next() else {
            return Ok(None);
        };
        let item = self.decoder.below(*item)?;
        let value = seed.deserialize(item);
        value.map(Some).map_err(|error| error.or_at(item.node.mark))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Fields<'d, 'm> {
    entries: <Entries<'d> as IntoIterator>::IntoIter,
    value: Option<Decoder<'d>>,
    /// Where the last key that was read begins.
    last: &'m mut Mark,
}

impl<'d> MapAccess<'d> for Fields<'d, '_> {
    type Error = YamlError;

    fn next_key_seed<K: de::DeserializeSeed<'d>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, YamlError> {
        let Some((key, mark, value)) = self.entries.next() else {
            return Ok(None);
        };
        *self.last = mark;
        self.value = Some(value);
        let key: StringDeserializer<YamlError> = key.into_deserializer();
        seed.deserialize(key)
            .map(Some)
            .map_err(|error| error.or_at(mark))
    }

    fn next_value_seed<V: de::DeserializeSeed<'d>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, YamlError> {
        let value = self.value.take();
        let value = value.ok_or_else(|| YamlError::new("a value was asked for before its key"))?;
        seed.deserialize(value)
            .map_err(|error| error.or_at(value.node.mark))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}
