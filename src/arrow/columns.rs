//! A batch of samples in the making.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{Float64Builder, TimestampMillisecondBuilder};
use arrow_array::types::{Float64Type, TimestampMillisecondType};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::ArrowError;

use super::column::{Column, UTC};
use super::dictionary::Dictionary;
use super::exemplars::Exemplars;
use super::labels::LabelMaps;
use super::layout::Layout;
use super::native::NativeHistograms;
use super::row::{Numbers, Row, RowSample};
use super::runs::{Runs, Sparse};
use super::texts::Room;

/// Builds a batch of samples. A column that is not in the layout is `None`.
#[derive(Debug)]
pub(super) struct Columns {
    layout: Arc<Layout>,
    target: Option<Dictionary>,
    scraped_at: Option<Runs<TimestampMillisecondType>>,
    family: Option<Dictionary>,
    metric_type: Option<Dictionary>,
    unit: Option<Dictionary>,
    name: Option<Dictionary>,
    labels: Option<LabelMaps>,
    le: Option<Sparse<Float64Type>>,
    quantile: Option<Sparse<Float64Type>>,
    value: Option<Sparse<Float64Type>>,
    timestamp: Option<Sparse<TimestampMillisecondType>>,
    start_timestamp: Option<Sparse<TimestampMillisecondType>>,
    native_histogram: Option<Box<NativeHistograms>>,
    exemplars: Option<Box<Exemplars>>,
    /// The labels with columns of their own that are built.
    own: Vec<OwnLabel>,
    /// The metric of the last row.
    metric: Option<u64>,
    /// Room for the value of a label.
    spelled: String,
    rows: usize,
    bytes: usize,
}

/// A label with a column of its own.
#[derive(Debug)]
struct OwnLabel {
    name: Arc<str>,
    values: Dictionary,
    /// How many rows there were when it was set last.
    rows: usize,
}

/// What a row takes in a column, in bytes, besides its texts.
const CELL: usize = 8;

/// The most rows for which there is room from the start.
const ROOM: usize = 8192;

impl Columns {
    /// Creates a batch that will have up to that many rows, and labels that take as much as those before did.
    pub(super) fn new(layout: Arc<Layout>, rows: usize, labels: (Room, Room)) -> Self {
        let room = rows.min(ROOM);
        let has = |column: Column| layout.columns.contains(&column).then_some(());
        let texts = |column| has(column).map(|()| Dictionary::with_capacity(room));
        let numbers = |column| has(column).map(|()| Sparse::new(Float64Builder::new()));
        let times = || TimestampMillisecondBuilder::new().with_timezone(UTC);
        let own = layout.columns.iter().filter_map(|column| match column {
            Column::Label(name) => Some(OwnLabel {
                name: name.clone(),
                values: Dictionary::with_capacity(room),
                rows: 0,
            }),
            _ => None,
        });
        let values = || Sparse::new(Float64Builder::with_capacity(room));
        Columns {
            target: texts(Column::Target),
            scraped_at: has(Column::ScrapedAt).map(|()| Runs::new(times())),
            family: texts(Column::Family),
            metric_type: texts(Column::Type),
            unit: texts(Column::Unit),
            name: texts(Column::Name),
            labels: has(Column::Labels).map(|()| LabelMaps::sorted(room, labels)),
            le: numbers(Column::Le),
            quantile: numbers(Column::Quantile),
            value: has(Column::Value).map(|()| values()),
            timestamp: has(Column::Timestamp).map(|()| Sparse::new(times())),
            start_timestamp: has(Column::StartTimestamp).map(|()| Sparse::new(times())),
            native_histogram: has(Column::NativeHistogram).map(|()| NativeHistograms::new().into()),
            exemplars: has(Column::Exemplars).map(|()| Exemplars::new().into()),
            own: own.collect(),
            metric: None,
            spelled: String::new(),
            rows: 0,
            bytes: 0,
            layout,
        }
    }

    /// Returns how many rows there are, and about how many bytes they take.
    #[inline]
    pub(super) fn size(&self) -> (usize, usize) {
        (self.rows, self.bytes)
    }

    /// Returns how much the labels take.
    pub(super) fn room(&self) -> (Room, Room) {
        self.labels
            .as_ref()
            .map(LabelMaps::room)
            .unwrap_or_default()
    }

    /// Appends a row.
    #[inline]
    pub(super) fn append(&mut self, row: &Row<'_, impl RowSample>) {
        let (at, sample) = (self.rows, row.sample);
        if self.metric != Some(row.metric.number) {
            self.begin(row);
        }
        let value = sample.value();
        if let (Some(values), Some(number)) = (&mut self.value, value.as_f64()) {
            values.set(at, number);
        } else if let (Some(histograms), Some(histogram)) =
            (&mut self.native_histogram, value.as_native_histogram())
        {
            self.bytes += histograms.set(at, histogram);
        }
        if let (Some(times), Some(time)) = (&mut self.timestamp, sample.timestamp()) {
            times.set(at, time);
        }
        if let (Some(times), Some(time)) = (&mut self.start_timestamp, sample.start_timestamp()) {
            times.set(at, time);
        }
        if let Some(exemplars) = &mut self.exemplars
            && sample.has_exemplars()
        {
            self.bytes += exemplars.set(at, sample.exemplars());
        }
        if self.layout.has_labels {
            self.append_labels(sample);
        }
        self.bytes += CELL * self.layout.columns.len();
        self.rows += 1;
    }

