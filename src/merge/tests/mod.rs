use super::*;
use crate::format::ScrapeProtocol;
use crate::model::name::EscapingScheme;

mod metrics;
mod sums;

fn text() -> Merge<'static> {
    Merge::new(ScrapeProtocol::PrometheusText100)
}

fn openmetrics() -> Merge<'static> {
    let format = Format::new(ScrapeProtocol::OpenMetricsText100);
    Merge::new(format.with_escaping(EscapingScheme::AllowUtf8))
}

fn prometheus(name: &'static str, body: &'static str) -> Source<'static> {
    Source::new(name, body.as_bytes(), Dialect::Text)
}

fn om(name: &'static str, body: &'static str) -> Source<'static> {
    Source::new(name, body.as_bytes(), Dialect::OpenMetrics)
}

#[track_caller]
fn check(merge: Merge<'_>, expected: &str) -> MergeReport {
    let mut out = String::new();
    let report = merge.write_to_fmt(&mut out).unwrap();
    assert_eq!(out, expected);
    let mut bytes = Vec::new();
    merge.write_to(&mut bytes).unwrap();
    assert_eq!(bytes, expected.as_bytes());
    report
}

#[track_caller]
fn refuse(merge: Merge<'_>, message: &str) {
    let error = merge.write_to_fmt(String::new()).unwrap_err();
    assert_eq!(error.to_string(), message);
}

#[test]
fn no_body_is_an_empty_one() {
    check(text(), "");
    check(openmetrics(), "# EOF\n");
    check(openmetrics().source(om("a", "# EOF")), "# EOF\n");
}

#[test]
fn families_are_put_together_in_the_order_of_their_names_first_seen() {
    let report = check(
        text()
            .source(prometheus(
                "app",
                "# HELP a one\n# TYPE a counter\na{x=\"1\"}   1\n# TYPE b gauge\nb 1",
            ))
            .source(prometheus(
                "envoy",
                "# a comment\n# TYPE b gauge\nb{y=\"1\"} 2\n\n# TYPE c gauge\nc 1\n# HELP a one\n# TYPE a counter\n\ta{} 3 4\n",
            )),
        "# HELP a one\n# TYPE a counter\na{x=\"1\"}   1\n\ta{} 3 4\n# TYPE b gauge\nb 1\nb{y=\"1\"} 2\n# TYPE c gauge\nc 1\n",
    );
    assert_eq!((report.families, report.samples), (3, 5));
}

#[test]
fn histograms_keep_their_suffixes_together() {
    check(
        text()
            .source(prometheus(
                "a",
                "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\nz 1\n",
            ))
            .source(prometheus(
                "b",
                "h_count{b=\"1\"} 1\nother 1\n# TYPE h histogram\nh_bucket{b=\"1\",le=\"+Inf\"} 1\nh_sum{b=\"1\"} 1\n",
            )),
        "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\nh_count{b=\"1\"} 1\nh_bucket{b=\"1\",le=\"+Inf\"} 1\nh_sum{b=\"1\"} 1\n# TYPE z untyped\nz 1\nother 1\n",
    );
}

#[test]
fn samples_without_a_type_join_a_family_that_a_later_body_declares() {
    check(
        text()
            .source(prometheus("a", "h_sum 1\nh_count 1\n"))
            .source(prometheus(
                "b",
                "# TYPE h summary\nh{b=\"1\",quantile=\"0.5\"} 1\n",
            )),
        "# TYPE h summary\nh_sum 1\nh_count 1\nh{b=\"1\",quantile=\"0.5\"} 1\n",
    );
}

#[test]
fn collisions() {
    let two = || {
        text()
            .source(prometheus("a", "m{x=\"1\",y=\"2\"} 1\n"))
            .source(prometheus("b", "m{y=\"2\",x=\"1\",z=\"\"} 2\nm 3\n"))
    };
    refuse(
        two(),
        "b and a both have the series m{y=\"2\",x=\"1\",z=\"\"}",
    );
    let report = check(
        two().on_collision(Collision::FirstWins),
        "m{x=\"1\",y=\"2\"} 1\nm 3\n",
    );
    assert_eq!((report.collided, report.samples), (1, 2));
    let report = check(
        two().on_collision(Collision::Stamp("x".into())),
        "m{x=\"1\",y=\"2\"} 1\nm{y=\"2\",exported_x=\"1\",z=\"\",x=\"b\"} 2\nm 3\n",
    );
    assert_eq!((report.stamped, report.samples), (1, 3));
}

