//! Content negotiation: which format a body is in, which to ask for, which to answer.
//!
//! - A scraper sends [`accept_header`] as `Accept` and passes the `Content-Type` of the answer to
//!   [`Format::from_content_type`], or to [`Format::from_negotiated`] if it asked for OpenMetrics 2.0.
//! - A producer passes the request's `Accept` to [`negotiate`], encodes in the format it returns with the
//!   escaping scheme named there, and sends [`Format::content_type`].
//! - A file has no header: [`Format::sniff`] looks at its beginning, its end, and for lines of OpenMetrics 2.0.
//!
//! Every rule is Prometheus' own, even where it differs from HTTP: see the functions.

use std::fmt;
use std::str::FromStr;

use crate::error::hint;
use crate::error::shortened::shortened;
use crate::model::name::EscapingScheme;

mod accept;
mod body_hint;
mod media_type;
mod protocol;
#[cfg(feature = "serde")]
mod serde;
mod sniff;
pub(crate) mod syntax;
#[cfg(test)]
mod tests;

pub use accept::{accept_header, negotiate};
pub use media_type::MediaTypeErrorKind;
pub use protocol::{ProtocolError, ScrapeProtocol};

use media_type::MediaType;

/// The format of a body: its protocol, and how its names are escaped, if that is known.
///
/// Displays as the `Content-Type` of such a body, and is parsed from one.
///
/// ```
/// use exposition::{EscapingScheme, Format, ScrapeProtocol};
///
/// let format = Format::from_content_type(Some("text/plain; version=0.0.4; escaping=dots"), None)?;
/// assert_eq!(format.protocol(), ScrapeProtocol::PrometheusText004);
/// assert_eq!(format.escaping(), Some(EscapingScheme::Dots));
/// assert!(!format.is_openmetrics());
/// # Ok::<(), exposition::FormatError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Format {
    protocol: ScrapeProtocol,
    escaping: Option<EscapingScheme>,
}

impl Format {
    /// Creates the format of a protocol, without an escaping scheme.
    #[must_use]
    pub const fn new(protocol: ScrapeProtocol) -> Self {
        Self {
            protocol,
            escaping: None,
        }
    }

    /// Returns the same format with an escaping scheme.
    #[must_use]
    pub const fn with_escaping(self, scheme: EscapingScheme) -> Self {
        Self {
            escaping: Some(scheme),
            ..self
        }
    }

    /// Reads a `Content-Type` header as Prometheus does ([N7](crate::docs::negotiation#n7) to
    /// [N9](crate::docs::negotiation#n9)).
    ///
    /// Only the media type decides how a body is parsed: `text/plain` is the text format,
    /// `application/openmetrics-text` OpenMetrics, `application/vnd.google.protobuf` protobuf, in upper
    /// or lower case. The parameters must be well-formed, but are only recorded: a missing or unknown
    /// version (`text/plain; version=99`) becomes that of the parser which takes the body, 0.0.4 or
    /// OpenMetrics 1.0.0, and an unknown escaping scheme becomes none. OpenMetrics 2.0.0 is such a version
    /// here: [`from_negotiated`](Self::from_negotiated) is for those who asked for it.
    ///
    /// `None` means that the header is missing, which is the same as an empty one.
    ///
    /// With a `fallback`, Prometheus' `fallback_scrape_protocol`, every error becomes that format, so the
    /// outcome is always `Ok`; a valid header of a supported type always wins. Prometheus still logs the
    /// error. To do the same, ask without a fallback first:
    ///
    /// ```
    /// use exposition::{Format, ScrapeProtocol};
    ///
    /// let fallback = Format::new(ScrapeProtocol::PrometheusText004);
    /// let format = Format::from_content_type(Some("text/html"), None).unwrap_or_else(|error| {
    ///     eprintln!("{error}: reading the body as {fallback}");
    ///     fallback
    /// });
    /// assert_eq!(format, fallback);
    /// ```
    ///
    /// An empty body needs no header: Prometheus takes it as a scrape without samples before it looks at
    /// the header ([N10](crate::docs::negotiation#n10)).
    ///
    /// # Errors
    /// Without a fallback: [`FormatError`] if the header is missing, malformed or names another media
    /// type, as in Prometheus since 3.0 (earlier versions assumed text).
    pub fn from_content_type(
        header: Option<&str>,
        fallback: Option<Self>,
    ) -> Result<Self, FormatError> {
        Self::from_negotiated(header, fallback, &[])
    }

