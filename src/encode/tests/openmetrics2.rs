//! What families are written as in OpenMetrics 2.0.

use super::native::{custom, exponential};
use super::*;
use crate::model::native_histogram::{BucketSpan, NativeCounts, NativeHistogram};

const OM2: ScrapeProtocol = ScrapeProtocol::OpenMetricsText200;

/// Checks what is written, and what of it is left out.
#[track_caller]
fn written(family: &MetricFamily<'_>, expected: &str, omitted: Omitted) {
    let format = Format::new(OM2).with_escaping(EscapingScheme::AllowUtf8);
    check(family, format, &format!("{expected}# EOF\n"));
    let mut encoder = Encoder::new(String::new(), format).unwrap().lossy(true);
    encoder.family(family).unwrap();
    assert_eq!(encoder.omitted(), omitted);
    match omitted == Omitted::default() {
        true => assert_eq!(
            to_string([family], format).unwrap(),
            format!("{expected}# EOF\n")
        ),
        false => assert!(to_string([family], format).is_err()),
    }
}

#[track_caller]
fn all_of(family: &MetricFamily<'_>, expected: &str) {
    written(family, expected, Omitted::default());
}

fn one(kind: MetricType, name: &'static str, metric: Metric<'static>) -> MetricFamily<'static> {
    MetricFamily::new(name, kind).metric(metric)
}

fn histogram(histogram: Histogram<'static>) -> MetricFamily<'static> {
    one(MetricType::Histogram, "h", Metric::histogram(histogram))
}

fn gauge_histogram(histogram: Histogram<'static>) -> MetricFamily<'static> {
    let value = MetricValue::GaugeHistogram(histogram);
    one(MetricType::GaugeHistogram, "g", Metric::new(value))
}

fn classic(buckets: &[(f64, f64)]) -> Histogram<'static> {
    let buckets = buckets.iter();
    Histogram::new(buckets.map(|(bound, count)| Bucket::new(*bound, *count)))
}

const INF: f64 = f64::INFINITY;

#[test]
fn everything_a_counter_can_have() {
    all_of(
        &full_counter(),
        "# TYPE x_seconds_total counter\n# UNIT x_seconds_total seconds\n# HELP x_seconds_total A \\\"help\\\"\\\\\\nin two lines.\nx_seconds_total{code=\"a\\\"b\\\\c\\nd\",\"b.c\"=\"\"} 3.0 1520879607.789 st@1520430000.123 # {trace_id=\"\\\"7\\\"\"} 0.5 1.0010000000000001\n",
    );
    let exemplar = |millis| MetricExemplar::new(-0.0).timestamp(millis);
    let metric = Metric::counter(1e20)
        .exemplar(exemplar(0))
        .exemplar(exemplar(-1_500).labels([("my.id", "x")]))
        .exemplar(exemplar(86_400_000_000_000));
    all_of(
        &one(MetricType::Counter, "\"my\".c", metric),
        "# TYPE \"\\\"my\\\".c\" counter\n{\"\\\"my\\\".c\"} 1e+20 # {} -0.0 0 # {\"my.id\"=\"x\"} -0.0 -1.5 # {} -0.0 86400000000\n",
    );
}

#[test]
fn families_are_named_like_their_samples() {
    let counter = |name: &'static str, suffixed| {
        let mut metric = Metric::counter(1.0).start_timestamp(2.0);
        metric.suffixed = suffixed;
        one(MetricType::Counter, name, metric)
    };
    let line = "# TYPE x_total counter\nx_total 1.0 st@2\n";
    all_of(&counter("x", true), line);
    all_of(&counter("x_total", false), line);
    all_of(&counter("x", false), "# TYPE x counter\nx 1.0 st@2\n");
    let mut both = counter("x", true);
    both.metrics.push(Metric::counter(3.0).labels([("a", "b")]));
    all_of(
        &both,
        "# TYPE x_total counter\nx_total 1.0 st@2\n# TYPE x counter\nx{a=\"b\"} 3.0\n",
    );
    all_of(
        &MetricFamily::new("x", MetricType::Counter).help("Nothing."),
        "# TYPE x counter\n# HELP x Nothing.\n",
    );
    // A counter of NaN is refused by readers, and so is an info of another name or value.
    let mut nan = counter("x", true);
    nan.metrics.push(Metric::counter(f64::NAN));
    nan.metrics[1].suffixed = true;
    all_of(
        &nan,
        "# TYPE x_total unknown\nx_total 1.0 st@2\nx_total NaN\n",
    );
    let info = |name: &'static str, suffixed, value| {
        let mut metric = Metric::new(MetricValue::Info(value)).labels([("version", "1")]);
        metric.suffixed = suffixed;
        one(MetricType::Info, name, metric)
    };
    let line = "# TYPE build_info info\nbuild_info{version=\"1\"} 1.0\n";
    all_of(&info("build", true, 1.0), line);
    all_of(&info("build_info", false, 1.0), line);
    all_of(
        &info("build", false, 1.0),
        "# TYPE build unknown\nbuild{version=\"1\"} 1.0\n",
    );
    all_of(
        &info("build", true, 2.0),
        "# TYPE build_info unknown\nbuild_info{version=\"1\"} 2.0\n",
    );
    all_of(
        &MetricFamily::new("build", MetricType::Info),
        "# TYPE build unknown\n",
    );
}

