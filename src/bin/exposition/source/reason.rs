//! Why a body is read in a format.

use std::fmt;

use exposition::{Dialect, ScrapeProtocol};

use super::{Source, Told};

pub(super) struct Reason<'s>(pub(super) &'s Source);

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Source {
            format,
            told,
            dialect,
            ..
        } = self.0;
        write!(f, "read as {}", format.protocol())?;
        if *dialect == Dialect::Lenient {
            f.write_str(", leniently")?;
        }
        f.write_str(match (told, format.protocol()) {
            (Told::Option, _) => ", as --format says",
            (Told::Header, _) => ", as its Content-Type says",
            (Told::Body, ScrapeProtocol::PrometheusProto) => ", for it begins like protobuf",
            (Told::Body, ScrapeProtocol::OpenMetricsText200) => {
                ", for it ends in `# EOF` and has what only OpenMetrics 2.0 has"
            }
            (Told::Body, protocol) if protocol.is_openmetrics() => ", for it ends in `# EOF`",
            (Told::Body, _) => ", for it does not end in `# EOF`",
        })
    }
}
