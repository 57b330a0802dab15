//! The line around a place, shortened to what a screen shows.

/// How many characters are shown of a line before and after a place.
const BEFORE: usize = 60;
const AFTER: usize = 60;

/// The line around a place, as it is shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Excerpt {
    /// The part of the line before the place.
    pub(super) before: String,
    /// The part of the line from the place on.
    pub(super) after: String,
}

/// The bytes around a place, no more than are shown.
pub(super) struct Near<'t> {
    /// What is before it in its line.
    before: &'t [u8],
    /// What comes after it in its line.
    pub(super) after: &'t [u8],
    /// Whether `after` is the whole rest of the line.
    pub(super) is_whole: bool,
}

impl<'t> Near<'t> {
    /// Returns what is around the byte `at` of `text`. Looks only at what is shown.
    pub(super) fn new(text: &'t [u8], at: usize) -> Self {
        let (head, tail) = text.split_at(at.min(text.len()));
        // A character is at most four bytes.
        let start = head.len().saturating_sub(4 * BEFORE + 1);
        let head = head.get(start..).unwrap_or_default();
        let before = match memchr::memrchr(b'\n', head) {
            Some(line_feed) => head.get(line_feed + 1..).unwrap_or_default(),
            None => head,
        };
        let near = tail.get(..4 * AFTER + 4).unwrap_or(tail);
        let line_feed = memchr::memchr(b'\n', near);
        Near {
            before,
            after: match line_feed {
                Some(end) => near.get(..end).unwrap_or_default(),
                None => near,
            },
            is_whole: line_feed.is_some() || near.len() == tail.len(),
        }
    }

    pub(super) fn excerpt(&self) -> Excerpt {
        Excerpt {
            before: shown_end(self.before, BEFORE),
            after: shown(self.after, AFTER),
        }
    }
}

/// Returns the first `limit` characters, made printable, with `…` for what was cut.
pub(super) fn shown(bytes: &[u8], limit: usize) -> String {
    // A character is at most four bytes: no need to look at more of a long line.
    let cut = bytes.get(..limit * 4 + 4).unwrap_or(bytes);
    let mut out = String::new();
    let mut left = limit;
    for chunk in cut.utf8_chunks() {
        for c in chunk.valid().chars() {
            if left == 0 {
                out.push('…');
                return out;
            }
            left -= 1;
            push_printable(&mut out, c);
        }
        for byte in chunk.invalid() {
            if left == 0 {
                out.push('…');
                return out;
            }
            left -= 1;
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// Returns the last `limit` characters, made printable.
fn shown_end(bytes: &[u8], limit: usize) -> String {
    let mut start = bytes.len();
    let mut left = limit;
    while start > 0 && left > 0 {
        start -= 1;
        // Bytes 0x80 to 0xbf continue a character that starts before them.
        if bytes.get(start).is_some_and(|b| b & 0xc0 != 0x80) {
            left -= 1;
        }
        if bytes.len() - start >= limit * 4 {
            break;
        }
    }
    let tail = shown(bytes.get(start..).unwrap_or_default(), limit * 4);
    if start > 0 {
        format!("…{tail}")
    } else {
        tail
    }
}

fn push_printable(out: &mut String, c: char) {
    match c {
        '\t' => out.push(' '),
        c if c.is_control() || is_invisible(c) => out.extend(c.escape_default()),
        c => out.push(c),
    }
}

/// Tells whether a character shows nothing, or turns the direction of the text after it.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}
