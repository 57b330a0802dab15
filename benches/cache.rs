//! Compares scraping a target again with parsing its body: the ratio to `slice` in the same run matters.
#![allow(missing_docs)]

use std::{hint::black_box, io::Read, time::Duration};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use exposition::{Dialect, Line, Parser, ScrapeCache};
use flate2::read::GzDecoder;

const ENVOY: &[u8] = include_bytes!("../tests/data/corpus/envoy/medium.all.prom.gz");

/// Reads a piece of text: returns its length and its first byte.
#[inline(always)]
fn text(text: &str) -> u64 {
    text.len() as u64 + u64::from(text.as_bytes().first().copied().unwrap_or_default())
}

/// Counts the samples and reads each one completely: its name, its labels and its value.
fn parse(body: &[u8]) -> u64 {
    let (mut samples, mut sum) = (0, 0_u64);
    for line in Parser::text(body) {
        if let Ok(Line::Sample(sample)) = line {
            sum = sum.wrapping_add(text(&sample.name()) ^ sample.value().to_bits());
            for label in sample.labels() {
                sum = sum.wrapping_add(text(&label.name()) + text(&label.value()));
            }
            samples += 1;
        }
    }
    black_box(sum);
    samples
}

/// Does the same, with ids.
fn scrape(cache: &mut ScrapeCache, body: &[u8]) -> u64 {
    let (mut samples, mut sum) = (0, 0_u64);
    for sample in cache.read(body, Dialect::Text).samples().flatten() {
        sum = sum.wrapping_add(text(&sample.name()) ^ sample.value().to_bits() ^ sample.id().get());
        for label in sample.labels() {
            sum = sum.wrapping_add(text(&label.name()) + text(&label.value()));
        }
        samples += 1;
    }
    black_box(sum);
    samples
}

fn quote_walk(bytes: &[u8]) -> usize {
    memchr::memchr2_iter(b'"', b'\n', bytes).fold(0, |seen, at| seen ^ at)
}

/// Returns the body with other lines, as `change` makes them from the number of the line, the series and the
/// value.
fn edited(body: &str, change: impl Fn(usize, &str, &str) -> String) -> Vec<u8> {
    let mut edited = String::new();
    for (number, line) in body.lines().enumerate() {
        match line.rsplit_once(' ') {
            Some((series, value)) if !line.starts_with('#') => {
                edited += &change(number, series, value);
            }
            _ => {
                edited += line;
                edited += "\n";
            }
        }
    }
    edited.into_bytes()
}

fn cache(c: &mut Criterion) {
    let mut body = String::new();
    let read = GzDecoder::new(ENVOY).read_to_string(&mut body);
    assert!(read.is_ok(), "{read:?}");
    let line = |series: &str, value: &dyn std::fmt::Display| format!("{series} {value}\n");
    // Another number in each line, mostly of as many digits as Envoy prints.
    let values = |seed: usize| {
        edited(&body, |number, series, value| {
            let random = (number + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
            match value.parse::<u64>() {
                Ok(_) => line(series, &(random % 10usize.pow(value.len() as u32))),
                Err(_) => line(series, &(random as f64 / 1e6)),
            }
        })
    };
    let bodies: [(&str, [Vec<u8>; 2]); 5] = [
        (
            "identical",
            [body.clone().into_bytes(), body.clone().into_bytes()],
        ),
        ("values changed", [values(1), values(2)]),
        (
            "1 % inserted or removed",
            [0, 50].map(|from| {
                edited(&body, |number, series, value| match number % 100 == from {
                    true => String::new(),
                    false => line(series, &value),
                })
            }),
        ),
        (
            "1 % renamed",
            [0, 50].map(|from| {
                edited(&body, |number, series, value| match number % 100 == from {
                    true => line(
                        &format!("{from}{series}").replacen(['0', '5'], "x", 1),
                        &value,
                    ),
                    false => line(series, &value),
                })
            }),
        ),
        (
            "everything changed",
            ["one", "another"].map(|prefix| {
                edited(&body, |_, series, value| {
                    line(&format!("{prefix}_{series}"), &value)
                })
            }),
        ),
    ];
    let samples = parse(body.as_bytes());
    for (name, bodies) in &bodies {
        let mut group = c.benchmark_group(format!("cache, {name}"));
        group.throughput(Throughput::Elements(samples));
        let mut cache = ScrapeCache::new();
        let mut turns = bodies.iter().cycle();
        let mut next = || turns.next().map(Vec::as_slice).unwrap_or_default();
        group.bench_function("quote walk", |b| {
            b.iter_batched(
                &mut next,
                |body| quote_walk(black_box(body)),
                BatchSize::PerIteration,
            );
        });
        group.bench_function("slice", |b| {
            b.iter_batched(
                &mut next,
                |body| parse(black_box(body)),
                BatchSize::PerIteration,
            );
        });
        scrape(&mut cache, next());
        group.bench_function("cache", |b| {
            b.iter_batched(
                &mut next,
                |body| scrape(&mut cache, black_box(body)),
                BatchSize::PerIteration,
            );
        });
        group.finish();
    }
}

/// Measures what a target stores over several scrapes: each body alone, and in a loop.
#[cfg(feature = "relabel")]
fn scrape_loop(c: &mut Criterion) {
    use exposition::relabel::{Action, RuleConfig, Rules};
    use exposition::scrape::{Discovered, SampleConfig, ScrapeLoop, TargetConfig};

    const TEXT: Option<&str> = Some("text/plain; version=0.0.4");

    let mut body = String::new();
    let read = GzDecoder::new(ENVOY).read_to_string(&mut body);
    assert!(read.is_ok(), "{read:?}");
    let targets = TargetConfig::new("mesh");
    let discovered = targets.discover([("__address__", "10.0.0.7:15090")]);
    let target = discovered.map(Discovered::into_target);
    let Ok(Some(target)) = target else {
        unreachable!("no rule drops it: {target:?}");
    };
    let mut config = SampleConfig::new();
    let rule = RuleConfig::new;
    let rules = [
        rule()
            .source_labels(["__name__"])
            .regex("envoy_server_.*")
            .action(Action::Drop),
        rule()
            .regex("envoy_worker_id|source_canonical_revision")
            .action(Action::LabelDrop),
    ];
    let rules = Rules::new(rules, config.validation_scheme);
    let Ok(rules) = rules else {
        unreachable!("{rules:?}");
    };
    config.rules = rules;

    let mut group = c.benchmark_group("scrape, labels joined and rules applied");
    group.throughput(Throughput::Elements(parse(body.as_bytes())));
    group.bench_function("quote walk", |b| {
        b.iter(|| quote_walk(black_box(body.as_bytes())));
    });
    group.bench_function("slice", |b| b.iter(|| parse(black_box(body.as_bytes()))));
    group.bench_function("alone", |b| {
        b.iter(|| {
            config
                .scrape(&target, TEXT, black_box(body.as_bytes()))
                .report()
        });
    });
    let mut scrapes = ScrapeLoop::new(config.clone(), target.clone());
    group.bench_function("loop", |b| {
        b.iter(|| scrapes.scrape(TEXT, black_box(body.as_bytes())).report());
    });
    group.finish();
}

#[cfg(not(feature = "relabel"))]
fn scrape_loop(_: &mut Criterion) {}

fn settings() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1000))
}

criterion_group! {
    name = benches;
    config = settings();
    targets = cache, scrape_loop
}
criterion_main!(benches);
