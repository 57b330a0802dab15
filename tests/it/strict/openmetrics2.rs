//! The rules of OpenMetrics 2.0, each broken alone and kept.

use exposition::strict::{Severity, SpecificationRule, Violation, check_openmetrics2};
use exposition::{Dialect, Limits, Parser};

fn found(body: &[u8]) -> Vec<Violation> {
    check_openmetrics2(body).collect()
}

/// Checks what is found in a body.
#[track_caller]
fn exactly(body: &str, expected: &[&str]) {
    let found = found(body.as_bytes());
    let shown: Vec<String> = found
        .iter()
        .map(|violation| violation.to_string())
        .collect();
    assert_eq!(shown, *expected, "{body}");
    let warnings = shown.iter().filter(|shown| shown.contains(": warning: "));
    let is_warning = |violation: &&Violation| violation.severity() == Severity::Warning;
    assert_eq!(
        found.iter().filter(is_warning).count(),
        warnings.count(),
        "{body}"
    );
}

/// Checks what is found in a body that is given without its `# EOF`.
#[track_caller]
fn broken(body: &str, expected: &[&str]) {
    exactly(&format!("{body}# EOF\n"), expected);
}

/// Checks that a body breaks no rule and follows all advice.
#[track_caller]
fn kept(body: &str) {
    broken(body, &[]);
}

/// Checks that a body is valid.
#[track_caller]
fn valid(body: &str) {
    let body = format!("{body}# EOF\n");
    let found = found(body.as_bytes());
    let mut errors = found
        .iter()
        .filter(|violation| violation.severity() == Severity::Error);
    assert_eq!(errors.next(), None, "{body}");
}

/// Returns a family with its metadata and those samples.
fn family(name: &str, metric_type: &str, samples: &str) -> String {
    let samples = match samples {
        "" => String::new(),
        samples => format!("{samples}\n"),
    };
    format!("# TYPE {name} {metric_type}\n# HELP {name} H.\n{samples}")
}

fn gauge(samples: &str) -> String {
    family("m", "gauge", samples)
}

fn counter(samples: &str) -> String {
    family("c_total", "counter", samples)
}

fn histogram(samples: &str) -> String {
    family("m", "histogram", samples)
}

fn gauge_histogram(samples: &str) -> String {
    family("m", "gaugehistogram", samples)
}

fn summary(samples: &str) -> String {
    family("m", "summary", samples)
}

fn state_set(samples: &str) -> String {
    family("m", "stateset", samples)
}

fn info(samples: &str) -> String {
    family("i_info", "info", samples)
}

fn unknown(samples: &str) -> String {
    family("m", "unknown", samples)
}

