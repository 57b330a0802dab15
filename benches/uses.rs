//! Compares what is made of bodies with reading their families.
//!
//! The ratios to `families` matter; seconds on a shared machine do not. `families` reads every name, label, bound
//! and value. `lint` finds what others complain about, `promtool` says what that program says, and `assertions` reads a body
//! for look-ups. `collect` takes the samples into a collection of series; `answers` also asks it what metrics and
//! families cost, and `labels` what labels cost. `batches` makes record batches of a body, with all columns and without
//! `labels`. `diff` compares families that are read with themselves.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
#[cfg(feature = "arrow")]
use exposition::arrow::{BatchReader, Body, samples_schema};
use exposition::diff::Diff;
use exposition::stats::Stats;
use exposition::testing::Exposition;
use exposition::{Dialect, Families, Format, MetricValue, Samples, ScrapeProtocol, lint};
use seen::Seen;

mod corpus;
mod seen;

/// The name under tests/data/corpus.
const CORPUS: &[&str] = &[
    "envoy/medium.all.prom",
    "client_golang/openmetrics100_allow_utf8.om",
];

fn families(body: &[u8], dialect: Dialect) -> Seen {
    let mut seen = Seen::default();
    for family in Families::new(body, dialect).flatten() {
        seen.text(&family.name);
        seen.text(family.help.as_deref().unwrap_or_default());
        for metric in &family.metrics {
            for (name, value) in &metric.labels {
                seen.text(&name);
                seen.text(&value);
            }
            match &metric.value {
                MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                    for bucket in &histogram.buckets {
                        seen.number(bucket.upper_bound);
                        seen.value(bucket.cumulative_count);
                    }
                    seen.value(histogram.sum.unwrap_or_default());
                    seen.value(histogram.count.unwrap_or_default());
                }
                MetricValue::Summary(summary) => {
                    for quantile in &summary.quantiles {
                        seen.number(quantile.quantile);
                        seen.value(quantile.value);
                    }
                    seen.value(summary.sum.unwrap_or_default());
                    seen.value(summary.count.unwrap_or_default());
                }
                _ => seen.value(metric.single_value().unwrap_or_default()),
            }
        }
    }
    seen
}

fn collect(body: &[u8], dialect: Dialect) -> Stats {
    let mut stats = Stats::new();
    _ = stats.read(Samples::with_dialect(body, dialect));
    stats
}

fn uses(c: &mut Criterion) {
    for &name in CORPUS {
        let (bytes, dialect) = (corpus::body(name), corpus::dialect(name));
        let body = bytes.as_slice();
        let mut group = c.benchmark_group("uses");
        group.throughput(Throughput::Elements(collect(body, dialect).samples()));
        let mut row = |row: &str, work: &dyn Fn(&[u8])| {
            group.bench_function(BenchmarkId::new(row, name), |b| {
                b.iter(|| work(black_box(body)))
            });
        };
        row("families", &|body| {
            let seen = families(body, dialect);
            black_box((seen.bytes, seen.bits, seen.samples));
        });
        let format = Format::new(match dialect {
            Dialect::OpenMetrics => ScrapeProtocol::OpenMetricsText100,
            _ => ScrapeProtocol::PrometheusText004,
        });
        row("lint", &|body| drop(black_box(lint::check(body, format))));
        row("promtool", &|body| {
            drop(black_box(lint::promtool::check(body)))
        });
        row("assertions", &|body| {
            drop(black_box(Exposition::new(body, format)))
        });
        row("collect", &|body| drop(black_box(collect(body, dialect))));
        row("answers", &|body| {
            let stats = collect(body, dialect);
            drop(black_box((stats.metrics(), stats.families())));
        });
        row("labels", &|body| {
            let stats = collect(body, dialect);
            drop(black_box((
                stats.metrics(),
                stats.families(),
                stats.labels(),
            )));
        });
        #[cfg(feature = "arrow")]
        {
            let read = |body: &[u8], columns: &[usize]| {
                let bodies = std::iter::once(Body::new("target", format, body));
                let batches = BatchReader::new(bodies).project(columns);
                batches
                    .into_iter()
                    .flatten()
                    .for_each(|batch| drop(black_box(batch)));
            };
            let schema = samples_schema();
            let all: Vec<usize> = (0..schema.fields().len()).collect();
            let without: Vec<usize> = all
                .iter()
                .copied()
                .filter(|at| schema.field(*at).name() != "labels")
                .collect();
            row("batches", &|body| read(body, &all));
            row("batches without labels", &|body| read(body, &without));
        }
        let read = Families::new(body, dialect).read_all().families;
        row("diff", &|_| drop(black_box(Diff::between(&read, &read))));
    }
}

criterion_group!(benches, uses);
criterion_main!(benches);
