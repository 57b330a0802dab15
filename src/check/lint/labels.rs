//! The labels of a sample, and what is wrong with them by themselves.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::naming;
use crate::bytes::hash::Seeds;
use crate::model::label_names;
use crate::model::name;
use crate::number::decode::Escapes;
use crate::number::escape;
use crate::text::labels::Label;
use crate::text::sample::Sample;

/// The labels of a sample in the order written.
pub(super) type Labels<'s> = SmallVec<[(Cow<'s, str>, Cow<'s, str>); 12]>;

/// Names of labels with which nothing is wrong, in the order of the last sample that had such: the next one
/// often has the same.
#[derive(Debug, Default)]
pub(super) struct PlainNames {
    names: Vec<String>,
    is_sorted: bool,
    /// Whether one of them is `le` or `quantile`.
    has_bound: bool,
    is_known: bool,
}

impl PlainNames {
    /// Tells whether nothing is wrong with the names of these labels.
    pub(super) fn cover(&mut self, labels: &Labels<'_>) -> bool {
        let names = || labels.iter().map(|(name, _)| &**name);
        if self.is_known && self.names.len() == labels.len() && names().eq(self.names.iter()) {
            return true;
        }
        self.is_known = names().all(is_plain) && !repeats(labels);
        if self.is_known {
            self.names.clear();
            self.names.extend(names().map(str::to_owned));
            self.is_sorted = self.names.is_sorted();
            self.has_bound = names().any(|name| matches!(name, "le" | "quantile"));
        }
        self.is_known
    }

    /// Tells whether one of the labels that were covered last is `le` or `quantile`.
    pub(super) fn have_bound(&self) -> bool {
        self.has_bound
    }

    /// Tells whether the labels are sorted that were covered last.
    pub(super) fn are_sorted(&self) -> bool {
        self.is_known && self.is_sorted
    }

    /// Returns the text between the braces of a sample, if that is just what [`push_canonical`] would make of
    /// its labels: these names, without escapes, blanks or empty values.
    pub(super) fn canonical<'s>(&self, sample: &Sample<'s>) -> Option<&'s str> {
        let labels = sample.labels();
        if !self.are_sorted() || self.has_bound || labels.len() != self.names.len() {
            return None;
        }
        let mut labels = labels.iter().zip(&self.names);
        let is_known = |(label, name): (Label<'_>, &String)| {
            label.raw_name() == name.as_bytes() && !label.raw_value().is_empty()
        };
        plain_labels(sample).filter(|_| labels.all(is_known))
    }
}

/// Returns the text between the braces of a line that is written as most are: `name{label="value",other="value"} 1`, with a
/// timestamp or without, and without escapes, other blanks or anything else.
pub(super) fn plain_labels<'s>(sample: &Sample<'s>) -> Option<&'s str> {
    let text = sample.line_text()?;
    let (name, series) = (sample.raw_name(), sample.raw_series().len());
    let (start, end) = match series == name.len() {
        true => (series, series),
        false => (name.len() + 1, series.checked_sub(1)?),
    };
    // The quotes, `=` and the comma of each label; the last has no comma.
    let labels = sample.labels();
    let each = (labels.iter()).map(|label| label.raw_name().len() + label.raw_value().len() + 4);
    let inside = each.sum::<usize>().saturating_sub(1);
    let timestamp = sample.raw_timestamp().map_or(0, |text| text.len() + 1);
    let raw = text.as_bytes();
    let is_plain = end.checked_sub(start) == Some(inside)
        && raw.len() == series + 1 + sample.raw_value().len() + timestamp
        && raw.starts_with(name)
        && memchr::memchr3(b'\\', b'\t', b'\n', raw).is_none()
        && memchr::memchr(b' ', raw) == Some(series);
    text.get(start..end).filter(|_| is_plain)
}

fn is_plain(name: &str) -> bool {
    name::is_legacy_label_name(name.as_bytes())
        && !name.starts_with("__")
        && !naming::is_camel_case(name)
}

/// Tells whether a name occurs twice.
pub(super) fn repeats(labels: &Labels<'_>) -> bool {
    let names = || labels.iter().map(|(name, _)| name);
    label_names::may_repeat(names())
        && label_names::repeated(names().map(|name| Cow::Borrowed(&**name)))
            .next()
            .is_some()
}

/// Appends labels in the order of their names, without those that are empty and `left_out`, as the text format writes
/// them: equal labels give equal texts, and others other ones. Returns a hash of the order that was written; 0 if that
/// is the same.
pub(super) fn push_canonical(
    key: &mut String,
    labels: &Labels<'_>,
    left_out: Option<&str>,
    are_sorted: bool,
    seeds: &Seeds,
) -> u64 {
    let has_all = labels.iter().all(|(_, value)| !value.is_empty());
    let kept = labels.iter().filter(|(name, _)| Some(&**name) != left_out);
    let kept = kept.map(|(name, value)| (&**name, &**value));
    if are_sorted && has_all {
        push_labels(key, kept);
        return 0;
    }
    let mut sorted: SmallVec<[(&str, &str); 12]> = kept.collect();
    let mut written = 0;
    if !(has_all && sorted.is_sorted()) {
        for text in sorted.iter().flat_map(|(name, value)| [name, value]) {
            written = seeds.join(written, text.as_bytes());
        }
        sorted.sort_unstable();
    }
    push_labels(
        key,
        sorted.into_iter().filter(|(_, value)| !value.is_empty()),
    );
    written
}

