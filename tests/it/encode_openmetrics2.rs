//! What is written as OpenMetrics 2.0 is read as the same families, and loses nothing on its way through other
//! formats.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail them")]

use std::cell::Cell;
use std::collections::BTreeSet;

use exposition::encode::{Omitted, to_string, to_vec};
use exposition::{
    Dialect, EncodeError, Encoder, Families, Histogram, Line, Metric, MetricFamily, MetricType,
    MetricValue, NativeCounts, Parser, ScrapeProtocol,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::encode::{Point, format, relabel, series};
use crate::support::corpus::each_body;
use crate::support::generated::{families, native_family};
use crate::support::well_formed::well_formed;

const OM2: ScrapeProtocol = ScrapeProtocol::OpenMetricsText200;
const OM: ScrapeProtocol = ScrapeProtocol::OpenMetricsText100;
const TEXT: ScrapeProtocol = ScrapeProtocol::PrometheusText100;
const PROTO: ScrapeProtocol = ScrapeProtocol::PrometheusProto;

/// Returns the families of a body without errors.
fn decode(body: &[u8], dialect: Dialect) -> Vec<MetricFamily<'_>> {
    let collected = Families::new(body, dialect).read_all();
    assert!(
        collected.errors.is_empty(),
        "{:?} in\n{}",
        collected.errors,
        String::from_utf8_lossy(body)
    );
    collected.families
}

/// Takes away what the format has no place for, adds what it requires, and says the rest as reading says it.
fn fit(family: &mut MetricFamily<'_>) {
    let kind = family.metric_type;
    family.unit =
        (family.unit.take()).filter(|_| ![MetricType::Info, MetricType::StateSet].contains(&kind));
    if let Some(help) = &mut family.help {
        *help = help.trim_end_matches('\r').to_owned().into();
    }
    family.help = family.help.take().filter(|help| !help.is_empty());
    for metric in &mut family.metrics {
        if let MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) =
            &mut metric.value
        {
            // A sample cites them, not a bucket.
            let buckets = histogram.buckets.iter_mut();
            let mut cited: Vec<_> = buckets
                .filter_map(|bucket| bucket.exemplar.take())
                .collect();
            let own = metric.exemplars.drain(..).map(Box::new);
            cited.extend(own);
            metric.exemplars = cited.into_iter().map(|exemplar| *exemplar).collect();
        }
        (metric.exemplars).retain(|exemplar| exemplar.timestamp.is_some());
        metric.start_timestamp = (metric.start_timestamp).filter(|start| start.seconds.is_finite());
        match &mut metric.value {
            MetricValue::Counter(value) if value.is_nan() => *value = 1.0,
            MetricValue::Info(value) => *value = 1.0,
            MetricValue::Summary(summary) => {
                let number = summary.quantiles.len() as f64;
                for (at, quantile) in summary.quantiles.iter_mut().enumerate() {
                    quantile.quantile = at as f64 / number;
                }
            }
            MetricValue::Histogram(histogram) => {
                for bucket in &mut histogram.buckets {
                    bucket.cumulative_count = bucket.cumulative_count.abs();
                }
                fit_histogram(histogram);
            }
            MetricValue::GaugeHistogram(histogram) => fit_histogram(histogram),
            _ => {}
        }
    }
}

fn fit_histogram(histogram: &mut Histogram<'_>) {
    histogram.sum = histogram.sum.or(Some(0.5));
    let highest = histogram.buckets.last();
    let highest = highest.map(|bucket| bucket.cumulative_count);
    histogram.count = histogram.count.map(f64::abs).or(highest);
    let Some(native) = &mut histogram.native else {
        return;
    };
    // Without a bucket nothing tells floats without a fraction from integers.
    if let NativeCounts::Float {
        count,
        zero_count,
        positive_counts,
        negative_counts,
        ..
    } = &native.counts
    {
        let no_bucket = positive_counts.is_empty() && negative_counts.is_empty();
        if no_bucket && count.fract() == 0.0 && zero_count.fract() == 0.0 {
            native.counts = NativeCounts::integer(*count as u64, *zero_count as u64, [], []);
        }
    }
}

