//! Samples: names, labels, values, timestamps, exemplars.

use nom::Parser as _;
use nom::bytes::complete::{tag, take, take_while1};
use nom::sequence::preceded;

use super::{Fail, LineReader, Parsed, fail, unexpected};
use crate::bytes::scan;
use crate::bytes::work;
use crate::error::ErrorKind;
use crate::format::syntax::{Blanks, Commas, ExemplarCount, TimeUnit};
use crate::number::decode::{self, NumberError};
use crate::text::leniency::LeniencyKind;
use crate::text::shape::{LineShape, Piece, SampleShape};

/// Where the labels being read belong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Braces {
    /// Behind a bare name.
    Named,
    /// At the start of a series: one quoted text inside is the name.
    Nameless,
    Exemplar,
}

/// A name, bare or quoted.
struct Name {
    piece: Piece,
    quoted: bool,
}

impl LineReader<'_> {
    pub(super) fn sample<'i>(&self, input: &'i [u8]) -> Parsed<'i, Option<LineShape>> {
        let mut sample = SampleShape {
            flags: SampleShape::flags_of(self.syntax().suffixes),
            scope: self.context.scope,
            ..SampleShape::default()
        };
        let (input, braces) = match self.metric_name(input) {
            0 => (input, Braces::Nameless),
            bare => {
                let (left, name) = take(bare)(input)?;
                sample.name = self.piece(input, name);
                (left, Braces::Named)
            }
        };
        sample.series_end = self.at(input) as u32;
        let (behind, _) = self.blanks(input)?;
        let input = match behind.first() {
            Some(b'{') => {
                sample.labels_at = self.at(behind) as u32 + 1;
                let (left, ()) = self.labels(behind, braces, &mut 0, &mut sample)?;
                sample.series_end = self.at(left) as u32;
                left
            }
            _ => input,
        };
        let (input, ()) = self.value(input, &mut sample)?;
        let (input, ()) = self.timestamp(input, &mut sample)?;
        let (input, ()) = match self.is_lenient() {
            true => self.tail(input, &mut sample)?,
            false => self.exemplar(input, &mut sample)?,
        };
        let (input, ()) = match self.line_end(input) {
            Ok(end) => end,
            Err(_) if sample.exemplars_at > 0 => {
                return unexpected(input, "the exemplar's timestamp or the end of the line");
            }
            Err(_) if sample.timestamp().is_some() => {
                return unexpected(input, "the end of the line");
            }
            Err(_) => return unexpected(input, "a timestamp or the end of the line"),
        };
        Ok((input, Some(LineShape::Sample(sample))))
    }

    /// Everything from `{` to `}`. `cited` is how many labels an exemplar has.
    fn labels<'i>(
        &self,
        input: &'i [u8],
        braces: Braces,
        cited: &mut usize,
        sample: &mut SampleShape,
    ) -> Parsed<'i, ()> {
        let mut nameless = braces == Braces::Nameless;
        let (mut input, _) = tag(&b"{"[..])(input)?;
        loop {
            (input, _) = self.blanks(input)?;
            if let Some((b'}', left)) = input.split_first() {
                if nameless {
                    return fail(
                        input,
                        ErrorKind::MissingName,
                        "a metric name, before the braces or in quotes inside them",
                    );
                }
                return Ok((left, ()));
            }
            if self.is_lenient()
                && let Some((b',', left)) = input.split_first()
            {
                self.note(LeniencyKind::StrayComma, input);
                input = left;
                continue;
            }
            let start = input;
            let name;
            (input, name) = self.label_name(input, braces)?;
            (input, _) = self.blanks(input)?;
            if let Some((&separator @ (b',' | b'}'), left)) = input.split_first()
                && name.quoted
                && braces != Braces::Exemplar
            {
                if !nameless {
                    return fail(
                        start,
                        ErrorKind::SecondName,
                        "labels only, for the metric has its name already",
                    );
                }
                nameless = false;
                sample.name = name.piece;
                if separator == b',' {
                    input = left;
                }
                continue;
            }
            let Some((b'=', left)) = input.split_first() else {
                return unexpected(input, "`=` behind the label name");
            };
            (input, _) = self.blanks(left)?;
            let value;
            let unquoted = self.is_lenient() && input.first() != Some(&b'"');
            (input, value) = match unquoted {
                true => self.unquoted_value(input)?,
                false => self.label_value(input, braces)?,
            };
            if sample.label_count as usize + *cited >= self.context.max_labels {
                return fail(start, ErrorKind::TooManyLabels, "fewer labels");
            }
            match braces {
                Braces::Exemplar => *cited += 1,
                Braces::Named | Braces::Nameless => {
                    sample.label_count += 1;
                    if name.piece.has_escapes() || value.has_escapes() {
                        sample.flags |= SampleShape::HAS_ESCAPES;
                    }
                }
            }
            let blanks;
            (input, blanks) = self.blanks(input)?;
            let is_apart = !blanks.is_empty();
            // The text format does not insist on commas (spec T29).
            let needs_comma = match self.syntax().commas {
                Commas::Required => true,
                Commas::Optional => false,
            };
            match input.split_first() {
                Some((b',', left)) => input = left,
                Some((b'}', _)) => {}
                Some((b'"', _)) if !needs_comma && (!unquoted || is_apart) => {}
                Some(_) if !needs_comma && scan::label_name(input) > 0 => {}
                _ => return unexpected(input, "`,` or `}` behind the label"),
            }
        }
    }

    fn label_name<'i>(&self, input: &'i [u8], braces: Braces) -> Parsed<'i, Name> {
        let bare = scan::label_name(input);
        if bare > 0 {
            let len = self.dotted(input, bare, scan::label_name_rest);
            if len > bare {
                self.note(LeniencyKind::DottedName, input);
            }
            let (left, name) = take(len)(input)?;
            let piece = self.piece(input, name);
            return Ok((
                left,
                Name {
                    piece,
                    quoted: false,
                },
            ));
        }
        match input.first() {
            Some(b'"') => {
                let (left, piece) = self.quoted(input, braces != Braces::Exemplar)?;
                Ok((
                    left,
                    Name {
                        piece,
                        quoted: true,
                    },
                ))
            }
            _ => unexpected(input, "a label name or `}`"),
        }
    }

    fn label_value<'i>(&self, input: &'i [u8], braces: Braces) -> Parsed<'i, Piece> {
        if input.first() != Some(&b'"') {
            return unexpected(input, "a label value in double quotes");
        }
        let line_feeds = self.syntax().raw_line_feeds && braces != Braces::Exemplar;
        let (left, piece) = self.quoted(input, line_feeds)?;
        let text = input
            .get(1..=piece.end() - piece.start())
            .unwrap_or_default();
        match std::str::from_utf8(text) {
            Ok(_) => Ok((left, piece)),
            Err(error) => {
                let bad = input.get(1 + error.valid_up_to()..).unwrap_or_default();
                fail(bad, ErrorKind::InvalidUtf8, "a label value in UTF-8")
            }
        }
    }

    /// Length of the token that `input` begins with, where tokens are not separated by exactly one
    /// space: `{` and, in lenient reading, `#` and CR end it too.
    pub(super) fn token_len(&self, input: &[u8]) -> usize {
        let lenient = self.is_lenient();
        let ends = |b: &u8| match b {
            b' ' | b'\t' | b'\n' | b'{' => true,
            b'\r' | b'#' => lenient,
            _ => false,
        };
        let len = input.iter().position(ends).unwrap_or(input.len());
        work::on(len);
        len
    }

    /// One token and what separates it from what is before it.
    pub(super) fn token<'i>(
        &self,
        input: &'i [u8],
        expected: &'static str,
    ) -> Parsed<'i, &'i [u8]> {
        let start = input;
        let parsed = match self.syntax().blanks {
            Blanks::OneSpace => {
                preceded(tag(&b" "[..]), take_while1(|b| b != b' ' && b != b'\n')).parse(input)
            }
            Blanks::Any => {
                let (input, _) = self.blanks(input)?;
                match self.token_len(input) {
                    0 => return unexpected(input, expected),
                    len => take(len)(input),
                }
            }
        };
        match parsed {
            Ok(parsed) => Ok(parsed),
            Err(nom::Err::Error(Fail { left, .. })) => {
                let bad = start.get(start.len() - left..).unwrap_or_default();
                unexpected(bad, expected)
            }
            Err(error) => Err(error),
        }
    }

    fn value<'i>(&self, input: &'i [u8], sample: &mut SampleShape) -> Parsed<'i, ()> {
        let expected = match self.syntax().blanks {
            Blanks::OneSpace => "a space and the sample's value",
            Blanks::Any => "the sample's value",
        };
        let (left, token) = self.token(input, expected)?;
        let number = self.number(left, token, "a number as the sample's value")?;
        sample.value = number.1;
        sample.value_end = self.at(left) as u32;
        Ok((left, ()))
    }

    /// The value of a token that ends where `behind` begins.
    fn number<'i>(
        &self,
        behind: &'i [u8],
        token: &[u8],
        expected: &'static str,
    ) -> Parsed<'i, f64> {
        let left = behind.len() + token.len();
        let error = |kind| {
            Err(nom::Err::Error(Fail {
                left,
                kind,
                expected,
            }))
        };
        let number = match token.split_first() {
            Some((b'+' | b'-', word)) if self.is_lenient() && word.eq_ignore_ascii_case(b"nan") => {
                self.note_before(LeniencyKind::SignedNan, behind, token);
                Ok(Ok(decode::NAN))
            }
            _ => std::str::from_utf8(token).map(decode::sample_value),
        };
        match number {
            Ok(Ok(number)) => Ok((behind, number)),
            Ok(Err(NumberError::Range)) => error(ErrorKind::ValueOutOfRange),
            Ok(Err(NumberError::Syntax)) | Err(_) => error(ErrorKind::InvalidValue),
        }
    }

    fn timestamp<'i>(&self, input: &'i [u8], sample: &mut SampleShape) -> Parsed<'i, ()> {
        if self.is_lenient() {
            return self.lenient_timestamp(input, sample);
        }
        match self.syntax().blanks {
            Blanks::OneSpace => {
                let ends = matches!(input.first(), None | Some(b'\n'));
                if ends || input.starts_with(b" # ") {
                    return Ok((input, ()));
                }
            }
            Blanks::Any => {
                let (behind, _) = self.blanks(input)?;
                if self.line_end(behind).is_ok() {
                    return Ok((behind, ()));
                }
            }
        }
        let (left, token) = self.token(input, "a timestamp or the end of the line")?;
        let number = timestamp_number(left, token, self.syntax().timestamps)?;
        sample.timestamp = number.1;
        sample.flags |= SampleShape::HAS_TIMESTAMP;
        let (left, _) = self.blanks(left)?;
        Ok((left, ()))
    }

    /// ` # {labels} value timestamp` (spec O36).
    fn exemplar<'i>(&self, input: &'i [u8], sample: &mut SampleShape) -> Parsed<'i, ()> {
        match self.syntax().exemplars {
            ExemplarCount::None => return Ok((input, ())),
            ExemplarCount::One => {}
        }
        let Ok((braces, _)) = tag::<_, _, Fail>(&b" # "[..])(input) else {
            return Ok((input, ()));
        };
        if braces.first() != Some(&b'{') {
            return unexpected(braces, "the exemplar's labels in braces");
        }
        self.exemplar_parts(braces, sample, |left| left.first() != Some(&b' '))
    }

    /// `{labels} value timestamp`, the timestamp unless what `ends` says stands after the value.
    pub(super) fn exemplar_parts<'i>(
        &self,
        braces: &'i [u8],
        sample: &mut SampleShape,
        ends: impl FnOnce(&[u8]) -> bool,
    ) -> Parsed<'i, ()> {
        let exemplars_at = self.at(braces) as u32;
        let (input, ()) = self.labels(braces, Braces::Exemplar, &mut 0, sample)?;
        let (left, token) = self.token(input, "a space and the exemplar's value")?;
        self.number(left, token, "a number as the exemplar's value")?;
        let left = match ends(left) {
            true => left,
            false => {
                let (left, token) =
                    self.token(left, "the exemplar's timestamp or the end of the line")?;
                timestamp_number(left, token, TimeUnit::Seconds)?;
                left
            }
        };
        sample.exemplars_at = exemplars_at;
        Ok((left, ()))
    }
}

/// The timestamp of a token that ends where `behind` begins.
fn timestamp_number<'i>(behind: &'i [u8], token: &[u8], unit: TimeUnit) -> Parsed<'i, i64> {
    let text = std::str::from_utf8(token).unwrap_or_default();
    let (number, expected) = match unit {
        TimeUnit::Milliseconds => (
            decode::timestamp_millis(text),
            "a timestamp in milliseconds, digits only",
        ),
        TimeUnit::Seconds => (decode::timestamp_seconds(text), "a timestamp in seconds"),
    };
    match number {
        Ok(number) => Ok((behind, number)),
        Err(error) => timestamp_error(error, behind.len() + token.len(), expected),
    }
}

/// The error of a timestamp that begins where so many bytes are left.
pub(super) fn timestamp_error<'i, O>(
    error: NumberError,
    left: usize,
    expected: &'static str,
) -> Parsed<'i, O> {
    let kind = match error {
        NumberError::Range => ErrorKind::TimestampOutOfRange,
        NumberError::Syntax => ErrorKind::InvalidTimestamp,
    };
    Err(nom::Err::Error(Fail {
        left,
        kind,
        expected,
    }))
}
