//! Protobuf bodies: what is accepted, the words of errors, and that no metric knows of another.

use allocation_counter::measure;
use exposition::protobuf::{ChunkParser, Parser, Reader, Sample};
use exposition::{
    Error, ErrorKind, Families, FamilyChunks, FamilyReader, Filter, HistogramOptions, Limits,
    MetricFamily, Result, SampleValue,
};

use crate::support::messages::{
    COUNTER, GAUGE, HISTOGRAM, Message, SUMMARY, UNTYPED, family, gauge, varint, zigzag,
};

/// Shows a sample on a line.
fn shown(sample: &Sample<'_>) -> String {
    let labels = sample
        .labels()
        .map(|(name, value)| format!("{name}={value}"));
    let labels: Vec<String> = labels.collect();
    let value = match sample.value() {
        SampleValue::Float(value) => value.to_string(),
        SampleValue::NativeHistogram(histogram) => histogram.to_string(),
        other => format!("{other:?}"),
    };
    format!("{}{{{}}} {value}", sample.name(), labels.join(","))
}

/// Returns what the slice door reads: samples and errors. The other doors agree.
fn read_with(body: &[u8], options: HistogramOptions, limits: Limits) -> Vec<Result<String>> {
    let mut parser = Parser::new(body).histograms(options).limits(limits);
    let mut by_slice = Vec::new();
    while let Some(next) = parser.next_sample().transpose() {
        by_slice.push(next.map(|sample| shown(&sample)));
    }
    for step in [1, 3, 64] {
        let reader = Reader::new(body).histograms(options).limits(limits);
        let mut reader = reader.buffer_capacity(step);
        let mut by_reader = Vec::new();
        while let Some(next) = reader.next_sample().transpose() {
            by_reader.push(next.map(|sample| shown(&sample)));
        }
        assert_eq!(by_reader, by_slice, "reader, {step}");
        let mut chunks = ChunkParser::new().histograms(options).limits(limits);
        let mut by_chunks = Vec::new();
        let mut read = |chunks: &mut ChunkParser| {
            while let Some(next) = chunks.next_sample().transpose() {
                by_chunks.push(next.map(|sample| shown(&sample)));
            }
        };
        for chunk in body.chunks(step) {
            chunks.feed(chunk);
            read(&mut chunks);
        }
        chunks.finish();
        read(&mut chunks);
        assert_eq!(by_chunks, by_slice, "chunks, {step}");
    }
    by_slice
}

fn native() -> HistogramOptions {
    HistogramOptions::new().native(true)
}

/// Returns the samples, and the errors as they are displayed.
fn read(body: &[u8]) -> Vec<String> {
    let all = read_with(body, native(), Limits::new());
    let display = |error: Error| format!("error: {error}");
    all.into_iter()
        .map(|next| next.unwrap_or_else(display))
        .collect()
}

/// Reads the families through every door, which agree.
fn families(body: &[u8]) -> Vec<Result<MetricFamily<'static>>> {
    let by_slice: Vec<_> = Families::protobuf(body)
        .map(|family| family.map(MetricFamily::into_owned))
        .collect();
    for step in [1, 5] {
        let by_reader = FamilyReader::protobuf(body).buffer_capacity(step);
        assert_eq!(by_reader.collect::<Vec<_>>(), by_slice, "reader, {step}");
        let mut chunks = FamilyChunks::protobuf();
        let mut by_chunks = Vec::new();
        for chunk in body.chunks(step) {
            chunks.feed(chunk);
            by_chunks.extend(std::iter::from_fn(|| chunks.next_family().transpose()));
        }
        chunks.finish();
        by_chunks.extend(std::iter::from_fn(|| chunks.next_family().transpose()));
        assert_eq!(by_chunks, by_slice, "chunks, {step}");
    }
    by_slice
}

/// Returns a native histogram's message: a count, a sum and buckets from index 0 on.
fn histogram(counts: &[i64]) -> Message {
    let total: i64 = counts.iter().sum();
    let span = Message::new().number(1, 0).number(2, counts.len() as u64);
    let mut message = Message::new().number(1, total as u64).double(2, 1.5);
    message = message.number(5, zigzag(3)).message(12, span);
    let mut before = 0;
    for count in counts {
        message = message.number(13, zigzag(count - before));
        before = *count;
    }
    message
}

