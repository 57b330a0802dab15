//! Families of bodies that each show one thing, of generated bodies, and of whole corpora.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail them")]

use crate::support::bodies;
use crate::support::families;

use std::fmt::Write as _;

use exposition::{
    Dialect, Error, ErrorKind, Families, FamilyChunks, FamilyReader, Filter, Limits,
    MetricExemplar, MetricFamily, MetricLabels, MetricValue,
};
use families::{check_doors, through_every_door};
use proptest::prelude::*;

fn labels(labels: &MetricLabels<'_>) -> String {
    let pairs: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{name}={value:?}"))
        .collect();
    format!("{{{}}}", pairs.join(","))
}

fn exemplar(out: &mut String, exemplar: &MetricExemplar<'_>) {
    let _ = write!(out, " # {} {}", labels(&exemplar.labels), exemplar.value);
    if let Some(millis) = exemplar.timestamp {
        let _ = write!(out, " @{millis}");
    }
}

/// Describes a family in a few words.
fn shown(family: &MetricFamily<'_>) -> String {
    let mut out = format!("{} {}", family.metric_type, family.name);
    if let Some(help) = &family.help {
        let _ = write!(out, " help={help:?}");
    }
    if let Some(unit) = &family.unit {
        let _ = write!(out, " unit={unit}");
    }
    for metric in &family.metrics {
        let _ = write!(out, " | {}", labels(&metric.labels));
        let (mut sum, mut count) = (None, None);
        match &metric.value {
            MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                for bucket in &histogram.buckets {
                    let _ = write!(out, " {}:{}", bucket.upper_bound, bucket.cumulative_count);
                    if let Some(cited) = &bucket.exemplar {
                        exemplar(&mut out, cited);
                    }
                }
                (sum, count) = (histogram.sum, histogram.count);
            }
            MetricValue::Summary(summary) => {
                for quantile in &summary.quantiles {
                    let _ = write!(out, " {}:{}", quantile.quantile, quantile.value);
                }
                (sum, count) = (summary.sum, summary.count);
            }
            MetricValue::StateSet(set) => {
                for state in &set.states {
                    let _ = write!(out, " {}:{}", state.name, state.is_set());
                }
            }
            _ => {
                let _ = write!(out, " {}", metric.single_value().unwrap_or(f64::NAN));
            }
        }
        for (what, value) in [("sum", sum), ("count", count)] {
            if let Some(value) = value {
                let _ = write!(out, " {what}={value}");
            }
        }
        if metric.suffixed {
            out.push_str(" suffixed");
        }
        if let Some(created) = metric.start_timestamp {
            let _ = write!(out, " created={}", created.seconds);
        }
        for cited in &metric.exemplars {
            exemplar(&mut out, cited);
        }
        if let Some(millis) = metric.timestamp {
            let _ = write!(out, " @{millis}");
        }
    }
    out
}

/// Returns the result of the streaming doors, one family or error per line; then, if it differs, that of
/// collecting.
fn outcome(body: &str, dialect: Dialect, keep_misfits: bool) -> Result<String, String> {
    check_doors(body.as_bytes(), dialect)?;
    let (items, collected) = through_every_door(body.as_bytes(), dialect, keep_misfits)?;
    let streamed: Vec<String> = items
        .iter()
        .map(|item| match item {
            Ok(family) => shown(family),
            Err(error) => told(error),
        })
        .collect();
    let errors = collected.errors.iter().map(told);
    let collected: Vec<String> = errors.chain(collected.families.iter().map(shown)).collect();
    let mut sorted = streamed.clone();
    sorted.sort_by_key(|line| !is_told(line));
    Ok(match sorted == collected {
        true => streamed.join("\n"),
        false => format!(
            "{}\ncollected:\n{}",
            streamed.join("\n"),
            collected.join("\n")
        ),
    })
}

/// Describes an error: whether Prometheus refuses the body for it.
fn told(error: &Error) -> String {
    match error.fails_scrape() {
        true => format!("error: {error}"),
        false => format!("complaint: {error}"),
    }
}

fn is_told(line: &str) -> bool {
    line.starts_with("error: ") || line.starts_with("complaint: ")
}

#[track_caller]
fn text(body: &str, expected: &str) {
    assert_eq!(
        outcome(body, Dialect::Text, true),
        Ok(expected.into()),
        "{body}"
    );
}

/// Checks the families of an OpenMetrics body, given without its `# EOF`.
#[track_caller]
fn openmetrics(body: &str, expected: &str) {
    let body = format!("{body}# EOF\n");
    assert_eq!(
        outcome(&body, Dialect::OpenMetrics, true),
        Ok(expected.into()),
        "{body}"
    );
}

#[test]
fn every_type_of_the_text_format() {
    text("", "");
    text("a 1\n", "unknown a | {} 1");
    text(
        "# HELP c Requests.\n# TYPE c counter\nc{code=\"200\"} 3 1700\nc{code=\"500\"} 1\n",
        r#"counter c help="Requests." | {code="200"} 3 @1700 | {code="500"} 1"#,
    );
    text(
        "# TYPE g gauge\n# HELP g After the type.\ng -0.5\n",
        r#"gauge g help="After the type." | {} -0.5"#,
    );
    text(
        "# TYPE h histogram\nh_bucket{p=\"/\",le=\"0.5\"} 1\nh_bucket{p=\"/\",le=\"+Inf\"} 2\n\
         h_sum{p=\"/\"} 3.5\nh_count{p=\"/\"} 2\n",
        r#"histogram h | {p="/"} 0.5:1 inf:2 sum=3.5 count=2"#,
    );
    text(
        "# TYPE s summary\ns{quantile=\"0.5\"} 7\ns{quantile=\"0.9\"} NaN\ns_sum 9\ns_count 2\n",
        "summary s | {} 0.5:7 0.9:NaN sum=9 count=2",
    );
    text("# TYPE u untyped\nu 1\n", "unknown u | {} 1");
    text(
        "# TYPE \"a.\\\"b\" gauge\n{\"a.\\\"b\",\"l.x\"=\"1\\n\"} 2\n",
        "gauge a.\"b | {l.x=\"1\\n\"} 2",
    );
}

