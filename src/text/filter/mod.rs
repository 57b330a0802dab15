//! Selects families while reading: lines of others are skipped before their labels are looked at.

mod sieve;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

pub(crate) use sieve::{Sieve, Sieved};

use crate::bytes::compare;
use crate::dialect::Dialect;
use crate::model::metric_type::MetricType;
use crate::model::suffix::{Suffix, SuffixSet, Suffixes};
use crate::text::line::Line;

/// The selection of families to read; for [`Parser::filter_by`](crate::Parser::filter_by) and the like.
///
/// It is matched against the names that a body uses, those of families and those of samples, so that the
/// answer does not depend on the format: the family that OpenMetrics calls `http_requests` is selected by
/// that name and by its sample's, `http_requests_total`, which is the family's name in the text format.
///
/// | line | is read if this passes |
/// |---|---|
/// | sample | its name, or its name without the suffix that a family's samples may have |
/// | TYPE | the family's name, or that without such a suffix, or the name of a sample that a family of this name and type may have |
/// | HELP, UNIT | the same, for any type |
/// | comment | nothing: it is skipped |
///
/// The suffixes are `_bucket`, `_count`, `_sum`, `_total`, `_created`, `_gcount`, `_gsum` and `_info`. So
/// `http_request_duration_seconds` selects a histogram with all of its samples, and
/// `http_request_duration_seconds_count` one of them, with the family's type and help. A family without
/// samples in the body is returned if its TYPE line is read.
///
/// Lines of other families are skipped: usually only the name is looked at, and an error in them is only
/// reported if the line had to be read to find its end, or is longer than
/// [`Limits::max_line_bytes`](crate::Limits::max_line_bytes). In OpenMetrics 2.0, where the samples of a family
/// all have its name, every line is read: the type of a metric decides what its lines may be.
///
/// ```
/// use exposition::{Families, Filter, MetricType, Parser};
///
/// let body = b"# TYPE requests counter\nrequests_total 2\nrequests_other 4\n# EOF\n";
/// for name in ["requests", "requests_total"] {
///     let parser = Parser::openmetrics(body).filter_by(Filter::names([name]));
///     let families = Families::from(parser).collect::<Result<Vec<_>, _>>()?;
///     assert_eq!(families.len(), 1);
///     assert_eq!(families[0].metric_type, MetricType::Counter);
/// }
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Clone)]
pub struct Filter(Kind);

#[derive(Clone)]
enum Kind {
    Names(Arc<Names>),
    Prefix(Arc<str>),
    Matching(Arc<dyn Fn(&str) -> bool + Send + Sync>),
}

/// A set of names to search.
#[derive(Debug)]
struct Names {
    sorted: Vec<Box<str>>,
    /// For each key, whether one of the names has it: this rules out most names that are not in the set.
    keys: [bool; 256],
    /// The names that end in a suffix, without it, and the suffixes.
    stems: Vec<(Box<str>, SuffixSet)>,
}

impl Names {
    fn new(mut sorted: Vec<Box<str>>) -> Self {
        sorted.sort_unstable();
        let mut keys = [false; 256];
        for name in &sorted {
            if let Some(key) = keys.get_mut(usize::from(compare::key(name))) {
                *key = true;
            }
        }
        let stems = sorted.iter().filter_map(|name| Suffix::split(name));
        let mut stems: Vec<(Box<str>, SuffixSet)> = stems
            .map(|(stem, suffix)| (stem.into(), SuffixSet::of(&[suffix])))
            .collect();
        stems.sort_unstable();
        stems.dedup_by(|(stem, suffixes), (first, all)| {
            let same = stem == first;
            if same {
                *all = all.union(*suffixes);
            }
            same
        });
        Names {
            sorted,
            keys,
            stems,
        }
    }

    fn has(&self, name: &str) -> bool {
        let key = usize::from(compare::key(name));
        self.keys.get(key) == Some(&true)
            && (self.sorted)
                .binary_search_by(|wanted| (**wanted).cmp(name))
                .is_ok()
    }

    /// Returns the suffixes with which the name is in the set.
    fn suffixes(&self, name: &str) -> SuffixSet {
        let found = (self.stems).binary_search_by(|(stem, _)| (**stem).cmp(name));
        let found = found.ok().and_then(|at| self.stems.get(at));
        found.map_or(SuffixSet::NONE, |(_, suffixes)| *suffixes)
    }
}

