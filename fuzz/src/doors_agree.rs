//! Slice, reader, chunks and cache give the same lines, errors and positions, and the doors of families the
//! same families.

use std::io;

use arbitrary::Arbitrary;
use exposition::{
    ChunkParser, Dialect, Error, ErrorKind, Families, FamilyChunks, FamilyReader, Filter, Limits,
    Line, MetricFamily, Parser, Position, Reader, ScrapeCache,
};

use super::cached;
use super::input::{self, Form, SmallLimits};
use super::lossless::rises;
use super::words;

/// The options of an input.
#[derive(Debug, Arbitrary)]
struct Options {
    form: Form,
    limits: SmallLimits,
    filter: u8,
    block: u8,
    /// The lengths of what is read or fed at once, repeated.
    cuts: [u8; 4],
}

/// How many bytes of an input its options are.
pub const HEADER: usize = 7 + SmallLimits::LEN;

/// Returns the options of a seed in that dialect. Each `kind` gives other options.
pub fn header(dialect: u8, kind: u8) -> [u8; HEADER] {
    let line = if kind % 5 == 1 { 40 } else { 0 };
    let body = if kind % 7 == 2 { 200 } else { 0 };
    [
        Form::raw(dialect),
        line,
        0,
        body,
        0,
        kind,
        kind.wrapping_mul(7),
        kind,
        3,
        200,
        1,
    ]
}

/// The settings of every door.
struct Settings {
    dialect: Dialect,
    limits: Limits,
    filter: Option<Filter>,
    block: usize,
    cuts: [u8; 4],
}

/// Asserts that every door gives what the slice door gives.
pub fn doors_agree(data: &[u8]) {
    let Some((options, rest)) = input::split::<Options>(data, HEADER) else {
        return;
    };
    let body = options.form.body(rest);
    let settings = Settings {
        dialect: options.form.dialect(),
        limits: options.limits.limits(),
        filter: filter(options.filter),
        block: usize::from(options.block) + 1,
        cuts: options.cuts,
    };
    settings.reader_gives_the_lines(&body);
    settings.chunks_give_the_lines(&body);
    settings.family_doors_agree(&body);
    settings.a_filter_chooses(&body);
    settings.a_cache_gives_the_lines(&body);
}

/// Returns a filter, mostly none.
fn filter(which: u8) -> Option<Filter> {
    let name = words::NAMES[usize::from(which / 8) % words::NAMES.len()];
    Some(match which % 8 {
        0 => Filter::names([name]),
        1 => Filter::names([name, "a", "h_sum"]),
        2 => Filter::prefix(name),
        3 => Filter::matching(|name| name.len() % 2 == 0),
        _ => return None,
    })
}

