//! The published crates, each called as its own documentation does. None is asked for more than the
//! samples, with their labels and values.

use openmetrics_parser::{
    HistogramValue, MetricFamily, MetricsExposition, OpenMetricsValue, PrometheusValue,
    RenderableMetricValue, Sample, SummaryValue, openmetrics, prometheus,
};
use prom_text_format_parser::{Scrape, ScrapeParseError};
use prometheus_parse::Value;

use exposition::Dialect;

use crate::bodies::Body;
use crate::{Contestant, Run, Side, Tally};

/// The crates. They are named as in the registry, so that their versions are found in the lock file.
pub(crate) const PEERS: &[Contestant] = &[
    peer("prometheus-parse", prometheus_parse),
    peer("prometheus-exposition-format-rs", exposition_format_rs),
    peer("prom_text_format_parser", prom_text_format),
    peer("openmetrics-parser", openmetrics_parser),
];

const fn peer(name: &'static str, prepare: for<'b> fn(&'b Body) -> Run<'b>) -> Contestant {
    let side = Side::Peer;
    Contestant {
        name,
        side,
        prepare,
    }
}

/// Takes an iterator of owned lines and never fails. A histogram's buckets come together in one value.
fn prometheus_parse(body: &Body) -> Run<'_> {
    Box::new(|| {
        let lines = body.text.lines().map(|line| Ok(line.to_owned()));
        let scrape = prometheus_parse::Scrape::parse(lines).map_err(|error| error.to_string())?;
        let mut tally = Tally::default();
        for sample in &scrape.samples {
            let labels = sample.labels.len();
            match &sample.value {
                Value::Counter(value) | Value::Gauge(value) | Value::Untyped(value) => {
                    tally.sample(labels, *value);
                }
                Value::Histogram(buckets) => {
                    for bucket in buckets {
                        tally.sample(labels + 1, bucket.count);
                    }
                }
                Value::Summary(quantiles) => {
                    for quantile in quantiles {
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
        for sample in metrics.iter().flat_map(|metric| &metric.samples) {
            tally.sample(sample.labels.len(), sample.value);
        }
        Ok(tally)
    })
}

/// Keeps values as text; to have a number is one more call.
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
        for sample in scrape.metrics.iter().flat_map(|metric| &metric.samples) {
            tally.sample(sample.labels.len(), sample.value.value.as_f64());
        }
        Ok(tally)
    })
}

/// Has a function for each of the two formats. Samples come assembled to families.
fn openmetrics_parser(body: &Body) -> Run<'_> {
    match body.dialect {
        Dialect::OpenMetrics => Box::new(|| {
            let families = openmetrics::parse_openmetrics(&body.text);
            assembled(families.map_err(|error| error.to_string())?, open_metrics)
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
        let labels = MetricFamily::get_label_names(family).len();
        for Sample { value, .. } in family.iter_samples() {
            add(&mut tally, labels, value);
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

fn open_metrics(tally: &mut Tally, labels: usize, value: &OpenMetricsValue) {
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
        tally.sample(labels + 1, bucket.count.as_f64());
    }
    tally.present(labels, value.sum.map(|sum| sum.as_f64()));
    tally.present(labels, value.count.map(|count| count as f64));
    tally.present(labels, value.created);
}

fn summary(tally: &mut Tally, labels: usize, value: &SummaryValue) {
    for quantile in &value.quantiles {
        tally.sample(labels + 1, quantile.value.as_f64());
    }
    tally.present(labels, value.sum.map(|sum| sum.as_f64()));
    tally.present(labels, value.count.map(|count| count as f64));
    tally.present(labels, value.created);
}