/// Tells whether a family of type `kind`, or of any type if that is `None`, may have samples with one of
/// `some`.
fn may_have(suffixes: Suffixes, kind: Option<MetricType>, some: SuffixSet) -> bool {
    let has = match kind {
        Some(kind) => suffixes.of(kind),
        None => suffixes.of_any(),
    };
    has.intersects(some)
}

/// What a line says about the metric that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    Sample,
    /// HELP, UNIT, or a TYPE line with its type.
    Metadata(Option<MetricType>),
}

impl Says {
    /// Returns what a line says that is about a metric but is not a sample.
    fn of<'l>(line: &Line<'l>) -> Option<(Cow<'l, str>, Self)> {
        let says = match line {
            Line::Sample(_) => Says::Sample,
            Line::Type(line) => Says::Metadata(Some(line.metric_type())),
            Line::Help(_) | Line::Unit(_) => Says::Metadata(None),
            Line::Comment(_) | Line::Eof => return None,
        };
        Some((line.name()?, says))
    }
}

impl Filter {
    /// Selects the families and samples of these names.
    pub fn names<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        let names = names.into_iter().map(|name| name.into().into_boxed_str());
        Filter(Kind::Names(Names::new(names.collect()).into()))
    }

    /// Selects the families and samples whose names start with `prefix`.
    pub fn prefix(prefix: impl Into<String>) -> Self {
        Filter(Kind::Prefix(prefix.into().into()))
    }

    /// Selects the families and samples whose names `wanted` is true for. It is called with a name as
    /// written, with the name without its suffix and, for metadata, with the name and each suffix: once
    /// for a run of lines with one name.
    pub fn matching(wanted: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Filter(Kind::Matching(Arc::new(wanted)))
    }

    /// Tells whether samples named `name` are read: the name passes, or the name without its suffix.
    pub fn wants(&self, name: &str) -> bool {
        self.passes(name) || Suffix::split(name).is_some_and(|(family, _)| self.passes(family))
    }

    /// Tells whether `line`, of a body in `dialect`, is read. Every reader with this filter returns
    /// exactly the lines of the body for which this is true.
    ///
    /// ```
    /// use exposition::{Dialect, Filter, Parser};
    ///
    /// let body = b"# HELP up Whether it is up.\nup 1\ndown 0\n";
    /// let filter = Filter::names(["up"]);
    /// let chosen = Parser::text(body)
    ///     .filter_map(Result::ok)
    ///     .filter(|line| filter.wants_line(line, Dialect::Text));
    /// assert!(chosen.eq(Parser::text(body).filter_by(filter.clone()).filter_map(Result::ok)));
    /// ```
    pub fn wants_line(&self, line: &Line<'_>, dialect: Dialect) -> bool {
        match Says::of(line) {
            Some((name, Says::Sample)) => self.wants(&name),
            Some((name, Says::Metadata(kind))) => {
                let suffixes = dialect.syntax().suffixes;
                self.wants(&name) || may_have(suffixes, kind, self.suffixes(&name))
            }
            None => *line == Line::Eof,
        }
    }

    /// Tells whether to return a family of which no sample was read.
    pub(crate) fn wants_empty(&self, name: &str, kind: MetricType, dialect: Dialect) -> bool {
        let suffixes = dialect.syntax().suffixes;
        self.wants(name) || may_have(suffixes, Some(kind), self.suffixes(name))
    }

    /// Returns the suffixes with which a name passes that does not pass without one.
    fn suffixes(&self, name: &str) -> SuffixSet {
        match &self.0 {
            Kind::Names(names) => names.suffixes(name),
            Kind::Prefix(prefix) => match prefix.strip_prefix(name) {
                Some(rest) => SuffixSet::which(|suffix| suffix.as_str().starts_with(rest)),
                None => SuffixSet::NONE,
            },
            Kind::Matching(wanted) => {
                SuffixSet::which(|suffix| wanted(&[name, suffix.as_str()].concat()))
            }
        }
    }

    fn passes(&self, name: &str) -> bool {
        match &self.0 {
            Kind::Names(names) => names.has(name),
            Kind::Prefix(prefix) => name.starts_with(&**prefix),
            Kind::Matching(wanted) => wanted(name),
        }
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Names(names) => f.debug_tuple("Names").field(&names.sorted).finish(),
            Kind::Prefix(prefix) => f.debug_tuple("Prefix").field(prefix).finish(),
            Kind::Matching(_) => f.write_str("Matching"),
        }
    }
}
