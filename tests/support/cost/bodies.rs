//! Work on bodies.

use std::hint::black_box;
use std::io;

use exposition::diff::{Diff, Tolerance};
use exposition::lint::{Lint, promtool};
use exposition::merge::{Aggregation, Collision, Conflict, Source, Unsummable};
use exposition::stats::{Churn, Stats};
use exposition::{
    AnySample, ChunkParser, Dialect, Encoder, ExemplarView, Families, FamilyChunks, FamilyReader,
    Filter, Format, Hint, HistogramOptions, Limits, Line, Merge, Parser, Reader, Result,
    SampleChunks, SampleReader, SampleView, Samples, ScrapeProtocol, strict,
};

use super::shapes::{shapes, shapes_for_use};
use super::{Bodies, Work};

/// Wide enough that what they guard against can show.
const LIMITS: Limits = Limits::new()
    .max_line_bytes(Limits::MAX_LINE)
    .max_labels(usize::MAX);

type Door = (&'static str, fn(&[u8], Dialect));

/// Ways to read a body, and uses of it.
const DOORS: &[Door] = &[
    ("slice", |body, dialect| {
        Parser::new(body, dialect).limits(LIMITS).for_each(look_at);
    }),
    ("slice, filtered", |body, dialect| {
        let matching = Filter::matching(|name| name.ends_with("_total"));
        for filter in [Filter::names(["a"]), Filter::prefix("b"), matching] {
            let parser = Parser::new(body, dialect).limits(LIMITS);
            parser.filter_by(filter).for_each(look_at);
        }
    }),
    ("reader", |body, dialect| {
        let mut reader = Reader::new(body, dialect)
            .limits(LIMITS)
            .buffer_capacity(512);
        while let Some(line) = reader.next_line().transpose() {
            look_at(line);
        }
    }),
    ("chunks of one byte", |body, dialect| {
        let mut chunks = ChunkParser::new(dialect).limits(LIMITS);
        for byte in body {
            chunks.feed(std::slice::from_ref(byte));
            while let Some(line) = chunks.next_line().transpose() {
                look_at(line);
            }
        }
        chunks.finish();
        while let Some(line) = chunks.next_line().transpose() {
            look_at(line);
        }
    }),
    ("chunks of a line", |body, dialect| {
        let mut chunks = ChunkParser::new(dialect).limits(LIMITS);
        for line in body.split_inclusive(|byte| *byte == b'\n') {
            chunks.feed(line);
            while let Some(line) = chunks.next_line().transpose() {
                look_at(line);
            }
        }
        chunks.finish();
        while let Some(line) = chunks.next_line().transpose() {
            look_at(line);
        }
    }),
    ("chunks of a line, filtered", |body, dialect| {
        let chunks = ChunkParser::new(dialect).limits(LIMITS);
        let mut chunks = chunks.filter_by(Filter::names(["a_sum"]));
        for line in body.split_inclusive(|byte| *byte == b'\n') {
            chunks.feed(line);
            while let Some(line) = chunks.next_line().transpose() {
                look_at(line);
            }
        }
    }),
    ("reader, a line at a time", |body, dialect| {
        let mut reader = Reader::new(ByLine(body), dialect).limits(LIMITS);
        while let Some(line) = reader.next_line().transpose() {
            look_at(line);
        }
    }),
    ("one chunk", |body, dialect| {
        let mut chunks = ChunkParser::new(dialect).limits(LIMITS);
        chunks.feed(body);
        chunks.finish();
        while let Some(line) = chunks.next_line().transpose() {
            look_at(line);
        }
    }),
    ("samples", |body, dialect| {
        for form in FORMS {
            let samples = Samples::with_dialect(body, dialect).limits(LIMITS);
            let mut samples = samples.histograms(form);
            while look_at_sample(samples.next_sample()) {}
            drop(black_box(samples.take_unconverted()));
        }
    }),
    ("sample reader", |body, dialect| {
        for form in FORMS {
            let reader = SampleReader::with_dialect(body, dialect).limits(LIMITS);
            let mut reader = reader.histograms(form).buffer_capacity(512);
            while look_at_sample(reader.next_sample()) {}
        }
    }),
    ("sample chunks of a line", |body, dialect| {
        let chunks = SampleChunks::with_dialect(dialect).limits(LIMITS);
        let mut chunks = chunks.histograms(FORMS[4]);
        for line in body.split_inclusive(|byte| *byte == b'\n') {
            chunks.feed(line);
            while look_at_sample(chunks.next_sample()) {}
        }
        chunks.finish();
        while look_at_sample(chunks.next_sample()) {}
    }),
    ("hint", |body, dialect| {
        _ = black_box(Hint::of_body(body, dialect));
        _ = black_box(Format::sniff(body));
    }),
    ("lint", |body, dialect| {
        let lint = Lint::new().limits(LIMITS);
        drop(black_box(lint.check(body, format(dialect))));
        _ = black_box(promtool::check(body));
        _ = black_box(promtool::extended(body));
    }),
    ("families", |body, dialect| {
        let parser = Parser::new(body, dialect).limits(LIMITS);
        Families::from(parser).for_each(|family| drop(black_box(family)));
    }),
    ("families, collected", |body, dialect| {
        let parser = Parser::new(body, dialect).limits(LIMITS);
        drop(black_box(Families::from(parser).read_all()));
    }),
    ("family reader", |body, dialect| {
        let reader = Reader::new(body, dialect)
            .limits(LIMITS)
            .buffer_capacity(512);
        FamilyReader::from(reader).for_each(|family| drop(black_box(family)));
    }),
    ("family chunks of one byte", |body, dialect| {
        let mut chunks = FamilyChunks::from(ChunkParser::new(dialect).limits(LIMITS));
        for byte in body {
            chunks.feed(std::slice::from_ref(byte));
            while let Some(family) = chunks.next_family().transpose() {
                drop(black_box(family));
            }
        }
        chunks.finish();
        while let Some(family) = chunks.next_family().transpose() {
            drop(black_box(family));
        }
    }),
    ("family chunks of a line", |body, dialect| {
        let mut chunks = FamilyChunks::from(ChunkParser::new(dialect).limits(LIMITS));
        for line in body.split_inclusive(|byte| *byte == b'\n') {
            chunks.feed(line);
            while let Some(family) = chunks.next_family().transpose() {
                drop(black_box(family));
            }
        }
        chunks.finish();
        while let Some(family) = chunks.next_family().transpose() {
            drop(black_box(family));
        }
    }),
    ("family reader, a line at a time", |body, dialect| {
        let reader = Reader::new(ByLine(body), dialect).limits(LIMITS);
        FamilyReader::from(reader).for_each(|family| drop(black_box(family)));
    }),
    ("slice, leniently", |body, _| {
        let parser = Parser::new(body, Dialect::Lenient).limits(LIMITS);
        let mut parser = parser.note_leniencies();
        parser.by_ref().for_each(look_at);
        drop(black_box(parser.take_leniencies()));
    }),
    ("strict", |body, _| {
        let violations = strict::check(body).limits(LIMITS);
        violations.for_each(|violation| drop(black_box(violation)));
    }),
    ("strict, OpenMetrics 2.0", |body, _| {
        let violations = strict::check_openmetrics2(body).limits(LIMITS);
        violations.for_each(|violation| drop(black_box(violation)));
    }),
    ("encode lines", |body, dialect| {
        for protocol in FORMATS {
            let Ok(mut encoder) = Encoder::from_writer(std::io::sink(), protocol) else {
                return;
            };
            for line in Parser::new(body, dialect).limits(LIMITS).flatten() {
                _ = encoder.line(&line, dialect);
            }
            _ = encoder.finish();
        }
    }),
    ("encode families", |body, dialect| {
        let parser = Parser::new(body, dialect).limits(LIMITS);
        let collected = Families::from(parser).read_all();
        for protocol in FORMATS {
            let Ok(mut encoder) = Encoder::from_writer(std::io::sink(), protocol) else {
                return;
            };
            for family in &collected.families {
                _ = encoder.family(family);
            }
            _ = encoder.finish();
        }
        if let Ok(mut encoder) =
            Encoder::from_writer(std::io::sink(), ScrapeProtocol::PrometheusProto)
        {
            for family in &collected.families {
                _ = encoder.family(family);
            }
            _ = encoder.finish();
        }
        for family in &collected.families {
            family.samples().for_each(|sample| {
                black_box(sample);
            });
        }
    }),
    ("encode under other names", |body, dialect| {
        for protocol in FORMATS {
            let Ok(encoder) = Encoder::from_writer(std::io::sink(), protocol) else {
                return;
            };
            let mut encoder = encoder.lossy(true);
            for (at, line) in Parser::new(body, dialect)
                .limits(LIMITS)
                .flatten()
                .enumerate()
            {
                let Line::Sample(sample) = &line else {
                    _ = encoder.line(&line, dialect);
                    continue;
                };
                let prefix = ["", "p_", ""].get(at % 3).unwrap_or(&"");
                let name = format!("{prefix}{}", sample.name());
                let labels: Vec<_> = (sample.labels().iter())
                    .map(|label| (label.name(), label.value()))
                    .collect();
                let labels = labels
                    .iter()
                    .map(|(name, value)| (name.as_ref(), value.as_ref()));
                _ = encoder.sample_as(sample, dialect, &name, labels);
            }
            _ = encoder.finish();
        }
    }),
    ("stats", |body, dialect| {
        let mut all = Stats::new();
        _ = all.read(Samples::with_dialect(body, dialect).limits(LIMITS));
        let mut capped = Stats::new().max_series(100).max_values(10);
        _ = capped.read(Samples::with_dialect(body, dialect).limits(LIMITS));
        ask(&all);
        capped.merge(&all);
        ask(&capped);
        all.merge(&capped);
        ask(&all);
    }),
    ("churn", |body, dialect| {
        let rest = after_first_line(body);
        let collections = [body, rest].map(|body| {
            let mut stats = Stats::new();
            _ = stats.read(Samples::with_dialect(body, dialect).limits(LIMITS));
            stats
        });
        let [one, two] = &collections;
        for churn in [Churn::between(one, two), Churn::between(two, one)] {
            (churn.added_series()).for_each(|series| drop(black_box(series)));
            (churn.gone_series()).for_each(|series| drop(black_box(series)));
            drop(black_box(churn.to_string()));
        }
    }),
    ("diff", |body, dialect| {
        let rest = after_first_line(body);
        let families = [body, rest].map(|body| {
            let parser = Parser::new(body, dialect).limits(LIMITS);
            Families::from(parser).read_all().families
        });
        let [one, two] = &families;
        for (before, after) in [(one, two), (two, one)] {
            drop(black_box(Diff::between(before, after).to_string()));
            let diff = Diff::with_values(before, after, Tolerance::relative(0.1));
            drop(black_box(diff.to_string()));
        }
    }),
    ("merge", |body, dialect| {
        merge(body, dialect, Collision::FirstWins);
    }),
    ("merge, added", |body, dialect| {
        let apart = Unsummable::Stamp("job".into());
        let aggregation = Aggregation::new().otherwise(apart);
        merge(body, dialect, Collision::Sum(aggregation));
    }),
    ("merge, stamped", |body, dialect| {
        merge(body, dialect, Collision::Stamp("job".into()));
    }),
];

/// Returns one line at a time, as far as there is room for it.
struct ByLine<'b>(&'b [u8]);

