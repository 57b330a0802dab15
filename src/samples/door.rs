//! What the doors share: lines or messages, and the conversion of histograms between the former.

use super::conversion::{Conversion, Unconverted};
use super::parts::Parts;
use super::sample::{AnySample, SampleEntry};
use super::source::{Lines, Messages};
use super::spelled::Spelling;
#[cfg(feature = "relabel")]
use crate::error::Position;
use crate::error::Result;
use crate::format::syntax::Composites;
use crate::limits::Limits;
use crate::model::histogram_options::HistogramOptions;
use crate::protobuf::{self, Found};
use crate::text::filter::Filter;
use crate::text::line::Line;

/// Reads the samples of a body.
#[derive(Debug)]
pub(super) enum Door<L, M> {
    Text(TextDoor<L>),
    Protobuf { messages: M, found: Found },
}

/// Reads the samples of lines.
#[derive(Debug)]
pub(super) struct TextDoor<L> {
    pub(super) lines: L,
    /// If histograms are converted.
    conversion: Option<Box<Conversion>>,
    /// What takes lines apart, in formats that write several samples on one.
    parts: Option<Box<Parts>>,
    current: Current,
    /// Of the sample that was found last.
    spelling: Spelling,
}

/// What was found last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Current {
    Line,
    /// A classic series of a histogram that is converted too.
    Classic,
    Converted,
    /// A part of a line.
    Part,
}

impl<L: Lines, M: Messages> Door<L, M> {
    pub(super) fn text(lines: L) -> Self {
        Door::Text(TextDoor {
            parts: match lines.dialect().syntax().composites {
                Composites::Lines => None,
                Composites::Braces => Some(Box::default()),
            },
            lines: lines.histograms(HistogramOptions::new()),
            conversion: None,
            current: Current::Line,
            spelling: Spelling::default(),
        })
    }

    pub(super) fn protobuf(messages: M) -> Self {
        Door::Protobuf {
            messages,
            found: Found::Family,
        }
    }

    pub(super) fn histograms(self, options: HistogramOptions) -> Self {
        match self {
            Door::Text(mut door) => {
                door.lines = door.lines.histograms(options);
                match &mut door.parts {
                    Some(parts) => parts.options = options,
                    None => {
                        let conversion = || Box::new(Conversion::new(options.keep_classic));
                        door.conversion = options.convert_classic.then(conversion);
                    }
                }
                Door::Text(door)
            }
            Door::Protobuf { messages, .. } => Self::protobuf(messages.histograms(options)),
        }
    }

    pub(super) fn limits(self, limits: Limits) -> Self {
        match self {
            Door::Text(door) => Door::Text(TextDoor {
                lines: door.lines.limits(limits),
                ..door
            }),
            Door::Protobuf { messages, .. } => Self::protobuf(messages.limits(limits)),
        }
    }

    pub(super) fn filter_by(self, filter: Filter) -> Self {
        match self {
            Door::Text(door) => Door::Text(TextDoor {
                lines: door.lines.filter_by(filter),
                ..door
            }),
            Door::Protobuf { messages, .. } => Self::protobuf(messages.filter_by(filter)),
        }
    }

