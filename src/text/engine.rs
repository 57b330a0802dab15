//! The engine that turns bytes into lines.
//!
//! [`Engine`] knows its place and the state between lines, but not where bytes come from; `Parser` drives
//! it over a slice, `Reader` and `ChunkParser` over a buffer that is refilled. The fast scanner reads
//! ordinary lines, and the grammar all others.

use crate::bytes::index;
use crate::bytes::scan;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Position};
use crate::format::syntax::{BodyEnd, Composites};
use crate::model::metric_type::MetricType;
use crate::text::fast::Scanner;
use crate::text::filter::{Filter, Sieve, Sieved};
use crate::text::grammar::{self, Context, Read, Stop};
use crate::text::leniency::{Leniency, Noted, Notes};
use crate::text::line::Line;
use crate::text::place::{LineEnd, Place};
use crate::text::shape::{LineShape, OtherShape, SampleShape};
use crate::text::step::{Step, taken};

/// The state between lines.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    pub(crate) context: Context,
    /// See [`reads_quickly`](Self::reads_quickly). Follows from the format and the filter, and is asked for
    /// every sample.
    reads_quickly: bool,
    /// Where the next line begins, or the rest of one that is too long.
    place: Place,
    state: State,
    scanner: Scanner,
    /// The leniencies of the last line that the grammar read.
    noted: Noted,
    /// The leniencies of all lines, if requested.
    notes: Option<Box<Notes>>,
    /// Selects lines, if not all are wanted.
    sieve: Option<Box<Sieve>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    /// A line was too long and its end has not been seen. Holds where it began.
    Skipping(Place),
    /// `# EOF` was read.
    AfterEof,
    Ended,
}

