//! Histograms as bars.

use exposition::{Histogram, NativeHistogram};

use crate::page::{self, Ink, Page, number, pad, width};

/// The length of the longest bar.
const LONGEST: usize = 40;
/// From this length on, a run of empty buckets is drawn as one line.
const RUN: usize = 4;
/// The most bars of a native histogram, whose buckets are joined until there are no more.
const MOST: usize = 32;
/// The quantiles that are told of a native histogram.
const QUANTILES: [(&str, f64); 3] = [("q0.5", 0.5), ("q0.9", 0.9), ("q0.99", 0.99)];

/// A single bucket: its bounds, and how many observations are between them.
struct Bar {
    bounds: String,
    count: f64,
}

/// Returns the bars of the native form, if the histogram has one: it tells more.
fn bars(histogram: &Histogram<'_>) -> Vec<Bar> {
    match &histogram.native {
        Some(native) => native_bars(native),
        None => classic_bars(histogram),
    }
}

/// Returns the buckets of a native histogram, and one empty bar for each range that has none.
fn native_bars(native: &NativeHistogram) -> Vec<Bar> {
    let mut native = native.clone();
    // One that cannot be reduced is drawn with all its buckets.
    _ = native.limit_buckets(MOST);
    let mut below = None;
    let mut bars = Vec::new();
    for bucket in native.buckets() {
        if let Some(below) = below.filter(|below| *below < bucket.lower) {
            bars.push(Bar {
                bounds: between(below, bucket.lower, computed),
                count: 0.0,
            });
        }
        bars.push(Bar {
            bounds: between(bucket.lower, bucket.upper, computed),
            count: bucket.count,
        });
        below = Some(bucket.upper);
    }
    bars
}

/// Formats a bound that was computed, with five digits: at the highest resolution two bounds differ in the
/// third or fourth.
fn computed(bound: f64) -> String {
    number::exact(format!("{bound:.4e}").parse().unwrap_or(bound))
}

fn between(lower: f64, upper: f64, number: fn(f64) -> String) -> String {
    match (lower, upper) {
        (f64::NEG_INFINITY, upper) => format!("≤ {}", number(upper)),
        (lower, f64::INFINITY) => format!("> {}", number(lower)),
        (lower, upper) => format!("{} – {}", number(lower), number(upper)),
    }
}

fn classic_bars(histogram: &Histogram<'_>) -> Vec<Bar> {
    let mut below: Option<(f64, f64)> = None;
    let mut bars = Vec::new();
    for bucket in &histogram.buckets {
        let lower = below.map_or(f64::NEG_INFINITY, |(lower, _)| lower);
        let bounds = between(lower, bucket.upper_bound, number::exact);
        let count = bucket.cumulative_count - below.map_or(0.0, |(_, count)| count);
        bars.push(Bar { bounds, count });
        below = Some((bucket.upper_bound, bucket.cumulative_count));
    }
    bars
}

/// Returns count, sum and mean, and of a native histogram some quantiles.
pub(crate) fn words(histogram: &Histogram<'_>) -> Vec<(&'static str, String)> {
    let mut words = Vec::new();
    if let Some(count) = total(histogram) {
        words.push(("count", number::exact(count)));
    }
    if let Some(sum) = sum(histogram) {
        words.push(("sum", number::exact(sum)));
    }
    if let Some(mean) = mean(histogram) {
        words.push(("mean", number::rounded(mean)));
    }
    if let Some(native) = histogram
        .native
        .as_deref()
        .filter(|native| native.count() > 0.0)
    {
        let quantiles = QUANTILES.map(|(title, q)| (title, number::rounded(native.quantile(q))));
        words.extend(quantiles);
    }
    words
}

/// Returns the mean of the observations, if there are any.
pub(crate) fn mean(histogram: &Histogram<'_>) -> Option<f64> {
    let (sum, count) = (sum(histogram)?, total(histogram)?);
    (count > 0.0).then_some(sum / count)
}

