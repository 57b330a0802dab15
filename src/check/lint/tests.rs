use std::collections::BTreeSet;

use super::*;
use crate::dialect::Dialect;
use crate::encode;
use crate::families::grouping::Families;
use crate::format::ScrapeProtocol;

const OM: ScrapeProtocol = ScrapeProtocol::OpenMetricsText100;

/// Returns the ids of what is found, each once.
fn ids(findings: &[Finding]) -> Vec<&'static str> {
    let mut ids: Vec<_> = findings.iter().map(|finding| finding.rule().id()).collect();
    ids.dedup();
    ids
}

fn text(body: impl AsRef<[u8]>) -> Vec<Finding> {
    check(body.as_ref(), Format::default())
}

fn openmetrics(body: &str) -> Vec<Finding> {
    check(body, Format::new(OM))
}

const HELP: &str = "# HELP a Help.\n";
const HISTOGRAM: &str = "# HELP h Help.\n# TYPE h histogram\n";
const SUMMARY: &str = "# HELP s Help.\n# TYPE s summary\n";
const PARTS: &str = "h_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n";

#[test]
fn what_readers_of_text_refuse_or_misread() {
    let help = |lines: &str| [HELP, lines].concat();
    let histogram = |lines: &str| [HISTOGRAM, lines].concat();
    let parts = |lines: &str| [HISTOGRAM, lines, PARTS].concat();
    let summary = |lines: &str| [SUMMARY, lines].concat();
    let cases: &[(String, &[&str])] = &[
        (help("a 1\n"), &[]),
        (parts("h_bucket{le=\"1\"} 1\n"), &[]),
        (summary("s{quantile=\"0.5\"} 1\ns_sum 1\ns_count 1\n"), &[]),
        (help("# TYPE a gauge\n# TYPE a gauge\na 1\n"), &["LX1"]),
        (help("# HELP a Help.\na 1\n"), &["LX2"]),
        (help("a 1\n# TYPE a gauge\n"), &["LX3"]),
        (
            [PARTS, "# TYPE h histogram\n"].concat(),
            &["L1", "LX55", "L1", "LX4"],
        ),
        (["a 1\n", HELP].concat(), &["LX5"]),
        (help("# HELP b Help.\na 1\nb 1\na{x=\"1\"} 2\n"), &["LX6"]),
        (
            help("# HELP b Help.\n# TYPE a gauge\n# TYPE b gauge\na 1\nb 2\n"),
            &["LX7"],
        ),
        (
            help("a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 1\n"),
            &["LX8"],
        ),
        (
            help("a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 1\na{x=\"1\",y=\"2\"} 1\n"),
            &["LX8", "L9"],
        ),
        (
            help("a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 1\na{y=\"2\",x=\"1\"} 1\n"),
            &["LX8", "L9"],
        ),
        (help("a 1\na{} 1\n"), &["L9", "LX8"]),
        (help("a 1\na{x=\"\"} 1\n"), &["LX8", "LX32"]),
        (
            help("a 1 1600000000000\na 1 1600000001000\n"),
            &["LX28", "Q4"],
        ),
        (
            parts("h_bucket{le=\"1\"} 1\nh_bucket{le=\"1.0\"} 1\n"),
            &["LX10"],
        ),
        (parts("h_sum 1\n"), &["LX10"]),
        (help("a{x=\"1\",x=\"2\"} 1\n"), &["LX11"]),
        (
            histogram("h_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n"),
            &["LX12"],
        ),
        (parts("h_bucket{le=\"1\"} 2\n"), &["LX13"]),
        (
            histogram("h_bucket{le=\"+Inf\"} 1\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n"),
            &["LX14"],
        ),
        (
            histogram("h_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n"),
            &["LX15"],
        ),
        (histogram("h_bucket{le=\"+Inf\"} 1\nh_count 1\n"), &["LX16"]),
        (histogram("h_sum 1\nh_count 1\n"), &["LX16"]),
        (parts("h_bucket 3\n"), &["LX17"]),
        (parts("h 3\n"), &["LX17"]),
        (parts("h_bucket{le=\"abc\"} 3\n"), &["LX18"]),
        (parts("h_bucket{le=\"NaN\"} 3\n"), &["LX19"]),
        (
            histogram("h_bucket{le=\"+Inf\"} -1\nh_sum 1\nh_count -1\n"),
            &["LX20"],
        ),
        (
            histogram("h_bucket{le=\"+Inf\"} 1.5\nh_sum 1\nh_count 1.5\n"),
            &["LX21"],
        ),
        (
            summary("s{quantile=\"2\"} 1\ns_sum 1\ns_count 1\n"),
            &["LX22"],
        ),
        (
            summary("s{quantile=\"p99\"} 1\ns_sum 1\ns_count 1\n"),
            &["LX23"],
        ),
        (summary("s 1\ns_sum 1\ns_count 1\n"), &["LX24"]),
        (summary("s_sum 1\ns_count -1\n"), &["LX25"]),
        (summary("s_sum 1\ns_count 0.5\n"), &["LX25"]),
        (
            "# HELP a_total Help.\n# TYPE a_total counter\na_total -1\na_total{x=\"1\"} NaN\n"
                .into(),
            &["LX26"],
        ),
        (
            help("# TYPE a counter\na 1\n# HELP a_total Help.\na_total 1\n"),
            &["L3a", "LX27"],
        ),
        (help("a 1 1600000000000\n"), &["LX28"]),
        (help("a 1 1600000000\n"), &["LX29"]),
        (help("a 1 -5\n"), &["LX30"]),
        (help("a 1 1.5\n"), &["LX31"]),
        (help("a{x=\"\"} 1\n"), &["LX32"]),
        (help("a{__x=\"1\"} 1\n"), &["LX33"]),
        (help("a{__name__=\"1\"} 1\n"), &["LX34"]),
        (
            help("a{x:y=\"1\"} 1\na{1x=\"1\"} 1\na{é=\"1\"} 1\n"),
            &["LX35"],
        ),
        (help("a{\"b.c\"=\"1\"} 1\n"), &["LX36"]),
        (help("{\"a\",x=\"1\"} 1\n"), &[]),
        ("# HELP \"a.b\" Help.\n{\"a.b\"} 1\n".into(), &["LX36"]),
        (help("a.b 1\n"), &["LX37"]),
        (help("# TYPE a info\n"), &["LX38"]),
        (help("# TYPE a GAUGE\n"), &["LX39"]),
        (help("# TYPE a \n"), &["LX39"]),
        (help("# TYPE a gauge \n"), &["LX40"]),
        (help("a{x=\"\\t\"} 1\n"), &["LX41"]),
        ("# HELP a \\t\na 1\n".into(), &["LX41"]),
        (help("a{x=\"\\n\\\\\\\"\"} 1\n"), &[]),
        (help("a 1"), &["LX42"]),
        (help("a 1\n  "), &[]),
        (help("a 1\r\n"), &["LX43"]),
        (help("a 1 \n"), &["LX44"]),
        (help("a{x=\"1\" y=\"2\"} 1\n"), &["LX45"]),
        (help("a{x=\"1\"y=\"2\"} 1\n"), &["LX45"]),
        (help("a{ x = \"1\" , y=\"2\", } 1\n"), &[]),
        (help("a{,x=\"1\"} 1\n"), &["LX46"]),
        (help("a{x=\"1\",,} 1\n"), &["LX46"]),
        (help("a +1\n"), &["LX47"]),
        (help("a +Inf\n"), &[]),
        (help("a 1e999\n"), &["LX48"]),
        (help("a 1 # {x=\"1\"} 1\n"), &["LX49"]),
        (help("a{x=\"1\n2\"} 1\n"), &["LX50"]),
        (
            parts("").replace("h_sum", "# TYPE h_count gauge\nh_sum"),
            &["LX16", "LX51", "L1"],
        ),
        (help("#TYPE a gauge\na 1\n"), &["LX52"]),
        (help("a 1 2 3\n"), &["LX53"]),
        (help("a 1\n# EOF\na{x=\"1\"} 1\n"), &["LX54"]),
        (
            "# HELP h_bucket Help.\nh_bucket{le=\"+Inf\"} 1\n".into(),
            &["LX55"],
        ),
        (help("a{x=1} 1\n"), &["LX0"]),
    ];
    for (body, expected) in cases {
        assert_eq!(ids(&text(body)), *expected, "{body}");
    }
    assert_eq!(ids(&text(b"# HELP a Help.\na{x=\"\xff\"} 1\n")), ["LX56"]);
    let mut found: BTreeSet<&str> = cases.iter().flat_map(|(_, ids)| *ids).copied().collect();
    found.insert("LX56");
    // Every rule about text has a case here; LX57 is for what nobody thought of.
    for rule in LintRule::ALL {
        let number = rule
            .id()
            .strip_prefix("LX")
            .and_then(|id| id.parse::<u32>().ok());
        if number.is_some_and(|number| number < 57) {
            assert!(found.contains(rule.id()), "{rule} has no case");
        }
    }
}

