//! Reading a body beside the last one.
//!
//! As long as line follows line as it did last time, places stay where they are and only their values
//! are set. At the first line that is another one, the places that are left become *former* ones: from
//! then on places are put down anew, those of lines that are found again among the former.

use super::aside::Aside;
use super::compare::begins;
use super::place::{Change, Kind, Place, What};
use super::store::Store;
use super::tail::{Tail, tail};
use crate::dialect::Dialect;
use crate::fast::Scanned;
use crate::index;
use crate::line::Sample;
use crate::metric_type::MetricType;
use crate::parser::{Between, Engine, Step, whole_lines, without_line_feed};
use crate::scan;
use crate::shape::{OtherShape, SampleShape, Text};

/// How much is looked at first for a line that is another one than expected, in bytes. It is doubled
/// while more of them follow.
const AHEAD: usize = 256;

/// A body that is being read.
pub(super) struct Reading<'r, 'b> {
    pub(super) store: &'r mut Store,
    pub(super) places: &'r mut Vec<Place>,
    pub(super) former: &'r mut Vec<Place>,
    pub(super) aside: &'r mut Aside,
    pub(super) engine: &'r mut Engine,
    pub(super) body: &'b [u8],
    /// As much of the body as the limit leaves.
    pub(super) within: &'b [u8],
    pub(super) progress: Progress<'b>,
}

/// How far a body has been read.
pub(super) struct Progress<'b> {
    /// How many bytes are read.
    at: usize,
    /// How many of them the engine does not know of, and how many lines.
    untold: usize,
    untold_lines: u64,
    scope: MetricType,
    /// Which place the next line has if it is the one that stood here last time: one of the former, if
    /// there are any.
    expected: usize,
    /// Whether places have become former ones, and how many have not.
    parted: Option<usize>,
    /// Whether the places are those of a body in the same dialect.
    trusted: bool,
    /// Whole lines in UTF-8, and where they begin.
    window: &'b str,
    window_at: usize,
    ahead: usize,
}

impl Progress<'_> {
    pub(super) fn start(trusted: bool) -> Self {
        Progress {
            at: 0,
            untold: 0,
            untold_lines: 0,
            scope: Between::START.scope,
            expected: 0,
            parted: None,
            trusted,
            window: "",
            window_at: 0,
            ahead: AHEAD,
        }
    }
}

/// What follows the text that a line was expected to begin with, if it does.
#[inline(always)]
fn hit(place: &Place, store: &Store, bytes: &[u8], dialect: Dialect) -> Option<Tail> {
    let text = store.prefix(place.prefix)?;
    if !begins(bytes, text) {
        return None;
    }
    match place.what.get() {
        (Kind::Sample, _) => {
            let mut tail = tail(bytes.get(text.len()..)?, dialect)?;
            tail.len += text.len();
            Some(tail)
        }
        _ => Some(Tail {
            value: 0.0,
            timestamp: None,
            len: text.len(),
        }),
    }
}

