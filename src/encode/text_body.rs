//! A body in a text format, written family by family or line by line.

use std::collections::HashSet;

use super::error::EncodeError;
use super::family::FamilyWriter;
use super::gathered::Gathered;
use super::header::Header;
use super::omitted::{Omitted, Options};
use super::output::{Buffer, Output};
use super::relabelled::Relabelled;
use super::target::Target;
use super::text;
use crate::families::family::MetricFamily;
use crate::format::syntax::FamilyRules;
use crate::model::suffix::FamilyNames;

/// A body in a text format, as far as it has been written.
#[derive(Debug)]
pub(super) struct TextBody<O> {
    pub(super) target: Target,
    pub(super) out: Buffer<O>,
    pub(super) options: Options,
    pub(super) omitted: Omitted,
    /// The labels of the metric that is being written.
    labels: String,
    pub(super) header: Header,
    pub(super) relabelled: Relabelled,
    pub(super) gathered: Gathered,
    /// OpenMetrics: the names of families that have been written or will be.
    pub(super) taken: HashSet<String>,
}

impl<O: Output> TextBody<O> {
    pub(super) fn new(out: O, target: Target) -> Self {
        TextBody {
            target,
            out: Buffer::new(out),
            options: Options::default(),
            omitted: Omitted::default(),
            labels: String::new(),
            header: Header::default(),
            relabelled: Relabelled::default(),
            gathered: Gathered::default(),
            taken: HashSet::new(),
        }
    }

    /// Remembers the name of a family that will be written later.
    pub(super) fn reserve(&mut self, family: &MetricFamily<'_>) {
        match self.target.syntax.suffixes.family_names() {
            FamilyNames::AsSamples => {}
            FamilyNames::Stems => {
                // A name that cannot be written is refused when it is written.
                if let Ok(name) = self.target.names.metric_name(&family.name) {
                    self.taken.insert(name.into_owned());
                }
            }
        }
    }

    /// Writes a family, or nothing of it if it is refused.
    pub(super) fn family(&mut self, family: &MetricFamily<'_>) -> Result<(), EncodeError> {
        self.finish_family()?;
        self.flush_header()?;
        self.settle();
        self.push_family(family)?;
        self.out.spill()
    }

    /// Appends a family, or nothing of it if it is refused, and remembers it.
    pub(super) fn push_family(&mut self, family: &MetricFamily<'_>) -> Result<(), EncodeError> {
        self.append_family(family)?;
        match self.target.syntax.family_rules {
            FamilyRules::None | FamilyRules::OpenMetrics2 => {}
            FamilyRules::OpenMetrics => self.relabelled.know(&family.name, family.metric_type),
        }
        Ok(())
    }

    /// Appends a family, or nothing of it if it is refused.
    pub(super) fn append_family(&mut self, family: &MetricFamily<'_>) -> Result<(), EncodeError> {
        let start = self.out.text.len();
        let omitted = self.omitted;
        let mut writer = FamilyWriter {
            out: &mut self.out.text,
            labels: &mut self.labels,
            omitted: &mut self.omitted,
            target: &self.target,
            options: self.options,
            taken: &mut self.taken,
        };
        if let Err(error) = writer.family(family) {
            self.out.text.truncate(start);
            self.omitted = omitted;
            return Err(error);
        }
        Ok(())
    }

    /// Writes what is left and the end of the body. Returns the output and what was left out.
    pub(super) fn end(mut self) -> Result<(O, Omitted), EncodeError> {
        self.finish_family()?;
        self.flush_header()?;
        self.settle();
        self.finish_moved()?;
        match self.target.syntax.family_rules {
            FamilyRules::None | FamilyRules::OpenMetrics2 => {}
            FamilyRules::OpenMetrics => {
                (self.relabelled).finish(&mut self.out.text, &mut self.omitted);
            }
        }
        text::push_end(&mut self.out.text, self.target.syntax);
        self.out.flush()?;
        Ok((self.out.into_output(), self.omitted))
    }
}
