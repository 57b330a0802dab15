//! The list of remarks on a manifest, as it is made.

use std::fmt;

use super::discovered::Discovery;
use crate::model::name::ValidationScheme;
use crate::operator::{rules::given, values::ByteSize};
use crate::relabel::RuleConfig;
use crate::relabel::remark::{
    among,
    kind::RemarkKind,
    subject::{Circumstances, Subject},
};
use crate::scrape::Interval;

/// Something that a monitor probably does not mean, although a cluster accepts it.
///
/// It displays the field, what to know about it, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ManifestRemark {
    /// What it is about.
    pub kind: RemarkKind,
    /// The field, as a path from the top: `spec.endpoints[0].port`.
    pub path: String,
    /// What it does, and why that is probably not meant.
    pub text: String,
    /// What is probably meant, and how to write it.
    pub fix: String,
}

impl fmt::Display for ManifestRemark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.path, self.text, self.fix)
    }
}

pub(super) const REFUSED: &str =
    "the Operator renders it, but Prometheus then refuses the whole file";

#[derive(Default)]
pub(super) struct Remarks {
    pub(super) list: Vec<ManifestRemark>,
}

impl Remarks {
    pub(super) fn add(
        &mut self,
        kind: RemarkKind,
        path: impl Into<String>,
        text: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.list.push(ManifestRemark {
            kind,
            path: path.into(),
            text: text.into(),
            fix: fix.into(),
        });
    }

    pub(super) fn no_endpoint(&mut self, path: &str) {
        let (text, fix) = ("none: nothing is scraped", "add one");
        self.add(RemarkKind::NoEndpoint, path, text, fix);
    }

    /// Looks at durations.
    pub(super) fn intervals(&mut self, times: [(&str, &Option<String>); 2], place: &str) {
        for (key, text) in times {
            if let Some(Err(error)) = given(text).map(str::parse::<Interval>) {
                self.add(
                    RemarkKind::NotAnInterval,
                    format!("{place}.{key}"),
                    format!("{error}: {REFUSED}"),
                    "write a number with a unit, such as 30s",
                );
            }
        }
    }

    /// Looks at the limit of bodies.
    pub(super) fn size(&mut self, size: &Option<ByteSize>) {
        if let Some(size) = size.as_ref().filter(|size| size.bytes().is_nan()) {
            self.add(
                RemarkKind::NotASize,
                "spec.bodySizeLimit",
                format!("{:?} is not a size: {REFUSED}", size.as_str()),
                "write a number with a unit, such as 50MB",
            );
        }
    }

    /// Looks at a list of rules at `place`.
    pub(super) fn rules(
        &mut self,
        rules: &[RuleConfig],
        subject: Subject,
        discovery: &Discovery,
        place: &str,
    ) {
        let around = Circumstances {
            subject,
            // The version of Prometheus decides, and is not known here.
            scheme: ValidationScheme::Utf8,
            // The rules of a scrape class come first.
            complete: false,
            discovered: &|label| discovery.doubt(label),
        };
        for remark in among(rules.iter().map(|rule| (rule, true)), &around) {
            let field = remark.field.as_camel_case();
            let path = format!("{place}[{}].{field}", remark.rule);
            self.add(remark.kind, path, remark.text, remark.fix);
        }
    }
}
