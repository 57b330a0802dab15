//! Any manifest is refused with an error that says where, or is checked and rendered to configurations that
//! are read back unchanged and decide alike.

use arbitrary::{Arbitrary, Result, Unstructured};
use exposition::discovery::kubernetes::{Discovery, Role};
use exposition::operator::{
    Assets, Explainer, Manifest, OperatorConfig, Prometheus, RenderedRule, Resources, ScrapeConfig,
    check, check_all, render, render_all,
};
use exposition::relabel::RuleConfig;

use super::input;

/// The options of an input.
#[derive(Debug, Arbitrary)]
struct Options {
    /// 0 for YAML that follows literally; any other number for a manifest built from pieces.
    what: u8,
    shards: u8,
    shard: u8,
}

/// How many bytes of an input its options are.
pub const HEADER: usize = 3;

/// Asserts what reading, rendering, writing and explaining manifests promise.
///
/// The header is followed by the manifests, the settings of the Operator, and names and values of discovered
/// labels, where a label without a name begins the next set; or by what manifests are built from, and those.
pub fn render_reads_back(data: &[u8]) {
    let Some((options, rest)) = input::split::<Options>(data, HEADER) else {
        return;
    };
    let mut texts = input::texts(rest);
    let first = texts.next().unwrap_or_default();
    let yaml = match options.what {
        0 => first.into_owned(),
        _ => built(first.as_bytes()),
    };
    let settings = texts.next().unwrap_or_default().parse::<OperatorConfig>();
    let mut settings = settings.unwrap_or_else(|error| {
        assert!(!error.to_string().is_empty());
        OperatorConfig::default()
    });
    if options.shards > 0 {
        settings.shards = i32::from(options.shards % 4);
        settings.shard = u64::from(options.shard) % settings.shard_count().max(1);
    }
    let mut sets = vec![Vec::new()];
    while let (Some(name), Some(value)) = (texts.next(), texts.next()) {
        match (name.is_empty(), sets.last_mut()) {
            (false, Some(set)) => set.push((name.into_owned(), value.into_owned())),
            _ => sets.push(Vec::new()),
        }
    }

    // The input may itself be the YAML of a configuration.
    if let Ok(config) = ScrapeConfig::from_yaml(&yaml) {
        is_written_and_read(&[config], &settings, &sets);
    }
    is_checked(&yaml, &settings);
    is_discovered(&yaml, &settings);
    let manifests = match Manifest::parse_all(&yaml) {
        Ok(manifests) => manifests,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    for manifest in &manifests {
        rendering_is_its_own(manifest, &settings);
    }
    is_written_and_read(&render_all(&manifests, &settings), &settings, &sets);
}

/// Asserts that a manifest is rendered in the same way alone and among others, and names itself in every job.
fn rendering_is_its_own(manifest: &Manifest, settings: &OperatorConfig) {
    let (kind, is_numbered) = match manifest {
        Manifest::ServiceMonitor(_) => ("serviceMonitor", true),
        Manifest::PodMonitor(_) => ("podMonitor", true),
        Manifest::Probe(_) => ("probe", false),
        Manifest::ScrapeConfig(_) => ("scrapeConfig", false),
        other => panic!("a kind without a job: {other:?}"),
    };
    let (namespace, name) = (manifest.namespace(), manifest.name());
    for config in render(manifest, settings) {
        let start = format!("{kind}/{namespace}/{name}");
        let rest = config.job_name.strip_prefix(&start);
        let is_own = rest.is_some_and(|rest| match rest.strip_prefix('/') {
            Some(number) => is_numbered && number.parse::<usize>().is_ok(),
            None => !is_numbered && rest.is_empty(),
        });
        assert!(is_own, "{} of {start}", config.job_name);
    }
    for reference in manifest.references() {
        assert!(!reference.path.is_empty());
    }
    for remark in manifest.remarks() {
        assert!(!remark.path.is_empty());
    }
}

/// Asserts that checks find the same monitors as reading, and say where each is wrong, for any Secrets.
fn is_checked(yaml: &str, settings: &OperatorConfig) {
    if let Ok(prometheus) = yaml.parse::<Prometheus>() {
        let _ = prometheus
            .check()
            .map_err(|why| assert!(!why.to_string().is_empty()));
    }
    let manifests = Manifest::parse_all(yaml);
    let verdicts = match check_all(yaml, settings) {
        Ok(verdicts) => verdicts,
        Err(error) => {
            assert!(manifests.is_err(), "{error}");
            return;
        }
    };
    for verdict in &verdicts {
        for rejection in verdict.outcome.as_ref().err().into_iter().flatten() {
            assert!(!rejection.reason.is_empty());
        }
    }
    let found: Option<Vec<_>> = verdicts
        .into_iter()
        .map(|verdict| verdict.manifest)
        .collect();
    assert_eq!(found, manifests.ok());
    let assets = Assets::parse_all(yaml).unwrap_or_default();
    let known = settings.clone().with_assets(assets);
    for manifest in found.iter().flatten() {
        // Knowing the assets can only add reasons.
        if check(manifest, settings).is_err() {
            assert!(check(manifest, &known).is_err());
        }
    }
}

/// Asserts that a cluster of these resources is selected, completed and discovered, the same each time.
fn is_discovered(yaml: &str, settings: &OperatorConfig) {
    let mut resources = Resources::new();
    if let Err(error) = resources.add("input", yaml) {
        assert!(!error.to_string().is_empty());
        return;
    }
    for object in resources.prometheus() {
        let Ok(prometheus) = &object.object else {
            continue;
        };
        for monitor in resources.select(prometheus) {
            let _ = monitor
                .outcome
                .map_err(|why| assert!(!why.to_string().is_empty()));
        }
    }
    resources.complete();
    let before = resources.objects().clone();
    assert!(resources.complete().is_empty(), "complete twice");
    assert_eq!(*resources.objects(), before);
    for &role in Role::ALL {
        let groups = Discovery::new(role).groups(&before);
        assert!(groups.is_sorted_by_key(|group| &group.source));
        for labels in groups.iter().flat_map(|group| group.all_labels()) {
            assert!(labels.contains_key("__address__"), "{labels:?}");
        }
    }
    for monitor in resources.check(settings) {
        let manifest = monitor.verdict.ok().and_then(|verdict| verdict.manifest);
        for config in manifest
            .iter()
            .flat_map(|manifest| render(manifest, settings))
        {
            for configured in &config.kubernetes_sd_configs {
                // What Prometheus would not load is an error.
                let Ok(discovery) = configured.discovery() else {
                    continue;
                };
                let found = discovery.groups(&before).len();
                assert!(found <= Discovery::new(discovery.role()).groups(&before).len());
            }
        }
    }
}

type Labels = Vec<(String, String)>;

fn is_written_and_read(configs: &[ScrapeConfig], settings: &OperatorConfig, sets: &[Labels]) {
    let yaml = match ScrapeConfig::file_to_yaml(configs) {
        Ok(yaml) => yaml,
        Err(error) => panic!("{error} of {configs:?}"),
    };
    let loads = |config: &ScrapeConfig| Explainer::new(config, settings).map(|_| ());
    let read = match ScrapeConfig::file_from_yaml(&yaml) {
        Ok(read) => read,
        // What Prometheus would not load is refused sooner or later.
        Err(error) => {
            let refused = configs.iter().any(|config| loads(config).is_err());
            assert!(refused, "{error} in\n{yaml}");
            return;
        }
    };
    assert_eq!(read.len(), configs.len(), "{yaml}");
    for (read, config) in read.iter().zip(configs) {
        assert_eq!(rules(&read.relabel_configs), rules(&config.relabel_configs));
        assert_eq!(
            rules(&read.metric_relabel_configs),
            rules(&config.metric_relabel_configs)
        );
        assert_eq!(without_rules(read), without_rules(config), "{yaml}");
        decides_alike(read, config, settings, sets);
    }
}

fn rules(rules: &[RenderedRule]) -> Vec<&RuleConfig> {
    rules.iter().map(|rule| &rule.config).collect()
}

/// Returns the configuration without its rules, which say where they come from.
fn without_rules(config: &ScrapeConfig) -> ScrapeConfig {
    let mut config = config.clone();
    config.relabel_configs.clear();
    config.metric_relabel_configs.clear();
    config
}

/// Asserts that both have the same result for every target.
fn decides_alike(
    read: &ScrapeConfig,
    config: &ScrapeConfig,
    settings: &OperatorConfig,
    sets: &[Labels],
) {
    let explainers = (
        Explainer::new(read, settings),
        Explainer::new(config, settings),
    );
    let (read, own) = match explainers {
        (Ok(read), Ok(own)) => (read, own),
        (Err(_), Err(error)) => {
            assert!(!error.to_string().is_empty());
            return;
        }
        (read, own) => panic!("one of them loads: {read:?} and {own:?}"),
    };
    for set in sets {
        let pairs = || set.iter().map(|(name, value)| (&**name, &**value));
        let (one, other) = (read.target(pairs()), own.target(pairs()));
        assert_eq!(one.is_kept(), other.is_kept(), "{set:?}");
        assert_eq!(one.labels(), other.labels(), "{set:?}");
        let url = |target: &exposition::scrape::Target| target.url().to_owned();
        assert_eq!(one.target().map(url), other.target().map(url));
        assert_eq!(one.steps().len(), other.steps().len());
        // Kept, dropped by a rule, refused, or never discovered: exactly one of these.
        let fates = [
            other.is_kept(),
            other.dropped_by().is_some(),
            other.refused().is_some(),
            other.not_discovered().is_some(),
        ];
        let fates = fates.into_iter().filter(|fate| *fate).count();
        assert_eq!(fates, 1, "{set:?}: {}", other.reason());
        if let Some(step) = other.dropped_by() {
            assert!(!step.step().keep() && !step.origin().to_string().is_empty());
        }
    }
}

/// Fields of `spec`, each one or more lines of a block.
const SPEC: &[&str] = &[
    "  jobLabel: app\n",
    "  selector: {matchLabels: {app: web}}\n",
    "  selector: {matchExpressions: [{key: app, operator: In, values: [a, b]}]}\n",
    "  selector: {matchExpressions: [{key: app, operator: DoesNotExist}, {key: x, operator: Exists}]}\n",
    "  selector: {}\n",
    "  namespaceSelector: {any: true}\n",
    "  namespaceSelector: {matchNames: [a, b]}\n",
    "  targetLabels: [x, y.z]\n",
    "  podTargetLabels: [x]\n",
    "  sampleLimit: 10\n",
    "  labelLimit: 0\n",
    "  targetLimit: 18446744073709551615\n",
    "  bodySizeLimit: 10MB\n",
    "  attachMetadata: {node: true}\n",
    "  selectorMechanism: RoleSelector\n",
    "  scrapeClass: c\n",
    "  scrapeProtocols: [OpenMetricsText1.0.0, PrometheusText0.0.4]\n",
    "  fallbackScrapeProtocol: PrometheusText0.0.4\n",
    "  scrapeClassicHistograms: true\n",
    "  nativeHistogramMinBucketFactor: 1.5\n",
    "  unknown: 1\n",
    "  # a comment\n",
];

/// Fields of an endpoint.
const ENDPOINT: &[&str] = &[
    "port: http",
    "port: \"\"",
    "portNumber: 8080",
    "targetPort: 8080",
    "targetPort: http",
    "path: /stats",
    "scheme: https",
    "scheme: HTTP",
    "interval: 15s",
    "interval: 1x",
    "scrapeTimeout: 10s",
    "scrapeTimeout: 0s",
    "honorLabels: true",
    "honorTimestamps: false",
    "trackTimestampsStaleness: true",
    "params: {a: [b, c], '': []}",
    "filterRunning: false",
    "followRedirects: false",
    "enableHttp2: true",
    "proxyUrl: http://p:1",
    "relabelings: [{sourceLabels: [a, b], separator: ' ', regex: '(.*)', targetLabel: c, replacement: $1}]",
    "relabelings: [{action: Drop, sourceLabels: [__address__], regex: h.*}]",
    "relabelings: [{action: hashmod, modulus: 3, sourceLabels: [x], targetLabel: __tmp_x}, {action: LabelMap, regex: 'x(.)'}]",
    "metricRelabelings: [{action: labeldrop, regex: le}, {regex: '('}]",
    "basicAuth: {}",
    "bearerTokenFile: f",
    "unknown: {}",
];

/// Builds manifests from these pieces.
fn built(bytes: &[u8]) -> String {
    let mut from = Unstructured::new(bytes);
    let mut yaml = String::new();
    for _ in 0..3 {
        if from.is_empty() || monitor(&mut from, &mut yaml).is_err() {
            break;
        }
    }
    yaml
}

fn monitor(from: &mut Unstructured<'_>, yaml: &mut String) -> Result<()> {
    let is_pod: bool = from.arbitrary()?;
    let (kind, endpoints) = match is_pod {
        true => ("PodMonitor", "podMetricsEndpoints"),
        false => ("ServiceMonitor", "endpoints"),
    };
    let name = from.choose(&["web", "a.b", "x-1"])?;
    yaml.push_str(&format!(
        "---\napiVersion: monitoring.coreos.com/v1\nkind: {kind}\n\
         metadata: {{name: {name}, namespace: ns}}\nspec:\n"
    ));
    let mut left: Vec<&str> = SPEC.to_vec();
    for _ in 0..from.int_in_range(0..=5)? {
        let piece = left.remove(from.int_in_range(0..=left.len() - 1)?);
        // A repeated key is an error of its own.
        let key = piece.split(':').next().unwrap_or_default();
        left.retain(|other| !other.starts_with(&format!("{key}:")));
        yaml.push_str(piece);
    }
    if !yaml.contains("  selector:") {
        yaml.push_str("  selector: {}\n");
    }
    yaml.push_str(&format!("  {endpoints}:\n"));
    for _ in 0..from.int_in_range(1..=3)? {
        let mut left: Vec<&str> = ENDPOINT.to_vec();
        let mut fields = Vec::new();
        for _ in 0..from.int_in_range(0..=5)? {
            let piece = left.remove(from.int_in_range(0..=left.len() - 1)?);
            let key = piece.split(':').next().unwrap_or_default();
            left.retain(|other| !other.starts_with(&format!("{key}:")));
            fields.push(piece);
        }
        yaml.push_str(&format!("  - {{{}}}\n", fields.join(", ")));
    }
    Ok(())
}
