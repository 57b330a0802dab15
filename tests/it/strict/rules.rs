//! The rules of the specification, each broken and kept.

use exposition::strict::{SpecificationRule, check};

pub(crate) fn violations(body: &str) -> Vec<String> {
    check(format!("{body}# EOF\n").as_bytes())
        .map(|violation| violation.to_string())
        .collect()
}

/// Checks the violations of a body, given without its `# EOF`.
#[track_caller]
fn broken(body: &str, expected: &[&str]) {
    assert_eq!(violations(body), *expected, "{body}");
}

/// Checks that a body breaks that rule, with any message, and perhaps others.
#[track_caller]
fn broken_by(body: &str, rule: SpecificationRule) {
    let body = format!("{body}# EOF\n");
    let mut found = check(body.as_bytes()).map(|violation| violation.rule());
    assert!(found.any(|other| other == rule), "{body}");
}

#[track_caller]
fn bytes_broken_by(body: &[u8], rule: SpecificationRule) {
    let body = [body, b"# EOF\n"].concat();
    let mut found = check(&body).map(|violation| violation.rule());
    assert!(found.any(|other| other == rule), "{body:?}");
}

#[track_caller]
fn kept(body: &str) {
    assert_eq!(violations(body), [""; 0], "{body}");
}

#[test]
fn syntax() {
    broken(
        "a  1\n",
        &["line 1, column 3: syntax: expected a space and the sample's value, found ` 1`"],
    );
    broken(
        "a 1 \n",
        &[
            "line 1, column 5: syntax: expected a timestamp or the end of the line, found the end of the line",
        ],
    );
    kept("a 1\n");
    kept("a{} 1\n");
    kept("a{b=\"c\",d=\"e\"} 1 1\n");
}

#[test]
fn bytes_that_are_not_text() {
    bytes_broken_by(b"# HELP a \xff\n", SpecificationRule::Syntax);
    bytes_broken_by(b"a{b=\"\xff\"} 1\n", SpecificationRule::Syntax);
    bytes_broken_by(b"\xef\xbb\xbfa 1\n", SpecificationRule::Syntax);
    kept("a{b=\"é☃\0\"} 1\n");
    kept("# HELP a é\0\n");
}

#[test]
fn lines_that_are_neither_metadata_nor_samples() {
    for line in ["# a comment", "#", "", "# FOO a x", "#TYPE a gauge"] {
        broken_by(&format!("{line}\na 1\n"), SpecificationRule::Syntax);
    }
}

/// Without a TYPE line a family is of unknown type, so that any value is valid.
#[test]
fn types() {
    for word in ["untyped", "Gauge", "", "gauge ", "timer"] {
        broken_by(&format!("# TYPE a {word}\n"), SpecificationRule::Syntax);
    }
    for word in [
        "unknown",
        "gauge",
        "counter",
        "stateset",
        "info",
        "histogram",
        "gaugehistogram",
        "summary",
    ] {
        kept(&format!("# TYPE a {word}\n"));
    }
    kept("a_total NaN\nb -1\n");
}

#[test]
fn numbers() {
    for number in ["0x1", "1_0", "1e", ".", "1e400", "+NaN", "--1", "1,5", "∞"] {
        broken_by(&format!("a {number}\n"), SpecificationRule::Syntax);
    }
    for number in [
        "1",
        "0042",
        "1341298465647914",
        "-0.5",
        "+1.",
        ".5",
        "1E-7",
        "NaN",
        "nan",
        "+Inf",
        "-Infinity",
        "9223372036854775808",
    ] {
        kept(&format!("a {number}\n"));
    }
}

#[test]
fn timestamps() {
    for timestamp in ["NaN", "+Inf", "now", "0x1"] {
        broken_by(&format!("a 1 {timestamp}\n"), SpecificationRule::Syntax);
    }
    for timestamp in ["0", "-1.5", "1e3", "1604676851.123456789"] {
        kept(&format!("a 1 {timestamp}\n"));
    }
}

