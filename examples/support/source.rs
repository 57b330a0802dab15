//! Gets bodies from a file, a URL, or standard input.

#![allow(dead_code, reason = "shared by programs of which each uses a part")]

use std::error::Error;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead as _, IsTerminal as _, Read};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use exposition::format::accept_header;
use exposition::{Dialect, EscapingScheme, Families, Format, FormatError, Hint, ScrapeProtocol};

#[path = "limit.rs"]
mod limit;

pub(crate) use limit::size;

/// The timeout for a server.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait for standard input if nothing announces that it will come.
const PATIENCE: Duration = Duration::from_secs(5);

/// Options for reading bodies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// The format, which overrides the server's.
    pub(crate) format: Option<Format>,
    /// Whether the text format is read leniently; `None` if a program lacks that option.
    pub(crate) lenient: Option<bool>,
    /// The longest body, uncompressed and in bytes.
    pub(crate) max_body: u64,
}

impl Default for Reading {
    fn default() -> Self {
        Reading {
            format: None,
            lenient: None,
            max_body: limit::MAX_BODY,
        }
    }
}

/// A body, and what is known of its format.
pub(crate) struct Source {
    pub(crate) body: Vec<u8>,
    /// The format that it is read as.
    pub(crate) format: Format,
    /// Whether the command line or a header named the format. If not, the body's end decided.
    pub(crate) is_told: bool,
    /// The header that a scrape uses: that of a server's response, or the usual one of the format.
    pub(crate) content_type: Option<String>,
    /// What is wrong with the header of a server's response.
    pub(crate) doubt: Option<FormatError>,
    /// The dialect that the body is read in.
    pub(crate) dialect: Dialect,
}

impl Source {
    /// Creates a source from a body without a header.
    fn new(body: Vec<u8>, reading: Reading) -> Self {
        let format = reading.format.unwrap_or_else(|| Format::sniff(&body));
        Source {
            format,
            is_told: reading.format.is_some(),
            content_type: Some(format.content_type()),
            doubt: None,
            dialect: dialect(format, reading),
            body,
        }
    }

    /// Creates a source from a bundled body, which may be gzipped.
    pub(crate) fn headless(bytes: &[u8], reading: Reading) -> io::Result<Self> {
        let body = limit::read_inflated(bytes, reading.max_body)?;
        Ok(Source::new(body, reading))
    }

    /// Creates a source from a server's response.
    fn answered(body: Vec<u8>, header: Option<String>, reading: Reading) -> Self {
        let mut source = Source::new(body, reading);
        if reading.format.is_some() {
            return source;
        }
        match Format::from_content_type(header.as_deref(), None) {
            Ok(format) => {
                source.format = format;
                source.dialect = dialect(format, reading);
                source.is_told = true;
            }
            Err(error) => source.doubt = Some(error),
        }
        source.content_type = header;
        source
    }

    /// Reads the body's families.
    #[allow(dead_code, reason = "some programs read lines only")]
    pub(crate) fn families(&self) -> Families<'_> {
        match self.format.is_protobuf() {
            true => Families::protobuf(&self.body),
            false => Families::new(&self.body, self.dialect),
        }
    }

    /// Says what the body looks like, and how to read it that way.
    pub(crate) fn hint(&self, reading: Reading) -> Option<String> {
        let hint = Hint::of_body(&self.body, self.dialect)?;
        Some(match hint {
            Hint::CrLf if reading.lenient.is_some() && self.dialect == Dialect::Text => {
                format!("{hint}, which Prometheus refuses; --lenient takes them")
            }
            Hint::OpenMetrics | Hint::OpenMetrics1 | Hint::OpenMetrics2 => {
                let word = match Format::sniff(&self.body).dialect() {
                    Some(Dialect::OpenMetrics2) => "openmetrics2",
                    _ => "openmetrics",
                };
                format!("{hint}; --format {word} reads it as what it is")
            }
            _ => hint.to_string(),
        })
    }
}

fn dialect(format: Format, reading: Reading) -> Dialect {
    match (format.dialect().unwrap_or_default(), reading.lenient) {
        (Dialect::Text, Some(true)) => Dialect::Lenient,
        (dialect, _) => dialect,
    }
}

/// Fetches a body to read its lines, which protobuf does not have.
#[allow(dead_code, reason = "some programs read families only")]
pub(crate) fn fetch_lines(from: &OsStr, reading: Reading) -> Result<Source, Box<dyn Error>> {
    let source = fetch(from, reading)?;
    match source.format.is_protobuf() {
        true => {
            let name = from.to_string_lossy();
            let instead = "`convert --to text` makes lines of it";
            Err(format!("{name} is in protobuf, which has no lines; {instead}").into())
        }
        false => Ok(source),
    }
}