#[test]
fn a_series_that_a_body_repeats_is_kept_once_for_each_time() {
    let report = check(
        text().source(prometheus("a", "m 1\nm{} 2\nm 3 5\nm 4 5\nm 5 6\nm 6\n")),
        "m 1\nm 3 5\nm 5 6\n",
    );
    assert_eq!(report.repeated, 3);
}

#[test]
fn labels_are_stamped_as_prometheus_stamps_those_of_a_target() {
    let stamped = |body: &'static str, labels: &[(&'static str, &'static str)], honor| {
        let mut source = prometheus("a", body).honor_labels(honor);
        for (name, value) in labels {
            source = source.label(*name, *value);
        }
        let mut out = String::new();
        text().source(source).write_to_fmt(&mut out).unwrap();
        out
    };
    let both = "m{az=\"1\",exported_az=\"2\"} 7 8\n";
    for (body, labels, honor, expected) in [
        ("m 1\n", &[("a", "b")][..], false, "m{a=\"b\"} 1\n"),
        ("m-1\n", &[("a", "b")], false, "m{a=\"b\"} -1\n"),
        ("m 1\n", &[("a", "")], false, "m 1\n"),
        ("m 1\n", &[("a", "b"), ("a", "c")], false, "m{a=\"c\"} 1\n"),
        (
            both,
            &[("az", "3")],
            false,
            "m{exported_exported_az=\"1\",exported_az=\"2\",az=\"3\"} 7 8\n",
        ),
        (
            both,
            &[("az", "3"), ("exported_az", "4")],
            false,
            "m{exported_exported_az=\"1\",exported_exported_exported_az=\"2\",az=\"3\",exported_az=\"4\"} 7 8\n",
        ),
        (
            both,
            &[("az", "3")],
            true,
            "m{az=\"1\",exported_az=\"2\"} 7 8\n",
        ),
        ("m{i=\"\"} 1\n", &[("i", "h")], false, "m{i=\"h\"} 1\n"),
        ("m{i=\"\"} 1\n", &[("i", "h")], true, "m{i=\"\"} 1\n"),
        (
            "m{i=\"1\",exported_i=\"\"} 1\n",
            &[("i", "h")],
            false,
            "m{exported_i=\"1\",i=\"h\"} 1\n",
        ),
        (
            "{\"m.n\",a=\"\\\\\\n\\\"\"} 1\n",
            &[("b.c", "\n")],
            false,
            "{\"m.n\",a=\"\\\\\\n\\\"\",\"b.c\"=\"\\n\"} 1\n",
        ),
    ] {
        assert_eq!(stamped(body, labels, honor), expected, "{body}");
    }
}

#[test]
fn types_that_contradict_each_other() {
    let two = || {
        text()
            .source(prometheus("a", "# TYPE m counter\nm 1\n"))
            .source(prometheus(
                "b",
                "# HELP m text\n# TYPE m histogram\nm_bucket{le=\"1\"} 1\nm_count 1\nm{b=\"1\"} 1\n",
            ))
    };
    refuse(two(), "b has m of type histogram, a has m of type counter");
    let report = check(
        two().on_conflict(Conflict::FirstWins),
        "# TYPE m counter\nm 1\nm{b=\"1\"} 1\nm_bucket{le=\"1.0\"} 1\nm_count 1\n",
    );
    assert_eq!(report.conflicts, 2);
}

#[test]
fn openmetrics_families_that_would_share_a_sample() {
    let two = || {
        openmetrics()
            .source(om("a", "# TYPE m_total gauge\nm_total 1\n# EOF\n"))
            .source(om("b", "# TYPE m counter\nm_total{b=\"1\"} 1\n# EOF\n"))
    };
    refuse(
        two(),
        "b has m of type counter, a has m_total of type gauge",
    );
    check(
        two().on_conflict(Conflict::FirstWins),
        "# TYPE m_total gauge\nm_total 1\nm_total{b=\"1\"} 1\n# EOF\n",
    );
}

