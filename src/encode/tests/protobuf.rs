//! What families are as protobuf.

use super::native::{custom, exponential, family};
use super::wire::printed;
use super::*;
use crate::bytes::work;
use crate::model::native_histogram::{BucketSpan, NativeCounts, NativeHistogram};

const PROTO: ScrapeProtocol = ScrapeProtocol::PrometheusProto;

fn lossy(family: &MetricFamily<'_>, format: impl Into<Format>) -> (Vec<u8>, Omitted) {
    let encoder = Encoder::from_writer(Vec::new(), format).unwrap();
    let mut encoder = encoder.lossy(true);
    encoder.family(family).unwrap();
    encoder.finish_reporting().unwrap()
}

/// Checks what is written of a family, of which nothing is lost.
#[track_caller]
fn check(family: &MetricFamily<'_>, expected: &[&str]) {
    let body = to_vec([family], PROTO).unwrap();
    assert_eq!(printed(&body), expected);
    assert_eq!(lossy(family, PROTO), (body, Omitted::default()));
}

/// Checks what is written of a family, with what is left out, and how it is refused otherwise.
#[track_caller]
fn check_lossy(family: &MetricFamily<'_>, expected: &str, left_out: Omitted, message: &str) {
    let (body, omitted) = lossy(family, PROTO);
    assert_eq!(printed(&body), [expected]);
    assert_eq!(omitted, left_out);
    refuse(family, message);
}

#[track_caller]
fn refuse(family: &MetricFamily<'_>, message: &str) {
    let mut encoder = Encoder::from_writer(Vec::new(), PROTO).unwrap();
    let before = MetricFamily::new("a", MetricType::Gauge);
    encoder.family(&before).unwrap();
    let error = encoder.family(family).unwrap_err();
    assert_eq!(error.to_string(), message);
    assert_eq!(encoder.omitted(), Omitted::default());
    // Nothing of it is written.
    assert_eq!(printed(&encoder.finish().unwrap()), ["name=\"a\" type=1"]);
}

