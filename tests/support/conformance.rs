//! Runs files of test cases, one JSON object a line, plain or gzip'd.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde_json::Value;

mod case;
mod content_type;
mod doors;
mod encode;
mod entries;
mod expfmt;
mod lines;
#[cfg(feature = "operator")]
mod operator;

/// The forms of cases: the field that a case of that form has, and what checks it.
type Form = (&'static str, fn(&Value) -> Result<(), String>);

const FORMS: &[Form] = &[
    ("events", lines::check),
    ("openmetrics", encode::check),
    ("utf8", expfmt::check),
    ("expfmt", expfmt::check),
    #[cfg(feature = "operator")]
    ("manifest", operator::check),
];

/// What became of a file's cases.
pub(crate) struct Report {
    pub(crate) passed: usize,
    /// Each failed case: its id, and the difference in full.
    pub(crate) failures: Vec<(String, String)>,
}

/// Runs the cases of a file. A file that cannot be read or holds no case is a failure too.
pub(crate) fn run(path: &Path) -> Report {
    let mut report = Report {
        passed: 0,
        failures: Vec::new(),
    };
    let text = match read(path) {
        Ok(text) => text,
        Err(error) => {
            let failure = ("of the whole file".into(), error.to_string());
            report.failures.push(failure);
            return report;
        }
    };
    for (at, line) in text.lines().enumerate() {
        match run_case(line) {
            (_, Ok(())) => report.passed += 1,
            (id, Err(difference)) => {
                let id = id.unwrap_or_else(|| format!("of line {}", at + 1));
                report.failures.push((id, difference));
            }
        }
    }
    if text.is_empty() {
        let failure = ("of the whole file".into(), "it is empty".into());
        report.failures.push(failure);
    }
    report
}

fn run_case(line: &str) -> (Option<String>, Result<(), String>) {
    let case: Value = match serde_json::from_str(line) {
        Ok(case) => case,
        Err(error) => return (None, Err(format!("not JSON: {error}"))),
    };
    let id = case.get("id").map(|id| match id {
        Value::String(id) => id.clone(),
        id => id.to_string(),
    });
    (id, check(&case))
}

/// Checks a case by its form. A case of no known form is an error, so that none is skipped unseen.
fn check(case: &Value) -> Result<(), String> {
    let form = FORMS.iter().find(|(field, _)| case.get(field).is_some());
    match form {
        Some((_, check)) => check(case),
        None => {
            let known: Vec<&str> = FORMS.iter().map(|(field, _)| *field).collect();
            Err(format!(
                "a case of no known form: it has none of the fields {}",
                known.join(", ")
            ))
        }
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.read_to_end(&mut bytes)?;
    let mut text = String::new();
    match bytes.starts_with(&[0x1f, 0x8b]) {
        true => MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text)?,
        false => bytes.as_slice().read_to_string(&mut text)?,
    };
    Ok(text)
}
