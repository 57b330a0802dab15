//! Reads bodies that come in chunks; the reader for [`io::Read`](std::io::Read) is built on it.
//!
//! A shell around the engine that reads slices. [`buffer`] keeps the bytes that are not read yet, passes
//! on whole lines, and carries the rest to the next chunk; there is no second state machine.

mod buffer;
mod owned_text;
mod pending;
pub(crate) mod samples;

use buffer::{Buffer, Promoted, Span};

use crate::bytes::scan;
use crate::dialect::Dialect;
use crate::error::{Position, Result};
use crate::limits::Limits;
use crate::model::histogram_options::HistogramOptions;
use crate::text::declared::{Declared, LastType};
use crate::text::engine::Engine;
use crate::text::filter::Filter;
use crate::text::leniency::Leniency;
use crate::text::line::Line;
use crate::text::place::{LineEnd, PlacedLine};
use crate::text::sample::Sample;
use crate::text::shape::{LineShape, OtherShape, SampleShape};
use crate::text::step::Step;

/// Reads a body that arrives in chunks of any size, without doing any input or output itself: for async
/// code, or for bytes from anywhere.
///
/// Returns the same lines, errors and positions as a [`Parser`](crate::Parser) over the whole body,
/// wherever the chunks are cut. Holds one chunk and one line, in buffers that double as they grow: memory
/// stays within four times the sum of the largest chunk and [`Limits::max_line_bytes`], plus 24 bytes for
/// each of [`Limits::max_labels`].
///
/// ```
/// use exposition::{ChunkParser, Dialect, Line};
///
/// let mut parser = ChunkParser::new(Dialect::Text);
/// let mut sum = 0.0;
/// for chunk in [&b"requests_total{code=\"2"[..], b"00\"} 3\nrequests_to", b"tal 4"] {
///     parser.feed(chunk);
///     while let Some(line) = parser.next_line()? {
///         if let Line::Sample(sample) = line {
///             sum += sample.value();
///         }
///     }
/// }
/// parser.finish();
/// while let Some(Line::Sample(sample)) = parser.next_line()? {
///     sum += sample.value();
/// }
/// assert_eq!(sum, 7.0);
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ChunkParser {
    engine: Engine,
    buffer: Buffer,
    last_type: LastType,
    /// The offset in the buffer's text up to which the filter wants all lines.
    wanted_until: usize,
}

/// A line that was found, and where its text is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Located {
    shape: LineShape,
    span: Span,
}

impl ChunkParser {
    /// Creates a parser for a body in `dialect`.
    pub fn new(dialect: Dialect) -> Self {
        ChunkParser {
            engine: Engine::new(dialect),
            buffer: Buffer::default(),
            last_type: LastType::default(),
            wanted_until: 0,
        }
    }

