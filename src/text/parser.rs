//! Reads bodies that are slices.

use crate::dialect::Dialect;
use crate::error::{Position, Result};
use crate::limits::Limits;
use crate::model::histogram_options::HistogramOptions;
use crate::text::declared::Declared;
use crate::text::engine::Engine;
use crate::text::filter::Filter;
use crate::text::leniency::Leniency;
use crate::text::line::Line;
use crate::text::place::LineEnd;
use crate::text::sample::Sample;
use crate::text::shape::{LineShape, OtherShape, Text};
use crate::text::step::{Step, without_line_feed};
use crate::text::window::Window;

/// Reads the lines of a body that is a slice.
///
/// An iterator of `Result<Line, Error>`. A line in error gives one error and no sample; the next call
/// continues with the line after it. So `collect::<Result<Vec<_>>>()` and `?` stop at the first error,
/// and a `for` loop sees them all. Blank lines are not reported.
///
/// Names, values and texts borrow from the body; lines need no allocation, however many labels they have.
///
/// ```
/// use exposition::{Line, Parser};
///
/// let body = b"# TYPE up gauge\nup{job=\"envoy\"} 1\n";
/// for line in Parser::text(body) {
///     match line? {
///         Line::Sample(sample) => println!("{} {:?} {}", sample.name(), sample.labels(), sample.value()),
///         Line::Type(line) => println!("{} is a {}", line.name(), line.metric_type()),
///         _ => {}
///     }
/// }
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Parser<'a> {
    engine: Engine,
    window: Window<'a>,
    /// The family that the last TYPE line names.
    declared: Declared<'a>,
}

impl<'a> Parser<'a> {
    /// Reads `body`, bytes or text, in `dialect`.
    pub fn new<B: AsRef<[u8]> + ?Sized>(body: &'a B, dialect: Dialect) -> Self {
        Parser {
            engine: Engine::new(dialect),
            window: Window::before(body.as_ref()),
            declared: Declared::NONE,
        }
    }

    /// Reads `body` as Prometheus reads the text format.
    pub fn text<B: AsRef<[u8]> + ?Sized>(body: &'a B) -> Self {
        Parser::new(body, Dialect::Text)
    }

    /// Reads `body` as Prometheus reads OpenMetrics.
    pub fn openmetrics<B: AsRef<[u8]> + ?Sized>(body: &'a B) -> Self {
        Parser::new(body, Dialect::OpenMetrics)
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

    /// Reads only the families and samples that `filter` wants; lines of others are skipped before their
    /// labels are looked at, several times as fast.
    #[must_use]
    pub fn filter_by(mut self, filter: Filter) -> Self {
        self.engine.choose(filter);
        self
    }

    /// Notes what [`Dialect::Lenient`] takes and Prometheus does not, line by line. Ordinary lines cost
    /// nothing; each note takes 32 bytes until it is [taken](Self::take_leniencies).
    #[must_use]
    pub fn note_leniencies(mut self) -> Self {
        self.engine.note_leniencies();
        self
    }

    /// Takes what was noted since the last call, in the order of the body: for the lines that were
    /// returned, and for blank ones. Empty unless the parser was asked to [note
    /// it](Self::note_leniencies).
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

    /// Returns what is not read.
    pub(crate) fn unread(&self) -> &'a [u8] {
        self.window.unread()
    }

    pub(crate) fn limits_set(&self) -> Limits {
        self.engine.context.limits
    }

    /// Returns the position of the next line.
    pub fn position(&self) -> Position {
        self.engine.position()
    }

    /// Returns where the last returned line ends.
    #[inline]
    pub(crate) fn line_end(&self) -> LineEnd {
        self.engine.line_end()
    }

