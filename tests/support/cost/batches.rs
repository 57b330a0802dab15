//! Record batches of bodies.

use std::hint::black_box;
use std::iter::once;

use exposition::arrow::{BatchReader, Body, RowFilter, Table};
use exposition::{Format, Limits};

use super::bodies::format;
use super::shapes::shapes_for_use;
use super::{Bodies, Work};

/// Wide enough that what they guard against can show.
const LIMITS: Limits = Limits::new()
    .max_line_bytes(Limits::MAX_LINE)
    .max_labels(usize::MAX);

type Door = (&'static str, fn(&[u8], Format));

const DOORS: &[Door] = &[
    ("batches", |body, format| read(reader(body, format))),
    ("batches of a row", |body, format| {
        read(reader(body, format).max_rows(1));
    }),
    ("batches, filtered", |body, format| {
        let filter = RowFilter::new().families(["a", "b"]).label("b", ["", "x"]);
        read(reader(body, format).filter_by(filter));
    }),
    ("batches of a family", |body, format| {
        let table = Table::of_family("a", once(Body::new("t", format, body)));
        read(reader(body, format).table(table));
    }),
    ("batches of many bodies", |body, format| {
        let lines = body.split_inclusive(|byte| *byte == b'\n');
        let bodies = lines.map(|line| Body::new("t", format, line));
        read(BatchReader::new(bodies).limits(LIMITS));
    }),
];

fn reader(body: &[u8], format: Format) -> BatchReader<impl Iterator<Item = Body<&[u8]>>, &[u8]> {
    BatchReader::new(once(Body::new("t", format, body))).limits(LIMITS)
}

fn read<'b>(batches: BatchReader<impl Iterator<Item = Body<&'b [u8]>>, &'b [u8]>) {
    batches.for_each(|batch| drop(black_box(batch)));
}

/// Reads a body in protobuf.
pub(super) fn read_protobuf(body: &[u8], format: Format) {
    read(reader(body, format));
}

pub(super) fn works() -> impl Iterator<Item = Work> {
    let doors = DOORS.iter().enumerate();
    doors.flat_map(|(number, &(door, open))| {
        shapes_for_use(number).map(move |shape| {
            let open = move |bodies: &Bodies| {
                (bodies.iter()).for_each(|(body, dialect)| open(body, format(*dialect)));
            };
            let work = Work::on(door, shape.name, |bytes| shape.bodies(bytes), open);
            work.sizes(match shape.name {
                // Of some sizes they make a histogram, of others an error, which costs less: of these they do.
                "spans of many buckets each" => [16 << 10, 60 << 10],
                _ => shape.sizes,
            })
        })
    })
}
