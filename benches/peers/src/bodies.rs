//! The bodies: those that real servers printed, one with series of 25 labels, like Istio's, and one of any
//! size in Envoy's style.

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use exposition::{Dialect, Format};
use flate2::read::GzDecoder;

/// Where the bodies are, with an index of what Prometheus reads from each.
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/corpus");

/// The bodies to read: name, file, and whether the chart shows it.
const BODIES: &[(&str, &str, bool)] = &[
    ("envoy medium.all", "envoy/medium.all.prom", true),
    ("envoy small.all", "envoy/small.all.prom", false),
    ("envoy weird.usedonly", "envoy/weird.usedonly.prom", false),
    ("node_exporter", "node_exporter/noaccept.prom", true),
    ("etcd", "etcd/noaccept.prom", true),
    ("haproxy", "haproxy/noaccept.prom", false),
    ("python text", "python_prometheus_client/text004.prom", true),
    (
        "client_golang text",
        "client_golang/text100_allow_utf8.prom",
        false,
    ),
    ("caddy OpenMetrics", "caddy/handler.openmetrics001.om", true),
    ("dovecot OpenMetrics", "dovecot/openmetrics100.om", false),
    (
        "python OpenMetrics",
        "python_prometheus_client/openmetrics100.om",
        true,
    ),
    (
        "client_golang OpenMetrics",
        "client_golang/openmetrics100_allow_utf8.om",
        false,
    ),
    (
        "rust OpenMetrics",
        "rust_prometheus_client/openmetrics.om",
        false,
    ),
];

/// A body to read.
#[derive(Debug)]
pub struct Body {
    /// Its name, which begins with the server that printed it.
    pub name: String,
    /// The body. It is UTF-8, which most peers require.
    pub text: String,
    /// The dialect that its content type names.
    pub dialect: Dialect,
    /// How many samples Prometheus reads from it.
    pub samples: u64,
    /// Whether the chart shows it.
    pub charted: bool,
}

/// Returns all bodies to measure: those of the corpus, and Istio's.
///
/// # Errors
///
/// A file that cannot be read, or that is not in the index.
pub fn all() -> Result<Vec<Body>, Box<dyn Error>> {
    let index = fs::read_to_string(Path::new(CORPUS).join("INDEX.tsv"))?;
    let body = |&(name, path, charted): &(&str, &str, bool)| {
        let columns = |line: &'_ str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
        let mut lines = index.lines().map(columns);
        let found = lines.find(|columns| columns.first().is_some_and(|column| column == path));
        let [_, _, samples, _, content_type, ..] = found.as_deref().unwrap_or_default() else {
            return Err(format!("the index of the corpus does not know {path}").into());
        };
        let format = Format::from_content_type(Some(content_type), None)?;
        Ok(Body {
            name: name.to_owned(),
            text: read(path)?,
            dialect: if format.is_openmetrics() {
                Dialect::OpenMetrics
            } else {
                Dialect::Text
            },
            samples: samples.parse()?,
            charted,
        })
    };
    let bodies = BODIES.iter().map(body);
    let mut bodies = bodies.collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    bodies.push(istio_like(2_000));
    Ok(bodies)
}

/// Reads the file, which may be gzipped.
fn read(path: &str) -> Result<String, Box<dyn Error>> {
    let plain = Path::new(CORPUS).join(path);
    if plain.exists() {
        return Ok(fs::read_to_string(plain)?);
    }
    let mut text = String::new();
    let file = File::open(Path::new(CORPUS).join(format!("{path}.gz")))?;
    GzDecoder::new(file).read_to_string(&mut text)?;
    Ok(text)
}

