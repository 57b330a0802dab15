//! The samples of a body that is a slice.

use super::door::{Door, door};
use super::sample::{AnySample, SampleEntry};
use super::source::SliceLines;
use crate::dialect::Dialect;
#[cfg(feature = "relabel")]
use crate::error::Position;
use crate::error::Result;
use crate::format::{Format, FormatError};
use crate::protobuf;
use crate::text::parser::Parser;
use crate::text::response::format_of;

/// Reads the samples of a body of any format that is a slice.
///
/// Lends what it finds: a sample is valid until the next call. Nothing is allocated per sample.
///
/// ```
/// use exposition::{SampleView, Samples};
///
/// let header = Some("text/plain; version=0.0.4");
/// let mut samples = Samples::from_response(header, None, b"# TYPE up gauge\nup{job=\"a\"} 1\n")?;
/// while let Some(sample) = samples.next_sample()? {
///     println!("{} {:?} {:?}", sample.name(), sample.labels().collect::<Vec<_>>(), sample.value());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Classic histograms become native ones if that is wanted:
///
/// ```
/// use exposition::{Dialect, HistogramOptions, SampleView, Samples};
///
/// let body = b"# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 5\nh_sum 2.5\nh_count 5\n";
/// let options = HistogramOptions::new().convert_classic(true);
/// let mut samples = Samples::with_dialect(body, Dialect::Text).histograms(options);
/// let sample = samples.next_sample()?.expect("a sample");
/// let histogram = sample.value().as_native_histogram().expect("a native histogram");
/// assert_eq!(histogram.to_string(), "{count:5, sum:2.5, [-Inf,1]:2, (1,+Inf]:3}");
/// assert!(samples.next_sample()?.is_none());
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Debug)]
pub struct Samples<'a> {
    door: Door<SliceLines<'a>, protobuf::Parser<'a>>,
}

impl<'a> Samples<'a> {
    /// Reads `body`, which is in that format.
    pub fn new<B: AsRef<[u8]> + ?Sized>(body: &'a B, format: Format) -> Self {
        match format.dialect() {
            Some(dialect) => Self::with_dialect(body, dialect),
            None => Samples {
                door: Door::protobuf(protobuf::Parser::new(body)),
            },
        }
    }

    /// Reads `body`, which is in a text format.
    pub fn with_dialect<B: AsRef<[u8]> + ?Sized>(body: &'a B, dialect: Dialect) -> Self {
        Samples {
            door: Door::text(SliceLines {
                parser: Parser::new(body, dialect),
                line: None,
            }),
        }
    }

    /// Reads the body of a response in the format of its `Content-Type` header, as Prometheus picks its
    /// parser. An empty body has no samples, whatever the header
    /// ([N10](crate::docs::negotiation#n10)). OpenMetrics 2.0 is read as 1.0 unless it was asked for: then
    /// [`Format::from_negotiated`] gives the format for [`Samples::new`].
    ///
    /// # Errors
    ///
    /// [`FormatError`] if the header gives no format and there is no fallback.
    pub fn from_response<B: AsRef<[u8]> + ?Sized>(
        content_type: Option<&str>,
        fallback: Option<Format>,
        body: &'a B,
    ) -> Result<Self, FormatError> {
        Ok(
            match format_of(content_type, fallback, &[], body.as_ref())? {
                Some(format) => Self::new(body, format),
                None => Self::with_dialect(body, Dialect::default()),
            },
        )
    }

    door!();

    /// Returns the next sample; `None` at the end of the body.
    ///
    /// # Errors
    ///
    /// What cannot be read gives one error; the next call goes on after it, as
    /// [`Parser`](crate::Parser) and [`protobuf::Parser`](crate::protobuf::Parser) do.
    #[inline]
    pub fn next_sample(&mut self) -> Result<Option<AnySample<'_>>> {
        self.door.next_sample()
    }

    /// Returns the next sample, or what is said of samples; `None` at the end of the body.
    ///
    /// # Errors
    ///
    /// Those of [`next_sample`](Self::next_sample).
    pub fn next_entry(&mut self) -> Result<Option<SampleEntry<'_>>> {
        let found = self.door.advance()?;
        Ok(found.then(|| self.door.entry()).flatten())
    }

    /// Finds the next sample, which [`sample`](Self::sample) returns.
    #[cfg(feature = "relabel")]
    #[inline]
    pub(crate) fn advance(&mut self) -> Result<bool> {
        self.door.advance_to_sample()
    }

    /// Returns the sample that was found last.
    #[cfg(feature = "relabel")]
    #[inline]
    pub(crate) fn sample(&self) -> Option<AnySample<'_>> {
        self.door.sample()
    }

    /// Returns where the sample begins that was found last, and in protobuf the path to it.
    #[cfg(feature = "relabel")]
    #[cold]
    pub(crate) fn place(&self) -> (Position, Option<Box<str>>) {
        match &self.door {
            Door::Text(door) => (door.position(), None),
            Door::Protobuf { messages, .. } => {
                let (position, path) = messages.place();
                (position, Some(path))
            }
        }
    }
}
