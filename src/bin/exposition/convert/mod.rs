//! `convert`: a body in another format, or many as a table.

#[cfg(feature = "parquet")]
mod parquet;

use std::error::Error;
use std::io::Write;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use exposition::encode::Omitted;
use exposition::{CollectedFamilies, EncodeError, Encoder, EscapingScheme, Format, ScrapeProtocol};
use serde_json::{Map, Value};

use crate::console::Console;
use crate::failure::{Result, Usage};
use crate::json;
use crate::outcome::Outcome;
use crate::source::{self, Bodies, LenientArg, ReadingArgs, Source};
use crate::verdict;

/// Write the families of a body in another format
///
/// Each family is written once, in the order of their first lines. What is wrong is told on standard error. Lines in
/// error are left out; samples that Prometheus accepts and that do not go with their family are written as families of
/// unknown type.
#[cfg_attr(
    feature = "parquet",
    doc = "\nWith `--to parquet` all samples of any number of bodies become one table, for an engine that answers questions \
           about a whole fleet. A BODY may then be a directory too: every file below it is a body, in the order of their \
           names, except those whose names begin with a dot. The column `target` is the path below that directory, or \
           else the BODY as it is given, without a password in a URL; `scraped_at` is when the file was modified, now \
           for a URL, and null for a pipe. The page `docs::arrow` of the library lists the columns. A body that cannot \
           be read is reported, and the others are still read. --json tells how much was written."
)]
///
/// Exit codes: 0 all is written; 1 lines in error, for any of which Prometheus drops the whole scrape, were left out,
/// or a body cannot be had or written; 2 the command line is wrong; 3 there are warnings.
#[derive(Debug, Args)]
pub(crate) struct Convert {
    #[command(flatten)]
    bodies: Bodies,
    #[command(flatten)]
    target: TargetArgs,
    /// The format to write: text 1.0.0, OpenMetrics 1.0.0, OpenMetrics 2.0.0 (experimental), or delimited protobuf
    #[cfg_attr(feature = "parquet", doc = "(parquet: a table of all samples)")]
    #[arg(long, value_name = "FORMAT", value_parser = to())]
    to: To,
    /// Write as Go's client library does, to the byte
    #[arg(long)]
    like_go: bool,
    /// Print one line of JSON with the written body and what was left out
    #[arg(long)]
    json: bool,
    #[cfg(feature = "parquet")]
    #[command(flatten)]
    parquet: parquet::ParquetArgs,
    #[command(flatten)]
    lenient: LenientArg,
    #[command(flatten)]
    reading: ReadingArgs,
}

/// Options for what is written, beside the format.
#[derive(Debug, Args)]
pub(crate) struct TargetArgs {
    /// How names beyond letters, digits, `_` and `:` are written: allow-utf-8, underscores, dots or values
    #[arg(long, value_name = "SCHEME", default_value = "allow-utf-8")]
    pub(crate) escaping: EscapingScheme,
    /// Leave out what the format has no place for, instead of failing: units and exemplars in text, native
    /// histograms in text and OpenMetrics 1.0
    #[arg(long)]
    pub(crate) lossy: bool,
}

/// The words for formats to write.
const TARGETS: [(&str, ScrapeProtocol); 4] = [
    ("text", ScrapeProtocol::PrometheusText100),
    ("openmetrics", ScrapeProtocol::OpenMetricsText100),
    ("openmetrics2", ScrapeProtocol::OpenMetricsText200),
    ("protobuf", ScrapeProtocol::PrometheusProto),
];

/// Returns what reads the name of a format to write from the command line.
pub(crate) fn targets() -> impl TypedValueParser<Value = ScrapeProtocol> {
    PossibleValuesParser::new(TARGETS.map(|(word, _)| word)).map(|word| target(&word))
}

/// Returns the format of that word.
fn target(word: &str) -> ScrapeProtocol {
    let found = TARGETS.iter().find(|(known, _)| *known == word);
    found.map_or_else(ScrapeProtocol::default, |(_, protocol)| *protocol)
}

/// What to write.
#[derive(Debug, Clone, Copy)]
enum To {
    /// A body in this format.
    Body(ScrapeProtocol),
    /// The table of samples.
    #[cfg(feature = "parquet")]
    Parquet,
}

