//! What is written in any format means what it was written from.

use arbitrary::Arbitrary;
use exposition::encode::NameErrorKind;
use exposition::encode::to_string;
use exposition::name::is_legacy_metric_name;
use exposition::{
    Bucket, Dialect, EncodeError, Encoder, EscapingScheme, Families, Format, Line, MetricFamily,
    MetricValue, Parser, ScrapeProtocol,
};

use super::built;
use super::input::{self, Form};
use super::lossless::{self, Cited, Key};

/// The options of an input.
#[derive(Debug, Arbitrary)]
struct Options {
    form: Form,
    what: u8,
    protocol: u8,
    scheme: u8,
    lossy: bool,
}

/// How many bytes of an input its options are.
pub const HEADER: usize = 5;

/// From this number on, a protocol is OpenMetrics 2.0.
const TO_OPENMETRICS2: u8 = 0xc0;

/// Returns the options of a seed in that dialect. Each `kind` gives other options.
pub fn header(dialect: u8, kind: u8) -> [u8; HEADER] {
    [Form::raw(dialect), kind, kind / 3, kind % 5, 1]
}

/// Returns the options of a seed in that dialect that is written as OpenMetrics 2.0.
pub fn header_to_openmetrics2(dialect: u8, kind: u8) -> [u8; HEADER] {
    [Form::raw(dialect), kind, TO_OPENMETRICS2, 0, 1]
}

/// Asserts that what is written can be read, and means the same, with the exceptions that [`Encoder`]
/// documents.
pub fn encode_roundtrip(data: &[u8]) {
    let Some((options, rest)) = input::split::<Options>(data, HEADER) else {
        return;
    };
    if options.protocol >= TO_OPENMETRICS2 {
        return to_openmetrics2(&options, rest);
    }
    let protocols = ScrapeProtocol::DEFAULT;
    let protocol = protocols[usize::from(options.protocol) % protocols.len()];
    // Names mostly stay unchanged, because then they can be compared.
    let scheme = match options.scheme {
        scheme @ 1..=3 => EscapingScheme::ALL[usize::from(scheme)],
        _ => EscapingScheme::AllowUtf8,
    };
    let target = Target {
        format: Format::new(protocol).with_escaping(scheme),
        scheme,
        lossy: options.lossy,
    };
    match options.what % 3 {
        0 => target.families_that_were_read(&options.form.body(rest), options.form.dialect()),
        1 => target.lines(&options.form.body(rest), options.form.dialect()),
        _ => target.families_that_were_built(rest),
    }
}

/// Asserts that what is written as OpenMetrics 2.0 is read without an error, and that what is read of it is
/// written in the same way again, by families and by lines.
fn to_openmetrics2(options: &Options, rest: &[u8]) {
    let body = options.form.body(rest);
    let from = options.form.dialect();
    let encoder = || {
        let format = Format::new(ScrapeProtocol::OpenMetricsText200);
        let encoder = Encoder::new(
            String::new(),
            format.with_escaping(EscapingScheme::AllowUtf8),
        );
        encoder.expect("a text format").lossy(options.lossy)
    };
    // A family that is refused leaves nothing.
    let by_families = |families: &[MetricFamily<'_>]| {
        let mut encoder = encoder();
        families.iter().for_each(|family| encoder.reserve(family));
        let written = (families.iter()).filter(|family| encoder.family(family).is_ok());
        let written = written.count();
        (encoder.finish().expect("a string takes all"), written)
    };
    let by_lines = |body: &[u8], from: Dialect| {
        let mut encoder = encoder();
        let lines = Parser::new(body, from).flatten();
        let refused = lines
            .filter(|line| encoder.line(line, from).is_err())
            .count();
        encoder.finish().ok().map(|text| (text, refused))
    };
    let text = match options.what % 3 {
        0 => by_families(&Families::new(&body, from).read_all().families).0,
        1 => by_lines(&body, from)
            .map(|(text, _)| text)
            .unwrap_or_default(),
        _ => by_families(&built::families(rest, true)).0,
    };
    if text.is_empty() {
        return;
    }
    for line in Parser::new(text.as_bytes(), Dialect::OpenMetrics2) {
        assert!(line.is_ok(), "{line:?} in\n{text}");
    }
    // A family that was given twice is there twice.
    let read = Families::new(text.as_bytes(), Dialect::OpenMetrics2).read_all();
    if !read.errors.is_empty() || options.what % 3 == 1 {
        return;
    }
    let (again, written) = by_families(&read.families);
    assert_eq!(again, text);
    assert_eq!(written, read.families.len(), "{text}");
    let again = by_lines(text.as_bytes(), Dialect::OpenMetrics2);
    assert_eq!(again, Some((text, 0)));
}

