//! A column of texts that are often the same.

use std::sync::Arc;

use arrow_array::builder::{Int32Builder, StringBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray};
use arrow_schema::ArrowError;

use super::runs::Runs;
use crate::bytes::key_set::KeySet;

/// Builds a column of texts, each of which is stored once. Nothing is done for a row that has the text of the row
/// before.
#[derive(Debug)]
pub(super) struct Dictionary {
    keys: Runs<Int32Type>,
    texts: StringBuilder,
    known: KeySet<()>,
    /// The text of the last row that has one.
    last: String,
    last_key: Option<i32>,
}

impl Dictionary {
    pub(super) fn with_capacity(rows: usize) -> Self {
        Dictionary {
            keys: Runs::new(Int32Builder::with_capacity(rows)),
            texts: StringBuilder::new(),
            known: KeySet::default(),
            last: String::new(),
            last_key: None,
        }
    }

    /// Sets the text of a row, and of those after it. Returns how many bytes that adds to the column.
    #[inline]
    pub(super) fn set(&mut self, row: usize, text: Option<&str>) -> usize {
        let (key, bytes) = match text {
            None => (None, 0),
            Some(text) if self.last_key.is_some() && self.last == text => (self.last_key, 0),
            Some(text) => self.key(text),
        };
        self.keys.set(row, key);
        bytes
    }

    fn key(&mut self, text: &str) -> (Option<i32>, usize) {
        let (at, is_new) = self.known.put(text.as_bytes(), ());
        // A batch does not have as many rows.
        self.last_key = Some(i32::try_from(at).unwrap_or(i32::MAX));
        self.last.clear();
        self.last.push_str(text);
        if is_new {
            self.texts.append_value(text);
        }
        (self.last_key, if is_new { text.len() } else { 0 })
    }

    pub(super) fn finish(mut self, rows: usize) -> Result<ArrayRef, ArrowError> {
        let texts = Arc::new(self.texts.finish());
        let array = DictionaryArray::try_new(self.keys.finish(rows), texts)?;
        Ok(Arc::new(array))
    }
}
