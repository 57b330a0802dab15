//! Configurations that a real server ran with.
#![cfg(feature = "operator")]

use std::{collections::BTreeMap, io::Read};

use exposition::operator::{Explainer, OperatorConfig, ScrapeConfig};
use serde_json::Value;

/// Configurations of a real server, and what it made of its targets' discovered labels.
#[test]
fn configurations_of_a_server() {
    let Some(directory) = std::env::var_os("EXPOSITION_GOLDEN") else {
        return;
    };
    let file = std::path::Path::new(&directory).join("../vectors/scrape.jsonl.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(file).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    let mut cases = 0;
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let config: ScrapeConfig = serde_json::from_value(case["scrape_config"].clone()).unwrap();
        let yaml = config.to_yaml().unwrap();
        let again = ScrapeConfig::from_yaml(&yaml).unwrap();
        assert_eq!(again, config, "{yaml}");

        let settings = OperatorConfig::default();
        let explainer = Explainer::new(&config, &settings).unwrap();
        let discovered: BTreeMap<String, String> =
            serde_json::from_value(case["discovered"].clone()).unwrap();
        let pairs = discovered
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let explanation = explainer.target(pairs);
        let id = &case["id"];
        assert_eq!(
            explanation.is_kept(),
            case["dropped"].is_null(),
            "{id}: {}",
            explanation.reason()
        );
        for (name, value) in case["target"].as_object().into_iter().flatten() {
            let labels = explanation.labels();
            let mut found = labels.get(name);
            if name == "instance" {
                // Without one of its own a target gets its address.
                found = found.or_else(|| labels.get("__address__"));
            }
            assert_eq!(found, value.as_str(), "{id}: {name}");
        }
        cases += 1;
    }
    assert_eq!(cases, 82);
}
