//! What a whole family says: its name, its help text, its unit.

use super::body::Body;
use super::by_name::ByName;
use super::finding::Findings;
use super::known::Family;
use super::naming::{self, Naming};
use super::profile::Profile;
use super::rule::{LintRule, Severity};
use super::units;
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;

/// Finds what is wrong with the families of a body that was read. Those without samples are not looked at.
pub(super) fn check(body: &mut Body<'_>) {
    let Body {
        profile,
        families,
        findings,
        ..
    } = body;
    for family in families.iter().filter(|family| family.samples > 0) {
        name(*profile, family, findings);
        if *profile == Profile::Text {
            counter_clash(family, families, findings);
        }
    }
}

fn name(profile: Profile, family: &Family, findings: &mut Findings<'_>) {
    let of = Some(family.of());
    let position = || family.position;
    if !family.has_help {
        findings.add(LintRule::NoHelp, of, position);
    }
    let naming = Naming {
        name: &family.name,
        metric_type: family.metric_type,
        type_words: naming::type_words(family.metric_type),
    };
    let mut suffix_is_said = false;
    naming.check(|rule, text| {
        suffix_is_said |= matches!(
            rule,
            LintRule::OtherTotal
                | LintRule::OtherBucket
                | LintRule::OtherCount
                | LintRule::OtherSum
        );
        let rule = match rule {
            LintRule::CounterTotal if profile == Profile::OpenMetrics => return,
            LintRule::AbbreviatedUnit if naming::is_hardly_abbreviated(&family.name) => {
                findings.add(LintRule::HardlyAbbreviated, of, position);
                return;
            }
            rule => rule,
        };
        findings.say(rule, of, position, || text);
    });
    if let Some(other) = units::unit_with_other_prefix(&family.name) {
        findings.say(LintRule::OtherPrefix, of, position, || other.advice());
    }
    if let Some(other) = family.unit.as_deref().and_then(units::other_unit) {
        findings.say(LintRule::UnitIsNotBase, of, position, || other.advice());
    }
    match profile {
        Profile::OpenMetrics => {
            let is_counter = family.metric_type == MetricType::Counter;
            if is_counter && family.name.ends_with(Suffix::Total.as_str()) {
                findings.add(LintRule::CounterSuffix, of, position);
            }
            let suffixes = [
                Suffix::GSum,
                Suffix::GCount,
                Suffix::Total,
                Suffix::Created,
                Suffix::Info,
            ];
            if !suffix_is_said && is_reserved(family, &suffixes) {
                findings.add(LintRule::ReservedSuffix, of, position);
            }
        }
        Profile::OpenMetrics2 => {
            let suffixes = [
                Suffix::GSum,
                Suffix::GCount,
                Suffix::Bucket,
                Suffix::Sum,
                Suffix::Count,
            ];
            if !suffix_is_said && is_reserved(family, &suffixes) {
                let finding = findings.add(LintRule::ReservedSuffix, of, position);
                // Here the specification advises against it whatever the type.
                if let Some(finding) = finding {
                    finding.severity = Severity::Warning;
                }
            }
        }
        Profile::Text | Profile::Protobuf => {}
    }
}

/// Tells whether a name ends in one of the suffixes, and it is not that of its own type.
fn is_reserved(family: &Family, suffixes: &[Suffix]) -> bool {
    let suffix = Suffix::split(&family.name).map(|(_, suffix)| suffix);
    let is_own = suffix.is_some() && suffix == family.metric_type.main_suffix();
    suffix.is_some_and(|suffix| suffixes.contains(&suffix)) && !is_own
}

/// Finds a counter that another family has the name of, once a reader adds `_total`.
fn counter_clash(family: &Family, families: &ByName<Family>, findings: &mut Findings<'_>) {
    let total = Suffix::Total.as_str();
    if family.metric_type != MetricType::Counter || family.name.ends_with(total) {
        return;
    }
    let other = families.find(&[&family.name, total].concat());
    if other.is_some_and(|other| other.samples > 0) {
        findings.add(LintRule::CounterClash, Some(family.of()), || {
            family.position
        });
    }
}
