//! Reading a body beside the last one.
//!
//! As long as line follows line as it did last time, places stay where they are and only their values
//! are set. At the first line that is another one, the places that are left become *former* ones: from
//! then on places are put down anew, those of lines that are found again among the former.

mod like;

use std::ops::Range;

use fearless_simd::Level;

use super::arena::{Arenas, Written};
use super::aside::Aside;
use super::follow;
use super::kin::Kin;
use super::place::{Change, Form, Place};
use super::register::{Register, Standing};
use crate::dialect::Dialect;
use crate::engine::{Between, Engine, Step, without_line_feed};
use crate::index;
use crate::line::{Declared, Sample};
use crate::metric_type::MetricType;
use crate::scan;
use crate::shape::{OtherShape, SampleShape, Text};

/// How much is looked at first for a line that is another one than expected, in bytes. It is doubled
/// while more of them follow.
const AHEAD: usize = 256;

/// How many lines are tried when one is not the expected one.
const LOOK: usize = 3;

/// How many lines in a row may be new before it is no longer tried whether one is where it was.
const PATIENCE: usize = 4;

/// A body that is being read.
pub(super) struct Reading<'r, 'b> {
    pub(super) arenas: &'r mut Arenas,
    pub(super) register: &'r mut Register,
    pub(super) places: &'r mut Vec<Place>,
    pub(super) former: &'r mut Vec<Place>,
    pub(super) skipped: &'r mut Vec<Range<usize>>,
    pub(super) aside: &'r mut Aside,
    pub(super) engine: &'r mut Engine,
    pub(super) level: Level,
    pub(super) next_id: &'r mut u64,
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
    /// Whether places have become former ones, and which was the first of them.
    parted: Option<usize>,
    /// The former places before this one have been met, or are among those that were skipped.
    high: usize,
    /// Whether the places are those of a body in the same dialect.
    trusted: bool,
    /// Whole lines in UTF-8, and where they begin.
    window: &'b str,
    window_at: usize,
    /// Where the window has been kept in the arena for new lines, if it has.
    kept: Option<u32>,
    ahead: usize,
    /// How many lines in a row were new.
    misses: usize,
    /// Where the last line begins, if it was where it was expected.
    last: Option<usize>,
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
            high: 0,
            trusted,
            window: "",
            window_at: 0,
            kept: None,
            ahead: AHEAD,
            misses: 0,
            last: None,
        }
    }

    /// Goes on behind lines that the engine is not told of yet.
    #[inline]
    fn pass(&mut self, bytes: usize, lines: usize) {
        self.at += bytes;
        self.untold += bytes;
        self.untold_lines += lines as u64;
    }
}

