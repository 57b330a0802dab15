//! Who else reads bodies, and what becomes of them there.

use std::fmt;

/// A program that reads expositions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reader {
    /// The Prometheus server.
    Prometheus,
    /// `promtool check metrics`, and whatever else reads with Go's `expfmt`.
    Promtool,
    /// Telegraf: its text parser is `expfmt`, its OpenMetrics parser its own.
    Telegraf,
    /// The parsers of Python's `prometheus_client`.
    ClientPython,
    /// VictoriaMetrics. What it refuses is a line, never the body.
    VictoriaMetrics,
}

impl Reader {
    /// Returns the name, for example `promtool`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Reader::Prometheus => "Prometheus",
            Reader::Promtool => "promtool",
            Reader::Telegraf => "Telegraf",
            Reader::ClientPython => "client_python",
            Reader::VictoriaMetrics => "VictoriaMetrics",
        }
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a reader makes of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Outcome {
    /// It takes the body and reads something else, or loses a part.
    Misreads,
    /// It refuses the body; VictoriaMetrics drops the line.
    Refuses,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Outcome::Misreads => "misreads",
            Outcome::Refuses => "refuses",
        })
    }
}
