//! Shortens texts from outside for use in errors.

use std::borrow::Cow;

/// Returns the first `most` characters of a text, with `…` for what was cut.
pub(crate) fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_and_not_bytes() {
        for (text, most, shown) in [
            ("", 0, ""),
            ("é", 0, "…"),
            ("aéb", 2, "aé…"),
            ("aéb", 3, "aéb"),
        ] {
            assert_eq!(shortened(text, most), shown, "{text} {most}");
        }
    }
}
