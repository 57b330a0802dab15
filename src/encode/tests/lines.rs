//! What lines are written as, as they are and under other names.

use super::*;

#[test]
fn exemplars_find_their_lines_again() {
    for body in [
        "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1 # {} 2.0 3.0\nh_sum 1.0 # {a=\"b\"} 4.0\nh_count 1 # {c=\"\\\\\\\"\\n\"} 5.0\n# EOF\n",
        "# TYPE s summary\ns{quantile=\"0.5\"} 1.0 # {a=\"b\"} 1.0\ns_sum 1.0 # {} 2.0\n# EOF\n",
        "# TYPE g gauge\ng 1.0 # {a=\"b\"} 1.0\n# EOF\n",
    ] {
        let families = crate::Families::new(body.as_bytes(), Dialect::OpenMetrics).read_all();
        assert_eq!(to_string(&families.families, OM).unwrap(), body);
    }
}

#[track_caller]
fn check_lines(body: &str, from: Dialect, format: impl Into<Format>, expected: &str) {
    let mut encoder = Encoder::new(String::new(), format).unwrap().lossy(true);
    for line in Parser::new(body.as_bytes(), from) {
        encoder.line(&line.unwrap(), from).unwrap();
    }
    assert_eq!(encoder.finish().unwrap(), expected);
}

#[test]
fn lines() {
    let text = "# HELP a_total  b \"c\"\n# TYPE a_total counter\n  a_total{x=\"1\",}  1e0  1001\n\n# a comment\n# TYPE b counter\nb{} 2\n# HELP c d\nc -0\n# TYPE e gauge\n";
    check_lines(
        text,
        Dialect::Text,
        TEXT,
        "# HELP a_total  b \"c\"\n# TYPE a_total counter\n  a_total{x=\"1\",}  1e0  1001\n# TYPE b counter\nb{} 2\n# HELP c d\nc -0\n# TYPE e gauge\n",
    );
    check_lines(
        text,
        Dialect::Text,
        OM,
        "# HELP a  b \\\"c\\\"\n# TYPE a counter\na_total{x=\"1\"} 1.0 1.0010000000000001\n# TYPE b unknown\nb 2.0\n# HELP c d\nc -0.0\n# TYPE e gauge\n# EOF\n",
    );
    let om = "# TYPE a_s counter\n# HELP a_s x\n# UNIT a_s s\na_s_total 1 1.5 # {t=\"\\\"\"} 1\na_s_created 2\n# TYPE b counter\nb 1\n# TYPE c info\nc_info 1\n# EOF\n";
    check_lines(
        om,
        Dialect::OpenMetrics,
        TEXT,
        "# HELP a_s_total x\n# TYPE a_s_total counter\na_s_total 1 1500\na_s_created 2\n# TYPE b counter\nb 1\n# TYPE c_info gauge\nc_info 1\n",
    );
    check_lines(
        "# TYPE \"m.n\" histogram\n{\"m.n_count\",\"a.b\"=\"1\"}7\n{\"x.y_count\"} 1\n",
        Dialect::Text,
        Format::new(TEXT).with_escaping(EscapingScheme::Values),
        "# TYPE U__m_2e_n histogram\nU__m_2e_n_count{U__a_2e_b=\"1\"} 7\nU__x_2e_y__count 1\n",
    );
}

#[test]
fn lines_that_are_refused() {
    let refuse = |body: &[u8], message: &str| {
        let from = Dialect::OpenMetrics;
        let mut encoder = Encoder::new(String::new(), ScrapeProtocol::PrometheusText004).unwrap();
        let lines = Parser::new(body, from).filter_map(Result::ok);
        let errors: Vec<String> = lines
            .filter_map(|line| encoder.line(&line, from).err())
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, [message]);
        assert_eq!(encoder.finish().unwrap(), "");
    };
    refuse(
        b"a 1 -2.5\n",
        "a: the text format has no negative timestamps, such as -2500",
    );
    refuse(b"a 1 # {} 1\n", "a: there is no place for its exemplar");
    refuse(b"{\"\"} 1\n", ": a metric without a name");
    refuse(b"a{\"\"=\"1\"} 1\n", "a: a label without a name");
    refuse(b"{\"\xff\"} 1\n", "\u{fffd}: a name that is not UTF-8");
    refuse(
        b"{\"a.b\"} 1\n",
        "\"a.b\" is not a name in PrometheusText0.0.4, unless an escaping scheme is chosen",
    );
}

