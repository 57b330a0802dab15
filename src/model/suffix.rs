//! The suffixes in the names of a family's samples.

use crate::model::metric_type::MetricType;

/// What follows the family's name in a sample's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Suffix {
    Bucket,
    GSum,
    GCount,
    Sum,
    Count,
    Total,
    Created,
    Info,
}

impl Suffix {
    /// All suffixes.
    pub(crate) const ALL: [Suffix; 8] = [
        Suffix::Bucket,
        Suffix::GSum,
        Suffix::GCount,
        Suffix::Sum,
        Suffix::Count,
        Suffix::Total,
        Suffix::Created,
        Suffix::Info,
    ];

    /// Returns the suffix as text.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Suffix::Bucket => "_bucket",
            Suffix::Sum => "_sum",
            Suffix::Count => "_count",
            Suffix::GSum => "_gsum",
            Suffix::GCount => "_gcount",
            Suffix::Total => "_total",
            Suffix::Created => "_created",
            Suffix::Info => "_info",
        }
    }

    /// Returns the suffix that is exactly this text.
    #[inline]
    pub(crate) fn parse(text: &str) -> Option<Suffix> {
        Some(match text {
            "_bucket" => Suffix::Bucket,
            "_sum" => Suffix::Sum,
            "_count" => Suffix::Count,
            "_gsum" => Suffix::GSum,
            "_gcount" => Suffix::GCount,
            "_total" => Suffix::Total,
            "_created" => Suffix::Created,
            "_info" => Suffix::Info,
            _ => return None,
        })
    }

    /// Tells whether a sample with this suffix counts observations.
    pub(crate) const fn is_count(self) -> bool {
        match self {
            Suffix::Bucket | Suffix::Count | Suffix::GCount => true,
            Suffix::GSum | Suffix::Sum | Suffix::Total | Suffix::Created | Suffix::Info => false,
        }
    }

    /// Splits a name into the part before its suffix and the suffix. No suffix is the end of another, so
    /// there is at most one way.
    pub(crate) fn split(name: &str) -> Option<(&str, Suffix)> {
        let at = name.rfind('_').filter(|at| *at > 0)?;
        let (stem, suffix) = name.split_at_checked(at)?;
        Some((stem, Suffix::parse(suffix)?))
    }
}

/// A set of suffixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct SuffixSet(u8);

impl SuffixSet {
    pub(crate) const NONE: SuffixSet = SuffixSet::of(&[]);

    pub(crate) const fn of(mut suffixes: &[Suffix]) -> Self {
        let mut set = 0;
        while let [first, rest @ ..] = suffixes {
            set |= 1 << *first as u8;
            suffixes = rest;
        }
        SuffixSet(set)
    }

    /// Returns the set of those for which `is_one` is true.
    pub(crate) fn which(is_one: impl Fn(Suffix) -> bool) -> Self {
        let some = Suffix::ALL.into_iter().filter(|suffix| is_one(*suffix));
        some.fold(SuffixSet::NONE, |set, suffix| {
            set.union(SuffixSet::of(&[suffix]))
        })
    }

    pub(crate) const fn union(self, other: SuffixSet) -> Self {
        SuffixSet(self.0 | other.0)
    }

    pub(crate) const fn intersects(self, other: SuffixSet) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn is_subset_of(self, other: SuffixSet) -> bool {
        self.0 & !other.0 == 0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Suffix> {
        Suffix::ALL
            .into_iter()
            .filter(move |suffix| self.has(*suffix))
    }

    #[inline]
    pub(crate) const fn has(self, suffix: Suffix) -> bool {
        self.0 & 1 << suffix as u8 != 0
    }
}

/// The suffixes that a format gives to the samples of each type of family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suffixes {
    /// The suffixes that Prometheus' family parser links: the parts of histograms and summaries (spec
    /// T45).
    Text,
    /// The text format's suffixes, and those of the types that it cannot declare.
    Lenient,
    /// Every suffix that the types have (spec O6), and those of a histogram for a gauge histogram too, as
    /// client libraries write it (spec O46).
    OpenMetrics,
    /// OpenMetrics' suffixes, without what client libraries write against its rules.
    Specification,
    /// None: all samples of a family have its name.
    OpenMetrics2,
}

/// How a family is named if all of its samples, except for start times, have one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FamilyNames {
    /// Like its samples: the samples of the counter `x_total` are named `x_total`.
    AsSamples,
    /// Without the samples' suffix: those of the counter `x` are named `x_total`.
    Stems,
}

impl MetricType {
    /// Returns the suffix of a counter's count and an info's facts, where their families are named
    /// without it.
    pub(crate) const fn main_suffix(self) -> Option<Suffix> {
        match self {
            MetricType::Counter => Some(Suffix::Total),
            MetricType::Info => Some(Suffix::Info),
            MetricType::Gauge
            | MetricType::Histogram
            | MetricType::GaugeHistogram
            | MetricType::Summary
            | MetricType::StateSet
            | MetricType::Unknown => None,
        }
    }

