//! Which family a line belongs to, as promtool's reader sees it, and what it refuses because of that.

use std::borrow::Cow;

use super::line::{self, Bytes, ReadLine, ReadSample};
use super::refusal::{Fault, Repetition};
use crate::check::lint::by_name::{self, ByName};
use crate::model::label_names::LabelNames;
use crate::model::metric_type::MetricType;
use crate::model::name::ValidationScheme;
use crate::model::suffix::{Suffix, Suffixes};
use crate::number::decode;

/// A family as far as it is known.
#[derive(Debug, Default)]
pub(in crate::check::lint) struct Known {
    pub(in crate::check::lint) name: String,
    /// Fixed by the first TYPE line or the first sample, which makes it unknown.
    pub(in crate::check::lint) metric_type: Option<MetricType>,
    pub(in crate::check::lint) has_help: bool,
    is_typed_by_sample: bool,
}

impl Known {
    /// Tells why metadata for a name is too much, which stands for a part of this family or the whole.
    fn repetition(&self, part: Option<Suffix>, is_late: bool) -> Repetition {
        match part {
            Some(_) => Repetition::OfWhole,
            None if is_late => Repetition::AfterSamples,
            None => Repetition::OfMetadata,
        }
    }
}

/// The families of a body, by name over the whole body.
#[derive(Debug)]
pub(in crate::check::lint) struct Families {
    known: ByName<Known>,
    names: ValidationScheme,
}

/// A sample that was understood.
#[derive(Debug)]
pub(in crate::check::lint) struct Placed {
    /// The family's number.
    pub(in crate::check::lint) family: usize,
    pub(in crate::check::lint) metric_type: MetricType,
    /// Whether the sample is a bucket or a quantile, whose bound is a number.
    pub(in crate::check::lint) has_bound: bool,
}

impl Families {
    pub(in crate::check::lint) fn new(names: ValidationScheme) -> Self {
        Families {
            known: ByName::default(),
            names,
        }
    }

    pub(in crate::check::lint) fn iter(&self) -> impl ExactSizeIterator<Item = &Known> {
        self.known.iter()
    }

    /// Takes a line; returns where it belongs if it is a sample.
    pub(in crate::check::lint) fn take(
        &mut self,
        line: &ReadLine<'_>,
    ) -> Result<Option<Placed>, Fault> {
        match line {
            ReadLine::Nothing => Ok(None),
            ReadLine::Name(name) => self.place(name).map(|_| None),
            ReadLine::Help(name) => self.change(name, |known, part| {
                if known.has_help {
                    let why = known.repetition(part, false);
                    return Err(Fault::SecondHelp(known.name.clone(), why));
                }
                known.has_help = true;
                Ok(())
            }),
            ReadLine::Type { name, word } => self.change(name, |known, part| {
                if known.metric_type.is_some() {
                    let why = known.repetition(part, known.is_typed_by_sample);
                    return Err(Fault::SecondType(known.name.clone(), why));
                }
                known.metric_type = Some(type_of(word)?);
                Ok(())
            }),
            ReadLine::Sample(sample) => self.sample(sample).map(Some),
        }
    }

    /// Notes that there is a sample of that name.
    pub(in crate::check::lint) fn note(&mut self, name: &[u8]) {
        if let Ok((family, _)) = self.place(&Cow::Borrowed(name)) {
            self.type_of_sample(family);
        }
    }

    /// Returns the type of a family that has samples.
    fn type_of_sample(&mut self, family: usize) -> MetricType {
        match self.known.get_mut(family) {
            Some(known) => {
                known.is_typed_by_sample |= known.metric_type.is_none();
                *known.metric_type.get_or_insert(MetricType::Unknown)
            }
            None => MetricType::Unknown,
        }
    }

    /// Changes what is known of the family that a name belongs to.
    fn change(
        &mut self,
        name: &Bytes<'_>,
        change: impl FnOnce(&mut Known, Option<Suffix>) -> Result<(), Fault>,
    ) -> Result<Option<Placed>, Fault> {
        let (family, part) = self.place(name)?;
        match self.known.get_mut(family) {
            Some(known) => change(known, part).map(|()| None),
            None => Ok(None),
        }
    }

    fn sample(&mut self, sample: &ReadSample<'_>) -> Result<Placed, Fault> {
        let (family, part) = self.place(&sample.name)?;
        let metric_type = self.type_of_sample(family);
        let bound = metric_type.bound_label();
        let mut bound_value = f64::NAN;
        let mut names = LabelNames::default();
        for (name, value) in &sample.labels {
            let text = std::str::from_utf8(name).unwrap_or_default();
            if !self.names.is_valid_label_name(text) {
                return Err(Fault::LabelName(line::shown(name)));
            }
            if bound.is_some_and(|bound| bound == text) {
                let label = bound.unwrap_or_default();
                let text = std::str::from_utf8(value).unwrap_or_default();
                bound_value = decode::sample_value(text).map_err(|_| Fault::Bound {
                    label,
                    found: line::shown(value),
                })?;
                continue;
            }
            if !names.insert(Cow::Borrowed(text)) {
                return Err(Fault::DuplicateLabel(self.name_of(family)));
            }
        }
        let is_bound = match part {
            None | Some(Suffix::Bucket) => bound.is_some() && !bound_value.is_nan(),
            Some(_) => false,
        };
        if counts_in_buckets(metric_type) && sample.value < 0.0 {
            if is_bound {
                return Err(Fault::NegativeBucket(self.name_of(family)));
            }
            if part == Some(Suffix::Count) {
                return Err(Fault::NegativeCount(self.name_of(family)));
            }
        }
        Ok(Placed {
            family,
            metric_type,
            has_bound: is_bound,
        })
    }

    fn name_of(&self, family: usize) -> String {
        (self.known.get(family)).map_or_else(String::new, |known| known.name.clone())
    }

    /// Returns the family that a name belongs to, and as which part. A name that belongs to none is a family from
    /// now on.
    fn place(&mut self, name: &Bytes<'_>) -> Result<by_name::Placed, Fault> {
        if let Some(last) = self.known.placed_last(name) {
            return Ok(last);
        }
        let text = std::str::from_utf8(name).unwrap_or_default();
        if !self.names.is_valid_metric_name(text) {
            return Err(Fault::MetricName(line::shown(name)));
        }
        let has_part = |known: &Known, suffix| {
            let metric_type = known.metric_type;
            metric_type.is_some_and(|metric_type| Suffixes::Text.of(metric_type).has(suffix))
        };
        Ok(self.known.place(text, has_part, || Known {
            name: text.to_owned(),
            ..Known::default()
        }))
    }
}

fn counts_in_buckets(metric_type: MetricType) -> bool {
    matches!(
        metric_type,
        MetricType::Histogram | MetricType::GaugeHistogram
    )
}

/// Reads the type in a TYPE line, in any case.
fn type_of(word: &[u8]) -> Result<MetricType, Fault> {
    // A backslash there escapes nothing and is dropped.
    let written: Vec<u8> = word.iter().copied().filter(|byte| *byte != b'\\').collect();
    let upper = String::from_utf8_lossy(&written).to_uppercase();
    Ok(match upper.as_str() {
        "COUNTER" => MetricType::Counter,
        "GAUGE" => MetricType::Gauge,
        "SUMMARY" => MetricType::Summary,
        "UNTYPED" => MetricType::Unknown,
        "HISTOGRAM" => MetricType::Histogram,
        "GAUGE_HISTOGRAM" | "GAUGEHISTOGRAM" => MetricType::GaugeHistogram,
        _ => return Err(Fault::UnknownType(line::shown(word))),
    })
}
