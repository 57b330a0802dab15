//! Turns the bytes of an input into the subject of a property.
//!
//! An input begins with a fixed number of option bytes, so that what follows keeps its place when they
//! change. What follows is a body, or what one is built from.

use std::borrow::Cow;

use arbitrary::{Arbitrary, Unstructured};
use exposition::{Dialect, Format, Limits, ScrapeProtocol};

use super::pieces;

/// Returns the options at the start of an input, which take `len` bytes, and the rest.
pub fn split<'a, T: Arbitrary<'a>>(data: &'a [u8], len: usize) -> Option<(T, &'a [u8])> {
    let (options, rest) = data.split_at_checked(len)?;
    let options = Unstructured::new(options).arbitrary().ok()?;
    Some((options, rest))
}

/// The dialect of a body, and whether the body itself follows or what it is built from.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub struct Form(u8);

/// The bit of a [`Form`] for a body that is built.
const BUILT: u8 = 0x80;

/// The bits of a [`Form`] for OpenMetrics 2.0; the remainder of other numbers by three is that of a dialect
/// before it, as it was when the first seeds were made.
const OPENMETRICS2: u8 = 0x60;

impl Form {
    /// Returns the form of a body that follows literally, in the dialect with that number in
    /// [`DIALECTS`](super::DIALECTS).
    pub const fn raw(dialect: u8) -> u8 {
        match dialect {
            super::OPENMETRICS2 => OPENMETRICS2,
            other => other,
        }
    }

    /// Returns the dialect.
    pub fn dialect(self) -> Dialect {
        let which = match self.0 & !BUILT {
            number if number & OPENMETRICS2 == OPENMETRICS2 => super::OPENMETRICS2,
            number => number % super::OPENMETRICS2,
        };
        super::DIALECTS[usize::from(which)]
    }

    /// Returns a format that has lines of that dialect; lenient reading is of text.
    pub fn format(self) -> Format {
        Format::new(match self.dialect() {
            Dialect::OpenMetrics => ScrapeProtocol::OpenMetricsText100,
            Dialect::OpenMetrics2 => ScrapeProtocol::OpenMetricsText200,
            _ => ScrapeProtocol::PrometheusText004,
        })
    }

    /// Returns the body.
    pub fn body(self, rest: &[u8]) -> Cow<'_, [u8]> {
        match self.0 & BUILT {
            0 => Cow::Borrowed(rest),
            _ => Cow::Owned(pieces::body(rest, self.dialect())),
        }
    }
}

/// Limits that are often reached. Zeros are the defaults.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub struct SmallLimits {
    line: u8,
    labels: u8,
    body: u16,
}

impl SmallLimits {
    /// How many bytes of an input they are.
    pub const LEN: usize = 4;

    /// Returns the limits for a parser.
    pub fn limits(self) -> Limits {
        let mut limits = Limits::new();
        if let Some(line) = self.line.checked_sub(1) {
            limits = limits.max_line_bytes(line.into());
        }
        if let Some(labels) = self.labels.checked_sub(1) {
            limits = limits.max_labels(labels.into());
        }
        if let Some(body) = self.body.checked_sub(1) {
            limits = limits.max_body_bytes(body.into());
        }
        limits
    }

    /// Tells whether the body may be cut off.
    pub fn has_body(self) -> bool {
        self.body > 0
    }
}

/// Separates the texts of an input that holds several.
pub const SEPARATOR: u8 = 0x1e;

/// Returns the texts of an input that holds several; bytes that are not UTF-8 become U+FFFD.
pub fn texts(data: &[u8]) -> impl Iterator<Item = Cow<'_, str>> {
    data.split(|byte| *byte == SEPARATOR)
        .map(String::from_utf8_lossy)
}
