//! Servers of all kinds.

#![allow(dead_code, reason = "shared by two tests, of which each uses a part")]

use std::io::Write as _;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const TEXT: &str = "text/plain; version=0.0.4";

/// What a server does after it has written its bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Then {
    Close,
    /// It keeps the connection, and is silent.
    Hang,
    /// It writes the last line again and again.
    Repeat,
}

/// Starts a server like others: with connections that last, and chunks. Returns its URL.
pub(crate) async fn good(content_type: &'static str, body: impl Into<String>) -> String {
    let body = body.into();
    let metrics = async move || ([(CONTENT_TYPE, content_type)], body.clone());
    serve(Router::new().route("/metrics", get(metrics))).await
}

/// Starts a server that shows the headers of the request, each as a label.
pub(crate) async fn echo() -> String {
    let metrics = async |headers: HeaderMap| {
        let header = |(name, value): (_, &axum::http::HeaderValue)| {
            format!("header{{name=\"{name}\",value={value:?}}} 1\n")
        };
        let body: String = headers.iter().map(header).collect();
        ([(CONTENT_TYPE, TEXT)], body)
    };
    serve(Router::new().route("/metrics", get(metrics))).await
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = url(&listener);
    tokio::spawn(async { axum::serve(listener, router).await });
    url
}

/// Starts a server that answers every request with these bytes.
pub(crate) async fn raw(bytes: Vec<u8>, then: Then) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = url(&listener);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, bytes.clone(), then));
        }
    });
    url
}

async fn answer(mut stream: TcpStream, bytes: Vec<u8>, then: Then) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    stream.write_all(&bytes).await?;
    match then {
        Then::Close => Ok(()),
        Then::Hang => {
            while stream.read_buf(&mut request).await? > 0 {}
            Ok(())
        }
        Then::Repeat => {
            let last = bytes.split_inclusive(|byte| *byte == b'\n').next_back();
            let lines = last.unwrap_or_default().repeat(1000);
            loop {
                stream.write_all(&lines).await?;
            }
        }
    }
}

fn url(listener: &TcpListener) -> String {
    format!("http://{}/metrics", listener.local_addr().unwrap())
}

/// Returns an answer without a length, which ends with the connection.
pub(crate) fn head_and_body(headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

/// Returns the head and the first line of an answer that can go on for ever.
pub(crate) fn endless() -> Vec<u8> {
    head_and_body("Content-Type: text/plain\r\n", "endless_total 1\n")
}

pub(crate) fn gzipped(body: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(body).unwrap();
    gzip.finish().unwrap()
}
