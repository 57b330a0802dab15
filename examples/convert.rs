//! Writes a body in another format.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use exposition::encode::Omitted;
use exposition::{Encoder, EscapingScheme, Format, ScrapeProtocol};

#[path = "support/program.rs"]
mod program;
#[path = "support/source.rs"]
mod source;
#[path = "support/verdict.rs"]
mod verdict;

use program::Asked;
use source::Reading;
use verdict::Severity;

const HELP: &str = "\
Writes the families of an exposition in another format.

Usage: convert [OPTIONS] --to text|openmetrics|openmetrics2|protobuf [FILE | URL | -]

Each family is written once, in the order of their first lines. What is wrong is shown on standard
error: lines in error, for any of which Prometheus drops the whole scrape, are left out, and the exit
code is 1 then; samples that Prometheus accepts and that do not go with their family, a warning each,
are written as families of unknown type. The format of the body is what the server says or, for a
file, OpenMetrics if it ends in `# EOF`. Without FILE, what is piped into the program is read.

Options:
      --to text|openmetrics|openmetrics2|protobuf
                             the format to write: text 1.0.0, OpenMetrics 1.0.0, OpenMetrics 2.0.0
                             (experimental), or delimited protobuf
      --escaping SCHEME      for names beyond letters, digits, `_` and `:`: allow-utf-8 (the default),
                             underscores, dots or values
      --lossy                leave out what the format has no place for, instead of failing: units and
                             exemplars in text, native histograms in text and OpenMetrics 1.0
      --like-go              write as Go's client library does, to the byte
      --format text|openmetrics|openmetrics2|protobuf
                             the format of the body
      --max-body SIZE        the longest body, without compression, such as 1GiB; 0 for no limit
                             (default 256MiB)
      --lenient              take what other readers of the text format take, with a note for
                             each place
  -h, --help                 this text
";

struct Arguments {
    from: OsString,
    reading: Reading,
    to: Format,
    lossy: bool,
    like_go: bool,
}

fn protocol(word: &str) -> Result<ScrapeProtocol, String> {
    match word {
        "text" => Ok(ScrapeProtocol::PrometheusText100),
        "openmetrics" => Ok(ScrapeProtocol::OpenMetricsText100),
        "openmetrics2" => Ok(ScrapeProtocol::OpenMetricsText200),
        "protobuf" => Ok(ScrapeProtocol::PrometheusProto),
        _ => Err(format!(
            "`{word}` is none of `text`, `openmetrics`, `openmetrics2` and `protobuf`"
        )),
    }
}

fn parse(mut parser: lexopt::Parser) -> Result<Asked<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let (mut from, mut to) = (None, None);
    let mut reading = Reading {
        lenient: Some(false),
        ..Reading::default()
    };
    let mut escaping = EscapingScheme::AllowUtf8;
    let (mut lossy, mut like_go) = (false, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Asked::Help),
            Long("to") => to = Some(parser.value()?.parse_with(protocol)?),
            Long("escaping") => escaping = parser.value()?.parse()?,
            Long("format") => reading.format = Some(parser.value()?.parse_with(source::format)?),
            Long("max-body") => reading.max_body = parser.value()?.parse_with(source::size)?,
            Long("lenient") => reading.lenient = Some(true),
            Long("lossy") => lossy = true,
            Long("like-go") => like_go = true,
            Value(value) if from.is_none() => from = Some(value),
            _ => return Err(argument.unexpected()),
        }
    }
    let to = to.ok_or("no format is given with --to")?;
    Ok(Asked::Run(Arguments {
        from: (from.or_else(|| source::is_piped().then(|| "-".into())))
            .ok_or("no FILE is given")?,
        reading,
        to: Format::new(to).with_escaping(escaping),
        lossy,
        like_go,
    }))
}

fn run(arguments: Arguments, out: &mut dyn Write) -> Result<bool, Box<dyn Error>> {
    let source = source::fetch(&arguments.from, arguments.reading)?;
    let collected = source.families().read_all();
    let mut encoder = Encoder::from_writer(out, arguments.to)?
        .lossy(arguments.lossy)
        .like_client_golang(arguments.like_go);
    for family in &collected.families {
        encoder.reserve(family);
    }
    for family in &collected.families {
        encoder.family(family)?;
    }
    let omitted = encoder.omitted();
    encoder.finish()?;
    for error in &collected.errors {
        eprintln!("{}", verdict::rendered(error));
    }
    for leniency in &collected.leniencies {
        eprintln!("note: {leniency}");
    }
    if omitted != Omitted::default() {
        eprintln!("note: left out: {}", left_out(omitted));
    }
    let mut severities = collected.errors.iter().map(Severity::of);
    Ok(severities.all(|severity| severity == Severity::Warning))
}

