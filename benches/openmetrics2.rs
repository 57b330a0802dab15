//! Compares reading OpenMetrics 2.0, where a histogram is one line, with the text of the same families.
//!
//! The ratios of `openmetrics2` to `text` matter; seconds on a shared machine do not. Every row reads every name,
//! label, bound and value; a bound is a label's number in text. What is counted is samples as text has them.

use std::hint::black_box;
use std::io::Read as _;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use exposition::{
    Bucket, Dialect, Families, Format, Histogram, HistogramOptions, Line, Metric, MetricFamily,
    MetricType, MetricValue, Parser, SampleView, Samples, ScrapeProtocol, encode,
};
use flate2::read::GzDecoder;
use seen::Seen;

mod seen;

fn lines(body: &str, dialect: Dialect) -> Seen {
    let mut seen = Seen::default();
    for line in Parser::new(body, dialect).flatten() {
        let Line::Sample(sample) = line else { continue };
        seen.text(&sample.name());
        for label in sample.labels() {
            seen.text(&label.name());
            seen.text(&label.value());
        }
        match sample.composite() {
            None => seen.value(sample.value()),
            Some(composite) => {
                seen.value(composite.count());
                seen.value(composite.sum());
                for (bound, value) in composite.buckets().chain(composite.quantiles()) {
                    seen.number(bound);
                    seen.value(value);
                }
            }
        }
    }
    seen
}

fn samples(body: &str, dialect: Dialect) -> Seen {
    let mut seen = Seen::default();
    let mut samples = Samples::with_dialect(body, dialect).histograms(HistogramOptions::new());
    while let Ok(Some(sample)) = samples.next_sample() {
        seen.text(&sample.name());
        for (name, value) in sample.labels() {
            seen.text(&name);
            seen.text(&value);
        }
        seen.value(sample.value().as_f64().unwrap_or_default());
    }
    seen
}

fn families(body: &str, dialect: Dialect) -> Seen {
    let mut seen = Seen::default();
    for family in Families::new(body, dialect).flatten() {
        seen.text(&family.name);
        for metric in &family.metrics {
            for (name, value) in metric.labels.iter() {
                seen.text(&name);
                seen.text(&value);
            }
            match &metric.value {
                MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                    for bucket in &histogram.buckets {
                        seen.number(bucket.upper_bound);
                        seen.value(bucket.cumulative_count);
                    }
                    let others = histogram.sum.into_iter().chain(histogram.count);
                    others.for_each(|value| seen.value(value));
                }
                MetricValue::Summary(summary) => {
                    for quantile in &summary.quantiles {
                        seen.number(quantile.quantile);
                        seen.value(quantile.value);
                    }
                    let others = summary.sum.into_iter().chain(summary.count);
                    others.for_each(|value| seen.value(value));
                }
                _ => seen.value(metric.single_value().unwrap_or_default()),
            }
        }
    }
    seen
}

/// Returns the families of a body of 2 MB that Envoy printed.
fn envoy() -> Vec<MetricFamily<'static>> {
    let gzipped = include_bytes!("../tests/data/corpus/envoy/medium.all.prom.gz");
    let mut body = String::new();
    let read = GzDecoder::new(&gzipped[..]).read_to_string(&mut body);
    assert!(read.is_ok(), "{read:?}");
    let families = Families::new(&body, Dialect::Text).read_all();
    families.into_owned().families
}

/// Returns a family of a thousand histograms with twenty buckets each.
fn histograms() -> Vec<MetricFamily<'static>> {
    let mut family = MetricFamily::new("request_duration_seconds", MetricType::Histogram);
    for number in 0..1000_u32 {
        let bounds = (0..19).map(|at| 0.005 * f64::from(1 << at));
        let mut count = 0.0;
        let buckets = bounds.chain([f64::INFINITY]).map(|bound| {
            count += f64::from(number % 7 + 3);
            Bucket::new(bound, count)
        });
        let histogram = Histogram::new(buckets.collect::<Vec<_>>());
        let metric = Metric::histogram(histogram.sum(f64::from(number) * 1.5).count(count));
        let path = format!("/api/v1/items/{number}");
        let labels = [
            ("method", "GET".to_owned()),
            ("path", path),
            ("code", "200".to_owned()),
        ];
        family = family.metric(metric.labels(labels));
    }
    vec![family]
}

fn written(families: &[MetricFamily<'_>], protocol: ScrapeProtocol) -> String {
    let written = encode::to_string(families, Format::new(protocol));
    assert!(written.is_ok(), "{written:?}");
    written.unwrap_or_default()
}

fn openmetrics2_bodies(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("openmetrics2");
    type Read = fn(&str, Dialect) -> Seen;
    let rows: [(&str, Read); 3] = [
        ("lines", lines),
        ("samples", samples),
        ("families", families),
    ];
    for (name, content) in [("envoy", envoy()), ("histograms", histograms())] {
        let text = written(&content, ScrapeProtocol::PrometheusText004);
        let openmetrics2 = written(&content, ScrapeProtocol::OpenMetricsText200);
        for (row, read) in rows {
            let all = read(&text, Dialect::Text).samples;
            assert_eq!(
                read(&openmetrics2, Dialect::OpenMetrics2).samples,
                all,
                "{row} of {name}"
            );
            group.throughput(Throughput::Elements(all));
            for (format, body, dialect) in [
                ("text", &text, Dialect::Text),
                ("openmetrics2", &openmetrics2, Dialect::OpenMetrics2),
            ] {
                let id = BenchmarkId::new(format!("{row}/{format}"), name);
                group.bench_with_input(id, body, |bencher, body| {
                    bencher.iter(|| black_box(read(black_box(body), dialect)).bits);
                });
            }
        }
    }
    group.finish();
}

criterion_group!(benches, openmetrics2_bodies);
criterion_main!(benches);