#[test]
fn samples_under_other_names() {
    let body = b"a_total{b=\"c\"} 1 2 # {t=\"\\\"\"} 1 2.5\n";
    let mut lines = Parser::openmetrics(body);
    let Some(Ok(Line::Sample(sample))) = lines.next() else {
        panic!("{body:?}")
    };
    let mut encoder = Encoder::new(String::new(), openmetrics()).unwrap();
    let error = encoder
        .sample_as(&sample, Dialect::OpenMetrics, "n.m", [])
        .unwrap_err();
    assert_eq!(error.to_string(), "n.m: there is no place for its exemplar");
    encoder = encoder.lossy(true);
    for labels in [&[][..], &[("x", "1"), ("y.z", "\n")]] {
        let labels = labels.iter().copied();
        encoder
            .sample_as(&sample, Dialect::OpenMetrics, "n.m", labels)
            .unwrap();
    }
    for (name, labels, message) in [
        ("", &[][..], "a metric without a name cannot be written"),
        ("n", &[("", "1")], "n: a label without a name"),
        ("n", &[("__name__", "1")], "n: a label called __name__"),
        (
            "n",
            &[("a", "1"), ("b", "2"), ("a", "3")],
            "n: a label twice",
        ),
    ] {
        let labels = labels.iter().copied();
        let error = encoder
            .sample_as(&sample, Dialect::OpenMetrics, name, labels)
            .unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    assert_eq!(
        encoder.finish().unwrap(),
        "# TYPE \"n.m\" unknown\n{\"n.m\"} 1 2\n{\"n.m\",x=\"1\",\"y.z\"=\"\\n\"} 1 2\n# EOF\n",
    );
}

/// Writes a body with the names that `rename` gives, and without labels named `x`.
#[track_caller]
fn relabelled(
    body: &str,
    to: ScrapeProtocol,
    rename: fn(&str) -> Option<String>,
) -> (String, Omitted) {
    let from = match body.ends_with("# EOF\n") {
        true => Dialect::OpenMetrics,
        false => Dialect::Text,
    };
    let mut encoder = Encoder::new(String::new(), to).unwrap().lossy(true);
    for line in Parser::new(body.as_bytes(), from) {
        let line = line.unwrap();
        let Line::Sample(sample) = &line else {
            encoder.line(&line, from).unwrap();
            continue;
        };
        let name = rename(&sample.name()).unwrap_or_else(|| sample.name().into_owned());
        let labels: Vec<_> = (sample.labels().iter())
            .map(|label| (label.name(), label.value()))
            .collect();
        let labels = labels
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()));
        let labels = labels.filter(|label| label.0 != "x");
        encoder.sample_as(sample, from, &name, labels).unwrap();
    }
    encoder.finish_reporting().unwrap()
}

