//! OpenMetrics as the specification demands it: each rule broken and kept, and real bodies.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use exposition::strict::{Rule, check};
use exposition::{Dialect, Families};
use flate2::read::GzDecoder;
use proptest::prelude::*;

#[path = "support/bodies.rs"]
mod bodies;

/// Bodies without their `# EOF`, and their violations.
const BROKEN: &[(&str, &[&str])] = &[
    (
        "a  1\n",
        &["line 1, column 3: syntax: expected a space and the sample's value, found ` 1`"],
    ),
    (
        "# UNIT a seconds\n",
        &[
            "line 1, column 10: unit-suffix: expected a unit that the metric's name ends in, behind an underscore, found `seconds`",
        ],
    ),
    (
        "a{b=\"c\",} 1 # {d=\"e,\",} 2\n",
        &[
            "line 1, column 9: trailing-comma: expected a label, or no comma before the brace, found `} 1 # {d=\"e,\",} 2`",
            "line 1, column 23: trailing-comma: expected a label, or no comma before the brace, found `} 2`",
            "line 1, column 25: exemplar-place: expected no exemplar on a sample of this kind, found `2`",
        ],
    ),
    (
        "# TYPE \"a.b\" gauge\n{\"a.b\",\"c.d\"=\"e\",f=\"\"} 1\n{\"a.b\",\"c.d\"=\"f\"} 1\n",
        &[
            "line 1, column 9: quoted-name: expected a name without quotes, found `a.b\" gauge`",
            "line 2, column 9: quoted-name: expected a name without quotes, found `c.d\"=\"e\",f=\"\"} 1`",
        ],
    ),
    (
        "# HELP a x\r\n",
        &[
            "line 1, column 11: carriage-return: expected a line feed without a carriage return, found `\\r`",
        ],
    ),
    (
        "# HELP a x\\\\\\\n# HELP b x\\\\\n",
        &[
            "line 1, column 13: lone-backslash: expected a character behind the backslash, found `\\`",
        ],
    ),
    (
        "# HELP a \n# HELP a \n# TYPE a gauge\na 1\n# TYPE a counter\n",
        &[
            "line 2, column 8: repeated-metadata: expected TYPE, HELP and UNIT once each, found `a `",
            "line 5, column 8: repeated-metadata: expected TYPE, HELP and UNIT once each, found `a counter`",
        ],
    ),
    (
        "a_s 1\n# TYPE a_s gauge\n# HELP a_s x\n# UNIT a_s s\n",
        &[
            "line 2, column 8: late-metadata: expected TYPE, HELP and UNIT before the samples, found `a_s gauge`",
            "line 3, column 8: late-metadata: expected TYPE, HELP and UNIT before the samples, found `a_s x`",
            "line 4, column 8: late-metadata: expected TYPE, HELP and UNIT before the samples, found `a_s s`",
        ],
    ),
    (
        "# TYPE a counter\na_total 1\nb 1\na_created 1\n# HELP b x\n",
        &[
            "line 4, column 1: interleaved-families: expected the line among the others of its family, found `a_created 1`",
            "line 5, column 8: interleaved-families: expected the line among the others of its family, found `b x`",
        ],
    ),
    (
        "# TYPE a_created gauge\n# HELP a x\n# TYPE a counter\n# TYPE b summary\n# TYPE b_sum unknown\n",
        &[
            "line 3, column 8: clashing-names: expected a family with no sample name that another family can have, found `a counter`",
            "line 5, column 8: clashing-names: expected a family with no sample name that another family can have, found `b_sum unknown`",
        ],
    ),
    (
        "# UNIT a_s s\n# TYPE a_s info\n# TYPE b_s stateset\n# UNIT b_s s\n# TYPE c_s info\n# UNIT c_s \n",
        &[
            "line 1, column 8: unit-not-allowed: expected no unit for this type, found `a_s s`",
            "line 4, column 8: unit-not-allowed: expected no unit for this type, found `b_s s`",
        ],
    ),
    (
        "_a{_b=\"1\"} 1\n_a{_b=\"2\"} 1\n",
        &[
            "line 1, column 1: reserved-name: expected a name that does not start with an underscore, found `_a{_b=\"1\"} 1`",
            "line 1, column 4: reserved-name: expected a name that does not start with an underscore, found `_b=\"1\"} 1`",
        ],
    ),
    (
        "# TYPE a counter\na 1\n# TYPE b info\nb 1\n# TYPE c histogram\nc 1\n# TYPE d gaugehistogram\nd_sum 1\n",
        &[
            "line 2, column 1: sample-name: expected a name with a suffix that the family's type has, found `a 1`",
            "line 4, column 1: sample-name: expected a name with a suffix that the family's type has, found `b 1`",
            "line 6, column 1: sample-name: expected a name with a suffix that the family's type has, found `c 1`",
        ],
    ),
    (
        "a{b=\"1\",c=\"2\",b=\"1\",b=\"3\"} 1\n",
        &[
            "line 1, column 15: duplicate-label: expected each label name once, found `b=\"1\",b=\"3\"} 1`",
            "line 1, column 21: duplicate-label: expected each label name once, found `b=\"3\"} 1`",
        ],
    ),
    (
        "# TYPE a summary\na_sum{quantile=\"1\"} 1\n# TYPE b histogram\nb_bucket{le=\"+Inf\"} 1\nb_created{le=\"+Inf\"} 1\n",
        &[
            "line 2, column 7: reserved-label: expected another name for a label of the metric, found `quantile=\"1\"} 1`",
            "line 5, column 11: reserved-label: expected another name for a label of the metric, found `le=\"+Inf\"} 1`",
            "line 5, column 1: missing-inf-bucket: expected a bucket with `le=\"+Inf\"` for these labels, found `b_created{le=\"+Inf\"} 1`",
        ],
    ),
    (
        "# TYPE a summary\na 1\n# TYPE b gaugehistogram\nb_bucket 1\n# TYPE c stateset\nc{d=\"e\"} 1\n",
        &[
            "line 2, column 1: missing-label: expected a label `quantile`, found `a 1`",
            "line 4, column 1: missing-label: expected a label `le`, found `b_bucket 1`",
            "line 6, column 1: missing-label: expected a label called as the state set, found `c{d=\"e\"} 1`",
        ],
    ),
    (
        "# TYPE a counter\na_created 1\na_total{b=\"c\"} 1\n",
        &[
            "line 2, column 1: missing-total: expected a `_total` sample with these labels, found `a_created 1`",
        ],
    ),
    (
        "# TYPE a counter\na_total NaN\n# TYPE b summary\nb_sum -1\nb_count NaN\n\
         # TYPE c histogram\nc_bucket{le=\"+Inf\"} -1\nc_count -1\nc_sum -0.5\n# TYPE d gaugehistogram\nd_bucket{le=\"+Inf\"} NaN\n",
        &[
            "line 2, column 9: counter-value: expected a number of 0 or more, found `NaN`",
            "line 4, column 7: counter-value: expected a number of 0 or more, found `-1`",
            "line 5, column 9: counter-value: expected a number of 0 or more, found `NaN`",
            "line 7, column 21: counter-value: expected a number of 0 or more, found `-1`",
            "line 8, column 9: counter-value: expected a number of 0 or more, found `-1`",
            "line 9, column 7: counter-value: expected a number of 0 or more, found `-0.5`",
            "line 11, column 21: counter-value: expected a number of 0 or more, found `NaN`",
        ],
    ),
    (
        "# TYPE a histogram\na_bucket{le=\"1\"} 0.5\na_bucket{le=\"+Inf\"} +Inf\n",
        &[
            "line 2, column 18: whole-count: expected a whole number, found `0.5`",
            "line 3, column 21: whole-count: expected a whole number, found `+Inf`",
        ],
    ),
    (
        "# TYPE a info\na_info 2\n# TYPE b stateset\nb{b=\"c\"} 0.5\nb{b=\"d\"} NaN\n",
        &[
            "line 2, column 8: info-value: expected 1, found `2`",
            "line 4, column 10: state-value: expected 0 or 1, found `0.5`",
            "line 5, column 10: state-value: expected 0 or 1, found `NaN`",
        ],
    ),
    (
        "# TYPE a summary\na{quantile=\"0.5\"} -1\na{quantile=\"1\"} NaN\na_created NaN\n",
        &[
            "line 2, column 19: quantile-value: expected a number of 0 or more, or NaN, found `-1`",
            "line 4, column 11: created-value: expected a time in seconds, found `NaN`",
        ],
    ),
    (
        "# TYPE a gaugehistogram\na_bucket{le=\"+Inf\"} 1\na_gcount 1\na_gsum -1\n\
         # TYPE b gaugehistogram\nb_bucket{le=\"-1\"} 1\nb_bucket{le=\"+Inf\"} 1\nb_gcount 1\nb_gsum NaN\n",
        &[
            "line 4, column 8: gauge-sum-value: expected a sum of 0 or more where no bucket has a negative bound, found `-1`",
            "line 9, column 8: gauge-sum-value: expected a number, found `NaN`",
        ],
    ),
    (
        "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+INF\"} 1\n# TYPE b histogram\nb_bucket{le=\"x\"} 1\n\
         b_bucket{le=\"NaN\"} 1\nb_bucket{le=\"\"} 1\n",
        &[
            "line 3, column 14: bucket-bound: expected a number, or infinity as `+Inf`, found `+INF\"} 1`",
            "line 5, column 14: bucket-bound: expected a number, or infinity as `+Inf`, found `x\"} 1`",
            "line 6, column 14: bucket-bound: expected a number, or infinity as `+Inf`, found `NaN\"} 1`",
            "line 7, column 14: bucket-bound: expected a number, or infinity as `+Inf`, found `\"} 1`",
        ],
    ),
    (
        "# TYPE a histogram\na_bucket{le=\"2\"} 1\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\na_bucket{le=\"+Inf\"} 1\n",
        &[
            "line 3, column 1: bucket-order: expected a bucket with a larger bound than the one before, found `a_bucket{le=\"1\"} 1`",
            "line 5, column 1: duplicate-sample: expected a sample that does not stand before, found `a_bucket{le=\"+Inf\"} 1`",
        ],
    ),
    (
        "# TYPE a gaugehistogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\n",
        &[
            "line 3, column 21: bucket-count: expected a count not below that of the bucket before, found `1`",
        ],
    ),
    (
        "# TYPE a histogram\na_sum{b=\"1\"} 1\na_bucket{b=\"2\",le=\"1\"} 1\n",
        &[
            "line 2, column 1: missing-inf-bucket: expected a bucket with `le=\"+Inf\"` for these labels, found `a_sum{b=\"1\"} 1`",
            "line 3, column 1: missing-inf-bucket: expected a bucket with `le=\"+Inf\"` for these labels, found `a_bucket{b=\"2\",le=\"1\"} 1`",
        ],
    ),
    (
        "# TYPE a histogram\na_count 1\na_bucket{le=\"+Inf\"} 1\n# TYPE b gaugehistogram\nb_bucket{le=\"-1\"} 1\nb_bucket{le=\"+Inf\"} 1\nb_gsum 1\n",
        &[
            "line 2, column 1: count-and-sum: expected a sum beside the count, found `a_count 1`",
            "line 7, column 1: count-and-sum: expected a count beside the sum, found `b_gsum 1`",
        ],
    ),
    (
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_count 2\na_sum 1\n",
        &[
            "line 3, column 9: count-of-inf: expected the count of the bucket with `le=\"+Inf\"`, found `2`",
        ],
    ),
    (
        "# TYPE a histogram\na_bucket{le=\"-1\"} 0\na_bucket{le=\"+Inf\"} 1\na_count 1\na_sum 1\n",
        &[
            "line 5, column 1: sum-of-negative: expected no sum beside a bucket with a negative bound, found `a_sum 1`",
        ],
    ),
    (
        "# TYPE a summary\na{quantile=\"1.01\"} 1\na{quantile=\"-0.1\"} 1\na{quantile=\"NaN\"} 1\na{quantile=\"x\"} 1\n",
        &[
            "line 2, column 13: quantile-range: expected a number from 0 to 1, found `1.01\"} 1`",
            "line 3, column 13: quantile-range: expected a number from 0 to 1, found `-0.1\"} 1`",
            "line 4, column 13: quantile-range: expected a number from 0 to 1, found `NaN\"} 1`",
            "line 5, column 13: quantile-range: expected a number from 0 to 1, found `x\"} 1`",
        ],
    ),
    (
        "# TYPE a counter\na_total{b=\"1\",c=\"2\"} 1\na_total{b=\"2\",c=\"2\"} 1\na_created{c=\"2\",b=\"1\"} 1\n",
        &[
            "line 4, column 1: interleaved-metrics: expected the sample among the others of its metric, found `a_created{c=\"2\",b=\"1\"} 1`",
        ],
    ),
    (
        "a{b=\"1\",c=\"2\"} 1\na{c=\"2\",b=\"1\"} 1\n# TYPE s summary\ns_sum 1\ns_sum 1\ns{quantile=\"1\"} 1\ns{quantile=\"1.0\"} 1\n\
         # TYPE t stateset\nt{t=\"1\"} 1\nt{t=\"1\"} 1\n# TYPE c counter\nc_created 1\nc_total 1\nc_created 1\n",
        &[
            "line 2, column 1: duplicate-sample: expected a sample that does not stand before, found `a{c=\"2\",b=\"1\"} 1`",
            "line 5, column 1: duplicate-sample: expected a sample that does not stand before, found `s_sum 1`",
            "line 7, column 1: duplicate-sample: expected a sample that does not stand before, found `s{quantile=\"1.0\"} 1`",
            "line 10, column 1: duplicate-sample: expected a sample that does not stand before, found `t{t=\"1\"} 1`",
            "line 14, column 1: duplicate-sample: expected a sample that does not stand before, found `c_created 1`",
        ],
    ),
    (
        "a 1 1.1\na 1 1\nb 1 -1\nb 1 -1.1\n",
        &[
            "line 2, column 1: timestamp-order: expected a timestamp not before that of the metric's last sample, found `a 1 1`",
            "line 4, column 1: timestamp-order: expected a timestamp not before that of the metric's last sample, found `b 1 -1.1`",
        ],
    ),
    (
        "a 1\na 1 0\nb 1 0\nb 1\n",
        &[
            "line 2, column 1: mixed-timestamps: expected timestamps on all samples of a metric or on none, found `a 1 0`",
            "line 4, column 1: mixed-timestamps: expected timestamps on all samples of a metric or on none, found `b 1`",
        ],
    ),
    (
        "# TYPE a gauge\na 1 # {b=\"c\"} 1\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 1 # {} 1\nh_sum 1\n\
         # TYPE c counter\nc_total 1\nc_created 1 # {} 1\n",
        &[
            "line 2, column 15: exemplar-place: expected no exemplar on a sample of this kind, found `1`",
            "line 5, column 16: exemplar-place: expected no exemplar on a sample of this kind, found `1`",
            "line 9, column 18: exemplar-place: expected no exemplar on a sample of this kind, found `1`",
        ],
    ),
    (
        "# TYPE h histogram\nh_bucket{le=\"1\"} 1 # {} 1.5\nh_bucket{le=\"+Inf\"} 1 # {} +Inf\n",
        &[
            "line 2, column 25: exemplar-value: expected a value that is not above the bucket's bound, found `1.5`",
        ],
    ),
    // A line that cannot be read tells nothing of what is missing beside it.
    (
        "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"}1\na_count 1\n",
        &["line 3, column 20: syntax: expected a space and the sample's value, found `1`"],
    ),
];

