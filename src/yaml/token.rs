//! The parts of a YAML text, before it is a tree.

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// `%YAML 1.1`.
    Version(u8, u8),
    /// `%TAG`: a handle and its meaning.
    Handle(String, String),
    DocumentStart,
    DocumentEnd,
    BlockListStart,
    BlockMapStart,
    BlockEnd,
    ListStart,
    ListEnd,
    MapStart,
    MapEnd,
    /// `- `.
    Item,
    /// `,`.
    Comma,
    Key,
    Value,
    Alias(String),
    Anchor(String),
    /// A handle, which may be empty, and the rest.
    Tag(String, String),
    Scalar {
        text: String,
        plain: bool,
    },
    End,
}
