//! The rules for families, checked on lines as Prometheus reads them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::SpecificationRule;
use super::findings::{Findings, Place};
use super::lexical::{Lexical, label_name};
use super::point::{Part, Point};
use crate::families::family::MetricLabels;
use crate::model::metric_type::MetricType;
use crate::model::suffix::{Suffix, Suffixes};
use crate::number::decode::{self, Escapes};
use crate::text::line::Line;
use crate::text::place::LineEnd;
use crate::text::sample::Sample;
use crate::text::shape::{LabelList, Text};

#[derive(Debug, Default)]
pub(super) struct Checker<'a> {
    lexical: Lexical<'a>,
    current: Option<Family<'a>>,
    /// The families that were complete when another began, and their types.
    closed: HashMap<Cow<'a, str>, MetricType>,
}

#[derive(Debug)]
struct Family<'a> {
    name: Cow<'a, str>,
    kind: MetricType,
    /// Its TYPE line, or else its first line.
    place: Place<'a>,
    /// Whether it was complete before.
    returned: bool,
    has_type: bool,
    has_help: bool,
    has_unit: bool,
    /// A unit that is not empty.
    unit: Option<Place<'a>>,
    has_samples: bool,
    /// Whether a line could not be read since the family began.
    damaged: bool,
    metric: Option<Metric<'a>>,
    /// The label sets of its metrics.
    seen: HashSet<MetricLabels<'a>>,
}

#[derive(Debug)]
struct Metric<'a> {
    labels: MetricLabels<'a>,
    /// The timestamp of its last sample, in seconds.
    timestamp: Option<f64>,
    point: Point<'a>,
}

/// The kind of metadata on a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Type(MetricType),
    Help,
    /// Whether it is not empty.
    Unit(bool),
}

impl<'a> Checker<'a> {
    pub(super) fn line(&mut self, line: Line<'a>, end: LineEnd, found: &mut Findings) {
        let raw = line.raw();
        let (name, at, what) = match line {
            Line::Sample(sample) => return self.sample(sample, end, found),
            Line::Help(line) => {
                self.lexical.help(&line, Place::new(raw, end, 0), found);
                (line.name(), line.name_at(), What::Help)
            }
            Line::Type(line) => (line.name(), line.name_at(), What::Type(line.metric_type())),
            Line::Unit(line) => {
                let says = !line.raw_unit().is_empty();
                (line.name(), line.name_at(), What::Unit(says))
            }
            Line::Comment(_) | Line::Eof => return,
        };
        let place = Place::new(raw, end, at);
        self.lexical.name(name.clone(), place, found);
        self.enter(name, place, found).metadata(what, place, found);
    }

    /// Records that a line could not be read.
    pub(super) fn damage(&mut self) {
        if let Some(family) = &mut self.current {
            family.damaged = true;
        }
    }

    /// Enters the family of that name, for a line that belongs to it.
    fn enter(
        &mut self,
        name: Cow<'a, str>,
        place: Place<'a>,
        found: &mut Findings,
    ) -> &mut Family<'a> {
        let family = match self.current.take() {
            Some(family) if family.name == name => family,
            family => {
                self.close(family, found);
                let kind = self.closed.get(&name).copied();
                if kind.is_some() {
                    let expected = "the line among the others of its family";
                    place.violates(SpecificationRule::InterleavedFamilies, expected, found);
                }
                Family::new(name, kind, place)
            }
        };
        self.current.insert(family)
    }

    fn sample(&mut self, sample: Sample<'a>, end: LineEnd, found: &mut Findings) {
        let raw = sample.raw();
        let at = sample.shape.name.start();
        let place = Place::new(raw, end, at);
        let Ok(text) = std::str::from_utf8(raw) else {
            // Only a name in quotes can hold such bytes.
            place.violates(
                SpecificationRule::QuotedName,
                "names without quotes, in UTF-8",
                found,
            );
            self.damage();
            return;
        };
        let name = sample.name();
        let family = self.family_of(&name);
        self.lexical.name(family.clone(), place, found);
        self.lexical.labels(&sample, text, place, found);
        self.enter(family, place, found)
            .sample(&name, &sample, text, place, found);
    }

    /// Returns the name of the family that a sample of that name belongs to.
    fn family_of(&self, name: &Cow<'a, str>) -> Cow<'a, str> {
        let belongs = |suffix, kind| Suffixes::Specification.of(kind).has(suffix);
        if let Some(family) = &self.current {
            let suffix = name.strip_prefix(family.name.as_ref());
            let suffix = suffix.and_then(Suffix::parse);
            if suffix.is_some_and(|suffix| belongs(suffix, family.kind)) {
                return family.name.clone();
            }
        }
        if !self.closed.contains_key(name)
            && let Some((stem, suffix)) = Suffix::split(name)
            && let Some((stem, kind)) = self.closed.get_key_value(stem)
            && belongs(suffix, *kind)
        {
            return stem.clone();
        }
        name.clone()
    }

    pub(super) fn finish(&mut self, found: &mut Findings) {
        let family = self.current.take();
        self.close(family, found);
    }

    /// Checks the family as a whole.
    fn close(&mut self, family: Option<Family<'a>>, found: &mut Findings) {
        let Some(mut family) = family else {
            return;
        };
        family.finish_metric(found);
        if matches!(family.kind, MetricType::Info | MetricType::StateSet)
            && let Some(place) = family.unit
        {
            place.violates(
                SpecificationRule::UnitNotAllowed,
                "no unit for this type",
                found,
            );
        }
        if !family.returned && self.clashes(&family) {
            family.place.violates(
                SpecificationRule::ClashingNames,
                "a family with no sample name that another family can have",
                found,
            );
        }
        self.closed.insert(family.name, family.kind);
    }

    /// Tells whether a sample of the family can have the name of one of a complete family.
    fn clashes(&self, family: &Family<'a>) -> bool {
        let specified = Suffixes::Specification;
        let (own, other) = (family.kind, |name: &str| self.closed.get(name).copied());
        let is_others = |sample: &str| {
            let plain = other(sample).is_some_and(|kind| specified.takes_own_name(kind));
            let suffixed = || {
                let (stem, suffix) = Suffix::split(sample)?;
                other(stem).filter(|kind| specified.of(*kind).has(suffix))
            };
            plain || suffixed().is_some()
        };
        let mut sample = String::new();
        let mut suffixes = specified.of(own).iter();
        (specified.takes_own_name(own) && is_others(&family.name))
            || suffixes.any(|suffix| {
                sample.clear();
                sample.push_str(&family.name);
                sample.push_str(suffix.as_str());
                is_others(&sample)
            })
    }
}

