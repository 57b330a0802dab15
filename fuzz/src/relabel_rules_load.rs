//! Any rules are refused with an error or can be evaluated, with the same result in every way.

use std::collections::BTreeMap;
use std::error::Error as _;

use arbitrary::{Arbitrary, Unstructured};
use exposition::ValidationScheme;
use exposition::operator::OperatorRule;
use exposition::relabel::{Action, Field, LabelSet, RuleConfig, Rules};
use exposition::yaml;

use super::{input, size};

/// The options of an input.
#[derive(Debug, Arbitrary)]
struct Options {
    /// 0 for Prometheus' YAML, 1 for the Operator's; any other number for rules that are built.
    what: u8,
    legacy: bool,
}

/// How many bytes of an input its options are.
pub const HEADER: usize = 2;

/// A generated rule, with any of its fields.
#[derive(Debug, Arbitrary)]
struct Built<'a> {
    source_labels: Option<Vec<Text<'a>>>,
    separator: Option<Text<'a>>,
    regex: Option<Text<'a>>,
    modulus: Option<u64>,
    target_label: Option<Text<'a>>,
    replacement: Option<Text<'a>>,
    action: u8,
}

/// Text of rules and labels, mostly meaningful.
#[derive(Debug, Arbitrary)]
enum Text<'a> {
    Known(u8),
    Two(u8, u8),
    Any(&'a str),
}

const TEXTS: &[&str] = &[
    "a",
    "b",
    "__name__",
    "__meta_a",
    "__address__",
    "x.y",
    "é",
    "",
    ";",
    "(.*)",
    "(.+)",
    "$1",
    "${1}x",
    "$a",
    "${n}",
    "$$",
    ".*",
    "a|b",
    "(?P<n>a)(.*)",
    "[^:]+",
    "A",
    "up",
    "_",
    "1",
    "$2",
    "-",
    "(?i:k)",
    "\\d+",
    "Σ",
    "ß",
];

impl Text<'_> {
    fn text(&self) -> String {
        let known = |which: &u8| TEXTS[usize::from(*which) % TEXTS.len()];
        match self {
            Text::Known(which) => known(which).to_owned(),
            Text::Two(first, second) => [known(first), known(second)].concat(),
            Text::Any(text) => (*text).to_owned(),
        }
    }
}

impl Built<'_> {
    fn config(&self) -> RuleConfig {
        let text = |text: &Option<Text<'_>>| text.as_ref().map(Text::text);
        let actions = Action::ALL;
        let mut config = RuleConfig::new();
        let names = self.source_labels.as_ref();
        config.source_labels = names.map(|names| names.iter().map(Text::text).collect());
        config.separator = text(&self.separator);
        config.regex = text(&self.regex);
        config.modulus = self.modulus;
        config.target_label = text(&self.target_label);
        config.replacement = text(&self.replacement);
        let action = usize::from(self.action) % (actions.len() + 1);
        config.action = actions.get(action).copied();
        config
    }
}

/// Asserts that rules load or are refused with an error that names the fault, and that those that load have
/// one result for every label set, in every way they are applied.
///
/// The header is followed by YAML, then names and values of labels, where a label without a name begins the
/// next set; or by what rules and labels are built from.
pub fn relabel_rules_load(data: &[u8]) {
    let Some((options, rest)) = input::split::<Options>(data, HEADER) else {
        return;
    };
    let scheme = match options.legacy {
        true => ValidationScheme::Legacy,
        false => ValidationScheme::Utf8,
    };
    if options.what > 1 {
        let mut from = Unstructured::new(rest);
        let Ok(labels) = <Vec<(Text<'_>, Text<'_>)>>::arbitrary(&mut from) else {
            return;
        };
        let Ok(rules) = <Vec<Built<'_>>>::arbitrary_take_rest(from) else {
            return;
        };
        let labels = labels
            .iter()
            .map(|(name, value)| (name.text(), value.text()));
        let configs = rules.iter().map(Built::config).collect();
        return loads(configs, scheme, &[labels.collect()]);
    }
    let mut texts = input::texts(rest);
    let yaml = texts.next().unwrap_or_default();
    let configs = match options.what {
        0 => yaml::from_str::<Option<Vec<RuleConfig>>>(&yaml),
        _ => yaml::from_str::<Option<Vec<OperatorRule>>>(&yaml)
            .map(|rules| rules.map(|rules| rules.into_iter().map(Into::into).collect())),
    };
    let Ok(configs) = configs else {
        return;
    };
    let mut sets = vec![BTreeMap::new()];
    let mut texts = texts.map(String::from);
    while let (Some(name), Some(value)) = (texts.next(), texts.next()) {
        match (name.is_empty(), sets.last_mut()) {
            (false, Some(set)) => _ = set.insert(name, value),
            _ => sets.push(BTreeMap::new()),
        }
    }
    loads(configs.unwrap_or_default(), scheme, &sets);
}

fn loads(configs: Vec<RuleConfig>, scheme: ValidationScheme, sets: &[BTreeMap<String, String>]) {
    written_rules_are_the_same(&configs);
    let mut patterns = configs.iter().filter_map(|rule| rule.regex.as_deref());
    if patterns.any(size::is_too_large) {
        return;
    }
    let rules = match Rules::new(configs.clone(), scheme) {
        Ok(rules) => rules,
        Err(error) => {
            let at = error.index().expect("it is of a list");
            let field = error.field();
            let words = error.to_string();
            assert_eq!(words, format!("rules[{at}].{field}: {}", error.problem()));
            assert!(error.source().is_none(), "{words}");
            // That rule is wrong, and it is the first such rule.
            let alone = configs[at].clone().build(scheme).expect_err("it was wrong");
            assert_eq!((alone.field(), alone.index()), (field, None));
            let before = Rules::new(configs[..at].to_vec(), scheme);
            assert!(before.is_ok(), "{before:?}");
            assert!(Field::ALL.contains(&field));
            return;
        }
    };
    let kept: Vec<_> = rules.iter().map(|rule| rule.config().clone()).collect();
    assert_eq!(kept, configs);
    for set in sets {
        every_way_is_the_same(&rules, scheme, set);
        for rule in rules
            .iter()
            .filter(|rule| rule.action() == Action::LabelMap)
        {
            labelmap_goes_by_order(rule.config(), scheme, set);
        }
    }
}

