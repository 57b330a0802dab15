//! An error's place is within the body and is correct, and reading goes on after it; the same holds for the
//! places of violations of the specification, and of findings of the lint.

use std::collections::HashSet;

use arbitrary::Arbitrary;
use exposition::error::Found;
use exposition::lint::{Lint, LintRule, Reader, promtool};
use exposition::{Dialect, Error, ErrorKind, Format, Limits, Line, Parser, Position, strict};

use super::input::{self, Form, SmallLimits};

/// The options of an input.
#[derive(Debug, Arbitrary)]
struct Options {
    form: Form,
    limits: SmallLimits,
}

/// How many bytes of an input its options are.
pub const HEADER: usize = 1 + SmallLimits::LEN;

/// Returns the options of a seed in that dialect.
pub fn header(dialect: u8) -> [u8; HEADER] {
    [Form::raw(dialect), 0, 0, 0, 0]
}

/// Asserts that errors are where they say, and that nothing around them is skipped.
pub fn position_in_bounds(data: &[u8]) {
    let Some((options, rest)) = input::split::<Options>(data, HEADER) else {
        return;
    };
    let body = options.form.body(rest);
    let dialect = options.form.dialect();
    let limits = options.limits.limits();
    violations_are_placed(&body, limits);
    findings_are_placed(&body, options.form.format(), limits);
    let mut parser = Parser::new(&body, dialect).limits(limits);
    let mut starts_again = 0;
    let mut last = None;
    loop {
        let before = parser.position();
        let item = parser.next();
        let after = parser.position();
        is_at(&body, before, after);
        let to = after.byte as usize;
        let taken = &body[before.byte as usize..to];
        match item {
            None => {
                // What is left is blank, or comes after the error that ended the body.
                let ended = matches!(last, Some(ErrorKind::BodyTooLong | ErrorKind::AfterEof));
                assert!(
                    ended || to == body.len(),
                    "stopped at {after:?} of {}",
                    body.len()
                );
                assert!(are_blank(taken, dialect), "passed over {taken:?}");
                assert!(parser.next().is_none(), "went on after the end");
                break;
            }
            Some(Ok(line)) => line_is_last(&line, taken, dialect),
            Some(Err(error)) => {
                place_is_right(&body, before, &error);
                rendering_is_plain(&error);
                let ends = matches!(
                    error.kind(),
                    ErrorKind::BodyTooLong | ErrorKind::AfterEof | ErrorKind::MissingEof
                );
                // The end of a line that is too long may be after the end of the body that is read.
                let cut = error.kind() == ErrorKind::LineTooLong && options.limits.has_body();
                if !ends && !cut {
                    one_line_was_taken(taken, to == body.len(), dialect);
                    // Reading the rest alone has the same result, unless a type says what a value may be.
                    starts_again += 1;
                    let is_untyped = dialect != Dialect::OpenMetrics2;
                    if is_untyped
                        && starts_again <= 3
                        && !options.limits.has_body()
                        && to < body.len()
                    {
                        let rest = Parser::new(&body[to..], dialect).limits(limits);
                        same_from_here(parser.clone(), rest, after);
                    }
                }
                last = Some(error.kind());
            }
        }
    }
}

