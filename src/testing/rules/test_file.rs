//! A file of tests, read and ready to run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::body::Body;
use super::document::{Document, WrittenCase};
use super::error::{Fault, RuleTestError};
use super::expected::Expected;
use super::labels::Outcome;
use super::results::{Case, Results};
use super::subject::Subject;
use crate::operator::{ExplainError, Explainer};
use crate::relabel::Rules;
use crate::scrape::{SampleConfig, Target, TargetConfig, TargetError};
use crate::yaml;
use crate::yaml::placed::Placed;

/// A file of tests, read and ready to run.
///
/// The page [tests of rules](crate::docs::rule_tests) describes the file.
///
/// ```
/// use exposition::testing::rules::RuleTests;
///
/// let tests = RuleTests::parse("
/// rules:
/// - {source_labels: [container], regex: istio-proxy, action: keep}
/// tests:
/// - name: others are dropped
///   labels: {container: web}
///   expect: kept
/// ", ".")?;
/// let results = tests.run();
/// assert_eq!(
///     results.to_string(),
///     "the test:5: case 1 \"others are dropped\": expected kept, dropped by rule 0: \
///      container is \"web\", keep wants \"istio-proxy\"",
/// );
/// # Ok::<(), exposition::testing::rules::RuleTestError>(())
/// ```
#[derive(Debug)]
pub struct RuleTests {
    name: String,
    subject: Subject,
    cases: Vec<ReadCase>,
}

/// A case, with all that it needs.
#[derive(Debug)]
struct ReadCase {
    name: Option<String>,
    line: usize,
    /// The place of its job.
    job: usize,
    labels: Option<BTreeMap<String, String>>,
    body: Option<Body>,
    expected: Expected,
}

impl RuleTests {
    /// Reads a file of tests, and the files that it names.
    ///
    /// # Errors
    /// A file that cannot be read, unknown keys, wrong values, and rules or monitors that a server or a cluster would
    /// refuse.
    pub fn read(file: impl AsRef<Path>) -> Result<Self, RuleTestError> {
        let file = file.as_ref();
        let name = file.display().to_string();
        let text = fs::read_to_string(file)
            .map_err(|error| RuleTestError::new(&name, None, Fault::from_io(error)))?;
        let directory = file.parent().map(Path::to_owned).unwrap_or_default();
        RuleTests::from_text(name, &text, directory)
    }

    /// Reads the text of a file of tests, and the files that it names, which are relative to `directory`.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub fn parse(text: &str, directory: impl Into<PathBuf>) -> Result<Self, RuleTestError> {
        RuleTests::parse_named("the test", text, directory)
    }

    /// Does what [`parse`](Self::parse) does; `name` is what the file is called in errors and results.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub fn parse_named(
        name: impl Into<String>,
        text: &str,
        directory: impl Into<PathBuf>,
    ) -> Result<Self, RuleTestError> {
        RuleTests::from_text(name.into(), text, directory.into())
    }

    fn from_text(name: String, text: &str, directory: PathBuf) -> Result<Self, RuleTestError> {
        let document: Option<Document> =
            yaml::only(text).map_err(|error| RuleTestError::yaml(&name, &error))?;
        let fault = |line, fault: Fault| RuleTestError::new(&name, line, fault);
        let Some(mut document) = document else {
            return Err(fault(None, "the file is empty".into()));
        };
        let subject = Subject::read(&name, &document, &directory)?;
        let written = document.tests.take().unwrap_or_default();
        if written.is_empty() {
            return Err(fault(None, "there are no `tests`".into()));
        }
        let job = document.job.as_ref().map(|job| job.value.as_str());
        let mut cases = Vec::with_capacity(written.len());
        for Placed { line, value } in written {
            let case = ReadCase::new(value, line, &subject, job, &directory);
            cases.push(case.map_err(|error| fault(Some(line), error))?);
        }
        Ok(RuleTests {
            name,
            subject,
            cases,
        })
    }

    /// Runs all cases.
    #[must_use]
    pub fn run(&self) -> Results {
        self.run_only(|_| true)
    }

    /// Runs the cases whose name `is_meant` accepts; a case without a name has the empty name.
    #[must_use]
    pub fn run_only(&self, is_meant: impl Fn(&str) -> bool) -> Results {
        let runner = Runner::new(&self.subject);
        let cases = self.cases.iter().enumerate();
        let meant = cases.filter(|(_, case)| is_meant(case.name.as_deref().unwrap_or_default()));
        Results {
            file: self.name.clone(),
            cases: meant
                .map(|(at, case)| Case {
                    number: at + 1,
                    name: case.name.clone(),
                    line: case.line,
                    failures: runner.failures(case),
                })
                .collect(),
        }
    }
}