impl Engine {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Engine {
            context: Context::new(dialect),
            reads_quickly: dialect.syntax().is_untyped(),
            place: Place::START,
            state: State::Reading,
            scanner: Scanner::new(),
            noted: Noted::NOTHING,
            notes: None,
            sieve: None,
        }
    }

    /// Returns the dialect that lines are read in.
    pub(crate) fn dialect(&self) -> Dialect {
        self.context.syntax.dialect
    }

    // ---- which lines are wanted

    /// Returns from now on only what the filter wants.
    pub(crate) fn choose(&mut self, filter: Filter) {
        self.sieve = Some(Box::new(Sieve::new(filter, self.dialect())));
        self.reads_quickly = false;
    }

    pub(crate) fn chosen_by(&self) -> Option<&Filter> {
        self.sieve.as_ref().map(|sieve| sieve.filter())
    }

    /// Tells whether every line is wanted.
    #[inline(always)]
    pub(crate) fn wants_all(&self) -> bool {
        self.sieve.is_none()
    }

    /// Tells whether the type of a metric does not matter to read its samples.
    #[inline(always)]
    pub(crate) fn is_untyped(&self) -> bool {
        self.context.syntax.is_untyped()
    }

    /// Tells whether every line is wanted and a sample can be read without its metric's type.
    #[inline(always)]
    pub(crate) fn reads_quickly(&self) -> bool {
        self.reads_quickly
    }

    /// Tells whether to return a line that was read. If not, takes back what was noted of it.
    pub(crate) fn wants_line(&mut self, line: &Line<'_>) -> bool {
        let sieve = self.sieve.as_mut();
        let wanted = sieve.is_none_or(|sieve| sieve.wants_line(line));
        if let (Some(notes), false) = (&mut self.notes, wanted) {
            notes.take_back(self.place.byte());
        }
        wanted
    }

    /// Tells whether to return an error, which was found in the physical line `line`.
    pub(crate) fn wants_error(&mut self, error: &Error, line: &[u8]) -> bool {
        let sieve = self.sieve.as_mut();
        sieve.is_none_or(|sieve| !sieve.passes_over(error, line))
    }

    /// Skips unread the lines at the start of `bytes` that are known to be unwanted. Returns how many
    /// they are, and how many wanted lines follow.
    pub(crate) fn sort(&mut self, bytes: &[u8]) -> Sieved {
        let within = self.within_body(bytes);
        let sieved = match &mut self.sieve {
            Some(_) if !self.context.syntax.is_untyped() => Sieved {
                // What a line is depends on those before, so all are read.
                keep: index::whole_lines(within),
                ..Sieved::default()
            },
            Some(sieve) if self.state == State::Reading => {
                sieve.sort(within, self.context.limits.max_line())
            }
            _ => Sieved::default(),
        };
        self.place.pass_lines(sieved.lines, sieved.skip);
        if let Some(scope) = sieved.scope {
            self.context.subject.pass(scope);
        }
        sieved
    }

    // ---- leniencies

    /// Notes leniencies from now on.
    pub(crate) fn note_leniencies(&mut self) {
        self.notes.get_or_insert_default();
    }

    /// Returns the leniencies that were noted and not taken yet.
    pub(crate) fn leniencies(&self) -> &[Leniency] {
        self.notes.as_ref().map_or(&[], |notes| notes.as_slice())
    }

    /// Takes the leniencies that were noted.
    pub(crate) fn take_leniencies(&mut self) -> Vec<Leniency> {
        let notes = self.notes.as_mut();
        notes.map(|notes| notes.take()).unwrap_or_default()
    }

    /// Forgets the leniencies that were noted.
    pub(crate) fn clear_leniencies(&mut self) {
        if let Some(notes) = &mut self.notes {
            notes.clear();
        }
    }

    /// Returns the leniencies of the line that [`step`](Self::step) returned last.
    pub(crate) fn noted(&self) -> &Noted {
        &self.noted
    }

    // ---- where it is

    /// Returns the position of the next line; of one that is too long until its end has been seen.
    pub(crate) fn position(&self) -> Position {
        match self.state {
            State::Skipping(start) => start.position(),
            State::Reading | State::AfterEof | State::Ended => self.place.position(),
        }
    }

    /// Tells whether a line begins here, as opposed to the middle of one that is too long, or nothing.
    pub(crate) fn is_reading(&self) -> bool {
        self.state == State::Reading
    }

    /// Continues after lines that are already known.
    pub(crate) fn pass_known(&mut self, bytes: usize, lines: u64) {
        self.place.pass_lines(lines, bytes);
    }

    /// Records that a TYPE line of that type is among the known lines.
    pub(crate) fn declare(&mut self, kind: MetricType) {
        self.context.subject.pass(kind);
    }

    /// Reads the next body in another dialect.
    pub(crate) fn change_dialect(&mut self, dialect: Dialect) {
        let syntax = dialect.syntax();
        self.context.syntax = syntax;
        self.context.subject.restart(syntax.type_scope);
        self.reads_quickly = syntax.is_untyped() && self.sieve.is_none();
    }

    /// Starts again with another body.
    pub(crate) fn restart(&mut self) {
        self.context.subject.clear();
        self.place = Place::START;
        self.state = State::Reading;
        self.noted = Noted::NOTHING;
        self.clear_leniencies();
        self.open_window("");
    }

    /// Returns where the last line that was read ended.
    #[inline(always)]
    pub(crate) fn line_end(&self) -> LineEnd {
        LineEnd {
            place: self.place,
            dialect: self.dialect(),
        }
    }

    /// Tells whether the rest of a line that is too long is being skipped.
    pub(crate) fn is_skipping(&self) -> bool {
        matches!(self.state, State::Skipping(_))
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.state == State::Ended
    }

    /// Returns the part of `input` within the limit of the body.
    pub(crate) fn within_body<'i>(&self, input: &'i [u8]) -> &'i [u8] {
        let left = self
            .context
            .limits
            .max_body_bytes
            .saturating_sub(self.place.byte());
        match usize::try_from(left) {
            Ok(left) => input.get(..left).unwrap_or(input),
            Err(_) => input,
        }
    }

    // ---- lines

    /// Opens the window that `text` begins with, which is within the limit of the body: as many whole lines as
    /// fit, from which ordinary lines are read. Returns its length.
    pub(crate) fn open_window(&mut self, text: &str) -> usize {
        self.scanner.open(text)
    }

    /// Reads the ordinary sample that the rest of the window begins with, in a format whose lines are [read
    /// quickly](Self::reads_quickly). Returns its parts and the length of its line.
    #[inline(always)]
    pub(crate) fn sample(&mut self, rest: &[u8]) -> Option<(SampleShape, usize)> {
        if self.state != State::Reading {
            return None;
        }
        let (shape, len) = self.scanner.sample(rest, &self.context)?;
        self.took(len)?;
        Some((shape, len))
    }

    /// Does the same for a sample whose name is in the braces, or where the type of a metric decides what its
    /// value is.
    #[inline(always)]
    fn other_sample(&mut self, rest: &[u8]) -> Option<(SampleShape, usize)> {
        if self.state != State::Reading {
            return None;
        }
        let (shape, len) = self.scanner.other_sample(rest, &self.context)?;
        self.took(len)?;
        // If its type is known, its name is the one that the last line had.
        if shape.scope == MetricType::Unknown {
            (self.context.subject).is_now(shape.name.of_bytes(rest));
        }
        Some((shape, len))
    }

    /// Reads an ordinary sample, in any format.
    #[inline(always)]
    pub(crate) fn any_sample(&mut self, rest: &[u8]) -> Option<(SampleShape, usize)> {
        match self.context.syntax.composites {
            Composites::Lines if rest.first() != Some(&b'{') => self.sample(rest),
            Composites::Lines | Composites::Braces => self.other_sample(rest),
        }
    }

    /// Reads an ordinary line that begins with `#`. Returns what it is, and its length.
    #[inline(always)]
    pub(crate) fn descriptor(&mut self, rest: &[u8]) -> Option<(OtherShape, usize)> {
        if self.state != State::Reading {
            return None;
        }
        let (shape, len) = self.scanner.descriptor(rest, &self.context)?;
        self.took(len)?;
        self.context.subject.note_in(shape, rest);
        Some((shape, len))
    }

    /// Reads an ordinary line of either kind. Returns what it is, and its length.
    #[inline(always)]
    pub(crate) fn ordinary(&mut self, rest: &[u8]) -> Option<(LineShape, usize)> {
        if rest.first() == Some(&b'#') {
            let (shape, len) = self.descriptor(rest)?;
            return Some((LineShape::Other(shape), len));
        }
        let (shape, len) = self.any_sample(rest)?;
        Some((LineShape::Sample(shape), len))
    }

    /// Continues after a line of length `len`, unless it is too long.
    #[inline(always)]
    fn took(&mut self, len: usize) -> Option<usize> {
        if len > self.context.limits.max_line_bytes {
            return None;
        }
        self.place.pass_lines(1, len);
        Some(len)
    }

    /// Reads the start of `input` by the grammar. `ends` says that no byte follows.
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
                let line = input
                    .get(..=self.context.limits.max_line())
                    .unwrap_or(input);
                let shows = ends || line.len() < input.len() || scan::line_feed(line).is_some();
                // The error shows the line, so it waits for the line's end.
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
            // If the last line has no line feed, its own error says that the body ends too early.
            if self.context.syntax.end == BodyEnd::EofLine && !self.place.is_unterminated() {
                let error = self.end(ErrorKind::MissingEof, "`# EOF` at the end", input);
                return taken(0, Err(error));
            }
            return Step::End;
        }
        let max = self.context.limits.max_line();
        let capped = input.get(..=max).unwrap_or(input);
        let first = scan::line_feed(capped);
        match first {
            None if capped.len() > max => return self.too_long(input, ends),
            None if !ends => return Step::Incomplete,
            _ => {}
        }
        // Most lines are one physical line; only a quoted text can continue after a line feed.
        let mut tried = match first {
            Some(end) => self.read(capped.get(..=end).unwrap_or(capped), false),
            None => self.read(capped, true),
        };
        if matches!(tried, Err(Stop::Incomplete)) {
            if ends && capped.len() <= max {
                tried = self.read(capped, true);
            } else {
                let end = scan::last_line_feed(capped).unwrap_or(0);
                tried = self.read(capped.get(..=end).unwrap_or(capped), false);
            }
        }
        match tried {
            Ok(Read { shape, len, noted }) => {
                self.note(noted, input.get(..len).unwrap_or(input), shape.is_none());
                self.advance(input, len);
                if let Some(shape) = shape {
                    self.context.subject.note(shape, input);
                }
                if let Some(LineShape::Other(OtherShape::Eof)) = shape {
                    self.state = State::AfterEof;
                }
                taken(len, Ok(shape))
            }
            Err(Stop::Incomplete) if capped.len() > max => self.too_long(input, ends),
            Err(Stop::Incomplete) => Step::Incomplete,
            Err(Stop::Error { kind, expected, at }) => {
                let start = self.place.position();
                let error = Error::at(kind, expected, capped, at, start, self.dialect());
                let len = first.map_or(input.len(), |end| end + 1);
                let line = input.get(..len).unwrap_or(input);
                let error = match self.is_stored_in_part(line, first.is_none()) {
                    true => error.accepted_by_prometheus(),
                    false => error,
                };
                self.advance(input, len);
                taken(len, Err(error))
            }
        }
    }

    fn read(&self, line: &[u8], at_end: bool) -> std::result::Result<Read, Stop> {
        grammar::line(line, &self.context, at_end)
    }

    /// Tells whether a scrape with native histograms stores a line that is in error: it does not look at
    /// the classic buckets beside them.
    #[cold]
    fn is_stored_in_part(&self, line: &[u8], at_end: bool) -> bool {
        let has_parts = match self.context.syntax.composites {
            Composites::Lines => false,
            Composites::Braces => self.context.histograms.keep_classic,
        };
        if !has_parts {
            return false;
        }
        let mut context = self.context.clone();
        context.histograms = context.histograms.keep_classic(false);
        grammar::line(line, &context, at_end).is_ok()
    }

    /// Notes the leniencies of `line`, which begins here.
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

    /// Ends the body with one last error, at the start of `input`, or of the line that is too long.
    #[cold]
    fn end(&mut self, kind: ErrorKind, expected: &'static str, input: &[u8]) -> Error {
        if let State::Skipping(start) = self.state {
            self.place = start;
        }
        self.state = State::Ended;
        let shown = input
            .get(..=self.context.limits.max_line())
            .unwrap_or(input);
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
        let shown = input
            .get(..=self.context.limits.max_line())
            .unwrap_or(input);
        let (kind, expected) = (ErrorKind::LineTooLong, "a shorter line");
        let start = self.place.position();
        let error = Error::at(kind, expected, shown, 0, start, self.dialect());
        self.state = State::Skipping(self.place);
        match self.skip_line(input, ends) {
            Step::Taken { len, .. } => taken(len, Err(error)),
            Step::Incomplete | Step::End => taken(0, Err(error)),
        }
    }

    /// Skips to the next line feed of a line that is too long.
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
