//! Work on protobuf bodies.

use std::hint::black_box;
use std::io;

use exposition::protobuf::{ChunkParser, Entry, Parser, Reader};
use exposition::testing::Exposition;
use exposition::{
    Dialect, Encoder, Families, FamilyChunks, FamilyReader, Filter, Format, HistogramOptions,
    Limits, Merge, MetricFamily, MetricValue, NativeHistogram, Result, ScrapeProtocol,
    merge::Source,
};

use super::assertions::look_up;
use super::message::{
    COUNTER, GAUGE, HISTOGRAM, Message, SUMMARY, UNTYPED, family, gauge, varint, zigzag,
};
use super::{Bodies, Work};

/// Wide enough that what they guard against can show.
const LIMITS: Limits = Limits::new()
    .max_message_bytes(usize::MAX)
    .max_labels(usize::MAX);

const ALL: HistogramOptions = HistogramOptions::new()
    .native(true)
    .keep_classic(true)
    .convert_classic(true);

/// A kind of body, in any size.
type Shape = (&'static str, fn(usize) -> Vec<u8>);

type Door = (&'static str, fn(&[u8]));

fn look_at(entry: Result<Option<Entry<'_>>>) -> bool {
    match entry {
        Ok(None) => return false,
        Ok(Some(Entry::Sample(sample))) => {
            black_box((sample.name(), sample.start_timestamp()));
            sample.labels().for_each(|label| _ = black_box(label));
            if let Some(histogram) = sample.value().as_native_histogram() {
                calculate(histogram);
            }
            for exemplar in sample.exemplars() {
                exemplar.labels().for_each(|label| drop(black_box(label)));
            }
        }
        Ok(Some(entry)) => drop(black_box(format!("{entry:?}"))),
        Err(error) => drop(black_box(error.to_string())),
    }
    true
}

/// Asks a histogram everything.
fn calculate(histogram: &NativeHistogram) {
    black_box((histogram.quantile(0.9), histogram.fraction(0.5, 10.0)));
    black_box((histogram.validate().is_ok(), histogram.to_string()));
    black_box(histogram.buckets().rev().count());
    black_box(histogram.detect_reset(histogram));
    let mut other = histogram.clone();
    other.compact();
    _ = black_box(other.reduce_resolution(0));
    _ = black_box(other.limit_buckets(8));
}

fn look_at_family(family: Result<MetricFamily<'_>>) {
    let Ok(family) = family else { return };
    for metric in &family.metrics {
        if let MetricValue::Histogram(histogram) = &metric.value {
            histogram.native.iter().for_each(|native| calculate(native));
        }
    }
    family.samples().for_each(|sample| _ = black_box(sample));
}

const DOORS: &[Door] = &[
    ("protobuf slice", |body| {
        let mut parser = Parser::new(body).limits(LIMITS);
        while look_at(parser.next_entry()) {}
    }),
    ("protobuf slice, every form of histogram", |body| {
        let mut parser = Parser::new(body).limits(LIMITS).histograms(ALL);
        while look_at(parser.next_entry()) {}
    }),
    #[cfg(feature = "arrow")]
    ("protobuf, batches", |body| {
        super::batches::read_protobuf(body, ScrapeProtocol::PrometheusProto.into());
    }),
    ("protobuf slice, default limits", |body| {
        let mut parser = Parser::new(body);
        while look_at(parser.next_entry()) {}
    }),
    ("protobuf slice, filtered", |body| {
        for filter in [Filter::names(["a_sum"]), Filter::prefix("b")] {
            let mut parser = Parser::new(body).limits(LIMITS).filter_by(filter);
            while look_at(parser.next_entry()) {}
        }
    }),
    ("protobuf reader", |body| {
        let reader = Reader::new(body).limits(LIMITS).histograms(ALL);
        let mut reader = reader.buffer_capacity(512);
        while look_at(reader.next_entry()) {}
    }),
    ("protobuf chunks of one byte", |body| {
        let mut chunks = ChunkParser::new().limits(LIMITS);
        for byte in body {
            chunks.feed(std::slice::from_ref(byte));
            while look_at(chunks.next_entry()) {}
        }
        chunks.finish();
        while look_at(chunks.next_entry()) {}
    }),
    ("protobuf in one chunk", |body| {
        let mut chunks = ChunkParser::new().limits(LIMITS);
        chunks.feed(body);
        chunks.finish();
        while look_at(chunks.next_entry()) {}
    }),
    ("protobuf reader, messages that are too long", |body| {
        let reader = Reader::new(body).limits(LIMITS.max_message_bytes(1000));
        let mut reader = reader.buffer_capacity(64);
        while look_at(reader.next_entry()) {}
    }),
    ("protobuf families", |body| {
        Families::from(Parser::new(body).limits(LIMITS)).for_each(look_at_family);
    }),
    ("protobuf, assertions", |body| {
        if let Ok(body) = Exposition::new(body, ScrapeProtocol::PrometheusProto.into()) {
            look_up(&body);
            _ = black_box(body.since(&body).is_ok_and(|change| change.is_empty()));
        }
    }),
    ("protobuf families, collected", |body| {
        let families = Families::from(Parser::new(body).limits(LIMITS));
        drop(black_box(families.read_all()));
    }),
    ("protobuf family reader", |body| {
        let reader = Reader::new(body).limits(LIMITS).buffer_capacity(512);
        FamilyReader::from(reader).for_each(look_at_family);
    }),
    ("protobuf family chunks of one byte", |body| {
        let mut chunks = FamilyChunks::from(ChunkParser::new().limits(LIMITS));
        for byte in body {
            chunks.feed(std::slice::from_ref(byte));
            while let Some(family) = chunks.next_family().transpose() {
                look_at_family(family);
            }
        }
        chunks.finish();
        while let Some(family) = chunks.next_family().transpose() {
            look_at_family(family);
        }
    }),
    ("protobuf, encode families", |body| {
        encode(body, ScrapeProtocol::PrometheusProto);
    }),
    ("protobuf, encode families as text", |body| {
        encode(body, ScrapeProtocol::PrometheusText100);
        encode(body, ScrapeProtocol::OpenMetricsText100);
        encode(body, ScrapeProtocol::OpenMetricsText200);
    }),
    ("protobuf, merge", |body| {
        let proto = Format::new(ScrapeProtocol::PrometheusProto);
        for protocol in FORMATS {
            let merge = Merge::new(protocol)
                .source(Source::with_format("one", body, proto))
                .source(Source::with_format("two", body, proto).label("exported_job", "v"))
                .keep_going(true)
                .lossy(true)
                .limits(LIMITS);
            drop(black_box(merge.write_to(io::sink())));
        }
    }),
];

const FORMATS: [ScrapeProtocol; 4] = [
    ScrapeProtocol::PrometheusProto,
    ScrapeProtocol::PrometheusText100,
    ScrapeProtocol::OpenMetricsText100,
    ScrapeProtocol::OpenMetricsText200,
];

fn encode(body: &[u8], protocol: ScrapeProtocol) {
    let families = Families::from(Parser::new(body).limits(LIMITS)).read_all();
    let Ok(encoder) = Encoder::from_writer(io::sink(), protocol) else {
        return;
    };
    let mut encoder = encoder.lossy(true);
    for family in &families.families {
        _ = encoder.family(family);
    }
    _ = encoder.finish();
}

/// Fills a message with fields that `unit` adds, until it has about so many bytes.
fn filled(bytes: usize, head: Message, unit: impl Fn(Message, usize) -> Message) -> Message {
    let mut message = head;
    let mut number = 0;
    while message.0.len() < bytes {
        message = unit(message, number);
        number += 1;
    }
    message
}

/// Returns a family of one metric whose field `number` is that message.
fn only(kind: u64, number: u64, value: Message) -> Vec<u8> {
    let metric = Message::new().message(number, value);
    family("a", kind).message(4, metric).delimited()
}

fn metrics(bytes: usize, kind: u64, metric: impl Fn(usize) -> Message) -> Vec<u8> {
    filled(bytes, family("a", kind), |family, at| {
        family.message(4, metric(at))
    })
    .delimited()
}

fn families(bytes: usize, family: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    let mut body = Vec::new();
    let mut number = 0;
    while body.len() < bytes {
        body.extend(family(number));
        number += 1;
    }
    body
}

fn span(offset: i64, length: u64) -> Message {
    Message::new().number(1, zigzag(offset)).number(2, length)
}

fn exemplar(at: usize) -> Message {
    let labels = Message::new().label("id", &format!("{at:07}"));
    labels
        .double(2, 1.0)
        .message(3, Message::new().number(1, 5))
}

fn bucket(at: usize) -> Message {
    Message::new()
        .number(1, at as u64 + 1_000_000)
        .double(2, at as f64)
}

const SHAPES: &[Shape] = &[
    ("metrics", |n| {
        metrics(n, GAUGE, |at| gauge(&format!("{at:07}"), 1.0))
    }),
    ("labels", |n| {
        let labels = filled(n, Message::new(), |metric, at| {
            metric.label(&format!("l{at:07}"), "v")
        });
        family("a", GAUGE).message(4, labels).delimited()
    }),
    ("a label repeated", |n| {
        let labels = filled(n, Message::new(), |metric, _| metric.label("l", "v"));
        family("a", GAUGE).message(4, labels).delimited()
    }),
    ("labels that are not ASCII", |n| {
        let labels = filled(n, Message::new(), |metric, at| {
            metric.label(&format!("é{at:07}"), "v")
        });
        family("a", GAUGE).message(4, labels).delimited()
    }),
    ("labels with bytes between them", |n| {
        let labels = filled(n, Message::new(), |metric, at| {
            metric.label(&format!("l{at:07}"), "v").bytes(99, "x")
        });
        family("a", GAUGE).message(4, labels).delimited()
    }),
    ("metrics with labels around a long field", |n| {
        let long = "x".repeat(n / 2);
        let metric = Message::new()
            .label("a", "b")
            .bytes(99, long)
            .label("c", "d");
        let metric = filled(n, metric, |metric, _| metric.double(99, 1.0));
        family("a", GAUGE).message(4, metric).delimited()
    }),
    ("deep groups", |n| {
        let depth = n / 2;
        let groups = [vec![0x7b; depth], vec![0x7c; depth]].concat();
        family("a", GAUGE)
            .raw(&groups)
            .message(4, gauge("x", 1.0))
            .delimited()
    }),
    ("deep groups in a histogram", |n| {
        let depth = n / 4;
        let groups = [[0xa3, 6].repeat(depth), [0xa4, 6].repeat(depth)].concat();
        only(HISTOGRAM, 7, Message::new().number(1, 1).raw(&groups))
    }),
    ("open groups", |n| {
        families(n, |_| family("a", GAUGE).raw(&[0x7b; 30]).delimited())
    }),
    ("spans", |n| {
        let spans = |message: Message, _| message.message(12, span(1, 0));
        only(HISTOGRAM, 7, filled(n, Message::new(), spans))
    }),
    ("spans of a bucket each", |n| {
        let both = |message: Message, at: usize| {
            let delta = if at == 0 { 1 } else { 0 };
            message.message(12, span(1, 1)).number(13, zigzag(delta))
        };
        only(
            HISTOGRAM,
            7,
            filled(n, Message::new().number(5, zigzag(8)), both),
        )
    }),
    ("spans far apart", |n| {
        let both = |message: Message, _| {
            message
                .message(9, span(i64::from(i32::MAX), 1))
                .double(11, 1.0)
        };
        only(HISTOGRAM, 7, filled(n, Message::new().double(4, 9.0), both))
    }),
    ("spans that claim much", |n| {
        let spans = |message: Message, _| message.message(12, span(0, u64::from(u32::MAX)));
        only(HISTOGRAM, 7, filled(n, Message::new(), spans))
    }),
    ("packed buckets", |n| {
        let deltas: Vec<u8> = (0..n).map(|at| if at % 2 == 0 { 2 } else { 1 }).collect();
        let message = Message::new()
            .number(5, zigzag(8))
            .message(12, span(-9000, n as u64));
        only(HISTOGRAM, 7, message.bytes(13, deltas))
    }),
    ("packed buckets, half of them empty", |n| {
        let counts: Vec<u8> = (0..n / 8)
            .flat_map(|at| f64::to_le_bytes(f64::from(at as u32 % 2)))
            .collect();
        let message = Message::new()
            .double(4, n as f64 / 16.0)
            .message(12, span(0, n as u64 / 8));
        only(HISTOGRAM, 7, message.bytes(14, counts))
    }),
    ("classic buckets", |n| {
        let buckets = |message: Message, at| message.message(3, bucket(at));
        only(HISTOGRAM, 7, filled(n, Message::new(), buckets))
    }),
    ("classic buckets that fall", |n| {
        let buckets = |message: Message, at: usize| message.message(3, bucket(900_000 - at));
        only(HISTOGRAM, 7, filled(n, Message::new(), buckets))
    }),
    ("classic buckets of one bound", |n| {
        let buckets = |message: Message, _| message.message(3, bucket(1));
        only(HISTOGRAM, 7, filled(n, Message::new(), buckets))
    }),
    ("quantiles", |n| {
        let quantiles = |message: Message, at: usize| {
            message.message(3, Message::new().double(1, 1.0 / at as f64).double(2, 1.0))
        };
        only(SUMMARY, 4, filled(n, Message::new(), quantiles))
    }),
    ("exemplars", |n| {
        let exemplars = |message: Message, at| message.message(16, exemplar(at));
        let native = Message::new().message(12, span(0, 0));
        only(HISTOGRAM, 7, filled(n, native, exemplars))
    }),
    ("an exemplar of many messages", |n| {
        let exemplars = |message: Message, at| message.message(2, exemplar(at));
        only(
            COUNTER,
            3,
            filled(n, Message::new().double(1, 1.0), exemplars),
        )
    }),
    ("exemplars of buckets, of many messages", |n| {
        let buckets = |message: Message, at| {
            let bucket = bucket(at).message(3, exemplar(at)).message(3, exemplar(at));
            message.message(3, bucket)
        };
        let native = Message::new().message(12, span(0, 0));
        only(HISTOGRAM, 7, filled(n, native, buckets))
    }),
    ("merged messages", |n| {
        let counter = Message::new()
            .double(1, 1.0)
            .message(3, Message::new().number(1, 5));
        let metric = filled(n, Message::new(), |metric, _| {
            metric.message(3, counter.clone())
        });
        family("a", COUNTER).message(4, metric).delimited()
    }),
    ("tiny families", |n| {
        families(n, |at| {
            let name = format!("a{at:07}");
            family(&name, UNTYPED)
                .message(4, Message::new())
                .delimited()
        })
    }),
    ("families of one name", |n| {
        families(n, |at| {
            let metric = gauge(&format!("{at:07}"), 1.0);
            family("a", GAUGE).message(4, metric).delimited()
        })
    }),
    ("empty families", |n| vec![0; n]),
    ("empty families, merged", |n| {
        families(n, |at| family(&format!("a{at:07}"), GAUGE).delimited())
    }),
    ("empty metrics", |n| metrics(n, GAUGE, |_| Message::new())),
    ("names that come again", |n| {
        let names = |message: Message, _| message.bytes(1, "abcdefg");
        let family = filled(n, Message::new().number(3, GAUGE), names);
        family.message(4, gauge("x", 1.0)).delimited()
    }),
    ("a long name", |n| {
        let name = "x".repeat(n / 2);
        let head = family(&name, GAUGE);
        filled(n, head, |family, at| {
            family.message(4, gauge(&format!("{at:07}"), 1.0))
        })
        .delimited()
    }),
    ("a long name, and metrics in error", |n| {
        let name = "x".repeat(n / 2);
        let wrong = Message::new().raw(&[0x0a, 0x7f]);
        filled(n, family(&name, GAUGE), |family, _| {
            family.message(4, wrong.clone())
        })
        .delimited()
    }),
    ("metrics in error", |n| {
        metrics(n, GAUGE, |_| Message::new().raw(&[0x0a, 0x7f]))
    }),
    ("metrics whose labels are in error", |n| {
        metrics(n, GAUGE, |_| Message::new().label("", "x"))
    }),
    ("metrics with a label twice", |n| {
        metrics(n, GAUGE, |_| Message::new().label("a", "x").label("a", "y"))
    }),
    ("histograms whose spans are in error", |n| {
        metrics(n, HISTOGRAM, |_| {
            let wrong = Message::new().message(12, span(0, 3)).number(13, 2);
            Message::new().label("a", "x").message(7, wrong)
        })
    }),
    ("histograms that cannot be converted", |n| {
        metrics(n, HISTOGRAM, |_| {
            let falls = Message::new().message(3, bucket(5)).message(3, bucket(1));
            Message::new().message(7, falls.number(1, 2))
        })
    }),
    ("families in error", |n| {
        families(n, |_| family("a", 9).message(4, Message::new()).delimited())
    }),
    ("an error late in a family", |n| {
        let head = family("a", GAUGE);
        let sound = filled(n, head, |family, at| {
            family.message(4, gauge(&format!("{at:07}"), 1.0))
        });
        sound.raw(&[0x07]).delimited()
    }),
    ("an error late in a histogram", |n| {
        let buckets = |message: Message, at| message.message(3, bucket(at));
        only(
            HISTOGRAM,
            7,
            filled(n, Message::new(), buckets).raw(&[0x07]),
        )
    }),
    ("messages whose length is beyond the body", |n| {
        let mut body = families(n, |_| {
            family("a", GAUGE).message(4, gauge("x", 1.0)).delimited()
        });
        varint(&mut body, 256 << 20);
        body.extend_from_slice(&[0; 99]);
        body
    }),
    ("one message that is longer than the body", |n| {
        let mut body = Vec::new();
        varint(&mut body, 255 << 20);
        body.resize(n, 0x0a);
        body
    }),
    ("bytes that never are a message", |n| vec![0xff; n]),
    ("long varints", |n| {
        let long = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1];
        let numbers = |message: Message, _| message.raw(&[0x30]).raw(&long);
        let metric = filled(n, Message::new(), numbers);
        family("a", GAUGE).message(4, metric).delimited()
    }),
];

/// Text says a family's name in each line, so that it is as long as name times metrics: doors that write text
/// cannot be linear where the name is long.
fn repeats_a_long_name(door: &str, shape: &str) -> bool {
    let writes_text = [
        "protobuf, encode families as text",
        "protobuf, merge",
        // It lists the series that match.
        "protobuf, assertions",
    ];
    writes_text.contains(&door) && shape.starts_with("a long name")
}

/// Returns every door with every shape.
pub(super) fn works() -> impl Iterator<Item = Work> {
    let pairs = DOORS
        .iter()
        .flat_map(|&door| SHAPES.iter().map(move |&shape| (door, shape)));
    let pairs = pairs.filter(|((door, _), (shape, _))| !repeats_a_long_name(door, shape));
    pairs.map(|((door, open), (shape, make))| {
        // Of protobuf there are no dialects.
        let make = move |bytes| vec![(make(bytes), Dialect::default())];
        let open = move |bodies: &Bodies| bodies.iter().for_each(|(body, _)| open(body));
        let work = Work::on(door, shape, make, open);
        // Labels within 32 KiB are kept in another way than those beyond.
        match shape.starts_with("labels") {
            true => work.sizes([40 << 10, 96 << 10]),
            false => work,
        }
    })
}