/// Returns a body with that many series of `istio_requests_total`, with the 25 labels that a sidecar adds.
pub fn istio_like(samples: u64) -> Body {
    const NAME: &str = "istio_requests_total";
    let services = [
        "productpage",
        "details",
        "reviews",
        "ratings",
        "checkout",
        "catalog",
        "search",
    ];
    let at = |number: u64| usize::try_from(number).unwrap_or_default() % services.len();
    let service = |number: u64| services.get(at(number)).copied().unwrap_or_default();
    let mut body = Printed::new(samples);
    body.declare(NAME, "counter");
    for number in 0..samples {
        let (from, to) = (service(number), service(number / 7));
        let version = number / 49 % 9;
        let shop = number / 441;
        let code = if number % 5 == 4 { "503" } else { "200" };
        let flags = if code == "503" { "UH,URX" } else { "-" };
        let reporter = if number % 2 == 0 {
            "source"
        } else {
            "destination"
        };
        let labels = format!(
            "reporter=\"{reporter}\",source_workload=\"{from}-v{version}\",\
             source_canonical_service=\"{from}\",source_canonical_revision=\"v{version}\",\
             source_workload_namespace=\"shop-{shop}\",\
             source_principal=\"spiffe://cluster.local/ns/shop-{shop}/sa/{from}\",source_app=\"{from}\",\
             source_version=\"v{version}\",source_cluster=\"Kubernetes\",\
             destination_workload=\"{to}-v1\",destination_workload_namespace=\"shop-{shop}\",\
             destination_principal=\"spiffe://cluster.local/ns/shop-{shop}/sa/{to}\",\
             destination_app=\"{to}\",destination_version=\"v1\",\
             destination_service=\"{to}.shop-{shop}.svc.cluster.local\",\
             destination_canonical_service=\"{to}\",destination_canonical_revision=\"v1\",\
             destination_service_name=\"{to}\",destination_service_namespace=\"shop-{shop}\",\
             destination_cluster=\"Kubernetes\",request_protocol=\"http\",response_code=\"{code}\",\
             grpc_response_status=\"\",response_flags=\"{flags}\",\
             connection_security_policy=\"mutual_tls\""
        );
        body.sample(NAME, &labels);
    }
    Body {
        name: "istio, 25 labels".to_owned(),
        text: body.text,
        dialect: Dialect::Text,
        samples,
        charted: true,
    }
}

/// How many counters and gauges the generated body has for each cluster.
const SCALARS: usize = 40;
/// The bounds of its buckets for each cluster.
const BOUNDS: &[&str] = &[
    "0.5", "1", "5", "10", "25", "50", "100", "250", "500", "1000", "2500", "5000", "10000",
    "30000", "60000", "300000", "600000", "1800000", "3600000", "+Inf",
];

/// Returns a body of exactly that many samples, printed as Envoy does: family by family, each with a sample
/// for every cluster, and then a histogram. More samples mean more clusters; no line gets longer.
pub fn envoy_like(samples: u64) -> Body {
    let per_cluster = SCALARS + BOUNDS.len() + 2;
    let clusters = (samples as usize).div_ceil(per_cluster);
    let names: Vec<String> = (0..clusters)
        .map(|cluster| {
            format!(
                "outbound|80|v{}|svc{cluster:06}.shop.svc.cluster.local",
                cluster % 3
            )
        })
        .collect();
    let mut body = Printed::new(samples);
    for family in 0..SCALARS {
        let name = format!("envoy_cluster_upstream_metric_{family:02}");
        body.declare(&name, if family % 3 == 0 { "gauge" } else { "counter" });
        for cluster in &names {
            body.sample(&name, &format!("cluster_name=\"{cluster}\""));
        }
    }
    let name = "envoy_cluster_upstream_rq_time";
    body.declare(name, "histogram");
    for cluster in &names {
        for bound in BOUNDS {
            let labels = format!("cluster_name=\"{cluster}\",le=\"{bound}\"");
            body.sample("envoy_cluster_upstream_rq_time_bucket", &labels);
        }
        let labels = format!("cluster_name=\"{cluster}\"");
        body.sample("envoy_cluster_upstream_rq_time_sum", &labels);
        body.sample("envoy_cluster_upstream_rq_time_count", &labels);
    }
    Body {
        name: format!("envoy-like {samples}"),
        text: body.text,
        dialect: Dialect::Text,
        samples,
        charted: false,
    }
}

/// A body that is being printed.
struct Printed {
    text: String,
    left: u64,
    state: u64,
}

impl Printed {
    fn new(samples: u64) -> Self {
        let (text, state) = (String::new(), 1);
        Printed {
            text,
            left: samples,
            state,
        }
    }

    fn declare(&mut self, name: &str, kind: &str) {
        if self.left > 0 {
            // Writing to a `String` cannot fail.
            let _ = writeln!(self.text, "# TYPE {name} {kind}");
        }
    }

    fn sample(&mut self, name: &str, labels: &str) {
        if self.left > 0 {
            self.left -= 1;
            // Most of Envoy's values are small; the sequence is the same in every run.
            self.state = self.state.wrapping_mul(6364136223846793005).wrapping_add(1);
            let value = self.state >> (40 + self.state % 24);
            let _ = writeln!(self.text, "{name}{{{labels}}} {value}");
        }
    }
}
