//! Memory: no more than the documentation says, for any body.

#![allow(clippy::unwrap_used, reason = "a test that cannot begin has failed")]

use std::collections::BTreeMap;
use std::io::Sink;

use allocation_counter::measure;
use exposition::diff::Diff;
use exposition::encode::IoOutput;
use exposition::merge::{Aggregation, Collision, Source};
use exposition::stats::Stats;
use exposition::testing::Exposition;
use exposition::{
    ChunkParser, Dialect, Encoder, Families, FamilyReader, Limits, Line, Merge, Parser, Reader,
    Samples, ScrapeCache, ScrapeProtocol, lint, strict,
};

use crate::support::cost as work;

use work::{SEQUENCES, Work, shapes};

/// The most that memory may grow when the input doubles.
const MOST: f64 = 2.2;

/// Returns the most bytes that are allocated at the same time.
fn peak(task: impl FnOnce()) -> u64 {
    measure(task).bytes_max
}

/// Returns the memory that work takes at that size. Buffers double as they grow, so that memory rises in
/// steps: `steps` sizes from one doubling to the next even them out.
fn peaks(work: &Work, size: usize, steps: usize) -> u64 {
    let sizes = (0..steps).map(|step| size + size * step / steps);
    sizes
        .map(|size| peak(work.task(size, work.bodies(size))))
        .sum()
}

/// Returns how much memory grows for every doubling.
fn growth(work: &Work, steps: usize) -> f64 {
    work.growth(work.sizes.map(|size| peaks(work, size, steps)))
}

#[test]
fn memory_grows_as_the_input() {
    let too_much = work::beyond(MOST, |work| {
        let small = match work.sizes[0] >> 10 {
            ..8 => 4 << 10,
            // Where offsets in a line take more room.
            8..32 => 36 << 10,
            // Where part of the body is larger than what an encoder holds.
            _ => 144 << 10,
        };
        let work = work.sizes([small, 4 * small]);
        match growth(&work, 1) {
            jump if jump > MOST => growth(&work, 4),
            growth => growth,
        }
    });
    assert!(too_much.is_empty(), "{too_much:#?}");
}

/// The measure can fail.
#[test]
fn memory_that_grows_as_a_square_is_seen() {
    let square = Work::new("control", "square", |size| {
        Box::new(move || drop(std::hint::black_box(vec![0u8; size * size / 64])))
    });
    assert!(growth(&square, 1) > 3.9);
}

/// What an error and the window of the fast path take.
const OWN: u64 = 16 << 10;

/// Returns the room for the labels of a line with the most labels allowed: a buffer that doubles, and the
/// previous one.
fn labels(limits: Limits) -> u64 {
    24 * limits.max_labels as u64
}

#[test]
fn a_slice_is_read_without_memory() {
    for shape in shapes() {
        let body = shape.body(1 << 20);
        let taken = peak(|| Parser::new(&body, shape.dialect).for_each(drop));
        assert!(taken <= OWN, "{}: {taken}", shape.name);
    }
}

fn drain(chunks: &mut ChunkParser) {
    while let Some(line) = chunks.next_line().transpose() {
        drop(line);
    }
}

#[test]
fn readers_and_chunks_take_a_block_and_a_line() {
    for (line, block) in [
        (1 << 20, 64 << 10),
        (64 << 10, 1 << 10),
        (1 << 10, 16 << 10),
    ] {
        let limits = Limits::new().max_line_bytes(line).max_labels(1000);
        let most = OWN + 4 * (line + block) as u64;
        for shape in shapes() {
            let body = shape.body(line + (256 << 10));
            let read = peak(|| {
                let reader = Reader::new(&body[..], shape.dialect).limits(limits);
                let mut reader = reader.buffer_capacity(block);
                while let Some(line) = reader.next_line().transpose() {
                    drop(line);
                }
            });
            let fed = peak(|| {
                let mut chunks = ChunkParser::new(shape.dialect).limits(limits);
                for chunk in body.chunks(block) {
                    chunks.feed(chunk);
                    drain(&mut chunks);
                }
                chunks.finish();
                drain(&mut chunks);
            });
            let name = shape.name;
            assert!(
                read <= most && fed <= most,
                "{name}: {read} and {fed} of {most}"
            );
        }
    }
}

