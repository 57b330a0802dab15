//! What to count by.

use std::str::FromStr;

/// What to count by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    Metric,
    Family,
    Histogram,
    Label,
    Value(String),
}

impl FromStr for By {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match (word, word.split_once('=')) {
            (_, Some(("value", label))) if !label.is_empty() => Ok(By::Value(label.to_owned())),
            ("metric", _) => Ok(By::Metric),
            ("family", _) => Ok(By::Family),
            ("histogram", _) => Ok(By::Histogram),
            ("label", _) => Ok(By::Label),
            _ => Err("what to count by is metric, family, histogram, label or value=LABEL".into()),
        }
    }
}
