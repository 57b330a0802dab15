//! Exposes metrics with axum, in the format that the scraper asks for.

use std::error::Error;

use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::{Router, response::IntoResponse, routing::get};
use exposition::format::negotiate;
use exposition::{Metric, MetricFamily, MetricType, ScrapeProtocol, encode};
use tower::ServiceExt as _;

/// Returns what there is to expose.
fn families() -> [MetricFamily<'static>; 2] {
    let job = |queue, count| Metric::counter(count).labels([("queue", queue)]);
    [
        MetricFamily::new("jobs_total", MetricType::Counter)
            .help("Jobs done.")
            .metric(job("mail", 3.0))
            .metric(job("print", 4.0)),
        MetricFamily::new("temperature_celsius", MetricType::Gauge).metric(Metric::gauge(21.5)),
    ]
}

async fn metrics(headers: HeaderMap) -> impl IntoResponse {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    let format = negotiate(accept.unwrap_or_default(), &ScrapeProtocol::ALL);
    match encode::to_vec(&families(), format) {
        Ok(body) => Ok(([(CONTENT_TYPE, format.content_type())], body)),
        Err(error) => Err((StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // A program would `axum::serve` it; here the router is asked three times.
    let app = Router::new().route("/metrics", get(metrics));
    let protobuf = "application/vnd.google.protobuf;encoding=delimited;\
                    proto=io.prometheus.client.MetricFamily";
    for accept in [
        "text/plain",
        "application/openmetrics-text;version=1.0.0",
        protobuf,
    ] {
        let request = Request::get("/metrics").header(ACCEPT, accept);
        let answer = app.clone().oneshot(request.body(Body::empty())?).await?;
        let (head, body) = answer.into_parts();
        let header = head.headers.get(CONTENT_TYPE).ok_or("no Content-Type")?;
        println!("{} {}", head.status, header.to_str()?);
        let body = to_bytes(body, usize::MAX).await?;
        match str::from_utf8(&body) {
            Ok(text) => println!("{text}"),
            Err(_) => println!("{} bytes", body.len()),
        }
    }
    Ok(())
}
