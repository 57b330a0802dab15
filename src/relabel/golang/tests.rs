use super::*;

fn compile(regex: &str) -> Result<regex::Regex, RegexError> {
    let parsed = parse(regex)?;
    let slots: Vec<usize> = (1..=parsed.groups.len()).collect();
    engine(&parsed.ast, &slots)
}

#[test]
fn errors_name_place_and_cause() {
    for (regex, error) in [
        ("(", "missing `)` for the `(` at offset 0"),
        ("a(b(c)", "missing `)` for the `(` at offset 1"),
        ("a)((", "missing `)` for the `(` at offset 2"),
        ("(a\\Qb", "ends in `\\` or without the `\\E` of a `\\Q`"),
        ("a(?:b", "missing `)` for the `(` at offset 1"),
        ("a)", "unexpected `)` at offset 1"),
        ("a))b", "unexpected `)` at offset 1"),
        ("a\\", "ends in `\\` or without the `\\E` of a `\\Q`"),
        ("\\Qa.b", "ends in `\\` or without the `\\E` of a `\\Q`"),
        ("a[b", "missing `]` for the `[` at offset 1"),
        ("[]", "missing `]` for the `[` at offset 0"),
        ("[z-a]", "invalid character class range `z-a` at offset 1"),
        ("[a--b]", "invalid character class range `a--` at offset 1"),
        ("[a-\\d]", "invalid escape sequence `\\d` at offset 3"),
        (
            "[[:foo:]]",
            "invalid character class range `[:foo:]` at offset 1",
        ),
        (
            "\\p{Foo}",
            "invalid character class range `\\p{Foo}` at offset 0",
        ),
        ("\\pX", "invalid character class range `\\pX` at offset 0"),
        (
            "a\\p{Lu",
            "invalid character class range `\\p{Lu` at offset 1",
        ),
        ("a\\Z", "invalid escape sequence `\\Z` at offset 1"),
        ("\\C", "invalid escape sequence `\\C` at offset 0"),
        ("(a)\\1", "invalid escape sequence `\\1` at offset 3"),
        ("é\\é", "invalid escape sequence `\\é` at offset 2"),
        (
            "\\x{110000}",
            "invalid escape sequence `\\x{110000` at offset 0",
        ),
        ("\\xZ1", "invalid escape sequence `\\xZ1` at offset 0"),
        ("\\x", "invalid escape sequence `\\x` at offset 0"),
        ("a(?=b)", "invalid or unsupported group `(?=` at offset 1"),
        (
            "(?<=a)b",
            "invalid group name `(?<=a)b` at offset 0: use ASCII letters, digits and `_`",
        ),
        ("(?x)a", "invalid or unsupported group `(?x` at offset 0"),
        ("(?i-)", "invalid or unsupported group `(?i-)` at offset 0"),
        ("(?P>a)", "invalid or unsupported group `(?P` at offset 0"),
        (
            "(?P<ü>a)",
            "invalid group name `(?P<ü>` at offset 0: use ASCII letters, digits and `_`",
        ),
        (
            "(?P<a",
            "invalid group name `(?P<a` at offset 0: use ASCII letters, digits and `_`",
        ),
        ("*", "nothing to repeat for `*` at offset 0"),
        ("a|*?", "nothing to repeat for `*?` at offset 2"),
        ("({2})", "nothing to repeat for `{2}` at offset 1"),
        ("a**", "invalid nested repetition `**` at offset 1"),
        ("a*?+", "invalid nested repetition `*?+` at offset 1"),
        ("a{2}{3}", "invalid nested repetition `{2}{3}` at offset 1"),
        ("a{1001}", "invalid repeat count `{1001}` at offset 1"),
        ("a{2,1}", "invalid repeat count `{2,1}` at offset 1"),
        (
            "a{99999999999999}",
            "invalid repeat count `{99999999999999}` at offset 1",
        ),
        ("(a{100}){11}", "invalid repeat count `{11}` at offset 8"),
    ] {
        assert_eq!(parse(regex).unwrap_err().to_string(), error, "{regex}");
    }
}

#[test]
fn limits_are_those_of_go() {
    assert!(compile("a{1000}").is_ok());
    assert!(compile("(?:a{50}){20}").is_ok());
    assert!(compile("(?:(?:a{2}){0}){1000}").is_ok());
    assert!(parse("(?:a{0,2}){501}").is_err());
    assert!(parse("(?:(?:a{1000})*){2}").is_err());
    let too_large = "(?:[a-z]{1000})".repeat(3400);
    assert_eq!(
        parse(&too_large).unwrap_err().to_string(),
        "too large at offset 51000"
    );
}

