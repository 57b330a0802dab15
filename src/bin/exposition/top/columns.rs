//! Tables with bars.

use std::io;

use crate::console::Console;
use crate::page::{Ink, Page, bar, pad, width};

/// Columns of the longest bar.
const BAR: usize = 20;
/// Between two columns.
const GAP: &str = "  ";

/// A row of a table before it is laid out.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) cells: Vec<String>,
    /// Of which the bar shows how much it is.
    pub(super) share: f64,
}

/// What a narrow page has no room for, the first first.
const DISPENSABLE: [&str; 3] = ["bytes", "share", "values"];

/// Prints lines in columns: the name, the cells, and a bar for the share. Names that are too long for the page stand
/// after the cells.
pub(super) fn lay_out(
    name: &str,
    titles: &[&'static str],
    lines: &[Line],
    console: &mut Console<'_>,
) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let page = console.page;
    let names = lines.iter().map(|line| width(&line.name)).max();
    let names = names.unwrap_or(0).max(width(name));
    let mut columns = Columns::new(titles, lines);
    for title in DISPENSABLE {
        if names + columns.width() > page.width {
            columns.columns.retain(|column| column.title != title);
        }
    }
    let needed = names + columns.width();
    if needed > page.width {
        writeln!(
            console.out,
            "{}{GAP}{}",
            columns.titles(page),
            page.ink(Ink::Faint, name)
        )?;
        for line in lines {
            writeln!(
                console.out,
                "{}{GAP}{}",
                columns.cells(line, page),
                line.name
            )?;
        }
        return Ok(());
    }
    let title = page.ink(Ink::Faint, &pad(name, names, false));
    writeln!(console.out, "{title}{GAP}{}", columns.titles(page))?;
    let room = page.width.saturating_sub(needed + GAP.len()).min(BAR);
    let longest = lines.iter().map(|line| line.share).fold(0.0, f64::max);
    for line in lines {
        let name = pad(&line.name, names, false);
        let cells = columns.cells(line, page);
        let bar = match room >= BAR / 4 && line.share > 0.0 {
            true => page.ink(Ink::Bar, &bar(line.share / longest, room)),
            false => String::new(),
        };
        writeln!(
            console.out,
            "{}",
            format!("{name}{GAP}{cells}{GAP}{bar}").trim_end()
        )?;
    }
    Ok(())
}

struct Columns {
    columns: Vec<Column>,
}

struct Column {
    /// Its place among the cells of a line.
    at: usize,
    title: &'static str,
    width: usize,
}

impl Columns {
    fn new(titles: &[&'static str], lines: &[Line]) -> Self {
        let columns = titles.iter().enumerate().map(|(at, title)| {
            let cells = lines.iter().filter_map(|line| line.cells.get(at));
            let cells = cells.map(|cell| width(cell)).max();
            Column {
                at,
                title,
                width: cells.unwrap_or(0).max(width(title)),
            }
        });
        Columns {
            columns: columns.collect(),
        }
    }

    /// Returns how many columns of the page they take, with a gap before each.
    fn width(&self) -> usize {
        let columns = self.columns.iter();
        columns.map(|column| GAP.len() + column.width).sum()
    }

    fn titles(&self, page: Page) -> String {
        self.joined(|column| {
            page.ink(
                Ink::Faint,
                &pad(column.title, column.width, is_number(column)),
            )
        })
    }

    fn cells(&self, line: &Line, page: Page) -> String {
        self.joined(|column| {
            let cell = line.cells.get(column.at).map_or("", String::as_str);
            let ink = if is_number(column) {
                Ink::Value
            } else {
                Ink::Type
            };
            page.ink(ink, &pad(cell, column.width, is_number(column)))
        })
    }

    fn joined(&self, cell: impl Fn(&Column) -> String) -> String {
        let cells: Vec<String> = self.columns.iter().map(cell).collect();
        cells.join(GAP)
    }
}

/// Tells whether the cells of a column are numbers, which are aligned right.
fn is_number(column: &Column) -> bool {
    column.title != "type"
}
