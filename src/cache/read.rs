//! Reads a body by comparing it with the one before.
//!
//! As long as its lines are those of the body before, they are compared in place, and only values change
//! ([`Course::InPlace`]). At the first different line the two bodies part ([`Reading::part`]): the lines
//! of the former become a list of their own, along which the rest is read. A line that is not the next of
//! that list is parsed; if its series is known, the list continues after that series.
//!
//! Lines are compared one window of text at a time, and returned while the window is still in the cache.
//! What is returned borrows from the body alone.

use super::ScrapeCache;
use super::follow::Follow;
use super::line::{Kind, Known, Place};
use super::lines::{Lines, Ready};
use super::runs::Run;
use super::sample::{CachedLine, CachedSample};
use super::tail::Tail;
use crate::bytes::work;
use crate::error::Result;
use crate::model::metric_type::MetricType;
use crate::text::declared::Declared;
use crate::text::line::Line;
use crate::text::sample::Sample;
use crate::text::shape::{LineShape, OtherShape, Text};
use crate::text::step::{Step, without_line_feed};
use crate::text::window::Window;

/// The lines along which a body is read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Course {
    /// Those of the body before, which become the lines of this one.
    InPlace,
    /// The former ones, from that number on.
    Along(usize),
}

/// After this many new series in a row, lines are parsed without being compared first, until one is
/// known.
const PATIENCE: u32 = 3;

/// How many lines are then parsed at a time.
const AT_A_TIME: usize = 32;

/// A body that is being read into the cache.
pub(super) struct Reading<'c, 'b> {
    pub(super) cache: &'c mut ScrapeCache,
    pub(super) body: &'b [u8],
    /// The part of the body that is not returned yet.
    window: Window<'b>,
    /// Whether the engine has opened it. Lines that are all known need not be parsed.
    is_open: bool,
    pub(super) ready: Ready,
    pub(super) course: Course,
    /// Whether the known lines were read in the same dialect.
    pub(super) trusted: bool,
    /// How many series in a row were new.
    pub(super) misses: u32,
    /// The type in force, and the family that it is declared for.
    scope: MetricType,
    declared: Declared<'b>,
}

impl<'c, 'b> Reading<'c, 'b> {
    /// Starts to read a body; the cache's engine must be at its start.
    pub(super) fn new(cache: &'c mut ScrapeCache, body: &'b [u8], trusted: bool) -> Self {
        Reading {
            cache,
            body,
            window: Window::before(body),
            is_open: false,
            ready: Ready::default(),
            course: Course::InPlace,
            trusted,
            misses: 0,
            scope: MetricType::Unknown,
            declared: Declared::NONE,
        }
    }

    /// Returns the next sample, or line in error.
    #[inline(always)]
    pub(super) fn next_sample(&mut self) -> Option<Result<CachedSample<'b>>> {
        loop {
            if let Some(sample) = self.known_sample() {
                return Some(Ok(sample));
            }
            if self.known_other().is_some() || self.read_on() {
                continue;
            }
            match self.parse_by_grammar()? {
                Ok(CachedLine::Sample(sample)) => return Some(Ok(sample)),
                Ok(CachedLine::Other(_)) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Returns the next line.
    #[inline(always)]
    pub(super) fn next_line(&mut self) -> Option<Result<CachedLine<'b>>> {
        loop {
            if let Some(sample) = self.known_sample() {
                return Some(Ok(CachedLine::Sample(sample)));
            }
            if let Some((text, shape)) = self.known_other() {
                return Some(Ok(CachedLine::Other(Line::other(text, shape))));
            }
            if !self.read_on() {
                return self.parse_by_grammar();
            }
        }
    }

    /// Returns the last parsed line.
    pub(super) fn last_line(&self) -> &'b [u8] {
        self.window.last_line()
    }

    /// Reads on to the end.
    pub(super) fn finish(&mut self) {
        loop {
            // Known lines need not be returned.
            if !self.ready.is_empty() {
                self.ready.next = self.ready.end;
                let left = self.ready.end_at.saturating_sub(self.window.taken());
                self.window.take(left);
            }
            if !self.read_on() && self.parse_by_grammar().is_none() {
                return;
            }
        }
    }

    /// Reads on, if nothing is left to return: compares lines, or parses an ordinary one. Returns whether
    /// there were any.
    #[inline(never)]
    fn read_on(&mut self) -> bool {
        if self.window.is_used_up() {
            self.next_window();
        }
        self.ready.begin_at(self.window.taken());
        self.compare();
        if !self.ready.is_empty() {
            return true;
        }
        // Data written just now cannot be read at once, so lines are returned several at a time.
        let most = self.ready.next + AT_A_TIME;
        while self.ready.end < most && self.parse().is_some() && self.misses >= PATIENCE {}
        !self.ready.is_empty()
    }

