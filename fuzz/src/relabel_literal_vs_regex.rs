//! A pattern that is matched by comparing texts, by the small matcher or by the engine always has the result
//! of a regular expression.

use std::collections::{BTreeMap, BTreeSet};

use arbitrary::{Result, Unstructured};
use exposition::ValidationScheme;
use exposition::relabel::{Action, LabelSet, Rule, RuleConfig};
use regex::Regex;

use super::chance::one_in;
use super::{input, size};

/// How many bytes of an input its options are.
pub const HEADER: usize = 1;

/// The bit of the header for a pattern that is built.
const BUILT: u8 = 0x80;

/// Holds at every place of a text, and only the engine knows it.
const ANYWHERE: &str = r"(?:\b|\B)";

/// Asserts that matches and expanded templates do not depend on how a pattern is matched.
///
/// The header is followed by a pattern, a template, and values; or by what a pattern is built from.
pub fn relabel_literal_vs_regex(data: &[u8]) {
    let Some((options, rest)) = data.split_at_checked(HEADER) else {
        return;
    };
    if options[0] & BUILT != 0 {
        _ = built(&mut Unstructured::new(rest));
        return;
    }
    let mut texts = input::texts(rest);
    let (Some(pattern), Some(template)) = (texts.next(), texts.next()) else {
        return;
    };
    as_the_engine_does(
        &pattern,
        &template,
        texts.take(8).map(String::from).collect(),
    );
}

/// The rules that show what a pattern does.
struct Rules {
    replace: Rule,
    keep: Rule,
    drop: Rule,
    map: Rule,
}

impl Rules {
    fn new(pattern: &str, template: &str) -> Option<Rules> {
        let config = || RuleConfig::new().source_labels(["in"]).regex(pattern);
        let rule = |config: RuleConfig| config.build(ValidationScheme::Utf8).ok();
        // The text around the template distinguishes an empty expansion from no match.
        let around = format!("<{template}>");
        Some(Rules {
            replace: rule(config().target_label("out").replacement(&*around))?,
            keep: rule(config().action(Action::Keep))?,
            drop: rule(config().action(Action::Drop))?,
            map: rule(
                RuleConfig::new()
                    .regex(pattern)
                    .replacement(&*around)
                    .action(Action::LabelMap),
            )?,
        })
    }

    /// Returns the template's expansion for a match; `None` without one.
    fn expand(&self, value: &str) -> Option<String> {
        let start = || -> LabelSet<'_> { [("in", value)].into_iter().collect() };
        let mut set = start();
        assert!(self.replace.apply(&mut set), "{value:?}");
        let out = set.get("out").map(str::to_owned);
        assert_eq!(self.keep.apply(&mut start()), out.is_some(), "{value:?}");
        assert_eq!(self.drop.apply(&mut start()), out.is_none(), "{value:?}");
        if !value.is_empty() {
            let mut named: LabelSet<'_> = [(value, "x")].into_iter().collect();
            assert!(self.map.apply(&mut named), "{value:?}");
            let mapped = named.sorted().map(|(name, _)| name.to_owned());
            let mapped: Vec<String> = mapped.filter(|name| name != value).collect();
            let same = out.as_deref() == Some(value);
            let expected = out.clone().filter(|_| !same);
            assert_eq!(mapped, Vec::from_iter(expected), "{value:?}");
        }
        out
    }

    /// Asserts the order of `labelmap`, which goes through labels by name: where two become one, the last
    /// stays.
    fn maps_in_order(&self, names: &BTreeSet<&str>) {
        let numbers: Vec<String> = (1..=names.len()).map(|number| number.to_string()).collect();
        let labels = || {
            names
                .iter()
                .copied()
                .zip(numbers.iter().map(String::as_str))
        };
        let mut set: LabelSet<'_> = labels().collect();
        assert!(self.map.apply(&mut set), "{names:?}");
        let mut expected: BTreeMap<String, &str> = BTreeMap::new();
        expected.extend(labels().map(|(name, number)| (name.to_owned(), number)));
        for (name, number) in labels() {
            if let Some(mapped) = self.expand(name) {
                expected.insert(mapped, number);
            }
        }
        let mapped: BTreeMap<String, &str> = (set.sorted())
            .map(|(name, number)| (name.to_owned(), number))
            .collect();
        assert_eq!(mapped, expected, "{names:?}");
    }
}

/// Asserts that a pattern has the same result as a form of it that only the engine matches.
fn as_the_engine_does(pattern: &str, template: &str, values: Vec<String>) {
    if size::is_too_large(pattern) {
        return;
    }
    let Some(rules) = Rules::new(pattern, template) else {
        return;
    };
    // It may be a little too large for the engine in that form.
    let Some(engine) = Rules::new(&format!("{ANYWHERE}{pattern}"), template) else {
        return;
    };
    for value in &values {
        assert_eq!(
            rules.expand(value),
            engine.expand(value),
            "{pattern:?} of {value:?}, then {template:?}"
        );
    }
    let names = values.iter().map(String::as_str);
    let names: BTreeSet<&str> = names.filter(|name| !name.is_empty()).collect();
    rules.maps_in_order(&names);
    engine.maps_in_order(&names);
}

/// A pattern in Go's spelling and in Rust's, and the names of its groups.
#[derive(Default)]
struct Pattern {
    go: String,
    rust: String,
    groups: Vec<Option<String>>,
}

impl Pattern {
    fn push(&mut self, both: &str) {
        self.go.push_str(both);
        self.rust.push_str(both);
    }

    fn push_two(&mut self, go: &str, rust: &str) {
        self.go.push_str(go);
        self.rust.push_str(rust);
    }
}

