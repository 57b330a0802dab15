//! Which type a sample has by the TYPE lines before it.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

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
    name: LastName,
}

/// A name that others are compared with. Of a long one only a digest is kept.
#[derive(Debug, Clone, Default)]
struct LastName {
    short: Vec<u8>,
    long: Option<Digest>,
    /// Drawn at random, so that nobody can write two names with one digest.
    keys: Option<[RandomState; 2]>,
}

/// The length of a long name, and two hashes of it.
type Digest = (usize, [u64; 2]);

/// The longest name that is kept, in bytes.
const LONGEST: usize = 1024;

impl LastName {
    fn clear(&mut self) {
        self.short.clear();
        self.long = None;
    }

    #[inline(always)]
    fn is(&self, raw_name: &[u8]) -> bool {
        match raw_name.len() > LONGEST {
            false => self.long.is_none() && self.short == raw_name,
            true => self.long.is_some() && self.long == self.digest(raw_name),
        }
    }

    fn set(&mut self, raw_name: &[u8]) {
        self.clear();
        match raw_name.len() > LONGEST {
            false => self.short.extend_from_slice(raw_name),
            true => {
                self.keys.get_or_insert_default();
                self.long = self.digest(raw_name);
            }
        }
    }

    #[cold]
    fn digest(&self, raw_name: &[u8]) -> Option<Digest> {
        work::on(raw_name.len());
        let keys = self.keys.as_ref()?;
        let hashes = keys.each_ref().map(|keys| keys.hash_one(raw_name));
        Some((raw_name.len(), hashes))
    }
}

impl Subject {
    pub(crate) fn new(type_scope: TypeScope) -> Self {
        Subject {
            type_scope,
            metric_type: MetricType::Unknown,
            has_unit: false,
            name: LastName::default(),
        }
    }

    /// Forgets everything.
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
            TypeScope::SameName if self.name.is(raw_name) => self.metric_type,
            TypeScope::SameName => MetricType::Unknown,
        }
    }

    /// Tells whether the metric with that name has a unit, if that matters.
    pub(crate) fn has_unit(&self, raw_name: &[u8]) -> bool {
        self.has_unit && self.name.is(raw_name)
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
        if self.compares_names() && !self.name.is(raw_name) {
            self.change(raw_name);
        }
    }

    /// Does what [`note`](Self::note) does, for what `line` begins with.
    #[inline(always)]
    pub(crate) fn note_in(&mut self, shape: OtherShape, line: &[u8]) {
        match self.type_scope {
            TypeScope::Following => {
                if let OtherShape::Type { kind, .. } = shape {
                    self.metric_type = kind;
                }
            }
            TypeScope::SameName => self.note(LineShape::Other(shape), line),
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
        self.name.set(raw_name);
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
    fn long_names_are_told_apart() {
        let mut subject = Subject::new(TypeScope::SameName);
        let names = [LONGEST, LONGEST + 1, 5 * LONGEST].map(|len| vec![b'a'; len]);
        let mut other = names[2].clone();
        other[3000] = b'b';
        for name in &names {
            subject.declare(name, MetricType::Gauge);
            for one in names.iter().chain([&other]) {
                let expected = match one == name {
                    true => MetricType::Gauge,
                    false => MetricType::Unknown,
                };
                assert_eq!(subject.metric_type_of(one), expected, "{}", one.len());
            }
        }
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
