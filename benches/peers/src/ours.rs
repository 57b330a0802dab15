//! This library's doors, and the limits of any parser.

use exposition::{
    AnySample, Families, Line, Metric, MetricValue, Parser, Reader, Sample, SampleReader,
    SampleValue, SampleView as _, Samples,
};
use memchr::{memchr_iter, memchr2_iter};

use crate::again;
use crate::bodies::Body;
use crate::{Contestant, Gives, Run, Side, Tally};

/// The doors. A new one needs a line here and a function below.
pub(crate) const DOORS: &[Contestant] = &[
    ours("exposition slice", Gives::Lines, slice),
    ours("exposition slice, count only", Gives::Counts, count),
    ours("exposition reader", Gives::Lines, reader),
    ours("exposition families", Gives::Metrics, families),
    ours("exposition samples", Gives::Stored, samples),
    ours("exposition sample reader", Gives::Stored, sample_reader),
    ours(
        "exposition cache, unchanged",
        Gives::Lines,
        again::unchanged,
    ),
    ours(
        "exposition cache, other values",
        Gives::Lines,
        again::other_values,
    ),
    ours(
        "exposition cache, other series",
        Gives::Lines,
        again::other_series,
    ),
];

/// The limits: a parser must find every line and every quote.
pub(crate) const LIMITS: &[Contestant] = &[
    limit("line walk", line_walk),
    limit("quote walk", quote_walk),
];

const fn ours(
    name: &'static str,
    gives: Gives,
    prepare: for<'b> fn(&'b Body) -> Run<'b>,
) -> Contestant {
    let side = Side::Ours;
    Contestant {
        name,
        side,
        gives,
        prepare,
    }
}

const fn limit(name: &'static str, prepare: for<'b> fn(&'b Body) -> Run<'b>) -> Contestant {
    let (side, gives) = (Side::Limit, Gives::Nothing);
    Contestant {
        name,
        side,
        gives,
        prepare,
    }
}

/// Reads a sample completely. It represents the body of a loop, where nobody calls a function.
#[inline(always)]
pub(crate) fn add(tally: &mut Tally, sample: &Sample<'_>) {
    tally.text(&sample.name());
    let labels = sample.labels();
    let count = labels.len();
    for label in labels {
        tally.label(&label.name(), &label.value());
    }
    tally.sample(count, sample.value());
}

/// Reads with the usual loop: `for line in … { if let Line::Sample(sample) = line? { … } }`.
fn slice(body: &Body) -> Run<'_> {
    Box::new(|| read_slice(body).map_err(|error| error.to_string()))
}

fn read_slice(body: &Body) -> exposition::Result<Tally> {
    let mut tally = Tally::default();
    for line in Parser::new(body.text.as_bytes(), body.dialect) {
        if let Line::Sample(sample) = line? {
            add(&mut tally, &sample);
        }
    }
    Ok(tally)
}

/// Measures the cost of reading values, without names and labels.
fn count(body: &Body) -> Run<'_> {
    Box::new(|| read_count(body).map_err(|error| error.to_string()))
}

fn read_count(body: &Body) -> exposition::Result<Tally> {
    let mut tally = Tally::default();
    for line in Parser::new(body.text.as_bytes(), body.dialect) {
        if let Line::Sample(sample) = line? {
            tally.sample(sample.labels().len(), sample.value());
        }
    }
    Ok(tally)
}

/// Reads blocks of the default size, from memory: this measures the parser, not the kernel.
fn reader(body: &Body) -> Run<'_> {
    Box::new(|| read_reader(body).map_err(|error| error.to_string()))
}

fn read_reader(body: &Body) -> exposition::Result<Tally> {
    let mut tally = Tally::default();
    let mut reader = Reader::new(body.text.as_bytes(), body.dialect);
    while let Some(line) = reader.next_line()? {
        if let Line::Sample(sample) = line {
            add(&mut tally, &sample);
        }
    }
    Ok(tally)
}

