//! Finds what a monitor probably does not mean, although a cluster accepts it.

use std::fmt;

use super::{
    manifest::{Endpoint, Manifest},
    rules::given,
    values::Port,
};
use crate::scrape::Interval;

/// Something that a monitor probably does not mean, although a cluster accepts it.
///
/// It displays the field and what to know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ManifestRemark {
    /// The field, as a path from the top: `spec.endpoints[0].port`.
    pub path: String,
    /// What it does, and what may be meant.
    pub text: String,
}

impl fmt::Display for ManifestRemark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.text)
    }
}

impl Manifest {
    /// Returns what the monitor probably does not mean, although a cluster accepts it: a port's number in
    /// place of its name, an endpoint that scrapes every port, and values that make Prometheus refuse the
    /// file that the monitor is rendered to.
    ///
    /// ```
    /// use exposition::operator::Manifest;
    ///
    /// let manifest: Manifest = "
    /// apiVersion: monitoring.coreos.com/v1
    /// kind: PodMonitor
    /// metadata: {name: web, namespace: shop}
    /// spec: {selector: {}, podMetricsEndpoints: [{port: '2020'}]}
    /// ".parse()?;
    /// assert_eq!(
    ///     manifest.remarks()[0].to_string(),
    ///     "spec.podMetricsEndpoints[0].port: no port is called \"2020\", the name of one has a letter; \
    ///      for the number of the container's port write `portNumber: 2020`",
    /// );
    /// # Ok::<(), exposition::operator::ManifestError>(())
    /// ```
    #[must_use]
    pub fn remarks(&self) -> Vec<ManifestRemark> {
        let mut remarks = Remarks::default();
        let spec = match self {
            Manifest::ServiceMonitor(monitor) => {
                for (index, endpoint) in monitor.endpoints.iter().enumerate() {
                    remarks.endpoint(
                        endpoint,
                        None,
                        "targetPort",
                        format!("spec.endpoints[{index}]"),
                    );
                }
                if monitor.endpoints.is_empty() {
                    remarks.add("spec.endpoints", NO_ENDPOINT);
                }
                &monitor.spec
            }
            Manifest::PodMonitor(monitor) => {
                for (index, pod) in monitor.pod_metrics_endpoints.iter().enumerate() {
                    let place = format!("spec.podMetricsEndpoints[{index}]");
                    remarks.endpoint(&pod.endpoint, pod.port_number, "portNumber", place);
                }
                if monitor.pod_metrics_endpoints.is_empty() {
                    remarks.add("spec.podMetricsEndpoints", NO_ENDPOINT);
                }
                &monitor.spec
            }
        };
        if let Some(size) = spec
            .body_size_limit
            .as_ref()
            .filter(|size| size.bytes().is_nan())
        {
            let text = format!("{:?} is not a size: {REFUSED}", size.as_str());
            remarks.add("spec.bodySizeLimit", text);
        }
        remarks.list
    }
}

const NO_ENDPOINT: &str = "none: nothing is scraped";
const REFUSED: &str = "the Operator renders it, but Prometheus then refuses the whole file";

#[derive(Default)]
struct Remarks {
    list: Vec<ManifestRemark>,
}

impl Remarks {
    fn add(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.list.push(ManifestRemark {
            path: path.into(),
            text: text.into(),
        });
    }

    fn endpoint(
        &mut self,
        endpoint: &Endpoint,
        number: Option<i32>,
        by_number: &str,
        place: String,
    ) {
        let is_number = |name: &str| name.bytes().all(|b| b.is_ascii_digit());
        let named = |name: &str| {
            format!(
                "no port is called {name:?}, the name of one has a letter; for the number of the \
                 container's port write `{by_number}: {name}`"
            )
        };
        let target = match &endpoint.target_port {
            Some(Port::Name(name)) => Some(name.as_str()).filter(|name| !name.is_empty()),
            _ => None,
        };
        let by_target_number =
            matches!(endpoint.target_port, Some(Port::Number(number)) if number != 0);
        match (given(&endpoint.port), target) {
            (Some(name), _) if is_number(name) => self.add(format!("{place}.port"), named(name)),
            (None, Some(name)) if is_number(name) && number.is_none() => {
                self.add(format!("{place}.targetPort"), named(name));
            }
            (None, None) if number.is_none_or(|number| number == 0) && !by_target_number => {
                let text = "without a port every port of what is selected is scraped";
                self.add(&*place, text);
            }
            _ => {}
        }
        let times = [
            ("interval", &endpoint.interval),
            ("scrapeTimeout", &endpoint.scrape_timeout),
        ];
        for (key, text) in times {
            if let Some(Err(error)) = given(text).map(str::parse::<Interval>) {
                self.add(format!("{place}.{key}"), format!("{error}: {REFUSED}"));
            }
        }
    }
}
