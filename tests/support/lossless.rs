//! Compares families with the lines that they were made from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use exposition::{
    Dialect, Error, ExemplarView, Label, Line, MetricFamily, MetricType, MetricValue, Parser,
    Sample,
};

use super::canonical::canonical;

pub(crate) type Labels = Vec<(String, String)>;

/// An exemplar in comparable form: labels, the bits of the value, timestamp.
pub(crate) type Cited = (Labels, u64, Option<i64>);

/// A sample in comparable form: name, labels, the bits of the value, timestamp.
pub(crate) type Key = (String, Labels, u64, Option<i64>);

/// Sorts labels, with `le` and `quantile` in the form of numbers.
fn sorted<'l>(labels: impl Iterator<Item = (Cow<'l, str>, Cow<'l, str>)>) -> Labels {
    let mut labels: Labels = labels
        .map(|(name, value)| match name.as_ref() {
            "le" | "quantile" => (name.into_owned(), canonical(&value)),
            _ => (name.into_owned(), value.into_owned()),
        })
        .collect();
    labels.sort();
    labels
}

/// Returns the labels of a sample that Prometheus stores although some of their names are empty, not UTF-8 or
/// repeated: without those that have no value, and without others of their names. `None` if all names are
/// valid.
fn mended(sample: &Sample<'_>) -> Option<Labels> {
    let key = |label: &Label<'_>| match label.name_is_utf8() {
        true => label.name().into_owned().into_bytes(),
        false => label.raw_name().to_vec(),
    };
    let mut namesakes: BTreeMap<Vec<u8>, Vec<Label<'_>>> = BTreeMap::new();
    for label in sample.labels() {
        namesakes.entry(key(&label)).or_default().push(label);
    }
    let ill = (namesakes.iter()).any(|(name, all)| {
        name.is_empty() || all.len() > 1 || !all.iter().all(Label::name_is_utf8)
    });
    namesakes.retain(|_, all| !all.iter().any(|label| label.raw_value().is_empty()));
    let left = namesakes.into_values().flatten();
    ill.then(|| sorted(left.map(|label| (label.name(), label.value()))))
}

/// Returns a sample and its exemplar.
pub(crate) fn read(sample: &Sample<'_>) -> (Key, Option<Cited>) {
    let pairs = |labels: exposition::Labels<'_>| {
        sorted(labels.iter().map(|label| (label.name(), label.value())))
    };
    let key = (
        sample.name().into_owned(),
        pairs(sample.labels()),
        sample.value().to_bits(),
        sample.timestamp(),
    );
    let cited = sample.exemplar().map(|exemplar| {
        let value = exemplar.value().to_bits();
        (pairs(exemplar.labels()), value, exemplar.timestamp())
    });
    (key, cited)
}

/// Returns the samples and the exemplars of families.
pub(crate) fn found(families: &[MetricFamily<'_>]) -> (Vec<Key>, Vec<Cited>) {
    let samples = families.iter().flat_map(MetricFamily::samples);
    let keys = samples.map(|sample| {
        let labels = sorted(sample.labels());
        let value = sample.value().to_bits();
        (
            sample.name().into_owned(),
            labels,
            value,
            sample.timestamp(),
        )
    });
    let metrics = families.iter().flat_map(|family| &family.metrics);
    let cited = metrics.flat_map(|metric| {
        let buckets = match &metric.value {
            MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                histogram.buckets.as_slice()
            }
            _ => &[],
        };
        let of_buckets = buckets
            .iter()
            .filter_map(|bucket| bucket.exemplar.as_deref());
        metric.exemplars.iter().chain(of_buckets)
    });
    let cited = cited.map(|exemplar| {
        let labels = sorted(exemplar.labels.iter());
        (labels, exemplar.value.to_bits(), exemplar.timestamp)
    });
    (keys.collect(), cited.collect())
}

/// Checks that buckets and quantiles rise, in any order of their lines, so that one can be looked up.
pub(crate) fn rises(families: &[MetricFamily<'_>]) -> Result<(), String> {
    for family in families {
        for metric in &family.metrics {
            let numbers: Vec<f64> = match &metric.value {
                MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                    let buckets = histogram.buckets.iter();
                    buckets.map(|bucket| bucket.upper_bound).collect()
                }
                MetricValue::Summary(summary) => {
                    let quantiles = summary.quantiles.iter();
                    quantiles.map(|quantile| quantile.quantile).collect()
                }
                _ => continue,
            };
            if !numbers.is_sorted_by(|a, b| a.total_cmp(b).is_le()) {
                return Err(format!("{}: {numbers:?} do not rise", family.name));
            }
        }
    }
    Ok(())
}

/// The expected result of a line: its sample, if it is one, and its labels if they are kept differently than
/// written.
type Expected = Option<(Key, Option<Cited>, Option<Labels>)>;

