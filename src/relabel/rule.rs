//! Checks and compiles a rule: all validation happens here (spec R8-R17).

use std::collections::BTreeSet;

use super::{
    Action, Field, RuleConfig, RuleError, RuleErrorKind,
    golang::{self, Parsed},
    label_set::Name,
    pattern::Pattern,
    template::Template,
};
use crate::model::name::ValidationScheme;

pub(super) const DEFAULT_SEPARATOR: &str = ";";
pub(super) const DEFAULT_REGEX: &str = "(.*)";
const DEFAULT_REPLACEMENT: &str = "$1";

/// A relabel rule, ready to be applied.
///
/// ```
/// use exposition::{name::ValidationScheme, relabel::{Action, LabelSet, RuleConfig}};
///
/// let rule = RuleConfig::new()
///     .source_labels(["__name__"])
///     .regex("go_(gc|memstats)_.*")
///     .action(Action::Drop)
///     .build(ValidationScheme::Utf8)?;
/// let mut labels: LabelSet = [("__name__", "go_gc_duration_seconds")].into_iter().collect();
/// assert!(!rule.apply(&mut labels));
/// # Ok::<(), exposition::relabel::RuleError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Rule {
    config: RuleConfig,
    scheme: ValidationScheme,
    pub(super) sources: Vec<Name>,
    pub(super) separator: String,
    pub(super) work: Work,
    /// Its number among the rules of its list that remove labels by name.
    pub(super) screen: usize,
}

/// What a rule does, and what it needs to do it. The kind is a byte of its own, so that one load tells it.
#[derive(Debug, Clone)]
#[repr(u8)]
pub(super) enum Work {
    Replace(Replace),
    Keep(Pattern),
    Drop(Pattern),
    KeepEqual(Name),
    DropEqual(Name),
    HashMod { target: Name, modulus: u64 },
    LabelMap { pattern: Pattern, name: Template },
    LabelDrop(Pattern),
    LabelKeep(Pattern),
    Lowercase(Name),
    Uppercase(Name),
}

/// What a `replace` does.
#[derive(Debug, Clone)]
pub(super) struct Replace {
    pub(super) pattern: Pattern,
    pub(super) target: Target,
    pub(super) replacement: Template,
    /// Whether anything refers to the match.
    pub(super) captures: bool,
    /// Whether any value matches and becomes the new value unchanged.
    pub(super) copies: bool,
}

/// The label that a `replace` sets.
#[derive(Debug, Clone)]
pub(super) enum Target {
    Name(Name),
    /// A template; the rule is skipped where the name it yields is not valid.
    Template(Template, ValidationScheme),
}

impl RuleConfig {
    /// Checks the rule as Prometheus does when it loads a configuration, and compiles it.
    ///
    /// The scheme says which names a rule may set. It does not restrict which labels the rule may read.
    ///
    /// # Errors
    ///
    /// A [`RuleError`] that names the field and what is wrong with it.
    pub fn build(self, scheme: ValidationScheme) -> Result<Rule, RuleError> {
        let parsed = golang::parse(self.regex.as_deref().unwrap_or(DEFAULT_REGEX))
            .map_err(|error| RuleError::new(Field::Regex, RuleErrorKind::Regex(error)))?;
        self.check(scheme)?;
        let work = self.work(&parsed, scheme)?;
        Ok(Rule {
            sources: (self.source_labels.iter().flatten())
                .map(|name| Name::from(name.as_str()))
                .collect(),
            separator: (self.separator.as_deref())
                .unwrap_or(DEFAULT_SEPARATOR)
                .to_owned(),
            work,
            screen: usize::MAX,
            scheme,
            config: self,
        })
    }

    pub(super) fn target(&self) -> &str {
        self.target_label.as_deref().unwrap_or_default()
    }

    pub(super) fn template(&self) -> &str {
        self.replacement.as_deref().unwrap_or(DEFAULT_REPLACEMENT)
    }

    pub(super) fn check(&self, scheme: ValidationScheme) -> Result<(), RuleError> {
        use Action::*;
        let action = self.action.unwrap_or_default();
        let target = self.target();
        let fail = |field, problem| Err(RuleError::new(field, problem));

        if action == HashMod && self.modulus.unwrap_or_default() == 0 {
            return fail(Field::Modulus, RuleErrorKind::Required(action));
        }
        let sets_or_compares = matches!(
            action,
            Replace | HashMod | Lowercase | Uppercase | KeepEqual | DropEqual
        );
        if sets_or_compares {
            if target.is_empty() {
                return fail(Field::TargetLabel, RuleErrorKind::Required(action));
            }
            let template = action == Replace && target.contains('$');
            if template && !is_name_template(target, scheme)
                || !template && !scheme.is_valid_label_name(target)
            {
                return fail(
                    Field::TargetLabel,
                    RuleErrorKind::name(target, action == Replace, scheme),
                );
            }
        }
        if action == LabelMap && !is_name_template(self.template(), scheme) {
            return fail(
                Field::Replacement,
                RuleErrorKind::name(self.template(), true, scheme),
            );
        }
        if matches!(
            action,
            Lowercase | Uppercase | KeepEqual | DropEqual | LabelDrop | LabelKeep
        ) && self.template() != DEFAULT_REPLACEMENT
        {
            return fail(Field::Replacement, RuleErrorKind::Unused(action));
        }
        // A regex equal to the default still counts as given.
        if matches!(action, KeepEqual | DropEqual) && self.regex.is_some() {
            return fail(Field::Regex, RuleErrorKind::Unused(action));
        }
        if matches!(action, KeepEqual | DropEqual | LabelDrop | LabelKeep) {
            if self.modulus.unwrap_or_default() != 0 {
                return fail(Field::Modulus, RuleErrorKind::Unused(action));
            }
            if (self.separator.as_deref()).is_some_and(|text| text != DEFAULT_SEPARATOR) {
                return fail(Field::Separator, RuleErrorKind::Unused(action));
            }
        }
        if matches!(action, LabelDrop | LabelKeep) {
            if self.source_labels.is_some() {
                return fail(Field::SourceLabels, RuleErrorKind::Unused(action));
            }
            if !target.is_empty() {
                return fail(Field::TargetLabel, RuleErrorKind::Unused(action));
            }
        }
        Ok(())
    }