fn one(kind: MetricType, metric: Metric<'static>) -> MetricFamily<'static> {
    MetricFamily::new("m", kind).metric(metric)
}

#[test]
fn exact_bytes() {
    let up = one(MetricType::Gauge, Metric::gauge(1.0).labels([("a", "bc")])).help("x");
    let body = to_vec([&up, &up], PROTO).unwrap();
    let expected = b"\x1e\
        \x0a\x01m\
        \x12\x01x\
        \x18\x01\
        \x22\x14\
            \x0a\x07\x0a\x01a\x12\x02bc\
            \x12\x09\x09\0\0\0\0\0\0\xf0\x3f";
    assert_eq!(body, [&expected[..], expected].concat());
    assert_eq!(to_vec(&[], PROTO).unwrap(), b"");
}

#[test]
fn everything_a_counter_can_have() {
    let mut counter = full_counter();
    let format = Format::new(PROTO).with_escaping(EscapingScheme::AllowUtf8);
    let metric = "metric{label{name=\"code\" value=\"a\\\"b\\\\c\\nd\"} label{name=\"b.c\" value=\"\"} \
        counter{value=3.0 \
        exemplar{label{name=\"trace_id\" value=\"\\\"7\\\"\"} value=0.5 timestamp{seconds=1 nanos=1000000}} \
        start{seconds=1520430000 nanos=123000000}} timestamp_ms=1520879607789}";
    let expected = format!(
        "name=\"x_seconds_total\" help=\"A \\\"help\\\"\\\\\\nin two lines.\" type=0 {metric} unit=\"seconds\""
    );
    let body = to_vec([&counter], format).unwrap();
    assert_eq!(printed(&body), [expected]);

    let second = MetricExemplar::new(1.0);
    counter.metrics[0].exemplars.push(second);
    let (body, omitted) = lossy(&counter, format);
    assert!(printed(&body)[0].contains(metric));
    assert_eq!(omitted.exemplars, 1);
    assert_eq!(
        to_vec([&counter], format).unwrap_err().to_string(),
        "x_seconds_total: there is no place for its exemplar",
    );
}

#[test]
fn zeros_are_written() {
    let zero = |metric: Metric<'static>| metric.labels([("l", "")]);
    for (kind, metric, expected) in [
        (
            MetricType::Counter,
            Metric::counter(0.0)
                .start_timestamp(0.001)
                .exemplar(MetricExemplar::new(0.0).timestamp(0)),
            "type=0 metric{label{name=\"l\" value=\"\"} counter{value=0.0 exemplar{value=0.0 timestamp{}} start{nanos=1000000}}}",
        ),
        (
            MetricType::Gauge,
            Metric::gauge(-0.0),
            "type=1 metric{label{name=\"l\" value=\"\"} gauge{value=-0.0}}",
        ),
        (
            MetricType::Unknown,
            Metric::unknown(0.0),
            "type=3 metric{label{name=\"l\" value=\"\"} untyped{value=0.0}}",
        ),
        (
            MetricType::Summary,
            Metric::summary(Summary::new([Quantile::new(0.0, 0.0)]).sum(0.0).count(0.0)),
            "type=2 metric{label{name=\"l\" value=\"\"} summary{count=0 sum=0.0 quantile{quantile=0.0 value=0.0}}}",
        ),
        (
            MetricType::Histogram,
            Metric::histogram(Histogram::new([Bucket::new(0.0, 0.0)]).sum(0.0).count(-0.0)),
            "type=4 metric{label{name=\"l\" value=\"\"} histogram{count=0 sum=0.0 bucket{count=0 le=0.0}}}",
        ),
    ] {
        let family = one(kind, zero(metric)).help("");
        check(&family, &[&format!("name=\"m\" help=\"\" {expected}")]);
    }
    check(
        &MetricFamily::new("m", MetricType::Counter).unit(""),
        &["name=\"m\" type=0"],
    );
}

#[test]
fn values_are_written_bit_by_bit() {
    let stale = f64::from_bits(0x7ff0_0000_0000_0002);
    for value in [stale, f64::NAN, f64::NEG_INFINITY, 5e-324, -0.0] {
        let body = to_vec([&one(MetricType::Gauge, Metric::gauge(value))], PROTO).unwrap();
        assert_eq!(body.last_chunk(), Some(&value.to_le_bytes()));
    }
}

#[test]
fn families_are_named_like_their_samples() {
    let with = |kind, value: fn() -> MetricValue<'static>, suffixed: &[bool]| {
        let mut family = MetricFamily::new("x", kind).help("h");
        for suffixed in suffixed {
            let mut metric = Metric::new(value());
            metric.suffixed = *suffixed;
            family.metrics.push(metric);
        }
        family
    };
    let counter = |suffixed| with(MetricType::Counter, || MetricValue::Counter(1.0), suffixed);
    let info = |suffixed| with(MetricType::Info, || MetricValue::Info(1.0), suffixed);
    check(&counter(&[]), &["name=\"x\" help=\"h\" type=0"]);
    check(
        &counter(&[false, true, false]),
        &[
            "name=\"x_total\" help=\"h\" type=0 metric{counter{value=1.0}}",
            "name=\"x\" help=\"h\" type=0 metric{counter{value=1.0}} metric{counter{value=1.0}}",
        ],
    );
    check(
        &info(&[true]),
        &["name=\"x_info\" help=\"h\" type=1 metric{gauge{value=1.0}}"],
    );
    check(
        &info(&[false]),
        &["name=\"x\" help=\"h\" type=1 metric{gauge{value=1.0}}"],
    );
    let states =
        [("on", true), ("off", false)].map(|(name, is_set)| MetricState::new(name, is_set));
    let set = Metric::new(MetricValue::StateSet(StateSet::new(states)))
        .labels([("a", "b")])
        .timestamp(5);
    check(
        &MetricFamily::new("mode", MetricType::StateSet).metric(set),
        &["name=\"mode\" type=1 \
            metric{label{name=\"a\" value=\"b\"} label{name=\"mode\" value=\"on\"} gauge{value=1.0} timestamp_ms=5} \
            metric{label{name=\"a\" value=\"b\"} label{name=\"mode\" value=\"off\"} gauge{value=0.0} timestamp_ms=5}"],
    );
}

