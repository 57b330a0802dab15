//! Protobuf bodies as text, which is what is merged.

use std::borrow::Cow;
use std::io;

use super::error::MergeError;
use super::report::MergeReport;
use super::{Merge, Source};
use crate::dialect::Dialect;
use crate::encode::Encoder;
use crate::error::{Error, ErrorKind, Found};
use crate::families::grouping::Families;
use crate::format::ScrapeProtocol;

/// How many times as long as a body its text may be: a name or a label that is written once in protobuf is on
/// each of its lines in text. A histogram of twenty buckets with twenty-five labels takes 16 times as much.
const TIMES: u64 = 64;

/// What the text of every body may have beside that, in bytes.
const AT_LEAST: u64 = 1 << 20;

/// Makes text of a source's body. A metric in error is left out, if the merge goes on.
pub(super) fn make_text(
    source: &mut Source<'_>,
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
    let mut encoder = Encoder::from_writer(text, ScrapeProtocol::PrometheusText100)?.lossy(true);
    for family in Families::protobuf(&*body).limits(merge.limits) {
        let family = match family {
            Ok(family) => family,
            Err(error) => {
                merge.bad_line(report, || in_error(error))?;
                continue;
            }
        };
        match encoder.family(&family) {
            Err(crate::encode::EncodeError::Io(_)) => {
                let error = too_long(body.len(), most.min(merge.limits.max_body_bytes));
                return Err(in_error(error));
            }
            written => written?,
        }
    }
    let (text, omitted) = encoder.finish_reporting()?;
    source.body = Cow::Owned(text.bytes);
    (source.dialect, source.is_protobuf) = (Dialect::Text, false);
    report.exemplars += omitted.exemplars;
    report.units += omitted.units;
    report.native_histograms += omitted.native_histograms;
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