#[test]
fn numbers_of_other_types() {
    let gauge = Metric::gauge(-2.5).timestamp(-1).start_timestamp(-0.5);
    all_of(
        &one(MetricType::Gauge, "g", gauge),
        "# TYPE g gauge\ng -2.5 -0.001 st@-0.5\n",
    );
    all_of(
        &one(MetricType::Unknown, "u", Metric::unknown(INF).timestamp(0)),
        "# TYPE u unknown\nu +Inf 0\n",
    );
    let states = |values: [f64; 3]| {
        let states = ["a", "b", "c"].into_iter().zip(values);
        let states = states.map(|(name, value)| MetricState {
            name: name.into(),
            value,
        });
        let exemplar = |value| MetricExemplar::new(value).timestamp(1000);
        let mut metric = Metric::new(MetricValue::StateSet(StateSet::new(states)))
            .labels([("x", "y")])
            .timestamp(5000);
        metric.exemplars = vec![exemplar(1.0), exemplar(2.0), exemplar(3.0), exemplar(4.0)];
        one(MetricType::StateSet, "m.s", metric)
    };
    all_of(
        &states([0.0, 1.0, 0.0]),
        "# TYPE \"m.s\" stateset\n{\"m.s\",x=\"y\",\"m.s\"=\"a\"} 0.0 5 # {} 1.0 1\n{\"m.s\",x=\"y\",\"m.s\"=\"b\"} 1.0 5 # {} 2.0 1\n{\"m.s\",x=\"y\",\"m.s\"=\"c\"} 0.0 5 # {} 3.0 1 # {} 4.0 1\n",
    );
    let mut odd = states([0.0, 2.0, 0.0]);
    odd.metrics[0].exemplars.clear();
    all_of(
        &odd,
        "# TYPE \"m.s\" unknown\n{\"m.s\",x=\"y\",\"m.s\"=\"a\"} 0.0 5\n{\"m.s\",x=\"y\",\"m.s\"=\"b\"} 2.0 5\n{\"m.s\",x=\"y\",\"m.s\"=\"c\"} 0.0 5\n",
    );
}

