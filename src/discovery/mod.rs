//! What service discovery finds: the labels of targets before any rule sees them.
//!
//! | targets are | read | with |
//! |---|---|---|
//! | in a cluster: `kubernetes_sd_configs` | manifests, or what `kubectl get -o yaml` prints | [`kubernetes::Objects`], [`kubernetes::Discovery`] |
//! | in files: `file_sd_configs` | a file | [`file_sd::read`] |
//! | in the configuration: `static_configs` | a scrape configuration | [`ScrapeConfig::static_groups`] |
//! | known to a server | the answer of `/api/v1/targets` | [`ServerTargets`] |
//!
//! Discovery gives [`TargetGroup`]s, and with them the labels that relabel rules see.
//!
//! ```
//! use exposition::discovery::kubernetes::{Discovery, Objects, Role};
//!
//! let objects = Objects::parse_all("
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: web-0
//!   namespace: shop
//!   labels: {app: web}
//! spec:
//!   containers:
//!   - name: web
//!     ports: [{name: metrics, containerPort: 9090}]
//! status: {podIP: 10.0.0.7, phase: Running}
//! ")?;
//! for group in Discovery::new(Role::Pod).groups(&objects) {
//!     assert_eq!(group.source, "pod/shop/web-0");
//!     for labels in group.discovered_labels() {
//!         println!("{labels:#?}");
//!         assert_eq!(labels["__address__"], "10.0.0.7:9090");
//!         assert_eq!(labels["__meta_kubernetes_pod_label_app"], "web");
//!     }
//! }
//! # Ok::<(), exposition::discovery::kubernetes::ObjectError>(())
//! ```
//!
//! [`ScrapeConfig::static_groups`]: crate::operator::ScrapeConfig::static_groups

mod field;
pub mod file_sd;
pub mod kubernetes;
mod server_targets;
pub(crate) mod target_group;
mod targets_error;
pub(crate) mod written_groups;

pub use server_targets::{ServerTarget, ServerTargets};
pub use target_group::TargetGroup;
pub use targets_error::TargetsError;
