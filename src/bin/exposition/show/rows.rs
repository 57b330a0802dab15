//! The metrics of a family as rows of a table.

use exposition::{Histogram, Metric, MetricExemplar, MetricFamily, MetricLabels, MetricValue};

use super::picture;
use crate::page::table::{Column, Row};
use crate::page::{Ink, number, printable};

pub(crate) fn histogram<'m>(metric: &'m Metric<'_>) -> Option<&'m Histogram<'m>> {
    match &metric.value {
        MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
            Some(histogram)
        }
        _ => None,
    }
}

fn label((name, value): (impl AsRef<str>, impl AsRef<str>)) -> (String, String) {
    let name = printable(name.as_ref()).into_owned();
    let value = match value.as_ref() {
        "" => "\"\"".to_owned(),
        value => printable(value).into_owned(),
    };
    (name, value)
}

/// Returns the labels that all metrics have with the same value, where there are several metrics.
pub(crate) fn shared_labels(metrics: &[Metric<'_>]) -> Vec<(String, String)> {
    let [first, others @ ..] = metrics else {
        return Vec::new();
    };
    if others.is_empty() {
        return Vec::new();
    }
    let mut shared: Vec<_> = first.labels.iter().collect();
    for metric in others {
        shared.retain(|label| metric.labels.iter().any(|other| other == *label));
    }
    shared.into_iter().map(label).collect()
}

pub(crate) fn own_labels(
    labels: &MetricLabels<'_>,
    shared: &[(String, String)],
) -> Vec<(String, String)> {
    let all = labels.iter().map(label);
    all.filter(|label| !shared.contains(label)).collect()
}

/// Returns the metrics as rows, and the columns of their cells.
pub(crate) fn rows(
    family: &MetricFamily<'_>,
    metrics: &[Metric<'_>],
    shared: &[(String, String)],
) -> (Vec<Column>, Vec<Row>) {
    let cells: Vec<Vec<Cell>> = metrics.iter().map(|m| cells(family, m)).collect();
    // The columns that occur: quantiles first, rising, the others in order of appearance.
    let mut columns: Vec<Column> = quantiles(metrics).into_iter().map(quantile).collect();
    for (column, _) in cells.iter().flatten() {
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    columns.dedup();
    let rows = metrics.iter().zip(cells).map(|(metric, cells)| {
        let cell = |column: &Column| {
            let found = cells.iter().find(|cell| cell.0 == *column);
            found.map_or(String::new(), |cell| cell.1.clone())
        };
        Row {
            labels: own_labels(&metric.labels, shared),
            cells: columns.iter().map(cell).collect(),
            below: exemplars(metric).collect(),
        }
    });
    let rows = rows.collect();
    (columns, rows)
}

/// A metric's content in one column.
type Cell = (Column, String);

fn number(title: &'static str, value: f64) -> Cell {
    let column = Column::number(title.into(), Ink::Value);
    (column, number::exact(value))
}

fn text(title: &'static str, ink: Ink, text: String) -> Cell {
    (Column::text(title.into(), ink), text)
}

fn quantiles(metrics: &[Metric<'_>]) -> Vec<f64> {
    let summaries = metrics.iter().filter_map(|metric| match &metric.value {
        MetricValue::Summary(summary) => Some(&summary.quantiles),
        _ => None,
    });
    let mut quantiles: Vec<f64> = summaries.flatten().map(|q| q.quantile).collect();
    quantiles.sort_by(f64::total_cmp);
    quantiles
}

fn quantile(quantile: f64) -> Column {
    Column::number(format!("q{}", number::exact(quantile)).into(), Ink::Value)
}

fn cells(family: &MetricFamily<'_>, metric: &Metric<'_>) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    match &metric.value {
        MetricValue::Info(1.0) => {}
        MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
            for (title, value) in picture::words(histogram) {
                cells.push((Column::number(title.into(), Ink::Value), value));
            }
            cells.push(text("buckets", Ink::Bar, picture::sketch(histogram)));
        }
        MetricValue::Summary(summary) => {
            for q in &summary.quantiles {
                cells.push((quantile(q.quantile), number::exact(q.value)));
            }
            cells.extend(summary.count.map(|count| number("count", count)));
            cells.extend(summary.sum.map(|sum| number("sum", sum)));
        }
        MetricValue::StateSet(set) => {
            let states = set.states.iter().map(|state| {
                let mark = match state.value {
                    1.0 => "●".to_owned(),
                    0.0 => "○".to_owned(),
                    other => number::exact(other),
                };
                format!("{mark}{}", printable(&state.name))
            });
            let states: Vec<String> = states.collect();
            cells.push(text("states", Ink::Value, states.join(" ")));
        }
        _ => {
            if let Some(value) = metric.single_value() {
                cells.push(number("value", value));
                let hint = hint(&family.name, value);
                cells.extend(hint.map(|hint| text("", Ink::Faint, hint)));
            }
        }
    }
    cells.extend(times(metric).map(|(title, when)| text(title, Ink::Faint, when)));
    cells
}

/// Returns a value in other words, if the name says what it counts.
fn hint(name: &str, value: f64) -> Option<String> {
    let name = name.strip_suffix("_total").unwrap_or(name);
    let is_time = name.ends_with("_timestamp_seconds") || name.ends_with("_time_seconds");
    // From 2001 on: smaller values are time spans.
    if is_time && (1e9..1e11).contains(&value) {
        return Some(number::date((value * 1000.0) as i64));
    }
    let is_bytes = name.ends_with("_bytes") && value.is_finite() && value.abs() >= 1024.0;
    is_bytes.then(|| number::bytes(value))
}

/// Returns when the metric was measured and since when it counts, as far as the body says.
pub(crate) fn times(metric: &Metric<'_>) -> impl Iterator<Item = (&'static str, String)> {
    let at = metric.timestamp.map(|at| ("at", number::date(at)));
    let created = metric.start_timestamp.and_then(|created| created.millis());
    let since = created.map(|since| ("since", number::date(since)));
    at.into_iter().chain(since)
}

/// Returns the exemplars of the metric and of its buckets, as notes.
pub(crate) fn exemplars(metric: &Metric<'_>) -> impl Iterator<Item = String> {
    let buckets = histogram(metric).map_or(&[][..], |histogram| &histogram.buckets);
    let in_buckets = buckets
        .iter()
        .filter_map(|bucket| bucket.exemplar.as_deref());
    metric.exemplars.iter().chain(in_buckets).map(note)
}

fn note(exemplar: &MetricExemplar<'_>) -> String {
    let mut note = format!("exemplar {}", number::exact(exemplar.value));
    for (name, value) in exemplar.labels.iter().map(label) {
        note.push_str(&format!("  {name}={value}"));
    }
    if let Some(at) = exemplar.timestamp {
        note.push_str(&format!("  at {}", number::date(at)));
    }
    note
}
