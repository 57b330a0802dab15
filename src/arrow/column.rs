//! The columns of the tables: their names and types.

use std::sync::{Arc, LazyLock};

use arrow_schema::{DataType, Field, FieldRef, Fields, TimeUnit};

/// A column of a table of samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Column {
    Target,
    ScrapedAt,
    Family,
    Type,
    Unit,
    Name,
    Labels,
    Le,
    Quantile,
    Value,
    Timestamp,
    StartTimestamp,
    NativeHistogram,
    Exemplars,
    /// The label of this name.
    Label(Arc<str>),
}

/// The labels that have columns of numbers.
pub(super) const LE: &str = "le";
pub(super) const QUANTILE: &str = "quantile";

/// What stands before a label's name in the name of its column, if another column is named like the label.
const PREFIX: &str = "label_";

/// The time zone of all times.
pub(super) const UTC: &str = "UTC";

/// The columns of the table of samples, in their order.
pub(super) const SAMPLES: [Column; 14] = [
    Column::Target,
    Column::ScrapedAt,
    Column::Family,
    Column::Type,
    Column::Unit,
    Column::Name,
    Column::Labels,
    Column::Le,
    Column::Quantile,
    Column::Value,
    Column::Timestamp,
    Column::StartTimestamp,
    Column::NativeHistogram,
    Column::Exemplars,
];

impl Column {
    /// Returns the column's name. That of a label is the label's, unless another column has it.
    pub(super) fn name(&self) -> String {
        let name = match self {
            Column::Target => "target",
            Column::ScrapedAt => "scraped_at",
            Column::Family => "family",
            Column::Type => "type",
            Column::Unit => "unit",
            Column::Name => "name",
            Column::Labels => "labels",
            Column::Le => "le",
            Column::Quantile => "quantile",
            Column::Value => "value",
            Column::Timestamp => "timestamp",
            Column::StartTimestamp => "start_timestamp",
            Column::NativeHistogram => "native_histogram",
            Column::Exemplars => "exemplars",
            // No two labels come to the same name, whichever others there are.
            Column::Label(label) => {
                let stem = label.trim_start_matches(PREFIX);
                let is_taken = SAMPLES.iter().any(|column| column.name() == stem);
                return [if is_taken { PREFIX } else { "" }, label].concat();
            }
        };
        name.to_owned()
    }

    /// Returns the column's field.
    pub(super) fn field(&self) -> Field {
        let (data_type, is_nullable) = match self {
            Column::Target | Column::Family | Column::Type | Column::Name => (dictionary(), false),
            Column::Unit | Column::Label(_) => (dictionary(), true),
            Column::ScrapedAt | Column::Timestamp | Column::StartTimestamp => (time(), true),
            Column::Labels => (labels(), false),
            Column::Le | Column::Quantile | Column::Value => (DataType::Float64, true),
            Column::NativeHistogram => (DataType::Struct(NATIVE_HISTOGRAM.clone()), true),
            Column::Exemplars => (DataType::List(EXEMPLARS.clone()), true),
        };
        Field::new(self.name(), data_type, is_nullable)
    }

    /// Tells whether the labels of a sample have to be looked at for this column.
    pub(super) fn is_of_labels(&self) -> bool {
        matches!(
            self,
            Column::Labels | Column::Le | Column::Quantile | Column::Label(_)
        )
    }
}

/// Returns the type of texts that are often the same.
pub(super) fn dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn time() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some(UTC.into()))
}

/// The fields of a label in a map.
pub(super) static ENTRY: LazyLock<Fields> = LazyLock::new(|| {
    Fields::from(vec![
        Field::new("key", DataType::Utf8, false),
        Field::new("value", DataType::Utf8, false),
    ])
});

/// The labels of a map.
pub(super) static ENTRIES: LazyLock<FieldRef> = LazyLock::new(|| {
    let entry = DataType::Struct(ENTRY.clone());
    Arc::new(Field::new("entries", entry, false))
});

fn labels() -> DataType {
    DataType::Map(ENTRIES.clone(), false)
}

/// The fields of a bucket of a native histogram.
pub(super) static BUCKET: LazyLock<Fields> = LazyLock::new(|| {
    let number = |name| Field::new(name, DataType::Float64, false);
    Fields::from(vec![number("lower"), number("upper"), number("count")])
});

/// A bucket in a list.
pub(super) static BUCKETS: LazyLock<FieldRef> = LazyLock::new(|| element(&BUCKET));

/// The fields of a native histogram.
pub(super) static NATIVE_HISTOGRAM: LazyLock<Fields> = LazyLock::new(|| {
    let number = |name| Field::new(name, DataType::Float64, false);
    Fields::from(vec![
        Field::new("schema", DataType::Int32, false),
        number("count"),
        number("sum"),
        number("zero_threshold"),
        number("zero_count"),
        Field::new("is_gauge", DataType::Boolean, false),
        Field::new("buckets", DataType::List(BUCKETS.clone()), false),
    ])
});

/// The fields of an exemplar.
pub(super) static EXEMPLAR: LazyLock<Fields> = LazyLock::new(|| {
    Fields::from(vec![
        Field::new("labels", labels(), false),
        Field::new("value", DataType::Float64, false),
        Field::new("timestamp", time(), true),
    ])
});

/// An exemplar in a list.
pub(super) static EXEMPLARS: LazyLock<FieldRef> = LazyLock::new(|| element(&EXEMPLAR));

/// Returns the field of a list's elements.
fn element(fields: &Fields) -> FieldRef {
    let element = DataType::Struct(fields.clone());
    Arc::new(Field::new("item", element, false))
}
