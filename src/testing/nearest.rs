//! What somebody may have meant: the names nearest to one.

use crate::bytes::edits::edits;

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

#[cfg(test)]
mod tests {
    use super::*;

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
