//! Reading lines does not allocate, regardless of how many labels they have.

use std::io::Read as _;

use allocation_counter::{AllocationInfo, measure};
use exposition::merge::Source;
use exposition::{
    ChunkParser, Dialect, Encoder, ExemplarView, Families, Format, HistogramOptions, Line, Merge,
    MetricType, Parser, Reader, Result, SampleReader, SampleView, Samples, ScrapeProtocol,
};
use flate2::read::GzDecoder;

/// Returns a body of 2 MB that Envoy printed.
fn envoy() -> Vec<u8> {
    let gzipped = include_bytes!("../data/corpus/envoy/medium.all.prom.gz");
    let mut body = Vec::new();
    let read = GzDecoder::new(&gzipped[..]).read_to_end(&mut body);
    assert!(read.is_ok(), "{read:?}");
    body
}

const SAMPLES: u64 = 17_998;

/// Reads what a program would: names, labels, values and texts without escapes.
fn look_at(line: &Line<'_>) -> u64 {
    match line {
        Line::Sample(sample) => {
            let labels = sample.labels().iter();
            let text: usize = labels.map(|l| l.name().len() + l.value().len()).sum();
            let seen = sample.name().len() + text + sample.raw_series().len();
            assert!(seen > 0 && sample.timestamp().is_none() && sample.exemplar().is_none());
            std::hint::black_box(sample.value());
            1
        }
        Line::Type(line) => {
            std::hint::black_box((line.name(), line.metric_type()));
            0
        }
        _ => 0,
    }
}

fn count(mut samples: u64, line: Result<Line<'_>>) -> u64 {
    match line {
        Ok(line) => samples += look_at(&line),
        Err(error) => assert_eq!(error.to_string(), ""),
    }
    samples
}

fn read_all<R: std::io::Read>(reader: &mut Reader<R>) -> u64 {
    let mut samples = 0;
    while let Some(line) = reader.next_line().transpose() {
        samples = count(samples, line);
    }
    samples
}

/// Returns a body of `samples` samples with that many labels each.
fn labelled(labels: usize, samples: usize) -> String {
    let labels: Vec<String> = (0..labels).map(|i| format!("l{i}=\"v{i}\"")).collect();
    format!("m{{{}}} 1\n", labels.join(",")).repeat(samples)
}

fn by_slice(body: &[u8]) -> (u64, AllocationInfo) {
    let mut samples = 0;
    let info = measure(|| samples = Parser::text(body).fold(0, count));
    (samples, info)
}

/// What a parser allocates once for every input: the index of its window.
const INDEX: u64 = 1;

#[test]
fn the_slice_allocates_nothing_for_a_line() {
    let (samples, info) = by_slice(&envoy());
    assert_eq!(samples, SAMPLES);
    assert_eq!(info.count_total, INDEX, "{info:?}");
    assert!(info.bytes_max < 8 * 1024, "{info:?}");

    let (samples, info) = by_slice(labelled(8, 1000).as_bytes());
    assert_eq!(samples, 1000);
    assert_eq!(info.count_total, INDEX, "{info:?}");
}

/// Returns lines whose samples are read completely: with few labels and with many, with long ones, in quotes,
/// with timestamps and exemplars.
fn lines_of_samples() -> Vec<(String, Dialect)> {
    let labels = |count: usize, long: usize| {
        let labels = (0..count).map(|i| format!("l{i}=\"{}\"", "v".repeat(1 + i % 5 + long)));
        labels.collect::<Vec<_>>().join(",")
    };
    let exemplar = " 1.5 # {trace_id=\"7\",span_id=\"8\"} 0.5 2.5";
    let mut lines = vec![
        ("m 1".into(), Dialect::Text),
        (
            "{\"http.client.duration\",le=\"0.1\"} 1".into(),
            Dialect::Text,
        ),
        (
            "{\"http.client.duration\",\"net.peer\"=\"a\",le=\"0.1\"} 1 1500".into(),
            Dialect::Text,
        ),
        (format!("m {}", &exemplar[1..]), Dialect::OpenMetrics),
        (
            format!("{{\"http.client.duration\",le=\"0.1\"}} 1{exemplar}"),
            Dialect::OpenMetrics,
        ),
        (
            format!("m{{{},x=b, \"y.z\"=c,}} 1", labels(9, 0)),
            Dialect::Lenient,
        ),
    ];
    for count in [0, 8, 9, 25, 40] {
        for long in [0, 256] {
            let line = format!("m{{{}}} 1", labels(count, long));
            let timed = format!("{line} 1500");
            let quoted = format!("{{\"m.n\",{}}} 1", labels(count, long));
            lines.extend([line.clone(), timed, quoted].map(|line| (line, Dialect::Text)));
            lines.push((line + exemplar, Dialect::OpenMetrics));
        }
    }
    lines
}

