//! What relabelling allocates: nothing where nothing changes.
#![cfg(feature = "relabel")]

use allocation_counter::measure;
use exposition::{
    name::ValidationScheme,
    relabel::{Action, LabelSet, RuleConfig, Rules},
};

use crate::support::relabel_sets as sets;

/// Returns how often a second application of the rules allocates, with the labels put in anew.
fn allocations<'a>(rules: &'a Rules, labels: &[(&'a str, &'a str)], keep: bool) -> u64 {
    let mut set = LabelSet::new();
    // The first time makes room, here and in the engine.
    for _ in 0..2 {
        set.reset(labels.iter().copied());
        assert_eq!(rules.apply(&mut set), keep);
    }
    let counted = measure(|| {
        set.reset(labels.iter().copied());
        assert_eq!(rules.apply(&mut set), keep);
    });
    counted.count_total
}

fn rules(configs: impl IntoIterator<Item = RuleConfig>) -> Rules {
    let rules = Rules::new(configs, ValidationScheme::Utf8);
    assert!(rules.is_ok(), "{rules:?}");
    rules.unwrap_or_default()
}

#[test]
fn nothing_where_nothing_changes() {
    let rule = RuleConfig::new;
    let everything = rules([
        rule()
            .source_labels(["a", "b"])
            .regex("x|y")
            .action(Action::Drop),
        rule()
            .source_labels(["a"])
            .regex("(?i)kelvin|ſ")
            .action(Action::Drop),
        rule().source_labels(["a"]).regex("(x)+").target_label("z"),
        rule().source_labels(["a", "b"]).target_label("ab"),
        rule()
            .source_labels(["a"])
            .regex("(?i)(ONE|ẞ)")
            .target_label("a"),
        rule()
            .source_labels(["a"])
            .target_label("a")
            .action(Action::Lowercase),
        rule()
            .source_labels(["a"])
            .target_label("A")
            .action(Action::Uppercase),
        rule()
            .source_labels(["a", "b"])
            .target_label("h")
            .modulus(8)
            .action(Action::HashMod),
        rule().regex("x_(.*)").action(Action::LabelMap),
        rule()
            .regex("a|b")
            .replacement("c")
            .action(Action::LabelMap),
        rule().regex("x_.*").action(Action::LabelDrop),
        rule().regex(".*").action(Action::LabelKeep),
        rule()
            .source_labels(["a"])
            .target_label("b")
            .action(Action::DropEqual),
        rule()
            .source_labels(["a"])
            .target_label("a")
            .action(Action::KeepEqual),
    ]);
    let labels = [
        ("a", "one"),
        ("A", "ONE"),
        ("ab", "one;two"),
        ("b", "two"),
        ("c", "one"),
        ("h", "7"),
    ];
    let mut set: LabelSet<'_> = labels.into_iter().collect();
    assert!(everything.apply(&mut set));
    assert_eq!(set, labels.into_iter().collect());
    assert_eq!(allocations(&everything, &labels, true), 0);
}

#[test]
fn nothing_where_a_set_is_dropped_or_values_are_copied() {
    let sidecars = rules(sets::sidecar_configs());
    let other = [
        ("__meta_kubernetes_pod_container_name", "catalog"),
        ("__address__", "127.0.0.1:3000"),
    ];
    assert_eq!(allocations(&sidecars, &other, false), 0);

    let rule = RuleConfig::new;
    let copies = rules([
        rule()
            .source_labels(["pod"])
            .regex("(.+)-.*")
            .target_label("app"),
        rule().target_label("team").replacement("shop"),
        rule().regex("meta_(.+)").action(Action::LabelMap),
    ]);
    let labels = [("pod", "web-1"), ("meta_zone", "a")];
    assert_eq!(allocations(&copies, &labels, true), 0);
}

/// The set keeps such values in memory that it reuses.
#[test]
fn nothing_where_values_are_put_together() {
    // The address.
    assert_eq!(
        allocations(&rules(sets::sidecar_configs()), sets::SIDECAR, true),
        0
    );
    // The cluster and the shard.
    let labels = [
        ("__name__", "envoy_cluster_upstream_rq_total"),
        (
            "cluster_name",
            "outbound|80||catalog.shop.svc.cluster.local",
        ),
    ];
    assert_eq!(
        allocations(&rules(sets::sample_configs()), &labels, true),
        0
    );
    // Names that a template and labelmap compose.
    let rule = RuleConfig::new;
    let names = rules([
        rule()
            .source_labels(["pod", "zone"])
            .regex("(.+);(.+)")
            .target_label("at_${2}_x")
            .replacement("${2}/$1"),
        rule()
            .regex("(p|z)(.+)")
            .replacement("${2}_$1")
            .action(Action::LabelMap),
    ]);
    let labels = [("pod", "web-1"), ("zone", "a")];
    let mut set: LabelSet<'_> = labels.into_iter().collect();
    assert!(names.apply(&mut set));
    let expected = r#"{at_a_x="a/web-1", od_p="web-1", one_z="a", pod="web-1", zone="a"}"#;
    assert_eq!(set.to_string(), expected);
    assert_eq!(allocations(&names, &labels, true), 0);
}

/// In any initial order, reading labels by name does not allocate after the rules are applied.
#[test]
fn nothing_to_read_labels_by_name() {
    let rules = rules(sets::sidecar_configs());
    let mut labels = sets::SIDECAR.to_vec();
    labels.sort_by_key(|(name, _)| name.bytes().rev().collect::<Vec<u8>>());
    assert!(!labels.is_sorted());
    assert_eq!(allocations(&rules, &labels, true), 0);
    let mut set: LabelSet<'_> = labels.iter().copied().collect();
    assert!(rules.apply(&mut set));
    let counted = measure(|| {
        assert!(set.iter().is_sorted());
        assert!(set.sorted().is_sorted());
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn a_copy_goes_into_memory_that_is_there() {
    let rules = rules(sets::sidecar_configs());
    let mut set: LabelSet<'_> = sets::SIDECAR.iter().copied().collect();
    assert!(rules.apply(&mut set));
    let mut copy = set.clone();
    let counted = measure(|| copy.clone_from(&set));
    assert_eq!(counted.count_total, 0);
    assert_eq!(copy, set);
}

#[test]
fn few_labels_need_no_room() {
    let labels = &sets::SIDECAR[..12];
    let counted = measure(|| {
        let set: LabelSet<'_> = labels.iter().copied().collect();
        assert_eq!(set.len(), 12);
    });
    assert_eq!(counted.count_total, 0);
}
