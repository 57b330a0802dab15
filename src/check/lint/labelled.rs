//! Whether a body is what its `Content-Type` header says.

use super::finding::Findings;
use super::rule::LintRule;
use crate::error::Hint;
use crate::format::{Format, FormatError, ScrapeProtocol};
use crate::text::response::format_of;

/// Finds mix-ups of formats. Returns the format to lint the body in: that in which Prometheus reads it, or, if that is
/// none, what it looks like.
pub(super) fn check(
    findings: &mut Findings<'_>,
    content_type: Option<&str>,
    fallback: Option<Format>,
    body: &[u8],
) -> Format {
    let looks_like = || Format::sniff(body);
    let format = match format_of(content_type, fallback, &[], body) {
        Ok(format) => format.unwrap_or_default(),
        Err(error) => {
            let message = || no_format(&error);
            findings.say(LintRule::NoContentType, None, || None, message);
            return looks_like();
        }
    };
    let media_type = content_type.unwrap_or_default().to_ascii_lowercase();
    if media_type.contains("openmetrics") && media_type.contains("version=2") {
        findings.add(LintRule::NotNegotiated, None, || None);
    }
    match format.protocol() {
        ScrapeProtocol::OpenMetricsText100
        | ScrapeProtocol::OpenMetricsText001
        | ScrapeProtocol::OpenMetricsText200 => {
            let is_text = matches!(
                looks_like().protocol(),
                ScrapeProtocol::PrometheusText004 | ScrapeProtocol::PrometheusText100
            );
            if is_text {
                findings.add(LintRule::TextAsOpenMetrics, None, || None);
            }
        }
        ScrapeProtocol::PrometheusText004 | ScrapeProtocol::PrometheusText100 => {
            let hint = format
                .dialect()
                .and_then(|dialect| Hint::of_body(body, dialect));
            if hint == Some(Hint::OpenMetrics) {
                findings.add(LintRule::OpenMetricsAsText, None, || None);
            }
        }
        ScrapeProtocol::PrometheusProto => {}
    }
    format
}

fn no_format(error: &FormatError) -> String {
    format!("{}: {error}", LintRule::NoContentType.text())
}
