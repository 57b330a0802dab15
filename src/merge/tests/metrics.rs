//! What is decided about a metric holds for all of its samples.

use super::*;

/// Merges into text, the later metrics labelled with `source`, the first type kept.
fn stamped<'s>(sources: impl IntoIterator<Item = Source<'s>>) -> Merge<'s> {
    let merge = Merge::new(ScrapeProtocol::PrometheusText100)
        .on_collision(Collision::Stamp("source".into()))
        .on_conflict(Conflict::FirstWins)
        .lossy(true);
    sources.into_iter().fold(merge, Merge::source)
}

const ONE: &str = "# TYPE lat histogram\nlat_bucket{le=\"1\"} 1\nlat_bucket{le=\"+Inf\"} 2\nlat_sum 3\nlat_count 2\n";
const OTHER: &str = "# TYPE lat histogram\nlat_bucket{le=\"2\"} 1\nlat_bucket{le=\"+Inf\"} 2\nlat_sum 3\nlat_count 2\n";

#[test]
fn a_histogram_with_other_buckets_is_kept_apart_as_a_whole() {
    let report = check(
        stamped([prometheus("a", ONE), prometheus("b", OTHER)]),
        "# TYPE lat histogram\nlat_bucket{le=\"1\"} 1\nlat_bucket{le=\"+Inf\"} 2\nlat_sum 3\nlat_count 2\n\
         lat_bucket{le=\"2\",source=\"b\"} 1\nlat_bucket{le=\"+Inf\",source=\"b\"} 2\nlat_sum{source=\"b\"} 3\nlat_count{source=\"b\"} 2\n",
    );
    assert_eq!((report.stamped, report.collided), (4, 0));
    let told: Vec<_> = report.collisions.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["lat: a has it, that of b is labelled"]);
}

#[test]
fn a_histogram_with_other_buckets_is_left_out_as_a_whole() {
    let both = || {
        text()
            .source(prometheus("a", ONE))
            .source(prometheus("b", OTHER))
    };
    let report = check(both().on_collision(Collision::FirstWins), ONE);
    assert_eq!((report.samples, report.collided), (4, 4));
    let told: Vec<_> = report.collisions.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["lat: a has it, that of b is left out"]);
    refuse(both(), "b and a both have the metric lat");
}

#[test]
fn a_summary_with_other_quantiles_is_kept_apart_as_a_whole() {
    let one = "# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 1\ns_count 1\n";
    let other = "# TYPE s summary\ns{quantile=\"0.9\"} 2\ns_sum 2\ns_count 2\n";
    check(
        stamped([prometheus("a", one), prometheus("b", other)]),
        "# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 1\ns_count 1\n\
         s{quantile=\"0.9\",source=\"b\"} 2\ns_sum{source=\"b\"} 2\ns_count{source=\"b\"} 2\n",
    );
}

/// Even if no series is in both bodies.
#[test]
fn parts_of_a_metric_are_not_put_together() {
    for (one, other, kept) in [
        ("h_sum 1\n", "h_count 2\n", "h_count{source=\"b\"} 2\n"),
        (
            "h_bucket{le=\"1\"} 1\n",
            "h_sum 2\n",
            "h_sum{source=\"b\"} 2\n",
        ),
        (
            "h_bucket{le=\"1\"} 1\n",
            "h_bucket{le=\"2\"} 2\n",
            "h_bucket{le=\"2\",source=\"b\"} 2\n",
        ),
        (
            "h_sum{x=\"\"} 1\n",
            "h_count 2\n",
            "h_count{source=\"b\"} 2\n",
        ),
    ] {
        let [one, other] = [one, other].map(|lines| format!("# TYPE h histogram\n{lines}"));
        let body = |name, text| Source::new(name, str::as_bytes(text), Dialect::Text);
        check(
            stamped([body("a", &one), body("b", &other)]),
            &(one.clone() + kept),
        );
    }
}

#[test]
fn metrics_of_one_body_that_differ_in_labels_are_decided_about_one_by_one() {
    let one = "# TYPE h histogram\nh_sum{x=\"1\"} 1\nh_sum{x=\"2\"} 2\n";
    let other = "# TYPE h histogram\nh_count{x=\"2\"} 3\nh_count{x=\"3\"} 4\nh_sum{x=\"3\"} 5\n";
    check(
        stamped([prometheus("a", one), prometheus("b", other)]),
        &[
            one,
            "h_count{x=\"2\",source=\"b\"} 3\nh_count{x=\"3\"} 4\nh_sum{x=\"3\"} 5\n",
        ]
        .concat(),
    );
}

