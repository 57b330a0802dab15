//! Manifests and scrape configurations.

use std::hint::black_box;

use exposition::operator::{Explainer, Manifest, OperatorConfig, ScrapeConfig, render_all};

use super::Work;

type Text = (&'static str, fn(usize) -> String);

const HEAD: &str = "\
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: a, namespace: b}
";

/// A monitor with `spec` in its spec, beside what every one needs.
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

/// Every shape read, rendered, written and explained; and read as a scrape configuration.
pub(super) fn works() -> impl Iterator<Item = Work> {
    MANIFESTS.iter().map(|&(shape, text)| {
        Work::new("manifests", shape, move |bytes| {
            let yaml = text(bytes);
            Box::new(move || {
                drop(black_box(ScrapeConfig::from_yaml(&yaml)));
                drop(black_box(
                    yaml.parse::<Manifest>().map_err(|error| error.to_string()),
                ));
                let Ok(manifests) = Manifest::parse_all(&yaml) else {
                    return;
                };
                let settings = OperatorConfig::default();
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