/// The word for the table of samples.
#[cfg(feature = "parquet")]
const PARQUET: &str = "parquet";

/// Returns what reads from the command line what to write.
fn to() -> impl TypedValueParser<Value = To> {
    let words = TARGETS.map(|(word, _)| word).into_iter();
    #[cfg(feature = "parquet")]
    let words = words.chain([PARQUET]);
    PossibleValuesParser::new(words).map(|word| match word.as_str() {
        #[cfg(feature = "parquet")]
        PARQUET => To::Parquet,
        word => To::Body(target(word)),
    })
}

impl Convert {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Outcome> {
        match self.to {
            #[cfg(feature = "parquet")]
            To::Parquet => {
                self.fit_for_parquet()?;
                let Convert {
                    bodies, reading, ..
                } = self;
                self.parquet.run(&bodies.from, reading, self.json, console)
            }
            To::Body(to) => {
                #[cfg(feature = "parquet")]
                self.parquet.fit_for_body()?;
                self.write_body(to, console)
            }
        }
    }

    /// Checks that no option is given that is only for bodies, not for tables.
    #[cfg(feature = "parquet")]
    fn fit_for_parquet(&self) -> Result<()> {
        let others = [
            (
                "--escaping",
                self.target.escaping != EscapingScheme::AllowUtf8,
            ),
            ("--lossy", self.target.lossy),
            ("--like-go", self.like_go),
            ("--lenient", self.lenient.lenient),
        ];
        match others.iter().find(|(_, is_given)| *is_given) {
            None => Ok(()),
            Some((option, _)) => Err(Usage(format!("{option} is not for --to parquet")).into()),
        }
    }

    /// Writes a body in a format.
    fn write_body(&self, to: ScrapeProtocol, console: &mut Console<'_>) -> Result<Outcome> {
        let from = source::expanded(&self.bodies.from, console)?;
        let from = match from.as_slice() {
            [] => return Err(Usage("no BODY is given".to_owned()).into()),
            [from] => from,
            _ => {
                let several = "convert takes one BODY; `exposition merge` makes one of several";
                return Err(Usage(several.to_owned()).into());
            }
        };
        let source = source::fetch(from, &self.reading)?.lenient(self.lenient.lenient);
        let outcome = source.tell(true, console);
        source.note_reason(console);
        let collected = source.families().read_all();
        let outcome = outcome.and(verdict::outcome(&collected.errors));
        if self.json {
            let mut body = Vec::new();
            let omitted = self.write(to, &source, &collected, &mut body)?;
            let mut object = json::source(&source);
            object.insert("to".to_owned(), to.to_string().into());
            json::body(&mut object, body, to.is_protobuf());
            object.insert("omitted".to_owned(), counts(omitted).into());
            object.insert(
                "leniencies".to_owned(),
                collected.leniencies.iter().map(json::leniency).collect(),
            );
            object.insert(
                "errors".to_owned(),
                collected.errors.iter().map(json::error).collect(),
            );
            writeln!(console.out, "{}", Value::from(object))?;
            return Ok(outcome);
        }
        let omitted = self.write(to, &source, &collected, console.out)?;
        for error in &collected.errors {
            console.tell(verdict::rendered(error, &source.name));
        }
        for leniency in &collected.leniencies {
            console.note(format_args!("{}: {leniency}", source.name));
        }
        if omitted != Omitted::default() {
            console.note(format_args!("left out: {}", left_out(omitted)));
        }
        Ok(outcome)
    }

    fn write(
        &self,
        to: ScrapeProtocol,
        source: &Source,
        collected: &CollectedFamilies<'_>,
        out: &mut dyn Write,
    ) -> Result<Omitted> {
        let format = Format::new(to).with_escaping(self.target.escaping);
        let mut encoder = Encoder::from_writer(out, format)?
            .lossy(self.target.lossy)
            .like_client_golang(self.like_go);
        for family in &collected.families {
            encoder.reserve(family);
        }
        for family in &collected.families {
            encoder.family(family).map_err(|error| match error {
                EncodeError::Exemplar { .. } | EncodeError::NativeHistogram { .. } => {
                    format!("{}: {error}; --lossy leaves it out", source.name).into()
                }
                other => Box::<dyn Error>::from(other),
            })?;
        }
        let omitted = encoder.omitted();
        encoder.finish()?;
        Ok(omitted)
    }
}

