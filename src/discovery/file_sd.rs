//! Targets in files: what `file_sd_configs` refers to.

use super::{
    target_group::TargetGroup,
    targets_error::TargetsError,
    written_groups::{self, Texts},
};
use crate::yaml;
use crate::yaml::node::{Node, Resolved};

/// Reads the targets of a file, JSON if its name ends in `.json`, otherwise YAML.
///
/// The source of each group is the name of the file with its index, and its targets have the label
/// `__meta_filepath`, as in Prometheus. The file itself is not opened.
///
/// ```
/// use exposition::discovery::file_sd;
///
/// let groups = file_sd::read("nodes.json", r#"[{"targets": ["h:9100", "i:9100"], "labels": {"env": "prod"}}]"#)?;
/// assert_eq!(groups[0].source, "nodes.json:0");
/// let targets: Vec<_> = groups[0].discovered_labels().collect();
/// assert_eq!(targets[1]["__address__"], "i:9100");
/// assert_eq!(targets[1]["env"], "prod");
/// assert_eq!(targets[1]["__meta_filepath"], "nodes.json");
/// # Ok::<(), exposition::discovery::TargetsError>(())
/// ```
///
/// # Errors
/// Text that is not of its format, or not a list of groups with `targets` and `labels` and nothing else.
pub fn read(name: &str, text: &str) -> Result<Vec<TargetGroup>, TargetsError> {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let groups = if extension.is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
        let Resolved(node) = yaml::json(text).map_err(TargetsError::yaml)?;
        written_groups::groups(&node, Texts::Strings)
    } else {
        // What is kept has the spelling of its texts.
        let node: Node = yaml::from_str(text).map_err(TargetsError::yaml)?;
        written_groups::groups(&node, Texts::AnyScalar)
    };
    let mut groups = groups.map_err(|error| TargetsError::field(error.into_field_error()))?;
    for group in &mut groups {
        group.source = format!("{name}:{}", group.source);
        (group.labels).insert("__meta_filepath".to_owned(), name.to_owned());
    }
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_as_prometheus_does() {
        for (name, text, expected) in [
            ("a.yml", "", vec![]),
            (
                "a.yml",
                "- targets: [a, 1]\n- labels: {b: 010}\n",
                vec!["a.yml:0 2 {}", "a.yml:1 0 {\"b\": \"010\"}"],
            ),
            (
                "a.JSON",
                "[{\"targets\": [\"\\/\"], \"labels\": null}]",
                vec!["a.JSON:0 1 {}"],
            ),
        ] {
            let groups = read(name, text).unwrap();
            let shown = groups.into_iter().map(|mut group| {
                assert_eq!(
                    group.labels.remove("__meta_filepath").as_deref(),
                    Some(name)
                );
                format!(
                    "{} {} {:?}",
                    group.source,
                    group.targets.len(),
                    group.labels
                )
            });
            assert_eq!(shown.collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn errors_have_a_place() {
        for (name, text, expected) in [
            ("a.yml", "{}", "expected a list, found a map"),
            (
                "a.yml",
                "[a]",
                "[0]: expected a map with `targets`, found the string \"a\"",
            ),
            (
                "a.yml",
                "- {target: [a]}",
                "[0].target: expected `targets` or `labels`, found another key",
            ),
            (
                "a.yml",
                "- {labels: {a: [b]}}",
                "[0].labels.a: expected a string, found a list",
            ),
            (
                "a.json",
                "[{\"targets\": [\"a\", 1]}]",
                "[0].targets[1]: expected a string, found the number 1",
            ),
            (
                "a.json",
                "[{\"x\": null}]",
                "[0].x: expected `targets` or `labels`, found another key",
            ),
        ] {
            assert_eq!(read(name, text).unwrap_err().to_string(), expected);
        }
        let error = read("a.yml", "- targets: [").unwrap_err().to_string();
        assert!(error.starts_with("line "), "{error}");
    }
}