/// Reads samples as a scrape stores them, of any format.
fn samples(body: &Body) -> Run<'_> {
    Box::new(|| read_samples(body).map_err(|error| error.to_string()))
}

fn read_samples(body: &Body) -> exposition::Result<Tally> {
    let mut tally = Tally::default();
    let mut samples = Samples::with_dialect(body.text.as_bytes(), body.dialect);
    while let Some(sample) = samples.next_sample()? {
        add_stored(&mut tally, &sample);
    }
    Ok(tally)
}

/// Reads the same from blocks of the default size.
fn sample_reader(body: &Body) -> Run<'_> {
    Box::new(|| read_sample_reader(body).map_err(|error| error.to_string()))
}

fn read_sample_reader(body: &Body) -> exposition::Result<Tally> {
    let mut tally = Tally::default();
    let mut samples = SampleReader::with_dialect(body.text.as_bytes(), body.dialect);
    while let Some(sample) = samples.next_sample()? {
        add_stored(&mut tally, &sample);
    }
    Ok(tally)
}

/// Does what [`add`] does for a sample of any format.
#[inline(always)]
fn add_stored(tally: &mut Tally, sample: &AnySample<'_>) {
    tally.text(&sample.name());
    let mut count = 0;
    for (name, value) in sample.labels() {
        tally.label(&name, &value);
        count += 1;
    }
    if let SampleValue::Float(value) = sample.value() {
        tally.sample(count, value);
    }
}

/// Reads family by family, with the samples of each metric. A contradiction is an error that does not remove
/// a sample, such as a second HELP text in a body of Caddy's; it is checked that none is missing.
fn families(body: &Body) -> Run<'_> {
    Box::new(|| {
        let mut tally = Tally::default();
        for family in Families::new(body.text.as_bytes(), body.dialect).flatten() {
            tally.text(&family.name);
            for metric in &family.metrics {
                add_metric(&mut tally, metric);
            }
        }
        Ok(tally)
    })
}

#[inline]
pub(crate) fn add_metric(tally: &mut Tally, metric: &Metric<'_>) {
    let labels = metric.labels.len();
    for (name, value) in &metric.labels {
        tally.label(&name, &value);
    }
    match &metric.value {
        MetricValue::Counter(value)
        | MetricValue::Gauge(value)
        | MetricValue::Unknown(value)
        | MetricValue::Info(value) => tally.sample(labels, *value),
        MetricValue::Histogram(value) | MetricValue::GaugeHistogram(value) => {
            for bucket in &value.buckets {
                tally.bound(bucket.upper_bound);
                tally.sample(labels + 1, bucket.cumulative_count);
            }
            tally.present(labels, value.sum);
            tally.present(labels, value.count);
        }
        MetricValue::Summary(value) => {
            for quantile in &value.quantiles {
                tally.bound(quantile.quantile);
                tally.sample(labels + 1, quantile.value);
            }
            tally.present(labels, value.sum);
            tally.present(labels, value.count);
        }
        MetricValue::StateSet(set) => {
            for state in &set.states {
                tally.text(&state.name);
                tally.sample(labels + 1, state.value);
            }
        }
        _ => {}
    }
    tally.present(
        labels,
        metric.start_timestamp.map(|created| created.seconds),
    );
}

fn line_walk(body: &Body) -> Run<'_> {
    Box::new(|| Ok(places(memchr_iter(b'\n', body.text.as_bytes()))))
}

fn quote_walk(body: &Body) -> Run<'_> {
    Box::new(|| Ok(places(memchr2_iter(b'"', b'\n', body.text.as_bytes()))))
}

/// Visits every place, one by one: counting alone would be another, faster algorithm.
fn places(found: impl Iterator<Item = usize>) -> Tally {
    let mut tally = Tally::default();
    for place in found {
        tally.bits = tally.bits.wrapping_add(place as u64);
    }
    tally
}
