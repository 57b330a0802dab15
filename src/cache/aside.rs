//! What few lines of a body say, kept beside its places.

use crate::engine::Between;
use crate::labels::{Exemplar, Labels};
use crate::line::Sample;
use crate::shape::{ExemplarShape, LabelShape, Text};

/// Timestamps, exemplars, and lines that are read again when they are asked for.
#[derive(Debug, Default)]
pub(super) struct Aside {
    extras: Vec<Extra>,
    cited: Vec<Cited>,
    labels: Vec<LabelShape>,
    odd: Vec<Between>,
}

/// What a sample says beside its value.
#[derive(Debug, Clone, Copy)]
struct Extra {
    timestamp: Option<i64>,
    cited: Option<u32>,
}

/// An exemplar.
#[derive(Debug)]
struct Cited {
    /// The line it is in.
    at: usize,
    len: u32,
    shape: ExemplarShape,
    /// Where its labels begin, and how many there are.
    labels: u32,
    label_count: u32,
}

impl Aside {
    pub(super) fn clear(&mut self) {
        self.extras.clear();
        self.cited.clear();
        self.labels.clear();
        self.odd.clear();
    }

    /// Keeps a timestamp, and gives its number.
    pub(super) fn timestamp(&mut self, timestamp: i64) -> u32 {
        self.put(Extra {
            timestamp: Some(timestamp),
            cited: None,
        })
    }

    fn put(&mut self, extra: Extra) -> u32 {
        self.extras.push(extra);
        self.extras.len() as u32 - 1
    }

    /// Keeps what a sample says beside its value, if it does; its line begins at `at`.
    pub(super) fn extra(&mut self, sample: &Sample<'_>, at: usize) -> Option<u32> {
        let cited = sample.exemplar().map(|exemplar| {
            let labels = self.labels.len() as u32;
            self.labels.extend_from_slice(exemplar.labels.shapes);
            self.cited.push(Cited {
                at,
                len: sample.raw().len() as u32,
                shape: exemplar.shape,
                labels,
                label_count: exemplar.labels.len() as u32,
            });
            self.cited.len() as u32 - 1
        });
        let timestamp = sample.timestamp();
        let says = timestamp.is_some() || cited.is_some();
        says.then(|| self.put(Extra { timestamp, cited }))
    }

    /// Keeps where a line begins that is read again, and gives its number.
    pub(super) fn odd(&mut self, before: Between) -> u32 {
        self.odd.push(before);
        self.odd.len() as u32 - 1
    }

    pub(super) fn before_odd(&self, number: u32) -> Option<Between> {
        self.odd.get(number as usize).copied()
    }

    pub(super) fn timestamp_of(&self, extra: u32) -> Option<i64> {
        self.extras.get(extra as usize)?.timestamp
    }

    pub(super) fn exemplar_of<'c>(
        &'c self,
        extra: u32,
        body: &'c [u8],
    ) -> Option<Exemplar<'c, 'c>> {
        let cited = self.extras.get(extra as usize)?.cited?;
        let cited = self.cited.get(cited as usize)?;
        let line = body.get(cited.at..cited.at + cited.len as usize)?;
        let labels = cited.labels as usize;
        Some(Exemplar {
            labels: Labels {
                text: Text::Bytes(line),
                shapes: (self.labels).get(labels..labels + cited.label_count as usize)?,
            },
            shape: cited.shape,
        })
    }
}
