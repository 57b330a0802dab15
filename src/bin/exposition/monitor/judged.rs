//! A cluster's verdict on monitors, and whether a Prometheus object uses them.

use exposition::operator::{Manifest, MonitorResource, OperatorConfig, ScrapeConfig};

use crate::remarks::{Known, Told};

/// A cluster's verdict on one monitor.
pub(super) struct Judged {
    pub(super) kind: String,
    pub(super) namespace: String,
    pub(super) name: String,
    /// The file that it is from, and its place there.
    pub(super) source: String,
    /// Why no Prometheus object uses it, if so.
    pub(super) not_selected: Option<String>,
    /// Why the cluster does not accept it, if it does not.
    pub(super) rejections: Vec<String>,
    /// What it says that is probably not meant.
    pub(super) remarks: Vec<Told>,
    /// What could not be checked.
    pub(super) unchecked: Vec<String>,
    manifest: Option<Manifest>,
}

/// Returns the namespace and name of the monitor that a configuration is rendered from.
pub(super) fn monitor_of(config: &ScrapeConfig) -> &str {
    match config.job_name.split_once('/') {
        // Their endpoints are numbered.
        Some(("serviceMonitor" | "podMonitor", name)) => {
            name.rsplit_once('/').map_or(name, |(name, _)| name)
        }
        Some((_, name)) => name,
        None => &config.job_name,
    }
}

impl Judged {
    /// Judges a monitor.
    pub(super) fn of(monitor: MonitorResource, settings: &OperatorConfig) -> Self {
        let verdict = match monitor.verdict {
            Ok(verdict) => verdict,
            Err(error) => return Judged::unreadable(monitor.source, error.to_string()),
        };
        let mut judged = Judged {
            kind: verdict.kind,
            namespace: verdict.namespace,
            name: verdict.name,
            source: monitor.source,
            not_selected: monitor.outcome.err().map(|why| why.to_string()),
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
            judged.remarks = remarks.iter().map(Told::from).collect();
            if settings.assets.is_none() {
                let references = manifest.references();
                judged.unchecked = references
                    .iter()
                    .map(|reference| format!("{reference} is not checked without --secrets"))
                    .collect();
            }
        }
        judged
    }

    /// Returns what there is to say of a monitor of which not even kind and name are sure.
    fn unreadable(source: String, error: String) -> Self {
        Judged {
            kind: String::new(),
            namespace: String::new(),
            name: String::new(),
            source,
            not_selected: None,
            rejections: vec![error],
            remarks: Vec::new(),
            unchecked: Vec::new(),
            manifest: None,
        }
    }

    /// Tells whether the cluster accepts it.
    pub(super) fn is_taken(&self) -> bool {
        self.rejections.is_empty()
    }

    /// Returns the manifest, if the cluster accepts it and a Prometheus object uses it.
    pub(super) fn used(&self) -> Option<&Manifest> {
        let is_used = self.is_taken() && self.not_selected.is_none();
        self.manifest.as_ref().filter(|_| is_used)
    }

    /// Returns the manifest of a monitor that is not used although it can be read, and why it is not.
    pub(super) fn unused(&self) -> Option<(&Manifest, &str)> {
        let why = self.rejections.first().or(self.not_selected.as_ref())?;
        Some((self.manifest.as_ref()?, why))
    }

    /// Returns its kind, namespace and name, as far as they are known.
    pub(super) fn title(&self) -> String {
        if self.kind.is_empty() || self.name.is_empty() {
            return format!("{} {}", self.kind, self.source)
                .trim_start()
                .to_owned();
        }
        format!("{} {}/{}", self.kind, self.namespace, self.name)
    }

    /// Returns what there is to say beside the title, a line for each.
    pub(super) fn details(&self) -> impl Iterator<Item = String> + '_ {
        let plain = self.rejections.iter().chain(&self.not_selected).cloned();
        let remarks = self
            .remarks
            .iter()
            .map(|remark| format!("remark: {}", remark.line()));
        let unchecked = self.unchecked.iter().map(|text| format!("note: {text}"));
        plain.chain(remarks).chain(unchecked)
    }

    /// Returns what is known of monitors after their remarks are told.
    pub(super) fn known(all: &[Self]) -> Known {
        let mut known = Known::default();
        for judged in all {
            let name = format!("{}/{}", judged.namespace, judged.name);
            known.news(&name, judged.remarks.clone());
        }
        known
    }

    /// Returns what there is to say, a line for each.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> + '_ {
        let title = self.title();
        let remarks = self.remarks.iter().map(Told::line).collect();
        let not_used = self.not_selected.iter().cloned().collect();
        let parts = [
            ("error", self.rejections.clone()),
            ("not used", not_used),
            ("remark", remarks),
            ("note", self.unchecked.clone()),
        ];
        parts.into_iter().flat_map(move |(word, texts)| {
            let title = title.clone();
            texts
                .into_iter()
                .map(move |text| format!("{word}: {title}: {text}"))
        })
    }
}
