//! Work on manifests and scrape configurations.

use std::hint::black_box;

use exposition::operator::{
    Assets, Explainer, Manifest, OperatorConfig, Prometheus, ScrapeConfig, check, check_all,
    render_all,
};

use super::Work;

type Text = (&'static str, fn(usize) -> String);

const HEAD: &str = "\
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: a, namespace: b}
";

/// Returns a monitor with `spec` in its spec, and the fields that every monitor needs.
fn monitor(spec: &str) -> String {
    format!("{HEAD}spec:\n  selector: {{}}\n  podMetricsEndpoints: [{{port: p}}]\n{spec}")
}

fn numbered(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

const MANIFESTS: &[Text] = &[
    ("documents", |n| {
        format!("{}---\n", monitor("")).repeat(n / 150)
    }),
    ("endpoints", |n| {
        let endpoints = "  - {port: p, relabelings: [{regex: a, action: keep}]}\n".repeat(n / 54);
        format!("{HEAD}spec:\n  selector: {{}}\n  podMetricsEndpoints:\n{endpoints}")
    }),
    ("labels to match", |n| {
        let labels = numbered(n / 14, |i| format!("l{i:07}: v, "));
        format!(
            "{HEAD}spec:\n  selector: {{matchLabels: {{{labels}}}}}\n  podMetricsEndpoints: [{{port: p}}]\n"
        )
    }),
    ("values to match", |n| {
        let values = numbered(n / 9, |i| format!("{i:07}a,"));
        format!(
            "{HEAD}spec:\n  selector: {{matchExpressions: [{{key: k, operator: In, values: [{values}]}}]}}\n  \
             podMetricsEndpoints: [{{port: p}}]\n"
        )
    }),
    ("labels to copy", |n| {
        monitor(&format!(
            "  podTargetLabels: [{}]\n",
            numbered(n / 9, |i| format!("l{i:07},"))
        ))
    }),
    ("relabelings", |n| {
        let rules = "{sourceLabels: [a], targetLabel: b, regex: 'a(.*)'}, ".repeat(n / 53);
        format!(
            "{HEAD}spec:\n  selector: {{}}\n  podMetricsEndpoints: [{{port: p, relabelings: [{rules}]}}]\n"
        )
    }),
    ("parameters", |n| {
        let params = numbered(n / 14, |i| format!("p{i:07}: [v],"));
        format!(
            "{HEAD}spec:\n  selector: {{}}\n  podMetricsEndpoints: [{{port: p, params: {{{params}}}}}]\n"
        )
    }),
    ("endpoints that are wrong", |n| {
        let endpoints =
            "  - {port: 1, relabelings: [{regex: 2}, {action: x}], no: 3}\n".repeat(n / 60);
        format!("{HEAD}spec:\n  selector: {{}}\n  podMetricsEndpoints:\n{endpoints}")
    }),
    ("endpoints that are refused", |n| {
        let endpoints = "  - {scrapeTimeout: 1h, noProxy: x, basicAuth: {}, oauth2: \
                         {clientId: {}, clientSecret: {key: k}, tokenUrl: 'http://t'}}\n"
            .repeat(n / 120);
        format!("{HEAD}spec:\n  selector: {{}}\n  podMetricsEndpoints:\n{endpoints}")
    }),
    ("requirements that are refused", |n| {
        let requirements = "{key: a b, operator: Exists, values: [c d]},".repeat(n / 44);
        monitor("").replace(
            "selector: {}",
            &format!("selector: {{matchExpressions: [{requirements}]}}"),
        )
    }),
    ("a URL", |n| {
        let url = "%41@[:".repeat(n / 6);
        monitor("").replace("port: p", &format!("proxyUrl: 'http://{url}'"))
    }),
    ("headers", |n| {
        let headers = numbered(n / 30, |i| format!("h{i:07}: [{{name: a, key: b}}], "));
        monitor("").replace(
            "port: p",
            &format!("proxyUrl: 'http://p', proxyConnectHeader: {{{headers}}}"),
        )
    }),
    ("a long name", |n| {
        monitor(&format!("  jobLabel: {}\n", "a".repeat(n)))
    }),
    ("an unknown key", |n| {
        monitor(&format!("  {}: 1\n", "a".repeat(n)))
    }),
    ("keys", |n| {
        monitor(&numbered(n / 12, |i| format!("  k{i:07}: 1\n")))
    }),
    ("one key", |n| monitor(&"  jobLabel: a\n".repeat(n / 14))),
    ("lists in lists", |n| "[".repeat(n)),
    ("maps in maps", |n| "{a: ".repeat(n / 4)),
    ("maps by indentation", |n| {
        // The blanks grow with the depth.
        let depth = (0..)
            .take_while(|depth| depth * (depth + 3) / 2 < n)
            .last()
            .unwrap_or(0);
        numbered(depth, |i| format!("{}a:\n", " ".repeat(i)))
    }),
    ("aliases", |n| {
        format!("a: &a [x]\nb: [{}]\n", "*a,".repeat(n / 3))
    }),
    ("aliases of aliases", |n| {
        numbered(n / 80, |i| {
            let next = i + 1;
            let alias = format!("*a{i:04},").repeat(9);
            format!("a{next:04}: &a{next:04} [{alias}]\n")
        })
    }),
    ("anchors", |n| {
        numbered(n / 20, |i| format!("- &a{i:07} x\n"))
    }),
    ("merges", |n| {
        format!("a: &a {{b: c}}\nd:\n{}", "  <<: *a\n".repeat(n / 9))
    }),
    ("a merge of many", |n| {
        format!("a: &a {{b: c}}\nd: {{<<: [{}]}}\n", "*a,".repeat(n / 3))
    }),
    ("tags", |n| "- !!str a\n".repeat(n / 10)),
    ("tags without a value", |n| "- !!int a\n".repeat(n / 10)),
    ("Base64", |n| format!("- !!binary {}", "YWFh".repeat(n / 4))),
    ("keys in brackets", |n| {
        format!("{{{}}}", numbered(n / 10, |i| format!("k{i:07}, ")))
    }),
    ("pairs in brackets", |n| {
        format!("[{}]", "a: b, ".repeat(n / 6))
    }),
    ("keys on lines of their own", |n| "? a\n: b\n".repeat(n / 8)),
    ("a list that is not indented", |n| {
        format!("a:\n{}", "- b\n".repeat(n / 4))
    }),
    ("numbers", |n| "- 1_000\n".repeat(n / 8)),
    ("dates", |n| "- 2001-12-14 21:59:43.1\n".repeat(n / 24)),
    ("an open list", |n| format!("[{}", "a,".repeat(n / 2))),
    ("an open map", |n| format!("{{{}", "a: b,".repeat(n / 5))),
    ("keys that are too long", |n| {
        format!("{}: a", "a ".repeat(n / 2))
    }),
    ("line separators", |n| {
        format!("a: b{}", "\u{2028}".repeat(n / 3))
    }),
    ("ends of documents", |n| "...\n---\n".repeat(n / 8)),
    ("comments", |n| "#\n".repeat(n / 2) + &monitor("")),
    ("quotes", |n| format!("a: {}", "\"".repeat(n))),
    ("escapes", |n| format!("a: \"{}\"", "\\x41".repeat(n / 4))),
    ("block text", |n| format!("a: |\n{}", "  x\n".repeat(n / 4))),
    ("folded text", |n| {
        format!("a: >\n{}", "  x\n".repeat(n / 4))
    }),
    ("text over lines", |n| {
        format!("a: x\n{}", "  x\n".repeat(n / 4))
    }),
    ("tabs", |n| format!("a:{}", "\t".repeat(n))),
    ("blanks", |n| format!("a:{}b", " ".repeat(n))),
    ("colons", |n| ":".repeat(n)),
    ("dashes", |n| "- ".repeat(n / 2)),
    ("question marks", |n| "? ".repeat(n / 2)),
    ("exclamation marks", |n| "!".repeat(n)),
];

/// Contents of a Secret where a certificate is needed.
const SECRETS: &[Text] = &[
    ("keys", |n| {
        let keys = numbered(n / 14, |i| format!("k{i:07}: v, "));
        format!("stringData: {{ca: x, {keys}}}")
    }),
    ("beginnings", |n| {
        let lines = "    -----BEGIN A-----\n    AAAA\n".repeat(n / 30);
        format!("stringData:\n  ca: |\n{lines}")
    }),
    ("blocks", |n| {
        let lines = "    -----BEGIN A-----\n    !\n    -----END A-----\n".repeat(n / 48);
        format!("stringData:\n  ca: |\n{lines}")
    }),
    ("a block", |n| {
        let lines = "    MIIBMIIBMIIB\n".repeat(n / 17);
        format!("stringData:\n  ca: |\n    -----BEGIN A-----\n{lines}    -----END A-----\n")
    }),
    ("base64", |n| {
        format!("data: {{ca: {}}}", "LS0t".repeat(n / 4))
    }),
];

/// Returns the reading of a Secret of every shape, and the check and rendering of a monitor that refers to
/// it.
fn secrets() -> impl Iterator<Item = Work> {
    SECRETS.iter().map(|&(shape, text)| {
        Work::new("secrets", shape, move |bytes| {
            let data = text(bytes);
            let secret = format!("kind: Secret\nmetadata: {{name: s, namespace: b}}\n{data}\n");
            let key = "{name: s, key: ca}";
            let monitor = monitor("").replace(
                "port: p",
                &format!("tlsConfig: {{ca: {{secret: {key}}}, cert: {{secret: {key}}}, keySecret: {key}}}"),
            );
            Box::new(move || {
                let assets = Assets::parse_all(&secret).unwrap_or_default();
                let settings = OperatorConfig::default().with_assets(assets);
                if let Ok(manifest) = monitor.parse::<Manifest>() {
                    drop(black_box(check(&manifest, &settings)));
                    drop(black_box(render_all([&manifest], &settings)));
                }
            })
        })
    })
}

/// Returns the checking, reading, rendering, writing and explaining of every shape, and its reading as a
/// scrape configuration.
pub(super) fn works() -> impl Iterator<Item = Work> {
    manifests().chain(secrets())
}

fn manifests() -> impl Iterator<Item = Work> {
    MANIFESTS.iter().map(|&(shape, text)| {
        Work::new("manifests", shape, move |bytes| {
            let yaml = text(bytes);
            Box::new(move || {
                drop(black_box(ScrapeConfig::from_yaml(&yaml)));
                drop(black_box(
                    yaml.parse::<Manifest>().map_err(|error| error.to_string()),
                ));
                drop(black_box(yaml.parse::<Prometheus>()));
                let assets = Assets::parse_all(&yaml).unwrap_or_default();
                let settings = OperatorConfig::default().with_assets(assets);
                for verdict in check_all(&yaml, &settings).into_iter().flatten() {
                    drop(black_box(verdict.outcome.map_err(|why| why.to_string())));
                }
                let Ok(manifests) = Manifest::parse_all(&yaml) else {
                    return;
                };
                for manifest in &manifests {
                    drop(black_box((manifest.remarks(), manifest.references())));
                }
                let configs = render_all(&manifests, &settings);
                if let Ok(file) = ScrapeConfig::file_to_yaml(&configs) {
                    drop(black_box(ScrapeConfig::file_from_yaml(&file)));
                }
                for config in configs.iter().take(1) {
                    if let Ok(explainer) = Explainer::new(config, &settings) {
                        let labels = [("__address__", "h:1"), ("__meta_kubernetes_pod_name", "p")];
                        drop(black_box(explainer.target(labels).reason()));
                        drop(black_box(explainer.remarks()));
                    }
                }
            })
        })
    })
}