#[test]
fn names_follow_the_escaping_scheme() {
    let metric = Metric::counter(1.0).labels([("c.d", "e.f")]);
    let mut family = MetricFamily::new("a.b", MetricType::Counter).metric(metric);
    family.metrics[0].suffixed = true;
    let exemplar = MetricExemplar::new(1.0).labels([("g.h", "i")]);
    family.metrics[0].exemplars.push(exemplar);
    refuse(
        &family,
        "\"a.b\" is not a name in PrometheusProto, unless an escaping scheme is chosen",
    );
    for (scheme, name, label) in [
        (EscapingScheme::AllowUtf8, "a.b_total", "c.d"),
        (EscapingScheme::Underscores, "a_b_total", "c_d"),
        (EscapingScheme::Dots, "a_dot_b_total", "c_dot_d"),
        (EscapingScheme::Values, "U__a_2e_b_total", "U__c_2e_d"),
    ] {
        let body = to_vec([&family], Format::new(PROTO).with_escaping(scheme)).unwrap();
        let expected = format!(
            "name={name:?} type=0 metric{{label{{name={label:?} value=\"e.f\"}} \
             counter{{value=1.0 exemplar{{label{{name=\"g.h\" value=\"i\"}} value=1.0}}}}}}"
        );
        assert_eq!(printed(&body), [expected]);
    }
    let alike = one(
        MetricType::Gauge,
        Metric::gauge(1.0).labels([("a.b", ""), ("a_b", "")]),
    );
    let underscores = Format::new(PROTO).with_escaping(EscapingScheme::Underscores);
    let error = to_vec([&alike], underscores).unwrap_err();
    assert_eq!(error.to_string(), "m: a label twice");
}

#[test]
fn classic_histograms() {
    let exemplar = MetricExemplar::new(0.5).labels([("id", "7")]).timestamp(-1);
    let buckets = [
        Bucket::new(0.5, 2.0).exemplar(exemplar.clone()),
        Bucket::new(1.0, 2.5).exemplar(exemplar),
        Bucket::new(f64::INFINITY, 1.8446744073709552e19),
    ];
    let metric = Metric::histogram(Histogram::new(buckets).sum(-1.0).count(2.5));
    let exemplar =
        "exemplar{label{name=\"id\" value=\"7\"} value=0.5 timestamp{seconds=-1 nanos=999000000}}";
    check(
        &one(
            MetricType::Histogram,
            metric.timestamp(-2).start_timestamp(1.5),
        ),
        &[&format!(
            "name=\"m\" type=4 metric{{timestamp_ms=-2 histogram{{sum=-1.0 \
             bucket{{count=2 le=0.5 {exemplar}}} \
             bucket{{le=1.0 {exemplar} count_float=2.5}} \
             bucket{{le=inf count_float=1.8446744073709552e19}} \
             count_float=2.5 start{{seconds=1 nanos=500000000}}}}}}"
        )],
    );
    // The highest bucket counts all observations.
    let buckets = [Bucket::new(0.5, 2.0), Bucket::new(f64::INFINITY, 3.0)];
    check(
        &one(
            MetricType::Histogram,
            Metric::histogram(Histogram::new(buckets)),
        ),
        &[
            "name=\"m\" type=4 metric{histogram{count=3 bucket{count=2 le=0.5} bucket{count=3 le=inf}}}",
        ],
    );
    check(
        &one(
            MetricType::Histogram,
            Metric::histogram(Histogram::default()),
        ),
        &["name=\"m\" type=4 metric{histogram{}}"],
    );
    let mut metric = Metric::new(MetricValue::GaugeHistogram(
        Histogram::default().sum(1.0).count(2.0),
    ));
    for suffixed in [false, true] {
        metric.suffixed = suffixed;
        check(
            &one(
                MetricType::GaugeHistogram,
                metric.clone().start_timestamp(3.0),
            ),
            &["name=\"m\" type=5 metric{histogram{count=2 sum=1.0 start{seconds=3}}}"],
        );
    }
}

