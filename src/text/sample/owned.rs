//! A sample that does not borrow.

use std::borrow::Cow;
use std::fmt;

use crate::model::metric_type::MetricType;
use crate::model::sample_view::{ExemplarView, SampleValue, SampleView};
use crate::text::declared::Declared;
use crate::text::sample::Sample;
use crate::text::shape::{Piece, SampleShape, Text};

/// A [`Sample`] without a borrow, to keep after the body is gone or to send to another thread:
/// [`Sample::into_owned`] makes it.
///
/// It holds its line in one allocation, and where the parts of the line are.
/// [`as_sample`](Self::as_sample) costs nothing.
///
/// ```
/// use exposition::{OwnedSample, Parser};
///
/// let last: Option<OwnedSample> = {
///     let body = String::from("up{job=\"a\"} 1\nup{job=\"b\"} 0\n");
///     let samples = Parser::text(body.as_bytes()).flatten().filter_map(|line| line.into_sample());
///     samples.last().map(|sample| sample.into_owned())
/// };
/// let last = last.expect("the body has samples");
/// assert_eq!(last.as_sample().labels().get("job"), Some("b"));
/// assert_eq!(last.as_sample().value(), 0.0);
/// ```
#[derive(Clone)]
pub struct OwnedSample {
    line: OwnedLine,
    shape: SampleShape,
    /// How many bytes of the name are the family's, if the last TYPE line is about that family.
    family: Option<u32>,
}

/// The text of a line.
#[derive(Clone)]
enum OwnedLine {
    Str(Box<str>),
    Bytes(Box<[u8]>),
}

impl OwnedSample {
    /// Returns the sample, which borrows from this one.
    #[inline]
    #[must_use]
    pub fn as_sample(&self) -> Sample<'_> {
        let text = match &self.line {
            OwnedLine::Str(line) => Text::Str(line),
            OwnedLine::Bytes(line) => Text::Bytes(line),
        };
        let declared = match self.family {
            Some(len) => {
                let start = self.shape.name.start();
                let family = text.bytes(Piece::new(start, start + len as usize));
                Declared::new(Some(family))
            }
            None => Declared::NONE,
        };
        Sample::new(text, self.shape, declared)
    }
}

impl Sample<'_> {
    /// Returns the sample without a borrow. Copies the line, in one allocation.
    #[must_use]
    pub fn into_owned(self) -> OwnedSample {
        let suffixes = self.shape.suffixes();
        let family = (self.declared).family_in(self.raw_name(), self.shape.scope, suffixes);
        OwnedSample {
            line: match self.text {
                Text::Str(line) => OwnedLine::Str(line.into()),
                Text::Bytes(line) => OwnedLine::Bytes(line.into()),
            },
            shape: self.shape,
            family: family.map(|len| len as u32),
        }
    }
}

impl From<Sample<'_>> for OwnedSample {
    fn from(sample: Sample<'_>) -> Self {
        sample.into_owned()
    }
}

impl<'o> From<&'o OwnedSample> for Sample<'o> {
    fn from(sample: &'o OwnedSample) -> Self {
        sample.as_sample()
    }
}

impl PartialEq for OwnedSample {
    fn eq(&self, other: &Self) -> bool {
        self.as_sample() == other.as_sample()
    }
}

impl fmt::Debug for OwnedSample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_sample().fmt(f)
    }
}

impl SampleView for OwnedSample {
    fn name<'s>(&'s self) -> Cow<'s, str> {
        self.as_sample().name()
    }

    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
        let labels = self.as_sample().labels().iter();
        labels.map(|label| (label.name(), label.value()))
    }

    fn label<'s>(&'s self, name: &str) -> Option<Cow<'s, str>> {
        self.as_sample().label(name)
    }

    fn value(&self) -> SampleValue<'_> {
        match self.as_sample().composite() {
            Some(composite) => SampleValue::Composite(composite),
            None => SampleValue::Float(self.shape.value),
        }
    }

    fn integer(&self) -> Option<u64> {
        self.as_sample().integer()
    }

    fn timestamp(&self) -> Option<i64> {
        self.shape.timestamp()
    }

    fn start_timestamp(&self) -> Option<i64> {
        self.as_sample().start_timestamp()
    }

    fn metric_type(&self) -> MetricType {
        self.as_sample().metric_type()
    }

    fn exemplars<'s>(&'s self) -> impl Iterator<Item = impl ExemplarView + 's> {
        self.as_sample().exemplars()
    }
}
