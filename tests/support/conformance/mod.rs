//! Runs files of test cases, one JSON object per line, plain or gzipped.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde_json::Value;

pub(crate) mod case;
mod compare;
#[path = "../content_type.rs"]
pub(crate) mod content_type;
#[path = "../doors.rs"]
pub(crate) mod doors;
mod encode;
#[path = "../../../src/bin/exposition/lines/entries.rs"]
mod entries;
mod expfmt;
#[cfg(feature = "operator")]
mod kubernetes_sd;
mod lines;
pub(crate) mod lint;
mod openmetrics2;
#[cfg(feature = "operator")]
mod operator;
#[cfg(feature = "operator")]
mod operator_checks;
mod protobuf;
#[cfg(all(feature = "relabel", feature = "serde"))]
mod relabel;
mod samples;
#[cfg(feature = "operator")]
mod scrape;
#[cfg(feature = "operator")]
mod selection;
mod strict;
mod views;

/// A form of cases.
struct Form {
    /// The field that a case of this form has.
    field: &'static str,
    /// Checks a case; the error is the difference in full.
    check: fn(&Value) -> Result<(), String>,
    /// Why a case is not supported, if so: it depends on the contents.
    beyond_reach: fn(&Value) -> Option<&'static str>,
    /// Why a part of a case is not compared, if so.
    in_part: fn(&Value) -> Option<&'static str>,
}

const fn form(field: &'static str, check: fn(&Value) -> Result<(), String>) -> Form {
    Form {
        field,
        check,
        beyond_reach: |_| None,
        in_part: |_| None,
    }
}

const FORMS: &[Form] = &[
    form("hex", protobuf::check_hex),
    Form {
        in_part: openmetrics2::unclear,
        ..form("spec", openmetrics2::check)
    },
    form("mode", samples::check),
    form("opts", samples::check_options),
    form("events", lines::check),
    form("openmetrics", encode::check),
    form("utf8", expfmt::check),
    form("expfmt", expfmt::check),
    form("should_parse", strict::check),
    form("extended", lint::check),
    #[cfg(all(feature = "relabel", feature = "serde"))]
    Form {
        beyond_reach: relabel::out_of_reach,
        ..form("configs", relabel::check)
    },
    #[cfg(all(feature = "relabel", feature = "serde"))]
    form("yaml", relabel::check),
    #[cfg(all(feature = "relabel", feature = "serde"))]
    form("pattern", relabel::check),
    #[cfg(feature = "operator")]
    form("manifest", operator::check),
    #[cfg(feature = "operator")]
    form("manifests", selection::check),
    #[cfg(feature = "operator")]
    form("scrape_config", scrape::check),
    #[cfg(feature = "operator")]
    form("role", kubernetes_sd::check),
];

/// The results of a file's cases.
#[derive(Default)]
pub(crate) struct Report {
    /// How many passed, including unsupported ones.
    pub(crate) passed: usize,
    /// How many cases are not supported, by reason.
    pub(crate) beyond_reach: BTreeMap<&'static str, usize>,
    /// How many cases are compared in part, by reason.
    pub(crate) in_part: BTreeMap<&'static str, usize>,
    /// Each failed case: its id, and the difference in full.
    pub(crate) failures: Vec<(String, String)>,
}

/// Runs the cases of a file. A file that cannot be read or has no cases is a failure too.
pub(crate) fn run(path: &Path) -> Report {
    let mut report = Report::default();
    let whole = || "of the whole file".to_owned();
    match read(path) {
        Ok(text) if text.is_empty() => report.failures.push((whole(), "it is empty".into())),
        Ok(text) => {
            for (at, line) in text.lines().enumerate() {
                report.run(line, at + 1);
            }
        }
        Err(error) => report.failures.push((whole(), error.to_string())),
    }
    report
}

impl Report {
    fn run(&mut self, line: &str, number: usize) {
        let case: Value = match serde_json::from_str(line) {
            Ok(case) => case,
            Err(error) => {
                let id = format!("of line {number}");
                self.failures.push((id, format!("not JSON: {error}")));
                return;
            }
        };
        let outcome = match form_of(&case) {
            Ok(form) => match (form.beyond_reach)(&case) {
                Some(reason) => {
                    *self.beyond_reach.entry(reason).or_default() += 1;
                    Ok(())
                }
                None => {
                    if let Some(reason) = (form.in_part)(&case) {
                        *self.in_part.entry(reason).or_default() += 1;
                    }
                    (form.check)(&case)
                }
            },
            Err(error) => Err(error),
        };
        match (outcome, case.get("id")) {
            (Ok(()), _) => self.passed += 1,
            (Err(difference), Some(Value::String(id))) => {
                self.failures.push((id.clone(), difference));
            }
            (Err(difference), Some(id)) => self.failures.push((id.to_string(), difference)),
            (Err(difference), None) => {
                self.failures
                    .push((format!("of line {number}"), difference));
            }
        }
    }
}

/// Returns the form of a case. An unknown form is an error, so that no case is skipped silently.
fn form_of(case: &Value) -> Result<&'static Form, String> {
    let form = FORMS.iter().find(|form| case.get(form.field).is_some());
    form.ok_or_else(|| {
        let known: Vec<&str> = FORMS.iter().map(|form| form.field).collect();
        let known = known.join(", ");
        let features = match cfg!(all(feature = "operator", feature = "serde")) {
            true => "",
            false => "; with --all-features more forms are known",
        };
        format!("a case of no known form: it has none of the fields {known}{features}")
    })
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
