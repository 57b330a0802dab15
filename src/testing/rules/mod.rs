//! Tests of relabel rules, scrape configurations and monitors, from files.
//!
//! A file says what is tested and holds cases: labels or a body, and what is expected of them. The page [tests of
//! rules](crate::docs::rule_tests) describes it. The command `exposition relabel test` runs such files too.
//!
//! ```
//! exposition::testing::rules::assert_text("
//! config:
//!   job_name: mesh
//!   relabel_configs:
//!   - {source_labels: [__meta_kubernetes_pod_container_name], regex: istio-proxy, action: keep}
//!   metric_relabel_configs:
//!   - {source_labels: [__name__], regex: envoy_.*, action: drop}
//! tests:
//! - name: sidecars are kept
//!   labels: {__address__: '10.0.0.7:15090', __meta_kubernetes_pod_container_name: istio-proxy}
//!   expect:
//!     labels: {instance: '10.0.0.7:15090', job: mesh}
//!     url: http://10.0.0.7:15090/metrics
//! - name: what Envoy says of itself is dropped
//!   body: |
//!     envoy_threads 4
//!     istio_requests_total{code=\"200\"} 7
//!   expect:
//!     series: ['istio_requests_total{code=\"200\"} 7']
//!     dropped: 1
//! ", ".");
//! ```
//!
//! | to | use |
//! |---|---|
//! | run a file in a `#[test]` | [`assert_file`] |
//! | run a text | [`assert_text`] |
//! | know what came of each case | [`RuleTests::read`], [`RuleTests::run`], [`Results`] |

mod assert;
mod body;
mod document;
mod error;
mod expected;
mod given;
mod labels;
mod results;
mod series;
mod subject;
mod test_file;
#[cfg(test)]
mod tests;

pub use assert::{assert_file, assert_text};
pub use error::RuleTestError;
pub use results::{Case, Results};
pub use test_file::RuleTests;