#[test]
fn classic_histograms() {
    let usual = || {
        classic(&[(0.1, 1.0), (1e6, 2.5), (INF, 1e6)])
            .sum(-0.0)
            .count(1e6)
    };
    all_of(
        &histogram(usual()),
        "# TYPE h histogram\nh {count:1000000,sum:-0,bucket:[0.1:1,1e+06:2.5,+Inf:1000000]}\n",
    );
    all_of(
        &gauge_histogram(usual()),
        "# TYPE g gaugehistogram\ng {gcount:1000000,gsum:-0,bucket:[0.1:1,1e+06:2.5,+Inf:1000000]}\n",
    );
    // The bucket for +Inf and the count say the same.
    all_of(
        &histogram(classic(&[(-INF, 0.0), (0.0, 1.0)]).sum(2.0).count(3.0)),
        "# TYPE h histogram\nh {count:3,sum:2,bucket:[-Inf:0,0:1,+Inf:3]}\n",
    );
    all_of(
        &histogram(classic(&[]).sum(f64::NAN).count(1.5)),
        "# TYPE h histogram\nh {count:1.5,sum:NaN,bucket:[+Inf:1.5]}\n",
    );
    all_of(
        &histogram(classic(&[(1.0, 2.0), (INF, 3.0)]).sum(1e-5)),
        "# TYPE h histogram\nh {count:3,sum:1e-05,bucket:[1:2,+Inf:3]}\n",
    );
    // A gauge histogram's counts may be negative.
    all_of(
        &gauge_histogram(classic(&[(1.0, -2.0)]).sum(0.0).count(-3.0)),
        "# TYPE g gaugehistogram\ng {gcount:-3,gsum:0,bucket:[1:-2,+Inf:-3]}\n",
    );
    // All exemplars are the sample's: those of the buckets, and its own.
    let exemplar = |value, millis| MetricExemplar::new(value).timestamp(millis);
    let mut buckets = usual();
    buckets.buckets[0].exemplar = Some(Box::new(exemplar(0.05, 1000)));
    buckets.buckets[2].exemplar = Some(Box::new(exemplar(7.0, 2000)));
    let metric = Metric::histogram(buckets)
        .labels([("a", "b")])
        .timestamp(4000)
        .start_timestamp(1.25)
        .exemplar(exemplar(0.01, 3000));
    all_of(
        &one(MetricType::Histogram, "h.i", metric),
        "# TYPE \"h.i\" histogram\n{\"h.i\",a=\"b\"} {count:1000000,sum:-0,bucket:[0.1:1,1e+06:2.5,+Inf:1000000]} 4 st@1.25 # {} 0.05 1 # {} 7.0 2 # {} 0.01 3\n",
    );
}

#[test]
fn native_histograms() {
    let native = "count:20,sum:18.4,schema:0,zero_threshold:0.001,zero_count:3,negative_spans:[0:1],negative_buckets:[3],positive_spans:[-2:2,2:1,1:2],positive_buckets:[3,5,1,3,2]";
    all_of(
        &histogram(Histogram::default().native(exponential())),
        &format!("# TYPE h histogram\nh {{{native}}}\n"),
    );
    let both = classic(&[(1.0, 8.0), (INF, 20.0)])
        .sum(18.4)
        .count(20.0)
        .native(exponential());
    all_of(
        &histogram(both),
        &format!("# TYPE h histogram\nh {{{native},bucket:[1:8,+Inf:20]}}\n"),
    );
    // A side without buckets is left out, whatever its spans.
    let empty = NativeHistogram::new(-4).positive_spans([BucketSpan::new(0, 0)]);
    all_of(
        &histogram(Histogram::default().native(empty)),
        "# TYPE h histogram\nh {count:0,sum:0,schema:-4,zero_threshold:0,zero_count:0}\n",
    );
    let floats = NativeHistogram::new(8)
        .counts(NativeCounts::float(4.5, 0.5, [1.0, 3.0], []))
        .positive_spans([BucketSpan::new(i32::MIN, 2)])
        .sum(INF)
        .zero_threshold(1e-128)
        .is_gauge(true);
    let metric = Metric::new(MetricValue::GaugeHistogram(
        Histogram::default().native(floats),
    ));
    all_of(
        // Without classic buckets there is no bound to be mixed up with.
        &one(
            MetricType::GaugeHistogram,
            "g",
            metric.labels([("le", "1")]),
        ),
        "# TYPE g gaugehistogram\ng{le=\"1\"} {gcount:4.5,gsum:+Inf,schema:8,zero_threshold:1e-128,zero_count:0.5,positive_spans:[-2147483648:2],positive_buckets:[1.0,3.0]}\n",
    );
    let most = NativeHistogram::new(0).counts(NativeCounts::integer(u64::MAX, u64::MAX, [], []));
    all_of(
        &histogram(Histogram::default().native(most)),
        "# TYPE h histogram\nh {count:18446744073709551615,sum:0,schema:0,zero_threshold:0,zero_count:18446744073709551615}\n",
    );
    // Custom buckets are classic ones, and lose no exemplar.
    let exemplar = |value| MetricExemplar::new(value).timestamp(1000);
    let metric = Metric::histogram(Histogram::default().native(custom()))
        .exemplar(exemplar(1.5))
        .exemplar(exemplar(1.75));
    all_of(
        &one(MetricType::Histogram, "h", metric),
        "# TYPE h histogram\nh {count:9,sum:2.5,bucket:[1:4,2:6,5:6,+Inf:9]} # {} 1.5 1 # {} 1.75 1\n",
    );
}

