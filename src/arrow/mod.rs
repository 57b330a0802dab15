//! Bodies as record batches of [Apache Arrow](https://arrow.apache.org), for engines that answer questions about a
//! whole fleet.
//!
//! A [`BatchReader`] reads bodies of any format, one after the other, and returns [`RecordBatch`]es. What cannot be
//! read comes in batches of a second table. The page [`docs::arrow`](crate::docs::arrow) lists the columns of both.
//!
//! ```
//! use arrow_array::cast::AsArray;
//! use arrow_array::types::Float64Type;
//! use exposition::Format;
//! use exposition::arrow::{Batch, BatchReader, Body};
//!
//! let bodies = [("a:9090", "up 1\nqueue 7\n"), ("b:9090", "up 0\nqueue 9\nbroken{\n")];
//! let bodies = bodies.map(|(target, body)| Body::new(target, Format::default(), body.as_bytes()));
//! let (mut sum, mut errors) = (0.0, 0);
//! for batch in BatchReader::new(bodies.into_iter()) {
//!     match batch? {
//!         Batch::Samples(batch) => {
//!             let values = batch["value"].as_primitive::<Float64Type>();
//!             sum += values.iter().flatten().sum::<f64>();
//!         }
//!         Batch::Errors(batch) => errors += batch.num_rows(),
//!         _ => {}
//!     }
//! }
//! assert_eq!((sum, errors), (17.0, 1));
//! # Ok::<(), arrow_schema::ArrowError>(())
//! ```
//!
//! # What is read
//!
//! - [`project`](BatchReader::project) chooses columns. One that nobody asked for is not built: labels cost most.
//! - [`filter_by`](BatchReader::filter_by) chooses rows by name, family, target and labels. Lines of other names are
//!   skipped before their labels are looked at, and bodies of other targets are not read at all.
//! - A [`Table`] has the rows of one family with a column for each label, if that is asked for.
//! - A reader holds one batch of each kind with its dictionaries, and what a [`SampleReader`] holds, however many and
//!   however long the bodies are.
//!
//! # Which versions
//!
//! The batches are those of arrow-array 59, which DataFusion 55 uses.
//!
//! [`RecordBatch`]: arrow_array::RecordBatch
//! [`SampleReader`]: crate::SampleReader

mod body;
mod column;
mod columns;
mod dictionary;
mod errors;
mod exemplars;
mod labels;
mod layout;
mod native;
mod reader;
mod reading;
mod row;
mod row_filter;
mod runs;
mod table;
mod texts;

pub use body::Body;
pub use errors::errors_schema;
pub use reader::{Batch, BatchReader};
pub use row_filter::RowFilter;
pub use table::{Table, samples_schema};
