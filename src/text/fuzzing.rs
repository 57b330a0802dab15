//! Properties of the crate's internals, for its own tests and for the fuzz targets: no ordinary build has
//! this module.

use crate::bytes::scan;
use crate::dialect::Dialect;
use crate::format::syntax::Composites;
use crate::model::metric_type::MetricType;
use crate::text::fast::Scanner;
use crate::text::grammar::{self, Context, Read};
use crate::text::leniency::Noted;
use crate::text::shape::LineShape;
use crate::text::walk::LabelShapes;

/// Every dialect.
pub const DIALECTS: [Dialect; 4] = [
    Dialect::Text,
    Dialect::OpenMetrics,
    Dialect::OpenMetrics2,
    Dialect::Lenient,
];

/// Checks on every line of `body`, in every dialect, that the fast path may decline a line but never
/// disagrees with the grammar. Returns how many lines the fast path read.
///
/// # Panics
///
/// If the two disagree.
pub fn fast_equals_grammar(body: &[u8]) -> usize {
    // The fast path only gets UTF-8.
    let texts = body.utf8_chunks().map(|chunk| chunk.valid());
    let reads = |text: &str| DIALECTS.map(|dialect| fast_equals_grammar_in(text, dialect));
    texts.flat_map(reads).sum()
}

/// Returns what reads lines of a dialect, as far as possible under a histogram.
fn context(dialect: Dialect) -> Context {
    let mut context = Context::new(dialect);
    context.limits = context.limits.max_labels(6);
    if !context.subject.compares_names() {
        context.subject.declare(b"", MetricType::Histogram);
    }
    context
}

/// Does what [`fast_equals_grammar`] does, in one dialect.
///
/// One scanner goes from line to line, as in a parser, so that it also begins in the middle of what it
/// has indexed.
pub(crate) fn fast_equals_grammar_in(text: &str, dialect: Dialect) -> usize {
    let mut context = context(dialect);
    let mut scanner = Scanner::new();
    let mut reads = 0;
    let (mut at, mut end) = (0, 0);
    while let Some(rest) = text.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
        if at >= end {
            end = at + scanner.open(text.get(at..).unwrap_or_default());
        }
        let lines = text.as_bytes().get(at..end).unwrap_or_default();
        let read = match rest.first() {
            Some(b'#') => (scanner.descriptor(lines, &context))
                .map(|(shape, len)| (LineShape::Other(shape), len)),
            _ => match context.syntax.composites {
                Composites::Lines => (scanner.sample(lines, &context))
                    .or_else(|| scanner.other_sample(lines, &context)),
                Composites::Braces => scanner.other_sample(lines, &context),
            }
            .map(|(shape, len)| (LineShape::Sample(shape), len)),
        };
        at += match read {
            Some((shape, len)) => {
                let expected = grammar::line(rest, &context, false);
                let line = rest.get(..len).unwrap_or(rest);
                assert_eq!(
                    expected,
                    Ok(Read {
                        shape: Some(shape),
                        len,
                        noted: Noted::NOTHING,
                    }),
                    "{dialect:?}: {:?}",
                    String::from_utf8_lossy(line)
                );
                if let (
                    LineShape::Sample(fast),
                    Ok(Read {
                        shape: Some(LineShape::Sample(slow)),
                        ..
                    }),
                ) = (shape, expected)
                {
                    // One is cut up by the lengths that the fast path kept, the other is walked.
                    let [fast, slow] = [fast, slow].map(|shape| LabelShapes::new(line, &shape));
                    assert!(
                        fast.eq(slow),
                        "{dialect:?}: {:?}",
                        String::from_utf8_lossy(line)
                    );
                }
                reads += 1;
                context.subject.note(shape, line);
                len
            }
            None => {
                let len = scan::line_feed(rest).map_or(rest.len(), |lf| lf + 1);
                let line = rest.get(..len).unwrap_or(rest);
                if let Ok(Read {
                    shape: Some(shape), ..
                }) = grammar::line(line, &context, false)
                {
                    context.subject.note(shape, line);
                }
                len
            }
        };
    }
    reads
}

/// Checks on every line of `body` that no leniency is silent: what Prometheus reads is read, and a line
/// without a note is read as Prometheus reads it. Returns how many lines were noted.
///
/// # Panics
///
/// If a line is read differently without a note.
pub fn leniencies_are_noted(body: &[u8]) -> usize {
    let read =
        |line: &[u8], dialect: Dialect, at_end| grammar::line(line, &context(dialect), at_end);
    let mut noted = 0;
    for line in body.split_inclusive(|b| *b == b'\n') {
        let at_end = !line.ends_with(b"\n");
        let lenient = read(line, Dialect::Lenient, at_end);
        let prometheus = read(line, Dialect::Text, at_end);
        let shown = String::from_utf8_lossy(line);
        match (&lenient, &prometheus) {
            (Ok(read), _) if !read.noted.is_nothing() => noted += 1,
            (Err(_), Err(_)) => {}
            _ => assert_eq!(lenient, prometheus, "{shown:?}"),
        }
    }
    noted
}

#[cfg(test)]
#[path = "../../tests/support/pack.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "it is the fuzz crate's too, whose program that makes seeds packs as well"
)]
mod pack;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Returns the files of a directory under `tests/data`; none if it does not exist.
    fn files(directory: &str) -> Vec<Vec<u8>> {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data")
            .join(directory);
        let paths = fs::read_dir(directory).into_iter().flatten();
        paths
            .map(|entry| fs::read(entry.unwrap().path()).unwrap())
            .collect()
    }

    /// Seeds and findings of the fuzz target `fast_vs_grammar`.
    #[test]
    fn seeds_and_finds_are_read_alike() {
        let packs = files("seeds/fast_vs_grammar");
        let seeds = packs
            .iter()
            .flat_map(|packed| pack::unpack(packed).unwrap());
        let reads: usize = seeds.clone().map(|seed| fast_equals_grammar(&seed)).sum();
        assert!(reads > 3000, "the fast path read only {reads} lines");
        let noted: usize = seeds.map(|seed| leniencies_are_noted(&seed)).sum();
        assert!(noted > 100, "only {noted} lines were noted");
        for find in files("finds/fast_vs_grammar") {
            fast_equals_grammar(&find);
            leniencies_are_noted(&find);
        }
    }
}