fn classic(buckets: &[(f64, u64)], count: u64) -> Message {
    let mut message = Message::new().number(1, count).double(2, 2.5);
    for (bound, count) in buckets {
        message = message.message(3, Message::new().number(1, *count).double(2, *bound));
    }
    message
}

fn exemplar(id: &str, value: f64, seconds: u64) -> Message {
    let exemplar = Message::new().label("id", id).double(2, value);
    exemplar.message(3, Message::new().number(1, seconds))
}

#[test]
fn samples_come_in_prometheus_order() {
    let counter = family("c_total", COUNTER)
        .bytes(2, "Help.")
        .bytes(5, "seconds")
        .message(
            4,
            Message::new().label("a", "b").number(6, 99).message(
                3,
                Message::new()
                    .double(1, 3.0)
                    .message(2, exemplar("x", 1.0, 5))
                    .message(3, Message::new().number(1, 7).number(2, 500_000_000)),
            ),
        );
    let quantile = |is: f64, value: f64| Message::new().double(1, is).double(2, value);
    let summary = Message::new().number(1, 4).double(2, 10.0);
    let summary = summary
        .message(3, quantile(0.5, 2.0))
        .message(3, quantile(1.0, 4.0));
    let summary = family("s", SUMMARY).message(4, Message::new().message(4, summary));
    let classic = Message::new().message(7, classic(&[(1.0, 2), (2.5, 3)], 5));
    let classic = family("h", HISTOGRAM).message(4, classic);
    let untyped = Message::new().message(5, Message::new().double(1, -0.0));
    let untyped = family("u", UNTYPED).message(4, untyped);
    let body = [counter, summary, classic, untyped]
        .map(|family| family.delimited())
        .concat();
    assert_eq!(
        read(&body),
        [
            "c_total{a=b} 3",
            "s_count{} 4",
            "s_sum{} 10",
            "s{quantile=0.5} 2",
            "s{quantile=1.0} 4",
            "h_count{} 5",
            "h_sum{} 2.5",
            "h_bucket{le=1.0} 2",
            "h_bucket{le=2.5} 3",
            "h_bucket{le=+Inf} 5",
            "u{} -0",
        ]
    );
    let mut parser = Parser::new(&body);
    let sample = parser.next_sample().unwrap().unwrap();
    assert_eq!(
        (sample.timestamp(), sample.start_timestamp()),
        (Some(99), Some(7500))
    );
    let exemplar = sample.exemplars().next().unwrap();
    let labels: Vec<_> = exemplar.labels().collect();
    assert_eq!(labels, [("id".into(), "x".into())]);
    assert_eq!((exemplar.value(), exemplar.timestamp()), (1.0, Some(5000)));
}

#[test]
fn histograms_in_the_form_that_is_asked_for() {
    let both = histogram(&[1, 2]);
    let both = both.message(3, Message::new().number(1, 1).double(2, 1.0));
    let metric = |histogram| Message::new().message(7, histogram);
    let family = family("h", HISTOGRAM)
        .message(4, metric(both))
        .message(4, metric(classic(&[(1.0, 2)], 5)));
    let body = family.delimited();
    let in_form = |options| -> Vec<String> {
        let all = read_with(&body, options, Limits::new());
        all.into_iter().map(Result::unwrap).collect()
    };
    let own = "h{} {count:3, sum:1.5, (0.9170040432046711,1]:1, (1,1.0905077326652577]:2}";
    let first = [
        "h_count{} 3",
        "h_sum{} 1.5",
        "h_bucket{le=1.0} 1",
        "h_bucket{le=+Inf} 3",
    ];
    let second = [
        "h_count{} 5",
        "h_sum{} 2.5",
        "h_bucket{le=1.0} 2",
        "h_bucket{le=+Inf} 5",
    ];
    let converted = "h{} {count:5, sum:2.5, [-Inf,1]:2, (1,+Inf]:3}";
    let classic = HistogramOptions::new();
    assert_eq!(in_form(classic), [first, second].concat());
    assert_eq!(
        in_form(classic.native(true)),
        [&[own][..], &second].concat()
    );
    assert_eq!(
        in_form(classic.native(true).keep_classic(true)),
        [&[own][..], &first, &second].concat()
    );
    assert_eq!(
        in_form(classic.native(true).convert_classic(true)),
        [own, converted]
    );
    assert_eq!(
        in_form(
            classic
                .native(true)
                .convert_classic(true)
                .keep_classic(true)
        ),
        [&[own][..], &first, &second, &[converted]].concat()
    );
}

