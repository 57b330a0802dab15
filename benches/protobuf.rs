//! Compares reading protobuf with a bare walk over all fields, with prost, and with the text of the same body.
//!
//! The ratios to `walk` and `text` matter; seconds on a shared machine do not. Every row reads every name, label
//! and value, except `samples_without_labels`. `prost` decodes the same messages and reads the same fields, but
//! makes no samples of them.

use std::hint::black_box;
use std::io::Read as _;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use exposition::{
    Dialect, Families, HistogramOptions, Line, MetricValue, Parser, SampleValue, ScrapeProtocol,
    encode, protobuf,
};
use flate2::read::GzDecoder;
use prost::Message;
use seen::Seen;

mod seen;

/// The messages of `io.prometheus.client`, for prost.
mod messages {
    use prost::Message;

    #[derive(Clone, PartialEq, Message)]
    pub(super) struct LabelPair {
        #[prost(string, optional, tag = "1")]
        pub(super) name: Option<String>,
        #[prost(string, optional, tag = "2")]
        pub(super) value: Option<String>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub(super) struct Single {
        #[prost(double, optional, tag = "1")]
        pub(super) value: Option<f64>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub(super) struct Timestamp {
        #[prost(int64, optional, tag = "1")]
        pub(super) seconds: Option<i64>,
        #[prost(int32, optional, tag = "2")]
        pub(super) nanos: Option<i32>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub(super) struct Exemplar {
        #[prost(message, repeated, tag = "1")]
        pub(super) label: Vec<LabelPair>,
        #[prost(double, optional, tag = "2")]
        pub(super) value: Option<f64>,
        #[prost(message, optional, tag = "3")]
        pub(super) timestamp: Option<Timestamp>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub(super) struct Counter {
        #[prost(double, optional, tag = "1")]
        pub(super) value: Option<f64>,
        #[prost(message, optional, tag = "2")]
        pub(super) exemplar: Option<Exemplar>,
        #[prost(message, optional, tag = "3")]
        pub(super) start_timestamp: Option<Timestamp>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub(super) struct Quantile {
        #[prost(double, optional, tag = "1")]
        pub(super) quantile: Option<f64>,
        #[prost(double, optional, tag = "2")]
        pub(super) value: Option<f64>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub(super) struct Summary {
        #[prost(uint64, optional, tag = "1")]
        pub(super) sample_count: Option<u64>,
        #[prost(double, optional, tag = "2")]
        pub(super) sample_sum: Option<f64>,
        #[prost(message, repeated, tag = "3")]
        pub(super) quantile: Vec<Quantile>,
        #[prost(message, optional, tag = "4")]
        pub(super) start_timestamp: Option<Timestamp>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub(super) struct Bucket {
        #[prost(uint64, optional, tag = "1")]
        pub(super) cumulative_count: Option<u64>,
        #[prost(double, optional, tag = "2")]
        pub(super) upper_bound: Option<f64>,
        #[prost(message, optional, tag = "3")]
        pub(super) exemplar: Option<Exemplar>,
        #[prost(double, optional, tag = "4")]
        pub(super) cumulative_count_float: Option<f64>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub(super) struct Span {
        #[prost(sint32, optional, tag = "1")]
        pub(super) offset: Option<i32>,
        #[prost(uint32, optional, tag = "2")]
        pub(super) length: Option<u32>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub(super) struct Histogram {
        #[prost(uint64, optional, tag = "1")]
        pub(super) sample_count: Option<u64>,
        #[prost(double, optional, tag = "2")]
        pub(super) sample_sum: Option<f64>,
        #[prost(message, repeated, tag = "3")]
        pub(super) bucket: Vec<Bucket>,
        #[prost(double, optional, tag = "4")]
        pub(super) sample_count_float: Option<f64>,
        #[prost(sint32, optional, tag = "5")]
        pub(super) schema: Option<i32>,
        #[prost(double, optional, tag = "6")]
        pub(super) zero_threshold: Option<f64>,
        #[prost(uint64, optional, tag = "7")]
        pub(super) zero_count: Option<u64>,
        #[prost(double, optional, tag = "8")]
        pub(super) zero_count_float: Option<f64>,
        #[prost(message, repeated, tag = "9")]
        pub(super) negative_span: Vec<Span>,
        #[prost(sint64, repeated, packed = "false", tag = "10")]
        pub(super) negative_delta: Vec<i64>,
        #[prost(double, repeated, packed = "false", tag = "11")]
        pub(super) negative_count: Vec<f64>,
        #[prost(message, repeated, tag = "12")]
        pub(super) positive_span: Vec<Span>,
        #[prost(sint64, repeated, packed = "false", tag = "13")]
        pub(super) positive_delta: Vec<i64>,
        #[prost(double, repeated, packed = "false", tag = "14")]
        pub(super) positive_count: Vec<f64>,
        #[prost(message, optional, tag = "15")]
        pub(super) start_timestamp: Option<Timestamp>,
        #[prost(message, repeated, tag = "16")]
        pub(super) exemplars: Vec<Exemplar>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub(super) struct Metric {
        #[prost(message, repeated, tag = "1")]
        pub(super) label: Vec<LabelPair>,
        #[prost(message, optional, tag = "2")]
        pub(super) gauge: Option<Single>,
        #[prost(message, optional, tag = "3")]
        pub(super) counter: Option<Counter>,
        #[prost(message, optional, tag = "4")]
        pub(super) summary: Option<Summary>,
        #[prost(message, optional, tag = "5")]
        pub(super) untyped: Option<Single>,
        #[prost(int64, optional, tag = "6")]
        pub(super) timestamp_ms: Option<i64>,
        #[prost(message, optional, tag = "7")]
        pub(super) histogram: Option<Histogram>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub(super) struct MetricFamily {
        #[prost(string, optional, tag = "1")]
        pub(super) name: Option<String>,
        #[prost(string, optional, tag = "2")]
        pub(super) help: Option<String>,
        #[prost(int32, optional, tag = "3")]
        pub(super) metric_type: Option<i32>,
        #[prost(message, repeated, tag = "4")]
        pub(super) metric: Vec<Metric>,
        #[prost(string, optional, tag = "5")]
        pub(super) unit: Option<String>,
    }
}

fn read(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name);
    let mut bytes = Vec::new();
    let file = std::fs::File::open(&path).map(GzDecoder::new);
    let read = file.and_then(|mut file| file.read_to_end(&mut bytes));
    assert!(read.is_ok(), "{}: {read:?}", path.display());
    bytes
}

fn samples(body: &[u8], with_labels: bool) -> Seen {
    let mut seen = Seen::default();
    let options = HistogramOptions::new().native(true);
    let mut parser = protobuf::Parser::new(body).histograms(options);
    while let Ok(Some(sample)) = parser.next_sample() {
        seen.text(sample.name());
        if with_labels {
            for (name, value) in sample.labels() {
                seen.text(name);
                seen.text(value);
            }
        }
        match sample.value() {
            SampleValue::Float(value) => seen.value(value),
            value => seen.value(value.as_native_histogram().map_or(0.0, |native| native.sum)),
        }
    }
    seen
}

fn families(body: &[u8]) -> Seen {
    let mut seen = Seen::default();
    for family in Families::protobuf(body).flatten() {
        seen.text(&family.name);
        for metric in &family.metrics {
            for (name, value) in metric.labels.iter() {
                seen.text(&name);
                seen.text(&value);
            }
            match &metric.value {
                MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                    let counts = histogram
                        .buckets
                        .iter()
                        .map(|bucket| bucket.cumulative_count);
                    let counts = counts.chain(histogram.sum).chain(histogram.count);
                    counts.for_each(|value| seen.value(value));
                }
                MetricValue::Summary(summary) => {
                    let values = summary.quantiles.iter().map(|quantile| quantile.value);
                    let values = values.chain(summary.sum).chain(summary.count);
                    values.for_each(|value| seen.value(value));
                }
                _ => seen.value(metric.single_value().unwrap_or_default()),
            }
        }
    }
    seen
}

fn by_prost(mut body: &[u8]) -> Seen {
    let mut seen = Seen::default();
    while let Ok(family) = messages::MetricFamily::decode_length_delimited(&mut body) {
        seen.text(family.name());
        for metric in &family.metric {
            for label in &metric.label {
                seen.text(label.name());
                seen.text(label.value());
            }
            let single = metric.gauge.as_ref().or(metric.untyped.as_ref());
            single
                .into_iter()
                .for_each(|single| seen.value(single.value()));
            metric
                .counter
                .iter()
                .for_each(|counter| seen.value(counter.value()));
            if let Some(summary) = &metric.summary {
                seen.value(summary.sample_sum());
                seen.value(summary.sample_count() as f64);
                summary
                    .quantile
                    .iter()
                    .for_each(|quantile| seen.value(quantile.value()));
            }
            if let Some(histogram) = &metric.histogram {
                seen.value(histogram.sample_sum());
                seen.value(histogram.sample_count() as f64);
                let counts = histogram
                    .bucket
                    .iter()
                    .map(messages::Bucket::cumulative_count);
                counts.for_each(|count| seen.value(count as f64));
            }
        }
        if body.is_empty() {
            break;
        }
    }
    seen
}

fn text(body: &[u8]) -> Seen {
    let mut seen = Seen::default();
    for line in Parser::new(body, Dialect::Text).flatten() {
        if let Line::Sample(sample) = line {
            seen.text(&sample.name());
            for label in sample.labels() {
                seen.text(&label.name());
                seen.text(&label.value());
            }
            seen.value(sample.value());
        }
    }
    seen
}

/// Which message a field of a message is, for [`walk`].
fn message(level: u8, number: u64) -> Option<u8> {
    Some(match (level, number) {
        (0, 4) => 1,
        (1, 1) | (7, 1) => 2,
        (1, 2 | 5) | (5, 3) | (6, 9 | 12 | 15) | (7, 3) | (4, 3) | (5, 4) => 3,
        (1, 3) => 4,
        (1, 4) => 5,
        (1, 7) => 6,
        (4, 2) | (6, 16) | (8, 3) => 7,
        (6, 3) => 8,
        _ => return None,
    })
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..10 {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << (7 * place);
        if *first < 0x80 {
            return Some(number);
        }
    }
    None
}

/// Walks over every field of every message, and looks at numbers and lengths only.
fn walk(mut bytes: &[u8], level: u8, seen: &mut Seen) -> Option<()> {
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        match key & 7 {
            0 => seen.bits ^= varint(&mut bytes)?,
            1 => {
                let (value, rest) = bytes.split_first_chunk()?;
                seen.value(f64::from_le_bytes(*value));
                bytes = rest;
            }
            2 => {
                let length = varint(&mut bytes)? as usize;
                let (inside, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                match message(level, key >> 3) {
                    Some(level) => walk(inside, level, seen)?,
                    None => seen.bytes += length,
                }
            }
            _ => return None,
        }
    }
    Some(())
}

fn walk_all(mut body: &[u8]) -> Seen {
    let mut seen = Seen::default();
    while !body.is_empty() {
        let family = varint(&mut body).and_then(|length| body.split_at_checked(length as usize));
        let Some((family, rest)) = family else { break };
        body = rest;
        if walk(family, 0, &mut seen).is_none() {
            break;
        }
    }
    seen
}

fn protobuf_bodies(criterion: &mut Criterion) {
    let envoy = read("corpus/envoy/medium.all.prom.gz");
    let families_of_envoy = Families::new(&envoy, Dialect::Text).read_all().families;
    let encoded = encode::to_vec(&families_of_envoy, ScrapeProtocol::PrometheusProto);
    let bodies = [
        ("envoy", read("protobuf/envoy.pb.gz")),
        ("node_exporter", read("protobuf/node_exporter.pb.gz")),
        ("client_golang", read("protobuf/client_golang.pb.gz")),
        ("envoy_text_as_protobuf", encoded.unwrap_or_default()),
    ];
    let mut group = criterion.benchmark_group("protobuf");
    type Read = fn(&[u8]) -> Seen;
    let rows: [(&str, Read); 5] = [
        ("walk", walk_all),
        ("samples", |body| samples(body, true)),
        ("samples_without_labels", |body| samples(body, false)),
        ("families", families),
        ("prost", by_prost),
    ];
    for (name, body) in &bodies {
        group.throughput(Throughput::Elements(samples(body, true).samples));
        for (row, read) in rows {
            group.bench_with_input(BenchmarkId::new(row, name), body, |bencher, body| {
                bencher.iter(|| black_box(read(black_box(body))).bits);
            });
        }
    }
    group.throughput(Throughput::Elements(text(&envoy).samples));
    group.bench_with_input(
        BenchmarkId::new("text", "envoy"),
        &envoy,
        |bencher, body| {
            bencher.iter(|| black_box(text(black_box(body))).bits);
        },
    );
    group.finish();
}

criterion_group!(benches, protobuf_bodies);
criterion_main!(benches);
