//! What an exposition says in any format: types of metrics and the suffixes of their samples, names and
//! their schemes, repeated labels, composite values, and [`SampleView`](sample_view::SampleView), the common view of all
//! samples.

pub(crate) mod composite;
pub(crate) mod exported;
pub(crate) mod histogram_options;
pub(crate) mod label_names;
pub(crate) mod metric_type;
pub mod name;
pub(crate) mod native_histogram;
pub(crate) mod sample_view;
pub(crate) mod suffix;
#[cfg(feature = "serde")]
pub(crate) mod written;
