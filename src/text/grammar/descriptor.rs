//! Lines that start with `#`.

use nom::bytes::complete::{tag, take};

use super::{Fail, LineReader, Parsed, fail, unexpected};
use crate::bytes::scan;
use crate::error::ErrorKind;
use crate::text::leniency::LeniencyKind;
use crate::text::shape::{LineShape, OtherShape, Piece};

impl LineReader<'_> {
    /// Text format: HELP and TYPE, everything else is a comment (spec T12-T15).
    pub(super) fn comment<'i>(&self, input: &'i [u8]) -> Parsed<'i, Option<LineShape>> {
        let (after, _) = tag(&b"#"[..])(input)?;
        let (word, skipped) = self.blanks(after)?;
        let keyword = match skipped.is_empty() && !self.is_lenient() {
            true => None,
            false => ["HELP", "TYPE"].into_iter().find(|keyword| {
                word.strip_prefix(keyword.as_bytes())
                    .is_some_and(|behind| scan::blanks(behind) > 0)
            }),
        };
        let Some(keyword) = keyword else {
            return self.only_comment(input);
        };
        if !skipped.is_empty() {
            return self.metadata(input, word, keyword);
        }
        // Without a blank it is a comment in Prometheus' eyes, and one it stays if it says nothing.
        let noted = self.noted.get();
        self.note(LeniencyKind::BareKeyword, input);
        match self.metadata(input, word, keyword) {
            Ok((left, Some(LineShape::Other(shape)))) if shape.name().is_some() => {
                Ok((left, Some(LineShape::Other(shape))))
            }
            _ => {
                self.noted.set(noted);
                self.only_comment(input)
            }
        }
    }

    fn only_comment<'i>(&self, input: &'i [u8]) -> Parsed<'i, Option<LineShape>> {
        let (left, text) = self.rest_of_line(input)?;
        let text = self.piece(input, text);
        Ok((left, Some(LineShape::Other(OtherShape::Comment { text }))))
    }

    /// HELP or TYPE of the text format: what begins at `word` of the line `input`.
    fn metadata<'i>(
        &self,
        input: &'i [u8],
        word: &'i [u8],
        keyword: &str,
    ) -> Parsed<'i, Option<LineShape>> {
        let (name, _) = take(keyword.len())(word)?;
        let (name, _) = self.blanks(name)?;
        let (text, name) = self.descriptor_name(name)?;
        // One byte behind the name is dropped, whatever it is (spec T16); blanks alone are no text
        // (spec T18).
        let (_, line) = self.rest_of_line(text)?;
        let dropped = match scan::blanks(line) == line.len() {
            true => line.len(),
            false => 1,
        };
        let (text, _) = take(dropped)(text)?;
        if keyword == "HELP" {
            return self.help(text, name);
        }
        if self.is_lenient()
            && let Ok((_, b"")) = self.rest_of_line(text)
        {
            self.note(LeniencyKind::MissingType, text);
            return self.only_comment(input);
        }
        self.type_word(text, name)
    }

    /// OpenMetrics: HELP, TYPE, UNIT and EOF, each with exactly one space (spec O1, O25, O28).
    pub(super) fn descriptor<'i>(&self, input: &'i [u8]) -> Parsed<'i, Option<LineShape>> {
        let start = input;
        let Ok((word, _)) = tag::<_, _, Fail>(&b"# "[..])(input) else {
            return unexpected(start, "`# HELP `, `# TYPE `, `# UNIT ` or `# EOF`");
        };
        if let Some(behind) = word.strip_prefix(b"EOF") {
            return match behind.split_first() {
                None => Ok((behind, Some(LineShape::Other(OtherShape::Eof)))),
                Some((b'\n', left)) => Ok((left, Some(LineShape::Other(OtherShape::Eof)))),
                Some(_) => fail(behind, ErrorKind::AfterEof, "the end of the body"),
            };
        }
        let keywords = ["HELP ", "TYPE ", "UNIT "];
        let Some(keyword) = keywords
            .into_iter()
            .find(|keyword| word.starts_with(keyword.as_bytes()))
        else {
            return unexpected(word, "`HELP `, `TYPE `, `UNIT ` or `EOF`");
        };
        let (input, _) = take(keyword.len())(word)?;
        let (input, name) = self.descriptor_name(input)?;
        let Some((b' ', text)) = input.split_first() else {
            return unexpected(input, "a space and the text");
        };
        match keyword {
            "HELP " => self.help(text, name),
            "TYPE " => self.type_word(text, name),
            _ => self.unit(start, text, name),
        }
    }

    fn descriptor_name<'i>(&self, input: &'i [u8]) -> Parsed<'i, Piece> {
        let bare = scan::metric_name(input);
        if bare > 0 {
            let dotted = self.dotted(input, bare, scan::metric_name_rest);
            // Where something else follows, the byte after the name is dropped as Prometheus drops it: after
            // the dots it could be a part of a character.
            let ends = matches!(input.get(dotted), None | Some(b' ' | b'\t' | b'\r' | b'\n'));
            let len = if ends { dotted } else { bare };
            if len > bare {
                self.note(LeniencyKind::DottedName, input);
            }
            let (left, name) = take(len)(input)?;
            return Ok((left, self.piece(input, name)));
        }
        match input.first() {
            Some(b'"') => self.quoted(input, true),
            _ => unexpected(input, "a metric name"),
        }
    }

    fn help<'i>(&self, input: &'i [u8], name: Piece) -> Parsed<'i, Option<LineShape>> {
        let (left, text) = self.rest_of_line(input)?;
        if let Err(error) = std::str::from_utf8(text) {
            let bad = input.get(error.valid_up_to()..).unwrap_or_default();
            return fail(bad, ErrorKind::InvalidUtf8, "a help text in UTF-8");
        }
        let start = self.at(input);
        let text = Piece::quoted(start, start + text.len(), text.contains(&b'\\'));
        let shape = OtherShape::Help {
            name,
            text,
            escapes: self.syntax().help,
        };
        Ok((left, Some(LineShape::Other(shape))))
    }

    fn type_word<'i>(&self, input: &'i [u8], name: Piece) -> Parsed<'i, Option<LineShape>> {
        let (left, word) = self.rest_of_line(input)?;
        let types = self.syntax().types;
        let expected = types.expected();
        match types.read(word) {
            Some(kind) => {
                if self.is_lenient() {
                    self.note_type(input, word);
                }
                Ok((
                    left,
                    Some(LineShape::Other(OtherShape::Type { name, kind })),
                ))
            }
            None if word.is_empty() => unexpected(input, expected),
            None => fail(input, ErrorKind::UnknownType, expected),
        }
    }

    /// A unit must be the end of the name, behind an underscore (spec O35).
    fn unit<'i>(&self, line: &[u8], input: &'i [u8], name: Piece) -> Parsed<'i, Option<LineShape>> {
        let (left, unit) = self.rest_of_line(input)?;
        let raw_name = line.get(name.start()..name.end()).unwrap_or_default();
        let is_suffix = raw_name
            .strip_suffix(unit)
            .is_some_and(|family| family.ends_with(b"_"));
        if !unit.is_empty() && !is_suffix {
            return fail(
                input,
                ErrorKind::InvalidUnit,
                "a unit that the metric's name ends in, behind an underscore",
            );
        }
        let shape = OtherShape::Unit {
            name,
            unit: self.piece(input, unit),
        };
        Ok((left, Some(LineShape::Other(shape))))
    }
}