#[test]
fn nesting_is_bounded_and_does_not_exhaust_the_stack() {
    let nested = |open: &str, close: &str, depth: usize| {
        [open.repeat(depth), "a".to_owned(), close.repeat(depth)].concat()
    };
    for (open, close) in [("(", ")"), ("(?:", "b)*"), ("(?:b|", "c)")] {
        let deepest = (1..=1000)
            .rev()
            .find(|depth| parse(&nested(open, close, *depth)).is_ok());
        let deepest = deepest.unwrap();
        assert!(deepest > 300, "{open}{close}: {deepest}");
        let regex = compile(&nested(open, close, deepest)).unwrap();
        assert!(regex.is_match("a") || open != "(");
        let error = parse(&nested(open, close, 100_000)).unwrap_err();
        assert!(matches!(error, RegexError::Nesting { .. }), "{error}");
    }
    // Groups that do nothing do not count as depth.
    assert!(compile(&nested("(?:", ")", 100_000)).unwrap().is_match("a"));
    assert!(parse(&"(".repeat(100_000)).is_err());
}

/// Exactly the orbits of the engine's case folding that Go's Unicode does not have are left out.
#[test]
fn folding_is_that_of_unicode_15() {
    let mut all = String::new();
    let cased = ('\0'..=char::MAX).filter(|c| {
        c.to_lowercase().ne([*c]) || c.to_uppercase().ne([*c]) || class::folds_differently(*c)
    });
    all.extend(cased);
    let since = regex::Regex::new(r"^\P{Age=15.0}$").unwrap();
    let found = |pattern: &str| -> Vec<char> {
        // Only what is between the anchors can be searched.
        let parsed = parse(&format!("x)|{pattern}|(?:x")).unwrap();
        let regex = engine(&parsed.ast, &[]).unwrap();
        regex
            .find_iter(&all)
            .filter_map(|found| found.as_str().chars().next())
            .collect()
    };
    for c in all.chars() {
        let code = c as u32;
        let folded = found(&format!("(?i)\\x{{{code:X}}}"));
        assert!(folded.contains(&c), "{c:?}");
        let new: Vec<char> = (folded.iter().copied())
            .filter(|other| *other != c && since.is_match(&other.to_string()))
            .collect();
        assert_eq!(new, [], "{c:?} folds to what is newer");
        if class::folds_differently(c) {
            let in_class = found(&format!("(?i)[\\x{{{code:X}}}]"));
            assert_eq!(in_class, folded, "{c:?} in a class");
        }
    }
    assert_eq!(found("(?i)k"), ['K', 'k', '\u{212A}']);
    assert_eq!(found("(?i)s"), ['S', 's', 'ſ']);
    assert_eq!(found("(?i)ß"), ['ß', 'ẞ']);
    assert_eq!(found("(?i)σ"), ['Σ', 'ς', 'σ']);
    assert_eq!(found("(?i)\u{390}"), ['\u{390}']);
    assert_eq!(found("(?i)\u{FB05}"), ['\u{FB05}']);
    assert_eq!(found("(?i)\u{264}"), ['\u{264}']);
    // A class that holds only one of two letters that became a pair later.
    let not = found("(?i)[^\u{264}a]");
    assert!(!not.contains(&'\u{264}') && !not.contains(&'A') && not.contains(&'\u{A7CB}'));
    assert!(found("(?i)\\p{Ll}").contains(&'A'));
    assert!(!found("(?i)\\p{Ll}").contains(&'\u{A7CB}'));
    assert!(found("(?i)\\P{Ll}").contains(&'\u{A7CB}'));
}

/// Every character has the simple mapping of the Unicode data. The sum was computed from the columns of that
/// data, which are the same in 14.0 and 15.0.
#[test]
fn case_mappings_are_simple() {
    let (mut sum, mut ups, mut downs) = (0xcbf2_9ce4_8422_2325_u64, 0, 0);
    for c in '\0'..=char::MAX {
        let (lower, upper) = (case::lower(c), case::upper(c));
        if (lower, upper) == (c, c) {
            continue;
        }
        downs += usize::from(lower != c);
        ups += usize::from(upper != c);
        for end in [c, lower, upper] {
            sum = (sum ^ u64::from(end)).wrapping_mul(0x100_0000_01b3);
        }
    }
    assert_eq!((ups, downs, sum), (1450, 1433, 0xb58f18a40451fad6));
    for (from, lower, upper) in [
        ("İıſKßŉǰ", "iıſkßŉǰ", "İISKßŉǰ"),
        ("ΑΣ", "ας", "ΑΣ"),
        ("ᾀᾳῃῳᾲ", "ᾀᾳῃῳᾲ", "ᾈᾼῌῼᾲ"),
        ("ﬁΐև", "ﬁΐև", "ﬁΐև"),
        ("ǅ", "ǆ", "Ǆ"),
        ("\u{A7CB}\u{264}", "\u{A7CB}\u{264}", "\u{A7CB}\u{264}"),
        ("Ꭰꭰა", "ꭰꭰა", "ᎠᎠᲐ"),
    ] {
        // Go has no final sigma.
        assert_eq!(Case::Lower.map(from), lower.replace('ς', "σ"));
        assert_eq!(Case::Upper.map(from), upper);
    }
}

