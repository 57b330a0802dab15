use super::*;
use crate::model::name::ValidationScheme::{Legacy, Utf8};

pub(super) fn rule() -> RuleConfig {
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

/// Returns rules of all kinds over the labels of [`SETS`].
pub(super) fn rules_of_all_kinds() -> [RuleConfig; 15] {
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

pub(super) const SETS: [&[(&str, &str)]; 5] = [
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
