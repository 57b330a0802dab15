//! What the command line says.

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use exposition::relabel::Rules;
use exposition::{Format, ScrapeProtocol};
use reqwest::Url;

/// Serves the metrics of several servers as one, as a sidecar agent does.
///
/// Every request of /metrics scrapes all servers side by side, relabels, merges, and answers in the format asked for.
/// /-/healthy answers without scraping.
///
/// Metrics in two bodies get a label `source` with the NAME of the later one, all samples of a histogram or summary
/// together; where metadata contradicts itself the first holds. Lines in error are left out. Beside the bodies, the
/// proxy's own families tell of each server whether it answered, and how many samples and errors it gave.
///
/// It may hold the bodies of all servers for every request that it answers at a time, and the pages made of them: the
/// limits below bound that. It has no access control.
#[derive(Debug, Parser)]
#[command(name = "proxy", max_term_width = 100)]
pub(crate) struct Options {
    /// A server to scrape: a name for it, and an http:// URL
    #[arg(required = true, value_name = "NAME=URL", value_parser = target)]
    pub(crate) targets: Vec<Target>,

    /// Where to listen; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9464")]
    pub(crate) listen: String,

    /// Add LABEL="NAME" to every sample
    #[arg(long)]
    pub(crate) label: Option<String>,

    /// YAML: a list of relabel rules, as in `metric_relabel_configs`
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,

    /// The format of the bodies, whatever their servers say
    #[arg(long, value_name = "text|openmetrics|openmetrics2", value_parser = format)]
    pub(crate) format: Option<Format>,

    /// Answer one request, then end
    #[arg(long)]
    pub(crate) once: bool,

    /// The longest body of a server, without compression, such as 1GiB; 0 for no limit
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = size)]
    pub(crate) max_body: usize,

    /// The longest head of a request, at least 8KiB
    #[arg(long, value_name = "SIZE", default_value = "16KiB", value_parser = head_size)]
    pub(crate) max_header: usize,

    /// Requests that are answered at a time; further ones get status 503
    #[arg(long, value_name = "NUMBER", default_value = "16", value_parser = number)]
    pub(crate) max_requests: usize,

    /// Connections that are open at a time; further ones wait
    #[arg(long, value_name = "NUMBER", default_value = "512", value_parser = number)]
    pub(crate) max_connections: usize,

    /// Connections to each server at a time; what more is asked of it waits
    #[arg(long, value_name = "NUMBER", default_value = "4", value_parser = number)]
    pub(crate) upstream_connections: usize,

    /// The longest that a server may take, to the end of its body. A scraper that says how long it waits gets
    /// nine tenths of that, if it is less
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) upstream_timeout: Duration,

    /// The longest that a request may take until its answer begins; status 503 thereafter
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub(crate) request_timeout: Duration,

    /// The longest that a client may take to send a request, and then to read the answer
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(crate) idle_timeout: Duration,

    /// How long requests may go on after SIGTERM or SIGINT
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) grace: Duration,
}

/// A server to scrape.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) url: Url,
}

impl Options {
    /// Reads the rules, if a file was given.
    pub(crate) fn rules(&self) -> Result<Rules, Box<dyn Error>> {
        let Some(file) = &self.rules else {
            return Ok(Rules::default());
        };
        let named = |error: &dyn Error| format!("{}: {error}", file.display());
        let yaml = std::fs::read_to_string(file).map_err(|error| named(&error))?;
        Ok(exposition::yaml::from_str(&yaml).map_err(|error| named(&error))?)
    }
}

fn target(word: &str) -> Result<Target, String> {
    let (name, url) = word.split_once('=').ok_or("a server is NAME=URL")?;
    let url = Url::parse(url).map_err(|error| error.to_string())?;
    match url.scheme() {
        "http" => Ok(Target {
            name: name.to_owned(),
            url,
        }),
        _ => Err("only http:// URLs are fetched".to_owned()),
    }
}

fn format(word: &str) -> Result<Format, String> {
    match word {
        "text" => Ok(Format::new(ScrapeProtocol::PrometheusText004)),
        "openmetrics" => Ok(Format::new(ScrapeProtocol::OpenMetricsText100)),
        "openmetrics2" => Ok(Format::new(ScrapeProtocol::OpenMetricsText200)),
        "protobuf" => Err("a merge works on lines, which protobuf does not have".to_owned()),
        _ => Err("it is none of `text`, `openmetrics` and `openmetrics2`".to_owned()),
    }
}

/// Reads a number of bytes: `1048576`, `64MB`, `1GiB`. Units are powers of 1024, as in Prometheus' `body_size_limit`.
fn size(word: &str) -> Result<usize, String> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = word.get(digits.len()..).unwrap_or_default();
    let factor: usize = match unit.to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" | "KIB" => 1 << 10,
        "M" | "MB" | "MIB" => 1 << 20,
        "G" | "GB" | "GIB" => 1 << 30,
        _ => return Err(format!("`{unit}` is not a unit of size: KB, MB or GB")),
    };
    let number: usize = digits.parse().map_err(|_| "it is not a size".to_owned())?;
    match number.checked_mul(factor) {
        Some(0) => Ok(usize::MAX),
        Some(bytes) => Ok(bytes),
        None => Err("that is more than memory can be".to_owned()),
    }
}

fn head_size(word: &str) -> Result<usize, String> {
    match size(word)? {
        bytes @ 0x2000..=0x100_0000 => Ok(bytes),
        _ => Err("it is not between 8KiB and 16MiB".to_owned()),
    }
}

fn number(word: &str) -> Result<usize, String> {
    match word.parse() {
        Ok(number @ 1..=100_000) => Ok(number),
        _ => Err("it is not a number from 1 to 100000".to_owned()),
    }
}

fn seconds(word: &str) -> Result<Duration, String> {
    let seconds: f64 = word.parse().map_err(|_| "it is not a number".to_owned())?;
    match (0.001..=86_400.0).contains(&seconds) {
        true => Ok(Duration::from_secs_f64(seconds)),
        false => Err("it is not between a millisecond and a day".to_owned()),
    }
}