#[test]
fn case_mapping_borrows_what_stays() {
    use std::borrow::Cow;
    assert!(matches!(Case::Lower.map("abc-1é"), Cow::Borrowed(_)));
    assert!(matches!(Case::Upper.map("ABC-1É"), Cow::Borrowed(_)));
    assert!(matches!(Case::Lower.map(""), Cow::Borrowed(_)));
    assert_eq!(Case::Lower.map("aBc"), "abc");
}

#[test]
fn classes_of_every_name_compile() {
    for name in [
        "C",
        "Cc",
        "Cf",
        "Cn",
        "Co",
        "Cs",
        "L",
        "LC",
        "Ll",
        "Lm",
        "Lo",
        "Lt",
        "Lu",
        "M",
        "Mc",
        "Me",
        "Mn",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Pe",
        "Pf",
        "Pi",
        "Po",
        "Ps",
        "S",
        "Sc",
        "Sk",
        "Sm",
        "So",
        "Z",
        "Zl",
        "Zp",
        "Zs",
        "Any",
        "ASCII",
        "Assigned",
        "letter",
        "Cased_Letter",
        "close punctuation",
        "Greek",
        "han",
        "Yi",
        "Nko",
        "Common",
    ] {
        for (form, negated) in [("\\p", "\\P"), ("(?i)\\p", "(?i)\\P")] {
            let yes = compile(&format!("{form}{{{name}}}")).unwrap();
            let no = compile(&format!("{negated}{{{name}}}")).unwrap();
            for c in "aAéΩ中ٿ5٣_ \u{E000}\u{378}\u{301}\u{10D50}\u{1171E}€𝄞".chars() {
                let c = c.to_string();
                assert_ne!(yes.is_match(&c), no.is_match(&c), "{name} {c:?}");
            }
        }
    }
    for name in [
        "Garay",
        "Old_Italic",
        "OldItalic",
        "Script=Greek",
        "Emoji",
        "Alphabetic",
        "",
    ] {
        assert!(parse(&format!("\\p{{{name}}}")).is_err(), "{name}");
    }
    let is = |regex: &str, text: &str| compile(regex).unwrap().is_match(text);
    assert!(is("\\p{Cn}", "\u{10D50}") && !is("\\p{Lu}", "\u{10D50}"));
    assert!(is("\\p{Mn}", "\u{1171E}") && !is("\\p{Mc}", "\u{1171E}"));
    assert!(is("\\pC", "\u{378}") && is("\\pC", "\n"));
}

#[test]
fn surrogates_are_in_no_text() {
    let is = |regex: &str, text: &str| compile(regex).unwrap().is_match(text);
    assert!(!is("\\x{D800}", "\u{FFFD}"));
    assert!(is("[\\x{D7FF}-\\x{E000}]", "\u{E000}"));
    assert!(is("[^\\x{D800}]", "a"));
    assert!(!is("[\\x{D800}-\\x{DFFF}]", "a"));
}

/// Where reading by bytes has an answer for a class, the engine gives the same.
#[test]
fn sets_of_bytes_are_the_classes() {
    for regex in [
        ".",
        "(?-s:.)",
        "\\d",
        "\\D",
        "\\w",
        "\\W",
        "\\s",
        "\\S",
        "[a-z]",
        "[^a-z]",
        "[\\w.-]",
        "[^\\w]",
        "(?i)a",
        "(?i)[^a]",
        "(?i)[0-9a-f]",
        "(?i)\\D",
        "[^\\D]",
        "[[:^alpha:]x]",
        "[\\x00-\\x{10FFFF}]",
        "[^\\x00-\\x{10FFFF}]",
        "[\\x{80}-\\x{10FFFF}a]",
        "\\PL",
        "(?i)k",
        "(?i)[^k]",
        "(?i)\\w",
        "[é]",
        "(?i)[\\x{80}-\\x{10FFFF}]",
        "(?i)[^\\x{80}-\\x{10FFFF}]",
        "[[:ascii:]]",
        "[^[:ascii:]]",
    ] {
        let parsed = parse(regex).unwrap();
        let Kind::Concat(items) = &parsed.ast.kind else {
            panic!("{regex}");
        };
        let Some(set) = items[1].as_set() else {
            continue;
        };
        let engine = engine(&parsed.ast, &[]).unwrap();
        for c in ('\0'..='\u{2FF}').chain(['\u{212A}', '\u{FFFF}', '\u{10FFFF}']) {
            let mut buffer = [0; 4];
            let text = c.encode_utf8(&mut buffer);
            assert_eq!(
                set.table()[usize::from(text.as_bytes()[0])],
                engine.is_match(text),
                "{regex} {c:?}"
            );
        }
    }
}