#[test]
fn names() {
    for body in [
        "1a 1\n",
        "a-b 1\n",
        "a{1b=\"\"} 1\n",
        "a{b:c=\"\"} 1\n",
        "# TYPE a.b gauge\n",
        "é 1\n",
    ] {
        broken_by(body, SpecificationRule::Syntax);
    }
    kept("a:b{c_1=\"\"} 1\n");
}

#[test]
fn escapes() {
    for body in ["a{b=\"\"\"} 1\n", "a{b=\"\n\"} 1\n", "a{b=\"\\\"} 1\n"] {
        broken_by(body, SpecificationRule::Syntax);
    }
    kept("# HELP a \\n \\\" \\\\ \\x\na{b=\"\\n \\\" \\\\ \\x\"} 1\n");
}

/// At most one, with braces and a value.
#[test]
fn exemplars_follow_the_grammar() {
    for exemplar in [
        "# 1",
        "# {}",
        "# {a=\"b\"} 1 NaN",
        "# {} 1 # {} 1",
        "#{} 1",
        "# {a} 1",
    ] {
        broken_by(
            &format!("# TYPE a counter\na_total 1 {exemplar}\n"),
            SpecificationRule::Syntax,
        );
    }
    kept("# TYPE a counter\na_total 1 # {} 1\n");
    kept("# TYPE a counter\na_total 1 2 # {b=\"c\"} NaN 1.5\n");
}

#[test]
fn trailing_comma() {
    broken(
        "a{b=\"c\",} 1 # {d=\"e,\",} 2\n",
        &[
            "line 1, column 9: trailing-comma: expected a label, or no comma before the brace, found `} 1 # {d=\"e,\",} 2`",
            "line 1, column 23: trailing-comma: expected a label, or no comma before the brace, found `} 2`",
            "line 1, column 25: exemplar-place: expected no exemplar on a sample of this kind, found `2`",
        ],
    );
}

#[test]
fn quoted_name() {
    broken(
        "# TYPE \"a.b\" gauge\n{\"a.b\",\"c.d\"=\"e\",f=\"\"} 1\n{\"a.b\",\"c.d\"=\"f\"} 1\n",
        &[
            "line 1, column 9: quoted-name: expected a name without quotes, found `a.b\" gauge`",
            "line 2, column 9: quoted-name: expected a name without quotes, found `c.d\"=\"e\",f=\"\"} 1`",
        ],
    );
}

#[test]
fn carriage_return() {
    broken(
        "# HELP a x\r\n",
        &[
            "line 1, column 11: carriage-return: expected a line feed without a carriage return, found `\\r`",
        ],
    );
}

#[test]
fn lone_backslash() {
    broken(
        "# HELP a x\\\\\\\n# HELP b x\\\\\n",
        &[
            "line 1, column 13: lone-backslash: expected a character after the backslash, found `\\`",
        ],
    );
}

#[test]
fn repeated_metadata() {
    broken(
        "# HELP a \n# HELP a \n# TYPE a gauge\na 1\n# TYPE a counter\n",
        &[
            "line 2, column 8: repeated-metadata: expected TYPE, HELP and UNIT once each, found `a `",
            "line 5, column 8: repeated-metadata: expected TYPE, HELP and UNIT once each, found `a counter`",
        ],
    );
    kept("# HELP a x\n# TYPE a gauge\na 1\n# HELP b x\n");
}

#[test]
fn late_metadata() {
    broken(
        "a_s 1\n# TYPE a_s gauge\n# HELP a_s x\n# UNIT a_s s\n",
        &[
            "line 2, column 8: late-metadata: expected TYPE, HELP and UNIT before the samples, found `a_s gauge`",
            "line 3, column 8: late-metadata: expected TYPE, HELP and UNIT before the samples, found `a_s x`",
            "line 4, column 8: late-metadata: expected TYPE, HELP and UNIT before the samples, found `a_s s`",
        ],
    );
}

#[test]
fn interleaved_families() {
    broken(
        "# TYPE a counter\na_total 1\nb 1\na_created 1\n# HELP b x\n",
        &[
            "line 4, column 1: interleaved-families: expected the line among the others of its family, found `a_created 1`",
            "line 5, column 8: interleaved-families: expected the line among the others of its family, found `b x`",
        ],
    );
    kept("a 1\nb 1\n");
    kept("# TYPE a counter\na_total 1\n# TYPE b gauge\nb 1\nc 1\n");
}

