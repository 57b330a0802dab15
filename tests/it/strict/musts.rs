//! The lists of what OpenMetrics demands: 1.0 in `tests/data/openmetrics-musts.tsv`, 2.0 in
//! `tests/data/openmetrics2-musts.tsv`, there by the numbers of the page.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a list that cannot be read has failed"
)]

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use exposition::strict::SpecificationRule;

/// Replaces a rule where no body can show whether the demand is met; the reason replaces the test.
const UNSEEN: &str = "unseen";
/// Replaces a rule where there is nothing to refuse: something must be read or written.
const NO_RULE: &str = "-";

struct Must {
    section: String,
    demand: String,
    rule: String,
    test: String,
}

const OPENMETRICS_1: &str = "tests/data/openmetrics-musts.tsv";
const OPENMETRICS_2: &str = "tests/data/openmetrics2-musts.tsv";

fn list(path: &str) -> Vec<Must> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = fs::read_to_string(path).unwrap();
    let mut rows = text
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>());
    assert_eq!(rows.next().unwrap(), ["section", "demand", "rule", "test"]);
    rows.map(|row| {
        let [section, demand, rule, test] = row[..] else {
            panic!("{row:?} has not four columns");
        };
        Must {
            section: section.to_owned(),
            demand: demand.to_owned(),
            rule: rule.to_owned(),
            test: test.to_owned(),
        }
    })
    .collect()
}

/// Returns the body of the test function with that name, from the text of its file; `None` if there is none.
fn body_of<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (before, rest) = text.split_once(&format!("fn {name}() {{\n"))?;
    let attributes = before.rsplit("\n\n").next()?;
    let end = rest.find("\n}").or_else(|| rest.find("\n    }\n"))?;
    attributes.contains("#[test]").then(|| &rest[..end])
}

#[test]
fn every_demand_has_a_test() {
    assert!(tested(OPENMETRICS_1) > 100);
    assert!(tested(OPENMETRICS_2) > 70);
}

/// Checks that the demands of a list have tests, and returns how many those are.
fn tested(path: &str) -> usize {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: HashMap<String, String> = HashMap::new();
    let mut tested = 0;
    for must in list(path) {
        let Must {
            section,
            demand,
            rule,
            test,
        } = must;
        assert!(!section.is_empty() && !demand.is_empty());
        if rule == UNSEEN {
            assert!(test.contains(' '), "{demand}: no reason");
            continue;
        }
        let (file, name) = test.split_once("::").unwrap();
        let text = (files.entry(file.to_owned()))
            .or_insert_with(|| fs::read_to_string(root.join(file)).unwrap());
        let Some(body) = body_of(text, name) else {
            panic!("{demand}: there is no test {test}");
        };
        if rule != NO_RULE {
            let known = SpecificationRule::ALL
                .iter()
                .find(|known| known.code() == rule);
            let Some(known) = known else {
                panic!("{demand}: there is no rule {rule}");
            };
            let broken = [
                format!(": {known}: "),
                format!(": {known} (G"),
                format!("SpecificationRule::{known:?}"),
            ];
            let named = broken.iter().any(|words| body.contains(words));
            assert!(named, "{demand}: {test} does not break {known}");
        }
        tested += 1;
    }
    tested
}

/// Every rule belongs to a demand, and every code is unique.
#[test]
fn every_rule_is_in_the_list() {
    let both = list(OPENMETRICS_1).into_iter().chain(list(OPENMETRICS_2));
    let listed: BTreeSet<String> = both.map(|must| must.rule).collect();
    let mut codes = BTreeSet::new();
    for rule in SpecificationRule::ALL {
        assert!(listed.contains(rule.code()), "{rule} is not in the list");
        assert!(codes.insert(rule.code()), "{rule} twice");
        let description = rule.description();
        assert!(description.ends_with('.') && !description.starts_with(' '));
    }
}

#[test]
fn a_test_that_is_not_there_is_seen() {
    let text = "\n#[test]\nfn a() {\n    b\n}\n\nfn c() {\n    d\n}\n";
    assert_eq!(body_of(text, "a"), Some("    b"));
    assert_eq!(body_of(text, "c"), None);
    assert_eq!(body_of(text, "d"), None);
}
