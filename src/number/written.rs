//! Floats as they are written and read by `serde`: also those that JSON has no number for.

use std::fmt;

use serde::de::{self, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::decode::{NAN, sample_value};
use super::go_float::shortest;

/// A float. Formats for people have it as a number, or as the word of an exposition: `NaN`, `+Inf`, `-Inf`.
/// Others have its bits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number(pub(crate) f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.is_finite() || !serializer.is_human_readable() {
            true => serializer.serialize_f64(self.0),
            false => serializer.collect_str(&shortest(self.0)),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.is_human_readable() {
            true => deserializer.deserialize_any(NumberVisitor),
            false => deserializer.deserialize_f64(NumberVisitor),
        }
    }
}

/// The key under which `serde_json` hands over a number's text, if it keeps numbers as texts: its feature
/// `arbitrary_precision`, which any crate of a program can turn on for all.
const TEXT_OF_NUMBER: &str = "$serde_json::private::Number";

struct NumberVisitor;

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, \"NaN\", \"+Inf\" or \"-Inf\"")
    }

    fn visit_f64<E>(self, number: f64) -> Result<Number, E> {
        Ok(Number(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
        Ok(Number(number as f64))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Number, E> {
        Ok(Number(number as f64))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
        match sample_value(text) {
            Ok(number) if number.is_nan() => Ok(Number(NAN)),
            Ok(number) => Ok(Number(number)),
            Err(_) => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Number, A::Error> {
        match map.next_entry::<String, String>() {
            Ok(Some((key, text))) if key == TEXT_OF_NUMBER => self.visit_str(&text),
            Ok(_) | Err(_) => Err(de::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

/// For the attribute `with` of a field that is a float.
pub(crate) mod float {
    use super::{Deserialize, Deserializer, Number, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        Number(*number).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        Number::deserialize(deserializer).map(|number| number.0)
    }
}

/// For the attribute `deserialize_with` of a field that may be a float.
pub(crate) fn maybe<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let number = Option::<Number>::deserialize(deserializer)?;
    Ok(number.map(|number| number.0))
}

/// For the attribute `with` of a field that is a list of floats.
pub(crate) mod floats {
    use super::{Deserialize, Deserializer, Number, Serializer};

    pub(crate) fn serialize<S: Serializer>(list: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(list.iter().map(|number| Number(*number)))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<f64>, D::Error> {
        let list = Vec::<Number>::deserialize(deserializer)?;
        Ok(list.into_iter().map(|number| number.0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_float_is_a_number_or_a_word() {
        for (number, json) in [
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.1, "0.1"),
            (9_007_199_254_740_993.0, "9007199254740992.0"),
            (NAN, "\"NaN\""),
            (f64::INFINITY, "\"+Inf\""),
            (f64::NEG_INFINITY, "\"-Inf\""),
        ] {
            assert_eq!(serde_json::to_string(&Number(number)).unwrap(), json);
            let read: Number = serde_json::from_str(json).unwrap();
            assert_eq!(read.0.to_bits(), number.to_bits(), "{json}");
        }
        for (json, number) in [
            ("1e21", 1e21),
            ("5e-324", 5e-324),
            ("1.7976931348623157e308", f64::MAX),
            ("17", 17.0),
            ("-17", -17.0),
            ("18446744073709551615", 18_446_744_073_709_551_615.0),
            ("\"Inf\"", f64::INFINITY),
            ("\"1e3\"", 1000.0),
            ("\"nan\"", NAN),
        ] {
            let read: Number = serde_json::from_str(json).unwrap();
            assert_eq!(read.0.to_bits(), number.to_bits(), "{json}");
        }
        for (json, error) in [
            (
                "\"1,5\"",
                "invalid value: string \"1,5\", expected a number, \"NaN\", \"+Inf\" or \"-Inf\" at line 1 column 5",
            ),
            (
                "\"1e999\"",
                "invalid value: string \"1e999\", expected a number, \"NaN\", \"+Inf\" or \"-Inf\" at line 1 column 7",
            ),
            ("1e999", "number out of range at line 1 column 5"),
            (
                "true",
                "invalid type: boolean `true`, expected a number, \"NaN\", \"+Inf\" or \"-Inf\" at line 1 column 4",
            ),
            (
                "null",
                "invalid type: null, expected a number, \"NaN\", \"+Inf\" or \"-Inf\" at line 1 column 4",
            ),
            (
                "{\"value\": \"1\"}",
                "invalid type: map, expected a number, \"NaN\", \"+Inf\" or \"-Inf\"",
            ),
        ] {
            let read: Result<Number, _> = serde_json::from_str(json);
            let shown = read.unwrap_err().to_string();
            assert!(shown.starts_with(error), "{shown}");
        }
    }

    #[test]
    fn a_number_that_comes_as_its_text_is_read() {
        let map = de::value::MapDeserializer::<_, de::value::Error>::new(
            [(TEXT_OF_NUMBER, "0.30000000000000004")].into_iter(),
        );
        assert_eq!(Number::deserialize(map).unwrap().0, 0.1 + 0.2);
    }
}
