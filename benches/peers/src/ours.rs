//! This library's doors, and the limits that any parser has.

use exposition::{Dialect, Families, Line, Metric, MetricValue, Parser, Reader, ScrapeCache};
use memchr::{memchr_iter, memchr2_iter};

use crate::bodies::Body;
use crate::{Contestant, Run, Side, Tally};

/// The doors. A new one is a line here and a function below.
pub(crate) const DOORS: &[Contestant] = &[
    ours("exposition slice", slice),
    ours("exposition reader", reader),
    ours("exposition families", families),
    ours("exposition cache", cache),
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
    Box::new(|| read_slice(body).map_err(|error| error.to_string()))
}

fn read_slice(body: &Body) -> exposition::Result<Tally> {
    let mut tally = Tally::default();
    for line in Parser::new(body.text.as_bytes(), body.dialect) {
        add(&mut tally, &line?);
    }
    Ok(tally)
}

/// With blocks of the default size, from memory: what is measured is the parser, not the kernel.
fn reader(body: &Body) -> Run<'_> {
    Box::new(|| read_reader(body).map_err(|error| error.to_string()))
}

fn read_reader(body: &Body) -> exposition::Result<Tally> {
    let mut tally = Tally::default();
    let mut reader = Reader::new(body.text.as_bytes(), body.dialect);
    while let Some(line) = reader.next_line()? {
        add(&mut tally, &line);
    }
    Ok(tally)
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

/// A target that is scraped again and again: with every run all its values change that are numbers. The
/// first run reads the body itself.
fn cache(body: &Body) -> Run<'_> {
    let bodies = [body.text.clone(), with_other_values(body)];
    let mut cache = ScrapeCache::new();
    for body_before in bodies.iter().cycle().take(4) {
        cache.scrape(body_before.as_bytes(), body.dialect);
    }
    let mut turn = 0;
    Box::new(move || {
        let text = bodies.get(turn % 2).map(String::as_bytes);
        turn += 1;
        let read = read_again(&mut cache, text.unwrap_or_default(), body.dialect);
        read.map_err(|error| error.to_string())
    })
}

fn read_again(cache: &mut ScrapeCache, text: &[u8], dialect: Dialect) -> exposition::Result<Tally> {
    let mut tally = Tally::default();
    for sample in cache.scrape(text, dialect).samples() {
        let sample = sample?;
        tally.sample(sample.labels().len(), sample.value());
    }
    Ok(tally)
}

/// The body with another digit for each digit of a value, so that it is as long. A value that would be
/// too large stays.
fn with_other_values(body: &Body) -> String {
    let sample = |line: &str| {
        let read = Parser::new(line.as_bytes(), body.dialect).next();
        read.and_then(Result::ok)
            .and_then(Line::into_sample)
            .is_some()
    };
    let mut other = String::with_capacity(body.text.len());
    for line in body.text.split_inclusive('\n') {
        let changed = with_another_value(line, body.dialect);
        other += changed
            .as_deref()
            .filter(|changed| sample(changed))
            .unwrap_or(line);
    }
    other
}

fn with_another_value(line: &str, dialect: Dialect) -> Option<String> {
    let read = Parser::new(line.as_bytes(), dialect).next()?;
    let sample = read.ok()?.into_sample()?;
    let value = sample.raw_value();
    let (series, tail) = line.split_at_checked(sample.raw_series().len())?;
    let (blank, tail) = tail.split_once(value)?;
    let (digits, exponent) = value.split_at(value.find('e').unwrap_or(value.len()));
    let digits = digits.chars().map(|c| match c {
        '0'..='8' => char::from(c as u8 + 1),
        '9' => '1',
        c => c,
    });
    let parts = [series, blank, &digits.collect::<String>(), exponent, tail];
    Some(parts.concat())
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