/// Bodies without their `# EOF` that are valid.
const KEPT: &[&str] = &[
    "",
    "a 1\n",
    "a_total 1\nb_bucket 1\n",
    "# HELP a \n# UNIT a \n# TYPE a info\n",
    "# TYPE a counter\n# TYPE b counter\n# TYPE b_info gauge\n# TYPE a_count gauge\n",
    "# UNIT a_s s\n# HELP a_s say \\\"\\n\\x \"\n# TYPE a_s counter\na_s_total{} 0 # {} NaN 1\n",
    "# TYPE a histogram\na_bucket{le=\"0\"} 0\na_bucket{le=\"1e-04\"} 1\na_bucket{le=\"10000000000\"} 1\n\
     a_bucket{le=\"+Inf\"} 3\na_sum 1.5\na_count 3\na_created 1\n",
    "# TYPE a histogram\na_bucket{le=\"-1\"} 1\na_bucket{le=\"+Inf\"} 1\n",
    "# TYPE a gaugehistogram\na_bucket{le=\"-1\"} 1\na_bucket{le=\"+Inf\"} 1\na_gsum -1\na_gcount 1\n",
    "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1 1\na_count 1 1\na_sum 1 1\na_bucket{le=\"+Inf\"} 2 2\na_count 2 2\na_sum 2 2\n",
    "# TYPE a summary\na_count 1\na{quantile=\"0\"} NaN\na{quantile=\"1\"} 0\na_count{b=\"c\"} 1.5\n",
    "# TYPE a stateset\na{a=\"x\",b=\"1\"} 1\na{b=\"1\",a=\"y\"} 1.0\na{a=\"x\",b=\"2\"} 0\n",
    "# TYPE a info\na_info{b=\"1\"} 1 2\na_info{b=\"2\"} 1 1\n",
    "a 1 1\na 2 1\na 3 1.0000000001\na{b=\"\"} 1 0\n",
    "# TYPE a gauge\na{le=\"x\",quantile=\"y\",a=\"z\"} -1\n",
];