    /// Reads the `Content-Type` header of an answer to a request for these protocols: Prometheus'
    /// `scrape_protocols`, which [`accept_header`] sends.
    ///
    /// Does what [`from_content_type`](Self::from_content_type) does, except that `version=2.0.0` of
    /// OpenMetrics is read as what it says if `requested` has the experimental
    /// [`OpenMetricsText200`](ScrapeProtocol::OpenMetricsText200). Otherwise it is read as 1.0, as Prometheus
    /// up to 3.14 does ([G51](crate::docs::openmetrics2#g51)). Nothing else depends on `requested`: a format
    /// that is known is read, whether it was asked for or not.
    ///
    /// ```
    /// use exposition::{Format, ScrapeProtocol};
    ///
    /// let requested = ScrapeProtocol::list(["OpenMetricsText2.0.0", "OpenMetricsText1.0.0"])?;
    /// let header = Some("application/openmetrics-text; version=2.0.0; charset=utf-8");
    /// let format = Format::from_negotiated(header, None, &requested)?;
    /// assert_eq!(format.protocol(), ScrapeProtocol::OpenMetricsText200);
    ///
    /// let format = Format::from_content_type(header, None)?;
    /// assert_eq!(format.protocol(), ScrapeProtocol::OpenMetricsText100);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Any door reads the body then: `Samples::new(body, format)`, `Families::with_format(body, format)`, or
    /// `Parser::new(body, dialect)` with the [`dialect`](Self::dialect) of the format.
    ///
    /// # Errors
    /// The same as of [`from_content_type`](Self::from_content_type).
    pub fn from_negotiated(
        header: Option<&str>,
        fallback: Option<Self>,
        requested: &[ScrapeProtocol],
    ) -> Result<Self, FormatError> {
        Self::of_header(header.unwrap_or_default(), requested)
            .or_else(|error| fallback.ok_or(error))
    }

    /// Does what [`from_content_type`](Self::from_content_type) does, for a header as it arrived. Bytes
    /// that are not UTF-8 are read as U+FFFD, which is an error except in a quoted parameter.
    ///
    /// # Errors
    /// The same.
    pub fn from_content_type_bytes(
        header: Option<&[u8]>,
        fallback: Option<Self>,
    ) -> Result<Self, FormatError> {
        let header = header.map(String::from_utf8_lossy);
        Self::from_content_type(header.as_deref(), fallback)
    }

    fn of_header(header: &str, requested: &[ScrapeProtocol]) -> Result<Self, FormatError> {
        if header.is_empty() {
            return Err(FormatError::Missing);
        }
        let MediaType {
            essence,
            version,
            escaping,
        } = media_type::parse(header).map_err(|(byte, fault)| FormatError::Malformed {
            header: excerpt(header),
            byte,
            fault,
        })?;
        let protocol = ScrapeProtocol::reading(&essence, version.as_deref(), requested)
            .ok_or_else(|| FormatError::Unsupported {
                media_type: excerpt(&essence),
            })?;
        Ok(Self {
            protocol,
            escaping: escaping.and_then(|word| word.parse().ok()),
        })
    }

