//! What a look-up wants: a name and labels, and how far a series is from that.

use std::borrow::Cow;
use std::fmt;

use crate::bytes::work;
use crate::encode::Series;
use crate::number::decode;

/// A name, and labels that a series is to have.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) name: String,
    /// In the order given. An empty value wants no such label.
    pub(super) labels: Vec<(String, String)>,
    /// Whether a series may have no other labels.
    pub(super) exactly: bool,
}

/// One way in which a series is not what is wanted.
#[derive(Debug, PartialEq)]
pub(super) enum Misfit {
    /// A label with another value.
    Value(String, String),
    /// A label that is not there.
    Without(String),
    /// A label that is not wanted.
    Also(String, String),
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Misfit::Value(name, value) => write!(f, "{name} is {value:?}"),
            Misfit::Without(name) => write!(f, "there is no {name}"),
            Misfit::Also(name, value) => write!(f, "{name}={value:?} too"),
        }
    }
}

impl Wanted {
    /// Tells how a series with these labels differs from what is wanted.
    pub(super) fn misfits<'l>(
        &self,
        labels: impl Iterator<Item = (Cow<'l, str>, Cow<'l, str>)>,
    ) -> Vec<Misfit> {
        let labels: Vec<_> = labels.filter(|(_, value)| !value.is_empty()).collect();
        for (name, value) in &labels {
            work::on((name.len() + value.len()) * (self.labels.len() + 1));
        }
        let mut misfits = Vec::new();
        for (name, value) in &self.labels {
            let own = labels.iter().find(|(label, _)| label == name);
            match own {
                Some((_, own)) if is_same(name, value, own) => {}
                Some((_, own)) => misfits.push(Misfit::Value(name.clone(), own.to_string())),
                None if value.is_empty() => {}
                None => misfits.push(Misfit::Without(name.clone())),
            }
        }
        if self.exactly {
            let is_wanted = |name: &str| self.labels.iter().any(|(wanted, _)| wanted == name);
            let others = labels.iter().filter(|(name, _)| !is_wanted(name));
            misfits.extend(
                others.map(|(name, value)| Misfit::Also(name.to_string(), value.to_string())),
            );
        }
        misfits
    }
}

/// Tells whether a label has a value; bounds are compared as numbers, since formats spell them differently.
fn is_same(name: &str, wanted: &str, own: &str) -> bool {
    let is_bound = || {
        let is_bound = matches!(name, "le" | "quantile");
        Some(is_bound && decode::number(wanted).ok()? == decode::number(own).ok()?)
    };
    wanted == own || is_bound() == Some(true)
}

impl fmt::Display for Wanted {
    /// Writes the series as far as it is given, then what else is wanted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.labels.iter();
        let labels = labels.map(|(name, value)| (name.as_str(), value.as_str()));
        write!(f, "{}", Series::new(self.name.as_str(), labels))?;
        for (name, _) in self.labels.iter().filter(|(_, value)| value.is_empty()) {
            write!(f, " without {name}")?;
        }
        match self.exactly {
            true => f.write_str(" and no other labels"),
            false => Ok(()),
        }
    }
}
