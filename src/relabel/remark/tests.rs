use super::*;
use crate::relabel::RemarkKind;

/// Reads rules in Prometheus' spelling.
fn rules(yaml: &str) -> Vec<RuleConfig> {
    #[derive(serde::Deserialize)]
    struct List(Vec<RuleConfig>);
    let List(rules) = crate::yaml::from_str(yaml).unwrap();
    rules
}

fn told(subject: Subject, yaml: &str) -> Vec<String> {
    (remarks(&rules(yaml), subject, ValidationScheme::Utf8).iter())
        .map(|remark| format!("{} {remark}", remark.kind))
        .collect()
}

const TARGETS: Subject = Subject::Targets;
const SAMPLES: Subject = Subject::Samples;

/// Every kind, with its words.
#[test]
fn rules_that_cannot_mean_what_they_say() {
    let to_samples =
        "move it to the rules for samples (`metricRelabelings`, `metric_relabel_configs`)";
    let to_targets = "copy it to another label in the rules for targets (`relabelings`, `relabel_configs`), \
                      and read that";
    for (subject, yaml, expected) in [
        (
            TARGETS,
            "[{source_labels: [a], target_label: b, replacement: $1_x}]",
            "no-such-group rules[0].replacement: `$1_x` is the group named \"1_x\", which does not exist and \
             is empty; for group 1 and the text \"_x\" write `${1}_x`",
        ),
        (
            TARGETS,
            "[{source_labels: [a], target_label: b, replacement: $2}]",
            "no-such-group rules[0].replacement: the regex has 1 group, so `$2` is empty; put one more part \
             in parentheses, or write another number",
        ),
        (
            TARGETS,
            "[{source_labels: [a], regex: (a)(b), target_label: b, replacement: '${3}'}]",
            "no-such-group rules[0].replacement: the regex has 2 groups, so `$3` is empty; put one more part \
             in parentheses, or write another number",
        ),
        (
            TARGETS,
            "[{source_labels: [a], target_label: b, regex: .+, replacement: 'x-$1'}]",
            "no-such-group rules[0].replacement: the regex has no group, so `$1` is empty; put the part to \
             take in parentheses, or write `$0` for all of it",
        ),
        (
            TARGETS,
            "[{source_labels: [a], target_label: b, regex: a.+}]",
            "no-such-group rules[0].replacement: without a replacement it is `$1`, and the regex has no \
             group, so the result is empty; put the part to take in parentheses, or write `$0` for all of it",
        ),
        (
            SAMPLES,
            "[{source_labels: [a], target_label: b_$name, regex: (.+), replacement: x}]",
            "no-such-group rules[0].target_label: the regex has no group named \"name\", so `$name` is empty; \
             name a group with `(?P<name>…)`, write its number, or write `$$` for the text `$`",
        ),
        (
            TARGETS,
            "[{action: labelmap, regex: __meta_kubernetes_pod_label_(.+), replacement: $1_label}]",
            "no-such-group rules[0].replacement: `$1_label` is the group named \"1_label\", which does not \
             exist and is empty; for group 1 and the text \"_label\" write `${1}_label`",
        ),
        (
            TARGETS,
            "[{source_labels: [a], target_label: b, replacement: 'a:$$1'}]",
            "literal-dollar rules[0].replacement: `$$` is the text `$`, so the result has the text `$1`; for \
             the group's text write `${1}`",
        ),
        (
            TARGETS,
            "[{source_labels: [a], target_label: b, replacement: '$${1}'}]",
            "literal-dollar rules[0].replacement: `$$` is the text `$`, so the result has the text `$1`; for \
             the group's text write `${1}`",
        ),
        (
            TARGETS,
            r"[{source_labels: [a], target_label: b, regex: '(.+):\d+', replacement: '\1:80'}]",
            r"backslash-reference rules[0].replacement: `\1` is text; for the group's text write `${1}`",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: go_, action: drop}]",
            "part-of-value rules[0].regex: a regex has to match the whole value, and \"go_\" is hardly a \
             whole metric's name; for what begins so, write `go_.*`",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: '(go_info|go_*)', action: drop}]",
            "part-of-value rules[0].regex: a regex has to match the whole value, and in \"go_*\" the `*` repeats \
             only the character before it; for what begins so, write `go_.*`",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: ^go_, action: drop}]",
            "part-of-value rules[0].regex: a regex has to match the whole value, and \"go_\" is hardly a \
             whole metric's name; for what begins so, write `go_.*`",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: ^istio, action: keep}]",
            "part-of-value rules[0].regex: a regex has to match the whole value, and \"istio\" is hardly a \
             whole metric's name; for what begins so, write `istio.*`",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: _bucket$, action: drop}]",
            "part-of-value rules[0].regex: a regex has to match the whole value, and \"_bucket\" is hardly a \
             whole metric's name; for what ends so, write `.*_bucket`",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: (go|process)_, action: drop}]",
            "part-of-value rules[0].regex: a regex has to match the whole value, and \"go_\" is hardly a \
             whole metric's name; for what begins so, write `.*` after it",
        ),
        (
            TARGETS,
            "[{source_labels: [__meta_kubernetes_pod_name], regex: catalog-, action: keep}]",
            "part-of-value rules[0].regex: a regex has to match the whole value, and \"catalog-\" is hardly a \
             whole name in Kubernetes; for what begins so, write `catalog-.*`",
        ),
        (
            TARGETS,
            "[{source_labels: [__address__], regex: ':15090', action: keep}]",
            "part-of-value rules[0].regex: a regex has to match the whole value, and \":15090\" is hardly a \
             whole address; for what ends so, write `.*:15090`",
        ),
        (
            TARGETS,
            "[{source_labels: [__meta_kubernetes_pod_container_image], regex: docker.io/istio/, action: keep}]",
            "part-of-value rules[0].regex: a regex has to match the whole value, and \"docker.io/istio/\" is \
             hardly a whole image; for what begins so, write `docker.io/istio/.*`",
        ),
        (
            TARGETS,
            r"[{source_labels: [__meta_kubernetes_pod_container_image], regex: 'docker\.io/istio/', action: keep}]",
            "part-of-value rules[0].regex: a regex has to match the whole value, and \"docker.io/istio/\" is \
             hardly a whole image; for what begins so, write `docker\\.io/istio/.*`",
        ),
        (
            TARGETS,
            "[{source_labels: [__meta_kubernetes_service_annotation_url], regex: 'https://', action: keep}]",
            "part-of-value rules[0].regex: a regex has to match the whole value, and \"https://\" is hardly a \
             whole value; for what begins so, write `https://.*`",
        ),
        (
            TARGETS,
            "[{action: labelmap, regex: __meta_kubernetes_pod_label_, replacement: app}]",
            "part-of-value rules[0].regex: a regex has to match the whole value, and \
             \"__meta_kubernetes_pod_label_\" is hardly a whole label's name; for what begins so, write \
             `__meta_kubernetes_pod_label_.*`",
        ),
        (
            TARGETS,
            "[{source_labels: [a], action: keep}]",
            "matches-everything rules[0].regex: keep with a regex that matches everything, an absent label \
             too, never drops; to ask for a label, write `regex: .+`",
        ),
        (
            TARGETS,
            "[{source_labels: [a], action: drop, regex: '^(.+)?$'}]",
            "matches-everything rules[0].regex: drop with a regex that matches everything, an absent label \
             too, drops all; to ask for a label, write `regex: .+`",
        ),
        (
            TARGETS,
            "[{action: keep, regex: web}]",
            "no-source-label rules[0].source_labels: none, so the value is empty, which the regex does not \
             match: all is dropped; name the label that the regex is for",
        ),
        (
            TARGETS,
            "[{action: drop, regex: '(web)?'}]",
            "no-source-label rules[0].source_labels: none, so the value is empty, which the regex matches: \
             all is dropped; name the label that the regex is for",
        ),
        (
            TARGETS,
            "[{regex: web, target_label: a, replacement: b}]",
            "no-source-label rules[0].source_labels: none, so the value is empty, which the regex does not \
             match: nothing is replaced; name the label that the regex is for",
        ),
        (
            TARGETS,
            "[{source_labels: [a, b], regex: 'true', action: keep}]",
            "too-few-separators rules[0].regex: the values of 2 labels are joined with \";\", which the regex \
             cannot match once: all is dropped; write a part for each label, with `;` between them",
        ),
        (
            TARGETS,
            "[{source_labels: [a, b, c], separator: '/', regex: '[a-z]+/[0-9]+', action: drop}]",
            "too-few-separators rules[0].regex: the values of 3 labels are joined with \"/\", which the regex \
             cannot match 2 times: nothing is dropped; write a part for each label, with `/` between them",
        ),
        (
            TARGETS,
            "[{action: labelmap, regex: __meta_kubernetes_pod_label_.+, replacement: label}]",
            "mapped-to-one-name rules[0].replacement: every label that matches becomes \"label\", and only \
             one of them stays; take a part of the name, as in `regex: prefix_(.+)` with `replacement: $1`",
        ),
        (
            TARGETS,
            "[{source_labels: [a, b], regex: x, action: keep}, {target_label: c, replacement: d}, {target_label: e, replacement: f}]",
            "too-few-separators rules[0].regex: the values of 2 labels are joined with \";\", which the regex \
             cannot match once: all is dropped; write a part for each label, with `;` between them\n\
             unreachable-rule rules[1].action: nothing reaches this rule: the one before it drops everything; \
             remove it, or correct the other",
        ),
        (
            SAMPLES,
            "[{source_labels: [a], regex: b, action: drop}, {regex: c, action: labeldrop}, {source_labels: [a], regex: b, action: drop}]",
            "",
        ),
        (
            SAMPLES,
            "[{source_labels: [a], regex: b, action: drop}, {source_labels: [c], target_label: d}, {source_labels: [a], regex: b, action: drop}]",
            "repeated-rule rules[2].action: the same as the rule 2 before it, and does nothing more; remove \
             one of them, or correct it",
        ),
        (
            SAMPLES,
            "[{regex: c, action: labeldrop}, {regex: c, action: labeldrop}]",
            "repeated-rule rules[1].action: the same as the rule before it, and does nothing more; remove one \
             of them, or correct it",
        ),
        (
            SAMPLES,
            "[{source_labels: [a], target_label: a, action: lowercase}, {source_labels: [a], target_label: a, action: lowercase}]",
            "repeated-rule rules[1].action: the same as the rule before it, and does nothing more; remove one \
             of them, or correct it",
        ),
        (
            SAMPLES,
            "[{source_labels: [__meta_kubernetes_pod_name], target_label: pod}]",
            &format!(
                "discovery-label rules[0].source_labels: targets have the label `__meta_kubernetes_pod_name`, \
                 and samples do not: it is always empty; {to_targets}"
            ),
        ),
        (
            SAMPLES,
            "[{source_labels: [__tmp_team], target_label: team}]",
            &format!(
                "discovery-label rules[0].source_labels: targets have the label `__tmp_team`, and samples do \
                 not: it is always empty; {to_targets}"
            ),
        ),
        (
            SAMPLES,
            "[{action: labelmap, regex: __meta_kubernetes_pod_label_(.+)}]",
            "discovery-label rules[0].regex: samples do not have labels that begin with \
             \"__meta_kubernetes_pod_label_\": the rule does nothing; move it to the rules for targets \
             (`relabelings`, `relabel_configs`)",
        ),
        (
            TARGETS,
            "[{source_labels: [__name__], regex: go_.*, action: drop}]",
            &format!(
                "sample-label rules[0].source_labels: samples have the label `__name__`, and targets do not: \
                 it is empty for all targets; {to_samples}"
            ),
        ),
        (
            TARGETS,
            "[{source_labels: [job], target_label: __name__}]",
            &format!(
                "sample-label rules[0].target_label: labels of targets that begin with `__` do not reach \
                 their samples: the name of no metric changes; {to_samples}"
            ),
        ),
        (
            SAMPLES,
            "[{action: labeldrop, regex: __.*}]",
            "series-label-removed rules[0].regex: it removes `__name__`, and a sample without a name fails \
             the scrape; leave out `__name__`",
        ),
        (
            SAMPLES,
            "[{action: labelkeep, regex: job|instance|code}]",
            "series-label-removed rules[0].regex: it removes `__name__`, and a sample without a name fails \
             the scrape; add `__name__` to the regex",
        ),
        (
            SAMPLES,
            "[{action: labeldrop, regex: le}]",
            "series-label-removed rules[0].regex: it removes `le`, so that the buckets of a histogram are one \
             series, and only the first is stored; leave out `le`, or drop the series by `__name__`",
        ),
        (
            SAMPLES,
            "[{action: labeldrop, regex: q.+}]",
            "series-label-removed rules[0].regex: it removes `quantile`, so that the quantiles of a summary \
             are one series, and only the first is stored; leave out `quantile`, or drop the series by \
             `__name__`",
        ),
        (
            TARGETS,
            "[{action: labelkeep, regex: job|instance}]",
            "address-removed rules[0].regex: it removes `__address__`, without which Prometheus refuses the \
             target; add `__.+` to the regex; labels that begin with `__` are removed anyway",
        ),
        (
            TARGETS,
            "[{action: labeldrop, regex: __.+}]",
            "address-removed rules[0].regex: it removes `__address__`, without which Prometheus refuses the \
             target; leave out labels that begin with `__`, which are removed anyway",
        ),
    ] {
        assert_eq!(told(subject, yaml).join("\n"), expected, "{yaml}");
    }
}

