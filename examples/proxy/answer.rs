//! Answers requests.

use std::collections::HashSet;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER, VARY,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use exposition::format::negotiate;
use exposition::{Format, ScrapeProtocol};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{self, JoinSet};
use tokio::time::timeout;

use crate::log::log;
use crate::options::Options;
use crate::page::{Recipe, page};
use crate::upstream::{Answer, SCRAPE_TIMEOUT, Upstream};

/// What is there to answer with.
#[derive(Debug)]
pub(crate) struct Proxy {
    upstreams: Vec<Arc<Upstream>>,
    recipe: Arc<Recipe>,
    upstream_timeout: Duration,
    request_timeout: Duration,
    /// A place for each request that may be answered at a time.
    requests: Arc<Semaphore>,
    /// A place for each page that may be made at a time: one per core.
    pages: Arc<Semaphore>,
}

/// A body, whose request keeps its place until the last byte is written or the client is gone.
struct Placed {
    body: Vec<u8>,
    _place: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Placed {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

impl Proxy {
    pub(crate) fn new(options: &Options) -> Result<Self, Box<dyn Error>> {
        let mut names = HashSet::new();
        for target in &options.targets {
            if !names.insert(&target.name) {
                return Err(format!("two servers are named {}", target.name).into());
            }
        }
        let upstreams: Result<_, _> = (options.targets.iter())
            .map(|target| Upstream::new(target, options).map(Arc::new))
            .collect();
        let cores = std::thread::available_parallelism()?.get();
        Ok(Proxy {
            upstreams: upstreams?,
            recipe: Arc::new(Recipe {
                rules: options.rules()?,
                label: options.label.clone(),
                format: options.format,
            }),
            upstream_timeout: options.upstream_timeout,
            request_timeout: options.request_timeout,
            requests: Arc::new(Semaphore::new(options.max_requests)),
            pages: Arc::new(Semaphore::new(cores)),
        })
    }

    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/metrics", get(metrics))
            .route("/-/healthy", get("healthy\n"))
            .fallback((StatusCode::NOT_FOUND, "see /metrics\n"))
            .with_state(Arc::new(self))
    }

    /// Scrapes all servers at once, for no longer than that.
    async fn scrape(&self, patience: Duration) -> Vec<(String, Result<Answer, String>)> {
        let nothing = || Err("the scrape was cut off".to_owned());
        let mut answers: Vec<_> = (self.upstreams.iter())
            .map(|upstream| (upstream.target.name.clone(), nothing()))
            .collect();
        // What still runs when the set is dropped, as the client is gone, is stopped.
        let mut scrapes = JoinSet::new();
        for (number, upstream) in self.upstreams.iter().cloned().enumerate() {
            scrapes.spawn(async move { (number, upstream.scrape(patience).await) });
        }
        while let Some(scraped) = scrapes.join_next().await {
            if let Ok((number, answer)) = scraped
                && let Some(place) = answers.get_mut(number)
            {
                place.1 = answer;
            }
        }
        answers
    }

    /// Makes a page of what all servers answer.
    async fn page(
        &self,
        patience: Duration,
        format: Format,
        gzip: bool,
    ) -> Result<Vec<u8>, Box<dyn Error>> {
        let answers = self.scrape(patience).await;
        let place = Arc::clone(&self.pages).acquire_owned().await?;
        let recipe = Arc::clone(&self.recipe);
        let making = task::spawn_blocking(move || {
            // It is made to the end even if nobody waits for it any more, and keeps its place.
            let _place = place;
            page(&recipe, answers, format, gzip).map_err(|error| error.to_string())
        });
        Ok(making.await??)
    }
}

async fn metrics(State(proxy): State<Arc<Proxy>>, headers: HeaderMap) -> Response {
    let Ok(place) = Arc::clone(&proxy.requests).try_acquire_owned() else {
        return busy("too many requests at a time\n");
    };
    let format = negotiate(&header(&headers, ACCEPT), &ScrapeProtocol::DEFAULT);
    let gzip = takes_gzip(&header(&headers, ACCEPT_ENCODING));
    let patience = scrape_timeout(&headers).map_or(proxy.upstream_timeout, |scraper| {
        scraper.mul_f64(0.9).min(proxy.upstream_timeout)
    });
    let page = proxy.page(patience, format, gzip);
    let body = match timeout(proxy.request_timeout, page).await {
        Ok(Ok(body)) => body,
        Ok(Err(error)) => {
            log(format_args!("error: {error}"));
            return (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response();
        }
        Err(_) => return busy("the answer takes too long\n"),
    };
    let body = Placed {
        body,
        _place: place,
    };
    let described = [
        (CONTENT_TYPE, format.content_type()),
        (VARY, "Accept, Accept-Encoding".to_owned()),
    ];
    let body = Body::from(Bytes::from_owner(body));
    match gzip {
        true => (described, [(CONTENT_ENCODING, "gzip")], body).into_response(),
        false => (described, body).into_response(),
    }
}

fn busy(why: &'static str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")], why).into_response()
}

/// Returns all values of a header, as if they were one.
fn header(headers: &HeaderMap, name: HeaderName) -> String {
    let values = headers.get_all(name).iter();
    let values: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    values.join(",")
}

/// Tells whether an `Accept-Encoding` header names gzip, or everything, and not with the weight 0.
fn takes_gzip(accepted: &str) -> bool {
    let weight = |coding: &str| {
        let mut parts = accepted.split(',').map(|part| part.split(';'));
        let mut found = parts.find(|part| {
            let named = part.clone().next().unwrap_or_default();
            named.trim().eq_ignore_ascii_case(coding)
        })?;
        let weight = found.find_map(|parameter| parameter.trim().strip_prefix("q="));
        Some(weight.map_or(1.0, |weight| weight.trim().parse().unwrap_or(0.0)))
    };
    weight("gzip").or_else(|| weight("*")).unwrap_or(0.0) > 0.0
}

/// Returns how long the scraper waits, if it says so.
fn scrape_timeout(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(SCRAPE_TIMEOUT)?.to_str().ok()?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}
