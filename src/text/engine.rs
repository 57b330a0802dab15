//! The engine that turns bytes into lines.
//!
//! [`Engine`] knows its place and the state between lines, and nothing of where bytes come from;
//! `Parser` drives it over a slice, `Reader` and `ChunkParser` over a buffer that is refilled. An
//! ordinary line is read by the fast scanner, any other by the grammar.

use crate::bytes::scan;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Position, Result};
use crate::format::syntax::{BodyEnd, Syntax};
use crate::limits::Limits;
use crate::model::metric_type::MetricType;
use crate::text::fast::Scanner;
use crate::text::filter::{Filter, Sieve, Sieved};
use crate::text::grammar::{self, Context, Read, Stop};
use crate::text::leniency::{Leniency, Noted, Notes};
use crate::text::line::Line;
use crate::text::place::{LineEnd, Place};
use crate::text::shape::{LineShape, OtherShape, SampleShape};

/// The first `len` bytes, without the line feed they may end in.
pub(crate) fn without_line_feed(bytes: &[u8], len: usize) -> &[u8] {
    let line = bytes.get(..len).unwrap_or_default();
    line.strip_suffix(b"\n").unwrap_or(line)
}

/// What the engine made of the bytes that it was given: all that passes from it to a door.
///
/// A door gives it the bytes that it has, goes on after as many of them as were taken, and asks again.
#[derive(Debug)]
pub(crate) enum Step {
    /// The first `len` bytes are read: a line, an error, or nothing to hand out: a blank line, or a part of
    /// one that is too long.
    Taken {
        len: usize,
        line: Result<Option<LineShape>>,
    },
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
    /// Where the next line begins, or the rest of one that is too long.
    place: Place,
    state: State,
    scanner: Scanner,
    /// What was taken leniently in the last line that the grammar read.
    noted: Noted,
    /// What was in all of them, if somebody wants to know.
    notes: Option<Box<Notes>>,
    /// Chooses among lines, if not all are wanted.
    sieve: Option<Box<Sieve>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    /// A line was too long and its end has not been seen. Where it began.
    Skipping(Place),
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
            place: Place::START,
            state: State::Reading,
            scanner: Scanner::new(),
            noted: Noted::NOTHING,
            notes: None,
            sieve: None,
        }
    }

    /// How lines are read.
    pub(crate) fn dialect(&self) -> Dialect {
        self.syntax.dialect
    }

    // ---- what is wanted of the body

    /// Hands out from here on what that filter wants.
    pub(crate) fn choose(&mut self, filter: Filter) {
        self.sieve = Some(Box::new(Sieve::new(filter, self.dialect())));
    }

    pub(crate) fn chosen_by(&self) -> Option<&Filter> {
        self.sieve.as_ref().map(|sieve| sieve.filter())
    }

    /// Whether every line is wanted.
    #[inline(always)]
    pub(crate) fn wants_all(&self) -> bool {
        self.sieve.is_none()
    }

    /// Whether a line that was read is to be handed out. What was noted of it is taken back if not.
    pub(crate) fn wants_line(&mut self, line: &Line<'_>) -> bool {
        let sieve = self.sieve.as_mut();
        let wanted = sieve.is_none_or(|sieve| sieve.wants_line(line));
        if let (Some(notes), false) = (&mut self.notes, wanted) {
            notes.take_back(self.place.byte());
        }
        wanted
    }

    /// Likewise, whether an error is, which was found in that physical line.
    pub(crate) fn wants_error(&mut self, error: &Error, line: &[u8]) -> bool {
        let sieve = self.sieve.as_mut();
        sieve.is_none_or(|sieve| !sieve.passes_over(error, line))
    }

    /// Passes over the lines at the start of `bytes` that are known not to be wanted, unread. How many they
    /// are, and how many that are wanted come next.
    pub(crate) fn sort(&mut self, bytes: &[u8]) -> Sieved {
        let within = self.within_body(bytes);
        let sieved = match &mut self.sieve {
            Some(sieve) if self.state == State::Reading => {
                sieve.sort(within, self.limits.max_line())
            }
            _ => Sieved::default(),
        };
        self.place.pass_lines(sieved.lines, sieved.skip);
        self.scope = sieved.scope.unwrap_or(self.scope);
        sieved
    }

    // ---- what is taken leniently

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

    /// What was taken leniently in the line that [`step`](Self::step) gave last.
    pub(crate) fn noted(&self) -> &Noted {
        &self.noted
    }

    // ---- where it is

    /// The place of the next line; of one that is too long until its end has been seen.
    pub(crate) fn position(&self) -> Position {
        match self.state {
            State::Skipping(start) => start.position(),
            State::Reading | State::AfterEof | State::Ended => self.place.position(),
        }
    }

    /// Whether a line begins here, as opposed to the middle of one that is too long, or nothing.
    pub(crate) fn is_reading(&self) -> bool {
        self.state == State::Reading
    }

    /// Goes on after lines that are known.
    pub(crate) fn pass_known(&mut self, bytes: usize, lines: u64) {
        self.place.pass_lines(lines, bytes);
    }

    /// A TYPE line of that type is among those that are known.
    pub(crate) fn declare(&mut self, kind: MetricType) {
        self.scope = kind;
    }

    /// Starts again, with another body.
    pub(crate) fn restart(&mut self) {
        self.scope = MetricType::Unknown;
        self.place = Place::START;
        self.state = State::Reading;
        self.noted = Noted::NOTHING;
        self.clear_leniencies();
        self.next_text();
    }

    /// Where the line ended that was read last.
    #[inline(always)]
    pub(crate) fn line_end(&self) -> LineEnd {
        LineEnd {
            place: self.place,
            dialect: self.dialect(),
        }
    }

    /// Whether the rest of a line that is too long is being passed over.
    pub(crate) fn is_skipping(&self) -> bool {
        matches!(self.state, State::Skipping(_))
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.state == State::Ended
    }

    /// The part of `input` that the limit of the body leaves.
    pub(crate) fn within_body<'i>(&self, input: &'i [u8]) -> &'i [u8] {
        let left = self.limits.max_body_bytes.saturating_sub(self.place.byte());
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

    // ---- lines

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

    /// Goes on after a line of that length, if it is not too long.
    #[inline(always)]
    fn took(&mut self, len: usize) -> Option<usize> {
        if len > self.limits.max_line_bytes {
            return None;
        }
        self.place.pass_lines(1, len);
        Some(len)
    }

    /// Reads what stands at the start of `input`, by the grammar. `ends` says that no byte
    /// follows.
    pub(crate) fn step(&mut self, input: &[u8], ends: bool) -> Step {
        let whole = self.within_body(input);
        let step = self.step_within(whole, ends && whole.len() == input.len());
        if matches!(step, Step::Incomplete) && whole.len() < input.len() {
            let error = self.end(ErrorKind::BodyTooLong, "a shorter body", whole);
            return taken(input.len(), Err(error));
        }
        step
    }

    fn step_within(&mut self, input: &[u8], ends: bool) -> Step {
        match self.state {
            State::Reading => {}
            State::Skipping(_) => return self.skip_line(input, ends),
            State::AfterEof if input.is_empty() => {
                return if ends { Step::End } else { Step::Incomplete };
            }
            State::AfterEof => {
                let line = input.get(..=self.limits.max_line()).unwrap_or(input);
                let shows = ends || line.len() < input.len() || scan::line_feed(line).is_some();
                // The error shows the line, so it waits for its end.
                if !shows {
                    return Step::Incomplete;
                }
                let error = self.end(ErrorKind::AfterEof, "the end of the body", input);
                return taken(input.len(), Err(error));
            }
            State::Ended => return Step::End,
        }
        if input.is_empty() {
            if !ends {
                return Step::Incomplete;
            }
            // Where the last line has no line feed, its own error says that the body ends too early.
            if self.syntax.end == BodyEnd::EofLine && !self.place.is_unterminated() {
                let error = self.end(ErrorKind::MissingEof, "`# EOF` at the end", input);
                return taken(0, Err(error));
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
        // Most lines are one physical line; only a quoted text can go on after a line feed.
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
                match shape {
                    Some(LineShape::Other(OtherShape::Type { kind, .. })) => self.scope = kind,
                    Some(LineShape::Other(OtherShape::Eof)) => self.state = State::AfterEof,
                    _ => {}
                }
                taken(len, Ok(shape))
            }
            Err(Stop::Incomplete) if capped.len() > max => self.too_long(input, ends),
            Err(Stop::Incomplete) => Step::Incomplete,
            Err(Stop::Error { kind, expected, at }) => {
                let start = self.place.position();
                let error = Error::at(kind, expected, capped, at, start, self.dialect());
                let len = first.map_or(input.len(), |end| end + 1);
                self.advance(input, len);
                taken(len, Err(error))
            }
        }
    }

    /// Notes what was taken leniently in `line`, which begins here.
    fn note(&mut self, noted: Noted, line: &[u8], is_blank: bool) {
        self.noted = noted;
        if let Some(notes) = &mut self.notes {
            let start = self.place.position();
            match is_blank {
                true => notes.blank(&noted, start, line),
                false => notes.line(&noted, start, line),
            }
        }
    }

    /// Ends the body: one last error, at the start of `input`, or of the line that is too long.
    #[cold]
    fn end(&mut self, kind: ErrorKind, expected: &'static str, input: &[u8]) -> Error {
        if let State::Skipping(start) = self.state {
            self.place = start;
        }
        self.state = State::Ended;
        let shown = input.get(..=self.limits.max_line()).unwrap_or(input);
        let start = self.place.position();
        let error = Error::at(kind, expected, shown, 0, start, self.dialect());
        match kind == ErrorKind::MissingEof && start.byte == 0 {
            // An empty body is never parsed (spec S15).
            true => error.accepted_by_prometheus(),
            false => error,
        }
    }

    #[cold]
    fn too_long(&mut self, input: &[u8], ends: bool) -> Step {
        let shown = input.get(..=self.limits.max_line()).unwrap_or(input);
        let (kind, expected) = (ErrorKind::LineTooLong, "a shorter line");
        let start = self.place.position();
        let error = Error::at(kind, expected, shown, 0, start, self.dialect());
        self.state = State::Skipping(self.place);
        match self.skip_line(input, ends) {
            Step::Taken { len, .. } => taken(len, Err(error)),
            Step::Incomplete | Step::End => taken(0, Err(error)),
        }
    }

    /// Goes on to the next line feed of a line that is too long.
    fn skip_line(&mut self, input: &[u8], ends: bool) -> Step {
        let end = scan::line_feed(input);
        let len = end.map_or(input.len(), |end| end + 1);
        if end.is_some() || ends {
            self.state = State::Reading;
        }
        self.advance(input, len);
        match len {
            0 if !ends => Step::Incomplete,
            _ => taken(len, Ok(None)),
        }
    }

    fn advance(&mut self, input: &[u8], len: usize) {
        self.place.pass(input.get(..len).unwrap_or(input));
    }
}

fn taken(len: usize, line: Result<Option<LineShape>>) -> Step {
    Step::Taken { len, line }
}
