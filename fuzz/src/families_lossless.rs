//! Every sample that Prometheus stores is in exactly one family; or every sample is, or its line is
//! reported.

use arbitrary::Arbitrary;
use exposition::{Dialect, Families, Limits, Parser};

use super::input::{self, Form, SmallLimits};
use super::lossless::lossless;
use super::verdict;

/// The options of an input.
#[derive(Debug, Arbitrary)]
struct Options {
    form: Form,
    limits: SmallLimits,
}

/// How many bytes of an input its options are.
pub const HEADER: usize = 1 + SmallLimits::LEN;

/// The options of a seed in that dialect.
pub fn header(dialect: u8) -> [u8; HEADER] {
    [Form::raw(dialect), 0, 0, 0, 0]
}

/// Asserts that no sample and no exemplar is lost or doubled, as families stream and as they are
/// collected; and that errors say whether a scrape fails.
pub fn families_lossless(data: &[u8]) {
    let Some((options, rest)) = input::split::<Options>(data, HEADER) else {
        return;
    };
    let body = options.form.body(rest);
    let limits = options.limits.limits();
    let parser = Parser::new(&body, options.form.dialect()).limits(limits);

    for keep in [true, false] {
        let (mut families, mut errors) = (Vec::new(), Vec::new());
        for item in Families::from(parser.clone()).keep_misfits(keep) {
            match item {
                Ok(family) => families.push(family),
                Err(error) => errors.push(error),
            }
        }
        if let Err(difference) = lossless(parser.clone(), &families, &errors, keep) {
            panic!("{difference}, of {:?}", String::from_utf8_lossy(&body));
        }

        let collected = Families::from(parser.clone())
            .keep_misfits(keep)
            .collected();
        if let Err(difference) =
            lossless(parser.clone(), &collected.families, &collected.errors, keep)
        {
            panic!(
                "collected: {difference}, of {:?}",
                String::from_utf8_lossy(&body)
            );
        }
        // What comes back is merged, so there are no more of them; but for a TYPE line that comes too
        // late for what was merged, where a family that streams has just begun.
        if !keep && collected.errors.len() <= errors.len() {
            assert!(collected.families.len() <= families.len());
        }
    }
    // A scrape does not tell names that are not UTF-8 from each other.
    let tells = limits == Limits::new() && std::str::from_utf8(&body).is_ok();
    if options.form.dialect() != Dialect::Lenient
        && tells
        && let Err(difference) = verdict::check(&body, options.form.dialect())
    {
        panic!(
            "verdict: {difference}, of {:?}",
            String::from_utf8_lossy(&body)
        );
    }
}
