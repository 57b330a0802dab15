//! Remarks on the rules of a scrape configuration.

use std::fmt;

use super::discovered::Discovery;
use crate::model::name::ValidationScheme;
use crate::operator::origin::Origin;
use crate::operator::scrape_config::{RenderedRule, ScrapeConfig};
use crate::relabel::Field;
use crate::relabel::remark::{
    among,
    kind::RemarkKind,
    subject::{Circumstances, Subject},
};

/// Something that a configuration says and that is probably not meant, although Prometheus loads it.
///
/// It displays as its place, what to know about it, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remark {
    /// What it is about.
    pub kind: RemarkKind,
    /// Where the rule or setting comes from.
    pub origin: Origin,
    /// The field of the rule, if it is about a rule.
    pub field: Option<Field>,
    /// What the rule or setting does, and why that is probably not meant.
    pub text: String,
    /// What is probably meant, and how to write it.
    pub fix: String,
}

impl Remark {
    /// Returns where the rule or setting comes from, with the field in the spelling of that place:
    /// `spec.endpoints[0].relabelings[3].sourceLabels`, `relabel_configs[3].source_labels`.
    #[must_use]
    pub fn place(&self) -> String {
        let Some(field) = self.field else {
            return self.origin.to_string();
        };
        let field = match self.origin {
            Origin::Configuration { .. } => field.as_str(),
            _ => field.as_camel_case(),
        };
        format!("{}.{field}", self.origin)
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place(), self.text, self.fix)
    }
}

/// Returns remarks on the rules that users wrote, not on those that the Operator made.
pub(in super::super) fn on_rules(config: &ScrapeConfig, scheme: ValidationScheme) -> Vec<Remark> {
    let discovery = Discovery::of_config(config);
    let lists = [
        (Subject::Targets, &config.relabel_configs),
        (Subject::Samples, &config.metric_relabel_configs),
    ];
    let mut remarks = Vec::new();
    for (subject, rules) in lists {
        let around = Circumstances {
            subject,
            scheme,
            complete: true,
            discovered: &|label| discovery.doubt(label),
        };
        let asked = rules.iter().map(|rule| (&rule.config, is_written(rule)));
        for remark in among(asked, &around) {
            remarks.extend(rules.get(remark.rule).map(|rule| Remark {
                kind: remark.kind,
                origin: rule.origin.clone(),
                field: Some(remark.field),
                text: remark.text,
                fix: remark.fix,
            }));
        }
    }
    remarks
}

/// Tells whether a user wrote the rule.
fn is_written(rule: &RenderedRule) -> bool {
    matches!(
        rule.origin,
        Origin::Manifest { .. } | Origin::ScrapeClass { .. } | Origin::Configuration { .. }
    )
}