#[test]
fn what_readers_of_openmetrics_refuse_or_misread() {
    let help = |lines: &str| [HELP, lines, "# EOF\n"].concat();
    let cases: &[(String, &[&str])] = &[
        (help("# TYPE a counter\na_total 1\n"), &[]),
        (help("# TYPE a info\na_info{x=\"1\"} 1\n"), &[]),
        (
            help("# TYPE a counter\na_total 1\n").replace("# EOF\n", ""),
            &["eof"],
        ),
        (
            "a 1\n# TYPE a counter\na_total 2\n# EOF\n".into(),
            &["L1", "LX67", "late-metadata"],
        ),
        (
            help("# TYPE a gauge\n# HELP b Help.\n# TYPE b gauge\na 1\nb 1\n"),
            &["LX68"],
        ),
        (help("# TYPE a gauge\na 1\nb 2\n"), &["L1", "LX70"]),
        (help("# TYPE a counter\na 1\n"), &["LX72", "sample-name"]),
        (
            "# HELP a_total Help.\n# TYPE a_total counter\na_total_total 1\n# EOF\n".into(),
            &["LX72"],
        ),
        (
            "# HELP h Help.\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n# EOF\n"
                .into(),
            &["LX75"],
        ),
        (help("# TYPE a counter\na_total 1 # {t=\"1\"} 1\n"), &["LX79"]),
        (help("# TYPE a gauge\na 1 1600000000000\n"), &["LX80"]),
        (help("# TYPE a gauge\na 1 1600000000\n"), &["LX28"]),
        (help("# TYPE a gauge\na{\"b.c\"=\"1\"} 1\n"), &["LX83"]),
        (
            "# HELP a_hours Help.\n# TYPE a_hours gauge\n# UNIT a_hours hours\na_hours 1\n# EOF\n".into(),
            &["L2", "Q7"],
        ),
        (
            "# HELP a_gcount Help.\n# TYPE a_gcount gauge\na_gcount 1\n# EOF\n".into(),
            &["Q8"],
        ),
        (help("# TYPE a gauge\na{le=\"1\"} 1\n"), &["L4d"]),
        (
            "# HELP a_gaugehistogram Help.\n# TYPE a_gaugehistogram gaugehistogram\n\
             a_gaugehistogram_bucket{le=\"+Inf\"} 1\na_gaugehistogram_gcount 1\na_gaugehistogram_gsum 1\n# EOF\n"
                .into(),
            &["L5"],
        ),
        (help("# TYPE a counter\na_total NaN\n"), &["counter-value"]),
    ];
    for (body, expected) in cases {
        assert_eq!(ids(&openmetrics(body)), *expected, "{body}");
    }
}