impl Settings {
    fn parser<'b>(&self, body: &'b [u8]) -> Parser<'b> {
        let parser = Parser::new(body, self.dialect).limits(self.limits);
        let parser = parser.note_leniencies();
        match &self.filter {
            Some(filter) => parser.filter_by(filter.clone()),
            None => parser,
        }
    }

    fn reader<'b>(&self, body: &'b [u8]) -> Reader<Fitful<'b>> {
        let io = Fitful {
            body,
            cuts: self.cuts,
            turn: 0,
        };
        let reader = Reader::new(io, self.dialect)
            .limits(self.limits)
            .note_leniencies()
            .buffer_capacity(self.block);
        match &self.filter {
            Some(filter) => reader.filter_by(filter.clone()),
            None => reader,
        }
    }

    fn chunk_parser(&self) -> ChunkParser {
        let parser = ChunkParser::new(self.dialect).limits(self.limits);
        let parser = parser.note_leniencies();
        match &self.filter {
            Some(filter) => parser.filter_by(filter.clone()),
            None => parser,
        }
    }

    /// Returns the pieces in which the body is fed, including empty ones.
    fn chunks<'b>(&self, body: &'b [u8]) -> Vec<&'b [u8]> {
        let mut rest = body;
        let mut chunks = Vec::new();
        while !rest.is_empty() {
            let cut = self.cuts[chunks.len() % self.cuts.len()];
            // Four zeros would never end.
            let cut = usize::from(cut).max(usize::from(chunks.len() % 4 == 3));
            let (now, later) = rest.split_at(cut.min(rest.len()));
            chunks.push(now);
            rest = later;
        }
        chunks
    }

    /// Asserts that a cache gives the same lines after any other body: with other values, without some lines,
    /// in another order, with a new line before each, a part of it or nothing, and alternating with one that
    /// shares nothing with it.
    fn a_cache_gives_the_lines(&self, body: &[u8]) {
        let lines: Vec<&[u8]> = body.split_inclusive(|byte| *byte == b'\n').collect();
        let counted: Vec<u8> = (lines.iter().flat_map(|line| one_more(line))).collect();
        let stays = |at: &usize| self.cuts[at % self.cuts.len()].is_multiple_of(2);
        let some: Vec<&[u8]> = (0..lines.len()).filter(stays).map(|at| lines[at]).collect();
        let mut turned = lines.clone();
        turned.rotate_left(self.block % lines.len().max(1));
        let mixed: Vec<u8> = (lines.iter().enumerate())
            .flat_map(|(at, line)| [format!("z{at} 1 2\n").as_bytes(), line].concat())
            .collect();
        let half = lines.len() / 2;
        let (some, turned) = (some.concat(), turned.concat());
        let (first, last) = (lines[..half].concat(), lines[half..].concat());
        let bodies = [
            body, &counted, &some, &turned, body, &mixed, &first, &mixed, body, &last, &first,
            &last, b"", body,
        ];
        cached::check(bodies.map(|body| (body, self.dialect)), self.limits);
        self.a_cache_chooses(body);
    }

    /// Asserts that a cache with a filter gives lines and errors where a parser does.
    fn a_cache_chooses(&self, body: &[u8]) {
        let Some(filter) = &self.filter else {
            return;
        };
        let mut cache = ScrapeCache::new().limits(self.limits);
        let mut pass = cache.read(body, self.dialect);
        let chosen = pass.filter_by(filter).map(|line| line.is_ok());
        let given = self.parser(body).map(|line| line.is_ok());
        assert!(chosen.eq(given), "{}", shown(body));
    }

    fn reader_gives_the_lines(&self, body: &[u8]) {
        let mut slice = self.parser(body);
        let mut reader = self.reader(body);
        loop {
            let got = reader.next_line();
            if matches!(&got, Err(error) if error.kind() == ErrorKind::Io) {
                continue;
            }
            let got = got.transpose();
            let ended = got.is_none();
            let too_long = is_too_long(&got);
            same_line("reader", body, slice.next(), got);
            self.same_place("reader", body, too_long, &slice, reader.position());
            if ended {
                break;
            }
        }
        let (expected, got) = (slice.take_leniencies(), reader.take_leniencies());
        assert_eq!(expected, got, "reader: {}", shown(body));
    }

    fn chunks_give_the_lines(&self, body: &[u8]) {
        let mut slice = self.parser(body);
        let mut parser = self.chunk_parser();
        for chunk in self.chunks(body) {
            parser.feed(chunk);
            while let Some(got) = parser.next_line().transpose() {
                let got = Some(got);
                let too_long = is_too_long(&got);
                same_line("chunks", body, slice.next(), got);
                self.same_place("chunks", body, too_long, &slice, parser.position());
            }
        }
        parser.finish();
        loop {
            let got = parser.next_line().transpose();
            let ended = got.is_none();
            let too_long = is_too_long(&got);
            same_line("chunks", body, slice.next(), got);
            self.same_place("chunks", body, too_long, &slice, parser.position());
            if ended {
                break;
            }
        }
        let (expected, got) = (slice.take_leniencies(), parser.take_leniencies());
        assert_eq!(expected, got, "chunks: {}", shown(body));
    }

    /// Compares positions. With a filter one door may go on sooner than another; and a body in pieces may not
    /// have reached the end of a line that is too long.
    fn same_place(
        &self,
        door: &str,
        body: &[u8],
        too_long: bool,
        slice: &Parser<'_>,
        position: Position,
    ) {
        if self.filter.is_none() && !too_long {
            assert_eq!(slice.position(), position, "{door}: {}", shown(body));
        }
    }

    fn family_doors_agree(&self, body: &[u8]) {
        let slice: Vec<_> = Families::from(self.parser(body)).collect();
        let by_reader: Vec<_> = FamilyReader::from(self.reader(body))
            .filter(|item| !is_io(item))
            .collect();
        same_families("reader", body, &slice, &by_reader);

        let mut by_chunks = Vec::new();
        let mut families = FamilyChunks::from(self.chunk_parser());
        for chunk in self.chunks(body) {
            families.feed(chunk);
            by_chunks.extend(std::iter::from_fn(|| families.next_family().transpose()));
        }
        families.finish();
        by_chunks.extend(std::iter::from_fn(|| families.next_family().transpose()));
        same_families("chunks", body, &slice, &by_chunks);
        let families: Vec<_> = slice.iter().flatten().cloned().collect();
        assert_eq!(rises(&families), Ok(()), "{}", body.escape_ascii());

        let slice = Families::from(self.parser(body)).read_all();
        let mut reader = self.reader(body);
        reader = reader.buffer_capacity(self.block * 16);
        let collected = FamilyReader::from(reader).read_all();
        // The reader gives up where its source fails, which the slice cannot do.
        if !collected.errors.iter().any(|e| e.kind() == ErrorKind::Io) {
            let place = shown(body);
            assert_eq!(slice.families, collected.families, "collected: {place}");
            assert_eq!(slice.errors, collected.errors, "collected: {place}");
        }
    }

    /// Asserts that a filter gives the lines that reading everything and choosing gives, and no other error.
    fn a_filter_chooses(&self, body: &[u8]) {
        let Some(filter) = &self.filter else {
            return;
        };
        let all = Parser::new(body, self.dialect).limits(self.limits);
        let (all, errors): (Vec<_>, Vec<_>) = all.partition(Result::is_ok);
        let chosen = all.into_iter().flatten();
        let chosen = chosen.filter(|line| filter.wants_line(line, self.dialect));
        let (got, got_errors): (Vec<_>, Vec<_>) = self.parser(body).partition(Result::is_ok);
        let got: Vec<_> = got.into_iter().flatten().collect();
        assert_eq!(got, chosen.collect::<Vec<_>>(), "{}", shown(body));
        for error in got_errors {
            assert!(errors.contains(&error), "{error:?} of {}", shown(body));
        }
    }
}

