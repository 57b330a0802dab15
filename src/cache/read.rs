//! Reading a body against the one before.
//!
//! As long as its lines are those of the body before, they are compared where they stand and nothing but
//! values changes ([`Reading::in_place`]). At the first line that is another one the two bodies part
//! ([`Reading::part`]): the lines that are left of the former become a list of their own, along which the
//! rest is read. A line that is not the next of that list is parsed; if its series is known, the list is
//! gone on with behind that series.
//!
//! Lines are parsed in a window of text, which is kept while known lines are passed over.

use fearless_simd::Level;

use super::follow::{Rules, follow};
use super::line::{Change, Kind, KnownLine};
use super::store::Store;
use super::tails::Tails;
use crate::engine::{Between, Engine, Step, without_line_feed};
use crate::index;
use crate::line::Declared;
use crate::metric_type::MetricType;
use crate::sample::Sample;
use crate::scan;
use crate::shape::{LineShape, OtherShape, Text};
use crate::work;

/// The lines of the last body, and what the one before had that it has not.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) now: Vec<KnownLine>,
    /// What was left of the body before when the two parted.
    former: Vec<KnownLine>,
    /// The numbers of the series that are gone.
    pub(super) gone: Vec<u32>,
    /// How many series there are.
    pub(super) series: usize,
    /// Where lines begin that are read again when they are asked for.
    pub(super) odd: Vec<Between>,
}

impl Lines {
    /// Gives back the room that a much larger body needed.
    pub(super) fn tidy(&mut self) {
        let most = 4 * self.now.len() + 1024;
        self.now.shrink_to(most);
        self.former.clear();
        self.former.shrink_to(most);
        self.gone.shrink_to(most);
        self.odd.shrink_to(most);
    }
}

/// A body on its way into the cache.
pub(super) struct Reading<'r> {
    pub(super) engine: &'r mut Engine,
    pub(super) level: Level,
    pub(super) store: &'r mut Store,
    pub(super) tails: &'r mut Tails,
    pub(super) lines: &'r mut Lines,
    /// As much of the body as the limits leave.
    pub(super) within: &'r [u8],
    pub(super) body: &'r [u8],
    pub(super) rules: Rules,
    pub(super) place: Place<'r>,
}

/// How far a body has been read.
pub(super) struct Place<'r> {
    at: usize,
    /// How far the engine knows of it.
    engine_at: usize,
    /// How many lines it does not know of.
    followed: u64,
    /// The type in force.
    scope: MetricType,
    window: &'r str,
    window_at: usize,
}

impl Place<'_> {
    pub(super) const START: Self = Place {
        at: 0,
        engine_at: 0,
        followed: 0,
        scope: Between::START.scope,
        window: "",
        window_at: 0,
    };
}