fn violations(body: &str) -> Vec<String> {
    check(format!("{body}# EOF\n").as_bytes())
        .map(|violation| violation.to_string())
        .collect()
}

#[test]
fn each_rule_broken() {
    for (body, expected) in BROKEN {
        assert_eq!(violations(body), *expected, "{body}");
    }
}

#[test]
fn each_rule_kept() {
    for body in KEPT {
        assert_eq!(violations(body), [""; 0], "{body}");
    }
}

#[test]
fn the_end_of_the_body() {
    for (body, expected) in [
        (
            "a 1\n",
            "line 2, column 1: eof: expected `# EOF` at the end, found the end of the body",
        ),
        (
            "# EOF\na 1\n",
            "line 2, column 1: eof: expected the end of the body, found `a 1`",
        ),
    ] {
        let found: Vec<String> = check(body.as_bytes()).map(|it| it.to_string()).collect();
        assert_eq!(found, [expected]);
    }
}

#[test]
fn the_length_of_an_exemplar() {
    // 3 characters of names, and values of which an escape counts as one character.
    for (long, rules) in [(123, 0), (124, 1)] {
        let body = format!(
            "# TYPE a counter\na_total 1 # {{a=\"{}\",bc=\"\\n☃\"}} 1\n",
            "☃".repeat(long)
        );
        let found = violations(&body);
        assert_eq!(found.len(), rules, "{found:?}");
        assert!(found.iter().all(|it| it.starts_with(
            "line 2, column 14: exemplar-length: expected at most 128 characters in the exemplar's labels"
        )));
    }
}