/// Prometheus returns the value of the metric before (spec P23a).
#[test]
fn an_untyped_value_that_is_left_out_is_zero() {
    let value = |number| {
        Message::new()
            .label("l", "x")
            .message(5, Message::new().double(1, number))
    };
    let body = [
        family("u", UNTYPED)
            .message(4, value(5.0))
            .message(4, Message::new().label("l", "y").message(5, Message::new())),
        family("v", UNTYPED).message(4, Message::new()),
    ];
    let body = body.map(|family| family.delimited()).concat();
    assert_eq!(read(&body), ["u{l=x} 5", "u{l=y} 0", "v{} 0"]);
}

/// Prometheus loses the native form of the first native histogram after a classic one, and fails at a classic
/// one after that (spec P32).
#[test]
fn native_and_classic_histograms_in_turn() {
    let metric = |label, histogram| Message::new().label("l", label).message(7, histogram);
    let body = family("h", HISTOGRAM)
        .message(4, metric("1", classic(&[], 1)))
        .message(4, metric("2", histogram(&[4])))
        .message(4, metric("3", classic(&[], 2)))
        .message(4, metric("4", histogram(&[5])));
    let got = read(&body.delimited());
    let names: Vec<&str> = got
        .iter()
        .map(|line| line.split('}').next().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "h_count{l=1",
            "h_sum{l=1",
            "h_bucket{l=1,le=+Inf",
            "h{l=2",
            "h_count{l=3",
            "h_sum{l=3",
            "h_bucket{l=3,le=+Inf",
            "h{l=4",
        ]
    );
}

/// Prometheus checks the spans of a family's first metric only (spec P34).
#[test]
fn spans_are_checked_in_every_metric() {
    let span = Message::new().number(1, 0).number(2, 2);
    let wrong = Message::new().message(12, span).number(13, zigzag(1));
    let metric = |label, histogram| Message::new().label("l", label).message(7, histogram);
    let body = family("h", HISTOGRAM)
        .message(4, metric("1", histogram(&[1])))
        .message(4, metric("2", wrong))
        .message(4, metric("3", histogram(&[1])));
    let got = read(&body.delimited());
    assert_eq!(got.len(), 3);
    assert_eq!(
        got[1],
        "error: byte 49, family 1 \"h\", metric 2, histogram: invalid histogram: expected as many counts as \
         the spans list buckets, found 1 for 2 buckets",
    );
    assert!(got[2].starts_with("h{l=3}"));
}

/// Prometheus goes on with the exemplars where it was in the metric before (spec P36).
#[test]
fn each_native_histogram_has_its_own_exemplars() {
    let with = |exemplars: &[Message]| {
        let histogram = histogram(&[1]);
        let all = exemplars.iter().cloned();
        Message::new().message(
            7,
            all.fold(histogram, |message, next| message.message(16, next)),
        )
    };
    let body = family("h", HISTOGRAM)
        .message(4, with(&[exemplar("a", 1.0, 1), exemplar("b", 1.0, 2)]))
        .message(4, with(&[exemplar("c", 1.0, 3)]))
        .message(4, with(&[]));
    let body = body.delimited();
    let mut parser = Parser::new(&body).histograms(native());
    let mut counts = Vec::new();
    while let Some(sample) = parser.next_sample().unwrap() {
        counts.push(sample.exemplars().count());
    }
    assert_eq!(counts, [2, 1, 0]);
}

