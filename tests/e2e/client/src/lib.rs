//! A server with metrics of `prometheus-client`, for the test beside it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use exposition::ScrapeProtocol;
use exposition::format::negotiate;
use prometheus_client::encoding::{prometheus_protobuf, text};
use prometheus_client::registry::Registry;

/// The formats that the client library writes.
const SUPPORTED: [ScrapeProtocol; 2] = [
    ScrapeProtocol::PrometheusProto,
    ScrapeProtocol::OpenMetricsText100,
];

/// Answers requests on loopback, in the format that they ask for. Returns the address.
pub fn serve(registry: Registry) -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            if let Err(error) = stream.and_then(|stream| answer(stream, &registry)) {
                eprintln!("the server fails: {error}");
            }
        }
    });
    Ok(address)
}

fn answer(mut stream: TcpStream, registry: &Registry) -> std::io::Result<()> {
    let mut accept = String::new();
    for line in BufReader::new(&stream).lines() {
        let line = line?;
        match line.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("accept") => accept = value.to_owned(),
            _ if line.is_empty() => break,
            _ => {}
        }
    }
    let format = negotiate(&accept, &SUPPORTED);
    let body = match format.protocol() {
        ScrapeProtocol::PrometheusProto => {
            prometheus_protobuf::encode_to_vec(registry).map_err(std::io::Error::other)?
        }
        _ => {
            let mut body = String::new();
            text::encode(&mut body, registry).map_err(std::io::Error::other)?;
            body.into_bytes()
        }
    };
    write!(
        stream,
        "HTTP/1.0 200 OK\r\nContent-Type: {}\r\n\r\n",
        format.content_type()
    )?;
    stream.write_all(&body)
}

/// Asks for `/metrics`, and returns the `Content-Type` and the body.
pub fn fetch(address: &str, accept: &str) -> std::io::Result<(String, Vec<u8>)> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET /metrics HTTP/1.0\r\nAccept: {accept}\r\n\r\n")?;
    let mut reader = BufReader::new(stream);
    let (mut line, mut content_type) = (String::new(), String::new());
    while reader.read_line(&mut line)? > 2 {
        if let Some(value) = line.strip_prefix("Content-Type: ") {
            content_type = value.trim_end().to_owned();
        }
        line.clear();
    }
    let mut body = Vec::new();
    reader.read_to_end(&mut body)?;
    Ok((content_type, body))
}
