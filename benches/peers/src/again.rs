//! A target that is scraped repeatedly: how a cache handles its bodies.

use exposition::{Dialect, Line, Parser, ScrapeCache};

use crate::bodies::Body;
use crate::{Run, Tally};

/// Returns the same body each time.
pub(crate) fn unchanged(body: &Body) -> Run<'_> {
    let mut cache = ScrapeCache::new();
    for _ in 0..4 {
        cache.read(body.text.as_bytes(), body.dialect);
    }
    Box::new(move || {
        let read = read(&mut cache, body.text.as_bytes(), body.dialect);
        read.map_err(|error| error.to_string())
    })
}

/// Changes all numeric values with every run. The first run reads the body itself.
pub(crate) fn other_values(body: &Body) -> Run<'_> {
    in_turn(
        vec![body.text.clone(), with_other_values(body)],
        body.dialect,
    )
}

/// Changes all series with every run, as after an upgrade that renames every metric. Names keep their
/// lengths, so that as much is read.
pub(crate) fn other_series(body: &Body) -> Run<'_> {
    // Enough bodies that the cache has forgotten one before it comes again.
    let bodies = (0..6).map(|by| with_other_names(body, by)).collect();
    in_turn(bodies, body.dialect)
}

fn in_turn(bodies: Vec<String>, dialect: Dialect) -> Run<'static> {
    let mut cache = ScrapeCache::new();
    for before in &bodies {
        cache.read(before.as_bytes(), dialect);
    }
    let mut turn = 0;
    Box::new(move || {
        let text = bodies.get(turn % bodies.len()).map(String::as_bytes);
        turn += 1;
        let read = read(&mut cache, text.unwrap_or_default(), dialect);
        read.map_err(|error| error.to_string())
    })
}

fn read(cache: &mut ScrapeCache, text: &[u8], dialect: Dialect) -> exposition::Result<Tally> {
    let mut tally = Tally::default();
    for sample in cache.read(text, dialect).samples() {
        let sample = sample?;
        tally.text(&sample.name());
        let labels = sample.labels();
        let count = labels.len();
        for label in labels {
            tally.label(&label.name(), &label.value());
        }
        tally.sample(count, sample.value());
    }
    Ok(tally)
}

/// Returns the body with another digit for each digit of a value, so that its length stays. A value that
/// would be too large stays.
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

/// Returns the body with each metric's first letter moved by `by` places in the alphabet: names that differed
/// still differ.
fn with_other_names(body: &Body, by: u8) -> String {
    let turned = |letter: char| match letter {
        'a'..='z' => char::from(b'a' + (letter as u8 - b'a' + by) % 26),
        'A'..='Z' => char::from(b'A' + (letter as u8 - b'A' + by) % 26),
        other => other,
    };
    let mut other = String::with_capacity(body.text.len());
    for line in body.text.split_inclusive('\n') {
        let read = Parser::new(line.as_bytes(), body.dialect).next();
        let name = match read.and_then(Result::ok).as_ref().and_then(Line::name) {
            Some(name) => name.into_owned(),
            None => String::new(),
        };
        let first = name.chars().next();
        match first.and_then(|first| Some((first, line.split_once(name.as_str())?))) {
            Some((first, (before, after))) => {
                other += before;
                other.push(turned(first));
                other += name.get(first.len_utf8()..).unwrap_or_default();
                other += after;
            }
            None => other += line,
        }
    }
    other
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::error::Error;

    use exposition::ScrapeCache;
    use exposition::cache::Change;

    use super::*;
    use crate::bodies;

    /// The bodies change as the rows are named: nearly all series are new, or all stay with other values.
    #[test]
    fn bodies_change_as_they_are_called() -> Result<(), Box<dyn Error>> {
        for body in bodies::all()? {
            let mut cache = ScrapeCache::new();
            let mut known = HashSet::new();
            for turn in 0..18 {
                let text = with_other_names(&body, turn % 6);
                let mut pass = cache.read(text.as_bytes(), body.dialect);
                // A body may repeat a series.
                let ids: HashSet<_> = (pass.samples().flatten())
                    .map(|sample| sample.id())
                    .collect();
                // And a name that does not begin with a letter stays.
                let met = ids.intersection(&known).count();
                assert!(met * 20 <= ids.len(), "{} turn {turn}: {met}", body.name);
                known.extend(ids);
            }
            let mut cache = ScrapeCache::new();
            cache.read(body.text.as_bytes(), body.dialect);
            let text = with_other_values(&body);
            let mut pass = cache.read(text.as_bytes(), body.dialect);
            let samples: Vec<_> = pass.samples().flatten().collect();
            let changed = samples
                .iter()
                .filter(|sample| sample.change() == Change::Changed);
            assert!(changed.count() * 10 > samples.len() * 7, "{}", body.name);
        }
        Ok(())
    }
}