impl<'a> Family<'a> {
    /// Creates a family that begins at `place`, or that comes back if it has a type already.
    fn new(name: Cow<'a, str>, kind: Option<MetricType>, place: Place<'a>) -> Self {
        Family {
            name,
            kind: kind.unwrap_or_default(),
            place,
            returned: kind.is_some(),
            has_type: false,
            has_help: false,
            has_unit: false,
            unit: None,
            has_samples: false,
            // What it had before is unknown.
            damaged: kind.is_some(),
            metric: None,
            seen: HashSet::new(),
        }
    }

    fn metadata(&mut self, what: What, place: Place<'a>, found: &mut Findings) {
        if self.returned {
            return;
        }
        let given = match what {
            What::Type(_) => std::mem::replace(&mut self.has_type, true),
            What::Help => std::mem::replace(&mut self.has_help, true),
            What::Unit(_) => std::mem::replace(&mut self.has_unit, true),
        };
        if given {
            let expected = "TYPE, HELP and UNIT once each";
            place.violates(SpecificationRule::RepeatedMetadata, expected, found);
            return;
        }
        if self.has_samples {
            let expected = "TYPE, HELP and UNIT before the samples";
            place.violates(SpecificationRule::LateMetadata, expected, found);
            return;
        }
        match what {
            What::Type(kind) => {
                self.kind = kind;
                self.place = place;
            }
            What::Unit(true) => self.unit = Some(place),
            What::Help | What::Unit(false) => {}
        }
    }

    fn sample(
        &mut self,
        name: &str,
        sample: &Sample<'a>,
        text: &'a str,
        place: Place<'a>,
        found: &mut Findings,
    ) {
        self.has_samples = true;
        let mut labels: LabelList = sample.label_shapes().collect();
        let suffix = name
            .strip_prefix(self.name.as_ref())
            .and_then(Suffix::parse);
        let Some(part) = self.part(suffix, text, &mut labels, place, found) else {
            // What is missing from here on means nothing.
            self.damaged = true;
            return;
        };
        exemplar(&part, sample, place, found);
        let seconds = sample.raw_timestamp();
        let seconds = seconds.and_then(|text| decode::sample_value(text).ok());
        let repeats = self.enter_metric(
            MetricLabels::from_line(text, &labels),
            seconds,
            place,
            found,
        );
        if let Some(metric) = &mut self.metric {
            let value = place.at(sample.value_text().start());
            (metric.point).add(part, sample.value(), value, repeats, found);
        }
    }

