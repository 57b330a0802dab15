//! A filter has the same result as reading everything and filtering afterwards, through every door.

use exposition::cache::CachedLine;
use exposition::{
    ChunkParser, Dialect, Families, FamilyChunks, FamilyReader, Filter, Limits, Line, MetricFamily,
    MetricType, Parser, Reader, ScrapeCache,
};
use proptest::prelude::*;

fn shown(line: &Line<'_>) -> String {
    match line {
        Line::Sample(sample) => format!("{sample:?} under {}", sample.preceding_type()),
        line => format!("{line:?}"),
    }
}

/// Shows a line with the type of the sample's own family, which is unknown after a skipped TYPE line.
fn shown_with_type(line: &Line<'_>) -> String {
    match line {
        Line::Sample(sample) => format!("{}, {}", shown(line), sample.metric_type()),
        line => shown(line),
    }
}

const DIALECTS: [Dialect; 4] = [
    Dialect::Text,
    Dialect::OpenMetrics,
    Dialect::OpenMetrics2,
    Dialect::Lenient,
];

/// Returns lines and the number of the line after each, without errors: those of unwanted lines are not seen.
fn after_reading(body: &[u8], dialect: Dialect, filter: &Filter) -> Vec<(String, u64)> {
    let mut parser = Parser::new(body, dialect);
    let mut seen = Vec::new();
    while let Some(line) = parser.next() {
        if let Ok(line) = line
            && filter.wants_line(&line, dialect)
        {
            seen.push((shown(&line), parser.position().line));
        }
    }
    seen
}

fn by_slice(body: &[u8], dialect: Dialect, filter: &Filter) -> Vec<(String, u64)> {
    let mut parser = Parser::new(body, dialect).filter_by(filter.clone());
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
        .buffer_capacity(block)
        .filter_by(filter.clone());
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
    let mut parser = ChunkParser::new(dialect).filter_by(filter.clone());
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

/// Reads from a cache that has read something else before.
fn by_cache(body: &[u8], dialect: Dialect, filter: &Filter) -> Vec<String> {
    let mut cache = ScrapeCache::new();
    cache.read(b"up 1\nx 1\n# TYPE h gauge\n", dialect);
    cache.read(body, dialect);
    let mut pass = cache.read(body, dialect);
    let lines = pass.filter_by(filter).filter_map(Result::ok);
    lines
        .map(|line| match line {
            CachedLine::Sample(sample) => cached(
                &format!("{:?} {:?}", sample.name(), sample.labels()),
                sample.value(),
                sample.timestamp(),
                sample.preceding_type(),
            ),
            CachedLine::Other(line) => format!("{line:?}"),
            line => format!("{line:?}"),
        })
        .collect()
}

/// Shows a sample as a cache has it.
fn cached(series: &str, value: f64, timestamp: Option<i64>, scope: MetricType) -> String {
    format!("{series} {value} {timestamp:?} under {scope}")
}

/// Returns the expected result of [`by_cache`].
fn after_caching(body: &[u8], dialect: Dialect, filter: &Filter) -> Vec<String> {
    let lines = Parser::new(body, dialect).filter_map(Result::ok);
    let lines = lines.filter(|line| filter.wants_line(line, dialect));
    lines
        .map(|line| match line {
            Line::Sample(sample) => cached(
                &format!("{:?} {:?}", sample.name(), sample.labels()),
                sample.value(),
                sample.timestamp(),
                sample.preceding_type(),
            ),
            line => format!("{line:?}"),
        })
        .collect()
}

/// Returns the families of the lines that the filter wants, without those that have no samples.
fn families_of_chosen(
    body: &[u8],
    dialect: Dialect,
    filter: &Filter,
) -> Vec<MetricFamily<'static>> {
    let mut parser = Parser::new(body, dialect);
    let mut chosen = Vec::new();
    loop {
        let start = parser.position().byte as usize;
        let Some(line) = parser.next() else { break };
        let end = parser.position().byte as usize;
        if line.is_ok_and(|line| filter.wants_line(&line, dialect)) {
            chosen.extend_from_slice(body.get(start..end).unwrap_or_default());
        }
    }
    with_samples(Families::new(&chosen, dialect).map(|item| item.map(MetricFamily::into_owned)))
}