    /// Returns the next line, or `None` at the end of the body: what [`next`](Self::next) returns, in the
    /// form of the other readers.
    ///
    /// # Errors
    ///
    /// A line in error gives one error; the next call continues with the line after it.
    #[inline(always)]
    pub fn next_line(&mut self) -> Result<Option<Line<'a>>> {
        self.next().transpose()
    }

    /// Returns the next line, if it is an ordinary sample and the next one to return.
    #[inline(always)]
    pub(crate) fn next_ordinary(&mut self) -> Option<Sample<'a>> {
        match self.engine.reads_quickly() {
            true => self.ordinary_sample(),
            false => None,
        }
    }

    /// Returns the next sample, after lines of other kinds.
    #[inline(always)]
    pub(crate) fn next_sample(&mut self) -> Result<Option<Sample<'a>>> {
        for line in self {
            if let Line::Sample(sample) = line? {
                return Ok(Some(sample));
            }
        }
        Ok(None)
    }

    /// Returns the next line, if it is an ordinary sample of the window.
    // Nothing else is between the scanner and a caller's loop: the result stays in registers.
    #[inline(always)]
    fn ordinary_sample(&mut self) -> Option<Sample<'a>> {
        let lines = self.window.lines().as_bytes();
        // No name begins with one of these; most often it is `#`.
        if matches!(lines.first()?, b'#'..=b'9') {
            return None;
        }
        let (shape, len) = self.engine.sample(lines)?;
        let text = self.window.take_line(len)?;
        Some(Sample::new(text, shape, self.declared))
    }

    /// Records the name in a TYPE line.
    #[inline(always)]
    fn declare(&mut self, text: Text<'a>, shape: OtherShape) {
        if let OtherShape::Type { name, .. } = shape {
            self.declared = Declared::new(Some(text.bytes(name)));
        }
    }

    /// Reads any line, and moves from window to window.
    #[inline(never)]
    fn read_slowly(&mut self) -> Result<Option<Line<'a>>> {
        if self.engine.wants_all()
            && let Some(line) = self.ordinary_descriptor()
        {
            return Ok(Some(line));
        }
        self.read_any()
    }

    /// Returns the next line, if it is an ordinary one of the window that begins with `#`.
    #[inline(always)]
    fn ordinary_descriptor(&mut self) -> Option<Line<'a>> {
        let (shape, len) = self.engine.descriptor(self.window.lines().as_bytes())?;
        let text = self.window.take_line(len)?;
        self.declare(text, shape);
        Some(Line::other(text, shape))
    }

    /// Does what [`read_slowly`](Self::read_slowly) does, for the lines that are left.
    #[inline(never)]
    fn read_any(&mut self) -> Result<Option<Line<'a>>> {
        if !self.engine.wants_all() {
            return self.read_wanted();
        }
        if self.window.is_used_up() {
            self.next_window();
        }
        self.read()
    }

    /// Reads the next line of the window.
    #[inline(always)]
    fn read(&mut self) -> Result<Option<Line<'a>>> {
        let line = match self.window.lines().as_bytes().first() {
            Some(b'#') => self.ordinary_descriptor(),
            _ => self.any_ordinary_sample().map(Line::Sample),
        };
        match line {
            Some(line) => Ok(Some(line)),
            None => self.read_by_grammar(),
        }
    }

    /// Returns the next line, if it is an ordinary sample of the window, in any format.
    #[inline(always)]
    fn any_ordinary_sample(&mut self) -> Option<Sample<'a>> {
        let (shape, len) = self.engine.any_sample(self.window.lines().as_bytes())?;
        let text = self.window.take_line(len)?;
        Some(Sample::new(text, shape, self.declared))
    }

    /// Reads the next line that the filter wants.
    #[inline(never)]
    fn read_wanted(&mut self) -> Result<Option<Line<'a>>> {
        loop {
            if self.window.is_used_up() {
                self.next_wanted_window();
            }
            let line = self.read();
            let wanted = match &line {
                Err(error) => self.engine.wants_error(error, self.window.last_line()),
                Ok(Some(line)) => self.engine.wants_line(line),
                Ok(None) => true,
            };
            if wanted {
                return line;
            }
            if matches!(line, Ok(Some(Line::Type(_)))) {
                // As if it had been skipped unread.
                self.declared = Declared::NONE;
            }
        }
    }

    #[inline(never)]
    fn read_by_grammar(&mut self) -> Result<Option<Line<'a>>> {
        loop {
            let rest = self.window.unread();
            let Step::Taken { len, line } = self.engine.step(rest, true) else {
                return Ok(None);
            };
            self.window.take(len);
            if let Some(shape) = line? {
                let text = Text::new(without_line_feed(rest, len));
                if let LineShape::Other(shape) = shape {
                    self.declare(text, shape);
                }
                return Ok(Some(Line::new(text, shape, self.declared)));
            }
        }
    }

    /// Does what [`next_window`](Self::next_window) does, after the lines that the filter skips.
    fn next_wanted_window(&mut self) {
        let sieved = self.engine.sort(self.window.unread());
        if sieved.scope.is_some() {
            self.declared = Declared::NONE;
        }
        self.window.slide_to(sieved.skip, sieved.keep);
        self.engine.open_window(self.window.lines());
    }

    /// Moves past the window.
    #[inline(never)]
    fn next_window(&mut self) {
        let within = self.engine.within_body(self.window.unread());
        self.window.slide(within.len());
        self.engine.open_window(self.window.lines());
    }
}

impl<'a> Iterator for Parser<'a> {
    type Item = Result<Line<'a>>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        if let Some(sample) = self.next_ordinary() {
            return Some(Ok(Line::Sample(sample)));
        }
        match self.read_slowly() {
            Ok(Some(line)) => Some(Ok(line)),
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

impl std::iter::FusedIterator for Parser<'_> {}
