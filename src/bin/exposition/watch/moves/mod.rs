//! What moved between two scrapes: rates of what only grows, and changes of what goes up and down.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::time::Duration;

use exposition::{Metric, MetricFamily, MetricType, MetricValue, Series};

/// What a metric said, as far as it can move.
#[derive(Debug, Clone, PartialEq)]
enum Said {
    /// A value that only grows.
    Count(f64),
    /// A value that goes up and down.
    Level(f64),
    /// How many observations there were, and their sum.
    Observations { count: f64, sum: Option<f64> },
    /// The states that hold.
    States(Vec<String>),
}

#[derive(Debug)]
struct Number {
    metric_type: MetricType,
    said: Said,
    /// Its own time, in milliseconds.
    timestamp: Option<i64>,
    /// Since when it counts, in seconds.
    start: Option<f64>,
}

/// What the metrics of a body said, by family and labels.
#[derive(Debug, Default)]
pub(super) struct Numbers(HashMap<Series, Number>);

impl Numbers {
    pub(super) fn of<'f, 'a: 'f>(families: impl Iterator<Item = &'f MetricFamily<'a>>) -> Self {
        let mut numbers = HashMap::new();
        for family in families {
            for metric in &family.metrics {
                let Some(said) = said(metric) else { continue };
                let number = Number {
                    metric_type: metric.value.metric_type(),
                    said,
                    timestamp: metric.timestamp,
                    start: metric.start_timestamp.map(|start| start.seconds),
                };
                let series = Series::new(family.name.as_ref(), metric.labels.iter());
                numbers.entry(series).or_insert(number);
            }
        }
        Numbers(numbers)
    }
}

fn said(metric: &Metric<'_>) -> Option<Said> {
    Some(match &metric.value {
        MetricValue::Counter(value) => Said::Count(*value),
        MetricValue::Gauge(value) | MetricValue::Unknown(value) => Said::Level(*value),
        MetricValue::Histogram(histogram) => Said::Observations {
            count: histogram.total()?,
            sum: histogram.sum,
        },
        MetricValue::GaugeHistogram(histogram) => Said::Level(histogram.total()?),
        MetricValue::Summary(summary) => Said::Observations {
            count: summary.count?,
            sum: summary.sum,
        },
        MetricValue::StateSet(set) => {
            let states = set.states.iter().filter(|state| state.is_set());
            Said::States(states.map(|state| state.name.to_string()).collect())
        }
        // What an info says is in its labels.
        _ => return None,
    })
}

/// How fast something grew.
#[derive(Debug, PartialEq)]
pub(super) struct Rate {
    pub(super) series: Series,
    pub(super) metric_type: MetricType,
    pub(super) increase: f64,
    pub(super) per_second: f64,
    /// The mean of the observations that came.
    pub(super) mean: Option<f64>,
    /// Whether it began anew.
    pub(super) reset: bool,
}

/// A value that went up or down.
#[derive(Debug, PartialEq)]
pub(super) struct Level {
    pub(super) series: Series,
    pub(super) metric_type: MetricType,
    pub(super) before: f64,
    pub(super) after: f64,
}

impl Level {
    /// Returns how much of its size it moved; what has no size moved most.
    fn share(&self) -> f64 {
        let size = self.before.abs().max(self.after.abs());
        let share = (self.after - self.before).abs() / size;
        match share.is_nan() {
            true => f64::INFINITY,
            false => share,
        }
    }
}

/// States that changed.
#[derive(Debug, PartialEq)]
pub(super) struct States {
    pub(super) series: Series,
    pub(super) before: Vec<String>,
    pub(super) after: Vec<String>,
}

/// What moved, what moved most first.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Moves {
    pub(super) rates: Vec<Rate>,
    pub(super) levels: Vec<Level>,
    pub(super) states: Vec<States>,
}

impl Moves {
    /// Finds what moved between two bodies; `elapsed` lies between them, unless the metrics have their own times.
    pub(super) fn between(before: &Numbers, after: &Numbers, elapsed: Duration) -> Self {
        let mut moves = Moves::default();
        for (series, now) in &after.0 {
            if let Some(then) = before.0.get(series) {
                moves.add(series, then, now, elapsed);
            }
        }
        let by_name = |a: &Series, b: &Series| a.cmp(b);
        moves.rates.sort_by(|a, b| {
            (b.per_second.total_cmp(&a.per_second)).then_with(|| by_name(&a.series, &b.series))
        });
        moves.levels.sort_by(|a, b| {
            (b.share().total_cmp(&a.share())).then_with(|| by_name(&a.series, &b.series))
        });
        moves.states.sort_by(|a, b| by_name(&a.series, &b.series));
        moves
    }

    fn add(&mut self, series: &Series, then: &Number, now: &Number, elapsed: Duration) {
        let began_anew = match (then.start, now.start) {
            (Some(then), Some(now)) => then < now,
            _ => false,
        };
        let (increase, mean, reset) = match (&then.said, &now.said) {
            (Said::Count(before), Said::Count(after)) => {
                let (increase, reset) = increase(*before, *after, began_anew);
                (increase, None, reset)
            }
            (
                Said::Observations {
                    count: before,
                    sum: sum_before,
                },
                Said::Observations {
                    count: after,
                    sum: sum_after,
                },
            ) => {
                let (increase, reset) = increase(*before, *after, began_anew);
                let sum = match (reset, sum_before, sum_after) {
                    (true, _, Some(after)) => Some(*after),
                    (false, Some(before), Some(after)) => Some(after - before),
                    _ => None,
                };
                let mean = sum
                    .map(|sum| sum / increase)
                    .filter(|mean| mean.is_finite());
                (increase, mean, reset)
            }
            (Said::Level(before), Said::Level(after)) => {
                let is_same = before.total_cmp(after) == Ordering::Equal
                    || before == after
                    || before.is_nan() && after.is_nan();
                if !is_same {
                    self.levels.push(Level {
                        series: series.clone(),
                        metric_type: now.metric_type,
                        before: *before,
                        after: *after,
                    });
                }
                return;
            }
            (Said::States(before), Said::States(after)) => {
                if before != after {
                    self.states.push(States {
                        series: series.clone(),
                        before: before.clone(),
                        after: after.clone(),
                    });
                }
                return;
            }
            // Its type is another one now.
            _ => return,
        };
        let seconds = match (then.timestamp, now.timestamp) {
            (Some(then), Some(now)) if now > then => now.saturating_sub(then) as f64 / 1000.0,
            _ => elapsed.as_secs_f64(),
        };
        let per_second = increase / seconds;
        if per_second.is_finite() && (increase > 0.0 || reset) {
            self.rates.push(Rate {
                series: series.clone(),
                metric_type: now.metric_type,
                increase,
                per_second,
                mean,
                reset,
            });
        }
    }
}

/// Returns by how much something grew, and whether it began anew: then all that it counts since came in between.
fn increase(before: f64, after: f64, began_anew: bool) -> (f64, bool) {
    match began_anew || after < before {
        true => (after, true),
        false => (after - before, false),
    }
}
