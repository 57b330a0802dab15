//! Reads bodies in protobuf, which have no lines.

use super::body::Body;
use super::known::Metadata;
use super::reader::{Outcome, Reader};
use super::rule::LintRule;
use crate::families::grouping::Families;
use crate::limits::Limits;

/// Reads the families of a body.
pub(super) fn read(body: &mut Body<'_>, bytes: &[u8], limits: Limits) {
    for family in Families::protobuf(bytes).limits(limits) {
        match family {
            Ok(family) => {
                let name = &family.name;
                body.metadata(name, Metadata::Type(family.metric_type), || None);
                if let Some(help) = &family.help {
                    body.metadata(name, Metadata::Help(help), || None);
                }
                if let Some(unit) = &family.unit {
                    body.metadata(name, Metadata::Unit(unit), || None);
                }
                for sample in family.samples() {
                    body.sample(&sample, || None);
                }
            }
            Err(error) => {
                let position = || Some(error.position());
                if let Some(finding) = body.findings.add(LintRule::Unreadable, None, position) {
                    finding.message = error.complaint().to_string();
                    finding.readers = match error.fails_scrape() {
                        true => &[(Reader::Prometheus, Outcome::Refuses)],
                        false => &[],
                    };
                }
            }
        }
    }
}
