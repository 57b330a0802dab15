//! The published crates, each used as in its own documentation. From each only the samples are requested,
//! with their names, labels and values, and all of those are read.

use openmetrics_parser::{
    HistogramValue, MetricFamily, MetricsExposition, OpenMetricsValue, PrometheusValue,
    RenderableMetricValue, SummaryValue, openmetrics, prometheus,
};
use prom_text_format_parser::{Scrape, ScrapeParseError};
use prometheus_parse::Value;

use exposition::Dialect;

use crate::bodies::Body;
use crate::{Contestant, Gives, Run, Side, Tally};

/// The crates, by their names in the registry, so that their versions are found in the lock file.
pub(crate) const PEERS: &[Contestant] = &[
    peer("prometheus-parse", Gives::Metrics, prometheus_parse),
    peer(
        "prometheus-exposition-format-rs",
        Gives::Metrics,
        exposition_format_rs,
    ),
    peer("prom_text_format_parser", Gives::Metrics, prom_text_format),
    peer("nom-openmetrics", Gives::Lines, nom_openmetrics),
    peer("openmetrics-parser", Gives::Metrics, openmetrics_parser),
];

const fn peer(
    name: &'static str,
    gives: Gives,
    prepare: for<'b> fn(&'b Body) -> Run<'b>,
) -> Contestant {
    let side = Side::Peer;
    Contestant {
        name,
        side,
        gives,
        prepare,
    }
}

/// Takes an iterator of owned lines and never fails. It returns a histogram's buckets in one value.
fn prometheus_parse(body: &Body) -> Run<'_> {
    Box::new(|| {
        let lines = body.text.lines().map(|line| Ok(line.to_owned()));
        let scrape = prometheus_parse::Scrape::parse(lines).map_err(|error| error.to_string())?;
        let mut tally = Tally::default();
        for sample in &scrape.samples {
            tally.text(&sample.metric);
            for (name, value) in sample.labels.iter() {
                tally.label(name, value);
            }
            let labels = sample.labels.len();
            match &sample.value {
                Value::Counter(value) | Value::Gauge(value) | Value::Untyped(value) => {
                    tally.sample(labels, *value);
                }
                Value::Histogram(buckets) => {
                    for bucket in buckets {
                        tally.bound(bucket.less_than);
                        tally.sample(labels + 1, bucket.count);
                    }
                }
                Value::Summary(quantiles) => {
                    for quantile in quantiles {
                        tally.bound(quantile.quantile);
                        tally.sample(labels + 1, quantile.count);
                    }
                }
            }
        }
        Ok(tally)
    })
}

fn exposition_format_rs(body: &Body) -> Run<'_> {
    Box::new(|| {
        let metrics = prometheus_exposition_format_rs::parse_complete(&body.text)
            .map_err(|error| format!("{error:?}"))?;
        let mut tally = Tally::default();
        for metric in &metrics {
            tally.text(&metric.name);
            for sample in &metric.samples {
                for (name, value) in &sample.labels {
                    tally.label(name, value);
                }
                tally.sample(sample.labels.len(), sample.value);
            }
        }
        Ok(tally)
    })
}

/// Keeps values as text; a number takes one more call.
fn prom_text_format(body: &Body) -> Run<'_> {
    Box::new(|| {
        let scrape = Scrape::parse(&body.text).map_err(|error| match error {
            ScrapeParseError::Parse(error) => error,
            ScrapeParseError::Collect(errors) => {
                let errors = errors
                    .iter()
                    .map(|at| format!("line {}: {}", at.line_no.end, at.error));
                errors.collect::<Vec<_>>().join(", ")
            }
        })?;
        let mut tally = Tally::default();
        for metric in &scrape.metrics {
            tally.text(&metric.name);
            for sample in &metric.samples {
                for label in sample.labels.iter() {
                    tally.label(&label.key, &label.value);
                }
                tally.sample(sample.labels.len(), sample.value.value.as_f64());
            }
        }
        Ok(tally)
    })
}

