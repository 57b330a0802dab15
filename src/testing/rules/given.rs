//! What a file of tests holds itself, or names another file for.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};

/// A value that stands in the file of tests, or the name of the file that holds it.
#[derive(Debug)]
pub(super) enum Given<T> {
    File(String),
    Here(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = Given<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a file, or what it would hold")
            }

            fn visit_str<E>(self, file: &str) -> Result<Given<T>, E> {
                Ok(Given::File(file.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Given<T>, A::Error> {
                T::deserialize(SeqAccessDeserializer::new(seq)).map(Given::Here)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Given<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Given::Here)
            }
        }

        deserializer.deserialize_any(Either(PhantomData))
    }
}
