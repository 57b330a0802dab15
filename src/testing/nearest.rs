//! What somebody may have meant: the names nearest to one.

use crate::bytes::work;

/// How many are shown.
pub(super) const SHOWN: usize = 5;

/// The greatest distance that is looked for.
const FARTHEST: usize = 16;

/// The smallest of what was given, in their order.
#[derive(Debug)]
pub(super) struct Nearest<T> {
    kept: Vec<(usize, T)>,
}

impl<T> Nearest<T> {
    pub(super) fn new() -> Self {
        Nearest { kept: Vec::new() }
    }

    /// Keeps what is at this distance, if it is among the nearest.
    pub(super) fn add(&mut self, distance: usize, thing: impl FnOnce() -> T) {
        let place = self.kept.partition_point(|(kept, _)| *kept <= distance);
        if place < SHOWN {
            self.kept.insert(place, (distance, thing()));
            self.kept.truncate(SHOWN);
        }
    }

    /// Returns what was kept, the nearest first.
    pub(super) fn into_iter(self) -> impl Iterator<Item = T> {
        self.kept.into_iter().map(|(_, thing)| thing)
    }
}

/// Returns how far a name is from the wanted one: in edits, or in what is there besides if one is a part of
/// the other. `None` if that is too far for a mistake.
pub(super) fn distance(wanted: &str, name: &str) -> Option<usize> {
    let most = (wanted.len() / 3 + 1).min(FARTHEST);
    let is_part = wanted.len().min(name.len()) >= 3
        && wanted.len().max(name.len()) <= 256
        && (name.contains(wanted) || wanted.contains(name));
    match edits(wanted.as_bytes(), name.as_bytes(), most) {
        Some(edits) => Some(edits),
        // Farther than all that are merely misspelled.
        None => is_part.then(|| FARTHEST + wanted.len().abs_diff(name.len())),
    }
}

/// Returns the number of bytes to insert, remove or replace, if it is not more than `most`. Looks only at the
/// band of the table where that can be.
fn edits(a: &[u8], b: &[u8], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let beyond = most + 1;
    // Row by row: the edits from the first `row` bytes of `a` to the first `row + place - most` bytes of `b`.
    let width = 2 * most + 1;
    let mut row: Vec<usize> = (0..width)
        .map(|place| place.checked_sub(most).unwrap_or(beyond))
        .collect();
    for (at, byte) in a.iter().enumerate() {
        work::on(width);
        let mut next = Vec::with_capacity(width);
        let mut left = beyond;
        for place in 0..width {
            let above = row.get(place + 1).copied().unwrap_or(beyond);
            let across = row.get(place).copied().unwrap_or(beyond);
            let column = (at + 1 + place).checked_sub(most);
            let edits = match column {
                None => beyond,
                Some(0) => at + 1,
                Some(column) => match b.get(column - 1) {
                    Some(other) => (across + usize::from(other != byte))
                        .min(above + 1)
                        .min(left + 1),
                    None => beyond,
                },
            };
            left = edits.min(beyond);
            next.push(left);
        }
        if next.iter().all(|edits| *edits > most) {
            return None;
        }
        row = next;
    }
    let end = (b.len() + most).checked_sub(a.len())?;
    row.get(end).copied().filter(|edits| *edits <= most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The whole table.
    fn all_edits(a: &[u8], b: &[u8]) -> usize {
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (at, byte) in a.iter().enumerate() {
            let mut across = std::mem::replace(&mut row[0], at + 1);
            for (column, other) in b.iter().enumerate() {
                let edits = (across + usize::from(byte != other))
                    .min(row[column] + 1)
                    .min(row[column + 1] + 1);
                across = std::mem::replace(&mut row[column + 1], edits);
            }
        }
        row[b.len()]
    }

    proptest! {
        #[test]
        fn the_band_is_enough(a in "[ab]{0,12}", b in "[ab]{0,12}", most in 0_usize..8) {
            let all = all_edits(a.as_bytes(), b.as_bytes());
            prop_assert_eq!(edits(a.as_bytes(), b.as_bytes(), most), (all <= most).then_some(all));
        }
    }

    #[test]
    fn parts_are_farther_than_mistakes() {
        let far = distance("http_requests", "http_requests_in_flight_of_the_server");
        assert_eq!(far, Some(FARTHEST + 24));
        assert_eq!(distance("http_requests", "http_request"), Some(1));
        assert_eq!(distance("http_requests", "go_threads"), None);
        assert_eq!(distance("", ""), Some(0));
    }

    #[test]
    fn the_nearest_are_kept() {
        let mut nearest = Nearest::new();
        for (at, distance) in [3, 1, 2, 1, 5, 4, 0].into_iter().enumerate() {
            nearest.add(distance, || at);
        }
        assert_eq!(nearest.into_iter().collect::<Vec<_>>(), [6, 1, 3, 2, 0]);
    }
}
