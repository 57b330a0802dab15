use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::*;
use crate::dialect::Dialect;
use crate::format::syntax::Composites;
use crate::text::declared::Declared;
use crate::text::fast::Scanner;
use crate::text::fuzzing::DIALECTS;
use crate::text::grammar::{self, Context};
use crate::text::label_lengths::LabelLengths;
use crate::text::sample::Sample;
use crate::text::shape::LineShape;
use crate::text::shape::Text;

/// Finds the quote that closes the text before which `at` is.
fn naive_quote(line: &[u8], mut at: usize) -> usize {
    while line[at] != b'"' {
        at += 1 + usize::from(line[at] == b'\\');
    }
    at
}

fn naive_piece(line: &[u8], start: usize, end: usize) -> Piece {
    Piece::quoted(start, end, line[start..end].contains(&b'\\'))
}

/// Finds the labels after `at`, byte by byte.
fn naive_labels(line: &[u8], mut at: usize) -> Vec<LabelShape> {
    let blanks = |mut at: usize| {
        while b" \t".contains(&line[at]) {
            at += 1;
        }
        at
    };
    let mut labels = Vec::new();
    loop {
        while b" \t,".contains(&line[at]) {
            at += 1;
        }
        if line[at] == b'}' {
            return labels;
        }
        let name;
        if line[at] == b'"' {
            let end = naive_quote(line, at + 1);
            name = naive_piece(line, at + 1, end);
            at = end + 1;
        } else {
            let start = at;
            while !b"= \t".contains(&line[at]) {
                at += 1;
            }
            name = naive_piece(line, start, at);
        }
        at = blanks(at);
        if line[at] != b'=' {
            continue;
        }
        at = blanks(at + 1);
        let value;
        if line[at] == b'"' {
            let end = naive_quote(line, at + 1);
            value = naive_piece(line, at + 1, end);
            at = end + 1;
        } else {
            let start = at;
            while !b" \t,}".contains(&line[at]) {
                at += 1;
            }
            value = naive_piece(line, start, at);
        }
        labels.push(LabelShape { name, value });
    }
}

fn naive_unescaped(raw: &str) -> String {
    let mut text = String::new();
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('\\', Some(escaped @ ('\\' | '"'))) => {
                text.push(escaped);
                chars.next();
            }
            ('\\', Some('n')) => {
                text.push('\n');
                chars.next();
            }
            _ => text.push(c),
        }
    }
    text
}

/// Returns the line, without its line feed, as the grammar and the fast path read it, if they do.
fn read(line: &str, dialect: Dialect) -> Vec<SampleShape> {
    let mut context = Context::new(dialect);
    context.limits = context.limits.max_labels(usize::MAX);
    let with_end = format!("{line}\n");
    let by_grammar = grammar::line(with_end.as_bytes(), &context, false).ok();
    let by_grammar = match by_grammar.filter(|read| read.len == with_end.len()) {
        Some(grammar::Read {
            shape: Some(LineShape::Sample(shape)),
            ..
        }) => Some(shape),
        _ => None,
    };
    let mut scanner = Scanner::new();
    scanner.open(&with_end);
    let fast = match line.starts_with('#') {
        true => None,
        false => match dialect.syntax().composites {
            Composites::Lines => (scanner.sample(with_end.as_bytes(), &context))
                .or_else(|| scanner.other_sample(with_end.as_bytes(), &context)),
            Composites::Braces => scanner.other_sample(with_end.as_bytes(), &context),
        },
    };
    let fast = fast.filter(|(_, len)| *len == with_end.len());
    by_grammar
        .into_iter()
        .chain(fast.map(|(shape, _)| shape))
        .collect()
}