/// Returns the families that a family is read as: named like its samples.
fn as_read<'a>(family: &MetricFamily<'a>) -> Vec<MetricFamily<'a>> {
    let suffix = match family.metric_type {
        MetricType::Info => "_info",
        MetricType::Counter => "_total",
        _ => "",
    };
    let is_one = suffix.is_empty();
    let with = |suffix: &str, suffixed: bool| {
        let mut read = family.clone();
        read.name = format!("{}{suffix}", family.name).into();
        (read.metrics).retain(|metric| is_one || metric.suffixed == suffixed);
        for metric in &mut read.metrics {
            metric.suffixed = family.metric_type == MetricType::GaugeHistogram;
        }
        if read.metric_type == MetricType::Info && !read.name.ends_with("_info") {
            read.metric_type = MetricType::Unknown;
            for metric in &mut read.metrics {
                metric.value = MetricValue::Unknown(1.0);
            }
        }
        read
    };
    match suffix {
        "" => vec![with("", false)],
        suffix => {
            let both = [with(suffix, true), with("", false)];
            let some = both.into_iter().filter(|family| !family.metrics.is_empty());
            let some: Vec<_> = some.collect();
            match some.is_empty() {
                true => vec![with("", false)],
                false => some,
            }
        }
    }
}

fn encoded(
    families: &[MetricFamily<'_>],
    protocol: ScrapeProtocol,
) -> Result<Vec<u8>, TestCaseError> {
    to_vec(families, format(protocol)).map_err(|error| TestCaseError::fail(error.to_string()))
}

/// Writes what can be written.
fn lossy(families: &[MetricFamily<'_>], protocol: ScrapeProtocol) -> (Vec<u8>, Omitted) {
    let encoder = Encoder::from_writer(Vec::new(), format(protocol)).unwrap();
    let mut encoder = encoder.lossy(true);
    for family in families {
        encoder.reserve(family);
    }
    for family in families {
        encoder.family(family).unwrap();
    }
    encoder.finish_reporting().unwrap()
}

/// A rule may give the count and the sum of a summary the label of its quantiles: they are samples of their own then,
/// and what is not theirs stays.
#[test]
fn a_label_of_quantiles_on_a_whole_summary_loses_nothing() {
    for (kind, label, suffix) in [
        ("summary", "quantile", ""),
        ("histogram", "le", "_bucket{le=\"+Inf\"} 1\n"),
    ] {
        let bucket = match suffix {
            "" => String::new(),
            suffix => ["s7", suffix].concat(),
        };
        let start = std::format!("# TYPE s7 {kind}\n{bucket}s7_sum 1\n");
        let body = [&start, "s7_count 1\n# TYPE other gauge\nother 3\n"].concat();
        let mut encoder = Encoder::new(String::new(), format(OM2))
            .unwrap()
            .lossy(true);
        for line in Parser::text(body.as_bytes()) {
            match &line.unwrap() {
                Line::Sample(sample) if sample.labels().is_empty() && sample.name() != "other" => {
                    let labels = [(label, "2")];
                    encoder
                        .sample_as(sample, Dialect::Text, &sample.name(), labels)
                        .unwrap();
                }
                line => encoder.line(line, Dialect::Text).unwrap(),
            }
        }
        let (text, _) = encoder.finish_reporting().unwrap();
        for sample in [
            std::format!("s7_sum{{{label}=\"2\"}} 1"),
            "other 3".to_owned(),
        ] {
            assert!(text.contains(&sample), "{sample} is not in\n{text}");
        }
    }
}

proptest! {
    #[test]
    fn families_are_read_back(mut families in families(true)) {
        families.iter_mut().for_each(fit);
        let body = encoded(&families, OM2)?;
        let expected: Vec<_> = families.iter().flat_map(as_read).collect();
        prop_assert_eq!(&decode(&body, Dialect::OpenMetrics2), &expected, "{}", String::from_utf8_lossy(&body));
        // And written again they are the same, by families and by lines.
        prop_assert_eq!(&encoded(&expected, OM2)?, &body);
        let mut encoder = Encoder::from_writer(Vec::new(), format(OM2)).unwrap();
        for line in Parser::new(&body, Dialect::OpenMetrics2) {
            encoder.line(&line.unwrap(), Dialect::OpenMetrics2).unwrap();
        }
        prop_assert_eq!(&encoder.finish().unwrap(), &body);
    }

    #[test]
    fn native_histograms_are_read_back(mut family in native_family()) {
        fit(&mut family);
        let body = encoded(std::slice::from_ref(&family), OM2)?;
        prop_assert_eq!(decode(&body, Dialect::OpenMetrics2), as_read(&family));
        // Protobuf says all of it too.
        let proto = encoded(&decode(&body, Dialect::OpenMetrics2), PROTO)?;
        let again = encoded(&Families::protobuf(&proto).read_all().families, OM2)?;
        prop_assert_eq!(String::from_utf8_lossy(&again), String::from_utf8_lossy(&body));
    }

    /// What the text format says is said in this format too, and goes back as it was.
    #[test]
    fn every_series_goes_into_openmetrics2_and_back(mut families in families(false)) {
        for family in &mut families {
            fit(family);
            for metric in &mut family.metrics {
                // Seconds in a float go no further.
                metric.timestamp = metric.timestamp.map(|millis| millis % (1 << 52));
            }
        }
        let text = encoded(&families, TEXT)?;
        let om2 = encoded(&families, OM2)?;
        let back = encoded(&decode(&om2, Dialect::OpenMetrics2), TEXT)?;
        prop_assert_eq!(series(&back, Dialect::Text), series(&text, Dialect::Text));
        // Line by line, into it and out of it.
        let mut by_lines = Encoder::from_writer(Vec::new(), format(OM2)).unwrap();
        for line in Parser::text(&text) {
            by_lines.line(&line.unwrap(), Dialect::Text).unwrap();
        }
        let by_lines = by_lines.finish().unwrap();
        prop_assert_eq!(decode(&by_lines, Dialect::OpenMetrics2), decode(&om2, Dialect::OpenMetrics2));
        let mut back = Encoder::from_writer(Vec::new(), format(TEXT)).unwrap();
        for line in Parser::new(&om2, Dialect::OpenMetrics2) {
            back.line(&line.unwrap(), Dialect::OpenMetrics2).unwrap();
        }
        prop_assert_eq!(series(&back.finish().unwrap(), Dialect::Text), series(&text, Dialect::Text));
    }

    /// With any new names and labels for the samples of a body, what is written has each family once and in one
    /// piece, each metric of it once, and no sample is lost silently.
    #[test]
    fn relabelled_bodies_are_whole(
        bytes in vec(any::<u8>(), 0..200),
        choices in vec(0u8..24, 1..20),
        from_text in any::<bool>(),
    ) {
        let body = well_formed(&bytes, !from_text);
        let from = if from_text { Dialect::Text } else { Dialect::OpenMetrics };
        let mut encoder = Encoder::new(String::new(), format(OM2)).unwrap().lossy(true);
        let mut choices = choices.iter().cycle();
        let mut samples = 0;
        for line in Parser::new(body.as_bytes(), from) {
            let line = line.unwrap();
            let choice = *choices.next().unwrap_or(&0);
            let relabelled = match &line {
                Line::Sample(sample) => {
                    samples += 1;
                    relabel(choice, sample).map(|new| (sample, new))
                }
                _ => None,
            };
            match relabelled {
                None => match encoder.line(&line, from) {
                    // A label of a well-formed body may repeat.
                    Err(EncodeError::Labels { .. }) => samples -= 1,
                    written => written.unwrap(),
                },
                Some((sample, (name, labels))) => {
                    let labels = labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                    match encoder.sample_as(sample, from, &name, labels) {
                        // The new label may be there already.
                        Err(EncodeError::Labels { .. }) => samples -= 1,
                        written => written.unwrap(),
                    }
                }
            }
        }
        let (text, omitted) = encoder.finish_reporting().unwrap();
        let read = decode(text.as_bytes(), Dialect::OpenMetrics2);
        let declared = text.lines().filter(|line| line.starts_with("# TYPE ")).count();
        prop_assert_eq!(declared, read.len(), "{}\nbecame\n{}", body, text);
        let mut written = omitted.samples;
        for family in &read {
            written += family.samples().count() as u64;
            let series: BTreeSet<String> = family.metrics.iter().map(|metric| {
                let mut labels: Vec<_> = metric.labels.iter().collect();
                labels.sort();
                format!("{labels:?} {:?}", metric.timestamp)
            }).collect();
            prop_assert_eq!(series.len(), family.metrics.len(), "{}\nbecame\n{}", body, text);
        }
        prop_assert!(written >= samples, "{} of {}: {}\nbecame\n{}", written, samples, body, text);
    }

    /// Whatever a family holds, something of it can be written, and read.
    #[test]
    fn what_is_left_out_breaks_nothing(families in families(true)) {
        let (body, _) = lossy(&families, OM2);
        let written = families.iter().map(|family| family.metrics.len()).sum::<usize>();
        let read = decode(&body, Dialect::OpenMetrics2);
        let states = |metric: &Metric<'_>| match &metric.value {
            MetricValue::StateSet(set) => set.states.len(),
            _ => 1,
        };
        let read = read.iter().map(|family| family.metrics.len()).sum::<usize>();
        let with_states = families.iter().flat_map(|family| &family.metrics).map(states).sum::<usize>();
        // States that are neither 0 nor 1 are metrics of their own.
        prop_assert!((written..=with_states).contains(&read), "{} {}", written, read);
    }
}

/// Returns how many exemplars a metric and its buckets have.
fn exemplars_of(metric: &Metric<'_>) -> u64 {
    let of_buckets = match &metric.value {
        MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
            let buckets = histogram.buckets.iter();
            buckets.filter(|bucket| bucket.exemplar.is_some()).count()
        }
        _ => 0,
    };
    (metric.exemplars.len() + of_buckets) as u64
}