fn sum(histogram: &Histogram<'_>) -> Option<f64> {
    let native = histogram.native.as_deref();
    histogram.sum.or_else(|| Some(native?.sum))
}

fn total(histogram: &Histogram<'_>) -> Option<f64> {
    let native = histogram.native.as_deref();
    histogram.total().or_else(|| Some(native?.count()))
}

/// Returns one line per bucket, from the first that is not empty to the last.
pub(crate) fn drawn(page: &Page, histogram: &Histogram<'_>, indent: usize) -> Vec<String> {
    let bars = bars(histogram);
    let is_empty = |bar: &Bar| bar.count == 0.0;
    let margin = " ".repeat(indent);
    let Some(first) = bars.iter().position(|bar| !is_empty(bar)) else {
        let none = match bars.len() {
            0 => "no buckets".to_owned(),
            buckets => format!("{buckets} buckets, all empty"),
        };
        return vec![format!("{margin}{}", page.ink(Ink::Faint, &none))];
    };
    let last = bars.iter().rposition(|bar| !is_empty(bar)).unwrap_or(first);
    let shown = bars.get(first..=last).unwrap_or_default();
    let most = shown.iter().map(|bar| bar.count).fold(0.0, f64::max);
    let counts: Vec<String> = shown.iter().map(|bar| number::exact(bar.count)).collect();
    let widest = |texts: &mut dyn Iterator<Item = &str>| texts.map(width).max().unwrap_or(0);
    let bounds_width = widest(&mut shown.iter().map(|bar| bar.bounds.as_str()));
    let counts_width = widest(&mut counts.iter().map(String::as_str));
    let taken = indent + bounds_width + counts_width + 5;
    let longest = page.width.saturating_sub(taken).clamp(1, LONGEST);

    let mut lines = Vec::new();
    let mut rest = shown.iter().zip(&counts).peekable();
    while let Some((bar, count)) = rest.next() {
        let mut run = vec![(bar, count)];
        while is_empty(bar) && rest.peek().is_some_and(|(next, _)| is_empty(next)) {
            run.extend(rest.next());
        }
        if run.len() >= RUN {
            let gap = pad("⋮", bounds_width, true);
            let words = format!("{} empty buckets", run.len());
            lines.push(page.ink(Ink::Faint, &format!("{margin}{gap}   {words}")));
            continue;
        }
        for (bar, count) in run {
            let bounds = page.ink(Ink::Faint, &pad(&bar.bounds, bounds_width, true));
            let ink = if bar.count < 0.0 {
                Ink::Wrong
            } else {
                Ink::Value
            };
            let count = page.ink(ink, &pad(count, counts_width, true));
            let length = page.ink(Ink::Bar, &page::bar(bar.count / most, longest));
            let line = format!("{margin}{bounds}   {count}  {length}");
            lines.push(line.trim_end().to_owned());
        }
    }
    lines
}

/// Returns the range of a sketch's buckets, unless they are those of this histogram alone.
pub(crate) fn bounds(histogram: &Histogram<'_>) -> Option<String> {
    if histogram.native.is_some() {
        return None;
    }
    let bars = bars(histogram);
    let (first, last) = (bars.first()?, bars.last()?);
    let number = bars.len();
    Some(format!(
        "{number}, the first {}, the last {}",
        first.bounds, last.bounds
    ))
}

/// Returns one character per bucket, as high as its share of the fullest one; a dot for an empty bucket.
pub(crate) fn sketch(histogram: &Histogram<'_>) -> String {
    let bars = bars(histogram);
    let most = bars.iter().map(|bar| bar.count).fold(0.0, f64::max);
    let height = |bar: &Bar| match (bar.count / most * 8.0).ceil() {
        _ if bar.count < 0.0 => '!',
        h if h.is_nan() || h <= 0.0 => '·',
        h => match h as usize {
            1 => '▁',
            2 => '▂',
            3 => '▃',
            4 => '▄',
            5 => '▅',
            6 => '▆',
            7 => '▇',
            _ => '█',
        },
    };
    bars.iter().map(height).collect()
}
