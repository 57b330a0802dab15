//! The door for bodies that come in chunks, and what the reader's door is built on.
//!
//! A shell around the engine that reads slices. It keeps the bytes that are not read yet, hands whole
//! lines over, and carries the rest to the next chunk; there is no second state machine.
//!
//! Two buffers take turns. `pending` gathers what comes in; when it holds whole lines that are UTF-8
//! it becomes the text that lines borrow from, and the used-up text's memory gathers next. So no
//! byte is copied but those of the line that a chunk cuts in two.

mod pending;
mod wanted;

use crate::bytes::scan;
use crate::bytes::work;
use crate::dialect::Dialect;
use crate::error::{Position, Result};
use crate::limits::Limits;
use crate::text::declared::LastType;
use crate::text::engine::{Engine, LineEnd, Step, without_line_feed};
use crate::text::filter::{Filter, Sieve};
use crate::text::leniency::Leniency;
use crate::text::line::Line;
use crate::text::sample::Sample;
use crate::text::shape::{LineShape, OtherShape, Text};

/// Reads a body that arrives in chunks of any size, without doing any input or output itself: for
/// async code, or wherever bytes come from.
///
/// Gives the same lines, errors and positions as a [`Parser`](crate::Parser) over the whole, wherever
/// the chunks are cut. Holds one chunk and one line, in buffers that double as they grow: memory stays
/// within four times the sum of the largest chunk and [`Limits::max_line_bytes`], and 24 bytes for each of
/// [`Limits::max_labels`].
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
    /// Whole lines that are UTF-8, of which `taken` bytes are read.
    text: String,
    taken: usize,
    /// What came behind them: `pending[start..filled]`. The bytes from `filled` on are only room.
    pending: Vec<u8>,
    start: usize,
    filled: usize,
    /// Offset in `pending` up to which lines are not all UTF-8 and are read one by one.
    mixed_until: usize,
    /// How many of the pending bytes are known to hold no line feed.
    searched: usize,
    /// How many pending bytes there must be before an open quote is tried again. Grows with the line,
    /// so that the attempts together stay linear in its length.
    retry_at: usize,
    finished: bool,
    last_type: LastType,
    sieve: Option<Box<Sieve>>,
    /// Offset in `text` up to which the filter wants lines.
    wanted_until: usize,
}

/// A line that was found, and where its text is.
pub(crate) struct Located {
    pub(crate) shape: LineShape,
    start: usize,
    len: usize,
    in_text: bool,
}

impl ChunkParser {
    /// Reads a body in that dialect.
    pub fn new(dialect: Dialect) -> Self {
        ChunkParser {
            engine: Engine::new(dialect),
            text: String::new(),
            taken: 0,
            pending: Vec::new(),
            start: 0,
            filled: 0,
            mixed_until: 0,
            searched: 0,
            retry_at: 0,
            finished: false,
            last_type: LastType::default(),
            sieve: None,
            wanted_until: 0,
        }
    }