#[test]
fn families_whose_samples_get_other_names() {
    let omitted = |exemplars, samples| Omitted {
        exemplars,
        samples,
        ..Omitted::default()
    };
    type Rename = fn(&str) -> Option<String>;
    let cases: [(&str, Rename, &str, Omitted); 9] = [
        // A counter's exemplar has no place elsewhere, and neither has its TYPE line.
        (
            "# HELP a text\n# TYPE a counter\na_total 1 # {t=\"1\"} 1\n# EOF\n",
            |_| Some("b".into()),
            "# TYPE b unknown\nb 1\n# EOF\n",
            omitted(1, 0),
        ),
        (
            "# HELP h text\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1 # {} 0.5\nh_count 1\nh_sum 2\n# TYPE a gauge\na 3\n# EOF\n",
            |name| name.starts_with('h').then(|| format!("p_{name}")),
            "# TYPE a gauge\na 3\n# HELP p_h text\n# TYPE p_h histogram\np_h_bucket{le=\"+Inf\"} 1 # {} 0.5\np_h_count 1\np_h_sum 2\n# EOF\n",
            omitted(0, 0),
        ),
        // What is left of a histogram is not a histogram.
        (
            "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 1 # {} 1\nh_sum 2\n# TYPE a gauge\na 3\n# EOF\n",
            |name| (name == "h_bucket").then(|| "odd".into()),
            "# TYPE a gauge\na 3\n# TYPE odd unknown\nodd{le=\"+Inf\"} 1\n# TYPE h_count unknown\nh_count 1\n# TYPE h_sum unknown\nh_sum 2\n# EOF\n",
            omitted(1, 0),
        ),
        (
            "# TYPE c counter\nc_total 1\nc_created 2\n# EOF\n",
            |name| (name == "c_total").then(|| "d".into()),
            "# TYPE d unknown\nd 1\n# TYPE c_created unknown\nc_created 2\n# EOF\n",
            omitted(0, 0),
        ),
        // Two families become one, and one becomes two.
        (
            "# TYPE a gauge\na 1\n# TYPE c counter\nc_total 2\n# TYPE b gauge\nb{y=\"1\"} 3\n# EOF\n",
            |name| (name != "c_total").then(|| "d".into()),
            "# TYPE c counter\nc_total 2\n# TYPE d gauge\nd 1\nd{y=\"1\"} 3\n# EOF\n",
            omitted(0, 0),
        ),
        (
            "a 1\nb 1\na{y=\"2\"} 2\n# EOF\n",
            |name| (name == "a").then(|| "c".into()),
            "b 1\n# TYPE c unknown\nc 1\nc{y=\"2\"} 2\n# EOF\n",
            omitted(0, 0),
        ),
        // There is such a family already.
        (
            "# TYPE a gauge\na 1\n# TYPE b gauge\nb 2\n# EOF\n",
            |name| (name == "b").then(|| "a".into()),
            "# TYPE a gauge\na 1\n# EOF\n",
            omitted(0, 1),
        ),
        // The labels that told series apart are gone.
        (
            "# TYPE a gauge\na{x=\"1\"} 1\na{x=\"2\"} 2\n# EOF\n",
            |_| None,
            "# TYPE a gauge\na 1\n# EOF\n",
            omitted(0, 1),
        ),
        (
            "# TYPE s summary\ns_sum{x=\"1\",y=\"1\"} 1\ns_sum{x=\"1\",y=\"2\"} 2\ns_count{x=\"2\",y=\"1\"} 3\n# EOF\n",
            |_| None,
            "# TYPE s summary\ns_sum{y=\"1\"} 1\ns_count{y=\"1\"} 3\ns_sum{y=\"2\"} 2\n# EOF\n",
            omitted(0, 0),
        ),
    ];
    for (body, rename, expected, omitted) in cases {
        let (text, left) = relabelled(body, OM, rename);
        assert_eq!((text.as_str(), left), (expected, omitted), "{body}");
        let violations: Vec<_> = crate::check::strict::check(text.as_bytes()).collect();
        assert!(violations.is_empty(), "{violations:?} in\n{text}");
    }
    // From text, and into text.
    let body = "# HELP a_total text\n# TYPE a_total counter\na_total 1\n# TYPE b gauge\nb 2\n";
    let rename: Rename = |name| (name == "a_total").then(|| "c_total".into());
    assert_eq!(
        relabelled(body, OM, rename).0,
        "# TYPE b gauge\nb 2.0\n# HELP c text\n# TYPE c counter\nc_total 1.0\n# EOF\n",
    );
    assert_eq!(
        relabelled(body, TEXT, rename).0,
        "c_total 1\n# TYPE b gauge\nb 2\n"
    );
}
