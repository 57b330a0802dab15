//! A scrape as a frame that fits on a terminal.

#[cfg(test)]
mod tests;

use exposition::Series;

use super::moves::{Level, Rate, States};
use super::scrape::{Churn, Scrape, share};
use crate::page::{Ink, Page, number, pad, printable, width};

/// What is told above the scrape.
pub(super) struct Title<'t> {
    pub(super) name: &'t str,
    pub(super) every: &'t str,
}

/// A part of the frame: a head, and rows of which some may be left out.
struct Section {
    head: String,
    rows: Vec<String>,
}

/// Returns the lines of a frame of that height, with at most `limit` rows in each part.
pub(super) fn frame(
    scrape: &Scrape,
    title: &Title<'_>,
    page: Page,
    height: usize,
    limit: usize,
) -> Vec<String> {
    let mut lines = head(scrape, title, page);
    let sections: Vec<Section> = [
        rates(&scrape.moves.rates, page),
        levels(&scrape.moves.levels, page),
        states(&scrape.moves.states, page),
        churn(&scrape.churn, page),
        series(&scrape.new, &scrape.stale, page),
    ]
    .into_iter()
    .filter(|section| !section.rows.is_empty())
    .collect();
    // Each part has a blank line and a head above its rows.
    let room = height.saturating_sub(lines.len() + 2 * sections.len());
    let wanted: Vec<usize> = (sections.iter())
        .map(|section| section.rows.len().min(limit.saturating_add(1)))
        .collect();
    for (section, rows) in sections.iter().zip(shares(room, &wanted)) {
        if rows == 0 {
            continue;
        }
        lines.push(String::new());
        lines.push(page.ink(Ink::Faint, &section.head));
        let is_all = section.rows.len() <= rows;
        // The line that tells of the others takes the place of a row, unless that is the only one.
        let shown = match rows {
            rows if is_all || rows == 1 => rows,
            rows => rows - 1,
        };
        let shown = shown.min(limit);
        lines.extend(section.rows.iter().take(shown).cloned());
        if shown < rows {
            let more = section.rows.len() - shown;
            lines.push(page.ink(Ink::Faint, &format!("{:>12}  … {more} more", "")));
        }
    }
    lines
        .iter()
        .take(height)
        .map(|line| cut(line, page.width))
        .collect()
}

/// Shares the room out, so that nobody has less than others who have more than they want.
fn shares(room: usize, wanted: &[usize]) -> Vec<usize> {
    let mut shares = vec![0; wanted.len()];
    let mut left = room;
    while left > 0 {
        let before = left;
        for (share, wanted) in shares.iter_mut().zip(wanted) {
            if left > 0 && *share < *wanted {
                *share += 1;
                left -= 1;
            }
        }
        if left == before {
            break;
        }
    }
    shares
}

fn head(scrape: &Scrape, title: &Title<'_>, page: Page) -> Vec<String> {
    let name = page.ink(Ink::Name, &printable(title.name));
    let mut lines = vec![format!("{name}  {}", page.ink(Ink::Faint, title.every))];
    let up = match scrape.up() {
        true => page.ink(Ink::Well, "up"),
        false => page.ink(Ink::Wrong, "down"),
    };
    let mut words = vec![
        up,
        format!("scrape {}", number::grouped(scrape.number as usize)),
        number::date(scrape.at / 1000 * 1000),
        format!("{:.1} ms", scrape.took.as_secs_f64() * 1000.0),
    ];
    words.extend(scrape.bytes.map(|bytes| number::bytes(bytes as f64)));
    words.extend(
        scrape
            .source
            .as_ref()
            .map(|source| source.format.protocol().to_string()),
    );
    lines.extend(page.lay_out(&words, 0, 2));
    if let Some(error) = &scrape.error {
        let words: Vec<String> = printable(error).split(' ').map(str::to_owned).collect();
        let told = page.lay_out(&words, 0, 1);
        lines.extend(told.iter().map(|line| page.ink(Ink::Wrong, line)));
    }
    let (new, stale) = (scrape.new.len(), scrape.stale.len());
    let mut words = Vec::new();
    if scrape.up() {
        words.push(format!("{} series", number::grouped(scrape.series)));
    }
    match scrape.since {
        None if scrape.up() => words.push("the next scrape shows what changes".to_owned()),
        _ => {
            words.push(format!("{} new", number::grouped(new)));
            words.push(format!("{} stale", number::grouped(stale)));
            words.push(format!("{:.1} % churn", share(scrape.series, new, stale)));
        }
    }
    if scrape.refused > 0 {
        let refused = number::counted(scrape.refused as usize, "sample", "samples");
        words.push(page.ink(
            Ink::Wrong,
            &format!("{refused} not stored: `check` says why"),
        ));
    }
    if let Some(since) = scrape.since {
        words.push(format!("compared with {:.1} s before", since.as_secs_f64()));
    }
    lines.extend(page.lay_out(&words, 0, 2));
    lines
}

