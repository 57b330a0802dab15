//! Adds up metrics of several bodies.

use super::*;

fn sum(aggregation: Aggregation) -> Merge<'static> {
    text().on_collision(Collision::Sum(aggregation))
}

fn apart() -> Aggregation {
    Aggregation::new().otherwise(Unsummable::Stamp("source".into()))
}

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// Merges bodies of text, each with the TYPE line of `m`.
#[track_caller]
fn sums_to(kind: &str, bodies: &[&str], gauges: Gauges, expected: &str) -> MergeReport {
    let declared: Vec<String> = bodies
        .iter()
        .map(|body| format!("# TYPE m {kind}\n{body}"))
        .collect();
    let merge = Merge::new(ScrapeProtocol::PrometheusText100)
        .on_collision(Collision::Sum(Aggregation::new().gauges(gauges)));
    let merge = (declared.iter().zip(NAMES)).fold(merge, |merge, (body, name)| {
        merge.source(Source::new(name, body.as_bytes(), Dialect::Text))
    });
    check(merge, &format!("# TYPE m {kind}\n{expected}"))
}

#[test]
fn counters_are_added() {
    let report = sums_to(
        "counter",
        &[
            "m{x=\"1\"}  3\nm{x=\"2\"} 5\n",
            "m{y=\"\",x=\"1\"} 4\nm{x=\"3\"} 1.50\n",
            "m{x=\"1\"} 1\n",
        ],
        Gauges::Max,
        "m{x=\"1\"} 8\nm{x=\"2\"} 5\nm{x=\"3\"} 1.50\n",
    );
    assert_eq!((report.samples, report.summed, report.collided), (3, 2, 0));
    assert!(report.collisions.is_empty());
}

#[test]
fn gauges_and_unknown_metrics_as_is_chosen() {
    for (values, expected) in [
        (&["3", "9", "7"][..], ["19", "3", "9", "7"]),
        (&["3", "NaN", "7"], ["NaN", "3", "7", "7"]),
        (&["NaN", "-1", "NaN"], ["NaN", "-1", "-1", "NaN"]),
        (&["+Inf", "-Inf"], ["NaN", "-Inf", "+Inf", "-Inf"]),
        (
            &["0.1", "0.2"],
            ["0.30000000000000004", "0.1", "0.2", "0.2"],
        ),
        (&["-0", "-0"], ["-0", "-0", "-0", "-0"]),
        (&["1e6", "1"], ["1.000001e+06", "1", "1e+06", "1"]),
    ] {
        let bodies: Vec<String> = values.iter().map(|value| format!("m {value}\n")).collect();
        let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
        let choices = [Gauges::Sum, Gauges::Min, Gauges::Max, Gauges::Last];
        for (gauges, expected) in choices.into_iter().zip(expected) {
            for kind in ["gauge", "untyped"] {
                sums_to(kind, &bodies, gauges, &format!("m {expected}\n"));
            }
        }
    }
}

#[test]
fn integers_are_added_exactly() {
    for (values, expected) in [
        // Added one by one, the ones would each be rounded away.
        (&["9007199254740992", "1", "1", "1"][..], "9007199254740995"),
        (&["9007199254740992", "1", "1"], "9.007199254740994e+15"),
        (&["9007199254740993", "0"], "9007199254740993"),
        (&["1", "18446744073709551614"], "18446744073709551615"),
        (&["18446744073709551615", "1"], "1.8446744073709552e+19"),
        (&["-9007199254740993", "0"], "-9007199254740993"),
        (&["9007199254740993", "-9007199254740992"], "1"),
        (&["9007199254740993", "0.5"], "9.007199254740992e+15"),
        (&["1e300", "1"], "1e+300"),
        (&["9007199254740993.0", "0"], "9.007199254740992e+15"),
    ] {
        let bodies: Vec<String> = values.iter().map(|value| format!("m {value}\n")).collect();
        let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
        sums_to("counter", &bodies, Gauges::Sum, &format!("m {expected}\n"));
    }
    // A value that nothing is added to stays as written.
    sums_to(
        "counter",
        &["m 9007199254740993\n"],
        Gauges::Sum,
        "m 9007199254740993\n",
    );
}

