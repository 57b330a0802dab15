//! Every body has the same lines, errors and positions through every door.

use std::io;

use exposition::{ChunkParser, Dialect, FamilyChunks, Limits, Line, Parser, Reader, Result};
use proptest::prelude::*;

use crate::support::doors;

use doors::Dribble;

/// What a door returned: each line as text, or the error as displayed with its position and rendering.
type Seen = Vec<std::result::Result<String, String>>;

fn see(line: Result<Line<'_>>) -> std::result::Result<String, String> {
    match line {
        Ok(Line::Sample(sample)) => Ok(format!(
            "{sample:?} {} {}",
            sample.metric_type(),
            sample.preceding_type()
        )),
        Ok(line) => Ok(format!("{line:?}")),
        Err(error) => Err(format!(
            "{error}\n{}\n{:?}",
            error.render(),
            error.position()
        )),
    }
}

fn by_slice(body: &[u8], dialect: Dialect, limits: Limits) -> Seen {
    Parser::new(body, dialect).limits(limits).map(see).collect()
}

fn by_reader(body: &[u8], dialect: Dialect, limits: Limits, step: usize, block: usize) -> Seen {
    let mut seen = Seen::new();
    doors::by_reader(body, dialect, limits, (step, block), |line| {
        seen.push(see(line));
    });
    seen
}

fn by_chunks(body: &[u8], dialect: Dialect, limits: Limits, cut: impl FnMut() -> usize) -> Seen {
    let mut seen = Seen::new();
    doors::by_chunks(body, dialect, limits, cut, |line| seen.push(see(line)));
    seen
}

fn check(body: &[u8], dialect: Dialect, limits: Limits) {
    let slice = by_slice(body, dialect, limits);
    for (step, block) in [
        (1, 1),
        (7, 7),
        (1, 4096),
        (4096, 4096),
        (usize::MAX, 1 << 20),
    ] {
        let reader = by_reader(body, dialect, limits, step, block);
        assert_eq!(
            reader, slice,
            "reader, {step} bytes in blocks of {block}: {body:?}"
        );
    }
    for step in [1, 3, 64] {
        let chunks = by_chunks(body, dialect, limits, || step);
        assert_eq!(chunks, slice, "chunks of {step}: {body:?}");
    }
}

const DIALECTS: [Dialect; 4] = [
    Dialect::Text,
    Dialect::OpenMetrics,
    Dialect::OpenMetrics2,
    Dialect::Lenient,
];

/// Bodies whose ends are cut at awkward places.
const AWKWARD: &[&[u8]] = &[
    b"",
    b"\n",
    b"\n\n \t\n",
    b"foo 1",
    b"foo 1\n",
    b"foo{a=\"x\ny\"} 1\nbar 2\n",
    b"foo{a=\"x\n\n\n\ny\",b=\"\n\"} 1 5\nbar 2\n",
    b"foo{a=\"\\\"\\\\\\n\"} 1\n",
    b"foo{a=\"unclosed\nbar 2\nbaz{b=\"c\"} 3\n",
    b"foo{a=\"unclosed\nbar 2\nbaz 3",
    b"foo{a=\"line feed after backslash\\\n\"} 1\nbar 2\n",
    "foo{a=\"日本\u{2028}é\"} 1\nbar{b=\"€\n€\"} 2\n".as_bytes(),
    b"foo{\"caf\xc3\"=\"x\"} 1\nbar 2\n# \xff comment\nbaz 3\n",
    b"foo{a=\"\xff\"} 1\nbar 2\n",
    b"# HELP \"a\nb\" text\n# TYPE \"a\nb\" gauge\n{\"a\nb\"} 1\n",
    b"# HELP foo \\\\ and \\n\n# TYPE foo counter\nfoo_total 1\n# EOF\n",
    b"foo_total 1 2.5 # {id=\"7\"} 3 4\n# EOF",
    b"foo 1\n# EOF\nbar 2\nbaz 3\n",
    b"foo 1\n# EOFx\nbar 2",
    b"foo 1\r\nbar 2 3\r\n# TYPE x gauge\r\n",
    b"\0foo 1\nfoo{a=\"\0\"} 1\n",
    b"{a=\"b\"} 1\n{} 2\n{\"x\",\"y\"} 3\nfoo{\"x\"} 4\n",
    b"foo 1 2 3\nfoo x\nfoo 1e999\nfoo 1 99999999999999999999\n",
    b"foo.bar{a=b,,c=\"d\n\"} +NaN -5.5 # {id=7} 1\r\n\r\nfoo{b=} 1 # {id=\"\nfoo 1 x\n",
    b"# TYPE h histogram\nh{a=\"b\"} {count:3,sum:4.5,bucket:[1.0:2,+Inf:3]} 5 st@1.5 # {} 1 2 # {t=\"7\"} 2 3.5\nh 1\n\
      g 1\nh {count:1,sum:1,bucket:[+Inf:1]}\n# EOF\n",
    b"# TYPE \"s\nt\" summary\n{\"s\nt\"} {count:1,sum:2,quantile:[0.5:1]}\n{\"s\nt\",a=\"}\"} {count:1,sum:,quantile:[]}\n# EOF",
    b"# TYPE x info\n# TYPE x_info info\n# UNIT x_info s\nx_info 2\nx_info 1\n# TYPE s stateset\ns 1\ns{s=\"a\"} 1 # {} 1\n",
    b"#TYPE \"a\nfoo 1\n# TYPE foo\n# TYPE foo.bar GAUGE \r\n#TYPE foo x\n",
];

