use super::*;
use proptest::prelude::*;

use EscapingScheme::{AllowUtf8, Dots, Underscores, Values};

/// Name, then its escapes by `underscores`, `dots` and `values`.
const ESCAPES: &[(&str, &str, &str, &str)] = &[
    ("", "", "", ""),
    ("metric", "metric", "metric", "metric"),
    ("my_metric", "my_metric", "my__metric", "my_metric"),
    (
        "my_metric.x",
        "my_metric_x",
        "my__metric_dot_x",
        "U__my__metric_2e_x",
    ),
    ("no:esc_req", "no:esc_req", "no:esc__req", "no:esc_req"),
    (
        "http.status:sum",
        "http_status:sum",
        "http_dot_status:sum",
        "U__http_2e_status:sum",
    ),
    (
        "mysystem.prod_x",
        "mysystem_prod_x",
        "mysystem_dot_prod__x",
        "U__mysystem_2e_prod__x",
    ),
    ("1foo", "_foo", "__foo", "U___31_foo"),
    ("foo1", "foo1", "foo1", "foo1"),
    ("é1", "_1", "__1", "U___e9_1"),
    ("a-b", "a_b", "a__b", "U__a_2d_b"),
    (":", ":", ":", ":"),
    ("_", "_", "__", "_"),
    (".", "_", "_dot_", "U___2e_"),
    ("花火", "__", "____", "U___82b1__706b_"),
    ("é", "_", "__", "U___e9_"),
    (
        "label with 😱",
        "label_with__",
        "label__with____",
        "U__label_20_with_20__1f631_",
    ),
    ("x Ā", "x__", "x____", "U__x_20__100_"),
    ("a\nb", "a_b", "a__b", "U__a_a_b"),
    ("a\0b", "a_b", "a__b", "U__a_0_b"),
    ("\u{fffd}", "_", "__", "U___fffd_"),
    ("\u{10ffff}", "_", "__", "U___10ffff_"),
    ("\u{100000}", "_", "__", "U___100000_"),
    ("U__a", "U__a", "U____a", "U__a"),
    ("U__a.b", "U__a_b", "U____a_dot_b", "U__U____a_2e_b"),
];

#[test]
fn escapes_by_every_scheme() {
    for &(name, underscores, dots, values) in ESCAPES {
        assert_eq!(AllowUtf8.escape(name), name);
        assert_eq!(Underscores.escape(name), underscores, "{name:?}");
        assert_eq!(Dots.escape(name), dots, "{name:?}");
        assert_eq!(Values.escape(name), values, "{name:?}");
    }
}

#[test]
fn unescapes_dots_in_two_passes() {
    for (escaped, name) in [
        ("", ""),
        ("metric", "metric"),
        ("my__metric_dot_x", "my_metric.x"),
        ("a__dot__b", "a_._b"),
        ("a_dot_dot_b", "a.dot_b"),
        ("a_dot__dot_b", "a..b"),
        ("___", "__"),
        ("____", "__"),
        ("_", "_"),
        ("_dot_", "."),
        ("a_dot", "a_dot"),
    ] {
        assert_eq!(Dots.unescape(escaped), name, "{escaped:?}");
    }
}

#[test]
fn unescapes_values_or_nothing() {
    for (escaped, name) in [
        ("U__a_2e_b", "a.b"),
        ("U__a_2E_b", "a.b"),
        ("U__mysystem_2e_prod__x", "mysystem.prod_x"),
        ("U__a", "a"),
        ("U__", ""),
        ("U____", "_"),
        ("U__花", "花"),
        ("U__a_0002e_b", "a.b"),
        ("U__a_1f600_b", "a😀b"),
        ("U__a_fffff_b", "a\u{fffff}b"),
        ("U__a_FFFD_b", "a\u{fffd}b"),
        ("U__a_0_b", "a\0b"),
        ("U__a_d7ff_b", "a\u{d7ff}b"),
        ("U__a_e000_b", "a\u{e000}b"),
    ] {
        assert_eq!(Values.unescape(escaped), name, "{escaped:?}");
    }
    for unchanged in [
        "",
        "a",
        "U_a_2e_b",
        "u__a_2e_b",
        "U__a_",
        "U___",
        "U__a_2e",
        "U__a___b",
        "U__a_zz_b",
        "U__a_+2e_b",
        "U__a_-1_b",
        "U__a_ 2e_b",
        "U__a_é_b",
        "U__a_d800_b",
        "U__a_dfff_b",
        "U__a_00002e_b",
        "U__a_01f600_b",
        "U__a_10ffff_b",
        "U___10ffff_",
    ] {
        assert!(
            matches!(Values.unescape(unchanged), Cow::Borrowed(name) if name == unchanged),
            "{unchanged:?}"
        );
    }
}

#[test]
fn the_other_schemes_have_nothing_to_undo() {
    for name in ["a_dot_b", "U__a_2e_b", "a__b", "花火"] {
        assert_eq!(AllowUtf8.unescape(name), name);
        assert_eq!(Underscores.unescape(name), name);
    }
}

#[test]
fn a_family_keeps_its_legacy_names() {
    for (name, dots) in [
        ("my_l", "my_l"),
        ("a.b", "a_dot_b"),
        ("my_l.x", "my__l_dot_x"),
        ("a:b_c", "a:b_c"),
        ("", ""),
    ] {
        assert_eq!(Dots.escape_metric_name(name), dots);
        assert_eq!(Dots.escape_label_name(name), dots);
        assert_eq!(
            Dots.escape_label(name, "v.w_x"),
            (dots.into(), "v.w_x".into())
        );
        assert_eq!(
            Dots.escape_label("__name__", name),
            ("__name__".into(), dots.into())
        );
        assert_eq!(AllowUtf8.escape_metric_name(name), name);
        assert_eq!(AllowUtf8.escape_label("__name__", name).1, name);
    }
}

