use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, UNIX_EPOCH};

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray as _;
use arrow_array::types::{Int32Type, TimestampMillisecondType, UInt64Type};
use arrow_schema::SchemaRef;
use clap::Parser as _;
use exposition::arrow::{Batch, BatchReader, Body, errors_schema, samples_schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use crate::command_line::Arguments;
use crate::console::Console;
use crate::failure;
use crate::outcome::Outcome;
use crate::source;
use crate::tests::Directory;

/// Runs `convert --to parquet` with these words. Returns how it ends and what it prints.
fn run(words: &[OsString]) -> Result<(Outcome, String), String> {
    let begin = ["exposition", "convert", "--to", "parquet"].map(OsString::from);
    let arguments = Arguments::parse_from(begin.iter().chain(words));
    let mut out = Vec::new();
    let mut console = Console::new(&arguments.output, &mut out);
    match crate::run(arguments.command, &mut console) {
        Ok(outcome) => Ok((outcome, String::from_utf8(out).unwrap())),
        Err(error) => Err(failure::in_full(&*error)),
    }
}

/// What is left of a run on some places in a directory.
struct Written {
    outcome: Outcome,
    json: Value,
    samples: Table,
    errors: Table,
}

/// A table that was read back.
struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    fn read(path: &Path) -> Self {
        let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
        let schema = builder.schema().clone();
        let reader = builder.with_batch_size(1000).build().unwrap();
        Table {
            schema,
            batches: reader.map(Result::unwrap).collect(),
        }
    }

    fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Returns the texts of a column that is a dictionary.
    fn texts(&self, column: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for batch in &self.batches {
            let column = batch[column].as_dictionary::<Int32Type>();
            let column = column.downcast_dict::<arrow_array::StringArray>().unwrap();
            texts.extend(column.into_iter().map(|text| text.unwrap().to_owned()));
        }
        texts
    }

    /// Returns the times of a column.
    fn times(&self, column: &str) -> Vec<Option<i64>> {
        let batches = self.batches.iter();
        let columns = batches.map(|batch| batch[column].as_primitive::<TimestampMillisecondType>());
        columns.flat_map(|column| column.iter()).collect()
    }
}

/// Writes the tables of places in a directory, and reads them back.
fn written(directory: &Directory, places: &[&str]) -> Written {
    let (samples, errors) = (
        directory.0.join("out/samples"),
        directory.0.join("out/errors"),
    );
    fs::create_dir_all(directory.0.join("out")).unwrap();
    let mut words = vec![
        "--json".into(),
        "--output".into(),
        samples.clone().into_os_string(),
    ];
    words.extend(["--errors".into(), errors.clone().into_os_string()]);
    words.extend(
        places
            .iter()
            .map(|place| directory.0.join(place).into_os_string()),
    );
    let (outcome, json) = run(&words).unwrap();
    let written = Written {
        outcome,
        json: serde_json::from_str(&json).unwrap(),
        samples: Table::read(&samples),
        errors: Table::read(&errors),
    };
    assert_eq!(written.samples.schema, samples_schema());
    assert_eq!(written.errors.schema, errors_schema());
    assert_eq!(written.json["rows"], written.samples.rows());
    assert_eq!(written.json["errors"], written.errors.rows());
    assert_eq!(written.json["bytes"], fs::metadata(&samples).unwrap().len());
    written
}

/// Creates a directory with these files.
fn directory(files: &[(&str, &[u8])]) -> Directory {
    let directory = Directory::new();
    for (name, bytes) in files {
        let path = directory.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    directory
}

/// Asserts that both hold the same rows, however they are cut.
fn assert_same_rows(some: &[RecordBatch], others: &[RecordBatch]) {
    let rows = |batches: &[RecordBatch]| batches.iter().map(RecordBatch::num_rows).sum::<usize>();
    assert_eq!(rows(some), rows(others));
    let mut others = others.iter().cloned();
    let mut other = others.next();
    for batch in some {
        let mut at = 0;
        while at < batch.num_rows() {
            let left = other.take().filter(|batch| batch.num_rows() > 0);
            let Some(left) = left.or_else(|| others.next()) else {
                panic!("no rows are left")
            };
            let length = left.num_rows().min(batch.num_rows() - at);
            assert_eq!(batch.slice(at, length), left.slice(0, length));
            other = Some(left.slice(length, left.num_rows() - length));
            at += length;
        }
    }
}

fn tests_directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(name)
}

