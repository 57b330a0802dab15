//! The type of a sample's own family.

use std::borrow::Cow;

use super::Sample;
use crate::model::metric_type::MetricType;
#[cfg(feature = "arrow")]
use crate::text::declared::Declared;

impl<'a> Sample<'a> {
    /// Returns the type of the family that the sample belongs to, as the last TYPE line before it
    /// declares; [`Unknown`](MetricType::Unknown) if that line is about another family.
    ///
    /// A family has the samples with its own name, and those with a suffix of its type: `h_bucket`,
    /// `h_sum` and `h_count` belong to the histogram `h`, in OpenMetrics also `c_total` to the counter
    /// `c`; [`Families`](crate::Families) lists them all. The type is exact as long as the lines of a
    /// family are together, after its TYPE line. If they come back further down, or after a TYPE line
    /// that is [skipped](crate::Filter), it is unknown here; families that are
    /// [collected](crate::Families::read_all) know it.
    ///
    /// ```
    /// use exposition::{Line, MetricType, Parser};
    ///
    /// let body = b"# TYPE h histogram\nh_count 1\nb 2\nh_sum 3\n# TYPE c counter\nh_sum 4\n";
    /// let samples = Parser::text(body).flatten().filter_map(Line::into_sample);
    /// let types: Vec<MetricType> = samples.map(|sample| sample.metric_type()).collect();
    /// let (histogram, unknown) = (MetricType::Histogram, MetricType::Unknown);
    /// assert_eq!(types, [histogram, unknown, histogram, unknown]);
    /// ```
    pub fn metric_type(&self) -> MetricType {
        let suffixes = self.shape.suffixes();
        self.declared
            .type_of(self.raw_name(), self.shape.scope, suffixes)
    }

    /// Returns the name of the family that the sample belongs to: of that in the last TYPE line, if that
    /// [declares its type](Self::metric_type), else the sample's own name.
    ///
    /// ```
    /// use exposition::{Line, Parser};
    ///
    /// let body = b"# TYPE h histogram\nh_count 1\nh_total 2\n";
    /// let samples = Parser::text(body).flatten().filter_map(Line::into_sample);
    /// let families: Vec<String> = samples.map(|sample| sample.family_name().into_owned()).collect();
    /// assert_eq!(families, ["h", "h_total"]);
    /// ```
    pub fn family_name(&self) -> Cow<'a, str> {
        self.family().0
    }

    /// Returns the name and the type of the family that the sample belongs to.
    pub(crate) fn family(&self) -> (Cow<'a, str>, MetricType) {
        let suffixes = self.shape.suffixes();
        let raw = self.raw_name();
        let Some(family) = self.declared.family_in(raw, self.shape.scope, suffixes) else {
            return (self.name(), MetricType::Unknown);
        };
        // A suffix is written as it is.
        let suffix = raw.len().saturating_sub(family);
        let name = match (self.name(), suffix) {
            (name, 0) => name,
            (Cow::Borrowed(name), suffix) => Cow::Borrowed(without_end(name, suffix)),
            (Cow::Owned(name), suffix) => Cow::Owned(without_end(&name, suffix).to_owned()),
        };
        (name, self.shape.scope)
    }

    /// Tells whether there is a TYPE line before this sample, and the last one was not skipped.
    #[cfg(feature = "arrow")]
    #[inline]
    pub(crate) fn is_declared(&self) -> bool {
        self.declared != Declared::NONE
    }

    /// Returns the type in the last TYPE line before this sample, **whatever metric that line is about**:
    /// under `# TYPE a counter` it is a counter for `b` too. [`metric_type`](Self::metric_type) is the
    /// sample's own.
    ///
    /// Prometheus' parser uses this type ([T24](crate::docs::text#t24)): it respells the `le` of any
    /// sample under a histogram, and `quantile` under a summary, as [`stored_value`](Self::stored_value)
    /// does.
    pub fn preceding_type(&self) -> MetricType {
        self.shape.scope
    }
}

/// Returns a text without its last bytes.
fn without_end(text: &str, bytes: usize) -> &str {
    let end = text.len().checked_sub(bytes);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}
