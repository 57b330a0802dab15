//! Groups of targets, as every discovery finds them.

use std::collections::BTreeMap;

/// Targets that are discovered together, such as the ports of a pod ([KD1](crate::docs::kubernetes#kd1)).
///
/// ```
/// use exposition::discovery::TargetGroup;
///
/// let mut group = TargetGroup::new("0");
/// group.labels.insert("env".into(), "prod".into());
/// group.labels.insert("zone".into(), "".into());
/// group.targets.push([("__address__".into(), "h:9100".into())].into());
///
/// let all = group.all_labels().next().unwrap_or_default();
/// assert_eq!(all["zone"], "");
/// let discovered = group.discovered_labels().next().unwrap_or_default();
/// assert_eq!(discovered.into_keys().collect::<Vec<_>>(), ["__address__", "env"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TargetGroup {
    /// What the group was made of: `pod/shop/web-0`. A later group of the same source replaces an earlier one
    /// as a whole ([KD3](crate::docs::kubernetes#kd3)).
    pub source: String,
    /// Labels that all targets have, unless a target has the label itself.
    pub labels: BTreeMap<String, String>,
    /// The labels of each target. Values may be empty.
    pub targets: Vec<BTreeMap<String, String>>,
}

impl TargetGroup {
    /// Returns a group without labels and targets.
    #[must_use]
    pub fn new(source: impl Into<String>) -> Self {
        TargetGroup {
            source: source.into(),
            ..TargetGroup::default()
        }
    }

    /// Returns the labels of each target together with those of the group, empty values included
    /// ([KD2](crate::docs::kubernetes#kd2)).
    pub fn all_labels(&self) -> impl Iterator<Item = BTreeMap<String, String>> {
        self.targets.iter().map(|target| {
            let mut labels = self.labels.clone();
            labels.extend(
                target
                    .iter()
                    .map(|(name, value)| (name.clone(), value.clone())),
            );
            labels
        })
    }

    /// Returns the labels of each target as relabel rules see them, and as Prometheus lists them: without
    /// those of an empty value. Those that the scrape configuration adds, such as `job`, are not among them.
    pub fn discovered_labels(&self) -> impl Iterator<Item = BTreeMap<String, String>> {
        self.all_labels().map(|mut labels| {
            labels.retain(|_, value| !value.is_empty());
            labels
        })
    }
}
