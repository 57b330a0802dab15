//! Measures how fast each door reads bodies of real servers, compared with two walks that do next to nothing:
//! the *line walk* touches every line feed, the *quote walk* every `"` and line feed.
//!
//! Everything is read: each name, label and value. Ratios to a walk in the same run matter; seconds on a
//! shared machine do not.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use exposition::{
    AnySample, Dialect, Families, Filter, Line, Parser, Reader, Sample, SampleReader, SampleValue,
    SampleView as _, Samples,
};

mod corpus;

/// A body and its number of samples.
struct Body {
    name: &'static str,
    samples: u64,
    dialect: Dialect,
    bytes: Vec<u8>,
}

/// The name under tests/data/corpus and the number of samples (INDEX.tsv).
const CORPUS: &[(&str, u64)] = &[
    ("envoy/medium.all.prom", 17_998),
    ("envoy/small.all.prom", 455),
    ("node_exporter/noaccept.prom", 507),
    ("etcd/noaccept.prom", 1_246),
    ("python_prometheus_client/text004.prom", 137),
    ("python_prometheus_client/openmetrics100.om", 137),
    ("client_golang/openmetrics100_allow_utf8.om", 327),
    ("rust_prometheus_client/openmetrics.om", 90),
];

fn bodies() -> Vec<Body> {
    let load = |&(name, samples): &(&'static str, u64)| Body {
        name,
        samples,
        dialect: corpus::dialect(name),
        bytes: corpus::body(name),
    };
    CORPUS.iter().map(load).collect()
}

/// Reads a sample completely: the length and first byte of each label's name and value, and the value.
#[inline(always)]
fn read(sample: &Sample<'_>) -> u64 {
    let labels = sample.labels().iter();
    let labels = labels.map(|label| text(&label.name()) + text(&label.value()));
    let text = text(&sample.name()) + labels.sum::<u64>();
    text.wrapping_add(sample.value().to_bits())
}

#[inline(always)]
fn text(text: &str) -> u64 {
    text.len() as u64 + u64::from(text.as_bytes().first().copied().unwrap_or_default())
}

/// Reads everything; returns the number of samples and the sum of what was read.
type Door = fn(&Body) -> (u64, u64);

fn by_slice(body: &Body) -> (u64, u64) {
    slice(body).unwrap_or_default()
}

/// Reads with the loop that the README shows.
fn slice(body: &Body) -> exposition::Result<(u64, u64)> {
    let (mut samples, mut sum) = (0, 0_u64);
    for line in Parser::new(black_box(&body.bytes), body.dialect) {
        if let Line::Sample(sample) = line? {
            samples += 1;
            sum = sum.wrapping_add(read(&sample));
        }
    }
    Ok((samples, sum))
}

/// Skips all text: the difference is the cost of reading it.
fn by_slice_count_only(body: &Body) -> (u64, u64) {
    count_only(body).unwrap_or_default()
}

fn count_only(body: &Body) -> exposition::Result<(u64, u64)> {
    let (mut samples, mut sum) = (0, 0_u64);
    for line in Parser::new(black_box(&body.bytes), body.dialect) {
        if let Line::Sample(sample) = line? {
            samples += 1;
            sum = sum.wrapping_add(sample.labels().len() as u64 ^ sample.value().to_bits());
        }
    }
    Ok((samples, sum))
}

fn by_reader(body: &Body) -> (u64, u64) {
    reader(body).unwrap_or_default()
}

fn reader(body: &Body) -> exposition::Result<(u64, u64)> {
    let (mut samples, mut sum) = (0, 0_u64);
    let mut reader = Reader::new(black_box(body.bytes.as_slice()), body.dialect);
    while let Some(line) = reader.next_line()? {
        if let Line::Sample(sample) = line {
            samples += 1;
            sum = sum.wrapping_add(read(&sample));
        }
    }
    Ok((samples, sum))
}

/// Reads a sample of any format as completely.
#[inline(always)]
fn read_stored(sample: &AnySample<'_>) -> u64 {
    let labels = sample.labels();
    let labels = labels.map(|(name, value)| text(&name) + text(&value));
    let text = text(&sample.name()) + labels.sum::<u64>();
    match sample.value() {
        SampleValue::Float(value) => text.wrapping_add(value.to_bits()),
        _ => text,
    }
}

fn by_samples(body: &Body) -> (u64, u64) {
    samples(body).unwrap_or_default()
}

/// Reads samples as a scrape stores them.
fn samples(body: &Body) -> exposition::Result<(u64, u64)> {
    let (mut count, mut sum) = (0, 0_u64);
    let mut samples = Samples::with_dialect(black_box(&body.bytes), body.dialect);
    while let Some(sample) = samples.next_sample()? {
        count += 1;
        sum = sum.wrapping_add(read_stored(&sample));
    }
    Ok((count, sum))
}

fn by_sample_reader(body: &Body) -> (u64, u64) {
    sample_reader(body).unwrap_or_default()
}

