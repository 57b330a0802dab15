//! What is written reads back as the same families and series.

use std::borrow::Cow;
use std::collections::BTreeSet;

use exposition::merge::Source;
use exposition::{
    Bucket, Dialect, Encoder, EscapingScheme, Families, Format, Histogram, Line, Merge, Metric,
    MetricExemplar, MetricFamily, MetricState, MetricType, MetricValue, Parser, Quantile, Sample,
    ScrapeProtocol, StateSet, Summary, strict,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;

use crate::support::corpus;
use crate::support::well_formed;

use corpus::each_body;
use well_formed::well_formed;

/// The one NaN that a body can spell.
const NAN: f64 = f64::from_bits(0x7ff8_0000_0000_0001);

pub(crate) fn format(protocol: ScrapeProtocol) -> Format {
    Format::new(protocol).with_escaping(EscapingScheme::AllowUtf8)
}

fn dialect(format: Format) -> Dialect {
    match format.is_openmetrics() {
        true => Dialect::OpenMetrics,
        false => Dialect::Text,
    }
}

// ---- families at random

pub(crate) fn float() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-1000i32..1000).prop_map(f64::from),
        2 => any::<f64>().prop_map(|number| if number.is_nan() { NAN } else { number }),
        1 => prop::sample::select(vec![
            0.0, -0.0, 0.1, 1e6, 999_999.0, 1e21, 5e-324, f64::MAX, f64::MIN, f64::MIN_POSITIVE,
            9_007_199_254_740_993.0, 1.8446744073709552e19, f64::INFINITY, f64::NEG_INFINITY, NAN,
        ]),
    ]
}

/// Bounds of buckets and quantiles: neither NaN nor minus zero.
fn bounds() -> impl Strategy<Value = Vec<f64>> {
    vec(float(), 0..4).prop_map(|mut bounds| {
        bounds.retain(|bound| !bound.is_nan() && *bound != f64::INFINITY);
        bounds.iter_mut().for_each(|bound| *bound += 0.0);
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        bounds
    })
}

/// Returns one of these sometimes, if allowed.
pub(crate) fn maybe<S: Strategy>(may_be: bool, of: S) -> impl Strategy<Value = Option<S::Value>> {
    prop::option::weighted(0.3, of).prop_map(move |one| one.filter(|_| may_be))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => "[a-z_]{1,6}",
        1 => "[ -~\t\n\\\\\"é日😀\r\0{}=,#]{0,8}",
        1 => any::<String>(),
    ]
}

pub(crate) fn labels() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![3 => "[a-z_][a-z0-9_]{0,3}", 1 => text()]
        .prop_filter("reserved", |name| {
            !name.is_empty() && !["le", "quantile", "__name__"].contains(&name.as_str())
        });
    btree_map(name, text(), 0..4).prop_map(|labels| labels.into_iter().collect())
}

fn millis(openmetrics: bool) -> BoxedStrategy<Option<i64>> {
    let least = if openmetrics { -(1i64 << 52) } else { 0 };
    let most = if openmetrics { 1i64 << 52 } else { i64::MAX };
    prop_oneof![
        2 => Just(None),
        1 => (least..=most).prop_map(Some),
        1 => (0i64..10_000).prop_map(Some),
        1 => (1_700_000_000_000i64..1_700_000_100_000).prop_map(Some),
    ]
    .boxed()
}

pub(crate) fn exemplar() -> impl Strategy<Value = MetricExemplar<'static>> {
    (labels(), float(), millis(true)).prop_map(|(labels, value, timestamp)| {
        let exemplar = MetricExemplar::new(value).labels(labels);
        match timestamp {
            Some(millis) => exemplar.timestamp(millis),
            None => exemplar,
        }
    })
}

fn histogram(exemplars: bool) -> impl Strategy<Value = Histogram<'static>> {
    let one = move || maybe(exemplars, exemplar());
    let bucket = move || (float(), one());
    (bounds(), vec(bucket(), 5), float(), any::<bool>()).prop_map(|(bounds, counts, sum, both)| {
        let bounds = bounds.into_iter().chain([f64::INFINITY]);
        let buckets = bounds.zip(counts).map(|(bound, (count, exemplar))| {
            let bucket = Bucket::new(bound, count);
            match exemplar {
                Some(exemplar) => bucket.exemplar(exemplar),
                None => bucket,
            }
        });
        let buckets: Vec<_> = buckets.collect();
        let count = buckets.last().map(|bucket| bucket.cumulative_count);
        Histogram::new(buckets)
            .sum(both.then_some(sum))
            .count(count.filter(|_| both))
    })
}

