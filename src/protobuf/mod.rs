//! The protobuf format: delimited messages, read and written without generated code.

pub(crate) mod fields;
pub(crate) mod write;