#[test]
fn help_texts_and_units_that_contradict_each_other() {
    let two = |a, b| openmetrics().source(om("a", a)).source(om("b", b));
    let a = "# HELP o_m_s a \\\\ text\n# UNIT o_m_s s\n# EOF\n";
    let b = "# HELP o_m_s another\n# EOF\n";
    refuse(two(a, b), "b and a have different help texts for o_m_s");
    let c = "# UNIT o_m_s m_s\n# EOF\n";
    refuse(two(a, c), "b and a have different units for o_m_s");
    let report = check(
        openmetrics()
            .source(om("a", a))
            .source(om("b", b))
            .source(om("c", c))
            .on_conflict(Conflict::FirstWins),
        a,
    );
    assert_eq!(report.conflicts, 2);
}

#[test]
fn the_le_of_a_family_stays_what_prometheus_stores() {
    // The type of `h` reaches to `foo`, and must not reach `bar` in its new place.
    check(
        text()
            .source(prometheus("a", "bar{le=\"1\"} 1\n"))
            .source(prometheus(
                "b",
                "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nfoo{le=\"1\"} 2\n",
            ))
            .source(prometheus("c", "baz{le=\"1\"} 1\n")),
        "bar{le=\"1\"} 1\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\n# TYPE foo untyped\nfoo{le=\"1.0\"} 2\nbaz{le=\"1\"} 1\n",
    );
}

#[test]
fn text_into_openmetrics() {
    check(
        openmetrics()
            .source(prometheus(
                "a",
                "# HELP m_total \"text\"\n# TYPE m_total counter\nm_total 1 1001\n# TYPE n counter\nn 1e6\n# TYPE u untyped\nu Nan\n",
            ))
            .source(om(
                "b",
                "# TYPE m counter\nm_total{b=\"1\"} 2 # {t=\"1\"} 1\nm_created{b=\"1\"} 1.0\n# EOF\n",
            )),
        "# HELP m \\\"text\\\"\n# TYPE m counter\nm_total 1.0 1.0010000000000001\nm_total{b=\"1\"} 2 # {t=\"1\"} 1\nm_created{b=\"1\"} 1.0\n# TYPE n unknown\nn 1e+06\n# TYPE u unknown\nu NaN\n# EOF\n",
    );
}

#[test]
fn a_gauge_and_a_counter_that_differ_by_total() {
    let gauge = "# TYPE x gauge\nx 1\n";
    let counter = "# TYPE x_total counter\nx_total 2\n";
    let gauge_om = "# TYPE x gauge\nx 1.0\n";
    let counter_om = "# TYPE x_total unknown\nx_total 2.0\n";
    let one = |text: &'static str| Source::new("a", text.as_bytes(), Dialect::Text);
    check(
        openmetrics().source(one(gauge)).source(one(counter)),
        &[gauge_om, counter_om, "# EOF\n"].concat(),
    );
    check(
        openmetrics().source(one(counter)).source(one(gauge)),
        &[counter_om, gauge_om, "# EOF\n"].concat(),
    );
    // A counter that has this name in OpenMetrics cannot be renamed.
    refuse(
        openmetrics()
            .source(one(counter))
            .source(om("b", "# TYPE x counter\n# EOF\n"))
            .source(one(gauge)),
        "b has x of type counter, a has x_total of type unknown",
    );
}

#[test]
fn start_times_in_text_become_samples_of_their_counters() {
    let body = "# TYPE x_total counter\nx_total 1\n# TYPE x_created gauge\nx_created 2\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\n# TYPE h_created gauge\nh_created 3\n";
    let report = check(
        openmetrics().source(prometheus("a", body)),
        "# TYPE x counter\nx_total 1.0\nx_created 2.0\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1.0\nh_created 3.0\n# EOF\n",
    );
    assert_eq!(report.conflicts, 0);
}