/// Formats a row: two numbers in columns, then whose they are.
fn row(page: Page, numbers: [&str; 2], of: &str) -> String {
    let [first, second] = numbers;
    let first = page.ink(Ink::Value, &pad(first, 12, true));
    format!("{first}  {}  {}", pad(second, 12, true), printable(of))
}

fn section(titles: [&str; 2], of: &str, rows: Vec<String>) -> Section {
    let [first, second] = titles;
    Section {
        head: format!("{first:>12}  {second:>12}  {of}"),
        rows,
    }
}

fn rates(rates: &[Rate], page: Page) -> Section {
    let rows = rates.iter().map(|rate| {
        let mean = rate.mean.map(number::rounded).unwrap_or_default();
        let row = row(
            page,
            [&number::rounded(rate.per_second), &mean],
            &rate.series.to_string(),
        );
        match rate.reset {
            true => format!("{row}  {}", page.ink(Ink::Wrong, "began anew")),
            false => row,
        }
    });
    let of = format!(
        "{} that grew",
        number::counted(rates.len(), "counter", "counters")
    );
    section(["per second", "mean"], &of, rows.collect())
}

fn levels(levels: &[Level], page: Page) -> Section {
    let rows = levels.iter().map(|level| {
        let by = level.after - level.before;
        let sign = if by > 0.0 { "+" } else { "" };
        let by = format!("{sign}{}", number::rounded(by));
        row(
            page,
            [&number::rounded(level.after), &by],
            &level.series.to_string(),
        )
    });
    let of = format!(
        "{} that moved",
        number::counted(levels.len(), "gauge", "gauges")
    );
    section(["now", "change"], &of, rows.collect())
}

fn states(states: &[States], page: Page) -> Section {
    let rows = states.iter().map(|states| {
        let (before, after) = (states.before.join(","), states.after.join(","));
        row(
            page,
            [&printable(&after), &printable(&before)],
            &states.series.to_string(),
        )
    });
    section(["now", "before"], "states", rows.collect())
}

fn churn(churn: &[Churn], page: Page) -> Section {
    let rows = churn.iter().map(|churn| {
        let changed = format!("+{} -{}", churn.new, churn.stale);
        let of = format!("{:.1} %", churn.share());
        row(page, [&changed, &of], &churn.metric)
    });
    section(
        ["series", "churn"],
        "metrics with new or stale series",
        rows.collect(),
    )
}

/// Lists series that are new and stale in turn, so that both are seen.
fn series(new: &[Series], stale: &[Series], page: Page) -> Section {
    let mut rows = Vec::new();
    for at in 0..new.len().max(stale.len()) {
        if let Some(series) = new.get(at) {
            rows.push(row(page, ["new", ""], &series.to_string()));
        }
        if let Some(series) = stale.get(at) {
            rows.push(row(page, ["stale", ""], &series.to_string()));
        }
    }
    section(["", ""], "series that came or went", rows)
}

/// Cuts a line off at that width; its colours end.
fn cut(line: &str, to: usize) -> String {
    if width(line) <= to {
        return line.to_owned();
    }
    let (mut kept, mut columns, mut rest) = (String::new(), 0, line);
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '\x1b' => rest.find('m').map_or(rest.len(), |at| at + 1),
            c => c.len_utf8(),
        };
        let (piece, after) = rest.split_at(end);
        columns += width(piece);
        if columns >= to {
            break;
        }
        kept.push_str(piece);
        rest = after;
    }
    let end = if line.contains('\x1b') { "\x1b[0m" } else { "" };
    format!("{kept}{end}…")
}