/// Short lines take only the blocks.
#[test]
fn a_reader_takes_two_blocks_for_short_lines() {
    let body = b"requests_total{code=\"200\"} 7\n".repeat(100_000);
    let taken = peak(|| {
        let mut reader = Reader::new(&body[..], Dialect::Text);
        while let Some(line) = reader.next_line().transpose() {
            assert!(matches!(line, Ok(Line::Sample(_))));
        }
    });
    assert!(taken < OWN + 3 * (64 << 10), "{taken}");
}

/// Returns the shortest names, all different: the number in letters.
fn name(mut number: usize) -> String {
    let letters = ('a'..='z').chain('A'..='Z');
    let mut name = String::new();
    loop {
        name.extend(letters.clone().nth(number % 52));
        number /= 52;
        if number == 0 {
            return name;
        }
    }
}

/// A body: its contents, and its dialect.
struct Body {
    name: &'static str,
    dialect: Dialect,
    bytes: Vec<u8>,
}

/// Returns bodies of about `bytes` bytes that expand most: the shortest possible lines, of every kind.
fn worst_bodies(bytes: usize) -> Vec<Body> {
    use Dialect::{OpenMetrics, Text};
    let mut bodies = Vec::new();
    let mut add = |dialect, name, head: &str, line: &dyn Fn(usize) -> String| {
        let mut body = head.to_owned();
        let mut lines = (0..).map(line);
        while body.len() < bytes {
            body.extend(lines.next());
        }
        let bytes = body.into_bytes();
        bodies.push(Body {
            name,
            dialect,
            bytes,
        });
    };
    // One that repeats, and one with a different name each time.
    macro_rules! bodies {
        ($($dialect:ident $title:literal: $head:literal $line:literal;)*) => {
            $(add($dialect, $title, $head, &|at| {
                let text: &str = $line;
                text.replace('~', &name(at)).replace('^', &at.to_string())
            });)*
        };
    }
    bodies! {
        Text "metrics": "" "a 1\n";
        Text "metrics at many times": "" "a 1 ^\n";
        Text "errors": "" "x\n";
        Text "errors at a line's end": "" "{\n";
        Text "errors of other characters": "" "\u{7f}\n";
        Text "families": "" "~ 1\n";
        Text "families in quotes": "" "{\"~\"} 1\n";
        Text "families with escapes": "" "{\"~\\n\"} 1\n";
        Text "families without metrics": "" "# TYPE ~ gauge\n";
        Text "help texts": "" "# HELP ~ x\n";
        Text "series by their label's name": "" "{\"a\",~=\"a\"} 1\n";
        Text "series by their label's value": "" "a{b=\"~\"} 1\n";
        Text "series with escapes": "" "a{b=\"~\\n\"} 1\n";
        Text "series of seven labels": "" "a{b=\"\",c=\"\",d=\"\",e=\"\",f=\"\",g=\"\",~=\"\"} 1\n";
        Text "series of twenty labels": ""
            "a{b=\"x\",c=\"x\",d=\"x\",e=\"x\",f=\"x\",g=\"x\",h=\"x\",i=\"x\",j=\"x\",k=\"x\",l=\"x\",\
             m=\"x\",n=\"x\",o=\"x\",p=\"x\",q=\"x\",r=\"x\",s=\"x\",t=\"x\",u=\"~\"} 1\n";
        Text "labels that the target has": "" "a{job=\"~\"} 1\n";
        Text "samples that fit no metric": "# TYPE a histogram\n" "a 1\n";
        Text "buckets": "# TYPE a histogram\n" "a_bucket{le=\"1\"} 1\n";
        Text "buckets of many bounds": "# TYPE a histogram\n" "a_bucket{le=\"^\"} 1\n";
        Text "histograms": "" "# TYPE ~ histogram\n~_bucket{le=\"1\"} 1\n";
        Text "sums": "# TYPE a histogram\n" "a_sum{b=\"~\"} 1\n";
        Text "quantiles": "# TYPE a summary\n" "a{quantile=\"^\"} 1\n";
        Text "summaries": "# TYPE a summary\n" "a_sum{b=\"~\"} 1\n";
        OpenMetrics "families, OpenMetrics": "" "~ 1\n";
        OpenMetrics "reserved names": "" "_~ 1\n";
        OpenMetrics "reserved names in quotes": "" "{\"_~\"} 1\n";
        OpenMetrics "reserved names of labels": "" "a{_~=\"\"} 1\n";
        OpenMetrics "declared summaries": "" "# TYPE ~ summary\n";
        OpenMetrics "infos": "" "# TYPE ~ info\n~_info 1\n";
        OpenMetrics "counters": "" "# TYPE ~ counter\n~_total 1\n";
        OpenMetrics "start times": "# TYPE a counter\n" "a_created{b=\"~\"} 1\n";
        OpenMetrics "exemplars": "# TYPE a counter\n" "a_total{b=\"~\"} 1 # {} 1\n";
        OpenMetrics "exemplars of labels": "# TYPE a counter\n" "a_total 1 ^ # {a=\"\",b=\"\",c=\"\"} 1\n";
        OpenMetrics "states": "# TYPE a stateset\n" "a{a=\"~\"} 1\n";
        OpenMetrics "state sets": "# TYPE a stateset\n" "a{a=\"\",b=\"~\"} 1\n";
        OpenMetrics "units": "" "# UNIT a_~ ~\n";
        OpenMetrics "samples again": "" "a 1\n";
    }
    let line = |from: usize, labels: usize, value: &str| {
        let label = |at| format!("{}=\"{value}\",", name(at));
        let labels: String = (from..from + labels).map(label).collect();
        format!("a{{{labels}}} 1\n")
    };
    add(Text, "a thousand labels", "", &|_| line(0, 1000, ""));
    add(Text, "a thousand other labels", "", &|at| {
        line(1000 * at, 1000, "x")
    });
    bodies
}

