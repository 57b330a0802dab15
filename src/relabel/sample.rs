//! Label sets of samples.

use std::borrow::Cow;

use super::LabelSet;
use crate::model::label_names;
use crate::model::name::METRIC_NAME;
use crate::model::sample_view::SampleView as _;
use crate::samples::AnySample;
use crate::text::sample::Sample;

impl<'a> LabelSet<'a> {
    /// Replaces all labels by those of a sample, as Prometheus stores them, and keeps the memory. The
    /// metric's name becomes `__name__`, and `le` and `quantile` have their
    /// [`stored_value`](Sample::stored_value).
    ///
    /// A label that is written with an empty value is not a label, and neither is another one of that name in
    /// the same sample ([S33](crate::docs::scrape#s33)).
    ///
    /// ```
    /// use exposition::{Line, Parser, relabel::LabelSet};
    ///
    /// let mut labels = LabelSet::new();
    /// for line in Parser::text(b"up{job=\"node\",env=\"\"} 1\n") {
    ///     if let Line::Sample(sample) = line? {
    ///         labels.reset_to(&sample);
    ///     }
    /// }
    /// assert_eq!(labels.to_string(), r#"{__name__="up", job="node"}"#);
    /// # Ok::<(), exposition::Error>(())
    /// ```
    pub fn reset_to(&mut self, sample: &Sample<'a>) {
        let name = (Cow::Borrowed(METRIC_NAME), sample.name());
        let labels = sample.labels();
        let pairs = (labels.iter()).map(|label| (label.name(), sample.stored_value(&label)));
        let is_empty = |value: &str| value.is_empty();
        if !is_empty(&name.1) && !labels.iter().any(|label| is_empty(label.raw_value())) {
            return self.reset(std::iter::once(name).chain(pairs));
        }
        let pairs: Vec<_> = std::iter::once(name).chain(pairs).collect();
        let mut gone: Vec<Cow<'a, str>> = (pairs.iter())
            .filter(|(_, value)| is_empty(value))
            .map(|(name, _)| name.clone())
            .collect();
        gone.sort_unstable();
        let stays = |(name, _): &(Cow<'_, str>, _)| gone.binary_search(name).is_err();
        self.reset(pairs.into_iter().filter(stays));
    }

    /// Does what [`reset_to`](Self::reset_to) does for a sample of any format, whose texts are copied.
    pub(crate) fn reset_to_any(&mut self, sample: &AnySample<'_>) {
        let name = || std::iter::once((Cow::Borrowed(METRIC_NAME), sample.name()));
        let pairs = || name().chain(sample.labels());
        if !pairs().any(|(_, value)| value.is_empty()) {
            return self.reset_to_copies(pairs());
        }
        let empty = pairs().filter(|(_, value)| value.is_empty());
        let mut gone: Vec<_> = empty.map(|(name, _)| name).collect();
        gone.sort_unstable();
        self.reset_to_copies(pairs().filter(|(name, _)| gone.binary_search(name).is_err()));
    }

    /// Returns the value of a label, with the lifetime of its source.
    pub(crate) fn value(&self, name: &str) -> Option<Cow<'a, str>> {
        let label = self.labels().get(self.place(name))?;
        Some(self.cow(label.value))
    }

    /// Returns names and values, in their original order if no label has been set or removed.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> {
        (self.labels().iter()).map(|label| (self.cow(label.name), self.cow(label.value)))
    }

    /// Tells whether two labels may have the same name. False if none have, unless there are very many
    /// labels.
    pub(crate) fn may_have_namesakes(&self) -> bool {
        label_names::may_repeat(self.labels().iter().map(|label| self.text(label.name)))
    }

    /// Returns the names of the labels that have not been set since the start.
    pub(crate) fn untouched(&self) -> impl Iterator<Item = &str> {
        let labels = self.labels().iter();
        labels
            .filter(|label| label.set_as == 0)
            .map(|label| self.text(label.name))
    }
}

/// Takes a sample's labels as [`LabelSet::reset_to`] sets them.
impl<'a> From<&Sample<'a>> for LabelSet<'a> {
    fn from(sample: &Sample<'a>) -> Self {
        let mut labels = LabelSet::new();
        labels.reset_to(sample);
        labels
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Line;
    use crate::Parser;

    #[track_caller]
    fn labels(line: &str, expected: &str) {
        let body = format!("# TYPE h histogram\n{line}\n");
        let Some(Ok(Line::Sample(sample))) = Parser::text(body.as_bytes()).nth(1) else {
            panic!("{line} is no sample");
        };
        assert_eq!(LabelSet::from(&sample).to_string(), expected, "{line}");
    }

    #[test]
    fn of_samples() {
        labels("h 1", r#"{__name__="h"}"#);
        labels(r#"h{b="2",a="1"} 1"#, r#"{__name__="h", a="1", b="2"}"#);
        labels(r#"h{le="1"} 1"#, r#"{__name__="h", le="1.0"}"#);
        labels(
            r#"h{le="1000000000000000.25"} 1"#,
            r#"{__name__="h", le="1.0000000000000002e+15"}"#,
        );
        labels(r#"h{le="",a="x"} 1"#, r#"{__name__="h", a="x"}"#);
        labels(r#"h{a="x",a="",b="y"} 1"#, r#"{__name__="h", b="y"}"#);
        labels(r#"h{a="x",__name__=""} 1"#, r#"{a="x"}"#);
        labels(
            r#"{"a.b","c\"d"="\n"} 1"#,
            r#"{__name__="a.b", "c\"d"="\n"}"#,
        );
    }
}
