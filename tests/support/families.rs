//! Families against the lines they were made from, and against what Prometheus' own family parser
//! makes of the same body.

use std::borrow::Cow;
use std::collections::BTreeMap;

use exposition::{
    CollectedFamilies, Dialect, Error, Families, FamilyChunks, FamilyReader, Line, MetricFamily,
    Parser, Reader,
};

/// What a door gave, in order.
pub(crate) type Items = Vec<Result<MetricFamily<'static>, Error>>;

pub(crate) fn by_slice(body: &[u8], dialect: Dialect) -> Items {
    Families::new(body, dialect)
        .map(|item| item.map(MetricFamily::into_owned))
        .collect()
}

pub(crate) fn by_reader(body: &[u8], dialect: Dialect, block: usize) -> Items {
    let reader = Reader::new(body, dialect).block_size(block);
    FamilyReader::from(reader).collect()
}

pub(crate) fn by_chunks(body: &[u8], dialect: Dialect, step: usize) -> Items {
    let mut chunks = FamilyChunks::new(dialect);
    let mut items = Items::new();
    let mut take = |chunks: &mut FamilyChunks| {
        while let Some(item) = chunks.next_family().transpose() {
            items.push(item);
        }
    };
    for chunk in body.chunks(step) {
        chunks.feed(chunk);
        take(&mut chunks);
    }
    chunks.finish();
    take(&mut chunks);
    items
}

/// All doors give the same families and errors; the slice door's, and what it collects.
pub(crate) fn through_every_door(
    body: &[u8],
    dialect: Dialect,
) -> Result<(Items, CollectedFamilies<'static>), String> {
    let items = by_slice(body, dialect);
    let sizes: &[usize] = match body.len() {
        0..100_000 => &[1, 7, 4096],
        _ => &[4096],
    };
    for &size in sizes {
        if by_reader(body, dialect, size) != items {
            return Err(format!("a reader of blocks of {size} differs"));
        }
        if by_chunks(body, dialect, size) != items {
            return Err(format!("chunks of {size} differ"));
        }
    }
    let collected = Families::new(body, dialect).collected().into_owned();
    let reader = FamilyReader::from(Reader::new(body, dialect).block_size(7)).collected();
    if (&collected.families, &collected.errors) != (&reader.families, &reader.errors) {
        return Err("a reader collects something else".into());
    }
    Ok((items, collected))
}

/// A sample as it can be compared: name, labels, the bits of the value, timestamp, exemplar.
type Key = (String, Vec<(String, String)>, u64, Option<i64>);

/// `le` and `quantile` are found again as numbers.
fn label((name, value): (Cow<'_, str>, Cow<'_, str>)) -> (String, String) {
    let number = match name.as_ref() {
        "le" | "quantile" => value.parse::<f64>().ok(),
        _ => None,
    };
    let value = match number {
        Some(number) => format!("{:?}", number + 0.0),
        None => value.into_owned(),
    };
    (name.into_owned(), value)
}

fn flat(families: &[MetricFamily<'_>]) -> Vec<Key> {
    let samples = families.iter().flat_map(MetricFamily::samples);
    let mut keys: Vec<Key> = samples
        .map(|sample| {
            let mut labels: Vec<_> = sample.labels().map(label).collect();
            labels.sort();
            let value = sample.value().to_bits();
            (
                sample.name().into_owned(),
                labels,
                value,
                sample.timestamp(),
            )
        })
        .collect();
    keys.sort();
    keys
}

/// Every sample of the body is in exactly one of `families`, or in one of `errors`.
fn found_again(
    body: &[u8],
    dialect: Dialect,
    families: &[MetricFamily<'_>],
    errors: &[Error],
) -> Result<(), String> {
    // Samples by the place where their lines end.
    let mut samples: BTreeMap<u64, Option<Key>> = BTreeMap::new();
    let mut parser = Parser::new(body, dialect);
    while let Some(line) = parser.next() {
        let key = match line {
            Ok(Line::Sample(sample)) => {
                let labels = sample.labels().into_iter();
                let mut labels: Vec<_> = labels
                    .map(|pair| label((pair.name(), pair.value())))
                    .collect();
                labels.sort();
                let name = sample.name().into_owned();
                Some((name, labels, sample.value().to_bits(), sample.timestamp()))
            }
            _ => None,
        };
        // What is wrong with the body's end has no bytes of its own.
        samples.entry(parser.position().byte).or_insert(key);
    }
    for error in errors {
        let at = error.position().byte;
        if let Some((_, line)) = samples.range_mut(at + 1..).next() {
            *line = None;
        }
    }
    let mut expected: Vec<Key> = samples.into_values().flatten().collect();
    expected.sort();
    let got = flat(families);
    match expected == got {
        true => Ok(()),
        false => Err(format!(
            "samples differ: expected {expected:?}, got {got:?}"
        )),
    }
}

/// [`through_every_door`], and no sample is lost or doubled.
pub(crate) fn check_doors(body: &[u8], dialect: Dialect) -> Result<(), String> {
    let (items, collected) = through_every_door(body, dialect)?;
    let mut families = Vec::new();
    let mut errors = Vec::new();
    for item in items {
        match item {
            Ok(family) => families.push(family),
            Err(error) => errors.push(error),
        }
    }
    found_again(body, dialect, &families, &errors)?;
    found_again(body, dialect, &collected.families, &collected.errors)
}
