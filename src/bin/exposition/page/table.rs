//! Series as rows: in columns if they fit on the page, otherwise with the labels in words after the values.

use std::borrow::Cow;

use super::{Ink, Page, pad, width};

/// A series of a family.
pub(crate) struct Row {
    /// Its labels, except those that all rows share.
    pub(crate) labels: Vec<(String, String)>,
    /// Its values, one cell for each column.
    pub(crate) cells: Vec<String>,
    /// Lines below the row.
    pub(crate) below: Vec<String>,
}

/// A column of cells.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    title: Cow<'static, str>,
    ink: Ink,
    /// Whether its cells are numbers, which are aligned right.
    number: bool,
}

impl Column {
    /// Creates a column of numbers.
    pub(crate) fn number(title: Cow<'static, str>, ink: Ink) -> Self {
        let number = true;
        Column { title, ink, number }
    }

    /// Creates a column of words.
    pub(crate) fn text(title: Cow<'static, str>, ink: Ink) -> Self {
        let number = false;
        Column { title, ink, number }
    }
}

const GAP: usize = 2;

/// Returns the rows as lines.
pub(crate) fn lines(page: &Page, columns: &[Column], rows: &[Row], indent: usize) -> Vec<String> {
    let is_simple = rows.len() == 1 && columns.len() <= 2;
    (!is_simple)
        .then(|| in_columns(page, columns, rows, indent))
        .flatten()
        .unwrap_or_else(|| in_words(page, columns, rows, indent))
}

/// Returns the names of the labels, in order of appearance.
fn label_names(rows: &[Row]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flat_map(|row| &row.labels) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

/// Formats the rows as a table, if the page is wide enough.
fn in_columns(page: &Page, columns: &[Column], rows: &[Row], indent: usize) -> Option<Vec<String>> {
    let names = label_names(rows);
    let labels = names.iter().map(|name| {
        let cells = rows.iter().map(|row| {
            let found = row.labels.iter().find(|label| label.0 == *name);
            found.map_or("", |label| label.1.as_str())
        });
        (*name, None, false, cells.collect())
    });
    let values = columns.iter().enumerate().map(|(at, column)| {
        let cells = rows
            .iter()
            .map(|row| row.cells.get(at).map_or("", String::as_str));
        let ink = Some(column.ink);
        (column.title.as_ref(), ink, column.number, cells.collect())
    });
    let all: Vec<(&str, Option<Ink>, bool, Vec<&str>)> = labels.chain(values).collect();
    let widths: Vec<usize> = (all.iter())
        .map(|(title, _, _, cells)| {
            let cells = cells.iter().map(|cell| width(cell));
            cells.max().unwrap_or(0).max(width(title))
        })
        .collect();
    let needed = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    if indent + needed > page.width {
        return None;
    }
    let margin = " ".repeat(indent);
    let line = |cells: Vec<String>| {
        let line = format!("{margin}{}", cells.join(&" ".repeat(GAP)));
        line.trim_end().to_owned()
    };
    let mut lines = Vec::new();
    if all.len() > 1 {
        let titles = all
            .iter()
            .zip(&widths)
            .map(|((title, _, number, _), to)| page.ink(Ink::Faint, &pad(title, *to, *number)));
        lines.push(line(titles.collect()));
    }
    for (at, row) in rows.iter().enumerate() {
        let cells = all
            .iter()
            .zip(&widths)
            .map(|((_, ink, number, cells), to)| {
                let cell = pad(cells.get(at).unwrap_or(&""), *to, *number);
                ink.map_or_else(|| cell.clone(), |ink| page.ink(ink, &cell))
            });
        lines.push(line(cells.collect()));
        lines.extend(below(page, row, &margin));
    }
    Some(lines)
}

fn below(page: &Page, row: &Row, margin: &str) -> impl Iterator<Item = String> {
    let notes = row.below.iter();
    notes.map(move |note| page.ink(Ink::Faint, &format!("{margin}    {note}")))
}

/// Formats each row as its cells followed by its labels, on as many lines as they need.
fn in_words(page: &Page, columns: &[Column], rows: &[Row], indent: usize) -> Vec<String> {
    let mut widths = vec![0; columns.len()];
    for row in rows {
        for (to, cell) in widths.iter_mut().zip(&row.cells) {
            *to = width(cell).max(*to);
        }
    }
    let margin = " ".repeat(indent);
    let mut lines = Vec::new();
    let mut above: &[(String, String)] = &[];
    for row in rows {
        let mut words = Vec::new();
        for ((column, cell), to) in columns.iter().zip(&row.cells).zip(&widths) {
            let cell = page.ink(column.ink, &pad(cell, *to, column.number));
            words.push(match column.title.as_ref() {
                "" | "value" | "states" => cell,
                title => format!("{} {cell}", page.ink(Ink::Faint, title)),
            });
        }
        let cells = words.join(&" ".repeat(GAP));
        // What repeats the row above is faint, so that the difference stands out.
        let labels = row.labels.iter().map(|label| match above.contains(label) {
            true => page.ink(Ink::Faint, &format!("{}={}", label.0, label.1)),
            false => word(page, label),
        });
        let labels: Vec<String> = labels.collect();
        above = &row.labels;
        let beside = match words.is_empty() {
            true => indent,
            false => indent + width(&cells) + GAP,
        };
        // Labels go beside the cells while half of the page is left for them.
        if beside <= page.width / 2 {
            let mut labels = page.lay_out(&labels, beside, GAP).into_iter();
            let first = labels.next().unwrap_or_default();
            let gap = " ".repeat(beside - indent - width(&cells));
            lines.push(format!("{margin}{cells}{gap}{}", first.trim_start()));
            lines.extend(labels);
        } else {
            lines.push(format!("{margin}{cells}"));
            lines.extend(page.lay_out(&labels, indent + 2 * GAP, GAP));
        }
        lines.extend(below(page, row, &margin));
    }
    lines
        .iter()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// Formats a label as a word.
pub(crate) fn word(page: &Page, (name, value): &(String, String)) -> String {
    format!("{}{value}", page.ink(Ink::Faint, &format!("{name}=")))
}
