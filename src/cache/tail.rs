//! What follows the value in a line.

/// What follows a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tail {
    /// Where its text begins, and how long it is: from the value to before the line feed.
    pub(super) start: u32,
    pub(super) len: u32,
    /// How long it was when it was read last. That differs where the timestamp is another one than in the
    /// text.
    pub(super) last_len: u32,
    pub(super) timestamp: Option<i64>,
    /// Where in its text the exemplars begin; 0 if there are none.
    pub(super) exemplars_at: u32,
}

impl Tail {
    /// That of most lines.
    pub(super) const NONE: Tail = Tail {
        start: 0,
        len: 0,
        last_len: 0,
        timestamp: None,
        exemplars_at: 0,
    };
}
