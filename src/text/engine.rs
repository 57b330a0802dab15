//! The engine that turns bytes into lines.
//!
//! [`Engine`] knows the position and the state between lines, and nothing of where bytes come from;
//! `Parser` drives it over a slice, `Reader` and `ChunkParser` over a buffer that is refilled. An
//! ordinary line is read by the fast scanner, any other by the grammar.

use crate::bytes::scan;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Position};
use crate::format::syntax::{BodyEnd, Syntax};
use crate::limits::Limits;
use crate::model::metric_type::MetricType;
use crate::text::fast::Scanner;
use crate::text::filter::Sieved;
use crate::text::grammar::{self, Context, Read, Stop};
use crate::text::leniency::{Leniency, Noted, Notes};
use crate::text::shape::{LineShape, OtherShape, SampleShape};

/// The first `len` bytes, without the line feed they may end in.
pub(crate) fn without_line_feed(bytes: &[u8], len: usize) -> &[u8] {
    let line = bytes.get(..len).unwrap_or_default();
    line.strip_suffix(b"\n").unwrap_or(line)
}

/// What stands next in the bytes given to the engine, and how many of them it took.
#[derive(Debug)]
pub(crate) enum Step {
    Line(LineShape, usize),
    Blank(usize),
    Error(Error, usize),
    /// More bytes are needed to tell.
    Incomplete,
    /// Nothing comes any more, whatever bytes follow.
    End,
}

/// The state between lines.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    pub(crate) syntax: &'static Syntax,
    pub(crate) limits: Limits,
    /// The type that the last TYPE line declared.
    scope: MetricType,
    /// The number of the next line, from 1.
    line: u64,
    /// The offset of the next line in the body.
    byte: u64,
    /// Whether the last line ended without a line feed.
    unterminated: bool,
    /// How many bytes of a line that is too long have been passed over.
    passed: u64,
    state: State,
    scanner: Scanner,
    /// What was taken leniently in the last line that the grammar read.
    noted: Noted,
    /// What was in all of them, if somebody wants to know.
    notes: Option<Box<Notes>>,
}

/// Where a line ended: with the line itself, enough to tell the place of anything in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineEnd {
    line: u64,
    byte: u64,
    unterminated: bool,
    dialect: Dialect,
}

impl LineEnd {
    /// Where the line began that ended here; `raw` is that line without its line feed.
    #[cold]
    pub(crate) fn start(self, raw: &[u8]) -> Position {
        let terminator = u64::from(!self.unterminated);
        let lines = scan::line_feeds(raw) as u64 + terminator;
        let bytes = raw.len() as u64 + terminator;
        Position {
            line: self.line.saturating_sub(lines),
            column: 1,
            byte: self.byte.saturating_sub(bytes),
        }
    }

    /// An error at byte `at` of the line that ended here; `raw` is that line without its line feed.
    #[cold]
    pub(crate) fn error(
        self,
        kind: ErrorKind,
        expected: &'static str,
        raw: &[u8],
        at: usize,
    ) -> Error {
        let start = self.start(raw);
        let place = (start.line, start.byte);
        Error::at(kind, expected, raw, at, place, self.dialect)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    /// A line was too long and its end has not been seen.
    Skipping,
    /// `# EOF` was read.
    AfterEof,
    Ended,
}

impl Engine {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Engine {
            syntax: dialect.syntax(),
            limits: Limits::new(),
            scope: MetricType::Unknown,
            line: 1,
            byte: 0,
            unterminated: false,
            passed: 0,
            state: State::Reading,
            scanner: Scanner::new(),
            noted: Noted::NOTHING,
            notes: None,
        }
    }

    /// How lines are read.
    pub(crate) fn dialect(&self) -> Dialect {
        self.syntax.dialect
    }

    /// Notes from here on what is taken leniently.
    pub(crate) fn note_leniencies(&mut self) {
        self.notes.get_or_insert_default();
    }

    /// What was noted, and nobody has taken.
    pub(crate) fn leniencies(&self) -> &[Leniency] {
        self.notes.as_ref().map_or(&[], |notes| notes.as_slice())
    }

    /// Takes what was noted.
    pub(crate) fn take_leniencies(&mut self) -> Vec<Leniency> {
        let notes = self.notes.as_mut();
        notes.map(|notes| notes.take()).unwrap_or_default()
    }

    /// Forgets what was noted.
    pub(crate) fn clear_leniencies(&mut self) {
        if let Some(notes) = &mut self.notes {
            notes.clear();
        }
    }

    /// Forgets what was noted of the last line, which is not handed out.
    pub(crate) fn take_back_leniencies(&mut self) {
        if let Some(notes) = &mut self.notes {
            notes.take_back(self.byte);
        }
    }

    /// What was taken leniently in the line that [`step`](Self::step) gave last.
    pub(crate) fn noted(&self) -> &Noted {
        &self.noted
    }

    /// The place of the next line; of one that is too long until its end has been seen.
    pub(crate) fn position(&self) -> Position {
        Position {
            line: self.line,
            column: 1,
            byte: self.byte - self.passed,
        }
    }

