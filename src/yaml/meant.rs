//! Finds the key that somebody meant who wrote another.

use crate::bytes::edits::edits;

/// Returns the first of the keys that differs from `key` only in case, underscores and hyphens. If there is
/// none, returns the first with no more wrong letters than `slips` allows for the length of the shorter of
/// the two.
pub(crate) fn closest<K: AsRef<str>>(
    key: &str,
    mut known: impl Iterator<Item = K> + Clone,
    slips: impl Fn(usize) -> usize,
) -> Option<K> {
    let written = bare(key);
    let same = known.clone().find(|name| bare(name.as_ref()) == written);
    same.or_else(|| known.find(|name| near(&bare(name.as_ref()), &written, &slips)))
}

/// Returns a key without case and without the separators of other conventions.
pub(crate) fn bare(key: &str) -> String {
    (key.chars().filter(|c| !matches!(c, '_' | '-')))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Tells whether two bare keys differ by no more letters than `slips` allows. Two neighbours that changed places are
/// one slip.
pub(crate) fn near(a: &str, b: &str, slips: impl Fn(usize) -> usize) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let allowed = slips(a.len().min(b.len()));
    edits(&a, &b, allowed).is_some() || (allowed > 0 && is_swapped(&a, &b))
}

/// Tells whether two neighbours changed places, and nothing else is different.
fn is_swapped(a: &[char], b: &[char]) -> bool {
    let differ = |(a, b): (&char, &char)| a != b;
    let Some(first) = a.iter().zip(b).position(differ) else {
        return false;
    };
    match (a.get(first..), b.get(first..)) {
        (Some([one, other, a @ ..]), Some([other_b, one_b, b @ ..])) => {
            (one, other, a) == (one_b, other_b, b)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_what_is_between_words_do_not_count_and_letters_do() {
        let known = ["source_labels", "regex", "target_label"];
        let meant = |key, slips: usize| closest(key, known.into_iter(), |_| slips);
        assert_eq!(meant("Source-Labels", 0), Some("source_labels"));
        assert_eq!(meant("regexp", 0), None);
        for key in ["regexp", "rege", "regeX", "redex"] {
            assert_eq!(meant(key, 1), Some("regex"), "{key}");
        }
        assert_eq!(meant("rexep", 1), None);
        assert_eq!(meant("regxe", 1), Some("regex"));
        assert_eq!(meant("regxe", 0), None);
        for key in ["ergxe", "regxexx", "re"] {
            assert_eq!(meant(key, 1), None, "{key}");
        }
        assert_eq!(meant("rexep", 2), Some("regex"));
        // The shorter of the two has five letters.
        assert_eq!(
            closest("regexes", known.into_iter(), |letters| letters - 3),
            Some("regex")
        );
        assert_eq!(
            closest("regexes", known.into_iter(), |letters| letters - 4),
            None
        );
    }
}
