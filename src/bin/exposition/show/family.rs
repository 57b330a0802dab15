//! Families as readable text.

use std::io::{self, Write};

use exposition::{Metric, MetricFamily};

use super::picture;
use super::rows::{self, histogram};
use crate::page::{Ink, Page, printable, table, width};

const INDENT: usize = 4;
/// Up to this many histograms of one family are drawn bucket by bucket; with more, each is sketched in a row.
const DRAWN: usize = 3;

/// Prints families in order.
pub(crate) struct FamilyView<'o> {
    page: Page,
    out: &'o mut dyn Write,
    /// How many series of a family to show.
    limit: usize,
    /// Whether the last family took several lines, so that a blank line must follow.
    after_block: Option<bool>,
}

impl<'o> FamilyView<'o> {
    pub(crate) fn new(page: Page, limit: usize, out: &'o mut dyn Write) -> Self {
        FamilyView {
            page,
            out,
            limit,
            after_block: None,
        }
    }

    /// Prints a family: a line with its name, type and number of series, then its help and its values.
    pub(crate) fn family(&mut self, family: &MetricFamily<'_>) -> io::Result<()> {
        let mut head = self.head(family);
        let mut lines = self.help(family);
        let body = self.body(family);
        match body.as_slice() {
            // A single value follows the name if there is room.
            [only] if family.metrics.len() == 1 && is_short(self.page, &head, only) => {
                head.push_str("  ");
                head.push_str(only.trim_start());
            }
            _ => lines.extend(body),
        }
        let is_block = !lines.is_empty();
        if self.after_block.is_some_and(|before| before || is_block) {
            writeln!(self.out)?;
        }
        self.after_block = Some(is_block);
        writeln!(self.out, "{head}")?;
        for line in lines {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    fn head(&self, family: &MetricFamily<'_>) -> String {
        let mut kind = family.metric_type.to_string();
        if let Some(unit) = &family.unit {
            kind.push_str(&format!(" in {}", printable(unit)));
        }
        let series = match family.metrics.len() {
            0 => "no series".to_owned(),
            n => format!("{n} series"),
        };
        format!(
            "{}  {}  {}",
            self.page.ink(Ink::Name, &printable(&family.name)),
            self.page.ink(Ink::Type, &kind),
            self.page.ink(Ink::Faint, &series),
        )
    }

    fn help(&self, family: &MetricFamily<'_>) -> Vec<String> {
        let Some(help) = &family.help else {
            return Vec::new();
        };
        let help = printable(help);
        let words: Vec<String> = help.split_whitespace().map(str::to_owned).collect();
        let lines = self.page.lay_out(&words, INDENT, 1).into_iter();
        lines.map(|line| self.page.ink(Ink::Faint, &line)).collect()
    }

    /// Returns the values of the family's metrics.
    fn body(&self, family: &MetricFamily<'_>) -> Vec<String> {
        let shared = rows::shared_labels(&family.metrics);
        let mut lines = Vec::new();
        if !shared.is_empty() {
            let mut words = vec![self.page.ink(Ink::Faint, "all have")];
            words.extend(shared.iter().map(|label| table::word(&self.page, label)));
            lines.extend(self.page.lay_out(&words, INDENT, 2));
        }
        let shown = family.metrics.get(..self.limit).unwrap_or(&family.metrics);
        if family.metrics.len() <= DRAWN && shown.iter().any(|m| histogram(m).is_some()) {
            for metric in shown {
                lines.extend(self.drawn(metric, &shared));
            }
        } else if !shown.is_empty() {
            let (columns, rows) = rows::rows(family, shown, &shared);
            lines.extend(table::lines(&self.page, &columns, &rows, INDENT));
            let sketched = shown.iter().find_map(histogram);
            if let Some(bounds) = sketched.and_then(picture::bounds) {
                let legend = format!("{:INDENT$}buckets: {bounds}", "");
                lines.push(self.page.ink(Ink::Faint, &legend));
            }
        }
        let more = family.metrics.len() - shown.len();
        if more > 0 {
            let more = format!("{:INDENT$}… and {more} more: --limit 0 shows all", "");
            lines.push(self.page.ink(Ink::Faint, &more));
        }
        lines
    }

    /// Draws a histogram with its buckets.
    fn drawn(&self, metric: &Metric<'_>, shared: &[(String, String)]) -> Vec<String> {
        let Some(histogram) = histogram(metric) else {
            return Vec::new();
        };
        let mut words: Vec<String> = picture::words(histogram)
            .into_iter()
            .map(|(title, value)| {
                let title = self.page.ink(Ink::Faint, title);
                format!("{title} {}", self.page.ink(Ink::Value, &value))
            })
            .collect();
        words.extend(rows::times(metric).map(|(title, when)| format!("{title} {when}")));
        let labels = rows::own_labels(&metric.labels, shared);
        words.extend(labels.iter().map(|label| table::word(&self.page, label)));
        let mut lines = self.page.lay_out(&words, INDENT, 2);
        lines.extend(picture::drawn(&self.page, histogram, 2 * INDENT));
        let notes = rows::exemplars(metric);
        lines.extend(notes.map(|note| self.page.ink(Ink::Faint, &format!("{:8}{note}", ""))));
        lines
    }
}

fn is_short(page: Page, head: &str, line: &str) -> bool {
    width(head) + 2 + width(line.trim_start()) <= page.width
}