/// Says what was left out.
fn left_out(omitted: Omitted) -> String {
    let parts = [
        ("units", omitted.units),
        ("exemplars", omitted.exemplars),
        ("native histograms", omitted.native_histograms),
        ("timestamps", omitted.timestamps),
        ("counts", omitted.counts),
        ("buckets and quantiles", omitted.parts),
        ("missing counts and sums", omitted.missing),
        ("carriage returns", omitted.carriage_returns),
    ];
    let parts = parts.iter().filter(|(_, number)| *number > 0);
    let parts: Vec<_> = parts
        .map(|(name, number)| format!("{name} {number}"))
        .collect();
    parts.join(", ")
}

fn main() -> ExitCode {
    program::main(HELP, parse, run)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the body in a text format, and whether all of it was written.
    fn converted(name: &str, body: &str, to: ScrapeProtocol) -> (String, bool) {
        let (out, whole) = converted_bytes(name, body, to);
        (String::from_utf8(out).unwrap(), whole)
    }

    fn converted_bytes(name: &str, body: &str, to: ScrapeProtocol) -> (Vec<u8>, bool) {
        let name = format!("exposition-convert-{}-{name}", std::process::id());
        let file = std::env::temp_dir().join(name);
        std::fs::write(&file, body).unwrap();
        let arguments = Arguments {
            from: file.clone().into(),
            reading: Reading {
                lenient: Some(false),
                ..Reading::default()
            },
            to: Format::new(to),
            lossy: false,
            like_go: false,
        };
        let mut out = Vec::new();
        let whole = run(arguments, &mut out).unwrap();
        std::fs::remove_file(file).unwrap();
        (out, whole)
    }

    #[test]
    fn what_prometheus_stores_is_written() {
        let body =
            "# TYPE h histogram\nh_bucket{le=\"NaN\"} 1\nh 2\nh_count 3\nup 4\n# TYPE up gauge\n";
        let (text, whole) = converted("kept", body, ScrapeProtocol::PrometheusText100);
        assert!(whole);
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
        let (text, whole) = converted("refused", body, ScrapeProtocol::PrometheusText100);
        assert!(!whole);
        assert_eq!(text, "# TYPE c_total counter\nc_total 1\n");
    }

    #[test]
    fn protobuf_is_written() {
        let body = "# TYPE up gauge\nup{a=\"b\"} 1 5\n";
        let (bytes, whole) = converted_bytes("protobuf", body, ScrapeProtocol::PrometheusProto);
        assert!(whole);
        let family = exposition::families(body).next().unwrap().unwrap();
        let expected = exposition::encode::to_vec([&family], ScrapeProtocol::PrometheusProto);
        assert_eq!(bytes, expected.unwrap());
        assert!(bytes.starts_with(b"\x1d\x0a\x02up\x18\x01"), "{bytes:?}");
        assert_eq!(protocol("protobuf"), Ok(ScrapeProtocol::PrometheusProto));
        assert!(protocol("Protobuf").is_err());
    }

    #[test]
    fn one_line_is_written_for_each_histogram() {
        let body = "# TYPE h histogram\nh_bucket{a=\"b\",le=\"0.5\"} 2\nh_bucket{a=\"b\",le=\"+Inf\"} 3\nh_sum{a=\"b\"} 4\nh_count{a=\"b\"} 3\n";
        let (text, whole) = converted("openmetrics2", body, ScrapeProtocol::OpenMetricsText200);
        assert!(whole);
        assert_eq!(
            text,
            "# TYPE h histogram\nh{a=\"b\"} {count:3,sum:4,bucket:[0.5:2,+Inf:3]}\n# EOF\n"
        );
        assert_eq!(
            protocol("openmetrics2"),
            Ok(ScrapeProtocol::OpenMetricsText200)
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
