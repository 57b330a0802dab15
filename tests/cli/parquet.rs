//! `convert --to parquet`: what a transcript cannot show.

use std::fs::{self, File};
use std::process::Stdio;
use std::time::{SystemTime, UNIX_EPOCH};

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Int32Type, TimestampMillisecondType};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::reader::{FileReader as _, SerializedFileReader};

use crate::support::server::Server;
use crate::support::{Directory, command, run, run_with_input};

/// Returns how many rows the file of a table has.
fn rows(path: &str) -> i64 {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    reader.metadata().file_metadata().num_rows()
}

/// Standard output is where a table goes if no file is named, and its reader may have seen enough.
#[test]
fn a_table_goes_through_a_pipe() {
    let directory = Directory::new("parquet-pipe");
    let table = directory.file("table", "");
    let arguments = [
        "convert",
        "-q",
        "--to",
        "parquet",
        "tests/data/corpus/envoy",
    ];
    let out = File::create(&table).unwrap();
    let status = command(arguments).stdout(out).status().unwrap();
    assert!(status.success());
    let all = rows(&table);
    assert!(all > 1000, "{all}");

    let mut child = command(arguments).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_body_is_piped() {
    let directory = Directory::new("parquet-piped");
    let table = directory.file("table", "");
    for place in [&[][..], &["-"]] {
        let arguments = ["convert", "--to", "parquet", "-o", &table];
        let done = run_with_input(arguments.iter().chain(place), b"up 1\nstart 2\n");
        assert_eq!((done.code, rows(&table)), (0, 2), "{done:?}");
    }
    let done = run(["convert", "--to", "parquet", "-o", &table]);
    assert_eq!(done.code, 2, "{done:?}");
}

/// What a server answers is scraped now, and nobody reads a password in a table.
#[test]
fn a_server_is_a_target() {
    let server = Server::of_text("up 1\n");
    let directory = Directory::new("parquet-server");
    let table = directory.file("table", "");
    let url = server.metrics().replacen("://", "://user:secret@", 1);
    let done = run(["convert", "--to", "parquet", "-o", &table, &url]);
    assert_eq!(done.code, 0, "{done:?}");
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&table).unwrap());
    let batch = reader.unwrap().build().unwrap().next().unwrap().unwrap();
    let targets = batch["target"].as_dictionary::<Int32Type>().values();
    let target = url.replacen("secret", "xxxxx", 1);
    assert_eq!(targets.as_string::<i32>().value(0), target);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let scraped_at = batch["scraped_at"].as_primitive::<TimestampMillisecondType>();
    let age = now.as_millis() as i64 - scraped_at.value(0);
    assert!((0..60_000).contains(&age), "{age}");
}

/// A failure leaves what was there before.
#[test]
fn a_table_that_fails_leaves_the_last_one() {
    let directory = Directory::new("parquet-fails");
    let (table, body) = (
        directory.file("table", "the last"),
        directory.file("a", "up 1\n"),
    );
    let none = format!("{}/none/errors", directory.0.display());
    let done = run([
        "convert", "--to", "parquet", "-o", &table, "--errors", &none, &body,
    ]);
    assert_eq!(done.code, 1);
    assert!(done.err.contains(&format!("error: {none}: ")), "{done:?}");
    assert_eq!(fs::read(&table).unwrap(), b"the last");
    assert_eq!(fs::read_dir(&directory.0).unwrap().count(), 2);
}

/// A terminal shows nothing of a table.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_no_place_for_a_table() {
    let exposition = env!("CARGO_BIN_EXE_exposition");
    let convert = format!("{exposition} convert --to parquet tests/cli/in/shop.prom");
    let terminal = std::process::Command::new("script")
        .args(["-qec", &convert, "/dev/null"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let out = String::from_utf8(terminal.stdout).unwrap();
    assert!(out.contains("--output FILE writes a file"), "{out}");
    assert_eq!(terminal.status.code(), Some(2));
}