#[test]
fn summaries() {
    let quantiles = |quantiles: &[(f64, f64)]| {
        let quantiles = quantiles.iter();
        Summary::new(quantiles.map(|(quantile, value)| Quantile::new(*quantile, *value)))
    };
    let summary = |summary| one(MetricType::Summary, "s", Metric::summary(summary));
    all_of(
        &summary(
            quantiles(&[(0.0, -1.0), (0.5, f64::NAN), (1.0, 1e6)])
                .sum(INF)
                .count(3.0),
        ),
        "# TYPE s summary\ns {count:3,sum:+Inf,quantile:[0:-1,0.5:NaN,1:1e+06]}\n",
    );
    let metric = Metric::summary(quantiles(&[]).sum(1.5).count(0.0))
        .start_timestamp(1.5)
        .exemplar(MetricExemplar::new(1.0).timestamp(500));
    all_of(
        &one(MetricType::Summary, "s", metric),
        "# TYPE s summary\ns {count:0,sum:1.5,quantile:[]} st@1.5 # {} 1.0 0.5\n",
    );
    let left_out = |parts| Omitted {
        parts,
        ..Omitted::default()
    };
    let odd = [
        (f64::NAN, 1.0),
        (-0.1, 2.0),
        (0.5, 3.0),
        (0.5, 4.0),
        (0.25, 5.0),
        (99.0, 6.0),
    ];
    written(
        &summary(quantiles(&odd).sum(1.0).count(2.0)),
        "# TYPE s summary\ns {count:2,sum:1,quantile:[0.5:3]}\n",
        left_out(5),
    );
    refuse(
        &summary(quantiles(&odd[5..]).sum(1.0).count(2.0)),
        OM2,
        "s: OpenMetrics 2.0 has no place for the quantile 99: they must be between 0 and 1, and rise",
    );
}