/// What a family may have counts, not what it has.
#[test]
fn clashing_names() {
    broken(
        "# TYPE a_created gauge\n# HELP a x\n# TYPE a counter\n# TYPE b summary\n# TYPE b_sum unknown\n",
        &[
            "line 3, column 8: clashing-names: expected a family with no sample name that another family can have, found `a counter`",
            "line 5, column 8: clashing-names: expected a family with no sample name that another family can have, found `b_sum unknown`",
        ],
    );
    broken(
        "a_total 1\n# TYPE a counter\n",
        &[
            "line 2, column 8: clashing-names: expected a family with no sample name that another family can have, found `a counter`",
        ],
    );
    broken(
        "# TYPE a_gsum gauge\n# TYPE a gaugehistogram\n# TYPE b_info unknown\n# TYPE b info\n",
        &[
            "line 2, column 8: clashing-names: expected a family with no sample name that another family can have, found `a gaugehistogram`",
            "line 4, column 8: clashing-names: expected a family with no sample name that another family can have, found `b info`",
        ],
    );
    kept("# TYPE a counter\n# TYPE b counter\n# TYPE b_info gauge\n# TYPE a_count gauge\n");
    kept("# TYPE a histogram\n# TYPE a_bucket counter\n# TYPE a_count counter\n");
    kept("# TYPE a_total counter\n# TYPE a counter\n");
}

#[test]
fn unit_suffix() {
    broken(
        "# UNIT a seconds\n",
        &[
            "line 1, column 10: unit-suffix: expected a unit that the metric's name ends in, after an underscore, found `seconds`",
        ],
    );
    kept("# UNIT a_s s\na_s 1\n");
    kept("# UNIT a \na 1\n");
    kept("# UNIT a_s s\n# TYPE a_s counter\na_s_total 1\n");
}

#[test]
fn unit_not_allowed() {
    broken(
        "# UNIT a_s s\n# TYPE a_s info\n# TYPE b_s stateset\n# UNIT b_s s\n# TYPE c_s info\n# UNIT c_s \n",
        &[
            "line 1, column 8: unit-not-allowed: expected no unit for this type, found `a_s s`",
            "line 4, column 8: unit-not-allowed: expected no unit for this type, found `b_s s`",
        ],
    );
    kept("# HELP a \n# UNIT a \n# TYPE a info\n");
}

#[test]
fn reserved_name() {
    broken(
        "_a{_b=\"1\"} 1\n_a{_b=\"2\"} 1\n",
        &[
            "line 1, column 1: reserved-name: expected a name that does not start with an underscore, found `_a{_b=\"1\"} 1`",
            "line 1, column 4: reserved-name: expected a name that does not start with an underscore, found `_b=\"1\"} 1`",
        ],
    );
    broken(
        "# TYPE a counter\na_total 1 # {_b=\"c\"} 1\n",
        &[
            "line 2, column 14: reserved-name: expected a name that does not start with an underscore, found `_b=\"c\"} 1`",
        ],
    );
}

#[test]
fn sample_name() {
    broken(
        "# TYPE a counter\na 1\n# TYPE b info\nb 1\n# TYPE c histogram\nc 1\n# TYPE d gaugehistogram\nd_sum 1\n",
        &[
            "line 2, column 1: sample-name: expected a name with a suffix that the family's type has, found `a 1`",
            "line 4, column 1: sample-name: expected a name with a suffix that the family's type has, found `b 1`",
            "line 6, column 1: sample-name: expected a name with a suffix that the family's type has, found `c 1`",
        ],
    );
    kept("# TYPE a counter\na_total 1\na_created 1\n");
}

#[test]
fn samples_without_a_suffix() {
    for (kind, labels) in [("gauge", ""), ("stateset", "{a=\"b\"}"), ("unknown", "")] {
        kept(&format!("# TYPE a {kind}\na{labels} 1\n"));
        // With a suffix it is a sample of another family, which comes too early or too late for this one.
        for suffix in ["_total", "_info", "_bucket", "_sum"] {
            let body = format!("# TYPE a {kind}\na{labels} 1\na{suffix} 1\na{labels} 1\n");
            broken_by(&body, SpecificationRule::InterleavedFamilies);
        }
    }
}

