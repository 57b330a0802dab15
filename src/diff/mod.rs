//! What changed between two bodies: families, types, labels, buckets, and values if you like.
//!
//! [`Diff`] compares families, so it compares bodies of any formats with each other:
//!
//! ```
//! use exposition::{Dialect, Families, diff::Diff};
//!
//! let before = "# TYPE jobs gauge\njobs{queue=\"a\"} 1\n# TYPE runs_total counter\nruns_total 1\n";
//! let after = "# TYPE jobs gauge\njobs{queue=\"a\",zone=\"b\"} 1\n# TYPE runs counter\nruns_total 5\n# EOF\n";
//! let before = Families::new(before, Dialect::Text).read_all().into_result()?;
//! let after = Families::new(after, Dialect::OpenMetrics).read_all().into_result()?;
//! let diff = Diff::between(&before, &after);
//! assert_eq!(diff.to_string(), "breaking: jobs: label zone added\n");
//! assert!(diff.is_breaking());
//! # Ok::<(), exposition::Error>(())
//! ```
//!
//! A family has the name that the text format gives it, so that the counter `runs` of OpenMetrics is
//! `runs_total`. Families of one name are compared as one. What only metrics tell is compared where both bodies
//! have metrics of the family: label names, which one metric needs to have; bounds; quantiles; forms.
//! `le`, `quantile` and a state set's own label are not among the labels. An empty label is not a label.
//!
//! # What is breaking
//!
//! | change | breaking | because |
//! |---|---|---|
//! | `family-removed` | yes | queries find nothing. A family with another name is removed and added |
//! | `family-added` | no | nobody asks for it yet |
//! | `type-changed` | yes, unless it was unknown | a counter needs `rate`, a gauge must not have it |
//! | `help-changed` | no | people read it |
//! | `unit-changed` | if there was one and there is one | the numbers mean something else; otherwise it is only said or no longer said |
//! | `label-removed` | yes | selectors and `by (…)` find nothing |
//! | `label-added` | yes | every series is another one, sums by what is left have more parts, and matching without `on (…)` finds no partner |
//! | `buckets-removed` | yes | selectors of `le` find nothing, quantiles lose precision |
//! | `buckets-added` | no | what is asked of the others stays true |
//! | `quantiles-removed` | yes | selectors of `quantile` find nothing |
//! | `quantiles-added` | no | nobody asks for them yet |
//! | `form-removed` | yes | queries of `_bucket` find nothing, or those of native histograms |
//! | `form-added` | no | a server takes the other form only if it is told to |
//! | `schema-changed` | no | queries bring native histograms to the lower resolution |
//! | `series-removed`, `series-added`, `value-changed` | no | that is what metrics are for |
//!
//! The last three are reported only by [`Diff::with_values`].

mod change;
mod compare;
mod schema;
mod values;
#[cfg(feature = "serde")]
mod written;

pub use change::{Change, Form};
pub use compare::Diff;
pub use values::Tolerance;
