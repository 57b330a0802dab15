//! Finds what a monitor probably does not mean, although a cluster accepts it.

use super::{
    discovered::Discovery,
    list::{ManifestRemark, Remarks},
    resource,
};
use crate::discovery::kubernetes::meta_labels::Roles;
use crate::operator::{manifest::Manifest, monitor::Endpoint, rules::given, values::Port};
use crate::relabel::remark::{kind::RemarkKind, subject::Subject};
use crate::relabel::{Action, RuleConfig};

impl Manifest {
    /// Returns what the monitor probably does not mean, although a cluster accepts it: a port's number in
    /// place of its name, an endpoint that scrapes every port, values that make Prometheus refuse the
    /// file that the monitor is rendered to, and rules that cannot mean what they say.
    ///
    /// [The page about remarks](crate::docs::remarks) explains each kind. What depends on the settings of
    /// the Prometheus object too is told by [`Explainer::remarks`](crate::operator::Explainer::remarks).
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
                let roles = Roles::ENDPOINTS.or(Roles::ENDPOINT_SLICE);
                for (index, endpoint) in monitor.endpoints.iter().enumerate() {
                    let place = format!("spec.endpoints[{index}]");
                    remarks.endpoint(endpoint, None, "targetPort", roles, &place);
                }
                if monitor.endpoints.is_empty() {
                    remarks.no_endpoint("spec.endpoints");
                }
                &monitor.spec
            }
            Manifest::PodMonitor(monitor) => {
                for (index, pod) in monitor.pod_metrics_endpoints.iter().enumerate() {
                    let place = format!("spec.podMetricsEndpoints[{index}]");
                    let (endpoint, number) = (&pod.endpoint, pod.port_number);
                    remarks.endpoint(endpoint, number, "portNumber", Roles::POD, &place);
                }
                if monitor.pod_metrics_endpoints.is_empty() {
                    remarks.no_endpoint("spec.podMetricsEndpoints");
                }
                &monitor.spec
            }
            Manifest::Probe(probe) => {
                resource::probe(probe, &mut remarks);
                return remarks.list;
            }
            Manifest::ScrapeConfig(resource) => {
                resource::scrape_config(resource, &mut remarks);
                return remarks.list;
            }
        };
        remarks.size(&spec.settings.body_size_limit);
        remarks.list
    }
}

impl Remarks {
    /// Looks at the fields of an endpoint, and at its rules.
    fn endpoint(
        &mut self,
        endpoint: &Endpoint,
        number: Option<i32>,
        by_number: &str,
        roles: Roles,
        place: &str,
    ) {
        let is_number = |name: &str| name.bytes().all(|b| b.is_ascii_digit());
        let mut named = |key: &str, name: &str| {
            self.add(
                RemarkKind::PortByNumber,
                format!("{place}.{key}"),
                format!("no port is called {name:?}, the name of one has a letter"),
                format!("for the number of the container's port write `{by_number}: {name}`"),
            );
        };
        let target = match &endpoint.target_port {
            Some(Port::Name(name)) => Some(name.as_str()).filter(|name| !name.is_empty()),
            _ => None,
        };
        let by_target_number =
            matches!(endpoint.target_port, Some(Port::Number(number)) if number != 0);
        match (given(&endpoint.port), target) {
            (Some(name), _) if is_number(name) => named("port", name),
            (None, Some(name)) if is_number(name) && number.is_none() => named("targetPort", name),
            (None, None)
                if number.is_none_or(|number| number == 0)
                    && !by_target_number
                    && !chooses(&endpoint.relabelings) =>
            {
                self.add(
                    RemarkKind::EveryPort,
                    place,
                    "without a port every port of what is selected is scraped",
                    "to scrape one, write `port` with its name",
                );
            }
            _ => {}
        }
        let times = [
            ("interval", &endpoint.interval),
            ("scrapeTimeout", &endpoint.scrape_timeout),
        ];
        self.intervals(times, place);
        let lists = [
            ("relabelings", Subject::Targets, &endpoint.relabelings),
            (
                "metricRelabelings",
                Subject::Samples,
                &endpoint.metric_relabelings,
            ),
        ];
        let discovery = Discovery::of_monitor(roles);
        for (key, subject, rules) in lists {
            self.rules(rules, subject, &discovery, &format!("{place}.{key}"));
        }
    }
}

/// Tells whether rules choose among the ports themselves: by the container or its port, or by writing the
/// address anew.
fn chooses(rules: &[RuleConfig]) -> bool {
    rules.iter().any(|rule| {
        let mut sources = rule.source_labels.iter().flatten();
        match rule.action.unwrap_or_default() {
            Action::Keep | Action::Drop => {
                sources.any(|label| label.contains("_container_") || label.contains("_port_"))
            }
            Action::Replace => rule.target_label.as_deref() == Some("__address__"),
            _ => false,
        }
    })
}
