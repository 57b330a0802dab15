use super::{of, on};

#[path = "../../../tests/support/cost/mod.rs"]
mod work;

use work::Work;

/// The most that a doubling may cost: a little more than twice, for sorting and one-time work.
const MOST: f64 = 2.2;

/// Returns how much the work grows per doubling.
fn growth(work: &Work) -> f64 {
    work.growth(
        work.sizes
            .map(|size| of(work.task(size, work.bodies(size)))),
    )
}

#[test]
fn work_grows_as_its_input() {
    let too_much = work::beyond(MOST, |work| growth(&work));
    assert!(too_much.is_empty(), "{too_much:#?}");
}

/// The measure can fail: it detects work that looks at all earlier bytes for every byte.
#[test]
fn work_that_grows_as_a_square_is_seen() {
    let square = Work::new("control", "square", |size| {
        Box::new(move || (0..size).for_each(on))
    });
    assert!(growth(&square) > 3.9, "{}", growth(&square));
}

/// Every reader looks at most of its input.
#[test]
fn work_is_counted() {
    for work in work::works() {
        let of_a_body = [
            "slice",
            "reader",
            "one chunk",
            "families",
            "strict",
            "merge",
            "encode lines",
        ];
        if work.shape == "samples" && of_a_body.contains(&work.door) {
            let seen = of(work.task(10_000, work.bodies(10_000)));
            assert!(seen >= 9_000, "{}: {seen} bytes of 10,000", work.door);
        }
    }
}