fn push_labels<'l>(key: &mut String, labels: impl Iterator<Item = (&'l str, &'l str)>) {
    for (at, (name, value)) in labels.enumerate() {
        if at > 0 {
            key.push(',');
        }
        // Writing to a `String` cannot fail.
        if name::is_legacy_label_name(name.as_bytes()) {
            key.push_str(name);
        } else {
            _ = escape::quote(key, name);
        }
        key.push_str("=\"");
        _ = escape::escape(key, value, Escapes::Quoted);
        key.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::line::Line;
    use crate::text::parser::Parser;

    fn sample(line: &str) -> Sample<'_> {
        match Parser::text(line).next() {
            Some(Ok(Line::Sample(sample))) => sample,
            other => panic!("{other:?}"),
        }
    }

    fn labels<'s>(sample: &Sample<'s>) -> Labels<'s> {
        sample
            .labels()
            .iter()
            .map(|label| (label.name(), label.value()))
            .collect()
    }

    fn key(sample: &Sample<'_>) -> (String, u64) {
        let mut key = String::new();
        let seeds = Seeds::default();
        let written = push_canonical(&mut key, &labels(sample), None, false, &seeds);
        (key, written)
    }

    #[test]
    fn what_is_canonical_as_written_is_the_key() {
        for line in [
            "a 1\n",
            "a{} 1\n",
            "a{b=\"c\"} 1 5\n",
            "a{b=\"c\"} 1\n",
            "a{b=\"c\",d=\"e f\"} 1\n",
            "a{b=\"é\",c=\"{}\"} NaN\n",
        ] {
            let sample = sample(line);
            let mut plain = PlainNames::default();
            assert!(plain.cover(&labels(&sample)));
            let found = plain.canonical(&sample).map(str::to_owned);
            // A blank in a value looks like the one before the sample's.
            let expected = (!line.contains("e f")).then(|| key(&sample).0);
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn what_is_written_otherwise_is_not_taken_as_it_is() {
        let mut plain = PlainNames::default();
        assert!(plain.cover(&labels(&sample("a{b=\"1\",c=\"2\"} 1\n"))));
        for line in [
            "a{b=\"1\",d=\"2\"} 1\n",
            "a{b=\"1\"} 1\n",
            "a{b=\"1\",c=\"\"} 1\n",
            "a{b=\"1\",c=\"2\",} 1\n",
            "a{b=\"1\" c=\"2\"} 1\n",
            "a{b=\"1\"c=\"2\"} 1\n",
            "a{b=\"1\",c=\"\\\\\"} 1\n",
            "a{b=\"1\", c=\"2\"} 1\n",
            "a {b=\"1\",c=\"2\"} 1\n",
            "a{b=\"1\",c=\"2\"}1\n",
            "a{b=\"1\",c=\"2\"} 1 \n",
            " a{b=\"1\",c=\"2\"} 1\n",
            "{\"a\",b=\"1\",c=\"2\"} 1\n",
            "a{b=\"1\n\",c=\"2\"} 1\n",
        ] {
            assert_eq!(plain.canonical(&sample(line)), None, "{line}");
        }
        let mut plain = PlainNames::default();
        assert!(plain.cover(&labels(&sample("a{c=\"1\",b=\"2\"} 1\n"))));
        assert_eq!(plain.canonical(&sample("a{c=\"1\",b=\"2\"} 1\n")), None);
    }

    #[test]
    fn equal_labels_have_one_key_and_others_another() {
        let same = [
            "a{b=\"1\",c=\"2\"} 1\n",
            "a{c=\"2\",b=\"1\"} 1\n",
            "a{ b = \"1\" , c=\"2\", } 1\n",
            "a{b=\"1\",c=\"2\",d=\"\"} 1\n",
        ];
        for line in same {
            assert_eq!(key(&sample(line)).0, "b=\"1\",c=\"2\"", "{line}");
        }
        assert_eq!(key(&sample(same[0])).1, 0);
        assert_ne!(key(&sample(same[1])).1, 0);
        let others = [
            "a{b=\"1\"} 1\n",
            "a{b=\"1\\\",c=\\\"2\"} 1\n",
            "a{b=\"1\",\"c\\\"\"=\"2\"} 1\n",
            "a{\"b=\\\"1\\\",c\"=\"2\"} 1\n",
        ];
        let mut keys: Vec<String> = others.iter().map(|line| key(&sample(line)).0).collect();
        keys.push(key(&sample(same[0])).0);
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), others.len() + 1);
    }
}