/// Asserts that findings of the lint are within the body and in order, each once, and that every error of a line is
/// among them; and that promtool's reader refuses a line of the body, if it refuses it.
fn findings_are_placed(body: &[u8], format: Format, limits: Limits) {
    let findings = Lint::new().limits(limits).check(body, format);
    let positions = findings.iter().filter_map(|finding| finding.position());
    assert!(
        positions
            .clone()
            .all(|position| position.byte <= body.len() as u64)
    );
    assert!(positions.is_sorted());
    let mut known = HashSet::new();
    for finding in &findings {
        assert!(
            known.insert((finding.rule(), finding.family())),
            "{finding} twice"
        );
        assert!(finding.count() > 0);
    }
    let dialect = format.dialect().expect("a format with lines");
    let has_error = Parser::new(body, dialect)
        .limits(limits)
        .any(|line| line.is_err());
    let is_said = findings.iter().any(|finding| match finding.rule() {
        // Prometheus refuses 2.0 for what the specification only calls lost.
        LintRule::Specification(_) => true,
        rule => rule
            .readers()
            .iter()
            .any(|(reader, _)| *reader == Reader::Prometheus),
    });
    assert!(
        is_said || !has_error || dialect == Dialect::OpenMetrics2,
        "an error is not said: {findings:?}"
    );
    if let Err(refusal) = promtool::check(body) {
        let lines = body.split(|byte| *byte == b'\n').count() as u64;
        assert!((1..=lines).contains(&refusal.line()), "{refusal}");
    } else {
        // Without a refusal there it is not refused here: UTF-8 names are all that this takes besides.
        assert!(promtool::extended(body).is_ok());
    }
}

/// Asserts that violations of the specification are where they say, and include every error of a line.
fn violations_are_placed(body: &[u8], limits: Limits) {
    let parser = || Parser::openmetrics(body).limits(limits);
    let start = parser().position();
    let mut errors = parser().filter_map(Result::err).peekable();
    for violation in strict::check(body).limits(limits) {
        place_is_right(body, start, violation.error());
        rendering_is_plain(violation.error());
        errors.next_if(|error| error == violation.error());
    }
    if let Some(error) = errors.next() {
        panic!("{error} is no violation");
    }
    for violation in strict::check_openmetrics2(body).limits(limits) {
        place_is_right(body, start, violation.error());
        rendering_is_plain(violation.error());
    }
}

/// Asserts that a byte is at that position, counted anew from the start of an earlier line.
fn is_at(body: &[u8], start: Position, position: Position) {
    let (from, to) = (start.byte as usize, position.byte as usize);
    assert!(from <= to, "{start:?} to {position:?}");
    assert!(to <= body.len(), "{position:?} of {}", body.len());
    let between = &body[from..to];
    let line_feeds = between.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(
        position.line,
        start.line + line_feeds as u64,
        "{position:?}"
    );
    let line = between.rsplit(|byte| *byte == b'\n').next();
    let column = line.map_or(0, characters);
    // Lines without a line feed at their end end the body.
    let ends = to == body.len() && position.column == 1;
    assert!(position.column == column + 1 || ends, "{position:?}");
}

/// Counts the characters. Each byte that is not part of one counts as one.
fn characters(mut bytes: &[u8]) -> u64 {
    let mut count = 0;
    while !bytes.is_empty() {
        let whole = |len: &usize| bytes.get(..*len).is_some_and(|c| str::from_utf8(c).is_ok());
        let len = (1..=4).find(whole).unwrap_or(1);
        bytes = &bytes[len..];
        count += 1;
    }
    count
}

fn place_is_right(body: &[u8], start: Position, error: &Error) {
    is_at(body, start, error.position());
    let here = &body[error.position().byte as usize..];
    match error.found() {
        Found::End if error.kind() == ErrorKind::BodyTooLong => {}
        Found::End => assert!(here.is_empty(), "{error:?}"),
        Found::LineEnd => assert!(here.starts_with(b"\n"), "{error:?}"),
        Found::Text(text) => {
            assert!(!here.is_empty() && !here.starts_with(b"\n"), "{error:?}");
            let first = here[0];
            if first.is_ascii_graphic() && first != b'\\' {
                assert!(text.as_bytes().starts_with(&[first]), "{error:?}");
            }
        }
        other => panic!("{other:?}"),
    }
    assert!(!error.expected().is_empty(), "{error:?}");
    let place = format!(
        "line {}, column {}: ",
        error.position().line,
        error.position().column
    );
    assert!(error.to_string().starts_with(&place), "{error}");
}

