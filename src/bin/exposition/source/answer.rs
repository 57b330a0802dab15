//! What a server answers: a body, or why there is none.

use std::io::{self, Cursor, Read};

use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName};
use reqwest::{Response, StatusCode};
use tokio::runtime::Runtime;

use super::cause;
use super::deadline::Deadline;
use super::inflate::{self, Compression};
use super::{limit, progress};
use crate::failure::Result;
use crate::page::{number, printable};

/// How much of what a server says instead of metrics is looked at, in bytes.
const EXPLANATION: u64 = 4096;
/// How much of that is told, in characters.
const TOLD: usize = 120;

/// A body, and what the server says of it.
pub(super) struct Answer {
    pub(super) body: Vec<u8>,
    pub(super) content_type: Option<String>,
    /// Why Prometheus cannot read the body as it is sent.
    pub(super) lost: Option<String>,
}

/// The body of a response, as it arrives.
pub(super) struct Body<'h> {
    response: Response,
    runtime: &'h Runtime,
    deadline: Deadline,
    chunk: Cursor<Vec<u8>>,
    received: u64,
}

impl<'h> Body<'h> {
    pub(super) fn new(response: Response, runtime: &'h Runtime, deadline: Deadline) -> Self {
        Body {
            response,
            runtime,
            deadline,
            chunk: Cursor::default(),
            received: 0,
        }
    }

    /// Reads the body and undoes its compression. `may_be_any` tells whether another compression was asked for
    /// than Prometheus asks for.
    pub(super) fn decoded(
        self,
        may_be_any: bool,
        max_body: u64,
        show_progress: bool,
    ) -> Result<Answer> {
        if self.response.status() != StatusCode::OK {
            return Err(self.refusal().into());
        }
        let (content_type, encoding) = (self.header(CONTENT_TYPE), self.encoding());
        let length = self.response.content_length();
        let body: Box<dyn Read + '_> = match show_progress {
            true => Box::new(progress::Shown::new(self, length)),
            false => Box::new(self),
        };
        let Some(encoding) = encoding else {
            return Ok(Answer {
                body: limit::read(body, max_body, "the body")?,
                content_type,
                lost: None,
            });
        };
        let Some(compression) = Compression::of_encoding(&encoding) else {
            let encoding = printable(&encoding).into_owned();
            return Err(format!("the Content-Encoding is `{encoding}`, not gzip or zstd").into());
        };
        let is_usual = compression == Compression::Gzip || may_be_any;
        Ok(Answer {
            body: inflate::declared(compression, body, max_body)?,
            content_type,
            lost: (!is_usual).then(|| {
                format!(
                    "the body is {compression}, which Prometheus did not ask for and does not undo"
                )
            }),
        })
    }

    fn header(&self, name: HeaderName) -> Option<String> {
        let value = self.response.headers().get(name);
        value.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    fn encoding(&self) -> Option<String> {
        let encoding = self.header(CONTENT_ENCODING)?.trim().to_owned();
        (!encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity")).then_some(encoding)
    }

    /// Says why there are no metrics: the status, what the server says of it, and what may help.
    fn refusal(self) -> String {
        let status = self.response.status();
        let path = self.response.url().path().to_owned();
        let reason = status.canonical_reason().unwrap_or_default();
        let mut said = format!("the server answers {} {reason}", status.as_u16());
        said.truncate(said.trim_end().len());
        if let Some(explanation) = self.explanation() {
            let explanation = explanation.trim_end_matches(['.', ' ']);
            if !explanation.eq_ignore_ascii_case(reason) {
                said.push_str(&format!(" ({explanation})"));
            }
        }
        match status.as_u16() {
            401 | 403 => said.push_str("; --user, --bearer-token-file and --header say who asks"),
            404 if path != "/metrics" => said.push_str("; metrics are mostly at /metrics"),
            _ => said.push_str("; Prometheus takes 200 only"),
        }
        said
    }

    /// Returns the first line of what the server says instead of metrics.
    fn explanation(self) -> Option<String> {
        let compression = match self.encoding() {
            Some(encoding) => Some(Compression::of_encoding(&encoding)?),
            None => None,
        };
        let said = match compression {
            Some(compression) => {
                inflate::declared(compression, self.take(EXPLANATION), EXPLANATION).ok()?
            }
            None => beginning(self.take(EXPLANATION)),
        };
        let said = String::from_utf8_lossy(&said);
        let line = match said.trim_start().starts_with('<') {
            true => said.split_once("<title>")?.1.split_once("</title>")?.0,
            false => said.lines().find(|line| !line.trim().is_empty())?,
        };
        let line = printable(line.trim());
        let told: String = line.chars().take(TOLD).collect();
        Some(match told.len() < line.len() {
            true => format!("{told}…"),
            false => told,
        })
    }
}

/// Reads what there is until the end, or until something goes wrong.
fn beginning(mut from: impl Read) -> Vec<u8> {
    let mut read = Vec::new();
    // What came before an error is still in the vector.
    let _ = from.read_to_end(&mut read);
    read
}

impl Read for Body<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        loop {
            let copied = self.chunk.read(to)?;
            if copied > 0 || to.is_empty() {
                return Ok(copied);
            }
            let next = self.deadline.wait(self.response.chunk());
            match self.runtime.block_on(next) {
                Ok(Ok(Some(chunk))) => {
                    self.received += chunk.len() as u64;
                    self.chunk = Cursor::new(chunk.to_vec());
                }
                Ok(Ok(None)) => return Ok(0),
                Ok(Err(error)) => {
                    let received = number::bytes(self.received as f64);
                    let cause = cause::deepest(&error);
                    return Err(io::Error::other(format!(
                        "the body is cut off after {received}: {cause}"
                    )));
                }
                Err(waited) => {
                    let received = number::bytes(self.received as f64);
                    return Err(io::Error::other(format!(
                        "the body does not end within {waited}, {received} have come; \
                         --timeout waits longer"
                    )));
                }
            }
        }
    }
}
