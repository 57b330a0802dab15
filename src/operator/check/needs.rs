//! Says that a version of Prometheus is too old.

use crate::operator::version::Version;

/// Says which version is needed, and which it is: `needs Prometheus 2.17.0, this is v2.16.0`.
pub(super) fn needs(since: &Version, version: &Version) -> String {
    let since = since.to_string();
    let release = since.trim_start_matches('v');
    format!("needs Prometheus {release}, this is {version}")
}