#[test]
fn timestamps_of_sums() {
    for (bodies, gauges, expected) in [
        (["m 3 5\n", "m 4 6\n"], Gauges::Sum, "m 7 6\n"),
        (["m 3 6\n", "m 4 5\n"], Gauges::Sum, "m 7 6\n"),
        (["m 3 5\n", "m 4\n"], Gauges::Sum, "m 7\n"),
        (["m 3\n", "m 4 6\n"], Gauges::Max, "m 4\n"),
        (["m 3 6\n", "m 4 5\n"], Gauges::Last, "m 4 5\n"),
        (["m 3\nm 8\n", "m 4 5\n"], Gauges::Last, "m 4 5\n"),
    ] {
        sums_to("gauge", &bodies, gauges, expected);
    }
}

#[test]
fn histograms_of_equal_bounds_are_added() {
    let a = "# TYPE h histogram\nh_bucket{le=\"1\"} 1 # {t=\"a\"} 0.5 10.0\nh_bucket{le=\"+Inf\"} 2 # {t=\"a\"} 2\nh_sum 3.5\nh_count 2\nh_created 100.0\n# EOF\n";
    let b = "# TYPE h histogram\nh_count 20\nh_bucket{le=\"+Inf\"} 20 # {t=\"b\"} 3\nh_bucket{le=\"1.0\"} 10 # {t=\"b\"} 0.6 20.0\nh_created 50.0\nh_sum 1.5\n# EOF\n";
    let both = |merge: Merge<'static>| merge.source(om("a", a)).source(om("b", b));
    let report = check(
        both(openmetrics().on_collision(Collision::Sum(Aggregation::new()))),
        "# TYPE h histogram\nh_bucket{le=\"1\"} 11 # {t=\"b\"} 0.6 20.0\nh_bucket{le=\"+Inf\"} 22 # {t=\"a\"} 2.0\nh_sum 5.0\nh_count 22\nh_created 50.0\n# EOF\n",
    );
    assert_eq!((report.samples, report.summed, report.exemplars), (5, 5, 2));
    let report = check(
        both(sum(Aggregation::new().gauges(Gauges::Max)).lossy(true)),
        "# TYPE h histogram\nh_bucket{le=\"1\"} 11\nh_bucket{le=\"+Inf\"} 22\nh_sum 5\nh_count 22\n# TYPE h_created gauge\nh_created 50\n",
    );
    assert_eq!((report.samples, report.summed, report.exemplars), (5, 5, 4));
}

#[test]
fn histograms_of_other_bounds_are_refused_or_kept_apart() {
    let one = "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_count 2\n";
    for other in [
        "h_bucket{le=\"2\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_count 2\n",
        "h_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\n",
        "h_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_count 2\nh_sum 1\n",
        "h_bucket{le=\"1\"} 1\nh_bucket{le=\"2\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_count 2\n",
    ] {
        let other = format!("# TYPE h histogram\n{other}");
        // Regardless of the order, and of how many agree.
        let one = || Source::new("one", one.as_bytes(), Dialect::Text);
        let other = Source::new("other", other.as_bytes(), Dialect::Text);
        for sources in [
            vec![one(), other.clone()],
            vec![other.clone(), one()],
            vec![one(), other.clone(), one()],
        ] {
            let merge = |aggregation| {
                let merge = Merge::new(ScrapeProtocol::PrometheusText100)
                    .on_collision(Collision::Sum(aggregation));
                sources.iter().cloned().fold(merge, Merge::source)
            };
            let error = merge(Aggregation::new())
                .write_to_fmt(String::new())
                .unwrap_err();
            let message = error.to_string();
            assert!(
                message.ends_with("both have the metric h, which cannot be added: not all bodies have the same buckets, sum and count"),
                "{message}"
            );
            let report = merge(apart()).write_to_fmt(String::new()).unwrap();
            assert_eq!(report.summed, 0);
            assert!(report.stamped > 0);
        }
    }
    let other = "# TYPE h histogram\nh_bucket{le=\"2\"} 5\nh_count 6\n";
    let report = check(
        sum(apart())
            .source(prometheus("a", one))
            .source(prometheus("b", other)),
        &[
            one,
            "h_bucket{le=\"2\",source=\"b\"} 5\nh_count{source=\"b\"} 6\n",
        ]
        .concat(),
    );
    let told: Vec<_> = report.collisions.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["h: a has it, that of b is labelled"]);
}

