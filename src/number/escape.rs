//! Writes text as a line does: what [`decode`](super::decode) undoes.

use std::fmt;

use super::decode::Escapes;

/// Writes a text with backslash, line feed and, as [`Escapes::Quoted`], double quote escaped (spec T51, O47).
#[inline]
pub(crate) fn escape(out: &mut impl fmt::Write, text: &str, escapes: Escapes) -> fmt::Result {
    match escapes {
        Escapes::Quoted => replace(out, text, |byte| match byte {
            b'\\' => Some("\\\\"),
            b'\n' => Some("\\n"),
            b'"' => Some("\\\""),
            _ => None,
        }),
        Escapes::Help => replace(out, text, |byte| match byte {
            b'\\' => Some("\\\\"),
            b'\n' => Some("\\n"),
            _ => None,
        }),
    }
}

/// Writes `"text"`, escaped.
pub(crate) fn quote(out: &mut impl fmt::Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    escape(out, text, Escapes::Quoted)?;
    out.write_char('"')
}

#[inline]
fn replace(
    out: &mut impl fmt::Write,
    text: &str,
    replacement: impl Fn(u8) -> Option<&'static str>,
) -> fmt::Result {
    // Nearly always there is nothing to replace; without an early exit this is a vector compare.
    if !(text.bytes()).fold(false, |found, byte| found | replacement(byte).is_some()) {
        return out.write_str(text);
    }
    // Every replaced byte is ASCII, so all cuts are at character boundaries.
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(replacement) = replacement(byte) {
            out.write_str(text.get(copied..at).unwrap_or_default())?;
            out.write_str(replacement)?;
            copied = at + 1;
        }
    }
    out.write_str(text.get(copied..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::decode::unescape;

    #[test]
    fn what_is_escaped_is_unescaped_to_what_it_was() {
        for text in [
            "",
            "a",
            "\\",
            "\n",
            "\"",
            "a\\nb\nc\"d",
            "é\n€\\\"",
            "\\\\n",
        ] {
            for escapes in [Escapes::Quoted, Escapes::Help] {
                let mut out = String::new();
                escape(&mut out, text, escapes).unwrap();
                assert!(!out.contains('\n'));
                assert_eq!(unescape(&out, escapes), text);
            }
        }
        let mut out = String::new();
        quote(&mut out, "a\"b\n").unwrap();
        assert_eq!(out, r#""a\"b\n""#);
    }
}
