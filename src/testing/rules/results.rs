//! What came of the cases of a file.

use std::fmt;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

/// What came of the cases of one file.
///
/// It displays each case that fails, with what was expected and what came out; nothing if all pass. Through serde it
/// is a map of `file`, `passed`, `failed` and `cases`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    pub(super) file: String,
    pub(super) cases: Vec<Case>,
}

impl Results {
    /// Returns the name of the file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Returns the cases that ran, in the order of the file.
    #[must_use]
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// Returns the cases that fail.
    pub fn failed(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(|case| !case.is_passed())
    }

    /// Tells whether all cases pass.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.failed().next().is_none()
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, case) in self.failed().enumerate() {
            let before = if index == 0 { "" } else { "\n" };
            write!(f, "{before}{}:{case}", self.file)?;
        }
        Ok(())
    }
}

impl Serialize for Results {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let failed = self.failed().count();
        let mut fields = serializer.serialize_struct("Results", 4)?;
        fields.serialize_field("file", &self.file)?;
        fields.serialize_field("passed", &(self.cases.len() - failed))?;
        fields.serialize_field("failed", &failed)?;
        fields.serialize_field("cases", &self.cases)?;
        fields.end()
    }
}

/// What came of one case.
///
/// It displays its line, number and name, and each of its failures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub(super) number: usize,
    pub(super) name: Option<String>,
    pub(super) line: usize,
    pub(super) failures: Vec<String>,
}

impl Case {
    /// Returns its number in the file, from 1.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    /// Returns its name, if it has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the line of the file that it begins in, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Tells whether all is as expected.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.failures.is_empty()
    }

    /// Returns what is not as expected. Each text begins with a line that says what, and may go on with a line for
    /// each label or series that is missing (`-`) or not expected (`+`).
    #[must_use]
    pub fn failures(&self) -> &[String] {
        &self.failures
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: case {}", self.line, self.number)?;
        if let Some(name) = &self.name {
            write!(f, " {name:?}")?;
        }
        f.write_str(":")?;
        match self.failures.as_slice() {
            [] => f.write_str(" passed"),
            [failure] => write!(f, " {failure}"),
            failures => failures.iter().try_for_each(|failure| {
                let lines = failure.replace('\n', "\n  ");
                write!(f, "\n  {lines}")
            }),
        }
    }
}

impl Serialize for Case {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Case", 5)?;
        fields.serialize_field("number", &self.number)?;
        fields.serialize_field("name", &self.name)?;
        fields.serialize_field("line", &self.line)?;
        fields.serialize_field("passed", &self.is_passed())?;
        fields.serialize_field("failures", &self.failures)?;
        fields.end()
    }
}
