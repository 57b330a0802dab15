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
use super::line::{Change, Kind, Known, KnownLine};
use super::lines::{Lines, Ready};
use super::sample::{CachedLine, CachedSample};
use super::store::Body;
use super::tail::Tail;
use crate::bytes::work;
use crate::error::Result;
use crate::model::metric_type::MetricType;
use crate::text::declared::Declared;
use crate::text::engine::{Step, without_line_feed};
use crate::text::line::Line;
use crate::text::sample::Sample;
use crate::text::shape::{LineShape, OtherShape, Text};
use crate::text::window::Window;

/// The lines along which a body is read.
#[derive(Debug, Clone, Copy)]
enum Course {
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
    /// The part of the body that is not returned yet.
    window: Window<'b>,
    ready: Ready,
    course: Course,
    /// Whether the known lines were read in the same dialect.
    trusted: bool,
    /// How many series in a row were new.
    misses: u32,
    /// The type in force, and the family that it is declared for.
    scope: MetricType,
    declared: Declared<'b>,
}

impl<'c, 'b> Reading<'c, 'b> {
    /// Starts to read a body; the cache's engine must be at its start.
    pub(super) fn new(cache: &'c mut ScrapeCache, body: &'b [u8], trusted: bool) -> Self {
        Reading {
            cache,
            window: Window::before(body),
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
                self.window.take_to(self.ready.end_at);
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
        engine.next_text();
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
        let text = self.window.line(self.window.taken(), len)?;
        self.ready.pop();
        self.window.take(len);
        let tail = match line.tail {
            None => Tail::NONE,
            Some(_) => self.cache.tails.of(line),
        };
        let sample = line.sample(text, tail, self.scope, self.declared);
        Some(CachedSample::new(sample, line.known()))
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
        let text = self.window.line(self.window.taken(), len)?;
        self.ready.pop();
        self.window.take(len);
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
        let follow = Follow {
            level: cache.level,
            store: &cache.store,
            others: &cache.others,
            tails: &mut cache.tails,
            syntax: cache.engine.context.syntax,
            max_line: cache.limits.max_line_bytes,
        };
        let known = match self.course {
            Course::InPlace => cache.lines.now.get_mut(self.ready.next..),
            Course::Along(along) => cache.lines.former.get_mut(along..),
        };
        let bytes = self.window.lines().as_bytes().get(self.window.taken()..);
        let (lines, bytes) = follow.read(known.unwrap_or_default(), bytes.unwrap_or_default());
        if lines == 0 {
            return;
        }
        cache.engine.pass_known(bytes, lines as u64);
        self.ready.add(lines, bytes);
        if let Course::Along(along) = self.course {
            self.misses = 0;
            self.take(along..along + lines);
            self.course = Course::Along(along + lines);
        }
    }

    /// Makes former lines, which occur again, lines of this body.
    fn take(&mut self, numbers: std::ops::Range<usize>) {
        work::on(numbers.len() * size_of::<KnownLine>());
        for number in numbers {
            let Some(former) = self.cache.lines.former.get_mut(number) else {
                break;
            };
            let mut line = *former;
            former.kind = Kind::Taken;
            if line.is_sample() {
                self.place(&mut line);
            }
            self.cache.lines.now.push(line);
        }
    }

    /// Sets what became of the series of a former line, before it is added to the lines.
    fn place(&mut self, line: &mut KnownLine) {
        let (body, lines) = (self.cache.store.body, &mut self.cache.lines);
        let Some(series) = self.cache.store.series_mut(line.number) else {
            return;
        };
        if series.body == body {
            line.change = Change::Repeated;
            return;
        }
        if line.change == Change::Repeated {
            // It repeats no longer, so it is compared with the first one of the body before.
            let first = lines.former.get(series.line as usize);
            line.change = first.map_or(Change::New, |first| Change::of(first.value, line.value));
        }
        series.body = body;
        series.line = lines.now.len() as u32;
        lines.series += 1;
    }

    // ---- parsing

    /// Parses the next line, if it is an ordinary one, so that it can be returned.
    #[inline(always)]
    fn parse(&mut self) -> Option<()> {
        let start = self.ready.end_at;
        if !self.cache.engine.is_untyped() {
            return None;
        }
        let (shape, len) = self.cache.engine.ordinary(self.window.lines(), start)?;
        let text = self.window.line(start, len)?;
        match shape {
            LineShape::Sample(shape) => {
                let sample = Sample::new(text, shape, self.declared);
                self.add_sample(&sample, len, false);
            }
            LineShape::Other(shape) => self.add_other(text.as_bytes(), shape),
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
        let engine = &mut self.cache.engine;
        if engine.is_untyped() {
            return None;
        }
        let start = self.window.taken();
        let (shape, len) = engine.ordinary(self.window.lines(), start)?;
        work::on(rest.len().min(len));
        self.window.take(len);
        Some((shape, len))
    }

    /// Records a line that only the grammar reads, and returns it.
    fn unusual(&mut self, line: &'b [u8], len: usize, shape: LineShape) -> CachedLine<'b> {
        // Lines with leniencies are parsed every time, so that they are noted; and what is not whole
        // lines in UTF-8 is never compared.
        let text = Text::new(line);
        let anew = !self.cache.engine.is_untyped()
            || !self.cache.engine.noted().is_nothing()
            || line.len() == len
            || line.contains(&b'\n')
            || matches!(text, Text::Bytes(_));
        match shape {
            LineShape::Sample(shape) => {
                let sample = Sample::new(text, shape, self.declared);
                let known = self.add_sample(&sample, len, anew);
                self.ready.pop();
                CachedLine::Sample(CachedSample::new(sample, known))
            }
            LineShape::Other(shape) => {
                // The last line of an OpenMetrics body is left to the engine, which has to know of it;
                // and reading a comment again costs less than remembering it.
                let is_kept = !matches!(shape, OtherShape::Eof | OtherShape::Comment { .. });
                if !anew && is_kept {
                    self.add_other(line, shape);
                    self.ready.pop();
                }
                self.declare(text, shape);
                CachedLine::Other(Line::other(text, shape))
            }
        }
    }

    /// Adds a line that is not a sample as the next one.
    fn add_other(&mut self, line: &[u8], shape: OtherShape) {
        self.part();
        let known = self.cache.others.add(line, shape);
        self.cache.lines.now.push(known);
    }

    /// Adds a sample as the next line.
    #[inline(always)]
    fn add_sample(&mut self, sample: &Sample<'b>, len: usize, anew: bool) -> Known {
        if let Some(known) = self.stay(sample, len, anew) {
            return known;
        }
        self.part();
        let Lines {
            now,
            former,
            series,
            ..
        } = &mut self.cache.lines;
        let store = &mut self.cache.store;
        let raw = sample.raw_series();
        let value = store.compared(sample);
        let (number, found) = store.find_or_add(raw);
        let (id, change);
        if found.body == store.body {
            id = now.get(found.line as usize).map_or(0, |first| first.id);
            change = Change::Repeated;
        } else {
            match found.body {
                Body::Neither => {
                    id = store.revive(raw.len());
                    change = Change::New;
                    self.misses += 1;
                }
                _ => {
                    let first = former.get(found.line as usize);
                    id = first.map_or(0, |first| first.id);
                    change = first.map_or(Change::New, |first| Change::of(first.value, value));
                    self.course = Course::Along(found.line as usize + 1);
                    self.misses = 0;
                }
            }
            store.enter(number, now.len());
            *series += 1;
        }
        let known = Known { id, number, change };
        let tail = self.cache.tails.keep(sample);
        let mut line = KnownLine::of_sample(sample, known, found.text, tail, len, anew);
        line.value = value;
        now.push(line);
        known
    }

    /// Reads a sample whose series is where it was, as long as the bodies have not parted.
    #[inline]
    fn stay(&mut self, sample: &Sample<'b>, len: usize, anew: bool) -> Option<Known> {
        let Course::InPlace = self.course else {
            return None;
        };
        let cache = &mut *self.cache;
        let line = cache.lines.now.get_mut(self.ready.end)?;
        if !self.trusted || !line.is_sample() || cache.store.text(line) != sample.raw_series() {
            return None;
        }
        line.set(cache.store.compared(sample));
        line.line_len = len as u32;
        line.tail = cache.tails.keep(sample);
        line.kind = Kind::of_sample(anew);
        Some(line.known())
    }

    // ---- where bodies part, and end

    /// Separates this body from the one before, from the next line on.
    #[inline(always)]
    fn part(&mut self) {
        if let Course::InPlace = self.course {
            self.part_here();
        }
    }

    #[inline(never)]
    fn part_here(&mut self) {
        self.course = Course::Along(self.ready.end);
        let body = self.cache.store.next_body();
        let Lines {
            now,
            former,
            series,
            shared,
            ..
        } = &mut self.cache.lines;
        *shared = Some(self.ready.end);
        std::mem::swap(now, former);
        now.clear();
        now.extend_from_slice(former.get(..self.ready.end).unwrap_or_default());
        work::on(size_of_val(now.as_slice()));
        *series = 0;
        for line in now {
            if line.is_sample() && line.change != Change::Repeated {
                *series += 1;
                if let Some(series) = self.cache.store.series_mut(line.number) {
                    series.body = body;
                }
            }
        }
    }

    /// Ends the body here.
    #[cold]
    fn end(&mut self) {
        if self.ready.next < self.cache.lines.now.len() {
            self.part();
        }
        let ScrapeCache {
            lines,
            store,
            others,
            ..
        } = &mut *self.cache;
        lines.lose_what_is_left(store, others);
    }
}
