//! What the lint says of bodies that real servers printed.
//!
//! tests/data/corpus/lint.tsv lists it, and tests/data/README.md says why it is right to complain.

#![allow(clippy::unwrap_used, reason = "a test that cannot begin has failed")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use exposition::Dialect;
use exposition::lint::{self, Finding, LintRule, Severity, promtool};

use crate::support::conformance::lint::unsaid;
use crate::support::corpus;
use crate::support::cost::bodies::format;

/// Returns how many families or bodies each rule finds something in, leaving out what is only worth knowing.
fn summary(findings: &[Finding]) -> String {
    let mut rules = BTreeMap::<LintRule, usize>::new();
    let worse = findings
        .iter()
        .filter(|found| found.severity() > Severity::Info);
    for finding in worse {
        *rules.entry(finding.rule()).or_default() += 1;
    }
    let rules: Vec<String> = (rules.iter())
        .map(|(rule, count)| format!("{rule} {count}"))
        .collect();
    rules.join(", ")
}

#[test]
fn real_bodies_have_the_findings_that_are_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus");
    let expected = fs::read_to_string(root.join("lint.tsv")).unwrap_or_default();
    let mut listed: BTreeMap<&str, &str> = expected
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .collect();
    let mut differences = String::new();
    corpus::each_body(|entry, body, dialect| {
        let Ok(path) = entry.path.strip_prefix(&root) else {
            return;
        };
        let path = path.to_string_lossy();
        let found = summary(&lint::check(body, format(dialect)));
        if listed.remove(&*path) != Some(found.as_str()) {
            _ = writeln!(differences, "{path}\t{found}");
        }
    });
    assert!(differences.is_empty(), "{differences}");
    assert!(listed.is_empty(), "not among the bodies: {listed:?}");
}

/// What promtool says, the lint says too, in its words or by the rule that says why it is wrong there.
#[test]
fn the_lint_says_what_promtool_says() {
    let mut told = 0;
    corpus::each_body(|entry, body, dialect| {
        let Ok(problems) = promtool::check(body) else {
            return;
        };
        if dialect == Dialect::Text {
            told += problems.len();
            assert_eq!(unsaid(body, &problems), None, "{}", entry.path.display());
        }
    });
    assert!(told > 1000, "{told}");
}