/// Just beyond a power of two, where buffers have doubled; and a size in between.
const SIZES: [usize; 2] = [132 << 10, 208 << 10];

/// The most that each door took, and for what: shown by `--nocapture`.
#[derive(Default)]
struct Largest(BTreeMap<String, (u64, u64, String)>);

impl Largest {
    /// Records what a door took for something that may take `most`.
    fn look_at(&mut self, door: &str, most: u64, taken: u64, what: impl Into<String>) {
        let largest = (self.0.entry(door.to_owned())).or_default();
        if u128::from(taken) * u128::from(largest.0) >= u128::from(largest.1) * u128::from(most) {
            *largest = (most, taken, what.into());
        }
    }

    fn check(&self) {
        for (door, (most, taken, what)) in &self.0 {
            eprintln!("{door}: {taken} of {most}, {what}");
        }
        for (door, (most, taken, what)) in &self.0 {
            assert!(taken <= most, "{door}: {taken} of {most}, {what}");
        }
    }
}

/// A use of a body, and the most it may take for each of the body's bytes.
struct Door {
    name: &'static str,
    most: u64,
    open: fn(&Body),
}

const fn door(name: &'static str, most: u64, open: fn(&Body)) -> Door {
    Door { name, most, open }
}

/// Reads a body whole; in OpenMetrics it needs its end.
fn exposition(body: &Body) -> exposition::Result<Exposition> {
    match body.dialect {
        Dialect::OpenMetrics => Exposition::openmetrics([&body.bytes[..], b"# EOF\n"].concat()),
        _ => Exposition::text(&body.bytes),
    }
}

const DOORS: &[Door] = &[
    door("families", 160, |body| {
        Families::new(&body.bytes, body.dialect).for_each(drop);
    }),
    door("family reader", 160, |body| {
        let families = FamilyReader::new(&body.bytes[..], body.dialect);
        families.for_each(drop);
    }),
    door("families, collected", 256, |body| {
        drop(Families::new(&body.bytes, body.dialect).read_all());
    }),
    door("family reader, collected", 256, |body| {
        drop(FamilyReader::new(&body.bytes[..], body.dialect).read_all());
    }),
    door("exposition", 256, |body| {
        drop(exposition(body));
    }),
    door("exposition, since and compared", 256 + 64 + 320, |body| {
        let Ok(exposition) = exposition(body) else {
            return;
        };
        let nothing = Exposition::from_families([]);
        for before in [&exposition, &nothing] {
            drop(exposition.since(before));
            drop(exposition.snapshot().is_same_as(before));
        }
    }),
    door("strict", 32, |body| {
        strict::check(&body.bytes).for_each(drop);
    }),
    door("strict, OpenMetrics 2.0", 32, |body| {
        strict::check_openmetrics2(&body.bytes).for_each(drop);
    }),
    door("lint", 512, |body| {
        drop(lint::check(&body.bytes, work::bodies::format(body.dialect)));
    }),
    door("promtool", 256, |body| {
        drop(lint::promtool::check(&body.bytes));
    }),
    door("merge", 128, |body| {
        let merge = Merge::new(ScrapeProtocol::OpenMetricsText100)
            .source(Source::new("a", &body.bytes, body.dialect))
            .keep_going(true);
        drop(merge.write_to(std::io::sink()));
    }),
    door("merge, added", 256, |body| {
        let merge = Merge::new(ScrapeProtocol::OpenMetricsText100)
            .source(Source::new("a", &body.bytes, body.dialect))
            .on_collision(Collision::Sum(Aggregation::new()))
            .keep_going(true);
        drop(merge.write_to(std::io::sink()));
    }),
    door("stats", 128, |body| {
        let mut stats = Stats::new();
        _ = stats.read(Samples::with_dialect(&body.bytes, body.dialect));
        drop((stats.metrics(), stats.histograms()));
        drop((stats.families(), stats.values("b")));
        drop(stats.labels());
    }),
    door("diff", 512, |body| {
        let families = Families::new(&body.bytes, body.dialect).read_all().families;
        drop(Diff::between(&families, &[]));
        drop(Diff::between(&families, &families));
    }),
];

