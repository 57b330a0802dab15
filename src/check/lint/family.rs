//! What a whole family says: its name, its help text, its unit.

use super::body::{Body, Family};
use super::by_name::ByName;
use super::finding::Findings;
use super::naming::{self, Naming};
use super::profile::Profile;
use super::rule::LintRule;
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
    };
    naming.check(|rule, text| {
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
            reserved_suffix(
                family,
                &[Suffix::Total, Suffix::Created, Suffix::Info],
                findings,
            );
        }
        Profile::OpenMetrics2 => {
            reserved_suffix(family, &[], findings);
        }
        Profile::Text | Profile::Protobuf => {}
    }
}

/// Finds a name that ends in a suffix that OpenMetrics gives to samples of other types, `further` ones among them.
fn reserved_suffix(family: &Family, further: &[Suffix], findings: &mut Findings<'_>) {
    let always = [Suffix::GSum, Suffix::GCount];
    let mut suffixes = always.iter().chain(further);
    let is_own = |suffix: &Suffix| family.metric_type.main_suffix() == Some(*suffix);
    // promlint's own rule says so of a total.
    let is_said =
        |suffix: &Suffix| *suffix == Suffix::Total && family.metric_type != MetricType::Unknown;
    let found = suffixes.any(|suffix| {
        family.name.ends_with(suffix.as_str()) && !is_own(suffix) && !is_said(suffix)
    });
    if found {
        findings.add(LintRule::ReservedSuffix, Some(family.of()), || {
            family.position
        });
    }
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