#[test]
fn what_a_histogram_must_have() {
    let missing = |missing| Omitted {
        missing,
        ..Omitted::default()
    };
    let no_sum = "OpenMetrics 2.0 requires a sum, and it has none";
    let no_count = "OpenMetrics 2.0 requires a count, and it has none";
    for (family, error, line, omitted) in [
        (
            histogram(classic(&[(1.0, 2.0), (INF, 3.0)]).count(3.0)),
            format!("h: {no_sum}"),
            "# TYPE h histogram\nh {count:3,sum:NaN,bucket:[1:2,+Inf:3]}\n",
            missing(1),
        ),
        (
            gauge_histogram(classic(&[(1.0, 2.0)]).sum(3.0)),
            format!("g: {no_count}"),
            "# TYPE g gaugehistogram\ng {gcount:NaN,gsum:3,bucket:[1:2,+Inf:NaN]}\n",
            missing(1),
        ),
        (
            histogram(Histogram::default()),
            format!("h: {no_count}"),
            "# TYPE h histogram\nh {count:NaN,sum:NaN,bucket:[+Inf:NaN]}\n",
            missing(2),
        ),
        (
            one(
                MetricType::Summary,
                "s",
                Metric::summary(Summary::new([Quantile::new(0.5, 1.0)]).sum(1.0)),
            ),
            format!("s: {no_count}"),
            "# TYPE s summary\ns {count:NaN,sum:1,quantile:[0.5:1]}\n",
            missing(1),
        ),
        (
            one(
                MetricType::Summary,
                "s",
                Metric::summary(Summary::default().count(1.0)),
            ),
            format!("s: {no_sum}"),
            "# TYPE s summary\ns {count:1,sum:NaN,quantile:[]}\n",
            missing(1),
        ),
    ] {
        refuse(&family, OM2, &error);
        written(&family, line, omitted);
    }
    for (buckets, error, line, parts) in [
        (
            &[
                (1.0, 1.0),
                (0.5, 1.0),
                (1.0, 1.0),
                (f64::NAN, 1.0),
                (INF, 4.0),
                (INF, 5.0),
            ][..],
            "h: OpenMetrics 2.0 has no place for a bucket of the bound 0.5: bounds must rise",
            "# TYPE h histogram\nh {count:4,sum:0,bucket:[1:1,+Inf:4]}\n",
            4,
        ),
        (
            &[(f64::NAN, 1.0), (INF, 4.0)],
            "h: OpenMetrics 2.0 has no place for a bucket of the bound NaN: bounds must rise",
            "# TYPE h histogram\nh {count:4,sum:0,bucket:[+Inf:4]}\n",
            1,
        ),
        (
            &[(1.0, -1.0), (2.0, 3.0), (INF, 4.0)],
            "h: OpenMetrics 2.0 has no place for a bucket of the negative count -1",
            "# TYPE h histogram\nh {count:4,sum:0,bucket:[2:3,+Inf:4]}\n",
            1,
        ),
    ] {
        let family = histogram(classic(buckets).sum(0.0).count(4.0));
        refuse(&family, OM2, error);
        let omitted = Omitted {
            parts,
            ..Omitted::default()
        };
        written(&family, line, omitted);
    }
}

#[test]
fn counts_below_zero_and_help_texts_that_end_in_a_carriage_return() {
    let counts = |missing| Omitted {
        counts: 1,
        missing,
        ..Omitted::default()
    };
    let negative = histogram(classic(&[(1.0, 2.0)]).sum(0.0).count(-3.0));
    refuse(&negative, OM2, "h: the count -3 is not a natural number");
    written(
        &negative,
        "# TYPE h histogram\nh {count:NaN,sum:0,bucket:[1:2,+Inf:NaN]}\n",
        counts(1),
    );
    written(
        &histogram(classic(&[(INF, 2.0)]).sum(0.0).count(-3.0)),
        "# TYPE h histogram\nh {count:2,sum:0,bucket:[+Inf:2]}\n",
        counts(0),
    );
    let family = MetricFamily::new("g", MetricType::Gauge);
    let helped = family.clone().help("a\rb\r\r");
    refuse(
        &helped,
        OM2,
        "g: OpenMetrics 2.0 has no place for a help text that ends in a carriage return",
    );
    let omitted = Omitted {
        carriage_returns: 1,
        ..Omitted::default()
    };
    written(&helped, "# TYPE g gauge\n# HELP g a\rb\n", omitted);
    written(&family.help("\r"), "# TYPE g gauge\n", omitted);
}

