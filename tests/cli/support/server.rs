//! A small server, which answers as a test says.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// What a server was asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// How many requests came before.
    pub(crate) number: usize,
    /// The request line, then the headers, whose names are in lower case.
    pub(crate) lines: Vec<String>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.lines.iter().filter_map(|line| line.split_once(": "));
        lines.find_map(|(found, value)| (found == name).then_some(value))
    }

    pub(crate) fn path(&self) -> &str {
        self.lines[0].split(' ').nth(1).unwrap()
    }
}

pub(crate) trait Stream: Read + Write + Send + 'static {}
impl<S: Read + Write + Send + 'static> Stream for S {}

/// Something that connections come from, ready to be read.
type Accept = Box<dyn FnMut() -> io::Result<Box<dyn Stream>> + Send>;
type Answer = dyn Fn(&Request, &mut dyn Write) -> io::Result<()> + Send + Sync;

/// A server that runs until the tests end.
pub(crate) struct Server {
    /// Such as `http://127.0.0.1:1234`.
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Starts a server that answers each request so.
    pub(crate) fn new(
        answer: impl Fn(&Request, &mut dyn Write) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let accept = move || {
            let (stream, _) = listener.accept()?;
            Ok(Box::new(stream) as Box<dyn Stream>)
        };
        Server::of(url, Box::new(accept), answer)
    }

    /// Starts a server whose connections come from there.
    pub(crate) fn of(
        url: String,
        mut accept: Accept,
        answer: impl Fn(&Request, &mut dyn Write) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer): (_, Arc<Answer>) = (Arc::clone(&requests), Arc::new(answer));
        std::thread::spawn(move || {
            while let Ok(stream) = accept() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                // A client that has seen enough closes the connection.
                std::thread::spawn(move || drop(serve(stream, &seen, &*answer)));
            }
        });
        Server { url, requests }
    }

    /// Starts a server that answers everything with that body in the text format.
    pub(crate) fn of_text(body: &'static str) -> Self {
        Server::new(move |_, out| reply(out, "200 OK", TEXT, body.as_bytes()))
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Returns the URL of its metrics.
    pub(crate) fn metrics(&self) -> String {
        format!("{}/metrics", self.url)
    }

    /// Returns the text with the server's name replaced.
    pub(crate) fn hidden(&self, text: &str) -> String {
        let text = text.replace(&self.url, "URL");
        text.replace(self.url.split_once("://").unwrap().1, "HOST")
    }
}

fn serve(
    mut stream: Box<dyn Stream>,
    seen: &Mutex<Vec<Request>>,
    answer: &Answer,
) -> io::Result<()> {
    let mut lines = Vec::new();
    for line in BufReader::new(&mut stream).lines() {
        let line = line?;
        match line.split_once(": ") {
            _ if line.is_empty() => break,
            Some((name, value)) => lines.push(format!("{}: {value}", name.to_lowercase())),
            None => lines.push(line),
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    let request = {
        let mut seen = seen.lock().unwrap();
        let number = seen.len();
        seen.push(Request { number, lines });
        seen[number].clone()
    };
    answer(&request, &mut stream)?;
    stream.flush()
}

/// The header of the text format.
pub(crate) const TEXT: &str = "Content-Type: text/plain; version=0.0.4\r\n";

/// Writes a whole response; each of the headers ends in CR LF.
pub(crate) fn reply(
    out: &mut dyn Write,
    status: &str,
    headers: &str,
    body: &[u8],
) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    out.write_all(head.as_bytes())?;
    out.write_all(body)
}