/// Every rule has a body above that breaks it, and every code is a name of its own.
#[test]
fn rules_are_told_apart() {
    let bodies = BROKEN.iter().map(|(body, _)| *body);
    let length = format!("a 1 # {{a=\"{}\"}} 1\n", "x".repeat(128));
    let mut broken = BTreeSet::from([Rule::Eof]);
    for body in bodies.chain([length.as_str()]) {
        broken.extend(check(format!("{body}# EOF\n").as_bytes()).map(|it| it.rule()));
    }
    assert_eq!(broken, Rule::ALL.iter().copied().collect());
    let codes: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.code()).collect();
    assert_eq!(codes.len(), Rule::ALL.len());
    for rule in Rule::ALL {
        let description = rule.description();
        assert!(description.ends_with('.') && !description.starts_with(' '));
    }
}

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
    // Everything comes back again and again: linear, or this takes minutes.
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

/// The OpenMetrics bodies of the corpus, and how often each breaks which rules. README.md beside them
/// argues each.
#[test]
fn real_bodies() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus");
    let complaints: &[(&str, &[(Rule, usize)])] = &[
        (
            "caddy/handler.openmetrics001.om",
            &[(Rule::RepeatedMetadata, 2)],
        ),
        (
            "client_golang/openmetrics100_allow_utf8.om.gz",
            &[
                (Rule::QuotedName, 5),
                (Rule::RepeatedMetadata, 2),
                (Rule::CounterValue, 1),
            ],
        ),
        ("dovecot/openmetrics100.om", &[]),
        ("npm_prom_client/openmetrics_registry.om", &[]),
        ("prosody/openmetrics100.om", &[]),
        (
            "python_prometheus_client/openmetrics100.om",
            &[(Rule::ReservedName, 1)],
        ),
        (
            "python_prometheus_client/openmetrics100_allow_utf8.om",
            &[(Rule::QuotedName, 5)],
        ),
        ("rspamd/openmetrics100.om", &[(Rule::SampleName, 5)]),
        ("rust_prometheus_client/openmetrics.om", &[]),
    ];
    for (path, expected) in complaints {
        let body = read(&corpus.join(path));
        let violations: Vec<_> = check(&body).collect();
        let mut counts: Vec<(Rule, usize)> = Vec::new();
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

    /// What no family can hold is against the specification.
    #[test]
    fn valid_bodies_have_good_families(lines in prop::collection::vec(bodies::line(), 0..8)) {
        let body = format!("{}\n# EOF\n", lines.join("\n"));
        let families = Families::new(body.as_bytes(), Dialect::OpenMetrics).collected();
        if let Some(error) = families.errors.first() {
            prop_assert!(check(body.as_bytes()).next().is_some(), "{}", error);
        }
    }
}