#[test]
fn openmetrics_into_text() {
    let body = "# HELP m_s \\\"text\\\"\n# TYPE m_s counter\n# UNIT m_s s\nm_s_total 1 1.5 # {t=\"1\"} 1\nm_s_created 1.0\n# TYPE i info\ni_info{v=\"1\"} 1\n# TYPE g gaugehistogram\ng_bucket{le=\"+Inf\"} 1\ng_gsum 1\ng_gcount 1\n# TYPE s stateset\ns{s=\"a\"} 1\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_created 2.5\nh_count 1\n# EOF\n";
    refuse(
        text().source(om("a", body)),
        "m_s_total: the text format has no place for the unit \"s\"",
    );
    refuse(
        text().source(om("a", "a_total 1 # {} 1\n# EOF\n")),
        "a_total: there is no place for its exemplar",
    );
    refuse(
        text().source(om("a", "a 1 -1\n# EOF\n")),
        "a: the text format has no negative timestamps, such as -1000",
    );
    let report = check(
        text()
            .source(om("a", body))
            .source(prometheus(
                "b",
                "# TYPE m_s_total counter\nm_s_total{b=\"1\"} 1\n",
            ))
            .lossy(true),
        "# HELP m_s_total \"text\"\n# TYPE m_s_total counter\nm_s_total 1 1500\nm_s_total{b=\"1\"} 1\n# TYPE m_s_created gauge\nm_s_created 1\n# TYPE i_info gauge\ni_info{v=\"1\"} 1\n# TYPE g histogram\ng_bucket{le=\"+Inf\"} 1\n# TYPE g_gsum gauge\ng_gsum 1\n# TYPE g_gcount gauge\ng_gcount 1\n# TYPE s gauge\ns{s=\"a\"} 1\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n# TYPE h_created gauge\nh_created 2.5\n",
    );
    assert_eq!((report.units, report.exemplars), (1, 1));
}

#[test]
fn names_are_escaped_as_the_format_says() {
    let body = "# HELP \"m.n\" text\n# TYPE \"m.n\" histogram\n{\"m.n_bucket\",\"a.b\"=\"c.d\",le=\"1\"} 1\nplain{le=\"1\"} 1\n{\"u.v_sum\"}1\n";
    let escaped = |scheme| {
        let format = Format::new(ScrapeProtocol::PrometheusText004).with_escaping(scheme);
        Merge::new(format).source(prometheus("a", body))
    };
    check(
        escaped(EscapingScheme::Values),
        "# HELP U__m_2e_n text\n# TYPE U__m_2e_n histogram\nU__m_2e_n_bucket{U__a_2e_b=\"c.d\",le=\"1\"} 1\n# TYPE plain untyped\nplain{le=\"1.0\"} 1\nU__u_2e_v__sum 1\n",
    );
    check(
        escaped(EscapingScheme::Underscores),
        "# HELP m_n text\n# TYPE m_n histogram\nm_n_bucket{a_b=\"c.d\",le=\"1\"} 1\n# TYPE plain untyped\nplain{le=\"1.0\"} 1\nu_v_sum 1\n",
    );
    refuse(
        Merge::new(ScrapeProtocol::PrometheusText004).source(prometheus("a", body)),
        "\"m.n\" is not a name in PrometheusText0.0.4, unless an escaping scheme is chosen",
    );
    refuse(
        Merge::new(ScrapeProtocol::PrometheusProto),
        "protobuf is not made of lines: only families can be written in it",
    );
}

#[test]
fn lines_in_error() {
    let body = "a 1\nb x\na{x=\"1\",x=\"2\"} 2\n{\"\"} 3\na{\"\"=\"4\"} 4\na{__name__=\"b\"} 5\n{\"\u{1}\"} 6\n";
    refuse(
        text().source(prometheus("app", body)),
        "app: line 2, column 3: expected a number as the sample's value, found `x`",
    );
    let report = check(
        text().source(prometheus("app", body)).keep_going(true),
        "a 1\n{\"\u{1}\"} 6\n",
    );
    let errors: Vec<String> = report.errors.iter().map(ToString::to_string).collect();
    assert_eq!(report.bad_lines, 5);
    assert_eq!(
        errors,
        [
            "app: line 2, column 3: expected a number as the sample's value, found `x`",
            "app: line 4, column 1: a metric without a name",
            "app: line 3, column 1: a label twice",
            "app: line 5, column 1: a label without a name",
            "app: line 6, column 1: a label called __name__",
        ],
    );
    let not_utf8 = Source::new(
        "app",
        b"{\"\xff\"} 1\na{\"\xff\"=\"\"} 2\nb 1\n",
        Dialect::Text,
    );
    let report = check(text().source(not_utf8).keep_going(true), "b 1\n");
    assert_eq!(report.bad_lines, 2);
    let report = check(
        openmetrics().source(om("app", "a 1\nb 2")).keep_going(true),
        "a 1\n# EOF\n",
    );
    assert!(report.bad_lines > 0);
}