#[test]
fn states_start_times_and_exemplars_go_with_their_metric() {
    let a = "# TYPE s stateset\ns{s=\"x\"} 1\n# TYPE c counter\nc_total 1\n# TYPE g gaugehistogram\ng_bucket{le=\"+Inf\"} 1\n# EOF\n";
    let b = "# TYPE s stateset\ns{s=\"x\"} 0\ns{s=\"y\"} 1\n# TYPE c counter\nc_created 2.0\nc_total 3 # {t=\"1\"} 1\n# TYPE g gaugehistogram\ng_gsum 4\ng_gcount 5\n# EOF\n";
    check(
        openmetrics()
            .on_collision(Collision::Stamp("source".into()))
            .source(om("a", a))
            .source(om("b", b)),
        "# TYPE s stateset\ns{s=\"x\"} 1\ns{s=\"x\",source=\"b\"} 0\ns{s=\"y\",source=\"b\"} 1\n\
         # TYPE c counter\nc_total 1\nc_created{source=\"b\"} 2.0\nc_total{source=\"b\"} 3 # {t=\"1\"} 1\n\
         # TYPE g gaugehistogram\ng_bucket{le=\"+Inf\"} 1\ng_gsum{source=\"b\"} 4\ng_gcount{source=\"b\"} 5\n# EOF\n",
    );
    // In text they are separate families, and are still decided about together.
    check(
        stamped([om("a", a), om("b", b)]),
        "# TYPE s gauge\ns{s=\"x\"} 1\ns{s=\"x\",source=\"b\"} 0\ns{s=\"y\",source=\"b\"} 1\n\
         # TYPE c_total counter\nc_total 1\nc_total{source=\"b\"} 3\n\
         # TYPE g histogram\ng_bucket{le=\"+Inf\"} 1\n\
         # TYPE c_created gauge\nc_created{source=\"b\"} 2\n\
         # TYPE g_gsum gauge\ng_gsum{source=\"b\"} 4\n# TYPE g_gcount gauge\ng_gcount{source=\"b\"} 5\n",
    );
}

#[test]
fn gauges_of_start_times_in_text_go_with_their_metric() {
    for (name, kind, sample) in [
        ("c", "counter", "c_total"),
        ("h", "histogram", "h_sum"),
        ("s", "summary", "s_sum"),
    ] {
        let family = sample.strip_suffix("_sum").unwrap_or(sample);
        let one = format!("# TYPE {family} {kind}\n{sample} 1\n");
        let other = format!("{one}# TYPE {name}_created gauge\n{name}_created 2\n");
        let body = |name, text| Source::new(name, str::as_bytes(text), Dialect::Text);
        check(
            stamped([body("a", &one), body("b", &other)]),
            &format!(
                "{one}{sample}{{source=\"b\"}} 1\n# TYPE {name}_created gauge\n{name}_created{{source=\"b\"}} 2\n"
            ),
        );
        // The first body that has any part of it owns it, whichever family is written first.
        check(
            stamped([
                body(
                    "a",
                    &format!("# TYPE {name}_created gauge\n{name}_created 2\n"),
                ),
                body("b", &one),
            ]),
            &format!(
                "# TYPE {name}_created gauge\n{name}_created 2\n# TYPE {family} {kind}\n{sample}{{source=\"b\"}} 1\n"
            ),
        );
    }
}

/// A counter that breaks the rules may have samples of just its name: they are other metrics.
#[test]
fn start_times_go_with_totals() {
    let report = check(
        text()
            .source(prometheus("a", "a_created 11.5\n"))
            .source(om("b", "# TYPE a counter\na 1\na_total 5\n# EOF\n"))
            .on_collision(Collision::FirstWins),
        "a_created 11.5\n# TYPE a_total counter\n# TYPE a counter\na 1\n",
    );
    assert_eq!(report.collided, 1);
}

/// A third body must not find one half of a histogram under its own name and the other half elsewhere.
#[test]
fn a_metric_whose_type_another_body_contradicts_stays_one() {
    let counter = "# TYPE m counter\nm 1\n";
    let b = "# TYPE m histogram\nm_bucket{le=\"1\"} 1\nm_count 1\n";
    let c = "# TYPE m histogram\nm_bucket{le=\"2\"} 2\nm_count 2\n";
    check(
        stamped([
            prometheus("a", counter),
            prometheus("b", b),
            prometheus("c", c),
        ]),
        "# TYPE m counter\nm 1\nm_bucket{le=\"1.0\"} 1\nm_bucket{le=\"2.0\",source=\"c\"} 2\nm_count 1\nm_count{source=\"c\"} 2\n",
    );
    let b = "# TYPE m summary\nm{quantile=\"0.5\"} 1\nm_sum{x=\"1\"} 1\n";
    let c = "# TYPE m summary\nm{quantile=\"0.9\"} 2\nm_sum 2\n";
    let gauge = "# TYPE m gauge\nm{x=\"2\"} 1\n";
    check(
        stamped([
            prometheus("a", gauge),
            prometheus("b", b),
            prometheus("c", c),
        ]),
        "# TYPE m gauge\nm{x=\"2\"} 1\nm{quantile=\"0.5\"} 1\nm{quantile=\"0.9\",source=\"c\"} 2\nm_sum{x=\"1\"} 1\nm_sum{source=\"c\"} 2\n",
    );
}