#[test]
fn every_door_takes_so_much_for_each_byte() {
    let mut largest = Largest::default();
    for body in SIZES.into_iter().flat_map(worst_bodies) {
        for door in DOORS {
            let (taken, bytes) = (peak(|| (door.open)(&body)), body.bytes.len() as u64);
            largest.look_at(door.name, door.most, taken.div_ceil(bytes), body.name);
        }
    }
    largest.check();
}

/// Of several families no more is held than the largest needs.
#[test]
fn families_are_held_one_at_a_time() {
    const SMALL: [&str; 7] = [
        "families",
        "families in quotes",
        "families without metrics",
        "histograms",
        "declared summaries",
        "infos",
        "counters",
    ];
    let mut tried = 0;
    for body in worst_bodies(SIZES[0]) {
        if SMALL.contains(&body.name) {
            tried += 1;
            let most = OWN + labels(Limits::new());
            let taken = peak(|| Families::new(&body.bytes, body.dialect).for_each(drop));
            assert!(taken <= most, "{}: {taken} of {most}", body.name);
            let most = most + 4 * ((64 << 10) + 1024);
            let taken = peak(|| {
                FamilyReader::new(&body.bytes[..], body.dialect).for_each(drop);
            });
            assert!(taken <= most, "{}: {taken} of {most}", body.name);
        }
    }
    assert_eq!(tried, SMALL.len());
}

/// Batches take the same, however long the body is, and whatever is in it.
#[test]
#[cfg(feature = "arrow")]
fn batches_take_a_multiple_of_what_a_batch_may_take() {
    use exposition::arrow::{BatchReader, Body};
    const BATCH: u64 = 32 << 10;
    let mut largest = Largest::default();
    let sizes = SIZES.into_iter().chain([1 << 20]);
    for body in sizes.flat_map(worst_bodies) {
        let taken = peak(|| {
            let format = work::bodies::format(body.dialect);
            let bodies = std::iter::once(Body::new("t", format, &body.bytes[..]));
            let batches = BatchReader::new(bodies).max_bytes(BATCH as usize);
            batches.for_each(drop);
        });
        let reader = OWN + labels(Limits::new()) + 4 * ((64 << 10) + 16384);
        let most = 8 * BATCH + (640 << 10) + reader;
        largest.look_at("batches", most, taken, body.name);
    }
    largest.check();
}

/// The faults of one line are found together.
#[test]
fn a_line_of_faults_takes_an_error_for_each() {
    let labels = "b=\"\u{7f}☃\",".repeat(4000);
    for lines in [1, 4] {
        let body = format!("a{{{labels}}} 1\n").repeat(lines) + "# EOF\n";
        let mut faults = 0;
        let taken = peak(|| faults = strict::check(body.as_bytes()).count());
        assert!(faults >= 4000 * lines);
        let most = 32 * body.len() as u64 + ERROR * 4000;
        assert!(taken <= most, "{taken} of {most}");
    }
}

