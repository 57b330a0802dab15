//! What came and went between two bodies of one target.

use std::fmt;

use super::collection::Stats;
use super::count::Count;
use crate::bytes::work;
use crate::encode::Series;

/// Which series came and went between two bodies of one target, or between two times of a fleet.
///
/// Displays as one line: `2 series new, 1 gone, 40 kept (6.7 % changed)`.
///
/// ```
/// use exposition::{Format, Samples, stats::{Churn, Stats}};
///
/// let of = |body| {
///     let mut stats = Stats::new();
///     stats.read(Samples::new(body, Format::default())).map(|()| stats)
/// };
/// let before = of("up 1\nbusy{pod=\"a-1\"} 1\n")?;
/// let after = of("up 0\nbusy{pod=\"a-2\"} 1\n")?;
/// let churn = Churn::between(&before, &after);
/// assert_eq!(churn.to_string(), "1 series new, 1 gone, 1 kept (66.7 % changed)");
/// assert_eq!(churn.added_series().next().unwrap().to_string(), "busy{pod=\"a-2\"}");
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Churn<'s> {
    before: &'s Stats,
    after: &'s Stats,
    /// Numbers of series of `after`.
    new: Vec<usize>,
    /// Numbers of series of `before`.
    gone: Vec<usize>,
    kept: u64,
}

impl<'s> Churn<'s> {
    /// Compares the series of two collections.
    ///
    /// Takes one step for each series. If one of them had no room for [all series](Stats::max_series), those
    /// of the other one that it lacks may have been there: then only [`kept`](Self::kept) says how many at
    /// least.
    #[must_use]
    pub fn between(before: &'s Stats, after: &'s Stats) -> Self {
        work::on(before.series.len() + after.series.len());
        let lacking = |stats: &Stats, other: &Stats| -> Vec<usize> {
            let series = stats.series.iter().enumerate();
            let lacking = series.filter(|(_, series)| !other.has(series.print));
            lacking.map(|(at, _)| at).collect()
        };
        let new = lacking(after, before);
        Churn {
            kept: (after.series.len() - new.len()) as u64,
            gone: lacking(before, after),
            new,
            before,
            after,
        }
    }

    /// Returns how many series are only in the later one. `None` if that is not known.
    #[must_use]
    pub fn added(&self) -> Option<Count> {
        let is_known = self.before.has_all_series();
        is_known.then(|| self.after.count(self.new.len() as u64))
    }

    /// Returns how many series are only in the earlier one. `None` if that is not known.
    #[must_use]
    pub fn gone(&self) -> Option<Count> {
        let is_known = self.after.has_all_series();
        is_known.then(|| self.before.count(self.gone.len() as u64))
    }

    /// Returns how many series are in both.
    #[must_use]
    pub fn kept(&self) -> Count {
        let is_exact = self.before.has_all_series() && self.after.has_all_series();
        Count::new(self.kept, is_exact)
    }

    /// Returns how many of all series are new or gone, in percent. `None` if that is not known.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        let changed = match (self.added()?, self.gone()?) {
            (Count::Exactly(new), Count::Exactly(gone)) => new + gone,
            (Count::Exactly(_) | Count::AtLeast(_), _) => return None,
        };
        Some(match changed + self.kept {
            0 => 0.0,
            all => changed as f64 / all as f64 * 100.0,
        })
    }

    /// Returns the series that only the later one has, in the order in which they came. Leaves out those with
    /// values for which there was [no room](Stats::max_values).
    pub fn added_series(&self) -> impl Iterator<Item = Series> {
        let new = self.new.iter();
        new.filter_map(|at| self.after.series_at(*at))
    }

    /// Returns the series that only the earlier one has, in the order in which they came. Leaves out those
    /// with values for which there was [no room](Stats::max_values).
    pub fn gone_series(&self) -> impl Iterator<Item = Series> {
        let gone = self.gone.iter();
        gone.filter_map(|at| self.before.series_at(*at))
    }
}

impl fmt::Display for Churn<'_> {
    /// Writes a line; what is not known is `?`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.added() {
            Some(new) => write!(f, "{new} series new, ")?,
            None => write!(f, "? series new, ")?,
        }
        match self.gone() {
            Some(gone) => write!(f, "{gone} gone, ")?,
            None => write!(f, "? gone, ")?,
        }
        write!(f, "{} kept", self.kept())?;
        match self.share() {
            Some(share) => write!(f, " ({share:.1} % changed)"),
            None => Ok(()),
        }
    }
}
