//! Reads all bodies, and finds which families there will be.

use std::collections::{HashMap, HashSet};

use super::index::Index;
use super::link::Plan;
use super::scan::Scan;
use super::{Merge, MergeError, MergeReport, Source};
use crate::encode::target::Target;
use crate::model::suffix::{FamilyNames, Suffix};
use crate::text::line::Line;
use crate::text::parser::Parser;

/// Reads all bodies.
pub(super) fn read(
    merge: &Merge<'_>,
    target: &Target,
    report: &mut MergeReport,
) -> Result<Plan, MergeError> {
    let mut index = Index {
        merge,
        target,
        report,
        groups: Vec::new(),
        by_name: HashMap::new(),
        bound: HashMap::new(),
        united: false,
        whole: match target.syntax.suffixes.family_names() {
            FamilyNames::Stems => names(merge, target),
            FamilyNames::AsSamples => HashSet::new(),
        },
    };
    for (number, source) in merge.sources.iter().enumerate() {
        Scan::new(number, source).run(&mut index)?;
    }
    index.adopt();
    if !target.syntax.suffixes.of_any().has(Suffix::Created) {
        index.link_by_name();
    }
    Ok(index.into_plan())
}

/// Returns the names of families and samples, except for counters and infos whose name already lacks the
/// suffix. It is empty if all do.
fn names(merge: &Merge<'_>, target: &Target) -> HashSet<String> {
    let mut names = HashSet::new();
    let suffixes = |source: &Source<'_>| source.dialect.syntax().line_suffixes();
    let are_stems = |source| suffixes(source).family_names() == FamilyNames::Stems;
    if (merge.sources.iter()).all(are_stems) {
        return names;
    }
    for source in &merge.sources {
        let mut last: Vec<u8> = Vec::new();
        for line in Parser::new(&*source.body, source.dialect).limits(merge.limits) {
            let name = match &line {
                Ok(Line::Sample(sample)) if sample.raw_name() != last => {
                    last.clear();
                    last.extend_from_slice(sample.raw_name());
                    sample.name()
                }
                Ok(Line::Type(line)) if suffixes(source).main(line.metric_type()).is_none() => {
                    line.name()
                }
                _ => continue,
            };
            // A name that cannot be written is refused when it is written.
            if let Ok(name) = target.names.metric_name(&name)
                && !names.contains(name.as_ref())
            {
                names.insert(name.into_owned());
            }
        }
    }
    names
}
