//! Finds which parser a body needs.

use exposition::{Dialect, Format};

/// Returns the dialect that a `Content-Type` names.
pub(crate) fn dialect(content_type: &str) -> Result<Dialect, String> {
    let format = Format::from_content_type(Some(content_type), None);
    let format = format.map_err(|error| error.to_string())?;
    Ok(match format.is_openmetrics() {
        true => Dialect::OpenMetrics,
        false => Dialect::Text,
    })
}
