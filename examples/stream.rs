//! Reads an answer while it arrives: memory is bounded by the longest line, not by the body.

use std::error::Error;

use axum::{Router, http::header::CONTENT_TYPE, routing::get};
use exposition::{Format, Result, SampleChunks, SampleView as _};
use tokio::net::TcpListener;

/// What is wanted of the body.
#[derive(Debug, Default)]
struct Sums {
    samples: u64,
    requests: f64,
}

impl Sums {
    /// Takes the samples that are complete.
    fn take(&mut self, samples: &mut SampleChunks) -> Result<()> {
        while let Some(sample) = samples.next_sample()? {
            self.samples += 1;
            if sample.name() == "requests_total" {
                self.requests += sample.value().as_f64().unwrap_or_default();
            }
        }
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Only where reqwest is built with TLS and without a provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/metrics", listener.local_addr()?);
    tokio::spawn(async { axum::serve(listener, server()).await });

    let mut response = reqwest::get(url).await?.error_for_status()?;
    let header = response.headers().get(CONTENT_TYPE);
    let format = Format::from_content_type_bytes(header.map(|value| value.as_bytes()), None)?;
    let (mut samples, mut sums) = (SampleChunks::new(format), Sums::default());
    while let Some(chunk) = response.chunk().await? {
        samples.feed(&chunk);
        sums.take(&mut samples)?;
    }
    samples.finish();
    sums.take(&mut samples)?;
    let Sums { samples, requests } = sums;
    println!("{format}\n{requests} requests in {samples} samples");
    Ok(())
}

/// A server with a long answer.
fn server() -> Router {
    let line = |user| format!("requests_total{{user=\"{user}\"}} 2\n");
    let body: String = (0..100_000).map(line).collect();
    let metrics = || async { ([(CONTENT_TYPE, "text/plain; version=0.0.4")], body) };
    Router::new().route("/metrics", get(metrics))
}
