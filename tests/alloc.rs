//! Lines with up to eight labels are read without allocating.

use std::io::Read as _;

use allocation_counter::{AllocationInfo, measure};
use exposition::{
    Dialect, Encoder, Families, Line, Merge, Parser, Reader, Result, ScrapeProtocol, Source,
};
use flate2::read::GzDecoder;

/// A body of 2 MB that Envoy printed.
fn envoy() -> Vec<u8> {
    let gzipped = include_bytes!("data/corpus/envoy/medium.all.prom.gz");
    let mut body = Vec::new();
    let read = GzDecoder::new(&gzipped[..]).read_to_end(&mut body);
    assert!(read.is_ok(), "{read:?}");
    body
}

const SAMPLES: u64 = 17_998;

/// What a program looks at: names, labels, values and texts that hold no escape.
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
            std::hint::black_box((line.name(), line.kind()));
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

/// A body of `samples` samples with that many labels each.
fn labelled(labels: usize, samples: usize) -> String {
    let labels: Vec<String> = (0..labels).map(|i| format!("l{i}=\"v{i}\"")).collect();
    format!("m{{{}}} 1\n", labels.join(",")).repeat(samples)
}

fn by_slice(body: &[u8]) -> (u64, AllocationInfo) {
    let mut samples = 0;
    let info = measure(|| samples = Parser::prometheus(body).fold(0, count));
    (samples, info)
}

/// What a parser allocates once, whatever it reads: the index of its window.
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

/// The measure can fail: a ninth label takes memory.
#[test]
fn a_ninth_label_allocates_once_a_line() {
    let (samples, info) = by_slice(labelled(9, 1000).as_bytes());
    assert_eq!(samples, 1000);
    assert_eq!(info.count_total, INDEX + 1000, "{info:?}");
}

#[test]
fn the_reader_allocates_only_its_buffers() {
    let body = envoy();
    let mut samples = 0;
    let info = measure(|| {
        let mut reader = Reader::new(body.as_slice(), Dialect::Prometheus);
        samples = read_all(&mut reader);
    });
    assert_eq!(samples, SAMPLES);
    // And the name in the last TYPE line.
    assert!(info.count_total <= 9, "{info:?}");
    assert!(info.bytes_max < 512 * 1024, "{info:?}");

    // More of the same body takes no more memory: nothing is allocated for a sample.
    let twice = [body.as_slice(), body.as_slice()].concat();
    let more = measure(|| {
        let mut reader = Reader::new(twice.as_slice(), Dialect::Prometheus);
        samples = read_all(&mut reader);
    });
    assert_eq!(samples, 2 * SAMPLES);
    assert_eq!(more.count_total, info.count_total, "{more:?}");
}

#[test]
fn open_metrics_and_exemplars_allocate_nothing_for_a_line() {
    let line = "requests_total{code=\"200\",path=\"/\"} 1 1.5 # {trace_id=\"7\"} 0.5 2.5\n";
    let body = format!("# TYPE requests counter\n{}# EOF\n", line.repeat(1000));
    let mut exemplars = 0;
    let info = measure(|| {
        for line in Parser::open_metrics(body.as_bytes()).flatten() {
            if let Line::Sample(sample) = line {
                let exemplar = sample.exemplar();
                exemplars += u64::from(exemplar.is_some_and(|e| e.value() == 0.5));
            }
        }
    });
    assert_eq!(exemplars, 1000);
    assert_eq!(info.count_total, INDEX, "{info:?}");
}

/// A family of that many series, with a label that says which.
fn numbered(samples: usize) -> String {
    let lines = (0..samples).map(|i| format!("m{{a=\"b\",i=\"{i}\"}} {i}.5 1500\n"));
    lines.collect()
}

#[test]
fn writing_allocates_nothing_for_a_sample() {
    for protocol in [
        ScrapeProtocol::PrometheusText004,
        ScrapeProtocol::OpenMetricsText100,
    ] {
        let count = |samples| {
            let body = numbered(samples);
            let families = Families::new(body.as_bytes(), Dialect::Prometheus);
            let families = families.collect::<Result<Vec<_>>>().unwrap_or_default();
            assert_eq!(
                families.iter().map(|f| f.metrics.len()).sum::<usize>(),
                samples
            );
            let by_families = measure(|| {
                let written = Encoder::to_io(std::io::sink(), protocol).and_then(|mut encoder| {
                    for family in &families {
                        encoder.family(family)?;
                    }
                    encoder.finish()
                });
                assert!(written.is_ok());
            });
            let by_lines = measure(|| {
                let written = Encoder::to_io(std::io::sink(), protocol).and_then(|mut encoder| {
                    for line in Parser::prometheus(body.as_bytes()).flatten() {
                        encoder.line(&line, Dialect::Prometheus)?;
                    }
                    encoder.finish()
                });
                assert!(written.is_ok());
            });
            let merged = measure(|| {
                let source = Source::new("body", body.as_bytes(), Dialect::Prometheus);
                let merge = Merge::new(protocol).source(source.label("c", "d"));
                let report = merge.to_io(std::io::sink());
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
