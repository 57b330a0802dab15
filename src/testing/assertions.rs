//! Assertions on what a look-up answers.

use std::fmt;
use std::ops::RangeBounds;

use super::fail::fail;
use super::lookup::Lookup;
use super::lookup_error::LookupErrorKind;
use super::part::shown;

/// # Assertions
///
/// They panic at the place of their caller unless the number is as it should be, and if there is no number: a
/// metric that is missing, or several, fail each of them. Numbers are compared as numbers: 0 equals -0. NaN
/// equals NaN, which is what a quantile without observations is; it differs from all other numbers, and is
/// neither less nor greater than one.
///
/// They return what they are called on, so that another can follow.
impl Lookup<'_> {
    /// Asserts that the number is this one.
    #[track_caller]
    pub fn assert_eq(&self, expected: impl Into<f64>) -> &Self {
        let expected = expected.into();
        self.assert(|number| is_same(number, expected), || shown(expected))
    }

    /// Asserts that there is a number, and that it is another one.
    #[track_caller]
    pub fn assert_ne(&self, other: impl Into<f64>) -> &Self {
        let other = other.into();
        self.assert(|number| !is_same(number, other), || "another".to_owned())
    }

    /// Asserts that the number is greater than this one.
    #[track_caller]
    pub fn assert_gt(&self, bound: impl Into<f64>) -> &Self {
        let bound = bound.into();
        self.assert(
            |number| number > bound,
            || format!("more than {}", shown(bound)),
        )
    }

    /// Asserts that the number is at least this one.
    #[track_caller]
    pub fn assert_ge(&self, bound: impl Into<f64>) -> &Self {
        let bound = bound.into();
        self.assert(
            |number| number >= bound,
            || format!("at least {}", shown(bound)),
        )
    }

    /// Asserts that the number is less than this one.
    #[track_caller]
    pub fn assert_lt(&self, bound: impl Into<f64>) -> &Self {
        let bound = bound.into();
        self.assert(
            |number| number < bound,
            || format!("less than {}", shown(bound)),
        )
    }

    /// Asserts that the number is at most this one.
    #[track_caller]
    pub fn assert_le(&self, bound: impl Into<f64>) -> &Self {
        let bound = bound.into();
        self.assert(
            |number| number <= bound,
            || format!("at most {}", shown(bound)),
        )
    }

    /// Asserts that the number is in a range: `1.0..=2.0`.
    #[track_caller]
    pub fn assert_in(&self, range: impl RangeBounds<f64> + fmt::Debug) -> &Self {
        self.assert(
            |number| range.contains(&number),
            || format!("one in {range:?}"),
        )
    }

    /// Asserts that the number is no farther than `tolerance` from this one. An infinity is near itself.
    #[track_caller]
    pub fn assert_near(&self, expected: impl Into<f64>, tolerance: impl Into<f64>) -> &Self {
        let (expected, tolerance) = (expected.into(), tolerance.into());
        let is_near =
            |number: f64| is_same(number, expected) || (number - expected).abs() <= tolerance;
        self.assert(is_near, || {
            format!("{} within {}", shown(expected), shown(tolerance))
        })
    }

    /// Asserts what the number fulfils; `expected` is shown if it does not.
    ///
    /// ```should_panic
    /// use exposition::testing::Exposition;
    ///
    /// let metrics = Exposition::text("queue_length 1.5\n").unwrap();
    /// metrics.metric("queue_length").assert_that("a whole number", |length| length.fract() == 0.0);
    /// ```
    #[track_caller]
    pub fn assert_that(&self, expected: &str, is_right: impl FnOnce(f64) -> bool) -> &Self {
        self.assert(is_right, || expected.to_owned())
    }

    /// Asserts that at least one series matches, and that each says what is asked for.
    #[track_caller]
    pub fn assert_present(&self) -> &Self {
        match self.clone().total().answer() {
            // A family of histograms is there, although it has no value of its own.
            Err(error) if error.kind() == LookupErrorKind::Missing || self.asks_for_part() => {
                fail(error)
            }
            _ => self,
        }
    }

    /// Asserts that no series matches: neither a sample nor a metric has the name and the labels.
    ///
    /// The one assertion that a misspelled name passes. Where the series may be there before, ask for
    /// what [changed since](super::Exposition::since).
    #[track_caller]
    pub fn assert_absent(&self) -> &Self {
        match self.listed() {
            Ok(list) => fail(format_args!("expected no such series, found{list}")),
            Err(_) => self,
        }
    }

    #[track_caller]
    fn assert(
        &self,
        is_right: impl FnOnce(f64) -> bool,
        expected: impl FnOnce() -> String,
    ) -> &Self {
        match self.answer() {
            Ok(answer) if is_right(answer.number) => self,
            Ok(answer) => fail(format_args!(
                "{} is {}, expected {}",
                self.subject(&answer),
                shown(answer.number),
                expected()
            )),
            Err(error) => fail(error),
        }
    }
}

/// Compares numbers; NaN is the same as NaN.
fn is_same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan())
}
