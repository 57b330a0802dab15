//! What is written reads back as the same families and series.

use std::collections::BTreeSet;

use exposition::merge::Source;
use exposition::{
    Dialect, Encoder, EscapingScheme, Families, Format, Line, Merge, MetricFamily, Parser, Sample,
    ScrapeProtocol, strict,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::corpus;
use crate::support::generated::families;
use crate::support::well_formed;

use corpus::each_body;
use well_formed::well_formed;

pub(crate) fn format(protocol: ScrapeProtocol) -> Format {
    Format::new(protocol).with_escaping(EscapingScheme::AllowUtf8)
}

fn dialect(format: Format) -> Dialect {
    match format.is_openmetrics() {
        true => Dialect::OpenMetrics,
        false => Dialect::Text,
    }
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
pub(crate) fn relabel(choice: u8, sample: &Sample<'_>) -> Option<(String, Vec<(String, String)>)> {
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
