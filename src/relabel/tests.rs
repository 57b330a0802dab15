use std::borrow::Cow;

use super::*;
use crate::model::name::ValidationScheme::{Legacy, Utf8};

fn rule() -> RuleConfig {
    RuleConfig::new()
}

#[test]
fn errors_name_rule_field_and_cause() {
    let target = || rule().target_label("t");
    let none: [&str; 0] = [];
    for (config, scheme, error) in [
        (rule(), Utf8, "target_label: required by action replace"),
        (
            target().action(Action::HashMod),
            Utf8,
            "modulus: required by action hashmod",
        ),
        (
            rule().action(Action::Lowercase),
            Utf8,
            "target_label: required by action lowercase",
        ),
        (
            rule().target_label("a-b"),
            Legacy,
            "target_label: \"a-b\" is not a label name or a template for one under the legacy scheme",
        ),
        (
            rule().target_label("1${1}"),
            Legacy,
            "target_label: \"1${1}\" is not a label name or a template for one under the legacy scheme",
        ),
        (
            rule().target_label("${1}").action(Action::Uppercase),
            Legacy,
            "target_label: \"${1}\" is not a valid label name under the legacy scheme",
        ),
        (
            rule().action(Action::LabelMap).replacement(""),
            Utf8,
            "replacement: \"\" is not a label name or a template for one",
        ),
        (
            rule().action(Action::LabelMap).replacement("$$"),
            Legacy,
            "replacement: \"$$\" is not a label name or a template for one under the legacy scheme",
        ),
        (
            target().action(Action::Lowercase).replacement("$0"),
            Utf8,
            "replacement: not allowed with action lowercase",
        ),
        (
            target().action(Action::KeepEqual).regex("(.*)"),
            Utf8,
            "regex: not allowed with action keepequal",
        ),
        (
            target().action(Action::DropEqual).separator(","),
            Utf8,
            "separator: not allowed with action dropequal",
        ),
        (
            rule().action(Action::LabelDrop).source_labels(none),
            Utf8,
            "source_labels: not allowed with action labeldrop",
        ),
        (
            target().action(Action::LabelKeep),
            Utf8,
            "target_label: not allowed with action labelkeep",
        ),
        (
            rule().action(Action::LabelKeep).modulus(1),
            Utf8,
            "modulus: not allowed with action labelkeep",
        ),
        (
            target().action(Action::HashMod).modulus(2).regex("a("),
            Utf8,
            "regex: missing `)` for the `(` at offset 1",
        ),
    ] {
        let alone = config.clone().build(scheme).unwrap_err();
        assert_eq!(alone.to_string(), error);
        assert_eq!(alone.index(), None);
        let listed = Rules::new([target(), config], scheme).unwrap_err();
        assert_eq!(listed.to_string(), format!("rules[1].{error}"));
    }
}

#[test]
fn what_is_allowed_is_not_refused() {
    for (config, scheme) in [
        (rule().target_label("_${1}_$a${b1}2"), Legacy),
        (rule().target_label("a b"), Utf8),
        (rule().target_label("${3}").action(Action::Lowercase), Utf8),
        (rule().target_label("-bad-").action(Action::Keep), Legacy),
        (rule().source_labels(["b.c"]).target_label("t"), Legacy),
        (rule().action(Action::LabelMap).replacement("$$"), Utf8),
        (
            (rule().target_label("t").action(Action::KeepEqual))
                .separator(";")
                .replacement("$1")
                .modulus(0),
            Utf8,
        ),
    ] {
        let error = config.clone().build(scheme).err();
        assert_eq!(error, None, "{config:?}");
    }
}

/// Returns the labels after rules for labels.
fn apply(configs: impl IntoIterator<Item = RuleConfig>, labels: &[(&str, &str)]) -> String {
    let rules = Rules::new(configs, Utf8).unwrap();
    let mut set: LabelSet<'_> = labels.iter().copied().collect();
    match rules.apply(&mut set) {
        true => set.to_string(),
        false => "dropped".to_owned(),
    }
}