fn is_io<T>(item: &Result<T, Error>) -> bool {
    matches!(item, Err(error) if error.kind() == ErrorKind::Io)
}

fn shown(body: &[u8]) -> String {
    format!("{:?}", String::from_utf8_lossy(body))
}

type Item<'a> = Option<Result<Line<'a>, Error>>;

fn is_too_long(item: &Item<'_>) -> bool {
    matches!(item, Some(Err(error)) if error.kind() == ErrorKind::LineTooLong)
}

fn same_line(door: &str, body: &[u8], expected: Item<'_>, got: Item<'_>) {
    if expected != got {
        panic!("{door} gives {got:?}, not {expected:?}, of {}", shown(body));
    }
    if let (Some(Ok(Line::Sample(expected))), Some(Ok(Line::Sample(got)))) = (&expected, &got) {
        let types = [expected, got].map(|sample| sample.metric_type());
        assert_eq!(types[0], types[1], "{door}: {}", shown(body));
    }
    if let (Some(Err(expected)), Some(Err(got))) = (expected, got) {
        assert_eq!(
            expected.render().to_string(),
            got.render().to_string(),
            "{door}: {}",
            shown(body)
        );
    }
}

fn same_families(
    door: &str,
    body: &[u8],
    expected: &[Result<MetricFamily<'_>, Error>],
    got: &[Result<MetricFamily<'_>, Error>],
) {
    for at in 0..expected.len().max(got.len()) {
        let (expected, got) = (expected.get(at), got.get(at));
        let place = shown(body);
        assert_eq!(expected, got, "family {at} through {door}: {place}");
    }
}

/// Returns as much as its cuts say, and a temporary error where one is zero.
struct Fitful<'b> {
    body: &'b [u8],
    cuts: [u8; 4],
    turn: usize,
}

impl io::Read for Fitful<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let turn = self.turn % self.cuts.len();
        self.turn += 1;
        let cut = match self.cuts[turn] {
            0 if turn == 0 => return Err(io::ErrorKind::Interrupted.into()),
            0 if turn == 1 => return Err(io::ErrorKind::WouldBlock.into()),
            cut => usize::from(cut).max(1),
        };
        let now = self.body.get(..cut).unwrap_or(self.body);
        let len = io::Read::read(&mut &*now, buffer)?;
        self.body = &self.body[len..];
        Ok(len)
    }
}

/// Returns the line with another digit at its end, if there is one.
fn one_more(line: &[u8]) -> Vec<u8> {
    let mut line = line.to_vec();
    let last = line.iter_mut().rfind(|byte| **byte != b'\n');
    if let Some(digit) = last.filter(|byte| byte.is_ascii_digit()) {
        *digit = b'0' + (*digit - b'0' + 1) % 10;
    }
    line
}
