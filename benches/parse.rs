//! How fast bodies of real servers are read, through each door, beside two walks that do next to
//! nothing: the *line walk* touches every line feed, the *quote walk* every `"` and line feed.
//!
//! Ratios to a walk in the same run are what counts; seconds on a shared machine are not.

use std::hint::black_box;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use exposition::{Dialect, Families, Filter, Line, Parser, Reader};
use flate2::read::GzDecoder;

/// A body and how many samples it has.
struct Body {
    name: &'static str,
    samples: u64,
    dialect: Dialect,
    bytes: Vec<u8>,
}

/// Name under tests/data/corpus and number of samples (INDEX.tsv).
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
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus");
    let load = |&(name, samples): &(&'static str, u64)| {
        // Larger bodies are kept compressed.
        let mut bytes = std::fs::read(corpus.join(name)).unwrap_or_default();
        if let Ok(file) = std::fs::File::open(corpus.join(format!("{name}.gz"))) {
            let read = GzDecoder::new(file).read_to_end(&mut bytes);
            assert!(read.is_ok(), "{name}: {read:?}");
        }
        assert!(!bytes.is_empty(), "{name} is not in {}", corpus.display());
        let dialect = match name.ends_with(".om") {
            true => Dialect::OpenMetrics,
            false => Dialect::Prometheus,
        };
        Body {
            name,
            samples,
            dialect,
            bytes,
        }
    };
    CORPUS.iter().map(load).collect()
}

/// What a program looks at, so that nothing is optimised away: how many labels, which value.
fn look_at(line: &Line<'_>) -> u64 {
    match line {
        Line::Sample(sample) => {
            black_box((sample.labels().len(), sample.value()));
            1
        }
        _ => 0,
    }
}

fn by_slice(body: &Body) -> u64 {
    let lines = Parser::new(black_box(&body.bytes), body.dialect);
    let mut samples = 0;
    for line in lines {
        if let Ok(line) = &line {
            samples += look_at(line);
        }
    }
    samples
}

fn by_reader(body: &Body) -> u64 {
    let mut reader = Reader::new(black_box(body.bytes.as_slice()), body.dialect);
    let mut samples = 0;
    while let Ok(Some(line)) = &reader.next_line() {
        samples += look_at(line);
    }
    samples
}

fn by_families(body: &Body) -> u64 {
    let mut samples = 0;
    for family in Families::new(black_box(&body.bytes), body.dialect).flatten() {
        samples += black_box(&family).samples().count() as u64;
    }
    samples
}

fn families_only(body: &Body) -> u64 {
    let mut metrics = 0;
    for family in Families::new(black_box(&body.bytes), body.dialect).flatten() {
        metrics += black_box(&family).metrics.len() as u64;
    }
    metrics
}

fn quote_walk(bytes: &[u8]) -> usize {
    memchr::memchr2_iter(b'"', b'\n', bytes).fold(0, |seen, at| seen ^ at)
}

fn line_walk(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).fold(0, |seen, at| seen ^ at)
}

fn walks(c: &mut Criterion) {
    let mut group = c.benchmark_group("walk");
    for body in bodies() {
        group.throughput(Throughput::Bytes(body.bytes.len() as u64));
        group.bench_function(BenchmarkId::new("quote", body.name), |b| {
            b.iter(|| quote_walk(black_box(&body.bytes)));
        });
        group.bench_function(BenchmarkId::new("line", body.name), |b| {
            b.iter(|| line_walk(black_box(&body.bytes)));
        });
    }
}

fn doors(c: &mut Criterion) {
    type Door = fn(&Body) -> u64;
    let doors: [(&str, Door); 3] = [
        ("slice", by_slice),
        ("reader", by_reader),
        ("families", families_only),
    ];
    for (name, door) in doors {
        let mut group = c.benchmark_group(name);
        for body in bodies() {
            let samples = match name {
                "families" => by_families(&body),
                _ => door(&body),
            };
            assert_eq!(samples, body.samples, "{name}: {}", body.name);
            group.throughput(Throughput::Bytes(body.bytes.len() as u64));
            group.bench_function(body.name, |b| b.iter(|| door(&body)));
        }
    }
}

/// One line of each kind, alone.
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
            b.iter(|| Parser::prometheus(black_box(body.as_bytes())).count());
        });
    }
}

/// One family in a hundred is wanted.
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
        group.bench_function("slice", |b| {
            b.iter(|| {
                let lines = Parser::new(black_box(&body.bytes), body.dialect);
                lines
                    .only(wanted.clone())
                    .flatten()
                    .map(|line| look_at(&line))
                    .sum::<u64>()
            });
        });
        group.bench_function("reader", |b| {
            b.iter(|| {
                let reader = Reader::new(black_box(body.bytes.as_slice()), body.dialect);
                let mut reader = reader.only(wanted.clone());
                let mut samples = 0;
                while let Ok(Some(line)) = &reader.next_line() {
                    samples += look_at(line);
                }
                samples
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
    targets = walks, doors, lines, filtered
}
criterion_main!(benches);