/// What storage refuses is refused in this format too, so that one histogram does not cost the body.
#[test]
fn native_histograms_that_are_not_valid() {
    let schema = NativeHistogram::new(9);
    let threshold = NativeHistogram::new(0).zero_threshold(f64::NAN);
    let lengths = NativeHistogram::new(0).positive_spans([BucketSpan::new(0, 2)]);
    for native in [schema, threshold, lengths] {
        let family = histogram(Histogram::default().native(native));
        refuse(
            &family,
            OM2,
            "h: the text formats have no place for its native histogram",
        );
        let omitted = Omitted {
            native_histograms: 1,
            ..Omitted::default()
        };
        written(
            &family,
            "# TYPE h histogram\nh {count:0,sum:0,bucket:[+Inf:0]}\n",
            omitted,
        );
    }
}

#[test]
fn times_and_exemplars_without_a_place() {
    let timestamps = |timestamps| Omitted {
        timestamps,
        ..Omitted::default()
    };
    let counter = |seconds, timestamp| {
        let mut metric = Metric::counter(1.0).timestamp(1000);
        metric.start_timestamp = Some(StartTimestamp { seconds, timestamp });
        one(MetricType::Counter, "c", metric)
    };
    all_of(
        &counter(0.0, Some(1000)),
        "# TYPE c counter\nc 1.0 1 st@0\n",
    );
    written(
        &counter(0.5, Some(2000)),
        "# TYPE c counter\nc 1.0 1 st@0.5\n",
        timestamps(1),
    );
    refuse(
        &counter(0.5, Some(2000)),
        OM2,
        "c: OpenMetrics 2.0 has no place for the timestamp of its start time",
    );
    for seconds in [f64::NAN, INF, -INF] {
        written(
            &counter(seconds, None),
            "# TYPE c counter\nc 1.0 1\n",
            timestamps(1),
        );
    }
    let mut gauge = gauge_histogram(classic(&[]).sum(1.0).count(1.0));
    gauge.metrics[0].start_timestamp = Some(StartTimestamp::new(1.0));
    written(
        &gauge,
        "# TYPE g gaugehistogram\ng {gcount:1,gsum:1,bucket:[+Inf:1]}\n",
        timestamps(1),
    );
    refuse(
        &gauge,
        OM2,
        "g: OpenMetrics 2.0 has no place for its start time",
    );
    let metric = Metric::counter(1.0)
        .exemplar(MetricExemplar::new(1.0))
        .exemplar(MetricExemplar::new(2.0).timestamp(3000));
    let family = one(MetricType::Counter, "c", metric);
    let exemplars = Omitted {
        exemplars: 1,
        ..Omitted::default()
    };
    written(&family, "# TYPE c counter\nc 1.0 # {} 2.0 3\n", exemplars);
    refuse(
        &family,
        OM2,
        "c: OpenMetrics 2.0 has no place for an exemplar without a timestamp",
    );
}

#[test]
fn units() {
    let gauge = |unit: &'static str| MetricFamily::new("g", MetricType::Gauge).unit(unit);
    all_of(&gauge("a:B_9"), "# TYPE g gauge\n# UNIT g a:B_9\n");
    all_of(&gauge(""), "# TYPE g gauge\n");
    let omitted = Omitted {
        units: 1,
        ..Omitted::default()
    };
    for unit in ["s/m", "\\", "\n", "é", " "] {
        written(&gauge(unit), "# TYPE g gauge\n", omitted);
        refuse(
            &gauge(unit),
            OM2,
            &format!(
                "g: {unit:?} cannot be its unit, for a unit is made of letters, digits, `_` and `:`"
            ),
        );
    }
    for (name, kind) in [("a_info", MetricType::Info), ("a", MetricType::StateSet)] {
        let family = MetricFamily::new(name, kind).unit("s");
        written(&family, &format!("# TYPE {name} {kind}\n"), omitted);
        refuse(
            &family,
            OM2,
            &format!("{name}: \"s\" cannot be its unit, for the type {kind} has none"),
        );
    }
}

