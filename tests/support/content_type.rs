//! Which parser a body goes to.

use exposition::Dialect;

/// The dialect of a content type: Prometheus looks at the media type alone.
pub(crate) fn dialect(content_type: &str) -> Dialect {
    match content_type.starts_with("application/openmetrics-text") {
        true => Dialect::OpenMetrics,
        false => Dialect::Prometheus,
    }
}
