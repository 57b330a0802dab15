//! Scans bytes: their classes, where lines end, where marks are, whether texts are equal.
//!
//! Nothing here knows what a metric is. Code that dominates the cost of ordinary bodies is here or in
//! [`text::fast`](crate::text::fast); each scanner has a plain twin in its tests.

pub(crate) mod by_hash;
pub(crate) mod compare;
pub(crate) mod edits;
pub(crate) mod glob;
pub(crate) mod hash;
pub(crate) mod index;
pub(crate) mod key_set;
pub(crate) mod line_ends;
pub(crate) mod list;
pub(crate) mod quotes;
pub(crate) mod scan;
pub(crate) mod work;
