//! A number that may be known only from below.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;

/// A number of things: exact, or what a [cap](super::Stats::max_series) lets be known of it.
///
/// Numbers are ordered by what is known of them; an exact one comes before one of at least as many.
///
/// ```
/// use exposition::stats::Count;
///
/// assert_eq!(Count::Exactly(3).to_string(), "3");
/// assert_eq!((Count::Exactly(3) + Count::AtLeast(1)).to_string(), "≥ 4");
/// assert_eq!(Count::AtLeast(4).known(), 4);
/// assert!(!Count::AtLeast(4).is_exact());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Count {
    /// As many as this.
    Exactly(u64),
    /// As many as this, or more.
    AtLeast(u64),
}

impl Count {
    pub(super) fn new(known: u64, is_exact: bool) -> Self {
        match is_exact {
            true => Count::Exactly(known),
            false => Count::AtLeast(known),
        }
    }

    /// Returns how many there are for certain.
    #[must_use]
    pub fn known(self) -> u64 {
        match self {
            Count::Exactly(known) | Count::AtLeast(known) => known,
        }
    }

    /// Tells whether there are no more than that.
    #[must_use]
    pub fn is_exact(self) -> bool {
        match self {
            Count::Exactly(_) => true,
            Count::AtLeast(_) => false,
        }
    }
}

impl Default for Count {
    /// Returns exactly none.
    fn default() -> Self {
        Count::Exactly(0)
    }
}

impl Ord for Count {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.known(), !self.is_exact()).cmp(&(other.known(), !other.is_exact()))
    }
}

impl PartialOrd for Count {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Add for Count {
    type Output = Count;

    fn add(self, other: Count) -> Count {
        let known = self.known().saturating_add(other.known());
        Count::new(known, self.is_exact() && other.is_exact())
    }
}

impl Sum for Count {
    fn sum<I: Iterator<Item = Count>>(counts: I) -> Count {
        counts.fold(Count::default(), Count::add)
    }
}

impl fmt::Display for Count {
    /// Writes the number, with `≥ ` before it if there may be more.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Count::Exactly(known) => known.fmt(f),
            Count::AtLeast(known) => write!(f, "≥ {known}"),
        }
    }
}

/// Written as `{"known": 3, "exact": true}`.
#[cfg(feature = "serde")]
impl serde::Serialize for Count {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;

        let mut count = serializer.serialize_struct("Count", 2)?;
        count.serialize_field("known", &self.known())?;
        count.serialize_field("exact", &self.is_exact())?;
        count.end()
    }
}