/// Spellings in Go's syntax and in Rust's.
const ATOMS: &[(&str, &str)] = &[
    ("a", "a"),
    ("b", "b"),
    (":", ":"),
    ("-", "-"),
    ("é", "é"),
    ("istio", "istio"),
    (r"\.", r"\."),
    (r"\Qa.b\E", r"a\.b"),
    (r"\x41", "A"),
    (".", "."),
    (".*", ".*"),
    (".+", ".+"),
    ("[^:]+", "[^:]+"),
    ("[ab]", "[ab]"),
    ("[^a\\n]", "[^a\\n]"),
    ("[é-ü]", "[é-ü]"),
    (r"\d", "[0-9]"),
    (r"\d+", "[0-9]+"),
    (r"\D", "[^0-9]"),
    (r"\w", "[0-9A-Za-z_]"),
    (r"\W", "[^0-9A-Za-z_]"),
    (r"\s", r"[\t\n\x0c\r ]"),
    ("[[:alpha:]]", "[A-Za-z]"),
    ("(?i:k)", "(?i:k)"),
    ("(?i:istio)", "(?i:istio)"),
    ("(?-s:.)", "(?-s:.)"),
    (r"\b", r"(?-u:\b)"),
    ("^", "^"),
    ("$", "$"),
    ("", ""),
];

const REPEATS: &[&str] = &[
    "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0}", "{0,1}", "{2,}",
];

const VALUES: &[&str] = &[
    "a", "b", "ab", ":", "-", "é", "istio", "ISTIO", "K", "\u{212a}", ".", "a.b", "axb", "A", "1",
    "12", "_", " ", "\n", "ü", "",
];

fn alternatives(from: &mut Unstructured<'_>, depth: u8, out: &mut Pattern) -> Result<()> {
    concatenation(from, depth, out)?;
    while one_in(4, from)? {
        out.push("|");
        concatenation(from, depth, out)?;
    }
    Ok(())
}

fn concatenation(from: &mut Unstructured<'_>, depth: u8, out: &mut Pattern) -> Result<()> {
    for _ in 0..from.int_in_range(0..=3)? {
        let (start, rust_start) = (out.go.len(), out.rust.len());
        match from.int_in_range(0..=7)? {
            kind @ 0..=3 if depth < 4 => {
                let open = match kind {
                    0 => "(?:".to_owned(),
                    1 if out.groups.len() < 12 => {
                        let name = format!("n{}", out.groups.len());
                        out.groups.push(Some(name.clone()));
                        format!("(?P<{name}>")
                    }
                    _ => {
                        out.groups.push(None);
                        "(".to_owned()
                    }
                };
                out.push(&open);
                alternatives(from, depth + 1, out)?;
                out.push(")");
            }
            _ => {
                let (go, rust) = from.choose(ATOMS)?;
                out.push_two(go, rust);
            }
        }
        if one_in(4, from)? {
            // What repeats is put in parentheses, so that all of it does.
            out.go.insert_str(start, "(?:");
            out.rust.insert_str(rust_start, "(?:");
            out.push(")");
            out.push(from.choose(REPEATS)?);
        }
    }
    Ok(())
}

/// A piece of a template.
enum Part {
    Text(&'static str),
    Group(usize),
}

fn template(from: &mut Unstructured<'_>, groups: &[Option<String>]) -> Result<(String, Vec<Part>)> {
    let (mut template, mut parts) = (String::new(), Vec::new());
    for _ in 0..from.int_in_range(0..=4)? {
        let group = from.int_in_range(0..=groups.len())?;
        let name = group.checked_sub(1).and_then(|at| groups[at].as_deref());
        match (from.int_in_range(0..=4)?, name) {
            (0, _) => {
                template.push_str("$$");
                parts.push(Part::Text("$"));
            }
            (1, _) => {
                template.push_str("é1");
                parts.push(Part::Text("é1"));
            }
            (2, Some(name)) => {
                template.push_str(&format!("${{{name}}}"));
                parts.push(Part::Group(group));
            }
            (3, _) => {
                template.push_str(&format!("${group}-"));
                parts.push(Part::Group(group));
                parts.push(Part::Text("-"));
            }
            _ => {
                template.push_str(&format!("${{{group}}}"));
                parts.push(Part::Group(group));
            }
        }
    }
    Ok((template, parts))
}

/// Asserts that a pattern built in both syntaxes matches like Rust's regular expression.
fn built(from: &mut Unstructured<'_>) -> Result<()> {
    let mut pattern = Pattern::default();
    alternatives(from, 0, &mut pattern)?;
    let (template, parts) = template(from, &pattern.groups)?;
    let Some(rules) = Rules::new(&pattern.go, &template) else {
        // Nothing in it is wrong, but it may be too large.
        assert!(pattern.go.len() > 200, "{:?} is refused", pattern.go);
        return Ok(());
    };
    let Ok(regex) = Regex::new(&format!("^(?s:{})$", pattern.rust)) else {
        assert!(pattern.go.len() > 200, "{:?} is refused", pattern.rust);
        return Ok(());
    };
    for _ in 0..6 {
        let mut value = String::new();
        for _ in 0..from.int_in_range(0..=5)? {
            value.push_str(from.choose(VALUES)?);
        }
        let expected = regex.captures(&value).map(|captures| {
            let pieces = parts.iter().map(|part| match part {
                Part::Text(text) => *text,
                Part::Group(group) => captures.get(*group).map_or("", |group| group.as_str()),
            });
            format!("<{}>", pieces.collect::<String>())
        });
        assert_eq!(
            rules.expand(&value),
            expected,
            "{:?} of {value:?}, then {template:?}",
            pattern.go
        );
    }
    let values = VALUES.iter().map(|value| (*value).to_owned());
    as_the_engine_does(&pattern.go, &template, values.collect());
    Ok(())
}