#[test]
fn native_histograms() {
    let whole = "schema=0 zero_threshold=0.001 zero_count=3 \
        negative_span{offset=0 length=1} negative_delta=3 \
        positive_span{offset=-2 length=2} positive_span{offset=2 length=1} positive_span{offset=1 length=2} \
        positive_delta=3 positive_delta=2 positive_delta=-4 positive_delta=2 positive_delta=-1";
    let mut native = family(Histogram::default().native(exponential()));
    native.metrics[0].labels = crate::MetricLabels::default();
    check(
        &native,
        &[&format!(
            "name=\"h\" type=4 metric{{histogram{{count=20 sum=18.4 {whole}}}}}"
        )],
    );
    // All of its exemplars have a place.
    let exemplar = |value| MetricExemplar::new(value).timestamp(1000);
    native.metrics[0].exemplars = vec![exemplar(1.0), exemplar(2.0)];
    native.metrics[0].start_timestamp = Some(StartTimestamp::new(9.0));
    check(
        &native,
        &[&format!(
            "name=\"h\" type=4 metric{{histogram{{count=20 sum=18.4 {whole} start{{seconds=9}} \
             exemplar{{value=1.0 timestamp{{seconds=1}}}} exemplar{{value=2.0 timestamp{{seconds=1}}}}}}}}"
        )],
    );
    // With classic buckets beside it.
    let buckets = [Bucket::new(1.0, 8.0), Bucket::new(f64::INFINITY, 20.0)];
    let both = Histogram::new(buckets).native(exponential());
    check(
        &one(
            MetricType::GaugeHistogram,
            Metric::new(MetricValue::GaugeHistogram(both)),
        ),
        &[&format!(
            "name=\"m\" type=5 metric{{histogram{{count=20 sum=18.4 \
             bucket{{count=8 le=1.0}} bucket{{count=20 le=inf}} {whole}}}}}"
        )],
    );
    let float = NativeHistogram {
        schema: -4,
        sum: f64::NAN,
        negative_spans: vec![BucketSpan::new(i32::MIN, 1)],
        positive_spans: vec![BucketSpan::new(i32::MAX, 1)],
        counts: NativeCounts::Float {
            count: 4.0,
            zero_count: 0.5,
            positive_counts: vec![1.5],
            negative_counts: vec![2.0],
        },
        ..NativeHistogram::default()
    };
    let float = Histogram::default().native(float);
    check(
        &one(MetricType::Histogram, Metric::histogram(float)),
        &[
            "name=\"m\" type=4 metric{histogram{sum=NaN count_float=4.0 \
            schema=-4 zero_threshold=0.0 zero_count_float=0.5 \
            negative_span{offset=-2147483648 length=1} negative_count=2.0 \
            positive_span{offset=2147483647 length=1} positive_count=1.5}}",
        ],
    );
}

/// A histogram shows that it is native by a span, a zero threshold or a whole zero count; without them by an
/// empty span.
#[test]
fn empty_native_histograms_have_a_span() {
    let with = |native: NativeHistogram| {
        let histogram = Histogram::default().native(native);
        let body = to_vec(
            [&one(MetricType::Histogram, Metric::histogram(histogram))],
            PROTO,
        );
        printed(&body.unwrap())[0]
            .matches("span{offset=0 length=0}")
            .count()
    };
    let integer = |zero_count| NativeCounts::Integer {
        count: zero_count,
        zero_count,
        positive_deltas: Vec::new(),
        negative_deltas: Vec::new(),
    };
    let float = NativeCounts::Float {
        count: 2.0,
        zero_count: 2.0,
        positive_counts: Vec::new(),
        negative_counts: Vec::new(),
    };
    let native = |zero_threshold, counts| NativeHistogram {
        zero_threshold,
        counts,
        ..NativeHistogram::default()
    };
    assert_eq!(with(native(0.0, integer(0))), 1);
    assert_eq!(with(native(0.0, integer(1))), 0);
    assert_eq!(with(native(0.1, integer(0))), 0);
    assert_eq!(with(native(0.0, float.clone())), 1);
    assert_eq!(with(native(0.1, float)), 0);
    let mut negative = native(0.0, integer(0));
    negative.negative_spans.push(BucketSpan::new(3, 0));
    assert_eq!(with(negative), 0);
}

#[test]
fn custom_buckets_are_classic_buckets() {
    let mut native = family(Histogram::default().native(custom()));
    native.metrics[0].labels = crate::MetricLabels::default();
    native.metrics[0].exemplars.push(MetricExemplar::new(1.5));
    check(
        &native,
        &[
            "name=\"h\" type=4 metric{histogram{count=9 sum=2.5 bucket{count=4 le=1.0} \
            bucket{count=6 le=2.0 exemplar{value=1.5}} bucket{count=6 le=5.0} bucket{count=9 le=inf}}}",
        ],
    );
}

