//! Bounds and quantiles as label values.

use crate::number::go_float;

/// How many bounds are remembered.
const REMEMBERED: usize = 64;

/// The current bound as a label's value (spec P25). The metrics of a family have the same bounds: what the
/// metric before had at the same place need not be spelled again.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    /// The bits of the first bounds, and how they are spelled.
    remembered: Vec<(u64, String)>,
    other: String,
    /// Which of the remembered ones is the current one.
    current: Option<usize>,
}

impl Bounds {
    /// Spells a bound, which has this number among those of its metric.
    #[inline]
    pub(super) fn set(&mut self, bound: f64, number: usize) {
        let known = self.remembered.get(number);
        match known.is_some_and(|(bits, _)| *bits == bound.to_bits()) {
            true => self.current = Some(number),
            false => self.spell(bound, number),
        }
    }

    #[inline(never)]
    fn spell(&mut self, bound: f64, number: usize) {
        if number == self.remembered.len() && number < REMEMBERED {
            self.remembered.push((0, String::new()));
        }
        let (text, current) = match self.remembered.get_mut(number) {
            Some((bits, text)) => {
                *bits = bound.to_bits();
                (text, Some(number))
            }
            None => (&mut self.other, None),
        };
        self.current = current;
        text.clear();
        go_float::openmetrics(bound).push_to(text);
    }

    /// Returns the current bound.
    #[inline]
    pub(super) fn current(&self) -> &str {
        let remembered = self.current.and_then(|at| self.remembered.get(at));
        remembered.map_or(&self.other, |(_, text)| text)
    }
}