/// Reads everything in a sample; returns the number of bytes of text and of numbers.
fn read_wholly(line: Result<Line<'_>>) -> usize {
    fn through_the_view(sample: &impl SampleView) -> usize {
        let labels = sample
            .labels()
            .map(|(name, value)| name.len() + value.len());
        let exemplars = sample.exemplars().map(|exemplar| {
            let labels = exemplar
                .labels()
                .map(|(name, value)| name.len() + value.len());
            labels.sum::<usize>() + usize::from(exemplar.value() == 0.5)
        });
        let text = sample.name().len() + labels.sum::<usize>() + exemplars.sum::<usize>();
        let times = [sample.timestamp(), sample.start_timestamp()];
        let label = sample.label("no label has this name");
        assert!(label.is_none() && sample.metric_type() == MetricType::Unknown);
        text + times.into_iter().flatten().count() + usize::from(sample.integer() == Some(1))
    }
    let sample = match line {
        Ok(Line::Sample(sample)) => sample,
        Ok(_) => return 0,
        Err(error) => {
            assert_eq!(error.to_string(), "");
            return 0;
        }
    };
    let mut seen = sample.name().len() + sample.labels().len();
    for label in sample.labels() {
        seen += label.name().len() + label.value().len() + label.raw_value().len();
    }
    for exemplar in sample.exemplars() {
        let labels = exemplar.labels().iter();
        seen += labels
            .map(|l| l.name().len() + l.value().len())
            .sum::<usize>();
        seen += exemplar.raw_value().len() + usize::from(exemplar.timestamp().is_some());
    }
    seen += sample.raw_value().len() + sample.raw_timestamp().map_or(0, str::len);
    seen + sample.raw_series().len() + through_the_view(&sample)
}

/// A sample does not allocate, regardless of its labels and of what is read.
#[test]
fn samples_read_wholly_allocate_nothing_through_any_door() {
    for (line, dialect) in lines_of_samples() {
        let end = match dialect {
            Dialect::OpenMetrics => "# EOF\n",
            _ => "",
        };
        let body = |samples: usize| (line.clone() + "\n").repeat(samples) + end;
        let doors = |body: &str| {
            let mut seen = [0; 3];
            let slice = measure(|| {
                let lines = Parser::new(body.as_bytes(), dialect);
                seen[0] = lines.map(read_wholly).sum();
            });
            let reader = measure(|| {
                let mut reader = Reader::new(body.as_bytes(), dialect).buffer_capacity(64 * 1024);
                while let Some(line) = reader.next_line().transpose() {
                    seen[1] += read_wholly(line);
                }
            });
            let chunks = measure(|| {
                let mut parser = ChunkParser::new(dialect);
                for chunk in body.as_bytes().chunks(64 * 1024) {
                    parser.feed(chunk);
                    while let Some(line) = parser.next_line().transpose() {
                        seen[2] += read_wholly(line);
                    }
                }
                parser.finish();
                while let Some(line) = parser.next_line().transpose() {
                    seen[2] += read_wholly(line);
                }
            });
            assert!(seen[0] > 0 && seen == [seen[0]; 3], "{seen:?} {line}");
            (
                seen[0],
                [slice, reader, chunks].map(|info| info.count_total),
            )
        };
        // Hundreds of lines, and more than every buffer holds.
        let some = (300_000 / line.len()).max(200);
        let (seen, before) = doors(&body(some));
        let (twice, after) = doors(&body(2 * some));
        assert_eq!(twice, 2 * seen, "{line}");
        assert!(before[0] <= INDEX && after[0] <= INDEX, "{after:?} {line}");
        // How a chunk's end cuts a line determines how often a buffer grows; hardly any does.
        for (before, after) in before.into_iter().zip(after) {
            let doors = "slice, reader, chunks";
            assert!(
                before < 16 && after < 16,
                "{doors}: {before}, {after}: {line}"
            );
        }
    }
}

/// The measure can fail: it notices what allocates.
#[test]
fn labels_as_they_are_stored_allocate() {
    let body = labelled(9, 100);
    let info = measure(|| {
        for sample in Parser::text(body.as_bytes()).flatten() {
            let sample = sample.into_sample();
            std::hint::black_box(sample.map(|sample| sample.stored_labels()));
        }
    });
    assert!(info.count_total >= INDEX + 100, "{info:?}");
}