    /// Moves past the window, as a parser does.
    fn next_window(&mut self) {
        let engine = &mut self.cache.engine;
        let within = engine.within_body(self.window.unread());
        self.window.slide(within.len());
        self.is_open = false;
        self.keep_text();
    }

    /// Returns the body up to the end of the window, or of what is read.
    pub(super) fn up_to_here(&self) -> &'b [u8] {
        self.window.up_to_end()
    }

    /// Copies the window's text, if this body needs a copy of its own.
    fn keep_text(&mut self) {
        let text = self.up_to_here();
        self.cache.lines.texts.keep(text);
    }

    // ---- comparing

    /// Returns the next of the known lines, if it is a sample.
    // The result stays in registers.
    #[inline(always)]
    fn known_sample(&mut self) -> Option<CachedSample<'b>> {
        if self.ready.is_empty() {
            return None;
        }
        let line = self.cache.lines.now.get(self.ready.next)?;
        if line.kind == Kind::Other {
            return None;
        }
        let len = line.line_len as usize;
        let text = self.window.take_line(len)?;
        self.ready.pop();
        let tail = match line.tail {
            None => Tail::NONE,
            Some(_) => self.cache.tails.of(line),
        };
        let known = Known {
            id: self.cache.store.id(line.number),
            number: line.number,
            change: line.change,
        };
        let sample = line.sample(text, tail, self.scope, self.declared);
        Some(CachedSample::new(sample, known))
    }

    /// Returns the next of the known lines, if it is not a sample.
    #[inline]
    fn known_other(&mut self) -> Option<(Text<'b>, OtherShape)> {
        if self.ready.is_empty() {
            return None;
        }
        let line = self.cache.lines.now.get(self.ready.next)?;
        let shape = self.cache.others.shape(line)?;
        let len = line.line_len as usize;
        let text = self.window.take_line(len)?;
        self.ready.pop();
        self.declare(text, shape);
        Some((text, shape))
    }

    /// Records what a TYPE line says.
    #[inline(always)]
    fn declare(&mut self, text: Text<'b>, shape: OtherShape) {
        if let OtherShape::Type { name, kind } = shape {
            self.scope = kind;
            self.declared = Declared::new(Some(text.bytes(name)));
            self.cache.engine.declare(kind);
        }
    }

    /// Compares the lines of the window, as long as they are known.
    fn compare(&mut self) {
        let cache = &mut *self.cache;
        // What follows the end of an OpenMetrics body is an error.
        if !self.trusted || self.misses >= PATIENCE || !cache.engine.is_reading() {
            return;
        }
        let at = self.window.taken();
        let bytes = self.window.lines().as_bytes();
        let here = self.window.up_to_end();
        let Lines {
            now,
            former,
            texts,
            runs,
            moved,
            ..
        } = &mut cache.lines;
        let first = self.ready.next;
        let in_place = matches!(self.course, Course::InPlace);
        if in_place
            && !texts.are_apart()
            && let Some((lines, len)) = runs.same(first, at, bytes, texts.known())
        {
            runs.add(Run::new(first..first + lines, at..at + len));
            cache.engine.pass_known(len, lines as u64);
            self.ready.add(lines, len);
            return;
        }
        let known = match self.course {
            Course::InPlace => now.get_mut(first..),
            Course::Along(along) => former.get_mut(along..),
        };
        let known = known.unwrap_or_default();
        match known.first() {
            None => return,
            Some(line) if line.at as usize == at => {}
            Some(_) => {
                texts.part(here);
                *moved = Some(first);
            }
        }
        let follow = Follow {
            level: cache.level,
            text: texts.known(),
            tails: &mut cache.tails,
            syntax: cache.engine.context.syntax,
            max_line: cache.limits.max_line_bytes,
        };
        let read = follow.read(known, bytes, at);
        if read.lines == 0 {
            return;
        }
        if read.len != read.former_len {
            texts.part(here);
        } else if read.differs && !texts.are_apart() {
            texts.overwrite(at, bytes.get(..read.len).unwrap_or_default());
        }
        if in_place && !texts.are_apart() && !read.differs {
            runs.add(Run::new(first..first + read.lines, at..at + read.len));
        }
        cache.engine.pass_known(read.len, read.lines as u64);
        self.ready.add(read.lines, read.len);
        match self.course {
            Course::InPlace => self.note_moved(self.ready.end),
            Course::Along(along) => {
                self.misses = 0;
                self.take(along..along + read.lines);
                self.course = Course::Along(along + read.lines);
            }
        }
    }

    /// Records that `lines` lines are read, if lines begin elsewhere than they did.
    pub(super) fn note_moved(&mut self, lines: usize) {
        let moved = self.cache.lines.texts.are_apart();
        self.cache.lines.moved = moved.then_some(lines);
    }

    // ---- parsing

    /// Opens the window from what is not returned yet on, before the first of its lines is parsed.
    #[inline(always)]
    fn open(&mut self) {
        if !self.is_open {
            self.cache.engine.open_window(self.window.lines());
            self.is_open = true;
        }
    }

    /// Parses the next line, if it is an ordinary one, so that it can be returned.
    #[inline(always)]
    fn parse(&mut self) -> Option<()> {
        let at = self.ready.end_at;
        if !self.cache.engine.is_untyped() {
            return None;
        }
        self.open();
        let rest = self.window.lines_from(at);
        let (shape, len) = self.cache.engine.ordinary(rest.as_bytes())?;
        let text = Text::Str(rest.get(..len - 1)?);
        let place = Place { at, len };
        match shape {
            LineShape::Sample(shape) => {
                let sample = Sample::new(text, shape, self.declared);
                self.enter_sample(&sample, shape.value, place, false);
            }
            LineShape::Other(shape) => self.add_other(place, shape),
        }
        self.ready.add(1, len);
        Some(())
    }

    /// Parses the next line, of any kind, and returns it.
    #[inline(never)]
    fn parse_by_grammar(&mut self) -> Option<Result<CachedLine<'b>>> {
        loop {
            let rest = self.window.unread();
            if let Some((shape, len)) = self.typed(rest) {
                return Some(Ok(self.unusual(without_line_feed(rest, len), len, shape)));
            }
            let Step::Taken { len, line } = self.cache.engine.step(rest, true) else {
                self.end();
                return None;
            };
            self.window.take(len);
            self.keep_text();
            match line {
                Ok(None) => {}
                Ok(Some(shape)) => {
                    return Some(Ok(self.unusual(without_line_feed(rest, len), len, shape)));
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Reads an ordinary line where the type of a metric decides what its value is. Such a line is parsed
    /// every time: what it says depends on the lines before.
    #[inline(never)]
    fn typed(&mut self, rest: &'b [u8]) -> Option<(LineShape, usize)> {
        if self.cache.engine.is_untyped() {
            return None;
        }
        self.open();
        let engine = &mut self.cache.engine;
        let (shape, len) = engine.ordinary(self.window.lines().as_bytes())?;
        work::on(rest.len().min(len));
        self.window.take(len);
        Some((shape, len))
    }

    /// Records a line that only the grammar reads, and returns it.
    fn unusual(&mut self, line: &'b [u8], len: usize, shape: LineShape) -> CachedLine<'b> {
        // Lines with leniencies are parsed every time, so that they are noted; and what is not whole
        // lines in UTF-8 is never compared.
        let text = Text::new(line);
        let place = Place {
            at: self.window.taken() - len,
            len,
        };
        let anew = !self.cache.engine.is_untyped()
            || !self.cache.engine.noted().is_nothing()
            || line.len() == len
            || line.contains(&b'\n')
            || matches!(text, Text::Bytes(_));
        match shape {
            LineShape::Sample(shape) => {
                let sample = Sample::new(text, shape, self.declared);
                let value = self.cache.store.compared(&sample);
                let known = self.enter_sample(&sample, value, place, anew);
                self.ready.pop();
                CachedLine::Sample(CachedSample::new(sample, known))
            }
            LineShape::Other(shape) => {
                // The last line of an OpenMetrics body is left to the engine, which has to know of it;
                // and reading a comment again costs less than remembering it.
                let is_kept = !matches!(shape, OtherShape::Eof | OtherShape::Comment { .. });
                if !anew && is_kept {
                    self.add_other(place, shape);
                    self.ready.pop();
                }
                self.declare(text, shape);
                CachedLine::Other(Line::other(text, shape))
            }
        }
    }

    // ---- the end

    /// Ends the body here.
    #[cold]
    fn end(&mut self) {
        if self.ready.next < self.cache.lines.now.len() {
            self.part();
        }
        self.cache.lines.moved = None;
        self.cache.lines.texts.end(self.body.len());
    }
}
