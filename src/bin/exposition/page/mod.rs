//! The page to write on: its width, its colours, and the layout of words.

pub(crate) mod number;
pub(crate) mod table;

use std::borrow::Cow;
use std::io::IsTerminal;

use unicode_width::UnicodeWidthStr;

/// The width of a page that is not a terminal.
const WIDTH: usize = 100;
/// The least width for a layout of words.
const NARROWEST: usize = 30;

/// The meaning of a piece of text, which determines its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// The name of a family.
    Name,
    /// A type.
    Type,
    /// A value.
    Value,
    /// A minor detail.
    Faint,
    /// The bars of a histogram.
    Bar,
    /// A fault.
    Wrong,
    /// A success.
    Well,
}

/// A page to write on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) width: usize,
    pub(crate) colours: bool,
}

impl Page {
    /// Returns the page of standard output: as wide as the terminal, coloured unless `NO_COLOR` is set;
    /// without a terminal it has a fixed width and no colours.
    pub(crate) fn of_stdout() -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        let width = match terminal_size::terminal_size() {
            Some((terminal_size::Width(width), _)) if is_terminal => width.into(),
            _ => WIDTH,
        };
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty());
        Page {
            width,
            colours: is_terminal && !no_colour,
        }
    }

    /// Returns the text in that ink.
    pub(crate) fn ink(&self, ink: Ink, text: &str) -> String {
        if !self.colours || text.is_empty() {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Name => "1",
            Ink::Type => "36",
            Ink::Value => "1;32",
            Ink::Faint => "2",
            Ink::Bar => "34",
            Ink::Wrong => "31",
            Ink::Well => "32",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// Lays out words on lines that begin with `indent` blanks, each line as long as the page allows; a word
    /// that is longer than the page has its own line. `gap` blanks separate words.
    pub(crate) fn lay_out(&self, words: &[String], indent: usize, gap: usize) -> Vec<String> {
        let room = self.width.max(NARROWEST).saturating_sub(indent);
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in words {
            if !line.is_empty() && width(&line) + gap + width(word) > room {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push_str(&" ".repeat(gap));
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            lines.push(line);
        }
        let margin = " ".repeat(indent);
        lines.iter().map(|line| format!("{margin}{line}")).collect()
    }
}

/// Returns how many columns a text takes, without ink.
pub(crate) fn width(text: &str) -> usize {
    let mut columns = 0;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\x1b') {
        columns += UnicodeWidthStr::width(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    columns + UnicodeWidthStr::width(rest)
}

/// Returns the text with terminal control characters spelled out: a body can hold any character.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let harmless = |c: char| !c.is_control() && !is_direction_mark(c);
    if text.chars().all(harmless) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match harmless(c) {
            true => out.push(c),
            false => out.extend(c.escape_default()),
        }
    }
    Cow::Owned(out)
}

/// Tells whether the character changes the direction of the text after it.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Pads text with blanks to that width, on the left or on the right.
pub(crate) fn pad(text: &str, to: usize, right: bool) -> String {
    let blanks = " ".repeat(to.saturating_sub(width(text)));
    match right {
        true => format!("{blanks}{text}"),
        false => format!("{text}{blanks}"),
    }
}

/// Returns a bar of that share of the longest one. Every share above zero is visible.
pub(crate) fn bar(share: f64, longest: usize) -> String {
    if share.is_nan() || share <= 0.0 {
        return String::new();
    }
    let eighths = ((share.min(1.0) * longest as f64 * 8.0).round() as usize).max(1);
    let part = match eighths % 8 {
        0 => "",
        1 => "▏",
        2 => "▎",
        3 => "▍",
        4 => "▌",
        5 => "▋",
        6 => "▊",
        _ => "▉",
    };
    format!("{}{part}", "█".repeat(eighths / 8))
}