/// Keeping a sample takes one allocation.
#[test]
fn a_sample_of_its_own_allocates_once() {
    for (line, dialect) in lines_of_samples() {
        let line = line + "\n";
        let samples = Parser::new(line.as_bytes(), dialect).flatten();
        for sample in samples.filter_map(Line::into_sample) {
            let mut owned = None;
            let info = measure(|| owned = Some(sample.into_owned()));
            assert_eq!(info.count_total, 1, "{info:?} {line}");
            assert_eq!(owned.as_ref().map(|owned| owned.as_sample()), Some(sample));
        }
    }
}

#[test]
fn the_reader_allocates_only_its_buffers() {
    let body = envoy();
    let mut samples = 0;
    let info = measure(|| {
        let mut reader = Reader::new(body.as_slice(), Dialect::Text);
        samples = read_all(&mut reader);
    });
    assert_eq!(samples, SAMPLES);
    // And the name in the last TYPE line.
    assert!(info.count_total <= 9, "{info:?}");
    assert!(info.bytes_max < 512 * 1024, "{info:?}");

    // More of the same body takes no more memory: a sample does not allocate.
    let twice = [body.as_slice(), body.as_slice()].concat();
    let more = measure(|| {
        let mut reader = Reader::new(twice.as_slice(), Dialect::Text);
        samples = read_all(&mut reader);
    });
    assert_eq!(samples, 2 * SAMPLES);
    assert_eq!(more.count_total, info.count_total, "{more:?}");
}

#[test]
fn openmetrics_and_exemplars_allocate_nothing_for_a_line() {
    let line = "requests_total{code=\"200\",path=\"/\"} 1 1.5 # {trace_id=\"7\"} 0.5 2.5\n";
    let body = format!("# TYPE requests counter\n{}# EOF\n", line.repeat(1000));
    let mut exemplars = 0;
    let info = measure(|| {
        for line in Parser::openmetrics(body.as_bytes()).flatten() {
            if let Line::Sample(sample) = line {
                let exemplar = sample.exemplar();
                exemplars += u64::from(exemplar.is_some_and(|e| e.value() == 0.5));
            }
        }
    });
    assert_eq!(exemplars, 1000);
    assert_eq!(info.count_total, INDEX, "{info:?}");
}

/// Returns a family of that many series, with a label that numbers them.
fn numbered(samples: usize) -> String {
    let lines = (0..samples).map(|i| format!("m{{a=\"b\",i=\"{i}\"}} {i}.5 1500\n"));
    lines.collect()
}

/// Nor for a label, a bucket or an exemplar.
#[test]
fn writing_protobuf_allocates_nothing_for_a_sample() {
    let count = |samples| {
        let lines = (0..samples).map(|i| format!("h_bucket{{a=\"b\",i=\"{i}\",le=\"1\"}} 1 # {{id=\"7\"}} 1\nh_bucket{{a=\"b\",i=\"{i}\",le=\"+Inf\"}} 2\nh_count{{a=\"b\",i=\"{i}\"}} 2\nh_sum{{a=\"b\",i=\"{i}\"}} 3\n"));
        let histograms = format!("# TYPE h histogram\n{}# EOF\n", lines.collect::<String>());
        let gauges = numbered(samples);
        let bodies = [
            (gauges.as_bytes(), Dialect::Text),
            (histograms.as_bytes(), Dialect::OpenMetrics),
        ];
        bodies.map(|(body, dialect)| {
            let families = Families::new(body, dialect)
                .collect::<Result<Vec<_>>>()
                .unwrap_or_default();
            assert_eq!(
                families.iter().map(|f| f.metrics.len()).sum::<usize>(),
                samples
            );
            let info = measure(|| {
                let written =
                    Encoder::from_writer(std::io::sink(), ScrapeProtocol::PrometheusProto)
                        .and_then(|mut encoder| {
                            for family in &families {
                                encoder.family(family)?;
                            }
                            encoder.finish()
                        });
                assert!(written.is_ok());
            });
            info.count_total
        })
    };
    // The buffer doubles as it grows.
    let (some, more) = (count(1000), count(8000));
    for (some, more) in some.into_iter().zip(more) {
        assert!(more <= some + 4, "{some} for 1000 metrics, {more} for 8000");
    }
}