/// Every kind of body, whole and broken: what is read from the file is what the library reads from the bodies, and as
/// many errors are told as are in the table.
#[test]
fn what_is_written_is_read_back() {
    let arguments = Arguments::parse_from(["exposition", "convert", "--to", "text"]);
    let crate::command_line::Command::Convert(convert) = arguments.command else {
        panic!("this is convert")
    };
    let out = Directory::new();
    let odd = Directory::new();
    for path in source::files(&tests_directory("cli/in"), &mut Vec::new()) {
        let name = path.file_name().unwrap();
        let end = path.extension().unwrap_or_default();
        if ["prom", "om", "om2", "pb", "gz"]
            .iter()
            .any(|known| end == *known)
        {
            fs::copy(&path, odd.0.join(name)).unwrap();
        }
    }
    for from in [
        tests_directory("data/corpus"),
        tests_directory("data/protobuf"),
        odd.0.clone(),
    ] {
        let written = written(&out, &[from.to_str().unwrap()]);
        let bodies = source::files(&from, &mut Vec::new())
            .into_iter()
            .filter_map(|path| {
                let source = source::fetch(path.as_os_str(), &convert.reading).ok()?;
                let target = path
                    .strip_prefix(&from)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                let modified = fs::metadata(&path).unwrap().modified().unwrap();
                let modified = modified.duration_since(UNIX_EPOCH).unwrap().as_millis();
                let body = Body::new(target, source.format, std::io::Cursor::new(source.body));
                Some(body.scraped_at(modified.try_into().unwrap()))
            });
        let (mut samples, mut errors) = (Vec::new(), Vec::new());
        for batch in BatchReader::new(bodies).limits(convert.reading.limits()) {
            match batch.unwrap() {
                Batch::Samples(batch) => samples.push(batch),
                Batch::Errors(batch) => errors.push(batch),
                _ => {}
            }
        }
        assert!(!samples.is_empty(), "{from:?}");
        assert_same_rows(&samples, &written.samples.batches);
        assert_same_rows(&errors, &written.errors.batches);
    }
}

#[test]
fn targets_are_paths_below_directories() {
    let gzip = fs::read(tests_directory("cli/in/shop.prom.gz")).unwrap();
    // A frame with one block that is not compressed.
    let zstd = b"\x28\xb5\x2f\xfd\x20\x06\x31\x00\x00up 26\n";
    let directory = directory(&[
        ("captures/b.prom", b"up 1\n"),
        ("captures/a/shop.prom.gz", &gzip),
        ("captures/a/up.zst", zstd),
        ("captures/.hidden", b"up{\n"),
        ("captures/.git/config", b"up{\n"),
        ("alone", b"up 3\n"),
    ]);
    let early = File::options()
        .write(true)
        .open(directory.0.join("alone"))
        .unwrap();
    early
        .set_modified(UNIX_EPOCH - Duration::from_millis(1500))
        .unwrap();
    let late = File::options()
        .write(true)
        .open(directory.0.join("captures/b.prom"))
        .unwrap();
    late.set_modified(UNIX_EPOCH + Duration::from_millis(1_700_000_000_123))
        .unwrap();

    let written = written(&directory, &["captures", "alone"]);
    assert_eq!(written.outcome, Outcome::Fine);
    assert_eq!(written.json["bodies"], 4);
    let mut targets = written.samples.texts("target");
    targets.dedup();
    let alone = directory.0.join("alone").display().to_string();
    assert_eq!(targets, ["a/shop.prom.gz", "a/up.zst", "b.prom", &alone]);
    let times = written.samples.times("scraped_at");
    assert_eq!(
        times[times.len() - 2..],
        [Some(1_700_000_000_123), Some(-1500)]
    );
}