fn sample_reader(body: &Body) -> exposition::Result<(u64, u64)> {
    let (mut count, mut sum) = (0, 0_u64);
    let bytes = black_box(body.bytes.as_slice());
    let mut samples = SampleReader::with_dialect(bytes, body.dialect);
    while let Some(sample) = samples.next_sample()? {
        count += 1;
        sum = sum.wrapping_add(read_stored(&sample));
    }
    Ok((count, sum))
}

/// Reads the samples that each family represents.
fn by_families(body: &Body) -> (u64, u64) {
    let (mut samples, mut sum) = (0, 0_u64);
    for family in Families::new(black_box(&body.bytes), body.dialect).flatten() {
        for sample in family.samples() {
            samples += 1;
            let labels = sample.labels();
            let labels = labels.map(|(name, value)| text(&name) + text(&value));
            let text = text(&sample.name()) + labels.sum::<u64>();
            sum = sum.wrapping_add(text.wrapping_add(sample.value().to_bits()));
        }
    }
    (samples, sum)
}

fn quote_walk(bytes: &[u8]) -> usize {
    memchr::memchr2_iter(b'"', b'\n', bytes).fold(0, |seen, at| seen ^ at)
}

fn line_walk(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).fold(0, |seen, at| seen ^ at)
}

/// Measures walks and doors in one group per body, because their ratio in one run matters.
fn doors(c: &mut Criterion) {
    let doors: [(&str, Door); 6] = [
        ("slice", by_slice),
        ("slice, count only", by_slice_count_only),
        ("reader", by_reader),
        ("families", by_families),
        ("samples", by_samples),
        ("sample reader", by_sample_reader),
    ];
    for body in bodies() {
        let mut group = c.benchmark_group(body.name);
        group.throughput(Throughput::Bytes(body.bytes.len() as u64));
        group.bench_function("quote walk", |b| {
            b.iter(|| quote_walk(black_box(&body.bytes)));
        });
        group.bench_function("line walk", |b| {
            b.iter(|| line_walk(black_box(&body.bytes)));
        });
        for (name, door) in doors {
            let (samples, _) = door(&body);
            assert_eq!(samples, body.samples, "{name}: {}", body.name);
            group.bench_function(name, |b| b.iter(|| door(&body)));
        }
    }
}

/// Measures one line of each kind, alone.
fn lines(c: &mut Criterion) {
    let mut group = c.benchmark_group("line");
    for (name, line) in [
        ("bare", "process_open_fds 42\n"),
        ("empty braces", "envoy_server_live{} 1\n"),
        (
            "four labels",
            "envoy_cluster_upstream_rq{envoy_response_code=\"200\",envoy_cluster_name=\"xds-grpc\",a=\"b\",c=\"d\"} 1027\n",
        ),
        ("float", "process_cpu_seconds_total 1.2345678e+06\n"),
        (
            "timestamp",
            "http_requests_total{code=\"200\"} 1027 1395066363000\n",
        ),
        ("quoted name", "{\"http.requests\",code=\"200\"} 1027\n"),
        ("escape", "path{dir=\"C:\\\\DIR\\\\\"} 1\n"),
        ("type", "# TYPE http_requests_total counter\n"),
        (
            "help",
            "# HELP http_requests_total How many requests there were.\n",
        ),
        ("comment", "# just a comment\n"),
        ("error", "http_requests_total{code=200} 1027\n"),
    ] {
        let body = line.repeat(1000);
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| Parser::text(black_box(body.as_bytes())).count());
        });
    }
}

/// Measures a filter that wants one family in a hundred.
fn filtered(c: &mut Criterion) {
    let mut group = c.benchmark_group("filter");
    for body in bodies().into_iter().take(1) {
        let mut names = Vec::new();
        for line in Parser::new(&body.bytes, body.dialect).flatten() {
            if let Line::Type(line) = line {
                names.push(line.name().into_owned());
            }
        }
        let wanted = Filter::names(names.into_iter().step_by(100));
        group.throughput(Throughput::Bytes(body.bytes.len() as u64));
        group.bench_function("line walk", |b| {
            b.iter(|| line_walk(black_box(&body.bytes)));
        });
        group.bench_function("slice", |b| {
            b.iter(|| {
                let lines = Parser::new(black_box(&body.bytes), body.dialect);
                let samples = lines.filter_by(wanted.clone()).flatten();
                samples
                    .filter_map(Line::into_sample)
                    .fold(0_u64, |sum, sample| sum.wrapping_add(read(&sample)))
            });
        });
        group.bench_function("reader", |b| {
            b.iter(|| {
                let reader = Reader::new(black_box(body.bytes.as_slice()), body.dialect);
                let mut reader = reader.filter_by(wanted.clone());
                let mut sum = 0_u64;
                while let Ok(Some(line)) = reader.next_line() {
                    if let Line::Sample(sample) = line {
                        sum = sum.wrapping_add(read(&sample));
                    }
                }
                sum
            });
        });
    }
}

fn settings() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1000))
}

criterion_group! {
    name = benches;
    config = settings();
    targets = doors, lines, filtered
}
criterion_main!(benches);