/// Checks that every way to get the labels of a sample gives those of the naive reading.
fn labels_are(
    line: &str,
    shape: SampleShape,
    expected: &[LabelShape],
) -> std::result::Result<(), TestCaseError> {
    prop_assert_eq!(shape.label_count as usize, expected.len());
    let found: Vec<_> = LabelShapes::new(line.as_bytes(), &shape).collect();
    prop_assert_eq!(&found, expected);

    let sample = Sample::new(Text::Str(line), shape, Declared::NONE);
    let labels = sample.labels();
    let mut iter = labels.iter();
    for (done, expected) in expected.iter().enumerate() {
        prop_assert_eq!(iter.len(), found.len() - done);
        prop_assert_eq!(iter.size_hint(), (iter.len(), Some(iter.len())));
        let label = iter.next().unwrap();
        let (name, value) = (expected.name.of(line), expected.value.of(line));
        prop_assert_eq!(label.raw_name(), name.as_bytes());
        prop_assert_eq!(label.raw_value(), value);
        let (name, value) = (naive_unescaped(name), naive_unescaped(value));
        prop_assert_eq!(label.name(), name.as_str());
        prop_assert_eq!(label.value(), value);

        let first = labels.iter().find(|label| label.name() == name).unwrap();
        prop_assert_eq!(labels.get(&name), Some(&*first.value()));
        prop_assert_eq!(sample.label(&name), Some(first.value()));
    }
    prop_assert_eq!((iter.len(), iter.next()), (0, None));
    prop_assert_eq!(labels.get("none has this name"), None);
    Ok(())
}

/// One label as it may be written, and what follows it.
#[derive(Debug, Clone)]
struct Written {
    name: String,
    equals: &'static str,
    value: String,
    separator: &'static str,
}

fn quoted() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        5 => "[a-z]{1,5}",
        2 => Just("\\\\".to_owned()),
        2 => Just("\\\"".to_owned()),
        2 => Just("\\n".to_owned()),
        1 => Just("\\x".to_owned()),
        3 => "[,{}= .#é\t]",
        1 => Just("é".repeat(140)),
        1 => Just("\n".to_owned()),
    ];
    let text = proptest::collection::vec(part, 0..4);
    text.prop_map(|parts| format!("\"{}\"", parts.concat()))
}

fn written() -> impl Strategy<Value = Written> {
    let name = prop_oneof![
        12 => "[a-c_][a-z0-9_]{0,5}",
        2 => Just("n".repeat(255)),
        1 => Just("n".repeat(256)),
        1 => "[a-z]{1,2}\\.[a-z]{1,2}",
        2 => quoted().prop_filter("names are not empty", |name| name.len() > 2),
    ];
    let value = prop_oneof![
        10 => "\"[a-z/0-9]{0,9}\"",
        2 => Just(format!("\"{}\"", "v".repeat(255))),
        2 => Just(format!("\"{}\"", "v".repeat(256))),
        4 => quoted(),
        1 => "[a-z0-9]{1,3}",
    ];
    let equals = prop_oneof![12 => Just("="), 1 => Just(" = "), 1 => Just("=\t")];
    let separator = prop_oneof![
        20 => Just(","),
        1 => Just(", "),
        1 => Just(" ,"),
        1 => Just(",,"),
        1 => Just(" "),
        1 => Just(""),
    ];
    (name, equals, value, separator).prop_map(|(name, equals, value, separator)| Written {
        name,
        equals,
        value,
        separator,
    })
}

/// Returns where the text is, without its quotes, that is about to be written at `start`.
fn place(start: usize, text: &str) -> Piece {
    let quote = usize::from(text.starts_with('"'));
    let escapes = text.contains('\\');
    Piece::quoted(start + quote, start + text.len() - quote, escapes)
}