impl io::Read for ByLine<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Looks only as far as there is room: a long line is not searched again by every read.
        let within = self.0.get(..buffer.len()).unwrap_or(self.0);
        let line = within.split_inclusive(|byte| *byte == b'\n').next();
        let len = io::Read::read(&mut line.unwrap_or_default(), buffer)?;
        self.0 = self.0.get(len..).unwrap_or_default();
        Ok(len)
    }
}

const FORMATS: [ScrapeProtocol; 3] = [
    ScrapeProtocol::PrometheusText100,
    ScrapeProtocol::OpenMetricsText100,
    ScrapeProtocol::OpenMetricsText200,
];

/// The forms in which histograms become samples.
const FORMS: [HistogramOptions; 5] = [
    HistogramOptions::new(),
    HistogramOptions::new().native(true),
    HistogramOptions::new().native(true).keep_classic(true),
    HistogramOptions::new().convert_classic(true),
    HistogramOptions::new()
        .native(true)
        .keep_classic(true)
        .convert_classic(true),
];

fn merge(body: &[u8], dialect: Dialect, collision: Collision) {
    for protocol in FORMATS {
        let merge = Merge::new(protocol)
            .source(Source::new("one", body, dialect))
            .source(Source::new("two", body, dialect).label("exported_job", "v"))
            .source(Source::new("three", b"a 1\n", Dialect::Text))
            .on_collision(collision.clone())
            .on_conflict(Conflict::FirstWins)
            .keep_going(true)
            .lossy(true)
            .limits(LIMITS);
        drop(black_box(merge.write_to(std::io::sink())));
    }
}

