//! Flat samples of any format: what a scrape stores of a body, one series and value after another.

mod collected;
mod conversion;
mod door;
mod labels;
mod parts;
mod sample;
mod slice;
mod source;
mod spelled;
mod stream;

pub use conversion::{Unconverted, UnconvertedReason};
pub use sample::{AnySample, SampleEntry};
pub use slice::Samples;
pub use stream::{SampleChunks, SampleReader};