fn with_samples(
    items: impl Iterator<Item = exposition::Result<MetricFamily<'static>>>,
) -> Vec<MetricFamily<'static>> {
    items
        .filter_map(Result::ok)
        .filter(|family| !family.metrics.is_empty())
        .collect()
}

/// Checks that each door returns the same families with that filter, and returns them.
fn families(body: &[u8], dialect: Dialect, filter: &Filter) -> Vec<MetricFamily<'static>> {
    let parser = || Parser::new(body, dialect).filter_by(filter.clone());
    let slice: Vec<_> = Families::from(parser())
        .map(|item| item.map(MetricFamily::into_owned))
        .collect();
    let reader = Reader::new(body, dialect)
        .buffer_capacity(3)
        .filter_by(filter.clone());
    assert_eq!(FamilyReader::from(reader).collect::<Vec<_>>(), slice);
    let mut chunks = FamilyChunks::from(ChunkParser::new(dialect).filter_by(filter.clone()));
    let mut by_chunks = Vec::new();
    for byte in body {
        chunks.feed(&[*byte]);
        by_chunks.extend(std::iter::from_fn(|| chunks.next_family().transpose()));
    }
    chunks.finish();
    by_chunks.extend(std::iter::from_fn(|| chunks.next_family().transpose()));
    assert_eq!(by_chunks, slice);

    let collected = Families::from(parser()).read_all();
    let reader = Reader::new(body, dialect)
        .buffer_capacity(3)
        .filter_by(filter.clone());
    let by_reader = FamilyReader::from(reader).read_all();
    assert_eq!(collected.families, by_reader.families);
    for family in slice.iter().filter_map(|item| item.as_ref().ok()) {
        assert!(collected.get(&family.name).is_some(), "{}", family.name);
    }
    slice.into_iter().filter_map(Result::ok).collect()
}