    /// Returns the next sample.
    // Of lines that are samples as they are, nothing is put into memory between the scanner and a caller's loop.
    #[inline(always)]
    pub(super) fn next_sample(&mut self) -> Result<Option<AnySample<'_>>> {
        if let Door::Text(door) = self
            && door.is_plain()
        {
            let found = door.next_line()?;
            return Ok(found.and_then(|found| self.plain(found)));
        }
        let found = self.advance_to_sample()?;
        Ok(found.then(|| self.sample()).flatten())
    }

    /// Returns the sample that was found last, of lines that are samples as they are.
    #[inline(always)]
    fn plain(&self, found: L::Found) -> Option<AnySample<'_>> {
        match self {
            Door::Text(door) => Some(door.plain(found)),
            Door::Protobuf { .. } => None,
        }
    }

    /// Finds the next entry.
    #[inline]
    pub(super) fn advance(&mut self) -> Result<bool> {
        match self {
            Door::Text(door) => door.advance(),
            Door::Protobuf { messages, found } => {
                let next = messages.advance()?;
                *found = next.unwrap_or(Found::Family);
                Ok(next.is_some())
            }
        }
    }

    /// Finds the next entry that is a sample.
    #[inline(never)]
    pub(super) fn advance_to_sample(&mut self) -> Result<bool> {
        while self.advance()? {
            let is_sample = match self {
                Door::Text(door) => {
                    door.current != Current::Line
                        || matches!(door.lines.line(), Some(Line::Sample(_)))
                }
                Door::Protobuf { found, .. } => *found == Found::Sample,
            };
            if is_sample {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the entry that was found last.
    pub(super) fn entry(&self) -> Option<SampleEntry<'_>> {
        Some(match self {
            Door::Text(door) => match door.sample() {
                Some(sample) => SampleEntry::Sample(sample),
                None => SampleEntry::Line(door.lines.line()?),
            },
            Door::Protobuf { messages, found } => match messages.entry(*found) {
                protobuf::Entry::Family(family) => SampleEntry::Family(family),
                protobuf::Entry::Sample(sample) => SampleEntry::Sample(AnySample::protobuf(sample)),
            },
        })
    }

    /// Returns the sample that was found last.
    #[inline]
    pub(super) fn sample(&self) -> Option<AnySample<'_>> {
        match self {
            Door::Text(door) => door.sample(),
            Door::Protobuf { messages, found } => {
                let sample = messages.entry(*found).into_sample()?;
                Some(AnySample::protobuf(sample))
            }
        }
    }

    pub(super) fn unconverted(&self) -> u64 {
        match self {
            Door::Text(door) => door.conversion.as_ref().map_or(0, |found| found.failed),
            Door::Protobuf { .. } => 0,
        }
    }

    pub(super) fn take_unconverted(&mut self) -> Vec<Unconverted> {
        let conversion = match self {
            Door::Text(door) => door.conversion.as_mut(),
            Door::Protobuf { .. } => None,
        };
        let list = conversion.map(|conversion| std::mem::take(&mut conversion.unconverted));
        list.unwrap_or_default()
    }
}

impl<L: Lines> TextDoor<L> {
    /// Tells whether the lines are samples as they are.
    #[inline(always)]
    fn is_plain(&self) -> bool {
        self.conversion.is_none() && self.parts.is_none()
    }

    /// Finds the next of such lines.
    #[inline(always)]
    fn next_line(&mut self) -> Result<Option<L::Found>> {
        self.spelling.clear();
        self.lines.next_sample()
    }