/// Nor for a label or a bucket, whichever form histograms have, even if a bound is spelled differently.
#[test]
fn samples_of_any_format_allocate_nothing() {
    let text = |series: usize| {
        let lines = (0..series).map(|i| format!("h_bucket{{a=\"b\",i=\"{i:05}\",le=\"1\"}} 1\nh_bucket{{a=\"b\",i=\"{i:05}\",le=\"+Inf\"}} 2\nh_count{{a=\"b\",i=\"{i:05}\"}} 2\nh_sum{{a=\"b\",i=\"{i:05}\"}} 3\n"));
        format!("# TYPE h histogram\n{}", lines.collect::<String>())
    };
    let protobuf = |text: &str| {
        let mut body = Vec::new();
        let mut encoder = Encoder::from_writer(&mut body, ScrapeProtocol::PrometheusProto)?;
        for family in Families::new(text, Dialect::Text).flatten() {
            encoder.family(&family)?;
        }
        encoder.finish()?;
        Ok::<_, exposition::EncodeError>(body)
    };
    let read = |body: &[u8], format: Format, options: HistogramOptions| {
        let mut seen = (0, 0);
        let info = measure(|| {
            let mut samples = Samples::new(body, format).histograms(options);
            while let Ok(Some(sample)) = samples.next_sample() {
                let labels = sample
                    .labels()
                    .map(|(name, value)| name.len() + value.len());
                seen.1 += labels.sum::<usize>() + sample.name().len();
                std::hint::black_box((sample.value(), sample.timestamp(), sample.metric_type()));
                seen.0 += 1;
            }
        });
        let streamed = measure(|| {
            let mut samples = SampleReader::new(body, format).histograms(options);
            while let Ok(Some(sample)) = samples.next_sample() {
                std::hint::black_box(sample.labels().count());
            }
        });
        (seen.0, info.count_total, streamed.count_total)
    };
    let (some, more) = (text(1000), text(8000));
    let as_text = Format::new(ScrapeProtocol::PrometheusText004);
    let as_protobuf = Format::new(ScrapeProtocol::PrometheusProto);
    let (Ok(some_bytes), Ok(more_bytes)) = (protobuf(&some), protobuf(&more)) else {
        panic!("not written")
    };
    let off = HistogramOptions::new();
    for (options, each) in [
        (off, 4),
        (off.convert_classic(true), 1),
        (off.convert_classic(true).keep_classic(true), 5),
    ] {
        for (some, more, format) in [
            (some.as_bytes(), more.as_bytes(), as_text),
            (&some_bytes, &more_bytes, as_protobuf),
        ] {
            let (few, many) = (read(some, format, options), read(more, format, options));
            assert_eq!((few.0, many.0), (1000 * each, 8000 * each), "{options:?}");
            assert_eq!(few.1, many.1, "{options:?} {format:?}");
            // Buffers double as they grow: in protobuf the family is whole.
            assert!(
                many.2 <= few.2 + 40,
                "{options:?} {format:?}: {few:?} {many:?}"
            );
        }
    }
}

#[test]
fn writing_allocates_nothing_for_a_sample() {
    for protocol in [
        ScrapeProtocol::PrometheusText004,
        ScrapeProtocol::OpenMetricsText100,
    ] {
        let count = |samples| {
            let body = numbered(samples);
            let families = Families::new(body.as_bytes(), Dialect::Text);
            let families = families.collect::<Result<Vec<_>>>().unwrap_or_default();
            assert_eq!(
                families.iter().map(|f| f.metrics.len()).sum::<usize>(),
                samples
            );
            let by_families = measure(|| {
                let written =
                    Encoder::from_writer(std::io::sink(), protocol).and_then(|mut encoder| {
                        for family in &families {
                            encoder.family(family)?;
                        }
                        encoder.finish()
                    });
                assert!(written.is_ok());
            });
            let by_lines = measure(|| {
                let written =
                    Encoder::from_writer(std::io::sink(), protocol).and_then(|mut encoder| {
                        for line in Parser::text(body.as_bytes()).flatten() {
                            encoder.line(&line, Dialect::Text)?;
                        }
                        encoder.finish()
                    });
                assert!(written.is_ok());
            });
            let merged = measure(|| {
                let source = Source::new("body", body.as_bytes(), Dialect::Text);
                let merge = Merge::new(protocol).source(source.label("c", "d"));
                let report = merge.write_to(std::io::sink());
                assert_eq!(
                    report.ok().map(|report| report.samples),
                    Some(samples as u64)
                );
            });
            [by_families, by_lines, merged].map(|info| info.count_total)
        };
        // Buffers double as they grow.
        let (some, more) = (count(1000), count(8000));
        for (some, more) in some.into_iter().zip(more) {
            assert!(more < some + 24, "{some} for 1000 samples, {more} for 8000");
        }
    }
}
