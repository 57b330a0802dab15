//! All families of a body, with repeated ones merged.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::assembly::{Assembly, Part};
use super::gather::Gather;
use super::keep::Keep;
use super::{Kept, is_wanted};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::families::family::{FamilySample, MetricFamily};
use crate::format::syntax::Syntax;
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;
use crate::number::decode;
use crate::text::filter::Filter;
use crate::text::leniency::Leniency;
use crate::text::line::Line;
use crate::text::place::LineEnd;

/// All families of a body, each once and in the order of their first lines, and all errors.
///
/// A family of samples that [fit no metric](crate::Families#samples-that-fit-no-metric) comes after the
/// family they are named after, and may have the same name as another one.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct CollectedFamilies<'a> {
    /// The families.
    pub families: Vec<MetricFamily<'a>>,
    /// What was wrong, in the order found. The samples of lines in error are in no family if the error
    /// [fails the scrape](Error::fails_scrape).
    pub errors: Vec<Error>,
    /// What [`Dialect::Lenient`] took and Prometheus does not, in the order of the body. Empty in the
    /// other dialects.
    pub leniencies: Vec<Leniency>,
    dialect: Dialect,
}

impl<'a> CollectedFamilies<'a> {
    /// Returns the family of that name, or of samples of that name: the name that a metric has in one
    /// format finds the same metric in another. Returns the first of these:
    ///
    /// 1. the family named `name`,
    /// 2. the family with samples named `name`: `http_requests_total` finds the counter `http_requests`
    ///    of OpenMetrics, `rpc_seconds_count` the histogram or summary `rpc_seconds`,
    /// 3. the family named `name` with `_total` added, then with `_info`: `http_requests` finds the
    ///    family that the text format names `http_requests_total`.
    ///
    /// If several have the same name, returns the first. Looks at the name of every family.
    ///
    /// ```
    /// use exposition::{Dialect, Families};
    ///
    /// let text = b"# TYPE http_requests_total counter\nhttp_requests_total 1\n";
    /// let openmetrics = b"# TYPE http_requests counter\nhttp_requests_total 1\n# EOF\n";
    /// let text = Families::new(text, Dialect::Text).read_all();
    /// let openmetrics = Families::new(openmetrics, Dialect::OpenMetrics).read_all();
    /// for name in ["http_requests", "http_requests_total"] {
    ///     assert_eq!(text.get(name).unwrap().name, "http_requests_total");
    ///     assert_eq!(openmetrics.get(name).unwrap().name, "http_requests");
    /// }
    /// ```
    pub fn get(&self, name: &str) -> Option<&MetricFamily<'a>> {
        let suffixes = self.dialect.syntax().suffixes;
        let split = Suffix::split(name);
        // How well a family's name answers: the lowest is the best.
        let answers = |family: &MetricFamily<'_>| {
            let own = family.name.as_ref();
            if own == name {
                return Some(0);
            }
            let has_such_samples = split.is_some_and(|(stem, suffix)| {
                own == stem && suffixes.of(family.metric_type).has(suffix)
            });
            match own.strip_prefix(name).and_then(Suffix::parse) {
                _ if has_such_samples => Some(1),
                Some(Suffix::Total) => Some(2),
                Some(Suffix::Info) => Some(3),
                _ => None,
            }
        };
        let found = self.families.iter();
        let found = found.filter_map(|family| Some((answers(family)?, family)));
        let best = found.min_by_key(|(answer, _)| *answer);
        best.map(|(_, family)| family)
    }

    /// Returns the value of the sample of that name with exactly these labels, in any order.
    ///
    /// If no sample has that name, looks in the family that [`get`](Self::get) returns, so that one name
    /// finds the same sample in every format: `http_requests_total` and `http_requests`. Compares the
    /// numbers of `le` and `quantile` as numbers. `None` if there is no such sample; if there are several
    /// at different times, returns the first one's value.
    ///
    /// ```
    /// use exposition::{Dialect, Families};
    ///
    /// let text = "# TYPE http_requests_total counter\nhttp_requests_total{code=\"200\"} 7\n";
    /// let openmetrics = "# TYPE http_requests counter\nhttp_requests_total{code=\"200\"} 7\n# EOF\n";
    /// for body in [
    ///     Families::new(text, Dialect::Text).read_all(),
    ///     Families::new(openmetrics, Dialect::OpenMetrics).read_all(),
    /// ] {
    ///     assert_eq!(body.value("http_requests_total", [("code", "200")]), Some(7.0));
    ///     assert_eq!(body.value("http_requests_total", [("code", "404")]), None);
    ///     assert_eq!(body.value("http_requests_total", []), None);
    /// }
    /// ```
    pub fn value<'l>(
        &self,
        name: &str,
        labels: impl IntoIterator<Item = (&'l str, &'l str)>,
    ) -> Option<f64> {
        let mut wanted: Vec<_> = labels.into_iter().collect();
        wanted.sort_unstable();
        // Several families may have samples of one name, as the gauge and the counter `x` of OpenMetrics do.
        let named = || {
            let families = self.families.iter().filter_map(|family| {
                let suffix = name.strip_prefix(&*family.name)?;
                let may_be = suffix.is_empty() || Suffix::parse(suffix).is_some();
                may_be.then_some((family, suffix))
            });
            families.flat_map(|(family, suffix)| {
                let samples = family.samples();
                samples.filter(move |sample| sample.suffix() == suffix)
            })
        };
        let has_labels = |sample: &FamilySample<'_>| has_labels(sample, &wanted);
        if named().next().is_some() {
            return named().find(has_labels).map(|sample| sample.value());
        }
        // No sample has that name: it asks for the one that the family is about.
        let mut main = self.get(name)?.samples().filter(|sample| {
            let suffix = Suffix::parse(sample.suffix());
            matches!(suffix, None | Some(Suffix::Total | Suffix::Info))
        });
        main.find(has_labels).map(|sample| sample.value())
    }

    /// Returns the families if nothing was wrong.
    ///
    /// # Errors
    ///
    /// Returns the first error, if there is one, whether it [fails the scrape](Error::fails_scrape) or
    /// not.
    pub fn into_result(self) -> Result<Vec<MetricFamily<'a>>> {
        match self.errors.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(self.families),
        }
    }

    /// Returns the families without a borrow.
    pub fn into_owned(self) -> CollectedFamilies<'static> {
        CollectedFamilies {
            families: (self.families.into_iter())
                .map(MetricFamily::into_owned)
                .collect(),
            errors: self.errors,
            leniencies: self.leniencies,
            dialect: self.dialect,
        }
    }
}