#[test]
fn awkward_bodies_are_the_same_through_every_door() {
    for body in AWKWARD {
        for dialect in DIALECTS {
            check(body, dialect, Limits::new());
        }
    }
}

/// Samples that alternate with other lines, and the type of each: that of its own family.
const TYPES: &[(&str, Dialect, &str)] = &[
    ("a 1\n", Dialect::Text, "unknown"),
    (
        "# TYPE a counter\na 1\nb{x=\"y\"} 2\na{x=\"y\"} 3\n",
        Dialect::Text,
        "counter unknown counter",
    ),
    (
        "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 2\nh_count 3\nh 4\nh_total 5\nhh_sum 6\n",
        Dialect::Text,
        "histogram histogram histogram histogram unknown unknown",
    ),
    (
        "# TYPE c counter\nc_total 1\nc 2\nc_created 3\n# TYPE s summary\ns{quantile=\"1\"} 4\ns_sum 5\ns_bucket 6\nc 7\n",
        Dialect::Text,
        "unknown counter unknown summary summary unknown unknown",
    ),
    (
        "# TYPE c counter\nc_total 1\nc_created 2\nc 3\nc_sum 4\n# TYPE i info\ni_info 5\nc_total 6\n# EOF\n",
        Dialect::OpenMetrics,
        "counter counter counter unknown info unknown",
    ),
    (
        "# TYPE g gaugehistogram\ng_gsum 1\ng_gcount 2\ng_sum 3\ng_bucket{le=\"1\"} 4\ng_created 5\n# EOF\n",
        Dialect::OpenMetrics,
        "gaugehistogram gaugehistogram gaugehistogram gaugehistogram unknown",
    ),
    // With anything in between.
    (
        "# TYPE h histogram\n# HELP b text\n# a comment\nnot a line\n\nh_sum 1\n# TYPE a wrong\nh_count 2\n",
        Dialect::Text,
        "histogram histogram",
    ),
    // In every way the names are written.
    (
        "# TYPE \"x.y\\\"\" gauge\n{\"x.y\\\"\"} 1\n{\"x.y\"} 2\n# TYPE h histogram\n{\"h_sum\",a=\"b\"} 3\n{a=\"b\",\"h\"} 4\n",
        Dialect::Text,
        "gauge unknown histogram histogram",
    ),
    (
        "#TYPE g Gauge\r\ng 1\r\n  g 2\r\nh 3\r\n",
        Dialect::Lenient,
        "gauge gauge unknown",
    ),
];

#[test]
fn the_type_is_that_of_the_samples_own_family() {
    for &(body, dialect, expected) in TYPES {
        let samples = Parser::new(body.as_bytes(), dialect).flatten();
        let samples = samples.filter_map(Line::into_sample);
        let types: Vec<&str> = samples
            .map(|sample| sample.metric_type().as_str())
            .collect();
        assert_eq!(types.join(" "), expected, "{body}");
        check(body.as_bytes(), dialect, Limits::new());
    }
    // Bytes that are not UTF-8 are compared unchanged.
    let body = b"# TYPE \"a\xff\" gauge\n{\"a\xff\"} 1\n{\"a\xfe\"} 2\n";
    let samples = Parser::text(body).flatten().filter_map(Line::into_sample);
    let types: Vec<&str> = samples
        .map(|sample| sample.metric_type().as_str())
        .collect();
    assert_eq!(types, ["gauge", "unknown"]);
    check(body, Dialect::Text, Limits::new());
}

#[test]
fn limits_are_the_same_through_every_door() {
    for body in AWKWARD {
        for dialect in DIALECTS {
            for max in [0, 1, 5, 6, 12, 20] {
                check(body, dialect, Limits::new().max_line_bytes(max));
                check(body, dialect, Limits::new().max_body_bytes(max as u64));
                check(
                    body,
                    dialect,
                    Limits::new()
                        .max_body_bytes(max as u64 * 2)
                        .max_line_bytes(max),
                );
            }
            check(body, dialect, Limits::new().max_labels(0));
            check(body, dialect, Limits::new().max_labels(1));
        }
    }
}

/// A line that is too long for two limits has one position.
#[test]
fn a_line_beyond_both_limits_is_where_it_begins() {
    let body = b"ok 1\nbar{a=\"0123456789\"} 1\nfoo 1\n";
    let limits = Limits::new().max_line_bytes(10).max_body_bytes(20);
    check(body, Dialect::Text, limits);
    let errors: Vec<String> = Parser::text(body)
        .limits(limits)
        .filter_map(|line| line.err().map(|error| error.to_string()))
        .collect();
    assert_eq!(
        errors,
        [
            "line 2, column 1: line too long: expected a shorter line, found `bar{a=\"0123`",
            "line 2, column 1: body too long: expected a shorter body, found the end of the body",
        ]
    );
}