#[test]
fn labelmap_goes_by_name_and_then_by_time() {
    let map = || rule().regex(".").replacement("m").action(Action::LabelMap);
    let labels = [("c", "2"), ("b", "1")];
    assert_eq!(apply([map()], &labels), r#"{b="1", c="2", m="2"}"#);
    let set = |name, value| rule().target_label(name).replacement(value);
    assert_eq!(
        apply([set("a", "9"), map()], &labels),
        r#"{a="9", b="1", c="2", m="9"}"#
    );
    // Although its value stays, b is the last one set.
    assert_eq!(
        apply([set("b", "1"), map()], &labels),
        r#"{b="1", c="2", m="1"}"#
    );
    // Removed and set again, it comes after what was set before.
    let again = [
        set("x", "7"),
        set("y", "8"),
        set("x", ""),
        set("x", "7"),
        map(),
    ];
    assert_eq!(apply(again, &[]), r#"{m="7", x="7", y="8"}"#);
    // A rule does not see what it sets.
    let copy = rule()
        .regex("(.+)")
        .replacement("${1}x")
        .action(Action::LabelMap);
    assert_eq!(apply([copy], &[("a", "1")]), r#"{a="1", ax="1"}"#);
}

#[test]
fn absent_is_empty() {
    let copy = rule().source_labels(["a"]).target_label("b");
    assert_eq!(apply([copy], &[("b", "x")]), "{}");
    let drop = rule().source_labels(["a"]).regex("").action(Action::Drop);
    assert_eq!(apply([drop], &[("a", ""), ("b", "x")]), "dropped");
    let join = rule().source_labels(["a", "b", "a"]).target_label("c");
    assert_eq!(apply([join], &[("a", "1")]), r#"{a="1", c="1;;1"}"#);
}

#[test]
fn sets_of_many_labels_find_every_name() {
    let names: Vec<String> = (0..100).map(|n| format!("__meta_kubernetes_{n}")).collect();
    let mut set: LabelSet<'_> = names
        .iter()
        .map(|name| (name.as_str(), name.as_str()))
        .collect();
    assert!(names.iter().all(|name| set.get(name) == Some(name)));
    for name in names.iter().step_by(3) {
        set.remove(name);
        assert_eq!(set.get(name), None);
    }
    for (index, name) in names.iter().enumerate() {
        assert_eq!(set.get(name).is_some(), index % 3 != 0, "{name}");
    }
    set.set("a", "b");
    assert_eq!(set.sorted().last(), Some(("a", "b")));
    assert_eq!(set.get(&names[98]), Some(names[98].as_str()));
    assert_eq!((set.get("a"), set.len()), (Some("b"), 67));
    set.reset([("x", "1"), ("y", ""), ("z", "3")]);
    assert_eq!(set.to_string(), r#"{x="1", z="3"}"#);
    assert_eq!(
        (set.get("z"), set.get("y"), set.get("a")),
        (Some("3"), None, None)
    );
}

/// Enough labels for binary search once they are sorted, and some that are not.
#[test]
fn sets_of_very_many_labels_find_every_name() {
    // They compose names that must be searched, one of them after its label was removed.
    let rules = [
        rule().regex("l599").action(Action::LabelDrop),
        rule()
            .source_labels(["a"])
            .target_label("l59${1}")
            .regex("new|(.*)")
            .replacement("x"),
        rule()
            .source_labels(["a"])
            .target_label("l${1}99")
            .regex("new()|(5)")
            .replacement("x"),
        rule()
            .regex("l598")
            .replacement("l599")
            .action(Action::LabelMap),
    ];
    let rules = Rules::new(rules, Utf8).unwrap();
    let names: Vec<String> = (0..600).map(|n| format!("l{:03}", n * 7 % 600)).collect();
    let mut set: LabelSet<'_> = names.iter().map(|name| (name.as_str(), "1")).collect();
    assert_eq!(set.sorted().count(), 600);
    set.set("l0005", "new");
    set.set("a", "new");
    // Unsorted until it is sorted again.
    set.set("l300", "set");
    set.remove("l301");
    for name in &names {
        let value = match name.as_str() {
            "l300" => Some("set"),
            "l301" => None,
            _ => Some("1"),
        };
        assert_eq!(set.get(name), value, "{name}");
    }
    for name in ["", "0", "l", "l0050", "l600", "m"] {
        assert_eq!(set.get(name), None, "{name}");
    }
    assert_eq!((set.get("a"), set.get("l0005")), (Some("new"), Some("new")));
    assert_eq!(set.len(), 601);
    assert!(rules.apply(&mut set));
    assert_eq!(set.get("l599"), Some("1"));
    assert_eq!(set.get("l59"), Some("x"));
    assert_eq!(set.get("l99"), Some("x"));
    assert_eq!(set.iter().count(), 603);
    // Of labels with the same name the first counts.
    let twice = names.iter().chain(&names).zip(0..);
    let mut set: LabelSet<'_> = (twice.map(|(name, at)| (name.as_str(), at.to_string()))).collect();
    assert_eq!(set.sorted().count(), 1200);
    for (name, at) in names.iter().zip(0..) {
        assert_eq!(set.get(name), Some(at.to_string().as_str()), "{name}");
    }
}

/// More names than a set knows the places of without memory of its own, some of them of labels that are not
/// there in each set.
#[test]
fn rules_that_mention_many_names_find_every_label() {
    let names: Vec<String> = (0..40).map(|n| format!("n{n}")).collect();
    let copies = (names.iter()).map(|name| {
        let copy = rule().source_labels([name]);
        copy.target_label(format!("copy_of_{name}"))
    });
    let joined = rule()
        .source_labels(["copy_of_n39", "copy_of_n0", "n20"])
        .target_label("n20");
    let rules = Rules::new(copies.chain([joined]), Utf8).unwrap();
    let mut set = LabelSet::new();
    for round in 0..6 {
        let there: Vec<&str> = (names.iter().skip(round / 3)).map(String::as_str).collect();
        set.reset(there.iter().map(|name| (*name, *name)));
        assert!(rules.apply(&mut set));
        assert_eq!(set.len(), 2 * there.len());
        for name in &there[1..] {
            assert_eq!(set.get(&format!("copy_of_{name}")), Some(*name));
        }
        let first = if round < 3 { "n0" } else { "" };
        assert_eq!(set.get("n20"), Some(format!("n39;{first};n20").as_str()));
        assert_eq!(set.get("copy_of_n0").unwrap_or_default(), first);
    }
}

/// After any operations, a set holds what a map holds, in the map's order.
#[test]
fn sets_are_as_maps_are() {
    let names = [
        "b",
        "a",
        "zone",
        "__meta_kubernetes_pod",
        "",
        "B",
        "é",
        "__address__",
        "ab",
    ];
    let mut number = 1u32;
    let mut next = move |below: usize| {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (number >> 8) as usize % below
    };
    for _ in 0..200 {
        let mut set = LabelSet::new();
        let mut map = std::collections::BTreeMap::new();
        for step in 0..40 {
            let name = match next(3) {
                0 => format!("label_{}", next(30)),
                _ => names[next(names.len())].to_owned(),
            };
            match next(8) {
                0 => {
                    set.remove(&name);
                    map.remove(&name);
                }
                1 => {
                    set.set(name.clone(), "");
                    map.remove(&name);
                }
                2 => {
                    let drop = rule().regex("label_.*[135]").action(Action::LabelDrop);
                    let drop = drop.build(Utf8).unwrap();
                    let mut owned = set.into_owned();
                    // The rule does not live as long as the set, nor does the set live longer here.
                    assert!(drop.apply(&mut owned));
                    set = owned.into_owned();
                    map.retain(|name: &String, _| {
                        !(name.starts_with("label_") && name.ends_with(['1', '3', '5']))
                    });
                }
                3 => assert!(set.sorted().is_sorted()),
                4 => {
                    let mut copy: LabelSet<'_> = [("x", "y")].into_iter().collect();
                    copy.clone_from(&set);
                    assert_eq!(copy, set);
                    set = copy;
                }
                _ => {
                    let value = format!("{step}");
                    set.set(name.clone(), value.clone());
                    map.insert(name, value);
                }
            }
            let pairs = map
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()));
            assert!(set.iter().eq(pairs), "{set}");
            assert!(map.iter().all(|(name, value)| set.get(name) == Some(value)));
            assert_eq!(set.len(), map.len());
        }
    }
}

#[test]
fn of_labels_with_one_name_the_first_counts() {
    let mut set: LabelSet<'_> = [("z", "1"), ("b", "first"), ("a", "2"), ("b", "second")]
        .into_iter()
        .collect();
    let pairs = [("a", "2"), ("b", "first"), ("b", "second"), ("z", "1")];
    assert!(set.iter().eq(pairs));
    assert!(set.sorted().eq(pairs));
    assert_eq!(set.get("b"), Some("first"));
    set.remove("b");
    assert!(set.iter().eq([("a", "2"), ("z", "1")]));
}

/// Returns rules of all kinds over the labels of [`SETS`].
fn rules_of_all_kinds() -> [RuleConfig; 15] {
    let set = |name, value| rule().target_label(name).replacement(value);
    let copy = |from, to| rule().source_labels([from]).target_label(to);
    let by_name = |regex, action| rule().regex(regex).action(action);
    [
        set("a", "1"),
        set("a", ""),
        set("c", "set"),
        copy("a", "b"),
        copy("b", "a"),
        copy("zz", "c"),
        copy("ab", "zz"),
        // A name that is mentioned, composed anew.
        copy("b", "$1").regex("(.).*").replacement("made"),
        by_name("a.*", Action::LabelDrop),
        by_name("[bc].*", Action::LabelKeep),
        by_name("(.)b", Action::LabelMap),
        by_name("b", Action::LabelMap).replacement("a"),
        copy("a", "c").action(Action::HashMod).modulus(7),
        copy("c", "b").action(Action::Uppercase),
        copy("b", "a").action(Action::DropEqual),
    ]
}

const SETS: [&[(&str, &str)]; 5] = [
    &[],
    &[("a", "b"), ("b", "c"), ("zz", "a")],
    &[("zz", "ab"), ("c", "zz"), ("ab", "b"), ("a", "zz")],
    &[
        ("b", "first"),
        ("a", "x"),
        ("b", "a"),
        ("a", "y"),
        ("ab", "c"),
    ],
    &[
        ("d", "1"),
        ("bb", "2"),
        ("ab", "3"),
        ("bb", "4"),
        ("a", "5"),
        ("e", "6"),
    ],
];

/// A list of rules knows the places of the labels that it mentions; a rule alone searches them. Both have the
/// same result, whatever earlier rules have set, removed or moved.
#[test]
fn rules_in_a_list_do_what_each_does_alone() {
    let configs = rules_of_all_kinds();
    let count = configs.len();
    for number in 0..count.pow(3) {
        let chosen = [number, number / count, number / count.pow(2)].map(|at| &configs[at % count]);
        // The first again: it sees what the others did.
        let list = chosen.into_iter().chain([chosen[0]]).cloned();
        let rules = Rules::new(list, Utf8).unwrap();
        for labels in SETS {
            let mut together: LabelSet<'_> = labels.iter().copied().collect();
            let (mut apart, mut counted) = (together.clone(), together.clone());
            let keep = rules.apply(&mut together);
            assert_eq!(
                keep,
                rules.iter().all(|rule| rule.apply(&mut apart)),
                "{rules:?}"
            );
            let mut stats = rules.stats();
            assert_eq!(keep, rules.apply_counted(&mut counted, &mut stats));
            assert_eq!(together, apart, "{rules:?}");
            assert_eq!(together, counted, "{rules:?}");
            assert_eq!(together.len(), together.iter().count());
        }
    }
}

/// A set that is filled anew gives what a new set gives, also where the names of its labels come again in the
/// same order, in another one, or for other rules.
#[test]
fn a_set_that_is_filled_anew_gives_what_a_new_one_gives() {
    let configs = rules_of_all_kinds();
    let count = configs.len();
    let others = Rules::new([configs[7].clone(), configs[9].clone()], Utf8).unwrap();
    for number in 0..count.pow(2) {
        let chosen = [number, number / count, number + 1].map(|at| configs[at % count].clone());
        let rules = Rules::new(chosen, Utf8).unwrap();
        let mut again = LabelSet::new();
        for round in 0..3 * SETS.len() * 4 {
            let labels = SETS[round / 3 % SETS.len()];
            // Other values, and now and then the rules of another list, an owned name or a label fewer.
            let value = |value: &str| format!("{value}{}", round % 3 / 2);
            let rules = if round % 7 == 6 { &others } else { &rules };
            let owned = round % 11 == 10;
            let pairs = || {
                let name = move |name: &'static str| match owned {
                    true => Cow::from(name.to_owned()),
                    false => Cow::from(name),
                };
                let labels = labels.iter().skip(usize::from(round % 13 == 12));
                labels.map(move |(label, text)| (name(label), value(text)))
            };
            let mut alone: LabelSet<'_> = pairs().collect();
            again.reset(pairs());
            let keep = rules.iter().all(|rule| rule.apply(&mut alone));
            assert_eq!(rules.apply(&mut again), keep, "{rules:?}");
            assert!(again.iter().eq(alone.iter()), "{rules:?}: {again} {alone}");
            assert_eq!(again.len(), alone.len());
        }
    }
}

/// Names that come again after others are known; there are more lists of names than a set remembers, some of them as
/// long as others, with texts of their own or the same in memory, and two lists of rules.
#[test]
fn sets_whose_names_take_turns_give_what_new_ones_give() {
    let first = "__meta_kubernetes_pod_annotation_of_more_than_sixty_four_characters_1";
    let other = "__meta_kubernetes_pod_annotation_of_more_than_sixty_four_characters_2";
    let names: [&[&str]; 7] = [
        &["__address__", "__meta_kubernetes_namespace", "job"],
        &["__address__", "__meta_kubernetes_nameSpace", "job"],
        &["job", "__address__", "__meta_kubernetes_namespace"],
        &["__address__", first, "__meta_kubernetes_pod_name", "job"],
        &["__address__", other, "__meta_kubernetes_pod_name", "job"],
        &[
            "__meta_kubernetes_pod_name_long",
            "__meta_kubernetes_pod_name_lang",
            "b",
        ],
        &[
            "__meta_kubernetes_pod_name_long",
            "__meta_kubernetes_pod_name_lung",
            "b",
        ],
    ];
    let drop = rule().regex(".*(space|_l.ng|_2)").action(Action::LabelDrop);
    let namespace = rule()
        .source_labels(["__meta_kubernetes_namespace", "job"])
        .target_label("namespace");
    let count = rule()
        .source_labels(["__meta_kubernetes_pod_name_lang", first])
        .modulus(5)
        .target_label("aa")
        .action(Action::HashMod);
    let lists = [
        Rules::new([namespace.clone(), drop, count.clone()], Utf8).unwrap(),
        Rules::new([count, namespace], Utf8).unwrap(),
    ];
    let mut again = LabelSet::new();
    for round in 0_usize..500 {
        let names = names[(round * round / 3 + round / 40) % names.len()];
        let rules = &lists[usize::from(round % 5 == 4)];
        let pairs = || {
            (names.iter().enumerate()).map(move |(at, name)| {
                let name = match round % 3 {
                    2 => Cow::from((*name).to_owned()),
                    _ => Cow::from(*name),
                };
                (name, format!("{}", round * at))
            })
        };
        let mut alone: LabelSet<'_> = pairs().collect();
        assert!(rules.apply(&mut alone));
        again.reset(pairs());
        assert!(rules.apply(&mut again));
        assert!(again.iter().is_sorted());
        assert!(again.iter().eq(alone.iter()), "{again} {alone}");
    }
}

/// Sets with the same names end with different labels, more of them than a set remembers.
#[test]
fn labels_are_sorted_whatever_rules_did_to_the_set_before() {
    let names = ["z", "v", "y", "a", "x", "b"];
    let by_value = |value: usize, target: &str, new: &str| {
        rule()
            .source_labels(["v"])
            .regex(value.to_string())
            .target_label(target)
            .replacement(new)
    };
    let configs = [
        by_value(0, "z", ""),
        by_value(1, "y", ""),
        by_value(2, "c", "new"),
        by_value(3, "a", ""),
        by_value(3, "w", "new"),
        by_value(4, "b", ""),
        by_value(5, "x", ""),
        // Added under names that are composed, and taken out again.
        by_value(6, "${0}_", "new").regex("(6)"),
        by_value(7, "a", ""),
        by_value(7, "a", "again"),
    ];
    let rules = Rules::new(configs, Utf8).unwrap();
    let mut again = LabelSet::new();
    for round in 0_usize..200 {
        let value = ((5 * round + round / 9) % 9).to_string();
        let pairs = || {
            names.map(|name| {
                (
                    name,
                    if name == "v" {
                        value.clone()
                    } else {
                        name.to_owned()
                    },
                )
            })
        };
        let mut alone: LabelSet<'_> = pairs().into_iter().collect();
        assert!(rules.iter().all(|rule| rule.apply(&mut alone)));
        again.reset(pairs());
        assert!(rules.apply(&mut again));
        assert!(again.iter().is_sorted());
        assert!(again.iter().eq(alone.iter()), "{again} {alone}");
        assert_eq!(again.len(), alone.len());
    }
}

/// `labelmap` sorts the labels. What is added then stands where another label of the next set will be.
#[test]
fn a_label_that_is_added_after_labels_moved_is_not_taken_for_another() {
    let remove = rule().target_label("zone").replacement("");
    let copy = rule().regex("(.+)b").action(Action::LabelMap);
    let count = rule()
        .source_labels(["x"])
        .target_label("a")
        .modulus(1)
        .action(Action::HashMod);
    let rules = Rules::new([remove, copy, count], Utf8).unwrap();
    let mut set = LabelSet::new();
    for value in ["1", "2", "3", "4"] {
        set.reset([("zone", "z"), ("x", value)]);
        assert!(rules.apply(&mut set));
        assert!(set.iter().eq([("a", "0"), ("x", value)]), "{set}");
    }
}

/// What labelmap copies is the value from before, though it sets the same labels.
#[test]
fn labelmap_copies_values_that_it_replaces() {
    let join = |name| rule().source_labels(["a", "b"]).target_label(name);
    let configs = [
        join("pq").replacement("${1}!"),
        join("qp").replacement("${1}?"),
        rule()
            .regex("(p|q)(p|q)")
            .replacement("$2$1")
            .action(Action::LabelMap),
    ];
    assert_eq!(
        apply(configs, &[("a", "1"), ("b", "2")]),
        r#"{a="1", b="2", pq="1;2?", qp="1;2!"}"#
    );
}

/// Few copies are searched in another way than many; both have the same result.
#[test]
fn labelmap_of_many_labels() {
    let names: Vec<String> = (0..200).map(|n| format!("l{n:03}")).collect();
    let labels: Vec<(&str, &str)> = (names.iter())
        .map(|name| (name.as_str(), name.as_str()))
        .collect();
    // Each group of ten maps to one name; the last one stays, and half of them exist already.
    let map = |regex: &str| {
        let map = rule().regex(regex).action(Action::LabelMap);
        map.replacement("l${1}0")
    };
    let at_once = apply([map("l(..).")], &labels);
    let by_tens = (0..10).map(|digit| map(&format!("l(.{digit}).")));
    assert_eq!(at_once, apply(by_tens, &labels));
    assert!(at_once.contains(r#"l070="l079", l071="l071""#), "{at_once}");
    let all = rule()
        .regex("(.*)")
        .replacement("m$1")
        .action(Action::LabelMap);
    let rules = Rules::new([all], Utf8).unwrap();
    let mut set: LabelSet<'_> = labels.iter().copied().collect();
    assert!(rules.apply(&mut set));
    assert_eq!(set.len(), 400);
    assert_eq!(set.get("ml199"), Some("l199"));
}

#[test]
fn a_trace_tells_what_each_rule_saw_and_did() {
    let rules = Rules::new(
        [
            rule()
                .source_labels(["pod"])
                .regex("db-.*")
                .target_label("app"),
            rule().source_labels(["pod", "ns"]).target_label("id"),
            rule()
                .source_labels(["pod"])
                .target_label("pod")
                .action(Action::Uppercase),
            rule()
                .regex("ns")
                .replacement("namespace")
                .action(Action::LabelMap),
            rule().regex("n.").action(Action::LabelDrop),
            rule().regex("zone").action(Action::LabelDrop),
            rule().source_labels(["id"]).action(Action::Keep),
            rule()
                .source_labels(["id"])
                .target_label("pod")
                .action(Action::DropEqual),
            rule()
                .source_labels(["pod"])
                .regex("WEB-1")
                .action(Action::Drop),
            rule().target_label("never").replacement("reached"),
        ],
        Utf8,
    )
    .unwrap();
    let mut labels: LabelSet<'_> = [("pod", "web-1"), ("ns", "shop")].into_iter().collect();
    let trace = rules.trace(&mut labels);
    let lines = [
        r#"0 replace: "web-1" not matched: no change"#,
        r#"1 replace: "web-1;shop" matched: id = "web-1;shop""#,
        r#"2 uppercase: "web-1": pod = "WEB-1" (was "web-1")"#,
        r#"3 labelmap: names matched: namespace = "shop""#,
        r#"4 labeldrop: names matched: ns removed (was "shop")"#,
        r#"5 labeldrop: no name matched: no change"#,
        r#"6 keep: "web-1;shop" matched: kept"#,
        r#"7 dropequal: "web-1;shop" not equal to pod: kept"#,
        r#"8 drop: "WEB-1" matched: dropped"#,
    ];
    assert_eq!(trace.to_string().lines().collect::<Vec<_>>(), lines);
}

#[cfg(feature = "serde")]
mod written {
    use super::*;

    fn error<T: serde::de::DeserializeOwned>(json: &str) -> String {
        let error = serde_json::from_str::<T>(json).err();
        let text = error.map_or_else(String::new, |error| error.to_string());
        text.split(" at line").next().unwrap_or_default().to_owned()
    }

    #[test]
    fn unknown_keys_name_the_right_spelling() {
        for (json, expected) in [
            (
                r#"{"sourceLabels": []}"#,
                "unknown key `sourceLabels` in a relabel rule: did you mean `source_labels`?",
            ),
            (
                r#"{"Regex": ""}"#,
                "unknown key `Regex` in a relabel rule: did you mean `regex`?",
            ),
            (
                r#"{"source_label": []}"#,
                "unknown key `source_label` in a relabel rule: did you mean `source_labels`?",
            ),
            (
                r#"{"if": "x"}"#,
                "unknown key `if` in a relabel rule: expected one of source_labels, separator, \
                 regex, modulus, target_label, replacement, action",
            ),
            (
                r#"{"regex": "a", "regex": "b"}"#,
                "repeated key `regex` in a relabel rule",
            ),
            (
                r#"{"action": "map"}"#,
                "unknown action \"map\": expected one of replace, keep, drop, keepequal, dropequal, \
                 hashmod, labelmap, labeldrop, labelkeep, lowercase, uppercase",
            ),
            (r#"{"action": null}"#, "`action` cannot be null"),
            (
                r#"{"source_labels": [""]}"#,
                "a source label's name cannot be empty",
            ),
            (
                r#"{"source_labels": "a"}"#,
                "invalid type: string \"a\", expected a list of label names",
            ),
            (
                r#"{"modulus": -1}"#,
                "invalid value: integer `-1`, expected an unsigned 64-bit number as `modulus`",
            ),
            (
                "null",
                "invalid type: null, expected a relabel rule, a map with keys such as `source_labels`",
            ),
        ] {
            assert_eq!(error::<RuleConfig>(json), expected);
        }
        assert_eq!(
            error::<Rules>(r#"[{"target_label": "a"}, {"regex": "("}]"#),
            "rules[1].regex: missing `)` for the `(` at offset 0"
        );
    }

    #[test]
    fn a_rule_comes_back_as_it_was_written() {
        let config = rule()
            .source_labels(["a"])
            .separator("")
            .regex("x")
            .modulus(3)
            .target_label("b")
            .replacement("")
            .action(Action::HashMod);
        let prometheus = serde_json::to_string(&config).unwrap();
        assert_eq!(
            prometheus,
            r#"{"source_labels":["a"],"separator":"","regex":"x","modulus":3,"target_label":"b","replacement":"","action":"hashmod"}"#
        );
        assert_eq!(
            serde_json::from_str::<RuleConfig>(&prometheus).unwrap(),
            config
        );
        assert_eq!(serde_json::to_string(&RuleConfig::new()).unwrap(), "{}");
    }

    #[test]
    fn null_means_what_it_means_there() {
        let json = r#"{"regex": null, "separator": null, "source_labels": null, "modulus": null}"#;
        let config: RuleConfig = serde_json::from_str(json).unwrap();
        assert_eq!(config, rule().regex("").separator(""));
    }
}
