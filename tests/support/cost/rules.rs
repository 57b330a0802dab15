//! Work on relabel rules, and on the scrapes that they are part of.

use std::hint::black_box;
use std::mem::ManuallyDrop;

use exposition::relabel::{Action, LabelSet, RuleConfig, Rules};
use exposition::scrape::{SampleConfig, TargetConfig};
use exposition::stats::Stats;
use exposition::{Dialect, Limits, Samples, ValidationScheme};

use super::shapes::shapes;
use super::{Bodies, Task, Work};

/// The input of relabelling: rules and labels.
type Input = (Vec<RuleConfig>, Vec<(String, String)>);
type Kind = (&'static str, fn(usize) -> Input);

fn matching(regex: impl Into<String>) -> RuleConfig {
    RuleConfig::new()
        .source_labels(["a"])
        .regex(regex)
        .target_label("b")
}

/// Returns one rule that matches `regex` against one value.
fn one(regex: impl Into<String>, value: impl Into<String>) -> Input {
    (vec![matching(regex)], vec![("a".to_owned(), value.into())])
}

/// Does what [`one`] does, with a rule that composes the groups anew.
fn groups(regex: &str, replacement: &str, value: String) -> Input {
    let rule = matching(regex).replacement(replacement);
    (vec![rule], vec![("a".to_owned(), value)])
}

fn labels(count: usize, name: impl Fn(usize) -> String) -> Vec<(String, String)> {
    (0..count).map(|i| (name(i), "v".to_owned())).collect()
}

fn numbered(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

/// Values on which backtracking engines take time that is exponential or a power of the length.
const VALUES: &[Kind] = &[
    ("(a+)+$", |n| one("(a+)+$", "a".repeat(n) + "!")),
    ("(a|a)*b", |n| one("(a|a)*b", "a".repeat(n))),
    ("(a|aa)+$", |n| one("(a|aa)+$", "a".repeat(n) + "!")),
    ("(.*)*x", |n| one("(.*)*x", "a".repeat(n))),
    ("(a*)*b", |n| one("(a*)*b", "a".repeat(n))),
    ("(x+x+)+y", |n| one("(x+x+)+y", "x".repeat(n))),
    ("([a-z]+)*[0-9]", |n| one("([a-z]+)*[0-9]", "a".repeat(n))),
    ("(.*a){9}b", |n| one("(.*a){9}b", "a".repeat(n))),
    ("((a{1,9}){1,9}){1,9}b", |n| {
        one("((a{1,9}){1,9}){1,9}b", "a".repeat(n))
    }),
    (".*.*.*.*x", |n| one(".*.*.*.*x", "a".repeat(n))),
    (".*a.*a.*a.*x", |n| one(".*a.*a.*a.*x", "a".repeat(n))),
    ("(a?){30}a{30}", |n| one("(a?){30}a{30}", "a".repeat(n))),
    ("a?a?a?a?a?a?b", |n| one("a?a?a?a?a?a?b", "a".repeat(n))),
    ("[^b]*b?[^c]*c?[^d]*d", |n| {
        one("[^b]*b?[^c]*c?[^d]*d", "a".repeat(n))
    }),
    ("(a|b|ab)*c", |n| one("(a|b|ab)*c", "ab".repeat(n / 2))),
    (r"(\w+\s?)*\b!", |n| {
        one(r"(\w+\s?)*\b!", "word ".repeat(n / 5))
    }),
    ("(?i)(straße|maß)*x", |n| {
        one("(?i)(straße|maß)*x", "Straße".repeat(n / 7))
    }),
    (r"(\pL+\.)*x", |n| one(r"(\pL+\.)*x", "é.".repeat(n / 3))),
    ("lazy loops", |n| one("a*?a*?a*?a*?x", "a".repeat(n))),
    ("groups of loops", |n| {
        groups("(.*)-(.*)-(.*)-(.*)", "$4$3$2$1", "-".repeat(n))
    }),
    ("groups of lazy loops", |n| {
        groups("(.*?)-(.*?)-(.*)", "$3$2$1", "a-".repeat(n / 2))
    }),
    ("groups in a loop", |n| {
        groups("(?:(a)|(b)|(ab))*", "$3$2$1", "ab".repeat(n / 2))
    }),
    ("a name of many letters", |n| {
        let rule = RuleConfig::new()
            .source_labels(["a"])
            .target_label("${1}")
            .regex("(.*)x");
        (vec![rule], vec![("a".to_owned(), "a".repeat(n) + "x")])
    }),
    ("a long value, hashed", |n| {
        let rule = RuleConfig::new()
            .source_labels(["a", "a"])
            .target_label("b");
        let rule = rule.action(Action::HashMod).modulus(7);
        (vec![rule], vec![("a".to_owned(), "a".repeat(n))])
    }),
    ("a long value in other letters", |n| {
        let rule = |action| {
            RuleConfig::new()
                .source_labels(["a"])
                .target_label("b")
                .action(action)
        };
        let rules = vec![rule(Action::Uppercase), rule(Action::Lowercase)];
        (rules, vec![("a".to_owned(), "ŉßİ".repeat(n / 6))])
    }),
];

/// Many labels, and rules for all of them.
const SETS: &[Kind] = &[
    ("labelmap", |n| {
        let rule = RuleConfig::new()
            .regex("a(.*)")
            .replacement("b$1")
            .action(Action::LabelMap);
        (vec![rule], labels(n / 9, |i| format!("a{i:07}")))
    }),
    ("labelmap to one name", |n| {
        let rule = RuleConfig::new()
            .regex("a(.*)")
            .replacement("b")
            .action(Action::LabelMap);
        (vec![rule], labels(n / 9, |i| format!("a{i:07}")))
    }),
    ("labelmap, names with one end", |n| {
        let rule = RuleConfig::new()
            .regex("a(.*)")
            .replacement("b$1")
            .action(Action::LabelMap);
        (vec![rule], labels(n / 18, |i| format!("a{i:07}_whatever")))
    }),
    ("labeldrop", |n| {
        let rule = RuleConfig::new()
            .regex("a.*[02468]")
            .action(Action::LabelDrop);
        (vec![rule], labels(n / 9, |i| format!("a{i:07}")))
    }),
    ("labels not by name", |n| {
        (Vec::new(), labels(n / 9, |i| format!("a{:07}", n - i)))
    }),
    ("labelkeep", |n| {
        let rule = RuleConfig::new()
            .regex("a.*[02468]")
            .action(Action::LabelKeep);
        (vec![rule], labels(n / 9, |i| format!("a{i:07}")))
    }),
];

/// Rules that are many or long.
const RULES: &[Kind] = &[
    ("rules", |n| {
        let rules = (0..n / 64).map(|i| matching(format!("v{i:07}(.*)")));
        (rules.collect(), vec![("a".to_owned(), "value".to_owned())])
    }),
    ("rules that set labels", |n| {
        let rules = (0..n / 64).map(|i| {
            RuleConfig::new()
                .target_label(format!("l{}", i % 9))
                .replacement("v")
        });
        (rules.collect(), vec![("a".to_owned(), "value".to_owned())])
    }),
    ("source labels", |n| {
        let names = (0..n / 8).map(|i| format!("l{i:07}"));
        (
            vec![RuleConfig::new().source_labels(names).target_label("b")],
            Vec::new(),
        )
    }),
    ("a long separator", |n| {
        let rule = RuleConfig::new()
            .source_labels(["a", "b"])
            .separator(";".repeat(n));
        (vec![rule.target_label("b")], Vec::new())
    }),
    ("a long text", |n| one("a".repeat(n), "a".repeat(n))),
    ("texts", |n| {
        one(numbered(n / 8, |i| format!("{i:07}|")), "0000007")
    }),
    ("texts with one beginning", |n| {
        one(numbered(n / 8, |i| format!("{}|", "a".repeat(i % 15))), "a")
    }),
    ("letters in both cases", |n| {
        one("(?i)".to_owned() + &"k".repeat(n), "K")
    }),
    ("stars", |n| one("a*".repeat(n / 2), "a")),
    ("question marks", |n| one("a?".repeat(n / 2), "a")),
    ("dots with stars", |n| one(".*".repeat(n / 2), "a")),
    ("groups", |n| one("(a)".repeat(n / 3), "a")),
    ("groups with names", |n| {
        one(numbered(n / 16, |i| format!("(?P<n{i:07}>a)")), "a")
    }),
    ("groups with one name", |n| {
        one("(?P<n>a)".repeat(n / 8), "a")
    }),
    ("nested groups", |n| {
        one("(".repeat(n / 2) + &")".repeat(n / 2), "a")
    }),
    ("open groups", |n| one("(".repeat(n), "a")),
    ("open groups with names", |n| one("(?P<".repeat(n / 4), "a")),
    ("closed groups", |n| one(")".repeat(n), "a")),
    ("bars", |n| one("|".repeat(n), "a")),
    ("open braces", |n| one("a".to_owned() + &"{".repeat(n), "a")),
    ("counts", |n| one("a{2}".repeat(n / 4), "a")),
    ("counts that are none", |n| one("a{1,".repeat(n / 4), "a")),
    ("open classes", |n| one("[".repeat(n), "a")),
    ("classes whose names do not end", |n| {
        one(format!("[{}", "[:".repeat(n / 2)), "a")
    }),
    ("classes with names", |n| {
        one(format!("[{}]", "[:alpha:]".repeat(n / 9)), "a")
    }),
    ("open groups after text", |n| one("a(?:".repeat(n / 4), "a")),
    ("groups that end in groups", |n| {
        one("a(?:".repeat(n / 5) + &")".repeat(n / 5), "a")
    }),
    ("groups that begin with groups", |n| {
        one("(?:".repeat(n / 5) + &".)".repeat(n / 5), "a")
    }),
    ("groups around groups", |n| {
        one("(?:.".repeat(n / 6) + &".)".repeat(n / 6), "a")
    }),
    ("groups that hold groups alone", |n| {
        one("(?:".repeat(n / 4) + &")".repeat(n / 4), "a")
    }),
    ("alternatives that end in alternatives", |n| {
        one("(?:a|".repeat(n / 6) + &")".repeat(n / 6), "a")
    }),
    ("alternatives that begin with alternatives", |n| {
        one("(?:".repeat(n / 6) + &"|a)".repeat(n / 6), "a")
    }),
    ("alternatives around alternatives", |n| {
        one("(?:a|".repeat(n / 8) + &"|b)".repeat(n / 8), "a")
    }),
    ("alternatives in groups that capture", |n| {
        one("(a|".repeat(n / 4) + &")".repeat(n / 4), "a")
    }),
    ("alternatives nested not too deeply", |n| {
        let nested = "(a|".repeat(30) + "b" + &")".repeat(30);
        one(nested.repeat(n / 121), "a")
    }),
    ("choices before a long text", |n| {
        one("(a|b)".repeat(8) + &"x".repeat(n), "a")
    }),
    ("choices after a long text", |n| {
        one("x".repeat(n) + &"(a|b)".repeat(8), "a")
    }),
    ("a choice before many texts in groups", |n| {
        one("(a|b)".to_owned() + &"(x)".repeat(n / 3), "a")
    }),
    ("options before a long text", |n| {
        one("a?".repeat(8) + &"x".repeat(n), "a")
    }),
    ("long alternatives", |n| {
        one(numbered(8, |i| format!("{}{i}|", "x".repeat(n / 8))), "a")
    }),
    ("groups with flags", |n| one("(?i:a)".repeat(n / 6), "a")),
    ("open groups with flags", |n| {
        one("(?s-i:".repeat(n / 6), "a")
    }),
    ("repeated groups in groups", |n| {
        one("(?:a".repeat(n / 6) + &")*".repeat(n / 6), "a")
    }),
    ("classes", |n| one("[a-z]".repeat(n / 5), "a")),
    ("ranges of a class", |n| {
        one(format!("[{}]", "a-cx-z".repeat(n / 6)), "a")
    }),
    ("ranges of a class in both cases", |n| {
        one(format!("(?i)[{}]", "a-cé-î".repeat(n / 8)), "a")
    }),
    ("escapes", |n| one(r"\.".repeat(n / 2), "a")),
    ("escapes in hexadecimal", |n| {
        one(r"\x{61}".repeat(n / 6), "a")
    }),
    ("a long escape", |n| {
        one(format!(r"\x{{{}}}", "0".repeat(n)), "a")
    }),
    ("quoted text", |n| {
        one(r"\Q".to_owned() + &"a".repeat(n), "a")
    }),
    ("quoted texts", |n| one(r"\Qa\E".repeat(n / 5), "a")),
    ("flags", |n| one("(?i)(?-i)".repeat(n / 9), "a")),
    ("anchors", |n| one("^".repeat(n), "a")),
    ("references", |n| {
        groups("(a)", &"$1".repeat(n / 2), "a".to_owned())
    }),
    ("references to nothing", |n| {
        groups("(a)", &"${b}".repeat(n / 4), "a".to_owned())
    }),
    ("references to groups", |n| {
        let refs = numbered(n / 8, |i| format!("${{{}}}", i + 1));
        groups(&"(a?)".repeat(n / 8), &refs, "a".to_owned())
    }),
    ("references to groups with one name", |n| {
        groups(
            &"(?P<n>a)?".repeat(n / 18),
            &"${n}".repeat(n / 8),
            "a".to_owned(),
        )
    }),
    ("references to groups by their names", |n| {
        let refs = numbered(n / 24, |i| format!("${{n{i:07}}}"));
        groups(
            &numbered(n / 24, |i| format!("(?P<n{i:07}>a?)")),
            &refs,
            "a".to_owned(),
        )
    }),
    ("dollars", |n| groups("(a)", &"$".repeat(n), "a".to_owned())),
    ("open references", |n| {
        groups("(a)", &"${".repeat(n / 2), "a".to_owned())
    }),
    ("references in other scripts", |n| {
        groups("(a)", &"$é".repeat(n / 3), "a".to_owned())
    }),
    ("references in a name", |n| {
        let rule = RuleConfig::new()
            .source_labels(["a"])
            .regex("(a)")
            .target_label("${1}".repeat(n / 4));
        (vec![rule], vec![("a".to_owned(), "a".to_owned())])
    }),
];

/// Builds the rules.
fn build(rules: Vec<RuleConfig>) -> Option<Rules> {
    Rules::new(rules, ValidationScheme::Utf8).ok()
}

/// Applies the rules in every way.
fn apply(rules: &Rules, labels: &[(String, String)]) {
    let set = || -> LabelSet<'_> {
        (labels.iter())
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    };
    black_box(rules.apply(&mut set()));
    black_box(rules.apply_counted(&mut set(), &mut rules.stats()));
    let mut traced = set();
    let trace = rules.trace(&mut traced);
    for step in trace.steps() {
        drop(black_box(step.why().to_string()));
    }
}

/// Builds the rules outside of the measurement, then applies them.
fn applied((rules, labels): Input) -> Task {
    // Freeing thousands of small texts costs more than sorting them, and is not measured.
    let labels = ManuallyDrop::new(labels);
    let rules = build(rules);
    Box::new(move || {
        if let Some(rules) = &rules {
            apply(rules, &labels);
        }
    })
}

fn scrape(body: &[u8], content_type: &str) {
    let mut targets = TargetConfig::new("job");
    targets.params.insert("p".to_owned(), vec!["v".to_owned()]);
    let target = targets.discover([("__address__", "h:1"), ("b", "v"), ("exported_b", "v")]);
    let Ok(Some(target)) = target.map(|target| target.into_target()) else {
        return;
    };
    for honor_labels in [false, true] {
        let mut config = SampleConfig::new();
        config.honor_labels = honor_labels;
        (config.protocols).push(exposition::ScrapeProtocol::OpenMetricsText200);
        config.limits = Limits::new()
            .max_line_bytes(Limits::MAX_LINE)
            .max_labels(usize::MAX);
        config.rules = build(vec![
            RuleConfig::new()
                .regex("l(.*)")
                .replacement("m$1")
                .action(Action::LabelMap),
            RuleConfig::new()
                .source_labels(["b", "d"])
                .regex("(.*);(.*)")
                .target_label("e"),
        ])
        .unwrap_or_default();
        let scrape = config.scrape(&target, Some(content_type), body);
        drop(black_box(scrape.name_rejected(usize::MAX).collect()));
    }
}

/// Returns the building and applying of rules, the discovery of targets and the scraping of bodies.
/// Makes the line of a number.
type Line = fn(usize) -> String;

/// Lines of which half are to be dropped.
const PLANS: &[(&str, Line)] = &[
    ("values", |i| format!("a{{b=\"c\",d=\"{i:07}\"}} 1\n")),
    ("values that need escapes", |i| {
        format!("a{{b=\"c\",d=\"(.*){i:07}\"}} 1\n")
    }),
    ("families", |i| format!("a{i:07} 1\n")),
    ("buckets", |i| {
        format!("# TYPE a{i:07} histogram\na{i:07}_bucket{{le=\"+Inf\"}} 1\n")
    }),
];

/// Tries every plan for half of a body's samples.
fn plan(stats: &Stats) {
    let limit = stats.samples() / 2;
    _ = black_box(stats.drop_families(limit));
    for label in stats.labels().iter().take(2) {
        _ = black_box(stats.drop_values(label.name, limit));
        _ = black_box(stats.drop_label(label.name));
    }
}

pub(super) fn works() -> impl Iterator<Item = Work> {
    // A pattern of many alternatives takes a step of memory somewhere below these sizes.
    let plans = PLANS.iter().map(|&(shape, line)| {
        Work::new("stats, plans", shape, move |bytes| {
            let body: String = (0..bytes / line(0).len()).map(line).collect();
            let mut stats = Stats::new();
            _ = stats.read(Samples::with_dialect(&body, Dialect::Text));
            Box::new(move || plan(&stats))
        })
        .sizes([36 << 10, 144 << 10])
    });
    let built = RULES.iter().map(|&(shape, input)| {
        Work::new("rules, built", shape, move |bytes| {
            let (rules, labels) = input(bytes);
            Box::new(move || {
                if let Some(rules) = build(rules) {
                    apply(&rules, &labels);
                }
            })
        })
    });
    let values = VALUES.iter().map(|&(shape, input)| {
        Work::new("rules, a long value", shape, move |bytes| {
            applied(input(bytes))
        })
    });
    let sets = SETS.iter().map(|&(shape, input)| {
        Work::new("rules, many labels", shape, move |bytes| {
            applied(input(bytes))
        })
    });
    let discovered = SETS.iter().map(|&(shape, input)| {
        Work::new("discovery", shape, move |bytes| {
            let (rules, labels) = input(bytes);
            let mut config = TargetConfig::new("job");
            config.rules = build(rules).unwrap_or_default();
            Box::new(move || {
                let labels = labels
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()));
                let address = [("__address__", "h:1")];
                drop(black_box(
                    config.discover(address.into_iter().chain(labels)),
                ));
            })
        })
    });
    let scraped = shapes().map(|shape| {
        let open = |bodies: &Bodies| {
            (bodies.iter()).for_each(|(body, _)| scrape(body, shape.content_type()));
        };
        Work::on("scrape", shape.name, |bytes| shape.bodies(bytes), open).sizes(shape.sizes)
    });
    (built.chain(values))
        .chain(sets)
        .chain(discovered)
        .chain(scraped)
        .chain(plans)
}
