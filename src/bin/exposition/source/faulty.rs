//! Shows where a text such as YAML is wrong.

use std::error::Error;
use std::fmt::{self, Display};
use std::sync::LazyLock;

use regex::Regex;

use crate::failure::Failure;
use crate::page::{printable, width};

/// How many characters are shown of a line before and after a place.
const AROUND: usize = 60;

/// How errors about YAML give their place.
static PLACE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\bline ([0-9]+), column ([0-9]+): ").ok());

/// Returns an error about a text, with the name of its file, and with its line if the error has a place.
pub(crate) fn faulty(name: &str, text: &str, error: &dyn Display) -> Box<dyn Error> {
    let message = error.to_string();
    match Placed::new(name, text, &message) {
        Some(placed) => Failure(placed.to_string()).into(),
        None => format!("{name}: {message}").into(),
    }
}

/// A message with a place in a text.
struct Placed<'t> {
    name: &'t str,
    before: &'t str,
    after: &'t str,
    line: usize,
    column: usize,
    written: &'t str,
}

impl<'t> Placed<'t> {
    fn new(name: &'t str, text: &'t str, message: &'t str) -> Option<Self> {
        let found = PLACE.as_ref()?.captures(message)?;
        let number = |group| found.get(group)?.as_str().parse::<usize>().ok();
        let (line, column) = (number(1)?, number(2)?);
        let (before, rest) = message.split_at_checked(found.get(0)?.start())?;
        Some(Placed {
            name,
            before,
            after: rest.get(found.get(0)?.len()..)?,
            line,
            column,
            written: text.lines().nth(line.checked_sub(1)?)?,
        })
    }
}

impl Display for Placed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Placed {
            name, line, column, ..
        } = self;
        let gutter = line.to_string().len();
        let at = column.saturating_sub(1);
        let skipped = at.saturating_sub(AROUND);
        let before: String = self
            .written
            .chars()
            .skip(skipped)
            .take(at - skipped)
            .collect();
        let after: String = self.written.chars().skip(at).take(AROUND).collect();
        let (before, after) = (printable(&before), printable(&after));
        writeln!(f, "{}{}", self.before, self.after)?;
        writeln!(f, "{:gutter$}--> {name}:{line}:{column}", "")?;
        writeln!(f, "{:gutter$} |", "")?;
        writeln!(f, "{line} | {before}{after}")?;
        write!(
            f,
            "{:gutter$} | {:indent$}^",
            "",
            "",
            indent = width(&before)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_shown_where_there_is_one() {
        let text = "- a: b\n- ä: [c]\n";
        let shown = |message: &str| faulty("t.yaml", text, &message).to_string();
        assert_eq!(
            shown("targets: line 2, column 6: invalid type"),
            "targets: invalid type\n --> t.yaml:2:6\n  |\n2 | - ä: [c]\n  |      ^"
        );
        for message in [
            "no place",
            "line 9, column 1: beyond",
            "line 0, column 0: nowhere",
        ] {
            assert_eq!(shown(message), format!("t.yaml: {message}"));
        }
        let long = format!("{}{{", "x".repeat(100));
        let shown = faulty("t.yaml", &long, &"line 1, column 101: what?").to_string();
        assert!(shown.ends_with(&format!(
            "\n1 | {}{{\n  | {}^",
            "x".repeat(60),
            " ".repeat(60)
        )));
    }
}