struct Target {
    format: Format,
    scheme: EscapingScheme,
    lossy: bool,
}

/// The samples of a body, and its exemplars.
type Data = (Vec<Key>, Vec<Cited>);

impl Target {
    fn dialect(&self) -> Dialect {
        match self.format.is_openmetrics() {
            true => Dialect::OpenMetrics,
            false => Dialect::Text,
        }
    }

    fn encoder(&self) -> Encoder<exposition::encode::FmtOutput<String>> {
        let encoder = Encoder::new(String::new(), self.format);
        encoder.expect("a text format").lossy(self.lossy)
    }

    fn families_that_were_read(&self, body: &[u8], from: Dialect) {
        let families = Families::new(body, from).read_all().families;
        let mut encoder = self.encoder();
        families.iter().for_each(|family| encoder.reserve(family));
        let mut written = Vec::new();
        for family in &families {
            match encoder.family(family) {
                Ok(()) => written.push(family.clone()),
                Err(error) => assert!(
                    self.may_refuse(&error) || from == Dialect::OpenMetrics2,
                    "{error} of {family:?}"
                ),
            }
        }
        let text = encoder.finish().expect("a string takes all");
        if from == Dialect::OpenMetrics2 {
            return self.is_read(&text);
        }
        let expected = self.as_written(&written);
        self.says(&text, expected);
    }

    /// Tells whether a format may refuse a family of a body with that error.
    fn may_refuse(&self, error: &EncodeError) -> bool {
        let to_text = self.dialect() == Dialect::Text;
        match error {
            // `le` on a histogram's sum, or two names that become equal when escaped.
            EncodeError::Labels { fault, .. } => match fault {
                NameErrorKind::Duplicate => true,
                NameErrorKind::Reserved => self.scheme != EscapingScheme::AllowUtf8,
                _ => false,
            },
            EncodeError::NegativeTimestamp { .. } => to_text,
            EncodeError::Exemplar { .. } | EncodeError::UnitInText { .. } => !self.lossy,
            EncodeError::Unit { .. } => !to_text,
            _ => false,
        }
    }

    /// Returns the data of families in the form of the format.
    fn as_written(&self, families: &[MetricFamily<'_>]) -> Data {
        if self.dialect() == Dialect::Text {
            return (lossless::found(families).0, Vec::new());
        }
        let mut families = families.to_vec();
        for metric in families.iter_mut().flat_map(|family| &mut family.metrics) {
            let (MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram)) =
                &mut metric.value
            else {
                continue;
            };
            let infinite = |bucket: &Bucket<'_>| bucket.upper_bound == f64::INFINITY;
            if let (false, Some(count)) = (histogram.buckets.iter().any(infinite), histogram.count)
            {
                histogram.buckets.push(Bucket::new(f64::INFINITY, count));
            }
            metric.suffixed = true;
        }
        lossless::found(&families)
    }

    /// Asserts that the text is read without an error. That is all that is asked of what was OpenMetrics 2.0: a
    /// line of it may be several here, without some of its exemplars.
    fn is_read(&self, text: &str) {
        for line in Parser::new(text.as_bytes(), self.dialect()) {
            assert!(line.is_ok(), "{line:?} in\n{text}");
        }
    }