impl ReadCase {
    fn new(
        written: WrittenCase,
        line: usize,
        subject: &Subject,
        job: Option<&str>,
        directory: &Path,
    ) -> Result<Self, Fault> {
        let job = subject.choose(&written, job)?;
        let is_of_job = matches!(subject, Subject::Jobs { .. });
        let bytes = match (written.body, written.body_file) {
            (Some(_), Some(_)) => return Err("expected `body` or `body_file`, found both".into()),
            (Some(text), None) => Some(text.into_bytes()),
            (None, Some(file)) => {
                let path = directory.join(file);
                let bytes = fs::read(&path);
                Some(bytes.map_err(|error| Fault::unreadable(path.display(), error))?)
            }
            (None, None) => None,
        };
        match (&written.labels, &bytes) {
            (None, None) => return Err("expected `labels` or a `body`, found neither".into()),
            (Some(_), Some(_)) if !is_of_job => {
                return Err("a list of rules is for `labels` or for a `body`, found both".into());
            }
            _ => {}
        }
        if bytes.is_none() && written.content_type.is_some() {
            return Err("`content_type` goes with a `body`".into());
        }
        let Some(expect) = written.expect else {
            return Err("there is nothing to `expect`".into());
        };
        let expected =
            Expected::read(expect, written.labels.is_some(), bytes.is_some(), is_of_job)?;
        Ok(ReadCase {
            name: written.name,
            line,
            job,
            labels: written.labels,
            body: bytes.map(|bytes| Body {
                bytes,
                content_type: written.content_type,
            }),
            expected,
        })
    }
}

/// What runs cases: the rules, compiled.
enum Runner<'s> {
    Rules(&'s Rules, Box<SampleConfig>),
    Jobs(Vec<Result<Explainer<'s>, ExplainError>>),
}

impl<'s> Runner<'s> {
    fn new(subject: &'s Subject) -> Self {
        match subject {
            Subject::Rules(rules) => {
                let mut samples = SampleConfig::new();
                samples.rules = rules.clone();
                Runner::Rules(rules, Box::new(samples))
            }
            Subject::Jobs { jobs, settings } => {
                let explainers = jobs.iter().map(|job| Explainer::new(&job.config, settings));
                Runner::Jobs(explainers.collect())
            }
        }
    }

    fn failures(&self, case: &ReadCase) -> Vec<String> {
        match self {
            Runner::Rules(rules, samples) => {
                let outcome = case.labels.as_ref().map(|it| Outcome::of_rules(rules, it));
                case.failures(outcome, samples, &TargetConfig::new(""))
            }
            Runner::Jobs(explainers) => match explainers.get(case.job) {
                Some(Ok(explainer)) => {
                    let outcome = case
                        .labels
                        .as_ref()
                        .map(|it| Outcome::of_job(explainer, it));
                    case.failures(
                        outcome,
                        explainer.sample_config(),
                        explainer.target_config(),
                    )
                }
                Some(Err(error)) => vec![error.to_string()],
                None => vec!["there is no such job".to_owned()],
            },
        }
    }
}

impl ReadCase {
    /// Returns what is not as expected of labels and body.
    fn failures(
        &self,
        outcome: Option<Outcome>,
        samples: &SampleConfig,
        targets: &TargetConfig,
    ) -> Vec<String> {
        let mut failures = match &outcome {
            Some(outcome) => outcome.failures(&self.expected),
            None => Vec::new(),
        };
        let Some(body) = &self.body else {
            return failures;
        };
        let target = match outcome {
            // A target that is dropped is not scraped.
            Some(Outcome { target: None, .. }) => return failures,
            Some(Outcome {
                target: Some(target),
                ..
            }) => Ok(target),
            None => without_labels(targets),
        };
        match target {
            Ok(target) => failures.extend(body.failures(samples, &target, &self.expected)),
            Err(error) => failures.push(error.to_string()),
        }
        failures
    }
}

/// Returns a target whose series get no labels.
fn without_labels(config: &TargetConfig) -> Result<Target, TargetError> {
    let labels = config.label_set([("__address__", "localhost")]);
    Ok(config.target(&labels)?.without_labels())
}
