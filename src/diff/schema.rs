//! What a body says of its families, without values.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::bytes::work;
use crate::families::family::{Histogram, MetricFamily, MetricValue};
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;

/// The families of a body, in its order, each name once.
#[derive(Debug, Default)]
pub(super) struct Schemas<'f> {
    pub(super) all: Vec<Schema<'f>>,
    places: HashMap<Cow<'f, str>, usize>,
}

/// What a body says of a family.
#[derive(Debug, Default)]
pub(super) struct Schema<'f> {
    /// The name as in the text format.
    pub(super) name: Cow<'f, str>,
    pub(super) metric_type: MetricType,
    pub(super) help: Option<&'f str>,
    pub(super) unit: Option<&'f str>,
    /// Without metrics, nothing is known of what follows.
    pub(super) has_metrics: bool,
    pub(super) labels: HashSet<Cow<'f, str>>,
    pub(super) bounds: Numbers,
    pub(super) quantiles: Numbers,
    pub(super) has_classic: bool,
    pub(super) has_native: bool,
    /// The exponential ones.
    pub(super) schemas: HashSet<i32>,
}

/// Different numbers.
#[derive(Debug, Default)]
pub(super) struct Numbers(HashSet<u64>);

impl Numbers {
    fn insert(&mut self, number: f64) {
        self.0.insert(number.to_bits());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns those that the others lack, rising.
    pub(super) fn beyond(&self, others: &Numbers) -> Vec<f64> {
        let beyond = self.0.difference(&others.0);
        let mut beyond: Vec<f64> = beyond.map(|bits| f64::from_bits(*bits)).collect();
        beyond.sort_unstable_by(f64::total_cmp);
        beyond
    }
}

impl<'f> Schemas<'f> {
    pub(super) fn of<'a: 'f>(families: impl Iterator<Item = &'f MetricFamily<'a>>) -> Self {
        let mut schemas = Schemas::default();
        for family in families {
            schemas.add(family);
        }
        schemas
    }

    fn add(&mut self, family: &'f MetricFamily<'_>) {
        let name = text_name(family);
        work::on(name.len());
        let all = &mut self.all;
        let place = *self.places.entry(name).or_insert_with_key(|name| {
            all.push(Schema {
                name: name.clone(),
                ..Schema::default()
            });
            all.len() - 1
        });
        if let Some(schema) = self.all.get_mut(place) {
            schema.add(family);
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Schema<'f>> {
        self.all.get(*self.places.get(name)?)
    }
}

impl<'f> Schema<'f> {
    /// Adds a family of that name; bodies may have several.
    fn add(&mut self, family: &'f MetricFamily<'_>) {
        if self.metric_type == MetricType::Unknown {
            self.metric_type = family.metric_type;
        }
        let is_some = |text: &&str| !text.is_empty();
        self.help = self.help.or(family.help.as_deref().filter(is_some));
        self.unit = self.unit.or(family.unit.as_deref().filter(is_some));
        self.has_metrics |= !family.metrics.is_empty();
        for metric in &family.metrics {
            for (label, value) in &metric.labels {
                work::on(label.len());
                if !value.is_empty() && !self.labels.contains(&label) {
                    self.labels.insert(label);
                }
            }
            match &metric.value {
                MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                    self.add_histogram(histogram);
                }
                MetricValue::Summary(summary) => {
                    for quantile in &summary.quantiles {
                        work::on(1);
                        self.quantiles.insert(quantile.quantile);
                    }
                }
                MetricValue::Counter(_)
                | MetricValue::Gauge(_)
                | MetricValue::Unknown(_)
                | MetricValue::Info(_)
                | MetricValue::StateSet(_) => {}
            }
        }
    }

    fn add_histogram(&mut self, histogram: &Histogram<'_>) {
        self.has_classic |= !histogram.buckets.is_empty();
        for bucket in &histogram.buckets {
            work::on(1);
            self.bounds.insert(bucket.upper_bound);
        }
        let Some(native) = &histogram.native else {
            return;
        };
        self.has_native = true;
        match native.is_custom() {
            true => {
                let bounds = native.custom_bounds.iter().copied();
                bounds
                    .chain([f64::INFINITY])
                    .for_each(|bound| self.bounds.insert(bound));
            }
            false => _ = self.schemas.insert(native.schema),
        }
    }

    /// Returns the schemas of native histograms, rising.
    pub(super) fn schemas(&self) -> Vec<i32> {
        let mut schemas: Vec<i32> = self.schemas.iter().copied().collect();
        schemas.sort_unstable();
        schemas
    }

    /// Returns the labels that the other family lacks, sorted.
    pub(super) fn labels_beyond(&self, other: &Schema<'_>) -> Vec<&str> {
        let labels = self.labels.iter().map(Cow::as_ref);
        let mut labels: Vec<&str> = labels
            .filter(|label| !other.labels.contains(*label))
            .collect();
        labels.sort_unstable();
        labels
    }

    /// Returns what a renamed family keeps. `None` if it says too little to be known again.
    pub(super) fn look(&self) -> Option<Look<'_>> {
        let mut labels: Vec<&str> = self.labels.iter().map(Cow::as_ref).collect();
        labels.sort_unstable();
        Some((self.metric_type, self.help?, self.unit, labels))
    }

    /// Returns the name that the family may have in another body, where it has metrics: without them, nobody
    /// knows whether their names have a suffix.
    pub(super) fn other_name(&self) -> Option<String> {
        let suffix = suffix_of(self.metric_type).filter(|_| !self.has_metrics)?;
        (!self.name.ends_with(suffix)).then(|| [&self.name, suffix].concat())
    }
}

/// The type, help, unit and labels of a family.
pub(super) type Look<'s> = (MetricType, &'s str, Option<&'s str>, Vec<&'s str>);

/// Returns the name that the text format gives to a family: that of the samples, if they have one.
fn text_name<'f>(family: &'f MetricFamily<'_>) -> Cow<'f, str> {
    let is_suffixed = family.metrics.iter().any(|metric| metric.suffixed);
    match suffix_of(family.metric_type) {
        Some(suffix) if is_suffixed => Cow::Owned([&family.name, suffix].concat()),
        Some(_) | None => Cow::Borrowed(&family.name),
    }
}

/// Returns what OpenMetrics adds to the names of samples that have no other suffix.
fn suffix_of(metric_type: MetricType) -> Option<&'static str> {
    metric_type.main_suffix().map(Suffix::as_str)
}