    /// Whether a line begins here, as opposed to the middle of one that is too long, or nothing.
    pub(crate) fn is_reading(&self) -> bool {
        self.state == State::Reading
    }

    /// Goes on behind lines that are not read.
    pub(crate) fn pass_over(&mut self, sieved: &Sieved) {
        self.byte += sieved.skip as u64;
        self.line += sieved.lines;
        self.scope = sieved.scope.unwrap_or(self.scope);
    }

    /// Goes on after lines that are known.
    pub(crate) fn pass_known(&mut self, bytes: usize, lines: u64) {
        self.byte += bytes as u64;
        self.line += lines;
    }

    /// A TYPE line of that type is among those that are known.
    pub(crate) fn declare(&mut self, kind: MetricType) {
        self.scope = kind;
    }

    /// Starts again, with another body.
    pub(crate) fn restart(&mut self) {
        self.scope = MetricType::Unknown;
        self.line = 1;
        self.byte = 0;
        self.unterminated = false;
        self.passed = 0;
        self.state = State::Reading;
        self.noted = Noted::NOTHING;
        self.clear_leniencies();
        self.next_text();
    }

    pub(crate) fn line_end(&self) -> LineEnd {
        LineEnd {
            line: self.line,
            byte: self.byte,
            unterminated: self.unterminated,
            dialect: self.dialect(),
        }
    }

    /// Whether the rest of a line that is too long is being passed over.
    pub(crate) fn is_skipping(&self) -> bool {
        self.state == State::Skipping
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.state == State::Ended
    }

