//! Reads bodies that are far larger than memory should be and are generated while they are read, and shows
//! how much memory that took.

use std::error::Error;
use std::fs;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use allocation_counter::measure;
#[cfg(feature = "arrow")]
use exposition::Format;
#[cfg(feature = "arrow")]
use exposition::arrow::{Batch, BatchReader, Body};
use exposition::{Dialect, FamilyReader, Line, Reader};

#[path = "../tests/support/program.rs"]
mod program;

use program::Asked;

const HELP: &str = "\
Reads a large body line by line, and one of many series family by family and, with the feature `arrow`, into record
batches, and tells how much memory that takes: the largest sum of allocated bytes, and the most that the process had in memory. The bodies are
made while they are read. Each is read twice, at a sixteenth of its size first: what is flat stays.

Usage: big [OPTIONS]

Options:
      --bytes N   the least length of the body that is read line by line, 2147483648 unless told
      --series N  the series that are read family by family and into batches, all different, 10000000 unless told
      --family N  how many of them are in one family, 1000 unless told
  -h, --help      this text
";

struct Arguments {
    bytes: u64,
    series: u64,
    family: u64,
}

fn parse(mut parser: lexopt::Parser) -> Result<Asked<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments {
        bytes: 2 << 30,
        series: 10_000_000,
        family: 1000,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Asked::Help),
            Long("bytes") => arguments.bytes = parser.value()?.parse()?,
            Long("series") => arguments.series = parser.value()?.parse()?,
            Long("family") => {
                let at_least_one = |text: &str| match text.parse() {
                    Ok(0) => Err("a family has at least one series".to_owned()),
                    Ok(family) => Ok(family),
                    Err(error) => Err(format!("{error}")),
                };
                arguments.family = parser.value()?.parse_with(at_least_one)?;
            }
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Asked::Run(arguments))
}

/// A body of counters, each with its own labels, generated line by line as it is read.
struct Counters {
    /// The number of series in one family.
    family: u64,
    size: Size,
    line: Vec<u8>,
    /// How much of the line has been read.
    given: usize,
    bytes: u64,
    lines: u64,
    series: u64,
}

/// The size at which a body ends.
#[derive(Clone, Copy)]
enum Size {
    Bytes(u64),
    Series(u64),
}

impl Counters {
    fn new(family: u64, size: Size) -> Self {
        Counters {
            family,
            size,
            line: Vec::new(),
            given: 0,
            bytes: 0,
            lines: 0,
            series: 0,
        }
    }

    /// Writes the next line. Returns whether there is one.
    fn next_line(&mut self) -> io::Result<bool> {
        self.given = 0;
        self.line.clear();
        let is_whole = match self.size {
            Size::Bytes(bytes) => self.bytes >= bytes,
            Size::Series(series) => self.series >= series,
        };
        if is_whole {
            return Ok(false);
        }
        let (number, family) = (self.series, self.series / self.family);
        if number.is_multiple_of(self.family) {
            writeln!(
                self.line,
                "# HELP requests_{family}_total Requests of service {family}."
            )?;
            writeln!(self.line, "# TYPE requests_{family}_total counter")?;
            self.lines += 2;
        }
        let (code, pod, zone) = (200 + number % 7, number / 7, number % 3);
        writeln!(
            self.line,
            "requests_{family}_total{{code=\"{code}\",pod=\"shop-{pod}\",zone=\"eu-{zone}\"}} {number}.5",
        )?;
        self.lines += 1;
        self.series += 1;
        self.bytes += self.line.len() as u64;
        Ok(true)
    }
}

impl Read for Counters {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
            let mut left = self.line.get(self.given..).unwrap_or_default();
            if left.is_empty() {
                match self.next_line()? {
                    true => continue,
                    false => break,
                }
            }
            let read = left.read(room)?;
            self.given += read;
            filled += read;
        }
        Ok(filled)
    }
}

/// What was read, and the memory it took.
#[derive(Debug, Default)]
struct Reading {
    bytes: u64,
    lines: u64,
    samples: u64,
    families: u64,
    heap: u64,
    /// The peak memory of the process, in KiB, where that is known.
    process: Option<u64>,
}

impl Reading {
    fn of(
        mut body: Counters,
        read: impl FnOnce(&mut Counters, &mut Reading) -> exposition::Result<()>,
    ) -> exposition::Result<Reading> {
        let mut reading = Reading::default();
        // Resets the peak, where that is allowed.
        _ = fs::write("/proc/self/clear_refs", "5");
        let mut result = Ok(());
        let allocated = measure(|| result = read(&mut body, &mut reading));
        result?;
        reading.bytes = body.bytes;
        reading.lines = body.lines;
        reading.heap = allocated.bytes_max;
        reading.process = peak();
        Ok(reading)
    }

