//! A file of tests as it is written.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::given::Given;
use crate::operator::ScrapeConfig;
use crate::relabel::RuleConfig;
use crate::yaml::node::Resolved;
use crate::yaml::placed::Placed;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) rules: Option<Placed<Given<Vec<RuleConfig>>>>,
    pub(super) config: Option<Placed<Given<ScrapeConfig>>>,
    pub(super) monitor: Option<Placed<Given<Resolved>>>,
    pub(super) settings: Option<Placed<Given<Resolved>>>,
    pub(super) namespace: Option<Placed<String>>,
    pub(super) job: Option<Placed<String>>,
    pub(super) tests: Option<Vec<Placed<WrittenCase>>>,
}

/// One entry of `tests`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenCase {
    pub(super) name: Option<String>,
    pub(super) job: Option<String>,
    pub(super) monitor: Option<String>,
    pub(super) endpoint: Option<usize>,
    pub(super) labels: Option<BTreeMap<String, String>>,
    pub(super) body: Option<String>,
    pub(super) body_file: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) expect: Option<WrittenExpectation>,
}

/// What a case expects: a word, or a map.
#[derive(Debug, Default)]
pub(super) struct WrittenExpectation {
    /// Whether it says that something is kept.
    pub(super) kept: bool,
    pub(super) map: ExpectationMap,
}

/// What a case expects, as a map.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectationMap {
    pub(super) dropped: Option<Dropped>,
    pub(super) labels: Option<BTreeMap<String, String>>,
    pub(super) labels_contain: Option<BTreeMap<String, String>>,
    pub(super) labels_absent: Option<Vec<String>>,
    pub(super) url: Option<String>,
    pub(super) series: Option<Vec<String>>,
    pub(super) series_contain: Option<Vec<String>>,
    pub(super) series_absent: Option<Vec<String>>,
    pub(super) duplicates: Option<u64>,
}

/// Whether a target is dropped, or how many samples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dropped {
    All(bool),
    Samples(u64),
}

impl<'de> Deserialize<'de> for Dropped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl Visitor<'_> for Either {
            type Value = Dropped;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false, or a number of samples")
            }

            fn visit_bool<E>(self, all: bool) -> Result<Dropped, E> {
                Ok(Dropped::All(all))
            }

            fn visit_u64<E>(self, samples: u64) -> Result<Dropped, E> {
                Ok(Dropped::Samples(samples))
            }

            fn visit_i64<E: de::Error>(self, samples: i64) -> Result<Dropped, E> {
                let number = u64::try_from(samples);
                (number.map(Dropped::Samples))
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(samples), &self))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for WrittenExpectation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = WrittenExpectation;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`kept`, `dropped`, or a map of what is expected")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<WrittenExpectation, E> {
                let mut expected = WrittenExpectation::default();
                match word {
                    "kept" => expected.kept = true,
                    "dropped" => expected.map.dropped = Some(Dropped::All(true)),
                    _ => return Err(E::invalid_value(de::Unexpected::Str(word), &self)),
                }
                Ok(expected)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WrittenExpectation, A::Error> {
                let map = ExpectationMap::deserialize(MapAccessDeserializer::new(map))?;
                Ok(WrittenExpectation {
                    kept: map.dropped == Some(Dropped::All(false)),
                    map,
                })
            }
        }

        deserializer.deserialize_any(Either)
    }
}
