//! Texts one after the other, as Arrow lays them out.

use arrow_array::StringArray;
use arrow_array::builder::OffsetBufferBuilder;
use arrow_schema::ArrowError;

/// Texts, the last of which can be taken back.
#[derive(Debug, Default)]
pub(super) struct Texts {
    text: String,
    /// Where each ends.
    ends: Vec<usize>,
}

/// How much texts take.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Room {
    texts: usize,
    bytes: usize,
}

impl Texts {
    /// Creates a place for as many texts as there were before.
    pub(super) fn with_room(room: Room) -> Self {
        Texts {
            text: String::with_capacity(room.bytes),
            ends: Vec::with_capacity(room.texts),
        }
    }

    /// Returns how much they take.
    pub(super) fn room(&self) -> Room {
        Room {
            texts: self.ends.len(),
            bytes: self.text.len(),
        }
    }

    #[inline]
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    #[inline]
    pub(super) fn get(&self, at: usize) -> &str {
        let end = |at: usize| self.ends.get(at).copied().unwrap_or_default();
        let start = at.checked_sub(1).map_or(0, end);
        self.text.get(start..end(at)).unwrap_or_default()
    }

    /// Moves the texts from one on to other texts.
    pub(super) fn move_from(&mut self, first: usize, to: &mut Texts) {
        for at in first..self.len() {
            to.push(self.get(at));
        }
        let before = first.checked_sub(1).and_then(|last| self.ends.get(last));
        self.text.truncate(before.copied().unwrap_or_default());
        self.ends.truncate(first);
    }

    /// Appends some of the texts once more.
    #[inline]
    pub(super) fn repeat(&mut self, first: usize, count: usize) {
        let end = |at: usize| self.ends.get(at).copied();
        let start = first.checked_sub(1).and_then(end).unwrap_or_default();
        let Some(last) = (first + count).checked_sub(1).and_then(end) else {
            return;
        };
        let by = self.text.len() - start;
        self.text.extend_from_within(start..last);
        for at in first..first + count {
            if let Some(end) = self.ends.get(at) {
                self.ends.push(end + by);
            }
        }
    }

    #[inline]
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    pub(super) fn finish(self) -> Result<StringArray, ArrowError> {
        let mut before = 0;
        let lengths = self
            .ends
            .iter()
            .map(|end| end - std::mem::replace(&mut before, *end));
        let offsets = offsets(lengths, self.text.len())?;
        StringArray::try_new(offsets.finish(), self.text.into_bytes().into(), None)
    }
}

/// Returns the offsets of texts or lists with these lengths, and that length in all.
///
/// # Errors
///
/// [`ArrowError`] if they do not fit into 32 bits. Only a histogram that is converted, with the exemplars of all of its
/// lines, can be as long.
pub(super) fn offsets(
    lengths: impl Iterator<Item = usize>,
    total: usize,
) -> Result<OffsetBufferBuilder<i32>, ArrowError> {
    if i32::try_from(total).is_err() {
        return Err(ArrowError::OffsetOverflowError(total));
    }
    let mut offsets = OffsetBufferBuilder::new(lengths.size_hint().0);
    lengths.for_each(|length| offsets.push_length(length));
    Ok(offsets)
}