/// Has a function for each of the two formats, and returns samples as in the lines.
fn nom_openmetrics(body: &Body) -> Run<'_> {
    let parse = match body.dialect {
        Dialect::OpenMetrics => nom_openmetrics::parser::openmetrics,
        _ => nom_openmetrics::parser::prometheus,
    };
    Box::new(move || {
        // Its error holds the rest of the body, whose first line shows where.
        let (_, families) = parse(&body.text).map_err(|error| {
            let place = |left: Option<&str>| {
                let line = left.and_then(|left| left.lines().next());
                line.unwrap_or_default().to_owned()
            };
            error
                .map(|error| place(error.errors.first().map(|(left, _)| *left)))
                .to_string()
        })?;
        let mut tally = Tally::default();
        for sample in families.iter().flat_map(|family| &family.samples) {
            tally.text(sample.name());
            for label in sample.labels() {
                tally.label(label.name, &label.value);
            }
            tally.sample(sample.labels().len(), sample.number());
        }
        Ok(tally)
    })
}

/// Has a function for each of the two formats. It returns samples grouped into families.
fn openmetrics_parser(body: &Body) -> Run<'_> {
    match body.dialect {
        Dialect::OpenMetrics => Box::new(|| {
            let families = openmetrics::parse_openmetrics(&body.text);
            assembled(families.map_err(|error| error.to_string())?, openmetrics)
        }),
        _ => Box::new(|| {
            let families = prometheus::parse_prometheus(&body.text);
            assembled(families.map_err(|error| error.to_string())?, text)
        }),
    }
}

fn assembled<T: Clone, V: RenderableMetricValue + Clone>(
    exposition: MetricsExposition<T, V>,
    add: fn(&mut Tally, usize, &V),
) -> Result<Tally, String> {
    let mut tally = Tally::default();
    for family in exposition.families.values() {
        tally.text(&family.family_name);
        let labels = MetricFamily::get_label_names(family).len();
        for sample in family.iter_samples() {
            let set = sample.get_labelset().map_err(|error| error.to_string())?;
            for (name, value) in set.iter() {
                tally.label(name, value);
            }
            add(&mut tally, labels, &sample.value);
        }
    }
    Ok(tally)
}

fn text(tally: &mut Tally, labels: usize, value: &PrometheusValue) {
    match value {
        PrometheusValue::Unknown(value) | PrometheusValue::Gauge(value) => {
            tally.sample(labels, value.as_f64());
        }
        PrometheusValue::Counter(counter) => tally.sample(labels, counter.value.as_f64()),
        PrometheusValue::Histogram(value) => histogram(tally, labels, value),
        PrometheusValue::Summary(value) => summary(tally, labels, value),
    }
}

fn openmetrics(tally: &mut Tally, labels: usize, value: &OpenMetricsValue) {
    match value {
        OpenMetricsValue::Unknown(value)
        | OpenMetricsValue::Gauge(value)
        | OpenMetricsValue::StateSet(value) => tally.sample(labels, value.as_f64()),
        OpenMetricsValue::Counter(counter) => {
            tally.sample(labels, counter.value.as_f64());
            tally.present(labels, counter.created);
        }
        OpenMetricsValue::Histogram(value) | OpenMetricsValue::GaugeHistogram(value) => {
            histogram(tally, labels, value);
        }
        OpenMetricsValue::Summary(value) => summary(tally, labels, value),
        OpenMetricsValue::Info => tally.sample(labels, 1.0),
    }
}

fn histogram(tally: &mut Tally, labels: usize, value: &HistogramValue) {
    for bucket in &value.buckets {
        tally.bound(bucket.upper_bound);
        tally.sample(labels + 1, bucket.count.as_f64());
    }
    tally.present(labels, value.sum.map(|sum| sum.as_f64()));
    tally.present(labels, value.count.map(|count| count as f64));
    tally.present(labels, value.created);
}

fn summary(tally: &mut Tally, labels: usize, value: &SummaryValue) {
    for quantile in &value.quantiles {
        tally.bound(quantile.quantile);
        tally.sample(labels + 1, quantile.value.as_f64());
    }
    tally.present(labels, value.sum.map(|sum| sum.as_f64()));
    tally.present(labels, value.count.map(|count| count as f64));
    tally.present(labels, value.created);
}
