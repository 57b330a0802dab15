//! The rules for values, by type.

use super::composite::{Composite, items, pair};
use super::count;
use super::cursor::Token;
use super::demand;
use super::grammar::Value;
use super::native;
use super::number::same;
use super::report::Report;
use crate::model::metric_type::MetricType;

/// Checks the value of a sample of that type.
pub(super) fn check(kind: MetricType, value: &Value<'_>, report: &mut Report<'_, '_>) {
    match value {
        Value::Number(token) => number(kind, *token, report),
        Value::Composite(composite) => self::composite(kind, composite, report),
    }
}

fn number(kind: MetricType, token: Token<'_>, report: &mut Report<'_, '_>) {
    let value = token.value();
    let demand = match kind {
        MetricType::Histogram | MetricType::GaugeHistogram | MetricType::Summary => {
            demand::COMPOSITE
        }
        MetricType::Counter if value.is_nan() || value < 0.0 => demand::COUNTER,
        MetricType::Info if value != 1.0 => demand::INFO_VALUE,
        MetricType::StateSet if value != 0.0 && value != 1.0 => demand::STATE_VALUE,
        MetricType::Counter
        | MetricType::Gauge
        | MetricType::Info
        | MetricType::StateSet
        | MetricType::Unknown => return,
    };
    report.add(token.at, demand);
}

fn composite(kind: MetricType, composite: &Composite<'_>, report: &mut Report<'_, '_>) {
    use MetricType::{GaugeHistogram, Histogram, Summary};
    let after_sum = composite.sum.at + composite.sum.text.len();
    let misfit = match (kind, composite.shape) {
        (Histogram, Histogram) | (GaugeHistogram, GaugeHistogram) | (Summary, Summary) => None,
        (Histogram | Summary, GaugeHistogram) => Some((composite.at + 1, demand::COUNT_FIELD)),
        (GaugeHistogram, _) => Some((composite.at + 1, demand::GCOUNT_FIELD)),
        (Histogram, _) => Some((after_sum, demand::BUCKET_FIELD)),
        (Summary, _) => Some((after_sum, demand::QUANTILE_FIELD)),
        // It says itself what it is.
        (MetricType::Unknown, _) => {
            report.advise(composite.at, demand::UNKNOWN_NUMBER);
            None
        }
        (MetricType::Counter | MetricType::Gauge | MetricType::Info | MetricType::StateSet, _) => {
            Some((composite.at, demand::NUMBER))
        }
    };
    if let Some((at, demand)) = misfit {
        return report.add(at, demand);
    }
    observations(composite, report);
    match composite.shape {
        Summary => composite
            .pairs
            .into_iter()
            .for_each(|pairs| quantiles(pairs, report)),
        _ => {
            if let Some(native) = &composite.native {
                native::check(composite, native, report);
            }
            if let Some(pairs) = composite.pairs {
                classic(composite, pairs, report);
            }
        }
    }
}

/// Checks the number of observations and their sum.
fn observations(composite: &Composite<'_>, report: &mut Report<'_, '_>) {
    let (count, sum) = (composite.count, composite.sum);
    match composite.shape {
        MetricType::Summary => {
            let value = count.value();
            if !(value >= 0.0 && value.fract() == 0.0) {
                report.add(count.at, demand::SUMMARY_COUNT);
            }
            if !matches!(sum.value(), 0.0..) {
                report.add(sum.at, demand::SUMMARY_SUM);
            }
        }
        shape => {
            count::check(shape, count, report);
            if shape == MetricType::GaugeHistogram && !(0.0..f64::INFINITY).contains(&sum.value()) {
                report.advise(sum.at, demand::GAUGE_SUM);
            }
        }
    }
}

fn quantiles(list: Token<'_>, report: &mut Report<'_, '_>) {
    let mut before = f64::NEG_INFINITY;
    for (written, value) in items(list).filter_map(pair) {
        let quantile = written.value();
        if !(0.0..=1.0).contains(&quantile) {
            report.once(written.at, demand::QUANTILE);
        } else if quantile <= before {
            report.once(written.at, demand::QUANTILES_RISE);
        }
        before = quantile;
        if value.value() < 0.0 {
            report.once(value.at, demand::QUANTILE_VALUE);
        }
    }
}

fn classic(composite: &Composite<'_>, list: Token<'_>, report: &mut Report<'_, '_>) {
    let shape = composite.shape;
    let mut before: Option<(f64, Token<'_>)> = None;
    for (written, count) in items(list).filter_map(pair) {
        let bound = written.value();
        count::check(shape, count, report);
        if let Some((last_bound, last_count)) = before {
            if bound <= last_bound {
                report.once(written.at, demand::BOUNDS_RISE);
            }
            let falls = match (last_count.whole(), count.whole()) {
                (Some(last), Some(count)) => count < last,
                _ => count.value() < last_count.value(),
            };
            match shape {
                _ if !falls => {}
                MetricType::GaugeHistogram => report.advise(count.at, demand::GAUGE_CUMULATIVE),
                _ => report.once(count.at, demand::CUMULATIVE),
            }
        }
        before = Some((bound, count));
    }
    if let Some((_, inf)) = before
        && !same(composite.count, inf)
    {
        report.add(composite.count.at, demand::COUNT_OF_INF);
    }
}
