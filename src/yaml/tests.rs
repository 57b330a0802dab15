use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;

/// Reads a text without asking for types.
fn value(yaml: &str) -> Result<Value, YamlError> {
    from_str(yaml)
}

fn error(yaml: &str) -> String {
    match value(yaml) {
        Ok(value) => panic!("{yaml:?} is read as {value}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn scalars_are_what_go_takes_them_for() {
    for (yaml, expected) in [
        ("", json!(null)),
        ("~", json!(null)),
        ("Null", json!(null)),
        ("nULL", json!("nULL")),
        ("'null'", json!("null")),
        ("yes", json!(true)),
        ("Y", json!(true)),
        ("oN", json!("oN")),
        ("OFF", json!(false)),
        ("\"no\"", json!("no")),
        ("0", json!(0)),
        ("-0", json!(0)),
        ("+12", json!(12)),
        ("010", json!(8)),
        ("0o17", json!(15)),
        ("08", json!(8.0)),
        ("0x1F", json!(31)),
        ("-0x10", json!(-16)),
        ("0b101", json!(5)),
        ("1_000", json!(1000)),
        ("0x_f", json!(15)),
        ("0x", json!("0x")),
        ("1e2", json!(100.0)),
        ("1.", json!(1.0)),
        (".5", json!(0.5)),
        ("+.5e1", json!(5.0)),
        (".5_0", json!(".5_0")),
        ("1e400", json!("1e400")),
        ("1e", json!("1e")),
        ("1:30", json!("1:30")),
        ("18446744073709551615", json!(u64::MAX)),
        ("+18446744073709551615", json!(18446744073709551615.0)),
        ("-9223372036854775808", json!(i64::MIN)),
        ("-9223372036854775809", json!(-9223372036854775809.0)),
        ("2001-1-2", json!("2001-1-2")),
        ("!!str 1", json!("1")),
        ("!!str", json!("")),
        ("! 1", json!("1")),
        ("!x 1", json!("1")),
        ("!<tag:yaml.org,2002:int> '7'", json!(7)),
        ("%TAG !e! tag:yaml.org,2002:\n--- !e!int '7'", json!(7)),
        ("!!int \"1\"", json!(1)),
        ("!!float 1", json!(1.0)),
        ("!!bool n", json!(false)),
        ("!!null ''", json!(null)),
        ("!!binary aGk=", json!("hi")),
        ("!!binary |\n a\n Gk=", json!("hi")),
        (
            "!!timestamp 2001-12-14T21:59:43.1+01:00",
            json!("2001-12-14T21:59:43.1+01:00"),
        ),
        ("!!timestamp '2024-2-29 1:2:3'", json!("2024-2-29 1:2:3")),
    ] {
        assert_eq!(value(yaml), Ok(expected), "{yaml:?}");
    }
    for yaml in [
        "!!int a",
        "!!int 1.5",
        "!!int ''",
        "!!bool 1",
        "!!float x",
        "!!null x",
        "!!timestamp 2023-2-29",
        "!!timestamp 2001-1-2T25:00:00Z",
        "!!timestamp 1",
        "!!binary a",
        "!!binary /w==",
        "!!binary aGk=aGk=",
    ] {
        assert!(value(yaml).is_err(), "{yaml:?}");
    }
}

#[test]
fn whoever_asks_for_text_gets_it() {
    for (yaml, text) in [
        ("010", "010"),
        ("1_0", "1_0"),
        ("yes", "yes"),
        ("1.50", "1.50"),
        ("!!int \"1\"", "1"),
        ("!!float 1", "1"),
        ("!!bool yes", "yes"),
        ("!foo a", "a"),
        ("~", ""),
        ("2001-01-01", "2001-01-01"),
        (".inf", ".inf"),
        ("<<", "<<"),
        ("!!binary aGk=", "hi"),
    ] {
        assert_eq!(from_str::<String>(yaml).as_deref(), Ok(text), "{yaml}");
    }
    assert!(from_str::<String>("[a]").is_err());
    assert!(from_str::<String>("!!int a").is_err());
}

#[test]
fn whoever_asks_for_numbers_gets_them() {
    for (yaml, number) in [
        ("0x10", 16),
        ("1e1", 10),
        ("1.9", 1),
        ("-.Inf", 1 << 63),
        ("-1.5", u64::MAX),
        ("-1e30", 1 << 63),
        ("~", 0),
        ("18446744073709551615", u64::MAX),
        ("1e19", 10_000_000_000_000_000_000),
    ] {
        assert_eq!(from_str::<u64>(yaml), Ok(number), "{yaml}");
    }
    for yaml in ["-1", "'1'", "1e20", ".nan", ".inf", "1:30", "yes", "[]"] {
        assert!(from_str::<u64>(yaml).is_err(), "{yaml}");
    }
    assert_eq!(from_str::<f64>("010"), Ok(8.0));
    assert_eq!(from_str::<bool>("on"), Ok(true));
    assert_eq!(from_str::<bool>("~"), Ok(false));
    assert!(from_str::<bool>("'on'").is_err());
    assert!(from_str::<bool>("1").is_err());
    assert_eq!(from_str::<Option<bool>>("~"), Ok(None));
}

#[test]
fn scalars_over_several_lines() {
    for (yaml, text) in [
        ("a\n b\n\n c\n\n\n d", "a b\nc\n\nd"),
        ("'a\n  b\n\n c '", "a b\nc "),
        ("'it''s'", "it's"),
        ("\"a\\\n   b\"", "ab"),
        ("\"a \\\n\n b\"", "a \nb"),
        ("\"a\\  \n b\"", "a  b"),
        (
            "\"\\x41\\u00e9\\U0001F600\\N\\_\\L\\P\\e\\0\\\t\"",
            "Aé😀\u{85}\u{A0}\u{2028}\u{2029}\x1B\0\t",
        ),
        ("|\n a\n  b\n\n c\n", "a\n b\n\nc\n"),
        ("|-\n a\n\n", "a"),
        ("|+\n a\n\n", "a\n\n"),
        ("|2-\n   a\n  b", " a\nb"),
        (">\n a\n b\n\n c\n", "a b\nc\n"),
        (">\n a\n  b\n c\n", "a\n b\nc\n"),
        (">- # why\n a\n b", "a b"),
        ("|\n a", "a"),
        ("|\n\n\n a\n", "\n\na\n"),
        ("a\r\n b\r c\u{85} d", "a b c d"),
        ("'a\u{2028} b'", "a\u{2028}b"),
        ("a#b", "a#b"),
        ("a #b", "a"),
        ("a:b", "a:b"),
        ("?a", "?a"),
        (":a", ":a"),
        ("-a", "-a"),
        ("a\t\tb", "a\t\tb"),
        ("--- |\n a\n", "a\n"),
        ("\u{FEFF}a", "a"),
    ] {
        assert_eq!(from_str::<String>(yaml).as_deref(), Ok(text), "{yaml:?}");
    }
}

#[test]
fn lists_and_maps() {
    for (yaml, expected) in [
        (
            "- a\n- - b\n  - c\n-\n- d: e\n  f:\n  - g\n",
            json!(["a", ["b", "c"], null, {"d": "e", "f": ["g"]}]),
        ),
        (
            "a:\n- b\n-\nc:\n  - d\n",
            json!({"a": ["b", null], "c": ["d"]}),
        ),
        ("a:\nb:\n", json!({"a": null, "b": null})),
        ("? a\n: b\n? c\n", json!({"a": "b", "c": null})),
        ("? |\n a\n: b", json!({"a\n": "b"})),
        (
            "{a: b, 'c' : d, \"e\":f, g, h: , }",
            json!({"a": "b", "c": "d", "e": "f", "g": null, "h": null}),
        ),
        ("{a:b}", json!({"a:b": null})),
        (
            "[a, [b], {c: d}, e: f, ? g : h, ]",
            json!(["a", ["b"], {"c": "d"}, {"e": "f"}, {"g": "h"}]),
        ),
        ("[]", json!([])),
        ("{}", json!({})),
        ("[a\n,b # c\n]", json!(["a", "b"])),
        ("a: &x [1]\nb: *x\n", json!({"a": [1], "b": [1]})),
        ("&a a: *a\n", json!({"a": "a"})),
        ("[&x a, *x, &x b]", json!(["a", "b", "b"])),
        ("&x\n- a\n", json!(["a"])),
        ("a: !!str\nb: &y\n", json!({"a": "", "b": null})),
        ("a:\t b", json!({"a": "b"})),
        ("[\ta,\tb\t]", json!(["a", "b"])),
        ("%YAML 1.1\n---\na\n...\n", json!("a")),
        ("a: 1\n---\nb: [", json!({"a": 1})),
        ("a\n...\n...\n---\n", json!("a")),
        ("---\n---\n", json!(null)),
        ("# only\n# comments\n", json!(null)),
        (
            "x: {<<: {a: 1, b: 2}, b: 3}",
            json!({"x": {"a": 1, "b": 3}}),
        ),
        (
            "x: {b: 3, <<: {a: 1, b: 2}}",
            json!({"x": {"a": 1, "b": 2}}),
        ),
        (
            "x: {<<: [{a: 1}, {a: 2, b: 2}]}",
            json!({"x": {"a": 1, "b": 2}}),
        ),
        (
            "a: &a {k: v}\nb:\n  <<: *a\n  l: w\n",
            json!({"a": {"k": "v"}, "b": {"k": "v", "l": "w"}}),
        ),
        ("{'<<': {a: 1}}", json!({"<<": {"a": 1}})),
    ] {
        assert_eq!(value(yaml), Ok(expected), "{yaml:?}");
    }
}

#[test]
fn errors_name_place_and_cause() {
    let mut wrong = Vec::new();
    for (yaml, expected) in [
        (
            "a: b: c",
            "line 1, column 5: a `: ` cannot stand here: put a value that has one in quotes",
        ),
        (
            "a: b\n\t\n",
            "line 2, column 1: a tab where only spaces indent",
        ),
        (
            "a: 'b'\n\tc: d",
            "line 2, column 1: a tab where only spaces indent",
        ),
        ("-\ta", "line 1, column 2: a tab where only spaces indent"),
        ("|\n\ta", "line 2, column 1: a tab where only spaces indent"),
        ("'x\\/y", "line 1, column 1: no `'` ends what begins here"),
        (
            "\"x\\/y\"",
            "line 1, column 3: there is no escape `\\/`: write `\\\\/`, or use single quotes",
        ),
        (
            "\"\\ud83d\\ude00\"",
            "line 1, column 2: an escape for what is not a Unicode character",
        ),
        (
            "\"\\xZ\"",
            "line 1, column 2: an escape that needs 2 hexadecimal digits",
        ),
        ("{a: b, a: c}", "line 1, column 8: repeated key `a`"),
        ("{a: b?}", "line 1, column 6: expected `,` or `}`"),
        ("{a: b", "line 1, column 6: expected `,` or `}`"),
        ("[a b", "line 1, column 5: expected `,` or `]`"),
        (
            "[a]]",
            "line 1, column 4: expected the end of the text, or `---` before another document",
        ),
        ("]", "line 1, column 1: a `]` without its `[`"),
        ("a: ]", "line 1, column 4: a `]` without its `[`"),
        (
            "{a: :b}",
            "line 1, column 5: a `:` cannot begin a value: put it in quotes",
        ),
        ("[,]", "line 1, column 2: expected a value before this `,`"),
        ("[?]", "line 1, column 2: a key without text"),
        (": a", "line 1, column 1: expected a key, as before this"),
        (
            "a: %b",
            "line 1, column 4: `%` cannot begin a value: put it in quotes",
        ),
        (
            "a: @b",
            "line 1, column 4: `@` cannot begin a value: put it in quotes",
        ),
        ("a: *b", "line 1, column 4: no anchor `&b` for this alias"),
        (
            "a: *",
            "line 1, column 4: an alias needs a name of letters, digits, `_` and `-` after the `*`: put a value that begins with it in quotes",
        ),
        (
            "a: &b *c",
            "line 1, column 4: an alias has neither an anchor nor a tag of its own",
        ),
        ("a: - b", "line 1, column 4: a list cannot begin here"),
        (
            "a: b\n c\nd",
            "line 3, column 1: expected a key, but no `:` follows",
        ),
        (
            "- a\nb: c",
            "line 2, column 1: expected a `-`, as before this",
        ),
        (
            "a: b\n- c",
            "line 2, column 1: expected a key, as before this",
        ),
        (
            "a: !x!y b",
            "line 1, column 4: no `%TAG` says what `!x!` is",
        ),
        (
            "%YAML 1.2\n--- a",
            "line 1, column 1: only YAML 1.1 is read",
        ),
        (
            "%FOO\n--- a",
            "line 1, column 1: a directive other than `%YAML` and `%TAG`",
        ),
        (
            "'a'\n%YAML 1.1\nb",
            "line 3, column 1: expected the end of the text, or `---` before another document",
        ),
        (
            "'a\n--- b'",
            "line 2, column 1: a document ends inside quotes",
        ),
        (
            "a: \u{7}",
            "line 1, column 4: the control character U+0007 is not allowed: write it as an escape in double quotes",
        ),
        ("{[a]: b}", "line 1, column 2: a key must be text"),
        (
            "{<<: a}",
            "line 1, column 6: `<<` needs a map, or a list of maps",
        ),
        (
            "a: |x\n b",
            "line 1, column 5: a block's text begins on the next line",
        ),
        ("!!int x", "line 1, column 1: `x` is not what `!!int` says"),
        (
            "&a [*a]",
            "line 1, column 5: nests too deeply, perhaps because an alias stands in what it stands for",
        ),
    ] {
        let error = value(yaml).map_or_else(|error| error.to_string(), |value| value.to_string());
        if error != expected {
            wrong.push((yaml, error, expected));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn errors_of_types_have_a_place() {
    type Rules = Vec<BTreeMap<String, u8>>;
    for (yaml, expected) in [
        (
            "- a: 1\n- a: b\n",
            "line 2, column 6: invalid type: string \"b\", expected u8",
        ),
        (
            "- a: 300",
            "line 1, column 6: invalid value: integer `300`, expected u8",
        ),
        (
            "- a",
            "line 1, column 3: invalid type: string \"a\", expected a map",
        ),
        (
            "a: 1",
            "line 1, column 1: invalid type: map, expected a sequence",
        ),
    ] {
        assert_eq!(from_str::<Rules>(yaml).unwrap_err().to_string(), expected);
    }
}

#[test]
fn json_has_its_own_escapes() {
    let json = r#"{"a": "\/\ud83d\ude00"}"#;
    assert_eq!(only::<Value>(json), Ok(json!({"a": "/😀"})));
    assert!(only::<Value>(&format!("- {json}")).is_err());
    assert!(only::<Value>(r#"{"a": "\ud83d"}"#).is_err());
    assert!(only::<Value>(r#"{"a": "\ud83d\u0041"}"#).is_err());
    assert!(value(json).is_err());
}

#[test]
fn documents_one_by_one() {
    assert_eq!(
        all::<Value>("a\n---\nb\n...\n---\n- c\n"),
        Ok(vec![json!("a"), json!("b"), json!(["c"])])
    );
    assert_eq!(all::<Value>(""), Ok(vec![]));
    assert!(all::<Value>("a\n---\n[").is_err());
    assert!(only::<Value>("a\n---\nb").is_err());
    assert_eq!(only::<Value>("a\n...\n"), Ok(json!("a")));
}

#[test]
fn comments_never_matter() {
    let comments = "# a comment\n".repeat(10_000);
    let yaml = format!("{comments}a: # one\n{comments}  - b # two\n{comments}  - c\n{comments}");
    assert_eq!(value(&yaml), Ok(json!({"a": ["b", "c"]})));
}

#[test]
fn what_would_exhaust_is_refused() {
    for (yaml, part) in [
        ("[".repeat(100_000), "deeper than 100"),
        ("{a: ".repeat(100_000), "deeper than 100"),
        ("- ".repeat(100_000), "deeper than 100"),
        ("? ".repeat(100_000), "deeper than 100"),
    ] {
        assert!(error(&yaml).contains(part), "{}", error(&yaml));
    }
    let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
    assert!(value(&deep(100)).is_ok());
    assert!(value(&deep(101)).is_err());
    // Each anchor holds ten of the previous one.
    let mut bomb = String::from("- &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let again = vec![format!("*a{}", n - 1); 10].join(", ");
        bomb += &format!("- &a{n} [{again}]\n");
    }
    assert!(error(&bomb).contains("more than 4194304 bytes"));
    let long = format!("- &a {}\n- [{}]", "x".repeat(1 << 20), "*a,".repeat(10));
    assert!(error(&long).contains("more than 4194304 bytes"));
    let mut chain = String::from("- &a0 x\n");
    for n in 1..100 {
        chain += &format!("- &a{n} {}*a{}{}\n", "[".repeat(50), n - 1, "]".repeat(50));
    }
    assert!(error(&chain).contains("nests too deeply"));
}