/// What comes after the end is not part of the last line, nor of anything.
#[test]
fn feeding_after_the_end_does_nothing() {
    for dialect in DIALECTS {
        for body in [
            "",
            "up 1",
            "up 1\n",
            "up{a=\"b",
            "up 1\n# EOF",
            "up 1\n# EOF\n",
        ] {
            let expected = by_slice(body.as_bytes(), dialect, Limits::new());
            // Fed at once, after some lines were read, and after all.
            for read_first in [0, 1, usize::MAX] {
                let mut parser = ChunkParser::new(dialect);
                parser.feed(body.as_bytes());
                parser.finish();
                let mut seen = Seen::new();
                while seen.len() < read_first
                    && let Some(line) = parser.next_line().transpose()
                {
                    seen.push(see(line));
                }
                parser.feed(b"2\nmore 3\n");
                parser.finish();
                while let Some(line) = parser.next_line().transpose() {
                    seen.push(see(line));
                }
                assert_eq!(seen, expected, "{dialect:?}: {body:?}");
            }
        }
    }
}

#[test]
fn feeding_families_after_the_end_does_nothing() {
    let mut chunks = FamilyChunks::new(Dialect::Text);
    chunks.feed(b"up 1");
    chunks.finish();
    chunks.feed(b"2\nmore 3\n");
    let mut families = Vec::new();
    while let Some(family) = chunks.next_family().transpose() {
        families.push(family);
        chunks.feed(b"2\nmore 3\n");
    }
    let expected: Vec<_> = exposition::families(b"up 1").collect();
    assert_eq!(families, expected);
}

/// Nor does feeding after an error that ended the body.
#[test]
fn feeding_after_an_error_that_ends_the_body_does_nothing() {
    let mut parser = ChunkParser::new(Dialect::OpenMetrics);
    parser.feed(b"# EOF\nup 1\n");
    assert!(parser.next_line().is_ok_and(|line| line == Some(Line::Eof)));
    assert!(parser.next_line().is_err());
    parser.feed(b"up 2\n");
    assert_eq!(parser.next_line().ok(), Some(None));
}

/// A reader that fails once, in the middle of a line.
struct Flaky<'a> {
    inner: Dribble<'a>,
    fails_at: usize,
}

impl io::Read for Flaky<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.inner.body.len() == self.fails_at {
            self.fails_at = usize::MAX;
            return Err(io::Error::new(io::ErrorKind::WouldBlock, "not now"));
        }
        io::Read::read(&mut self.inner, buf)
    }
}

#[test]
fn a_reader_goes_on_after_an_io_error() {
    let inner = Dribble {
        body: b"foo 1\nbar 2\n",
        step: 1,
    };
    let mut reader = Reader::new(Flaky { inner, fails_at: 3 }, Dialect::Text);
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(match reader.next_line() {
            Ok(line) => format!("{line:?}"),
            Err(error) => error.to_string(),
        });
    }
    assert!(seen[0].contains("foo"), "{seen:?}");
    assert_eq!(seen[1], "line 2, column 1: reading failed");
    assert!(seen[2].contains("bar"), "{seen:?}");
}

proptest! {
    #[test]
    fn any_cuts_give_the_same_lines(
        body in proptest::collection::vec(prop_oneof![
            4 => prop::sample::select(b"foo_bar{a=\"b\",}\\n #EOFTYPHL 019.e+-".to_vec()),
            2 => Just(b'\n'),
            1 => any::<u8>(),
        ], 0..300),
        cuts in proptest::collection::vec(1usize..40, 1..20),
        line in prop_oneof![Just(1usize << 20), 1usize..60],
        which in 0usize..3,
    ) {
        let limits = Limits::new().max_line_bytes(line);
        let dialect = DIALECTS[which];
        let slice = by_slice(&body, dialect, limits);
        let mut turns = cuts.iter().cycle();
        let chunks = by_chunks(&body, dialect, limits, || *turns.next().unwrap());
        prop_assert_eq!(&chunks, &slice);
        let reader = by_reader(&body, dialect, limits, cuts[0], 16);
        prop_assert_eq!(&reader, &slice);
    }

    #[test]
    fn any_lines_give_the_same_lines(
        lines in proptest::collection::vec(prop::sample::select(AWKWARD), 1..12),
        cuts in proptest::collection::vec(1usize..200, 1..20),
        which in 0usize..3,
    ) {
        let body = lines.concat();
        let dialect = DIALECTS[which];
        let slice = by_slice(&body, dialect, Limits::new());
        let mut turns = cuts.iter().cycle();
        let chunks = by_chunks(&body, dialect, Limits::new(), || *turns.next().unwrap());
        prop_assert_eq!(chunks, slice);
    }
}
