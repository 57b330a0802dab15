//! What the tests ask with.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use fleet::{Answer, Bodies, Fleet};

pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// The bundled fleet, and the pattern of its paths.
pub(crate) const CAPTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/captures");
pub(crate) const CAPTURES_PATTERN: &str = "{time}/{target}.prom*";

/// The bodies of real servers that the library is tested with.
pub(crate) const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/corpus");

/// Returns the bodies of the corpus, without the lists that are beside them.
pub(crate) fn corpus_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut directories = vec![PathBuf::from(CORPUS)];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_none_or(|extension| extension != "tsv") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Returns the corpus: the target of a body is its path.
pub(crate) fn corpus() -> Bodies {
    Bodies::new([CORPUS])
        .unwrap()
        .pattern("{target}/{target}".parse().unwrap())
}

/// Returns the corpus without Envoy's bodies, which are most of its samples, and etcd's.
pub(crate) fn small_corpus() -> Bodies {
    Bodies::new([format!("{CORPUS}/[!e]*/*")]).unwrap()
}

pub(crate) fn captures() -> Bodies {
    Bodies::new([CAPTURES])
        .unwrap()
        .pattern(CAPTURES_PATTERN.parse().unwrap())
}

/// Returns a fleet that is asked in this process.
pub(crate) fn local(bodies: Bodies) -> Fleet {
    Fleet::local(bodies, Some(2)).unwrap()
}

/// Returns the rows of an answer, each with its columns as text.
pub(crate) fn rows(answer: &Answer) -> Vec<Vec<String>> {
    let options = FormatOptions::new().with_null("NULL");
    let mut rows = Vec::new();
    for batch in &answer.batches {
        let columns: Vec<ArrayFormatter<'_>> = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column, &options).unwrap())
            .collect();
        rows.extend((0..batch.num_rows()).map(|row| {
            columns
                .iter()
                .map(|column| column.value(row).to_string())
                .collect::<Vec<_>>()
        }));
    }
    rows
}

/// Returns the rows in an order that does not depend on which were found first.
pub(crate) fn sorted(answer: &Answer) -> Vec<Vec<String>> {
    let mut rows = rows(answer);
    rows.sort();
    rows
}

/// Writes a file and the directories that it is in.
pub(crate) fn write(directory: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let path = directory.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Returns the bodies in a directory.
pub(crate) fn bodies(directory: &Path) -> Bodies {
    Bodies::new([directory.display().to_string()]).unwrap()
}