    /// The part of `input` that the limit of the body leaves.
    pub(crate) fn within_body<'i>(&self, input: &'i [u8]) -> &'i [u8] {
        let left = self.limits.max_body_bytes.saturating_sub(self.byte);
        match usize::try_from(left) {
            Ok(left) => input.get(..left).unwrap_or(input),
            Err(_) => input,
        }
    }

    fn context(&self, at_end: bool) -> Context {
        Context {
            syntax: self.syntax,
            at_end,
            max_labels: self.limits.max_labels,
            scope: self.scope,
        }
    }

    /// Says that [`sample`](Self::sample) and [`descriptor`](Self::descriptor) are given another text
    /// next.
    pub(crate) fn next_text(&mut self) {
        self.scanner.forget();
    }

    /// Reads an ordinary sample at `at` of `text`, which lies within the limit of the body: its parts,
    /// and the length of its line.
    #[inline(always)]
    pub(crate) fn sample(&mut self, text: &str, at: usize) -> Option<(SampleShape, usize)> {
        if self.state != State::Reading {
            return None;
        }
        let context = self.context(false);
        let (shape, len) = self.scanner.sample(text, at, &context)?;
        self.took(len)?;
        Some((shape, len))
    }

    /// Reads an ordinary line at `at` that begins with `#`, likewise: what it is, and its length.
    #[inline(always)]
    pub(crate) fn descriptor(&mut self, text: &str, at: usize) -> Option<(OtherShape, usize)> {
        if self.state != State::Reading {
            return None;
        }
        let context = self.context(false);
        let (shape, len) = self.scanner.descriptor(text, at, &context)?;
        self.took(len)?;
        if let OtherShape::Type { kind, .. } = shape {
            self.scope = kind;
        }
        Some((shape, len))
    }

    /// Reads an ordinary line at `at`, of either sort: what it is, and its length.
    #[inline(always)]
    pub(crate) fn ordinary(&mut self, text: &str, at: usize) -> Option<(LineShape, usize)> {
        if text.as_bytes().get(at) == Some(&b'#') {
            let (shape, len) = self.descriptor(text, at)?;
            return Some((LineShape::Other(shape), len));
        }
        let (shape, len) = self.sample(text, at)?;
        Some((LineShape::Sample(shape), len))
    }

    /// Goes on behind a line of that length, if it is not too long.
    #[inline(always)]
    fn took(&mut self, len: usize) -> Option<usize> {
        if len > self.limits.max_line_bytes {
            return None;
        }
        self.line += 1;
        self.byte += len as u64;
        Some(len)
    }

    /// Reads what stands at the start of `input`, by the grammar. `ends` says that no byte
    /// follows.
    pub(crate) fn step(&mut self, input: &[u8], ends: bool) -> Step {
        let whole = self.within_body(input);
        let step = self.step_within(whole, ends && whole.len() == input.len());
        if matches!(step, Step::Incomplete) && whole.len() < input.len() {
            return match self.end(ErrorKind::BodyTooLong, "a shorter body", whole) {
                Step::Error(error, _) => Step::Error(error, input.len()),
                step => step,
            };
        }
        step
    }

    fn step_within(&mut self, input: &[u8], ends: bool) -> Step {
        match self.state {
            State::Reading => {}
            State::Skipping => return self.skip_line(input, ends),
            State::AfterEof if input.is_empty() => {
                return if ends { Step::End } else { Step::Incomplete };
            }
            State::AfterEof => {
                let line = input.get(..=self.limits.max_line()).unwrap_or(input);
                let shows = ends || line.len() < input.len() || scan::line_feed(line).is_some();
                return match shows {
                    true => self.end(ErrorKind::AfterEof, "the end of the body", input),
                    // The error shows the line, so it waits for its end.
                    false => Step::Incomplete,
                };
            }
            State::Ended => return Step::End,
        }
        if input.is_empty() {
            if !ends {
                return Step::Incomplete;
            }
            // Where the last line has no line feed, its own error says that the body ends too early.
            if self.syntax.end == BodyEnd::EofLine && !self.unterminated {
                return self.end(ErrorKind::MissingEof, "`# EOF` at the end", input);
            }
            return Step::End;
        }
        let max = self.limits.max_line();
        let capped = input.get(..=max).unwrap_or(input);
        let first = scan::line_feed(capped);
        match first {
            None if capped.len() > max => return self.too_long(input, ends),
            None if !ends => return Step::Incomplete,
            _ => {}
        }
        // Most lines are one physical line; only a quoted text can go on behind a line feed.
        let mut tried = match first {
            Some(end) => grammar::line(capped.get(..=end).unwrap_or(capped), &self.context(false)),
            None => grammar::line(capped, &self.context(true)),
        };
        if matches!(tried, Err(Stop::Incomplete)) {
            if ends && capped.len() <= max {
                tried = grammar::line(capped, &self.context(true));
            } else {
                let end = scan::last_line_feed(capped).unwrap_or(0);
                tried = grammar::line(capped.get(..=end).unwrap_or(capped), &self.context(false));
            }
        }
        match tried {
            Ok(Read { shape, len, noted }) => {
                self.note(noted, input.get(..len).unwrap_or(input), shape.is_none());
                self.advance(input, len);
                let Some(shape) = shape else {
                    return Step::Blank(len);
                };
                match shape {
                    LineShape::Other(OtherShape::Type { kind, .. }) => self.scope = kind,
                    LineShape::Other(OtherShape::Eof) => self.state = State::AfterEof,
                    _ => {}
                }
                Step::Line(shape, len)
            }
            Err(Stop::Incomplete) if capped.len() > max => self.too_long(input, ends),
            Err(Stop::Incomplete) => Step::Incomplete,
            Err(Stop::Error { kind, expected, at }) => {
                let place = (self.line, self.byte);
                let error = Error::at(kind, expected, capped, at, place, self.dialect());
                let len = first.map_or(input.len(), |end| end + 1);
                self.advance(input, len);
                Step::Error(error, len)
            }
        }
    }

    /// Notes what was taken leniently in `line`, which begins here.
    fn note(&mut self, noted: Noted, line: &[u8], is_blank: bool) {
        self.noted = noted;
        if let Some(notes) = &mut self.notes {
            let start = Position {
                line: self.line,
                column: 1,
                byte: self.byte,
            };
            match is_blank {
                true => notes.blank(&noted, start, line),
                false => notes.line(&noted, start, line),
            }
        }
    }

    /// One last error, at the start of `input`.
    #[cold]
    fn end(&mut self, kind: ErrorKind, expected: &'static str, input: &[u8]) -> Step {
        self.state = State::Ended;
        let shown = input.get(..=self.limits.max_line()).unwrap_or(input);
        let Position { line, byte, .. } = self.position();
        let mut error = Error::at(kind, expected, shown, 0, (line, byte), self.dialect());
        if kind == ErrorKind::MissingEof && byte == 0 {
            // An empty body is never parsed (spec S15).
            error = error.accepted_by_prometheus();
        }
        Step::Error(error, input.len())
    }

    #[cold]
    fn too_long(&mut self, input: &[u8], ends: bool) -> Step {
        let error = Error::at(
            ErrorKind::LineTooLong,
            "a shorter line",
            input.get(..=self.limits.max_line()).unwrap_or(input),
            0,
            (self.line, self.byte),
            self.dialect(),
        );
        self.state = State::Skipping;
        let len = match self.skip_line(input, ends) {
            Step::Blank(len) => len,
            _ => 0,
        };
        Step::Error(error, len)
    }

    /// Goes on to the next line feed of a line that is too long.
    fn skip_line(&mut self, input: &[u8], ends: bool) -> Step {
        let end = scan::line_feed(input);
        let len = end.map_or(input.len(), |end| end + 1);
        match end.is_some() || ends {
            true => {
                self.state = State::Reading;
                self.passed = 0;
            }
            false => self.passed += len as u64,
        }
        self.advance(input, len);
        match len {
            0 if !ends => Step::Incomplete,
            _ => Step::Blank(len),
        }
    }

    fn advance(&mut self, input: &[u8], len: usize) {
        let taken = input.get(..len).unwrap_or(input);
        self.line += scan::line_feeds(taken) as u64;
        if let Some(last) = taken.last() {
            self.unterminated = *last != b'\n';
        }
        self.byte += len as u64;
    }
}
