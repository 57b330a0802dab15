//! What an exposition says, whatever format says it: types of metrics and the suffixes of their samples,
//! names and their schemes, labels that come twice, and [`SampleView`](sample_view::SampleView), which samples of every kind show.

pub(crate) mod exported;
pub(crate) mod label_names;
pub(crate) mod metric_type;
pub mod name;
pub(crate) mod sample_view;
pub(crate) mod suffix;