fn check(body: &[u8], filter: &Filter) {
    for dialect in DIALECTS {
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
        assert_eq!(
            by_cache(body, dialect, filter),
            after_caching(body, dialect, filter),
            "{filter:?}: {text:?}"
        );
        let found = families(body, dialect, filter).into_iter().map(Ok);
        assert_eq!(
            with_samples(found),
            families_of_chosen(body, dialect, filter),
            "{filter:?}: {text:?}"
        );
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
        Filter::names(["h_sum", "up_total"]),
        Filter::prefix("h_b"),
        Filter::matching(|name| name.ends_with("_total")),
        Filter::names(["a.b", "x.y_total"]),
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
    "# TYPE h counter\n",
    "# TYPE h GAUGE\n",
    "# TYPE h  histogram\r\n",
    "# TYPE h\n",
    "# TYPE up counter\n",
    "# HELP h text\n",
    "# HELP h \n",
    "# UNIT up \n",
    "up_total 4\n",
    "up_created 5\n",
    "# TYPE a.b counter\n",
    "# HELP a.b text\n",
    "a.b{c=\"d\"} 3\n",
    "x.y_total 3\n",
    "x{b=c} 1\n",
    "x{b=c,d=\"} 1\nup 1\n",
    "up{b=c} 1 # {e=\"} 1\n",
    "x{b=\"c\"} 1 # \"}\n",
    "x{,} 1 # {e=\"\nup 1\n\"} 1\n",
    "x 1 x\r\n",
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

/// A server's body in each format: names of samples are the same, the families' names are not.
const IN_TEXT: &str = "\
# HELP http_requests_total Requests.
# TYPE http_requests_total counter
http_requests_total{code=\"200\"} 3
# HELP rpc_seconds Latency.
# TYPE rpc_seconds histogram
rpc_seconds_bucket{le=\"+Inf\"} 2
rpc_seconds_sum 1.5
rpc_seconds_count 2
# TYPE up gauge
up 1
";
const IN_OPEN_METRICS: &str = "\
# HELP http_requests Requests.
# TYPE http_requests counter
# UNIT http_requests requests
http_requests_total{code=\"200\"} 3
http_requests_created{code=\"200\"} 1
# HELP rpc_seconds Latency.
# TYPE rpc_seconds histogram
# UNIT rpc_seconds seconds
rpc_seconds_bucket{le=\"+Inf\"} 2
rpc_seconds_sum 1.5
rpc_seconds_count 2
# TYPE up gauge
up 1
# EOF
";

/// The result of a filter does not depend on the negotiated format.
#[test]
fn a_filter_keeps_the_type_in_every_format() {
    for (name, family, kind, samples) in [
        (
            "http_requests_total",
            "http_requests",
            MetricType::Counter,
            1,
        ),
        ("http_requests", "http_requests", MetricType::Counter, 1),
        ("rpc_seconds", "rpc_seconds", MetricType::Histogram, 3),
        (
            "rpc_seconds_bucket",
            "rpc_seconds",
            MetricType::Histogram,
            1,
        ),
        ("rpc_seconds_count", "rpc_seconds", MetricType::Histogram, 1),
    ] {
        for (body, dialect) in [
            (IN_TEXT, Dialect::Text),
            (IN_TEXT, Dialect::Lenient),
            (IN_OPEN_METRICS, Dialect::OpenMetrics),
        ] {
            let filter = Filter::names([name]);
            check(body.as_bytes(), &filter);
            let families = families(body.as_bytes(), dialect, &filter);
            let [found] = families.as_slice() else {
                panic!("{name} in {dialect:?}: {families:?}");
            };
            assert_eq!(
                found.name.strip_suffix("_total").unwrap_or(&found.name),
                family
            );
            assert_eq!(found.metric_type, kind, "{name} in {dialect:?}");
            assert!(found.help.is_some(), "{name} in {dialect:?}");
            let openmetrics = dialect == Dialect::OpenMetrics;
            assert_eq!(found.unit.is_some(), openmetrics, "{name} in {dialect:?}");
            // The start time is another sample.
            let created = usize::from(openmetrics && name == "http_requests");
            assert_eq!(
                found.samples().count(),
                samples + created,
                "{name} in {dialect:?}"
            );
        }
    }
}

/// Lines of the metadata, in any order.
#[test]
fn the_lines_of_a_samples_family_are_given() {
    let filter = Filter::names(["http_requests_total"]);
    let lines: Vec<String> = Parser::openmetrics(IN_OPEN_METRICS.as_bytes())
        .filter_by(filter)
        .map(|line| line.map_or_else(|error| error.to_string(), |line| format!("{line:?}")))
        .collect();
    let begins = ["Help(", "Type(", "Unit(", "Sample(", "Eof"];
    assert_eq!(lines.len(), begins.len(), "{lines:?}");
    for (line, begins) in lines.iter().zip(begins) {
        assert!(line.starts_with(begins), "{line}");
    }
}

/// A TYPE line is wanted for the samples that its type has; in a family without samples only the type can
/// decide.
#[test]
fn metadata_is_wanted_for_the_samples_that_may_come() {
    let type_lines = |filter: Filter, dialect| -> Vec<String> {
        let body = "# TYPE a counter\n# TYPE b gauge\n# TYPE c histogram\n# TYPE d summary\n";
        let names = |line: Line<'_>| line.name().map(|name| name.into_owned());
        let lines = Parser::new(body.as_bytes(), dialect).filter_by(filter.clone());
        let lines: Vec<String> = lines.filter_map(Result::ok).filter_map(names).collect();
        let families = families(body.as_bytes(), dialect, &filter);
        assert!(
            families
                .iter()
                .map(|family| family.name.as_ref())
                .eq(lines.iter())
        );
        lines
    };
    let total = || Filter::matching(|name| name.ends_with("_total"));
    assert_eq!(type_lines(total(), Dialect::OpenMetrics), ["a"]);
    // A counter of the text format does not have such a sample, only its own name.
    assert_eq!(type_lines(total(), Dialect::Text), [""; 0]);
    let count = || Filter::matching(|name| name.ends_with("_count"));
    // Samples of OpenMetrics 2.0 have no suffixes.
    assert_eq!(type_lines(count(), Dialect::OpenMetrics2), [""; 0]);
    let names = Filter::names(["c", "d_sum"]);
    assert_eq!(type_lines(names, Dialect::OpenMetrics2), ["c"]);
    for dialect in [Dialect::Text, Dialect::OpenMetrics, Dialect::Lenient] {
        assert_eq!(type_lines(count(), dialect), ["c", "d"]);
        assert_eq!(type_lines(Filter::prefix("c_buck"), dialect), ["c"]);
        assert_eq!(type_lines(Filter::prefix("d_buck"), dialect), [""; 0]);
        assert_eq!(type_lines(Filter::names(["d_sum"]), dialect), ["d"]);
        assert_eq!(type_lines(Filter::names(["b_sum"]), dialect), [""; 0]);
    }
}

/// A HELP line comes before the type is known: it is returned, and does not make a family of its own.
#[test]
fn help_alone_is_no_family() {
    let body = b"# HELP a text\n# TYPE a gauge\na 1\n";
    let filter = Filter::names(["a_sum"]);
    let lines = Parser::text(body).filter_by(filter.clone());
    assert_eq!(lines.filter_map(Result::ok).count(), 1);
    assert_eq!(families(body, Dialect::Text, &filter), []);
}

#[test]
fn an_unwanted_line_is_not_checked_and_a_wanted_one_is() {
    let body = b"x 1 1 1\nup{b=} 1\nx{c=\"d\"} y\n";
    let errors: Vec<String> = Parser::text(body)
        .filter_by(Filter::names(["up"]))
        .filter_map(|line| line.err().map(|error| error.to_string()))
        .collect();
    assert_eq!(
        errors,
        ["line 2, column 6: expected a label value in double quotes, found `} 1`"]
    );
}

/// Returns what slice, reader and chunks return, including errors.
fn with_errors(body: &[u8], filter: &Filter, limits: Limits) -> [Vec<String>; 3] {
    let outcome = |line: exposition::Result<Line<'_>>| match line {
        Ok(line) => shown(&line),
        Err(error) => error.to_string(),
    };
    let dialect = Dialect::Text;
    let parser = Parser::new(body, dialect).limits(limits);
    let slice = parser.filter_by(filter.clone()).map(outcome).collect();

    let reader = Reader::new(body, dialect).limits(limits).buffer_capacity(1);
    let mut reader = reader.filter_by(filter.clone());
    let mut by_reader = Vec::new();
    while let Some(line) = reader.next_line().transpose() {
        by_reader.push(outcome(line));
    }

    let chunks = ChunkParser::new(dialect).limits(limits);
    let mut chunks = chunks.filter_by(filter.clone());
    chunks.feed(body);
    chunks.finish();
    let mut by_chunks = Vec::new();
    while let Some(line) = chunks.next_line().transpose() {
        by_chunks.push(outcome(line));
    }
    [slice, by_reader, by_chunks]
}

/// How a body arrives decides which lines must be read to find their ends, and not which errors are reported.
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

/// A line beyond the limit is an error, wanted or not: a reader reports it before it has seen the end.
#[test]
fn a_line_beyond_the_limit_is_an_error_though_nobody_wants_it() {
    let filter = Filter::names(["up"]);
    let limits = Limits::new().max_line_bytes(10);
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

/// A cache has read the whole body; it reports the errors that a parser with the filter reports.
#[test]
fn a_cache_tells_of_the_errors_of_wanted_lines() {
    let body = b"x 1 1 1\nup 1\nup{b=} 1\nx{c=\"d\"} y\n{\"x\"} y\n";
    let filter = Filter::names(["up"]);
    let parser = Parser::text(body).filter_by(filter.clone());
    let expected: Vec<String> = parser
        .filter_map(|line| line.err().map(|error| error.to_string()))
        .collect();
    assert_eq!(expected.len(), 2, "{expected:?}");
    let mut cache = ScrapeCache::new();
    for _ in 0..3 {
        let mut pass = cache.read(body, Dialect::Text);
        let (taken, errors): (Vec<_>, Vec<_>) = pass.filter_by(&filter).partition(Result::is_ok);
        let errors = errors
            .into_iter()
            .filter_map(|line| line.err().map(|error| error.to_string()));
        assert_eq!(errors.collect::<Vec<_>>(), expected);
        assert_eq!(taken.len(), 1);
        assert_eq!(pass.filter_by(&filter).count(), 0);
    }
}

proptest! {
    #[test]
    fn any_lines(lines in proptest::collection::vec(prop::sample::select(LINES), 0..14), which in 0usize..9) {
        check(lines.concat().as_bytes(), &filters()[which]);
    }
}