impl<'b> Reading<'_, 'b> {
    /// Reads all of the body: the places are its lines then. Says whether they are other ones than
    /// before; then the former places are those that were left when this began, and all that were not
    /// met are among the skipped.
    pub(super) fn read(mut self) -> bool {
        let mut kin = Kin::default();
        self.skipped.clear();
        if !self.progress.trusted {
            self.part();
        }
        loop {
            self.follow();
            if !self.read_kin(&mut kin) && !self.read_line(&mut kin) {
                break;
            }
        }
        if self.progress.parted.is_none() && self.progress.expected < self.places.len() {
            self.part();
        }
        if self.progress.parted.is_some() {
            self.skipped.push(self.progress.high..self.former.len());
        }
        self.progress.parted.is_some()
    }

    /// Reads lines that follow each other as they did.
    fn follow(&mut self) {
        if !self.progress.trusted || !self.engine.is_reading() || self.progress.misses >= PATIENCE {
            return;
        }
        if self.progress.parted.is_some() {
            self.pass_over_removed();
        }
        let progress = &mut self.progress;
        let places = match progress.parted {
            None => self.places.get_mut(progress.expected..),
            Some(_) => self.former.get_mut(progress.expected..),
        };
        let followed = follow::follow(
            self.level,
            places.unwrap_or_default(),
            self.arenas,
            self.aside,
            self.within.get(progress.at..).unwrap_or_default(),
            (self.engine.dialect, self.engine.limits.line),
            &mut progress.scope,
        );
        if followed.lines == 0 {
            return;
        }
        progress.pass(followed.bytes, followed.lines);
        progress.last = Some(progress.at - followed.last);
        progress.ahead = AHEAD;
        progress.misses = 0;
        let from = progress.expected;
        progress.expected += followed.lines;
        if progress.parted.is_some() {
            let new = self.places.len();
            let met = from..from + followed.lines;
            (self.places).extend_from_slice(self.former.get(met.clone()).unwrap_or_default());
            self.meet(met);
            self.settle(new);
        }
    }

    /// Expects a later line than the next one, if that is what is here.
    fn pass_over_removed(&mut self) {
        let rest = self.within.get(self.progress.at..).unwrap_or_default();
        let places = self.former.get(self.progress.expected..);
        let places = places.unwrap_or_default();
        let places = places.get(..LOOK).unwrap_or(places).iter();
        let found = follow::find(self.level, places, self.arenas, rest);
        self.progress.expected += found.unwrap_or_default();
    }

    /// Takes note that lines of former places are in this body, too.
    fn meet(&mut self, met: Range<usize>) {
        let high = self.progress.high;
        if met.start > high {
            self.skipped.push(high..met.start);
        }
        self.progress.high = high.max(met.end);
    }

    /// Says of the samples from that place on that they are there now.
    fn settle(&mut self, from: usize) {
        let parted = self.progress.parted.unwrap_or_default();
        let places = self.places.get_mut(from..).unwrap_or_default();
        for (index, place) in (from..).zip(places) {
            if !place.form.is_sample() {
                continue;
            }
            match self.register.meet(place.number, index) {
                Standing::Before(first) if place.change == Change::Repeated => {
                    // Now it is the first one. What counts is the value of the one that was.
                    let first = first.checked_sub(parted);
                    let first = first.and_then(|first| self.former.get(first));
                    let before = first.map_or(place.value, |first| first.value);
                    place.change = Change::of(before, place.value);
                }
                Standing::Before(_) | Standing::Gone => {}
                Standing::Here(_) => place.change = Change::Repeated,
            }
        }
    }

    /// Reads one line, whatever it is; false at the end.
    fn read_line(&mut self, kin: &mut Kin<'b>) -> bool {
        if self.passes_blank_line() {
            return true;
        }
        self.tell();
        let before = self.engine.between();
        let at = self.progress.at;
        let rest = self.body.get(at..).unwrap_or_default();
        self.look_ahead();
        // Few lines are read here: each is looked at alone.
        let line = (self.progress.window).get(at - self.progress.window_at..);
        let line = line.unwrap_or_default();
        let end = scan::line_feed(line.as_bytes()).map_or(0, |end| end + 1);
        let line = line.get(..end).unwrap_or_default();
        self.engine.next_text();
        let mut shape = SampleShape::default();
        let ordinary = self.engine.ordinary(line, 0, &mut shape);
        let is_ordinary = ordinary.is_some();
        let (text, other, len) = match ordinary {
            Some((other, len)) => {
                let text = line.get(..len - 1).unwrap_or_default();
                (Text::Str(text), other, len)
            }
            None => match self.engine.step(rest, true, &mut shape) {
                Step::Line(other, len) => (Text::new(without_line_feed(rest, len)), other, len),
                Step::Blank(len) => {
                    self.progress.at += len;
                    return true;
                }
                Step::Error(_, len) => {
                    self.progress.at += len;
                    self.odd(before);
                    return true;
                }
                Step::Incomplete | Step::End => return false,
            },
        };
        self.progress.at += len;
        if let Some(shape) = other {
            // A line that was taken leniently is read anew each time, so that it is noted.
            match is_ordinary || self.engine.noted().is_nothing() {
                true => self.other(text, shape, before),
                false => self.lenient_other(shape, before),
            }
            return true;
        }
        let sample = Sample {
            text,
            shape,
            declared: Declared::NONE,
        };
        let extra = self.aside.extra(&sample, at);
        let raw = sample.raw_series();
        let end = sample.shape.series_end as usize;
        let blanks = end.saturating_sub(raw.len());
        let series = Written {
            text: match text {
                Text::Str(line) => Text::Str(line.get(blanks..end).unwrap_or_default()),
                Text::Bytes(_) => Text::new(raw),
            },
            is_anew: !is_ordinary && (raw.contains(&b'\n') || self.engine.noted().has_before(end)),
            blanks: blanks as u32,
            name: sample.shape.name,
            labels: sample.labels().shapes,
        };
        if is_ordinary && let Some(line) = self.within.get(at..) {
            kin.follow(line, raw.len(), series.name, series.labels);
        }
        self.sample(&series, sample.value(), extra);
        true
    }

    /// Goes on behind an empty line, if one is next.
    fn passes_blank_line(&mut self) -> bool {
        let blank = self.within.get(self.progress.at) == Some(&b'\n')
            && self.engine.is_reading()
            && self.engine.dialect != Dialect::OpenMetrics;
        if blank {
            self.progress.pass(1, 1);
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
        progress.window = scan::whole_lines(ahead);
        progress.window_at = progress.at;
        progress.kept = None;
        progress.ahead = (2 * progress.ahead).min(index::WINDOW);
        self.engine.next_text();
    }

    /// Takes a sample that was not where it was expected, or is not written as usual.
    fn sample(&mut self, series: &Written<'_>, value: f64, extra: Option<u32>) {
        let raw = series.text.as_bytes();
        let is_expected = self.progress.misses < PATIENCE
            && (self.expected()).is_some_and(|place| self.is_series(place, raw));
        if is_expected {
            if self.progress.parted.is_some() {
                self.put_again(self.progress.expected, value, extra);
            } else {
                if let Some(place) = self.places.get_mut(self.progress.expected) {
                    place.set(value, extra);
                }
                self.progress.expected += 1;
            }
            return;
        }
        if self.progress.parted.is_none() {
            self.part();
        }
        let tag = self.arenas.tag(raw);
        let found = self.arenas.find(tag, |number| {
            let place = self.stands(self.register.standing(number));
            place.is_some_and(|place| self.is_series(place, raw))
        });
        if let Some(number) = found {
            return match self.register.standing(number) {
                Standing::Before(place) => {
                    self.progress.misses = 0;
                    let place = place.checked_sub(self.progress.parted.unwrap_or_default());
                    self.put_again(place.unwrap_or_default(), value, extra);
                }
                standing => self.put_repeated(standing, value, extra),
            };
        }
        self.progress.misses += 1;
        let number = self.register.add(tag, self.places.len());
        let mut place = self.arenas.add_series(series, number, self.register);
        place.id = *self.next_id;
        *self.next_id += 1;
        place.put(value, extra);
        self.places.push(place);
    }

    /// Whether it is a place of the series that is written with these bytes.
    #[inline]
    fn is_series(&self, place: &Place, raw: &[u8]) -> bool {
        place.len as usize == raw.len()
            && place.form.is_sample()
            && self.arenas.of(place).text(place).as_bytes() == raw
    }

    /// The place of a series' first sample.
    #[inline]
    fn stands(&self, standing: Standing) -> Option<&Place> {
        match standing {
            Standing::Here(place) => self.places.get(place),
            Standing::Before(place) => self.former.get(place.checked_sub(self.progress.parted?)?),
            Standing::Gone => None,
        }
    }

    /// Puts down the sample that has that former place.
    fn put_again(&mut self, former: usize, value: f64, extra: Option<u32>) {
        if let Some(place) = self.former.get_mut(former) {
            place.set(value, extra);
            let new = self.places.len();
            self.places.push(*place);
            self.settle(new);
        }
        self.meet(former..former + 1);
        self.progress.expected = former + 1;
    }

    /// Puts down another sample of a series that stands further up.
    fn put_repeated(&mut self, standing: Standing, value: f64, extra: Option<u32>) {
        if let Some(mut place) = self.stands(standing).copied() {
            place.change = Change::Repeated;
            place.put(value, extra);
            self.places.push(place);
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
            _ => return self.odd(before),
        };
        let is_expected = self.expected().is_some_and(|place| {
            let known = self.arenas.of(place).text(place).as_bytes();
            place.form == Form::Other && known == text.as_bytes()
        });
        if is_expected {
            let place = self.progress.expected;
            self.progress.expected += 1;
            if self.progress.parted.is_some() {
                self.meet(place..place + 1);
                self.places.extend(self.former.get(place).copied());
            }
            return;
        }
        if self.progress.parted.is_none() {
            self.part();
        }
        let place = self.arenas.add_other(text, shape);
        self.places.push(place);
    }

    fn lenient_other(&mut self, shape: OtherShape, before: Between) {
        if let OtherShape::Type { kind, .. } = shape {
            self.progress.scope = kind;
        }
        self.odd(before);
    }

    /// Puts down a line that is read again when it is asked for.
    fn odd(&mut self, before: Between) {
        let place = Place::odd(self.aside.odd(before));
        let is_expected = self.expected().is_some_and(|place| place.form == Form::Odd);
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
        self.former.clear();
        let first_former = if 2 * from < self.places.len() {
            std::mem::swap(self.places, self.former);
            let before = self.former.get(..from).unwrap_or_default();
            self.places.extend_from_slice(before);
            0
        } else {
            let left = self.places.get(from..).unwrap_or_default();
            self.former.extend_from_slice(left);
            self.places.truncate(from);
            from
        };
        self.register.part(self.places);
        self.progress.parted = Some(first_former);
        self.progress.expected = from - first_former;
        self.progress.high = self.progress.expected;
    }
}