#[test]
fn every_type_of_openmetrics() {
    openmetrics(
        "# TYPE c_seconds counter\n# UNIT c_seconds seconds\n# HELP c_seconds Help.\n\
         c_seconds_total 3 1.5 # {trace_id=\"x\"} 0.25 1.25\nc_seconds_created 5.5\n",
        "counter c_seconds help=\"Help.\" unit=seconds | {} 3 suffixed created=5.5 \
         # {trace_id=\"x\"} 0.25 @1250 @1500",
    );
    openmetrics(
        "# TYPE h histogram\nh_bucket{le=\"1.0\"} 0 # {t=\"\\\"\"} 0.5\nh_bucket{le=\"+Inf\"} 3\n\
         h_count 3\nh_sum 2\nh_created 7\n",
        r#"histogram h | {} 1:0 # {t="\""} 0.5 inf:3 sum=2 count=3 created=7"#,
    );
    openmetrics(
        "# TYPE g gaugehistogram\ng_bucket{le=\"+Inf\"} 3\ng_gcount 3\ng_gsum -2\n",
        "gaugehistogram g | {} inf:3 sum=-2 count=3 suffixed",
    );
    // As client libraries for Go write it.
    openmetrics(
        "# TYPE g gaugehistogram\ng_bucket{le=\"+Inf\"} 3\ng_count 3\ng_sum -2\n",
        "gaugehistogram g | {} inf:3 sum=-2 count=3",
    );
    openmetrics(
        "# TYPE s summary\ns_count 1\ns_sum 2\ns{quantile=\"1\"} 0.8\ns_created 3\n",
        "summary s | {} 1:0.8 sum=2 count=1 created=3",
    );
    openmetrics(
        "# TYPE i info\ni_info{version=\"1\"} 1\n",
        r#"info i | {version="1"} 1 suffixed"#,
    );
    openmetrics(
        "# TYPE s stateset\ns{s=\"on\",x=\"1\"} 1\ns{s=\"off\",x=\"1\"} 0\ns{s=\"on\",x=\"2\"} 0\n",
        r#"stateset s | {x="1"} on:true off:false | {x="2"} on:false"#,
    );
    openmetrics("# TYPE u unknown\nu 1\n", "unknown u | {} 1");
}