/// What is wrong in very many places of one line of OpenMetrics 2.0 takes an error or two.
#[test]
fn a_long_line_of_openmetrics_2_takes_little() {
    let buckets = "1:-1,".repeat(50_000);
    let exemplars = " # {a=\"\",a=\"\",} 1 1".repeat(10_000);
    for body in [
        format!("# TYPE a histogram\na {{count:1,sum:1,bucket:[{buckets}+Inf:1]}}\n# EOF\n"),
        format!("a{{a=\"b\"}} 1{exemplars}\n# EOF\n"),
    ] {
        let limits = Limits::new().max_labels(100_000);
        let mut faults = 0;
        let taken = peak(|| faults = strict::check_openmetrics2(&body).limits(limits).count());
        assert!((1..10).contains(&faults), "{faults}");
        assert!(taken <= 16 * ERROR, "{taken}");
    }
}

/// What an error with long texts takes.
const ERROR: u64 = 2 << 10;

#[test]
fn an_error_takes_so_much() {
    for text in ["a", "☃", "\u{7f}", "\u{10ffff}", "\u{200b}", "\u{85}", "\""] {
        let line = format!("a{{b={} 1", text.repeat(1000));
        let taken = kept(line.as_bytes());
        assert!(taken <= ERROR, "{text:?}: {taken}");
    }
    assert!(kept(b"x\n") < 400);
}

/// Returns what remains of a line's error when everything else is gone.
fn kept(line: &[u8]) -> u64 {
    let mut error = None;
    let left = measure(|| error = Parser::text(line).find_map(Result::err));
    assert!(error.is_some());
    left.bytes_current.cast_unsigned()
}

fn encoder(format: ScrapeProtocol) -> Encoder<IoOutput<Sink>> {
    let encoder = Encoder::from_writer(std::io::sink(), format);
    encoder.map(|encoder| encoder.lossy(true)).unwrap()
}

/// The memory for a family or a line that is written, and for the names that an encoder keeps.
#[test]
fn an_encoder_takes_a_family_and_in_openmetrics_the_names() {
    let mut largest = Largest::default();
    for body in worst_bodies(SIZES[0]) {
        let collected = Families::new(&body.bytes, body.dialect).read_all();
        let families = &collected.families;
        for format in [
            ScrapeProtocol::PrometheusText100,
            ScrapeProtocol::OpenMetricsText100,
            ScrapeProtocol::OpenMetricsText200,
        ] {
            let names: usize = match format.is_openmetrics() {
                true => families
                    .iter()
                    .map(|family| 200 + 2 * family.name.len())
                    .sum(),
                false => 0,
            };
            let written = families.iter().map(|family| {
                let encoder = Encoder::new(String::new(), format);
                let mut encoder = encoder.map(|encoder| encoder.lossy(true)).unwrap();
                _ = encoder.family(family);
                encoder.finish().map_or(0, |text| text.len())
            });
            let text = written.max().unwrap_or_default();
            let metrics = families.iter().flat_map(|family| &family.metrics);
            let labels = metrics.map(|metric| metric.labels.len()).max();
            let most = (64 << 10) + names + 4 * text + 100 * labels.unwrap_or_default();
            let taken = peak(|| {
                let mut encoder = encoder(format);
                for family in families {
                    _ = encoder.family(family);
                }
                _ = encoder.finish();
            });
            largest.look_at("by families", most as u64, taken, body.name);

            let lines = body.bytes.split(|byte| *byte == b'\n');
            let line = lines.map(<[u8]>::len).max().unwrap_or_default();
            let lines: Vec<Line<'_>> = Parser::new(&body.bytes, body.dialect).flatten().collect();
            let taken = peak(|| {
                let mut encoder = encoder(format);
                for line in &lines {
                    _ = encoder.line(line, body.dialect);
                }
                _ = encoder.finish();
            });
            // In OpenMetrics lines are held until their family is complete.
            let most = match format {
                ScrapeProtocol::OpenMetricsText100 => most + 4 * line,
                // They make a family, which may be the whole body.
                ScrapeProtocol::OpenMetricsText200 => most + 256 * body.bytes.len(),
                _ => (64 << 10) + 4 * line,
            };
            largest.look_at("by lines", most as u64, taken, body.name);
        }
    }
    largest.check();
}

/// What a cache or a loop takes for any bodies: buffers that are too small to free, and an error.
const ROOM: u64 = 256 << 10;

