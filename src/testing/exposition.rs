//! A body read whole, to ask it questions.

use crate::error::{Error, Result};
use crate::families::family::MetricFamily;
use crate::families::grouping::Families;
use crate::format::{Format, FormatError, ScrapeProtocol};

/// A body that was read whole, without an error: what a test asserts on.
///
/// It owns what it says, so a helper of tests can fetch a body and return this. Reading refuses a body with any
/// error: no line is lost.
///
/// ```
/// use exposition::testing::Exposition;
///
/// let body = "# TYPE http_requests_total counter\nhttp_requests_total{code=\"200\"} 3\n";
/// let metrics = Exposition::text(body)?;
/// metrics.metric("http_requests_total").label("code", "200").assert_eq(3);
///
/// let error = Exposition::text("http_requests_total{code=200} 3\n").unwrap_err();
/// assert_eq!(error.position().line, 1);
/// # Ok::<(), exposition::Error>(())
/// ```
///
/// It displays as its [`snapshot`](Self::snapshot) does: sorted, and the same for bodies that say the same.
#[derive(Debug, Clone)]
pub struct Exposition {
    families: Vec<MetricFamily<'static>>,
    format: Format,
}

impl Exposition {
    /// Reads a body in the Prometheus text format.
    ///
    /// # Errors
    ///
    /// The first error in the body, whether it [fails a scrape](Error::fails_scrape) or not.
    pub fn text(body: impl AsRef<[u8]>) -> Result<Self> {
        Exposition::new(body, Format::default())
    }

    /// Reads a body in OpenMetrics 1.0.
    ///
    /// # Errors
    ///
    /// As for [`text`](Self::text).
    pub fn openmetrics(body: impl AsRef<[u8]>) -> Result<Self> {
        Exposition::new(body, Format::new(ScrapeProtocol::OpenMetricsText100))
    }

    /// Reads a body in any format.
    ///
    /// # Errors
    ///
    /// As for [`text`](Self::text).
    pub fn new(body: impl AsRef<[u8]>, format: Format) -> Result<Self> {
        let families = Families::with_format(body.as_ref(), format).read_all();
        Ok(Exposition {
            families: families.into_owned().into_result()?,
            format,
        })
    }

    /// Reads the body of a response in the format of its `Content-Type` header.
    ///
    /// The header is taken at its word: `version=2.0.0` of OpenMetrics is read as such, since a test knows
    /// what it asked for. An empty body has no metrics, whatever the header
    /// ([N10](crate::docs::negotiation#n10)).
    ///
    /// ```
    /// use exposition::testing::Exposition;
    ///
    /// let header = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    /// let metrics = Exposition::from_response(header, "# TYPE jobs counter\njobs_total 2\n# EOF\n")?;
    /// metrics.metric("jobs_total").assert_eq(2);
    ///
    /// let error = Exposition::from_response("text/html", "<html>").unwrap_err();
    /// assert_eq!(error.to_string(), "unsupported media type \"text/html\" in Content-Type");
    /// # Ok::<(), exposition::testing::ReadError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ReadError::Format`] if the header is missing or names no format, [`ReadError::Body`] for the first
    /// error in the body.
    pub fn from_response<'h>(
        content_type: impl Into<Option<&'h str>>,
        body: impl AsRef<[u8]>,
    ) -> Result<Self, ReadError> {
        let body = body.as_ref();
        let asked = [ScrapeProtocol::OpenMetricsText200];
        let format = match body.is_empty() {
            true => Format::default(),
            false => Format::from_negotiated(content_type.into(), None, &asked)?,
        };
        Ok(Exposition::new(body, format)?)
    }

    /// Takes families that were built or read elsewhere.
    ///
    /// ```
    /// use exposition::testing::Exposition;
    /// use exposition::{Metric, MetricFamily, MetricType};
    ///
    /// let up = MetricFamily::new("up", MetricType::Gauge).metric(Metric::gauge(1.0));
    /// Exposition::from_families([up]).metric("up").assert_eq(1);
    /// ```
    pub fn from_families<'a>(families: impl IntoIterator<Item = MetricFamily<'a>>) -> Self {
        Exposition {
            families: (families.into_iter())
                .map(MetricFamily::into_owned)
                .collect(),
            format: Format::default(),
        }
    }

    /// Returns the families, in the order of the body.
    pub fn families(&self) -> &[MetricFamily<'static>] {
        &self.families
    }

    /// Returns the format of the body.
    pub fn format(&self) -> Format {
        self.format
    }
}

/// Why a response is not an [`Exposition`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The `Content-Type` header gives no format.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The body has an error.
    #[error(transparent)]
    Body(#[from] Error),
}
