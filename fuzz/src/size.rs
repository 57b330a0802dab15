//! Estimates the size of a pattern from its text. A pattern that takes seconds to compile is not tried,
//! because it keeps a campaign from everything else.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Patterns up to this estimate are tried: about a tenth of a second each.
const MOST: usize = 100_000;

/// How much a class beyond ASCII counts, in addition to its text.
const CLASS: usize = 400;

/// The most copies that Go allows.
const COPIES: usize = 1000;

static PASSED_OVER: AtomicUsize = AtomicUsize::new(0);

/// Returns how many patterns were too large so far.
pub fn passed_over() -> usize {
    PASSED_OVER.load(Ordering::Relaxed)
}

/// Tells whether a pattern should be skipped. Counts those, and reports each doubling of the count.
pub fn is_too_large(pattern: &str) -> bool {
    let too_large = estimate(pattern) > MOST;
    if too_large {
        let count = 1 + PASSED_OVER.fetch_add(1, Ordering::Relaxed);
        if count.is_power_of_two() {
            eprintln!("{count} patterns passed over, estimated at more than {MOST}: {pattern:?}");
        }
    }
    too_large
}

/// Returns at least about the number of states of the compiled pattern.
fn estimate(pattern: &str) -> usize {
    let folds = pattern.contains("(?") && pattern.contains('i');
    let classes = ["\\p", "\\P", "[^", "\\D", "\\W", "\\S", "."];
    let classes: usize = classes
        .iter()
        .map(|class| pattern.matches(class).count())
        .sum();
    let wide = pattern.chars().filter(|c| !c.is_ascii()).count();
    // Letters of both cases are classes too.
    let letters = if folds { wide } else { 0 };
    let weight = pattern.len()
        + CLASS * (pattern.matches("\\p").count() + pattern.matches("\\P").count() + letters)
        + 16 * classes;
    let mut copies = 1usize;
    for brace in pattern.split('{').skip(1) {
        let counts = brace.split('}').next().unwrap_or_default();
        let largest = counts
            .split(',')
            .filter_map(|count| count.parse::<usize>().ok())
            .max();
        copies = copies
            .saturating_mul(largest.unwrap_or(1).max(1))
            .min(COPIES);
    }
    weight.saturating_mul(copies)
}
