//! Lines of a text body that Prometheus refuses: what they have, and who else minds.

use super::reader::{Outcome, Reader};
use super::rule::LintRule;
use crate::bytes::scan;
use crate::error::ErrorKind;
use crate::model::metric_type::TypeWords;
use crate::number::decode;

/// Who minds if promtool's reader takes the line, and if it does not.
const ONLY_PROMETHEUS: &[(Reader, Outcome)] = &[(Reader::Prometheus, Outcome::Refuses)];
const PROMTOOL_TOO: &[(Reader, Outcome)] = &[
    (Reader::Prometheus, Outcome::Refuses),
    (Reader::Promtool, Outcome::Refuses),
    (Reader::Telegraf, Outcome::Refuses),
];

/// Returns who minds a line of which only Prometheus and promtool were asked.
pub(super) fn readers(promtool_takes: bool) -> &'static [(Reader, Outcome)] {
    match promtool_takes {
        true => ONLY_PROMETHEUS,
        false => PROMTOOL_TOO,
    }
}

/// Returns the rule for a line of the text format with an error at byte `at`.
pub(super) fn rule(kind: ErrorKind, line: &[u8], at: usize) -> LintRule {
    if line.ends_with(b"\r") {
        return LintRule::CarriageReturn;
    }
    if kind == ErrorKind::InvalidUtf8 {
        return LintRule::NotUtf8;
    }
    let (before, rest) = line.split_at_checked(at).unwrap_or((line, b""));
    let rest = std::str::from_utf8(rest).unwrap_or_default();
    let token = rest.split([' ', '\t']).next().unwrap_or_default();
    match kind {
        ErrorKind::InvalidTimestamp | ErrorKind::TimestampOutOfRange if !rest.starts_with('#') => {
            timestamp(token)
        }
        ErrorKind::UnknownType => type_word(rest),
        ErrorKind::ValueOutOfRange => LintRule::TooLarge,
        _ => by_place(before, rest),
    }
}

fn timestamp(token: &str) -> LintRule {
    if token.parse::<i64>().is_ok_and(|millis| millis < 0) {
        LintRule::NegativeTimestamp
    } else if decode::number(token).is_ok() {
        LintRule::FractionalTimestamp
    } else {
        LintRule::Unreadable
    }
}

fn type_word(rest: &str) -> LintRule {
    let word = rest.trim_end_matches([' ', '\t']);
    let reads = |words: TypeWords| words.read(word.as_bytes()).is_some();
    if word.len() < rest.len() && reads(TypeWords::Text) {
        LintRule::BlankAfterType
    } else if reads(TypeWords::OpenMetrics) {
        LintRule::OpenMetricsType
    } else if word.is_empty() || reads(TypeWords::Lenient) {
        LintRule::TypeWord
    } else {
        LintRule::Unreadable
    }
}

/// Returns the rule by what stands at the place of the error.
fn by_place(before: &[u8], rest: &str) -> LintRule {
    let start = before.trim_ascii_start();
    let is_after_name = !start.is_empty() && scan::metric_name(start) == start.len();
    let in_braces = before.contains(&b'{') && !before.contains(&b'}');
    let is_after_value = !in_braces && before.contains(&b' ') && !before.starts_with(b"#");
    match rest.chars().next() {
        None if is_type_line(before) => LintRule::TypeWord,
        Some('.') if is_after_name => LintRule::DottedName,
        Some(',') if in_braces => LintRule::StrayComma,
        Some('#') if is_after_value => LintRule::TextExemplar,
        Some(_) if before.ends_with(b"=") => LintRule::Unreadable,
        Some(first) if in_braces && (!first.is_ascii() || is_name_character(first)) => {
            LintRule::LabelNameCharacter
        }
        Some(_) if is_after_value => LintRule::MoreAfterSample,
        _ => LintRule::Unreadable,
    }
}

fn is_type_line(line: &[u8]) -> bool {
    let comment = line.strip_prefix(b"#").unwrap_or_default();
    comment.trim_ascii_start().starts_with(b"TYPE")
}

/// Tells whether somebody could mean a character as a part of a name.
fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '-' | '/')
}
