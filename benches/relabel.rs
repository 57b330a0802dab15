//! Compares relabelling of targets and of samples with what one would write with the regex crate alone.
//!
//! Every row does what a program does: it fills a label set again and again, applies the rules and reads every
//! name and value of the result, by name. `new` makes a set for each target or sample; `apply` leaves the reading out,
//! which shows its cost.
//!
//! `plain` is the alternative: labels in a sorted map, the source values joined, every pattern a `Regex`. It
//! is not complete, but correct for the rules here.
#![allow(missing_docs)]

use std::{collections::BTreeMap, hint::black_box, io::Read};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use exposition::{
    Line, Parser,
    name::ValidationScheme,
    relabel::{Action, LabelSet, RuleConfig, Rules},
};
use flate2::read::GzDecoder;
use regex::Regex;

#[path = "../tests/support/relabel_sets.rs"]
mod sets;

/// What else discovery knows about the sidecar of a pod with more labels and annotations.
const MORE_OF_POD: &[(&str, &str)] = &[
    ("__meta_kubernetes_pod_annotation_istio_io_rev", "default"),
    (
        "__meta_kubernetes_pod_annotation_kubectl_kubernetes_io_default_container",
        "catalog",
    ),
    (
        "__meta_kubernetes_pod_annotation_prometheus_io_scheme",
        "http",
    ),
    (
        "__meta_kubernetes_pod_annotationpresent_istio_io_rev",
        "true",
    ),
    (
        "__meta_kubernetes_pod_annotationpresent_prometheus_io_path",
        "true",
    ),
    (
        "__meta_kubernetes_pod_annotationpresent_prometheus_io_port",
        "true",
    ),
    (
        "__meta_kubernetes_pod_container_id",
        "containerd://6cf4b97d",
    ),
    ("__meta_kubernetes_pod_container_init", "false"),
    ("__meta_kubernetes_pod_container_port_protocol", "TCP"),
    ("__meta_kubernetes_pod_controller_kind", "ReplicaSet"),
    ("__meta_kubernetes_pod_controller_name", "catalog-6cf4b97d"),
    ("__meta_kubernetes_pod_host_ip", "192.168.1.10"),
    (
        "__meta_kubernetes_pod_label_security_istio_io_tlsMode",
        "istio",
    ),
    (
        "__meta_kubernetes_pod_labelpresent_pod_template_hash",
        "true",
    ),
    ("__meta_kubernetes_pod_labelpresent_version", "true"),
    (
        "__meta_kubernetes_pod_uid",
        "0e8b5a52-5f8f-4f0f-9d3f-3d0a4f6a0b1c",
    ),
];

/// How many targets are relabelled with one set; the first of them pays for its memory.
const TARGETS: usize = 100;

type Pairs<'a> = Vec<(&'a str, &'a str)>;

/// A rule as a user of the regex crate would have it.
struct Plain {
    config: RuleConfig,
    regex: Regex,
}

impl Plain {
    fn all(configs: impl IntoIterator<Item = RuleConfig>) -> Vec<Plain> {
        let plain = |config: RuleConfig| {
            let regex = config.regex.as_deref().unwrap_or("(.*)");
            let regex = Regex::new(&format!("^(?s:{regex})$")).ok()?;
            Some(Plain { config, regex })
        };
        configs.into_iter().filter_map(plain).collect()
    }

    fn apply(&self, labels: &mut BTreeMap<String, String>) -> bool {
        let names = self.config.source_labels.iter().flatten();
        let values: Vec<&str> = names
            .map(|name| labels.get(name).map_or("", String::as_str))
            .collect();
        let value = values.join(";");
        let target = self.config.target_label.clone().unwrap_or_default();
        match self.config.action.unwrap_or_default() {
            Action::Keep => return self.regex.is_match(&value),
            Action::Drop => return !self.regex.is_match(&value),
            Action::LabelDrop => labels.retain(|name, _| !self.regex.is_match(name)),
            Action::HashMod => {
                use md5::Digest;
                let digest: [u8; 16] = md5::Md5::digest(value.as_bytes()).into();
                let hash = digest
                    .iter()
                    .skip(8)
                    .fold(0, |hash, byte| hash << 8 | u64::from(*byte));
                let modulus = self.config.modulus.unwrap_or(1);
                labels.insert(target, (hash % modulus).to_string());
            }
            _ => {
                if let Some(captures) = self.regex.captures(&value) {
                    let mut new = String::new();
                    captures.expand(self.config.replacement.as_deref().unwrap_or("$1"), &mut new);
                    labels.insert(target, new);
                }
            }
        }
        true
    }
}

/// Returns the bytes of all names and values, and the first byte of each, so that they must be read.
fn read<'l>(labels: impl Iterator<Item = (&'l str, &'l str)>) -> usize {
    let first = |text: &str| text.bytes().next().map_or(0, usize::from);
    labels
        .map(|(name, value)| name.len() + value.len() + first(name) + first(value))
        .sum()
}