#[test]
fn the_last_tables_are_no_bodies() {
    let directory = directory(&[("a.prom", b"up 1\n")]);
    written(&directory, &["."]);
    let again = written(&directory, &["."]);
    assert_eq!((again.outcome, again.samples.rows()), (Outcome::Fine, 1));
}

#[test]
fn lines_in_error_are_a_table() {
    let body = b"up 1\nup{ 2\n# TYPE up gauge\nup 3\nup x\n";
    let directory = directory(&[("captures/a", body), ("captures/b", b"up 4\n")]);
    let written = written(&directory, &["captures"]);
    assert_eq!(written.outcome, Outcome::Unreadable);
    assert_eq!(written.samples.rows(), 3);
    assert_eq!(written.errors.texts("target"), ["a", "a"]);
    let lines = written.errors.batches[0]["line"].as_primitive::<UInt64Type>();
    assert_eq!(lines.values(), &[2, 5]);
}

#[test]
fn a_directory_may_be_empty() {
    let directory = directory(&[]);
    fs::create_dir(directory.0.join("captures")).unwrap();
    let written = written(&directory, &["captures"]);
    assert_eq!(
        (written.outcome, written.samples.rows()),
        (Outcome::Fine, 0)
    );
}

#[test]
fn a_body_that_cannot_be_had_does_not_stop_the_others() {
    let gzip = fs::read(tests_directory("cli/in/cut.prom.gz")).unwrap();
    let directory = directory(&[("c/a", b"up 1\n"), ("c/b", &gzip), ("c/d", b"up 2\n")]);
    let written = written(&directory, &["none", "c"]);
    assert_eq!(written.outcome, Outcome::Unreadable);
    assert_eq!(
        (&written.json["bodies"], &written.json["unreadable"]),
        (&2.into(), &2.into())
    );
    assert_eq!(written.samples.texts("target"), ["a", "d"]);
}

/// Bodies are read one after the other into batches that they share.
#[test]
fn bodies_may_be_many() {
    let directory = Directory::new();
    fs::create_dir(directory.0.join("c")).unwrap();
    for number in 0..3000 {
        let body = format!("up{{pod=\"{number}\"}} 1\nstart {number}\n");
        fs::write(directory.0.join(format!("c/{number:04}")), body).unwrap();
    }
    let start = Instant::now();
    let written = written(&directory, &["c"]);
    assert!(start.elapsed() < Duration::from_secs(30));
    assert_eq!(
        (written.outcome, written.samples.rows()),
        (Outcome::Fine, 6000)
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_written_is_named() {
    let directory = directory(&[("a", b"up 1\n")]);
    let body = directory.0.join("a").into_os_string();
    let error = run(&["--output".into(), "/dev/full".into(), body]).unwrap_err();
    assert!(error.starts_with("/dev/full: No space left"), "{error}");
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    for (words, error) in [
        (
            &["-o", "a", "--lossy"][..],
            "--lossy is not for --to parquet",
        ),
        (
            &["-o", "a", "--lenient"],
            "--lenient is not for --to parquet",
        ),
        (
            &["-o", "a", "--like-go"],
            "--like-go is not for --to parquet",
        ),
        (
            &["-o", "a", "--escaping", "dots"],
            "--escaping is not for --to parquet",
        ),
        (&["--json"], "--json needs --output FILE"),
        (
            &["-o", "a", "--errors", "a"],
            "--output and --errors are the same file",
        ),
    ] {
        let mut words: Vec<OsString> = words.iter().map(OsString::from).collect();
        words.push("none.prom".into());
        let found = run(&words).unwrap_err();
        assert!(found.starts_with(error), "{found}");
    }
    for option in ["--output", "--errors"] {
        let words = ["convert", "--to", "text", option, "a", "none.prom"];
        let found = crate::tests::run(&words, &[]).unwrap_err();
        assert!(
            found.starts_with(&format!("{option} is for --to parquet")),
            "{found}"
        );
    }
}