/// Collects families that are complete. Those of the same name and type are merged.
pub(super) fn merged<'a>(
    families: impl Iterator<Item = Result<MetricFamily<'a>>>,
) -> CollectedFamilies<'a> {
    let mut collected = CollectedFamilies::default();
    let mut known: HashMap<(Cow<'a, str>, MetricType), usize> = HashMap::new();
    for family in families {
        let family = match family {
            Ok(family) => family,
            Err(error) => {
                collected.errors.push(error);
                continue;
            }
        };
        let key = (family.name.clone(), family.metric_type);
        match known.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(collected.families.len());
                collected.families.push(family);
            }
            Entry::Occupied(entry) => {
                if let Some(first) = collected.families.get_mut(*entry.get()) {
                    first.help = first.help.take().or(family.help);
                    first.unit = first.unit.take().or(family.unit);
                    first.metrics.extend(family.metrics);
                }
            }
        }
    }
    collected
}

/// Tells whether these, which are sorted, are all labels of the sample.
fn has_labels(sample: &FamilySample<'_>, wanted: &[(&str, &str)]) -> bool {
    let mut own: Vec<_> = sample.labels().collect();
    own.sort_unstable();
    let bound = sample.bound();
    own.len() == wanted.len()
        && own.iter().zip(wanted).all(|((name, value), wanted)| {
            let is_bound = || {
                let (label, number) = bound?;
                Some(label == name && decode::number(wanted.1).ok()? == number)
            };
            name == wanted.0 && (value == wanted.1 || is_bound() == Some(true))
        })
}

