//! What a family says besides its metrics.

use std::borrow::Cow;

use super::fault::Refused;
use super::fields::metric_type;
use super::keys::metric_family;
use super::schema;
use super::wire::{Fault, Fields, Part};
use crate::bytes::work;
use crate::model::metric_type::MetricType;

/// A family without its metrics.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Head {
    pub(super) name: Part,
    pub(super) help: Part,
    pub(super) unit: Part,
    metric_type: i32,
    /// Where the family's type is written.
    type_at: usize,
    /// How many metrics there are.
    pub(super) metrics: usize,
}

impl Head {
    /// Reads a family. Metrics are skipped.
    pub(super) fn read(family: &[u8]) -> Result<Self, Fault> {
        let mut head = Head::default();
        let mut fields = Fields::new(family, Part::whole(family));
        while let Some((key, at)) = fields.key()? {
            match key {
                metric_family::METRIC => {
                    fields.part()?;
                    head.metrics += 1;
                }
                metric_family::NAME => head.name = fields.part()?,
                metric_family::HELP => head.help = fields.part()?,
                metric_family::TYPE => {
                    head.type_at = at;
                    head.metric_type = fields.varint()? as i32;
                }
                metric_family::UNIT => head.unit = fields.part()?,
                _ => fields.other(key, at, schema::FAMILY)?,
            }
        }
        Ok(head)
    }

    /// Returns the family's type.
    pub(super) const fn metric_type(&self) -> Option<MetricType> {
        Some(match self.metric_type {
            metric_type::COUNTER => MetricType::Counter,
            metric_type::GAUGE => MetricType::Gauge,
            metric_type::SUMMARY => MetricType::Summary,
            metric_type::UNTYPED => MetricType::Unknown,
            metric_type::HISTOGRAM => MetricType::Histogram,
            metric_type::GAUGE_HISTOGRAM => MetricType::GaugeHistogram,
            _ => return None,
        })
    }

    /// Checks name, help and type (spec P20), and returns the name and the type.
    pub(super) fn check<'a>(&self, family: &'a [u8]) -> Result<(&'a str, MetricType), Refused> {
        let name = text(self.name, family)?;
        if name.is_empty() {
            let at = self.name.before();
            return Err(Refused::EmptyName { at });
        }
        text(self.help, family)?;
        match self.metric_type() {
            Some(metric_type) => Ok((name, metric_type)),
            None => Err(Refused::UnknownType {
                at: self.type_at,
                number: self.metric_type,
            }),
        }
    }

    /// Returns the unit, which Prometheus does not check.
    pub(super) fn unit<'a>(&self, family: &'a [u8]) -> Cow<'a, str> {
        String::from_utf8_lossy(self.unit.of(family))
    }
}

/// Returns text that must be UTF-8.
#[inline]
pub(super) fn text(part: Part, family: &[u8]) -> Result<&str, Refused> {
    let bytes = part.of(family);
    work::on(bytes.len());
    std::str::from_utf8(bytes).map_err(|error| Refused::InvalidUtf8 {
        at: part.start() + error.valid_up_to(),
    })
}

/// The metrics of a family, each where its message is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MetricParts {
    at: usize,
}

impl MetricParts {
    /// Returns no metric.
    pub(super) const fn end(family: &[u8]) -> Self {
        MetricParts { at: family.len() }
    }

    /// Returns the next metric's message. The family has been [read](Head::read).
    #[inline]
    pub(super) fn next(&mut self, family: &[u8]) -> Result<Option<Part>, Fault> {
        let mut fields = Fields::at(family, self.at);
        while let Some((key, at)) = fields.key()? {
            if key == metric_family::METRIC {
                let part = fields.part()?;
                self.at = fields.place();
                return Ok(Some(part));
            }
            fields.pass(key, at)?;
        }
        self.at = fields.place();
        Ok(None)
    }
}
