//! What a case expects, checked.

use std::collections::BTreeMap;

use super::document::{Dropped, ExpectationMap, WrittenExpectation};
use super::error::Fault;
use super::series::ExpectedSeries;

/// What is expected of labels that go through rules, and of a body.
#[derive(Debug, Default)]
pub(super) struct Expected {
    /// That it is dropped.
    pub(super) dropped: bool,
    /// How many samples the rules drop.
    pub(super) dropped_samples: Option<u64>,
    /// All labels afterwards.
    pub(super) labels: Option<BTreeMap<String, String>>,
    /// Some of them.
    pub(super) labels_contain: BTreeMap<String, String>,
    pub(super) labels_absent: Vec<String>,
    pub(super) url: Option<String>,
    /// All series that are stored.
    pub(super) series: Option<Vec<ExpectedSeries>>,
    pub(super) series_contain: Vec<ExpectedSeries>,
    pub(super) series_absent: Vec<ExpectedSeries>,
    /// How many samples are lost because their series has one already.
    pub(super) duplicates: u64,
}

impl Expected {
    /// Checks what a case says it expects, of labels or of a body or of both.
    pub(super) fn read(
        written: WrittenExpectation,
        has_labels: bool,
        has_body: bool,
        is_of_job: bool,
    ) -> Result<Self, Fault> {
        let WrittenExpectation { kept, map } = written;
        let of_labels = [
            (map.labels.is_some(), "labels"),
            (map.labels_contain.is_some(), "labels_contain"),
            (map.labels_absent.is_some(), "labels_absent"),
            (map.url.is_some(), "url"),
        ];
        let of_body = [
            (map.series.is_some(), "series"),
            (map.series_contain.is_some(), "series_contain"),
            (map.series_absent.is_some(), "series_absent"),
            (map.duplicates.is_some(), "duplicates"),
            (matches!(map.dropped, Some(Dropped::Samples(_))), "dropped"),
        ];
        let given = |keys: &[(bool, &'static str)]| {
            keys.iter()
                .find(|(is_given, _)| *is_given)
                .map(|(_, key)| *key)
        };
        let dropped = map.dropped == Some(Dropped::All(true));
        let (labels, body) = (given(&of_labels), given(&of_body));
        match (labels, body) {
            (Some(key), _) if !has_labels => {
                return Err(Fault::new(format_args!(
                    "`{key}` is expected, but the case has no `labels`"
                )));
            }
            (_, Some(key)) if !has_body => {
                return Err(Fault::new(match key {
                    "dropped" => {
                        "a number of dropped samples is expected, but the case has no `body`"
                            .to_owned()
                    }
                    _ => format!("`{key}` is expected, but the case has no `body`"),
                }));
            }
            (Some(key), _) | (_, Some(key)) if dropped => {
                return Err(Fault::new(format_args!(
                    "what is dropped has no `{key}` to expect"
                )));
            }
            (None, None) if map.dropped.is_none() && !kept => {
                return Err("`expect` says nothing: expected `kept`, `dropped`, `labels`, `series` or the like".into());
            }
            _ => {}
        }
        if map.url.is_some() && !is_of_job {
            return Err("a `url` is expected, which only a `config` or a `monitor` gives".into());
        }
        Expected::of(map, dropped)
    }

    fn of(map: ExpectationMap, dropped: bool) -> Result<Self, Fault> {
        let series = |lines: Option<Vec<String>>| -> Result<Vec<ExpectedSeries>, Fault> {
            let lines = lines.unwrap_or_default();
            lines.into_iter().map(ExpectedSeries::read).collect()
        };
        Ok(Expected {
            dropped,
            dropped_samples: match map.dropped {
                Some(Dropped::Samples(number)) => Some(number),
                _ => None,
            },
            labels: map.labels,
            labels_contain: map.labels_contain.unwrap_or_default(),
            labels_absent: map.labels_absent.unwrap_or_default(),
            url: map.url,
            series: match map.series {
                Some(lines) => Some(series(Some(lines))?),
                None => None,
            },
            series_contain: series(map.series_contain)?,
            series_absent: series(map.series_absent)?,
            duplicates: map.duplicates.unwrap_or_default(),
        })
    }
}
