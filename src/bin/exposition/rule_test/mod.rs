//! `relabel test` and `monitor test`: files of tests of rules.

mod files;
mod junit;

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;

use clap::{Args, Subcommand};
use exposition::testing::rules::{Results, RuleTestError, RuleTests};
use serde_json::{Value, json};

use crate::console::Console;
use crate::failure::{self, Result, Usage};
use crate::outcome::Outcome;
use crate::page::number::counted;
use crate::page::{Ink, printable};
use crate::source;
use junit::Suite;

/// The commands that `relabel` and `monitor` have besides themselves.
#[derive(Debug, Subcommand)]
pub(crate) enum TestCommand {
    Test(Test),
}

impl TestCommand {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Outcome> {
        let TestCommand::Test(test) = self;
        test.run(console)
    }
}

/// Run files of tests of relabel rules, scrape configurations and monitors
///
/// A file is YAML: it says what is tested (`rules`, `config` or `monitor`), and holds `tests`, each with `labels` or a
/// `body` before the rules, and what is to `expect` after them. The page rule_tests of the library's documentation
/// describes all of it. File names in it are relative to its directory. `relabel test` and `monitor test` are the same.
///
/// Exit codes: 0 all cases pass; 1 a file cannot be read, or is not a test; 2 the command line is wrong; 3 a case fails.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Files, patterns, and directories, of which the files that end in _test.yaml or _test.yml are run; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<OsString>,
    /// Run only cases whose names contain this
    #[arg(long, visible_alias = "run", value_name = "TEXT")]
    filter: Option<String>,
    /// Print one line of JSON for each file
    #[arg(long)]
    json: bool,
    /// Write the results as JUnit XML too, or with `-` only that, to standard output
    #[arg(long, value_name = "FILE")]
    junit: Option<OsString>,
}

/// What came of a file.
pub(crate) struct Ran {
    name: String,
    results: Result<Results, Wrong>,
}

/// Why a file cannot be run.
struct Wrong {
    /// In one line.
    words: String,
    /// With the line of the file that it is about.
    shown: String,
}

impl Wrong {
    fn new(name: &str, text: &str, error: &RuleTestError) -> Self {
        let words = failure::in_full(error);
        let rest = words
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix(": "));
        // Only an error of this file's own YAML begins with a line and a column.
        let place = rest
            .and_then(|rest| rest.split_once(": "))
            .map(|(place, _)| place);
        let shown = match (rest, place) {
            (Some(rest), Some(place)) if place.contains(", column ") => {
                source::faulty(name, text, &rest).to_string()
            }
            _ => words.clone(),
        };
        Wrong { words, shown }
    }
}

/// How many files and cases there were.
#[derive(Default)]
struct Totals {
    files: usize,
    unread: usize,
    passed: usize,
    failed: usize,
}

impl Test {
    fn run(&self, console: &mut Console<'_>) -> Result<Outcome> {
        let is_junit_alone = self.junit.as_deref().is_some_and(|file| file == "-");
        if is_junit_alone && self.json {
            let both = "--json and --junit - both write to standard output";
            return Err(Usage(both.to_owned()).into());
        }
        let files = files::expanded(&self.files, console)?;
        let all: Vec<Ran> = files.iter().map(|file| self.ran(file)).collect();
        let totals = Totals::of(&all);
        if let Some(text) = &self.filter
            && totals.unread == 0
            && totals.passed + totals.failed == 0
        {
            return Err(Usage(format!("no case has `{text}` in its name")).into());
        }
        for ran in &all {
            match self.json {
                true => writeln!(console.out, "{}", ran.json()?)?,
                false if is_junit_alone => ran.tell(console),
                false => ran.show(console)?,
            }
        }
        if let Some(file) = &self.junit {
            let xml = junit::document(&all.iter().map(Suite::from).collect::<Vec<_>>());
            match is_junit_alone {
                true => console.out.write_all(xml.as_bytes())?,
                false => fs::write(file, xml)
                    .map_err(|error| format!("{}: {error}", Path::new(file).display()))?,
            }
        }
        if !self.json && !is_junit_alone {
            writeln!(console.out, "\n{totals}")?;
        }
        Ok(totals.outcome())
    }

