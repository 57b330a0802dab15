//! What `Dialect::Lenient` takes and Prometheus does not, and where in a body.

use std::fmt;

use crate::error::Position;

/// Something that [`Dialect::Lenient`](crate::Dialect::Lenient) took and Prometheus does not: it refuses
/// the line, or reads it differently.
///
/// Each kind is noted at most once per line, at the first place where it was needed, if the reader was
/// asked to: [`Parser::note_leniencies`](crate::Parser::note_leniencies) and the like.
///
/// ```
/// use exposition::{Dialect, LeniencyKind, Parser};
///
/// let body = b"up 1\nhttp.requests{code=200} 7 # since noon\n";
/// let mut parser = Parser::new(body, Dialect::Lenient).note_leniencies();
/// assert_eq!(parser.by_ref().filter_map(Result::ok).count(), 2);
///
/// let taken = parser.take_leniencies();
/// let kinds: Vec<LeniencyKind> = taken.iter().map(|leniency| leniency.kind()).collect();
/// assert_eq!(kinds, [LeniencyKind::DottedName, LeniencyKind::UnquotedValue, LeniencyKind::Comment]);
/// assert_eq!(taken[1].to_string(), "line 2, column 20: a label value without quotes");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Leniency {
    kind: LeniencyKind,
    position: Position,
}

impl Leniency {
    /// Returns what was taken.
    pub fn kind(&self) -> LeniencyKind {
        self.kind
    }

    /// Returns where it is.
    pub fn position(&self) -> Position {
        self.position
    }
}

impl fmt::Display for Leniency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.kind)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident: $words:literal,)*) => {
        /// What [`Dialect::Lenient`](crate::Dialect::Lenient) takes and Prometheus does not. The table
        /// [there](crate::Dialect#what-lenient-takes) shows which other readers take it too.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum LeniencyKind {
            $($(#[$doc])* $kind,)*
        }

        const KINDS: &[LeniencyKind] = &[$(LeniencyKind::$kind,)*];

        impl LeniencyKind {
            /// Describes it in a few words: `a label value without quotes`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(LeniencyKind::$kind => $words,)*
                }
            }
        }
    };
}

kinds! {
    /// A carriage return before the line feed, or before the end of the body: part of the line end.
    CarriageReturn: "a carriage return at the end of the line",
    /// `#TYPE` or `#HELP`: metadata, which Prometheus takes as a comment.
    BareKeyword: "no blank after `#`",
    /// A type in capitals, `gauge_histogram`, or one that only OpenMetrics has: `info`, `unknown`.
    TypeWord: "a type that the text format does not have",
    /// Further blanks before the type, or blanks after it.
    BlanksAroundType: "blanks around the type",
    /// A TYPE line that ends after the name: a comment.
    MissingType: "a TYPE line without a type",
    /// A dot in a metric or label name without quotes. In a HELP line Prometheus takes what follows the
    /// dot as the text.
    DottedName: "a dot in a name without quotes",
    /// A comma without a label before it.
    StrayComma: "a comma without a label",
    /// A label value without quotes: up to a blank, a comma or the closing brace. It holds no quote,
    /// backslash, brace or `=`, and may be empty.
    UnquotedValue: "a label value without quotes",
    /// `+NaN` or `-NaN` as a value: it is read as NaN.
    SignedNan: "a NaN with a sign",
    /// A timestamp with a sign, a fraction or an exponent. A fraction of a millisecond is cut off.
    Timestamp: "a timestamp with a sign, a fraction or an exponent",
    /// An exemplar, written as in OpenMetrics: its timestamp is in seconds.
    Exemplar: "an exemplar in the text format",
    /// Text after the value or the timestamp that begins with `#` and is not an exemplar: it is skipped.
    Comment: "a comment after the sample",
    /// Anything else after the value or the timestamp: it is skipped.
    Tail: "more after the sample",
}

impl fmt::Display for LeniencyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The leniencies of one line: for each kind the first place, in bytes from the line's start.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Noted([u32; KINDS.len()]);

/// No place in a line: lines are shorter.
const NOWHERE: u32 = u32::MAX;

impl Noted {
    /// Nothing.
    pub(crate) const NOTHING: Noted = Noted([NOWHERE; KINDS.len()]);