#[test]
fn suffixes_of_parts() {
    kept("# TYPE a summary\na_sum 1\na_count 1\na_created 1\na{quantile=\"1\"} 1\n");
    for (kind, part) in [
        ("summary", "a_total 1"),
        ("summary", "a_gsum 1"),
        ("histogram", "a_gcount 1"),
        ("histogram", "a_total 1"),
        ("gaugehistogram", "a_created 1"),
        ("gaugehistogram", "a_sum 1"),
    ] {
        let bucket = match kind {
            "summary" => "a{quantile=\"1\"} 1",
            _ => "a_bucket{le=\"+Inf\"} 1",
        };
        let body = format!("# TYPE a {kind}\n{bucket}\n{part}\n{bucket}\n");
        broken_by(&body, SpecificationRule::InterleavedFamilies);
    }
}

#[test]
fn duplicate_label() {
    broken(
        "a{b=\"1\",c=\"2\",b=\"1\",b=\"3\"} 1\n",
        &[
            "line 1, column 15: duplicate-label: expected each label name once, found `b=\"1\",b=\"3\"} 1`",
            "line 1, column 21: duplicate-label: expected each label name once, found `b=\"3\"} 1`",
        ],
    );
    broken(
        "# TYPE a counter\na_total 1 # {b=\"c\",b=\"d\"} 1\n",
        &["line 2, column 20: duplicate-label: expected each label name once, found `b=\"d\"} 1`"],
    );
}

#[test]
fn reserved_label() {
    broken(
        "# TYPE a summary\na_sum{quantile=\"1\"} 1\n# TYPE b histogram\nb_bucket{le=\"+Inf\"} 1\nb_created{le=\"+Inf\"} 1\n",
        &[
            "line 2, column 7: reserved-label: expected another name for a label of the metric, found `quantile=\"1\"} 1`",
            "line 5, column 11: reserved-label: expected another name for a label of the metric, found `le=\"+Inf\"} 1`",
            "line 5, column 1: missing-inf-bucket: expected a bucket with `le=\"+Inf\"` for these labels, found `b_created{le=\"+Inf\"} 1`",
        ],
    );
    kept("# TYPE a gauge\na{le=\"x\",quantile=\"y\",a=\"z\"} -1\n");
}

#[test]
fn missing_label() {
    broken(
        "# TYPE a summary\na 1\n# TYPE b gaugehistogram\nb_bucket 1\n# TYPE c stateset\nc{d=\"e\"} 1\n",
        &[
            "line 2, column 1: missing-label: expected a label `quantile`, found `a 1`",
            "line 4, column 1: missing-label: expected a label `le`, found `b_bucket 1`",
            "line 6, column 1: missing-label: expected a label called as the state set, found `c{d=\"e\"} 1`",
        ],
    );
}

#[test]
fn missing_total() {
    broken(
        "# TYPE a counter\na_created 1\na_total{b=\"c\"} 1\n",
        &[
            "line 2, column 1: missing-total: expected a `_total` sample with these labels, found `a_created 1`",
        ],
    );
    kept("# TYPE a counter\n");
}

#[test]
fn counter_value() {
    broken(
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
    );
    kept("# TYPE a counter\na_total +Inf\n");
}