    fn work(&self, parsed: &Parsed, scheme: ValidationScheme) -> Result<Work, RuleError> {
        let target = || Name::from(self.target());
        let names = &parsed.groups;
        let pattern = |slots: &[usize]| {
            Pattern::new(parsed, slots)
                .map_err(|error| RuleError::new(Field::Regex, RuleErrorKind::Regex(error)))
        };
        Ok(match self.action.unwrap_or_default() {
            Action::Replace => {
                let mut replacement = Template::new(self.template(), names);
                let mut name = Template::new(self.target(), names);
                let slots: BTreeSet<usize> = replacement.groups().chain(name.groups()).collect();
                let slots: Vec<usize> = slots.into_iter().collect();
                replacement.renumber(&slots);
                name.renumber(&slots);
                let pattern = pattern(&slots)?;
                Work::Replace(Replace {
                    copies: pattern.is_whole_group() && replacement.as_group() == Some(1),
                    pattern,
                    captures: replacement.as_text().is_none() || name.as_text().is_none(),
                    target: match self.target().contains('$') {
                        false => Target::Name(target()),
                        true => Target::Template(name, scheme),
                    },
                    replacement,
                })
            }
            Action::LabelMap => {
                let mut name = Template::new(self.template(), names);
                let slots: BTreeSet<usize> = name.groups().collect();
                let slots: Vec<usize> = slots.into_iter().collect();
                name.renumber(&slots);
                Work::LabelMap {
                    pattern: pattern(&slots)?,
                    name,
                }
            }
            Action::Keep => Work::Keep(pattern(&[])?),
            Action::Drop => Work::Drop(pattern(&[])?),
            Action::LabelDrop => Work::LabelDrop(pattern(&[])?),
            Action::LabelKeep => Work::LabelKeep(pattern(&[])?),
            Action::KeepEqual => Work::KeepEqual(target()),
            Action::DropEqual => Work::DropEqual(target()),
            Action::Lowercase => Work::Lowercase(target()),
            Action::Uppercase => Work::Uppercase(target()),
            Action::HashMod => Work::HashMod {
                target: target(),
                modulus: self.modulus.unwrap_or(1).max(1),
            },
        })
    }
}

/// Tells whether a template may yield a label's name (spec R10, R13). Under UTF-8 it must not be empty; under
/// the legacy scheme it has letters, digits, `_` and well-formed references, and no digit first.
pub(crate) fn is_name_template(template: &str, scheme: ValidationScheme) -> bool {
    if scheme == ValidationScheme::Utf8 {
        return !template.is_empty();
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let word = |text: &str| text.chars().take_while(|c| is_word(*c)).count();
    let mut rest = template;
    while let Some(c) = rest.chars().next() {
        let len = if c == '$' {
            let name = rest.get(1..).unwrap_or_default();
            match name.strip_prefix('{') {
                None => 1 + word(name),
                Some(inside) => {
                    let len = word(inside);
                    let closed = inside.get(len..).is_some_and(|rest| rest.starts_with('}'));
                    if len == 0 || !closed {
                        return false;
                    }
                    len + 3
                }
            }
        } else {
            word(rest)
        };
        if len <= usize::from(c == '$') {
            return false;
        }
        rest = rest.get(len..).unwrap_or_default();
    }
    !template.is_empty() && !template.starts_with(|c: char| c.is_ascii_digit())
}

impl Rule {
    /// Tells whether it removes labels by name.
    pub(super) fn is_screen(&self) -> bool {
        matches!(self.work, Work::LabelDrop(_) | Work::LabelKeep(_))
    }

    /// Returns the names of the labels that it reads and sets, as far as they are known before it is applied.
    pub(super) fn names(&mut self) -> impl Iterator<Item = &mut Name> {
        let target = match &mut self.work {
            Work::Replace(Replace {
                target: Target::Name(name),
                ..
            })
            | Work::KeepEqual(name)
            | Work::DropEqual(name)
            | Work::HashMod { target: name, .. }
            | Work::Lowercase(name)
            | Work::Uppercase(name) => Some(name),
            Work::Replace(Replace {
                target: Target::Template(..),
                ..
            })
            | Work::Keep(_)
            | Work::Drop(_)
            | Work::LabelMap { .. }
            | Work::LabelDrop(_)
            | Work::LabelKeep(_) => None,
        };
        self.sources.iter_mut().chain(target)
    }

    /// Returns the rule as it was written.
    #[must_use]
    pub fn config(&self) -> &RuleConfig {
        &self.config
    }

    /// Returns what the rule does.
    #[must_use]
    pub fn action(&self) -> Action {
        self.config.action.unwrap_or_default()
    }

    /// Returns the scheme the rule was built under.
    #[must_use]
    pub fn scheme(&self) -> ValidationScheme {
        self.scheme
    }
}