    fn ran(&self, file: &OsString) -> Ran {
        let name = source::called(file);
        let results = self.results(file, &name);
        Ran { name, results }
    }

    fn results(&self, file: &OsString, name: &str) -> Result<Results, Wrong> {
        let text = source::text(file).map_err(|error| {
            let words = failure::in_full(&*error);
            let shown = words.clone();
            Wrong { words, shown }
        })?;
        let directory = match file == "-" {
            true => Path::new(""),
            false => Path::new(file).parent().unwrap_or(Path::new("")),
        };
        let tests = RuleTests::parse_named(name, &text, directory);
        let tests = tests.map_err(|error| Wrong::new(name, &text, &error))?;
        let filter = self.filter.as_deref().unwrap_or_default();
        Ok(tests.run_only(|case| case.contains(filter)))
    }
}

impl Ran {
    fn json(&self) -> Result<Value, serde_json::Error> {
        let (mut value, error) = match &self.results {
            Ok(results) => (serde_json::to_value(results)?, Value::Null),
            Err(error) => (
                json!({ "file": self.name, "passed": 0, "failed": 0, "cases": [] }),
                error.words.as_str().into(),
            ),
        };
        if let Some(object) = value.as_object_mut() {
            object.insert("error".to_owned(), error);
        }
        Ok(value)
    }

    /// Tells only of a file that cannot be run.
    fn tell(&self, console: &Console<'_>) {
        if let Err(error) = &self.results {
            console.tell(format_args!("error: {}", error.shown));
        }
    }

    fn show(&self, console: &mut Console<'_>) -> io::Result<()> {
        let page = console.page;
        let name = printable(&self.name).into_owned();
        let results = match &self.results {
            Ok(results) => results,
            Err(error) => {
                let words = page.ink(Ink::Wrong, "cannot be run");
                console.tell(format_args!("error: {}", error.shown));
                return writeln!(console.out, "{name}: {words}");
            }
        };
        let failed = results.failed().count();
        let passed = format!("{} passed", results.cases().len() - failed);
        match failed {
            0 => writeln!(console.out, "{name}: {}", page.ink(Ink::Well, &passed))?,
            _ => {
                let failed = page.ink(Ink::Wrong, &format!("{failed} failed"));
                writeln!(console.out, "{name}: {passed}, {failed}")?;
            }
        }
        for case in results.failed() {
            for line in format!("{}:{case}", self.name).lines() {
                writeln!(console.out, "  {}", printable(line))?;
            }
        }
        Ok(())
    }
}

impl<'r> From<&'r Ran> for Suite<'r> {
    fn from(ran: &'r Ran) -> Self {
        Suite {
            name: &ran.name,
            cases: ran
                .results
                .as_ref()
                .map(Results::cases)
                .map_err(|error| error.words.as_str()),
        }
    }
}

impl Totals {
    fn of(all: &[Ran]) -> Self {
        let mut totals = Totals::default();
        for ran in all {
            totals.files += 1;
            match &ran.results {
                Ok(results) => {
                    let passed = results.cases().iter().filter(|case| case.is_passed());
                    let passed = passed.count();
                    totals.passed += passed;
                    totals.failed += results.cases().len() - passed;
                }
                Err(_) => totals.unread += 1,
            }
        }
        totals
    }

    fn outcome(&self) -> Outcome {
        match (self.unread, self.failed) {
            (0, 0) => Outcome::Fine,
            (0, _) => Outcome::Findings,
            _ => Outcome::Unreadable,
        }
    }
}

impl std::fmt::Display for Totals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let files = counted(self.files, "file", "files");
        let cases = counted(self.passed + self.failed, "case", "cases");
        write!(f, "{files}, {cases}: {} passed", self.passed)?;
        if self.failed > 0 {
            write!(f, ", {} failed", self.failed)?;
        }
        match self.unread {
            0 => Ok(()),
            unread => write!(f, "; {} cannot be run", counted(unread, "file", "files")),
        }
    }
}
