//! Enters lines: those that were parsed, and those of the body before that occur again.

use super::line::{Change, Kind, Known, KnownLine, Place};
use super::lines::Lines;
use super::read::{Course, Reading};
use crate::bytes::work;
use crate::text::sample::Sample;
use crate::text::shape::OtherShape;

impl<'b> Reading<'_, 'b> {
    /// Makes former lines, which occur again, lines of this body.
    pub(super) fn take(&mut self, numbers: std::ops::Range<usize>) {
        work::on(numbers.len() * size_of::<KnownLine>());
        for number in numbers {
            let Some(former) = self.cache.lines.former.get_mut(number) else {
                break;
            };
            let mut line = *former;
            former.kind = Kind::Taken;
            match line.is_sample() {
                true => self.place(&mut line),
                false => self.cache.lines.others += 1,
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

    /// Adds a line that is not a sample as the next one.
    pub(super) fn add_other(&mut self, place: Place, shape: OtherShape) {
        self.part();
        let number = self.cache.others.add(shape);
        let lines = &mut self.cache.lines;
        lines.others += 1;
        lines.now.push(KnownLine::of_other(place, number));
    }

    /// Enters a sample as the next line. By `value`, its value is compared with the one before.
    // What it calls gets no reference to the sample: else it would be in memory.
    #[inline(always)]
    pub(super) fn enter_sample(
        &mut self,
        sample: &Sample<'b>,
        value: f64,
        place: Place,
        anew: bool,
    ) -> Known {
        let raw = sample.raw_series();
        let (known, stays) = match self.stay(raw, value, place) {
            Some(known) => (known, true),
            None => (self.look_up(raw, value), false),
        };
        let tail = self.cache.tails.keep(sample);
        let mut line = KnownLine::of_sample(sample, place, known, tail, anew);
        line.value = value;
        let lines = &mut self.cache.lines.now;
        match lines.get_mut(self.ready.end).filter(|_| stays) {
            Some(known) => *known = line,
            None => lines.push(line),
        }
        known
    }

    /// Finds the series of the next line, if it is where it was, as long as the bodies have not parted.
    #[inline(always)]
    fn stay(&mut self, raw: &[u8], value: f64, place: Place) -> Option<Known> {
        match self.course {
            Course::InPlace => self.stay_here(raw, value, place),
            Course::Along(_) => None,
        }
    }

    #[inline(never)]
    fn stay_here(&mut self, raw: &[u8], value: f64, place: Place) -> Option<Known> {
        let here = self.up_to_here();
        let Lines { now, texts, .. } = &mut self.cache.lines;
        let known = now
            .get(self.ready.end)
            .filter(|line| self.trusted && line.is_sample() && line.series(texts.known()) == raw);
        let Some(line) = known else {
            self.part_here();
            return None;
        };
        if (line.at as usize, line.line_len as usize) != (place.at, place.len) {
            texts.part(here);
        } else if !texts.are_apart() {
            let text = here.get(place.at..).unwrap_or_default();
            texts.overwrite(place.at, text.get(..place.len).unwrap_or_default());
        }
        let (number, change) = (line.number, line.changed_to(value));
        self.note_moved(self.ready.end + 1);
        let id = self.cache.store.id(number);
        Some(Known { id, number, change })
    }

    /// Finds a series among all, or adds it.
    #[inline(always)]
    fn look_up(&mut self, raw: &[u8], value: f64) -> Known {
        let (store, lines) = (&mut self.cache.store, &mut self.cache.lines);
        let body = store.body;
        let (number, found) = store.find_or_add(raw, |series| lines.text_of(series, body));
        let id = found.id;
        if found.body == body {
            let change = Change::Repeated;
            return Known { id, number, change };
        }
        store.enter(number, lines.now.len());
        lines.series += 1;
        let mut change = Change::New;
        if found.was_before(body) {
            self.course = Course::Along(found.line as usize + 1);
            self.misses = 0;
            if let Some(first) = lines.former.get(found.line as usize) {
                change = Change::of(first.value, value);
            }
        } else {
            self.misses += 1;
        }
        Known { id, number, change }
    }

    /// Separates this body from the one before, from the next line on.
    #[inline(always)]
    pub(super) fn part(&mut self) {
        if let Course::InPlace = self.course {
            self.part_here();
        }
    }

    #[inline(never)]
    fn part_here(&mut self) {
        self.course = Course::Along(self.ready.end);
        let here = self.up_to_here();
        let (lines, store) = (&mut self.cache.lines, &mut self.cache.store);
        lines.texts.part(here);
        lines.part(self.ready.end, store);
    }
}
