//! Which type a sample has by the TYPE lines before it.

use crate::bytes::work;
use crate::format::syntax::TypeScope;
use crate::model::metric_type::MetricType;
use crate::text::shape::{LineShape, OtherShape};

/// What the lines before say of the type and the unit of the next sample.
///
/// Where a TYPE line speaks about what follows it, that is the type that the last one declared. Where it
/// speaks about what has its name, a line with another name forgets the type and the unit, and a later
/// line with the first name does not bring them back, as in Prometheus; names are compared as written.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    type_scope: TypeScope,
    metric_type: MetricType,
    has_unit: bool,
    /// The name in the last line that has one, if that matters.
    name: Vec<u8>,
}

impl Subject {
    pub(crate) fn new(type_scope: TypeScope) -> Self {
        Subject {
            type_scope,
            metric_type: MetricType::Unknown,
            has_unit: false,
            name: Vec::new(),
        }
    }

    /// Forgets everything: another body comes next, or lines were skipped.
    pub(crate) fn clear(&mut self) {
        self.name.clear();
        self.metric_type = MetricType::Unknown;
        self.has_unit = false;
    }

    /// Begins another body.
    pub(crate) fn restart(&mut self, type_scope: TypeScope) {
        self.type_scope = type_scope;
        self.clear();
    }

    /// Returns the type that the last TYPE line declared, where that speaks about what follows.
    #[inline(always)]
    pub(crate) fn last_type(&self) -> MetricType {
        self.metric_type
    }

    /// Returns the type of a sample with that name.
    #[inline(always)]
    pub(crate) fn metric_type_of(&self, raw_name: &[u8]) -> MetricType {
        match self.type_scope {
            TypeScope::Following => self.metric_type,
            TypeScope::SameName if self.name == raw_name => self.metric_type,
            TypeScope::SameName => MetricType::Unknown,
        }
    }

    /// Tells whether the metric with that name has a unit, if that matters.
    pub(crate) fn has_unit(&self, raw_name: &[u8]) -> bool {
        self.has_unit && self.name == raw_name
    }

    /// Tells whether the names of samples matter.
    #[inline(always)]
    pub(crate) fn compares_names(&self) -> bool {
        match self.type_scope {
            TypeScope::Following => false,
            TypeScope::SameName => true,
        }
    }

    /// Records that a line is about the metric with that name.
    #[inline]
    pub(crate) fn is_now(&mut self, raw_name: &[u8]) {
        if self.compares_names() && self.name != raw_name {
            self.change(raw_name);
        }
    }

    /// Does what [`note`](Self::note) does, for the line at `at` of `text`.
    #[inline(always)]
    pub(crate) fn note_in(&mut self, shape: OtherShape, text: &str, at: usize) {
        match self.type_scope {
            TypeScope::Following => {
                if let OtherShape::Type { kind, .. } = shape {
                    self.metric_type = kind;
                }
            }
            TypeScope::SameName => {
                let line = text.as_bytes().get(at..).unwrap_or_default();
                self.note(LineShape::Other(shape), line);
            }
        }
    }

    /// Records what `line` says, whose parts are where `shape` says.
    #[inline(never)]
    pub(crate) fn note(&mut self, shape: LineShape, line: &[u8]) {
        match shape {
            LineShape::Sample(shape) => self.is_now(shape.name.of_bytes(line)),
            LineShape::Other(shape) => match shape {
                OtherShape::Type { name, kind } => self.declare(name.of_bytes(line), kind),
                OtherShape::Unit { name, unit } => {
                    self.is_now(name.of_bytes(line));
                    self.has_unit = !unit.of_bytes(line).is_empty();
                }
                OtherShape::Help { name, .. } => self.is_now(name.of_bytes(line)),
                OtherShape::Comment { .. } | OtherShape::Eof => {}
            },
        }
    }

    #[inline(never)]
    fn change(&mut self, raw_name: &[u8]) {
        work::on(raw_name.len());
        self.clear();
        self.name.extend_from_slice(raw_name);
    }

    /// Records the type in a TYPE line that was not read. Only where no other line matters, some need not be.
    #[inline]
    pub(crate) fn pass(&mut self, metric_type: MetricType) {
        match self.type_scope {
            TypeScope::Following => self.metric_type = metric_type,
            TypeScope::SameName => {}
        }
    }

    /// Records a TYPE line.
    #[inline]
    pub(crate) fn declare(&mut self, raw_name: &[u8], metric_type: MetricType) {
        self.is_now(raw_name);
        self.metric_type = metric_type;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::shape::Piece;

    #[test]
    fn a_type_may_speak_about_what_follows() {
        let mut subject = Subject::new(TypeScope::Following);
        subject.declare(b"a", MetricType::Gauge);
        subject.is_now(b"b");
        assert_eq!(subject.metric_type_of(b"c"), MetricType::Gauge);
        subject.pass(MetricType::Counter);
        assert_eq!(subject.metric_type_of(b"c"), MetricType::Counter);
        subject.clear();
        assert_eq!(subject.metric_type_of(b"a"), MetricType::Unknown);
    }

    #[test]
    fn or_about_its_name_until_another_comes() {
        let mut subject = Subject::new(TypeScope::SameName);
        subject.declare(b"a", MetricType::Info);
        let (name, unit) = (Piece::new(7, 8), Piece::new(9, 10));
        let shape = LineShape::Other(OtherShape::Unit { name, unit });
        subject.note(shape, b"# UNIT a s");
        subject.is_now(b"a");
        assert_eq!(subject.metric_type_of(b"a"), MetricType::Info);
        assert_eq!(subject.metric_type_of(b"b"), MetricType::Unknown);
        assert!(subject.has_unit(b"a") && !subject.has_unit(b"b"));
        subject.is_now(b"b");
        subject.is_now(b"a");
        assert_eq!(subject.metric_type_of(b"a"), MetricType::Unknown);
        assert!(!subject.has_unit(b"a"));
    }
}