#[test]
fn what_is_said_of_openmetrics2() {
    let format = Format::new(ScrapeProtocol::OpenMetricsText200);
    let body = "# TYPE a counter\n# HELP a Help.\na 1 st@1\n# EOF\n";
    assert_eq!(ids(&check(body, format)), ["L3a"]);
    // Prometheus refuses the line too, so nothing is known of the family.
    let body = "# TYPE a counter\n# HELP a Help.\na NaN st@1\n# EOF\n";
    assert_eq!(ids(&check(body, format)), ["counter-value"]);
    for (name, line, expected) in [
        ("a_total counter", "a_total 1 st@1", &[][..]),
        ("build_info info", "build_info{x=\"1\"} 1", &[]),
        ("a_info_x_info info", "a_info_x_info{x=\"1\"} 1", &["L5"]),
        ("a_sum gauge", "a_sum 1", &["L4c"]),
        ("a_sum unknown", "a_sum 1", &["Q8"]),
        ("a_gcount gauge", "a_gcount 1", &["Q8"]),
    ] {
        let family = name.split(' ').next().unwrap();
        let body = format!("# TYPE {name}\n# HELP {family} Help.\n{line}\n# EOF\n");
        assert_eq!(ids(&check(&body, format)), expected, "{name}");
    }
}

#[test]
fn protobuf_is_linted_as_text_is() {
    let body = "# TYPE requests_ms counter\nrequests_ms{aB=\"1\"} 1\n\
                # HELP h Help.\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n";
    let families: Vec<_> = Families::new(body, Dialect::Text)
        .map(Result::unwrap)
        .collect();
    let protobuf = encode::to_vec(&families, ScrapeProtocol::PrometheusProto).unwrap();
    let findings = check(&protobuf, Format::new(ScrapeProtocol::PrometheusProto));
    assert_eq!(ids(&findings), ["L1", "L3a", "L7b", "L8", "LX13"]);
    assert_eq!(findings[0].position(), None);
    assert_eq!(
        findings[0].to_string(),
        "warning: L1: requests_ms: no help text"
    );
    let broken = check(
        b"\xff\xff".as_slice(),
        Format::new(ScrapeProtocol::PrometheusProto),
    );
    assert_eq!(ids(&broken), ["LX0"]);
}