/// Returns a body without its first line.
fn after_first_line(body: &[u8]) -> &[u8] {
    let end = body.iter().position(|byte| *byte == b'\n');
    end.and_then(|end| body.get(end + 1..)).unwrap_or_default()
}

/// Asks a collection of series everything.
fn ask(stats: &Stats) {
    black_box((stats.bytes(), stats.to_string()));
    drop(black_box((
        stats.metrics(),
        stats.families(),
        stats.histograms(),
    )));
    let labels = stats.labels();
    for label in labels.iter().take(2) {
        drop(black_box(stats.values(label.name)));
    }
}

/// Reads everything in a line, as a program might.
fn look_at(line: Result<Line<'_>>) {
    match line {
        Ok(Line::Sample(sample)) => {
            black_box((sample.name(), sample.value(), sample.timestamp()));
            black_box((sample.raw_series(), sample.labels().get("no such label")));
            black_box((sample.metric_type(), sample.preceding_type()));
            for label in sample.labels() {
                black_box((label.name(), label.value(), sample.stored_value(&label)));
            }
            black_box(sample.start_timestamp());
            if let Some(composite) = sample.composite() {
                black_box((composite.count(), composite.sum(), composite.schema()));
                composite.buckets().for_each(|bucket| _ = black_box(bucket));
                (composite.quantiles()).for_each(|quantile| _ = black_box(quantile));
                _ = black_box(composite.to_native_histogram());
            }
            for exemplar in sample.exemplars() {
                black_box((exemplar.value(), exemplar.timestamp()));
                exemplar.labels().iter().for_each(|label| {
                    black_box(label.value());
                });
            }
        }
        Ok(Line::Help(line)) => drop(black_box((line.name(), line.text()))),
        Ok(line) => drop(black_box(line.name())),
        Err(error) => drop(black_box((error.to_string(), error.render().to_string()))),
    }
}