#[test]
fn errors_say_where_and_what_was_expected() {
    let good = gauge("x", 1.0);
    let metric = |metric: Message| family("up", GAUGE).message(4, metric).delimited();
    let label = |label: Message| metric(Message::new().message(1, label));
    let cases: &[(Vec<u8>, ErrorKind, &str)] = &[
        (
            vec![0x80, 0x80, 0x80, 0x80, 0x80, 1],
            ErrorKind::MalformedProtobuf,
            "byte 0, family 1: malformed protobuf: expected a message's length in at most five bytes, \
             found a longer one",
        ),
        (
            vec![0x80],
            ErrorKind::UnexpectedEnd,
            "byte 0, family 1: expected the rest of a message's length, found the end of \
             the body",
        ),
        (
            [
                family("a", GAUGE).message(4, gauge("x", 1.0)).delimited(),
                vec![9, 0x0a, 2],
            ]
            .concat(),
            ErrorKind::UnexpectedEnd,
            "byte 27, family 2: expected a whole message, found 2 of its 9 bytes",
        ),
        (
            family("", GAUGE).message(4, good.clone()).delimited(),
            ErrorKind::EmptyName,
            "byte 2, family 1, name: empty name: expected a name, found none",
        ),
        (
            family("up", 9).message(4, good.clone()).delimited(),
            ErrorKind::UnknownType,
            "byte 5, family 1 \"up\", type: unknown type: expected a metric type, 0 to 5, found 9",
        ),
        (
            Message::new()
                .bytes(1, b"u\xff")
                .message(4, good.clone())
                .delimited(),
            ErrorKind::InvalidUtf8,
            "byte 4, family 1 \"u\\xff\", name: invalid UTF-8: expected UTF-8, found `\\xff\\\"\\x13\\n\\x06\\n\\x01l`",
        ),
        (
            family("up", GAUGE).double(1, 1.0).delimited(),
            ErrorKind::MalformedProtobuf,
            "byte 7, family 1 \"up\", name: malformed protobuf: expected a length and as many bytes, found \
             eight bytes",
        ),
        (
            family("up", GAUGE).raw(&[0x07]).delimited(),
            ErrorKind::MalformedProtobuf,
            "byte 7, family 1 \"up\": malformed protobuf: expected a field number above 0, found 0",
        ),
        (
            family("up", GAUGE).raw(&[0x7f]).delimited(),
            ErrorKind::MalformedProtobuf,
            "byte 7, family 1 \"up\": malformed protobuf: expected a wire type, 0 to 5, found 7",
        ),
        (
            family("up", GAUGE).raw(&[0x7c]).delimited(),
            ErrorKind::MalformedProtobuf,
            "byte 7, family 1 \"up\": malformed protobuf: expected a field, found the end of a group",
        ),
        (
            family("up", GAUGE).raw(&[0x7b, 0x08, 1]).delimited(),
            ErrorKind::MalformedProtobuf,
            "byte 7, family 1 \"up\": malformed protobuf: expected the end of a group, found the end of the \
             message",
        ),
        (
            family("up", GAUGE).raw(&[0x22, 5, 0]).delimited(),
            ErrorKind::MalformedProtobuf,
            "byte 8, family 1 \"up\", metric 1: malformed protobuf: expected a length within the message, \
             found 5, where 1 bytes are left",
        ),
        (
            family("up", GAUGE)
                .raw(&[0x18])
                .raw(&[0xff; 10])
                .delimited(),
            ErrorKind::MalformedProtobuf,
            "byte 8, family 1 \"up\", type: malformed protobuf: expected a varint of at most ten bytes, found \
             a longer one",
        ),
        (
            metric(Message::new().message(2, Message::new().raw(&[9, 0, 0]))),
            ErrorKind::MalformedProtobuf,
            "byte 12, family 1 \"up\", metric 1, gauge value: malformed protobuf: expected the rest of a \
             number, found the end of the message",
        ),
        (
            label(Message::new().bytes(1, "").bytes(2, "v")),
            ErrorKind::EmptyName,
            "byte 12, family 1 \"up\", metric 1, label 1 name: empty name: expected a name, found none",
        ),
        (
            label(Message::new().bytes(1, "l").bytes(2, b"v\xc3")),
            ErrorKind::InvalidUtf8,
            "byte 17, family 1 \"up\", metric 1, label 1 value: invalid UTF-8: expected UTF-8, found `\\xc3`",
        ),
    ];
    for (body, kind, expected) in cases {
        let all = read_with(body, native(), Limits::new());
        let error = all.into_iter().find_map(Result::err).expect(expected);
        assert_eq!(error.to_string(), *expected, "{}", body.escape_ascii());
        assert_eq!(error.kind(), *kind, "{expected}");
        assert!(error.fails_scrape(), "{expected}");
        let place = error.position();
        assert_eq!((place.line, place.column), (0, 0), "{expected}");
        let rendered = error.render().to_string();
        assert!(rendered.starts_with("error: "), "{rendered}");
        assert!(
            rendered.contains(&format!("\n --> byte {}: family ", place.byte)),
            "{rendered}"
        );
    }
}

