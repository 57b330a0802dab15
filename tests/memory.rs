//! Memory: no more than the documentation says, whatever the body.

use std::thread;

use allocation_counter::measure;
use exposition::{
    ChunkParser, Dialect, Families, FamilyReader, Limits, Line, Merge, Parser, Reader,
    ScrapeProtocol, Source, strict,
};

#[path = "support/cost/mod.rs"]
mod work;

use work::{Work, shapes};

/// What a doubling of the input may do to the memory it takes.
const MOST: f64 = 2.2;

/// The most bytes that are allocated at once.
fn peak(task: impl FnOnce()) -> u64 {
    measure(task).bytes_max
}

/// What work takes at that size. Buffers double as they grow, so that memory rises in steps: `steps` sizes
/// from one doubling to the next even them out.
fn peaks(work: &Work, size: usize, steps: usize) -> u64 {
    let sizes = (0..steps).map(|step| size + size * step / steps);
    sizes.map(|size| peak(work.task(size))).sum()
}

/// How much more it takes for every doubling.
fn growth(work: &Work, steps: usize) -> f64 {
    work.growth(work.sizes.map(|size| peaks(work, size, steps)))
}

#[test]
fn memory_grows_as_the_input() {
    const THREADS: usize = 4;
    let check = |thread: usize| {
        let works = work::works().into_iter().skip(thread).step_by(THREADS);
        let grown = works.filter_map(|work| {
            let small = match work.sizes[0] >> 10 {
                ..8 => 4 << 10,
                // Where offsets in a line take more room.
                8..32 => 36 << 10,
                // Where part of the body is larger than what an encoder holds.
                _ => 144 << 10,
            };
            let work = work.sizes([small, 4 * small]);
            let growth = match growth(&work, 1) {
                jump if jump > MOST => growth(&work, 4),
                growth => growth,
            };
            (growth > MOST).then_some((growth, work.door, work.shape))
        });
        grown.collect::<Vec<_>>()
    };
    let too_much: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| scope.spawn(move || check(thread)))
            .collect();
        let found = threads.into_iter().map(|thread| thread.join().unwrap());
        found.flatten().collect()
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

/// The room for the labels of a line that has as many as it may: a buffer that doubles, and the one
/// before.
fn labels(limits: Limits) -> u64 {
    24 * limits.labels as u64
}

#[test]
fn a_slice_is_read_without_memory() {
    for shape in shapes() {
        let body = shape.body(1 << 20);
        let limits = Limits::new();
        let taken = peak(|| Parser::new(&body, shape.dialect).for_each(drop));
        assert!(taken <= OWN + labels(limits), "{}: {taken}", shape.name);
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
        let limits = Limits::new().line(line).labels(1000);
        let most = OWN + labels(limits) + 4 * (line + block) as u64;
        for shape in shapes() {
            let body = shape.body(line + (256 << 10));
            let read = peak(|| {
                let reader = Reader::new(&body[..], shape.dialect).limits(limits);
                let mut reader = reader.block_size(block);
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

/// Short lines: nothing but the blocks.
#[test]
fn a_reader_takes_two_blocks_for_short_lines() {
    let body = b"requests_total{code=\"200\"} 7\n".repeat(100_000);
    let taken = peak(|| {
        let mut reader = Reader::new(&body[..], Dialect::Prometheus);
        while let Some(line) = reader.next_line().transpose() {
            assert!(matches!(line, Ok(Line::Sample(_))));
        }
    });
    assert!(taken < OWN + 3 * (64 << 10), "{taken}");
}

/// The shortest names, all different: the number in letters.
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

/// The bodies of which most is made: the shortest lines there are.
fn short_lines(bytes: usize) -> [(&'static str, Vec<u8>); 8] {
    let named = |line: fn(String) -> String| -> Vec<u8> {
        let mut body = String::new();
        let mut lines = (0..).map(name).map(line);
        while body.len() < bytes {
            body.extend(lines.next());
        }
        body.into_bytes()
    };
    let repeated = |line: &str| line.repeat(bytes / line.len()).into_bytes();
    [
        ("metrics", repeated("a 1\n")),
        ("errors", repeated("x\n")),
        ("errors at a line's end", repeated("{\n")),
        ("errors of other characters", repeated("\u{7f}\n")),
        ("families", named(|name| format!("{name} 1\n"))),
        (
            "series",
            named(|name| format!("{{\"a\",{name}=\"a\"}} 1\n")),
        ),
        (
            "families without metrics",
            named(|name| format!("# TYPE {name} gauge\n")),
        ),
        (
            "buckets",
            [
                b"# TYPE a histogram\n".as_slice(),
                &repeated("a_bucket{le=\"1\"} 1\n"),
            ]
            .concat(),
        ),
    ]
}

/// What is made of a body, and the most it may take for each of the body's bytes.
type Door = (&'static str, u64, fn(&[u8]));

const DOORS: &[Door] = &[
    ("families", 160, |body| {
        Families::new(body, Dialect::Prometheus).for_each(drop);
    }),
    ("families, collected", 256, |body| {
        drop(Families::new(body, Dialect::Prometheus).collected());
    }),
    ("family reader, collected", 256, |body| {
        drop(FamilyReader::new(body, Dialect::Prometheus).collected());
    }),
    ("strict", 32, |body| {
        strict::check(body).for_each(drop);
    }),
    ("merge", 128, |body| {
        let merge = Merge::new(ScrapeProtocol::OpenMetricsText100)
            .source(Source::new("a", body, Dialect::Prometheus))
            .keep_going(true);
        drop(merge.to_io(std::io::sink()));
    }),
    #[cfg(feature = "relabel")]
    ("scrape", 64, |body| {
        scrape(body, |scrape| drop(scrape.report()))
    }),
    #[cfg(feature = "relabel")]
    ("scrape, collected", 512, |body| {
        scrape(body, |scrape| drop(scrape.collect()))
    }),
];

#[cfg(feature = "relabel")]
fn scrape(body: &[u8], read: fn(exposition::scrape::Scrape<'_>)) {
    use exposition::scrape::{Discovered, SampleConfig, TargetConfig};
    let targets = TargetConfig::new("job");
    let found = targets.discover([("__address__", "h:1")]);
    if let Some(target) = found.ok().and_then(Discovered::into_target) {
        read(SampleConfig::new().scrape(&target, Some("text/plain"), body));
    }
}

#[test]
fn every_door_takes_so_much_for_each_byte() {
    // Just beyond a power of two, where buffers have doubled; and a size between.
    for (name, body) in [264 << 10, 416 << 10].into_iter().flat_map(short_lines) {
        for (door, most, open) in DOORS {
            let (taken, bytes) = (peak(|| open(&body)), body.len() as u64);
            assert!(taken <= most * bytes, "{door}, {name}: {taken} for {bytes}");
        }
    }
}

/// What the regex engine holds beside what grows with a pattern.
#[cfg(feature = "relabel")]
const ENGINE: u64 = 1 << 20;

/// Patterns that are short to write and were long to hold.
#[test]
#[cfg(feature = "relabel")]
fn rules_take_so_much_for_each_byte() {
    use exposition::{NameScheme, relabel::RuleConfig};
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
            let taken = peak(|| drop(std::hint::black_box(rule.build(NameScheme::Utf8))));
            let bytes = pattern.len() as u64;
            assert!(
                taken <= ENGINE + 160 * bytes,
                "{name}: {taken} for {bytes}, {} a byte",
                taken / bytes
            );
        }
    }
}
