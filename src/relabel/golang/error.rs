//! Why a regular expression is refused.

/// Why Go refuses a regular expression, or why it cannot be followed exactly here.
///
/// Offsets are in bytes, from the start of the expression as written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegexError {
    /// A group is not closed.
    #[error("missing `)` for the `(` at offset {open}")]
    MissingParen {
        /// Where the group opens.
        open: usize,
    },
    /// The expression ends in a backslash or inside `\Q`, and so swallows the end of its frame `^(?s:…)$`.
    #[error("ends in `\\` or without the `\\E` of a `\\Q`")]
    OpenEnd,
    /// A `)` does not close any group.
    #[error("unexpected `)` at offset {at}")]
    UnexpectedParen {
        /// Its place.
        at: usize,
    },
    /// A bracketed class is not closed.
    #[error("missing `]` for the `[` at offset {open}")]
    MissingBracket {
        /// Where the class opens.
        open: usize,
    },
    /// A backward range, or a class that does not exist.
    #[error("invalid character class range `{text}` at offset {at}")]
    ClassRange {
        /// The range or the class's name.
        text: String,
        /// Its place.
        at: usize,
    },
    /// An escape Go does not know, such as `\Z`, `\1` or `\u0041`.
    #[error("invalid escape sequence `{text}` at offset {at}")]
    Escape {
        /// The escape.
        text: String,
        /// Its place.
        at: usize,
    },
    /// A group `(?…` Go does not know: look-around, atomic groups, flags other than `imsU`.
    #[error("invalid or unsupported group `{text}` at offset {at}")]
    Group {
        /// The group up to the character that is not understood.
        text: String,
        /// Its place.
        at: usize,
    },
    /// A group's name with characters other than ASCII letters, digits and `_`.
    #[error("invalid group name `{text}` at offset {at}: use ASCII letters, digits and `_`")]
    GroupName {
        /// The beginning of the group.
        text: String,
        /// Its place.
        at: usize,
    },
    /// A repetition operator with nothing before it.
    #[error("nothing to repeat for `{text}` at offset {at}")]
    RepeatArgument {
        /// The operator.
        text: String,
        /// Its place.
        at: usize,
    },
    /// A repetition operator directly after another, such as `a**` or `a++`.
    #[error("invalid nested repetition `{text}` at offset {at}")]
    RepeatNested {
        /// Both operators.
        text: String,
        /// Their place.
        at: usize,
    },
    /// A count over 1000, alone or multiplied with those around it, or a backward one.
    #[error("invalid repeat count `{text}` at offset {at}")]
    RepeatCount {
        /// The operator.
        text: String,
        /// Its place.
        at: usize,
    },
    /// Groups and repetitions nest more than 1000 levels deep, or more than 1000 capturing groups are open at
    /// once. Groups that only hold other groups do not count as levels.
    #[error("nests too deeply at offset {at}")]
    Nesting {
        /// Where the limit is exceeded.
        at: usize,
    },
    /// Go's budget of 3,355,443 instructions is exceeded.
    #[error("too large at offset {at}")]
    Size {
        /// Where the limit is exceeded.
        at: usize,
    },
    /// Go compiles it, but this crate's engine does not.
    #[error("cannot be compiled here, although Go can: {cause}")]
    Engine {
        /// What the engine says.
        cause: String,
    },
}
