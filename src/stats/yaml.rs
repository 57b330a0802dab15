//! Relabel rules as YAML.

use std::fmt::Write as _;

use crate::relabel::RuleConfig;

/// Returns rules as `metric_relabel_configs`, ready for a configuration.
pub(super) fn metric_relabel_configs(rules: &[RuleConfig]) -> String {
    let mut yaml = String::from("metric_relabel_configs:\n");
    for rule in rules {
        let mut before = "- ";
        let mut put = |key: &str, value: String| {
            // Writing to a `String` cannot fail.
            _ = writeln!(yaml, "{before}{key}: {value}");
            before = "  ";
        };
        if let Some(names) = &rule.source_labels {
            let names: Vec<_> = names.iter().map(|name| scalar(name)).collect();
            put("source_labels", format!("[{}]", names.join(", ")));
        }
        let texts = [
            ("separator", &rule.separator),
            ("regex", &rule.regex),
            ("target_label", &rule.target_label),
            ("replacement", &rule.replacement),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                put(key, scalar(text));
            }
        }
        if let Some(modulus) = rule.modulus {
            put("modulus", modulus.to_string());
        }
        if let Some(action) = rule.action {
            put("action", action.to_string());
        }
    }
    yaml
}

/// Returns a text in quotes: single ones, unless it has what needs an escape.
fn scalar(text: &str) -> String {
    let is_plain = |c: char| !c.is_control() && !is_special(c);
    if text.chars().all(is_plain) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() || is_special(c) => _ = write!(quoted, "\\U{:08x}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Tells whether a character ends a line in YAML, or may not stand there as it is.
fn is_special(c: char) -> bool {
    matches!(
        c,
        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
    )
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;
    use crate::relabel::Action;
    use crate::yaml;

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let texts = [
            "a",
            "it's",
            "\"",
            "\\d",
            "a\nb",
            "\t",
            "\u{85}\u{2028}\u{feff}",
            "é😀",
            "\0\u{7f}",
            "010",
            "#",
            "a: b",
            " a ",
            "\r",
            "\u{ffff}",
        ];
        for text in texts {
            let rules = [
                RuleConfig::new()
                    .source_labels(["__name__", text])
                    .regex(text)
                    .action(Action::Drop),
                RuleConfig::new()
                    .regex("b")
                    .separator(text)
                    .target_label(text)
                    .replacement(text)
                    .modulus(8),
            ];
            let written = metric_relabel_configs(&rules);
            let read: std::collections::HashMap<String, Vec<RuleConfig>> =
                yaml::from_str(&written).unwrap();
            assert_eq!(read["metric_relabel_configs"], rules, "{written}");
        }
    }
}