#[test]
fn legacy_rules() {
    for (name, metric, label) in [
        ("", false, false),
        ("a", true, true),
        ("_", true, true),
        ("Az_09", true, true),
        ("a:b", true, false),
        (":", true, false),
        ("0a", false, false),
        ("a.b", false, false),
        ("a b", false, false),
        ("é", false, false),
        ("a\0", false, false),
        ("a-", false, false),
    ] {
        assert_eq!(
            ValidationScheme::Legacy.is_valid_metric_name(name),
            metric,
            "{name:?}"
        );
        assert_eq!(
            ValidationScheme::Legacy.is_valid_label_name(name),
            label,
            "{name:?}"
        );
        assert_eq!(
            ValidationScheme::Utf8.is_valid_metric_name(name),
            !name.is_empty()
        );
        assert_eq!(
            ValidationScheme::Utf8.is_valid_label_name(name),
            !name.is_empty()
        );
    }
    assert!(!is_legacy_metric_name(b"\xff"));
    assert!(!is_legacy_label_name(b"a\xff"));
}

#[test]
fn words_are_read_and_written() {
    for scheme in EscapingScheme::ALL {
        assert_eq!(scheme.to_string().parse(), Ok(scheme));
    }
    for scheme in [ValidationScheme::Utf8, ValidationScheme::Legacy] {
        assert_eq!(scheme.to_string().parse(), Ok(scheme));
    }
    assert_eq!(format!("{Values:>8}"), "  values");
    assert_eq!(
        "Dots".parse::<EscapingScheme>().unwrap_err().to_string(),
        r#"unknown escaping scheme "Dots": expected allow-utf-8, underscores, dots or values"#
    );
    assert_eq!(
        "utf-8".parse::<ValidationScheme>().unwrap_err().to_string(),
        r#"unknown name validation scheme "utf-8": expected utf8 or legacy"#
    );
}

#[test]
fn the_scheme_to_ask_for() {
    use ValidationScheme::{Legacy, Utf8};
    assert_eq!(Utf8.escaping(None), Ok(AllowUtf8));
    assert_eq!(Legacy.escaping(None), Ok(Underscores));
    for scheme in EscapingScheme::ALL {
        assert_eq!(Utf8.escaping(Some(scheme)), Ok(scheme));
    }
    for scheme in [Underscores, Dots, Values] {
        assert_eq!(Legacy.escaping(Some(scheme)), Ok(scheme));
    }
    assert_eq!(
        Legacy.escaping(Some(AllowUtf8)).unwrap_err().to_string(),
        "escaping scheme allow-utf-8 needs name validation scheme utf8, but legacy is configured"
    );
}

/// Compares with Prometheus' outcome for every vector.
#[test]
fn agrees_with_prometheus() {
    let vectors = include_str!("../../../tests/data/vectors/escape.jsonl");
    for line in vectors.lines() {
        let vector: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| vector[key].as_str().unwrap();
        let name = text("name");
        for scheme in [Underscores, Dots, Values] {
            assert_eq!(
                scheme.escape(name),
                text(&format!("escape_{scheme}")),
                "{name:?}"
            );
            assert_eq!(
                scheme.unescape(name),
                text(&format!("unescape_{scheme}")),
                "{name:?}"
            );
        }
    }
    assert_eq!(vectors.lines().count(), 45);
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-c_.:0-1é😱\u{10ffff}]{0,12}",
        "(U__)?([a-f]|_|__|_2e_|_dot_|\\.){0,8}",
    ]
}

proptest! {
    #[test]
    fn values_come_back(name in name()) {
        let kept = is_legacy_metric_name(name.as_bytes()) && name.starts_with("U__");
        let beyond = name.chars().any(|c| c > '\u{fffff}');
        prop_assume!(!kept && !beyond);
        let escaped = Values.escape(&name);
        prop_assert_eq!(Values.unescape(&escaped), &*name);
    }

    #[test]
    fn characters_beyond_five_digits_stay_escaped(name in "[a-b_.]{0,4}\u{10ffff}[a-b_.]{0,4}") {
        let escaped = Values.escape(&name);
        prop_assert_eq!(Values.unescape(&escaped), &*escaped);
    }

    #[test]
    fn dots_come_back(name in "([a-d:.]|_|_dot|dot)([a-d:.0-9]|_|_dot|dot){0,8}") {
        prop_assume!(!name.contains("_dot_") && !name.contains("_dot."));
        let escaped = Dots.escape(&name);
        prop_assert_eq!(Dots.unescape(&escaped), &*name);
    }

    #[test]
    fn escaped_names_are_legacy_names(name in name()) {
        for scheme in [Underscores, Dots, Values] {
            for escaped in [scheme.escape(&name), scheme.escape_metric_name(&name)] {
                prop_assert_eq!(is_legacy_metric_name(escaped.as_bytes()), !name.is_empty());
            }
        }
    }

    #[test]
    fn an_escaped_name_is_not_escaped_again(name in name()) {
        for scheme in EscapingScheme::ALL {
            let once = scheme.escape_metric_name(&name);
            prop_assert_eq!(&scheme.escape_metric_name(&once), &once);
        }
    }
}
