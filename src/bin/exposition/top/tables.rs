//! Tables of what series cost.

use std::io;

use exposition::stats::{Count, HistogramStats, LabelStats, Stats};

use super::by::By;
use super::columns::{Line, lay_out};
use crate::console::Console;
use crate::page::{number, printable};

/// Of how many labels the values are shown where nobody asks for them.
const LABELS: usize = 3;
/// How many of their values.
pub(super) const VALUES: usize = 3;

/// Prints the table that is asked for, or those that tell most.
pub(super) fn print(
    stats: &Stats,
    by: Option<&By>,
    limit: usize,
    limit_of_values: usize,
    console: &mut Console<'_>,
) -> io::Result<()> {
    match by {
        Some(By::Metric) => metrics(stats, limit, console),
        Some(By::Family) => families(stats, limit, console),
        Some(By::Histogram) => histograms(stats, limit, console),
        Some(By::Label) => labels(stats, &stats.labels(), limit, console),
        Some(By::Value(label)) => values(stats, label, limit, console),
        None => {
            metrics(stats, limit, console)?;
            let all = stats.labels();
            labels(stats, &all, limit, console)?;
            for label in all
                .iter()
                .filter(|label| label.cost != Some(0))
                .take(LABELS)
            {
                values(stats, label.name, limit_of_values, console)?;
            }
            histograms(stats, limit, console)
        }
    }
}

fn percent(share: f64) -> String {
    format!("{share:.1} %")
}

/// Formats a number that may be known only from below.
pub(super) fn count(count: Count) -> String {
    let known = number::grouped(number::whole(count.known()));
    match count.is_exact() {
        true => known,
        false => format!("≥ {known}"),
    }
}

fn size(count: Count) -> String {
    number::bytes(count.known() as f64)
}

const TITLES: [&str; 3] = ["series", "share", "bytes"];

fn metrics(stats: &Stats, limit: usize, console: &mut Console<'_>) -> io::Result<()> {
    let all = stats.metrics();
    if all.is_empty() {
        return console.title("no metrics");
    }
    console.title(&number::counted(all.len(), "metric", "metrics"))?;
    let lines = all.iter().take(limit).map(|metric| Line {
        name: printable(metric.name).into_owned(),
        cells: vec![
            count(metric.series),
            percent(metric.share),
            size(metric.bytes),
        ],
        share: metric.share,
    });
    lay_out("metric", &TITLES, &lines.collect::<Vec<_>>(), console)?;
    console.more(all.len(), limit, 0)
}

fn families(stats: &Stats, limit: usize, console: &mut Console<'_>) -> io::Result<()> {
    let all = stats.families();
    if all.is_empty() {
        return console.title("no families");
    }
    console.title(&number::counted(all.len(), "family", "families"))?;
    let lines = all.iter().take(limit).map(|family| Line {
        name: printable(&family.name).into_owned(),
        cells: vec![
            family.metric_type.to_string(),
            count(family.series),
            percent(family.share),
            size(family.bytes),
        ],
        share: family.share,
    });
    let titles = ["type", "series", "share", "bytes"];
    lay_out("family", &titles, &lines.collect::<Vec<_>>(), console)?;
    console.more(all.len(), limit, 0)
}

fn labels(
    stats: &Stats,
    all: &[LabelStats<'_>],
    limit: usize,
    console: &mut Console<'_>,
) -> io::Result<()> {
    if all.is_empty() {
        return console.title("no labels");
    }
    let text = number::counted(all.len(), "label", "labels");
    let series = number::whole(stats.series().known());
    console.title(&format!(
        "{text}, and how many series are there only because of each"
    ))?;
    let lines = all.iter().take(limit).map(|label| {
        let cost = label.cost.unwrap_or_default();
        Line {
            name: printable(label.name).into_owned(),
            cells: vec![
                count(label.values),
                count(label.series),
                percent(label.share),
                size(label.bytes),
                label
                    .cost
                    .map_or("?".to_owned(), |cost| number::grouped(number::whole(cost))),
            ],
            share: cost as f64 / series.max(1) as f64 * 100.0,
        }
    });
    let titles = ["values", "series", "share", "bytes", "cost"];
    lay_out("label", &titles, &lines.collect::<Vec<_>>(), console)?;
    console.more(all.len(), limit, 0)
}

fn values(stats: &Stats, label: &str, limit: usize, console: &mut Console<'_>) -> io::Result<()> {
    let all = stats.values(label);
    let name = printable(label);
    let text = match all.len() {
        0 => format!("no series has the label {name}"),
        values => format!("{name}: {}", number::counted(values, "value", "values")),
    };
    console.title(&text)?;
    let lines = all.iter().take(limit).map(|value| Line {
        name: match value.value {
            Some(value) => printable(value).into_owned(),
            None => "(others)".to_owned(),
        },
        cells: vec![count(value.series), percent(value.share), size(value.bytes)],
        share: value.share,
    });
    if !all.is_empty() {
        lay_out(&name, &TITLES, &lines.collect::<Vec<_>>(), console)?;
    }
    console.more(all.len(), limit, 0)
}

fn histograms(stats: &Stats, limit: usize, console: &mut Console<'_>) -> io::Result<()> {
    let all = stats.histograms();
    if all.is_empty() {
        return console.title("no histograms");
    }
    let series = stats.series().known().max(1);
    let buckets: Count = all.iter().map(|one| one.classic_buckets).sum();
    let share = buckets.known() as f64 / series as f64 * 100.0;
    let text = number::counted(all.len(), "family of histograms", "families of histograms");
    let text = match buckets.known() {
        0 => text,
        _ => format!("{text}: {} of all series are buckets", percent(share)),
    };
    console.title(&text)?;
    let lines = all
        .iter()
        .take(limit)
        .flat_map(|one| histogram(one, series));
    let titles = ["histograms", "buckets each", "bucket series", "share"];
    lay_out("family", &titles, &lines.collect::<Vec<_>>(), console)?;
    console.more(all.len(), limit, 0)
}

/// Returns the lines of a family: one for each form that its histograms have.
fn histogram(one: &HistogramStats<'_>, series: u64) -> impl Iterator<Item = Line> {
    let share = |of: Count| of.known() as f64 / series as f64 * 100.0;
    let (fewest, most) = (one.fewest_buckets, one.most_buckets);
    let most = number::grouped(number::whole(most));
    let each = match one.fewest_buckets == one.most_buckets {
        true => most,
        false => format!("{}–{most}", number::grouped(number::whole(fewest))),
    };
    let name = printable(&one.name);
    let classic = (one.classic_buckets.known() > 0).then(|| Line {
        name: name.to_string(),
        cells: vec![
            count(one.classic),
            each,
            count(one.classic_buckets),
            percent(share(one.classic_buckets)),
        ],
        share: share(one.classic_buckets),
    });
    let native = (one.native.known() > 0).then(|| Line {
        name: format!("{name} (native)"),
        cells: vec![
            count(one.native),
            format!("{} in all", count(one.native_buckets)),
            "0".to_owned(),
            percent(0.0),
        ],
        share: 0.0,
    });
    classic.into_iter().chain(native)
}