#[test]
fn what_protobuf_cannot_say_is_left_out_or_refused() {
    let none = Omitted::default();
    let exemplar = MetricExemplar::new(1.0);
    let no_place = "m: there is no place for its exemplar";
    let exemplars = Omitted {
        exemplars: 1,
        ..none
    };
    check_lossy(
        &one(
            MetricType::Gauge,
            Metric::gauge(1.0).exemplar(exemplar.clone()),
        ),
        "name=\"m\" type=1 metric{gauge{value=1.0}}",
        exemplars,
        no_place,
    );
    check_lossy(
        &one(
            MetricType::Summary,
            Metric::summary(Summary::default()).exemplar(exemplar.clone()),
        ),
        "name=\"m\" type=2 metric{summary{}}",
        exemplars,
        no_place,
    );
    check_lossy(
        &one(
            MetricType::Histogram,
            Metric::histogram(Histogram::default()).exemplar(exemplar),
        ),
        "name=\"m\" type=4 metric{histogram{}}",
        exemplars,
        no_place,
    );
    let timestamps = Omitted {
        timestamps: 1,
        ..none
    };
    check_lossy(
        &one(MetricType::Gauge, Metric::gauge(1.0).timestamp(0)),
        "name=\"m\" type=1 metric{gauge{value=1.0}}",
        timestamps,
        "m: protobuf has no place for its timestamp of 0, which means none",
    );
    check_lossy(
        &one(
            MetricType::Unknown,
            Metric::unknown(1.0).start_timestamp(1.0),
        ),
        "name=\"m\" type=3 metric{untyped{value=1.0}}",
        timestamps,
        "m: protobuf has no place for its start time",
    );
    check_lossy(
        &one(
            MetricType::Counter,
            Metric::counter(1.0).start_timestamp(f64::INFINITY),
        ),
        "name=\"m\" type=0 metric{counter{value=1.0}}",
        timestamps,
        "m: protobuf has no place for its start time",
    );
    check_lossy(
        &one(
            MetricType::Counter,
            Metric::counter(1.0).start_timestamp(0.0009),
        ),
        "name=\"m\" type=0 metric{counter{value=1.0}}",
        timestamps,
        "m: protobuf has no place for its start time",
    );
    let mut of_start = Metric::counter(1.0).start_timestamp(2.0).timestamp(5);
    let mut own = StartTimestamp::new(2.0);
    own.timestamp = Some(5);
    of_start.start_timestamp = Some(own);
    check(
        &one(MetricType::Counter, of_start.clone()),
        &["name=\"m\" type=0 metric{counter{value=1.0 start{seconds=2}} timestamp_ms=5}"],
    );
    of_start.timestamp = Some(6);
    check_lossy(
        &one(MetricType::Counter, of_start),
        "name=\"m\" type=0 metric{counter{value=1.0 start{seconds=2}} timestamp_ms=6}",
        timestamps,
        "m: protobuf has no place for the timestamp of its start time",
    );
    let counts = Omitted { counts: 1, ..none };
    check_lossy(
        &one(
            MetricType::Summary,
            Metric::summary(Summary::default().count(2.5).sum(1.0)),
        ),
        "name=\"m\" type=2 metric{summary{sum=1.0}}",
        counts,
        "m: the count 2.5 is not a natural number",
    );
    let buckets = [Bucket::new(1.0, f64::NAN), Bucket::new(2.0, 1.0)];
    check_lossy(
        &one(
            MetricType::Histogram,
            Metric::histogram(Histogram::new(buckets)),
        ),
        "name=\"m\" type=4 metric{histogram{count=1 bucket{count=1 le=2.0}}}",
        counts,
        "m: the count NaN is not a natural number",
    );
    check_lossy(
        &one(
            MetricType::Histogram,
            Metric::histogram(Histogram::default().count(-1.0)),
        ),
        "name=\"m\" type=4 metric{histogram{}}",
        counts,
        "m: the count -1 is not a natural number",
    );
}

#[test]
fn names_that_cannot_be_are_refused() {
    let gauge = |labels: &[(&'static str, &'static str)]| {
        one(
            MetricType::Gauge,
            Metric::gauge(1.0).labels(labels.iter().copied()),
        )
    };
    refuse(&gauge(&[("", "x")]), "m: a label without a name");
    refuse(&gauge(&[("__name__", "x")]), "m: a label called __name__");
    refuse(&gauge(&[("a", "x"), ("a", "x")]), "m: a label twice");
    refuse(
        &MetricFamily::new("", MetricType::Gauge),
        "a metric without a name cannot be written",
    );
    refuse(
        &one(MetricType::Gauge, Metric::counter(1.0)),
        "m: a metric of type counter in a family of type gauge",
    );
    let summary = Metric::summary(Summary::default()).labels([("quantile", "")]);
    refuse(&one(MetricType::Summary, summary), "m: a label twice");
    let le = Metric::histogram(Histogram::default()).labels([("le", "")]);
    refuse(&one(MetricType::Histogram, le), "m: a label twice");
    let native = Histogram::default().native(exponential());
    let le = Metric::histogram(native).labels([("le", "1")]);
    refuse(&one(MetricType::Histogram, le), "m: a label twice");
}

