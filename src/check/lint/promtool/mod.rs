//! The view of `promtool check metrics`, exactly: the same problems in the same order, the same refusals, the same
//! counts.
//!
//! promtool reads every body as text of version 0.0.4, with rules that are stricter than Prometheus' own in some places
//! and looser in others; its reader is also that of telegraf and of whatever else uses Go's `expfmt`. The
//! [lint](super) says more and is not held up by a refusal.
//!
//! ```
//! use exposition::lint::promtool;
//!
//! let body = "# TYPE requests counter\nrequests 1\nrequests 2\n";
//! let problems = promtool::check(body)?;
//! let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
//! assert_eq!(
//!     lines,
//!     [
//!         r#"requests counter metrics should have "_total" suffix"#,
//!         "requests metric not unique",
//!         "requests no help text",
//!     ],
//! );
//! let refused = promtool::check("up 1 ").unwrap_err();
//! assert_eq!(refused.to_string(), "text format parsing error in line 1: unexpected end of input stream");
//! # Ok::<(), promtool::Refusal>(())
//! ```

pub(super) mod families;
pub(super) mod line;
pub(super) mod refusal;
#[cfg(test)]
mod tests;

use std::fmt;

pub use refusal::Refusal;

use families::Families;
use line::ReadSample;
use refusal::Fault;

use super::naming::{self, Naming};
use super::rule::LintRule;
use crate::bytes::key_set::{self, KeySet};
use crate::bytes::scan;
use crate::model::metric_type::MetricType;
use crate::model::name::ValidationScheme;

/// A problem, as promtool prints it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Problem {
    metric: String,
    text: String,
}

impl Problem {
    /// Returns the name of the family.
    pub fn metric(&self) -> &str {
        &self.metric
    }

    /// Returns what is wrong.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.metric, self.text)
    }
}

/// Returns the problems that `promtool check metrics` prints for a body, in its order.
///
/// Takes linear time, and memory for every family and series of the body.
///
/// # Errors
///
/// [`Refusal`] where promtool refuses the body and prints nothing else. It takes names of `[a-zA-Z_:][a-zA-Z0-9_:]*`
/// only.
pub fn check<B: AsRef<[u8]> + ?Sized>(body: &B) -> Result<Vec<Problem>, Refusal> {
    let read = Body::read(body.as_ref(), ValidationScheme::Legacy)?;
    let mut problems = Vec::new();
    for (known, series) in read.families() {
        let mut add = |text: String, times: usize| {
            problems.extend(std::iter::repeat_n(text, times).map(|text| Problem {
                metric: known.name.clone(),
                text,
            }));
        };
        if !known.has_help {
            add(LintRule::NoHelp.text().to_owned(), 1);
        }
        let metric_type = known.metric_type.unwrap_or_default();
        let naming = Naming {
            name: &known.name,
            metric_type,
            type_words: naming::type_words(metric_type).get(..1).unwrap_or_default(),
        };
        naming.check(|_, text| add(text, 1));
        let counted = [
            (LintRule::BoundLabel, series.with_le),
            (LintRule::QuantileLabel, series.with_quantile),
            (LintRule::CamelCaseLabel, series.camel_case),
            (LintRule::NotUnique, series.repeated),
        ];
        for (rule, times) in counted {
            add(rule.text().to_owned(), times);
        }
    }
    problems.sort();
    Ok(problems)
}

/// The cardinalities that `promtool check metrics --extended` prints.
///
/// They are promtool's, with its miscounting: the first label set of a histogram or summary stands for all, and a sum
/// and a count are counted whether they exist or not. [`stats`](crate::stats) counts what there is. Displays as the
/// table that promtool prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cardinalities {
    families: Vec<(String, u64)>,
}

impl Cardinalities {
    /// Returns the name of each family and its cardinality: the largest first, equal ones by name, which promtool prints
    /// in random order.
    pub fn families(&self) -> impl ExactSizeIterator<Item = (&str, u64)> {
        (self.families.iter()).map(|(name, cardinality)| (name.as_str(), *cardinality))
    }

    /// Returns the sum.
    pub fn total(&self) -> u64 {
        self.families().map(|(_, cardinality)| cardinality).sum()
    }
}

/// Returns the cardinalities that `promtool check metrics --extended` prints for a body.
///
/// # Errors
///
/// [`Refusal`] where promtool refuses the body. Here, unlike in [`check`], it takes UTF-8 names.
pub fn extended<B: AsRef<[u8]> + ?Sized>(body: &B) -> Result<Cardinalities, Refusal> {
    let read = Body::read(body.as_ref(), ValidationScheme::Utf8)?;
    let mut families: Vec<(String, u64)> = read
        .families()
        .map(|(known, series)| {
            let metric_type = known.metric_type.unwrap_or_default();
            let each = match metric_type {
                MetricType::Histogram | MetricType::Summary => 2 + series.bounds_of_first,
                MetricType::Counter
                | MetricType::Gauge
                | MetricType::Unknown
                | MetricType::GaugeHistogram
                | MetricType::Info
                | MetricType::StateSet => 1,
            };
            (known.name.clone(), series.count * each)
        })
        .collect();
    families.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(Cardinalities { families })
}