/// A line that was parsed.
enum Parsed<'b> {
    /// A sample, and whether its line is to be parsed every time.
    Sample(Sample<'b>, bool),
    /// Another line that can be kept.
    Other(&'b str, OtherShape),
    /// A line that has to be read again, and where it begins.
    Odd(Between),
    End,
}

impl<'r> Reading<'r> {
    /// Reads all of it. `trusted` says that the known lines were read by the same rules.
    pub(super) fn read(mut self, trusted: bool) {
        self.lines.gone.clear();
        self.lines.odd.clear();
        if !trusted {
            let first = self.parse();
            return self.part(0, first, false);
        }
        if let Some((lines, parsed)) = self.in_place() {
            self.part(lines, parsed, true);
        }
    }

    /// Reads on as long as the lines are the known ones. Returns how many are, and the first line that is
    /// another, unless there is none.
    fn in_place(&mut self) -> Option<(usize, Parsed<'r>)> {
        let mut lines = 0;
        loop {
            lines += self.follow_now(lines);
            let parsed = self.parse();
            let known = self.lines.now.get_mut(lines);
            match (&parsed, known) {
                (Parsed::End, None) => return None,
                (Parsed::Sample(sample, anew), Some(known)) if known.is_sample() => {
                    let series = self.store.series(known.number);
                    let text = series.map(|series| self.store.text(series).as_bytes());
                    if text != Some(sample.raw_series()) {
                        return Some((lines, parsed));
                    }
                    known.set(sample.value());
                    known.tail = self.tails.keep(sample);
                    known.kind = kind(series.is_some_and(|series| series.is_utf8), *anew);
                }
                (Parsed::Other(_, OtherShape::Eof), Some(known))
                    if known.kind == Kind::Other
                        && self.store.shape_of_other(known) == Some(OtherShape::Eof) => {}
                (Parsed::Odd(before), Some(known)) if known.kind == Kind::Odd => {
                    *known = KnownLine::odd(self.lines.odd.len() as u32);
                    self.lines.odd.push(*before);
                }
                _ => return Some((lines, parsed)),
            }
            lines += 1;
        }
    }

    fn follow_now(&mut self, from: usize) -> usize {
        // What follows the end of an OpenMetrics body is an error.
        if !self.engine.is_reading() {
            return 0;
        }
        let lines = self.lines.now.get_mut(from..).unwrap_or_default();
        let bytes = self.within.get(self.place.at..).unwrap_or_default();
        let scope = &mut self.place.scope;
        let followed = follow(
            self.level, lines, self.store, self.tails, bytes, self.rules, scope,
        );
        self.place.at += followed.bytes;
        self.place.followed += followed.lines as u64;
        followed.lines
    }

    /// Reads on from the first line that is another than the one of that number, which has been parsed.
    fn part(mut self, shared: usize, first: Parsed<'r>, trusted: bool) {
        self.store.body += 1;
        let body = self.store.body;
        let left = self.lines.now.get(shared..).unwrap_or_default();
        self.lines.former.clear();
        self.lines.former.extend_from_slice(left);
        self.lines.now.truncate(shared);
        self.lines.series = 0;
        work::on(
            size_of_val(self.lines.now.as_slice()) + size_of_val(self.lines.former.as_slice()),
        );
        for line in &self.lines.now {
            if line.is_sample() && line.change != Change::Repeated {
                self.lines.series += 1;
                if let Some(series) = self.store.series_mut(line.number) {
                    series.body = body;
                }
            }
        }
        // Along the former lines, counted from where the bodies part.
        let mut along = 0;
        let mut parsed = first;
        loop {
            match parsed {
                Parsed::Sample(sample, anew) => {
                    let line = self.add_sample(&sample, anew, shared);
                    along = line.unwrap_or(along);
                }
                Parsed::Other(line, shape) => {
                    let known = self.store.add_other(line, shape);
                    self.lines.now.push(known);
                }
                Parsed::Odd(before) => {
                    let known = KnownLine::odd(self.lines.odd.len() as u32);
                    self.lines.odd.push(before);
                    self.lines.now.push(known);
                }
                Parsed::End => break,
            }
            if trusted {
                along += self.follow_former(along, shared);
            }
            parsed = self.parse();
        }
        self.lose_what_is_left();
    }

    /// Reads on as long as the lines are those of the former from `along` on; how many are.
    fn follow_former(&mut self, along: usize, shared: usize) -> usize {
        if !self.engine.is_reading() {
            return 0;
        }
        let lines = self.lines.former.get_mut(along..).unwrap_or_default();
        let bytes = self.within.get(self.place.at..).unwrap_or_default();
        let scope = &mut self.place.scope;
        let followed = follow(
            self.level, lines, self.store, self.tails, bytes, self.rules, scope,
        );
        self.place.at += followed.bytes;
        self.place.followed += followed.lines as u64;
        work::on(followed.lines * size_of::<KnownLine>());
        for number in along..along + followed.lines {
            let Some(former) = self.lines.former.get_mut(number) else {
                break;
            };
            let mut line = *former;
            former.kind = Kind::Taken;
            if line.is_sample() {
                self.place_sample(&mut line, shared);
            }
            self.lines.now.push(line);
        }
        followed.lines
    }

    /// Gives a sample that was parsed its line. If its series was in the body before, returns the number of
    /// the former line that follows that.
    fn add_sample(&mut self, sample: &Sample<'_>, anew: bool, shared: usize) -> Option<usize> {
        let (number, was_known) = self.store.find_or_add(sample);
        let series = *self.store.series(number)?;
        let mut along = None;
        let mut change = Change::New;
        if series.body == self.store.body {
            change = Change::Repeated;
        } else if series.body > 0 {
            let former = (series.line as usize).saturating_sub(shared);
            if let Some(line) = self.lines.former.get(former) {
                change = Change::of(line.value, sample.value());
            }
            along = Some(former + 1);
        } else if was_known {
            self.store.revive(number);
        }
        self.enter(number, change);
        self.lines.now.push(KnownLine {
            value: sample.value(),
            start: series.start,
            len: series.len,
            number,
            tail: self.tails.keep(sample),
            kind: kind(series.is_utf8, anew),
            change,
        });
        along
    }

    /// Says of a line that was among the former what became of its series, before it is among the lines.
    fn place_sample(&mut self, line: &mut KnownLine, shared: usize) {
        let Some(series) = self.store.series(line.number) else {
            return;
        };
        if series.body == self.store.body {
            line.change = Change::Repeated;
        } else if line.change == Change::Repeated {
            // It no longer is: the first of the body before counts.
            let former = (series.line as usize).saturating_sub(shared);
            let first = self.lines.former.get(former);
            line.change = first.map_or(Change::New, |first| Change::of(first.value, line.value));
        }
        self.enter(line.number, line.change);
    }

    /// Takes note that the next line is one of that series.
    fn enter(&mut self, number: u32, change: Change) {
        let body = self.store.body;
        if change != Change::Repeated
            && let Some(series) = self.store.series_mut(number)
        {
            series.body = body;
            series.line = self.lines.now.len() as u32;
            self.lines.series += 1;
        }
    }

    /// Takes note of the former lines that were not there again.
    fn lose_what_is_left(&mut self) {
        work::on(size_of_val(self.lines.former.as_slice()));
        for line in &self.lines.former {
            match line.kind {
                Kind::Sample | Kind::Anew => {
                    let series = self.store.series(line.number);
                    if series.is_some_and(|series| series.body + 1 == self.store.body) {
                        self.store.lose_series(line.number);
                        self.lines.gone.push(line.number);
                    }
                }
                Kind::Other => self.store.lose_other(line),
                Kind::Odd | Kind::Taken => {}
            }
        }
    }

    // ---- parsing

    /// Parses the next line.
    fn parse(&mut self) -> Parsed<'r> {
        loop {
            if let Some((text, shape)) = self.parse_in_window() {
                return match shape {
                    LineShape::Sample(shape) => {
                        let sample = Sample::new(Text::Str(text), shape, Declared::NONE);
                        Parsed::Sample(sample, false)
                    }
                    LineShape::Other(shape) => Parsed::Other(text, shape),
                };
            }
            let rest = self.body.get(self.place.at..).unwrap_or_default();
            self.tell_engine();
            let before = self.engine.between();
            match self.engine.step(rest, true) {
                Step::Line(shape, len) => {
                    self.parsed(len, &shape);
                    // What is taken leniently is parsed every time, so that it is noted.
                    let is_noted = !self.engine.noted().is_nothing();
                    let line = without_line_feed(rest, len);
                    match (Text::new(line), shape) {
                        (text, LineShape::Sample(shape)) => {
                            let sample = Sample::new(text, shape, Declared::NONE);
                            self.store.has_folds |= sample.raw_series().contains(&b'\n');
                            return Parsed::Sample(sample, is_noted);
                        }
                        (Text::Str(text), LineShape::Other(shape))
                            if line.len() < len && !text.contains('\n') && !is_noted =>
                        {
                            return Parsed::Other(text, shape);
                        }
                        _ => return Parsed::Odd(before),
                    }
                }
                Step::Blank(len) => self.passed(len),
                Step::Error(_, len) => {
                    self.passed(len);
                    return Parsed::Odd(before);
                }
                Step::Incomplete | Step::End => return Parsed::End,
            }
        }
    }

    /// Parses the next line if it is an ordinary one.
    fn parse_in_window(&mut self) -> Option<(&'r str, LineShape)> {
        let place = &mut self.place;
        let mut from = place.at.wrapping_sub(place.window_at);
        if from >= place.window.len() {
            let rest = self.within.get(place.at..).unwrap_or_default();
            place.window = scan::whole_lines(rest.get(..index::WINDOW).unwrap_or(rest));
            place.window_at = place.at;
            from = 0;
            self.engine.next_text();
        }
        if place.window.is_empty() {
            return None;
        }
        self.tell_engine();
        let window = self.place.window;
        let (shape, len) = self.engine.ordinary(window, from)?;
        self.parsed(len, &shape);
        Some((window.get(from..from + len - 1).unwrap_or_default(), shape))
    }

    fn parsed(&mut self, len: usize, shape: &LineShape) {
        if let LineShape::Other(OtherShape::Type { kind, .. }) = shape {
            self.place.scope = *kind;
        }
        self.passed(len);
    }

    /// The engine has taken that many bytes.
    fn passed(&mut self, len: usize) {
        self.place.at += len;
        self.place.engine_at = self.place.at;
    }

    /// Tells the engine of the lines that were compared since it was asked last.
    fn tell_engine(&mut self) {
        let passed = self.body.get(self.place.engine_at..self.place.at);
        let passed = passed.unwrap_or_default();
        let lines = match self.store.has_folds {
            true => scan::line_feeds(passed) as u64,
            false => self.place.followed,
        };
        self.place.followed = 0;
        self.place.engine_at = self.place.at;
        (self.engine).pass_known(passed.len(), lines, self.place.scope);
    }
}

/// The kind of a sample's line.
fn kind(is_utf8: bool, anew: bool) -> Kind {
    match is_utf8 && !anew {
        true => Kind::Sample,
        false => Kind::Anew,
    }
}
