//! Asks the servers for their metrics.

use std::error::Error;
use std::time::Duration;

use exposition::format::accept_header;
use exposition::{EscapingScheme, ScrapeProtocol};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, StatusCode};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::options::{Options, Target};

/// Says how long the scraper waits.
pub(crate) const SCRAPE_TIMEOUT: &str = "x-prometheus-scrape-timeout-seconds";

/// What a server answers.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) body: Vec<u8>,
    pub(crate) content_type: Option<String>,
}

/// A server, and what may be asked of it.
#[derive(Debug)]
pub(crate) struct Upstream {
    pub(crate) target: Target,
    client: Client,
    accept: String,
    max_body: usize,
    connections: Semaphore,
}

impl Upstream {
    pub(crate) fn new(target: &Target, options: &Options) -> Result<Self, Box<dyn Error>> {
        // Needed where reqwest is built with TLS; it fails where it was done before, which is as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let experimental = ScrapeProtocol::OpenMetricsText200;
        let mut protocols = ScrapeProtocol::DEFAULT.to_vec();
        if (options.format).is_some_and(|format| format.protocol() == experimental) {
            protocols.insert(0, experimental);
        }
        Ok(Upstream {
            target: target.clone(),
            client: Client::builder()
                .no_proxy()
                .pool_max_idle_per_host(options.upstream_connections)
                .build()?,
            accept: accept_header(&protocols, EscapingScheme::AllowUtf8),
            max_body: options.max_body,
            connections: Semaphore::new(options.upstream_connections),
        })
    }

    /// Fetches the body, if it comes whole within that time. Waiting for a connection counts.
    pub(crate) async fn scrape(&self, patience: Duration) -> Result<Answer, String> {
        let fetched = timeout(patience, self.fetch(patience)).await;
        fetched.unwrap_or_else(|_| Err(format!("no whole answer within {patience:?}")))
    }

    async fn fetch(&self, patience: Duration) -> Result<Answer, String> {
        let _connection = self.connections.acquire().await.map_err(in_full)?;
        let request = (self.client.get(self.target.url.clone()))
            .header(ACCEPT, &self.accept)
            .header(SCRAPE_TIMEOUT, patience.as_secs_f64().to_string());
        let mut response = request.send().await.map_err(in_full)?;
        if response.status() != StatusCode::OK {
            return Err(format!("it answers {}, not 200", response.status()));
        }
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type =
            content_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let mut body = Vec::new();
        // A chunk is decompressed already, and short.
        while let Some(chunk) = response.chunk().await.map_err(in_full)? {
            if self.max_body - body.len() < chunk.len() {
                return Err(format!("the body is longer than {} bytes", self.max_body));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { body, content_type })
    }
}

/// Returns an error's message, with those of its sources.
fn in_full(error: impl Error + 'static) -> String {
    let first: &(dyn Error + 'static) = &error;
    let errors = std::iter::successors(Some(first), |&error| error.source());
    let messages: Vec<String> = errors.map(ToString::to_string).collect();
    messages.join(": ")
}
