//! One point of a metric: its samples at one time, and the rules that they obey together.

use std::borrow::Cow;
use std::collections::HashSet;

use super::SpecificationRule;
use super::findings::{Findings, Place};
use crate::model::metric_type::MetricType;

/// Which of a metric's samples it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part<'a> {
    /// The value of a gauge or a metric of unknown type.
    Value,
    Total,
    Info,
    Created,
    Bucket(f64),
    Sum,
    Count,
    GaugeSum,
    GaugeCount,
    Quantile(f64),
    State(Cow<'a, str>),
}

/// A value and its place.
type Placed<'a> = Option<(f64, Place<'a>)>;

#[derive(Debug)]
pub(super) struct Point<'a> {
    /// Where it begins.
    place: Place<'a>,
    /// The type of its family.
    kind: MetricType,
    /// Whether a line is missing or could not be understood, so that missing samples mean nothing.
    pub(super) damaged: bool,
    single: bool,
    created: bool,
    last_bucket: Option<(f64, f64)>,
    inf: Option<f64>,
    negative_bound: bool,
    sum: Placed<'a>,
    count: Placed<'a>,
    quantiles: HashSet<u64>,
    states: HashSet<Cow<'a, str>>,
}

impl<'a> Point<'a> {
    pub(super) fn new(place: Place<'a>, kind: MetricType) -> Self {
        Point {
            place,
            kind,
            damaged: false,
            single: false,
            created: false,
            last_bucket: None,
            inf: None,
            negative_bound: false,
            sum: None,
            count: None,
            quantiles: HashSet::new(),
            states: HashSet::new(),
        }
    }

    /// Adds a sample whose value is at `place`. `repeats` says that a sample may occur again, since it
    /// has the same timestamp.
    pub(super) fn add(
        &mut self,
        part: Part<'a>,
        value: f64,
        place: Place<'a>,
        repeats: bool,
        found: &mut Findings,
    ) {
        check_value(&part, value, place, found);
        let again = match part {
            Part::Value | Part::Total | Part::Info => std::mem::replace(&mut self.single, true),
            Part::Created => std::mem::replace(&mut self.created, true),
            Part::Sum | Part::GaugeSum => self.sum.replace((value, place)).is_some(),
            Part::Count | Part::GaugeCount => self.count.replace((value, place)).is_some(),
            Part::Quantile(quantile) => !self.quantiles.insert((quantile + 0.0).to_bits()),
            Part::State(state) => !self.states.insert(state),
            Part::Bucket(bound) => self.bucket(bound, value, place, found),
        };
        if again && !repeats {
            place.at(0).violates(
                SpecificationRule::DuplicateSample,
                "a sample that does not stand before",
                found,
            );
        }
    }

    /// Adds a bucket; returns whether it occurs again.
    fn bucket(&mut self, bound: f64, count: f64, place: Place<'a>, found: &mut Findings) -> bool {
        let last = self.last_bucket.replace((bound, count));
        self.negative_bound |= bound < 0.0;
        if bound == f64::INFINITY {
            self.inf = Some(count);
        }
        let Some((last_bound, last_count)) = last else {
            return false;
        };
        if bound < last_bound {
            place.at(0).violates(
                SpecificationRule::BucketOrder,
                "a bucket with a larger bound than the one before",
                found,
            );
        } else if count < last_count {
            place.violates(
                SpecificationRule::BucketCount,
                "a count not below that of the bucket before",
                found,
            );
        }
        bound == last_bound
    }

    /// Checks the samples together, once there are no more.
    pub(super) fn finish(self, found: &mut Findings) {
        if self.damaged {
            return;
        }
        match self.kind {
            MetricType::Counter if !self.single => self.place.violates(
                SpecificationRule::MissingTotal,
                "a `_total` sample with these labels",
                found,
            ),
            MetricType::Histogram | MetricType::GaugeHistogram => self.finish_histogram(found),
            _ => {}
        }
    }

    fn finish_histogram(self, found: &mut Findings) {
        let is_gauge = self.kind == MetricType::GaugeHistogram;
        let Some(inf) = self.inf else {
            self.place.violates(
                SpecificationRule::MissingInfBucket,
                "a bucket with `le=\"+Inf\"` for these labels",
                found,
            );
            return;
        };
        match (self.count, self.sum) {
            (_, Some((_, place))) if self.negative_bound && !is_gauge => {
                place.at(0).violates(
                    SpecificationRule::SumOfNegative,
                    "no sum beside a bucket with a negative bound",
                    found,
                );
            }
            (Some((_, place)), None) => {
                place.at(0).violates(
                    SpecificationRule::CountAndSum,
                    "a sum beside the count",
                    found,
                );
            }
            (None, Some((_, place))) => {
                place.at(0).violates(
                    SpecificationRule::CountAndSum,
                    "a count beside the sum",
                    found,
                );
            }
            _ => {}
        }
        if let Some((count, place)) = self.count
            && count != inf
            && !count.is_nan()
            && !inf.is_nan()
        {
            place.violates(
                SpecificationRule::CountOfInf,
                "the count of the bucket with `le=\"+Inf\"`",
                found,
            );
        }
        if let Some((sum, place)) = self.sum
            && is_gauge
            && sum < 0.0
            && !self.negative_bound
        {
            place.violates(
                SpecificationRule::GaugeSumValue,
                "a sum of 0 or more where no bucket has a negative bound",
                found,
            );
        }
    }
}

/// Checks a single value at `place`.
fn check_value(part: &Part<'_>, value: f64, place: Place<'_>, found: &mut Findings) {
    let (holds, rule, expected) = match part {
        Part::Value => return,
        Part::Total | Part::Sum => (
            value >= 0.0,
            SpecificationRule::CounterValue,
            "a number of 0 or more",
        ),
        Part::Count | Part::Bucket(_) | Part::GaugeCount if value.is_nan() || value < 0.0 => (
            false,
            SpecificationRule::CounterValue,
            "a number of 0 or more",
        ),
        Part::Count | Part::Bucket(_) | Part::GaugeCount => (
            value.is_finite() && value.fract() == 0.0,
            SpecificationRule::WholeCount,
            "a whole number",
        ),
        Part::Info => (value == 1.0, SpecificationRule::InfoValue, "1"),
        Part::State(_) => (
            value == 0.0 || value == 1.0,
            SpecificationRule::StateValue,
            "0 or 1",
        ),
        Part::Quantile(_) => (
            value.is_nan() || value >= 0.0,
            SpecificationRule::QuantileValue,
            "a number of 0 or more, or NaN",
        ),
        Part::Created => (
            value.is_finite(),
            SpecificationRule::CreatedValue,
            "a time in seconds",
        ),
        Part::GaugeSum => (
            !value.is_nan(),
            SpecificationRule::GaugeSumValue,
            "a number",
        ),
    };
    if !holds {
        place.violates(rule, expected, found);
    }
}