#[test]
fn gauge_histograms_are_added_whatever_becomes_of_gauges() {
    let a = "# TYPE g gaugehistogram\ng_bucket{le=\"1\"} 1\ng_bucket{le=\"+Inf\"} 2\ng_gsum -3\ng_gcount 2\n# EOF\n";
    let b = "# TYPE g gaugehistogram\ng_bucket{le=\"1.0\"} 1\ng_bucket{le=\"+Inf\"} 2\ng_gsum 1\ng_gcount 2\n# EOF\n";
    let aggregation = || Aggregation::new().gauges(Gauges::Min);
    check(
        openmetrics()
            .on_collision(Collision::Sum(aggregation()))
            .source(om("a", a))
            .source(om("b", b)),
        "# TYPE g gaugehistogram\ng_bucket{le=\"1\"} 2\ng_bucket{le=\"+Inf\"} 4\ng_gsum -2.0\ng_gcount 4\n# EOF\n",
    );
    check(
        sum(aggregation()).source(om("a", a)).source(om("b", b)),
        "# TYPE g histogram\ng_bucket{le=\"1\"} 2\ng_bucket{le=\"+Inf\"} 4\n# TYPE g_gsum gauge\ng_gsum -2\n# TYPE g_gcount gauge\ng_gcount 4\n",
    );
}

#[test]
fn summaries_without_quantiles_are_added() {
    sums_to(
        "summary",
        &["m_sum 1.5\nm_count 2\n", "m_count 3\nm_sum 4\n"],
        Gauges::Max,
        "m_sum 5.5\nm_count 5\n",
    );
    let quantiles = "# TYPE m summary\nm{quantile=\"0.5\"} 1\nm_sum 1\nm_count 1\n";
    let both = |aggregation| {
        sum(aggregation)
            .source(prometheus("a", quantiles))
            .source(prometheus("b", quantiles))
    };
    refuse(
        both(Aggregation::new()),
        "b and a both have the metric m, which cannot be added: its quantiles are no sums",
    );
    check(
        both(apart()),
        &[
            quantiles,
            "m{quantile=\"0.5\",source=\"b\"} 1\nm_sum{source=\"b\"} 1\nm_count{source=\"b\"} 1\n",
        ]
        .concat(),
    );
    // A summary that only one body has needs no sum.
    check(
        sum(Aggregation::new()).source(prometheus("a", quantiles)),
        quantiles,
    );
}

#[test]
fn infos_and_states_stay_if_all_say_the_same() {
    let body =
        "# TYPE i info\ni_info{v=\"1\"} 1\n# TYPE s stateset\ns{s=\"x\"} 0\ns{s=\"y\"} 1\n# EOF\n";
    let merge = || {
        openmetrics()
            .on_collision(Collision::Sum(Aggregation::new()))
            .source(om("a", body))
    };
    let report = check(
        merge().source(om("b", body)),
        "# TYPE i info\ni_info{v=\"1\"} 1.0\n# TYPE s stateset\ns{s=\"x\"} 0.0\ns{s=\"y\"} 1.0\n# EOF\n",
    );
    assert_eq!(report.summed, 3);
    refuse(
        merge().source(om(
            "b",
            "# TYPE s stateset\ns{s=\"x\"} 1\ns{s=\"y\"} 0\n# EOF\n",
        )),
        "b and a both have the metric s, which cannot be added: not all bodies say the same",
    );
    refuse(
        merge().source(om("b", "# TYPE s stateset\ns{s=\"x\"} 0\n# EOF\n")),
        "b and a both have the metric s, which cannot be added: not all bodies have the same buckets, sum and count",
    );
}

