//! Gets bodies and texts from files, servers and standard input.

use std::cell::OnceCell;
use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};

use super::arguments::ReadingArgs;
use super::http::Http;
use super::url::without_password;
use super::{Source, inflate, limit, progress};
use crate::failure::Result;

/// Gets a body from a file, a URL or, for `-`, standard input.
pub(crate) fn fetch(from: &OsStr, reading: &ReadingArgs) -> Result<Source> {
    Fetcher::new(reading).fetch(from)
}

/// Gets bodies one after another, with what is only needed once.
pub(crate) struct Fetcher<'r> {
    reading: &'r ReadingArgs,
    http: OnceCell<Http<'r>>,
    show_progress: bool,
}

impl<'r> Fetcher<'r> {
    pub(crate) fn new(reading: &'r ReadingArgs) -> Self {
        Fetcher {
            reading,
            http: OnceCell::new(),
            show_progress: true,
        }
    }

    /// Draws no bars, for somebody else draws.
    pub(crate) fn without_progress(mut self) -> Self {
        self.show_progress = false;
        self
    }

    pub(crate) fn fetch(&self, from: &OsStr) -> Result<Source> {
        let ReadingArgs {
            format, max_body, ..
        } = *self.reading;
        let name = called(from);
        let named = |error: &dyn fmt::Display| format!("{name}: {error}");
        if let Some(url) = from.to_str().filter(|name| is_url(name)) {
            let answer = self
                .http()
                .and_then(|http| http.get(url, format, max_body, self.show_progress));
            let answer = answer.map_err(|error| named(&crate::failure::in_full(&*error)))?;
            return Ok(Source::answered(name, answer, format).limited(self.reading));
        }
        let body = open(from, self.show_progress)
            .and_then(|file| inflate::read(file, max_body))
            .map_err(|error| named(&error))?;
        Ok(Source::new(name, body, format).limited(self.reading))
    }

    fn http(&self) -> Result<&Http<'r>> {
        match self.http.get() {
            Some(http) => Ok(http),
            None => {
                let http = Http::new(&self.reading.http)?;
                Ok(self.http.get_or_init(|| http))
            }
        }
    }
}

/// Returns what people call the place of a body.
pub(crate) fn called(from: &OsStr) -> String {
    if from == "-" {
        return "standard input".to_owned();
    }
    let name = from.to_string_lossy().into_owned();
    match is_url(&name) {
        true => without_password(&name).unwrap_or(name),
        false => name,
    }
}

/// Tells whether the name is that of something on a server.
pub(crate) fn is_url(name: &str) -> bool {
    let scheme = name.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
    })
}

/// Says what is wrong with a name that may be meant as a URL.
fn no_file(from: &OsStr) -> Option<String> {
    let name = from.to_str()?;
    if let Some((scheme, _)) = name.split_once("://") {
        return Some(format!("`{scheme}` is neither http nor https"));
    }
    let (host, rest) = name.split_once(':')?;
    let port = rest.split('/').next()?;
    let is_port = !host.is_empty() && port.parse::<u16>().is_ok();
    is_port.then(|| format!("there is no such file; the URL is http://{name}"))
}

/// Reads a text, such as YAML, from a file or, for `-`, standard input.
pub(crate) fn text(from: &OsStr) -> Result<String> {
    let name = called(from);
    let bytes = open(from, true).and_then(|file| limit::read(file, limit::MAX_TEXT, "the file"));
    let bytes = bytes.map_err(|error| format!("{name}: {error}"))?;
    Ok(String::from_utf8(bytes).map_err(|error| format!("{name}: {}", error.utf8_error()))?)
}

/// Reads a text, such as JSON, from a file, a URL or, for `-`, standard input.
pub(crate) fn text_of(from: &OsStr, reading: &ReadingArgs) -> Result<String> {
    if !from.to_str().is_some_and(is_url) {
        return text(from);
    }
    let source = fetch(from, reading)?;
    let text = String::from_utf8(source.body);
    Ok(text.map_err(|error| format!("{}: {}", source.name, error.utf8_error()))?)
}

fn open(from: &OsStr, show_progress: bool) -> io::Result<Box<dyn Read>> {
    if from == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(from).map_err(|error| match no_file(from) {
        Some(why) if error.kind() == io::ErrorKind::NotFound => io::Error::other(why),
        _ => error,
    })?;
    let about = file.metadata()?;
    if about.is_dir() {
        return Err(io::Error::other(
            "this is a directory; a pattern such as 'DIR/*' takes the files in it",
        ));
    }
    // What has no length, such as a named pipe, says 0.
    let length = Some(about.len()).filter(|bytes| *bytes > 0);
    Ok(match show_progress {
        true => Box::new(progress::Shown::new(file, length)),
        false => Box::new(file),
    })
}