fn points(body: &[u8], dialect: Dialect) -> BTreeSet<Point> {
    series(body, dialect).into_iter().collect()
}

#[test]
fn bodies_of_real_servers_go_into_openmetrics2_and_back() {
    let whole = Cell::new(0);
    let bodies = each_body(|entry, body, dialect| {
        let path = entry.path.display();
        let families = Families::new(body, dialect).read_all().families;
        let (om2, omitted) = lossy(&families, OM2);
        let read = decode(&om2, Dialect::OpenMetrics2);
        let to = match dialect {
            Dialect::OpenMetrics => OM,
            _ => TEXT,
        };
        let (before, _) = lossy(&families, to);
        let (back, lost) = lossy(&read, to);
        let (before, back) = (points(&before, dialect), points(&back, dialect));
        if omitted == Omitted::default() && lost == Omitted::default() {
            whole.set(whole.get() + 1);
            assert_eq!(to_string(&families, format(OM2)).unwrap().into_bytes(), om2);
        }
        let missing: Vec<_> = before.difference(&back).collect();
        let added: Vec<_> = back.difference(&before).collect();
        assert!(missing.len() as u64 <= omitted.parts, "{path}: {missing:?}");
        assert!(
            added.len() as u64 <= omitted.missing * 2 + lost.missing,
            "{path}: {added:?}"
        );
        let cited = |families: &[MetricFamily<'_>]| -> u64 {
            let metrics = families.iter().flat_map(|family| &family.metrics);
            metrics.map(exemplars_of).sum()
        };
        let written = cited(&read) + omitted.exemplars;
        assert_eq!(cited(&families), written, "{path}");
    });
    let whole = whole.get();
    assert!(bodies >= 44 && whole >= 30, "{whole} of {bodies} bodies");
}