#[test]
fn whole_count() {
    broken(
        "# TYPE a histogram\na_bucket{le=\"1\"} 0.5\na_bucket{le=\"+Inf\"} +Inf\n",
        &[
            "line 2, column 18: whole-count: expected a whole number, found `0.5`",
            "line 3, column 21: whole-count: expected a whole number, found `+Inf`",
        ],
    );
    broken(
        "# TYPE a summary\na_count 0.5\n# TYPE b summary\nb_count +Inf\n# TYPE c histogram\nc_bucket{le=\"+Inf\"} 1\nc_count 1.5\nc_sum 1\n# TYPE d gaugehistogram\nd_bucket{le=\"+Inf\"} 2\nd_gcount 2.5\nd_gsum 1\n",
        &[
            "line 2, column 9: whole-count: expected a whole number, found `0.5`",
            "line 4, column 9: whole-count: expected a whole number, found `+Inf`",
            "line 7, column 9: whole-count: expected a whole number, found `1.5`",
            "line 7, column 9: count-of-inf: expected the count of the bucket with `le=\"+Inf\"`, found `1.5`",
            "line 11, column 10: whole-count: expected a whole number, found `2.5`",
            "line 11, column 10: count-of-inf: expected the count of the bucket with `le=\"+Inf\"`, found `2.5`",
        ],
    );
    kept("# TYPE a summary\na_count 1\na_count{b=\"c\"} 2.0\na_count{b=\"d\"} 1e300\n");
}

#[test]
fn info_and_state_value() {
    broken(
        "# TYPE a info\na_info 2\n# TYPE b stateset\nb{b=\"c\"} 0.5\nb{b=\"d\"} NaN\n",
        &[
            "line 2, column 8: info-value: expected 1, found `2`",
            "line 4, column 10: state-value: expected 0 or 1, found `0.5`",
            "line 5, column 10: state-value: expected 0 or 1, found `NaN`",
        ],
    );
    kept("# TYPE a stateset\na{a=\"x\",b=\"1\"} 1\na{b=\"1\",a=\"y\"} 1.0\na{a=\"x\",b=\"2\"} 0\n");
}

#[test]
fn quantile_and_created_value() {
    broken(
        "# TYPE a summary\na{quantile=\"0.5\"} -1\na{quantile=\"1\"} NaN\na_created NaN\n",
        &[
            "line 2, column 19: quantile-value: expected a number of 0 or more, or NaN, found `-1`",
            "line 4, column 11: created-value: expected a time in seconds, found `NaN`",
        ],
    );
    kept(
        "# TYPE a summary\na_count 1\na{quantile=\"0\"} NaN\na{quantile=\"1\"} 0\na_created -1.5\n",
    );
}

#[test]
fn gauge_sum_value() {
    broken(
        "# TYPE a gaugehistogram\na_bucket{le=\"+Inf\"} 1\na_gcount 1\na_gsum -1\n\
         # TYPE b gaugehistogram\nb_bucket{le=\"-1\"} 1\nb_bucket{le=\"+Inf\"} 1\nb_gcount 1\nb_gsum NaN\n",
        &[
            "line 4, column 8: gauge-sum-value: expected a sum of 0 or more where no bucket has a negative bound, found `-1`",
            "line 9, column 8: gauge-sum-value: expected a number, found `NaN`",
        ],
    );
    kept(
        "# TYPE a gaugehistogram\na_bucket{le=\"-1\"} 1\na_bucket{le=\"+Inf\"} 1\na_gsum -1\na_gcount 1\n",
    );
}

#[test]
fn bucket_bound() {
    broken(
        "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+INF\"} 1\n# TYPE b histogram\nb_bucket{le=\"x\"} 1\n\
         b_bucket{le=\"NaN\"} 1\nb_bucket{le=\"\"} 1\n",
        &[
            "line 3, column 14: bucket-bound: expected a number, or infinity as `+Inf`, found `+INF\"} 1`",
            "line 5, column 14: bucket-bound: expected a number, or infinity as `+Inf`, found `x\"} 1`",
            "line 6, column 14: bucket-bound: expected a number, or infinity as `+Inf`, found `NaN\"} 1`",
            "line 7, column 14: bucket-bound: expected a number, or infinity as `+Inf`, found `\"} 1`",
        ],
    );
    kept(
        "# TYPE a histogram\na_bucket{le=\"0\"} 0\na_bucket{le=\"1e-04\"} 1\na_bucket{le=\"1.1e-4\"} 1\na_bucket{le=\"10000000000\"} 1\na_bucket{le=\"+Inf\"} 3\na_sum 1.5\na_count 3\na_created 1\n",
    );
}

