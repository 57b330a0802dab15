//! Why a file of tests cannot be run.

use std::error::Error;
use std::{fmt, io};

use crate::yaml::YamlError;

/// Why a file of tests cannot be run: it cannot be read, or what it says is not a test.
///
/// It displays the file, the line where there is one, and the cause:
///
/// ```
/// use exposition::testing::rules::RuleTests;
///
/// let text = "rules: []\ntests:\n- lables: {a: b}\n";
/// let error = RuleTests::parse(text, ".").unwrap_err();
/// assert_eq!(error.line(), Some(3));
/// assert_eq!(
///     error.to_string(),
///     "the test: line 3, column 3: unknown field `lables`: did you mean `labels`?",
/// );
/// ```
#[derive(Debug)]
pub struct RuleTestError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    file: String,
    line: Option<usize>,
    /// Gives the line itself if it is an error of the YAML.
    message: String,
    is_yaml: bool,
    source: Option<io::Error>,
}

impl RuleTestError {
    /// Returns the error for something in the line of a file.
    pub(super) fn new(file: &str, line: Option<usize>, fault: Fault) -> Self {
        RuleTestError(Box::new(Inner {
            file: file.to_owned(),
            line,
            message: fault.message,
            is_yaml: false,
            source: fault.source,
        }))
    }

    /// Returns the error for a file that is not YAML, or has wrong keys or values.
    pub(super) fn yaml(file: &str, error: &YamlError) -> Self {
        RuleTestError(Box::new(Inner {
            file: file.to_owned(),
            line: error.line(),
            message: error.to_string(),
            is_yaml: true,
            source: None,
        }))
    }

    /// Returns the file's name.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.0.file
    }

    /// Returns the line of the file, from 1, if the error is about one.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.0.line
    }
}

impl fmt::Display for RuleTestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "{}: ", inner.file)?;
        if let Some(line) = inner.line.filter(|_| !inner.is_yaml) {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&inner.message)
    }
}

impl Error for RuleTestError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.0.source.as_ref()?;
        Some(source)
    }
}

/// What is wrong, before its place is known.
#[derive(Debug)]
pub(super) struct Fault {
    message: String,
    source: Option<io::Error>,
}

impl Fault {
    pub(super) fn new(message: impl fmt::Display) -> Self {
        Fault {
            message: message.to_string(),
            source: None,
        }
    }

    /// Returns the fault of the file of tests that cannot be read.
    pub(super) fn from_io(source: io::Error) -> Self {
        Fault {
            message: "cannot be read".to_owned(),
            source: Some(source),
        }
    }

    /// Returns the fault of another file that cannot be read.
    pub(super) fn unreadable(file: impl fmt::Display, source: io::Error) -> Self {
        Fault {
            message: format!("{file} cannot be read"),
            source: Some(source),
        }
    }
}

impl<S: Into<String>> From<S> for Fault {
    fn from(message: S) -> Self {
        Fault {
            message: message.into(),
            source: None,
        }
    }
}
