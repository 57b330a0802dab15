use std::borrow::Cow;

use crate::model::name::ValidationScheme::Utf8;
use crate::relabel::tests::{SETS, rule, rules_of_all_kinds};
use crate::relabel::{Action, LabelSet, Rules};

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