#[test]
fn what_is_accepted() {
    let metric = Message::new().message(2, Message::new().double(1, 1.0));
    let ends_in = |raw: &[u8]| {
        family("up", GAUGE)
            .raw(raw)
            .message(4, metric.clone())
            .delimited()
    };
    for body in [
        // Groups, also nested, whose ends have any number.
        ends_in(&[0x7b, 0x08, 1, 0x83, 1, 0x0d, 1, 2, 3, 4, 0x84, 1, 0x7c]),
        ends_in(&[0x7b, 0x6c]),
        // A varint that is longer than it must be; bits above 64 are dropped.
        ends_in(&[0x98, 0x80, 0x00, 0x81, 0x80, 0x00]),
        ends_in(&[
            0x18, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7e,
        ]),
        // Types and field numbers have 32 bits.
        ends_in(&[0x18, 0x81, 0x80, 0x80, 0x80, 0x10]),
        ends_in(&[0x8a, 0x80, 0x80, 0x80, 0x80, 0x01, 2, b'u', b'p']),
        // The last value counts.
        ends_in(&[0x18, 4, 0x18, 1]),
        // A type may come after the metrics.
        Message::new()
            .bytes(1, "up")
            .message(4, metric.clone())
            .number(3, GAUGE)
            .delimited(),
        // Messages that come twice are merged.
        family("up", GAUGE)
            .message(4, metric.clone().message(2, Message::new()))
            .delimited(),
        // Families without metrics are skipped, whatever they say.
        [family("", 77).delimited(), vec![0], ends_in(&[])].concat(),
    ] {
        assert_eq!(read(&body), ["up{} 1"], "{}", body.escape_ascii());
    }
    // A packed list whose last number ends after the list.
    let list = Message::new().raw(&[0x6a, 2, 2, 0x84, 0x01]);
    let span = Message::new().number(2, 2);
    let list = list.message(12, span).number(1, 67);
    let body = family("h", HISTOGRAM).message(4, Message::new().message(7, list));
    let samples = read(&body.delimited());
    assert_eq!(samples, ["h{} {count:67, sum:0, (0.5,1]:1, (1,2]:67}"]);
}

#[test]
fn a_body_that_breaks_off_keeps_what_came_before() {
    let first = family("a", GAUGE)
        .message(4, gauge("x", 1.0))
        .message(4, gauge("y", 2.0));
    let second = family("b", GAUGE).message(4, gauge("z", 3.0));
    let body = [first.delimited(), second.delimited()].concat();
    let whole = ["a{l=x} 1", "a{l=y} 2", "b{l=z} 3"];
    assert_eq!(read(&body), whole);
    let first = first.delimited().len();
    for end in 0..body.len() {
        let got = read(&body[..end]);
        let complete = if end >= first { 2 } else { 0 };
        assert_eq!(got[..complete], whole[..complete], "{end}");
        let is_cut = end != 0 && end != first;
        assert_eq!(got.len(), complete + usize::from(is_cut), "{end}: {got:?}");
    }
}

