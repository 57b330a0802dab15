//! Regexes that match more, less or something else than was probably meant.

use super::finding::Finding;
use super::kind::RemarkKind;
use super::shape::{Shape, Texts};
use crate::relabel::rule::DEFAULT_SEPARATOR;
use crate::relabel::{Action, Field, RuleConfig};

/// What a rule does to all that it sees, if that is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Always {
    /// It drops it.
    Drops,
    Unknown,
}

/// Looks at the regex of a rule. Returns what the rule does whatever it sees.
pub(super) fn look(rule: &RuleConfig, shape: &Shape, found: &mut Vec<Finding>) -> Always {
    let action = rule.action.unwrap_or_default();
    match action {
        Action::Keep | Action::Drop | Action::Replace => {}
        Action::LabelMap | Action::LabelDrop | Action::LabelKeep => {
            found.extend(part(Values::LabelNames, rule, shape));
            if action == Action::LabelMap {
                found.extend(one_name(rule, shape));
            }
            return Always::Unknown;
        }
        _ => return Always::Unknown,
    }
    let sources = rule.source_labels.as_deref().unwrap_or_default();
    if shape.is_everything() {
        let (effect, always) = match action {
            Action::Keep => ("never drops", Always::Unknown),
            Action::Drop => ("drops all", Always::Drops),
            _ => return Always::Unknown,
        };
        found.push(Finding::new(
            RemarkKind::MatchesEverything,
            Field::Regex,
            format!("{action} with a regex that matches everything, an absent label too, {effect}"),
            "to ask for a label, write `regex: .+`",
        ));
        return always;
    }
    if sources.is_empty() {
        let matches = shape.is_match("");
        // A replacement that always happens is how a label gets a fixed value.
        if action == Action::Replace && matches {
            return Always::Unknown;
        }
        let does = if matches { "matches" } else { "does not match" };
        found.push(Finding::new(
            RemarkKind::NoSourceLabel,
            Field::SourceLabels,
            format!(
                "none, so the value is empty, which the regex {does}: {}",
                effect(action, matches)
            ),
            "name the label that the regex is for",
        ));
        return always(action, matches);
    }
    let separator = rule.separator.as_deref().unwrap_or(DEFAULT_SEPARATOR);
    let between = sources.len() as u64 - 1;
    if let Some(c) = separator.chars().next() {
        let each = separator.chars().filter(|other| *other == c).count() as u64;
        if shape.most(c) < between.saturating_mul(each) {
            found.push(Finding::new(
                RemarkKind::TooFewSeparators,
                Field::Regex,
                format!(
                    "the values of {} labels are joined with {separator:?}, which the regex cannot match \
                     {}: {}",
                    sources.len(),
                    match between {
                        1 => "once".to_owned(),
                        more => format!("{more} times"),
                    },
                    effect(action, false)
                ),
                format!("write a part for each label, with `{separator}` between them"),
            ));
            return always(action, false);
        }
    }
    if let [source] = sources {
        found.extend(part(Values::of(source), rule, shape));
    }
    Always::Unknown
}

fn effect(action: Action, matches: bool) -> &'static str {
    match (action, matches) {
        (Action::Keep, false) | (Action::Drop, true) => "all is dropped",
        (Action::Keep, true) | (Action::Drop, false) => "nothing is dropped",
        _ => "nothing is replaced",
    }
}

fn always(action: Action, matches: bool) -> Always {
    match (action, matches) {
        (Action::Keep, false) | (Action::Drop, true) => Always::Drops,
        _ => Always::Unknown,
    }
}

/// Finds a `labelmap` that maps many names to one.
fn one_name(rule: &RuleConfig, shape: &Shape) -> Option<Finding> {
    let name = rule.template();
    (!name.contains('$') && shape.is_unlimited()).then(|| {
        Finding::new(
            RemarkKind::MappedToOneName,
            Field::Replacement,
            format!("every label that matches becomes {name:?}, and only one of them stays"),
            "take a part of the name, as in `regex: prefix_(.+)` with `replacement: $1`",
        )
    })
}

/// What values a regex is for, as far as that says how they can begin and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Values {
    /// Names of metrics.
    Metrics,
    /// Names of objects in Kubernetes.
    Objects,
    Images,
    Addresses,
    /// Names of labels.
    LabelNames,
    Others,
}

impl Values {
    fn of(source: &str) -> Self {
        match source {
            "__name__" => return Values::Metrics,
            "__address__" => return Values::Addresses,
            "image" | "__meta_kubernetes_pod_container_image" => return Values::Images,
            "namespace" | "pod" | "container" => return Values::Objects,
            _ => {}
        }
        let Some(name) = source.strip_prefix("__meta_kubernetes_") else {
            return Values::Others;
        };
        let is_free = ["_label_", "_annotation_", "_topology_"]
            .iter()
            .any(|part| name.contains(part));
        match !is_free && (name == "namespace" || name.ends_with("_name")) {
            true => Values::Objects,
            false => Values::Others,
        }
    }

