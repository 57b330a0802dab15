//! Samples that are like the one before them: read by what the two have in common.

use fearless_simd::{Simd, dispatch};

use super::{PATIENCE, Progress, Reading};
use crate::cache::arena::Written;
use crate::cache::kin::Kin;
use crate::cache::place::{Form, Place};
use crate::cache::tail::{Tail, tail};
use crate::engine::Engine;
use crate::shape::Text;

/// Reads such a sample: where its series ends, and what follows behind one space.
#[inline(always)]
fn sample_like<'b, S: Simd>(
    simd: S,
    kin: &mut Kin<'b>,
    line: &'b [u8],
    engine: &Engine,
) -> Option<(usize, Tail)> {
    let end = kin.read(simd, line, engine.limits.labels)?;
    let (space, rest) = line.get(end..)?.split_first()?;
    let tail = tail(rest, engine.dialect).filter(|_| *space == b' ')?;
    (end + 1 + tail.len <= engine.limits.line).then_some((end, tail))
}

impl<'b> Reading<'_, 'b> {
    /// Reads one sample that is like the one before it, or more if most are new; whether there was one.
    pub(super) fn read_kin(&mut self, kin: &mut Kin<'b>) -> bool {
        if !self.engine.is_reading() {
            return false;
        }
        self.refresh(kin);
        self.look_ahead();
        if self.progress.misses >= PATIENCE && self.read_new(kin) {
            return true;
        }
        let progress = &mut self.progress;
        let line = progress.window.get(progress.at - progress.window_at..);
        let line = line.unwrap_or_default();
        let (bytes, engine) = (line.as_bytes(), &*self.engine);
        let read = dispatch!(self.level, simd => sample_like(simd, kin, bytes, engine));
        let Some((end, tail)) = read else {
            return false;
        };
        progress.pass(end + 1 + tail.len, 1);
        let extra = tail.timestamp.map(|time| self.aside.timestamp(time));
        let series = Written {
            text: Text::Str(line.get(..end).unwrap_or_default()),
            is_anew: false,
            blanks: 0,
            name: kin.name,
            labels: &kin.labels,
        };
        self.sample(&series, tail.value, extra);
        true
    }

    /// Reads new samples that are like the one before them, to the end of the window at most; whether
    /// there was one.
    ///
    /// They are read first and looked up then, for looking one up takes a while that is better spent on
    /// looking up the next ones.
    fn read_new(&mut self, kin: &mut Kin<'b>) -> bool {
        let Progress {
            at: first,
            window,
            window_at,
            ..
        } = self.progress;
        let arena = self.arenas.for_new().0;
        let kept = *(self.progress.kept).get_or_insert_with(|| arena.add_lines(window));
        let new = self.places.len();
        let mut at = dispatch!(self.level, simd => self.put_like(simd, kin, kept));
        let read = self.places.get_mut(new..).unwrap_or_default();
        for place in read {
            let start = (place.start - kept) as usize;
            let text = window.as_bytes().get(start..start + place.len as usize);
            // Where the number will be.
            place.number = self.arenas.tag(text.unwrap_or_default());
        }
        let read = self.places.get_mut(new..).unwrap_or_default();
        let mut lines = 0;
        for place in read {
            let tag = place.number;
            let is_like = |number| self.register.tag(number) == Some(tag);
            if self.arenas.find(tag, is_like).is_some() {
                // It may be known: it is read again with care.
                self.progress.misses = PATIENCE - 1;
                at = window_at + (place.start - kept) as usize;
                break;
            }
            place.number = self.register.add(tag, new + lines);
            place.id = *self.next_id;
            *self.next_id += 1;
            self.arenas.for_new().0.insert(place.number, self.register);
            self.arenas.gain(place);
            lines += 1;
        }
        self.places.truncate(new + lines);
        self.progress.pass(at - first, lines);
        lines > 0
    }

    /// Puts down samples that are like the one before them, as far as that can be told without looking
    /// them up; `kept` is where the window is in the arena. Gives where the next line begins.
    #[inline(always)]
    fn put_like<S: Simd>(&mut self, simd: S, kin: &mut Kin<'b>, kept: u32) -> usize {
        let Progress {
            mut at,
            window,
            window_at,
            ..
        } = self.progress;
        let (arena, second) = self.arenas.for_new();
        let mut labels = None;
        while let Some(line) = window.get(at - window_at..)
            && let Some((end, tail)) = sample_like(simd, kin, line.as_bytes(), self.engine)
        {
            // Series above each other often differ in a few letters, and share where their parts lie.
            let labels = match labels {
                Some(labels) if kin.same => labels,
                _ => *labels.insert(arena.add_labels(kin.name, &kin.labels)),
            };
            let mut place = Place {
                start: kept + (at - window_at) as u32,
                len: end as u32,
                labels,
                label_count: kin.labels.len() as u32,
                name_end: Place::name_end_of(kin.name),
                form: Form::Sample,
                second,
                ..Place::NONE
            };
            let extra = tail.timestamp.map(|time| self.aside.timestamp(time));
            place.put(tail.value, extra);
            self.places.push(place);
            at += end + 1 + tail.len;
        }
        at
    }

    /// Takes the last line as kin if it was where it was expected.
    fn refresh(&mut self, kin: &mut Kin<'b>) {
        let Some(start) = self.progress.last.take() else {
            return;
        };
        let last = match self.progress.parted {
            None => (self.progress.expected.checked_sub(1)).and_then(|last| self.places.get(last)),
            Some(_) => self.places.last(),
        };
        if let Some(last) = last.filter(|last| last.form == Form::Sample)
            && let Some(line) = self.within.get(start..)
        {
            let arena = self.arenas.of(last);
            kin.follow(
                line,
                last.len as usize,
                arena.name(last),
                arena.labels(last).shapes,
            );
        }
    }
}
