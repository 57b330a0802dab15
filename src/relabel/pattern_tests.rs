use proptest::prelude::*;

use super::*;

fn kind(regex: &str, slots: &[usize]) -> &'static str {
    let parsed = golang::parse(regex).unwrap();
    match Pattern::new(&parsed, slots).unwrap().matcher {
        Matcher::Affix(_) => "affix",
        Matcher::OneOf(_) => "one of",
        Matcher::Framed(_) => "framed",
        Matcher::Program(..) => "program",
        Matcher::Engine(_) => "engine",
    }
}

/// Returns what the groups hold, or `None` without a match.
fn groups<'v>(pattern: &Pattern, slots: &[usize], value: &'v str) -> Option<Vec<Option<&'v str>>> {
    let mut spans = Spans::default();
    let matched = pattern.captures(value, &mut spans);
    assert_eq!(matched, pattern.is_match(value));
    matched.then(|| {
        (0..=slots.len())
            .map(|group| spans.get(group, value))
            .collect()
    })
}

/// Checks that the pattern, on every matcher, yields what the engine yields.
fn check(regex: &str, slots: &[usize], value: &str) {
    let parsed = golang::parse(regex).unwrap();
    let pattern = Pattern::new(&parsed, slots).unwrap();
    let engine = Matcher::Engine(Engine::new(&parsed.ast, slots).unwrap());
    let engine = Pattern { matcher: engine };
    assert_eq!(
        groups(&pattern, slots, value),
        groups(&engine, slots, value),
        "{regex:?} on {value:?}, groups {slots:?}"
    );
}

#[test]
fn common_patterns_do_not_reach_the_engine() {
    for (regex, slots, expected) in [
        ("", &[][..], "affix"),
        ("(.*)", &[1], "affix"),
        ("(.+)", &[1], "affix"),
        (".*", &[], "affix"),
        ("^.+$", &[], "affix"),
        ("true", &[], "affix"),
        ("^true$", &[], "affix"),
        ("istio-(.*)", &[1], "affix"),
        ("(istio)-(.*)-(x)", &[1, 2, 3], "affix"),
        ("__meta_kubernetes_pod_label_(.+)", &[1], "affix"),
        (".*_bucket", &[], "affix"),
        ("a\\.b", &[], "affix"),
        ("\\Qa.b\\E", &[], "affix"),
        ("a|b|c", &[], "one of"),
        ("(a|b|c)", &[1], "one of"),
        ("|a", &[], "one of"),
        (
            "container_(tasks_state|memory_failures_total)",
            &[],
            "one of",
        ),
        ("https?", &[], "one of"),
        ("([^:]+)(?::\\d+)?;(\\d+)", &[1, 2], "program"),
        ("(.+)-(\\d+)", &[1, 2], "program"),
        ("(?:a|b);(.*)", &[1], "program"),
        ("(a)|(b)", &[1, 2], "program"),
        ("container_(.*)|kube_(.*)", &[1, 2], "program"),
        ("(?i)get", &[], "program"),
        ("[a-z]{2,3}(.*)", &[1], "program"),
        ("(ab)+", &[1], "engine"),
        ("a)|(?:b", &[], "engine"),
        ("\\pL+", &[], "engine"),
        ("\\bfoo", &[], "engine"),
        ("(?i)kubelet", &[], "engine"),
    ] {
        assert_eq!(kind(regex, slots), expected, "{regex:?}");
    }
}

#[test]
fn groups_that_nobody_asks_for_are_not_found() {
    check("(a)(.*)(b)", &[2], "a-b");
    check("(a)|(b)", &[2], "a");
    check("((a)|b)*", &[2], "aab");
}

#[test]
fn texts_with_what_is_before_and_after() {
    let long = "x".repeat(100_000);
    for regex in [
        format!("{}{long}", "(a|b)".repeat(8)),
        format!("{long}{}", "(a|b)".repeat(8)),
        format!("(a|b){long}(a|b)"),
        format!("{}{long}", "a?".repeat(8)),
    ] {
        assert_eq!(kind(&regex, &[]), "one of");
    }
    assert_eq!(
        kind(&format!("{0}{long}{0}", "(a|b)".repeat(4)), &[]),
        "program"
    );
    for value in ["aa", "aaa", "aaaa", "aaaaa", "aaaaaa"] {
        check("aa(a|)aa", &[], value);
        check("(aa(?:a|)aa)", &[1], value);
        check("aa(?:b|)(a)", &[], value);
    }
}