    /// Returns such a line, which was found last.
    #[inline(always)]
    fn plain(&self, found: L::Found) -> AnySample<'_> {
        AnySample::text(self.lines.sample(found), true, &self.spelling)
    }

    #[inline]
    fn advance(&mut self) -> Result<bool> {
        self.spelling.clear();
        match (&self.conversion, &self.parts) {
            (None, None) => self.lines.advance(),
            (None, Some(_)) => self.advance_by_part(),
            (Some(_), _) => self.advance_and_convert(),
        }
    }

    fn advance_by_part(&mut self) -> Result<bool> {
        let (Some(parts), lines) = (self.parts.as_deref_mut(), &mut self.lines) else {
            return Ok(false);
        };
        if parts.has_next()
            && let Some(Line::Sample(sample)) = lines.line_again()
        {
            parts.advance(&sample);
            return Ok(true);
        }
        self.current = Current::Line;
        if !lines.advance()? {
            return Ok(false);
        }
        if let Some(Line::Sample(sample)) = lines.line()
            && parts.begin(&sample, lines.line_end())?
        {
            self.current = Current::Part;
        }
        Ok(true)
    }

    fn advance_and_convert(&mut self) -> Result<bool> {
        let Some(conversion) = self.conversion.as_deref_mut() else {
            return Ok(false);
        };
        let lines = &mut self.lines;
        self.current = Current::Line;
        if conversion.release()
            && let Some(line) = lines.line()
        {
            // The line that ended the histogram was found before.
            let taken = match line {
                Line::Sample(sample) => conversion.take(&sample, lines.line_end()),
                _ => false,
            };
            if taken && conversion.keep_classic {
                self.current = Current::Classic;
            }
            if !taken || conversion.keep_classic {
                return Ok(true);
            }
        }
        loop {
            if !lines.advance()? {
                let converted = lines.has_ended() && conversion.emit();
                if converted {
                    self.current = Current::Converted;
                }
                return Ok(converted);
            }
            let converted = match lines.line() {
                Some(Line::Sample(sample)) if conversion.see(&sample) => true,
                Some(Line::Sample(sample)) => {
                    if conversion.take(&sample, lines.line_end()) {
                        if !conversion.keep_classic {
                            continue;
                        }
                        self.current = Current::Classic;
                    }
                    false
                }
                // Whether it is the end, only what comes after it tells.
                Some(Line::Eof) | None => continue,
                Some(Line::Help(_) | Line::Type(_) | Line::Unit(_) | Line::Comment(_)) => {
                    conversion.emit()
                }
            };
            if converted {
                self.current = Current::Converted;
            }
            return Ok(true);
        }
    }

    /// Returns the sample that was found last.
    #[inline]
    fn sample(&self) -> Option<AnySample<'_>> {
        if self.current == Current::Converted {
            let conversion = self.conversion.as_deref()?;
            return Some(AnySample::converted(&conversion.collected));
        }
        if let (Current::Part, Some(parts)) = (self.current, self.parts.as_deref()) {
            let sample = self.lines.line_again()?.into_sample()?;
            return Some(AnySample::part(sample, parts.part(), &self.spelling));
        }
        match self.lines.line()? {
            Line::Sample(sample) => {
                let has_exemplars = self.current != Current::Classic;
                Some(AnySample::text(sample, has_exemplars, &self.spelling))
            }
            _ => None,
        }
    }

    /// Returns where the sample begins that was found last.
    #[cfg(feature = "relabel")]
    #[cold]
    pub(super) fn position(&self) -> Position {
        match (self.current, self.conversion.as_deref(), self.lines.line()) {
            (Current::Converted, Some(conversion), _) => conversion.collected.position,
            (_, _, Some(Line::Sample(sample))) => self.lines.line_end().start(sample.raw()),
            _ => Position::default(),
        }
    }
}

/// The settings and methods that every door has.
macro_rules! door {
    () => {
        /// Sets in which form histograms become samples. Call it before the first sample is read.
        ///
        /// The text format and OpenMetrics 1.0 have no native histograms; with
        /// [`convert_classic`](crate::HistogramOptions::convert_classic) classic ones become such
        /// ([P39](crate::docs::protobuf#p39)). In OpenMetrics 2.0 one that cannot be converted is an error
        /// ([G53](crate::docs::openmetrics2#g53)).
        #[must_use]
        pub fn histograms(
            mut self,
            options: crate::model::histogram_options::HistogramOptions,
        ) -> Self {
            self.door = self.door.histograms(options);
            self
        }

        /// Sets the limits. Call it before the first sample is read.
        #[must_use]
        pub fn limits(mut self, limits: crate::limits::Limits) -> Self {
            self.door = self.door.limits(limits);
            self
        }

        /// Reads only the families that `filter` wants.
        #[must_use]
        pub fn filter_by(mut self, filter: crate::text::filter::Filter) -> Self {
            self.door = self.door.filter_by(filter);
            self
        }

        /// Returns how many classic histograms of the text formats were left out, because they could not
        /// be converted. Prometheus drops them without a word ([P39](crate::docs::protobuf#p39)).
        #[must_use]
        pub fn unconverted(&self) -> u64 {
            self.door.unconverted()
        }

        /// Takes what is known of them since the last call, of at most 100.
        pub fn take_unconverted(&mut self) -> Vec<crate::samples::conversion::Unconverted> {
            self.door.take_unconverted()
        }
    };
}
pub(super) use door;