impl<'a> IntoIterator for CollectedFamilies<'a> {
    type Item = MetricFamily<'a>;
    type IntoIter = std::vec::IntoIter<MetricFamily<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.families.into_iter()
    }
}

impl<'c, 'a> IntoIterator for &'c CollectedFamilies<'a> {
    type Item = &'c MetricFamily<'a>;
    type IntoIter = std::slice::Iter<'c, MetricFamily<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.families.iter()
    }
}

#[derive(Debug)]
pub(super) struct Collector<'a> {
    syntax: &'static Syntax,
    families: Vec<Assembly<'a>>,
    by_name: HashMap<Cow<'a, str>, usize>,
    /// The names that are some family's name without a suffix.
    stems: HashSet<String>,
    /// The family of the last line.
    current: usize,
    errors: Vec<Error>,
    keep: Kept,
}

impl<'a> Collector<'a> {
    pub(super) fn new(syntax: &'static Syntax, keep: Kept) -> Self {
        Collector {
            syntax,
            families: Vec::new(),
            by_name: HashMap::new(),
            stems: HashSet::new(),
            current: 0,
            errors: Vec::new(),
            keep,
        }
    }

    pub(super) fn error(&mut self, error: Error) {
        self.errors.push(error);
    }

    /// Adds what a line says, and records what is wrong with it.
    pub(super) fn add<'l, K: Keep<'l, 'a>>(&mut self, line: Line<'l>, end: LineEnd) {
        if let Err(error) = self.push::<K>(line, end) {
            self.errors.push(error);
        }
    }

    /// Returns the families that the filter wants.
    pub(super) fn finish(
        self,
        filter: Option<&Filter>,
        dialect: Dialect,
        leniencies: Vec<Leniency>,
    ) -> CollectedFamilies<'a> {
        let mut collected = CollectedFamilies {
            families: Vec::with_capacity(self.families.len()),
            errors: self.errors,
            leniencies,
            dialect,
        };
        for mut family in self.families {
            let finished = family.finish(self.keep.misfits);
            let rest = finished.rest.map(|rest| *rest).unwrap_or_default();
            collected.errors.extend(rest.errors);
            let families = std::iter::once(finished.family).chain(rest.misfits);
            (collected.families)
                .extend(families.filter(|family| is_wanted(family, filter, dialect, self.keep)));
        }
        collected
    }
}

impl<'a> Gather<'a> for Collector<'a> {
    /// The family's number.
    type At = usize;

    fn current(&mut self) -> Option<&mut Assembly<'a>> {
        let current = self.families.get_mut(self.current);
        current.filter(|current| !current.shadowed)
    }

    #[inline]
    fn find(&self, name: &str) -> Option<(usize, Part)> {
        let current = self.families.get(self.current)?;
        if let Some(part) = current.part(name)
            && (!current.shadowed || part == Part::Plain)
        {
            return Some((self.current, part));
        }
        if let Some(at) = self.by_name.get(name) {
            return Some((*at, Part::Plain));
        }
        let (stem, suffix) = Suffix::split(name)?;
        let at = self.by_name.get(stem).copied()?;
        Some((at, self.families.get(at)?.part_with(suffix)?))
    }

    fn named(&self, name: &str) -> Option<usize> {
        let current = self.families.get(self.current)?;
        match current.name() == name {
            true => Some(self.current),
            false => self.by_name.get(name).copied(),
        }
    }

    fn begin(&mut self, name: Cow<'a, str>) -> usize {
        let at = self.families.len();
        let mut family = Assembly::new(name.clone(), self.syntax);
        family.shadowed = self.stems.contains(name.as_ref());
        if let Some((stem, _)) = Suffix::split(&name) {
            if let Some(other) = (self.by_name.get(stem)).and_then(|at| self.families.get_mut(*at))
            {
                other.shadowed = true;
            }
            self.stems.insert(stem.to_owned());
        }
        self.families.push(family);
        self.by_name.insert(name, at);
        at
    }

    fn enter(&mut self, at: usize) -> Option<&mut Assembly<'a>> {
        self.current = at;
        self.families.get_mut(at)
    }

    fn keeps_misfits(&self) -> bool {
        self.keep.misfits
    }
}