/// Returns what was left out, by its name, as far as there is any.
fn parts(omitted: Omitted) -> impl Iterator<Item = (&'static str, u64)> {
    [
        ("units", omitted.units),
        ("exemplars", omitted.exemplars),
        ("samples", omitted.samples),
        ("native histograms", omitted.native_histograms),
        ("timestamps", omitted.timestamps),
        ("counts", omitted.counts),
        ("buckets and quantiles", omitted.parts),
        ("missing counts and sums", omitted.missing),
        ("carriage returns", omitted.carriage_returns),
    ]
    .into_iter()
    .filter(|(_, number)| *number > 0)
}

/// Says what was left out.
pub(crate) fn left_out(omitted: Omitted) -> String {
    let parts: Vec<_> = parts(omitted)
        .map(|(name, number)| format!("{name} {number}"))
        .collect();
    parts.join(", ")
}

/// Returns how much was left out, by its name.
fn counts(omitted: Omitted) -> Map<String, Value> {
    let counts = parts(omitted);
    counts
        .map(|(name, number)| (name.replace(' ', "_"), number.into()))
        .collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::tests::run;

    /// Returns how it ends to convert the body, and what is written.
    fn converted(body: &str, to: &str) -> (Outcome, String) {
        let words = ["convert", "--to", to, "body"];
        run(&words, &[("body", body.as_bytes())]).unwrap()
    }

    #[test]
    fn what_prometheus_stores_is_written() {
        let body =
            "# TYPE h histogram\nh_bucket{le=\"NaN\"} 1\nh 2\nh_count 3\nup 4\n# TYPE up gauge\n";
        let (outcome, text) = converted(body, "text");
        assert_eq!(outcome, Outcome::Findings);
        assert_eq!(
            text,
            "\
# TYPE h histogram
h_count 3
# TYPE h_bucket untyped
h_bucket{le=\"NaN\"} 1
# TYPE h untyped
h 2
# TYPE up untyped
up 4
"
        );
    }

    #[test]
    fn a_line_for_which_prometheus_refuses_the_body_is_left_out() {
        let body =
            "# TYPE c counter\nc_total 1\nc_total{a=b} 2\nc_total{a=\"b\",a=\"c\"} 3\n# EOF\n";
        let (outcome, text) = converted(body, "text");
        assert_eq!(outcome, Outcome::Unreadable);
        assert_eq!(text, "# TYPE c_total counter\nc_total 1\n");
    }

    #[test]
    fn protobuf_is_written() {
        let body = "# TYPE up gauge\nup{a=\"b\"} 1 5\n";
        let words = ["convert", "--json", "--to", "protobuf", "body"];
        let (outcome, text) = run(&words, &[("body", body.as_bytes())]).unwrap();
        assert_eq!(outcome, Outcome::Fine);
        let shape: Value = serde_json::from_str(&text).unwrap();
        let bytes = STANDARD.decode(shape["base64"].as_str().unwrap()).unwrap();
        let family = exposition::families(body).next().unwrap().unwrap();
        let expected = exposition::encode::to_vec([&family], ScrapeProtocol::PrometheusProto);
        assert_eq!(bytes, expected.unwrap());
        assert!(bytes.starts_with(b"\x1d\x0a\x02up\x18\x01"), "{bytes:?}");
    }

    #[test]
    fn one_line_is_written_for_each_histogram() {
        let body = "# TYPE h histogram\nh_bucket{a=\"b\",le=\"0.5\"} 2\nh_bucket{a=\"b\",le=\"+Inf\"} 3\nh_sum{a=\"b\"} 4\nh_count{a=\"b\"} 3\n";
        let (outcome, text) = converted(body, "openmetrics2");
        assert_eq!(outcome, Outcome::Fine);
        assert_eq!(
            text,
            "# TYPE h histogram\nh{a=\"b\"} {count:3,sum:4,bucket:[0.5:2,+Inf:3]}\n# EOF\n"
        );
    }

    #[test]
    fn what_is_left_out_is_told() {
        assert_eq!(left_out(Omitted::default()), "");
        let mut omitted = Omitted::default();
        (omitted.units, omitted.native_histograms) = (2, 3);
        assert_eq!(left_out(omitted), "units 2, native histograms 3");
    }
}
