//! Every sample that Prometheus stores is in exactly one family; or every sample is, or its line is reported.

use std::collections::{BTreeMap, BTreeSet};

use arbitrary::Arbitrary;
use exposition::{Dialect, Error, Families, Limits, Metric, Parser};

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

/// Returns the options of a seed in that dialect.
pub fn header(dialect: u8) -> [u8; HEADER] {
    [Form::raw(dialect), 0, 0, 0, 0]
}

/// Asserts that no sample and no exemplar is lost or repeated, both streamed and collected, and that errors
/// say whether a scrape fails.
pub fn families_lossless(data: &[u8]) {
    let Some((options, rest)) = input::split::<Options>(data, HEADER) else {
        return;
    };
    lines_find_their_metrics(rest);
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

        let collected = Families::from(parser.clone()).keep_misfits(keep).read_all();
        if let Err(difference) =
            lossless(parser.clone(), &collected.families, &collected.errors, keep)
        {
            panic!(
                "collected: {difference}, of {:?}",
                String::from_utf8_lossy(&body)
            );
        }
        // What comes back is merged, so collecting gives no more families. The exception is a TYPE line that
        // comes too late for merged samples, where a streamed family has just begun: only collecting has that
        // error.
        let streamed: BTreeSet<String> = errors.iter().map(ToString::to_string).collect();
        let is_shared = |error: &Error| streamed.contains(&error.to_string());
        if !keep && collected.errors.iter().all(is_shared) {
            assert!(collected.families.len() <= families.len());
        }
    }
    // A scrape does not distinguish names that are not UTF-8.
    let tells = limits == Limits::new() && std::str::from_utf8(&body).is_ok();
    // In OpenMetrics 2.0 a scrape looks only at the forms of histograms that it stores, families at all.
    let as_scraped = [Dialect::Text, Dialect::OpenMetrics];
    if as_scraped.contains(&options.form.dialect())
        && tells
        && let Err(difference) = verdict::check(&body, options.form.dialect())
    {
        panic!(
            "verdict: {difference}, of {:?}",
            String::from_utf8_lossy(&body)
        );
    }
}

/// Asserts that what is between the samples of a metric does not matter: each goes to the last metric with
/// its labels and its timestamp, or begins another if that metric already has such a sample.
///
/// Every byte is a line of one family: its metric, which of the metric's samples it is, and its time.
fn lines_find_their_metrics(bytes: &[u8]) {
    const KINDS: [(&str, [&str; 5]); 3] = [
        (
            "histogram",
            [
                "_bucket{le=\"1\"",
                "_bucket{le=\"2\"",
                "_bucket{le=\"+Inf\"",
                "_sum{",
                "_count{",
            ],
        ),
        (
            "summary",
            [
                "{quantile=\"0.1\"",
                "{quantile=\"0.5\"",
                "{quantile=\"1\"",
                "_sum{",
                "_count{",
            ],
        ),
        (
            "stateset",
            ["{m=\"a\"", "{m=\"b\"", "{m=\"c\"", "{m=\"d\"", "{m=\"e\""],
        ),
    ];
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let (kind, parts) = KINDS[usize::from(*first) % KINDS.len()];
    let mut lines: Vec<(u8, String)> = Vec::new();
    for (at, byte) in bytes.iter().take(200).enumerate() {
        let (whose, part, when) = (byte % 3, usize::from(byte / 3) % 5, byte / 15 % 3);
        let part = parts[part];
        let comma = if part.ends_with('{') { "" } else { "," };
        let time = ["", " 1", " 2"][usize::from(when)];
        lines.push((
            whose + 3 * when,
            format!("m{part}{comma}x=\"{whose}\"}} {at}{time}\n"),
        ));
    }
    let as_written = metrics_of(kind, &lines);
    lines.sort_by_key(|line| line.0);
    assert_eq!(as_written, metrics_of(kind, &lines), "{kind}: {lines:?}");
}

/// Returns the metrics of a family with these lines, by labels and timestamp.
fn metrics_of(
    kind: &str,
    lines: &[(u8, String)],
) -> BTreeMap<(String, Option<i64>), Vec<Metric<'static>>> {
    let lines: String = lines.iter().map(|line| line.1.as_str()).collect();
    let body = format!("# TYPE m {kind}\n{lines}# EOF\n");
    let read = Families::new(body.as_bytes(), Dialect::OpenMetrics).read_all();
    assert!(read.errors.is_empty(), "{:?} in\n{body}", read.errors);
    let mut metrics: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for metric in read
        .into_owned()
        .families
        .into_iter()
        .flat_map(|family| family.metrics)
    {
        let key = (format!("{:?}", metric.labels), metric.timestamp);
        metrics.entry(key).or_default().push(metric);
    }
    metrics
}
