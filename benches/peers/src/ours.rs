//! This library's doors, and the limits that any parser has.

use exposition::{Families, Line, Metric, MetricValue, Parser, Reader};
use memchr::{memchr_iter, memchr2_iter};

use crate::bodies::Body;
use crate::{Contestant, Run, Side, Tally};

/// The doors. A new one is a line here and a function below.
pub(crate) const DOORS: &[Contestant] = &[
    ours("exposition slice", slice),
    ours("exposition reader", reader),
    ours("exposition families", families),
];

/// The limits: every line has to be found, and every quote.
pub(crate) const LIMITS: &[Contestant] = &[
    limit("line walk", line_walk),
    limit("quote walk", quote_walk),
];

const fn ours(name: &'static str, prepare: for<'b> fn(&'b Body) -> Run<'b>) -> Contestant {
    let side = Side::Ours;
    Contestant {
        name,
        side,
        prepare,
    }
}

const fn limit(name: &'static str, prepare: for<'b> fn(&'b Body) -> Run<'b>) -> Contestant {
    let side = Side::Limit;
    Contestant {
        name,
        side,
        prepare,
    }
}

/// Adds up a line by reference, as a program does that looks at lines and drops them.
#[inline]
fn add(tally: &mut Tally, line: &Line<'_>) {
    if let Line::Sample(sample) = line {
        tally.sample(sample.labels().len(), sample.value());
    }
}

fn slice(body: &Body) -> Run<'_> {
    Box::new(|| {
        let mut tally = Tally::default();
        for line in Parser::new(body.text.as_bytes(), body.dialect) {
            let line = line.map_err(|error| error.to_string())?;
            add(&mut tally, &line);
        }
        Ok(tally)
    })
}

/// With blocks of the default size, from memory: what is measured is the parser, not the kernel.
fn reader(body: &Body) -> Run<'_> {
    Box::new(|| {
        let mut tally = Tally::default();
        let mut reader = Reader::new(body.text.as_bytes(), body.dialect);
        while let Some(line) = reader.next_line().map_err(|error| error.to_string())? {
            add(&mut tally, &line);
        }
        Ok(tally)
    })
}

/// One family after the other, with the samples each metric stands for. What contradicts itself is an error that
/// takes no sample away, as a second HELP text in a body of Caddy's; that none is missing is checked.
fn families(body: &Body) -> Run<'_> {
    Box::new(|| {
        let mut tally = Tally::default();
        for family in Families::new(body.text.as_bytes(), body.dialect).flatten() {
            for metric in &family.metrics {
                add_metric(&mut tally, metric);
            }
        }
        Ok(tally)
    })
}

#[inline]
fn add_metric(tally: &mut Tally, metric: &Metric<'_>) {
    let labels = metric.labels.len();
    match &metric.value {
        MetricValue::Counter(value)
        | MetricValue::Gauge(value)
        | MetricValue::Unknown(value)
        | MetricValue::Info(value) => tally.sample(labels, *value),
        MetricValue::Histogram(value) | MetricValue::GaugeHistogram(value) => {
            for bucket in &value.buckets {
                tally.sample(labels + 1, bucket.count);
            }
            tally.present(labels, value.sum);
            tally.present(labels, value.count);
        }
        MetricValue::Summary(value) => {
            for quantile in &value.quantiles {
                tally.sample(labels + 1, quantile.value);
            }
            tally.present(labels, value.sum);
            tally.present(labels, value.count);
        }
        MetricValue::StateSet(set) => {
            for state in &set.states {
                tally.sample(labels + 1, state.value);
            }
        }
        _ => {}
    }
    tally.present(labels, metric.created.map(|created| created.seconds));
}

fn line_walk(body: &Body) -> Run<'_> {
    Box::new(|| Ok(places(memchr_iter(b'\n', body.text.as_bytes()))))
}

fn quote_walk(body: &Body) -> Run<'_> {
    Box::new(|| Ok(places(memchr2_iter(b'"', b'\n', body.text.as_bytes()))))
}

/// Looks at every place, one by one: a mere count would be another, faster algorithm.
fn places(found: impl Iterator<Item = usize>) -> Tally {
    let mut tally = Tally::default();
    for place in found {
        tally.bits = tally.bits.wrapping_add(place as u64);
    }
    tally
}