    /// Guesses the format of a body that came without a header, such as a file: protobuf if it begins with a
    /// family in protobuf, OpenMetrics if its last non-empty line is `# EOF`, text 0.0.4 otherwise.
    ///
    /// OpenMetrics is 1.0.0, unless a line has what only 2.0.0 has: a composite value, a start timestamp
    /// (`st@`) or a second exemplar. A body of 2.0 may have none of them.
    ///
    /// Prometheus never guesses. OpenMetrics that was cut off passes for text, and text whose last line
    /// is the comment `# EOF` passes for OpenMetrics. Lines end in LF alone, so `# EOF` before CR LF does
    /// not count, as in OpenMetrics. Protobuf that was cut off is recognised; one whose first family does
    /// not begin with its name, as all writers have it, is not.
    ///
    /// ```
    /// use exposition::{Format, ScrapeProtocol};
    /// assert!(Format::sniff(b"a 1\n# EOF\n").is_openmetrics());
    /// assert!(!Format::sniff(b"a 1\n").is_openmetrics());
    /// assert_eq!(
    ///     Format::sniff(b"a_total 1 st@1.5\n# EOF\n").protocol(),
    ///     ScrapeProtocol::OpenMetricsText200,
    /// );
    /// assert!(Format::sniff(b"\x13\x0a\x02up\x18\x01\x22\x0b\x12\x09\x09\0\0\0\0\0\0\xf0\x3f").is_protobuf());
    /// ```
    #[must_use]
    pub fn sniff(body: &[u8]) -> Self {
        Self::new(match sniff::is_protobuf(body) {
            true => ScrapeProtocol::PrometheusProto,
            false if !hint::ends_in_eof(body) => ScrapeProtocol::PrometheusText004,
            false if body_hint::is_openmetrics2(body) => ScrapeProtocol::OpenMetricsText200,
            false => ScrapeProtocol::OpenMetricsText100,
        })
    }

    /// Returns the protocol, with its version.
    #[must_use]
    pub const fn protocol(self) -> ScrapeProtocol {
        self.protocol
    }

    /// Returns how names in the body are escaped, if that is known. Prometheus' client libraries take
    /// silence for `underscores` ([N12](crate::docs::negotiation#n12)); Prometheus itself does not ask.
    #[must_use]
    pub const fn escaping(self) -> Option<EscapingScheme> {
        self.escaping
    }

    /// Tells whether the body is OpenMetrics text.
    #[must_use]
    pub const fn is_openmetrics(self) -> bool {
        self.protocol.is_openmetrics()
    }

    /// Tells whether the body is protobuf.
    #[must_use]
    pub const fn is_protobuf(self) -> bool {
        self.protocol.is_protobuf()
    }

    /// Returns the `Content-Type` header of a body in this format, as Prometheus' client libraries write
    /// it.
    ///
    /// ```
    /// use exposition::{EscapingScheme, Format, ScrapeProtocol};
    /// let format = Format::new(ScrapeProtocol::OpenMetricsText100)
    ///     .with_escaping(EscapingScheme::Underscores);
    /// assert_eq!(
    ///     format.content_type(),
    ///     "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
    /// );
    /// ```
    #[must_use]
    pub fn content_type(self) -> String {
        self.to_string()
    }
}

impl From<ScrapeProtocol> for Format {
    fn from(protocol: ScrapeProtocol) -> Self {
        Self::new(protocol)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.protocol.media_type())?;
        match self.protocol.version() {
            Some(version) => write!(f, "; version={version}; charset=utf-8")?,
            None => {
                for (name, value) in protocol::PROTO_PARAMETERS {
                    write!(f, "; {name}={value}")?;
                }
            }
        }
        match self.escaping {
            Some(scheme) => write!(f, "; escaping={scheme}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Format {
    type Err = FormatError;

    /// Does what [`Format::from_content_type`] does without a fallback.
    fn from_str(header: &str) -> Result<Self, FormatError> {
        Self::of_header(header, &[])
    }
}

/// Why a `Content-Type` header does not give the format of a body, or gives one that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// There is no header, or an empty one.
    #[error("missing or empty Content-Type")]
    Missing,
    /// The header is not a media type with parameters.
    #[error("malformed Content-Type {header:?}: {fault} at byte {byte}")]
    Malformed {
        /// The header, shortened if it is long.
        header: Box<str>,
        /// Where in the header, counted from 0.
        byte: usize,
        /// What is wrong there.
        fault: MediaTypeErrorKind,
    },
    /// The header is well-formed, but no exposition format has its media type.
    #[error("unsupported media type {media_type:?} in Content-Type")]
    Unsupported {
        /// The media type in lower case, without parameters, shortened if it is long.
        media_type: Box<str>,
    },
    /// The body is in protobuf, which this crate recognises but does not read.
    #[error("the body is in protobuf, which has no lines")]
    Protobuf,
}

/// Returns as much of a text as an error shows.
fn excerpt(text: &str) -> Box<str> {
    shortened(text, 100).into()
}
