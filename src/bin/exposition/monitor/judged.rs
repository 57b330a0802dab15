//! A cluster's verdict on monitors.

use exposition::operator::{Manifest, OperatorConfig, check_all};

use crate::failure::Result;

/// A cluster's verdict on one monitor.
pub(super) struct Judged {
    pub(super) kind: String,
    pub(super) namespace: String,
    pub(super) name: String,
    /// Why the cluster does not accept it, if it does not.
    pub(super) rejections: Vec<String>,
    /// What it says that is probably not meant.
    pub(super) remarks: Vec<String>,
    /// What could not be checked.
    pub(super) unchecked: Vec<String>,
    manifest: Option<Manifest>,
}

impl Judged {
    /// Reads monitors, and judges each.
    pub(super) fn read(yaml: &str, settings: &OperatorConfig) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        for verdict in check_all(yaml, settings)? {
            let mut judged = Judged {
                kind: verdict.kind.to_string(),
                namespace: verdict.namespace,
                name: verdict.name,
                rejections: Vec::new(),
                remarks: Vec::new(),
                unchecked: Vec::new(),
                manifest: verdict.manifest,
            };
            if let Err(rejections) = &verdict.outcome {
                judged.rejections = rejections.iter().map(ToString::to_string).collect();
            }
            if let Some(manifest) = &judged.manifest {
                let remarks = manifest.remarks();
                judged.remarks = remarks.iter().map(ToString::to_string).collect();
                if settings.assets.is_none() {
                    let references = manifest.references();
                    judged.unchecked = references
                        .iter()
                        .map(|reference| format!("{reference} is not checked without --secrets"))
                        .collect();
                }
            }
            all.push(judged);
        }
        Ok(all)
    }

    pub(super) fn is_taken(&self) -> bool {
        self.rejections.is_empty()
    }

    /// Returns the manifest, if the cluster accepts it.
    pub(super) fn taken(&self) -> Option<&Manifest> {
        self.manifest.as_ref().filter(|_| self.is_taken())
    }

    /// Returns what there is to say, a line for each.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> + '_ {
        let name = format!("{} {}/{}", self.kind, self.namespace, self.name);
        let parts = [
            ("error", &self.rejections),
            ("remark", &self.remarks),
            ("note", &self.unchecked),
        ];
        parts.into_iter().flat_map(move |(word, texts)| {
            let name = name.clone();
            texts
                .iter()
                .map(move |text| format!("{word}: {name}: {text}"))
        })
    }
}