/// Checks that every sample of the lines that `parser` returns, and every exemplar, is in exactly one of
/// `families`, or its line is in one of `errors`: in one that fails the scrape, if misfits are kept. What can
/// be looked up by a number rises.
pub(crate) fn lossless(
    mut parser: Parser<'_>,
    families: &[MetricFamily<'_>],
    errors: &[Error],
    keeps_misfits: bool,
) -> Result<(), String> {
    rises(families)?;
    if parser.dialect() == Dialect::OpenMetrics2 {
        return lossless_of_openmetrics2(parser, families, errors);
    }
    // Samples by the place where their lines end.
    let mut samples: BTreeMap<u64, Expected> = BTreeMap::new();
    let mut of_families: Vec<&Error> = errors.iter().collect();
    while let Some(item) = parser.next() {
        let sample = match item {
            Ok(Line::Sample(sample)) => {
                let (key, cited) = read(&sample);
                Some((key, cited, mended(&sample)))
            }
            Ok(_) => None,
            // This is not a sample, and the error may be in a later line, which was read anyway.
            Err(error) => {
                let told = of_families.iter().position(|other| **other == error);
                of_families.remove(told.ok_or_else(|| format!("not told of: {error}"))?);
                None
            }
        };
        // An error about the end of the body has no bytes of its own.
        samples.entry(parser.position().byte).or_insert(sample);
    }
    for error in of_families {
        let at = error.position().byte;
        let Some((_, line)) = samples.range_mut(at + 1..).next() else {
            continue;
        };
        if error.fails_scrape() || !keeps_misfits {
            *line = None;
        } else if let Some((key, _, mended)) = line {
            key.1 = mended.take().unwrap_or_else(|| std::mem::take(&mut key.1));
        }
    }
    let (mut keys, mut cited): (Vec<Key>, Vec<Cited>) = Default::default();
    for (key, exemplar, _) in samples.into_values().flatten() {
        keys.push(key);
        cited.extend(exemplar);
    }
    same((keys, cited), found(families))
}

/// Checks that the same samples and exemplars were found, in any order.
fn same(
    (mut keys, mut cited): (Vec<Key>, Vec<Cited>),
    (mut got_keys, mut got_cited): (Vec<Key>, Vec<Cited>),
) -> Result<(), String> {
    keys.sort();
    got_keys.sort();
    if keys != got_keys {
        return Err(format!(
            "samples differ: expected {keys:?}, got {got_keys:?}"
        ));
    }
    cited.sort();
    got_cited.sort();
    match cited == got_cited {
        true => Ok(()),
        false => Err(format!(
            "exemplars differ: expected {cited:?}, got {got_cited:?}"
        )),
    }
}

/// Checks the same of OpenMetrics 2.0, where a line may be several samples: those of its parts.
/// Every exemplar of it is in a family. Of a body with errors only that each is told.
fn lossless_of_openmetrics2(
    parser: Parser<'_>,
    families: &[MetricFamily<'_>],
    errors: &[Error],
) -> Result<(), String> {
    let mut of_lines = 0;
    let (mut keys, mut cited): (Vec<Key>, Vec<Cited>) = Default::default();
    for item in parser {
        let sample = match item {
            Ok(Line::Sample(sample)) => sample,
            Ok(_) => continue,
            Err(error) => {
                if !errors.contains(&error) {
                    return Err(format!("not told of: {error}"));
                }
                of_lines += 1;
                continue;
            }
        };
        keys.extend(flat(&sample));
        for exemplar in sample.exemplars() {
            let labels = sorted(ExemplarView::labels(&exemplar));
            cited.push((labels, exemplar.value().to_bits(), exemplar.timestamp()));
        }
    }
    if errors.len() > of_lines {
        return Ok(());
    }
    let (mut got_keys, got_cited) = found(families);
    // A start time is not a sample of its own.
    let starts = families.iter().flat_map(MetricFamily::samples);
    let starts: Vec<String> = starts
        .filter(|sample| sample.suffix() == "_created")
        .map(|sample| sample.name().into_owned())
        .collect();
    let mut starts_left = starts;
    got_keys.retain(|key| {
        let at = starts_left.iter().position(|start| *start == key.0);
        at.map(|at| starts_left.swap_remove(at)).is_none()
    });
    same((keys, cited), (got_keys, got_cited))
}

/// Returns the samples that a line of OpenMetrics 2.0 stands for, as families have them.
fn flat(sample: &Sample<'_>) -> Vec<Key> {
    let (key, _) = read(sample);
    let Some(composite) = sample.composite() else {
        return vec![key];
    };
    let (count, sum) = match composite.metric_type() {
        MetricType::GaugeHistogram => ("_gcount", "_gsum"),
        _ => ("_count", "_sum"),
    };
    let (name, labels, _, timestamp) = key;
    let with = |suffix: &str, label: Option<(&str, f64)>, value: f64| -> Key {
        let mut labels = labels.clone();
        let number = |number: f64| canonical(&number.to_string());
        labels.extend(label.map(|(name, bound)| (name.to_owned(), number(bound))));
        labels.sort();
        (
            format!("{name}{suffix}"),
            labels,
            value.to_bits(),
            timestamp,
        )
    };
    let mut keys = vec![
        with(count, None, composite.count()),
        with(sum, None, composite.sum()),
    ];
    let buckets = composite.buckets();
    keys.extend(buckets.map(|(bound, count)| with("_bucket", Some(("le", bound)), count)));
    let quantiles = composite.quantiles();
    keys.extend(quantiles.map(|(quantile, value)| with("", Some(("quantile", quantile)), value)));
    keys
}