/// Reads everything in a sample. Returns `false` when there are no more.
fn look_at_sample(sample: Result<Option<AnySample<'_>>>) -> bool {
    match sample {
        Ok(None) => return false,
        Ok(Some(sample)) => {
            black_box((sample.name(), sample.timestamp(), sample.start_timestamp()));
            black_box((sample.value().as_f64(), sample.metric_type()));
            sample.labels().for_each(|label| _ = black_box(label));
            for exemplar in sample.exemplars() {
                black_box((exemplar.value(), exemplar.timestamp()));
                exemplar.labels().for_each(|label| _ = black_box(label));
            }
        }
        Err(error) => drop(black_box(error.to_string())),
    }
    true
}

/// Returns a format that is read in that dialect.
pub(crate) fn format(dialect: Dialect) -> Format {
    Format::new(match dialect {
        Dialect::OpenMetrics => ScrapeProtocol::OpenMetricsText100,
        Dialect::OpenMetrics2 => ScrapeProtocol::OpenMetricsText200,
        _ => ScrapeProtocol::PrometheusText004,
    })
}

/// Doors that make something of what other doors read.
const USES: &[&str] = &["churn", "diff", "lint", "stats"];

/// Returns every door with its shapes.
pub(super) fn works() -> impl Iterator<Item = Work> {
    DOORS.iter().flat_map(|&(door, open)| {
        let shapes: Vec<_> = match USES.iter().position(|of| *of == door) {
            Some(number) => shapes_for_use(number).collect(),
            None => shapes().collect(),
        };
        shapes.into_iter().map(move |shape| {
            let open = move |bodies: &Bodies| {
                (bodies.iter()).for_each(|(body, dialect)| open(body, *dialect))
            };
            Work::on(door, shape.name, |bytes| shape.bodies(bytes), open).sizes(shape.sizes)
        })
    })
}
