//! The rules for counts of observations.

use super::cursor::Token;
use super::demand;
use super::report::Report;
use crate::model::metric_type::MetricType;

/// Checks a count of a histogram or a gauge histogram.
pub(super) fn check(shape: MetricType, token: Token<'_>, report: &mut Report<'_, '_>) {
    let value = token.value();
    // Infinity has no fraction: NaN.
    let is_whole = value.fract() == 0.0;
    match shape {
        MetricType::GaugeHistogram if value < 0.0 || !is_whole => {
            report.advise(token.at, demand::GAUGE_COUNT);
        }
        MetricType::GaugeHistogram => {}
        _ if !matches!(value, 0.0..) => report.once(token.at, demand::COUNT),
        _ if !is_whole => report.advise(token.at, demand::WHOLE),
        _ => {}
    }
}