fn summary() -> impl Strategy<Value = Summary> {
    (bounds(), vec(float(), 4), float(), float()).prop_map(|(bounds, values, sum, count)| {
        let quantiles = bounds.into_iter().zip(values);
        Summary::new(quantiles.map(|(quantile, value)| Quantile::new(quantile, value)))
            .sum(sum)
            .count(count)
    })
}

fn state_set() -> impl Strategy<Value = StateSet<'static>> {
    btree_set(text(), 1..4).prop_map(|names| {
        let names = names.into_iter().enumerate();
        StateSet::new(names.map(|(at, name)| MetricState::new(name, at == 0)))
    })
}

fn value(kind: MetricType, exemplars: bool) -> BoxedStrategy<MetricValue<'static>> {
    match kind {
        MetricType::Counter => float().prop_map(MetricValue::Counter).boxed(),
        MetricType::Gauge => float().prop_map(MetricValue::Gauge).boxed(),
        MetricType::Info => float().prop_map(MetricValue::Info).boxed(),
        MetricType::StateSet => state_set().prop_map(MetricValue::StateSet).boxed(),
        MetricType::Summary => summary().prop_map(MetricValue::Summary).boxed(),
        MetricType::Histogram => histogram(exemplars)
            .prop_map(MetricValue::Histogram)
            .boxed(),
        MetricType::GaugeHistogram => histogram(exemplars)
            .prop_map(MetricValue::GaugeHistogram)
            .boxed(),
        _ => float().prop_map(MetricValue::Unknown).boxed(),
    }
}

fn metric(kind: MetricType, openmetrics: bool) -> impl Strategy<Value = Metric<'static>> {
    use MetricType::{Counter, GaugeHistogram, Histogram, Info, Summary};
    let counts = [Counter, Histogram, Summary].contains(&kind) && openmetrics;
    let single = ![Histogram, GaugeHistogram, Summary].contains(&kind) && openmetrics;
    let created = maybe(counts, float());
    let exemplar = maybe(single, exemplar());
    let parts = (
        value(kind, openmetrics),
        labels(),
        millis(openmetrics),
        created,
        exemplar,
    );
    parts.prop_map(move |(value, labels, timestamp, created, exemplar)| {
        let mut metric = Metric::new(value).labels(labels);
        let tells = match &metric.value {
            MetricValue::GaugeHistogram(histogram) => histogram.sum.is_some(),
            _ => [Counter, Info].contains(&kind),
        };
        metric.suffixed = openmetrics && tells;
        metric.timestamp = timestamp;
        if let Some(seconds) = created {
            metric = metric.start_timestamp(seconds);
        }
        if let Some(exemplar) = exemplar {
            metric = metric.exemplar(exemplar);
        }
        metric
    })
}

fn family(openmetrics: bool) -> impl Strategy<Value = MetricFamily<'static>> {
    let kinds = match openmetrics {
        false => vec![
            MetricType::Counter,
            MetricType::Gauge,
            MetricType::Histogram,
            MetricType::Summary,
            MetricType::Unknown,
        ],
        true => MetricType::ALL.to_vec(),
    };
    prop::sample::select(kinds).prop_flat_map(move |kind| {
        let unit = maybe(openmetrics, "[a-z]{1,4}");
        let metrics = vec(metric(kind, openmetrics), 0..4);
        (text(), prop::option::of(text()), unit, metrics).prop_map(
            move |(name, help, unit, metrics)| {
                let mut family = MetricFamily::new(name, kind);
                let help = help.filter(|help| !help.trim_matches([' ', '\t']).is_empty());
                family.help = help.map(Cow::Owned);
                family.unit = unit.map(Cow::Owned);
                // A histogram's lines with equal labels and times are one metric.
                let mut seen = BTreeSet::new();
                family.metrics = metrics;
                family.metrics.retain(|metric| {
                    let labels: Vec<_> = metric.labels.iter().collect();
                    seen.insert(format!("{labels:?}"))
                });
                family
            },
        )
    })
}

