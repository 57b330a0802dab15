//! What discovery reads of an Ingress.

use crate::discovery::field::{Field, FieldError};

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Ingress {
    pub(in super::super) class_name: Option<String>,
    /// The hosts of all entries of `tls`.
    pub(in super::super) tls_hosts: Vec<String>,
    pub(in super::super) rules: Vec<IngressRule>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct IngressRule {
    pub(in super::super) host: String,
    /// The paths as written; `None` without `http`.
    pub(in super::super) paths: Option<Vec<String>>,
}

impl Ingress {
    pub(super) fn read(object: &Field<'_>) -> Result<Self, FieldError> {
        let spec = object.get("spec")?;
        let tls = spec.get("tls")?.list(|tls| tls.get("hosts")?.texts())?;
        Ok(Ingress {
            class_name: spec.get("ingressClassName")?.optional_text()?,
            tls_hosts: tls.concat(),
            rules: spec.get("rules")?.list(|rule| {
                let http = rule.get("http")?;
                let paths = http.get("paths")?.list(|path| path.get("path")?.text())?;
                Ok(IngressRule {
                    host: rule.get("host")?.text()?,
                    paths: http.is_present().then_some(paths),
                })
            })?,
        })
    }
}
