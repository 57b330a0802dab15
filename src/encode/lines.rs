//! Lines that were read, written one by one.

use super::Encoder;
use std::borrow::Cow;

use smallvec::SmallVec;

use super::error::{EncodeError, NameFault};
use super::naming;
use super::output::Output;
use super::sample::{Pair, Rewrite, push_sample};
use super::text::{self, NameParts};
use crate::dialect::Dialect;
use crate::line::{Line, MetricType, Sample};

/// Metadata that has been read and not yet written, as it can be for one family only.
#[derive(Debug, Default)]
pub(super) struct Header {
    from: Dialect,
    /// The family's name in the body.
    name: String,
    help: Option<String>,
    kind: Option<MetricType>,
    unit: Option<String>,
    /// The family's name, escaped, and its type where samples of it may still come: their names are
    /// escaped as its parts.
    family: String,
    family_kind: MetricType,
}

impl<O: Output> Encoder<O> {
    pub(super) fn push_line(&mut self, line: &Line<'_>, from: Dialect) -> Result<(), EncodeError> {
        let not_utf8 = |name: &str| EncodeError::Labels {
            metric: name.to_owned(),
            fault: NameFault::NotUtf8,
        };
        match line {
            Line::Help(line) if !line.name_is_utf8() => Err(not_utf8(&line.name())),
            Line::Type(line) if !line.name_is_utf8() => Err(not_utf8(&line.name())),
            Line::Unit(line)
                if !line.name_is_utf8() || std::str::from_utf8(line.raw_unit()).is_err() =>
            {
                Err(not_utf8(&line.name()))
            }
            Line::Help(line) => {
                self.open_header(&line.name(), from, |header| header.help.is_some())?;
                self.header.help = Some(line.text().into_owned());
                Ok(())
            }
            Line::Type(line) => {
                self.open_header(&line.name(), from, |header| header.kind.is_some())?;
                self.header.kind = Some(line.kind());
                Ok(())
            }
            Line::Unit(line) => {
                self.open_header(&line.name(), from, |header| header.unit.is_some())?;
                self.header.unit = Some(line.unit().into_owned());
                Ok(())
            }
            Line::Sample(sample) => self.push_sample_line(sample, from),
            Line::Comment(_) | Line::Eof => Ok(()),
        }
    }

    /// Makes room for metadata of that family: what is held of another, or would come twice, goes out.
    fn open_header(
        &mut self,
        name: &str,
        from: Dialect,
        twice: impl Fn(&Header) -> bool,
    ) -> Result<(), EncodeError> {
        if self.header.name != name || self.header.from != from || twice(&self.header) {
            self.flush_header()?;
            self.header.name.clear();
            self.header.name.push_str(name);
            self.header.from = from;
        }
        Ok(())
    }

    /// Writes the metadata that is held, if any, for a family of no sample.
    pub(super) fn flush_header(&mut self) -> Result<(), EncodeError> {
        self.flush_header_for(None)
    }

    /// Writes the metadata that is held, if any, before a sample of that name.
    fn flush_header_for(&mut self, sample: Option<&str>) -> Result<(), EncodeError> {
        let header = &mut self.header;
        let (help, kind, unit) = (header.help.take(), header.kind.take(), header.unit.take());
        if help.is_none() && kind.is_none() && unit.is_none() {
            return Ok(());
        }
        let (from, to) = (header.from, self.target.dialect);
        let escaped = self.target.metric_name(&header.name)?;
        let declared = kind.unwrap_or_default();
        // A counter of OpenMetrics may, against the rules, have samples of just its name.
        let suffix = match sample {
            Some(sample) if sample == header.name => "",
            _ => naming::main_suffix(declared, from),
        };
        let (family, placed) = naming::placed(&escaped, declared, suffix, from, to);
        let name = NameParts::whole(&family);
        let out = &mut self.out.text;
        if let Some(help) = help {
            text::push_help_line(out, name, &help, to);
        }
        if kind.is_some() {
            text::push_type_line(out, name, placed, to);
        }
        if let Some(unit) = unit.filter(|unit| !unit.is_empty()) {
            let left_out = text::push_unit(out, &self.target, name, &unit, self.options.lossy)?;
            self.left_out.units += u64::from(left_out);
        }
        if kind.is_some() {
            header.family_kind = declared;
            header.family.clear();
            header.family.push_str(&header.name);
        }
        Ok(())
    }

    fn push_sample_line(&mut self, sample: &Sample<'_>, from: Dialect) -> Result<(), EncodeError> {
        if let Some(fault) = fault(sample) {
            return Err(EncodeError::Labels {
                metric: sample.name().into_owned(),
                fault,
            });
        }
        self.flush_header_for(Some(&sample.name()))?;
        let full = sample.name();
        let escaped;
        let mut name = None;
        if !self.target.keeps_name(sample.raw_name()) {
            let header = &self.header;
            let part = naming::suffix_in(&full, &header.family, header.family_kind, from);
            let base = match part {
                Some(suffix) => full.strip_suffix(suffix).unwrap_or(&full),
                None => &full,
            };
            escaped = self.target.metric_name(base)?;
            name = Some(NameParts {
                base: &escaped,
                suffix: part.unwrap_or(""),
            });
        }
        let rewrite = Rewrite {
            from,
            name,
            labels: None,
            lossy: self.options.lossy,
        };
        let left_out = push_sample(&mut self.out.text, sample, &self.target, &rewrite)?;
        self.left_out.exemplars += u64::from(left_out);
        Ok(())
    }
}

impl<O: Output> Encoder<O> {
    pub(super) fn push_sample_as<'l>(
        &mut self,
        sample: &Sample<'_>,
        from: Dialect,
        name: &str,
        labels: impl IntoIterator<Item = (&'l str, &'l str)>,
    ) -> Result<(), EncodeError> {
        let labels = labels.into_iter();
        let labels: SmallVec<[Pair<'l>; 12]> = labels
            .map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)))
            .collect();
        let fault = labels.iter().enumerate().find_map(|(at, (name, _))| {
            let mut before = labels.iter().take(at);
            match name.as_ref() {
                "" => Some(NameFault::EmptyLabel),
                "__name__" => Some(NameFault::Reserved),
                name => (before.any(|other| other.0 == name)).then_some(NameFault::Duplicate),
            }
        });
        if let Some(fault) = fault {
            return Err(EncodeError::Labels {
                metric: name.to_owned(),
                fault,
            });
        }
        let escaped = self.target.metric_name(name)?;
        self.flush_header_for(Some(name))?;
        let rewrite = Rewrite {
            from,
            name: Some(NameParts::whole(&escaped)),
            labels: Some(&labels),
            lossy: self.options.lossy,
        };
        let left_out = push_sample(&mut self.out.text, sample, &self.target, &rewrite)?;
        self.left_out.exemplars += u64::from(left_out);
        Ok(())
    }
}

/// What keeps a sample from being written: names that are none.
fn fault(sample: &Sample<'_>) -> Option<NameFault> {
    if sample.name_not_utf8().is_some() {
        return Some(NameFault::NotUtf8);
    }
    if sample.raw_name().is_empty() {
        return Some(NameFault::EmptyMetric);
    }
    let mut labels = sample.labels().into_iter();
    labels
        .any(|label| label.raw_name().is_empty())
        .then_some(NameFault::EmptyLabel)
}
