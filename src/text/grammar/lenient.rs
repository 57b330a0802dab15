//! What only lenient reading takes. Each place where it does is noted, as a kind of leniency.
//!
//! What Prometheus reads is read alike, with the exceptions that are noted: so an extension begins where
//! Prometheus' grammar would fail.

use nom::bytes::complete::take;

use super::sample::timestamp_error;
use super::{LineReader, Parsed, fail, unexpected};
use crate::bytes::scan;
use crate::error::ErrorKind;
use crate::number::decode::{self, NumberError};
use crate::text::leniency::LeniencyKind;
use crate::text::shape::{Piece, SampleShape};

impl LineReader<'_> {
    /// Length of the bare metric name that `input` starts with, else 0: with dots in it, where they
    /// are taken.
    pub(super) fn metric_name(&self, input: &[u8]) -> usize {
        let bare = scan::metric_name(input);
        let dotted = self.dotted(input, bare, scan::metric_name_rest);
        if dotted > bare && !self.is_value(input.get(bare..).unwrap_or_default(), dotted - bare) {
            self.note(LeniencyKind::DottedName, input);
            return dotted;
        }
        bare
    }

    /// Length of the name that `input` starts with, if it may hold dots between runs of `part`; `bare` is
    /// the length of the first run.
    pub(super) fn dotted(&self, input: &[u8], bare: usize, part: impl Fn(&[u8]) -> usize) -> usize {
        let mut len = bare;
        while self.is_lenient()
            && bare > 0
            && input.get(len) == Some(&b'.')
            && let Some(more) = input.get(len + 1..).map(&part).filter(|more| *more > 0)
        {
            len += 1 + more;
        }
        len
    }

    /// Whether what follows a bare name is a value, as Prometheus reads it: `a.5` says that `a` is 0.5.
    fn is_value(&self, input: &[u8], dotted: usize) -> bool {
        let token = self.token_len(input);
        let behind = input.get(dotted..).unwrap_or_default();
        let labels = behind.get(scan::blanks(behind)..).unwrap_or_default();
        let text = std::str::from_utf8(input.get(..token).unwrap_or_default());
        !labels.starts_with(b"{")
            && text.is_ok_and(|text| decode::sample_value(text) != Err(NumberError::Syntax))
    }

    /// Notes how a type is written that `input` begins with, as far as Prometheus would not take it.
    pub(super) fn note_type(&self, input: &[u8], written: &[u8]) {
        let before = written.len() - written.trim_ascii_start().len();
        let word = written.trim_ascii();
        let start = input.get(before..).unwrap_or_default();
        if before > 0 {
            self.note(LeniencyKind::BlanksAroundType, input);
        } else if word.len() < written.len() {
            let behind = input.get(word.len()..).unwrap_or_default();
            self.note(LeniencyKind::BlanksAroundType, behind);
        }
        if self.syntax().types.strictly().read(word).is_none() {
            self.note(LeniencyKind::TypeWord, start);
        }
    }

    /// A label value as far as the next blank, comma or brace. What would make it doubtful where it ends,
    /// or has to be escaped in quotes, it cannot hold.
    pub(super) fn unquoted_value<'i>(&self, input: &'i [u8]) -> Parsed<'i, Piece> {
        let len = scan::unquoted_value(input);
        let (left, text) = take(len)(input)?;
        if text.is_empty() && !matches!(left.first(), Some(b',' | b'}')) {
            return unexpected(input, "a label value");
        }
        if let Err(error) = std::str::from_utf8(text) {
            let bad = input.get(error.valid_up_to()..).unwrap_or_default();
            return fail(bad, ErrorKind::InvalidUtf8, "a label value in UTF-8");
        }
        self.note(LeniencyKind::UnquotedValue, input);
        Ok((left, self.piece(input, text)))
    }

    /// The timestamp after a value, if what stands there is one, and the blanks around it.
    pub(super) fn lenient_timestamp<'i>(
        &self,
        input: &'i [u8],
        sample: &mut SampleShape,
    ) -> Parsed<'i, ()> {
        let (input, _) = self.blanks(input)?;
        let (left, token) = take(self.token_len(input))(input)?;
        let text = std::str::from_utf8(token).unwrap_or_default();
        match decode::timestamp_lenient(text) {
            Ok(millis) => {
                sample.timestamp = millis;
                sample.flags |= SampleShape::HAS_TIMESTAMP;
            }
            // Not a number: something else follows the value.
            Err(NumberError::Syntax) if decode::sample_value(text) == Err(NumberError::Syntax) => {
                return Ok((input, ()));
            }
            Err(error) => {
                return timestamp_error(error, input.len(), "a timestamp in milliseconds");
            }
        }
        if decode::timestamp_millis(text).is_err() {
            self.note(LeniencyKind::Timestamp, input);
        }
        let (left, _) = self.blanks(left)?;
        Ok((left, ()))
    }

    /// What follows value and timestamp, up to the line end: an exemplar, a comment, or anything else.
    pub(super) fn tail<'i>(&self, input: &'i [u8], sample: &mut SampleShape) -> Parsed<'i, ()> {
        let noted = self.noted.get();
        if self.line_end(input).is_ok() {
            // It is taken, and noted, by who called.
            self.noted.set(noted);
            return Ok((input, ()));
        }
        if input.first() != Some(&b'#') {
            self.note(LeniencyKind::Tail, input);
            return self.passed_over(input);
        }
        match self.lenient_exemplar(input, sample) {
            Ok((left, ())) => {
                self.note(LeniencyKind::Exemplar, input);
                return Ok((left, ()));
            }
            Err(nom::Err::Error(failed)) if failed.kind == ErrorKind::TooManyLabels => {
                return Err(nom::Err::Error(failed));
            }
            Err(_) => {}
        }
        sample.exemplars_at = 0;
        self.noted.set(noted);
        self.note(LeniencyKind::Comment, input);
        self.passed_over(input)
    }

    /// An exemplar as in OpenMetrics, with any blanks between its parts, up to the line end.
    fn lenient_exemplar<'i>(&self, input: &'i [u8], sample: &mut SampleShape) -> Parsed<'i, ()> {
        let (braces, _) = take(1usize)(input)?;
        let (braces, _) = self.blanks(braces)?;
        let ends = |left: &[u8]| {
            let noted = self.noted.get();
            let behind = left.get(scan::blanks(left)..).unwrap_or_default();
            let ends = self.line_end(behind).is_ok();
            self.noted.set(noted);
            ends
        };
        let (left, ()) = self.exemplar_parts(braces, sample, ends)?;
        let (left, _) = self.blanks(left)?;
        match ends(left) {
            true => Ok((left, ())),
            false => unexpected(left, "the end of the line"),
        }
    }

    /// The rest of the line, before its end.
    fn passed_over<'i>(&self, input: &'i [u8]) -> Parsed<'i, ()> {
        let (_, text) = self.rest_of_line(input)?;
        if let Err(error) = std::str::from_utf8(text) {
            let bad = input.get(error.valid_up_to()..).unwrap_or_default();
            return fail(bad, ErrorKind::InvalidUtf8, "a comment in UTF-8");
        }
        let (left, _) = take(text.len())(input)?;
        Ok((left, ()))
    }
}
