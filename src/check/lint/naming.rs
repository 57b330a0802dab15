//! What promlint says of names, by rule and in its words.

use super::rule::LintRule;
use super::units;
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;

/// What is looked at of a family's name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Naming<'n> {
    pub(super) name: &'n str,
    pub(super) metric_type: MetricType,
    /// The words for the type that the name should not have.
    pub(super) type_words: &'static [&'static str],
}

impl Naming<'_> {
    /// Tells of everything that promlint finds in the family's name, in its words. What it says
    /// more than once is told as often.
    pub(super) fn check(self, mut found: impl FnMut(LintRule, String)) {
        let Naming {
            name,
            metric_type,
            type_words,
        } = self;
        let is_untyped = metric_type == MetricType::Unknown;
        if let Some(other) = units::other_unit(name) {
            found(LintRule::BaseUnit, other.advice());
        }
        let mut fixed = |rule: LintRule| found(rule, rule.text().to_owned());
        let has_total = name.ends_with("_total");
        if metric_type == MetricType::Counter && !has_total {
            fixed(LintRule::CounterTotal);
        }
        if metric_type != MetricType::Counter && !is_untyped && has_total {
            fixed(LintRule::OtherTotal);
        }
        let is_histogram = metric_type == MetricType::Histogram;
        if !is_untyped && !is_histogram {
            if name.ends_with("_bucket") {
                fixed(LintRule::OtherBucket);
            }
            if metric_type != MetricType::Summary {
                if name.ends_with("_count") {
                    fixed(LintRule::OtherCount);
                }
                if name.ends_with("_sum") {
                    fixed(LintRule::OtherSum);
                }
            }
        }
        let lower = name.to_lowercase();
        if !is_untyped {
            // The suffix of an info's name is its own.
            let is_info = metric_type == MetricType::Info;
            let stem = lower.strip_suffix(Suffix::Info.as_str());
            let stem = stem.filter(|_| is_info).unwrap_or(&lower);
            if let Some(word) = type_words.iter().find(|word| has_word(stem, word)) {
                found(
                    LintRule::TypeInName,
                    format!("metric name should not include type '{word}'"),
                );
            }
        }
        let mut fixed = |rule: LintRule| found(rule, rule.text().to_owned());
        if name.contains(':') {
            fixed(LintRule::Colon);
        }
        if is_camel_case(name) {
            fixed(LintRule::CamelCaseName);
        }
        for _ in units::abbreviations(&lower) {
            fixed(LintRule::AbbreviatedUnit);
        }
    }
}

/// Tells whether all that promlint takes for abbreviated units are words of one letter before
/// the end of the name, where they are hardly units: `a_b_c`.
pub(super) fn is_hardly_abbreviated(name: &str) -> bool {
    let lower = name.to_lowercase();
    let stem = lower.strip_suffix("_total").unwrap_or(&lower);
    units::abbreviations(&lower)
        .all(|abbreviation| abbreviation.len() == 1 && !ends_in_word(stem, abbreviation))
}

/// Returns the words for a type that names should not have: promlint knows the first.
pub(super) fn type_words(metric_type: MetricType) -> &'static [&'static str] {
    match metric_type {
        MetricType::Counter => &["counter"],
        MetricType::Gauge => &["gauge"],
        MetricType::Histogram => &["histogram"],
        MetricType::GaugeHistogram => &["gauge_histogram", "gaugehistogram"],
        MetricType::Summary => &["summary"],
        MetricType::Info => &["info"],
        MetricType::StateSet => &["stateset"],
        MetricType::Unknown => &[],
    }
}

/// Tells whether a name has a word after an underscore: in the middle or at the end.
fn has_word(name: &str, word: &str) -> bool {
    let mut rest = name;
    while let Some((_, after)) = rest.split_once('_') {
        let end = after.strip_prefix(word);
        if end.is_some_and(|end| end.is_empty() || end.starts_with('_')) {
            return true;
        }
        rest = after;
    }
    false
}

fn ends_in_word(name: &str, word: &str) -> bool {
    let stem = name.strip_suffix(word);
    stem.is_some_and(|stem| stem.ends_with('_'))
}

/// Tells whether a small letter is followed by a capital one. Only ASCII letters count.
pub(super) fn is_camel_case(name: &str) -> bool {
    let pairs = name.as_bytes().windows(2);
    pairs.into_iter().any(|pair| match pair {
        [first, second] => first.is_ascii_lowercase() && second.is_ascii_uppercase(),
        _ => false,
    })
}