    pub(crate) fn note(&mut self, kind: LeniencyKind, at: usize) {
        if let Some(first) = self.0.get_mut(kind as usize) {
            *first = (*first).min(at as u32);
        }
    }

    pub(crate) fn is_nothing(&self) -> bool {
        *self == Noted::NOTHING
    }

    /// Returns what was taken, in the order of its places.
    fn in_order(&self) -> impl Iterator<Item = (LeniencyKind, usize)> + use<> {
        let mut taken = self.0.map(|at| at as usize);
        std::iter::from_fn(move || {
            let (kind, at) = KINDS
                .iter()
                .zip(&mut taken)
                .filter(|(_, at)| **at != NOWHERE as usize)
                .min_by_key(|(_, at)| **at)?;
            let at = std::mem::replace(at, NOWHERE as usize);
            Some((*kind, at))
        })
    }
}

impl fmt::Debug for Noted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.in_order()).finish()
    }
}

/// The leniencies of a body that nobody has asked for yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes {
    taken: Vec<Leniency>,
    /// How many of them are from the line that was noted last, and where in the body that ends.
    of_last: usize,
    last_end: u64,
    /// Where the run of blank lines ends whose first is noted.
    blank_until: Option<u64>,
}

impl Notes {
    /// Notes the leniencies of the line `text`, which begins at `start`.
    pub(crate) fn line(&mut self, noted: &Noted, start: Position, text: &[u8]) {
        let before = self.taken.len();
        self.push(noted, start, text);
        self.of_last = self.taken.len() - before;
        self.last_end = start.byte + text.len() as u64;
    }

    /// Does the same for a blank line. Of several in a row only the first is noted: a body may consist of
    /// such lines.
    pub(crate) fn blank(&mut self, noted: &Noted, start: Position, text: &[u8]) {
        if noted.is_nothing() {
            return;
        }
        if self.blank_until != Some(start.byte) {
            self.push(noted, start, text);
        }
        self.of_last = 0;
        self.blank_until = Some(start.byte + text.len() as u64);
    }

    fn push(&mut self, noted: &Noted, start: Position, text: &[u8]) {
        self.taken
            .extend(noted.in_order().map(|(kind, at)| Leniency {
                kind,
                position: start.after(text.get(..at).unwrap_or(text)),
            }));
    }

    /// Takes back what was noted of the line that ends at byte `end` of the body: nobody wants it.
    pub(crate) fn take_back(&mut self, end: u64) {
        if self.last_end == end {
            self.taken
                .truncate(self.taken.len().saturating_sub(self.of_last));
            self.of_last = 0;
        }
    }

    pub(crate) fn as_slice(&self) -> &[Leniency] {
        &self.taken
    }

    pub(crate) fn take(&mut self) -> Vec<Leniency> {
        self.of_last = 0;
        std::mem::take(&mut self.taken)
    }

    pub(crate) fn clear(&mut self) {
        // Gives back the room that a body with a thousand times as many needed.
        self.taken.shrink_to(2 * self.taken.len() + 1024);
        self.taken.clear();
        self.of_last = 0;
        self.last_end = 0;
        self.blank_until = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each kind has a row in the table of who else takes it.
    #[test]
    fn every_kind_is_documented() {
        let table = include_str!("../dialect.rs");
        for kind in KINDS {
            let row = format!("| [`{kind:?}`](crate::LeniencyKind::{kind:?}) |");
            assert!(table.contains(&row), "{row}");
        }
    }

    #[test]
    fn what_was_taken_is_told_in_the_order_of_its_places() {
        let mut noted = Noted::NOTHING;
        assert!(noted.is_nothing());
        for (kind, at) in [
            (LeniencyKind::Tail, 9),
            (LeniencyKind::StrayComma, 4),
            (LeniencyKind::StrayComma, 2),
            (LeniencyKind::DottedName, 0),
            (LeniencyKind::StrayComma, 7),
        ] {
            noted.note(kind, at);
        }
        let told: Vec<_> = noted.in_order().collect();
        assert_eq!(
            told,
            [
                (LeniencyKind::DottedName, 0),
                (LeniencyKind::StrayComma, 2),
                (LeniencyKind::Tail, 9)
            ]
        );
    }
}
