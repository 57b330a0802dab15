//! The families and samples of a body that is a slice.

use super::door::{Door, FoundMetric, settings};
use super::engine::{Engine, Found};
use super::view::{Entry, Sample};
use super::whole::Whole;
#[cfg(feature = "relabel")]
use crate::error::Position;
use crate::error::Result;

/// Reads the families and samples of a protobuf body that is a slice.
///
/// Lends what it finds: an entry is valid until the next call. Nothing is allocated for a metric or a
/// label once the parser's lists are as long as the longest metric needs.
///
/// ```
/// # let body = b"4\n\x02up\x18\x01\"\x15\n\x08\n\x03job\x12\x01a\x12\t\t\0\0\0\0\0\0\xf0\x3f\"\x15\n\x08\n\x03job\x12\x01b\x12\t\t\0\0\0\0\0\0\0\0";
/// let mut parser = exposition::protobuf::Parser::new(body);
/// while let Some(sample) = parser.next_sample()? {
///     println!("{} {:?} {:?}", sample.name(), sample.labels().collect::<Vec<_>>(), sample.value());
/// }
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Debug)]
pub struct Parser<'a> {
    body: &'a [u8],
    door: Door,
}

impl<'a> Parser<'a> {
    /// Reads `body`.
    pub fn new<B: AsRef<[u8]> + ?Sized>(body: &'a B) -> Self {
        Parser {
            body: body.as_ref(),
            door: Door::default(),
        }
    }

    fn engine_mut(&mut self) -> &mut Engine {
        &mut self.door.engine
    }

    settings!();

    /// Returns the next family or sample; `None` at the end of the body.
    ///
    /// # Errors
    ///
    /// A metric in error gives one error, and the next call reads the metric after it; one elsewhere in a
    /// family costs the rest of the family, and one between families the rest of the body.
    #[inline]
    pub fn next_entry(&mut self) -> Result<Option<Entry<'_>>> {
        let found = self.door.advance(self.body, true)?;
        Ok(found.map(|found| self.door.entry(found, self.body)))
    }

    /// Returns the next sample; `None` at the end of the body.
    ///
    /// # Errors
    ///
    /// Those of [`next_entry`](Self::next_entry).
    #[inline]
    pub fn next_sample(&mut self) -> Result<Option<Sample<'_>>> {
        let found = self.door.advance_to_sample(self.body, true)?;
        Ok(found.then(|| self.door.sample(self.body)))
    }

    /// Finds the next family or sample.
    #[inline]
    pub(crate) fn advance(&mut self) -> Result<Option<Found>> {
        self.door.advance(self.body, true)
    }

    /// Returns what was found last.
    #[inline]
    pub(crate) fn entry(&self, found: Found) -> Entry<'_> {
        self.door.entry(found, self.body)
    }

    /// Returns where the family or metric begins that was found last, and the path to it.
    #[cfg(feature = "relabel")]
    #[cold]
    pub(crate) fn place(&self) -> (Position, Box<str>) {
        self.door.place(self.body)
    }

    /// Returns the next family or metric, which may outlive the parser.
    pub(crate) fn next_metric(&mut self) -> Result<Option<(FoundMetric, Whole<'_, 'a>)>> {
        let found = self.door.advance_to_metric(self.body, true)?;
        Ok(found.map(|found| (found, self.door.whole(self.body))))
    }
}
