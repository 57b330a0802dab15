//! Where a body comes from: a file, a URL, or standard input.

use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::time::Duration;

use exposition::format::accept_header;
use exposition::{Dialect, EscapingScheme, Format, ScrapeProtocol};
use flate2::read::MultiGzDecoder;

/// A server that takes longer is given up on.
const TIMEOUT: Duration = Duration::from_secs(30);
/// A body that is longer is refused.
const LIMIT: u64 = 1 << 30;

/// A body, and what is known of its format.
pub(crate) struct Source {
    pub(crate) body: Vec<u8>,
    pub(crate) format: Format,
}

impl Source {
    /// The dialect to read the body in. `lenient` is about the text format alone.
    pub(crate) fn dialect(&self, lenient: bool) -> Dialect {
        match (self.format.is_openmetrics(), lenient) {
            (true, _) => Dialect::OpenMetrics,
            (false, true) => Dialect::Lenient,
            (false, false) => Dialect::Prometheus,
        }
    }

    /// A body that came without a header: unless the format is known, its end tells it.
    pub(crate) fn headless(bytes: &[u8], format: Option<Format>) -> io::Result<Self> {
        let body = inflated(bytes)?;
        let format = format.unwrap_or_else(|| Format::sniff(&body));
        Ok(Source { body, format })
    }
}

/// Fetches a body from a FILE, an `http://` URL or, for `-`, standard input. Bodies may be gzip'd. The
/// format is `format` if given, else what the header says, else what the end of the body tells.
pub(crate) fn fetch(from: &OsStr, format: Option<Format>) -> Result<Source, Box<dyn Error>> {
    let name = from.to_string_lossy();
    let source = if name == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        Source::headless(&bytes, format)
    } else if name.starts_with("http://") {
        return scrape(&name, format).map_err(|error| format!("{name}: {error}").into());
    } else if name.contains("://") {
        return Err(format!("{name}: only http:// URLs are fetched").into());
    } else {
        fs::read(from).and_then(|bytes| Source::headless(&bytes, format))
    };
    source.map_err(|error| format!("{name}: {error}").into())
}

/// Asks a server for its metrics, as Prometheus does.
fn scrape(url: &str, format: Option<Format>) -> Result<Source, Box<dyn Error>> {
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .build()
        .new_agent();
    let accept = accept_header(&ScrapeProtocol::DEFAULT, EscapingScheme::AllowUtf8);
    let mut response = agent.get(url).header("Accept", accept).call()?;
    let body = response
        .body_mut()
        .with_config()
        .limit(LIMIT)
        .read_to_vec()?;
    if format.is_some() {
        return Ok(Source::headless(&body, format)?);
    }
    let header = response.headers().get("Content-Type");
    let said = Format::from_content_type_bytes(header.map(|value| value.as_bytes()), None);
    match said {
        Ok(format) if format.is_protobuf() => Err("the server answers in protobuf".into()),
        Ok(format) => Ok(Source { body, format }),
        Err(error) => {
            let source = Source::headless(&body, None)?;
            eprintln!("note: {error}: read as {}", source.format);
            Ok(source)
        }
    }
}

fn inflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes.to_vec());
    }
    let mut body = Vec::new();
    MultiGzDecoder::new(bytes).read_to_end(&mut body)?;
    Ok(body)
}

/// The format that a word on the command line names.
pub(crate) fn format(word: &str) -> Result<Format, String> {
    match word {
        "text" => Ok(Format::new(ScrapeProtocol::PrometheusText004)),
        "openmetrics" => Ok(Format::new(ScrapeProtocol::OpenMetricsText100)),
        _ => Err(format!("`{word}` is neither `text` nor `openmetrics`")),
    }
}
