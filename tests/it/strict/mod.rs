//! OpenMetrics as the specification demands it: each rule broken and kept, and real bodies.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use exposition::strict::{SpecificationRule, check};
use exposition::{Dialect, Families};
use flate2::read::GzDecoder;
use proptest::prelude::*;

use crate::support::bodies;
mod musts;
mod openmetrics2;
mod rules;

use rules::violations;

#[test]
fn a_violation_as_a_linter_shows_it() {
    let body = "# TYPE a counter\na_total{b=\"c\"} NaN\n# EOF\n";
    let shown: Vec<String> = check(body.as_bytes())
        .map(|violation| violation.render().to_string())
        .collect();
    assert_eq!(
        shown,
        ["\
error[counter-value]: expected a number of 0 or more, found `NaN`
 --> line 2, column 16 (byte 32)
  |
2 | a_total{b=\"c\"} NaN
  |                ^
"]
    );
}

#[test]
fn long_bodies() {
    // Everything comes back repeatedly: linear, or this takes minutes.
    let mut body = String::from("# TYPE h histogram\n");
    for turn in 0..50_000 {
        body.push_str(&format!("h_bucket{{a=\"{}\",le=\"+Inf\"}} 1\n", turn % 2));
    }
    for turn in 0..50_000 {
        body.push_str(&format!("# HELP a{} x\n", turn % 2));
    }
    body.push_str("# TYPE s stateset\n");
    for state in 0..50_000 {
        body.push_str(&format!("s{{s=\"{state}\"}} 1\n"));
    }
    assert_eq!(violations(&body).len(), 50_000 - 2 + 50_000 - 2);
}

/// The OpenMetrics bodies of the corpus, and how often each breaks which rules. The README.md next to them
/// explains each.
#[test]
fn real_bodies() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus");
    let complaints: &[(&str, &[(SpecificationRule, usize)])] = &[
        (
            "caddy/handler.openmetrics001.om",
            &[(SpecificationRule::RepeatedMetadata, 2)],
        ),
        (
            "client_golang/openmetrics100_allow_utf8.om.gz",
            &[
                (SpecificationRule::QuotedName, 5),
                (SpecificationRule::RepeatedMetadata, 2),
                (SpecificationRule::CounterValue, 1),
            ],
        ),
        ("dovecot/openmetrics100.om", &[]),
        ("npm_prom_client/openmetrics_registry.om", &[]),
        ("prosody/openmetrics100.om", &[]),
        (
            "python_prometheus_client/openmetrics100.om",
            &[(SpecificationRule::ReservedName, 1)],
        ),
        (
            "python_prometheus_client/openmetrics100_allow_utf8.om",
            &[(SpecificationRule::QuotedName, 5)],
        ),
        (
            "rspamd/openmetrics100.om",
            &[(SpecificationRule::SampleName, 5)],
        ),
        ("rust_prometheus_client/openmetrics.om", &[]),
    ];
    for (path, expected) in complaints {
        let body = read(&corpus.join(path));
        let violations: Vec<_> = check(&body).collect();
        let mut counts: Vec<(SpecificationRule, usize)> = Vec::new();
        for rule in violations.iter().map(|violation| violation.rule()) {
            match counts.iter_mut().find(|(other, _)| *other == rule) {
                Some((_, count)) => *count += 1,
                None => counts.push((rule, 1)),
            }
        }
        counts.sort();
        assert_eq!(counts, *expected, "{path}: {violations:#?}");
    }
}

fn read(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap_or_default();
    let mut body = Vec::new();
    match bytes.starts_with(&[0x1f, 0x8b]) {
        true => {
            let read = GzDecoder::new(bytes.as_slice()).read_to_end(&mut body);
            assert!(read.is_ok(), "{}", path.display());
        }
        false => body = bytes,
    }
    assert!(!body.is_empty(), "{}", path.display());
    body
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// What a family cannot hold violates the specification.
    #[test]
    fn valid_bodies_have_good_families(lines in prop::collection::vec(bodies::line(), 0..8)) {
        let body = format!("{}\n# EOF\n", lines.join("\n"));
        let families = Families::new(body.as_bytes(), Dialect::OpenMetrics).read_all();
        if let Some(error) = families.errors.first() {
            prop_assert!(check(body.as_bytes()).next().is_some(), "{}", error);
        }
    }
}