/// Families whose names do not clash: none is another's with a suffix.
pub(crate) fn families(openmetrics: bool) -> impl Strategy<Value = Vec<MetricFamily<'static>>> {
    vec(family(openmetrics), 0..5).prop_map(|mut families| {
        for (at, family) in families.iter_mut().enumerate() {
            family.name = match &family.unit {
                Some(unit) => format!("{}_{at}_{unit}", family.name).into(),
                None => format!("{}_{at}", family.name).into(),
            };
            if family.metric_type == MetricType::StateSet {
                let name = family.name.clone();
                for metric in &mut family.metrics {
                    metric.labels.retain(|label, _| label != name);
                }
            }
        }
        families
    })
}

fn encode(families: &[MetricFamily<'_>], format: Format) -> Result<String, TestCaseError> {
    exposition::encode::to_string(families, format)
        .map_err(|error| TestCaseError::fail(error.to_string()))
}

/// Returns the families of a body without errors.
fn decode(body: &str, dialect: Dialect) -> Vec<MetricFamily<'_>> {
    let collected = Families::new(body.as_bytes(), dialect).read_all();
    assert!(
        collected.errors.is_empty(),
        "{:?} in\n{body}",
        collected.errors
    );
    collected.families
}

/// Labels, value and time of a sample.
pub(crate) type Point = (Vec<(String, String)>, u64, Option<i64>);

/// Converts `le` and `quantile` to numbers: families know which they own, while Prometheus rewrites those of
/// any sample after a TYPE line, and none in a gauge histogram.
fn bound(name: &str, value: &str) -> String {
    match (name, value.parse::<f64>()) {
        ("le" | "quantile", Ok(number)) => format!("{number:?}"),
        _ => value.to_owned(),
    }
}

/// Returns series as they are stored, with value and time.
pub(crate) fn series(body: &[u8], dialect: Dialect) -> Vec<Point> {
    let samples = Parser::new(body, dialect)
        .flatten()
        .filter_map(Line::into_sample);
    let mut series: Vec<_> = samples
        .map(|sample| {
            let labels = sample.stored_labels().into_iter();
            let labels = labels.map(|(name, value)| (name.to_string(), bound(&name, &value)));
            (
                labels.collect(),
                sample.value().to_bits(),
                sample.timestamp(),
            )
        })
        .collect();
    series.sort();
    series
}

proptest! {
    #[test]
    fn text_is_read_back(families in families(false)) {
        for protocol in [ScrapeProtocol::PrometheusText004, ScrapeProtocol::PrometheusText100] {
            let body = encode(&families, format(protocol))?;
            prop_assert_eq!(&decode(&body, Dialect::Text), &families, "{}", body);
        }
    }

    #[test]
    fn openmetrics_is_read_back(families in families(true)) {
        for protocol in [ScrapeProtocol::OpenMetricsText001, ScrapeProtocol::OpenMetricsText100] {
            let body = encode(&families, format(protocol))?;
            prop_assert_eq!(&decode(&body, Dialect::OpenMetrics), &families, "{}", body);
        }
    }

    #[test]
    fn every_series_goes_into_openmetrics_and_back(mut families in families(false)) {
        for family in &mut families {
            for metric in &mut family.metrics {
                // Seconds in a float go no further.
                metric.timestamp = metric.timestamp.map(|millis| millis % (1 << 52));
            }
        }
        let text = encode(&families, format(ScrapeProtocol::PrometheusText100))?;
        let om = encode(&families, format(ScrapeProtocol::OpenMetricsText100))?;
        let back = encode(
            &decode(&om, Dialect::OpenMetrics),
            format(ScrapeProtocol::PrometheusText100),
        )?;
        prop_assert_eq!(
            series(back.as_bytes(), Dialect::Text),
            series(text.as_bytes(), Dialect::Text)
        );
    }

    #[test]
    fn escaped_names_are_legacy_names_and_nothing_is_lost(
        families in families(true),
        scheme in prop::sample::select(EscapingScheme::ALL.to_vec()),
        protocol in prop::sample::select(ScrapeProtocol::DEFAULT.to_vec()),
    ) {
        let format = Format::new(protocol).with_escaping(scheme);
        let mut encoder = Encoder::new(String::new(), format).unwrap().lossy(true);
        // Two labels may get the same name, and a time before 1970 has no place in text.
        let written: Vec<_> = families.iter().filter(|family| encoder.family(family).is_ok()).collect();
        let body = encoder.finish().unwrap();
        let samples: usize = written.iter().map(|family| family.samples().count()).sum();
        let lines = Parser::new(body.as_bytes(), dialect(format));
        let lines = lines.collect::<Result<Vec<_>, _>>();
        let lines = lines.map_err(|error| TestCaseError::fail(format!("{error}\n{body}")))?;
        let mut read = 0;
        for line in lines {
            if let Line::Sample(sample) = line {
                let legacy = exposition::name::is_legacy_metric_name(sample.raw_name());
                prop_assert!(scheme == EscapingScheme::AllowUtf8 || legacy, "{:?}", sample);
                read += 1;
            }
        }
        prop_assert_eq!(read, samples, "{}", body);
    }
}

