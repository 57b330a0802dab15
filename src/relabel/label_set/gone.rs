//! Labels that rules have removed, until they are taken out.

use super::{
    Label, LabelSet,
    text::{Text, Texts},
};

/// How many labels have a bit.
pub(super) const MOST: usize = u64::BITS as usize;

/// Which labels are gone: they have no value. They stay until all are taken out, so that others keep their
/// places.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gone {
    pub(super) count: usize,
    /// A bit for each of the first places: those that are gone.
    pub(super) places: u64,
}

impl Gone {
    /// Removes the label at `place`, unless it is gone.
    #[inline]
    pub(super) fn add<'a>(&mut self, label: &mut Label<'a>, place: usize, texts: &mut Texts) {
        if !label.is_gone() {
            self.count += 1;
            self.places |= bit(place);
            texts.release(label.value);
            label.value = Text::Borrowed("");
        }
    }

    /// Removes the labels at some of the first places, a bit for each, unless they are gone.
    #[inline]
    pub(super) fn add_all(&mut self, labels: &mut [Label<'_>], places: u64, texts: &mut Texts) {
        let (mut left, mut count) = (places & !self.places, self.count);
        self.places |= left;
        while left != 0 {
            if let Some(label) = labels.get_mut(left.trailing_zeros() as usize) {
                texts.release(label.value);
                label.value = Text::Borrowed("");
            }
            count += 1;
            left &= left - 1;
        }
        self.count = count;
    }

    /// Notes that the label at `place` is about to be there again, if it is gone.
    #[inline]
    pub(super) fn revive(&mut self, label: &mut Label<'_>, place: usize) {
        if label.is_gone() {
            self.count -= 1;
            self.places &= !bit(place);
            label.set_as = 0;
        }
    }

    /// Releases the names of those of the first places that are gone.
    #[inline]
    pub(super) fn release_names(self, labels: &[Label<'_>], texts: &mut Texts) {
        let mut left = self.places;
        while left != 0 {
            if let Some(label) = labels.get(left.trailing_zeros() as usize) {
                texts.release(label.name);
            }
            left &= left - 1;
        }
    }

    /// Returns a place before which none is gone.
    fn first(self) -> usize {
        self.places.trailing_zeros() as usize
    }
}

fn bit(place: usize) -> u64 {
    let place = u32::try_from(place).ok();
    place.map_or(0, |place| 1_u64.checked_shl(place).unwrap_or_default())
}

impl Label<'_> {
    /// Tells whether a rule has removed the label.
    #[inline]
    pub(super) fn is_gone(&self) -> bool {
        matches!(self.value, Text::Borrowed(""))
    }
}

impl LabelSet<'_> {
    /// Takes out what is gone. Labels may move then, so names are looked up again.
    #[inline]
    pub(in super::super) fn compact(&mut self) {
        self.forget_places();
        if self.gone.count > 0 {
            self.take_out();
        }
    }

    /// Labels that are gone mostly follow one another, so those between them are moved together.
    fn take_out(&mut self) {
        let labels = self.labels.as_mut_slice();
        let (mut kept, mut at) = (self.gone.first(), self.gone.first());
        let mut left = self.gone.count;
        while let Some(rest) = labels.get(at..).filter(|rest| !rest.is_empty()) {
            let gone = rest.iter().take_while(|label| label.is_gone()).count();
            let (out, rest) = rest.split_at_checked(gone).unwrap_or_default();
            out.iter().for_each(|label| self.texts.release(label.name));
            left = left.saturating_sub(gone);
            let stay = match left {
                0 => rest.len(),
                _ => rest.iter().take_while(|label| !label.is_gone()).count(),
            };
            let from = at + gone;
            self.ordered -= self.ordered.min(kept + gone) - self.ordered.min(kept);
            if kept < from {
                labels.copy_within(from..from + stay, kept);
            }
            (kept, at) = (kept + stay, from + stay);
        }
        self.labels.truncate(kept);
        self.gone = Gone::default();
    }
}
