//! Finds which metric a sample is of, as a reader of the outcome sees it: its keys.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::group::Group;
use super::inside::Inside;
use super::stamp::Pairs;
use crate::bytes::key_set::{END, push_label, push_text};
use crate::encode::sample::Pair;
use crate::encode::target::Target;
use crate::encode::text::{NameParts, SeriesWriter};
use crate::encode::{EncodeError, NameErrorKind};
use crate::model::exported::former_names;
use crate::model::metric_type::MetricType;
use crate::model::suffix::SuffixSet;
use crate::text::sample::{Sample, respelled};

/// The families whose samples can be of one metric, and what tells the samples of a metric from each other.
#[derive(Debug, Default)]
pub(super) struct Cluster {
    /// The numbers of the families.
    pub(super) groups: Vec<usize>,
    pub(super) inside: Inside,
    /// The labels that hold states, which have the names of their families.
    states: Vec<String>,
    /// Whether a metric can have more than one sample at a time.
    pub(super) several: bool,
    /// Whether bodies say different things about what these families are.
    pub(super) contested: bool,
}

impl Cluster {
    /// Adds a family.
    pub(super) fn add(&mut self, at: usize, group: &Group, target: &Target) {
        self.groups.push(at);
        self.inside.extend(group.inside);
        if group.inside.state {
            self.states.push(group.name.clone());
        }
        self.contested |= group.contested;
        self.several |= self.groups.len() > 1
            || group.inside.tells_any_apart()
            || group.kind.is_some_and(|declared| {
                target.syntax.suffixes.of(declared.kind) != SuffixSet::NONE
            });
    }

    /// Tells whether a label of that name tells the samples of one metric apart.
    pub(super) fn tells_apart(&self, label: &str) -> bool {
        (self.inside.le && label == "le")
            || (self.inside.quantile && label == "quantile")
            || self.states.iter().any(|state| state == label)
    }

    /// Tells whether a label of that name cannot be added to the samples of a metric without changing what
    /// tells them apart: it has the name of such a label, or what makes room for it may get that name.
    pub(super) fn is_disturbed_by(&self, label: &str) -> bool {
        let disturbs = |own: &str| former_names(own).any(|former| former == label);
        (self.inside.le && disturbs("le"))
            || (self.inside.quantile && disturbs("quantile"))
            || self.states.iter().any(|state| disturbs(state))
    }
}

/// A sample that is about to be written: its name and its family in the outcome.
#[derive(Clone, Copy)]
pub(super) struct Subject<'s, 'b> {
    pub(super) sample: &'s Sample<'b>,
    /// Its name in the body.
    pub(super) own_name: &'s str,
    /// Its name in its written form.
    pub(super) name: NameParts<'s>,
    pub(super) group: &'s Group,
    /// The type under which a reader of the outcome reads it.
    pub(super) scope: MetricType,
}

impl<'s> Subject<'s, '_> {
    /// Returns what its name has after the name of its family in the outcome.
    pub(super) fn suffix(&self) -> &'s str {
        match self.name.base.strip_prefix(self.group.name.as_str()) {
            Some("") => self.name.suffix,
            Some(rest) if self.name.suffix.is_empty() => rest,
            _ => "",
        }
    }

    /// Returns the name of its family in the body, for all families of a cluster.
    fn own_family(&self) -> &'s str {
        let stem = self.own_name.strip_suffix(self.suffix());
        stem.and_then(|stem| stem.strip_suffix(self.group.suffix_text()))
            .unwrap_or(self.own_name)
    }

    /// Returns the metric for people: the family's name in the outcome and the labels, without those that
    /// tell its samples apart.
    pub(super) fn shown(&self, cluster: &Cluster, labels: &[Pair<'_>]) -> String {
        let mut shown = String::new();
        let family = match cluster.several {
            true => {
                let group = self.group.name.as_str();
                NameParts::whole(
                    group
                        .strip_suffix(self.group.suffix_text())
                        .unwrap_or(group),
                )
            }
            false => self.name,
        };
        let mut series = SeriesWriter::new(&mut shown, family);
        for (name, value) in labels {
            if !cluster.tells_apart(name) {
                series.label(name, value);
            }
        }
        series.finish();
        shown
    }
}

/// Why a sample cannot be stored or cannot be written.
#[derive(Debug)]
pub(super) enum Unfit {
    Fault(NameErrorKind),
    Encode(EncodeError),
}