#[test]
fn a_metric_in_error_costs_no_other() {
    let bad = Message::new().message(1, Message::new().bytes(1, ""));
    let body = family("up", GAUGE)
        .message(4, gauge("1", 1.0))
        .message(4, bad)
        .message(4, gauge("3", 3.0))
        .delimited();
    let got = read(&body);
    assert_eq!(got.len(), 3);
    assert_eq!((&*got[0], &*got[2]), ("up{l=1} 1", "up{l=3} 3"));
    let families = families(&body);
    let [Err(error), Ok(family)] = &families[..] else {
        panic!("{families:?}");
    };
    assert_eq!(error.kind(), ErrorKind::EmptyName);
    assert_eq!(family.metrics.len(), 2);
}

#[test]
fn limits_have_errors_of_their_own() {
    let metric = Message::new()
        .label("a", "1")
        .label("b", "2")
        .label("c", "3");
    let metric = metric.message(2, Message::new().double(1, 1.0));
    let long = family("long", GAUGE).message(4, metric).delimited();
    let short = family("s", GAUGE).message(4, gauge("x", 1.0)).delimited();
    let body = [&long[..], &short, &short].concat();
    let kinds = |limits: Limits| -> Vec<Result<String, ErrorKind>> {
        let all = read_with(&body, native(), limits);
        all.into_iter()
            .map(|next| next.map_err(|error| error.kind()))
            .collect()
    };
    let sample = || Ok("s{l=x} 1".to_owned());
    assert_eq!(
        kinds(Limits::new().max_labels(2)),
        [Err(ErrorKind::TooManyLabels), sample(), sample()]
    );
    assert_eq!(
        kinds(Limits::new().max_message_bytes(short.len())),
        [Err(ErrorKind::MessageTooLong), sample(), sample()]
    );
    let most = (long.len() + short.len()) as u64;
    assert_eq!(
        kinds(Limits::new().max_body_bytes(most)),
        [
            Ok("long{a=1,b=2,c=3} 1".to_owned()),
            sample(),
            Err(ErrorKind::BodyTooLong)
        ]
    );
    // The body ends within a message that is too long.
    let cut = &long[..long.len() - 1];
    let all = read_with(cut, native(), Limits::new().max_message_bytes(5));
    let kinds: Vec<_> = all
        .into_iter()
        .map(|next| next.unwrap_err().kind())
        .collect();
    assert_eq!(kinds, [ErrorKind::MessageTooLong, ErrorKind::UnexpectedEnd]);
}

#[test]
fn a_filter_chooses_families_and_samples() {
    let histogram = Message::new().message(7, classic(&[(1.0, 2)], 5));
    let body = [
        family("h", HISTOGRAM).message(4, histogram),
        family("up", GAUGE).message(4, gauge("x", 1.0)),
        family("bad", GAUGE).message(4, Message::new().raw(&[0x0f])),
    ];
    let body = body.map(|family| family.delimited()).concat();
    let chosen = |filter: Filter| {
        let mut parser = Parser::new(&body).filter_by(filter);
        let mut names = Vec::new();
        while let Some(sample) = parser.next_sample().unwrap() {
            names.push(sample.name().to_owned());
        }
        names
    };
    assert_eq!(chosen(Filter::names(["up"])), ["up"]);
    assert_eq!(
        chosen(Filter::names(["h"])),
        ["h_count", "h_sum", "h_bucket", "h_bucket"]
    );
    assert_eq!(chosen(Filter::names(["h_sum"])), ["h_sum"]);
    assert_eq!(chosen(Filter::names(["x"])), [""; 0]);
}

#[test]
fn families_say_what_storage_refuses() {
    let with = |metric_type, labels: &[(&str, &str)]| {
        let labels = labels.iter();
        let metric = labels.fold(Message::new(), |message, (name, value)| {
            message.label(name, value)
        });
        family("m", metric_type).message(4, metric).delimited()
    };
    for (body, kind, label) in [
        (
            with(GAUGE, &[("a", "1"), ("a", "2")]),
            ErrorKind::DuplicateLabel,
            2,
        ),
        (
            with(GAUGE, &[("a", "1"), ("__name__", "x")]),
            ErrorKind::ReservedLabel,
            2,
        ),
        (
            with(HISTOGRAM, &[("le", "x")]),
            ErrorKind::DuplicateLabel,
            1,
        ),
        (
            with(SUMMARY, &[("quantile", "x")]),
            ErrorKind::DuplicateLabel,
            1,
        ),
    ] {
        let all = families(&body);
        let error = all.into_iter().find_map(Result::err).unwrap();
        assert_eq!(error.kind(), kind);
        let path = format!("family 1 \"m\", metric 1, label {label} name");
        assert_eq!(error.path(), Some(path.as_str()));
        // The samples are returned: only storage refuses them.
        assert!(read(&body).iter().all(|line| !line.starts_with("error")));
    }
    assert!(
        families(&with(GAUGE, &[("le", "1"), ("quantile", "2")]))
            .iter()
            .all(Result::is_ok)
    );
}

