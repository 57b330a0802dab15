//! Where a body comes from: a file, a URL, or standard input.

#![allow(dead_code, reason = "shared by programs of which each uses a part")]

use std::error::Error;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead as _, IsTerminal as _, Read};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use exposition::format::accept_header;
use exposition::{Dialect, EscapingScheme, Format, FormatError, Hint, ScrapeProtocol};

#[path = "limit.rs"]
mod limit;

pub(crate) use limit::size;

/// A server that takes longer is given up on.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long something may take to come on standard input where nothing says that it will.
const PATIENCE: Duration = Duration::from_secs(5);

/// How bodies are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// The format, whatever a server says.
    pub(crate) format: Option<Format>,
    /// Whether the text format is read leniently; `None` where a program has no such option.
    pub(crate) lenient: Option<bool>,
    /// The longest body, in bytes without compression.
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
    /// What it is read as.
    pub(crate) format: Format,
    /// Whether that was told, by the command line or by a header. If not, the body's end was looked at.
    pub(crate) is_told: bool,
    /// What a scrape goes by: the header of a server's answer, or the one that the format would have.
    pub(crate) content_type: Option<String>,
    /// What is wrong with the header of a server's answer.
    pub(crate) doubt: Option<FormatError>,
    /// The dialect that the body is read in.
    pub(crate) dialect: Dialect,
}

impl Source {
    /// A body that came without a header.
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

    /// A body that comes along, perhaps gzip'd.
    pub(crate) fn headless(bytes: &[u8], reading: Reading) -> io::Result<Self> {
        let body = limit::read_inflated(bytes, reading.max_body)?;
        Ok(Source::new(body, reading))
    }

    /// What a server answered.
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

    /// What the body looks like, and how to read it as that.
    pub(crate) fn hint(&self, reading: Reading) -> Option<String> {
        let hint = Hint::of_body(&self.body, self.dialect)?;
        Some(match hint {
            Hint::CrLf if reading.lenient.is_some() && self.dialect == Dialect::Text => {
                format!("{hint}, which Prometheus refuses; --lenient takes them")
            }
            Hint::OpenMetrics => format!("{hint}; --format openmetrics reads it as what it is"),
            _ => hint.to_string(),
        })
    }
}

fn dialect(format: Format, reading: Reading) -> Dialect {
    match (format.is_openmetrics(), reading.lenient) {
        (true, _) => Dialect::OpenMetrics,
        (false, Some(true)) => Dialect::Lenient,
        (false, _) => Dialect::Text,
    }
}

/// Fetches a body to read it: as [`scraped`], but one whose header does not tell the format is read all
/// the same, which is noted.
pub(crate) fn fetch(from: &OsStr, reading: Reading) -> Result<Source, Box<dyn Error>> {
    let source = scraped(from, reading)?;
    if let Some(doubt) = &source.doubt {
        let (name, format) = (from.to_string_lossy(), source.format);
        eprintln!("note: {name}: {doubt}, so Prometheus refuses it; it is read as {format}");
    }
    Ok(source)
}

/// Fetches a body from a FILE, an `http://` URL or, for `-`, standard input. A file may be gzip'd; a
/// server says so in a header. The format is `reading.format` if given, else what the header says, else
/// what the end of the body tells.
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

/// Whether something is piped into the program. A pipe that stays silent is given up on: who runs the
/// program may hold it open without a thought of it.
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

/// What `ask` gives, if it does not take longer than that.
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

/// Asks a server for its metrics, as Prometheus does.
fn scrape(url: &str, reading: Reading) -> Result<Source, Box<dyn Error>> {
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .build()
        .new_agent();
    let accept = accept_header(&ScrapeProtocol::DEFAULT, EscapingScheme::AllowUtf8);
    let mut response = agent.get(url).header("Accept", accept).call()?;
    if response.status() != 200 {
        return Err(format!("the server answers {}, not 200", response.status()).into());
    }
    let header = response.headers().get("Content-Type");
    let header = header.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let body = limit::read(response.body_mut().as_reader(), reading.max_body)?;
    let source = Source::answered(body, header, reading);
    match source.format.is_protobuf() {
        true => Err("the server answers in protobuf, which is not read".into()),
        false => Ok(source),
    }
}

/// The format that a word on the command line names.
pub(crate) fn format(word: &str) -> Result<Format, String> {
    match word {
        "text" => Ok(Format::new(ScrapeProtocol::PrometheusText004)),
        "openmetrics" => Ok(Format::new(ScrapeProtocol::OpenMetricsText100)),
        _ => Err(format!("`{word}` is neither `text` nor `openmetrics`")),
    }
}
