//! A filter gives what reading everything and filtering afterwards gives, through every door.

use exposition::{ChunkParser, Dialect, Filter, Limits, Line, Parser, Reader};
use proptest::prelude::*;

fn shown(line: &Line<'_>) -> String {
    match line {
        Line::Sample(sample) => format!("{sample:?} under {}", sample.type_of_last_type_line()),
        line => format!("{line:?}"),
    }
}

/// With the type of the sample's own family, which is unknown behind a TYPE line that is passed over.
fn shown_with_type(line: &Line<'_>) -> String {
    match line {
        Line::Sample(sample) => format!("{}, {}", shown(line), sample.metric_type()),
        line => shown(line),
    }
}

/// Lines and the number of the line behind each, errors left out: those of unwanted lines are not seen.
fn after_reading(body: &[u8], dialect: Dialect, filter: &Filter) -> Vec<(String, u64)> {
    let mut parser = Parser::new(body, dialect);
    let mut seen = Vec::new();
    while let Some(line) = parser.next() {
        if let Ok(line) = line
            && (line == Line::Eof || line.name().is_some_and(|name| filter.wants(&name)))
        {
            seen.push((shown(&line), parser.position().line));
        }
    }
    seen
}

fn by_slice(body: &[u8], dialect: Dialect, filter: &Filter) -> Vec<(String, u64)> {
    let mut parser = Parser::new(body, dialect).only(filter.clone());
    let mut seen = Vec::new();
    while let Some(line) = parser.next() {
        if let Ok(line) = line {
            seen.push((shown_with_type(&line), parser.position().line));
        }
    }
    seen
}

fn by_reader(body: &[u8], dialect: Dialect, filter: &Filter, block: usize) -> Vec<String> {
    let mut reader = Reader::new(body, dialect)
        .block_size(block)
        .only(filter.clone());
    let mut seen = Vec::new();
    loop {
        match reader.next_line() {
            Ok(Some(line)) => seen.push(shown_with_type(&line)),
            Ok(None) => return seen,
            Err(_) => {}
        }
    }
}

fn by_chunks(body: &[u8], dialect: Dialect, filter: &Filter, step: usize) -> Vec<String> {
    let mut parser = ChunkParser::new(dialect).only(filter.clone());
    let mut seen = Vec::new();
    let mut drain = |parser: &mut ChunkParser| {
        loop {
            match parser.next_line() {
                Ok(Some(line)) => seen.push(shown_with_type(&line)),
                Ok(None) => return,
                Err(_) => {}
            }
        }
    };
    for chunk in body.chunks(step) {
        parser.feed(chunk);
        drain(&mut parser);
    }
    parser.finish();
    drain(&mut parser);
    seen
}

fn check(body: &[u8], filter: &Filter) {
    for dialect in [Dialect::Prometheus, Dialect::OpenMetrics, Dialect::Lenient] {
        let expected = after_reading(body, dialect, filter);
        let text = String::from_utf8_lossy(body);
        let slice = by_slice(body, dialect, filter);
        let untyped = |(line, place): &(String, u64)| {
            let line = match line.starts_with("Sample") {
                true => line
                    .rsplit_once(", ")
                    .map_or(line.as_str(), |(line, _)| line),
                false => line,
            };
            (line.to_owned(), *place)
        };
        let got: Vec<_> = slice.iter().map(untyped).collect();
        assert_eq!(got, expected, "{filter:?}: {text:?}");
        let expected: Vec<String> = slice.into_iter().map(|(line, _)| line).collect();
        for size in [1, 16, 4096] {
            assert_eq!(
                by_reader(body, dialect, filter, size),
                expected,
                "{size}: {text:?}"
            );
            assert_eq!(
                by_chunks(body, dialect, filter, size),
                expected,
                "{size}: {text:?}"
            );
        }
    }
}

fn filters() -> Vec<Filter> {
    vec![
        Filter::names(["up", "a"]),
        Filter::names(["h"]),
        Filter::prefix("u"),
        Filter::matching(|name| name.len() > 1),
        Filter::names([""; 0]),
    ]
}

const LINES: &[&str] = &[
    "up 1\n",
    "up{} 1\n",
    "a{b=\"c\"} 2\n",
    "a{b=\"c\",} 2 3\n",
    "h_bucket{le=\"1\"} 3\n",
    "h_sum 3\n",
    "x{b=\"two\nlines\"} 4\n",
    "x{b=\"} 5\nup 6\n\"} 7\n",
    "x{b=\"y\",c=\"} 5\nup 6\n",
    "x{b=\"y\\\"} 5\nup 6\n\"} 1\n",
    "x{b=\"y\\\\\"} 5\n",
    "x {b=\"two\nlines\"} 4\n",
    "x{b=\"y=\"} 5\n",
    "x{b=\"\"} 5\n",
    "{\"up\"} 8\n",
    "{\"x\",b=\"up\"} 8\n",
    "# TYPE h histogram\n",
    "# TYPE x summary\n",
    "# TYPE x  summary\n",
    "# HELP up text\n",
    "# HELP x text\n",
    "# HELP \"up\" text\n",
    "# a comment\n",
    "\n",
    " up 9\n",
    "broken\n",
    "up{b=} 1\n",
    "x{b=} 1\n",
    "a 1 # {id=\"1\"} 2\n",
    "x 1 # {id=\"1\"} 2\n",
    "# EOF\n",
];