#[test]
fn families_of_one_name_are_merged_when_all_are_read() {
    let body = [
        family("a", GAUGE)
            .bytes(2, "First.")
            .message(4, gauge("x", 1.0)),
        family("b", COUNTER).message(4, Message::new()),
        family("a", GAUGE)
            .bytes(2, "Second.")
            .message(4, gauge("y", 2.0)),
        family("a", COUNTER).message(4, Message::new()),
    ];
    let body = body.map(|family| family.delimited()).concat();
    let names = |families: &[MetricFamily<'_>]| -> Vec<(String, usize)> {
        let families = families.iter();
        families
            .map(|family| (family.name.to_string(), family.metrics.len()))
            .collect()
    };
    let own = |list: &[(&str, usize)]| -> Vec<(String, usize)> {
        list.iter()
            .map(|(name, count)| ((*name).to_owned(), *count))
            .collect()
    };
    let streamed: Vec<_> = families(&body).into_iter().map(Result::unwrap).collect();
    assert_eq!(
        names(&streamed),
        own(&[("a", 1), ("b", 1), ("a", 1), ("a", 1)])
    );
    let merged = Families::protobuf(&body).read_all();
    assert_eq!(
        names(&merged.families),
        own(&[("a", 2), ("b", 1), ("a", 1)])
    );
    assert_eq!(merged.families[0].help.as_deref(), Some("First."));
    assert_eq!(merged.value("a", [("l", "y")]), Some(2.0));
}

/// Every label and value is read; lists have been filled by the families before.
#[test]
fn nothing_is_allocated_for_a_sample() {
    let mut body = Vec::new();
    for _ in 0..500 {
        let mut metric = Message::new();
        for at in 0..40 {
            metric = metric.label(&format!("l{at}"), "a value of some length");
        }
        let classic = metric.clone().message(7, classic(&[(1.0, 2), (2.0, 3)], 5));
        let native = metric.clone().message(
            7,
            histogram(&[1, 0, 2, 7]).message(16, exemplar("x", 1.0, 2)),
        );
        let histograms = family("h", HISTOGRAM)
            .message(4, classic)
            .message(4, native);
        body.extend(histograms.delimited());
        body.extend(
            family("ünï", GAUGE)
                .message(4, metric.label("ä", "ö"))
                .delimited(),
        );
    }
    let look_at = |sample: &Sample<'_>| {
        let labels = sample
            .labels()
            .map(|(name, value)| name.len() + value.len());
        let exemplars = sample
            .exemplars()
            .map(|exemplar| exemplar.raw_labels().count());
        std::hint::black_box((
            labels.sum::<usize>(),
            exemplars.sum::<usize>(),
            sample.value(),
        ));
    };
    let read = |families: usize, samples: &mut usize| {
        let mut parser = Parser::new(&body[..body.len() / 500 * families]).histograms(native());
        measure(|| {
            while let Some(sample) = parser.next_sample().unwrap() {
                look_at(&sample);
                *samples += 1;
            }
        })
    };
    let (mut few, mut many) = (0, 0);
    let first = read(1, &mut few);
    let all = read(500, &mut many);
    assert_eq!((few, many), (7, 3500));
    assert_eq!(all.count_total, first.count_total, "{first:?} {all:?}");
    let mut samples = 0;
    let mut reader = Reader::new(body.as_slice()).histograms(native());
    let by_reader = measure(|| {
        while let Some(sample) = reader.next_sample().unwrap() {
            look_at(&sample);
            samples += 1;
        }
    });
    assert_eq!(samples, many);
    assert!(
        by_reader.count_total < first.count_total + 20,
        "{first:?} {by_reader:?}"
    );
}