    fn lines(&self, body: &[u8], from: Dialect) {
        let mut encoder = self.encoder();
        let mut expected = Data::default();
        for line in Parser::new(body, from).flatten() {
            let written = encoder.line(&line, from);
            if let (Ok(()), Line::Sample(sample)) = (written, &line) {
                let (key, cited) = lossless::read(sample);
                expected.0.push(key);
                expected.1.extend(cited);
            }
        }
        if self.dialect() == Dialect::Text {
            expected.1.clear();
        }
        match encoder.finish() {
            Ok(text) if from == Dialect::OpenMetrics2 => self.is_read(&text),
            Ok(text) => self.says(&text, expected),
            // The format may have no place for metadata that was held back.
            Err(error) => assert!(
                self.may_refuse_metadata(&error) || from == Dialect::OpenMetrics2,
                "{error}"
            ),
        }
    }

    fn may_refuse_metadata(&self, error: &EncodeError) -> bool {
        matches!(error, EncodeError::EmptyName) || self.may_refuse(error)
    }

    /// Asserts that the text can be read, and holds that data.
    fn says(&self, text: &str, expected: Data) {
        let mut got = Data::default();
        for line in Parser::new(text.as_bytes(), self.dialect()) {
            match line {
                Ok(Line::Sample(sample)) => {
                    let (key, cited) = lossless::read(&sample);
                    let names = sample.labels().into_iter().map(|label| label.raw_name());
                    for name in names.chain([sample.raw_name()]) {
                        let bare = self.scheme != EscapingScheme::AllowUtf8;
                        assert!(!bare || is_legacy_metric_name(name), "{text}");
                    }
                    got.0.push(key);
                    got.1.extend(cited);
                }
                Ok(_) => {}
                Err(error) => panic!("{error} in\n{text}"),
            }
        }
        let (expected, got) = (self.comparable(expected), self.comparable(got));
        assert_eq!(expected, got, "{text}");
    }

    /// Returns what can be compared: not escaped names, nor times so far away that seconds in a float do not
    /// distinguish them.
    fn comparable(&self, (mut keys, mut cited): Data) -> Data {
        let near = |millis: i64| match self.dialect() {
            Dialect::OpenMetrics => millis.clamp(-(1 << 52), 1 << 52),
            _ => millis,
        };
        for (name, labels, _, timestamp) in &mut keys {
            *timestamp = timestamp.map(near);
            if self.scheme != EscapingScheme::AllowUtf8 {
                name.clear();
                let mut values: Vec<_> = labels.drain(..).map(|label| label.1).collect();
                values.sort();
                labels.extend(values.into_iter().map(|value| (String::new(), value)));
            }
        }
        for (_, _, timestamp) in &mut cited {
            *timestamp = timestamp.map(near);
        }
        keys.sort();
        cited.sort();
        (keys, cited)
    }

    /// Asserts that families that were built come back unchanged.
    fn families_that_were_built(&self, rest: &[u8]) {
        let families = built::families(rest, self.format.is_openmetrics());
        let text = match to_string(&families, self.format) {
            Ok(text) => text,
            Err(error) => {
                let escaped = self.scheme != EscapingScheme::AllowUtf8;
                assert!(escaped, "{error} of {families:?}");
                return;
            }
        };
        if self.scheme != EscapingScheme::AllowUtf8 {
            return self.says(&text, self.as_written(&families));
        }
        let read = Families::new(text.as_bytes(), self.dialect()).read_all();
        assert!(read.errors.is_empty(), "{:?} in\n{text}", read.errors);
        assert_eq!(read.families, families, "{text}");

        // In any written order, buckets and quantiles are read in theirs.
        let mut turned = families.clone();
        turned.iter_mut().for_each(turn);
        let text = to_string(&turned, self.format).expect("as before");
        let read = Families::new(text.as_bytes(), self.dialect()).read_all();
        assert!(read.errors.is_empty(), "{:?} in\n{text}", read.errors);
        assert_eq!(read.families, families, "{text}");
    }
}

/// Reverses the order of buckets and quantiles.
fn turn(family: &mut MetricFamily<'_>) {
    for metric in &mut family.metrics {
        match &mut metric.value {
            MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                histogram.buckets.reverse();
            }
            MetricValue::Summary(summary) => summary.quantiles.reverse(),
            _ => {}
        }
    }
}