fn ours(rules: &Rules, sets: &[Pairs<'_>]) -> usize {
    let mut set = LabelSet::new();
    let mut sum = 0;
    for labels in sets {
        set.reset(labels.iter().copied());
        if rules.apply(&mut set) {
            sum += read(set.sorted());
        }
    }
    sum
}

/// Does what [`ours`] does, with a new set for each target, as one writes first.
fn ours_new(rules: &Rules, sets: &[Pairs<'_>]) -> usize {
    let mut sum = 0;
    for labels in sets {
        let mut set: LabelSet<'_> = labels.iter().copied().collect();
        if rules.apply(&mut set) {
            sum += read(set.sorted());
        }
    }
    sum
}

fn ours_unread(rules: &Rules, sets: &[Pairs<'_>]) -> usize {
    let mut set = LabelSet::new();
    let mut kept = 0;
    for labels in sets {
        set.reset(labels.iter().copied());
        kept += usize::from(rules.apply(&mut set));
        black_box(&set);
    }
    kept
}

fn plain(rules: &[Plain], sets: &[Pairs<'_>]) -> usize {
    let mut sum = 0;
    for labels in sets {
        let owned = labels
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut set: BTreeMap<String, String> = owned.collect();
        if rules.iter().all(|rule| rule.apply(&mut set)) {
            sum += read((set.iter()).map(|(name, value)| (name.as_str(), value.as_str())));
        }
    }
    sum
}

fn compare(
    c: &mut Criterion,
    name: &str,
    configs: impl IntoIterator<Item = RuleConfig>,
    sets: &[Pairs<'_>],
) {
    let configs: Vec<RuleConfig> = configs.into_iter().collect();
    let Ok(rules) = Rules::new(configs.clone(), ValidationScheme::Utf8) else {
        return;
    };
    let with_engine = Plain::all(configs);
    assert_eq!(ours(&rules, sets), plain(&with_engine, sets));
    assert_eq!(ours_new(&rules, sets), ours(&rules, sets));
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements(sets.len() as u64));
    group.bench_function("exposition", |b| b.iter(|| ours(&rules, sets)));
    group.bench_function("new", |b| b.iter(|| ours_new(&rules, sets)));
    group.bench_function("apply", |b| b.iter(|| ours_unread(&rules, sets)));
    group.bench_function("plain", |b| b.iter(|| plain(&with_engine, sets)));
    group.finish();
}

/// Returns the label sets of all samples of a body that Envoy printed.
fn samples(body: &[u8]) -> Vec<Vec<(String, String)>> {
    let mut sets = Vec::new();
    for line in Parser::text(body).flatten() {
        if let Line::Sample(sample) = line {
            let labels = sample
                .labels()
                .iter()
                .map(|l| (l.name().into_owned(), l.value().into_owned()));
            let name = ("__name__".to_owned(), sample.name().into_owned());
            sets.push([name].into_iter().chain(labels).collect());
        }
    }
    sets
}

fn borrowed(labels: &[(String, String)]) -> Pairs<'_> {
    (labels.iter())
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

fn relabel(c: &mut Criterion) {
    let sidecar = sets::SIDECAR.to_vec();
    // In the order of a hash map.
    let mut unsorted = sidecar.clone();
    unsorted.sort_by_key(|(name, _)| name.bytes().rev().collect::<Vec<u8>>());
    let large: Pairs<'_> = [sets::SIDECAR, MORE_OF_POD].concat();
    compare(
        c,
        "relabel/target of 24 labels",
        sets::sidecar_configs(),
        &vec![sidecar.clone(); TARGETS],
    );
    compare(
        c,
        "relabel/target of 24 labels, not by name",
        sets::sidecar_configs(),
        &vec![unsorted; TARGETS],
    );
    // Targets of three roles, whose labels have other names.
    let without = |part: &str| -> Pairs<'_> {
        let labels = sidecar.iter().copied();
        labels.filter(|(name, _)| !name.contains(part)).collect()
    };
    let roles = [
        sidecar.clone(),
        without("pod_labelpresent"),
        without("container_port"),
    ];
    compare(
        c,
        "relabel/targets of three roles in turn",
        sets::sidecar_configs(),
        &(roles.iter().cycle().take(TARGETS).cloned()).collect::<Vec<_>>(),
    );
    // Names are most often constants; here each set has texts of its own.
    let copies: Vec<Vec<(String, String)>> = (0..TARGETS)
        .map(|_| {
            let copy = |text: &str| text.to_owned();
            let labels = sidecar.iter();
            labels.map(|(n, v)| (copy(n), copy(v))).collect()
        })
        .collect();
    let copies: Vec<Pairs<'_>> = copies.iter().map(|labels| borrowed(labels)).collect();
    compare(
        c,
        "relabel/target of 24 labels, names not shared",
        sets::sidecar_configs(),
        &copies,
    );
    compare(
        c,
        "relabel/target of 40 labels",
        sets::sidecar_configs(),
        &vec![large; TARGETS],
    );

    let packed = include_bytes!("../tests/data/corpus/envoy/medium.all.prom.gz");
    let mut body = Vec::new();
    if GzDecoder::new(&packed[..]).read_to_end(&mut body).is_err() {
        return;
    }
    let samples = samples(&body);
    let samples: Vec<Pairs<'_>> = samples.iter().map(|labels| borrowed(labels)).collect();
    compare(
        c,
        "relabel/samples of a body",
        sets::sample_configs(),
        &samples,
    );
    compare(c, "relabel/hashmod", [sets::shard_config()], &samples);
}

criterion_group!(benches, relabel);
criterion_main!(benches);
