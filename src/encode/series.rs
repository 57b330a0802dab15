//! A series by itself: what tells samples of one body apart.

use std::fmt;

use super::text::{NameParts, SeriesWriter};
use crate::model::sample_view::SampleView;
#[cfg(feature = "serde")]
use crate::model::written::{Fields, LabelMap, read_labels};

/// A series: a metric's name and its labels, sorted by name.
///
/// A label with an empty value is left out, as Prometheus [leaves it out](crate::docs::scrape) of what it
/// stores. Series are ordered by name, then by labels; they display as the text format writes them.
///
/// ```
/// use exposition::{Line, Parser, Series};
///
/// let body = "up{job=\"a\",instance=\"1\",zone=\"\"} 1\n";
/// let Some(Ok(Line::Sample(sample))) = Parser::text(body).next() else { panic!() };
/// let series = Series::of(&sample);
/// assert_eq!(series, Series::new("up", [("instance", "1"), ("job", "a")]));
/// assert_eq!(series.to_string(), r#"up{instance="1",job="a"}"#);
/// assert_eq!(series.label("job"), Some("a"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series {
    name: String,
    labels: Vec<(String, String)>,
}

impl Series {
    /// Creates a series of a name and labels in any order.
    pub fn new<N, V>(name: impl Into<String>, labels: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<String>,
        V: Into<String>,
    {
        let labels = (labels.into_iter()).map(|(name, value)| (name.into(), value.into()));
        let mut labels: Vec<(String, String)> =
            labels.filter(|(_, value)| !value.is_empty()).collect();
        labels.sort_unstable();
        Series {
            name: name.into(),
            labels,
        }
    }

    /// Returns the series of a sample.
    pub fn of(sample: &impl SampleView) -> Self {
        Series::new(sample.name(), sample.labels())
    }

    /// Returns the metric's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the names and values of the labels, sorted by name.
    pub fn labels(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        (self.labels.iter()).map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the value of the first label of that name.
    pub fn label(&self, name: &str) -> Option<&str> {
        let mut labels = self.labels();
        labels.find_map(|(label, value)| (label == name).then_some(value))
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = String::new();
        let mut series = SeriesWriter::new(&mut line, NameParts::whole(&self.name));
        for (name, value) in self.labels() {
            series.label(name, value);
        }
        series.finish();
        f.write_str(&line)
    }
}

/// As [`docs::json`](crate::docs::json) says. With the feature `serde`.
#[cfg(feature = "serde")]
impl serde::Serialize for Series {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let labels = (self.labels.iter()).map(|(name, value)| (name.into(), value.into()));
        let mut fields = Fields::new(serializer, "Series", 2, &[])?;
        fields.always("name", &self.name)?;
        fields.always("labels", &LabelMap(labels))?;
        fields.end()
    }
}

/// What a series is read from: its labels may have any order, and empty values.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(rename = "Series", deny_unknown_fields)]
struct Read {
    name: String,
    #[serde(default, deserialize_with = "read_labels")]
    labels: Vec<(String, String)>,
}

/// As [`docs::json`](crate::docs::json) says. With the feature `serde`.
#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Series {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Read { name, labels } = Read::deserialize(deserializer)?;
        Ok(Series::new(name, labels))
    }
}

#[cfg(test)]
mod tests {
    use super::Series;

    #[test]
    fn a_series_shows_as_text_writes_it() {
        let shown = [
            (Series::new("up", [("", ""); 0]), "up"),
            (
                Series::new("up", [("b", "2"), ("a", "1"), ("c", "")]),
                r#"up{a="1",b="2"}"#,
            ),
            (
                Series::new("a.b", [("c.d", "\"\n")]),
                r#"{"a.b","c.d"="\"\n"}"#,
            ),
        ];
        for (series, expected) in shown {
            assert_eq!(series.to_string(), expected);
        }
    }

    #[test]
    fn the_order_of_labels_says_nothing() {
        let one = Series::new("up", [("a", "1"), ("b", "2")]);
        assert_eq!(one, Series::new("up", [("b", "2"), ("a", "1")]));
        assert!(one < Series::new("up", [("a", "2")]));
    }
}