impl fmt::Display for Cardinalities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total();
        let share = |cardinality: u64| format!("{:.2}%", cardinality as f64 / total as f64 * 100.0);
        let row = |name: &str, cardinality: u64, share: String| {
            [name.to_owned(), cardinality.to_string(), share]
        };
        let mut rows = vec![["Metric", "Cardinality", "Percentage"].map(str::to_owned)];
        rows.extend(
            self.families()
                .map(|(name, count)| row(name, count, share(count))),
        );
        rows.push(row("Total", total, "100%".to_owned()));
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0) + 4
        };
        let widths = [width(0), width(1), width(2)];
        for row in &rows {
            for (cell, width) in row.iter().zip(widths) {
                write!(f, "{cell:width$}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// What promlint looks at in a family's series.
#[derive(Debug, Default)]
struct Series {
    /// A histogram's or summary's are its label sets.
    count: u64,
    with_le: usize,
    with_quantile: usize,
    /// Labels, of all series.
    camel_case: usize,
    /// Those that have an equal one after them.
    repeated: usize,
    /// The first label set of a histogram or summary.
    first: Option<usize>,
    /// How many buckets or quantiles that has.
    bounds_of_first: u64,
}

/// A body as promtool reads it.
struct Body {
    families: Families,
    /// By the numbers of the families.
    series: Vec<Series>,
}

impl Body {
    fn read(body: &[u8], names: ValidationScheme) -> Result<Self, Refusal> {
        let mut read = Body {
            families: Families::new(names),
            series: Vec::new(),
        };
        let mut label_sets = LabelSets::default();
        let (mut rest, mut number) = (body, 1);
        while let Some(end) = scan::line_feed(rest) {
            let (line, after) = rest.split_at_checked(end).unwrap_or_default();
            let read_line = line::read(line);
            let taken = read_line.and_then(|line| read.take(&line, &mut label_sets));
            taken.map_err(|fault| Refusal {
                line: number,
                fault,
            })?;
            rest = after.get(1..).unwrap_or_default();
            number += 1;
        }
        line::read_last(rest).map_err(|fault| Refusal {
            line: number,
            fault,
        })?;
        Ok(read)
    }

    fn take(&mut self, line: &line::ReadLine<'_>, label_sets: &mut LabelSets) -> Result<(), Fault> {
        let placed = self.families.take(line)?;
        let (Some(placed), line::ReadLine::Sample(sample)) = (placed, line) else {
            return Ok(());
        };
        if self.series.len() <= placed.family {
            self.series.resize_with(placed.family + 1, Series::default);
        }
        let Some(series) = self.series.get_mut(placed.family) else {
            return Ok(());
        };
        let bound = placed.metric_type.bound_label();
        let (label_set, is_new) = label_sets.number(placed.family, sample, bound);
        if bound.is_some() {
            if *series.first.get_or_insert(label_set) == label_set && placed.has_bound {
                series.bounds_of_first += 1;
            }
            if !is_new {
                return Ok(());
            }
        } else if !is_new {
            series.repeated += 1;
        }
        series.count += 1;
        let is_of = |metric_type| placed.metric_type == metric_type;
        let mut has = [false; 2];
        for (name, _) in &sample.labels {
            let name = std::str::from_utf8(name).unwrap_or_default();
            if bound == Some(name) {
                continue;
            }
            for (has, label) in has.iter_mut().zip(["le", "quantile"]) {
                *has |= name == label;
            }
            series.camel_case += usize::from(naming::is_camel_case(name));
        }
        let [has_le, has_quantile] = has;
        let is_typed = !is_of(MetricType::Unknown);
        series.with_le += usize::from(has_le && is_typed && !is_of(MetricType::Histogram));
        series.with_quantile +=
            usize::from(has_quantile && is_typed && !is_of(MetricType::Summary));
        Ok(())
    }

    /// Returns the families that have samples.
    fn families(&self) -> impl Iterator<Item = (&families::Known, &Series)> {
        let families = self.families.iter().zip(&self.series);
        families.filter(|(_, series)| series.count > 0)
    }
}

/// The label sets of all families.
#[derive(Default)]
struct LabelSets {
    known: KeySet<()>,
    key: Vec<u8>,
}

impl LabelSets {
    /// Returns the number of a sample's label set in its family, and whether it is new. In a histogram or summary, the
    /// bound is not a part of it, nor is the order of labels.
    fn number(
        &mut self,
        family: usize,
        sample: &ReadSample<'_>,
        bound: Option<&str>,
    ) -> (usize, bool) {
        self.key.clear();
        self.key.extend_from_slice(&family.to_le_bytes());
        let is_bound = |name: &[u8]| bound.is_some_and(|bound| bound.as_bytes() == name);
        let mut labels: line::LabelRefs<'_> = (sample.labels.iter())
            .map(|(name, value)| (&**name, &**value))
            .filter(|(name, _)| !is_bound(name))
            .collect();
        if bound.is_some() {
            labels.sort_unstable();
        }
        for text in labels.iter().flat_map(|(name, value)| [name, value]) {
            self.key.extend_from_slice(text);
            self.key.push(key_set::END);
        }
        self.known.put(&self.key, ())
    }
}