#[test]
fn each_line_alone() {
    for line in LINES {
        for filter in filters() {
            check(line.as_bytes(), &filter);
            check(format!("up 1\n{line}up 2").as_bytes(), &filter);
        }
    }
}

#[test]
fn a_family_is_selected_with_its_suffixes() {
    let filter = Filter::names(["requests"]);
    for name in [
        "requests",
        "requests_total",
        "requests_bucket",
        "requests_info",
    ] {
        assert!(filter.wants(name), "{name}");
    }
    for name in ["requests_", "request", "_total", "requests_total_total"] {
        assert!(!filter.wants(name), "{name}");
    }
}

#[test]
fn an_unwanted_line_is_not_checked_and_a_wanted_one_is() {
    let body = b"x 1 1 1\nup{b=} 1\nx{c=\"d\"} y\n";
    let errors: Vec<String> = Parser::prometheus(body)
        .only(Filter::names(["up"]))
        .filter_map(|line| line.err().map(|error| error.to_string()))
        .collect();
    assert_eq!(
        errors,
        ["line 2, column 6: expected a label value in double quotes, found `} 1`"]
    );
}

/// What slice, reader and chunks give, errors among it.
fn with_errors(body: &[u8], filter: &Filter, limits: Limits) -> [Vec<String>; 3] {
    let outcome = |line: exposition::Result<Line<'_>>| match line {
        Ok(line) => shown(&line),
        Err(error) => error.to_string(),
    };
    let dialect = Dialect::Prometheus;
    let parser = Parser::new(body, dialect).limits(limits);
    let slice = parser.only(filter.clone()).map(outcome).collect();

    let reader = Reader::new(body, dialect).limits(limits).block_size(1);
    let mut reader = reader.only(filter.clone());
    let mut by_reader = Vec::new();
    while let Some(line) = reader.next_line().transpose() {
        by_reader.push(outcome(line));
    }

    let chunks = ChunkParser::new(dialect).limits(limits);
    let mut chunks = chunks.only(filter.clone());
    chunks.feed(body);
    chunks.finish();
    let mut by_chunks = Vec::new();
    while let Some(line) = chunks.next_line().transpose() {
        by_chunks.push(outcome(line));
    }
    [slice, by_reader, by_chunks]
}

/// How a body comes says which lines have to be read to find their ends, and not which errors are told.
#[test]
fn errors_of_unwanted_lines_are_told_by_no_door() {
    let filter = Filter::names(["up"]);
    for body in [
        "x 1 1 1\n",
        "\nx 1 1 1\n",
        "# comment\nx 1 1 1\nup 1\n",
        "{\"x\"} 1\nx 1 1 1\n",
        "\u{7}\nx 1 1 1\n",
        "{\"a b\"} 1\na b 2\n",
    ] {
        let [slice, reader, chunks] = with_errors(body.as_bytes(), &filter, Limits::new());
        assert_eq!(reader, slice, "{body:?}");
        assert_eq!(chunks, slice, "{body:?}");
        assert!(!slice.iter().any(|line| line.contains("`1`")), "{slice:?}");
    }
}

/// A line beyond the limit is an error, whosever it is: a reader tells before it has seen the end.
#[test]
fn a_line_beyond_the_limit_is_an_error_though_nobody_wants_it() {
    let filter = Filter::names(["up"]);
    let limits = Limits::new().line(10);
    for got in with_errors(b"x{a=\"0123456789\"} 1\nx 1\nup 1\n", &filter, limits) {
        let [error, up] = got.as_slice() else {
            panic!("{got:?}");
        };
        assert!(
            error.starts_with("line 1, column 1: line too long"),
            "{error}"
        );
        assert!(up.contains("\"up\""), "{up}");
    }
}

#[test]
fn an_empty_name_is_wanted_from_the_start() {
    let body = b"# TYPE \"\" summary\n{\"\"} 1\n";
    check(body, &Filter::names([""]));
    let [slice, ..] = with_errors(body, &Filter::names([""]), Limits::new());
    assert_eq!(slice.len(), 2, "{slice:?}");
}

proptest! {
    #[test]
    fn any_lines(lines in proptest::collection::vec(prop::sample::select(LINES), 0..14), which in 0usize..5) {
        check(lines.concat().as_bytes(), &filters()[which]);
    }
}