#[test]
fn grammar() {
    broken(
        &gauge("m 1 x"),
        &[
            "line 3, column 5: syntax: expected a timestamp, `st@`, an exemplar or the end of the line, found `x`",
        ],
    );
    broken(
        &gauge("m 0x1"),
        &["line 3, column 3: syntax: expected a number as the sample's value, found `0x1`"],
    );
    broken(
        &gauge("m 1_0"),
        &["line 3, column 3: syntax: expected a number as the sample's value, found `1_0`"],
    );
    broken(
        &gauge("m +NaN"),
        &["line 3, column 3: syntax: expected a number as the sample's value, found `+NaN`"],
    );
    broken(
        &gauge("m  1"),
        &["line 3, column 3: syntax: expected a number as the sample's value, found ` 1`"],
    );
    broken(
        &gauge("m\t1"),
        &["line 3, column 2: syntax: expected a space and the sample's value, found ` 1`"],
    );
    broken(
        &gauge("m 1 "),
        &[
            "line 3, column 5: syntax: expected a timestamp, `st@`, an exemplar or the end of the line, found the end of the line",
        ],
    );
    broken(
        &gauge("m"),
        &[
            "line 3, column 2: syntax: expected a space and the sample's value, found the end of the line",
        ],
    );
    broken(
        &gauge(r#"m{a="b""#),
        &[
            "line 3, column 8: syntax: expected a comma or the closing brace, found the end of the line",
        ],
    );
    broken(
        &gauge(r#"m{a="b}"#),
        &["line 3, column 8: syntax: expected the closing quote, found the end of the line"],
    );
    broken(
        &gauge("m{a=b} 1"),
        &["line 3, column 5: syntax: expected a label value in double quotes, found `b} 1`"],
    );
    broken(
        &gauge(r#"m{a="b" ,c="d"} 1"#),
        &[r#"line 3, column 8: syntax: expected a comma or the closing brace, found ` ,c="d"} 1`"#],
    );
    broken(
        &gauge("m 1 #"),
        &[
            "line 3, column 5: syntax: expected a timestamp, `st@`, an exemplar or the end of the line, found `#`",
        ],
    );
    broken(
        &gauge("m 1 6 7"),
        &[
            "line 3, column 7: syntax: expected `st@`, an exemplar or the end of the line, found `7`",
        ],
    );
    broken(
        &gauge("m 1 NaN"),
        &[
            "line 3, column 5: syntax: expected a timestamp, `st@`, an exemplar or the end of the line, found `NaN`",
        ],
    );
    broken(
        "# TYPE m Gauge\n",
        &[
            "line 1, column 10: syntax: expected counter, gauge, histogram, gaugehistogram, stateset, info, summary or unknown, found `Gauge`",
        ],
    );
    broken(
        "# TYPE m untyped\n",
        &[
            "line 1, column 10: syntax: expected counter, gauge, histogram, gaugehistogram, stateset, info, summary or unknown, found `untyped`",
        ],
    );
    broken(
        "# TYPE m gauge \n",
        &[
            "line 1, column 10: syntax: expected counter, gauge, histogram, gaugehistogram, stateset, info, summary or unknown, found `gauge `",
        ],
    );
    broken(
        "# TYPE m\n",
        &[
            "line 1, column 9: syntax: expected a space after the name, even if nothing follows, found the end of the line",
        ],
    );
    broken(
        "# HELP m\n",
        &[
            "line 1, column 9: syntax: expected a space after the name, even if nothing follows, found the end of the line",
        ],
    );
    broken(
        "# TYPE m gauge\n# UNIT m s/m\n# HELP m H.\n",
        &[
            "line 2, column 11: syntax: expected a letter, a digit, `_` or `:`, in the unit, found `/m`",
            "line 2, column 10: warning: unit-suffix (G26): expected a unit that the name ends in, after an underscore, or has before `_total`, found `s/m`",
        ],
    );
}

#[test]
fn names() {
    broken(
        &gauge(r#""m" 1"#),
        &[r#"line 3, column 1: written-name (G10): expected a name, found `"m" 1`"#],
    );
    broken(
        &gauge(r#"m{"m"} 1"#),
        &[
            "line 3, column 6: written-name (G10): expected `=` after the label name; the metric's name comes first, and once, found `} 1`",
        ],
    );
    broken(
        &gauge(r#"{a="b","m"} 1"#),
        &[
            r#"line 3, column 2: written-name (G10): expected the metric's name in quotes, or before the brace, found `a="b","m"} 1`"#,
        ],
    );
    broken(
        &gauge("{} 1"),
        &[
            "line 3, column 2: written-name (G10): expected the metric's name in quotes, or before the brace, found `} 1`",
        ],
    );
    broken(
        &gauge(r#"{"m",} 1"#),
        &[
            "line 3, column 6: trailing-comma (G1): expected a label, or no comma before the brace, found `} 1`",
            r#"line 3, column 3: warning: mixed-quotes (G11): expected the name as in the family's other lines, in quotes or without, found `m",} 1`"#,
        ],
    );
    broken(
        &gauge(r#"{""} 1"#),
        &[
            r#"line 3, column 3: written-name (G10): expected a name that is not empty, found `"} 1`"#,
        ],
    );
    broken(
        &gauge(r#"m{""="v"} 1"#),
        &[
            r#"line 3, column 4: written-name (G10): expected a name that is not empty, found `"="v"} 1`"#,
        ],
    );
    broken(
        &gauge(r#"m{1="v"} 1"#),
        &[r#"line 3, column 3: written-name (G10): expected a label name, found `1="v"} 1`"#],
    );
    broken(
        &gauge(r#"{"m" ,a="b"} 1"#),
        &[r#"line 3, column 5: syntax: expected a comma or the closing brace, found ` ,a="b"} 1`"#],
    );
    broken(
        "# TYPE m.x gauge\n",
        &[
            "line 1, column 9: written-name (G10): expected a space after the name, or the name in quotes, found `.x gauge`",
        ],
    );
    broken(
        "# TYPE \"\" gauge\n",
        &[
            r#"line 1, column 9: written-name (G10): expected a name that is not empty, found `" gauge`"#,
        ],
    );
    broken(
        "é 1\n",
        &["line 1, column 1: written-name (G10): expected a name, found `é 1`"],
    );
    broken(
        "1 1\n",
        &["line 1, column 1: written-name (G10): expected a name, found `1 1`"],
    );
}

#[test]
fn lines() {
    broken(
        "\n",
        &[
            "line 1, column 1: line-kind (G8): expected a sample, or a line that begins with `#`, found the end of the line",
        ],
    );
    broken(
        "# comment\n",
        &[
            "line 1, column 1: line-kind (G8): expected `# TYPE `, `# HELP `, `# UNIT ` or `# EOF`, found `# comment`",
        ],
    );
    broken(
        "#TYPE m gauge\n",
        &[
            "line 1, column 1: line-kind (G8): expected `# TYPE `, `# HELP `, `# UNIT ` or `# EOF`, found `#TYPE m gauge`",
        ],
    );
    broken(
        "# TYPE\n",
        &[
            "line 1, column 1: line-kind (G8): expected `# TYPE `, `# HELP `, `# UNIT ` or `# EOF`, found `# TYPE`",
        ],
    );
    broken(
        "#EOF\n",
        &[
            "line 1, column 1: line-kind (G8): expected `# TYPE `, `# HELP `, `# UNIT ` or `# EOF`, found `#EOF`",
        ],
    );
}

#[test]
fn composite_form() {
    broken(
        &summary("m {count:17, sum:1,quantile:[]} st@1"),
        &[
            "line 3, column 12: composite-form (G1): expected the field `sum` after the count, found `, sum:1,quantile:[]} st@…`",
        ],
    );
    broken(
        &summary("m {sum:1,count:17,quantile:[]} st@1"),
        &[
            "line 3, column 4: composite-form (G1): expected the field `count`, first, found `sum:1,count:17,quantile:…`",
        ],
    );
    broken(
        &histogram("m {count:17,sum:1} st@1"),
        &[
            "line 3, column 18: composite-form (G1): expected `schema`, `bucket` or `quantile` after the sum, found `} st@1`",
        ],
    );
    broken(
        &histogram("m {} st@1"),
        &[
            "line 3, column 4: composite-form (G1): expected the field `count`, first, found `} st@1`",
        ],
    );
    broken(
        &histogram("m {count:1,sum:1,bucket:[+Inf:1],} st@1"),
        &["line 3, column 33: composite-form (G1): expected the closing brace, found `,} st@1`"],
    );
    broken(
        &histogram("m {count:1,sum:1,bucket:[1:0,,+Inf:1]} st@1"),
        &[
            "line 3, column 30: composite-form (G1): expected a bound, `:` and its count, found `,+Inf:1]} st@1`",
        ],
    );
    broken(
        &histogram("m {count:1,sum:1,bucket:[1:0,+Inf:1,]} st@1"),
        &[
            "line 3, column 37: composite-form (G1): expected a bound, `:` and its count, found `]} st@1`",
        ],
    );
    broken(
        &histogram("m {count:1,sum:1,bucket:[1,+Inf:1]} st@1"),
        &[
            "line 3, column 26: composite-form (G1): expected a bound, `:` and its count, found `1,+Inf:1]} st@1`",
        ],
    );
    broken(
        &histogram("m {count:1,sum:1,bucket:[+Inf:1} st@1"),
        &[
            "line 3, column 32: composite-form (G1): expected a comma or the closing bracket, found `} st@1`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,bucket:[+Inf:3],schema:0,zero_threshold:0,zero_count:3} st@1"),
        &[
            "line 3, column 33: composite-form (G1): expected the closing brace, found `,schema:0,zero_threshold…`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,schema:0,zero_count:3,zero_threshold:0} st@1"),
        &[
            "line 3, column 26: composite-form (G1): expected the field `zero_threshold` after the schema, found `,zero_count:3,zero_thres…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:1],positive_buckets:[1],negative_spans:[0:1],negative_buckets:[1]} st@1",
        ),
        &[
            "line 3, column 98: composite-form (G1): expected the next field in its order, or the closing brace, found `,negative_spans:[0:1],ne…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_buckets:[2]} st@1",
        ),
        &[
            "line 3, column 56: composite-form (G1): expected the next field in its order, or the closing brace, found `,positive_buckets:[2]} s…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:1]} st@1",
        ),
        &[
            "line 3, column 77: composite-form (G1): expected the field `positive_buckets` after the spans, found `} st@1`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:2],positive_buckets:[1,,1]} st@1",
        ),
        &["line 3, column 98: syntax: expected a number, found `,1]} st@1`"],
    );
    broken(
        &histogram("m {count:x,sum:1,bucket:[+Inf:1]} st@1"),
        &["line 3, column 10: syntax: expected a number, found `x,sum:1,bucket:[+Inf:1]}…`"],
    );
    broken(
        &histogram("m {count:1,sum:1,bucket:[1:x,+Inf:1]} st@1"),
        &["line 3, column 28: syntax: expected a number, found `x,+Inf:1]} st@1`"],
    );
    broken(
        &summary("m {count:1,sum:1,quantile:[0.5]} st@1"),
        &[
            "line 3, column 28: composite-form (G1): expected a quantile, `:` and its value, found `0.5]} st@1`",
        ],
    );
}

#[test]
fn bounds_of_classic_buckets() {
    broken(
        &histogram("m {count:3,sum:1,bucket:[0.1:3]} st@1"),
        &[
            "line 3, column 31: missing-inf-bucket (G2): expected a bucket for `+Inf`, which is the last, found `]} st@1`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,bucket:[]} st@1"),
        &[
            "line 3, column 26: missing-inf-bucket (G2): expected a bucket for `+Inf`, which is the last, found `]} st@1`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,bucket:[+Inf:3,1:3]} st@1"),
        &[
            "line 3, column 26: missing-inf-bucket (G2): expected a bucket for `+Inf`, which is the last, found `+Inf:3,1:3]} st@1`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,bucket:[+Inf:3,+Inf:3]} st@1"),
        &[
            "line 3, column 26: missing-inf-bucket (G2): expected a bucket for `+Inf`, which is the last, found `+Inf:3,+Inf:3]} st@1`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,bucket:[0.1:1,+INF:3]} st@1"),
        &[
            "line 3, column 32: bucket-bound (G2): expected a number, or infinity as `+Inf` or in the first bucket `-Inf`, found `+INF:3]} st@1`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,bucket:[NaN:1,+Inf:3]} st@1"),
        &[
            "line 3, column 26: bucket-bound (G2): expected a number, or infinity as `+Inf` or in the first bucket `-Inf`, found `NaN:1,+Inf:3]} st@1`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,bucket:[1:1,-Inf:1,+Inf:3]} st@1"),
        &[
            "line 3, column 30: bucket-bound (G2): expected a number, or infinity as `+Inf` or in the first bucket `-Inf`, found `-Inf:1,+Inf:3]} st@1`",
        ],
    );
}

#[test]
fn fields_of_native_buckets() {
    broken(
        &histogram("m {count:3,sum:1,schema:1.0,zero_threshold:0,zero_count:3} st@1"),
        &[
            "line 3, column 25: native-field (G3): expected an integer, found `1.0,zero_threshold:0,zer…`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,schema:0,zero_threshold:+Inf,zero_count:3} st@1"),
        &[
            "line 3, column 42: native-field (G3): expected a finite number, found `+Inf,zero_count:3} st@1`",
        ],
    );
}

#[test]
fn start_timestamps_as_written() {
    broken(
        &counter("c_total 1 ST@5"),
        &[
            "line 3, column 11: start-timestamp (G4): expected `st@` in lower case, with a finite number of seconds right after it, found `ST@5`",
        ],
    );
    broken(
        &counter("c_total 1 st@ 5"),
        &[
            "line 3, column 11: start-timestamp (G4): expected `st@` in lower case, with a finite number of seconds right after it, found `st@ 5`",
        ],
    );
    broken(
        &counter("c_total 1 st@nan"),
        &[
            "line 3, column 11: start-timestamp (G4): expected `st@` in lower case, with a finite number of seconds right after it, found `st@nan`",
        ],
    );
    broken(
        &counter("c_total 1 st@"),
        &[
            "line 3, column 11: start-timestamp (G4): expected `st@` in lower case, with a finite number of seconds right after it, found `st@`",
        ],
    );
    broken(
        &counter("c_total 1 st@5 6"),
        &[
            "line 3, column 16: start-timestamp (G4): expected one start timestamp, after the timestamp, found `6`",
        ],
    );
    broken(
        &counter("c_total 1 st@5 st@6"),
        &[
            "line 3, column 16: start-timestamp (G4): expected one start timestamp, after the timestamp, found `st@6`",
        ],
    );
}

#[test]
fn carriage_returns() {
    broken(
        "# HELP m a\r\n# TYPE m gauge\n",
        &[
            r#"line 1, column 11: carriage-return (G6): expected a line feed without a carriage return, found `\r`"#,
            "line 2, column 8: warning: metadata-order (G22): expected TYPE first, then UNIT, then HELP, found `m gauge`",
        ],
    );
    broken(
        &gauge("m 1\r"),
        &[
            r#"line 3, column 4: carriage-return (G6): expected a line feed without a carriage return, found `\r`"#,
        ],
    );
    exactly(
        "# EOF\r",
        &[
            r#"line 1, column 6: carriage-return (G6): expected a line feed without a carriage return, found `\r`"#,
        ],
    );
}

#[test]
fn encoding() {
    broken(
        "\u{feff}# TYPE m gauge\n# HELP m H.\nm 1\n",
        &[
            r#"line 1, column 1: encoding (G6): expected no byte order mark, found `\u{feff}# TYPE m gauge`"#,
            "line 2, column 8: warning: missing-metadata (G26): expected a TYPE for the family, found `m H.`",
        ],
    );
}

#[test]
fn end_of_the_body() {
    exactly(
        "m 1",
        &["line 1, column 1: eof (G7): expected `# EOF` at the end, found the end of the body"],
    );
    exactly(
        "",
        &["line 1, column 1: eof (G7): expected `# EOF` at the end, found the end of the body"],
    );
    exactly(
        "# EOF\nx",
        &["line 2, column 1: eof (G7): expected the end of the body, found `x`"],
    );
    exactly(
        "# EOF\n\n",
        &["line 2, column 1: eof (G7): expected the end of the body, found the end of the line"],
    );
    exactly(
        "# EOF \n",
        &[
            "line 1, column 1: line-kind (G8): expected `# TYPE `, `# HELP `, `# UNIT ` or `# EOF`, found `# EOF `",
            "line 2, column 1: eof (G7): expected `# EOF` at the end, found the end of the body",
        ],
    );
}

#[test]
fn escapes() {
    broken(
        &gauge(r#"m{a="\q\q",b="\n\"\\"} 1"#),
        &[
            r#"line 3, column 6: warning: escape (G9): expected `n`, a double quote or a backslash after the backslash, found `\q\q",b="\n\"\\"} 1`"#,
        ],
    );
    broken(
        "# TYPE m gauge\n# HELP m \\q \\n \\\" \\\\\nm 1\n",
        &[
            r#"line 2, column 10: warning: escape (G9): expected `n`, a double quote or a backslash after the backslash, found `\q \n \" \\`"#,
        ],
    );
    broken(
        "# TYPE m gauge\n# HELP m a \"b\" c\nm 1\n",
        &[
            r#"line 2, column 12: warning: raw-quote (G9): expected a backslash before the double quote, found `"b" c`"#,
        ],
    );
    broken(
        "# TYPE m gauge\n# HELP m \\\nm 1\n",
        &[
            r#"line 2, column 10: lone-backslash (G9): expected a character after the backslash, found `\`"#,
        ],
    );
}

#[test]
fn families_are_together() {
    broken(
        "# TYPE m gauge\n# HELP m H.\nm{a=\"1\"} 1\n# TYPE n gauge\n# HELP n H.\nn 1\nm{a=\"2\"} 1\n",
        &[
            r#"line 7, column 1: interleaved-families (G21): expected the line among the others of its family, found `m{a="2"} 1`"#,
        ],
    );
    broken(
        "# TYPE m gauge\n# HELP m H.\nm 1\n# TYPE n gauge\n# HELP n H.\nn 1\n# HELP m H.\n",
        &[
            "line 7, column 8: interleaved-families (G21): expected the line among the others of its family, found `m H.`",
        ],
    );
}

#[test]
fn metadata_once_and_first() {
    broken(
        "# TYPE m gauge\n# TYPE m gauge\n# HELP m H.\n",
        &[
            "line 2, column 8: repeated-metadata (G22): expected TYPE, HELP and UNIT once each, found `m gauge`",
        ],
    );
    broken(
        "# TYPE m gauge\n# HELP m H.\n# HELP m \n",
        &[
            "line 3, column 8: repeated-metadata (G22): expected TYPE, HELP and UNIT once each, found `m `",
        ],
    );
    broken(
        "# TYPE m gauge\n# UNIT m \n# UNIT m \n# HELP m H.\n",
        &[
            "line 3, column 8: repeated-metadata (G22): expected TYPE, HELP and UNIT once each, found `m `",
        ],
    );
    broken(
        "# TYPE m unknown\nm 1\n# HELP m H.\n",
        &[
            "line 3, column 8: late-metadata (G21): expected TYPE, HELP and UNIT before the samples, found `m H.`",
            "line 1, column 8: warning: missing-metadata (G26): expected a HELP text for the family, found `m unknown`",
        ],
    );
}

#[test]
fn metadata_order() {
    broken(
        "# HELP m H.\n# UNIT m \n# TYPE m gauge\nm 1\n",
        &[
            "line 2, column 8: warning: metadata-order (G22): expected TYPE first, then UNIT, then HELP, found `m `",
        ],
    );
}

#[test]
fn missing_metadata() {
    broken(
        "m 1\n",
        &[
            "line 1, column 1: warning: missing-metadata (G26): expected a TYPE for the family, found `m 1`",
            "line 1, column 1: warning: missing-metadata (G26): expected a HELP text for the family, found `m 1`",
        ],
    );
    broken(
        "# TYPE m gauge\n# HELP m \nm 1\n",
        &[
            "line 1, column 8: warning: missing-metadata (G26): expected a HELP text for the family, found `m gauge`",
        ],
    );
}

#[test]
fn bodies_of_openmetrics_1() {
    broken(
        "# TYPE c counter\n# HELP c H.\nc_total 1\nc_created 1\n# TYPE h histogram\n# HELP h H.\nh_bucket{le=\"+Inf\"} 1\nh_count 1\nh_sum 1\n",
        &[
            "line 1, column 8: warning: name-suffix (G27): expected a counter's name with `_total`, found `c counter`",
            "line 3, column 1: warning: old-names (G23): expected the name of the family before, which has no samples, without the suffix of OpenMetrics 1.0, found `c_total 1`",
            r#"line 7, column 1: warning: old-names (G23): expected the name of the family before, which has no samples, without the suffix of OpenMetrics 1.0, found `h_bucket{le="+Inf"} 1`"#,
        ],
    );
}

#[test]
fn infos() {
    broken(
        &family("m", "info", ""),
        &[
            "line 1, column 8: info-name (G25): expected a name that ends in `_info`, found `m info`",
        ],
    );
    broken(
        &info("i_info 2"),
        &["line 3, column 8: info-value (G25): expected 1, found `2`"],
    );
    broken(
        "# TYPE i_info info\n# UNIT i_info s\n# HELP i_info H.\n",
        &["line 2, column 15: unit-not-allowed (G25): expected no unit for this type, found `s`"],
    );
    broken(
        "# UNIT i_info s\n# TYPE i_info info\n# HELP i_info H.\n",
        &[
            "line 2, column 8: warning: metadata-order (G22): expected TYPE first, then UNIT, then HELP, found `i_info info`",
            "line 1, column 15: unit-not-allowed (G25): expected no unit for this type, found `s`",
        ],
    );
}

#[test]
fn units() {
    broken(
        "# TYPE m gauge\n# UNIT m seconds\n# HELP m H.\n",
        &[
            "line 2, column 10: warning: unit-suffix (G26): expected a unit that the name ends in, after an underscore, or has before `_total`, found `seconds`",
        ],
    );
    broken(
        "# TYPE m stateset\n# UNIT m x\n# HELP m H.\n",
        &["line 2, column 10: unit-not-allowed (G25): expected no unit for this type, found `x`"],
    );
}

#[test]
fn name_style() {
    broken(
        &family("camelCase", "gauge", ""),
        &[
            "line 1, column 8: warning: name-style (G26): expected a name of small letters, digits and underscores, found `camelCase gauge`",
        ],
    );
    broken(
        &family(r#""a.b""#, "gauge", ""),
        &[
            r#"line 1, column 9: warning: name-style (G26): expected a name of small letters, digits and underscores, found `a.b" gauge`"#,
        ],
    );
    broken(
        &family("_a", "gauge", ""),
        &[
            "line 1, column 8: warning: reserved-name (G26): expected a name that does not start with an underscore, found `_a gauge`",
        ],
    );
    broken(
        &family("c", "counter", ""),
        &[
            "line 1, column 8: warning: name-suffix (G27): expected a counter's name with `_total`, found `c counter`",
        ],
    );
    broken(
        &family("g_total", "gauge", ""),
        &[
            "line 1, column 8: warning: name-suffix (G27): expected a name without `_total`, for it is not a counter, found `g_total gauge`",
        ],
    );
    broken(
        &family("g_count", "gauge", ""),
        &[
            "line 1, column 8: warning: name-suffix (G27): expected a name without a suffix of OpenMetrics 1.0, found `g_count gauge`",
        ],
    );
    broken(
        &family("h_bucket", "histogram", ""),
        &[
            "line 1, column 8: warning: name-suffix (G27): expected a name without a suffix of OpenMetrics 1.0, found `h_bucket histogram`",
        ],
    );
    broken(
        &family("c_info", "counter", ""),
        &[
            "line 1, column 8: warning: name-suffix (G27): expected a counter's name with `_total`, found `c_info counter`",
        ],
    );
    broken(
        &gauge("m{_a=\"1\"} 1\nm{_a=\"2\"} 1"),
        &[
            r#"line 3, column 3: warning: reserved-name (G26): expected a name that does not start with an underscore, found `_a="1"} 1`"#,
        ],
    );
}

#[test]
fn names_that_clash() {
    broken(
        "# TYPE a gauge\n# HELP a H.\n# TYPE a_total counter\n# HELP a_total H.\n",
        &[
            "line 3, column 8: warning: clashing-names (G27): expected a name that no other family has in OpenMetrics 1.0, found `a_total counter`",
        ],
    );
    broken(
        "# TYPE a_total counter\n# HELP a_total H.\n# TYPE a gauge\n# HELP a H.\n",
        &[
            "line 3, column 8: warning: clashing-names (G27): expected a name that no other family has in OpenMetrics 1.0, found `a gauge`",
        ],
    );
    broken(
        "# TYPE a_total counter\n# HELP a_total H.\n# TYPE a_info info\n# HELP a_info H.\n",
        &[
            "line 3, column 8: warning: clashing-names (G27): expected a name that no other family has in OpenMetrics 1.0, found `a_info info`",
        ],
    );
}

#[test]
fn quotes() {
    broken(
        "# TYPE \"m\" gauge\n# HELP m H.\nm 1\n",
        &[
            "line 2, column 8: warning: mixed-quotes (G11): expected the name as in the family's other lines, in quotes or without, found `m H.`",
        ],
    );
}

#[test]
fn labels_of_a_sample() {
    broken(
        &gauge(r#"m{a="1",a="2"} 1"#),
        &[
            r#"line 3, column 9: duplicate-label (G28): expected each label name once, found `a="2"} 1`"#,
        ],
    );
    broken(
        &gauge(r#"m{a="1",} 1"#),
        &[
            "line 3, column 9: trailing-comma (G1): expected a label, or no comma before the brace, found `} 1`",
        ],
    );
    broken(
        &gauge("m{a=\"\"} 1\nm 1"),
        &[
            "line 4, column 1: warning: empty-label (G28): expected labels that differ from those of another metric in more than empty values, found `m 1`",
        ],
    );
    broken(
        &gauge("m{a=\"1\"} 1\nm{b=\"1\"} 1"),
        &[
            r#"line 4, column 1: warning: label-names (G31): expected the label names of the family's other metrics, found `m{b="1"} 1`"#,
        ],
    );
    broken(
        &gauge("m{a=\"1\",b=\"\",c=\"2\"} 1\nm{c=\"2\",b=\"\",a=\"1\"} 1"),
        &[
            r#"line 4, column 1: duplicate-sample (G29): expected one sample of the metric, or a timestamp on each, found `m{c="2",b="",a="1"} 1`"#,
        ],
    );
}

#[test]
fn metrics() {
    broken(
        &gauge("m{a=\"1\"} 1\nm{a=\"2\"} 1\nm{a=\"1\"} 2"),
        &[
            r#"line 5, column 1: interleaved-metrics (G29): expected the sample among the others of its metric, found `m{a="1"} 2`"#,
        ],
    );
    broken(
        &gauge("m 1\nm 2"),
        &[
            "line 4, column 1: duplicate-sample (G29): expected one sample of the metric, or a timestamp on each, found `m 2`",
        ],
    );
    broken(
        &gauge("m 1 2\nm 2 1"),
        &[
            "line 3, column 5: warning: timestamp (G31): expected no timestamp, found `2`",
            "line 4, column 5: timestamp-order (G29): expected a timestamp after that of the metric's last sample, found `1`",
        ],
    );
    broken(
        &gauge("m 1 1520879607.789000002\nm 2 1520879607.789000001"),
        &[
            "line 3, column 5: warning: timestamp (G31): expected no timestamp, found `1520879607.789000002`",
            "line 4, column 5: timestamp-order (G29): expected a timestamp after that of the metric's last sample, found `1520879607.789000001`",
        ],
    );
    broken(
        &gauge("m 1 1\nm 2 1.0"),
        &[
            "line 3, column 5: warning: timestamp (G31): expected no timestamp, found `1`",
            "line 4, column 5: warning: repeated-timestamp (G76): expected a timestamp after that of the metric's last sample, found `1.0`",
        ],
    );
    broken(
        &gauge("m 1 1\nm 2"),
        &[
            "line 3, column 5: warning: timestamp (G31): expected no timestamp, found `1`",
            "line 4, column 1: mixed-timestamps (G29): expected timestamps on all samples of a metric or on none, found `m 2`",
        ],
    );
    broken(
        &gauge("m 1\nm 2 1"),
        &[
            "line 4, column 5: mixed-timestamps (G29): expected timestamps on all samples of a metric or on none, found `1`",
            "line 4, column 5: warning: timestamp (G31): expected no timestamp, found `1`",
        ],
    );
}

#[test]
fn groups_of_states() {
    broken(
        &state_set("m{e=\"1\",m=\"a\"} 1\nm{e=\"2\",m=\"a\"} 1\nm{e=\"1\",m=\"b\"} 0"),
        &[
            r#"line 5, column 1: interleaved-metrics (G30): expected the state among the others of its state set, found `m{e="1",m="b"} 0`"#,
        ],
    );
    broken(
        &state_set("m{m=\"a\"} 1\nm{m=\"a\"} 1"),
        &[
            r#"line 4, column 1: duplicate-sample (G29): expected one sample of the metric, or a timestamp on each, found `m{m="a"} 1`"#,
        ],
    );
}

#[test]
fn timestamps() {
    broken(
        &gauge("m{a=\"1\"} 1 1e3\nm{a=\"2\"} 1 2e3"),
        &[
            "line 3, column 12: warning: timestamp (G31): expected no timestamp, found `1e3`",
            "line 3, column 12: warning: timestamp-exponent (G32): expected a timestamp without an exponent, found `1e3`",
        ],
    );
}

#[test]
fn start_timestamps() {
    broken(
        &gauge_histogram("m {gcount:1,gsum:1,bucket:[+Inf:1]} st@5"),
        &[
            "line 3, column 40: start-timestamp-place (G33): expected no start timestamp on a gauge histogram, found `5`",
        ],
    );
    broken(
        &gauge("m{a=\"1\"} 1 st@5\nm{a=\"2\"} 1 st@5"),
        &[
            "line 3, column 15: warning: start-timestamp-place (G72): expected no start timestamp, for the specification has none on this type, found `5`",
        ],
    );
    broken(
        &info("i_info 1 st@5"),
        &[
            "line 3, column 13: warning: start-timestamp-place (G72): expected no start timestamp, for the specification has none on this type, found `5`",
        ],
    );
    broken(
        &state_set(r#"m{m="a"} 1 st@5"#),
        &[
            "line 3, column 15: warning: start-timestamp-place (G72): expected no start timestamp, for the specification has none on this type, found `5`",
        ],
    );
    broken(
        &unknown("m 1 st@5"),
        &[
            "line 3, column 8: warning: start-timestamp-place (G72): expected no start timestamp, for the specification has none on this type, found `5`",
        ],
    );
    broken(
        &counter("c_total{a=\"1\"} 1\nc_total{a=\"2\"} 1"),
        &[
            r#"line 3, column 1: warning: missing-start-timestamp (G33): expected a start timestamp, found `c_total{a="1"} 1`"#,
        ],
    );
    broken(
        &counter("c_total 1 5 st@6"),
        &[
            "line 3, column 11: warning: timestamp (G31): expected no timestamp, found `5 st@6`",
            "line 3, column 16: warning: start-timestamp-order (G33): expected a start timestamp that is not after the timestamp, found `6`",
        ],
    );
}

#[test]
fn values_by_type() {
    broken(
        &histogram("m 3 st@1"),
        &[
            "line 3, column 3: value-form (G34): expected all values of the metric in braces, for it is a histogram or a summary, found `3 st@1`",
        ],
    );
    broken(
        &gauge_histogram("m 3"),
        &[
            "line 3, column 3: value-form (G34): expected all values of the metric in braces, for it is a histogram or a summary, found `3`",
        ],
    );
    broken(
        &summary("m 3 st@1"),
        &[
            "line 3, column 3: value-form (G34): expected all values of the metric in braces, for it is a histogram or a summary, found `3 st@1`",
        ],
    );
    broken(
        &family("m", "gauge", "m {count:1,sum:1,bucket:[+Inf:1]}"),
        &[
            "line 3, column 3: value-form (G34): expected a number, for this type, found `{count:1,sum:1,bucket:[+…`",
        ],
    );
    broken(
        &family(
            "c_total",
            "counter",
            "c_total {count:1,sum:1,bucket:[+Inf:1]} st@1",
        ),
        &[
            "line 3, column 9: value-form (G34): expected a number, for this type, found `{count:1,sum:1,bucket:[+…`",
        ],
    );
    broken(
        &family("i_info", "info", "i_info {count:1,sum:1,bucket:[+Inf:1]}"),
        &[
            "line 3, column 8: value-form (G34): expected a number, for this type, found `{count:1,sum:1,bucket:[+…`",
        ],
    );
    broken(
        &state_set(r#"m{m="a"} {count:1,sum:1,bucket:[+Inf:1]}"#),
        &[
            "line 3, column 10: value-form (G34): expected a number, for this type, found `{count:1,sum:1,bucket:[+…`",
        ],
    );
    broken(
        &histogram("m {gcount:1,gsum:1,bucket:[+Inf:1]} st@1"),
        &[
            "line 3, column 4: value-form (G34): expected `count` and `sum`, found `gcount:1,gsum:1,bucket:[…`",
        ],
    );
    broken(
        &histogram("m {count:1,sum:1,quantile:[]} st@1"),
        &[
            "line 3, column 17: value-form (G39): expected the field `schema` or `bucket`, found `,quantile:[]} st@1`",
        ],
    );
    broken(
        &summary("m {gcount:1,gsum:1,bucket:[+Inf:1]} st@1"),
        &[
            "line 3, column 4: value-form (G34): expected `count` and `sum`, found `gcount:1,gsum:1,bucket:[…`",
        ],
    );
    broken(
        &summary("m {count:1,sum:1,bucket:[+Inf:1]} st@1"),
        &[
            "line 3, column 17: value-form (G34): expected the field `quantile`, found `,bucket:[+Inf:1]} st@1`",
        ],
    );
    broken(
        &gauge_histogram("m {count:1,sum:1,bucket:[+Inf:1]}"),
        &[
            "line 3, column 4: value-form (G34): expected `gcount` and `gsum`, found `count:1,sum:1,bucket:[+I…`",
        ],
    );
    broken(
        &unknown("m {count:1,sum:1,bucket:[+Inf:1]}"),
        &[
            "line 3, column 3: warning: value-form (G73): expected a number, for an unknown type, found `{count:1,sum:1,bucket:[+…`",
        ],
    );
}

#[test]
fn counters() {
    broken(
        &counter("c_total NaN st@1"),
        &[
            "line 3, column 9: counter-value (G35): expected a number of 0 or more, found `NaN st@1`",
        ],
    );
    broken(
        &counter("c_total -1 st@1"),
        &["line 3, column 9: counter-value (G35): expected a number of 0 or more, found `-1 st@1`"],
    );
    broken(
        &counter("c_total -Inf st@1"),
        &[
            "line 3, column 9: counter-value (G35): expected a number of 0 or more, found `-Inf st@1`",
        ],
    );
}

#[test]
fn states() {
    broken(
        &state_set(r#"m{m="a"} 2"#),
        &["line 3, column 10: state-value (G36): expected 0 or 1, found `2`"],
    );
    broken(
        &state_set(r#"m{a="m"} 1"#),
        &[
            r#"line 3, column 1: missing-label (G36): expected a label called as the state set, found `m{a="m"} 1`"#,
        ],
    );
}

#[test]
fn counts() {
    broken(
        &histogram("m {count:-1,sum:1,bucket:[+Inf:-1]} st@1"),
        &[
            "line 3, column 10: counter-value (G37): expected a count of 0 or more, found `-1,sum:1,bucket:[+Inf:-1…`",
        ],
    );
    broken(
        &histogram("m {count:NaN,sum:1,bucket:[+Inf:NaN]} st@1"),
        &[
            "line 3, column 10: counter-value (G37): expected a count of 0 or more, found `NaN,sum:1,bucket:[+Inf:N…`",
        ],
    );
    broken(
        &histogram("m {count:1.5,sum:1,bucket:[+Inf:1.5]} st@1"),
        &[
            "line 3, column 10: warning: whole-count (G37): expected a whole number, found `1.5,sum:1,bucket:[+Inf:1…`",
        ],
    );
    broken(
        &histogram("m {count:+Inf,sum:1,bucket:[1:1,+Inf:+Inf]} st@1"),
        &[
            "line 3, column 10: warning: whole-count (G37): expected a whole number, found `+Inf,sum:1,bucket:[1:1,+…`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,bucket:[1:-1,+Inf:3]} st@1"),
        &[
            "line 3, column 28: counter-value (G37): expected a count of 0 or more, found `-1,+Inf:3]} st@1`",
        ],
    );
    broken(
        &histogram(
            "m {count:1,sum:1,schema:0,zero_threshold:0,zero_count:-1,positive_spans:[0:1],positive_buckets:[2]} st@1",
        ),
        &[
            "line 3, column 55: counter-value (G37): expected a count of 0 or more, found `-1,positive_spans:[0:1],…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,negative_spans:[0:2],negative_buckets:[3,-1]} st@1",
        ),
        &[
            "line 3, column 98: counter-value (G37): expected a count of 0 or more, found `-1]} st@1`",
        ],
    );
    broken(
        &gauge_histogram("m {gcount:-2,gsum:1,bucket:[1:-4,+Inf:-2]}"),
        &[
            "line 3, column 11: warning: gauge-histogram-value (G38): expected a whole number of 0 or more, found `-2,gsum:1,bucket:[1:-4,+…`",
        ],
    );
    broken(
        &gauge_histogram("m {gcount:0.5,gsum:1,bucket:[+Inf:0.5]}"),
        &[
            "line 3, column 11: warning: gauge-histogram-value (G38): expected a whole number of 0 or more, found `0.5,gsum:1,bucket:[+Inf:…`",
        ],
    );
    broken(
        &gauge_histogram("m {gcount:1,gsum:-1,bucket:[+Inf:1]}"),
        &[
            "line 3, column 18: warning: gauge-histogram-value (G38): expected a finite number of 0 or more, found `-1,bucket:[+Inf:1]}`",
        ],
    );
    broken(
        &gauge_histogram("m {gcount:1,gsum:NaN,bucket:[+Inf:1]}"),
        &[
            "line 3, column 18: warning: gauge-histogram-value (G38): expected a finite number of 0 or more, found `NaN,bucket:[+Inf:1]}`",
        ],
    );
}

#[test]
fn classic_buckets() {
    broken(
        &histogram("m {count:3,sum:1,bucket:[1:2,0.1:2,+Inf:3]} st@1"),
        &[
            "line 3, column 30: bucket-order (G40): expected a bucket with a larger bound than the one before, found `0.1:2,+Inf:3]} st@1`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,bucket:[1:2,1.0:2,+Inf:3]} st@1"),
        &[
            "line 3, column 30: bucket-order (G40): expected a bucket with a larger bound than the one before, found `1.0:2,+Inf:3]} st@1`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,bucket:[1:2,2:1,+Inf:3]} st@1"),
        &[
            "line 3, column 32: bucket-count (G40): expected a count not below that of the bucket before, found `1,+Inf:3]} st@1`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,bucket:[1:2,+Inf:4]} st@1"),
        &[
            "line 3, column 10: count-of-inf (G40): expected the count of the bucket for `+Inf`, found `3,sum:1,bucket:[1:2,+Inf…`",
        ],
    );
    broken(
        &histogram("m {count:9007199254740993,sum:1,bucket:[+Inf:9007199254740992]} st@1"),
        &[
            "line 3, column 10: count-of-inf (G40): expected the count of the bucket for `+Inf`, found `9007199254740993,sum:1,b…`",
        ],
    );
    broken(
        &gauge_histogram("m {gcount:1,gsum:1,bucket:[1:2,+Inf:1]}"),
        &[
            "line 3, column 37: warning: bucket-count (G75): expected a count not below that of the bucket before, found `1]}`",
        ],
    );
    broken(
        &gauge_histogram("m {gcount:1,gsum:1,bucket:[1:2,+Inf:3]}"),
        &[
            "line 3, column 11: count-of-inf (G40): expected the count of the bucket for `+Inf`, found `1,gsum:1,bucket:[1:2,+In…`",
        ],
    );
    broken(
        &histogram(r#"m{le="1"} {count:1,sum:1,bucket:[+Inf:1]} st@1"#),
        &[
            r#"line 3, column 3: reserved-label (G40): expected another name than `le`, for there are classic buckets, found `le="1"} {count:1,sum:1,b…`"#,
        ],
    );
    broken(
        &gauge_histogram(r#"m{le="1"} {gcount:1,gsum:1,bucket:[+Inf:1]}"#),
        &[
            r#"line 3, column 3: reserved-label (G40): expected another name than `le`, for there are classic buckets, found `le="1"} {gcount:1,gsum:1…`"#,
        ],
    );
}

#[test]
fn native_buckets() {
    broken(
        &histogram("m {count:3,sum:1,schema:9,zero_threshold:0,zero_count:3} st@1"),
        &[
            "line 3, column 25: native-schema (G41): expected a schema from -4 to 8, found `9,zero_threshold:0,zero_…`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,schema:-5,zero_threshold:0,zero_count:3} st@1"),
        &[
            "line 3, column 25: native-schema (G41): expected a schema from -4 to 8, found `-5,zero_threshold:0,zero…`",
        ],
    );
    broken(
        &histogram(
            "m {count:3,sum:1,schema:99999999999999999999,zero_threshold:0,zero_count:3} st@1",
        ),
        &[
            "line 3, column 25: native-schema (G41): expected a schema from -4 to 8, found `99999999999999999999,zer…`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,schema:0,zero_threshold:-1,zero_count:3} st@1"),
        &[
            "line 3, column 42: zero-threshold (G41): expected a threshold that is not negative, found `-1,zero_count:3} st@1`",
        ],
    );
    broken(
        &histogram("m {count:3,sum:1,schema:0,zero_threshold:1e-4,zero_count:3} st@1"),
        &[
            "line 3, column 42: warning: zero-threshold (G41): expected a threshold that is a bound of a bucket, found `1e-4,zero_count:3} st@1`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:2],positive_buckets:[2]} st@1",
        ),
        &[
            "line 3, column 96: native-spans (G41): expected as many buckets as the spans list, found `2]} st@1`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:1],positive_buckets:[1,1]} st@1",
        ),
        &[
            "line 3, column 96: native-spans (G41): expected as many buckets as the spans list, found `1,1]} st@1`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[],positive_buckets:[2]} st@1",
        ),
        &[
            "line 3, column 93: native-spans (G41): expected as many buckets as the spans list, found `2]} st@1`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:99999999999999999999],positive_buckets:[2]} st@1",
        ),
        &[
            "line 3, column 73: bucket-index (G43): expected no bucket above the one that ends at infinity, found `0:99999999999999999999],…`",
            "line 3, column 115: native-spans (G41): expected as many buckets as the spans list, found `2]} st@1`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:1,-1:1],positive_buckets:[1,1]} st@1",
        ),
        &[
            "line 3, column 77: native-spans (G41): expected an offset without `-`, after the first span, found `-1:1],positive_buckets:[…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:-1],positive_buckets:[2]} st@1",
        ),
        &[
            "line 3, column 73: native-spans (G41): expected a span: its offset, `:` and its length, found `0:-1],positive_buckets:[…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0],positive_buckets:[2]} st@1",
        ),
        &[
            "line 3, column 73: native-spans (G41): expected a span: its offset, `:` and its length, found `0],positive_buckets:[2]}…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[1.5:1],positive_buckets:[2]} st@1",
        ),
        &[
            "line 3, column 73: native-spans (G41): expected a span: its offset, `:` and its length, found `1.5:1],positive_buckets:…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,negative_spans:[],negative_buckets:[],positive_spans:[0:1],positive_buckets:[2]} st@1",
        ),
        &[
            "line 3, column 73: warning: native-layout (G41): expected no lists for a side without buckets, found `],negative_buckets:[],po…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:3],positive_buckets:[0,1,1]} st@1",
        ),
        &[
            "line 3, column 96: warning: native-layout (G41): expected no bucket of 0 at the start or the end of a span, found `0,1,1]} st@1`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:3],positive_buckets:[1,1,0]} st@1",
        ),
        &[
            "line 3, column 100: warning: native-layout (G41): expected no bucket of 0 at the start or the end of a span, found `0]} st@1`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:1],positive_buckets:[1]} st@1",
        ),
        &[
            "line 3, column 10: native-count (G42): expected as many observations as the buckets hold, found `2,sum:1,schema:0,zero_th…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:1],positive_buckets:[3.5]} st@1",
        ),
        &[
            "line 3, column 96: warning: whole-count (G37): expected a whole number, found `3.5]} st@1`",
            "line 3, column 10: native-count (G42): expected as many observations as the buckets hold, found `2,sum:1,schema:0,zero_th…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:NaN,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:1],positive_buckets:[3]} st@1",
        ),
        &[
            "line 3, column 10: native-count (G42): expected no fewer observations than the buckets hold, found `2,sum:NaN,schema:0,zero_…`",
        ],
    );
    broken(
        &histogram(
            "m {count:18446744073709551617,sum:1,schema:0,zero_threshold:0,zero_count:18446744073709551616} st@1",
        ),
        &[
            "line 3, column 10: native-count (G42): expected as many observations as the buckets hold, found `18446744073709551617,sum…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[1026:1],positive_buckets:[2]} st@1",
        ),
        &[
            "line 3, column 73: bucket-index (G43): expected no bucket above the one that ends at infinity, found `1026:1],positive_buckets…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,negative_spans:[0:1,1025:1],negative_buckets:[1,1]} st@1",
        ),
        &[
            "line 3, column 77: bucket-index (G43): expected no bucket above the one that ends at infinity, found `1025:1],negative_buckets…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:-4,zero_threshold:0,zero_count:0,positive_spans:[65:2],positive_buckets:[1,1]} st@1",
        ),
        &[
            "line 3, column 74: bucket-index (G43): expected no bucket above the one that ends at infinity, found `65:2],positive_buckets:[…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[99999999999999999999:1],positive_buckets:[2]} st@1",
        ),
        &[
            "line 3, column 73: bucket-index (G43): expected no bucket above the one that ends at infinity, found `99999999999999999999:1],…`",
        ],
    );
    broken(
        &histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:1,zero_count:0,positive_spans:[0:1],positive_buckets:[2]} st@1",
        ),
        &[
            "line 3, column 96: warning: zero-threshold (G43): expected a threshold below the buckets that have observations, found `2]} st@1`",
        ],
    );
}

#[test]
fn summaries() {
    broken(
        &summary("m {count:1.5,sum:1,quantile:[]} st@1"),
        &[
            "line 3, column 10: whole-count (G44): expected a whole number of 0 or more, found `1.5,sum:1,quantile:[]} s…`",
        ],
    );
    broken(
        &summary("m {count:-1,sum:1,quantile:[]} st@1"),
        &[
            "line 3, column 10: whole-count (G44): expected a whole number of 0 or more, found `-1,sum:1,quantile:[]} st…`",
        ],
    );
    broken(
        &summary("m {count:NaN,sum:1,quantile:[]} st@1"),
        &[
            "line 3, column 10: whole-count (G44): expected a whole number of 0 or more, found `NaN,sum:1,quantile:[]} s…`",
        ],
    );
    broken(
        &summary("m {count:+Inf,sum:1,quantile:[]} st@1"),
        &[
            "line 3, column 10: whole-count (G44): expected a whole number of 0 or more, found `+Inf,sum:1,quantile:[]} …`",
        ],
    );
    broken(
        &summary("m {count:1,sum:-1,quantile:[]} st@1"),
        &[
            "line 3, column 16: counter-value (G44): expected a sum of 0 or more, found `-1,quantile:[]} st@1`",
        ],
    );
    broken(
        &summary("m {count:1,sum:NaN,quantile:[]} st@1"),
        &[
            "line 3, column 16: counter-value (G44): expected a sum of 0 or more, found `NaN,quantile:[]} st@1`",
        ],
    );
    broken(
        &summary("m {count:1,sum:1,quantile:[1.5:1]} st@1"),
        &[
            "line 3, column 28: quantile-range (G44): expected a number from 0 to 1, found `1.5:1]} st@1`",
        ],
    );
    broken(
        &summary("m {count:1,sum:1,quantile:[-0.5:1]} st@1"),
        &[
            "line 3, column 28: quantile-range (G44): expected a number from 0 to 1, found `-0.5:1]} st@1`",
        ],
    );
    broken(
        &summary("m {count:1,sum:1,quantile:[NaN:1]} st@1"),
        &[
            "line 3, column 28: quantile-range (G44): expected a number from 0 to 1, found `NaN:1]} st@1`",
        ],
    );
    broken(
        &summary("m {count:1,sum:1,quantile:[0.9:1,0.5:1]} st@1"),
        &[
            "line 3, column 34: quantile-order (G44): expected a quantile above the one before, found `0.5:1]} st@1`",
        ],
    );
    broken(
        &summary("m {count:1,sum:1,quantile:[0.5:1,0.50:1]} st@1"),
        &[
            "line 3, column 34: quantile-order (G44): expected a quantile above the one before, found `0.50:1]} st@1`",
        ],
    );
    broken(
        &summary("m {count:1,sum:1,quantile:[0.5:-1]} st@1"),
        &[
            "line 3, column 32: quantile-value (G44): expected a number of 0 or more, or NaN, found `-1]} st@1`",
        ],
    );
    broken(
        &summary(r#"m{quantile="0.5"} {count:1,sum:1,quantile:[]} st@1"#),
        &[
            r#"line 3, column 3: reserved-label (G44): expected another name than `quantile`, for it is a summary, found `quantile="0.5"} {count:1…`"#,
        ],
    );
}

#[test]
fn exemplars() {
    broken(
        &counter(r#"c_total{a="b"} 1 st@1 # {x="y"} 1"#),
        &[
            "line 3, column 34: warning: broken-exemplar (G47): expected a space and the exemplar's timestamp in seconds, found the end of the line",
        ],
    );
    broken(
        &counter(r#"c_total{a="b"} 1 st@1 # 1 2"#),
        &[
            "line 3, column 25: warning: broken-exemplar (G47): expected the exemplar's labels in braces, found `1 2`",
        ],
    );
    broken(
        &counter(r#"c_total{a="b"} 1 st@1 # "#),
        &[
            "line 3, column 25: warning: broken-exemplar (G47): expected the exemplar's labels in braces, found the end of the line",
        ],
    );
    broken(
        &counter(r#"c_total{a="b"} 1 st@1 # {} x 1"#),
        &[
            "line 3, column 28: warning: broken-exemplar (G47): expected a number as the exemplar's value, found `x 1`",
        ],
    );
    broken(
        &counter(r#"c_total{a="b"} 1 st@1 # {} 1 x"#),
        &[
            "line 3, column 30: warning: broken-exemplar (G47): expected the exemplar's timestamp in seconds, found `x`",
        ],
    );
    broken(
        &counter(r#"c_total{a="b"} 1 st@1 # {} 1 1 st@5"#),
        &[
            "line 3, column 31: warning: broken-exemplar (G47): expected another exemplar or the end of the line, found ` st@5`",
        ],
    );
    broken(
        &counter(r#"c_total{a="b"} 1 st@1 # {} 1 1x # {} 1 1"#),
        &[
            "line 3, column 30: warning: broken-exemplar (G47): expected the exemplar's timestamp in seconds, found `1x # {} 1 1`",
        ],
    );
    broken(
        &counter(r#"c_total{a="b"} 1 st@1 # {x="y",} 1 1"#),
        &[
            "line 3, column 32: warning: broken-exemplar (G47): expected a label, or no comma before the brace, found `} 1 1`",
        ],
    );
    broken(
        &counter(r#"c_total{a="b"} 1 st@1 # {x} 1 1"#),
        &[
            "line 3, column 27: warning: broken-exemplar (G47): expected `=` after the label name, found `} 1 1`",
        ],
    );
    broken(
        &counter(r#"c_total{a="b"} 1 st@1 # {x="1",x="2"} 1 1"#),
        &[
            r#"line 3, column 32: warning: broken-exemplar (G47): expected each label name once, found `x="2"} 1 1`"#,
        ],
    );
    broken(
        &counter(r#"c_total{a="b"} 1 st@1 # {x="y} 1 1"#),
        &[
            "line 3, column 35: warning: broken-exemplar (G47): expected the closing quote, found the end of the line",
        ],
    );
    broken(
        &counter(r#"c_total{a="b"} 1 st@1 # {a="c"} 1 1"#),
        &[
            r#"line 3, column 26: warning: exemplar-label (G45): expected another label than the metric has, found `a="c"} 1 1`"#,
        ],
    );
    broken(
        &counter(r#"c_total{a="b"} 1 st@1 # {} 1 1 #{} 1 1"#),
        &[
            "line 3, column 31: warning: broken-exemplar (G47): expected another exemplar or the end of the line, found ` #{} 1 1`",
        ],
    );
    broken(
        &counter(r#"c_total{a="b"} 1 st@1 # {} 1 0"#),
        &[
            "line 3, column 30: warning: exemplar-timestamp (G45): expected a timestamp within the time of the sample, found `0`",
        ],
    );
    broken(
        &counter(r#"c_total{a="b"} 1 st@1 # {} 1 1 # {a="1"} 1 1 # {a="2"} 1 1"#),
        &[
            r#"line 3, column 35: warning: exemplar-label (G45): expected another label than the metric has, found `a="1"} 1 1 # {a="2"} 1 1`"#,
        ],
    );
}

#[test]
fn exemplar_timestamps() {
    broken(
        &counter(r#"c_total{a="b"} 1 5 st@1 # {} 1 6"#),
        &[
            "line 3, column 18: warning: timestamp (G31): expected no timestamp, found `5 st@1 # {} 1 6`",
            "line 3, column 32: warning: exemplar-timestamp (G45): expected a timestamp within the time of the sample, found `6`",
        ],
    );
}

#[test]
fn exemplars_by_type() {
    broken(
        &gauge(r#"m{a="1"} 1 # {} 1 1"#),
        &[
            "line 3, column 12: warning: exemplar-place (G72): expected no exemplar, for the specification has none on this type, found `# {} 1 1`",
        ],
    );
    broken(
        &info("i_info 1 # {} 1 1"),
        &[
            "line 3, column 10: warning: exemplar-place (G72): expected no exemplar, for the specification has none on this type, found `# {} 1 1`",
        ],
    );
    broken(
        &state_set(r#"m{m="a"} 1 # {} 1 1"#),
        &[
            "line 3, column 12: warning: exemplar-place (G72): expected no exemplar, for the specification has none on this type, found `# {} 1 1`",
        ],
    );
    broken(
        &unknown("m 1 # {} 1 1"),
        &[
            "line 3, column 5: warning: exemplar-place (G72): expected no exemplar, for the specification has none on this type, found `# {} 1 1`",
        ],
    );
}

#[test]
fn not_exemplars() {
    broken(
        &counter("c_total 1 st@1  # {} 1 2"),
        &[
            "line 3, column 16: syntax: expected an exemplar or the end of the line, found ` # {} 1 2`",
        ],
    );
    broken(
        &counter("c_total 1 st@1 #{} 1 1"),
        &[
            "line 3, column 16: syntax: expected an exemplar or the end of the line, found `#{} 1 1`",
        ],
    );
}

/// What the specification has and Prometheus refuses.
#[test]
fn what_prometheus_refuses() {
    for body in [
        unknown("m {count:1,sum:1,bucket:[+Inf:1]}"),
        unknown("m {gcount:1,gsum:1,schema:0,zero_threshold:0,zero_count:1}"),
        unknown("m {count:1,sum:1,quantile:[0.5:1]}"),
        gauge("m 1e309 1e300"),
        histogram(
            "m {count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[+0:+2],positive_buckets:[1,1]}",
        ),
        gauge_histogram(
            "m {gcount:-2,gsum:-1,schema:0,zero_threshold:0,zero_count:-1,positive_spans:[0:1],positive_buckets:[-1]}",
        ),
        "{\"a\0b\",\"c\0d\"=\"\0\"} 1\n".to_owned(),
    ] {
        valid(&body);
        let whole = format!("{body}# EOF\n");
        let mut lines = Parser::new(&whole, Dialect::OpenMetrics2);
        assert!(
            lines.any(|line| line.is_err()) || body.contains('\0'),
            "{body}"
        );
    }
}

#[test]
fn good_bodies() {
    kept("");
    kept(&gauge("m 18.0"));
    kept(&gauge("m{} 0"));
    kept(&gauge("m{a=\"b\\\"c\\n\"} +inf"));
    kept(
        &gauge("m NaN")
            .replace(" m ", " \"m\" ")
            .replace("\nm ", "\n{\"m\"} "),
    );
    kept(&counter("c_total 17.0 st@1520430000.123"));
    kept(
        &counter(
            "c_total 1 st@1 # {trace_id=\"x\"} 0.67 1.5 # {} 1 2 # {\"my.id\"=\"x\"} NaN -0 "[..]
                .trim_end(),
        )
        .replace("-0", "3"),
    );
    kept(&info("i_info{name=\"pretty name\",version=\"8.2.7\"} 1.0"));
    kept(&state_set(
        "m{e=\"1\",m=\"a\"} 1\nm{e=\"1\",m=\"b\"} 0\nm{e=\"2\",m=\"a\"} 0.0\nm{e=\"2\",m=\"b\"} 1",
    ));
    kept(&summary("m {count:17,sum:324789.3,quantile:[]} st@1"));
    kept(&summary(
        "m {count:0,sum:0.0,quantile:[0:0,0.95:123.7,0.99:NaN,1:+Inf]} st@1",
    ));
    kept(&histogram(
        "m {count:17,sum:-1,bucket:[-Inf:0,-1:0,0.0:0,1e-05:0,0.1:8,+Inf:17]} st@1",
    ));
    kept(&histogram("m {count:1,sum:NaN,bucket:[+Inf:1]} st@1"));
    kept(&histogram(
        "m{le=\"1\"} {count:0,sum:0,schema:+03,zero_threshold:1,zero_count:0} st@1",
    ));
    kept(&histogram(
        "m {count:59,sum:1.2e2,schema:7,zero_threshold:0,zero_count:0,negative_spans:[1:2],negative_buckets:[5,7],\
         positive_spans:[-1:2,3:+4],positive_buckets:[5,7,10,9,8,8]} st@1",
    ));
    kept(&histogram(
        "m {count:2,sum:3,schema:0,zero_threshold:0,zero_count:0,positive_spans:[1:2],positive_buckets:[1,1],\
         bucket:[0.5:0,1:1,+Inf:2]} st@1",
    ));
    // The last bucket ends at infinity.
    kept(&histogram(
        "m {count:2,sum:3,schema:0,zero_threshold:0,zero_count:0,positive_spans:[1024:2],positive_buckets:[1,1]} st@1",
    ));
    // One NaN was observed, which no bucket holds.
    kept(&histogram(
        "m {count:3,sum:NaN,schema:0,zero_threshold:0,zero_count:0,positive_spans:[1:2],positive_buckets:[1,1]} st@1",
    ));
    kept(&gauge_histogram(
        "m {gcount:42,gsum:3289.3,bucket:[0.01:20,0.1:25,1:34,+Inf:42]}",
    ));
    // A calculation gave these counts: 0.1 + 0.2 is not 0.3 as a float.
    valid(&gauge_histogram(
        "m {gcount:0.3,gsum:2,schema:0,zero_threshold:0,zero_count:0,positive_spans:[1:2],positive_buckets:[0.1,0.2]}",
    ));
    valid(&gauge_histogram(
        "m {gcount:-2,gsum:-3,bucket:[1:-1,+Inf:-2]}",
    ));
    kept(&unknown("m 42.23"));
    kept(
        &family("a_seconds_total", "counter", "")
            .replace("# HELP", "# UNIT a_seconds_total seconds\n# HELP"),
    );
    kept(&family("a:rate5m", "gaugehistogram", ""));
}

/// The same name, however it is written.
#[test]
fn names_are_what_they_say() {
    let body = family("\"a\\\\q\"", "gauge", "{\"a\\q\"} 1\n{\"a\\\\q\",b=\"\"} 1");
    let found = found(format!("{body}# EOF\n").as_bytes());
    let rules: Vec<_> = found.iter().map(|violation| violation.rule()).collect();
    assert_eq!(
        rules,
        [
            SpecificationRule::Escape,
            SpecificationRule::EmptyLabel,
            SpecificationRule::NameStyle
        ]
    );
}

#[test]
fn bytes_that_are_not_text() {
    for (body, column) in [
        (&b"# HELP m \xff\n# EOF\n"[..], 10),
        (b"m{a=\"\xff\"} 1\n# EOF\n", 6),
        (b"{\"\xff\"} 1\n# EOF\n", 3),
        (b"m 1 # {a=\"\xff\"} 1 1\n# EOF\n", 11),
    ] {
        let found = found(body);
        let first = found.first().map(|violation| violation.to_string());
        let expected =
            format!("line 1, column {column}: encoding (G6): expected text in UTF-8, found ");
        assert!(
            first.is_some_and(|first| first.starts_with(&expected)),
            "{found:?}"
        );
    }
}

#[test]
fn advice_is_given_once_for_a_family() {
    let mut samples = String::new();
    for metric in 0..10 {
        samples.push_str(&format!(
            "m{{a=\"{metric}\"}} {{gcount:0.5,gsum:-1,bucket:[+Inf:0.5]}} 1\n"
        ));
    }
    let body = gauge_histogram(samples.trim_end());
    let other = body.replace("m ", "n ").replace("m{", "n{");
    let found = found(format!("{body}{other}# EOF\n").as_bytes());
    let lines: Vec<_> = found
        .iter()
        .map(|violation| violation.position().line)
        .collect();
    assert_eq!(lines, [3, 3, 3, 15, 15, 15], "{found:?}");
}

/// Each of these lines has its fault very often: it is found once, and in linear time.
#[test]
fn long_lines() {
    let many = |item: &str| vec![item; 100_000].join(",");
    for line in [
        format!("m {{count:3,sum:1,bucket:[{},+Inf:3]}} st@1", many("1:-1")),
        format!(
            "m {{count:3,sum:1,schema:0,zero_threshold:0,zero_count:3,positive_spans:[{}],positive_buckets:[{}]}} st@1",
            many("9:1"),
            many("-1")
        ),
    ] {
        let found = found(format!("{}# EOF\n", histogram(&line)).as_bytes());
        assert!((1..5).contains(&found.len()), "{}", found.len());
    }
    let exemplars = " # {a=\"1\",a=\"2\",} 1 0".repeat(1000);
    let found = found(
        format!(
            "{}# EOF\n",
            counter(&format!("c_total{{a=\"b\"}} 1 st@1{exemplars}"))
        )
        .as_bytes(),
    );
    assert_eq!(found.len(), 4);
}

#[test]
fn limits_and_the_rest_of_a_parser() {
    let body = "m 1\nm 1\nm{a=\"1\",b=\"2\"} 1\nm 1 # {a=\"1\"} 1 1 # {a=\"1\"} 1 1\n# EOF\n";
    let mut parser = Parser::new(body, Dialect::OpenMetrics2);
    assert!(parser.next().is_some_and(|line| line.is_ok()));
    let violations =
        exposition::strict::Violations::from(parser).limits(Limits::new().max_labels(1));
    let shown: Vec<String> = violations.map(|violation| violation.to_string()).collect();
    assert_eq!(
        shown[..3],
        [
            "line 3, column 9: syntax: expected fewer labels, found `b=\"2\"} 1`",
            "line 4, column 1: duplicate-sample (G29): expected one sample of the metric, or a timestamp on each, \
             found `m 1 # {a=\"1\"} 1 1 # {a=\"…`",
            "line 4, column 5: warning: exemplar-place (G72): expected no exemplar, for the specification has none on \
             this type, found `# {a=\"1\"} 1 1 # {a=\"1\"} …`",
        ],
        "{shown:#?}"
    );
    assert_eq!(
        shown[3],
        "line 4, column 22: syntax: expected fewer labels, found `a=\"1\"} 1 1`"
    );
}

#[test]
fn a_violation_as_a_linter_shows_it() {
    let body = format!("{}# EOF\n", counter("c_total -1\nc_total 2"));
    let shown: String = found(body.as_bytes())
        .iter()
        .map(|violation| violation.render().to_string())
        .collect();
    assert_eq!(
        shown,
        "\
error[counter-value G35]: expected a number of 0 or more, found `-1`
 --> line 3, column 9 (byte 49)
  |
3 | c_total -1
  |         ^
warning[missing-start-timestamp G33]: expected a start timestamp, found `c_total -1`
 --> line 3, column 1 (byte 41)
  |
3 | c_total -1
  | ^
error[duplicate-sample G29]: expected one sample of the metric, or a timestamp on each, found `c_total 2`
 --> line 4, column 1 (byte 52)
  |
4 | c_total 2
  | ^
"
    );
}