/// Fetches a body to read it, as [`scraped`] does. But a body whose header does not name the format is read
/// anyway, with a note.
pub(crate) fn fetch(from: &OsStr, reading: Reading) -> Result<Source, Box<dyn Error>> {
    let source = scraped(from, reading)?;
    if let Some(doubt) = &source.doubt {
        let (name, format) = (from.to_string_lossy(), source.format);
        eprintln!("note: {name}: {doubt}, so Prometheus refuses it; it is read as {format}");
    }
    Ok(source)
}

/// Fetches a body from a FILE, an `http://` URL or, for `-`, standard input. A file may be gzipped; a server
/// says so in a header. The format is `reading.format` if given, else the header's, else what the end of the
/// body suggests.
pub(crate) fn scraped(from: &OsStr, reading: Reading) -> Result<Source, Box<dyn Error>> {
    let name = from.to_string_lossy();
    let source = if name.starts_with("http://") {
        scrape(&name, reading)
    } else if name.contains("://") {
        Err("only http:// URLs are fetched".into())
    } else {
        (open(from).and_then(|file| limit::read_inflated(file, reading.max_body)))
            .map(|body| Source::new(body, reading))
            .map_err(Into::into)
    };
    let source = source.map_err(|error| format!("{name}: {error}"))?;
    if let Some(hint) = source.hint(reading) {
        eprintln!("note: {name}: {hint}");
    }
    Ok(source)
}

/// Reads a text, such as YAML, from a file or, for `-`, standard input.
pub(crate) fn text(from: &OsStr) -> Result<String, Box<dyn Error>> {
    let name = from.to_string_lossy();
    let bytes = open(from).and_then(|file| limit::read(file, limit::MAX_BODY));
    let bytes = bytes.map_err(|error| format!("{name}: {error}"))?;
    Ok(String::from_utf8(bytes).map_err(|error| format!("{name}: {}", error.utf8_error()))?)
}

fn open(from: &OsStr) -> io::Result<Box<dyn Read>> {
    match from == "-" {
        true => Ok(Box::new(io::stdin().lock())),
        false => Ok(Box::new(File::open(from)?)),
    }
}

/// Tells whether something is piped into the program. Gives up on a pipe that stays silent: the program's
/// caller may hold it open unintentionally.
pub(crate) fn is_piped() -> bool {
    if io::stdin().is_terminal() {
        return false;
    }
    let has_more = || {
        let mut input = io::stdin().lock();
        input.fill_buf().is_ok_and(|bytes| !bytes.is_empty())
    };
    within(PATIENCE, has_more).unwrap_or_else(|| {
        eprintln!("note: nothing comes on standard input; `-` waits for it");
        false
    })
}

/// Returns the result of `ask`, if it does not take longer than that.
pub(crate) fn within<T: Send + 'static>(
    patience: Duration,
    ask: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // Nobody listens if it took too long.
        let _ = sender.send(ask());
    });
    receiver.recv_timeout(patience).ok()
}

/// Asks a server for its metrics, as Prometheus does; for OpenMetrics 2.0 first if that is to be read.
fn scrape(url: &str, reading: Reading) -> Result<Source, Box<dyn Error>> {
    let experimental = ScrapeProtocol::OpenMetricsText200;
    let mut protocols = ScrapeProtocol::DEFAULT.to_vec();
    if (reading.format).is_some_and(|format| format.protocol() == experimental) {
        protocols.insert(0, experimental);
    }
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .build()
        .new_agent();
    let accept = accept_header(&protocols, EscapingScheme::AllowUtf8);
    let mut response = agent.get(url).header("Accept", accept).call()?;
    if response.status() != 200 {
        return Err(format!("the server answers {}, not 200", response.status()).into());
    }
    let header = response.headers().get("Content-Type");
    let header = header.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let body = limit::read(response.body_mut().as_reader(), reading.max_body)?;
    Ok(Source::answered(body, header, reading))
}

/// Returns the format that a word of the command line names.
pub(crate) fn format(word: &str) -> Result<Format, String> {
    match word {
        "text" => Ok(Format::new(ScrapeProtocol::PrometheusText004)),
        "openmetrics" => Ok(Format::new(ScrapeProtocol::OpenMetricsText100)),
        "openmetrics2" => Ok(Format::new(ScrapeProtocol::OpenMetricsText200)),
        "protobuf" => Ok(Format::new(ScrapeProtocol::PrometheusProto)),
        _ => Err(format!(
            "`{word}` is none of `text`, `openmetrics`, `openmetrics2` and `protobuf`"
        )),
    }
}
