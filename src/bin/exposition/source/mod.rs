//! Bodies and texts from files, servers and standard input.

mod answer;
mod arguments;
mod cause;
mod deadline;
mod directory;
mod each;
mod faulty;
mod fetch;
mod http;
mod inflate;
mod inputs;
mod limit;
mod options;
mod progress;
mod reason;
#[cfg(test)]
mod tests;
mod url;

use std::fmt;

use exposition::{Dialect, Families, Format, FormatError, Hint, Limits, Parser, Samples};

use crate::console::Console;
use crate::failure::Result;
use crate::outcome::Outcome;

use answer::Answer;
pub(crate) use arguments::{Bodies, LenientArg, ReadingArgs};
pub(crate) use directory::files;
pub(crate) use each::{ENVOY, each_or_bundled};
pub(crate) use faulty::faulty;
#[cfg(feature = "parquet")]
pub(crate) use fetch::is_url;
pub(crate) use fetch::{Fetcher, called, fetch, text, text_of};
#[cfg(feature = "parquet")]
pub(crate) use inputs::expanded_with_directories;
pub(crate) use inputs::{expanded, is_piped};

/// Who named the format of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// The option `--format`.
    Option,
    /// The header of a response.
    Header,
    /// Nobody: it is what the body looks like.
    Body,
}

/// A body, and what is known of its format.
pub(crate) struct Source {
    /// What it is called: the file, the URL.
    pub(crate) name: String,
    pub(crate) body: Vec<u8>,
    /// The format that it is read as.
    pub(crate) format: Format,
    pub(crate) told: Told,
    /// The header that a scrape uses: that of a server's response, or the usual one of the format.
    pub(crate) content_type: Option<String>,
    /// What is wrong with the header of a server's response.
    pub(crate) doubt: Option<FormatError>,
    /// Why Prometheus loses the scrape, whatever header and body say.
    pub(crate) lost: Option<String>,
    /// The format that the header of a server's response names, if the body is read as another.
    overruled: Option<Format>,
    /// The dialect that the body is read in.
    pub(crate) dialect: Dialect,
    /// How much of it is read before giving up.
    pub(crate) limits: Limits,
}

impl Source {
    /// Creates a source from a body without a header.
    pub(crate) fn new(name: String, body: Vec<u8>, format: Option<Format>) -> Self {
        let told = match format {
            Some(_) => Told::Option,
            None => Told::Body,
        };
        let format = format.unwrap_or_else(|| Format::sniff(&body));
        Source {
            name,
            format,
            told,
            content_type: Some(format.content_type()),
            doubt: None,
            lost: None,
            overruled: None,
            dialect: format.dialect().unwrap_or_default(),
            limits: Limits::default(),
            body,
        }
    }

    /// Creates a source from a bundled body, which may be compressed.
    pub(crate) fn bundled(name: &str, bytes: &[u8], reading: &ReadingArgs) -> Result<Self> {
        let body = inflate::read(bytes, reading.max_body)?;
        Ok(Source::new(name.to_owned(), body, reading.format).limited(reading))
    }

    /// Has the body read under the limits of the options.
    fn limited(mut self, reading: &ReadingArgs) -> Self {
        self.limits = reading.limits();
        self
    }

    /// Creates a source from a server's response.
    fn answered(name: String, answer: Answer, format: Option<Format>) -> Self {
        let mut source = Source::new(name, answer.body, format);
        source.lost = answer.lost;
        let header = answer.content_type;
        let asked = format.map(Format::protocol);
        let told = Format::from_negotiated(header.as_deref(), None, asked.as_slice());
        if let Some(format) = format {
            source.overruled = told
                .ok()
                .filter(|told| told.protocol() != format.protocol());
            return source;
        }
        match told {
            Ok(format) => {
                source.format = format;
                source.dialect = format.dialect().unwrap_or_default();
                source.told = Told::Header;
            }
            // An empty body needs no header.
            Err(error) => source.doubt = (!source.body.is_empty()).then_some(error),
        }
        source.content_type = header;
        source
    }

    /// Has a body in the text format read leniently.
    pub(crate) fn lenient(mut self, lenient: bool) -> Self {
        if lenient && self.dialect == Dialect::Text && !self.format.is_protobuf() {
            self.dialect = Dialect::Lenient;
        }
        self
    }

