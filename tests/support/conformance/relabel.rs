//! Checks one relabel case: a line of a vectors file.
//!
//! A case has rules as YAML, their scheme, a label set, and Prometheus' result: an error, "dropped", or the
//! labels afterwards. A case may instead be a pattern with a value and a template.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use exposition::{
    name::ValidationScheme,
    relabel::{Action, LabelSet, RuleConfig, Rules},
    yaml::{self, YamlError},
};
use serde_json::Value;

/// What happened to a label set.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// The rules do not load.
    Refused(String),
    Dropped,
    Kept(BTreeMap<String, String>),
}

/// Compares this crate with the case. The error says what differs.
///
/// # Errors
///
/// The expected and the actual result, or what is wrong with the case.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    if case.get("pattern").is_some() {
        return check_regex(case);
    }
    let yaml = text(case, &["configs", "yaml"])?;
    let scheme = scheme(case)?;
    let input = labels(case.get("labels").ok_or("no `labels`")?)?;
    let expected = expected(case)?;
    let actual = run(yaml, scheme, &input);
    let same = match (&expected, &actual) {
        (Outcome::Refused(_), Outcome::Refused(_)) => true,
        (expected, actual) => expected == actual,
    };
    if same {
        return Ok(());
    }
    Err(format!(
        "rules:\n{yaml}scheme: {scheme:?}\nlabels: {input:?}\nexpected: {expected:?}\nactual:   {actual:?}\n"
    ))
}

/// Returns why a case is not supported, if so.
pub(crate) fn out_of_reach(case: &Value) -> Option<&'static str> {
    let yaml = text(case, &["configs", "yaml"]).ok()?;
    let labels = case.get("labels")?;
    let is_bytes = |name: &String| labels.get(name).is_some_and(Value::is_object);
    let hashes_bytes = |rule: &RuleConfig| {
        rule.action == Some(Action::HashMod) && rule.source_labels.iter().flatten().any(is_bytes)
    };
    if read(yaml).is_ok_and(|rules| rules.iter().any(hashes_bytes)) {
        return Some("a hash of bytes that are not UTF-8, which label values here always are");
    }
    let modulus = |line: &str| -> Option<u128> {
        let value = line
            .trim_start_matches(['-', ' '])
            .strip_prefix("modulus:")?;
        value.trim().parse().ok()
    };
    if (yaml.lines().filter_map(modulus)).any(|modulus| modulus > u64::MAX.into()) {
        return Some("a modulus over 64 bits: Go's depends on the processor");
    }
    None
}

fn read(yaml: &str) -> Result<Vec<RuleConfig>, YamlError> {
    yaml::from_str::<Option<_>>(yaml).map(Option::unwrap_or_default)
}

