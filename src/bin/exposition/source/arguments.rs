//! Options for how bodies are got and read.

use std::ffi::OsString;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use exposition::{Format, Limits, ScrapeProtocol};

use super::limit;
use super::options::HttpArgs;

/// The bodies that a command reads one after another.
#[derive(Debug, Args)]
pub(crate) struct Bodies {
    /// Files, URLs, patterns, or `-` for standard input
    #[arg(value_name = "BODY")]
    pub(crate) from: Vec<OsString>,
}

/// Options for how bodies are got and read.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading")]
pub(crate) struct ReadingArgs {
    /// The format of the bodies, whatever a Content-Type says; without either, the body's own looks decide
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    pub(crate) format: Option<Format>,
    /// The longest body, decompressed, such as 1GiB; 0 for no limit
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = limit::size)]
    pub(crate) max_body: u64,
    /// The longest line, such as 64KiB; a longer one is told and not read
    #[arg(long, value_name = "SIZE", default_value = "1MiB", value_parser = limit::size)]
    max_line: u64,
    /// The most labels of a sample; one with more is told and not read
    #[arg(long, value_name = "N", default_value_t = Limits::default().max_labels)]
    max_labels: usize,
    #[command(flatten)]
    pub(crate) http: HttpArgs,
}

impl ReadingArgs {
    /// Returns the limits for reading a body that is at hand.
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.max_line_bytes = usize::try_from(self.max_line).unwrap_or(usize::MAX);
        limits.max_labels = self.max_labels;
        limits
    }
}

/// Lenient reading.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(crate) struct LenientArg {
    /// Take what other readers of the text format take, and tell each place
    #[arg(long)]
    pub(crate) lenient: bool,
}

/// The words for formats on the command line.
const FORMATS: [(&str, ScrapeProtocol); 4] = [
    ("text", ScrapeProtocol::PrometheusText004),
    ("openmetrics", ScrapeProtocol::OpenMetricsText100),
    ("openmetrics2", ScrapeProtocol::OpenMetricsText200),
    ("protobuf", ScrapeProtocol::PrometheusProto),
];

/// Returns what reads the name of a format from the command line.
fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(FORMATS.map(|(word, _)| word)).map(|word| {
        let found = FORMATS.iter().find(|(known, _)| *known == word);
        found.map_or_else(Format::default, |(_, protocol)| Format::new(*protocol))
    })
}