#[test]
fn a_pattern_between_long_texts() {
    let long = "x".repeat(300);
    for (regex, slots) in [
        (format!("{long}(a|b)"), vec![1]),
        (format!("(a|b)(c?)(.*){long}"), vec![1, 2, 3]),
        (format!("{long}(a)|{long}(b)"), vec![1, 2]),
        (format!("{long}(.*)(\\d+)?{long}"), vec![1, 2]),
        (format!("{long}((a)|b)*"), vec![1, 2]),
        (format!("{long}\\b(a.*)"), vec![1]),
        (format!("{long}(?:$|a)"), vec![]),
        (format!("(?i){long}(a)"), vec![1]),
    ] {
        for inside in ["", "a", "b", "ab", "ac1", "a\nx", "x", "é"] {
            check(&regex, &slots, &format!("{long}{inside}"));
            check(&regex, &slots, &format!("{inside}{long}"));
            check(&regex, &slots, &format!("{long}{inside}{long}"));
        }
        check(&regex, &slots, &long);
        check(&regex, &slots, "");
    }
    assert_eq!(kind(&format!("{long}(a|b)"), &[1]), "framed");
    assert_eq!(kind(&format!("{long}\\b(a|b)"), &[1]), "engine");
}

#[test]
fn a_value_that_takes_too_long_goes_to_the_engine() {
    let regex = "(.*)(.*)(.*)(.*)x";
    let parsed = golang::parse(regex).unwrap();
    let items = anchored(&parsed.ast).unwrap();
    let program = Program::new(items, &[]).unwrap();
    let value = "xa".repeat(1000);
    assert_eq!(program.run(&value, &mut [(0, 0)]), Outcome::TooLong);
    check(regex, &[1, 2, 3, 4], &value);
    check(regex, &[1, 2, 3, 4], &format!("{value}x"));
}

/// Generates patterns in Go's syntax, from the parts that rules use.
fn patterns() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        4 => "[ab:;é]{1,3}",
        2 => Just(".".to_owned()),
        2 => prop::sample::select(vec![
            "[^:]", "\\d", "\\w", "[ab]", "[^a\\n]", "\\D", "[é]", "(?i:a)", "(?-s:.)", "a*", "\\b",
            "^", "$",
        ])
        .prop_map(str::to_owned),
    ];
    let tree = atom.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 1..4).prop_map(|items| items.concat()),
            2 => prop::collection::vec(inner.clone(), 1..4)
                .prop_map(|items| format!("(?:{})", items.join("|"))),
            2 => inner.clone().prop_map(|item| format!("({item})")),
            3 => (inner, prop::sample::select(vec!["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0}"]))
                .prop_map(|(item, repeat)| format!("(?:{item}){repeat}")),
        ]
    });
    // Mostly without another frame; sometimes only half anchored.
    prop_oneof![
        9 => tree.clone(),
        1 => (tree.clone(), tree).prop_map(|(a, b)| format!("{a})|(?:{b}")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 700, ..ProptestConfig::default() })]

    #[test]
    fn every_matcher_gives_what_the_engine_gives(
        regex in patterns(),
        some in any::<u8>(),
        values in prop::collection::vec("[ab:;é1\\n]{0,8}", 1..12),
    ) {
        let groups = golang::parse(&regex).unwrap().groups.len();
        let slots: Vec<usize> = (1..=groups).filter(|group| some >> (group % 8) & 1 == 1).collect();
        for value in values {
            check(&regex, &slots, &value);
        }
    }

    #[test]
    fn affixes_and_texts_give_what_the_engine_gives(
        before in "[ab]{0,2}", after in "[ab]{0,2}", middle in "(\\.[*+])?",
        others in prop::collection::vec("[ab]{0,3}", 0..4),
        value in "[abé]{0,6}",
    ) {
        check(&format!("({before})({middle})({after})"), &[1, 2, 3], &value);
        check(&format!("{before}({middle}{after})"), &[1], &value);
        check(&format!("({})", others.join("|")), &[1], &value);
        check(&format!("{before}({}){after}", others.join("|")), &[], &value);
        check(&format!("({before}(?:{})?{after})", others.join("|")), &[1], &value);
    }
}