    /// Begins with a metric, or with a body.
    fn begin(&mut self, row: &Row<'_, impl RowSample>) {
        let (at, metric) = (self.rows, row.metric);
        self.metric = Some(metric.number);
        for (texts, text) in [
            (&mut self.target, Some(row.target)),
            (&mut self.family, Some(&*metric.family)),
            (&mut self.metric_type, Some(metric.metric_type.as_str())),
            (
                &mut self.unit,
                Some(&*metric.unit).filter(|unit| !unit.is_empty()),
            ),
            (&mut self.name, Some(&*metric.name)),
        ] {
            if let Some(texts) = texts {
                self.bytes += texts.set(at, text);
            }
        }
        if let Some(times) = &mut self.scraped_at {
            times.set(at, row.scraped_at);
        }
    }

    fn append_labels(&mut self, sample: &impl RowSample) {
        let Columns {
            layout,
            labels,
            le,
            quantile,
            own,
            rows,
            bytes,
            spelled,
            ..
        } = self;
        let at = *rows;
        let numbers = match labels.is_some() || !own.is_empty() {
            false => sample.numbers(spelled),
            true => {
                let mut numbers = Numbers::default();
                sample.each_label(spelled, |name, value| {
                    if value.is_empty() {
                        return;
                    }
                    let is_number = numbers.see(name.as_bytes(), value);
                    if let Some(names) = &layout.own_labels {
                        for label in own.iter_mut().filter(|label| *label.name == *name) {
                            if label.rows == at {
                                label.rows = at + 1;
                                *bytes += label.values.set(at, Some(value));
                            }
                        }
                        if is_number || names.iter().any(|own| **own == *name) {
                            return;
                        }
                    }
                    if let Some(labels) = labels {
                        *bytes += labels.push(name, value);
                    }
                });
                numbers
            }
        };
        if let (Some(column), Some(number)) = (le, numbers.le()) {
            column.set(at, number);
        }
        if let (Some(column), Some(number)) = (quantile, numbers.quantile()) {
            column.set(at, number);
        }
        if let Some(labels) = labels {
            labels.end();
        }
        for label in own {
            if label.rows == at {
                label.rows = at + 1;
                label.values.set(at, None);
            }
        }
    }

    pub(super) fn finish(self) -> Result<RecordBatch, ArrowError> {
        let rows = self.rows;
        let texts = |texts: Option<Dictionary>| texts.map(|texts| texts.finish(rows)).transpose();
        let numbers = |numbers: Option<Sparse<Float64Type>>| {
            numbers.map(|numbers| Arc::new(numbers.finish(rows)) as ArrayRef)
        };
        let times = |times: Option<Sparse<TimestampMillisecondType>>| {
            times.map(|times| Arc::new(times.finish(rows)) as ArrayRef)
        };
        let scraped_at = self
            .scraped_at
            .map(|times| Arc::new(times.finish(rows)) as ArrayRef);
        let labels = self.labels.map(LabelMaps::finish).transpose()?;
        let histograms = self.native_histogram.map(|column| column.finish(rows));
        let exemplars = self.exemplars.map(|exemplars| exemplars.finish(rows));
        let built: [(Column, Option<ArrayRef>); 14] = [
            (Column::Target, texts(self.target)?),
            (Column::ScrapedAt, scraped_at),
            (Column::Family, texts(self.family)?),
            (Column::Type, texts(self.metric_type)?),
            (Column::Unit, texts(self.unit)?),
            (Column::Name, texts(self.name)?),
            (
                Column::Labels,
                labels.map(|labels| Arc::new(labels) as ArrayRef),
            ),
            (Column::Le, numbers(self.le)),
            (Column::Quantile, numbers(self.quantile)),
            (Column::Value, numbers(self.value)),
            (Column::Timestamp, times(self.timestamp)),
            (Column::StartTimestamp, times(self.start_timestamp)),
            (Column::NativeHistogram, histograms.transpose()?),
            (Column::Exemplars, exemplars.transpose()?),
        ];
        let mut own: HashMap<Arc<str>, ArrayRef> = HashMap::new();
        for label in self.own {
            own.insert(label.name, label.values.finish(rows)?);
        }
        let in_order = self
            .layout
            .columns
            .iter()
            .filter_map(|column| match column {
                Column::Label(label) => own.get(label).cloned(),
                column => {
                    let found = built.iter().find(|(built, _)| built == column);
                    found.and_then(|(_, array)| array.clone())
                }
            });
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(self.layout.schema.clone(), in_order.collect(), &options)
    }
}
