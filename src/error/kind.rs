//! Kinds of errors.

/// The kind of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Something that the format does not allow here.
    #[error("unexpected text")]
    Unexpected,
    /// The line or the body ends too early.
    #[error("unexpected end")]
    UnexpectedEnd,
    /// A quote that is not closed.
    #[error("unclosed quote")]
    UnclosedQuote,
    /// Bytes that are not UTF-8 where text is required.
    #[error("invalid UTF-8")]
    InvalidUtf8,
    /// A value that is not a number.
    #[error("invalid value")]
    InvalidValue,
    /// A value too large for a 64-bit float.
    #[error("value out of range")]
    ValueOutOfRange,
    /// A timestamp that is not a valid one.
    #[error("invalid timestamp")]
    InvalidTimestamp,
    /// A timestamp beyond 64 bits.
    #[error("timestamp out of range")]
    TimestampOutOfRange,
    /// A TYPE line with a word that is not a type of the format.
    #[error("unknown type")]
    UnknownType,
    /// Braces without a metric name inside or before them.
    #[error("missing metric name")]
    MissingName,
    /// A second metric name inside braces.
    #[error("second metric name")]
    SecondName,
    /// OpenMetrics 2.0: a metric name in braces after a label.
    #[error("metric name after a label")]
    LateName,
    /// A unit that the metric's name does not end in.
    #[error("unit is not a suffix of the name")]
    InvalidUnit,
    /// OpenMetrics 2.0: a name that the metric's type does not allow.
    #[error("name does not suit the type")]
    UnsuitableName,
    /// OpenMetrics 2.0: a unit of a metric whose type has none.
    #[error("unit does not suit the type")]
    UnsuitableUnit,
    /// OpenMetrics 2.0: a value that the metric's type does not allow.
    #[error("value does not suit the type")]
    UnsuitableValue,
    /// OpenMetrics 2.0: a sample of a state set without the label that names its state.
    #[error("missing state")]
    MissingState,
    /// OpenMetrics 2.0: a field that the value of a histogram or a summary does not have.
    #[error("unknown field")]
    UnknownField,
    /// OpenMetrics 2.0: a field of a value that is there twice.
    #[error("second field of that name")]
    SecondField,
    /// OpenMetrics 2.0: a value without a field that it must have.
    #[error("missing field")]
    MissingField,
    /// OpenMetrics 2.0: a quantile that is not one, or out of order.
    #[error("invalid quantile")]
    InvalidQuantile,
    /// OpenMetrics: the body ends without `# EOF`.
    #[error("missing # EOF")]
    MissingEof,
    /// OpenMetrics: there is text after `# EOF`.
    #[error("data after # EOF")]
    AfterEof,
    /// An empty metric or label name.
    #[error("empty name")]
    EmptyName,
    /// Two labels of the same name in one sample.
    #[error("duplicate label")]
    DuplicateLabel,
    /// A label named `__name__`, under which the metric's own name is stored.
    #[error("reserved label")]
    ReservedLabel,
    /// A bucket without `le`, a quantile without `quantile`, a state without its name.
    #[error("missing label")]
    MissingLabel,
    /// A `le` or `quantile` that is not a number, or NaN.
    #[error("invalid label value")]
    InvalidLabelValue,
    /// A sample whose name its family does not allow: a histogram's name without a suffix.
    #[error("not a sample of its family")]
    NoSuchSample,
    /// A TYPE line that contradicts an earlier one.
    #[error("second type")]
    SecondType,
    /// A TYPE line after samples that were read without it.
    #[error("late type")]
    LateType,
    /// A HELP line that contradicts an earlier one.
    #[error("second help text")]
    SecondHelp,
    /// A UNIT line that contradicts an earlier one.
    #[error("second unit")]
    SecondUnit,
    /// OpenMetrics: a counter's `_created` line without the counter.
    #[error("start time without its counter")]
    LoneCreated,
    /// Something that can be read but breaks the specification; found only by
    /// [`strict::check`](crate::check::strict::check).
    #[error("against the specification")]
    Specification,
    /// A line longer than [`Limits::max_line_bytes`](crate::Limits::max_line_bytes).
    #[error("line too long")]
    LineTooLong,
    /// A sample with more labels than [`Limits::max_labels`](crate::Limits::max_labels).
    #[error("too many labels")]
    TooManyLabels,
    /// A body longer than [`Limits::max_body_bytes`](crate::Limits::max_body_bytes).
    #[error("body too long")]
    BodyTooLong,
    /// Protobuf: bytes that are not a message of the format.
    #[error("malformed protobuf")]
    MalformedProtobuf,
    /// A native histogram that contradicts itself, or a classic one that cannot be converted.
    #[error("invalid histogram")]
    InvalidHistogram,
    /// A message longer than [`Limits::max_message_bytes`](crate::Limits::max_message_bytes).
    #[error("message too long")]
    MessageTooLong,
    /// The reader under a [`Reader`](crate::Reader) failed.
    #[error("reading failed")]
    Io,
}
