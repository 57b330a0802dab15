//! Walks over the fields of a composite value, and over the items of its lists.

use std::fmt;
use std::iter::FusedIterator;

use crate::bytes::work;
use crate::number::decimal;
use crate::number::decode;

/// A field as written.
#[derive(Debug, Clone, Copy)]
pub(super) struct WrittenField<'a> {
    pub(super) key: &'a str,
    /// Its value, without brackets.
    pub(super) value: &'a str,
    /// Where the value begins, in bytes from the opening brace.
    pub(super) value_at: usize,
}

/// Walks from field to field.
#[derive(Debug, Clone)]
pub(super) struct FieldWalk<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> FieldWalk<'a> {
    /// Begins at the opening brace.
    pub(super) fn new(composite: &'a str) -> Self {
        FieldWalk {
            text: composite,
            at: 1,
        }
    }
}

impl<'a> Iterator for FieldWalk<'a> {
    type Item = WrittenField<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..)?;
        let colon = memchr::memchr(b':', rest.as_bytes())?;
        let (key, value) = (rest.get(..colon)?, rest.get(colon + 1..)?);
        let is_list = value.starts_with('[');
        let value = value.get(usize::from(is_list)..)?;
        let end = match is_list {
            true => memchr::memchr(b']', value.as_bytes())?,
            false => memchr::memchr2(b',', b'}', value.as_bytes())?,
        };
        let value_at = self.at + colon + 1 + usize::from(is_list);
        let value = value.get(..end)?;
        work::on(colon + end);
        // Past the bracket, and past the comma or brace.
        self.at = value_at + end + usize::from(is_list) + 1;
        Some(WrittenField {
            key,
            value,
            value_at,
        })
    }
}

/// Returns the items of a list. Prometheus passes over empty ones.
pub(super) fn items(list: &str) -> impl Iterator<Item = &str> {
    work::on(list.len());
    list.split(',').filter(|item| !item.is_empty())
}

/// The buckets or the quantiles of a [`Composite`](super::Composite): pairs of a bound and a count, or of
/// a quantile and its value.
#[derive(Clone)]
pub struct CompositePairs<'a> {
    rest: &'a [u8],
}

impl<'a> CompositePairs<'a> {
    /// Walks over a list without its brackets.
    pub(crate) fn new(list: &'a str) -> Self {
        CompositePairs {
            rest: list.as_bytes(),
        }
    }

    /// Returns how many bytes of the list are left, from the next pair on.
    pub(crate) fn len_left(&self) -> usize {
        let commas = self.rest.iter().take_while(|byte| **byte == b',').count();
        self.rest.len() - commas
    }

    /// Reads a number that ends before `end` or with the list.
    #[inline(always)]
    fn number(&mut self, end: u8) -> Option<f64> {
        if let Some((number, len)) = decimal::short_number(self.rest)
            && let Some((next, rest)) = self.rest.get(len..)?.split_first()
            && *next == end
        {
            work::on(len);
            self.rest = rest;
            return Some(number);
        }
        self.longer_number(end)
    }

    #[inline(never)]
    fn longer_number(&mut self, end: u8) -> Option<f64> {
        let len = memchr::memchr(end, self.rest).unwrap_or(self.rest.len());
        work::on(len);
        let text = std::str::from_utf8(self.rest.get(..len)?).ok()?;
        self.rest = self.rest.get(len + 1..).unwrap_or_default();
        decode::number(text).ok()
    }
}

impl Iterator for CompositePairs<'_> {
    type Item = (f64, f64);

    #[inline]
    fn next(&mut self) -> Option<(f64, f64)> {
        while let [b',', rest @ ..] = self.rest {
            self.rest = rest;
        }
        if self.rest.is_empty() {
            return None;
        }
        let pair = self.number(b':').zip(self.number(b','));
        if pair.is_none() {
            self.rest = &[];
        }
        pair
    }
}

impl FusedIterator for CompositePairs<'_> {}

impl fmt::Debug for CompositePairs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