    /// Sets the limits. Call it before the first line is read.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.engine.context.limits = limits;
        self
    }

    /// Sets which parts of composite values are looked at.
    pub(crate) fn histograms(mut self, options: HistogramOptions) -> Self {
        self.engine.context.histograms = options;
        self
    }

    /// Reads only the families that `filter` wants, as [`Parser::filter_by`](crate::Parser::filter_by)
    /// does.
    #[must_use]
    pub fn filter_by(mut self, filter: Filter) -> Self {
        self.engine.choose(filter);
        self
    }

    /// Notes what [`Dialect::Lenient`] takes and Prometheus does not, as
    /// [`Parser::note_leniencies`](crate::Parser::note_leniencies) does.
    #[must_use]
    pub fn note_leniencies(mut self) -> Self {
        self.engine.note_leniencies();
        self
    }

    /// Takes what was noted since the last call, as
    /// [`Parser::take_leniencies`](crate::Parser::take_leniencies) does.
    pub fn take_leniencies(&mut self) -> Vec<Leniency> {
        self.engine.take_leniencies()
    }

    /// Returns the dialect that the body is read in.
    pub fn dialect(&self) -> Dialect {
        self.engine.dialect()
    }

    pub(crate) fn chosen_by(&self) -> Option<&Filter> {
        self.engine.chosen_by()
    }

    /// Returns the position of the next line.
    pub fn position(&self) -> Position {
        self.engine.position()
    }

    /// Takes the next bytes of the body. Call it when [`next_line`](Self::next_line) returns `None`; if
    /// called earlier, the bytes pile up.
    ///
    /// Does nothing after [`finish`](Self::finish): the body has ended, and further bytes are not part of
    /// its last line. The same holds after an error that ends the body, of the kinds
    /// [`AfterEof`](crate::ErrorKind::AfterEof) and [`BodyTooLong`](crate::ErrorKind::BodyTooLong).
    pub fn feed(&mut self, chunk: &[u8]) {
        // After the end nothing is read, so nothing needs to be kept.
        if self.has_ended() {
            return;
        }
        if let Some(room) = self.room(chunk.len()).get_mut(..chunk.len()) {
            room.copy_from_slice(chunk);
            self.wrote(chunk.len());
        }
    }

    /// Ends the body here: a last line without a line feed can be read now. Nothing can be
    /// [fed](Self::feed) after this.
    pub fn finish(&mut self) {
        self.buffer.finish();
    }

    /// Returns the next line. Returns `None` if more bytes are needed to tell or, after
    /// [`finish`](Self::finish), if there is none.
    ///
    /// # Errors
    ///
    /// A line in error gives one error; the next call continues with the line after it.
    #[inline(always)]
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>> {
        Ok(self.read_next(|_| Ok(false))?.map(|read| read.line))
    }

    /// Returns what [`next_line`](Self::next_line) does, and where the line ends; `more` feeds bytes, or
    /// says that there are none for now.
    // As in `Parser`, the scanner's result stays in registers.
    #[inline(always)]
    pub(crate) fn read_next(
        &mut self,
        more: impl FnMut(&mut Self) -> Result<bool>,
    ) -> Result<Option<PlacedLine<'_>>> {
        if let Some((shape, len)) = self.ordinary_sample() {
            self.buffer.take_line(len);
            let text = self.buffer.line_of_text();
            let line = Line::Sample(Sample::new(text, shape, self.last_type.declared()));
            let end = self.engine.line_end();
            return Ok(Some(PlacedLine { line, end }));
        }
        // The line is put together anew from a result of another type, so that this one can stay in registers.
        match self.read_slowly(more) {
            Some(Ok(read)) => Ok(Some(read)),
            Some(Err(error)) => Err(error),
            None => Ok(None),
        }
    }

    #[inline(never)]
    fn read_slowly(
        &mut self,
        more: impl FnMut(&mut Self) -> Result<bool>,
    ) -> Option<Result<PlacedLine<'_>>> {
        // In many bodies every third line is one of these: handled with all other lines, they would cost
        // 11 % more instructions.
        if let Some(shape) = self.locate_descriptor() {
            let text = self.buffer.line_of_text();
            let line = Line::other(text, shape);
            let end = self.engine.line_end();
            return Some(Ok(PlacedLine { line, end }));
        }
        self.read_any(more)
    }

    #[inline(never)]
    fn read_any(
        &mut self,
        more: impl FnMut(&mut Self) -> Result<bool>,
    ) -> Option<Result<PlacedLine<'_>>> {
        let located = match self.locate_next(more) {
            Ok(located) => located?,
            Err(error) => return Some(Err(error)),
        };
        let end = self.engine.line_end();
        let line = self.located(located);
        Some(Ok(PlacedLine { line, end }))
    }

    /// Returns the parts of the next line and its length, if it is an ordinary sample of the window.
    #[inline(always)]
    fn ordinary_sample(&mut self) -> Option<(SampleShape, usize)> {
        if !self.engine.reads_quickly() {
            return None;
        }
        let lines = self.buffer.lines();
        // No name begins with one of these; most often it is `#`.
        if matches!(lines.first()?, b'#'..=b'9') {
            return None;
        }
        self.engine.sample(lines)
    }

    /// Finds the next line, if it is an ordinary one of the window that begins with `#`.
    #[inline(always)]
    fn locate_descriptor(&mut self) -> Option<OtherShape> {
        if !self.engine.wants_all() {
            return None;
        }
        let (shape, len) = self.engine.descriptor(self.buffer.lines())?;
        self.buffer.take_line(len);
        if let OtherShape::Type { name, .. } = shape {
            self.last_type.set(self.buffer.line_of_text().bytes(name));
        }
        Some(shape)
    }

    /// Finds the next line without lending it: [`located`](Self::located) does that, until the next call.
    pub(crate) fn locate_next(
        &mut self,
        mut more: impl FnMut(&mut Self) -> Result<bool>,
    ) -> Result<Option<Located>> {
        let located = loop {
            match self.next_located()? {
                Some(located) => break located,
                None if more(self)? => {}
                None => return Ok(None),
            }
        };
        let text = self.buffer.line(located.span);
        if let LineShape::Other(OtherShape::Type { name, .. }) = located.shape {
            self.last_type.set(text.bytes(name));
        }
        Ok(Some(located))
    }

    /// Returns the line that was found last.
    pub(crate) fn located(&self, located: Located) -> Line<'_> {
        let text = self.buffer.line(located.span);
        Line::new(text, located.shape, self.last_type.declared())
    }

    /// Does the same at no cost for each byte, which matters if it is asked for again and again.
    pub(crate) fn located_raw(&self, located: Located) -> Line<'_> {
        let text = self.buffer.raw_line(located.span);
        Line::new(text, located.shape, self.last_type.declared())
    }

    /// Returns where the line ends that was found last.
    pub(crate) fn line_end(&self) -> LineEnd {
        self.engine.line_end()
    }

    /// Tells whether nothing more comes, even if bytes are fed.
    pub(crate) fn has_ended(&self) -> bool {
        self.buffer.is_finished() || self.engine.has_ended()
    }

    // ---- bytes that arrive

    /// Returns how many bytes have arrived that are not whole lines yet.
    pub(crate) fn carried(&self) -> usize {
        self.buffer.pending().len()
    }

    /// Returns at least `len` bytes to write to.
    pub(crate) fn room(&mut self, len: usize) -> &mut [u8] {
        if self.buffer.reuse_text() {
            self.wanted_until = 0;
        }
        self.buffer.room(len)
    }

    /// Records that the first `len` bytes of the room were written.
    pub(crate) fn wrote(&mut self, len: usize) {
        self.buffer.wrote(len);
    }

    // ---- finding lines, without borrowing from the buffer

    /// Finds the next line to return.
    #[inline]
    fn next_located(&mut self) -> Result<Option<Located>> {
        match self.engine.wants_all() {
            true => self.locate(usize::MAX),
            false => self.locate_wanted(),
        }
    }

    /// Finds the next line. The fast path is for lines before offset `fast_until` of the text.
    #[inline]
    fn locate(&mut self, mut fast_until: usize) -> Result<Option<Located>> {
        loop {
            let engine = &mut self.engine;
            (self.buffer).next_window(fast_until, |text| engine.open_window(text));
            if let Some((shape, len)) = self.engine.ordinary(self.buffer.lines()) {
                let span = self.buffer.take_line(len);
                return Ok(Some(Located { shape, span }));
            }
            let text = self.buffer.unread_text();
            if text.is_empty() {
                if !self.promote() {
                    return self.locate_pending();
                }
                // What the filter wants of the new text is not known yet.
                if fast_until < usize::MAX {
                    fast_until = 0;
                }
                continue;
            }
            match (self.engine).step(text.as_bytes(), self.buffer.text_is_last()) {
                Step::Taken { len, line } => {
                    let span = self.buffer.take_text(len);
                    if let Some(shape) = line? {
                        return Ok(Some(Located { shape, span }));
                    }
                }
                // A quoted text goes on past the end of the text.
                Step::Incomplete => {
                    self.buffer.demote();
                    self.wanted_until = 0;
                }
                Step::End => return Ok(None),
            }
        }
    }

    /// Makes the whole lines among the pending bytes the text, if they are UTF-8.
    fn promote(&mut self) -> bool {
        let within = self.engine.within_body(self.buffer.pending()).len();
        let promoted = self.buffer.promote(within);
        if promoted != Promoted::Nothing {
            self.wanted_until = 0;
        }
        promoted == Promoted::Lines
    }

    /// Finds the next line among bytes that are not whole lines of UTF-8: they are read one line at a
    /// time where they were gathered.
    #[cold]
    fn locate_pending(&mut self) -> Result<Option<Located>> {
        loop {
            if !self.is_worth_trying() {
                return Ok(None);
            }
            let bytes = self.buffer.pending();
            if let Some((shape, len)) = ordinary(&mut self.engine, bytes) {
                let span = self.buffer.take_pending(len);
                return Ok(Some(Located { shape, span }));
            }
            match self.engine.step(bytes, self.buffer.is_finished()) {
                Step::Taken { len, line } => {
                    let span = self.buffer.take_pending(len);
                    if let Some(shape) = line? {
                        return Ok(Some(Located { shape, span }));
                    }
                }
                Step::Incomplete => {
                    self.buffer.is_open();
                    return Ok(None);
                }
                Step::End => return Ok(None),
            }
        }
    }

    /// Tells whether the engine can tell more about the pending bytes than at the last attempt.
    fn is_worth_trying(&mut self) -> bool {
        let bytes = self.buffer.pending();
        self.buffer.is_finished()
            || self.engine.is_skipping()
            || bytes.len() > self.engine.context.limits.max_line()
            || self.engine.within_body(bytes).len() < bytes.len()
            || self.buffer.may_hold_line()
    }

    // ---- through a filter

    /// Finds the next line that the filter wants.
    #[inline(never)]
    fn locate_wanted(&mut self) -> Result<Option<Located>> {
        loop {
            self.sort_text();
            let located = match self.locate(self.wanted_until) {
                Ok(Some(located)) => located,
                Ok(None) => return Ok(None),
                Err(error) if self.engine.wants_error(&error, self.buffer.last_line()) => {
                    return Err(error);
                }
                Err(_) => continue,
            };
            // The family of its TYPE line is not known yet, and not needed.
            let text = self.buffer.line(located.span);
            let line = Line::new(text, located.shape, Declared::NONE);
            if self.engine.wants_line(&line) {
                return Ok(Some(located));
            }
            if let Line::Type(_) = line {
                // As if it had been skipped unread.
                self.last_type.forget();
            }
        }
    }

    /// Continues after the lines of the text that the filter skips.
    fn sort_text(&mut self) {
        if self.buffer.taken() < self.wanted_until || !self.engine.is_reading() {
            return;
        }
        let sieved = self.engine.sort(self.buffer.unread_text().as_bytes());
        if sieved.scope.is_some() {
            self.last_type.forget();
        }
        self.buffer.take_text(sieved.skip);
        self.buffer.close_window();
        self.wanted_until = self.buffer.taken() + sieved.keep;
    }
}

/// Reads the line at the start of `bytes`, if it is an ordinary one; returns what it is, and its length.
fn ordinary(engine: &mut Engine, bytes: &[u8]) -> Option<(LineShape, usize)> {
    let end = scan::line_feed(engine.within_body(bytes))?;
    let line = std::str::from_utf8(bytes.get(..=end)?).ok()?;
    engine.open_window(line);
    engine.ordinary(line.as_bytes())
}
