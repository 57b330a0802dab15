//! The one place that panics: a failed assertion.

use std::fmt;

/// Fails an assertion, at the place of its caller.
#[track_caller]
#[expect(
    clippy::panic,
    reason = "to panic is what an assertion of a test is for"
)]
pub(super) fn fail(message: impl fmt::Display) -> ! {
    panic!("{message}")
}