#[test]
fn openmetrics_without_its_suffixes() {
    openmetrics(
        "# TYPE c counter\nc 1\nc_total 2\n",
        "counter c | {} 1 | {} 2 suffixed",
    );
    openmetrics("# TYPE i info\ni{v=\"1\"} 2\n", r#"info i | {v="1"} 2"#);
    openmetrics(
        "# TYPE c_total counter\nc_total 1\nc_created 2\n",
        "counter c_total | {} 1\nunknown c_created | {} 2",
    );
    openmetrics("c_total 1\n", "unknown c_total | {} 1");
    openmetrics(
        "# TYPE g gaugehistogram\ng_gsum 1\ng_count 2\ng_gcount 3\n",
        "gaugehistogram g | {} sum=1 suffixed | {} count=2 | {} count=3 suffixed",
    );
}

#[test]
fn text_does_not_link_counters() {
    text(
        "# TYPE c counter\nc_total 1\nc_created 2\nc 3\n",
        "counter c\nunknown c_total | {} 1\nunknown c_created | {} 2\nunknown c | {} 3\n\
         collected:\ncounter c | {} 3\nunknown c_total | {} 1\nunknown c_created | {} 2",
    );
    text(
        "# TYPE h histogram\nh_created 1\n",
        "histogram h\nunknown h_created | {} 1",
    );
}

#[test]
fn families_that_are_declared_only() {
    text(
        "# HELP a x\n# TYPE b gauge\n# HELP c \n# TYPE d counter\nd 1\n",
        "unknown a help=\"x\"\ngauge b\nunknown c\ncounter d | {} 1",
    );
    openmetrics(
        "# HELP a \n# UNIT a \n# TYPE b_s gauge\n# UNIT b_s s\n",
        "unknown a\ngauge b_s unit=s",
    );
}

#[test]
fn families_that_come_back() {
    text(
        "# TYPE a gauge\na 1\nb 2\na 3\n# TYPE a gauge\na 4\n",
        "gauge a | {} 1\nunknown b | {} 2\nunknown a | {} 3 | {} 4\n\
         collected:\ngauge a | {} 1 | {} 3 | {} 4\nunknown b | {} 2"
            .replace("unknown a | {} 3 | {} 4", "complaint: line 5, column 8: late type: expected the TYPE line before the metric's samples, found `a gauge`\nunknown a | {} 3 | {} 4")
            .as_str(),
    );
    text(
        "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nb 2\nh_bucket{le=\"2\"} 2\nh_sum 3\n",
        "histogram h | {} 1:1\nunknown b | {} 2\nunknown h_bucket | {le=\"2\"} 2\nunknown h_sum | {} 3\n\
         collected:\nhistogram h | {} 1:1 2:2 sum=3\nunknown b | {} 2",
    );
}

#[test]
fn repeated_metadata() {
    text(
        "# TYPE a gauge\n# TYPE a gauge\n# HELP a x\n# HELP a x\na 1\n# TYPE a gauge\n# HELP a x\n",
        "gauge a help=\"x\" | {} 1",
    );
    text(
        "# TYPE a gauge\n# TYPE a counter\na 1\n# TYPE a counter\n",
        "complaint: line 2, column 8: second type: expected the type that the metric was declared with, found `a counter`\n\
         complaint: line 4, column 8: second type: expected the type that the metric was declared with, found `a counter`\n\
         gauge a | {} 1",
    );
    text(
        "# HELP a x\n# HELP a y\na 1\n# HELP a \n",
        "complaint: line 2, column 8: second help text: expected the help text that the metric was given before, found `a y`\n\
         unknown a help=\"x\" | {} 1",
    );
    openmetrics(
        "# UNIT a_b_c c\n# UNIT a_b_c b_c\na_b_c 1\n",
        "complaint: line 2, column 8: second unit: expected the unit that the metric was given before, found `a_b_c b_c`\n\
         unknown a_b_c unit=c | {} 1",
    );
}

#[test]
fn two_families_of_one_name() {
    // As every program with Go's client library prints it.
    openmetrics(
        "# HELP a Now.\n# TYPE a gauge\na 1\n# HELP a Ever.\n# TYPE a counter\na_total 2\n",
        "gauge a help=\"Now.\" | {} 1\ncounter a help=\"Ever.\" | {} 2 suffixed",
    );
    openmetrics(
        "# TYPE a gauge\n# TYPE a counter\na 1\n",
        "complaint: line 2, column 8: second type: expected the type that the metric was declared with, found `a counter`\n\
         gauge a | {} 1",
    );
}

#[test]
fn late_metadata() {
    text(
        "a 1\n# TYPE a gauge\na 2\n# HELP a late\n",
        "complaint: line 2, column 8: late type: expected the TYPE line before the metric's samples, found `a gauge`\n\
         unknown a help=\"late\" | {} 1 | {} 2",
    );
    text("a 1\n# TYPE a untyped\n", "unknown a | {} 1");
    text(
        "h_count 5\n# TYPE h histogram\nh_sum 2\n",
        "unknown h_count | {} 5\nhistogram h | {} sum=2",
    );
}

#[test]
fn one_family_called_as_a_part_of_another() {
    // Metadata belongs to the name that it gives, even if that looks like a part of a histogram.
    text(
        "# TYPE h histogram\nh_sum 1\n# TYPE h_count gauge\nh_count 5\nh_sum 2\n",
        "histogram h | {} sum=1\ngauge h_count | {} 5\nunknown h_sum | {} 2\n\
         collected:\nhistogram h | {} sum=1 | {} sum=2\ngauge h_count | {} 5",
    );
    text(
        "# TYPE h_sum gauge\nh_sum 1\n# TYPE h histogram\nh_count 5\nh_sum 2\nh_count 6\n",
        "gauge h_sum | {} 1\nhistogram h | {} sum=2 count=5 | {} count=6\n\
         collected:\ngauge h_sum | {} 1 | {} 2\nhistogram h | {} count=5 | {} count=6",
    );
    text("_sum 1\n_ 2\n", "unknown _sum | {} 1\nunknown _ | {} 2");
}

#[test]
fn duplicate_samples() {
    text(
        "a{x=\"1\"} 1\na{x=\"1\"} 2\n",
        r#"unknown a | {x="1"} 1 | {x="1"} 2"#,
    );
    text(
        "# TYPE h histogram\n\
         h_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 4\n\
         h_bucket{le=\"1\"} 5\nh_bucket{le=\"+Inf\"} 6\nh_sum 7\nh_count 8\n",
        "histogram h | {} 1:1 inf:2 sum=3 count=4 | {} 1:5 inf:6 sum=7 count=8",
    );
    text(
        "# TYPE s summary\ns_sum 1\ns_sum 2\ns{quantile=\"0.5\"} 1\ns{quantile=\".5\"} 2\n",
        "summary s | {} sum=1 | {} 0.5:1 sum=2 | {} 0.5:2",
    );
    text(
        "# TYPE h histogram\nh_bucket{le=\"0\"} 1\nh_bucket{le=\"-0\"} 2\n",
        "histogram h | {} 0:1 | {} -0:2",
    );
    openmetrics(
        "# TYPE s stateset\ns{s=\"on\"} 1\ns{s=\"on\"} 0\n",
        "stateset s | {} on:true | {} on:false",
    );
}

#[test]
fn merging() {
    // In any order of lines and of labels.
    text(
        "# TYPE h histogram\nh_count{a=\"1\",b=\"2\"} 2\nh_bucket{a=\"1\",le=\"+Inf\",b=\"3\"} 9\n\
         h_sum{b=\"2\",a=\"1\"} 1\nh_bucket{le=\"+Inf\",b=\"2\",a=\"1\"} 2\nh_bucket{b=\"2\",a=\"1\",le=\"1\"} 1\n\
         h_bucket{b=\"2\",a=\"1\",le=\"0.5\"} 0\nh_bucket{b=\"2\",a=\"1\",le=\"1\"} 7\n",
        "histogram h | {a=\"1\",b=\"2\"} 0.5:0 1:1 inf:2 sum=1 count=2 | {a=\"1\",b=\"3\"} inf:9 \
         | {b=\"2\",a=\"1\"} 1:7",
    );
    text(
        "# TYPE h histogram\nh_count{a=\"\\\\\"} 2\nh_sum{\"a\"=\"\\\\\"} 3\nh_sum{a=\"\"} 1\nh_sum 0\n",
        r#"histogram h | {a="\\"} sum=3 count=2 | {a=""} sum=1 | {} sum=0"#,
    );
    // Points of one metric at several times.
    text(
        "# TYPE h histogram\nh_count 1 10\nh_count 2 20\nh_sum 3 10\nh_sum 4 20\nh_sum 5\n",
        "histogram h | {} sum=3 count=1 @10 | {} sum=4 count=2 @20 | {} sum=5",
    );
    // What is missing stays missing.
    text(
        "# TYPE h histogram\nh_bucket{le=\"1\"} 1.5\n# TYPE s summary\ns_count -1\n",
        "histogram h | {} 1:1.5\nsummary s | {} count=-1",
    );
}

#[test]
fn start_times() {
    // In any place.
    openmetrics(
        "# TYPE c counter\nc_created{a=\"1\",b=\"2\"} 5\nc_created{a=\"2\",b=\"2\"} 6\n\
         c_total{b=\"2\",a=\"2\"} 1\nc_total{a=\"1\",b=\"2\"} 2 7\n",
        "counter c | {b=\"2\",a=\"2\"} 1 suffixed created=6 | {a=\"1\",b=\"2\"} 2 suffixed created=5 @7000",
    );
    openmetrics(
        "# TYPE c counter\nc_total{a=\"1\"} 1\nc_total{a=\"2\"} 2\nc_created{a=\"1\"} 3\nc_created{a=\"2\"} 4\n",
        "counter c | {a=\"1\"} 1 suffixed created=3 | {a=\"2\"} 2 suffixed created=4",
    );
    openmetrics(
        "# TYPE h histogram\nh_created 3\nh_count 1 9\n# TYPE s summary\ns_created{x=\"y\"} 4\n",
        "histogram h | {} count=1 created=3 @9000\nsummary s | {x=\"y\"} created=4",
    );
    // Without a counter.
    openmetrics(
        "# TYPE c counter\nc_created{a=\"1\"} 5\nc_created 6\nc_total 1\nc_created 7\n",
        "complaint: line 2, column 1: start time without its counter: expected a `_total` sample with the same labels, found `c_created{a=\"1\"} 5`\n\
         complaint: line 5, column 1: start time without its counter: expected a `_total` sample with the same labels, found `c_created 7`\n\
         counter c | {} 1 suffixed created=6\n\
         unknown c_created | {a=\"1\"} 5 | {} 7",
    );
    // Of another family.
    openmetrics(
        "# TYPE a counter\na_total 1\nb_created 4\n",
        "counter a | {} 1 suffixed\nunknown b_created | {} 4",
    );
    openmetrics(
        "# TYPE g gauge\ng 1\ng_created 4\n",
        "gauge g | {} 1\nunknown g_created | {} 4",
    );
}

#[test]
fn exemplars_on_other_lines() {
    openmetrics(
        "# TYPE h histogram\nh_sum 1 # {a=\"b\"} 2\nh_count 1 # {} 3\nh_created 1 # {} 4\ng 1 # {} 5\n",
        "histogram h | {} sum=1 count=1 created=1 # {a=\"b\"} 2 # {} 3 # {} 4\nunknown g | {} 1 # {} 5",
    );
}

/// Lines under `# TYPE h histogram`: what is reported for each, and the family that it is kept in, if any.
const MISFITS: &[(&str, &str, &str)] = &[
    (
        "h 5",
        "complaint: line 2, column 1: not a sample of its family: expected `_bucket`, `_sum` or `_count` after the histogram's name, found `h 5`",
        "unknown h | {} 5",
    ),
    (
        "h{le=\"3\",b=\"\"} 5 17",
        "complaint: line 2, column 1: not a sample of its family: expected `_bucket`, `_sum` or `_count` after the histogram's name, found `h{le=\"3\",b=\"\"} 5 17`",
        "unknown h | {le=\"3.0\",b=\"\"} 5 @17",
    ),
    (
        "h_bucket{a=\"\\\\\"} 5",
        "complaint: line 2, column 1: missing label: expected a label `le` with the bucket's bound, found `h_bucket{a=\"\\\\\"} 5`",
        "unknown h_bucket | {a=\"\\\\\"} 5",
    ),
    (
        "h_bucket{le=\"abc\",a=\"b\"} 5",
        "complaint: line 2, column 14: invalid label value: expected a number as the value of `le`, found `abc\",a=\"b\"} 5`",
        "unknown h_bucket | {le=\"abc\",a=\"b\"} 5",
    ),
    (
        "h_bucket{le=\"nan\"} 5",
        "complaint: line 2, column 14: invalid label value: expected a number as the value of `le`, found `nan\"} 5`",
        "unknown h_bucket | {le=\"NaN\"} 5",
    ),
    // Prometheus takes it for a number where it rewrites `le`, and nowhere else.
    (
        "h_bucket{le=\"0x1p4\"} 5",
        "complaint: line 2, column 14: invalid label value: expected a number as the value of `le`, found `0x1p4\"} 5`",
        "unknown h_bucket | {le=\"16.0\"} 5",
    ),
    (
        "h_bucket{le=\"\"} 5",
        "complaint: line 2, column 14: invalid label value: expected a number as the value of `le`, found `\"} 5`",
        "unknown h_bucket | {le=\"\"} 5",
    ),
    // Two labels with the same name: an error, unless one without a value removes both.
    (
        "h_count{a=\"1\",b=\"2\",a=\"3\"} 5",
        "error: line 2, column 21: duplicate label: expected each label name once, found `a=\"3\"} 5`",
        "",
    ),
    (
        "h_bucket{le=\"1\",\"l\\e\"=\"2\",\"le\"=\"3\"} 5",
        "error: line 2, column 28: duplicate label: expected each label name once, found `le\"=\"3\"} 5`",
        "",
    ),
    (
        "h_bucket{le=\"1\",a=\"1\",a=\"\",b=\"\"} 5",
        "complaint: line 2, column 23: duplicate label: expected each label name once, found `a=\"\",b=\"\"} 5`",
        "unknown h_bucket | {le=\"1.0\"} 5",
    ),
    (
        "h_bucket{le=\"1\",le=\"\"} 5",
        "complaint: line 2, column 17: duplicate label: expected each label name once, found `le=\"\"} 5`",
        "unknown h_bucket | {} 5",
    ),
    (
        "h_sum{a=\"1\",a=\"\",b=\"2\",b=\"3\"} 5",
        "error: line 2, column 13: duplicate label: expected each label name once, found `a=\"\",b=\"2\",b=\"3\"} 5`",
        "",
    ),
    // What Prometheus refuses weighs more than what it ignores.
    (
        "h_bucket{le=\"x\",a=\"1\",a=\"2\"} 5",
        "error: line 2, column 23: duplicate label: expected each label name once, found `a=\"2\"} 5`",
        "",
    ),
    (
        "h_count{__name__=\"x\"} 5",
        "error: line 2, column 9: reserved label: expected another label name than `__name__`, found `__name__=\"x\"} 5`",
        "",
    ),
    (
        "h_count{__name__=\"\"} 5",
        "error: line 2, column 9: reserved label: expected another label name than `__name__`, found `__name__=\"\"} 5`",
        "",
    ),
    (
        "{\"\"} 5",
        "error: line 2, column 3: empty name: expected a metric name of at least one character, found `\"} 5`",
        "",
    ),
    (
        "h_count{\"\"=\"x\"} 5",
        "error: line 2, column 10: empty name: expected a label name of at least one character, found `\"=\"x\"} 5`",
        "",
    ),
    (
        "h_count{\"\"=\"\",a=\"b\"} 5",
        "complaint: line 2, column 10: empty name: expected a label name of at least one character, found `\"=\"\",a=\"b\"} 5`",
        "unknown h_count | {a=\"b\"} 5",
    ),
];

#[test]
fn samples_that_fit_no_metric_are_kept_apart() {
    for (line, said, kept) in MISFITS {
        assert_eq!(said.starts_with("error"), kept.is_empty(), "{line}");
        let body = format!("# TYPE h histogram\n{line}\nh_sum 1\n");
        let kept = match kept.is_empty() {
            true => String::new(),
            false => format!("\n{kept}"),
        };
        text(&body, &format!("{said}\nhistogram h | {{}} sum=1{kept}"));
    }
    text(
        "# TYPE s summary\ns 1\ns{quantile=\"x\"} 1\ns{quantile=\"1\"} 2\ns 3\n",
        "complaint: line 2, column 1: missing label: expected a label `quantile`, or `_sum` or `_count` after the summary's name, found `s 1`\n\
         complaint: line 3, column 13: invalid label value: expected a number as the value of `quantile`, found `x\"} 1`\n\
         complaint: line 5, column 1: missing label: expected a label `quantile`, or `_sum` or `_count` after the summary's name, found `s 3`\n\
         summary s | {} 1:2\n\
         unknown s | {} 1 | {quantile=\"x\"} 1 | {} 3",
    );
    openmetrics(
        "# TYPE s stateset\ns 1 # {a=\"b\"} 2\n",
        "complaint: line 2, column 1: missing label: expected a label called as the state set, with the state's name, found `s 1 # {a=\"b\"} 2`\n\
         stateset s\n\
         unknown s | {} 1 # {a=\"b\"} 2",
    );
}

#[test]
fn samples_that_fit_no_metric_are_left_out_if_asked() {
    for (line, said, _) in MISFITS {
        let body = format!("# TYPE h histogram\n{line}\nh_sum 1\n");
        assert_eq!(
            outcome(&body, Dialect::Text, false),
            Ok(format!("{said}\nhistogram h | {{}} sum=1")),
        );
    }
    let body = "# TYPE c counter\nc_created 6\n# EOF\n";
    assert_eq!(
        outcome(body, Dialect::OpenMetrics, false).as_deref(),
        Ok(
            "complaint: line 2, column 1: start time without its counter: expected a `_total` sample with the same labels, found `c_created 6`\n\
             counter c"
        )
    );
}

#[test]
fn where_samples_that_fit_no_metric_are() {
    // They come after the family that they are named after, those of each name together; a family without a
    // type takes them itself.
    text(
        "# TYPE h histogram\nh_bucket 1\nh 2\nh_bucket 3\nh_count 4\nb{x=\"\",x=\"1\"} 5\nb 6\n",
        "complaint: line 2, column 1: missing label: expected a label `le` with the bucket's bound, found `h_bucket 1`\n\
         complaint: line 3, column 1: not a sample of its family: expected `_bucket`, `_sum` or `_count` after the histogram's name, found `h 2`\n\
         complaint: line 4, column 1: missing label: expected a label `le` with the bucket's bound, found `h_bucket 3`\n\
         complaint: line 6, column 8: duplicate label: expected each label name once, found `x=\"1\"} 5`\n\
         histogram h | {} count=4\n\
         unknown h_bucket | {} 1 | {} 3\n\
         unknown h | {} 2\n\
         unknown b | {} 5 | {} 6",
    );
    // A body may have only those.
    text(
        "a{\"\"=\"\"} 1\n",
        "complaint: line 1, column 4: empty name: expected a label name of at least one character, found `\"=\"\"} 1`\n\
         unknown a | {} 1",
    );
    // Collected, those of a family that comes back are together, apart from a family of that name.
    text(
        "# TYPE h histogram\nh_bucket 1\n# TYPE h_bucket gauge\nh_bucket 2\n# TYPE h histogram\nh 3\n",
        "complaint: line 2, column 1: missing label: expected a label `le` with the bucket's bound, found `h_bucket 1`\n\
         histogram h\n\
         unknown h_bucket | {} 1\n\
         gauge h_bucket | {} 2\n\
         complaint: line 6, column 1: not a sample of its family: expected `_bucket`, `_sum` or `_count` after the histogram's name, found `h 3`\n\
         histogram h\n\
         unknown h | {} 3\n\
         collected:\n\
         complaint: line 2, column 1: missing label: expected a label `le` with the bucket's bound, found `h_bucket 1`\n\
         complaint: line 6, column 1: not a sample of its family: expected `_bucket`, `_sum` or `_count` after the histogram's name, found `h 3`\n\
         histogram h\n\
         unknown h_bucket | {} 1\n\
         unknown h | {} 3\n\
         gauge h_bucket | {} 2",
    );
}

/// When collected, a family that comes back continues, and its TYPE line is too late; a streamed one begins
/// anew.
#[test]
fn collecting_can_make_more_families_where_a_type_comes_late() {
    let body = b"a 1\n# TYPE b gauge\n# TYPE a summary\na_count 1\na_sum 0\na{e=\"\"} 4\n";
    let streamed = Families::new(body, Dialect::Text);
    let (families, errors): (Vec<_>, Vec<_>) = streamed.partition(Result::is_ok);
    let names: Vec<String> = (families.iter().flatten())
        .map(|family| format!("{} {}", family.metric_type, family.name))
        .collect();
    assert_eq!(names, ["unknown a", "gauge b", "summary a", "unknown a"]);
    let kinds: Vec<ErrorKind> = (errors.iter().filter_map(|item| item.as_ref().err()))
        .map(Error::kind)
        .collect();
    assert_eq!(kinds, [ErrorKind::MissingLabel]);

    let collected = Families::new(body, Dialect::Text).read_all();
    let names: Vec<&str> = (collected.families.iter())
        .map(|family| &*family.name)
        .collect();
    assert_eq!(names, ["a", "b", "a_count", "a_sum"]);
    let kinds: Vec<ErrorKind> = collected.errors.iter().map(Error::kind).collect();
    assert_eq!(kinds, [ErrorKind::LateType]);
}

#[test]
fn metadata_without_a_name() {
    text(
        "# HELP \"\" x\n",
        "complaint: line 1, column 9: empty name: expected a metric name of at least one character, found `\" x`",
    );
}

#[test]
fn names_that_are_not_utf8() {
    // Prometheus refuses the body if such a name reaches storage.
    for (body, at, refused, samples) in [
        (&b"a 1\n{\"b\xff\"} 2\na 3\n# EOF\n"[..], 6, true, 2),
        (b"a 1\na{\"b\xff\"=\"c\"} 2\na 3\n# EOF\n", 7, true, 2),
        (b"a 1\na{\"b\xff\"=\"\"} 2\na 3\n# EOF\n", 7, false, 3),
        (
            b"a 1\na 2 # {\"b\xff\"=\"c\"} 5\na 3\n# EOF\n",
            12,
            false,
            3,
        ),
        (b"a 1\n# TYPE \"b\xff\" gauge\na 3\n# EOF\n", 12, false, 2),
    ] {
        check_doors(body, Dialect::OpenMetrics).unwrap();
        let collected = Families::new(body, Dialect::OpenMetrics).read_all();
        assert_eq!(collected.errors.len(), 1, "{body:?}");
        let error = &collected.errors[0];
        assert!(
            error
                .to_string()
                .contains("invalid UTF-8: expected names in UTF-8")
        );
        assert_eq!(error.position().byte, at);
        assert_eq!(error.fails_scrape(), refused, "{body:?}");
        assert_eq!(collected.families.len(), 1);
        assert_eq!(collected.families[0].metrics.len(), samples);
    }
}

#[test]
fn a_line_in_error_costs_no_other() {
    text(
        "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=2} 1\n\nh_sum x\nh_count 1",
        "error: line 3, column 13: expected a label value in double quotes, found `2} 1`\n\
         error: line 5, column 7: expected a number as the sample's value, found `x`\n\
         histogram h | {} 1:1 count=1",
    );
    // The position of a fault that only the family shows, after a line feed in quotes.
    text(
        "a{x=\"\n\n\",x=\"y\"} 1",
        "error: line 3, column 3: duplicate label: expected each label name once, found `x=\"y\"} 1`",
    );
}

#[test]
fn the_place_of_an_error_in_the_last_line() {
    for end in ["", "\n", "\n\n"] {
        let body = format!("a 1\n\n \na{{x=\"1\",x=\"2\"}} 3{end}");
        let error = exposition::families(body.as_bytes()).find_map(Result::err);
        let place = error.unwrap().position();
        assert_eq!((place.line, place.column, place.byte), (4, 9, 15));
    }
}

#[test]
fn lenient_bodies() {
    let body =
        "#TYPE g Gauge_Histogram\r\ng_bucket{le=\"1\"} 1 -5.5\r\ng_gcount 1 -5\r\ng_sum 2 -5\r\n";
    assert_eq!(
        outcome(body, Dialect::Lenient, true).as_deref(),
        Ok("gaugehistogram g | {} 1:1 count=1 suffixed @-5 | {} sum=2 @-5")
    );
}

/// By the family's name and by that of its samples, in every format.
#[test]
fn collected_families_are_found_by_name() {
    let text = "\
# TYPE requests_total counter
requests_total 1
# TYPE build_info gauge
build_info 1
# TYPE rpc histogram
rpc_bucket{le=\"+Inf\"} 1
# TYPE idle summary
# TYPE both gauge
both 1
# TYPE both_sum counter
both_sum 1
lone_total 1
# TYPE plain counter
plain 1
";
    let openmetrics = "\
# TYPE requests counter
requests_total 1
# TYPE build info
build_info 1
# TYPE rpc histogram
rpc_bucket{le=\"+Inf\"} 1
# TYPE idle summary
# TYPE both gauge
both 1
# TYPE both_sum unknown
both_sum 1
lone_total 1
# TYPE plain counter
plain 1
# EOF
";
    for (body, dialect, finds) in [
        (
            text,
            Dialect::Text,
            [
                ("requests", Some("requests_total")),
                ("requests_total", Some("requests_total")),
                ("build", Some("build_info")),
                ("build_info", Some("build_info")),
                ("plain_total", None),
            ],
        ),
        (
            openmetrics,
            Dialect::OpenMetrics,
            [
                ("requests", Some("requests")),
                ("requests_total", Some("requests")),
                ("build", Some("build")),
                ("build_info", Some("build")),
                ("plain_total", Some("plain")),
            ],
        ),
    ] {
        let collected = exposition::Families::new(body.as_bytes(), dialect).read_all();
        let alike = [
            ("rpc", Some("rpc")),
            ("rpc_bucket", Some("rpc")),
            ("rpc_sum", Some("rpc")),
            ("rpc_total", None),
            ("idle", Some("idle")),
            ("idle_count", Some("idle")),
            ("idle_bucket", None),
            ("both", Some("both")),
            ("both_sum", Some("both_sum")),
            ("both_count", None),
            ("lone", Some("lone_total")),
            ("plain", Some("plain")),
            ("", None),
            ("_total", None),
            ("requests_total_total", None),
        ];
        for (name, found) in finds.into_iter().chain(alike) {
            let family = collected.get(name).map(|family| family.name.as_ref());
            assert_eq!(family, found, "{name} in {dialect:?}");
        }
        let owned = collected.into_owned();
        assert!(owned.get("requests_total").is_some());
        assert!(owned.get("requests").is_some());
    }
}

/// The lines of a metric's buckets differ in one number, in any place of its label.
#[test]
fn buckets_that_are_written_alike() {
    for (before, after) in [
        ("", ""),
        ("", ","),
        ("", ",p=\"/\""),
        ("a=\"\\\"\",", ",z=\"\\\\\""),
        (
            "a=\"1\",b=\"2\",c=\"3\",d=\"4\",",
            ",q=\"5\",r=\"6\",s=\"7\",t=\"8\",u=\"9\"",
        ),
    ] {
        let bucket = |bound: &str| format!("h_bucket{{{before}le=\"{bound}\"{after}}} 1\n");
        let body = ["1", "2.5", "1e3", "12345678", "+Inf"].map(bucket).concat();
        let body = format!("# TYPE h histogram\n{body}");
        let families: Vec<_> = exposition::families(body.as_bytes()).flatten().collect();
        let [family] = &families[..] else {
            panic!("{body}")
        };
        let [metric] = &family.metrics[..] else {
            panic!("{body}")
        };
        let MetricValue::Histogram(histogram) = &metric.value else {
            panic!("{body}")
        };
        let bounds = histogram.buckets.iter().map(|bucket| bucket.upper_bound);
        assert!(
            bounds.eq([1.0, 2.5, 1000.0, 12_345_678.0, f64::INFINITY]),
            "{body}"
        );
    }
    // Another bucket of the previous metric, of another metric, of another family of that name.
    text(
        "# TYPE h histogram\nh_bucket{a=\"1\",le=\"1\"} 1\nh_bucket{a=\"1\",le=\"2\"} 2\n\
         h_bucket{le=\"2\",a=\"2\"} 3\nh_bucket{a=\"1\",le=\"3\"} 4\nh_bucket{a=\"2\",le=\"1\"} 5\n",
        r#"histogram h | {a="1"} 1:1 2:2 3:4 | {a="2"} 1:5 2:3"#,
    );
    text(
        "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"2\"} 2 5\nh_bucket{le=\"3\"} 3\n",
        "histogram h | {} 1:1 3:3 | {} 2:2 @5",
    );
}

#[test]
fn a_bucket_with_two_bounds_is_in_error() {
    text(
        "# TYPE h histogram\nh_sum{le=\"1\"} 1\nh_bucket{le=\"1\",le=\"2\"} 2\n",
        "error: line 3, column 17: duplicate label: expected each label name once, found `le=\"2\"} 2`\n\
         histogram h | {le=\"1\"} sum=1",
    );
}

#[test]
fn long_families() {
    // Falling bounds, many states, one series with many points: linear, or this takes minutes.
    let mut body = String::from("# TYPE h histogram\n");
    for bound in (0..100_000).rev() {
        let _ = writeln!(body, "h_bucket{{le=\"{bound}\"}} 1");
    }
    for point in 0..100_000 {
        let _ = writeln!(body, "h_sum{{a=\"b\"}} 1 {point}");
    }
    for point in 0..100_000 {
        let _ = writeln!(body, "h_count{{a=\"b\"}} 1 {point}");
    }
    for turn in 0..100_000 {
        let _ = writeln!(body, "h_sum{{a=\"{}\"}} 1", turn % 2);
    }
    let collected = exposition::families(body.as_bytes()).read_all();
    assert_eq!(collected.errors, []);
    let metrics = &collected.families[0].metrics;
    assert_eq!(metrics.len(), 1 + 100_000 + 100_000);
    let MetricValue::Histogram(histogram) = &metrics[0].value else {
        panic!("no histogram");
    };
    assert!(
        histogram
            .buckets
            .is_sorted_by_key(|bucket| bucket.upper_bound as u32)
    );

    let mut body = String::from("# TYPE s stateset\n");
    for state in 0..100_000 {
        let _ = writeln!(body, "s{{s=\"{state}\"}} 0");
    }
    body.push_str("# TYPE c counter\n");
    for _ in 0..100_000 {
        body.push_str("c_created 1\n");
    }
    for _ in 0..100_000 {
        body.push_str("c_total 1\n");
    }
    let labels: Vec<String> = (0..4000).map(|label| format!("l{label}=\"\"")).collect();
    for _ in 0..20 {
        let _ = writeln!(body, "many{{{}}} 1", labels.join(","));
    }
    body.push_str("# EOF\n");
    let collected = exposition::Families::new(body.as_bytes(), Dialect::OpenMetrics).read_all();
    assert_eq!(collected.errors, []);
    assert_eq!(collected.families[0].metrics.len(), 1);
    assert_eq!(collected.families[1].metrics.len(), 100_000);
    assert!(
        collected.families[1]
            .metrics
            .iter()
            .all(|metric| metric.start_timestamp.is_some())
    );
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_sample_is_lost(lines in prop::collection::vec(bodies::line(), 0..24), ends in any::<bool>()) {
        let mut body = lines.join("\n");
        if ends {
            body.push_str("\n# EOF\n");
        }
        for dialect in [Dialect::Text, Dialect::OpenMetrics, Dialect::Lenient] {
            check_doors(body.as_bytes(), dialect).map_err(TestCaseError::fail)?;
        }
    }

    #[test]
    fn families_without_a_borrow_are_equal(lines in prop::collection::vec(bodies::line(), 0..24)) {
        let body = lines.join("\n");
        for family in exposition::families(body.as_bytes()).read_all().families {
            prop_assert_eq!(family.clone().into_owned(), family);
        }
    }

    /// A sample with quoted names is parsed fully, others mostly are not.
    #[test]
    fn the_short_way_is_the_long_way(
        kind in prop::sample::select(vec![
            "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "unknown",
        ]),
        lines in prop::collection::vec(line_of_h(), 0..16),
    ) {
        let body = |lines: &str| format!("# TYPE h {kind}\n{lines}# EOF\n");
        // Unlike the previous line, or they would be recognized as written alike.
        let quoted = lines.iter().enumerate().map(|(number, line)| quoted(line, number));
        let (quoted, plain) = (body(&quoted.collect::<String>()), body(&lines.concat()));
        for dialect in [Dialect::Text, Dialect::OpenMetrics, Dialect::Lenient] {
            let read = |body| {
                let items = Families::new(body, dialect).map(|item| match item {
                    Ok(family) => Ok(family.into_owned()),
                    Err(error) => Err((error.kind(), error.position().line)),
                });
                let collected = Families::new(body, dialect).read_all().into_owned();
                (items.collect::<Vec<_>>(), collected.families)
            };
            prop_assert_eq!(read(plain.as_bytes()), read(quoted.as_bytes()), "{}", plain);
        }
    }
}

/// Returns the sample with its name, its label names, or both in quotes.
fn quoted(line: &str, number: usize) -> String {
    let (name, rest) = line.split_once('{').unwrap();
    let (labels, rest) = rest.split_once("} ").unwrap();
    let label = |label: &str| match label.split_once('=') {
        Some((name, value)) if !number.is_multiple_of(3) => format!("\"{name}\"={value}"),
        _ => label.to_owned(),
    };
    let labels: Vec<_> = labels.split(',').map(label).collect();
    let labels = labels.join(",");
    match (number % 3, labels.is_empty()) {
        (2, _) => format!("{name}{{{labels}}} {rest}"),
        (_, true) => format!("{{\"{name}\"}} {rest}"),
        (_, false) => format!("{{\"{name}\",{labels}}} {rest}"),
    }
}

/// Returns a sample that may be of the family `h`, often similar to others.
fn line_of_h() -> impl Strategy<Value = String> {
    const NAMES: &[&str] = &[
        "h_bucket",
        "h_bucket",
        "h_bucket",
        "h",
        "h_sum",
        "h_count",
        "h_created",
        "h_total",
    ];
    const LABELS: &[&str] = &[
        r#"le="1""#,
        r#"le="2""#,
        r#"le="+Inf""#,
        r#"le="1e3""#,
        r#"le="x""#,
        r#"quantile="0.5""#,
        r#"quantile="1""#,
        r#"a="1""#,
        r#"a="1""#,
        r#"b="\"""#,
        r#"b="\\""#,
        r#"__name__="""#,
    ];
    const TAILS: &[&str] = &[
        "",
        "",
        "",
        " 5",
        r#" # {t="1"} 2"#,
        r#" # {t="1",u="\\",} 2.5 7"#,
        " # {} 1",
    ];
    (
        prop::sample::select(NAMES),
        prop::collection::vec(prop::sample::select(LABELS), 0..4),
        prop::sample::select(vec!["", "", ","]),
        0..3_u8,
        prop::sample::select(TAILS),
    )
        .prop_map(|(name, labels, end, value, tail)| {
            let end = if labels.is_empty() { "" } else { end };
            format!("{name}{{{}{end}}} {value}{tail}\n", labels.join(","))
        })
}

/// Settings made before reading apply through every door of families.
#[test]
fn settings_of_families() {
    let body = "# HELP lonely Nothing follows.\n# TYPE up gauge\nup{a=\"1\",b=\"2\"} 1\nup{a=\"1\"} 2\ndown 0\n";
    let limits = Limits::new().max_labels(1);
    let slice = || Families::new(body, Dialect::Text).limits(limits);
    let reader = || {
        let reader = FamilyReader::new(body.as_bytes(), Dialect::Text);
        reader.limits(limits).buffer_capacity(3)
    };
    let chunks = |chunks: FamilyChunks| {
        let mut chunks = chunks.limits(limits);
        chunks.feed(body.as_bytes());
        chunks.finish();
        std::iter::from_fn(move || chunks.next_family().transpose())
    };
    fn names<'a>(read: impl Iterator<Item = exposition::Result<MetricFamily<'a>>>) -> Vec<String> {
        let name = |item: exposition::Result<MetricFamily<'_>>| match item {
            Ok(family) => format!("{} {}", family.name, family.metrics.len()),
            Err(error) => format!("{:?}", error.kind()),
        };
        read.map(name).collect()
    }
    let all = ["lonely 0", "TooManyLabels", "up 1", "down 1"];
    assert_eq!(names(slice()), all);
    assert_eq!(names(reader()), all);
    assert_eq!(names(chunks(FamilyChunks::new(Dialect::Text))), all);
    assert_eq!(names(slice().keep_empty(false)), all[1..]);
    assert_eq!(names(reader().keep_empty(false)), all[1..]);
    assert_eq!(
        names(chunks(FamilyChunks::new(Dialect::Text).keep_empty(false))),
        all[1..]
    );
    assert_eq!(slice().keep_empty(false).read_all().families.len(), 2);
    assert_eq!(reader().keep_empty(false).read_all().families.len(), 2);

    let wanted = || Filter::names(["down"]);
    assert_eq!(names(slice().filter_by(wanted())), ["down 1"]);
    assert_eq!(names(reader().filter_by(wanted())), ["down 1"]);
    assert_eq!(
        names(chunks(FamilyChunks::new(Dialect::Text).filter_by(wanted()))),
        ["down 1"]
    );

    let mut reader = reader();
    assert!(reader.next().unwrap().is_ok());
    assert!(reader.get_ref().len() < body.len());
    assert!(reader.into_inner().len() < body.len());

    let lenient = "up{code=200} 1\n";
    let mut noting = Families::new(lenient, Dialect::Lenient).note_leniencies();
    assert!(noting.by_ref().all(|family| family.is_ok()));
    assert_eq!(noting.take_leniencies().len(), 1);
}

/// A sample is found by its name and labels, regardless of its family's name in the format.
#[test]
fn values_by_name_and_labels() {
    let text = "# TYPE rpc_seconds histogram\nrpc_seconds_bucket{le=\"1\"} 3\nrpc_seconds_bucket{le=\"+Inf\"} 4\nrpc_seconds_sum 2.5\nrpc_seconds_count 4\n# TYPE q summary\nq{quantile=\"0.50\",x=\"y\"} 7\n# TYPE c_total counter\nc_total{a=\"1\",b=\"2\"} 5\nup 1\nup{job=\"a\"} 0\n";
    let openmetrics = format!(
        "{}# EOF\n",
        text.replace("TYPE c_total", "TYPE c")
            .replace("\"1\"} 3", "\"1.0\"} 3")
    );
    for (body, dialect) in [(text, Dialect::Text), (&*openmetrics, Dialect::OpenMetrics)] {
        let all = Families::new(body, dialect).read_all();
        assert_eq!(all.errors, []);
        for (name, labels, value) in [
            ("rpc_seconds_bucket", &[("le", "1")][..], Some(3.0)),
            ("rpc_seconds_bucket", &[("le", "1.0")], Some(3.0)),
            ("rpc_seconds_bucket", &[("le", "+Inf")], Some(4.0)),
            ("rpc_seconds_bucket", &[("le", "x")], None),
            ("rpc_seconds_bucket", &[], None),
            ("rpc_seconds_count", &[], Some(4.0)),
            ("rpc_seconds_sum", &[], Some(2.5)),
            ("rpc_seconds", &[], None),
            ("q", &[("x", "y"), ("quantile", "0.5")], Some(7.0)),
            ("c_total", &[("b", "2"), ("a", "1")], Some(5.0)),
            ("c", &[("a", "1"), ("b", "2")], Some(5.0)),
            ("c", &[("a", "1")], None),
            ("up", &[], Some(1.0)),
            ("up", &[("job", "a")], Some(0.0)),
            ("down", &[], None),
        ] {
            assert_eq!(
                all.value(name, labels.iter().copied()),
                value,
                "{name} {labels:?} {dialect:?}"
            );
        }
        assert_eq!((&all).into_iter().count(), 4);
        assert_eq!(
            all.into_iter()
                .map(|family| family.metrics.len())
                .sum::<usize>(),
            5
        );
    }
}

/// A gauge and a counter may share their family's name in OpenMetrics: each sample is found by its own.
#[test]
fn values_of_families_with_one_name() {
    let body = "# TYPE x counter\nx_total{a=\"1\"} 5\n# TYPE x gauge\nx 7\n# EOF\n";
    let all = Families::new(body, Dialect::OpenMetrics).read_all();
    assert_eq!((all.errors.len(), all.families.len()), (0, 2));
    assert_eq!(all.value("x", []), Some(7.0));
    assert_eq!(all.value("x_total", [("a", "1")]), Some(5.0));
    assert_eq!(all.value("x", [("a", "1")]), None);
}
