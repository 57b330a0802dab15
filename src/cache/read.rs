//! Reading a body against the one before.
//!
//! As long as its lines are those of the body before, they are compared where they stand and nothing but
//! values changes ([`Course::InPlace`]). At the first line that is another one the two bodies part
//! ([`Reading::part`]): the lines of the former become a list of their own, along which the rest is read.
//! A line that is not the next of that list is parsed; if its series is known, the list is gone on with
//! after that series.
//!
//! Lines are compared a window of text at a time, and handed out while the window is still at hand. What is
//! handed out borrows from the body alone.

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

/// Along which lines a body is read.
#[derive(Debug, Clone, Copy)]
enum Course {
    /// Those of the body before, which become this one's.
    InPlace,
    /// The former ones, from that number on.
    Along(usize),
}

/// So many series in a row may be new before lines are parsed without being compared first, until one is
/// known.
const PATIENCE: u32 = 3;

/// So many lines are parsed at a time then.
const AT_A_TIME: usize = 32;

/// A body on its way into the cache.
pub(super) struct Reading<'c, 'b> {
    pub(super) cache: &'c mut ScrapeCache,
    /// What is not handed out yet of the body.
    window: Window<'b>,
    ready: Ready,
    course: Course,
    /// Whether the known lines were read by the same rules.
    trusted: bool,
    /// How many series in a row were new.
    misses: u32,
    /// The type in force, and whose it is.
    scope: MetricType,
    declared: Declared<'b>,
}

impl<'c, 'b> Reading<'c, 'b> {
    /// Starts to read a body; the cache's engine is to be at the start of it.
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

    /// The next sample, or line in error.
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

    /// The next line.
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

    /// The line that was read last, of those that were parsed.
    pub(super) fn last_line(&self) -> &'b [u8] {
        self.window.last_line()
    }

    /// Reads on to the end.
    pub(super) fn finish(&mut self) {
        loop {
            // What is known need not be shown.
            if !self.ready.is_empty() {
                self.ready.next = self.ready.end;
                self.window.take_to(self.ready.end_at);
            }
            if !self.read_on() && self.parse_by_grammar().is_none() {
                return;
            }
        }
    }

    /// Reads on, where nothing is left to be handed out: compares lines, or parses an ordinary one. Whether
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
        // What was written just now cannot be read at once: lines are handed out some at a time.
        let most = self.ready.next + AT_A_TIME;
        while self.ready.end < most && self.parse().is_some() && self.misses >= PATIENCE {}
        !self.ready.is_empty()
    }

    /// Goes on after the window, as a parser does.
    fn next_window(&mut self) {
        let engine = &mut self.cache.engine;
        let within = engine.within_body(self.window.unread());
        self.window.slide(within.len());
        engine.next_text();
    }

    // ---- comparing

    /// Hands out the next of the lines that are known, if it is a sample.
    // What it gives stays in registers.
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

    /// Hands out the next of the lines that are known, if it is another one.
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

    /// Takes note of what a TYPE line says.
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
            syntax: cache.engine.syntax,
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

    /// Makes former lines, which are there again, lines of this body.
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

    /// Says of a line that was among the former what became of its series, before it is among the lines.
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
            // It no longer is: the first of the body before counts.
            let first = lines.former.get(series.line as usize);
            line.change = first.map_or(Change::New, |first| Change::of(first.value, line.value));
        }
        series.body = body;
        series.line = lines.now.len() as u32;
        lines.series += 1;
    }

    // ---- parsing

    /// Parses the next line, if it is an ordinary one, to be handed out.
    #[inline(always)]
    fn parse(&mut self) -> Option<()> {
        let start = self.ready.end_at;
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

    /// Parses the next line, whatever it is, and hands it out.
    #[inline(never)]
    fn parse_by_grammar(&mut self) -> Option<Result<CachedLine<'b>>> {
        loop {
            let rest = self.window.unread();
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

    /// Takes note of a line that only the grammar reads, and shows it.
    fn unusual(&mut self, line: &'b [u8], len: usize, shape: LineShape) -> CachedLine<'b> {
        // What is taken leniently is parsed every time, so that it is noted; and what is not whole lines in
        // UTF-8 is never compared.
        let text = Text::new(line);
        let anew = !self.cache.engine.noted().is_nothing()
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
                // The last line of an OpenMetrics body is left to the engine, which has to know of it; and a
                // comment is read again at less cost than it is remembered.
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

    /// Makes another line the next one.
    fn add_other(&mut self, line: &[u8], shape: OtherShape) {
        self.part();
        let known = self.cache.others.add(line, shape);
        self.cache.lines.now.push(known);
    }

    /// Makes a sample the next line.
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
                    change =
                        first.map_or(Change::New, |first| Change::of(first.value, sample.value()));
                    self.course = Course::Along(found.line as usize + 1);
                    self.misses = 0;
                }
            }
            store.enter(number, now.len());
            *series += 1;
        }
        let known = Known { id, number, change };
        let tail = self.cache.tails.keep(sample);
        now.push(KnownLine::of_sample(
            sample, known, found.text, tail, len, anew,
        ));
        known
    }

    /// Reads a sample whose series stands where it did, as long as the bodies have not parted.
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
        line.set(sample.value());
        line.line_len = len as u32;
        line.tail = cache.tails.keep(sample);
        line.kind = Kind::of_sample(anew);
        Some(line.known())
    }

    // ---- where bodies part, and end

    /// From the next line on this body is another than the one before.
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

    /// The body ends here.
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
