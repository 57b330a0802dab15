//! Compares families with the lines that they were made from, and with those of Prometheus' own family
//! parser.

use exposition::{
    CollectedFamilies, Dialect, Error, Families, FamilyChunks, FamilyReader, MetricFamily, Parser,
    Reader,
};

use super::lossless;

use lossless::lossless;

/// What a door returned, in order.
pub(crate) type Items = Vec<Result<MetricFamily<'static>, Error>>;

pub(crate) fn by_slice(body: &[u8], dialect: Dialect, keep: bool) -> Items {
    Families::new(body, dialect)
        .keep_misfits(keep)
        .map(|item| item.map(MetricFamily::into_owned))
        .collect()
}

pub(crate) fn by_reader(body: &[u8], dialect: Dialect, keep: bool, block: usize) -> Items {
    let reader = Reader::new(body, dialect).buffer_capacity(block);
    FamilyReader::from(reader).keep_misfits(keep).collect()
}

pub(crate) fn by_chunks(body: &[u8], dialect: Dialect, keep: bool, step: usize) -> Items {
    let mut chunks = FamilyChunks::new(dialect).keep_misfits(keep);
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

/// Checks that all doors give the same families and errors. Returns the slice door's, and what it collects.
/// `keep` says whether samples that do not fit any metric are kept.
pub(crate) fn through_every_door(
    body: &[u8],
    dialect: Dialect,
    keep: bool,
) -> Result<(Items, CollectedFamilies<'static>), String> {
    let items = by_slice(body, dialect, keep);
    let sizes: &[usize] = match body.len() {
        0..100_000 => &[1, 7, 4096],
        _ => &[4096],
    };
    for &size in sizes {
        if by_reader(body, dialect, keep, size) != items {
            return Err(format!("a reader of blocks of {size} differs"));
        }
        if by_chunks(body, dialect, keep, size) != items {
            return Err(format!("chunks of {size} differ"));
        }
    }
    let families = Families::new(body, dialect).keep_misfits(keep);
    let collected = families.read_all().into_owned();
    let reader =
        FamilyReader::from(Reader::new(body, dialect).buffer_capacity(7)).keep_misfits(keep);
    let reader = reader.read_all();
    if (&collected.families, &collected.errors) != (&reader.families, &reader.errors) {
        return Err("a reader collects something else".into());
    }
    Ok((items, collected))
}

/// Checks with [`through_every_door`], and that no sample is lost or repeated, with and without misfits.
pub(crate) fn check_doors(body: &[u8], dialect: Dialect) -> Result<(), String> {
    for keep in [true, false] {
        let (items, collected) = through_every_door(body, dialect, keep)?;
        let mut families = Vec::new();
        let mut errors = Vec::new();
        for item in items {
            match item {
                Ok(family) => families.push(family),
                Err(error) => errors.push(error),
            }
        }
        let parser = Parser::new(body, dialect);
        lossless(parser.clone(), &families, &errors, keep)?;
        lossless(parser, &collected.families, &collected.errors, keep)?;
    }
    Ok(())
}
