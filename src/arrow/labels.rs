//! A column of labels.

use std::sync::Arc;

use arrow_array::{ArrayRef, MapArray, StructArray};
use arrow_schema::ArrowError;

use super::column::{ENTRIES, ENTRY};
use super::texts::{Room, Texts, offsets};

/// Builds a column of labels. A row mostly has the label names of the row before, in the same order: then they are
/// compared, and neither sorted nor copied one by one.
#[derive(Debug)]
pub(super) struct LabelMaps {
    names: Texts,
    values: Texts,
    /// How many labels each row has.
    lengths: Vec<usize>,
    is_sorted_by_name: bool,
    last: Template,
    row: Row,
}

/// The label names of a row.
#[derive(Debug, Default)]
struct Template {
    /// In the order written.
    written: Texts,
    /// Where they are among the names of all rows, in the order of the column.
    first: usize,
    /// The places of the written names in the order of the column; empty if the orders are the same.
    order: Vec<usize>,
}

/// The row that comes next.
#[derive(Debug, Default)]
struct Row {
    labels: usize,
    /// Whether its names are those of the row before so far, which are not noted again.
    is_like_last: bool,
    names: Texts,
    /// Its values, unless they are in the column already: those of a row like the last, whose order is the column's.
    values: Texts,
}

impl LabelMaps {
    /// Creates a column whose rows are sorted by name, with room for that many, and for labels that take as much as
    /// those before did.
    pub(super) fn sorted(rows: usize, (names, values): (Room, Room)) -> Self {
        LabelMaps {
            names: Texts::with_room(names),
            values: Texts::with_room(values),
            lengths: Vec::with_capacity(rows),
            is_sorted_by_name: true,
            last: Template::default(),
            row: Row::default(),
        }
    }

    /// Creates a column whose rows are as they are written.
    pub(super) fn as_written() -> Self {
        LabelMaps {
            is_sorted_by_name: false,
            ..Self::sorted(0, Default::default())
        }
    }

    /// Returns how much the labels take.
    pub(super) fn room(&self) -> (Room, Room) {
        (self.names.room(), self.values.room())
    }

    /// Adds a label to the row that comes next. Returns how many bytes that adds to the column.
    #[inline]
    pub(super) fn push(&mut self, name: &str, value: &str) -> usize {
        let (row, last) = (&mut self.row, &self.last);
        if row.labels == 0 {
            row.is_like_last = true;
        }
        if row.is_like_last
            && row.labels < last.written.len()
            && last.written.get(row.labels) == name
        {
            match last.order.is_empty() {
                true => self.values.push(value),
                false => row.values.push(value),
            }
        } else {
            if row.is_like_last {
                self.part();
            }
            self.row.names.push(name);
            self.row.values.push(value);
        }
        self.row.labels += 1;
        // Two offsets besides the texts.
        name.len() + value.len() + 8
    }

    /// Notes the names and values of the row so far: it is not like the last one after all.
    #[inline(never)]
    fn part(&mut self) {
        let (row, last) = (&mut self.row, &self.last);
        row.is_like_last = false;
        for at in 0..row.labels {
            row.names.push(last.written.get(at));
        }
        if last.order.is_empty() {
            self.values
                .move_from(self.values.len() - row.labels, &mut row.values);
        }
    }

    /// Ends a row.
    #[inline]
    pub(super) fn end(&mut self) {
        let labels = self.row.labels;
        self.lengths.push(labels);
        if labels == 0 {
            return;
        }
        if self.row.is_like_last && labels == self.last.written.len() {
            let first = std::mem::replace(&mut self.last.first, self.names.len());
            self.names.repeat(first, labels);
            for at in &self.last.order {
                self.values.push(self.row.values.get(*at));
            }
        } else {
            if self.row.is_like_last {
                self.part();
            }
            self.begin_template();
        }
        self.row.names.clear();
        self.row.values.clear();
        self.row.labels = 0;
    }

    /// Makes the names of the row those of the last one, and puts it into the column.
    #[inline(never)]
    fn begin_template(&mut self) {
        let LabelMaps {
            names,
            values,
            is_sorted_by_name,
            last,
            row,
            ..
        } = self;
        std::mem::swap(&mut last.written, &mut row.names);
        last.first = names.len();
        let written = &last.written;
        let name = |at: &usize| written.get(*at);
        last.order.clear();
        last.order.extend(0..row.labels);
        if *is_sorted_by_name && !last.order.is_sorted_by_key(name) {
            // Labels of one name stay as they are.
            last.order.sort_by(|one, other| name(one).cmp(name(other)));
        }
        for at in &last.order {
            names.push(written.get(*at));
            values.push(row.values.get(*at));
        }
        if last.order.is_sorted() {
            last.order.clear();
        }
    }

    pub(super) fn finish(self) -> Result<MapArray, ArrowError> {
        let offsets = offsets(self.lengths.into_iter(), self.names.len())?;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.names.finish()?),
            Arc::new(self.values.finish()?),
        ];
        let labels = StructArray::try_new(ENTRY.clone(), columns, None)?;
        MapArray::try_new(ENTRIES.clone(), offsets.finish(), labels, None, false)
    }
}