impl<'b> Reading<'_, 'b> {
    /// Reads all of the body: the places are its lines then. Says whether they are other ones than
    /// before.
    pub(super) fn read(mut self) -> bool {
        if !self.progress.trusted {
            self.part();
        }
        loop {
            if self.progress.trusted && self.engine.is_reading() {
                match self.progress.parted {
                    None => self.follow(),
                    Some(_) => self.follow_former(),
                }
            }
            if !self.read_line() {
                break;
            }
        }
        if self.progress.parted.is_none() && self.progress.expected < self.places.len() {
            self.part();
        }
        self.former.clear();
        self.progress.parted.is_some()
    }

    /// Reads lines that are where they were.
    fn follow(&mut self) {
        let dialect = self.engine.dialect;
        let max = self.engine.limits.line;
        let Progress {
            at,
            untold,
            untold_lines,
            scope,
            expected,
            ahead,
            ..
        } = &mut self.progress;
        let places = self.places.get_mut(*expected..).unwrap_or_default();
        let mut rest = self.within.get(*at..).unwrap_or_default();
        let before = rest.len();
        let mut lines = 0;
        for place in places {
            let Some(tail) = hit(place, self.store, rest, dialect).filter(|tail| tail.len <= max)
            else {
                break;
            };
            rest = rest.get(tail.len..).unwrap_or_default();
            lines += 1;
            match place.what.get() {
                (Kind::Sample, _) => {
                    let timestamp = tail.timestamp;
                    place.set(tail.value, timestamp.map(|time| self.aside.timestamp(time)));
                }
                (_, other) => *scope = self.store.scope_behind(other, *scope),
            }
        }
        if lines > 0 {
            let read = before - rest.len();
            *at += read;
            *untold += read;
            *untold_lines += lines as u64;
            *expected += lines;
            *ahead = AHEAD;
        }
    }

    /// Reads lines that follow each other as they did.
    fn follow_former(&mut self) {
        let dialect = self.engine.dialect;
        let max = self.engine.limits.line;
        while let Some(&place) = self.former.get(self.progress.expected) {
            let rest = self.within.get(self.progress.at..).unwrap_or_default();
            let Some(tail) = hit(&place, self.store, rest, dialect).filter(|tail| tail.len <= max)
            else {
                break;
            };
            let progress = &mut self.progress;
            progress.at += tail.len;
            progress.untold += tail.len;
            progress.untold_lines += 1;
            progress.expected += 1;
            progress.ahead = AHEAD;
            match place.what.get() {
                (Kind::Sample, number) => {
                    let extra = tail.timestamp.map(|time| self.aside.timestamp(time));
                    self.put_sample(number, tail.value, extra);
                }
                (_, other) => {
                    progress.scope = self.store.scope_behind(other, progress.scope);
                    self.places.push(place);
                }
            }
        }
    }

    /// Reads one line, whatever it is; false at the end.
    fn read_line(&mut self) -> bool {
        if self.passes_blank_line() {
            return true;
        }
        self.tell();
        let before = self.engine.between();
        let at = self.progress.at;
        let rest = self.body.get(at..).unwrap_or_default();
        self.look_ahead();
        let window = self.progress.window;
        let start = at - self.progress.window_at;
        let mut shape = SampleShape::default();
        let text = |len: usize| Text::Str(window.get(start..start + len - 1).unwrap_or_default());
        let (text, other, len) = match self.engine.fast(window, start, &mut shape) {
            Some(Scanned::Sample(len)) => (text(len), None, len),
            Some(Scanned::Other(other, len)) => (text(len), Some(other), len),
            None => match self.engine.step(rest, true, &mut shape) {
                Step::Line(other, len) => (Text::new(without_line_feed(rest, len)), other, len),
                Step::Blank(len) => {
                    self.progress.at += len;
                    return true;
                }
                Step::Error(_, len) => {
                    self.progress.at += len;
                    self.put_odd(before);
                    return true;
                }
                Step::Incomplete | Step::End => return false,
            },
        };
        self.progress.at += len;
        match other {
            None => self.sample(&Sample { text, shape }, at),
            Some(shape) => self.other(text, shape, before),
        }
        true
    }

    /// Goes on behind an empty line, if one is next.
    fn passes_blank_line(&mut self) -> bool {
        let progress = &mut self.progress;
        let blank = self.within.get(progress.at) == Some(&b'\n')
            && self.engine.is_reading()
            && self.engine.dialect != Dialect::OpenMetrics;
        if blank {
            progress.at += 1;
            progress.untold += 1;
            progress.untold_lines += 1;
        }
        blank
    }

    /// Lets the engine know of the lines that were read without it.
    fn tell(&mut self) {
        let progress = &mut self.progress;
        if progress.untold > 0 {
            let (bytes, lines) = (progress.untold, progress.untold_lines);
            self.engine.pass_known(bytes, lines, progress.scope);
            (progress.untold, progress.untold_lines) = (0, 0);
        }
    }

    /// Sees to it that the next line is in the window, if it may be in any.
    fn look_ahead(&mut self) {
        let progress = &mut self.progress;
        if progress.at < progress.window_at + progress.window.len() {
            return;
        }
        let rest = self.within.get(progress.at..).unwrap_or_default();
        let line = scan::line_feed(rest).map_or(0, |end| end + 1);
        let ahead = rest.get(..progress.ahead.max(line)).unwrap_or(rest);
        progress.window = whole_lines(ahead);
        progress.window_at = progress.at;
        progress.ahead = (2 * progress.ahead).min(index::WINDOW);
        self.engine.next_text();
    }

    /// Takes a sample that was read by the engine, in a line that begins at `at`.
    fn sample(&mut self, sample: &Sample<'b>, at: usize) {
        let extra = self.aside.extra(sample, at);
        let raw = sample.raw_series();
        let (kind, number) = match self.expected() {
            Some(place) => place.what.get(),
            None => (Kind::Odd, 0),
        };
        let is_expected = kind == Kind::Sample && self.store.is(number, raw);
        if is_expected && self.progress.parted.is_none() {
            if let Some(place) = self.places.get_mut(self.progress.expected) {
                place.set(sample.value(), extra);
            }
            self.progress.expected += 1;
            return;
        }
        if self.progress.parted.is_none() {
            self.part();
        }
        if is_expected {
            self.progress.expected += 1;
            self.put_sample(number, sample.value(), extra);
            return;
        }
        match self.store.find(raw) {
            Ok(number) => {
                if let Some(place) = self.former_place(number) {
                    self.progress.expected = place + 1;
                }
                self.put_sample(number, sample.value(), extra);
            }
            Err(tag) => {
                let number = self.store.add(sample, tag);
                self.put_sample(number, sample.value(), extra);
            }
        }
    }

    /// Takes another line that was read by the engine, between which and the one before it was there.
    fn other(&mut self, text: Text<'b>, shape: OtherShape, before: Between) {
        if let OtherShape::Type { kind, .. } = shape {
            self.progress.scope = kind;
        }
        let text = match text {
            // Names in quotes may hold a line feed, and other bytes than UTF-8.
            Text::Str(text) if shape != OtherShape::Eof && !text.contains('\n') => text,
            _ => return self.put_odd(before),
        };
        if let Some(place) = self.expected().copied()
            && let (Kind::Other, number) = place.what.get()
            && self.store.is_other(number, text)
        {
            self.progress.expected += 1;
            if self.progress.parted.is_some() {
                self.places.push(place);
            }
            return;
        }
        if self.progress.parted.is_none() {
            self.part();
        }
        let number = self.store.add_other(text, shape);
        let what = What::new(Kind::Other, number);
        self.places
            .push(Place::new(self.store.prefix_of(what), what));
    }

    /// Puts down a line that is read again when it is asked for.
    fn put_odd(&mut self, before: Between) {
        let what = What::new(Kind::Odd, self.aside.odd(before));
        let place = Place::new(self.store.prefix_of(what), what);
        let expected = self.expected().map(|place| place.what.get().0);
        let is_expected = expected == Some(Kind::Odd);
        if is_expected && self.progress.parted.is_none() {
            if let Some(former) = self.places.get_mut(self.progress.expected) {
                *former = place;
            }
        } else {
            if self.progress.parted.is_none() {
                self.part();
            }
            self.places.push(place);
        }
        self.progress.expected += usize::from(is_expected);
    }

    /// The place that the next line has if nothing changed.
    fn expected(&self) -> Option<&Place> {
        let places = match self.progress.parted {
            _ if !self.progress.trusted => return None,
            None => &self.places,
            Some(_) => &self.former,
        };
        places.get(self.progress.expected)
    }

    /// Makes former places of those from the expected one on.
    fn part(&mut self) {
        let from = self.progress.expected;
        let left = self.places.get(from..).unwrap_or_default();
        self.former.clear();
        self.former.extend_from_slice(left);
        self.places.truncate(from);
        self.store.part(self.places);
        self.progress.parted = Some(from);
        self.progress.expected = 0;
    }

    /// Which of the former places a series had, if it was there and has not come again yet.
    fn former_place(&self, number: u32) -> Option<usize> {
        let place = self.store.former_place(number)? as usize;
        place.checked_sub(self.progress.parted?)
    }

    /// Puts down a sample behind the places that are there.
    #[inline]
    fn put_sample(&mut self, number: u32, value: f64, extra: Option<u32>) {
        let former = self.former_place(number);
        let former = former.and_then(|place| self.former.get(place));
        let before = former.map(|place| place.value);
        let first = self.store.see(number, self.places.len() as u32);
        let change = match before {
            _ if !first => Change::Repeated,
            None => Change::New,
            Some(before) => Change::of(before, value),
        };
        let what = What::new(Kind::Sample, number);
        let mut place = Place::new(self.store.prefix_of(what), what);
        place.value = value;
        place.say(change, extra);
        self.places.push(place);
    }
}