    /// With other limits than the default ones. To be set before the first line is read.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.engine.limits = limits;
        self
    }

    /// Reads only the families that `filter` wants, as [`Parser::filter_by`](crate::Parser::filter_by).
    #[must_use]
    pub fn filter_by(mut self, filter: Filter) -> Self {
        self.sieve = Some(Box::new(Sieve::new(filter, self.dialect())));
        self
    }

    /// Notes what [`Dialect::Lenient`] takes and Prometheus does not, as
    /// [`Parser::note_leniencies`](crate::Parser::note_leniencies).
    #[must_use]
    pub fn note_leniencies(mut self) -> Self {
        self.engine.note_leniencies();
        self
    }

    /// Takes what was noted since this was called last, as
    /// [`Parser::take_leniencies`](crate::Parser::take_leniencies).
    pub fn take_leniencies(&mut self) -> Vec<Leniency> {
        self.engine.take_leniencies()
    }

    /// The dialect the body is read in.
    pub fn dialect(&self) -> Dialect {
        self.engine.dialect()
    }

    pub(crate) fn chosen_by(&self) -> Option<&Filter> {
        self.sieve.as_ref().map(|sieve| sieve.filter())
    }

    /// The place of the next line.
    pub fn position(&self) -> Position {
        self.engine.position()
    }

    /// Takes the next bytes of the body. To be called when [`next_line`](Self::next_line) gave
    /// `None`; earlier, the bytes pile up.
    ///
    /// Does nothing after [`finish`](Self::finish): the body has ended, and what comes then is not part of
    /// its last line. Nor does it after an error that ends the body, of the kinds
    /// [`AfterEof`](crate::ErrorKind::AfterEof) and [`BodyTooLong`](crate::ErrorKind::BodyTooLong).
    pub fn feed(&mut self, chunk: &[u8]) {
        // After the end nothing is read, so nothing has to be kept.
        if self.has_ended() {
            return;
        }
        if let Some(room) = self.room(chunk.len()).get_mut(..chunk.len()) {
            room.copy_from_slice(chunk);
            self.wrote(chunk.len());
        }
    }

    /// Says that the body ends here: a last line without a line feed can be read now. Nothing can be
    /// [fed](Self::feed) from here on.
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// The next line, or `None` if more bytes are needed to tell or, after
    /// [`finish`](Self::finish), if there is none.
    ///
    /// # Errors
    ///
    /// A line in error gives one error; the next call goes on with the line behind it.
    #[inline(always)]
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>> {
        Ok(self.read_next(|_| Ok(false))?.map(|(line, _)| line))
    }

    /// What [`next_line`](Self::next_line) gives, and where the line ends; `more` feeds bytes, or says
    /// that there are none for now.
    // As in `Parser`, what the scanner gives stays in registers.
    #[inline(always)]
    pub(crate) fn read_next(
        &mut self,
        more: impl FnMut(&mut Self) -> Result<bool>,
    ) -> Result<Option<(Line<'_>, LineEnd)>> {
        let start = self.taken;
        let first = self.text.as_bytes().get(start);
        if self.sieve.is_none()
            && first.is_some_and(|first| *first != b'#')
            && let Some((shape, len)) = self.engine.sample(&self.text, start)
        {
            self.taken += len;
            let declared = self.last_type.declared();
            let line = Line::Sample(Sample::new(self.line_at(start, len), shape, declared));
            return Ok(Some((line, self.engine.line_end())));
        }
        self.read_slowly(more)
    }

    #[inline(never)]
    fn read_slowly(
        &mut self,
        mut more: impl FnMut(&mut Self) -> Result<bool>,
    ) -> Result<Option<(Line<'_>, LineEnd)>> {
        let start = self.taken;
        if self.sieve.is_none()
            && let Some((shape, len)) = self.engine.descriptor(&self.text, start)
        {
            self.taken += len;
            if let OtherShape::Type { name, .. } = shape {
                let line = self.text.get(start..start + len - 1).unwrap_or_default();
                self.last_type.set(Text::Str(line).bytes(name));
            }
            let line = Line::other(self.line_at(start, len), shape);
            return Ok(Some((line, self.engine.line_end())));
        }
        let located = loop {
            match self.next_located()? {
                None if more(self)? => {}
                located => break located,
            }
        };
        if let Some(located) = &located
            && let LineShape::Other(OtherShape::Type { name, .. }) = located.shape
        {
            let mut last_type = std::mem::take(&mut self.last_type);
            last_type.set(self.text_of(located).bytes(name));
            self.last_type = last_type;
        }
        Ok(located.map(|located| (self.line(located), self.engine.line_end())))
    }

    /// The line of that length, its line feed included, that begins at `start` of the text.
    #[inline(always)]
    fn line_at(&self, start: usize, len: usize) -> Text<'_> {
        Text::Str(self.text.get(start..start + len - 1).unwrap_or_default())
    }

    /// Whether nothing comes any more, whatever is fed.
    pub(crate) fn has_ended(&self) -> bool {
        self.finished || self.engine.has_ended()
    }

    /// Says that the first `len` bytes of the room were written to.
    pub(crate) fn wrote(&mut self, len: usize) {
        self.filled += len;
    }

    /// At least `len` bytes to write to, behind what is filled.
    pub(crate) fn room(&mut self, len: usize) -> &mut [u8] {
        self.reuse_text();
        if self.start == self.filled {
            self.start = 0;
            self.filled = 0;
            self.mixed_until = 0;
        } else if self.start > self.filled / 2 {
            // The part that was read is the larger one: moving the rest costs less than it gives.
            work::on(self.filled - self.start);
            self.pending.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.mixed_until = self.mixed_until.saturating_sub(self.start);
            self.start = 0;
        }
        let needed = self.filled + len;
        if self.pending.len() < needed {
            work::on(needed - self.pending.len());
            self.pending.resize(needed, 0);
        }
        self.pending.get_mut(self.filled..).unwrap_or_default()
    }

    /// Gathers bytes where the text was, if it is used up and its memory is the larger.
    fn reuse_text(&mut self) {
        if self.taken < self.text.len() || self.text.len() <= self.pending.len() {
            return;
        }
        let mut larger = std::mem::take(&mut self.text).into_bytes();
        let carried = (self.pending.get(self.start..self.filled)).unwrap_or_default();
        for (to, from) in larger.iter_mut().zip(carried) {
            *to = *from;
        }
        self.mixed_until = self.mixed_until.saturating_sub(self.start);
        self.filled -= self.start;
        self.start = 0;
        let mut smaller = std::mem::replace(&mut self.pending, larger);
        smaller.clear();
        self.text = String::from_utf8(smaller).unwrap_or_default();
        self.next_text();
    }

    #[inline]
    fn line(&self, located: Located) -> Line<'_> {
        let declared = self.last_type.declared();
        Line::new(self.text_of(&located), located.shape, declared)
    }

    #[inline]
    pub(crate) fn text_of(&self, located: &Located) -> Text<'_> {
        let &Located {
            start,
            len,
            in_text,
            ..
        } = located;
        if in_text {
            Text::Str(self.text.get(start..start + len - 1).unwrap_or_default())
        } else {
            let bytes = self.pending.get(start..).unwrap_or_default();
            Text::new(without_line_feed(bytes, len))
        }
    }

    /// Finds the next line that is to be handed out.
    #[inline]
    fn next_located(&mut self) -> Result<Option<Located>> {
        let Some(mut sieve) = self.sieve.take() else {
            return self.locate(usize::MAX);
        };
        let located = self.locate_wanted(&mut sieve);
        self.sieve = Some(sieve);
        located
    }

    /// Finds the next line without borrowing from the buffers. The fast path is for lines before offset
    /// `fast_until` of the text.
    #[inline]
    fn locate(&mut self, mut fast_until: usize) -> Result<Option<Located>> {
        loop {
            let start = self.taken;
            let ordinary = self.text.get(..fast_until).unwrap_or(&self.text);
            if let Some((shape, len)) = self.engine.ordinary(ordinary, start) {
                self.taken += len;
                return Ok(Some(Located {
                    shape,
                    start,
                    len,
                    in_text: true,
                }));
            }
            let text = self.text.get(start..).unwrap_or_default();
            if text.is_empty() {
                if self.promote() {
                    // What the filter wants of the new text is not known yet.
                    if fast_until < usize::MAX {
                        fast_until = 0;
                    }
                    continue;
                }
                return self.locate_pending();
            }
            let ends = self.finished && self.start == self.filled;
            match self.engine.step(text.as_bytes(), ends) {
                Step::Line(shape, len) => {
                    self.taken += len;
                    return Ok(Some(Located {
                        shape,
                        start,
                        len,
                        in_text: true,
                    }));
                }
                Step::Blank(len) => self.taken += len,
                Step::Error(error, len) => {
                    self.taken += len;
                    return Err(error);
                }
                // A quoted text runs over the end of the text.
                Step::Incomplete => self.demote(),
                Step::End => return Ok(None),
            }
        }
    }

    /// Makes the whole lines among the pending bytes the text, if they are UTF-8.
    fn promote(&mut self) -> bool {
        if self.start < self.mixed_until || self.retry_at > 0 {
            return false;
        }
        let bytes = self
            .pending
            .get(self.start..self.filled)
            .unwrap_or_default();
        let within = self.engine.within_body(bytes);
        let new = within.get(self.searched..).unwrap_or_default();
        let Some(last) = scan::last_line_feed(new) else {
            return false;
        };
        let end = self.searched + last + 1;
        self.searched = 0;
        if self.start > 0 {
            work::on(self.filled - self.start);
            self.pending.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.start = 0;
        }
        let carried = self.filled - end;
        // The text is checked, what is carried is copied.
        work::on(self.filled);
        // Bytes are gathered in the other buffer from here on, beginning with the line that was cut.
        let mut next = std::mem::take(&mut self.text).into_bytes();
        if next.len() < carried {
            work::on(carried - next.len());
            next.resize(carried, 0);
        }
        let mut whole = std::mem::take(&mut self.pending);
        if let (Some(to), Some(from)) = (next.get_mut(..carried), whole.get(end..self.filled)) {
            to.copy_from_slice(from);
        }
        whole.truncate(end);
        match String::from_utf8(whole) {
            Ok(text) => {
                self.next_text();
                self.text = text;
                self.pending = next;
                self.filled = carried;
                self.mixed_until = 0;
                true
            }
            Err(error) => {
                // What was room is cut off: to fill it again would take as long as the longest line so
                // far, for each chunk. It grows by what is asked for, where it is asked for.
                let mut whole = error.into_bytes();
                whole.extend_from_slice(next.get(..carried).unwrap_or_default());
                self.pending = whole;
                self.mixed_until = end;
                next.clear();
                self.text = String::from_utf8(next).unwrap_or_default();
                self.next_text();
                false
            }
        }
    }

    /// The text is another one now.
    fn next_text(&mut self) {
        self.engine.next_text();
        self.taken = 0;
        self.wanted_until = 0;
    }

    /// Puts what is left of the text back in front of the pending bytes.
    #[cold]
    fn demote(&mut self) {
        let rest = self.text.get(self.taken..).unwrap_or_default();
        let behind = self
            .pending
            .get(self.start..self.filled)
            .unwrap_or_default();
        let mut pending = Vec::with_capacity(rest.len() + behind.len());
        pending.extend_from_slice(rest.as_bytes());
        pending.extend_from_slice(behind);
        work::on(pending.len());
        self.text.clear();
        self.next_text();
        self.start = 0;
        self.filled = pending.len();
        self.pending = pending;
        self.mixed_until = 0;
        // The quote is known to be open.
        self.retry_at = 1;
    }
}