    /// Reads lines.
    fn of_lines(bytes: u64) -> exposition::Result<Reading> {
        Reading::of(Counters::new(1000, Size::Bytes(bytes)), |body, reading| {
            let mut reader = Reader::new(body, Dialect::Text);
            while let Some(line) = reader.next_line()? {
                reading.samples += u64::from(matches!(line, Line::Sample(_)));
            }
            Ok(())
        })
    }

    /// Reads families, one at a time.
    fn of_families(series: u64, family: u64) -> exposition::Result<Reading> {
        Reading::of(
            Counters::new(family, Size::Series(series)),
            |body, reading| {
                for family in FamilyReader::new(body, Dialect::Text) {
                    reading.families += 1;
                    reading.samples += family?.samples().count() as u64;
                }
                Ok(())
            },
        )
    }

    /// Reads record batches.
    #[cfg(feature = "arrow")]
    fn of_batches(series: u64, family: u64) -> exposition::Result<Reading> {
        Reading::of(
            Counters::new(family, Size::Series(series)),
            |body, reading| {
                let bodies = std::iter::once(Body::new("target", Format::default(), body));
                for batch in BatchReader::new(bodies) {
                    if let Ok(Batch::Samples(batch)) = batch {
                        reading.samples += batch.num_rows() as u64;
                    }
                }
                Ok(())
            },
        )
    }

    fn show(&self, what: &str, out: &mut dyn Write) -> io::Result<()> {
        let Reading {
            bytes,
            lines,
            samples,
            families,
            heap,
            process,
        } = self;
        write!(
            out,
            "{what:<12} {bytes:>13} {lines:>11} {samples:>11} {families:>9} {heap:>10}"
        )?;
        match process {
            Some(kib) => writeln!(out, " {kib:>12}"),
            None => writeln!(out, " {:>12}", "unknown"),
        }
    }
}

/// Returns the peak memory of this process, in KiB.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().strip_suffix(" kB")?.parse().ok()
}

fn run(arguments: Arguments, out: &mut dyn Write) -> Result<bool, Box<dyn Error>> {
    let Arguments {
        bytes,
        series,
        family,
    } = arguments;
    writeln!(
        out,
        "{:<12} {:>13} {:>11} {:>11} {:>9} {:>10} {:>12}",
        "", "bytes", "lines", "samples", "families", "heap bytes", "process KiB"
    )?;
    for part in [16, 1] {
        Reading::of_lines(bytes / part)?.show("Reader", out)?;
        out.flush()?;
    }
    for part in [16, 1] {
        Reading::of_families(series / part, family)?.show("FamilyReader", out)?;
        out.flush()?;
    }
    #[cfg(feature = "arrow")]
    for part in [16, 1] {
        Reading::of_batches(series / part, family)?.show("BatchReader", out)?;
        out.flush()?;
    }
    Ok(true)
}

fn main() -> ExitCode {
    program::main(HELP, parse, run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_does_not_grow_with_the_body() {
        let [some, more] = [1 << 20, 4 << 20].map(|bytes| Reading::of_lines(bytes).unwrap());
        assert!(more.bytes >= 4 << 20, "{more:?}");
        assert!(
            more.samples > 3 * some.samples && some.samples > 10_000,
            "{some:?} {more:?}"
        );
        assert_eq!(some.heap, more.heap);
        assert!(some.heap < 1 << 19, "{some:?}");
    }

    #[test]
    fn memory_does_not_grow_with_the_number_of_families() {
        let [some, more] =
            [10_000, 40_000].map(|series| Reading::of_families(series, 100).unwrap());
        assert_eq!((some.samples, some.families), (10_000, 100));
        assert_eq!((more.samples, more.families), (40_000, 400));
        assert!(more.heap < some.heap + some.heap / 4, "{some:?} {more:?}");
    }

    /// Of one family too, however many series it has.
    #[test]
    #[cfg(feature = "arrow")]
    fn memory_does_not_grow_with_the_number_of_batches() {
        for family in [100, u64::MAX] {
            let [some, more] =
                [20_000, 80_000].map(|series| Reading::of_batches(series, family).unwrap());
            assert_eq!((some.samples, more.samples), (20_000, 80_000));
            assert!(more.heap < some.heap + some.heap / 4, "{some:?} {more:?}");
            assert!(more.heap < 8 << 20, "{more:?}");
        }
    }
}
