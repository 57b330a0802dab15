//! What lenient reading accepts, row by row of the table in the documentation of `Dialect`: through every
//! door, noted with its position, and not as Prometheus reads it.

use std::collections::BTreeSet;

use exposition::cache::CachedLine;
use exposition::{
    ChunkParser, Dialect, Exemplar, Families, FamilyChunks, FamilyReader, Filter, Labels, Leniency,
    LeniencyKind, Limits, Line, MetricValue, Parser, Reader, ScrapeCache,
};

use crate::support::doors;

use doors::Dribble;

/// A body, its lines, and what is noted about it.
type Row = (
    LeniencyKind,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const RETURN: &str = "a carriage return at the end of the line";
const COMMENT: &str = "a comment after the sample";

const ROWS: &[Row] = &[
    (
        LeniencyKind::CarriageReturn,
        "# HELP up text\r\n# TYPE up gauge\r\nup{a=\"b\"} 1\r\nup 2 5\r\n# x\r\n\r\nup 3\r",
        &[
            "HELP up text",
            "TYPE up gauge",
            "up{a=\"b\"} 1",
            "up{} 2 @5",
            "# x",
            "up{} 3",
        ],
        &[
            "line 1, column 15: a carriage return at the end of the line",
            "line 2, column 16: a carriage return at the end of the line",
            "line 3, column 12: a carriage return at the end of the line",
            "line 4, column 7: a carriage return at the end of the line",
            "line 5, column 4: a carriage return at the end of the line",
            "line 6, column 1: a carriage return at the end of the line",
            "line 7, column 5: a carriage return at the end of the line",
        ],
    ),
    (
        LeniencyKind::BareKeyword,
        "#TYPE up gauge\n #HELP up text\n",
        &["TYPE up gauge", "HELP up text"],
        &[
            "line 1, column 1: no blank after `#`",
            "line 2, column 2: no blank after `#`",
        ],
    ),
    (
        LeniencyKind::TypeWord,
        "# TYPE a GAUGE\n# TYPE b gauge_histogram\n# TYPE c info\n# TYPE d stateset\n# TYPE e unknown\n# TYPE f gaugehistogram\n",
        &[
            "TYPE a gauge",
            "TYPE b gaugehistogram",
            "TYPE c info",
            "TYPE d stateset",
            "TYPE e unknown",
            "TYPE f gaugehistogram",
        ],
        &[
            "line 1, column 10: a type that the text format does not have",
            "line 2, column 10: a type that the text format does not have",
            "line 3, column 10: a type that the text format does not have",
            "line 4, column 10: a type that the text format does not have",
            "line 5, column 10: a type that the text format does not have",
            "line 6, column 10: a type that the text format does not have",
        ],
    ),
    (
        LeniencyKind::BlanksAroundType,
        "# TYPE a \t gauge\n# TYPE b gauge \n# TYPE c  Gauge \n",
        &["TYPE a gauge", "TYPE b gauge", "TYPE c gauge"],
        &[
            "line 1, column 10: blanks around the type",
            "line 2, column 15: blanks around the type",
            "line 3, column 10: blanks around the type",
            "line 3, column 11: a type that the text format does not have",
        ],
    ),
    (
        LeniencyKind::MissingType,
        "# TYPE a\n# TYPE \"b c\" \n#TYPE d\na 1\n",
        &["# TYPE a", "# TYPE \"b c\" ", "#TYPE d", "a{} 1"],
        &[
            "line 1, column 9: a TYPE line without a type",
            "line 2, column 14: a TYPE line without a type",
        ],
    ),
    (
        LeniencyKind::DottedName,
        "# HELP jvm.memory.used a.b c\n# TYPE jvm.memory.used gauge\njvm.memory.used 1\na.b.c{k8s.pod=\"x\",d=\"e\"} 2 5\na.5{} 3\na.5x 4\n",
        &[
            "HELP jvm.memory.used a.b c",
            "TYPE jvm.memory.used gauge",
            "jvm.memory.used{} 1",
            "a.b.c{k8s.pod=\"x\", d=\"e\"} 2 @5",
            "a.5{} 3",
            "a.5x{} 4",
        ],
        &[
            "line 1, column 8: a dot in a name without quotes",
            "line 2, column 8: a dot in a name without quotes",
            "line 3, column 1: a dot in a name without quotes",
            "line 4, column 1: a dot in a name without quotes",
            "line 5, column 1: a dot in a name without quotes",
            "line 6, column 1: a dot in a name without quotes",
        ],
    ),
    (
        LeniencyKind::StrayComma,
        "a{,} 1\na{ , } 1\na{,b=\"c\"} 2\na{b=\"c\",,d=\"e\",,} 3\n{,\"a\",,b=\"c\"} 4\n",
        &[
            "a{} 1",
            "a{} 1",
            "a{b=\"c\"} 2",
            "a{b=\"c\", d=\"e\"} 3",
            "a{b=\"c\"} 4",
        ],
        &[
            "line 1, column 3: a comma without a label",
            "line 2, column 4: a comma without a label",
            "line 3, column 3: a comma without a label",
            "line 4, column 9: a comma without a label",
            "line 5, column 2: a comma without a label",
        ],
    ),
    (
        LeniencyKind::UnquotedValue,
        "a{code=200} 1\na{b= x ,c=y/z:1 d=\"e\"} 2\na{b=,c=} 3\na{b=日本} 4\na{b=c \"d\"=\"e\"} 5\n",
        &[
            "a{code=\"200\"} 1",
            "a{b=\"x\", c=\"y/z:1\", d=\"e\"} 2",
            "a{b=\"\", c=\"\"} 3",
            "a{b=\"日本\"} 4",
            "a{b=\"c\", d=\"e\"} 5",
        ],
        &[
            "line 1, column 8: a label value without quotes",
            "line 2, column 6: a label value without quotes",
            "line 3, column 5: a label value without quotes",
            "line 4, column 5: a label value without quotes",
            "line 5, column 5: a label value without quotes",
        ],
    ),
    (
        LeniencyKind::SignedNan,
        "a +NaN\na -nan 5\na{b=\"c\"}+NAN\n",
        &["a{} NaN", "a{} NaN @5", "a{b=\"c\"} NaN"],
        &[
            "line 1, column 3: a NaN with a sign",
            "line 2, column 3: a NaN with a sign",
            "line 3, column 9: a NaN with a sign",
        ],
    ),
    (
        LeniencyKind::Timestamp,
        "a 1 -5\na 1 +5 \na 1 1700000000000.9\na 1 1.7e12\na 1 9223372036854775807.9\na 1 -9223372036854775808.9\na 1 9007199254740993.5\n",
        &[
            "a{} 1 @-5",
            "a{} 1 @5",
            "a{} 1 @1700000000000",
            "a{} 1 @1700000000000",
            "a{} 1 @9223372036854775807",
            "a{} 1 @-9223372036854775808",
            "a{} 1 @9007199254740993",
        ],
        &[
            "line 1, column 5: a timestamp with a sign, a fraction or an exponent",
            "line 2, column 5: a timestamp with a sign, a fraction or an exponent",
            "line 3, column 5: a timestamp with a sign, a fraction or an exponent",
            "line 4, column 5: a timestamp with a sign, a fraction or an exponent",
            "line 5, column 5: a timestamp with a sign, a fraction or an exponent",
            "line 6, column 5: a timestamp with a sign, a fraction or an exponent",
            "line 7, column 5: a timestamp with a sign, a fraction or an exponent",
        ],
    ),
    (
        LeniencyKind::Exemplar,
        "# TYPE h histogram\nh_bucket{le=\"1\"} 2 # {id=\"7\"} 0.5 1700000000.5\nh_bucket{le=\"+Inf\"} 2 1700000000000 # {id=\"8\",b=\"c\"} 3\nc 1 #{} 2\t\nc 1 # { id = x } 3 4\r\n",
        &[
            "TYPE h histogram",
            "h_bucket{le=\"1\"} 2 # {id=\"7\"} 0.5 @1700000000500",
            "h_bucket{le=\"+Inf\"} 2 @1700000000000 # {id=\"8\", b=\"c\"} 3",
            "c{} 1 # {} 2",
            "c{} 1 # {id=\"x\"} 3 @4000",
        ],
        &[
            "line 2, column 20: an exemplar in the text format",
            "line 3, column 37: an exemplar in the text format",
            "line 4, column 5: an exemplar in the text format",
            "line 5, column 5: an exemplar in the text format",
            "line 5, column 14: a label value without quotes",
            "line 5, column 21: a carriage return at the end of the line",
        ],
    ),
    (
        LeniencyKind::Comment,
        "a 1 # a comment\na{b=\"c\"} 2 5#\na 3#{\na 4 # {id=\"7\"} x\na 5 # {id=\"7\na 6 # {id=\"7\"} 1 2 3\na 7 # {id=\"\\\na 8 # {,,x=y,,} \"\r\n",
        &[
            "a{} 1",
            "a{b=\"c\"} 2 @5",
            "a{} 3",
            "a{} 4",
            "a{} 5",
            "a{} 6",
            "a{} 7",
            "a{} 8",
        ],
        &[
            "line 1, column 5: a comment after the sample",
            "line 2, column 13: a comment after the sample",
            "line 3, column 4: a comment after the sample",
            "line 4, column 5: a comment after the sample",
            "line 5, column 5: a comment after the sample",
            "line 6, column 5: a comment after the sample",
            "line 7, column 5: a comment after the sample",
            "line 8, column 5: a comment after the sample",
            "line 8, column 18: a carriage return at the end of the line",
        ],
    ),
    (
        LeniencyKind::Tail,
        "a 1 2 3\na 1 x\na 1 2025-01-01T00:00:00Z\na{b=\"c\"} 1{d=\"e\"}\na 1 2 5.5 # {} \na 1 \"\n",
        &[
            "a{} 1 @2",
            "a{} 1",
            "a{} 1",
            "a{b=\"c\"} 1",
            "a{} 1 @2",
            "a{} 1",
        ],
        &[
            "line 1, column 7: more after the sample",
            "line 2, column 5: more after the sample",
            "line 3, column 5: more after the sample",
            "line 4, column 11: more after the sample",
            "line 5, column 7: more after the sample",
            "line 6, column 5: more after the sample",
        ],
    ),
];

fn labels(labels: Labels<'_>) -> String {
    let pairs = labels.iter();
    let pairs = pairs.map(|label| format!("{}={:?}", label.name(), label.value()));
    pairs.collect::<Vec<_>>().join(", ")
}

fn number(value: f64, timestamp: Option<i64>) -> String {
    match timestamp {
        Some(millis) => format!("{value} @{millis}"),
        None => format!("{value}"),
    }
}

fn sample(
    name: &str,
    own: Labels<'_>,
    value: f64,
    timestamp: Option<i64>,
    exemplar: Option<Exemplar<'_>>,
) -> String {
    let mut shown = format!("{name}{{{}}} {}", labels(own), number(value, timestamp));
    if let Some(exemplar) = exemplar {
        let number = number(exemplar.value(), exemplar.timestamp());
        shown += &format!(" # {{{}}} {number}", labels(exemplar.labels()));
    }
    shown
}

fn shown(line: &Line<'_>) -> String {
    match line {
        Line::Sample(line) => sample(
            &line.name(),
            line.labels(),
            line.value(),
            line.timestamp(),
            line.exemplar(),
        ),
        Line::Help(line) => format!("HELP {} {}", line.name(), line.text()),
        Line::Type(line) => format!("TYPE {} {}", line.name(), line.metric_type()),
        Line::Comment(text) => String::from_utf8_lossy(text).into_owned(),
        line => format!("{line:?}"),
    }
}

/// The lines and errors that a door returned, and what it noted.
type Seen = (Vec<String>, Vec<String>);

fn told(leniencies: &[Leniency]) -> Vec<String> {
    leniencies.iter().map(ToString::to_string).collect()
}

fn see(line: exposition::Result<Line<'_>>) -> String {
    line.map_or_else(|error| format!("error: {error}"), |line| shown(&line))
}

fn by_slice(body: &[u8], dialect: Dialect) -> Seen {
    let mut parser = Parser::new(body, dialect).note_leniencies();
    let lines = parser.by_ref().map(see).collect();
    (lines, told(&parser.take_leniencies()))
}

fn by_reader(body: &[u8], (step, block): (usize, usize)) -> Seen {
    let mut reader = Reader::new(Dribble { body, step }, Dialect::Lenient)
        .buffer_capacity(block)
        .note_leniencies();
    let mut lines = Vec::new();
    while let Some(line) = reader.next_line().transpose() {
        lines.push(see(line));
    }
    (lines, told(&reader.take_leniencies()))
}

fn by_chunks(body: &[u8], step: usize) -> Seen {
    let mut parser = ChunkParser::new(Dialect::Lenient).note_leniencies();
    let mut lines = Vec::new();
    let mut noted = Vec::new();
    for chunk in body.chunks(step) {
        parser.feed(chunk);
        while let Some(line) = parser.next_line().transpose() {
            lines.push(see(line));
        }
        // What was taken is not returned again.
        noted.extend(parser.take_leniencies());
    }
    parser.finish();
    while let Some(line) = parser.next_line().transpose() {
        lines.push(see(line));
    }
    noted.extend(parser.take_leniencies());
    (lines, told(&noted))
}

fn by_cache(cache: &mut ScrapeCache, body: &[u8]) -> Seen {
    let mut pass = cache.read(body, Dialect::Lenient);
    let lines = pass.lines().map(|line| match line {
        Ok(CachedLine::Sample(line)) => sample(
            &line.name(),
            line.labels(),
            line.value(),
            line.timestamp(),
            line.exemplar(),
        ),
        Ok(CachedLine::Other(line)) => shown(&line),
        Ok(line) => format!("{line:?}"),
        Err(error) => format!("error: {error}"),
    });
    (lines.collect(), told(pass.leniencies()))
}

/// Checks that all doors see the same.
#[track_caller]
fn check_doors(body: &[u8]) -> Seen {
    let place = String::from_utf8_lossy(body);
    let seen = by_slice(body, Dialect::Lenient);
    for sizes in [(1, 1), (7, 7), (1, 4096), (4096, 4096)] {
        assert_eq!(by_reader(body, sizes), seen, "{sizes:?}: {place:?}");
    }
    for step in [1, 3, 64, 4096] {
        assert_eq!(by_chunks(body, step), seen, "{step}: {place:?}");
    }
    let mut cache = ScrapeCache::new();
    for scrape in 0..3 {
        assert_eq!(by_cache(&mut cache, body), seen, "{scrape}: {place:?}");
    }
    check_families(body, &seen.1);
    seen
}

/// Checks that the family doors note what the line doors note.
#[track_caller]
fn check_families(body: &[u8], noted: &[String]) {
    let parser = Parser::new(body, Dialect::Lenient).note_leniencies();
    let mut families = Families::from(parser);
    let slice: Vec<_> = families.by_ref().collect();
    assert_eq!(told(&families.take_leniencies()), noted);

    let reader = Reader::new(body, Dialect::Lenient)
        .buffer_capacity(3)
        .note_leniencies();
    let mut families = FamilyReader::from(reader);
    assert_eq!(families.by_ref().collect::<Vec<_>>(), slice);
    assert_eq!(told(&families.take_leniencies()), noted);

    let chunks = ChunkParser::new(Dialect::Lenient).note_leniencies();
    let mut families = FamilyChunks::from(chunks);
    let mut by_chunks = Vec::new();
    for byte in body {
        families.feed(&[*byte]);
        by_chunks.extend(std::iter::from_fn(|| families.next_family().transpose()));
    }
    families.finish();
    by_chunks.extend(std::iter::from_fn(|| families.next_family().transpose()));
    assert_eq!(by_chunks, slice);
    assert_eq!(told(&families.take_leniencies()), noted);

    let collected = Families::new(body, Dialect::Lenient).read_all();
    assert_eq!(told(&collected.leniencies), noted);
    let by_reader = FamilyReader::new(body, Dialect::Lenient).read_all();
    assert_eq!(told(&by_reader.leniencies), noted);
    assert_eq!(by_reader.families, collected.families);
}

#[test]
fn each_row_is_taken_by_every_door_and_noted() {
    for (kind, body, lines, noted) in ROWS {
        let seen = check_doors(body.as_bytes());
        assert_eq!(seen.0, *lines, "{body:?}");
        assert_eq!(seen.1, *noted, "{body:?}");
        let words = kind.to_string();
        assert!(noted.iter().any(|noted| noted.ends_with(&words)), "{words}");
    }
}

/// Prometheus refuses each line that is noted, or reads it differently; it reads the others alike.
#[test]
fn what_is_noted_is_what_prometheus_does_not_take() {
    for (_, body, _, _) in ROWS {
        for line in body.split_inclusive('\n') {
            let (lenient, noted) = by_slice(line.as_bytes(), Dialect::Lenient);
            let (prometheus, never) = by_slice(line.as_bytes(), Dialect::Text);
            assert_eq!(noted.is_empty(), lenient == prometheus, "{line:?}");
            assert_eq!(never, [""; 0], "{line:?}");
            let (_, never) = by_slice(line.as_bytes(), Dialect::OpenMetrics);
            assert_eq!(never, [""; 0], "{line:?}");
        }
    }
}

/// The table in the documentation and the rows here cover the same kinds.
#[test]
fn each_kind_in_the_table_has_a_row() {
    let table = include_str!("../../src/dialect.rs");
    let links = table.split("](crate::LeniencyKind::").skip(1);
    let documented: BTreeSet<&str> = links.filter_map(|link| link.split(')').next()).collect();
    let rows: BTreeSet<String> = ROWS.iter().map(|row| format!("{:?}", row.0)).collect();
    assert!(
        documented
            .iter()
            .copied()
            .eq(rows.iter().map(String::as_str)),
        "{documented:?}"
    );
}

/// What a row's example is part of is read as before, as Prometheus reads it.
#[test]
fn what_prometheus_reads_is_read_alike_and_not_noted() {
    for body in [
        "a.5 1\n",
        "a.5\n",
        "a-1\n",
        "a 1 5 \n",
        "a{b=\"c\"d=\"e\",} 1\n",
        "a{b=\"two\nlines\"} 1\n",
        "# TYPE a gauge\n# HELP a  text\n#x\n#TYPE\n# TYPE\n#\n\n \t\n",
        "#TYPE \"a\nb 1\n",
        "#TYPE a nonsense\n#HELP 1\n",
        "{\"a.b\",\"c.d\"=\"e\"} NaN\n",
    ] {
        let seen = check_doors(body.as_bytes());
        assert_eq!(
            seen.0,
            by_slice(body.as_bytes(), Dialect::Text).0,
            "{body:?}"
        );
        assert_eq!(seen.1, [""; 0], "{body:?}");
    }
}

/// Errors stay errors, and nothing is noted.
#[test]
fn what_nobody_takes_is_an_error() {
    for (body, error) in [
        (
            "a 1 9223372036854775808\n",
            "line 1, column 5: timestamp out of range: expected a timestamp in milliseconds, found `9223372036854775808`",
        ),
        (
            "a 1 9223372036854775808.5\n",
            "line 1, column 5: timestamp out of range: expected a timestamp in milliseconds, found `9223372036854775808.5`",
        ),
        (
            "a 1 -9223372036854775809\n",
            "line 1, column 5: timestamp out of range: expected a timestamp in milliseconds, found `-9223372036854775809`",
        ),
        (
            "a 1 NaN\n",
            "line 1, column 5: expected a timestamp in milliseconds, found `NaN`",
        ),
        (
            "a.b. 1\n",
            "line 1, column 4: expected a number as the sample's value, found `. 1`",
        ),
        (
            "a.b\n",
            "line 1, column 4: expected the sample's value, found the end of the line",
        ),
        (
            "{,b=\"c\"} 1\n",
            "line 1, column 8: missing metric name: expected a metric name, before the braces or in quotes inside them, found `} 1`",
        ),
        (
            "a{b=c\"d\"} 1\n",
            "line 1, column 6: expected `,` or `}` after the label, found `\"d\"} 1`",
        ),
        (
            "a{b=c{d} 1\n",
            "line 1, column 6: expected `,` or `}` after the label, found `{d} 1`",
        ),
        (
            "a{b= x y} 1\n",
            "line 1, column 9: expected `=` after the label name, found `} 1`",
        ),
        (
            "a{b=\n",
            "line 1, column 5: expected a label value, found the end of the line",
        ),
        (
            "a 1 # {id=\"7\"} 1 \u{7}\u{e9}\n\u{e9} 1\n",
            "line 2, column 1: expected a metric name, `{` or `#`, found `é 1`",
        ),
    ] {
        let (lines, noted) = check_doors(body.as_bytes());
        assert_eq!(lines.last(), Some(&format!("error: {error}")), "{body:?}");
        assert!(noted.len() < 2, "{noted:?}");
    }
    for body in [&b"a{b=\xff} 1\n"[..], b"a 1 # \xff\n", b"a 1 \xff\n"] {
        let (lines, noted) = check_doors(body);
        assert!(lines[0].contains("invalid UTF-8"), "{lines:?}");
        assert_eq!(noted, [""; 0]);
    }
}

#[test]
fn the_limit_of_labels_holds_for_exemplars_in_the_text_format() {
    let body = b"a{b=\"c\"} 1 # {d=\"e\"} 1\n";
    let limits = Limits::new().max_labels(1);
    let error = Parser::new(body, Dialect::Lenient).limits(limits).next();
    assert_eq!(
        error
            .and_then(Result::err)
            .map(|error| error.to_string())
            .as_deref(),
        Some("line 1, column 15: too many labels: expected fewer labels, found `d=\"e\"} 1`")
    );
}

/// Nothing is noted unless requested, and nothing about lines that a filter skips.
#[test]
fn only_what_is_asked_for_and_given_is_noted() {
    let body =
        b"x{a=b} 1\nup{a=b} 1\nx{a=\"\n\",b=c} 1 # x\nup{a=\"\n\",b=c} 1 # x\r\n\r\nx 1\r\n# x\r\n";
    let mut parser = Parser::new(body, Dialect::Lenient);
    assert_eq!(parser.by_ref().count(), 6);
    assert_eq!(parser.take_leniencies(), []);

    let filter = Filter::names(["up"]);
    let mut parser = Parser::new(body, Dialect::Lenient)
        .filter_by(filter.clone())
        .note_leniencies();
    assert_eq!(parser.by_ref().count(), 2);
    let expected = [
        "line 2, column 6: a label value without quotes".to_owned(),
        "line 6, column 5: a label value without quotes".to_owned(),
        format!("line 6, column 10: {COMMENT}"),
        format!("line 6, column 13: {RETURN}"),
        format!("line 7, column 1: {RETURN}"),
    ];
    assert_eq!(told(&parser.take_leniencies()), expected);
    assert_eq!(parser.take_leniencies(), []);
    for (step, block) in [(1, 1), (5, 7), (4096, 4096)] {
        let io = Dribble { body, step };
        let mut reader = Reader::new(io, Dialect::Lenient)
            .buffer_capacity(block)
            .note_leniencies()
            .filter_by(filter.clone());
        while reader.next_line().transpose().is_some() {}
        assert_eq!(told(&reader.take_leniencies()), expected, "{step}");
    }
}

/// A body of only blank lines does not fill the memory of a reader that notes them.
#[test]
fn of_blank_lines_in_a_row_the_first_is_noted() {
    let body = ["\r\n".repeat(1000), "a 1\n".into(), "\r\n\n \r\n".into()].concat();
    let (_, noted) = check_doors(body.as_bytes());
    let expected = [
        format!("line 1, column 1: {RETURN}"),
        format!("line 1002, column 1: {RETURN}"),
        format!("line 1004, column 2: {RETURN}"),
    ];
    assert_eq!(noted, expected);
}

/// An exemplar of the text format reaches the bucket in its line.
#[test]
fn exemplars_of_the_text_format_are_in_families() {
    let body = b"# TYPE h histogram\nh_bucket{le=\"1\"} 2 # {id=\"7\"} 0.5 1.5\n";
    let collected = Families::new(body, Dialect::Lenient).read_all();
    let MetricValue::Histogram(histogram) = &collected.families[0].metrics[0].value else {
        panic!("{collected:?}");
    };
    let exemplar = histogram.buckets[0].exemplar.as_deref();
    let said = exemplar.map(|exemplar| (exemplar.value, exemplar.timestamp));
    assert_eq!(said, Some((0.5, Some(1500))));
}

/// Where something other than a blank follows a name with dots, Prometheus' reading applies: the byte after
/// the name is dropped, and that may not be the first half of a character.
#[test]
fn dots_are_of_a_name_where_a_blank_follows_it() {
    for (body, name, text) in [
        ("# HELP a.b c\n", "a.b", "c"),
        ("# HELP a.b\tc\n", "a.b", "c"),
        ("# HELP a.b\u{fc}n\n", "a", "b\u{fc}n"),
        ("# HELP a.b+c d\n", "a", "b+c d"),
        ("# HELP a.b\n", "a.b", ""),
        ("# HELP a.b\r\n", "a.b", ""),
    ] {
        let line = Parser::new(body.as_bytes(), Dialect::Lenient).next();
        let Some(Ok(Line::Help(line))) = line else {
            panic!("{body:?}: {line:?}");
        };
        assert_eq!((&*line.name(), &*line.text()), (name, text), "{body:?}");
    }
}