#[test]
fn start_times_are_the_earliest() {
    for (created, expected) in [
        (["c_created 5\n", "c_created 4\n"], "c_created 4\n"),
        (["c_created 4\n", "c_created 5\n"], "c_created 4\n"),
        (["", "c_created 5\n"], "c_created 5\n"),
        (["c_created 5\n", ""], "c_created 5\n"),
        (["c_created NaN\n", "c_created 5\n"], "c_created 5\n"),
        (["c_created 5\n", "c_created NaN\n"], "c_created 5\n"),
    ] {
        let [a, b] = created.map(|created| {
            format!("# TYPE c_total counter\nc_total 1\n# TYPE c_created gauge\n{created}")
        });
        let body = |name, text: &'static str| Source::new(name, text.as_bytes(), Dialect::Text);
        let [a, b] = [a, b].map(|text| &*Box::leak(text.into_boxed_str()));
        check(
            sum(Aggregation::new().gauges(Gauges::Last))
                .source(body("a", a))
                .source(body("b", b)),
            &format!("# TYPE c_total counter\nc_total 2\n# TYPE c_created gauge\n{expected}"),
        );
        let expected = expected.replace("c_created ", "").replace('\n', ".0\n");
        check(
            openmetrics()
                .on_collision(Collision::Sum(Aggregation::new()))
                .source(body("a", a))
                .source(body("b", b)),
            &format!("# TYPE c counter\nc_total 2.0\nc_created {expected}# EOF\n"),
        );
    }
}

#[test]
fn what_cannot_be_added() {
    let times = "# TYPE m counter\nm 1 5\nm 2 6\n";
    let two = |a, b| {
        sum(Aggregation::new())
            .on_conflict(Conflict::FirstWins)
            .source(prometheus("a", a))
            .source(prometheus("b", b))
    };
    let one = "# TYPE m counter\nm 1\n";
    refuse(
        two(times, one),
        "b and a both have the metric m, which cannot be added: one body has it at several times",
    );
    refuse(
        two(one, times),
        "b and a both have the metric m, which cannot be added: one body has it at several times",
    );
    refuse(
        two(one, "# TYPE m gauge\nm 1\n"),
        "b and a both have the metric m, which cannot be added: not all bodies have it of the same type",
    );
    check(
        two(times, "# TYPE m counter\nm{x=\"1\"} 1\n"),
        &[times, "m{x=\"1\"} 1\n"].concat(),
    );
}

/// The metrics of one body are not added to each other, even if they get the same name.
#[test]
fn a_body_adds_nothing_to_itself() {
    let report = sums_to(
        "counter",
        &["m 1\nm 2\n", "m 10\nm{} 20\n"],
        Gauges::Sum,
        "m 11\n",
    );
    assert_eq!((report.summed, report.repeated), (1, 2));
    let body = "# TYPE m summary\nm_sum 1\nm_sum{s=\"x\"} 2\n";
    let source = |name| prometheus(name, body).label("s", "x").honor_labels(true);
    let report = check(
        sum(Aggregation::new())
            .source(source("a"))
            .source(source("b")),
        "# TYPE m summary\nm_sum{s=\"x\"} 2\n",
    );
    assert_eq!((report.samples, report.summed, report.repeated), (1, 1, 2));
}

#[test]
fn sums_with_labels_that_are_added() {
    let source = |name, body| prometheus(name, body).label("job", "j");
    check(
        sum(Aggregation::new())
            .source(source("a", "# TYPE m counter\nm{job=\"x\"} 1\n"))
            .source(source("b", "# TYPE m counter\nm{job=\"x\"} 2\n")),
        "# TYPE m counter\nm{exported_job=\"x\",job=\"j\"} 3\n",
    );
}

#[test]
fn negative_times_have_no_place_in_text() {
    refuse(
        sum(Aggregation::new())
            .source(om("a", "# TYPE g gauge\ng 1 -2\n# EOF\n"))
            .source(om("b", "# TYPE g gauge\ng 1 -1\n# EOF\n")),
        "g: the text format has no negative timestamps, such as -1000",
    );
}
