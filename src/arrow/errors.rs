//! The table of errors.

use std::error::Error as _;
use std::sync::Arc;

use arrow_array::builder::{StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};

use super::column::{Column, dictionary};
use super::dictionary::Dictionary;
use crate::error::Error;

/// Returns the schema of the table of errors: `target`, `line`, `column`, `kind` and `text`.
///
/// `line` and `column` count from 1, and are null for a body in protobuf, which has no lines. `kind` is the
/// [`ErrorKind`](crate::ErrorKind) in words, and `text` all that the [`Error`] says, with its place.
///
/// ```
/// let schema = exposition::arrow::errors_schema();
/// let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
/// assert_eq!(names, ["target", "line", "column", "kind", "text"]);
/// ```
#[must_use]
pub fn errors_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Column::Target.field(),
        Field::new("line", DataType::UInt64, true),
        Field::new("column", DataType::UInt64, true),
        Field::new("kind", dictionary(), false),
        Field::new("text", DataType::Utf8, false),
    ]))
}

/// Builds a batch of the table of errors.
#[derive(Debug)]
pub(super) struct Errors {
    schema: SchemaRef,
    rows: usize,
    bytes: usize,
    target: Dictionary,
    line: UInt64Builder,
    column: UInt64Builder,
    kind: Dictionary,
    text: StringBuilder,
}

impl Errors {
    pub(super) fn new() -> Self {
        Errors {
            schema: errors_schema(),
            rows: 0,
            bytes: 0,
            target: Dictionary::with_capacity(0),
            line: UInt64Builder::new(),
            column: UInt64Builder::new(),
            kind: Dictionary::with_capacity(0),
            text: StringBuilder::new(),
        }
    }

    /// Returns how many rows there are, and about how many bytes they take.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.rows, self.bytes)
    }

    /// Appends an error in a body of a target.
    pub(super) fn append(&mut self, target: &str, error: &Error) {
        let position = error.position();
        let of_lines = |number: u64| (!position.is_in_binary()).then_some(number);
        let text = match error.source() {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        };
        let row = self.rows;
        self.rows += 1;
        self.bytes += 40 + text.len();
        self.bytes += self.target.set(row, Some(target));
        self.line.append_option(of_lines(position.line));
        self.column.append_option(of_lines(position.column));
        self.bytes += self.kind.set(row, Some(&error.kind().to_string()));
        self.text.append_value(text);
    }

    pub(super) fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        let columns: Vec<ArrayRef> = vec![
            self.target.finish(self.rows)?,
            Arc::new(self.line.finish()),
            Arc::new(self.column.finish()),
            self.kind.finish(self.rows)?,
            Arc::new(self.text.finish()),
        ];
        RecordBatch::try_new(self.schema, columns)
    }
}