/// What looks alike and is meant.
#[test]
fn rules_that_are_meant_as_they_are() {
    for (subject, yaml) in [
        // Templates.
        (TARGETS, "[{source_labels: [a], target_label: b}]"),
        (
            TARGETS,
            "[{source_labels: [a], target_label: b, replacement: '${1}_x'}]",
        ),
        (
            TARGETS,
            "[{source_labels: [a], target_label: b, replacement: '$0'}]",
        ),
        (
            TARGETS,
            "[{source_labels: [a], regex: '(?P<name>.+)', target_label: b, replacement: '$name'}]",
        ),
        (
            TARGETS,
            "[{source_labels: [a], regex: '(?P<env>.+)-x', target_label: '${env}', replacement: c}]",
        ),
        (
            TARGETS,
            "[{source_labels: [a], regex: x, target_label: b, replacement: ''}]",
        ),
        (TARGETS, "[{target_label: b, replacement: '5$ or $'}]"),
        (TARGETS, "[{target_label: b, replacement: 'a$$b'}]"),
        (TARGETS, "[{target_label: b, replacement: '$(SHARD)'}]"),
        (TARGETS, r"[{target_label: b, replacement: 'CORP\1'}]"),
        (
            TARGETS,
            r"[{source_labels: [a], regex: 'x', target_label: b, replacement: 'c:\1'}]",
        ),
        (
            TARGETS,
            "[{source_labels: [a], regex: x, action: keep, replacement: $1}]",
        ),
        (
            TARGETS,
            "[{source_labels: [a], target_label: b, modulus: 2, action: hashmod, replacement: $7}]",
        ),
        (
            TARGETS,
            "[{action: labelmap, regex: __meta_kubernetes_pod_label_(.+)}]",
        ),
        (
            TARGETS,
            "[{action: labelmap, regex: __meta_kubernetes_pod_label_(.+), replacement: 'pod_$1'}]",
        ),
        // Whole values.
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: go_.*, action: drop}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: '^go_.*$', action: drop}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: '^go_.*', action: drop}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: '^(go|process)_.+', action: drop}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: go_goroutines, action: drop}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: '^http_requests_total', action: keep}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: 'http_requests_total$', action: keep}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: '^up', action: keep}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: '^up$', action: keep}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: 'up|go_threads', action: keep}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: '.*_bucket$', action: drop}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: '(.+)_bucket', action: drop}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: 'foo_?', action: drop}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [path], regex: '/api/', action: drop}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [path], regex: '/metrics$', action: drop}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [kind], regex: '-', action: drop}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [prefix], regex: 'tmp_', action: drop}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [namespace], regex: '^(kube-system|monitoring)', action: keep}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [container], regex: 'POD|', action: drop}]",
        ),
        (
            TARGETS,
            "[{source_labels: [__meta_kubernetes_pod_name], regex: toolbox, action: keep}]",
        ),
        (
            TARGETS,
            "[{source_labels: [__meta_kubernetes_pod_name], regex: catalog-.*, action: keep}]",
        ),
        (
            TARGETS,
            "[{source_labels: [__meta_kubernetes_pod_label_prefix_name], regex: catalog-, action: keep}]",
        ),
        (
            TARGETS,
            "[{source_labels: [__address__], regex: localhost, action: keep}]",
        ),
        (
            TARGETS,
            "[{source_labels: [__address__], regex: 10.0.0.7:9090, action: keep}]",
        ),
        (
            TARGETS,
            r"[{source_labels: [__address__], regex: '(.*):10250', target_label: __address__, replacement: '${1}:9100'}]",
        ),
        (
            TARGETS,
            r"[{source_labels: [__address__, __meta_kubernetes_pod_annotation_prometheus_io_port], regex: '([^:]+)(?::\d+)?;(\d+)', replacement: '$1:$2', target_label: __address__}]",
        ),
        (
            TARGETS,
            "[{source_labels: [__meta_kubernetes_pod_container_image], regex: nginx, action: keep}]",
        ),
        (
            TARGETS,
            "[{source_labels: [__meta_dns_name], regex: 'example.com.', action: keep}]",
        ),
        (
            TARGETS,
            "[{action: labeldrop, regex: __meta_kubernetes_pod_label_.*}]",
        ),
        (TARGETS, "[{action: labeldrop, regex: __scheme__}]"),
        (
            TARGETS,
            "[{source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape], regex: 'true', action: keep}]",
        ),
        // keep and drop.
        (TARGETS, "[{source_labels: [a], regex: .+, action: keep}]"),
        (TARGETS, "[{source_labels: [a], regex: '', action: drop}]"),
        (
            TARGETS,
            "[{source_labels: [a, b], regex: .*;.*, action: keep}]",
        ),
        (
            TARGETS,
            "[{source_labels: [a], target_label: b, action: keepequal}]",
        ),
        // Values that are always set.
        (TARGETS, "[{target_label: a, replacement: b}]"),
        (TARGETS, "[{regex: '', target_label: a, replacement: b}]"),
        // Separators.
        (
            TARGETS,
            "[{source_labels: [a, b], regex: a;b, action: keep}]",
        ),
        (
            TARGETS,
            "[{source_labels: [a, b], regex: .+, action: keep}]",
        ),
        (
            TARGETS,
            "[{source_labels: [a, b], regex: '[^a]+', action: keep}]",
        ),
        (
            TARGETS,
            "[{source_labels: [a, b], separator: '', regex: 'true', action: keep}]",
        ),
        (
            TARGETS,
            "[{source_labels: [a, b], separator: '/', regex: 'a/b', action: keep}]",
        ),
        (
            TARGETS,
            "[{source_labels: [a, b], regex: 'true;|;true', action: keep}]",
        ),
        (
            TARGETS,
            "[{source_labels: [a], regex: 'a;b', action: keep}]",
        ),
        (
            TARGETS,
            "[{source_labels: [a, b], regex: 'true;true;?', action: keep}]",
        ),
        (
            TARGETS,
            r"[{source_labels: [a, b], regex: '\Wx?\W?', action: keep}]",
        ),
        // One name.
        (
            TARGETS,
            "[{action: labelmap, regex: __meta_kubernetes_pod_name, replacement: pod}]",
        ),
        (
            TARGETS,
            "[{action: labelmap, regex: __meta_kubernetes_(pod|service)_name, replacement: name}]",
        ),
        // Repeated, with an effect.
        (
            SAMPLES,
            "[{source_labels: [a], regex: b, action: drop}, {source_labels: [c], target_label: a}, {source_labels: [a], regex: b, action: drop}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [a], regex: b, action: drop}, {source_labels: [a], regex: b, action: keep}]",
        ),
        (
            SAMPLES,
            "[{regex: c, action: labeldrop}, {source_labels: [d], target_label: c}, {regex: c, action: labeldrop}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [a], target_label: b}, {source_labels: [a], target_label: b}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [a, b], target_label: a, action: lowercase}, {source_labels: [a, b], target_label: a, action: lowercase}]",
        ),
        // Labels of the other half.
        (
            SAMPLES,
            "[{source_labels: [job], target_label: __tmp_job}, {source_labels: [__tmp_job], regex: a, action: keep}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [job], regex: (.+), target_label: '__tmp_$1', replacement: x}, {source_labels: [__tmp_a], regex: x, action: keep}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__, __type__, __unit__], regex: a;b;c, action: keep}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: 'a_(.+)', target_label: __name__}]",
        ),
        (TARGETS, "[{source_labels: [__tmp_a], target_label: b}]"),
        (
            TARGETS,
            "[{source_labels: [job], target_label: __name__}, {source_labels: [__name__], target_label: x}]",
        ),
        (
            TARGETS,
            "[{source_labels: [__address__], target_label: __param_target}, {source_labels: [__param_target], target_label: instance}]",
        ),
        (
            Subject::Unknown,
            "[{source_labels: [__name__], regex: go_.*, action: drop}, {source_labels: [__meta_a], target_label: b}, {action: labelkeep, regex: a}]",
        ),
        // Labels that are removed.
        (SAMPLES, "[{action: labeldrop, regex: pod_template_hash}]"),
        (SAMPLES, "[{action: labeldrop, regex: 'tile|leader|file'}]"),
        (
            SAMPLES,
            "[{source_labels: [quantile], regex: '0.5|0.9', action: drop}, {action: labeldrop, regex: quantile}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__, le], regex: '.+_bucket;.*[^f]', action: drop}, {action: labeldrop, regex: le}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: '.+_bucket', action: drop}, {action: labeldrop, regex: le}]",
        ),
        (
            SAMPLES,
            "[{source_labels: [__name__], regex: 'up|a_total', action: keep}, {action: labeldrop, regex: 'q.*'}]",
        ),
        (
            SAMPLES,
            "[{action: labelkeep, regex: __name__|job|instance|code}]",
        ),
        (
            SAMPLES,
            "[{action: labeldrop, regex: __name__}, {target_label: __name__, replacement: a}]",
        ),
        (TARGETS, "[{action: labelkeep, regex: __.*|job}]"),
        (
            TARGETS,
            "[{action: labelkeep, regex: job}, {target_label: __address__, replacement: 'h:1'}]",
        ),
        // An error is told elsewhere.
        (
            TARGETS,
            "[{source_labels: [a], regex: '(', target_label: b, replacement: $2}]",
        ),
        (
            TARGETS,
            "[{source_labels: [a], target_label: '', replacement: $2}]",
        ),
        // What Prometheus' variables become is not known.
        (
            TARGETS,
            "[{source_labels: [a, b], regex: $(SHARD), action: keep}]",
        ),
    ] {
        assert_eq!(told(subject, yaml), [""; 0], "{yaml}");
    }
}

/// The page has every kind, in the order of the table, with its summary, an example and what to write.
#[test]
fn the_page_lists_every_kind() {
    let page = include_str!("../../docs/remarks.md");
    let headings: Vec<_> = (page.lines())
        .filter_map(|line| line.strip_prefix("## `"))
        .collect();
    let expected: Vec<_> = (RemarkKind::ALL.iter())
        .map(|kind| format!("{kind}`: {}", kind.summary()))
        .collect();
    assert_eq!(headings, expected);
    for part in page.split("\n## `").skip(1) {
        assert!(part.contains("\n**Write**"), "{part}");
    }
    for kind in RemarkKind::ALL {
        let same = (RemarkKind::ALL.iter()).filter(|other| other.id() == kind.id());
        assert_eq!(same.count(), 1, "{kind}");
    }
}