    /// Tells whether a metric of this type has a time since when it counts.
    pub(crate) const fn has_start_time(self) -> bool {
        Suffixes::OpenMetrics.of(self).has(Suffix::Created)
    }
}

impl Suffixes {
    /// All of them.
    #[cfg(test)]
    pub(crate) const ALL: [Suffixes; 5] = [
        Suffixes::Text,
        Suffixes::Lenient,
        Suffixes::OpenMetrics,
        Suffixes::Specification,
        Suffixes::OpenMetrics2,
    ];

    /// Returns the suffixes that samples of a family of type `kind` can have.
    #[inline]
    pub(crate) const fn of(self, kind: MetricType) -> SuffixSet {
        use MetricType::{Counter, GaugeHistogram, Histogram, Info, Summary};
        use Suffix::{Bucket, Count, Created, GCount, GSum, Sum, Total};
        const TOTAL: SuffixSet = SuffixSet::of(&[Total]);
        const INFO: SuffixSet = SuffixSet::of(&[Suffix::Info]);
        const CREATED: SuffixSet = SuffixSet::of(&[Created]);
        const SUMMARY: SuffixSet = SuffixSet::of(&[Sum, Count]);
        const HISTOGRAM: SuffixSet = SUMMARY.union(SuffixSet::of(&[Bucket]));
        const GAUGE_HISTOGRAM: SuffixSet = HISTOGRAM.union(SuffixSet::of(&[GSum, GCount]));
        match self {
            Suffixes::Text => match kind {
                Histogram | GaugeHistogram => HISTOGRAM,
                Summary => SUMMARY,
                Counter | Info | MetricType::Gauge | MetricType::StateSet | MetricType::Unknown => {
                    SuffixSet::NONE
                }
            },
            Suffixes::Lenient => match kind {
                GaugeHistogram => GAUGE_HISTOGRAM,
                Info => INFO,
                _ => Suffixes::Text.of(kind),
            },
            Suffixes::OpenMetrics => match kind {
                Counter => TOTAL.union(CREATED),
                Histogram => HISTOGRAM.union(CREATED),
                Summary => SUMMARY.union(CREATED),
                GaugeHistogram | Info => Suffixes::Lenient.of(kind),
                _ => SuffixSet::NONE,
            },
            Suffixes::Specification => match kind {
                GaugeHistogram => SuffixSet::of(&[Bucket, GSum, GCount]),
                _ => Suffixes::OpenMetrics.of(kind),
            },
            Suffixes::OpenMetrics2 => SuffixSet::NONE,
        }
    }

    /// Returns how families are named.
    pub(crate) const fn family_names(self) -> FamilyNames {
        match self {
            Suffixes::Text | Suffixes::Lenient | Suffixes::OpenMetrics2 => FamilyNames::AsSamples,
            Suffixes::OpenMetrics | Suffixes::Specification => FamilyNames::Stems,
        }
    }

    /// Returns the suffix of the samples that a family's metadata describes, if the family's name lacks
    /// it.
    pub(crate) const fn main(self, kind: MetricType) -> Option<Suffix> {
        match self.family_names() {
            FamilyNames::AsSamples => None,
            FamilyNames::Stems => kind.main_suffix(),
        }
    }

    /// Tells whether samples of a family of type `kind` can have the family's own name.
    pub(crate) const fn takes_own_name(self, kind: MetricType) -> bool {
        match self {
            Suffixes::OpenMetrics2 => true,
            Suffixes::Text
            | Suffixes::Lenient
            | Suffixes::OpenMetrics
            | Suffixes::Specification => {
                let is_histogram =
                    matches!(kind, MetricType::Histogram | MetricType::GaugeHistogram);
                !is_histogram && self.main(kind).is_none()
            }
        }
    }

