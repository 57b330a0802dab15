//! Bodies that real servers printed: samples and verdict are those of Prometheus, through every door.
//! With `EXPOSITION_GOLDEN`, the whole corpus beside that directory too.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use exposition::{Dialect, Families, Limits, Line, Parser, Result};
use flate2::read::MultiGzDecoder;

#[path = "support/content_type.rs"]
mod content_type;
#[path = "support/doors.rs"]
mod doors;
#[path = "support/families.rs"]
mod families;

/// A line of the index: a body, and what Prometheus makes of it.
struct Entry {
    path: PathBuf,
    samples: usize,
    accepted: bool,
    content_type: String,
}

/// The text and OpenMetrics bodies that the index of a directory lists.
fn index(corpus: &Path) -> Vec<Entry> {
    let index = fs::read_to_string(corpus.join("INDEX.tsv")).unwrap_or_default();
    let mut entries = Vec::new();
    for line in index.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [path, _, samples, verdict, content_type, ..] = *columns else {
            continue;
        };
        if content_type.starts_with("application/vnd.google.protobuf") {
            continue;
        }
        assert!(
            verdict == "accept" || verdict.starts_with("error: "),
            "{line}"
        );
        entries.push(Entry {
            path: corpus.join(path),
            samples: samples.parse().unwrap_or(usize::MAX),
            accepted: verdict == "accept",
            content_type: content_type.to_owned(),
        });
    }
    entries
}

/// The bytes of a body, which may lie there gzip'd, with `.gz` behind its name or not.
fn body(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut gzipped = path.as_os_str().to_owned();
    gzipped.push(".gz");
    let bytes = fs::read(path).or_else(|_| fs::read(gzipped))?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut body = Vec::new();
    MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut body)?;
    Ok(body)
}

/// Runs `check` on every body of the corpora at hand, and says how many there were.
fn each_body(check: impl Fn(&Entry, &[u8], Dialect)) -> usize {
    let mut corpora = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus")];
    if let Some(golden) = std::env::var_os("EXPOSITION_GOLDEN") {
        corpora.push(Path::new(&golden).join("../corpus"));
    }
    let mut bodies = 0;
    for corpus in &corpora {
        let entries = index(corpus);
        assert!(!entries.is_empty(), "no INDEX.tsv in {}", corpus.display());
        for entry in entries {
            let body = body(&entry.path);
            assert!(body.is_ok(), "{}: {body:?}", entry.path.display());
            let dialect = content_type::dialect(&entry.content_type);
            assert!(dialect.is_ok(), "{}: {dialect:?}", entry.path.display());
            check(
                &entry,
                &body.unwrap_or_default(),
                dialect.unwrap_or_default(),
            );
            bodies += 1;
        }
    }
    bodies
}

#[test]
fn samples_and_verdict_are_those_of_prometheus() {
    let bodies = each_body(|entry, body, dialect| {
        let path = entry.path.display();
        let mut samples = 0;
        let mut error = None;
        for line in Parser::new(body, dialect) {
            match line {
                Ok(Line::Sample(_)) => samples += 1,
                Ok(_) => {}
                Err(e) => {
                    error = Some(e);
                    break;
                }
            }
        }
        assert_eq!(error.is_none(), entry.accepted, "{path}: {error:?}");
        assert_eq!(samples, entry.samples, "samples of {path}");
    });
    assert!(bodies >= 44, "{bodies} bodies");
}

/// Compares each line that a door gives with the one the slice gives there.
struct Beside<'a> {
    slice: Parser<'a>,
    lines: usize,
    door: String,
}

impl Beside<'_> {
    fn see(&mut self, line: &Result<Line<'_>>) {
        self.lines += 1;
        let (door, lines) = (&self.door, self.lines);
        let want = self.slice.next();
        assert_eq!(Some(line), want.as_ref(), "{door}, line {lines}");
        if let (Err(error), Some(Err(want))) = (line, &want) {
            assert_eq!(error.render().to_string(), want.render().to_string());
        }
    }

    fn end(mut self) {
        let more = self.slice.next();
        assert!(more.is_none(), "{}: ended before {more:?}", self.door);
    }
}

#[test]
fn every_door_gives_the_same_lines() {
    each_body(|entry, body, dialect| {
        let beside = |door: &str, step: usize| Beside {
            slice: Parser::new(body, dialect),
            lines: 0,
            door: format!("{}, {door} of {step}", entry.path.display()),
        };
        for step in [1, 7, 4096, usize::MAX] {
            let mut by_reader = beside("reader", step);
            let block = step.min(1 << 22);
            doors::by_reader(body, dialect, Limits::new(), (step, block), |line| {
                by_reader.see(&line);
            });
            by_reader.end();
            let mut by_chunks = beside("chunks", step);
            doors::by_chunks(
                body,
                dialect,
                Limits::new(),
                || step,
                |line| {
                    by_chunks.see(&line);
                },
            );
            by_chunks.end();
        }
    });
}

#[test]
fn every_sample_is_in_one_family() {
    each_body(|entry, body, dialect| {
        let path = entry.path.display();
        let checked = families::check_doors(body, dialect);
        assert_eq!(checked, Ok(()), "{path}");
        let collected = Families::new(body, dialect).collected();
        let samples: usize = (collected.families.iter())
            .map(|family| family.samples().count())
            .sum();
        if entry.accepted {
            assert_eq!(collected.errors, [], "{path}");
            assert_eq!(samples, entry.samples, "samples of {path}");
        }
    });
}