impl From<NameErrorKind> for Unfit {
    fn from(fault: NameErrorKind) -> Self {
        Unfit::Fault(fault)
    }
}

impl From<EncodeError> for Unfit {
    fn from(error: EncodeError) -> Self {
        Unfit::Encode(error)
    }
}

/// The keys of a sample. No two keys of different kinds are equal.
#[derive(Debug)]
pub(super) struct Keys {
    /// Whether bounds that are equal as numbers are the same, even where they are stored as they are written.
    bounds_are_numbers: bool,
    /// The key of its metric: all labels except those that tell its samples apart.
    pub(super) metric: Vec<u8>,
    /// The key of its series: its name and all labels. Empty where a metric has only one sample.
    pub(super) series: Vec<u8>,
    /// The key of the body's own metric: the family and the labels before they were rewritten.
    pub(super) origin: Vec<u8>,
    /// A label's number, written as it is stored.
    spelled: String,
}

impl Keys {
    pub(super) fn new(bounds_are_numbers: bool) -> Self {
        Keys {
            bounds_are_numbers,
            metric: Vec::new(),
            series: Vec::new(),
            origin: Vec::new(),
            spelled: String::new(),
        }
    }

    /// Builds the keys of metric and series, as a reader of the outcome stores them: labels sorted, those
    /// with an empty value left out. `labels` are the sample's labels if they were rewritten.
    pub(super) fn read(
        &mut self,
        subject: &Subject<'_, '_>,
        labels: Option<&[Pair<'_>]>,
        cluster: &Cluster,
        target: &Target,
    ) -> Result<(), Unfit> {
        let sample = subject.sample;
        if sample.labels().iter().any(|label| !label.name_is_utf8()) {
            return Err(NameErrorKind::NotUtf8.into());
        }
        let mut sorted = Pairs::new();
        match labels {
            Some(pairs) => sorted.extend(
                (pairs.iter())
                    .map(|(name, value)| (Cow::Borrowed(&**name), Cow::Borrowed(&**value))),
            ),
            None => {
                let own = sample.labels().into_iter();
                sorted.extend(own.map(|label| (label.name(), label.value())));
            }
        }
        if !target.names.keeps_names() {
            for (name, _) in &mut sorted {
                let written = target.names.label_name(name)?;
                if written != *name {
                    *name = Cow::Owned(written.into_owned());
                }
            }
        }
        sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let scope = match cluster.inside.le && self.bounds_are_numbers {
            true => MetricType::Histogram,
            false => subject.scope,
        };
        self.metric.clear();
        self.series.clear();
        if cluster.several {
            self.series.push(END);
            self.series.extend_from_slice(subject.name.base.as_bytes());
            push_text(&mut self.series, subject.name.suffix);
        }
        let mut last = None;
        for (name, value) in &sorted {
            if let Some(fault) = NameErrorKind::of_label(name) {
                return Err(fault.into());
            }
            // They are sorted.
            if last.replace(name) == Some(name) {
                return Err(NameErrorKind::Duplicate.into());
            }
            if value.is_empty() {
                continue;
            }
            let value = match respelled(scope, name.as_bytes(), value) {
                Some(spelling) => {
                    self.spelled.clear();
                    spelling.push_to(&mut self.spelled);
                    self.spelled.as_str()
                }
                None => value,
            };
            if cluster.several {
                push_label(&mut self.series, name, value);
            }
            if !cluster.tells_apart(name) {
                push_label(&mut self.metric, name, value);
            }
        }
        Ok(())
    }

    /// Builds the key of the own metric of the body with that number.
    pub(super) fn read_origin(
        &mut self,
        subject: &Subject<'_, '_>,
        cluster: &Cluster,
        source: usize,
    ) {
        let labels = subject.sample.labels().into_iter();
        let mut own: SmallVec<[Pair<'_>; 12]> =
            labels.map(|label| (label.name(), label.value())).collect();
        own.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        self.origin.clear();
        self.origin.extend([END, END]);
        self.origin.extend(source.to_be_bytes());
        push_text(&mut self.origin, subject.own_family());
        for (name, value) in &own {
            if !value.is_empty() && !cluster.tells_apart(name) {
                push_label(&mut self.origin, name, value);
            }
        }
    }
}