/// Asserts that a rendering has five lines and optionally a note, and nothing that a terminal would act on.
fn rendering_is_plain(error: &Error) {
    let rendering = error.render().to_string();
    assert!(
        !rendering.chars().any(|c| c.is_control() && c != '\n'),
        "{rendering:?}"
    );
    let mut lines: Vec<&str> = rendering.lines().collect();
    if let Some(hint) = error.hint() {
        let note = lines.pop().unwrap_or_default();
        assert_eq!(note.trim_start(), format!("= note: {hint}"));
        assert!(error.to_string().ends_with(&format!("; {hint}")), "{error}");
    }
    let [message, place, _, excerpt, caret] = lines.as_slice() else {
        panic!("{rendering:?}");
    };
    assert!(message.starts_with("error: "), "{rendering:?}");
    assert!(place.contains("--> line "), "{rendering:?}");
    assert!(caret.ends_with(" ^"), "{rendering:?}");
    let under = caret.chars().count() - 1;
    assert!(under <= excerpt.chars().count(), "{rendering:?}");
}

/// Returns the physical lines of some bytes, with their line feeds.
fn lines(bytes: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n')
}

fn are_blank(bytes: &[u8], dialect: Dialect) -> bool {
    let blanks: &[u8] = match dialect {
        Dialect::OpenMetrics | Dialect::OpenMetrics2 => b"",
        Dialect::Lenient => b" \t\r\n",
        _ => b" \t\n",
    };
    bytes.iter().all(|byte| blanks.contains(byte))
}

/// Asserts that what was taken for a line with an error is one physical line, after blank ones.
fn one_line_was_taken(taken: &[u8], at_end: bool, dialect: Dialect) {
    let mut lines = lines(taken).rev();
    let last = lines.next();
    assert!(
        last.is_some_and(|line| line.ends_with(b"\n") || at_end),
        "{taken:?}"
    );
    assert!(lines.all(|line| are_blank(line, dialect)), "{taken:?}");
}

/// Asserts that what was taken for a line is that line, after blank ones.
fn line_is_last(line: &Line<'_>, taken: &[u8], dialect: Dialect) {
    let whole = taken.strip_suffix(b"\n").unwrap_or(taken);
    let before = match line {
        Line::Sample(sample) => whole.strip_suffix(sample.raw()),
        Line::Comment(comment) => match dialect {
            // A carriage return before the line feed is part of the line's end there.
            Dialect::Lenient => {
                let whole = whole.strip_suffix(b"\r").unwrap_or(whole);
                whole.strip_suffix(*comment)
            }
            _ => whole.strip_suffix(*comment),
        },
        Line::Eof => whole.strip_suffix(b"# EOF".as_slice()),
        // Their bytes as a whole are not available.
        line => {
            assert!(line.name().is_some(), "{line:?}");
            let start = whole.iter().position(|byte| *byte == b'#');
            start.and_then(|start| whole.get(..start))
        }
    };
    let blank = before.is_some_and(|before| are_blank(before, dialect));
    assert!(blank, "{line:?} of {taken:?}");
}

/// Asserts that two parsers, one of which began at that place, have the same ahead of them.
fn same_from_here(whole: Parser<'_>, rest: Parser<'_>, from: Position) {
    let mut whole = whole.map(|item| outcome(item, Position::default()));
    let mut rest = rest.map(|item| outcome(item, from));
    loop {
        let (expected, got) = (rest.next(), whole.next());
        assert_eq!(expected, got, "after {from:?}");
        if got.is_none() {
            break;
        }
    }
}

/// Returns a line in a form that does not depend on the lines before it, and the kind and place of an error.
fn outcome(
    item: Result<Line<'_>, Error>,
    from: Position,
) -> Result<String, (ErrorKind, u64, u64, u64)> {
    match item {
        Ok(line) => Ok(format!("{line:?}")),
        Err(error) => {
            let place = error.position();
            let line = place.line + from.line.saturating_sub(1);
            Err((error.kind(), line, place.column, place.byte + from.byte))
        }
    }
}