#[test]
fn names_are_judged_as_promlint_does_or_better() {
    for (name, expected) in [
        ("a_mebibytes", &["Q6"][..]),
        ("a_mibibytes", &["L2"]),
        ("a_b_c", &["Q2"]),
        ("disk_d", &["L8"]),
        ("x_s_total", &["L8"]),
        ("x_ms", &["L8"]),
        ("s_x", &[]),
        ("a:b", &["L6"]),
        ("aB", &["L7a"]),
        ("HTTPServer", &[]),
    ] {
        let body = format!("# HELP {name} Help.\n{name} 1\n");
        assert_eq!(ids(&text(&body)), *expected, "{name}");
    }
}

#[test]
fn a_label_of_a_content_type_is_held_against_the_body() {
    let openmetrics = "# HELP a Help.\n# TYPE a counter\na_total 1\n# EOF\n";
    for (header, body, expected) in [
        (
            Some("application/openmetrics-text; version=1.0.0"),
            "# HELP a Help.\na 1\n",
            &["LX90a", "eof"][..],
        ),
        (
            Some("application/openmetrics-text; version=1.0.0"),
            openmetrics,
            &[],
        ),
        (
            Some("text/plain; version=0.0.4"),
            openmetrics,
            &["LX90b", "L1"],
        ),
        (
            Some("application/openmetrics-text; version=2.0.0"),
            openmetrics,
            &["LX91"],
        ),
        (Some("text/html"), "# HELP a Help.\na 1\n", &["LX93"]),
        (None, "# HELP a Help.\na 1\n", &["LX93"]),
        (None, openmetrics, &["LX93"]),
        (None, "", &[]),
    ] {
        let findings = Lint::new().check_response(header, None, body);
        assert_eq!(ids(&findings), *expected, "{header:?} {body}");
    }
    let fallback = Some(Format::default());
    let findings = Lint::new().check_response(None, fallback, "# HELP a Help.\na 1\n");
    assert_eq!(ids(&findings), [""; 0]);
}

#[test]
fn findings_say_where_what_and_who() {
    let shown =
        |body: &str| -> Vec<String> { text(body).iter().map(ToString::to_string).collect() };
    assert_eq!(
        shown("# HELP a Help.\na 1 -5\na{x=\"1\" y=\"2\"} +3 1600000000\na.b 1\n"),
        [
            "line 2, column 5: error: LX30: a negative timestamp, which promtool takes: \
             expected a timestamp in milliseconds, digits only, found `-5` (Prometheus refuses)",
            "line 3: warning: LX29: a: a timestamp that looks like seconds: in milliseconds it is in 1970 \
             (Prometheus misreads, promtool misreads, Telegraf misreads, client_python misreads)",
            "line 3: warning: LX45: a: no comma between two labels: unexpected end of label value \"1\" \
             (promtool refuses, Telegraf refuses, client_python refuses, VictoriaMetrics refuses)",
            "line 3: warning: LX47: a: a value with a plus sign (VictoriaMetrics refuses)",
            "line 4, column 2: error: LX37: a dot in a metric's name without quotes: \
             expected a number as the sample's value, found `.b 1` \
             (Prometheus refuses, promtool refuses, Telegraf refuses, client_python refuses)",
        ],
    );
    assert_eq!(
        shown("a_hours{bC=\"1\"} 1\na_hours{bC=\"2\"} 1\n"),
        [
            "line 1: warning: L1: a_hours: no help text",
            "line 1: warning: L2: a_hours: use base unit \"seconds\" instead of \"hours\"",
            "line 1: warning: L7b: a_hours: label names should be written in 'snake_case' not 'camelCase', 2 times",
        ],
    );
}

#[test]
fn a_line_in_error_hides_nothing() {
    let findings = text("a{x=1} 1\nb 1 \n# HELP c Help.\nc 1\n");
    assert_eq!(ids(&findings), ["LX0", "L1", "LX44"]);
}

#[test]
fn the_page_lists_every_rule() {
    let page = include_str!("../../docs/lint.md");
    let (_, table) = page.split_once("# All rules\n").unwrap();
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1)
        .collect();
    let expected: Vec<String> = (LintRule::ALL.iter())
        .map(|rule| {
            let readers = rule.readers().iter();
            let readers: Vec<_> = readers
                .map(|(reader, outcome)| format!("{reader} {outcome}"))
                .collect();
            let (severity, text) = (rule.severity(), rule.text());
            format!("| {rule} | {severity} | {text} | {} |", readers.join(", "))
        })
        .collect();
    assert_eq!(rows, expected);
    let ids: BTreeSet<&str> = LintRule::all().map(LintRule::id).collect();
    assert_eq!(ids.len(), LintRule::all().count());
    for rule in LintRule::all() {
        assert_eq!(rule.id().parse(), Ok(rule));
    }
}