#[test]
fn names_and_labels_are_refused_as_elsewhere() {
    let le = histogram(classic(&[]).sum(0.0).count(0.0));
    let mut le = le;
    le.metrics[0].labels = [("le", "1")].into_iter().collect();
    refuse(&le, OM2, "h: a label twice");
    let summary = Metric::summary(Summary::default()).labels([("quantile", "1")]);
    refuse(
        &one(MetricType::Summary, "s", summary),
        OM2,
        "s: a label twice",
    );
    let dots = MetricFamily::new("a.b", MetricType::Gauge);
    let underscores = Format::new(OM2).with_escaping(EscapingScheme::Underscores);
    check(&dots, underscores, "# TYPE a_b gauge\n# EOF\n");
    let histogram = one(
        MetricType::Histogram,
        "a.b",
        Metric::histogram(classic(&[]).sum(0.0).count(0.0)).labels([("c.d", "e.f")]),
    );
    check(
        &histogram,
        underscores,
        "# TYPE a_b histogram\na_b{c_d=\"e.f\"} {count:0,sum:0,bucket:[+Inf:0]}\n# EOF\n",
    );
}

/// After the examples of `expfmt`, Go's package.
#[test]
fn as_the_client_library_of_go_writes_it() {
    let go = |family: &MetricFamily<'_>| {
        let encoder = Encoder::new(String::new(), OM2).unwrap();
        let mut encoder = encoder.like_client_golang(true);
        encoder.family(family).unwrap();
        encoder.finish_reporting().unwrap()
    };
    let counter = Metric::counter(-0.0)
        .timestamp(1001)
        .exemplar(MetricExemplar::new(1.0).timestamp(1500));
    let family = one(MetricType::Counter, "c_seconds", counter)
        .help("Help.")
        .unit("seconds");
    assert_eq!(
        go(&family).0,
        "# HELP c_seconds Help.\n# TYPE c_seconds counter\n# UNIT c_seconds seconds\nc_seconds 0.0 1.001 # {} 1.0 1.5\n# EOF\n",
    );
    let exemplar = |value| MetricExemplar::new(value).timestamp(1000);
    let mut both = classic(&[(1.0, 8.0), (INF, 20.0)]).native(exponential());
    both.buckets[0].exemplar = Some(Box::new(exemplar(0.5)));
    let mut family = histogram(both);
    family.metrics[0].exemplars = vec![exemplar(2.0)];
    let (text, omitted) = go(&family);
    assert!(
        text.ends_with("bucket:[1:8,+Inf:20]} # {} 0.5 1\n# EOF\n"),
        "{text}"
    );
    assert_eq!(omitted.exemplars, 1);
    let floats = NativeHistogram::new(0)
        .counts(NativeCounts::float(1.0, 0.0, [1.0], []))
        .positive_spans([BucketSpan::new(0, 1)]);
    assert_eq!(
        go(&histogram(Histogram::default().native(floats))).0,
        "# TYPE h histogram\nh {count:1,sum:0,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:1],positive_buckets:[1]}\n# EOF\n",
    );
    let gauge = Metric::gauge(1.0).start_timestamp(2.0);
    assert_eq!(
        go(&one(MetricType::Gauge, "g", gauge)).0,
        "# TYPE g gauge\ng 1.0\n# EOF\n",
    );
    assert_eq!(
        go(&histogram(Histogram::default())),
        (
            "# TYPE h histogram\nh {count:0,sum:0,bucket:[+Inf:0]}\n# EOF\n".to_owned(),
            Omitted::default()
        ),
    );
}

#[test]
fn exemplars_with_a_label_without_a_name_have_no_place() {
    let exemplar = MetricExemplar::new(1.0)
        .labels([("", "GET")])
        .timestamp(1500);
    let gauge = one(
        MetricType::Gauge,
        "g",
        Metric::gauge(1.0).exemplar(exemplar),
    );
    let omitted = Omitted {
        exemplars: 1,
        ..Omitted::default()
    };
    written(&gauge, "# TYPE g gauge\ng 1.0\n", omitted);
}
