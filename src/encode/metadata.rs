//! Writes what is known about a family, in the order that the format wants.

use super::error::{EncodeError, UnitErrorKind};
use super::omitted::{Omitted, Options};
use super::target::Target;
use super::text::{self, NameParts};
use crate::format::syntax::FamilyRules;
use crate::model::metric_type::MetricType;

/// The HELP, TYPE and UNIT lines of a family.
#[derive(Debug, Clone, Copy)]
pub(super) struct Metadata<'m> {
    pub(super) help: Option<&'m str>,
    /// The type, if it is declared.
    pub(super) kind: Option<MetricType>,
    pub(super) unit: Option<&'m str>,
}

impl Metadata<'_> {
    /// Appends the lines that there are. What there is no place for is refused, or left out and counted.
    pub(super) fn push(
        self,
        out: &mut String,
        target: &Target,
        name: NameParts<'_>,
        options: Options,
        omitted: &mut Omitted,
    ) -> Result<(), EncodeError> {
        let help_first = match target.syntax.family_rules {
            FamilyRules::None | FamilyRules::OpenMetrics => true,
            FamilyRules::OpenMetrics2 => options.go,
        };
        if help_first {
            self.push_help(out, target, name, options, omitted)?;
        }
        if let Some(kind) = self.kind {
            text::push_type_line(out, name, kind, target.syntax);
        }
        omitted.units += u64::from(self.push_unit(out, target, name, options)?);
        if !help_first {
            self.push_help(out, target, name, options, omitted)?;
        }
        Ok(())
    }

    fn push_help(
        self,
        out: &mut String,
        target: &Target,
        name: NameParts<'_>,
        options: Options,
        omitted: &mut Omitted,
    ) -> Result<(), EncodeError> {
        let Some(mut help) = self.help else {
            return Ok(());
        };
        match target.syntax.family_rules {
            FamilyRules::OpenMetrics2 if help.ends_with('\r') => {
                if !options.leaves_out() {
                    return Err(EncodeError::Help {
                        family: name.joined().into_owned(),
                    });
                }
                help = help.trim_end_matches('\r');
                omitted.carriage_returns += 1;
            }
            FamilyRules::None | FamilyRules::OpenMetrics | FamilyRules::OpenMetrics2 => {}
        }
        text::push_help_line(out, name, help, target.syntax);
        Ok(())
    }

    /// Appends the unit. Returns whether it was left out.
    fn push_unit(
        self,
        out: &mut String,
        target: &Target,
        name: NameParts<'_>,
        options: Options,
    ) -> Result<bool, EncodeError> {
        let Some(unit) = self.unit.filter(|unit| !unit.is_empty()) else {
            return Ok(false);
        };
        match (target.syntax.family_rules, self.unit_fault(unit)) {
            (FamilyRules::OpenMetrics2, Some(_)) if options.leaves_out() => Ok(true),
            (FamilyRules::OpenMetrics2, Some(fault)) => Err(EncodeError::UnitInOpenMetrics2 {
                family: name.joined().into_owned(),
                unit: unit.to_owned(),
                fault,
            }),
            (FamilyRules::OpenMetrics2, None)
            | (FamilyRules::None | FamilyRules::OpenMetrics, _) => {
                text::push_unit(out, target, name, unit, options.lossy)
            }
        }
    }

    /// Returns why OpenMetrics 2.0 has no place for the unit (spec G25), whose characters its grammar restricts.
    fn unit_fault(self, unit: &str) -> Option<UnitErrorKind> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':');
        match self.kind {
            Some(kind @ (MetricType::Info | MetricType::StateSet)) => {
                Some(UnitErrorKind::OfType(kind))
            }
            _ if unit.bytes().all(fits) => None,
            _ => Some(UnitErrorKind::Characters),
        }
    }
}