/// Only one group has what such a body names buckets, before and after the TYPE line.
#[test]
fn buckets_of_a_histogram_that_may_not_be_are_told_apart() {
    let body = "# TYPE h_count counter\nh_bucket{le=\"1\"} 9\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 10\n# EOF\n";
    let report = check(
        openmetrics()
            .source(om("a", body))
            .on_conflict(Conflict::FirstWins),
        "# TYPE h_count counter\nh_bucket{le=\"1\"} 9\nh_bucket{le=\"+Inf\"} 10\n# EOF\n",
    );
    assert_eq!((report.samples, report.repeated), (2, 0));
}

#[test]
fn a_label_that_tells_samples_apart_is_put_onto_none() {
    // Such a label does not tell bodies apart.
    let merge = stamped([prometheus("a", ONE), prometheus("b", OTHER)]);
    let report = check(merge.on_collision(Collision::Stamp("le".into())), ONE);
    assert_eq!((report.stamped, report.collided), (0, 4));
    refuse(
        text().source(prometheus("a", ONE).label("le", "x")),
        "a: the label le tells the samples of lat apart and cannot be put onto them",
    );
    let states = "# TYPE exported_s stateset\nexported_s{exported_s=\"x\",s=\"1\"} 1\n# EOF\n";
    refuse(
        openmetrics().source(om("a", states).label("s", "2")),
        "a: the label s tells the samples of exported_s apart and cannot be put onto them",
    );
    check(
        text().source(prometheus("a", "g{le=\"1\"} 1\n").label("le", "x")),
        "g{exported_le=\"1\",le=\"x\"} 1\n",
    );
}

/// When labels are added or names escaped, two metrics of one body can get the same name and labels.
#[test]
fn metrics_of_one_body_are_not_put_together_either() {
    let body = "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_count 1\nh_bucket{source=\"x\",le=\"2\"} 2\nh_count{source=\"x\"} 2\nh_sum{source=\"x\"} 2\n";
    let report = check(
        text().source(
            prometheus("x", body)
                .label("source", "x")
                .honor_labels(true),
        ),
        "# TYPE h histogram\nh_bucket{le=\"1\",source=\"x\"} 1\nh_count{source=\"x\"} 1\n",
    );
    assert_eq!((report.samples, report.repeated), (2, 3));
    let told: Vec<_> = report.collisions.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["h{source=\"x\"}: x has it twice, one is left out"]);

    let body = "# TYPE \"a.b\" histogram\n{\"a.b_bucket\",le=\"1\"} 1\n{\"a.b_count\"} 1\n# TYPE a_b histogram\na_b_bucket{le=\"2\"} 2\na_b_sum 2\n";
    let format = Format::new(ScrapeProtocol::PrometheusText004);
    let merge = Merge::new(format.with_escaping(EscapingScheme::Underscores));
    let report = check(
        merge.source(prometheus("x", body)),
        "# TYPE a_b histogram\na_b_bucket{le=\"1\"} 1\na_b_count 1\n",
    );
    assert_eq!((report.samples, report.repeated), (2, 2));
}

#[test]
fn labels_that_are_called_alike_when_escaped_are_one_twice() {
    let format = Format::new(ScrapeProtocol::PrometheusText004);
    let merge = Merge::new(format.with_escaping(EscapingScheme::Underscores));
    refuse(
        merge.source(prometheus("x", "m{\"a.b\"=\"1\",a_b=\"2\"} 1\n")),
        "x: line 1, column 1: a label twice",
    );
}

/// It counts as none: a label that is not there needs no room.
#[test]
fn a_label_with_an_empty_value_is_not_exported() {
    let body = "m{source=\"\"} 1\nm{source=\"\",x=\"\"} 2\nn{source=\"\",exported_source=\"\"} 3\n";
    let report = check(
        stamped([prometheus("a", body), prometheus("b", body)]),
        "m{source=\"\"} 1\nm{source=\"b\"} 1\nn{source=\"\",exported_source=\"\"} 3\nn{exported_source=\"\",source=\"b\"} 3\n",
    );
    assert_eq!((report.stamped, report.repeated), (2, 2));
}

/// Small families must not each pay for emptying what a large family needed.
#[test]
fn small_families_after_a_large_one_cost_no_more() {
    let large: String = (0..4_000)
        .map(|i| format!("a{{b=\"{i:07}\"}} 1\n"))
        .collect();
    let small: String = (0..400).map(|i| format!("b{i:07} 1\n")).collect();
    let cost = |body: &str| {
        let merge = text().source(Source::new("a", body.as_bytes(), Dialect::Text));
        crate::bytes::work::of(|| drop(merge.write_to(io::sink())))
    };
    let [large_alone, small_alone] = [&large, &small].map(|body| cost(body));
    let both = cost(&(large + &small));
    assert!(
        both < (large_alone + small_alone) * 5 / 4,
        "{both} for {large_alone} and {small_alone}"
    );
}
