//! Compares the second half of a scrape with reading the body alone.
#![allow(missing_docs)]

use std::{hint::black_box, io::Read};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use exposition::{
    Parser, ValidationScheme,
    relabel::{Action, RuleConfig, Rules},
    scrape::{SampleConfig, Target, TargetConfig},
};
use flate2::read::GzDecoder;

const ENVOY: &[u8] = include_bytes!("../tests/data/corpus/envoy/medium.all.prom.gz");

fn target() -> Option<Target> {
    let config = TargetConfig::new("mesh");
    let labels = [
        ("__address__", "10.42.0.17:15090"),
        ("namespace", "shop"),
        ("pod_name", "catalog-6cf4b97d-wtm8t"),
    ];
    config.discover(labels).ok()?.into_target()
}

fn scrape(c: &mut Criterion) {
    let mut body = Vec::new();
    if let (Some(target), Ok(_)) = (target(), GzDecoder::new(ENVOY).read_to_end(&mut body)) {
        let plain = SampleConfig::new();
        let mut with_rules = SampleConfig::new();
        let rules = [
            RuleConfig::new()
                .source_labels(["__name__"])
                .regex("envoy_(cluster_http2_.*|listener_.*)")
                .action(Action::Drop),
            RuleConfig::new()
                .regex("envoy_.*")
                .action(Action::LabelDrop),
        ];
        with_rules.rules = Rules::new(rules, ValidationScheme::Utf8).unwrap_or_default();

        let mut group = c.benchmark_group("scrape");
        let samples = Parser::text(&body).flatten();
        let samples = samples.filter_map(|line| line.into_sample()).count();
        group.throughput(Throughput::Elements(samples as u64));
        group.bench_function("lines", |b| {
            b.iter(|| Parser::text(black_box(&body)).flatten().count());
        });
        for (name, config) in [("stored", &plain), ("relabelled", &with_rules)] {
            group.bench_function(name, |b| {
                b.iter(|| {
                    config
                        .scrape(&target, Some("text/plain"), black_box(&body))
                        .report()
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, scrape);
criterion_main!(benches);