#[test]
fn long_lengths_and_deep_groups_end() {
    // A length that says more than there is.
    let mut long = Vec::new();
    varint(&mut long, (1 << 28) - 1);
    assert_eq!(read(&long).len(), 1);
    // Groups within groups.
    let deep = family("up", GAUGE)
        .raw(&[0x7b; 1 << 16])
        .raw(&[0x7c; 1 << 16]);
    let deep = deep.message(4, gauge("x", 1.0)).delimited();
    let mut parser = Parser::new(&deep);
    assert!(parser.next_sample().unwrap().is_some());
}

/// The length that a message claims costs nothing: only what arrives is held.
#[test]
fn a_claimed_length_is_not_allocated() {
    let mut body = Vec::new();
    varint(&mut body, 255 << 20);
    body.extend_from_slice(&family("a", GAUGE).message(4, gauge("x", 1.0)).0);
    let taken = measure(|| {
        let mut reader = Reader::new(body.as_slice());
        let error = reader.next_sample().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEnd);
    });
    // A block, and the one before while the buffer grows.
    assert!(taken.bytes_max < 200 << 10, "{}", taken.bytes_max);
    let taken = measure(|| {
        let mut chunks = ChunkParser::new();
        for piece in body.chunks(3) {
            chunks.feed(piece);
            assert!(chunks.next_sample().unwrap().is_none());
        }
        chunks.finish();
        let error = chunks.next_sample().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEnd);
    });
    assert!(taken.bytes_max < 16 << 10, "{}", taken.bytes_max);
}

/// A message that is too long passes by in blocks, and what comes after it is read.
#[test]
fn a_message_that_is_too_long_is_not_held() {
    let long = family("a", GAUGE).bytes(2, vec![b'x'; 8 << 20]);
    let good = family("b", GAUGE).message(4, gauge("x", 1.0));
    let body = [long.delimited(), good.delimited()].concat();
    let limits = Limits::new().max_message_bytes(1 << 20);
    let taken = measure(|| {
        let mut reader = Reader::new(body.as_slice()).limits(limits);
        let error = reader.next_sample().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MessageTooLong);
        assert_eq!(reader.next_sample().unwrap().unwrap().name(), "b");
    });
    assert!(taken.bytes_max < 300 << 10, "{}", taken.bytes_max);
}

/// A reader holds one family beside what it has read, however many there are.
#[test]
fn families_of_protobuf_are_held_one_at_a_time() {
    let body = |families: usize| -> Vec<u8> {
        let metrics = (0..50).map(|at| gauge(&format!("{at:03}"), 1.0));
        let family = metrics.fold(family("a", GAUGE), |family, next| family.message(4, next));
        family.delimited().repeat(families)
    };
    let [few, many] = [50, 2000].map(|families| {
        let body = body(families);
        let taken = measure(|| {
            let mut reader = Reader::new(body.as_slice()).buffer_capacity(4096);
            let mut samples = 0;
            while let Some(_sample) = reader.next_sample().unwrap() {
                samples += 1;
            }
            assert_eq!(samples, 50 * families);
        });
        taken.bytes_max
    });
    assert!(many == few && few < 32 << 10, "{few} and {many}");
}

/// An error's path is counted from its metric: it says which, also where many are wrong.
#[test]
fn each_of_many_metrics_in_error_has_its_path() {
    let wrong = Message::new().label("l", "x").raw(&[0x07]);
    let mut body = family("a", GAUGE);
    for _ in 0..300 {
        body = body.message(4, gauge("x", 1.0)).message(4, wrong.clone());
    }
    let errors = read(&body.delimited());
    let errors: Vec<_> = (errors.iter())
        .filter(|line| line.starts_with("error"))
        .collect();
    assert_eq!(errors.len(), 300);
    for (at, error) in errors.iter().enumerate() {
        let path = format!("family 1 \"a\", metric {}: ", 2 * at + 2);
        assert!(error.contains(&path), "{error}");
    }
}
