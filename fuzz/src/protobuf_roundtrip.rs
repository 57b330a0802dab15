//! Families written as protobuf are read back as what they were.

use arbitrary::Arbitrary;
use exposition::encode::to_vec;
use exposition::{
    Dialect, Encoder, EscapingScheme, Families, Format, MetricFamily, MetricType, MetricValue,
    ScrapeProtocol,
};

use super::binary::Form;
use super::input;
use super::{lossless, pieces};

/// The options of an input.
#[derive(Debug, Arbitrary)]
struct Options {
    form: Form,
    what: u8,
}

/// How many bytes of an input its options are.
pub const HEADER: usize = 2;

/// The number of a protobuf body that follows.
pub const PROTOBUF: u8 = 0;

/// Returns the number of a text body in that dialect that follows.
pub const fn text(dialect: u8) -> u8 {
    match dialect {
        super::OPENMETRICS2 => 7,
        other => 1 + other % 3,
    }
}

/// Returns the options of a seed.
pub fn header(what: u8) -> [u8; HEADER] {
    [Form::RAW, what]
}

fn proto() -> Format {
    Format::new(ScrapeProtocol::PrometheusProto).with_escaping(EscapingScheme::AllowUtf8)
}

/// Asserts that families of any body come back from protobuf.
pub fn protobuf_roundtrip(data: &[u8]) {
    let Some((options, rest)) = input::split::<Options>(data, HEADER) else {
        return;
    };
    match options.what % 9 {
        0 => of_protobuf(&options.form.body(rest)),
        text @ 1..=3 => of_text(rest, super::DIALECTS[usize::from(text) - 1]),
        built @ 4..=6 => {
            let dialect = super::DIALECTS[usize::from(built) - 4];
            of_text(&pieces::body(rest, dialect), dialect);
        }
        7 => of_text(rest, Dialect::OpenMetrics2),
        _ => {
            let body = pieces::body(rest, Dialect::OpenMetrics2);
            of_text(&body, Dialect::OpenMetrics2);
        }
    }
}

/// Asserts that a family that was read from protobuf, and of which nothing is left out or refused, is read back
/// as it was; and that any family is the same from the second time on.
fn of_protobuf(body: &[u8]) {
    for family in Families::protobuf(body).flatten() {
        let Ok(encoder) = Encoder::from_writer(Vec::new(), proto()) else {
            panic!("a format that can be written");
        };
        let mut encoder = encoder.lossy(true);
        // Labels that no storage would take are refused.
        if encoder.family(&family).is_err() {
            continue;
        }
        let Ok((once, omitted)) = encoder.finish_reporting() else {
            panic!("a vector takes all");
        };
        let back = read(&once, &family);
        if omitted == Default::default() && !has_exemplars_for_buckets(&family) {
            assert_eq!(back, std::slice::from_ref(&family), "{once:02x?}");
            let strictly = to_vec([&family], proto());
            assert_eq!(strictly.as_ref(), Ok(&once), "{family:?}");
        } else if omitted != Default::default() {
            assert_eq!(to_vec([&family], proto()).ok(), None, "{omitted:?}");
        }
        let twice = to_vec(&back, proto());
        assert_eq!(twice.as_ref(), Ok(&once), "{family:?}");
    }
}

/// Tells whether a histogram without a native form has exemplars of its own, which are written in its
/// buckets.
fn has_exemplars_for_buckets(family: &MetricFamily<'_>) -> bool {
    family.metrics.iter().any(|metric| match &metric.value {
        MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
            histogram.native.is_none() && !metric.exemplars.is_empty()
        }
        _ => false,
    })
}

fn read<'b>(body: &'b [u8], of: &MetricFamily<'_>) -> Vec<MetricFamily<'b>> {
    let read = Families::protobuf(body).read_all();
    assert!(read.errors.is_empty(), "{:?} of {of:?}", read.errors);
    read.families
}

/// Asserts that text whose families protobuf can say has the same samples after it went through protobuf.
fn of_text(body: &[u8], dialect: Dialect) {
    for mut family in Families::new(body, dialect).flatten() {
        if dialect == Dialect::OpenMetrics2 {
            // Its names have no suffixes of their own.
            (family.metrics.iter_mut()).for_each(|metric| metric.suffixed = false);
        }
        // Protobuf lacks these two types: their samples are those of gauges.
        let kept = !matches!(family.metric_type, MetricType::Info | MetricType::StateSet);
        let Ok(written) = to_vec([&family], proto()) else {
            continue;
        };
        let back = read(&written, &family);
        assert_eq!(starts(&back), starts([&family]), "{family:?}");
        let (expected, got) = (samples([&family]), samples(&back));
        if kept && expected.len() == got.len() {
            assert_eq!(got, expected, "{family:?}");
        } else {
            // Protobuf always says a count and a sum and the bucket for +Inf.
            for key in &expected {
                assert!(got.contains(key), "{key:?} is not in {got:?}");
            }
        }
        // What text may leave out is there from then on.
        let Ok(twice) = to_vec(&back, proto()) else {
            panic!("{back:?} cannot be written again");
        };
        let again = read(&twice, &family);
        assert_eq!(again, back, "{family:?}");
    }
}

/// Returns the samples without start times, which are no samples in protobuf.
fn samples<'f, 'a: 'f>(
    families: impl IntoIterator<Item = &'f MetricFamily<'a>>,
) -> Vec<lossless::Key> {
    let mut families: Vec<_> = families.into_iter().cloned().collect();
    for metric in families.iter_mut().flat_map(|family| &mut family.metrics) {
        metric.start_timestamp = None;
    }
    let mut keys = lossless::found(&families).0;
    keys.sort();
    keys
}

/// Returns the start times, in microseconds.
fn starts<'f, 'a: 'f>(families: impl IntoIterator<Item = &'f MetricFamily<'a>>) -> Vec<i64> {
    let metrics = families.into_iter().flat_map(|family| &family.metrics);
    let starts = metrics.filter_map(|metric| metric.start_timestamp);
    let mut starts: Vec<i64> = starts
        .map(|start| (start.seconds * 1e6).round() as i64)
        .collect();
    starts.sort();
    starts
}
