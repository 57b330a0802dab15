//! Checks for relabel rules that the Operator refuses (spec C12-C20). It refuses some that Prometheus
//! accepts, and accepts some that Prometheus refuses.

use super::{
    needs::needs,
    rejection::Found,
    rule::{self, CheckRule},
};
use crate::model::name::ValidationScheme;
use crate::operator::version::Version;
use crate::relabel::{Action, RuleConfig, RuleErrorKind, is_name_template};

const SEPARATOR: &str = ";";
const REGEX: &str = "(.*)";
const REPLACEMENT: &str = "$1";

pub(super) fn rules(rules: &[RuleConfig], place: &str, version: &Version, found: &mut Found) {
    for (index, rule) in rules.iter().enumerate() {
        Check {
            rule,
            action: rule.action.unwrap_or_default(),
            place: format!("{place}[{index}]"),
            version,
            scheme: scheme(version),
            found,
        }
        .all();
    }
}

/// Returns which names of labels the Operator takes for a version. In its comparison, a release candidate of
/// 3.0.0 is before it.
pub(super) fn scheme(version: &Version) -> ValidationScheme {
    match *version < Version::new(3, 0, 0) {
        true => ValidationScheme::Legacy,
        false => ValidationScheme::Utf8,
    }
}

struct Check<'c> {
    rule: &'c RuleConfig,
    action: Action,
    place: String,
    version: &'c Version,
    scheme: ValidationScheme,
    found: &'c mut Found,
}

impl Check<'_> {
    fn add(&mut self, rule: &'static CheckRule, field: &str, reason: impl Into<String>) {
        let path = format!("{}.{field}", self.place);
        self.found.add(rule, path, reason);
    }

    fn all(mut self) {
        use Action::*;
        let (rule, action) = (self.rule, self.action);
        let since = match action {
            Lowercase | Uppercase => Some(Version::new(2, 36, 0)),
            KeepEqual | DropEqual => Some(Version::new(2, 41, 0)),
            _ => None,
        };
        if let Some(since) = since.filter(|since| self.version < since) {
            let reason = format!("{action} {}", needs(&since, self.version));
            self.add(&rule::ACTION_VERSION, "action", reason);
        }
        self.regex();
        if action == HashMod && rule.modulus.unwrap_or_default() == 0 {
            self.add(&rule::MODULUS, "modulus", "hashmod needs it, and not 0");
        }
        if matches!(
            action,
            Replace | HashMod | Lowercase | Uppercase | KeepEqual | DropEqual
        ) {
            self.target();
        }
        let replacement = rule.replacement.as_deref();
        if matches!(action, Lowercase | Uppercase | KeepEqual | DropEqual)
            && replacement.is_some_and(|text| text != REPLACEMENT)
        {
            let reason = format!("{action} has no use for it");
            self.add(&rule::REPLACEMENT_FORBIDDEN, "replacement", reason);
        }
        if let Some(template) = replacement.filter(|_| action == LabelMap)
            && !is_name_template(template, self.scheme)
        {
            let reason = format!("{template:?} makes no label names{}", self.of_version());
            self.add(&rule::REPLACEMENT_INVALID, "replacement", reason);
        }
        self.extra_fields();
    }

    fn regex(&mut self) {
        let Some(regex) = self.rule.regex.as_deref() else {
            return;
        };
        // A rule of this form cannot have another wrong field.
        let alone = RuleConfig::new().regex(regex).action(Action::Keep);
        if let Err(error) = alone.build(ValidationScheme::Utf8) {
            let reason = match error.problem() {
                RuleErrorKind::Regex(error) => error.to_string(),
                problem => problem.to_string(),
            };
            self.add(&rule::REGEX, "regex", reason);
        }
    }

    fn target(&mut self) {
        let target = self.rule.target_label.as_deref().unwrap_or_default();
        if target.is_empty() {
            let reason = format!("missing: {} needs the label it is about", self.action);
            self.add(&rule::TARGET_MISSING, "targetLabel", reason);
        } else if !self.scheme.is_valid_label_name(target) {
            let reason = format!("{target:?} is not the name of a label{}", self.of_version());
            self.add(&rule::TARGET_INVALID, "targetLabel", reason);
        }
    }

    fn of_version(&self) -> String {
        match self.scheme {
            ValidationScheme::Utf8 => String::new(),
            ValidationScheme::Legacy => format!(" for Prometheus {}", self.version),
        }
    }

    fn extra_fields(&mut self) {
        use Action::*;
        let rule = self.rule;
        let (broken, wanted) = match self.action {
            KeepEqual | DropEqual => (
                &rule::EXTRA_FIELDS_EQUAL,
                "`sourceLabels` and `targetLabel`",
            ),
            LabelDrop | LabelKeep => (&rule::EXTRA_FIELDS_LABEL, "`regex`"),
            _ => return,
        };
        let differs = |field: &Option<String>, default: &str| {
            field.as_ref().is_some_and(|text| text != default)
        };
        let given = |field: &Option<String>| field.as_ref().is_some_and(|text| !text.is_empty());
        let by_label = matches!(self.action, LabelDrop | LabelKeep);
        let has_sources = rule
            .source_labels
            .as_ref()
            .is_some_and(|names| !names.is_empty());
        let extra = [
            ("sourceLabels", by_label && has_sources),
            ("targetLabel", by_label && given(&rule.target_label)),
            (
                "regex",
                !by_label && given(&rule.regex) && differs(&rule.regex, REGEX),
            ),
            ("modulus", rule.modulus.unwrap_or_default() != 0),
            ("separator", differs(&rule.separator, SEPARATOR)),
            // For the other two, spec C18 has already reported it.
            (
                "replacement",
                by_label && differs(&rule.replacement, REPLACEMENT),
            ),
        ];
        for (field, _) in extra.iter().filter(|(_, is_extra)| *is_extra) {
            let reason = format!("{} takes only {wanted}", self.action);
            self.add(broken, field, reason);
        }
    }
}
