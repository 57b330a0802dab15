//! Takes connections, and lets them go.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, sleep, sleep_until};
use tower::ServiceExt as _;

use crate::log::log;
use crate::options::Options;

/// How long to wait after a connection could not be taken, as there are too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// What every connection has to know.
#[derive(Debug, Clone)]
struct Terms {
    max_header: usize,
    /// The longest that a request and its answer may take.
    answered_within: Duration,
    /// The longest without a request.
    idle: Duration,
    /// Is told of each answer that is made, if one is enough.
    once: Option<Arc<Notify>>,
}

/// The moment at which a connection ends. Every request puts it off.
#[derive(Debug, Clone)]
struct Deadline(Arc<Mutex<Instant>>);

impl Deadline {
    fn after(time: Duration) -> Self {
        Deadline(Arc::new(Mutex::new(Instant::now() + time)))
    }

    fn get(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_off(&self, time: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + time;
    }

    async fn passed(&self) {
        loop {
            let deadline = self.get();
            if deadline <= Instant::now() {
                return;
            }
            sleep_until(deadline).await;
        }
    }
}

/// Serves until `stop`, and then the requests that have begun, for no longer than `options.grace`.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    options: &Options,
    stop: impl Future<Output = ()>,
) {
    let once = options.once.then(|| Arc::new(Notify::new()));
    let terms = Terms {
        max_header: options.max_header,
        answered_within: options.request_timeout + options.idle_timeout,
        idle: options.idle_timeout,
        once: once.clone(),
    };
    let stop = async {
        match once {
            Some(once) => tokio::select! { () = stop => {}, () = once.notified() => {} },
            None => stop.await,
        }
    };
    let mut stop = std::pin::pin!(stop);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(options.max_connections));
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        tokio::select! {
            () = &mut stop => break,
            (place, taken) = next => match taken {
                Ok((stream, _)) => {
                    let served = connection(stream, router.clone(), terms.clone(), graceful.watcher());
                    tokio::spawn(async move {
                        let _place = place;
                        served.await;
                    });
                }
                Err(error) => {
                    log(format_args!("error: {error}"));
                    sleep(PAUSE).await;
                }
            },
        }
    }
    // Who comes now is refused, and may ask another server.
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = sleep(options.grace) => log("error: requests went on for too long, and are cut off"),
    }
}

async fn connection(stream: TcpStream, router: Router, terms: Terms, watcher: Watcher) {
    let deadline = Deadline::after(terms.idle);
    let service = service_fn(|request| {
        deadline.put_off(terms.answered_within);
        let (answer, once) = (router.clone().oneshot(request), terms.once.clone());
        async move {
            let answer = answer.await;
            if let Some(once) = once {
                once.notify_one();
            }
            answer as Result<_, Infallible>
        }
    });
    let connection = http1::Builder::new()
        .max_buf_size(terms.max_header)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // An error is the client's: it went away, or does not speak HTTP.
        _ = watcher.watch(connection) => {}
        () = deadline.passed() => {}
    }
}
