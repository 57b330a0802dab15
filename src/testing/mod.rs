//! Assertions on what a service exposes, for its own tests.
//!
//! Fetch the body as your tests fetch anything else, and hand over its bytes: there is no HTTP here, nothing is
//! async, and nothing is registered. The page [testing your /metrics](crate::docs::testing) has examples with axum,
//! hyper, `metrics-exporter-prometheus` and `prometheus-client`.
//!
//! ```
//! use exposition::testing::Exposition;
//!
//! // In a test: the body of `GET /metrics`.
//! fn metrics() -> Exposition {
//!     let body = concat!(
//!         "# HELP http_requests_total Requests answered.\n",
//!         "# TYPE http_requests_total counter\n",
//!         "http_requests_total{method=\"get\",code=\"200\"} 3\n",
//!         "# TYPE rpc_seconds histogram\n",
//!         "rpc_seconds_bucket{le=\"0.1\"} 2\n",
//!         "rpc_seconds_bucket{le=\"+Inf\"} 3\n",
//!         "rpc_seconds_sum 1.5\n",
//!         "rpc_seconds_count 3\n",
//!     );
//!     Exposition::from_response("text/plain; version=0.0.4", body).unwrap()
//! }
//!
//! # fn send_a_request() {}
//! let before = metrics();
//! send_a_request();
//! let after = metrics();
//!
//! after.metric("http_requests_total").label("code", "200").assert_eq(3);
//! after.metric("rpc_seconds").count().assert_ge(1);
//! after.metric("rpc_seconds").quantile(0.5).assert_le(0.1);
//! after.metric("http_requests_total").label("code", "500").assert_absent();
//!
//! after.since(&before).unwrap().metric("http_requests_total").total().assert_eq(0);
//!
//! after.snapshot().only("http_*").ignore_values().assert_matches(r#"
//!     ## TYPE http_requests_total counter
//!     http_requests_total{code="200",method="get"} 0
//! "#);
//! ```
//!
//! # What to use
//!
//! | to | use |
//! |---|---|
//! | read a body, in any format | [`Exposition`] |
//! | ask for a value, a count, a sum, a bucket, a quantile | [`Exposition::metric`], a [`Lookup`] |
//! | assert on it | [`assert_eq`](Lookup::assert_eq), [`assert_ge`](Lookup::assert_ge) and so on |
//! | assert that something is not there | [`assert_absent`](Lookup::assert_absent), its own word |
//! | compare two moments | [`Exposition::since`], a [`Change`] |
//! | compare with a text, or another body | [`Snapshot::assert_matches`], [`Snapshot::assert_same_as`] |
//! | keep it with a snapshot crate | [`Snapshot`], which displays sorted lines |
//! | test relabel rules, scrape configurations and monitors | [files of tests](crate::docs::rule_tests), with the feature `operator` |
//!
//! # What holds
//!
//! - A body with any error is not taken: what cannot be read cannot pass.
//! - A metric that is missing, or that several series match, fails each assertion on it. What fails says what is
//!   nearest, or what there is:
//!
//! ```text
//! no series matches http_requests_total{code="500",method="get"}; the nearest:
//!   http_requests_total{code="200",method="get"} 3: code is "200"
//!   http_requests_total{code="500",method="put"} 0: method is "put"
//! ```
//!
//! - Assertions panic at the place of their caller, and nothing else here panics. Each has a form that returns a
//!   `Result` instead: [`Lookup::value`], [`Snapshot::matches`], [`Change::is_empty`].
//! - The same assertions hold for every format that a service answers with: text, OpenMetrics 1.0 and 2.0,
//!   protobuf. Histograms answer whether they are classic or native.
//! - All takes linear time in the body, and in what is looked up.

mod assertions;
mod compare;
mod exposition;
mod fail;
mod lookup;
mod lookup_error;
mod nearest;
mod part;
#[cfg(feature = "operator")]
pub mod rules;
mod since;
mod snapshot;
mod subtract;
mod wanted;

pub use compare::{CompareError, Mismatch};
pub use exposition::{Exposition, ReadError};
pub use lookup::Lookup;
pub use lookup_error::{LookupError, LookupErrorKind};
pub use since::{Change, ChangeKind, Changed, SinceError, SinceErrorKind};
pub use snapshot::Snapshot;