/// Asserts the order of `labelmap`, which goes through labels by name, with those that rules have set last;
/// where several become one, the last stays.
fn labelmap_goes_by_order(
    map: &RuleConfig,
    scheme: ValidationScheme,
    set: &BTreeMap<String, String>,
) {
    let build = |rules: Vec<RuleConfig>| Rules::new(rules, scheme).ok();
    let Some(alone) = build(vec![map.clone()]) else {
        return;
    };
    // The result for one label does not depend on the others.
    let mapped = |name: &str, value: &str| {
        let mut label: LabelSet<'_> = [(name, value)].into_iter().collect();
        let trace = alone.trace(&mut label);
        let step = trace.steps().first().filter(|step| step.matched())?;
        let name = step.changes().first().map_or(name, |change| change.name());
        Some(name.to_owned())
    };
    let check = |rules: &Rules, order: &[(&String, &String)]| {
        let own = order
            .iter()
            .map(|(name, value)| ((*name).clone(), (*value).clone()));
        let mut expected: BTreeMap<String, String> = own.collect();
        for (name, value) in order {
            if let Some(name) = mapped(name, value) {
                expected.insert(name, (*value).clone());
            }
        }
        let mut labels = start(set);
        assert!(rules.apply(&mut labels));
        assert_eq!(pairs(labels), expected, "{map:?}");
    };
    let mut order: Vec<_> = set.iter().filter(|(_, value)| !value.is_empty()).collect();
    check(&alone, &order);
    // A rule that sets the first label to its own value makes it the last.
    if order.len() < 2 {
        return;
    }
    let same = RuleConfig::new()
        .source_labels([order[0].0.as_str()])
        .target_label(order[0].0.as_str());
    let is_name = !order[0].0.contains('$');
    if let Some(rules) = build(vec![same, map.clone()]).filter(|_| is_name) {
        order.rotate_left(1);
        check(&rules, &order);
    }
}

fn written_rules_are_the_same(configs: &Vec<RuleConfig>) {
    let json = serde_json::to_string(configs).expect("rules are text");
    let read: Vec<RuleConfig> = match serde_json::from_str(&json) {
        Ok(read) => read,
        // An empty name is refused where it is read, not where rules are built.
        Err(error) => {
            let mut names = configs
                .iter()
                .filter_map(|rule| rule.source_labels.as_ref());
            let empty = names.any(|names| names.iter().any(String::is_empty));
            assert!(empty, "{error}: {json}");
            return;
        }
    };
    assert_eq!(&read, configs, "{json}");
}

fn start(set: &BTreeMap<String, String>) -> LabelSet<'_> {
    (set.iter())
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

fn pairs(mut set: LabelSet<'_>) -> BTreeMap<String, String> {
    (set.sorted())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn every_way_is_the_same(rules: &Rules, scheme: ValidationScheme, set: &BTreeMap<String, String>) {
    let mut applied = start(set);
    let keep = rules.apply(&mut applied);
    let (mut counted, mut stats) = (start(set), rules.stats());
    assert_eq!(rules.apply_counted(&mut counted, &mut stats), keep);
    let mut traced = start(set);
    let trace = rules.trace(&mut traced);
    assert_eq!(trace.keep(), keep);
    let mut owned = start(set).into_owned();
    assert_eq!(rules.apply(&mut owned), keep);
    let mut one_by_one = start(set);
    let kept = rules.iter().all(|rule| rule.apply(&mut one_by_one));
    assert_eq!(kept, keep);
    for other in [&counted, &traced, &owned, &one_by_one] {
        assert_eq!(&applied, other);
    }

    // The changes in the trace add up to the outcome.
    let mut told = set.clone();
    told.retain(|_, value| !value.is_empty());
    assert!(keep || !trace.steps().is_empty());
    for (at, step) in trace.steps().iter().enumerate() {
        assert_eq!(step.index(), at);
        assert_eq!(step.keep(), keep || at + 1 < trace.steps().len());
        for change in step.changes() {
            let before = match change.after() {
                Some(after) => told.insert(change.name().to_owned(), after.to_owned()),
                None => told.remove(change.name()),
            };
            assert_eq!(before.as_deref(), change.before(), "{change}");
            assert_ne!(change.before(), change.after(), "{change}");
        }
        let counts = stats.rules()[at];
        assert_eq!(counts.seen, 1);
        assert_eq!(counts.matched, u64::from(step.matched()), "{step}");
        assert_eq!(
            counts.changed,
            u64::from(!step.changes().is_empty()),
            "{step}"
        );
        assert_eq!(counts.dropped, u64::from(!step.keep()), "{step}");
        if !step.keep() {
            assert!(!step.why().to_string().is_empty());
        }
    }
    let outcome = pairs(applied);
    assert_eq!(told, outcome, "{trace}");

    let maps = rules.iter().any(|rule| rule.action() == Action::LabelMap);
    for (name, value) in &outcome {
        assert!(!value.is_empty(), "{outcome:?}");
        // `labelmap` does not check the names that it makes.
        let own = set.contains_key(name) || maps;
        assert!(own || scheme.is_valid_label_name(name), "{outcome:?}");
    }
}
