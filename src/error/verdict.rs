//! Whether an error makes Prometheus refuse a body.

use super::{Error, ErrorKind};

impl Error {
    /// Tells whether Prometheus refuses the body for this error. One such line fails the whole scrape:
    /// nothing of the body is stored, and `up` is 0.
    ///
    /// Otherwise Prometheus stores the line's sample, if it is one, and only this crate reports the
    /// error:
    ///
    /// | errors | fail the scrape |
    /// |---|---|
    /// | of a line or the body's end: what the format does not allow | yes; except an empty body that lacks its `# EOF` |
    /// | [`EmptyName`](ErrorKind::EmptyName), [`ReservedLabel`](ErrorKind::ReservedLabel), [`DuplicateLabel`](ErrorKind::DuplicateLabel), a name that is not UTF-8 | yes; but not in a HELP, TYPE or UNIT line, in an exemplar, or for a label without a value, which Prometheus does not count as a label. A label of the target or a rule may mend it |
    /// | of a family: [`MissingLabel`](ErrorKind::MissingLabel), [`InvalidLabelValue`](ErrorKind::InvalidLabelValue), [`NoSuchSample`](ErrorKind::NoSuchSample), [`LoneCreated`](ErrorKind::LoneCreated), [`LateType`](ErrorKind::LateType), [`SecondType`](ErrorKind::SecondType), [`SecondHelp`](ErrorKind::SecondHelp), [`SecondUnit`](ErrorKind::SecondUnit) | no |
    /// | of a part of an OpenMetrics 2.0 value that a scrape with native histograms does not look at: the classic buckets beside them | no |
    /// | of the specification: [`Specification`](ErrorKind::Specification) | no |
    /// | of a limit: [`LineTooLong`](ErrorKind::LineTooLong), [`TooManyLabels`](ErrorKind::TooManyLabels), [`MessageTooLong`](ErrorKind::MessageTooLong), [`BodyTooLong`](ErrorKind::BodyTooLong) | no, since Prometheus has no limits by default; the text beyond the limit is not read and may fail it |
    /// | of a protobuf body: [`MalformedProtobuf`](ErrorKind::MalformedProtobuf), [`InvalidHistogram`](ErrorKind::InvalidHistogram) | yes |
    /// | [`Io`](ErrorKind::Io): the body breaks off | yes |
    ///
    /// ```
    /// let verdict = |body: &str| {
    ///     let error = exposition::families(body.as_bytes()).find_map(Result::err).unwrap();
    ///     error.fails_scrape()
    /// };
    /// assert!(verdict("up 1\nup{job=node} 2\n"));
    /// assert!(!verdict("up 1\n# TYPE up gauge\n"));
    /// ```
    pub fn fails_scrape(&self) -> bool {
        self.0.fails_scrape
    }

    /// Marks an error for a line that Prometheus accepts, though it refuses others with an error of that
    /// kind.
    #[cold]
    pub(crate) fn accepted_by_prometheus(mut self) -> Self {
        if let Some(inner) = self.0.get_mut() {
            inner.fails_scrape = false;
        }
        self
    }
}

impl ErrorKind {
    /// Answers [`Error::fails_scrape`], except for the few errors that differ from others of their kind.
    pub(super) fn fails_scrape(self) -> bool {
        match self {
            // Errors of Prometheus' parser.
            ErrorKind::Unexpected
            | ErrorKind::UnexpectedEnd
            | ErrorKind::UnclosedQuote
            | ErrorKind::InvalidUtf8
            | ErrorKind::InvalidValue
            | ErrorKind::ValueOutOfRange
            | ErrorKind::InvalidTimestamp
            | ErrorKind::TimestampOutOfRange
            | ErrorKind::UnknownType
            | ErrorKind::MissingName
            | ErrorKind::SecondName
            | ErrorKind::LateName
            | ErrorKind::InvalidUnit
            | ErrorKind::UnsuitableName
            | ErrorKind::UnsuitableUnit
            | ErrorKind::UnsuitableValue
            | ErrorKind::MissingState
            | ErrorKind::UnknownField
            | ErrorKind::SecondField
            | ErrorKind::MissingField
            | ErrorKind::InvalidQuantile
            | ErrorKind::MissingEof
            | ErrorKind::AfterEof
            | ErrorKind::MalformedProtobuf => true,
            // What its storage refuses, or its conversion of classic histograms (spec P35, P38).
            ErrorKind::InvalidHistogram => true,
            // What Prometheus' storage refuses, which fails the scrape too (spec S36, S38).
            ErrorKind::EmptyName | ErrorKind::DuplicateLabel | ErrorKind::ReservedLabel => true,
            // A body that is cut off.
            ErrorKind::Io => true,
            // Prometheus does not know of families (spec T23, T42).
            ErrorKind::MissingLabel
            | ErrorKind::InvalidLabelValue
            | ErrorKind::NoSuchSample
            | ErrorKind::SecondType
            | ErrorKind::LateType
            | ErrorKind::SecondHelp
            | ErrorKind::SecondUnit
            | ErrorKind::LoneCreated => false,
            // Nor does it check the specification (spec O39).
            ErrorKind::Specification => false,
            // Limits are this crate's own.
            ErrorKind::LineTooLong
            | ErrorKind::TooManyLabels
            | ErrorKind::MessageTooLong
            | ErrorKind::BodyTooLong => false,
        }
    }
}
