//! The parts of a histogram or summary, as a body gives them.

use super::parts::Parts;
use super::rule::LintRule;
use crate::error::Position;
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;
use crate::number::decode;
use crate::number::go_float;

/// Tells whether a bound is spelled as OpenMetrics spells numbers; one that is not a number passes.
pub(super) fn is_spelled_well(bound: &str) -> bool {
    match decode::number(bound) {
        Ok(number) => go_float::openmetrics(number).is_spelled(bound),
        Err(_) => true,
    }
}

/// What is wrong with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartFault {
    NoBound,
    NoQuantile,
    BoundNotNumber,
    QuantileNotNumber,
    BoundNan,
    QuantileRange,
    NegativeCount,
    FractionalCount,
    SummaryCount,
    BucketOrder,
    NotCumulative,
    NoInfBucket,
    CountOfInf,
    MissingPart,
}

impl PartFault {
    pub(super) fn rule(self) -> LintRule {
        match self {
            PartFault::NoBound => LintRule::NoBound,
            PartFault::NoQuantile => LintRule::NoQuantile,
            PartFault::BoundNotNumber => LintRule::BoundNotNumber,
            PartFault::QuantileNotNumber => LintRule::QuantileNotNumber,
            PartFault::BoundNan => LintRule::BoundNan,
            PartFault::QuantileRange => LintRule::QuantileRange,
            PartFault::NegativeCount => LintRule::NegativeCount,
            PartFault::FractionalCount => LintRule::FractionalCount,
            PartFault::SummaryCount => LintRule::SummaryCount,
            PartFault::BucketOrder => LintRule::BucketOrder,
            PartFault::NotCumulative => LintRule::NotCumulative,
            PartFault::NoInfBucket => LintRule::NoInfBucket,
            PartFault::CountOfInf => LintRule::CountOfInf,
            PartFault::MissingPart => LintRule::MissingPart,
        }
    }
}

/// What the parts of one histogram or summary have said.
#[derive(Debug, Default)]
pub(super) struct MetricParts {
    pub(super) family: usize,
    pub(super) position: Option<Position>,
    pub(super) known: Parts,
    /// The last bucket: its bound and what it counts.
    last: Option<(f64, f64)>,
    infinite: Option<f64>,
    count: Option<f64>,
    has_bounds: bool,
    /// Whether it is a native histogram or comes whole: nothing of it is missing then.
    is_whole: bool,
}

impl MetricParts {
    pub(super) fn new(family: usize, position: Option<Position>) -> Self {
        MetricParts {
            family,
            position,
            ..MetricParts::default()
        }
    }

    /// Takes a part. Returns its bound, if it is a bucket or quantile.
    pub(super) fn take(
        &mut self,
        metric_type: MetricType,
        part: Option<Suffix>,
        bound: Option<&str>,
        value: Option<f64>,
        mut fault: impl FnMut(PartFault),
    ) -> Option<f64> {
        let Some(value) = value else {
            self.is_whole = true;
            return None;
        };
        let is_summary = metric_type == MetricType::Summary;
        match part {
            Some(Suffix::Count | Suffix::GCount) => {
                self.count = Some(value);
                match is_summary {
                    true if value < 0.0 || value.fract() != 0.0 => fault(PartFault::SummaryCount),
                    true => {}
                    false => is_count(value, &mut fault),
                }
            }
            Some(Suffix::Bucket) | None => {
                return self.bound(is_summary, part, bound, value, fault);
            }
            Some(Suffix::Sum | Suffix::GSum | Suffix::Total | Suffix::Created | Suffix::Info) => {}
        }
        None
    }

    fn bound(
        &mut self,
        is_summary: bool,
        part: Option<Suffix>,
        bound: Option<&str>,
        value: f64,
        mut fault: impl FnMut(PartFault),
    ) -> Option<f64> {
        let Some(bound) = bound else {
            fault(match is_summary {
                true => PartFault::NoQuantile,
                false => PartFault::NoBound,
            });
            return None;
        };
        let Ok(bound) = decode::number(bound) else {
            fault(match is_summary {
                true => PartFault::QuantileNotNumber,
                false => PartFault::BoundNotNumber,
            });
            return None;
        };
        self.has_bounds = true;
        if is_summary {
            if !(0.0..=1.0).contains(&bound) {
                fault(PartFault::QuantileRange);
            }
            return Some(bound);
        }
        if part.is_none() {
            fault(PartFault::NoBound);
        }
        is_count(value, &mut fault);
        if bound.is_nan() {
            fault(PartFault::BoundNan);
            return None;
        }
        if bound == f64::INFINITY {
            self.infinite = Some(value);
        }
        if let Some((last_bound, last_value)) = self.last {
            if bound < last_bound {
                fault(PartFault::BucketOrder);
            } else if value < last_value {
                fault(PartFault::NotCumulative);
            }
        }
        self.last = Some((bound, value));
        Some(bound)
    }

    /// Finds what is missing.
    pub(super) fn finish(&self, metric_type: MetricType, mut fault: impl FnMut(PartFault)) {
        if self.is_whole {
            return;
        }
        let is_summary = metric_type == MetricType::Summary;
        if self.count.is_none() || !self.known.has_sum() || !(self.has_bounds || is_summary) {
            fault(PartFault::MissingPart);
        }
        if is_summary {
            return;
        }
        match (self.infinite, self.count) {
            (None, _) if self.has_bounds => fault(PartFault::NoInfBucket),
            (Some(infinite), Some(count)) if infinite != count => fault(PartFault::CountOfInf),
            _ => {}
        }
    }
}

/// Finds a count that is not one.
fn is_count(value: f64, fault: &mut impl FnMut(PartFault)) {
    if value < 0.0 {
        fault(PartFault::NegativeCount);
    } else if value.is_nan() || value.fract() != 0.0 {
        fault(PartFault::FractionalCount);
    }
}