    const fn noun(self) -> &'static str {
        match self {
            Values::Metrics => "metric's name",
            Values::Objects => "name in Kubernetes",
            Values::Images => "image",
            Values::Addresses => "address",
            Values::LabelNames => "label's name",
            Values::Others => "value",
        }
    }

    /// Tells whether no whole value ends so.
    fn never_end(self, text: &str) -> bool {
        if text.ends_with("://") {
            return true;
        }
        let Some(last) = text.chars().next_back().filter(|_| text.len() > 1) else {
            return false;
        };
        match self {
            // A name such as `__name__`.
            Values::LabelNames => last == '_' && !text.ends_with("__"),
            Values::Metrics => matches!(last, '_' | ':'),
            Values::Objects => matches!(last, '-' | '_' | '.'),
            Values::Images => matches!(last, '-' | '_' | '.' | '/' | ':' | '@'),
            Values::Addresses => matches!(last, ':' | '-'),
            Values::Others => false,
        }
    }

    /// Tells whether no whole value begins so.
    fn never_begin(self, text: &str) -> bool {
        let Some(first) = text.chars().next().filter(|_| text.len() > 1) else {
            return false;
        };
        match self {
            Values::LabelNames | Values::Others => false,
            Values::Metrics => first == '_' && !text.starts_with("__"),
            Values::Objects => matches!(first, '-' | '_' | '.'),
            Values::Images => matches!(first, '-' | '_' | ':' | '@'),
            Values::Addresses => first == ':',
        }
    }
}

/// Finds a name with `_*` at its end, which is a pattern of a shell: as a regex it is any number of underscores.
fn glob(values: Values, regex: &str) -> Option<Finding> {
    if !matches!(values, Values::Metrics | Values::Objects) {
        return None;
    }
    let inner = regex
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    let is_glob = |text: &&str| {
        let before = text.strip_suffix("_*").or(text.strip_suffix("-*"));
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-:".contains(c);
        before.is_some_and(|before| !before.is_empty() && before.chars().all(is_plain))
    };
    let found = inner.unwrap_or(regex).split('|').find(is_glob)?;
    let (before, _) = found.split_at_checked(found.len() - 1)?;
    Some(Finding::new(
        RemarkKind::PartOfValue,
        Field::Regex,
        format!(
            "a regex has to match the whole value, and in {found:?} the `*` repeats only the character before it"
        ),
        format!("for what begins so, write `{before}.*`"),
    ))
}

/// Finds a regex that is probably meant for a part of the value.
fn part(values: Values, rule: &RuleConfig, shape: &Shape) -> Option<Finding> {
    let regex = rule.regex.as_deref()?;
    if let Some(finding) = glob(values, regex) {
        return Some(finding);
    }
    let alternatives = shape.texts();
    let found = alternatives
        .iter()
        .find_map(|texts| half(values, texts).map(|half| (texts, half)));
    let (texts, (text, is_start)) = found?;
    let (at_end, write) = match is_start {
        true => ("begins", format!("{}.*", bare(regex))),
        false => ("ends", format!(".*{}", bare(regex))),
    };
    let is_all = alternatives.len() == 1 && texts.texts.len() == 1 && !regex.contains('(');
    let fix = match (is_all, is_start) {
        (true, _) => format!("for what {at_end} so, write `{write}`"),
        (false, true) => format!("for what {at_end} so, write `.*` after it"),
        (false, false) => format!("for what {at_end} so, write `.*` before it"),
    };
    Some(Finding::new(
        RemarkKind::PartOfValue,
        Field::Regex,
        format!(
            "a regex has to match the whole value, and {text:?} is hardly a whole {}",
            values.noun()
        ),
        fix,
    ))
}

/// Returns the text that is hardly a whole value, and whether it seems to be the start of one.
fn half(values: Values, alternative: &Texts) -> Option<(&str, bool)> {
    // An anchor on one side says that the other side is open.
    let open_end = alternative.starts && !alternative.ends;
    let open_start = alternative.ends && !alternative.starts;
    let anchored = alternative.starts && alternative.ends;
    if anchored {
        return None;
    }
    let joins = |c: Option<char>| c.is_some_and(|c| matches!(c, '_' | '-' | '/' | ':' | '.'));
    let is_start = |text: &&String| {
        text.len() > 1
            && !open_start
            && (values.never_end(text)
                || open_end && joins(text.chars().next_back())
                || open_end && values == Values::Metrics && !text.contains('_') && *text != "up")
    };
    let is_end = |text: &&String| {
        text.len() > 1
            && !open_end
            && (values.never_begin(text)
                // A path begins with a slash.
                || open_start && joins(text.chars().next().filter(|c| *c != '/')))
    };
    let texts = &alternative.texts;
    // One of several texts may be there only because an optional part is absent.
    if texts.iter().all(|text| is_start(&text)) {
        return texts.first().map(|text| (text.as_str(), true));
    }
    if texts.iter().all(|text| is_end(&text)) {
        return texts.first().map(|text| (text.as_str(), false));
    }
    None
}

/// Returns a regex without anchors of its own.
fn bare(regex: &str) -> &str {
    let regex = regex.strip_prefix('^').unwrap_or(regex);
    regex.strip_suffix('$').unwrap_or(regex)
}