fn run(yaml: &str, scheme: ValidationScheme, input: &BTreeMap<String, String>) -> Outcome {
    let configs = match read(yaml) {
        Ok(configs) => configs,
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    let rules = match Rules::new(configs, scheme) {
        Ok(rules) => rules,
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    let mut set = start(input);
    let keep = rules.apply(&mut set);

    // The result is the same in every way it is called.
    let (mut traced, mut counted) = (start(input), start(input));
    let trace = rules.trace(&mut traced);
    let mut stats = rules.stats();
    assert_eq!(
        keep,
        rules.apply_counted(&mut counted, &mut stats),
        "{yaml}"
    );
    assert_eq!(keep, trace.keep(), "{yaml}");
    assert_eq!((&set, &set), (&traced, &counted), "{yaml}");
    for (step, counts) in trace.steps().iter().zip(stats.rules()) {
        let changed = !step.changes().is_empty();
        assert_eq!(counts.matched, u64::from(step.matched()), "{yaml}{step}");
        assert_eq!(counts.changed, u64::from(changed), "{yaml}{step}");
    }
    let mut owned = start(input).into_owned();
    assert_eq!(keep, rules.apply(&mut owned), "{yaml}");
    assert_eq!(set, owned, "{yaml}");

    if !keep {
        return Outcome::Dropped;
    }
    let labels = set.sorted();
    Outcome::Kept(
        labels
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    )
}

fn start(labels: &BTreeMap<String, String>) -> LabelSet<'_> {
    (labels.iter())
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

/// Checks a pattern with a value, and the expansion of a template.
fn check_regex(case: &Value) -> Result<(), String> {
    let pattern = text(case, &["pattern"])?;
    let input = text(case, &["input"])?;
    let template = text(case, &["template"])?;
    let expected = match text(case, &["go"])? {
        "match" => Ok(Some(text(case, &["expanded"])?.to_owned())),
        "no-match" => Ok(None),
        _ => Err("a compile error".to_owned()),
    };
    // The text around the template distinguishes an empty expansion from no match.
    let rule = RuleConfig::new()
        .source_labels(["in"])
        .regex(pattern)
        .target_label("out")
        .replacement(format!("<{template}>"))
        .build(ValidationScheme::Utf8);
    let actual = match &rule {
        Err(error) => Err(error.to_string()),
        Ok(rule) => {
            let mut set: LabelSet<'_> = [("in", input)].into_iter().collect();
            assert!(rule.apply(&mut set));
            let out = set.get("out").map(|out| out[1..out.len() - 1].to_owned());
            Ok(out)
        }
    };
    match (&expected, &actual) {
        (Err(_), Err(_)) => Ok(()),
        (expected, actual) if expected == actual => Ok(()),
        _ => Err(format!(
            "pattern: {pattern:?}\ninput: {input:?}\ntemplate: {template:?}\nexpected: {expected:?}\nactual:   {actual:?}\n"
        )),
    }
}

fn expected(case: &Value) -> Result<Outcome, String> {
    if let Some(error) = case.get("error") {
        return Ok(Outcome::Refused(
            error.as_str().unwrap_or_default().to_owned(),
        ));
    }
    let (keep, after) = match case.get("outcome").and_then(Value::as_str) {
        Some("config-error") => return Ok(Outcome::Refused(String::new())),
        Some(outcome) => (outcome == "keep", case.get("result")),
        None => {
            let keep = case.get("keep").and_then(Value::as_bool);
            (keep.ok_or("no `keep`")?, case.get("labels_out"))
        }
    };
    match keep {
        true => Ok(Outcome::Kept(labels(after.unwrap_or(&Value::Null))?)),
        false => Ok(Outcome::Dropped),
    }
}

fn scheme(case: &Value) -> Result<ValidationScheme, String> {
    match case.get("scheme").and_then(Value::as_str) {
        Some("utf8") => Ok(ValidationScheme::Utf8),
        Some("legacy") => Ok(ValidationScheme::Legacy),
        other => Err(format!("unknown scheme {other:?}")),
    }
}

fn text<'c>(case: &'c Value, keys: &[&str]) -> Result<&'c str, String> {
    (keys.iter().find_map(|key| case.get(key)?.as_str()))
        .ok_or_else(|| format!("no text in {keys:?}"))
}

fn labels(labels: &Value) -> Result<BTreeMap<String, String>, String> {
    match labels {
        Value::Null => Ok(BTreeMap::new()),
        Value::Object(labels) => (labels.iter())
            .map(|(name, value)| Ok((name.clone(), label_value(value)?)))
            .collect(),
        _ => Err("labels are not a map".to_owned()),
    }
}

/// Returns a label's value; one that is not UTF-8 is given as Base64. Go reads every byte that is not part of
/// a character as U+FFFD, and so does this function.
fn label_value(value: &Value) -> Result<String, String> {
    if let Some(text) = value.as_str() {
        return Ok(text.to_owned());
    }
    let packed = value
        .get("b64")
        .and_then(Value::as_str)
        .ok_or("a label's value is not text")?;
    let bytes = BASE64_STANDARD
        .decode(packed)
        .map_err(|error| error.to_string())?;
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Ok(text)
}