    /// Returns which of a metric's samples it is; leaves only the metric's own labels in its labels.
    fn part(
        &self,
        suffix: Option<Suffix>,
        text: &'a str,
        labels: &mut LabelList,
        place: Place<'a>,
        found: &mut Findings,
    ) -> Option<Part<'a>> {
        let kind = self.kind;
        let own: Cow<'_, str> = match kind {
            MetricType::Histogram | MetricType::GaugeHistogram => "le".into(),
            MetricType::Summary => "quantile".into(),
            MetricType::StateSet => self.name.clone(),
            _ => "".into(),
        };
        let at = labels
            .iter()
            .position(|label| !own.is_empty() && label_name(text, label) == own);
        let needed = matches!(
            (kind, suffix),
            (_, Some(Suffix::Bucket)) | (MetricType::Summary | MetricType::StateSet, None)
        );
        let label = match (at, needed) {
            (Some(at), true) => Some(labels.remove(at)),
            (Some(at), false) => {
                let at = labels.get(at).map_or(0, |label| label.name.start());
                let expected = "another name for a label of the metric";
                place
                    .at(at)
                    .violates(SpecificationRule::ReservedLabel, expected, found);
                None
            }
            (None, true) => {
                let expected = match kind {
                    MetricType::Summary => "a label `quantile`",
                    MetricType::StateSet => "a label called as the state set",
                    _ => "a label `le`",
                };
                place.violates(SpecificationRule::MissingLabel, expected, found);
                return None;
            }
            (None, false) => None,
        };
        let value = label.map(|label| {
            let value = Text::Str(text).unescaped(label.value, Escapes::Quoted);
            (value, place.at(label.value.start()))
        });
        Some(match (kind, suffix, value) {
            (MetricType::Gauge | MetricType::Unknown, None, _) => Part::Value,
            (_, Some(Suffix::Total), _) => Part::Total,
            (_, Some(Suffix::Info), _) => Part::Info,
            (_, Some(Suffix::Created), _) => Part::Created,
            (_, Some(Suffix::Sum), _) => Part::Sum,
            (_, Some(Suffix::Count), _) => Part::Count,
            (_, Some(Suffix::GSum), _) => Part::GaugeSum,
            (_, Some(Suffix::GCount), _) => Part::GaugeCount,
            (_, Some(Suffix::Bucket), Some((bound, place))) => {
                Part::Bucket(bucket_bound(&bound, place, found)?)
            }
            (MetricType::Summary, None, Some((quantile, place))) => {
                Part::Quantile(quantile_of(&quantile, place, found)?)
            }
            (MetricType::StateSet, None, Some((state, _))) => Part::State(state),
            _ => {
                let expected = "a name with a suffix that the family's type has";
                place.violates(SpecificationRule::SampleName, expected, found);
                return None;
            }
        })
    }

    /// Continues the metric with those labels, or begins it. Returns whether the sample's timestamp is
    /// that of the sample before.
    fn enter_metric(
        &mut self,
        labels: MetricLabels<'a>,
        seconds: Option<f64>,
        place: Place<'a>,
        found: &mut Findings,
    ) -> bool {
        if let Some(metric) = self
            .metric
            .as_mut()
            .filter(|metric| metric.labels == labels)
        {
            return match (metric.timestamp, seconds) {
                (None, None) => false,
                (Some(last), Some(now)) => {
                    if now < last {
                        place.violates(
                            SpecificationRule::TimestampOrder,
                            "a timestamp not before that of the metric's last sample",
                            found,
                        );
                    }
                    metric.timestamp = seconds;
                    if now != last {
                        let next = Point::new(place, self.kind);
                        let mut point = std::mem::replace(&mut metric.point, next);
                        point.damaged |= self.damaged;
                        point.finish(found);
                    }
                    now == last
                }
                _ => {
                    place.violates(
                        SpecificationRule::MixedTimestamps,
                        "timestamps on all samples of a metric or on none",
                        found,
                    );
                    true
                }
            };
        }
        self.finish_metric(found);
        let mut point = Point::new(place, self.kind);
        if !self.seen.insert(labels.clone()) {
            place.violates(
                SpecificationRule::InterleavedMetrics,
                "the sample among the others of its metric",
                found,
            );
            point.damaged = true;
        }
        self.metric = Some(Metric {
            labels,
            timestamp: seconds,
            point,
        });
        false
    }

    fn finish_metric(&mut self, found: &mut Findings) {
        if let Some(mut metric) = self.metric.take() {
            metric.point.damaged |= self.damaged;
            metric.point.finish(found);
        }
    }
}

fn bucket_bound(text: &str, place: Place<'_>, found: &mut Findings) -> Option<f64> {
    match decode::sample_value(text) {
        Ok(bound) if bound.is_finite() => return Some(bound),
        Ok(bound) if matches!(text, "+Inf" | "-Inf") => return Some(bound),
        _ => {}
    }
    place.violates(
        SpecificationRule::BucketBound,
        "a number, or infinity as `+Inf`",
        found,
    );
    None
}

fn quantile_of(text: &str, place: Place<'_>, found: &mut Findings) -> Option<f64> {
    match decode::sample_value(text) {
        Ok(quantile) if (0.0..=1.0).contains(&quantile) => Some(quantile),
        _ => {
            place.violates(
                SpecificationRule::QuantileRange,
                "a number from 0 to 1",
                found,
            );
            None
        }
    }
}

/// Checks an exemplar's place, and its value if that is a bucket.
fn exemplar(part: &Part<'_>, sample: &Sample<'_>, place: Place<'_>, found: &mut Findings) {
    let Some(exemplar) = sample.exemplar() else {
        return;
    };
    let place = place.at(exemplar.shape().value_text.start());
    match part {
        Part::Total => {}
        // NaN belongs only in the bucket without a bound.
        Part::Bucket(f64::INFINITY) => {}
        Part::Bucket(bound) if exemplar.value() <= *bound => {}
        Part::Bucket(_) => place.violates(
            SpecificationRule::ExemplarValue,
            "a value of no more than the bucket's bound",
            found,
        ),
        _ => place.violates(
            SpecificationRule::ExemplarPlace,
            "no exemplar on a sample of this kind",
            found,
        ),
    }
}
