//! Asks servers for their metrics, as Prometheus does.

use std::cell::OnceCell;
use std::time::Duration;

use exposition::format::accept_header;
use exposition::{EscapingScheme, Format, ScrapeProtocol};
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderName, LOCATION};
use reqwest::{Client, RequestBuilder, Response, Url};
use tokio::runtime::{self, Runtime};

use super::answer::{self, Answer};
use super::cause::Cause;
use super::deadline::Deadline;
use super::options::HttpArgs;
use super::url::shown;
use crate::failure::Result;
use crate::page::printable;

/// What Prometheus tells a server about how long it waits, in seconds.
const SCRAPE_TIMEOUT: HeaderName = HeaderName::from_static("x-prometheus-scrape-timeout-seconds");
/// How often a server may send elsewhere.
const REDIRECTS: usize = 10;

/// What asks servers.
pub(super) struct Http<'r> {
    args: &'r HttpArgs,
    runtime: Runtime,
    plain: OnceCell<Client>,
    https: OnceCell<Client>,
}

impl<'r> Http<'r> {
    pub(super) fn new(args: &'r HttpArgs) -> Result<Self> {
        Ok(Http {
            args,
            runtime: runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
            plain: OnceCell::new(),
            https: OnceCell::new(),
        })
    }

    /// Gets a body. Asks for OpenMetrics 2.0 first if that is the format to read.
    pub(super) fn get(
        &self,
        url: &str,
        format: Option<Format>,
        max_body: u64,
        show_progress: bool,
    ) -> Result<Answer> {
        let deadline = Deadline::after(self.args.timeout());
        let url = Url::parse(url).map_err(|error| format!("this is not a URL: {error}"))?;
        let asked = deadline.wait(self.follow(url, format));
        let response = self.runtime.block_on(asked).map_err(|waited| {
            format!("there is no answer within {waited}; --timeout waits longer")
        })??;
        let body = answer::Body::new(response, &self.runtime, deadline);
        body.decoded(self.args.has(&ACCEPT_ENCODING), max_body, show_progress)
    }

    /// Asks, and goes where the server sends. What identifies the user stays with the server that the user named.
    async fn follow(&self, first: Url, format: Option<Format>) -> Result<Response> {
        let mut url = first.clone();
        for _ in 0..=REDIRECTS {
            let is_same = url.origin() == first.origin();
            let request = self.request(url.clone(), format, is_same)?;
            let response = request.send().await;
            let response = response
                .map_err(|error| Cause::new(&error, &url, self.args.way()))
                .map_err(|cause| match url == first {
                    true => cause.to_string(),
                    false => format!("the server sends to {}, where {cause}", shown(&url)),
                })?;
            let Some(next) = elsewhere(&response)? else {
                return Ok(response);
            };
            url = next;
        }
        Err(format!("the server sends elsewhere more than {REDIRECTS} times").into())
    }

    fn request(
        &self,
        mut url: Url,
        format: Option<Format>,
        is_same: bool,
    ) -> Result<RequestBuilder> {
        if self.args.names_who_asks() {
            // Neither fails for a URL with a host.
            let _ = url.set_username("");
            let _ = url.set_password(None);
        }
        let timeout = self.args.timeout().as_duration();
        let mut request = (self.client(&url)?.get(url)).header(SCRAPE_TIMEOUT, seconds(timeout));
        if !(is_same && self.args.has(&ACCEPT)) {
            request = request.header(ACCEPT, accept(format));
        }
        if !(is_same && self.args.has(&ACCEPT_ENCODING)) {
            request = request.header(ACCEPT_ENCODING, "gzip");
        }
        match is_same {
            true => self.args.identify(request),
            false => Ok(request),
        }
    }

    fn client(&self, url: &Url) -> Result<&Client> {
        let is_https = url.scheme() == "https";
        let cell = match is_https {
            true => &self.https,
            false => &self.plain,
        };
        match cell.get() {
            Some(client) => Ok(client),
            None => {
                let client = self.args.client(is_https)?;
                Ok(cell.get_or_init(|| client))
            }
        }
    }
}

/// Returns where the server sends instead of an answer.
fn elsewhere(response: &Response) -> Result<Option<Url>> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(LOCATION) else {
        return Ok(None);
    };
    let location = String::from_utf8_lossy(location.as_bytes());
    let next = (response.url().join(&location)).map_err(|error| {
        let location = printable(&location);
        format!("the server sends to `{location}`, which is not a URL: {error}")
    })?;
    match next.scheme() {
        "http" | "https" => Ok(Some(next)),
        _ => Err(format!("the server sends to {}, which is not http", shown(&next)).into()),
    }
}

/// Returns what Prometheus accepts.
fn accept(format: Option<Format>) -> String {
    let experimental = ScrapeProtocol::OpenMetricsText200;
    let mut protocols = ScrapeProtocol::DEFAULT.to_vec();
    if format.is_some_and(|format| format.protocol() == experimental) {
        protocols.insert(0, experimental);
    }
    accept_header(&protocols, EscapingScheme::AllowUtf8)
}

fn seconds(timeout: Duration) -> String {
    timeout.as_secs_f64().to_string()
}
