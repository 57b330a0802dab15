//! Slice, reader and chunks give the same families, samples, exemplars and errors of protobuf bodies.

use arbitrary::Arbitrary;
use exposition::protobuf::{ChunkParser, Entry, Parser, Reader};
use exposition::{
    Error, Families, FamilyChunks, FamilyReader, Filter, HistogramOptions, Limits, MetricFamily,
    Result,
};

use super::binary::{self, Dribble, Form};
use super::input;

/// The options of an input. Zeros are the default limits.
#[derive(Debug, Arbitrary)]
struct Options {
    form: Form,
    message: u8,
    labels: u8,
    body: u8,
    histograms: u8,
    filter: u8,
    block: u8,
    cuts: [u8; 4],
}

/// How many bytes of an input its options are.
pub const HEADER: usize = 11;

/// Returns the options of a seed. Each `kind` gives other options.
pub fn header(kind: u8) -> [u8; HEADER] {
    let labels = if kind % 5 == 1 { 3 } else { 0 };
    let message = if kind % 7 == 2 { 60 } else { 0 };
    let body = if kind % 11 == 3 { 90 } else { 0 };
    [
        Form::RAW,
        message,
        labels,
        body,
        kind,
        kind,
        kind,
        kind.wrapping_mul(7),
        kind,
        200,
        1,
    ]
}

struct Settings {
    limits: Limits,
    histograms: HistogramOptions,
    filter: Option<Filter>,
    block: usize,
    cuts: [u8; 4],
}

/// Asserts that every door gives what the slice door gives.
pub fn protobuf_doors_agree(data: &[u8]) {
    let Some((options, rest)) = input::split::<Options>(data, HEADER) else {
        return;
    };
    let body = options.form.body(rest);
    let mut limits = Limits::new();
    if let Some(message) = options.message.checked_sub(1) {
        limits = limits.max_message_bytes(message.into());
    }
    if let Some(labels) = options.labels.checked_sub(1) {
        limits = limits.max_labels(labels.into());
    }
    if let Some(body) = options.body.checked_sub(1) {
        limits = limits.max_body_bytes(body.into());
    }
    let filter = match options.filter % 8 {
        0 => Some(Filter::names(["a", "h_bucket", "x.y_sum"])),
        1 => Some(Filter::prefix("h")),
        2 => Some(Filter::matching(|name| name.len() % 2 == 0)),
        _ => None,
    };
    let settings = Settings {
        limits,
        histograms: binary::histograms(options.histograms),
        filter,
        block: usize::from(options.block) + 1,
        cuts: options.cuts,
    };
    settings.entries_agree(&body);
    settings.samples_agree(&body);
    settings.families_agree(&body);
}

/// Sets everything that all doors have.
macro_rules! set {
    ($settings:expr, $door:expr) => {{
        let door = $door.limits($settings.limits);
        let door = door.histograms($settings.histograms);
        match &$settings.filter {
            Some(filter) => door.filter_by(filter.clone()),
            None => door,
        }
    }};
}

impl Settings {
    fn parser<'b>(&self, body: &'b [u8]) -> Parser<'b> {
        set!(self, Parser::new(body))
    }

    fn reader<'b>(&self, body: &'b [u8]) -> Reader<Dribble<'b>> {
        let dribble = Dribble {
            body,
            cuts: self.cuts,
            turn: 0,
        };
        set!(self, Reader::new(dribble)).buffer_capacity(self.block)
    }

    fn chunks(&self) -> ChunkParser {
        set!(self, ChunkParser::new())
    }

    fn entries_agree(&self, body: &[u8]) {
        let mut parser = self.parser(body);
        let expected = all(|| parser.next_entry().map(|next| next.as_ref().map(shown)));
        places_rise(&expected, body);
        let mut reader = self.reader(body);
        let got = all(|| reader.next_entry().map(|next| next.as_ref().map(shown)));
        assert_eq!(got, expected, "reader: {}", body.escape_ascii());
        let mut chunks = self.chunks();
        let mut got = Vec::new();
        for piece in binary::pieces(body, &self.cuts) {
            chunks.feed(piece);
            got.extend(all(|| {
                chunks.next_entry().map(|next| next.as_ref().map(shown))
            }));
        }
        chunks.finish();
        got.extend(all(|| {
            chunks.next_entry().map(|next| next.as_ref().map(shown))
        }));
        assert_eq!(got, expected, "chunks: {}", body.escape_ascii());
        assert_eq!(chunks.next_entry().map(|next| next.is_none()), Ok(true));
    }

    /// Asserts that samples alone are those among the entries, and the errors too.
    fn samples_agree(&self, body: &[u8]) {
        let mut parser = self.parser(body);
        let entries = all(|| {
            let next = parser.next_entry()?;
            Ok(next.map(|entry| entry.into_sample().map(|sample| format!("{sample:?}"))))
        });
        let expected: Vec<Result<String>> =
            entries.into_iter().filter_map(Result::transpose).collect();
        let mut parser = self.parser(body);
        let got = all(|| {
            let next = parser.next_sample()?;
            Ok(next.map(|sample| format!("{sample:?}")))
        });
        assert_eq!(got, expected, "samples: {}", body.escape_ascii());
    }

    fn families_agree(&self, body: &[u8]) {
        let expected: Vec<Result<MetricFamily<'_>>> = Families::from(self.parser(body)).collect();
        let got: Vec<_> = FamilyReader::from(self.reader(body)).collect();
        assert_eq!(got, expected, "family reader: {}", body.escape_ascii());
        let mut families = FamilyChunks::from(self.chunks());
        let mut got = Vec::new();
        for piece in binary::pieces(body, &self.cuts) {
            families.feed(piece);
            got.extend(all(|| families.next_family()));
        }
        families.finish();
        got.extend(all(|| families.next_family()));
        assert_eq!(got, expected, "family chunks: {}", body.escape_ascii());
    }
}

/// Calls until nothing is left.
fn all<T>(mut next: impl FnMut() -> Result<Option<T>>) -> Vec<Result<T>> {
    std::iter::from_fn(|| next().transpose()).collect()
}

/// Shows all that an entry says.
fn shown(entry: &Entry<'_>) -> String {
    match entry {
        Entry::Family(family) => format!("{family:?} {:?}", family.raw_unit()),
        Entry::Sample(sample) => {
            let exemplars: Vec<_> = sample.exemplars().collect();
            let start = sample.start_timestamp();
            let kind = sample.metric_type();
            format!("{sample:?} {start:?} {kind:?} {exemplars:?}")
        }
        entry => format!("{entry:?}"),
    }
}

/// Asserts that errors are in the body, in its order, and that each can be displayed.
fn places_rise(entries: &[Result<String>], body: &[u8]) {
    let mut before = 0;
    for error in entries.iter().filter_map(|entry| entry.as_ref().err()) {
        let at = place(error);
        assert!(
            before <= at && at <= body.len() as u64,
            "{error} of {}",
            body.escape_ascii()
        );
        before = at;
    }
}

fn place(error: &Error) -> u64 {
    assert!(!error.to_string().is_empty() && !error.render().to_string().is_empty());
    error.position().byte
}
