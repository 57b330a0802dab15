//! Compares writing bodies with reading them: families, lines, and merges.
//!
//! `parse` reads the lines of the same body: the ratios to it matter; seconds on a shared machine do not.
//! `copy` copies the text, which is the least that writing can cost.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use exposition::merge::{Collision, Conflict, Source};
use exposition::{
    Dialect, Encoder, EscapingScheme, Families, Format, Line, Merge, Parser, ScrapeProtocol,
};

mod corpus;

/// The name under tests/data/corpus and the number of samples (INDEX.tsv).
const CORPUS: &[(&str, u64)] = &[
    ("envoy/medium.all.prom", 17_998),
    ("node_exporter/noaccept.prom", 507),
    ("client_golang/openmetrics100_allow_utf8.om", 327),
];

fn format(protocol: ScrapeProtocol) -> Format {
    Format::new(protocol).with_escaping(EscapingScheme::AllowUtf8)
}

const TEXT: ScrapeProtocol = ScrapeProtocol::PrometheusText100;
const OPEN_METRICS: ScrapeProtocol = ScrapeProtocol::OpenMetricsText100;

fn samples(body: &[u8], dialect: Dialect) -> u64 {
    let lines = Parser::new(body, dialect).flatten();
    lines.filter(|line| matches!(line, Line::Sample(_))).count() as u64
}

fn write(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("encode");
    for &(name, expected) in CORPUS {
        let (body, from) = (corpus::body(name), corpus::dialect(name));
        let families = Families::new(&body, from).read_all().families;
        let by_families = |protocol| {
            let encoder =
                Encoder::from_writer(Vec::with_capacity(body.len() * 2), format(protocol));
            let mut encoder = encoder.map(|encoder| encoder.lossy(true)).ok()?;
            for family in &families {
                encoder.family(family).ok()?;
            }
            encoder.finish().ok()
        };
        let by_lines = |protocol| {
            let encoder =
                Encoder::from_writer(Vec::with_capacity(body.len() * 2), format(protocol));
            let mut encoder = encoder.map(|encoder| encoder.lossy(true)).ok()?;
            for line in Parser::new(&body, from) {
                encoder.line(&line.ok()?, from).ok()?;
            }
            encoder.finish().ok()
        };
        let (same, other) = match from {
            Dialect::OpenMetrics => (OPEN_METRICS, TEXT),
            _ => (TEXT, OPEN_METRICS),
        };
        for (protocol, written) in [
            (TEXT, by_families(TEXT)),
            (OPEN_METRICS, by_families(OPEN_METRICS)),
            (same, by_lines(same)),
            (other, by_lines(other)),
        ] {
            let to = match protocol {
                OPEN_METRICS => Dialect::OpenMetrics,
                _ => Dialect::Text,
            };
            assert_eq!(
                samples(&written.unwrap_or_default(), to),
                expected,
                "{name}"
            );
        }
        assert_eq!(samples(&body, from), expected, "{name}");

        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(BenchmarkId::new("copy", name), |b| {
            b.iter(|| black_box(&body).clone());
        });
        group.bench_function(BenchmarkId::new("parse", name), |b| {
            b.iter(|| samples(black_box(&body), from));
        });
        group.bench_function(BenchmarkId::new("families to text", name), |b| {
            b.iter(|| by_families(black_box(TEXT)));
        });
        group.bench_function(BenchmarkId::new("families to OpenMetrics", name), |b| {
            b.iter(|| by_families(black_box(OPEN_METRICS)));
        });
        group.bench_function(BenchmarkId::new("lines, same format", name), |b| {
            b.iter(|| by_lines(black_box(same)));
        });
        group.bench_function(BenchmarkId::new("lines, other format", name), |b| {
            b.iter(|| by_lines(black_box(other)));
        });
    }
    group.finish();
}

fn merge(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("merge");
    let body = corpus::body("envoy/medium.all.prom");
    let merged = |stamped: bool| {
        let names = ["app", "envoy", "agent"];
        let merge = Merge::new(format(TEXT))
            .on_collision(Collision::FirstWins)
            .on_conflict(Conflict::FirstWins);
        let merge = names.iter().fold(merge, |merge, name| {
            let source = Source::new(*name, &body, Dialect::Text);
            merge.source(match stamped {
                true => source.label("source", *name),
                false => source,
            })
        });
        let mut out = Vec::with_capacity(body.len() * 4);
        let report = merge.write_to(&mut out).ok()?;
        Some((report, out))
    };
    for (name, stamped, expected) in [
        ("three bodies, each stamped", true, 3 * 17_998),
        ("three bodies that collide", false, 17_998),
    ] {
        let report = merged(stamped).map(|(report, _)| (report.samples, report.collided));
        assert_eq!(report, Some((expected, 3 * 17_998 - expected)));
        group.throughput(Throughput::Bytes(3 * body.len() as u64));
        group.bench_function(BenchmarkId::new(name, "envoy/medium.all.prom"), |b| {
            b.iter(|| merged(black_box(stamped)));
        });
    }
    group.finish();
}

criterion_group!(benches, write, merge);
criterion_main!(benches);
