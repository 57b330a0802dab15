//! Reads a response: its `Content-Type` header and its body.

use crate::dialect::Dialect;
use crate::format::{Format, FormatError, ScrapeProtocol};
use crate::text::parser::Parser;

impl Format {
    /// Returns the dialect that bodies of this format are read in; `None` for protobuf, which has no
    /// lines.
    ///
    /// ```
    /// use exposition::{Dialect, Format};
    ///
    /// let format: Format = "application/openmetrics-text; version=1.0.0".parse()?;
    /// assert_eq!(format.dialect(), Some(Dialect::OpenMetrics));
    /// # Ok::<(), exposition::FormatError>(())
    /// ```
    pub const fn dialect(self) -> Option<Dialect> {
        match self.protocol() {
            ScrapeProtocol::PrometheusProto => None,
            ScrapeProtocol::OpenMetricsText200 => Some(Dialect::OpenMetrics2),
            ScrapeProtocol::OpenMetricsText100 | ScrapeProtocol::OpenMetricsText001 => {
                Some(Dialect::OpenMetrics)
            }
            ScrapeProtocol::PrometheusText100 | ScrapeProtocol::PrometheusText004 => {
                Some(Dialect::Text)
            }
        }
    }
}

/// Returns the format that the body of a response to a request for these protocols is read in, as Prometheus
/// picks its parser; `None` for an empty body, whatever its header (spec N7-N10, G51, S15, S16).
pub(crate) fn format_of(
    content_type: Option<&str>,
    fallback: Option<Format>,
    requested: &[ScrapeProtocol],
    body: &[u8],
) -> Result<Option<Format>, FormatError> {
    match body.is_empty() {
        true => Ok(None),
        false => Format::from_negotiated(content_type, fallback, requested).map(Some),
    }
}

/// Returns the dialect that the body of a response is read in; `None` for an empty body.
pub(crate) fn dialect_of(
    content_type: Option<&str>,
    fallback: Option<Format>,
    body: &[u8],
) -> Result<Option<Dialect>, FormatError> {
    let Some(format) = format_of(content_type, fallback, &[], body)? else {
        return Ok(None);
    };
    format.dialect().map(Some).ok_or(FormatError::Protobuf)
}

impl<'a> Parser<'a> {
    /// Reads the body of a response in the format of its `Content-Type` header, as Prometheus picks its
    /// parser.
    ///
    /// `content_type` is the header's value, `None` if there is none; `fallback` is the format of a body
    /// whose header does not give one ([`Format::from_content_type`]). An empty body has no lines,
    /// whatever the header ([N10](crate::docs::negotiation#n10)). OpenMetrics 2.0 is read as 1.0 unless it was
    /// asked for: then [`Format::from_negotiated`] gives the dialect for [`Parser::new`].
    ///
    /// ```
    /// use exposition::Parser;
    ///
    /// let header = Some("application/openmetrics-text; version=1.0.0; charset=utf-8");
    /// let body = b"# TYPE requests counter\nrequests_total 3 # {trace_id=\"7\"} 1\n# EOF\n";
    /// assert_eq!(Parser::from_response(header, None, body)?.filter_map(Result::ok).count(), 3);
    ///
    /// let error = Parser::from_response(Some("text/html"), None, b"<html>").unwrap_err();
    /// assert_eq!(error.to_string(), "unsupported media type \"text/html\" in Content-Type");
    /// # Ok::<(), exposition::FormatError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`FormatError`] if the header gives no format and there is no fallback, or if the format is
    /// protobuf, which has no lines: [`Families::from_response`](crate::Families::from_response) reads
    /// every format.
    pub fn from_response<B: AsRef<[u8]> + ?Sized>(
        content_type: Option<&str>,
        fallback: Option<Format>,
        body: &'a B,
    ) -> Result<Self, FormatError> {
        let dialect = dialect_of(content_type, fallback, body.as_ref())?;
        Ok(Parser::new(body, dialect.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::ScrapeProtocol;

    #[test]
    fn headers_and_bodies() {
        let text: &[u8] = b"up 1\n";
        let protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily";
        let fallback = Some(Format::new(ScrapeProtocol::OpenMetricsText100));
        for (header, fallback, body, expected) in [
            (
                Some("text/plain; version=0.0.4"),
                None,
                text,
                Ok(Dialect::Text),
            ),
            (Some("text/plain"), fallback, text, Ok(Dialect::Text)),
            (
                Some("application/openmetrics-text"),
                None,
                text,
                Ok(Dialect::OpenMetrics),
            ),
            (None, fallback, text, Ok(Dialect::OpenMetrics)),
            (None, None, text, Err("missing or empty Content-Type")),
            (
                Some(protobuf),
                fallback,
                text,
                Err("the body is in protobuf, which has no lines"),
            ),
            (None, None, b"", Ok(Dialect::Text)),
            (Some("text/html"), None, b"", Ok(Dialect::Text)),
        ] {
            let got = Parser::from_response(header, fallback, body);
            let got = got
                .map(|parser| parser.dialect())
                .map_err(|error| error.to_string());
            assert_eq!(got, expected.map_err(str::to_owned), "{header:?}");
        }
    }
}