/// Returns a line with those labels, and where they are. Its name is before the braces, or is the text in
/// quotes before the label of that number.
fn line(
    labels: &[Written],
    name_before: Option<usize>,
    trailing_comma: bool,
) -> (String, Vec<LabelShape>) {
    let mut line = String::from(if name_before.is_some() { "{" } else { "m{" });
    let mut shapes = Vec::new();
    for (number, label) in labels.iter().enumerate() {
        if name_before == Some(number) {
            line.push_str("\"m\\\\ m\",");
        }
        let name = place(line.len(), &label.name);
        line.push_str(&label.name);
        line.push_str(label.equals);
        let value = place(line.len(), &label.value);
        line.push_str(&label.value);
        if number + 1 < labels.len() {
            line.push_str(label.separator);
        } else if trailing_comma {
            line.push(',');
        }
        shapes.push(LabelShape { name, value });
    }
    line.push_str("} 1");
    (line, shapes)
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

/// The labels found again in a line are those that were written into it, as many as were counted.
#[test]
fn labels_are_found_again_as_they_were_written() {
    let read_alike = [const { Cell::new(0) }; DIALECTS.len()];
    let read_beyond_the_first = Cell::new(0);
    let lines = (
        proptest::collection::vec(written(), 0..14),
        proptest::option::weighted(0.2, 0usize..4),
        prop::bool::weighted(0.2),
        prop_oneof![3 => Just(""), 1 => Just(" # {c=\"d\",\"e\"=\"f\"} 2")],
    );
    let outcome =
        TestRunner::new(cases(1500)).run(&lines, |(labels, name_before, trailing, tail)| {
            let name_before = name_before.map(|number| number.min(labels.len().saturating_sub(1)));
            let name_before = name_before.filter(|_| !labels.is_empty());
            let (mut line, expected) = line(&labels, name_before, trailing && !labels.is_empty());
            line.push_str(tail);
            for (dialect, read_alike) in DIALECTS.into_iter().zip(&read_alike) {
                for shape in read(&line, dialect) {
                    let naive = naive_labels(line.as_bytes(), shape.labels_at as usize);
                    prop_assert_eq!(&naive, &expected);
                    labels_are(&line, shape, &expected)?;
                    read_alike.set(read_alike.get() + 1);
                    if expected.len() > LabelLengths::MOST as usize {
                        read_beyond_the_first.set(read_beyond_the_first.get() + 1);
                    }
                }
            }
            Ok(())
        });
    outcome.unwrap();
    // The test can fail: enough lines are read.
    let counts = read_alike.map(|count| count.get());
    assert!(counts.iter().all(|count| *count > 100), "{counts:?}");
    assert!(read_beyond_the_first.get() > 100);
}

/// The same for all lines made of these pieces, as far as they are read.
#[test]
fn labels_of_any_line_are_those_of_a_naive_reading() {
    const PIECES: [&str; 20] = [
        "a",
        "b",
        "=",
        "\"",
        "\"c\"",
        "a=\"b\"",
        "\"d\"=\"e\"",
        "{",
        "}",
        ",",
        " ",
        "\t",
        "\\\\",
        "\\\"",
        "\\",
        ".",
        "é",
        "} 1",
        "{\"m\"",
        "#",
    ];
    let soup = proptest::collection::vec(prop::sample::select(&PIECES[..]), 0..16);
    let reads = Cell::new(0);
    let outcome = TestRunner::new(cases(6000)).run(&soup, |soup| {
        for start in ["", "m{", "{\"m\","] {
            let line = format!("{start}{}}} 1", soup.concat());
            for dialect in DIALECTS {
                for shape in read(&line, dialect) {
                    let end = shape.series_end as usize;
                    let expected = match line.as_bytes()[end - 1] {
                        b'}' => naive_labels(line.as_bytes(), shape.labels_at as usize),
                        _ => Vec::new(),
                    };
                    labels_are(&line, shape, &expected)?;
                    reads.set(reads.get() + 1);
                }
            }
        }
        Ok(())
    });
    outcome.unwrap();
    assert!(reads.get() > 300, "{}", reads.get());
}

/// Labels whose lengths are not kept, at every place among labels whose lengths are.
#[test]
fn labels_after_a_long_one_are_found() {
    let long = "v".repeat(256);
    for count in 1..11 {
        for which in 0..1u32 << count {
            let label = |i: usize| match which >> i & 1 {
                0 => format!("l{i}=\"v{i}\""),
                _ => format!("l{i}=\"{long}\""),
            };
            let labels: Vec<_> = (0..count).map(label).collect();
            let line = format!("m{{{}}} 1", labels.join(","));
            let expected = naive_labels(line.as_bytes(), 2);
            let shapes = read(&line, Dialect::Text);
            assert_eq!(shapes.len(), 2, "{line}");
            for shape in shapes {
                labels_are(&line, shape, &expected).unwrap();
            }
        }
    }
}