/// Calls `scrape` with the bodies in order; `look_at` gets the most that is taken meanwhile, and the last
/// three bodies.
fn scrape_all(
    bodies: &[(Vec<u8>, Dialect)],
    mut scrape: impl FnMut(&[u8], Dialect),
    mut look_at: impl FnMut(u64, &[(Vec<u8>, Dialect)]),
) {
    let mut held = 0;
    for (at, (body, dialect)) in bodies.iter().enumerate() {
        let taken = measure(|| scrape(body, *dialect));
        look_at(
            (held + taken.bytes_max.cast_signed()).cast_unsigned(),
            bodies.get(at.saturating_sub(2)..=at).unwrap_or_default(),
        );
        held += taken.bytes_current;
    }
}

fn length(bodies: &[(Vec<u8>, Dialect)]) -> u64 {
    bodies.iter().map(|(body, _)| body.len() as u64).sum()
}

/// Memory for larger earlier bodies is freed.
#[test]
fn a_cache_takes_so_much_for_each_byte_of_three_bodies() {
    let mut largest = Largest::default();
    for sequence in SEQUENCES {
        for size in SIZES.map(|size| 4 * size) {
            let mut cache = ScrapeCache::new();
            scrape_all(
                &sequence.bodies(size),
                |body, dialect| {
                    let mut pass = cache.read(body, dialect);
                    pass.lines().for_each(drop);
                },
                |taken, bodies| {
                    largest.look_at("cache", ROOM + 80 * length(bodies), taken, sequence.name);
                },
            );
        }
    }
    largest.check();
}

#[cfg(feature = "relabel")]
mod scrapes {
    use exposition::relabel::{Action, RuleConfig, Rules};
    use exposition::scrape::{Discovered, SampleConfig, ScrapeLoop, Target, TargetConfig};

    use super::*;

    /// In addition to the target's labels, which are kept for every series.
    #[test]
    fn a_loop_takes_so_much_for_each_byte_of_three_bodies() {
        let mut largest = Largest::default();
        let config = SampleConfig::new();
        for (labels, size) in [(0, SIZES[0]), (0, SIZES[1]), (20, SIZES[0])] {
            let target = target(labels as usize);
            for sequence in SEQUENCES {
                let mut scrapes = ScrapeLoop::new(config.clone(), target.clone());
                scrape_all(
                    &sequence.bodies(4 * size),
                    |body, dialect| {
                        let scrape = scrapes.scrape(Some(content_type(dialect)), body);
                        _ = scrape.report();
                        _ = scrapes.stale().count();
                    },
                    |taken, bodies| {
                        let lines = bodies.iter().flat_map(|(body, _)| body);
                        let lines = lines.filter(|byte| **byte == b'\n').count() as u64;
                        let most = ROOM + 160 * length(bodies) + 100 * labels * lines;
                        let what = sequence.name;
                        largest.look_at(&format!("{labels} labels"), most, taken, what);
                    },
                );
            }
        }
        largest.check();
    }

    /// Returns a target with `labels` labels in addition to `job` and `instance`.
    fn target(labels: usize) -> Target {
        let labels: Vec<(String, String)> = (0..labels)
            .map(|label| (format!("label_of_target_{label}"), "v".repeat(30)))
            .collect();
        let targets = TargetConfig::new("job");
        let labels = labels
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let found = targets.discover(labels.chain([("__address__", "h:1")]));
        found.ok().and_then(Discovered::into_target).unwrap()
    }

    /// Bodies for which the handling of the target's labels matters.
    const CHANGED: [&str; 4] = [
        "families",
        "metrics at many times",
        "labels that the target has",
        "families in quotes",
    ];

    /// Returns the configurations to try with a body.
    fn configs_for(body: &Body) -> impl Iterator<Item = (&'static str, SampleConfig)> {
        let all = if CHANGED.contains(&body.name) { 4 } else { 1 };
        configs().into_iter().take(all)
    }

    fn configs() -> [(&'static str, SampleConfig); 4] {
        let with = |change: fn(&mut SampleConfig)| {
            let mut config = SampleConfig::new();
            change(&mut config);
            config
        };
        [
            ("as they are", SampleConfig::new()),
            ("honored", with(|config| config.honor_labels = true)),
            (
                "all of the target's dropped",
                with(|config| {
                    let rule = RuleConfig::new()
                        .regex("label_.*")
                        .action(Action::LabelDrop);
                    config.rules = Rules::new([rule], config.validation_scheme).unwrap();
                }),
            ),
            (
                "all but names dropped",
                with(|config| {
                    let rule = RuleConfig::new()
                        .regex("__name__|job")
                        .action(Action::LabelKeep);
                    config.rules = Rules::new([rule], config.validation_scheme).unwrap();
                }),
            ),
        ]
    }

    fn content_type(dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::OpenMetrics => "application/openmetrics-text",
            _ => "text/plain",
        }
    }