    /// Reads the body's families.
    pub(crate) fn families(&self) -> Families<'_> {
        match self.format.is_protobuf() {
            true => Families::protobuf(&self.body),
            false => Families::new(&self.body, self.dialect),
        }
        .limits(self.limits)
    }

    /// Reads the body's samples.
    pub(crate) fn samples(&self) -> Samples<'_> {
        match self.format.is_protobuf() {
            true => Samples::new(&self.body, self.format),
            false => Samples::with_dialect(&self.body, self.dialect),
        }
        .limits(self.limits)
    }

    /// Reads the lines of a body in a text format.
    pub(crate) fn lines(&self) -> Parser<'_> {
        Parser::new(&self.body, self.dialect).limits(self.limits)
    }

    /// Says which format the body is read in, and why.
    pub(crate) fn reason(&self) -> impl fmt::Display + '_ {
        reason::Reason(self)
    }

    /// Notes which format the body is read in, if nobody named it.
    pub(crate) fn note_reason(&self, console: &Console<'_>) {
        if self.told == Told::Body && self.doubt.is_none() {
            console.note(format_args!("{}: {}", self.name, self.reason()));
        }
    }

    /// Says what the body looks like, and how to read it that way; `can_be_lenient` tells whether the command
    /// has that option.
    pub(crate) fn hint(&self, can_be_lenient: bool) -> Option<String> {
        let hint = Hint::of_body(&self.body, self.dialect)?;
        Some(match hint {
            Hint::CrLf if can_be_lenient && self.dialect == Dialect::Text => {
                format!("{hint}, which Prometheus refuses; --lenient reads them")
            }
            Hint::CrLf => format!("{hint}, which Prometheus refuses: each has to end in LF alone"),
            Hint::OpenMetrics | Hint::OpenMetrics1 | Hint::OpenMetrics2 => {
                let word = match Format::sniff(&self.body).dialect() {
                    Some(Dialect::OpenMetrics2) => "openmetrics2",
                    _ => "openmetrics",
                };
                format!("{hint}; --format {word} reads it as what it is")
            }
            Hint::Gzip if fetch::is_url(&self.name) => {
                format!("{hint}: the server does not say so in its Content-Encoding")
            }
            Hint::Gzip => "the body is gzip inside of gzip: it has to be decompressed twice".into(),
            Hint::Html | Hint::Json => {
                format!("{hint}: is that the place of the metrics, often /metrics?")
            }
            Hint::ByteOrderMark => {
                format!("{hint}, which Prometheus refuses: it has to be saved without one")
            }
            _ => hint.to_string(),
        })
    }

    /// Tells what the body looks like, if that does not go with its format.
    pub(crate) fn tell_looks(&self, can_be_lenient: bool, console: &Console<'_>) {
        if let Some(hint) = self.hint(can_be_lenient) {
            console.note(format_args!("{}: {hint}", self.name));
        }
    }

    /// Tells what is odd about the body: a header that Prometheus does not take, and looks that do not go with
    /// the format.
    pub(crate) fn tell(&self, can_be_lenient: bool, console: &Console<'_>) -> Outcome {
        let name = &self.name;
        self.tell_looks(can_be_lenient, console);
        if let Some(overruled) = self.overruled {
            console.note(format_args!(
                "{name}: {}, though its Content-Type says {}",
                self.reason(),
                overruled.protocol()
            ));
        }
        if let Some(lost) = &self.lost {
            console.tell(format_args!(
                "error: {name}: {lost}, so it loses the scrape"
            ));
        }
        match &self.doubt {
            None if self.lost.is_some() => Outcome::Unreadable,
            None => Outcome::Fine,
            Some(doubt) => {
                console.tell(format_args!(
                    "error: {name}: {doubt}, so Prometheus loses the scrape, unless \
                     fallback_scrape_protocol names a format; here it is read as {}",
                    self.format.protocol()
                ));
                Outcome::Unreadable
            }
        }
    }
}

/// Gets a body to read its lines, which protobuf does not have.
pub(crate) fn with_lines(source: Source) -> Result<Source> {
    match source.format.is_protobuf() {
        true => {
            let instead = "`exposition convert --to text` makes lines of it";
            Err(format!(
                "{}: this is protobuf, which has no lines; {instead}",
                source.name
            )
            .into())
        }
        false => Ok(source),
    }
}
