//! Bodies as lines of single samples, which is what is merged: protobuf, and OpenMetrics 2.0, which has a
//! histogram on one line.

use std::borrow::Cow;
use std::io;

use super::error::MergeError;
use super::report::MergeReport;
use super::{Merge, Source};
use crate::dialect::Dialect;
use crate::encode::output::Output;
use crate::encode::{EncodeError, Encoder};
use crate::error::{Error, ErrorKind, Found};
use crate::families::grouping::Families;
use crate::format::syntax::Composites;
use crate::format::{Format, ScrapeProtocol};
use crate::limits::Limits;
use crate::model::name::EscapingScheme;

/// How many times as long as a body its lines may be: a name or a label that is written once for a histogram is
/// on each of its lines. A histogram of twenty buckets with twenty-five labels takes 16 times as much.
const TIMES: u64 = 64;

/// What the text of every body may have beside that, in bytes.
const AT_LEAST: u64 = 1 << 20;

/// Returns the format whose lines a body is written as before it is merged; `None` if they are merged as they
/// are.
pub(super) fn format_of(source: &Source<'_>) -> Option<ScrapeProtocol> {
    match source.dialect.syntax().composites {
        _ if source.is_protobuf => Some(ScrapeProtocol::PrometheusText100),
        Composites::Lines => None,
        // It has exemplars, units and start times too.
        Composites::Braces => Some(ScrapeProtocol::OpenMetricsText100),
    }
}

/// Returns the format that the outcome is merged in, if it is another one.
pub(super) fn format_for(target: Format) -> Option<Format> {
    let composites = target.dialect()?.syntax().composites;
    let lines = Format::new(ScrapeProtocol::OpenMetricsText100);
    match (composites, target.escaping()) {
        (Composites::Lines, _) => None,
        (Composites::Braces, Some(escaping)) => Some(lines.with_escaping(escaping)),
        // Its names may be quoted.
        (Composites::Braces, None) => Some(lines.with_escaping(EscapingScheme::AllowUtf8)),
    }
}

/// Writes merged lines of OpenMetrics 1.0 in another format.
pub(super) fn assemble(
    lines: &str,
    format: Format,
    out: impl Output,
    lossy: bool,
    report: &mut MergeReport,
) -> Result<(), MergeError> {
    let mut encoder = Encoder::with(out, format)?.lossy(lossy);
    let limits = Limits::new()
        .max_line_bytes(Limits::MAX_LINE)
        .max_labels(usize::MAX)
        .max_body_bytes(u64::MAX);
    let families = Families::new(lines, Dialect::OpenMetrics).limits(limits);
    let mut refused = 0;
    for family in families.read_all().families {
        match encoder.family(&family) {
            // A summary with a label `quantile` of its own, for example, which lines can have.
            Err(EncodeError::Labels { .. }) if lossy => refused += family.samples().count() as u64,
            written => written?,
        }
    }
    let (_, mut omitted) = encoder.end()?;
    omitted.samples += refused;
    report.count(omitted);
    Ok(())
}

/// Makes lines of a source's body. A metric in error is left out, if the merge goes on.
pub(super) fn make_lines(
    source: &mut Source<'_>,
    protocol: ScrapeProtocol,
    merge: &Merge<'_>,
    report: &mut MergeReport,
) -> Result<(), MergeError> {
    let body = std::mem::take(&mut source.body);
    let name = source.name.clone();
    let most = TIMES
        .saturating_mul(body.len() as u64)
        .saturating_add(AT_LEAST);
    let text = Text {
        bytes: Vec::new(),
        most: most.min(merge.limits.max_body_bytes),
    };
    let in_error = |error: Error| MergeError::Line {
        source_name: name.clone().into_owned(),
        error,
    };
    let families = match source.is_protobuf {
        true => Families::protobuf(&*body),
        false => Families::new(&*body, source.dialect),
    };
    let format = Format::new(protocol).with_escaping(EscapingScheme::AllowUtf8);
    let mut encoder = Encoder::from_writer(text, format)?.lossy(true);
    for family in families.limits(merge.limits) {
        let mut family = match family {
            Ok(family) => family,
            Err(error) => {
                merge.bad_line(report, || in_error(error))?;
                continue;
            }
        };
        let written = match encoder.family(&family) {
            // Only in OpenMetrics 2.0 a unit need not end the name.
            Err(EncodeError::Unit { .. }) => {
                family.unit = None;
                report.units += 1;
                encoder.family(&family)
            }
            written => written,
        };
        match written {
            Err(EncodeError::Io(_)) => {
                let error = too_long(body.len(), most.min(merge.limits.max_body_bytes));
                return Err(in_error(error));
            }
            written => written?,
        }
    }
    let (text, omitted) = encoder.finish_reporting()?;
    source.body = Cow::Owned(text.bytes);
    source.dialect = format.dialect().unwrap_or_default();
    source.is_protobuf = false;
    report.count(omitted);
    Ok(())
}

/// Returns the error of a body that becomes too much text.
fn too_long(bytes: usize, most: u64) -> Error {
    let found = Found::Described(format!(
        "{bytes} bytes that become more than {most} bytes of text"
    ));
    Error::binary(ErrorKind::BodyTooLong, "a shorter body", found, 0, None)
}

/// Text up to a limit.
struct Text {
    bytes: Vec<u8>,
    most: u64,
}

impl io::Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.bytes.len() as u64).saturating_add(bytes.len() as u64) > self.most {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