#[test]
fn lines_are_refused() {
    let mut encoder = Encoder::from_writer(Vec::new(), PROTO).unwrap();
    let line = Parser::text(b"a 1\n").next().unwrap().unwrap();
    assert_eq!(
        encoder.line(&line, Dialect::Text).unwrap_err().to_string(),
        "protobuf is not made of lines: only families can be written in it",
    );
    let sample = line.into_sample().unwrap();
    let error = encoder.sample_as(&sample, Dialect::Text, "b", []);
    assert_eq!(error, Err(EncodeError::LinesInProtobuf));
    assert_eq!(encoder.finish().unwrap(), b"");
}

/// What Go's client library always sets is there, and what it does not check goes through.
#[test]
fn like_client_golang() {
    let with = |family: &MetricFamily<'_>| {
        let encoder = Encoder::from_writer(Vec::new(), PROTO).unwrap();
        let mut encoder = encoder.like_client_golang(true);
        encoder.family(family).unwrap();
        printed(&encoder.finish().unwrap())
    };
    let histogram = Metric::histogram(Histogram::default()).timestamp(0);
    assert_eq!(
        with(&one(MetricType::Histogram, histogram)),
        ["name=\"m\" type=4 metric{timestamp_ms=0 histogram{count=0 sum=0.0}}"],
    );
    let summary = Metric::summary(Summary::default()).labels([("a", ""), ("a", "")]);
    assert_eq!(
        with(&one(MetricType::Summary, summary)),
        [
            "name=\"m\" type=2 metric{label{name=\"a\" value=\"\"} label{name=\"a\" value=\"\"} summary{count=0 sum=0.0}}"
        ],
    );
}

/// Lengths of any size, at every depth.
#[test]
fn long_texts() {
    for length in [0, 100, 127, 128, 16_000, 16_384, 2_097_152] {
        let long = "x".repeat(length);
        let exemplar = MetricExemplar::new(1.0).labels([("id", long.clone())]);
        let bucket = Bucket::new(f64::INFINITY, 1.0).exemplar(exemplar);
        let metric = Metric::histogram(Histogram::new([bucket]));
        let family = MetricFamily::new("h", MetricType::Histogram)
            .help(long.clone())
            .metric(metric.labels([("l", long.clone())]));
        let body = to_vec([&family, &family], PROTO).unwrap();
        let expected = format!(
            "name=\"h\" help=\"{long}\" type=4 metric{{label{{name=\"l\" value=\"{long}\"}} \
             histogram{{count=1 bucket{{count=1 le=inf \
             exemplar{{label{{name=\"id\" value=\"{long}\"}} value=1.0}}}}}}}}"
        );
        assert!(printed(&body) == [expected.as_str(), &expected], "{length}");
    }
}

/// Each byte is moved at most once for each message around it.
#[test]
fn many_parts_take_linear_time() {
    const MANY: usize = 1_000_000;
    let buckets = (0..MANY).map(|at| Bucket::new(at as f64, at as f64));
    let native = NativeHistogram {
        positive_spans: vec![BucketSpan::new(0, 1); MANY],
        counts: NativeCounts::Integer {
            count: MANY as u64,
            zero_count: 0,
            positive_deltas: vec![1; MANY],
            negative_deltas: Vec::new(),
        },
        ..NativeHistogram::default()
    };
    let labels = (0..MANY).map(|at| (format!("l{at}"), "x"));
    let same = (0..MANY).map(|_| Metric::gauge(1.0).labels([("a", "b")]));
    let mut gauges = MetricFamily::new("m", MetricType::Gauge);
    gauges.metrics = same.collect();
    for family in [
        one(
            MetricType::Histogram,
            Metric::histogram(Histogram::new(buckets)),
        ),
        one(
            MetricType::Histogram,
            Metric::histogram(Histogram::default().native(native)),
        ),
        one(MetricType::Gauge, Metric::gauge(1.0).labels(labels)),
        gauges,
    ] {
        let mut bytes = 0;
        let work = work::of(|| bytes = to_vec([&family], PROTO).unwrap().len());
        assert!(bytes > 4 * MANY);
        assert!(work < 8 * bytes as u64, "{work} for {bytes}");
    }
}