/// Returns how many series of a corpus body families hold: those of lines with errors are not included.
fn held(families: &[MetricFamily<'_>]) -> usize {
    families.iter().map(|family| family.samples().count()).sum()
}

#[test]
fn bodies_of_real_servers_are_read_back() {
    let bodies = each_body(|entry, body, dialect| {
        let path = entry.path.display();
        let protocol = match dialect {
            Dialect::OpenMetrics => ScrapeProtocol::OpenMetricsText100,
            _ => ScrapeProtocol::PrometheusText100,
        };
        let collected = Families::new(body, dialect).read_all();
        let again = encode(&collected.families, format(protocol)).unwrap();
        assert_eq!(
            decode(&again, dialect).len(),
            collected.families.len(),
            "{path}"
        );
        let written = series(again.as_bytes(), dialect);
        assert_eq!(written.len(), held(&collected.families), "{path}");
        if collected.errors.is_empty() {
            let read = series(body, dialect);
            for (read, written) in read.iter().zip(&written) {
                assert_eq!(read, written, "{path}");
            }
            assert_eq!(read.len(), written.len(), "{path}");
        }
    });
    assert!(bodies >= 44, "{bodies} bodies");
}

#[test]
fn lines_of_real_servers_are_copied() {
    each_body(|entry, body, dialect| {
        let format = format(match dialect {
            Dialect::OpenMetrics => ScrapeProtocol::OpenMetricsText100,
            _ => ScrapeProtocol::PrometheusText100,
        });
        let mut encoder = Encoder::from_writer(Vec::new(), format).unwrap();
        for line in Parser::new(body, dialect).flatten() {
            encoder.line(&line, dialect).unwrap();
        }
        let again = encoder.finish().unwrap();
        assert_eq!(
            series(&again, dialect),
            series(body, dialect),
            "{}",
            entry.path.display()
        );
    });
}

#[test]
fn text_of_real_servers_goes_into_openmetrics_and_back() {
    each_body(|entry, body, dialect| {
        if dialect == Dialect::OpenMetrics {
            return;
        }
        let path = entry.path.display();
        let text = format(ScrapeProtocol::PrometheusText100);
        let families = Families::new(body, dialect).read_all().families;
        let om = encode(&families, format(ScrapeProtocol::OpenMetricsText100)).unwrap();
        let back = encode(&decode(&om, Dialect::OpenMetrics), text).unwrap();
        let direct = encode(&families, text).unwrap();
        let read = series(direct.as_bytes(), dialect);
        assert_eq!(series(back.as_bytes(), dialect), read, "{path}");
    });
}

#[test]
fn openmetrics_of_real_servers_goes_into_text() {
    each_body(|entry, body, dialect| {
        if dialect != Dialect::OpenMetrics {
            return;
        }
        let families = Families::new(body, dialect).read_all().families;
        let text = format(ScrapeProtocol::PrometheusText100);
        let mut encoder = Encoder::new(String::new(), text).unwrap().lossy(true);
        for family in &families {
            encoder.family(family).unwrap();
        }
        let text = encoder.finish().unwrap();
        assert_eq!(
            series(text.as_bytes(), Dialect::Text),
            series(body, dialect),
            "{}",
            entry.path.display()
        );
    });
}

/// Returns the rules of the specification that a body breaks.
fn broken(body: &[u8]) -> BTreeSet<&'static str> {
    let violations = exposition::strict::check(body);
    violations
        .map(|violation| violation.rule().code())
        .collect()
}

/// Rules that the content of a body breaks, not how it is written: values and names that OpenMetrics does not
/// have, and repeated series.
const OF_THE_DATA: &[&str] = &[
    "bucket-order",
    "counter-value",
    "duplicate-sample",
    "quantile-range",
    "quoted-name",
    "reserved-name",
];

/// Rules that Python's client library breaks with gauges that have the names of its counters' start times.
const OF_START_TIMES: &[&str] = &["clashing-names", "interleaved-families"];

