//! Labels kept from scrape to scrape are those of every body alone.

#![cfg(feature = "relabel")]
#![allow(clippy::unwrap_used, reason = "a test that cannot begin has failed")]

use std::collections::HashMap;

use exposition::relabel::{Action, LabelSet, RuleConfig, Rules};
use exposition::scrape::{SampleConfig, SeriesLabels, Target, TargetConfig};
use exposition::{Dialect, Line, Parser, ScrapeCache};
use proptest::prelude::*;

#[path = "support/scrapes.rs"]
#[allow(dead_code, reason = "shared with the tests of the cache")]
mod scrapes;

fn config(honor_labels: bool) -> SampleConfig {
    let mut config = SampleConfig::new();
    config.honor_labels = honor_labels;
    let rule = RuleConfig::new;
    let rules = [
        rule().source_labels(["x"]).regex("2").action(Action::Drop),
        rule().regex("y|le").action(Action::LabelDrop),
        rule().source_labels(["__name__", "x"]).target_label("job"),
    ];
    config.rules = Rules::new(rules, config.name_scheme).unwrap();
    config
}

fn target() -> Target {
    let targets = TargetConfig::new("mesh");
    let found = targets.discover([("__address__", "h:15090"), ("x", "target")]);
    found.unwrap().into_target().unwrap()
}

type Pairs = Vec<(String, String)>;

fn afresh(
    config: &SampleConfig,
    target: &Target,
    body: &[u8],
    dialect: Dialect,
) -> Vec<Option<Pairs>> {
    let mut first: HashMap<&[u8], Option<Pairs>> = HashMap::new();
    let lines = Parser::new(body, dialect).flatten();
    let samples = lines.filter_map(Line::into_sample).map(|sample| {
        let labels = first.entry(sample.raw_series()).or_insert_with(|| {
            let mut labels: LabelSet<'_> = config.join(&sample, target);
            let kept = config.rules.apply(&mut labels) && !labels.is_empty();
            let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
            kept.then(|| labels.sorted().map(owned).collect())
        });
        labels.clone()
    });
    samples.collect()
}

fn check<'b>(honor_labels: bool, bodies: impl IntoIterator<Item = (&'b [u8], Dialect)>) {
    let (config, target) = (config(honor_labels), target());
    let mut cache = ScrapeCache::new();
    let mut stored = SeriesLabels::new(&config, &target);
    for (body, dialect) in bodies {
        let pass = cache.scrape(body, dialect);
        stored.follow(&pass);
        let mut ids = std::collections::HashSet::new();
        let samples = pass.samples().flatten().map(|sample| {
            ids.insert(sample.id());
            stored.of(&sample).map(<[_]>::to_vec)
        });
        let samples: Vec<Option<Pairs>> = samples.collect();
        assert_eq!(samples, afresh(&config, &target, body, dialect));
        assert_eq!(stored.len(), ids.len());
    }
}

#[test]
fn a_type_that_changes_changes_the_bounds() {
    let kinds = ["histogram", "gauge", "histogram"];
    let bodies = kinds.map(|kind| format!("# TYPE h {kind}\nh{{quantile=\"1\",q=\"1\"}} 1\n"));
    check(
        false,
        bodies
            .iter()
            .map(|body| (body.as_bytes(), Dialect::Prometheus)),
    );
    let twice = "h{z=\"1\"} 1\n# TYPE h summary\nh{quantile=\"1\"} 1\n# TYPE h gauge\nh{quantile=\"1\"} 2\n";
    check(true, [(twice.as_bytes(), Dialect::Prometheus); 3]);
}

proptest! {
    #[test]
    fn kept_labels_are_those_of_each_body_alone(
        bodies in scrapes::chain(),
        honor_labels in any::<bool>(),
        dialect in prop::sample::select(vec![Dialect::Prometheus, Dialect::OpenMetrics]),
    ) {
        check(honor_labels, bodies.iter().map(|body| (body.as_ref(), dialect)));
    }
}