    /// Returns bodies without errors, because an error ends a scrape.
    fn good_bodies(bytes: usize) -> impl Iterator<Item = Body> {
        worst_bodies(bytes).into_iter().map(|mut body| {
            if body.dialect == Dialect::OpenMetrics {
                body.bytes.extend_from_slice(b"# EOF\n");
            }
            body
        })
    }

    /// With any labels of the target, handled in any way.
    #[test]
    fn a_scrape_takes_so_much_for_each_byte() {
        let mut largest = Largest::default();
        for (labels, size) in [(0, SIZES[0]), (0, SIZES[1]), (42, SIZES[0]), (400, 8 << 10)] {
            let target = target(labels as usize);
            for body in good_bodies(size) {
                for (name, config) in configs_for(&body) {
                    let mut samples = 0;
                    let taken = peak(|| {
                        let content_type = content_type(body.dialect);
                        let scrape = config.scrape(&target, Some(content_type), &body.bytes);
                        samples = scrape.report().samples_scraped;
                    });
                    let changed = if name == "as they are" { 0 } else { samples };
                    let most = 40 * body.bytes.len() as u64 + labels * (200 + changed / 2);
                    let what = format!("{name}, {}", body.name);
                    largest.look_at(&format!("{labels} labels"), most, taken, what);
                }
            }
        }
        largest.check();
    }

    #[test]
    fn all_samples_of_a_scrape_take_so_much_each() {
        let mut largest = Largest::default();
        for labels in [0, 42] {
            let target = target(labels);
            for body in good_bodies(66 << 10) {
                for (name, config) in configs_for(&body) {
                    let (mut samples, mut beyond) = (0, 0);
                    let taken = peak(|| {
                        let content_type = content_type(body.dialect);
                        let scrape = config.scrape(&target, Some(content_type), &body.bytes);
                        let scraped = scrape.collect();
                        samples = scraped.samples.len() as u64;
                        let labels = scraped.samples.iter().map(|sample| sample.labels.len());
                        beyond = labels.filter(|labels| *labels > 12).sum::<usize>() as u64;
                    });
                    let most = 40 * body.bytes.len() as u64 + 1800 * samples + 80 * beyond;
                    let what = format!("{name}, {}", body.name);
                    largest.look_at(&format!("{labels} labels"), most, taken, what);
                }
            }
        }
        largest.check();
    }
}

/// What the regex engine holds in addition to what grows with a pattern.
#[cfg(feature = "relabel")]
const ENGINE: u64 = 1 << 20;

/// Patterns that are short to write and took much memory.
#[test]
#[cfg(feature = "relabel")]
fn rules_take_so_much_for_each_byte() {
    use exposition::{ValidationScheme, relabel::RuleConfig};
    type Pattern = (&'static str, fn(usize) -> String);
    let patterns: [Pattern; 9] = [
        ("a text", |n| "x".repeat(n)),
        ("choices before a text", |n| {
            "(a|b)".repeat(8) + &"x".repeat(n)
        }),
        ("options before a text", |n| "a?".repeat(8) + &"x".repeat(n)),
        ("texts", |n| {
            let text = "x".repeat(n / 8);
            (0..8).map(|i| format!("{text}{i}|")).collect()
        }),
        ("open groups", |n| "(?:".repeat(n / 3)),
        ("open groups that capture", |n| "(".repeat(n)),
        ("open groups after text", |n| "a(?:".repeat(n / 4)),
        ("groups that end in groups", |n| {
            "a(?:".repeat(n / 5) + &")".repeat(n / 5)
        }),
        ("classes whose names do not end", |n| {
            format!("[{}", "[:".repeat(n / 2))
        }),
    ];
    for (name, pattern) in patterns {
        for size in [264 << 10, 416 << 10] {
            let pattern = pattern(size);
            let rule = RuleConfig::new()
                .source_labels(["a"])
                .regex(&*pattern)
                .target_label("b");
            let taken = peak(|| drop(std::hint::black_box(rule.build(ValidationScheme::Utf8))));
            let bytes = pattern.len() as u64;
            assert!(
                taken <= ENGINE + 160 * bytes,
                "{name}: {taken} for {bytes}, {} a byte",
                taken / bytes
            );
        }
    }
}