#[test]
fn bucket_order() {
    broken(
        "# TYPE a histogram\na_bucket{le=\"2\"} 1\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\na_bucket{le=\"+Inf\"} 1\n",
        &[
            "line 3, column 1: bucket-order: expected a bucket with a larger bound than the one before, found `a_bucket{le=\"1\"} 1`",
            "line 5, column 1: duplicate-sample: expected a sample that does not stand before, found `a_bucket{le=\"+Inf\"} 1`",
        ],
    );
}

#[test]
fn bucket_count() {
    broken(
        "# TYPE a gaugehistogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\n",
        &[
            "line 3, column 21: bucket-count: expected a count not below that of the bucket before, found `1`",
        ],
    );
}

#[test]
fn missing_inf_bucket() {
    broken(
        "# TYPE a histogram\na_sum{b=\"1\"} 1\na_bucket{b=\"2\",le=\"1\"} 1\n",
        &[
            "line 2, column 1: missing-inf-bucket: expected a bucket with `le=\"+Inf\"` for these labels, found `a_sum{b=\"1\"} 1`",
            "line 3, column 1: missing-inf-bucket: expected a bucket with `le=\"+Inf\"` for these labels, found `a_bucket{b=\"2\",le=\"1\"} 1`",
        ],
    );
}

#[test]
fn count_and_sum() {
    broken(
        "# TYPE a histogram\na_count 1\na_bucket{le=\"+Inf\"} 1\n# TYPE b gaugehistogram\nb_bucket{le=\"-1\"} 1\nb_bucket{le=\"+Inf\"} 1\nb_gsum 1\n",
        &[
            "line 2, column 1: count-and-sum: expected a sum beside the count, found `a_count 1`",
            "line 7, column 1: count-and-sum: expected a count beside the sum, found `b_gsum 1`",
        ],
    );
}

#[test]
fn count_of_inf() {
    broken(
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_count 2\na_sum 1\n",
        &[
            "line 3, column 9: count-of-inf: expected the count of the bucket with `le=\"+Inf\"`, found `2`",
        ],
    );
}

#[test]
fn sum_of_negative() {
    broken(
        "# TYPE a histogram\na_bucket{le=\"-1\"} 0\na_bucket{le=\"+Inf\"} 1\na_count 1\na_sum 1\n",
        &[
            "line 5, column 1: sum-of-negative: expected no sum beside a bucket with a negative bound, found `a_sum 1`",
        ],
    );
    kept("# TYPE a histogram\na_bucket{le=\"-1\"} 1\na_bucket{le=\"+Inf\"} 1\n");
}

#[test]
fn quantile_range() {
    broken(
        "# TYPE a summary\na{quantile=\"1.01\"} 1\na{quantile=\"-0.1\"} 1\na{quantile=\"NaN\"} 1\na{quantile=\"x\"} 1\n",
        &[
            "line 2, column 13: quantile-range: expected a number from 0 to 1, found `1.01\"} 1`",
            "line 3, column 13: quantile-range: expected a number from 0 to 1, found `-0.1\"} 1`",
            "line 4, column 13: quantile-range: expected a number from 0 to 1, found `NaN\"} 1`",
            "line 5, column 13: quantile-range: expected a number from 0 to 1, found `x\"} 1`",
        ],
    );
}

#[test]
fn interleaved_metrics() {
    broken(
        "# TYPE a counter\na_total{b=\"1\",c=\"2\"} 1\na_total{b=\"2\",c=\"2\"} 1\na_created{c=\"2\",b=\"1\"} 1\n",
        &[
            "line 4, column 1: interleaved-metrics: expected the sample among the others of its metric, found `a_created{c=\"2\",b=\"1\"} 1`",
        ],
    );
}

#[test]
fn duplicate_sample() {
    broken(
        "a{b=\"1\",c=\"2\"} 1\na{c=\"2\",b=\"1\"} 1\n# TYPE s summary\ns_sum 1\ns_sum 1\ns{quantile=\"1\"} 1\ns{quantile=\"1.0\"} 1\n\
         # TYPE t stateset\nt{t=\"1\"} 1\nt{t=\"1\"} 1\n# TYPE c counter\nc_created 1\nc_total 1\nc_created 1\n",
        &[
            "line 2, column 1: duplicate-sample: expected a sample that does not stand before, found `a{c=\"2\",b=\"1\"} 1`",
            "line 5, column 1: duplicate-sample: expected a sample that does not stand before, found `s_sum 1`",
            "line 7, column 1: duplicate-sample: expected a sample that does not stand before, found `s{quantile=\"1.0\"} 1`",
            "line 10, column 1: duplicate-sample: expected a sample that does not stand before, found `t{t=\"1\"} 1`",
            "line 14, column 1: duplicate-sample: expected a sample that does not stand before, found `c_created 1`",
        ],
    );
}

