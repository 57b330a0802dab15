//! Relabels what discovery found, as Prometheus does before it scrapes: here the sidecars of a mesh.

use std::error::Error;

use exposition::scrape::{Discovered, TargetConfig};

const RELABEL_CONFIGS: &str = r"
- source_labels: [__meta_kubernetes_pod_container_name]
  regex: istio-proxy
  action: keep
- source_labels: [__address__, __meta_kubernetes_pod_annotation_prometheus_io_port]
  regex: ([^:]+)(?::\d+)?;(\d+)
  replacement: $1:$2
  target_label: __address__
- regex: __meta_kubernetes_pod_label_(.+)
  action: labeldrop
- source_labels: [__meta_kubernetes_namespace]
  target_label: namespace
- source_labels: [__meta_kubernetes_pod_name]
  target_label: pod_name
";

/// The labels of a pod with two containers.
fn discovered(container: &str) -> [(&str, &str); 6] {
    [
        ("__address__", "10.0.0.7:3000"),
        ("__meta_kubernetes_namespace", "istioinaction"),
        (
            "__meta_kubernetes_pod_annotation_prometheus_io_port",
            "15090",
        ),
        ("__meta_kubernetes_pod_container_name", container),
        ("__meta_kubernetes_pod_label_app", "catalog"),
        ("__meta_kubernetes_pod_name", "catalog-6cf4b97d-wtm8t"),
    ]
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut config = TargetConfig::new("mesh");
    config.metrics_path = "/stats/prometheus".to_owned();
    config.rules = exposition::yaml::from_str(RELABEL_CONFIGS)?;
    for container in ["catalog", "istio-proxy"] {
        match config.discover(discovered(container))? {
            Discovered::Target(target) => {
                println!("{container}: GET {}\n    {target}", target.url())
            }
            Discovered::Dropped(dropped) => println!("{container}: dropped by {dropped}"),
            other => println!("{other:?}"),
        }
    }
    Ok(())
}
