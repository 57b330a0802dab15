//! Assertions of tests on a body: reading it whole, looking up, and comparing it.

use std::hint::black_box;

use exposition::Dialect;
use exposition::testing::{Exposition, Lookup};

use super::bodies::format;
use super::shapes::{numbered, shapes_for_use};
use super::{Bodies, Work};

type Door = (&'static str, fn(&Exposition));

const DOORS: &[Door] = &[
    ("assertions", look_up),
    ("assertions, since", |body| {
        for before in [body, &nothing()] {
            if let Ok(change) = body.since(before) {
                black_box(change.changed().len());
            }
        }
        _ = black_box(nothing().since(body).is_ok());
    }),
    ("assertions, compared", |body| {
        let everything = body.snapshot();
        let shown = everything.to_string();
        black_box(everything.matches(&shown).is_ok());
        black_box(everything.is_same_as(&nothing()).is_ok());
        let little = body
            .snapshot()
            .ignore_label("b")
            .ignore_metric("*_a*a*_total");
        black_box(little.ignore_values().only("*a*").is_same_as(body).is_ok());
    }),
];

fn nothing() -> Exposition {
    Exposition::from_families([])
}

/// Looks up what is there, what is nearly there and what is not.
pub(super) fn look_up(body: &Exposition) {
    let first = body.families().first();
    let first = first.map_or("a", |family| &*family.name);
    let nearly = format!("{first}x");
    for name in [first, &nearly, "a_totl", "a_count"] {
        let found = body.metric(name);
        for lookup in [found.clone(), found.clone().label("b", "x").exactly()] {
            ask(&lookup);
            ask(&lookup.count().total());
        }
        ask(&found.clone().bucket(0.3));
        ask(&found.quantile(0.3));
    }
}

fn ask(lookup: &Lookup<'_>) {
    if let Err(error) = lookup.value() {
        // What it says does not grow with the body.
        black_box(error.to_string());
    }
    black_box(lookup.series().is_ok());
}

/// Makes a body of about so many bytes.
type Make = fn(usize) -> Vec<u8>;

/// Bodies that only assertions may find hard.
const SHAPES: &[(&str, Make)] = &[
    ("names that are nearly the same", |bytes| {
        numbered(bytes, "", |at| format!("requests_{at:07} 1\n"), "")
    }),
    ("series that differ in one label", |bytes| {
        numbered(bytes, "", |at| format!("a{{c=\"{at:07}\"}} 1\n"), "")
    }),
    ("quantiles", |bytes| {
        numbered(
            bytes,
            "# TYPE a summary\n",
            |at| format!("a{{quantile=\"0.{at:07}\"}} 1\n"),
            "",
        )
    }),
    ("buckets", |bytes| {
        numbered(
            bytes,
            "# TYPE a histogram\n",
            |at| format!("a_bucket{{le=\"{at:07}\"}} 1\n"),
            "",
        )
    }),
    ("points of one series", |bytes| {
        numbered(bytes, "", |at| format!("a 1 {at:07}\n"), "")
    }),
    ("counters without samples", |bytes| {
        numbered(bytes, "", |at| format!("# TYPE a{at:07} counter\n"), "")
    }),
];

pub(super) fn works() -> impl Iterator<Item = Work> {
    let work = |door, shape, sizes, make: Make, dialect, open: fn(&Exposition)| {
        let make = move |bytes| vec![(make(bytes), dialect)];
        let open = move |bodies: &Bodies| {
            for (body, dialect) in bodies {
                // A body with an error is refused, at a cost.
                if let Ok(body) = Exposition::new(body.as_slice(), format(*dialect)) {
                    open(&body);
                }
            }
        };
        Work::on(door, shape, make, open).sizes(sizes)
    };
    DOORS
        .iter()
        .enumerate()
        .flat_map(move |(number, &(door, open))| {
            let own = SHAPES.iter().map(move |&(name, make)| {
                work(door, name, [8 << 10, 32 << 10], make, Dialect::Text, open)
            });
            let shared = shapes_for_use(number).map(move |shape| {
                work(
                    door,
                    shape.name,
                    shape.sizes,
                    shape.make,
                    shape.dialect,
                    open,
                )
            });
            own.chain(shared)
        })
}