/// Points of one metric that alternate go back in time.
#[test]
fn timestamp_order() {
    broken(
        "a 1 1.1\na 1 1\nb 1 -1\nb 1 -1.1\n",
        &[
            "line 2, column 1: timestamp-order: expected a timestamp not before that of the metric's last sample, found `a 1 1`",
            "line 4, column 1: timestamp-order: expected a timestamp not before that of the metric's last sample, found `b 1 -1.1`",
        ],
    );
    broken(
        "# TYPE a summary\na_sum 1 1\na_sum 1 2\na_count 1 1\n",
        &[
            "line 4, column 1: timestamp-order: expected a timestamp not before that of the metric's last sample, found `a_count 1 1`",
        ],
    );
    kept("a 1 1\na 2 1\na 3 1.0000000001\na{b=\"\"} 1 0\n");
    kept("# TYPE a info\na_info{b=\"1\"} 1 2\na_info{b=\"2\"} 1 1\n");
    kept(
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1 1\na_count 1 1\na_sum 1 1\na_bucket{le=\"+Inf\"} 2 2\na_count 2 2\na_sum 2 2\n",
    );
}

#[test]
fn mixed_timestamps() {
    broken(
        "a 1\na 1 0\nb 1 0\nb 1\n",
        &[
            "line 2, column 1: mixed-timestamps: expected timestamps on all samples of a metric or on none, found `a 1 0`",
            "line 4, column 1: mixed-timestamps: expected timestamps on all samples of a metric or on none, found `b 1`",
        ],
    );
}

#[test]
fn exemplar_place() {
    broken(
        "# TYPE a gauge\na 1 # {b=\"c\"} 1\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 1 # {} 1\nh_sum 1\n\
         # TYPE c counter\nc_total 1\nc_created 1 # {} 1\n",
        &[
            "line 2, column 15: exemplar-place: expected no exemplar on a sample of this kind, found `1`",
            "line 5, column 16: exemplar-place: expected no exemplar on a sample of this kind, found `1`",
            "line 9, column 18: exemplar-place: expected no exemplar on a sample of this kind, found `1`",
        ],
    );
}

#[test]
fn exemplar_value() {
    broken(
        "# TYPE h histogram\nh_bucket{le=\"1\"} 1 # {} 1.5\nh_bucket{le=\"+Inf\"} 1 # {} +Inf\n",
        &[
            "line 2, column 25: exemplar-value: expected a value of no more than the bucket's bound, found `1.5`",
        ],
    );
    broken(
        "# TYPE h histogram\nh_bucket{le=\"1\"} 1 # {} NaN\nh_bucket{le=\"+Inf\"} 1 # {} NaN\n# TYPE g gaugehistogram\ng_bucket{le=\"-1\"} 1 # {} -0.5\ng_bucket{le=\"+Inf\"} 1\n",
        &[
            "line 2, column 25: exemplar-value: expected a value of no more than the bucket's bound, found `NaN`",
            "line 5, column 26: exemplar-value: expected a value of no more than the bucket's bound, found `-0.5`",
        ],
    );
    kept(
        "# TYPE h histogram\nh_bucket{le=\"1\"} 1 # {} 1\nh_bucket{le=\"2\"} 1 # {} -Inf\nh_bucket{le=\"+Inf\"} 2 # {} NaN\n",
    );
}

/// Nothing is reported about what is missing next to it.
#[test]
fn a_line_that_cannot_be_read_tells_nothing() {
    broken(
        "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"}1\na_count 1\n",
        &["line 3, column 20: syntax: expected a space and the sample's value, found `1`"],
    );
}

#[test]
fn an_empty_body() {
    kept("");
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
