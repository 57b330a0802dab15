//! The variables that remain in a rendered configuration until the server gets it.

use std::{borrow::Cow, collections::BTreeMap};

/// The values of `$(SHARD)` and related variables.
///
/// The Operator renders one configuration for all shards and writes `$(SHARD)` where they differ. In the
/// cluster the config reloader inserts the value before Prometheus reads the file. To know what a rule does,
/// the same must happen here.
///
/// ```
/// use exposition::operator::Environment;
///
/// let mut environment = Environment::default();
/// environment.set("SHARD", "2");
/// assert_eq!(environment.expand("$(SHARD);|.+;.+"), "2;|.+;.+");
/// assert_eq!(environment.expand("$1 $(OTHER)"), "$1 $(OTHER)");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// Sets a variable.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.variables.insert(name.into(), value.into());
    }

    /// Returns the text with every `$(NAME)` of a known name replaced. Replacements are not searched again.
    #[must_use]
    pub fn expand<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut expanded = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("$(") {
            expanded.push_str(before);
            match self.variable(after) {
                Some((value, tail)) => {
                    expanded.push_str(value);
                    rest = tail;
                }
                None => {
                    expanded.push_str("$(");
                    rest = after;
                }
            }
        }
        if expanded.is_empty() {
            return Cow::Borrowed(rest);
        }
        expanded.push_str(rest);
        Cow::Owned(expanded)
    }

    /// Returns the value of the variable whose name `text` begins with, and what follows its parenthesis.
    fn variable<'t>(&self, text: &'t str) -> Option<(&str, &'t str)> {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        let (name, tail) = text.split_at_checked(end)?;
        Some((self.variables.get(name)?, tail.strip_prefix(')')?))
    }
}
