//! A table that is written as Parquet.

use std::io::Write;
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::new_file::NewFile;
use crate::failure::Result;

/// After how many rows a row group ends.
const MOST_ROWS: usize = 1 << 20;
/// After about how many bytes a row group ends, compressed: all of them are held until then.
const MOST_BYTES: usize = 64 << 20;

/// Where a table goes.
pub(super) enum Output<'o> {
    /// Standard output.
    Standard(&'o mut dyn Write),
    File(NewFile),
}

impl Output<'_> {
    /// Begins with a file.
    pub(super) fn file(name: &Path) -> Result<Self> {
        Ok(Output::File(NewFile::create(name)?))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Output::Standard(out) => Ok(out.write_all(bytes)?),
            Output::File(file) => file.write(bytes),
        }
    }
}

/// A table that is being written.
pub(super) struct Table<'o> {
    /// Writes to memory: Arrow's writer needs a [`Send`] output, which a locked standard output is not.
    writer: ArrowWriter<Vec<u8>>,
    output: Output<'o>,
    size: Size,
}

/// How large a table is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    pub(super) rows: u64,
    pub(super) bytes: u64,
}

impl<'o> Table<'o> {
    pub(super) fn new(schema: SchemaRef, output: Output<'o>) -> Result<Self> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(MOST_ROWS))
            .set_max_row_group_bytes(Some(MOST_BYTES))
            .build();
        Ok(Table {
            writer: ArrowWriter::try_new(Vec::new(), schema, Some(properties))?,
            output,
            size: Size::default(),
        })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.writer.write(batch)?;
        self.size.rows += batch.num_rows() as u64;
        self.pass_on()
    }

    /// Ends the table.
    pub(super) fn finish(mut self) -> Result<Size> {
        self.writer.finish()?;
        self.pass_on()?;
        if let Output::File(file) = self.output {
            file.finish()?;
        }
        Ok(self.size)
    }

    /// Passes on what was written to memory.
    fn pass_on(&mut self) -> Result<()> {
        let bytes = self.writer.inner_mut();
        if !bytes.is_empty() {
            self.output.write(bytes)?;
            self.size.bytes += bytes.len() as u64;
            bytes.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::iter;

    use exposition::Format;
    use exposition::arrow::{Batch, BatchReader, Body, samples_schema};
    use parquet::file::reader::{FileReader as _, SerializedFileReader};

    use super::*;
    use crate::tests::Directory;

    /// A group is held until it is written, so none is long.
    #[test]
    fn row_groups_end() {
        let body = "up 1\n".repeat(8192);
        let body = Body::new("a", Format::default(), body.as_bytes());
        let batch = BatchReader::new(iter::once(body)).next().unwrap();
        let Batch::Samples(batch) = batch.unwrap() else {
            panic!("no samples")
        };
        let directory = Directory::new();
        let name = directory.0.join("a");
        let mut table = Table::new(samples_schema(), Output::file(&name).unwrap()).unwrap();
        for _ in 0..=MOST_ROWS / 8192 {
            table.write(&batch).unwrap();
        }
        let size = table.finish().unwrap();
        let file = File::open(name).unwrap();
        assert_eq!(size.bytes, file.metadata().unwrap().len());
        let reader = SerializedFileReader::new(file).unwrap();
        let groups = reader.metadata().row_groups().iter();
        let rows: Vec<_> = groups.map(|group| group.num_rows()).collect();
        assert_eq!(rows, [MOST_ROWS as i64, 8192]);
    }
}