#[test]
fn openmetrics_of_real_servers_is_valid_as_far_as_they_are() {
    each_body(|entry, body, dialect| {
        let path = entry.path.display();
        let families = Families::new(body, dialect).read_all().families;
        let om = encode(&families, format(ScrapeProtocol::OpenMetricsText100)).unwrap();
        let rules = broken(om.as_bytes());
        if dialect == Dialect::OpenMetrics {
            let before = broken(body);
            assert!(
                rules.is_subset(&before),
                "{path}: {rules:?} and not {before:?}"
            );
            return;
        }
        let python = path.to_string().contains("python_prometheus_client");
        for rule in rules {
            let argued = OF_THE_DATA.contains(&rule) || python && OF_START_TIMES.contains(&rule);
            assert!(argued, "{path}: {rule}");
        }
        // A merge puts start times in their places, and keeps the first of a repeated series.
        let mut merged = Vec::new();
        let merge = Merge::new(format(ScrapeProtocol::OpenMetricsText100))
            .source(Source::new("body", body, dialect))
            .keep_going(true);
        merge.write_to(&mut merged).unwrap();
        for rule in broken(&merged) {
            // A merge does not sort the contents of a family.
            let order = python && rule == "interleaved-metrics";
            let argued = OF_THE_DATA.contains(&rule) && rule != "duplicate-sample" || order;
            assert!(argued, "{path}, merged: {rule}");
        }
    });
}

/// Returns the new name and labels of a sample as relabelling may change them, or nothing.
fn relabel(choice: u8, sample: &Sample<'_>) -> Option<(String, Vec<(String, String)>)> {
    let name = sample.name().into_owned();
    let mut labels: Vec<(String, String)> = (sample.labels().iter())
        .map(|label| (label.name().into_owned(), label.value().into_owned()))
        .collect();
    let name = match choice {
        0..=7 => return None,
        8 | 9 => format!("p_{name}"),
        10 => "moved".to_owned(),
        11 => "moved_total".to_owned(),
        // A name of other families.
        12 => "g5".to_owned(),
        13 => "c7_total".to_owned(),
        14 => "h9_bucket".to_owned(),
        15 => name.replace("_total", "_sum"),
        _ => name,
    };
    match choice {
        8 | 16 => labels.retain(|label| label.0 != "x"),
        9 | 17 => labels.retain(|label| label.0 != "le" && label.0 != "quantile"),
        18 => labels.push(("y".into(), "1".into())),
        19 => labels.iter_mut().for_each(|label| label.1 = "1".into()),
        20 => labels.push(("quantile".into(), "2".into())),
        _ => {}
    }
    let names: BTreeSet<_> = labels.iter().map(|label| label.0.clone()).collect();
    (names.len() == labels.len()).then_some((name, labels))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// With any new names and labels for the samples of a body, what is written keeps the rules that the body
    /// kept, and no sample is lost silently.
    #[test]
    fn relabelled_bodies_keep_the_specification(
        bytes in vec(any::<u8>(), 0..200),
        choices in vec(0u8..24, 1..20),
        often in any::<bool>(),
        from_text in any::<bool>(),
    ) {
        let body = well_formed(&bytes, !from_text);
        let from = if from_text { Dialect::Text } else { Dialect::OpenMetrics };
        let format = format(ScrapeProtocol::OpenMetricsText100);
        let mut encoder = Encoder::new(String::new(), format).unwrap().lossy(true);
        let mut choices = choices.iter().cycle();
        let mut samples = 0;
        for line in Parser::new(body.as_bytes(), from) {
            let line = line.unwrap();
            let choice = *choices.next().unwrap_or(&0);
            let relabelled = match &line {
                Line::Sample(sample) => {
                    samples += 1;
                    relabel(if often { choice } else { choice / 4 * 2 }, sample).map(|new| (sample, new))
                }
                _ => None,
            };
            match relabelled {
                None => encoder.line(&line, from).unwrap(),
                Some((sample, (name, labels))) => {
                    let labels = labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                    encoder.sample_as(sample, from, &name, labels).unwrap();
                }
            }
        }
        let (text, omitted) = encoder.finish_reporting().unwrap();
        let violations: Vec<_> = strict::check(text.as_bytes()).map(|one| one.to_string()).collect();
        prop_assert_eq!(&violations, &Vec::<String>::new(), "{}\nbecame\n{}", body, text);
        let written = Parser::openmetrics(text.as_bytes()).flatten().filter_map(Line::into_sample).count();
        prop_assert_eq!(written as u64 + omitted.samples, samples, "{}\nbecame\n{}", body, text);
    }
}