#[test]
fn a_writer_that_fails() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("full"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let error = text()
        .source(prometheus("a", "a 1\n"))
        .write_to(Full)
        .unwrap_err();
    assert_eq!(error.to_string(), "writing failed");
    assert_eq!(io::Error::from(error).to_string(), "full");
}

/// Even where its source's label is added to the sample.
#[test]
fn a_label_name_that_is_not_utf8_is_refused_beside_other_labels() {
    let source = || Source::new("app", b"a{\"\xff\"=\"1\"} 1\nb 2\n", Dialect::Text);
    let report = check(
        text()
            .source(source().label("source", "x"))
            .keep_going(true),
        "b{source=\"x\"} 2\n",
    );
    assert_eq!(report.bad_lines, 1);
    refuse(
        text().source(source().label("source", "x")),
        "app: line 1, column 1: a name that is not UTF-8",
    );
}

/// In OpenMetrics blanks are a help text, in the text format they are not.
#[test]
fn a_help_text_of_blanks_is_left_out_of_text() {
    let source = om("a", "# HELP up  \nup 1\n# EOF\n");
    check(text().source(source.clone()), "up 1\n");
    check(openmetrics().source(source), "# HELP up  \nup 1\n# EOF\n");
}

/// It goes where a merge of the outcome would find it.
#[test]
fn a_sample_that_its_family_gives_up_goes_where_its_name_belongs() {
    let histogram = "# TYPE x histogram\n# TYPE a gauge\na 1\n";
    for kind in ["counter", "info"] {
        let other = format!("# TYPE x_count {kind}\nx_count 2\n# EOF\n");
        let other = Source::new("b", other.as_bytes(), Dialect::OpenMetrics);
        let merged = format!(
            "# TYPE x histogram\nx_count 2\n# TYPE a gauge\na 1\n# TYPE x_count_{} {}\n",
            if kind == "info" { "info" } else { "total" },
            if kind == "info" { "gauge" } else { "counter" },
        );
        check(
            text()
                .source(prometheus("a", histogram))
                .source(other.clone()),
            &merged,
        );
        let alone = Source::new("c", merged.as_bytes(), Dialect::Text);
        check(text().source(alone), &merged);
    }
    // What comes first decides.
    check(
        text()
            .source(om("a", "# TYPE x_count counter\nx_count 2\n# EOF\n"))
            .source(prometheus("b", "# TYPE x histogram\nx_sum 3\n"))
            .on_conflict(Conflict::FirstWins),
        "# TYPE x_count_total counter\n# TYPE x_count counter\nx_count 2\nx_sum 3\n",
    );
}

/// Where each metric is on one line, its labels have to be unique with those that other formats add.
#[test]
fn a_summary_with_a_label_quantile_of_its_own_does_not_stop_a_merge() {
    let body = "# TYPE s summary\ns_sum{quantile=\"x\"} 1\n# TYPE g gauge\ng 1\n";
    let merge = |lossy| {
        let merge = Merge::new(ScrapeProtocol::OpenMetricsText200)
            .source(prometheus("a", body))
            .lossy(lossy);
        let mut out = String::new();
        let report = merge.write_to_fmt(&mut out);
        report.map(|report| (out, report.others))
    };
    let expected = "# TYPE g gauge\ng 1.0\n# EOF\n".to_owned();
    assert_eq!(merge(true).unwrap(), (expected, 1));
    assert!(matches!(merge(false), Err(MergeError::Encode(_))));
}

#[test]
fn a_unit_that_does_not_end_the_name_is_left_out() {
    let body = "# TYPE a gauge\n# UNIT a bytes\na 1\n# EOF\n";
    for (protocol, expected) in [
        (ScrapeProtocol::PrometheusText100, "# TYPE a gauge\na 1\n"),
        (
            ScrapeProtocol::OpenMetricsText200,
            "# TYPE a gauge\na 1.0\n# EOF\n",
        ),
    ] {
        let source = Source::new("a", body.as_bytes(), Dialect::OpenMetrics2);
        let mut out = String::new();
        let report = Merge::new(protocol).source(source).write_to_fmt(&mut out);
        assert_eq!((out.as_str(), report.unwrap().units), (expected, 1));
    }
}
