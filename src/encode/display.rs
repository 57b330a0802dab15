//! Shows samples and families to people, in the text format.

use std::fmt;

use super::text::{self, NameParts, SeriesWriter};
use super::{EncodeError, Encoder};
use crate::cache::CachedSample;
use crate::families::family::{FamilySample, MetricFamily};
use crate::format::ScrapeProtocol;
use crate::format::syntax::NumberStyle;
use crate::model::sample_view::{SampleValue, SampleView};
use crate::number::go_float;
use crate::text::sample::{OwnedSample, Sample};

/// Shows the sample as a line of the text format without its line feed. In all formats the timestamp is in
/// milliseconds, and a name beyond `[a-zA-Z_:][a-zA-Z0-9_:]*` is quoted. Exemplars are left out.
impl fmt::Display for Sample<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(self, f)
    }
}

/// Shows it like a [`Sample`].
impl fmt::Display for OwnedSample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(self, f)
    }
}

/// Shows it like a [`Sample`].
impl fmt::Display for CachedSample<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(self, f)
    }
}

/// Shows it like a [`Sample`].
impl fmt::Display for FamilySample<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(self, f)
    }
}

/// Shows the family in the text format, with its HELP and TYPE lines, as a [lossy](Encoder::lossy)
/// [`Encoder`] writes it. What cannot be written becomes a comment that says why.
impl fmt::Display for MetricFamily<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        let write = |text: &mut String| {
            let mut encoder = Encoder::new(text, ScrapeProtocol::PrometheusText100)?.lossy(true);
            encoder.family(self)?;
            encoder.finish().map(drop)
        };
        match write(&mut text) {
            Ok(()) => f.write_str(&text),
            Err(EncodeError::Fmt(error)) => Err(error),
            Err(error) => writeln!(f, "# {error}"),
        }
    }
}

fn show(sample: &impl SampleView, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut line = String::new();
    let name = sample.name();
    let mut series = SeriesWriter::new(&mut line, NameParts::whole(&name));
    for (name, value) in sample.labels() {
        series.label(&name, &value);
    }
    series.finish();
    line.push(' ');
    match sample.value() {
        SampleValue::Float(value) => text::push_value(&mut line, value, NumberStyle::Shortest),
        SampleValue::NativeHistogram(histogram) => line += &histogram.to_string(),
        SampleValue::Composite(composite) => line += composite.raw(),
    }
    if let Some(millis) = sample.timestamp() {
        line.push(' ');
        go_float::push_integer(&mut line, millis);
    }
    f.write_str(&line)
}

#[cfg(test)]
mod tests {
    use crate::{Families, Line, MetricFamily, MetricType, Parser, SampleView};

    #[test]
    fn samples_are_lines_of_text() {
        let body = "# TYPE c counter\nc_total{a=\"x\\\"\\n\",\"b.c\"=\"\"} 1.0 1.5 # {id=\"7\"} 2\n\
                    {\"d.e\"} -0\nnan{} NaN\n# EOF\n";
        let lines = Parser::openmetrics(body).map(Result::unwrap);
        let samples: Vec<_> = lines.filter_map(Line::into_sample).collect();
        let shown = |sample: &dyn std::fmt::Display| sample.to_string();
        let expected = [
            r#"c_total{a="x\"\n","b.c"=""} 1 1500"#,
            r#"{"d.e"} -0"#,
            "nan NaN",
        ];
        for (sample, expected) in samples.iter().zip(expected) {
            assert_eq!(shown(sample), expected);
            assert_eq!(shown(&sample.into_owned()), expected);
            // What is shown can be read back.
            let line = format!("{expected}\n");
            let again = Parser::text(&line).next().unwrap().unwrap();
            let again = again.into_sample().unwrap();
            assert!(
                SampleView::labels(&again).eq(SampleView::labels(sample)),
                "{expected}"
            );
        }
        let families = Families::new(body, crate::Dialect::OpenMetrics)
            .read_all()
            .families;
        let shown: Vec<_> = (families.iter())
            .flat_map(|family| family.samples().map(|sample| sample.to_string()))
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn families_are_text() {
        let body = "# HELP up Is it?\n# TYPE up gauge\nup{job=\"a\"} 1 5\n";
        let family = crate::families(body).next().unwrap().unwrap();
        assert_eq!(family.to_string(), body);
        let nameless = MetricFamily::new("", MetricType::Gauge);
        assert_eq!(
            nameless.to_string(),
            "# a metric without a name cannot be written\n"
        );
    }
}