    /// Returns what follows the family's name in `sample`, if it may be a sample of that family: nothing,
    /// or one of its type's suffixes.
    pub(crate) fn suffix_in(
        self,
        sample: &str,
        family: &str,
        kind: MetricType,
    ) -> Option<&'static str> {
        match sample.strip_prefix(family)? {
            "" => Some(""),
            rest => {
                let suffix = Suffix::parse(rest).filter(|suffix| self.of(kind).has(*suffix))?;
                Some(suffix.as_str())
            }
        }
    }

    /// Returns the same without what only lenient reading links.
    pub(crate) const fn strictly(self) -> Self {
        match self {
            Suffixes::Text | Suffixes::Lenient => Suffixes::Text,
            Suffixes::OpenMetrics => Suffixes::OpenMetrics,
            Suffixes::Specification => Suffixes::Specification,
            Suffixes::OpenMetrics2 => Suffixes::OpenMetrics2,
        }
    }

    /// Returns the suffixes that samples of a family of any type can have.
    pub(crate) const fn of_any(self) -> SuffixSet {
        let mut any = SuffixSet::NONE;
        let mut types = MetricType::ALL;
        while let [first, rest @ ..] = types {
            any = any.union(self.of(*first));
            types = rest;
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_are_their_texts() {
        for suffix in Suffix::ALL {
            assert_eq!(Suffix::parse(suffix.as_str()), Some(suffix));
            let name = format!("a{}", suffix.as_str());
            assert_eq!(Suffix::split(&name), Some(("a", suffix)));
        }
    }

    #[test]
    fn a_format_has_the_suffixes_of_its_types() {
        use Suffix::{Bucket, Count, Created, GCount, GSum, Info, Sum, Total};
        for (suffixes, any) in [
            (Suffixes::Text, &[Bucket, Sum, Count][..]),
            (Suffixes::Lenient, &[Bucket, Sum, Count, GSum, GCount, Info]),
            (Suffixes::OpenMetrics, &Suffix::ALL),
            (Suffixes::Specification, &Suffix::ALL),
            (Suffixes::OpenMetrics2, &[]),
        ] {
            assert_eq!(suffixes.of_any(), SuffixSet::of(any), "{suffixes:?}");
            for suffix in Suffix::ALL {
                assert_eq!(suffixes.of_any().has(suffix), any.contains(&suffix));
            }
        }
        for (kind, text, openmetrics) in [
            (MetricType::Counter, &[][..], &[Total, Created][..]),
            (MetricType::Gauge, &[], &[]),
            (
                MetricType::Histogram,
                &[Bucket, Sum, Count],
                &[Bucket, Sum, Count, Created],
            ),
            (
                MetricType::GaugeHistogram,
                &[Bucket, Sum, Count],
                &[Bucket, Sum, Count, GSum, GCount],
            ),
            (MetricType::Summary, &[Sum, Count], &[Sum, Count, Created]),
            (MetricType::Info, &[], &[Info]),
            (MetricType::StateSet, &[], &[]),
            (MetricType::Unknown, &[], &[]),
        ] {
            assert_eq!(Suffixes::Text.of(kind), SuffixSet::of(text), "{kind}");
            let set = SuffixSet::of(openmetrics);
            assert_eq!(Suffixes::OpenMetrics.of(kind), set, "{kind}");
            let specified = match kind {
                MetricType::GaugeHistogram => SuffixSet::of(&[Bucket, GSum, GCount]),
                _ => set,
            };
            assert_eq!(Suffixes::Specification.of(kind), specified, "{kind}");
            // For types that the text format does not declare, lenient reading takes all suffixes.
            let lenient = match kind {
                MetricType::GaugeHistogram | MetricType::Info => set,
                _ => SuffixSet::of(text),
            };
            assert_eq!(Suffixes::Lenient.of(kind), lenient, "{kind}");
        }
    }

    #[test]
    fn what_may_be_called_as_its_family() {
        use MetricType::{Counter, GaugeHistogram, Histogram, Info};
        for kind in MetricType::ALL.iter().copied() {
            let is_histogram = matches!(kind, Histogram | GaugeHistogram);
            let has_main = matches!(kind, Counter | Info);
            for suffixes in Suffixes::ALL {
                let stems = suffixes.family_names() == FamilyNames::Stems;
                assert_eq!(suffixes.main(kind).is_some(), stems && has_main, "{kind}");
                let one_name = suffixes == Suffixes::OpenMetrics2;
                let takes = one_name || !(is_histogram || stems && has_main);
                assert_eq!(suffixes.takes_own_name(kind), takes, "{kind}");
                if let Some(main) = suffixes.main(kind) {
                    assert!(suffixes.of(kind).has(main), "{kind}");
                }
            }
        }
    }

    #[test]
    fn what_a_sample_has_after_its_family() {
        let (text, openmetrics) = (Suffixes::Text, Suffixes::OpenMetrics);
        for (suffixes, sample, kind, suffix) in [
            (text, "a", MetricType::Histogram, Some("")),
            (text, "a_sum", MetricType::Histogram, Some("_sum")),
            (text, "a_sum", MetricType::Counter, None),
            (text, "a_total", MetricType::Counter, None),
            (openmetrics, "a_total", MetricType::Counter, Some("_total")),
            (
                openmetrics,
                "a_gsum",
                MetricType::GaugeHistogram,
                Some("_gsum"),
            ),
            (openmetrics, "a_totals", MetricType::Counter, None),
            (openmetrics, "b_total", MetricType::Counter, None),
        ] {
            assert_eq!(
                suffixes.suffix_in(sample, "a", kind),
                suffix,
                "{sample} {kind}"
            );
        }
    }
}
