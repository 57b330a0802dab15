//! What is read of an object that makes Pods from a template.

use std::collections::BTreeMap;

use super::{super::kind::Kind, pod::PodSpec};
use crate::discovery::field::{Field, FieldError};

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Workload {
    pub(in super::super) template: Option<Template>,
    /// Whether there should be no Pods.
    pub(in super::super) is_idle: bool,
    /// The Service that a StatefulSet's Pods have names in.
    pub(in super::super) service_name: String,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Template {
    pub(in super::super) labels: BTreeMap<String, String>,
    pub(in super::super) annotations: BTreeMap<String, String>,
    pub(in super::super) spec: PodSpec,
}

impl Workload {
    pub(super) fn read(object: &Field<'_>, kind: Kind) -> Result<Self, FieldError> {
        let (spec, status) = (object.get("spec")?, object.get("status")?);
        let template = match kind {
            Kind::CronJob => {
                let job = spec.get("jobTemplate")?;
                let job_spec = job.get("spec")?;
                Template::read(&job_spec.get("template")?)?
            }
            _ => Template::read(&spec.get("template")?)?,
        };
        let is_idle = match kind {
            Kind::CronJob => spec.get("suspend")?.flag()?,
            Kind::Job => spec.get("suspend")?.flag()? || status.get("completionTime")?.is_present(),
            Kind::DaemonSet => false,
            _ => spec.get("replicas")?.optional_number()? == Some(0),
        };
        let service_name = match kind {
            Kind::StatefulSet => spec.get("serviceName")?.text()?,
            _ => String::new(),
        };
        Ok(Workload {
            template,
            is_idle,
            service_name,
        })
    }
}

impl Template {
    fn read(template: &Field<'_>) -> Result<Option<Self>, FieldError> {
        if !template.is_present() {
            return Ok(None);
        }
        let metadata = template.get("metadata")?;
        Ok(Some(Template {
            labels: metadata.get("labels")?.text_map()?,
            annotations: metadata.get("annotations")?.text_map()?,
            spec: PodSpec::read(&template.get("spec")?)?,
        }))
    }
}
