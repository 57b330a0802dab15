//! Families by `serde`: the documented shape, the way there and back, what is refused, and `prom2json`.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail them")]

use std::fmt::Write as _;
use std::path::Path;

use exposition::encode::{Prom2Json, to_vec};
use exposition::{
    Bucket, BucketSpan, Encoder, EscapingScheme, Families, Format, Histogram, Metric,
    MetricExemplar, MetricFamily, MetricLabels, MetricState, MetricType, MetricValue, NativeCounts,
    NativeHistogram, Quantile, ScrapeProtocol, Series, StartTimestamp, StateSet, Summary,
};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::corpus::{self, each_body};
use crate::support::generated::{families, native_family};

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

/// Checks that families come back, by way of JSON, of a value in memory, and of a format without names.
fn there_and_back(families: &[MetricFamily<'_>]) {
    let text = json(&families);
    assert_eq!(read::<Vec<MetricFamily>>(&text).as_deref(), Ok(families));
    let value = serde_json::to_value(families).unwrap();
    let back: Vec<MetricFamily> = serde_json::from_value(value).unwrap();
    assert_eq!(back, families);
    let bytes = postcard::to_allocvec(families).unwrap();
    let back: Vec<MetricFamily> = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(back, families);
}

#[test]
fn the_page_shows_what_is_written() {
    let page = include_str!("../../src/docs/json.md");
    let blocks = page.split("```json\n").skip(1);
    let blocks: Vec<&str> = blocks
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    let mut types = Vec::new();
    for block in &blocks {
        let family: MetricFamily = read(block).unwrap();
        let shown: Value = read(block).unwrap();
        // As texts, to compare the order of fields too.
        assert_eq!(json(&family), json(&shown));
        there_and_back(std::slice::from_ref(&family));
        types.push(family.metric_type);
    }
    let of_page = |kind| types.contains(kind) || *kind == MetricType::GaugeHistogram;
    assert!(MetricType::ALL.iter().all(of_page), "{types:?}");
}

#[test]
fn every_part_is_written_and_read_by_itself() {
    fn check<T>(value: T, expected: &str)
    where
        T: serde::Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        assert_eq!(json(&value), expected);
        assert_eq!(read::<T>(expected), Ok(value));
    }
    let labels = [("method", "get"), ("code", "200")];
    let exemplar = MetricExemplar::new(-0.0)
        .labels([("id", "\"é\"")])
        .timestamp(-1);
    check(
        MetricLabels::from_iter(labels),
        r#"{"method":"get","code":"200"}"#,
    );
    check(
        exemplar.clone(),
        r#"{"labels":{"id":"\"é\""},"value":-0.0,"timestamp":-1}"#,
    );
    check(StartTimestamp::new(1.5), r#"{"seconds":1.5}"#);
    check(
        Quantile::new(0.5, f64::INFINITY),
        r#"{"quantile":0.5,"value":"+Inf"}"#,
    );
    check(
        Summary::new([]).count(0.0),
        r#"{"quantiles":[],"count":0.0}"#,
    );
    check(
        StateSet::new([MetricState::new("a", true)]),
        r#"{"states":[{"name":"a","value":1.0}]}"#,
    );
    check(
        Histogram::new([Bucket::new(f64::NEG_INFINITY, 2.0).exemplar(exemplar)]).sum(0.25),
        concat!(
            r#"{"buckets":[{"upper_bound":"-Inf","cumulative_count":2.0,"#,
            r#""exemplar":{"labels":{"id":"\"é\""},"value":-0.0,"timestamp":-1}}],"sum":0.25}"#,
        ),
    );
    check(BucketSpan::new(-3, 2), r#"{"offset":-3,"length":2}"#);
    check(
        NativeCounts::float(1.5, 0.0, [1.5], [f64::INFINITY]),
        r#"{"float":{"count":1.5,"zero_count":0.0,"positive_counts":[1.5],"negative_counts":["+Inf"]}}"#,
    );
    check(
        NativeHistogram::custom([0.5, 1.0]).is_gauge(true),
        concat!(
            r#"{"schema":-53,"zero_threshold":0.0,"sum":0.0,"counts":{"integer":{"count":0,"zero_count":0,"#,
            r#""positive_deltas":[],"negative_deltas":[]}},"custom_bounds":[0.5,1.0],"is_gauge":true}"#,
        ),
    );
    check(
        NativeHistogram::new(8).counts(NativeCounts::integer(u64::MAX, u64::MAX, [], [])),
        concat!(
            r#"{"schema":8,"zero_threshold":0.0,"sum":0.0,"counts":{"integer":{"count":18446744073709551615,"#,
            r#""zero_count":18446744073709551615,"positive_deltas":[],"negative_deltas":[]}}}"#,
        ),
    );
    check(MetricValue::Unknown(1.0), r#"{"unknown":1.0}"#);
    check(Metric::gauge(1.0), r#"{"labels":{},"value":{"gauge":1.0}}"#);
    check(
        MetricFamily::new("a b", MetricType::GaugeHistogram),
        r#"{"name":"a b","metric_type":"gaugehistogram","metrics":[]}"#,
    );
    check(
        Series::new("up", [("zone", ""), ("job", "a"), ("instance", "1")]),
        r#"{"name":"up","labels":{"instance":"1","job":"a"}}"#,
    );
}

#[test]
fn what_is_missing_is_nothing() {
    let family: MetricFamily = read(
        r#"{"name":"a","metric_type":"untyped","help":null,"metrics":[
            {"value":{"untyped":"1e3"}},
            {"labels":{},"value":{"histogram":{}},"timestamp":null},
            {"value":{"histogram":{"native":{"schema":0,"sum":0,"counts":{"integer":
                {"count":0,"zero_count":0,"positive_deltas":[],"negative_deltas":[]}}}}}}
        ]}"#,
    )
    .unwrap();
    let native = Histogram::default().native(NativeHistogram::new(0));
    let expected = MetricFamily::new("a", MetricType::Unknown)
        .metric(Metric::unknown(1000.0))
        .metric(Metric::histogram(Histogram::default()))
        .metric(Metric::histogram(native));
    assert_eq!(family, expected);
    let series: Series = read(r#"{"labels":{"b":"2","c":"","a":"1"},"name":"up"}"#).unwrap();
    assert_eq!(series, Series::new("up", [("a", "1"), ("b", "2")]));
}

#[test]
fn what_is_wrong_is_said() {
    fn error<T: DeserializeOwned + std::fmt::Debug>(json: &str) -> String {
        read::<T>(json).unwrap_err()
    }
    let family = error::<MetricFamily>;
    let metric = error::<Metric>;
    let native = error::<NativeHistogram>;
    for (shown, expected) in [
        (
            family("[]"),
            "invalid length 0, expected struct MetricFamily with 5 elements at line 1 column 2",
        ),
        (
            family(r#"{"name":"a"}"#),
            "missing field `metric_type` at line 1 column 12",
        ),
        (
            family(r#"{"name":"a","metric_type":"counters"}"#),
            "\"counters\" is not a metric type at line 1 column 37",
        ),
        (
            family(r#"{"name":"a","type":"gauge"}"#),
            "unknown field `type`, expected one of `name`, `metric_type`, `help`, `unit`, `metrics` at line 1 column 18",
        ),
        (
            family(r#"{"name":"a","name":"b"}"#),
            "duplicate field `name` at line 1 column 18",
        ),
        (
            metric(r#"{"labels":{"a":"1","b":"2","a":"1"},"value":{"gauge":1}}"#),
            "label \"a\" is repeated at line 1 column 35",
        ),
        (
            metric(r#"{"labels":[["a","1"]]}"#),
            "invalid type: sequence, expected a map of label names to values at line 1 column 10",
        ),
        (
            metric(r#"{"labels":{"a":1}}"#),
            "invalid type: integer `1`, expected a string at line 1 column 16",
        ),
        (
            metric(r#"{"labels":{}}"#),
            "missing field `value` at line 1 column 13",
        ),
        (
            metric(r#"{"value":{"meter":1}}"#),
            "unknown variant `meter`, expected one of `counter`, `gauge`, `unknown`, `untyped`, \
             `histogram`, `gaugehistogram`, `summary`, `info`, `stateset` at line 1 column 17",
        ),
        (
            metric(r#"{"value":{"gauge":"one"}}"#),
            "invalid value: string \"one\", expected a number, \"NaN\", \"+Inf\" or \"-Inf\" at line 1 column 23",
        ),
        (
            metric(r#"{"value":{"gauge":1},"timestamp":1.5}"#),
            "invalid type: floating point `1.5`, expected i64 at line 1 column 36",
        ),
        (
            native(
                r#"{"schema":0,"sum":1,"positive_spans":[{"offset":0,"length":1}],
                "counts":{"integer":{"count":5,"zero_count":0,"positive_deltas":[3],"negative_deltas":[]}}}"#,
            ),
            "the count is 5, but the buckets hold 3 observations",
        ),
        (
            native(
                r#"{"schema":9,"sum":1,
                "counts":{"float":{"count":5,"zero_count":0,"positive_counts":[],"negative_counts":[]}}}"#,
            ),
            "schema 9 is neither -4 to 8 nor -53",
        ),
        (
            native(
                r#"{"schema":0,"sum":1,"positive_spans":[{"offset":0,"length":4294967295}],
                "counts":{"float":{"count":5,"zero_count":0,"positive_counts":[],"negative_counts":[]}}}"#,
            ),
            "the positive spans list 4294967295 buckets, but there are 0 counts",
        ),
        (
            native(
                r#"{"schema":-53,"sum":0,"custom_bounds":["NaN"],"counts":{"integer":
                {"count":0,"zero_count":0,"positive_deltas":[],"negative_deltas":[]}}}"#,
            ),
            "custom bound 1 is NaN",
        ),
        (
            metric(
                r#"{"value":{"histogram":{"native":{"schema":9,"sum":1,
                "counts":{"integer":{"count":0,"zero_count":0,"positive_deltas":[],"negative_deltas":[]}}}}}}"#,
            ),
            "schema 9 is neither -4 to 8 nor -53 at line 2 column 107",
        ),
        (
            error::<Series>(r#"{"name":"up","labels":{"a":"1","a":"2"}}"#),
            "label \"a\" is repeated at line 1 column 39",
        ),
    ] {
        assert_eq!(shown, expected);
    }
}

#[test]
fn a_repeated_label_is_not_written() {
    let twice = Metric::gauge(1.0).labels([("a", "1"), ("b", "2"), ("a", "2")]);
    let family = [MetricFamily::new("up", MetricType::Gauge).metric(twice)];
    let series = Series::new("up", [("a", "1"), ("a", "2")]);
    for error in [
        serde_json::to_string(&family).unwrap_err(),
        serde_json::to_string(&Prom2Json::new(&family)).unwrap_err(),
        serde_json::to_string(&series).unwrap_err(),
    ] {
        assert_eq!(error.to_string(), "label \"a\" is repeated");
    }
}

/// Neither depth nor lengths that promise too much harm.
#[test]
fn hostile_input_is_an_error() {
    let deep = |open: &str| format!("{}{}", r#"{"name":"a","metrics":"#, open.repeat(100_000));
    for json in [deep("["), deep("{\"a\":"), deep("[{\"value\":{\"gauge\":")] {
        read::<MetricFamily>(&json).unwrap_err();
        read::<Series>(&json).unwrap_err();
    }
    let mut labels = String::from(r#"{"labels":{"#);
    for label in 0..10_000 {
        write!(labels, "\"l{label}\":\"\",").unwrap();
    }
    labels.push_str(r#""l7":""}}"#);
    let error = read::<Metric>(&labels).unwrap_err();
    assert!(
        error.starts_with("label \"l7\" is repeated at line 1"),
        "{error}"
    );
    // A family with 2^63 metrics, and one that ends within.
    let many = [1, b'a', 7, b'u', b'n', b'k', b'n', b'o', b'w', b'n', 0, 0];
    let many: Vec<u8> = many.into_iter().chain([0xff; 8]).chain([0x7f]).collect();
    postcard::from_bytes::<MetricFamily>(&many).unwrap_err();
    for length in 0..many.len() {
        let cut = many.get(..length).unwrap();
        postcard::from_bytes::<MetricFamily>(cut).unwrap_err();
    }
}

#[test]
fn real_bodies_come_back() {
    let bodies = each_body(|entry, body, dialect| {
        let read = Families::new(body, dialect).read_all().families;
        there_and_back(&read);
        let shown: Value = serde_json::to_value(Prom2Json::new(&read)).unwrap();
        let samples: usize = read.iter().map(|family| family.metrics.len()).sum();
        assert!(
            shown.as_array().unwrap().len() >= read.len(),
            "{:?}",
            entry.path
        );
        assert!(samples > 0 || entry.samples == 0, "{:?}", entry.path);
    });
    assert!(bodies > 20, "{bodies}");
}

#[test]
fn real_bodies_of_protobuf_come_back() {
    for name in ["client_golang", "envoy", "node_exporter"] {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/protobuf");
        let body = corpus::body(&data.join(format!("{name}.pb"))).unwrap();
        let read = Families::protobuf(&body).read_all();
        assert!(read.errors.is_empty() && read.families.len() > 10, "{name}");
        there_and_back(&read.families);
    }
}

/// Bodies of protobuf have NaN of any bits, of which JSON has one.
#[test]
fn the_bits_of_nan_are_kept_where_there_are_bits() {
    let stale = f64::from_bits(0x7ff0_0000_0000_0002);
    let family = MetricFamily::new("up", MetricType::Gauge).metric(Metric::gauge(stale));
    assert_eq!(
        json(&family.metrics),
        r#"[{"labels":{},"value":{"gauge":"NaN"}}]"#
    );
    let bytes = postcard::to_allocvec(&family).unwrap();
    assert_eq!(
        postcard::from_bytes::<MetricFamily>(&bytes).unwrap(),
        family
    );
    let back: MetricFamily = read(&json(&family)).unwrap();
    assert_eq!(json(&back), json(&family));
}

fn prom2json(families: &[MetricFamily<'_>]) -> String {
    json(&Prom2Json::new(families))
}

#[test]
fn prom2json_of_each_type() {
    let native = NativeHistogram::new(1)
        .counts(NativeCounts::integer(24, 2, [1, 2, 0, 3], [2, -2, 4]))
        .positive_spans([BucketSpan::new(0, 3), BucketSpan::new(1, 1)])
        .negative_spans([BucketSpan::new(1, 3)])
        .sum(123.45);
    let float = NativeHistogram::new(1)
        .counts(NativeCounts::float(2e6, 0.0, [2e6], []))
        .positive_spans([BucketSpan::new(0, 1)])
        .sum(-0.0);
    let custom = NativeHistogram::custom([0.5])
        .counts(NativeCounts::integer(3, 0, [1, 1], []))
        .positive_spans([BucketSpan::new(0, 2)]);
    let gauge = |value| MetricFamily::new("g", MetricType::Gauge).metric(Metric::gauge(value));
    let histogram = |histogram| {
        MetricFamily::new("h", MetricType::Histogram).metric(Metric::histogram(histogram))
    };
    let total = |mut metric: Metric<'static>| {
        metric.suffixed = true;
        metric
    };
    for (family, expected) in [
        (
            gauge(1_063_110.0).help("Help."),
            r#"{"name":"g","help":"Help.","type":"GAUGE","metrics":[{"value":"1.06311e+06"}]}"#,
        ),
        (
            gauge(-0.0),
            r#"{"name":"g","help":"","type":"GAUGE","metrics":[{"value":"-0"}]}"#,
        ),
        (
            gauge(f64::NAN),
            r#"{"name":"g","help":"","type":"GAUGE","metrics":[{"value":"NaN"}]}"#,
        ),
        (
            gauge(f64::INFINITY).unit("s"),
            r#"{"name":"g","help":"","type":"GAUGE","metrics":[{"value":"+Inf"}]}"#,
        ),
        (
            MetricFamily::new("u", MetricType::Unknown),
            r#"{"name":"u","help":"","type":"UNTYPED"}"#,
        ),
        (
            MetricFamily::new("c", MetricType::Counter)
                .metric(Metric::counter(2.0))
                .metric(total(
                    Metric::counter(1.0)
                        .labels([("a", "b")])
                        .timestamp(-5)
                        .start_timestamp(1.0),
                )),
            concat!(
                r#"{"name":"c_total","help":"","type":"COUNTER","metrics":[{"labels":{"a":"b"},"timestamp_ms":"-5","value":"1"}]},"#,
                r#"{"name":"c","help":"","type":"COUNTER","metrics":[{"value":"2"}]}"#,
            ),
        ),
        (
            MetricFamily::new("i", MetricType::Info).metric(total(
                Metric::new(MetricValue::Info(1.0)).labels([("v", "1")]),
            )),
            r#"{"name":"i_info","help":"","type":"GAUGE","metrics":[{"labels":{"v":"1"},"value":"1"}]}"#,
        ),
        (
            MetricFamily::new("s", MetricType::StateSet).metric(
                Metric::new(MetricValue::StateSet(StateSet::new([
                    MetricState::new("on", true),
                    MetricState::new("off", false),
                ])))
                .labels([("v", "1")]),
            ),
            concat!(
                r#"{"name":"s","help":"","type":"GAUGE","metrics":[{"labels":{"v":"1","s":"on"},"value":"1"},"#,
                r#"{"labels":{"v":"1","s":"off"},"value":"0"}]}"#,
            ),
        ),
        (
            MetricFamily::new("q", MetricType::Summary).metric(Metric::summary(
                Summary::new([Quantile::new(0.5, 6865.718), Quantile::new(0.99, f64::NAN)])
                    .count(1_234_567.0)
                    .sum(6_936_936.447_000_001),
            )),
            concat!(
                r#"{"name":"q","help":"","type":"SUMMARY","metrics":[{"quantiles":{"0.5":"6865.718","0.99":"NaN"},"#,
                r#""count":"1234567","sum":"6.936936447000001e+06"}]}"#,
            ),
        ),
        (
            MetricFamily::new("q", MetricType::Summary).metric(Metric::summary(Summary::new([]))),
            r#"{"name":"q","help":"","type":"SUMMARY","metrics":[{"count":"0","sum":"0"}]}"#,
        ),
        (
            histogram(
                Histogram::new([
                    Bucket::new(250_000.0, 1e6),
                    Bucket::new(1e6, 2.5e6),
                    Bucket::new(1e6, 4.0),
                    Bucket::new(f64::INFINITY, 4.5),
                ])
                .sum(2.0),
            ),
            concat!(
                r#"{"name":"h","help":"","type":"HISTOGRAM","metrics":[{"buckets":"#,
                r#"{"250000":"1000000","1e+06":"4","+Inf":"4.5"},"count":"4.5","sum":"2"}]}"#,
            ),
        ),
        (
            histogram(Histogram::default()),
            r#"{"name":"h","help":"","type":"HISTOGRAM","metrics":[{"count":"0","sum":"0"}]}"#,
        ),
        (
            histogram(Histogram::new([Bucket::new(f64::INFINITY, 24.0)]).native(native)),
            concat!(
                r#"{"name":"h","help":"","type":"HISTOGRAM","metrics":[{"buckets":["#,
                r#"[1,"-2.82842712474619","-2","4"],[1,"-1.414213562373095","-1","2"],[3,"-0","0","2"],"#,
                r#"[0,"0.7071067811865475","1","1"],[0,"1","1.414213562373095","3"],"#,
                r#"[0,"1.414213562373095","2","3"],[0,"2.82842712474619","4","6"]],"count":"24","sum":"123.45"}]}"#,
            ),
        ),
        (
            histogram(Histogram::default().native(float)),
            concat!(
                r#"{"name":"h","help":"","type":"HISTOGRAM","metrics":[{"buckets":["#,
                r#"[0,"0.7071067811865475","1","2e+06"]],"count":"2e+06","sum":"-0"}]}"#,
            ),
        ),
        (
            histogram(
                Histogram::new([Bucket::new(f64::INFINITY, 0.0)]).native(NativeHistogram::new(0)),
            ),
            r#"{"name":"h","help":"","type":"HISTOGRAM","metrics":[{"buckets":{"+Inf":"0"},"count":"0","sum":"0"}]}"#,
        ),
        (
            MetricFamily::new("h", MetricType::GaugeHistogram).metric(Metric::new(
                MetricValue::GaugeHistogram(Histogram::default().native(custom)),
            )),
            concat!(
                r#"{"name":"h","help":"","type":"GAUGE_HISTOGRAM","metrics":[{"buckets":{"0.5":"1","+Inf":"3"},"#,
                r#""count":"3","sum":"0"}]}"#,
            ),
        ),
    ] {
        assert_eq!(prom2json(&[family]), format!("[{expected}]"));
    }
    assert_eq!(prom2json(&[]), "[]");
}

fn protobuf() -> Format {
    Format::new(ScrapeProtocol::PrometheusProto).with_escaping(EscapingScheme::AllowUtf8)
}

/// Returns what a body of protobuf says in the shape of `prom2json`, as the program would read it.
fn through_protobuf(families: &[MetricFamily<'_>]) -> String {
    let encoder = Encoder::from_writer(Vec::new(), protobuf()).unwrap();
    let mut encoder = encoder.lossy(true);
    for family in families {
        encoder.family(family).unwrap();
    }
    let body = encoder.finish().unwrap();
    let read = Families::protobuf(&body).read_all();
    assert!(read.errors.is_empty(), "{:?}", read.errors);
    prom2json(&read.families)
}

/// Takes away what protobuf has no place for: timestamps of 0, and counts that are not those of observations.
fn fit(family: &mut MetricFamily<'_>) {
    let fit = |count: &mut f64| match count.is_finite() {
        true => *count = count.abs().trunc().min(1e15) + 0.0,
        false => *count = 0.0,
    };
    for metric in &mut family.metrics {
        metric.timestamp = metric.timestamp.filter(|millis| *millis != 0);
        match &mut metric.value {
            MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                let buckets = histogram.buckets.iter_mut();
                buckets.for_each(|bucket| fit(&mut bucket.cumulative_count));
                if histogram.native.is_none() {
                    histogram.count.iter_mut().for_each(fit);
                }
            }
            MetricValue::Summary(summary) => summary.count.iter_mut().for_each(fit),
            _ => {}
        }
    }
}

proptest! {
    #[test]
    fn families_come_back(text in families(false), openmetrics in families(true)) {
        there_and_back(&text);
        there_and_back(&openmetrics);
    }

    #[test]
    fn native_histograms_come_back(family in native_family()) {
        there_and_back(std::slice::from_ref(&family));
        let body = to_vec([&family], protobuf()).unwrap();
        there_and_back(&Families::protobuf(&body).read_all().families);
    }

    /// The shape is that of what protobuf says.
    #[test]
    fn prom2json_is_what_protobuf_says(mut families in families(true), native in native_family()) {
        families.push(native);
        families.iter_mut().for_each(fit);
        prop_assert_eq!(prom2json(&families), through_protobuf(&families));
    }
}
