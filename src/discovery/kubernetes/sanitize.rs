//! Names of labels in Kubernetes as parts of Prometheus' label names.

/// Replaces each character other than ASCII letters, digits and `_` by `_`, as in the meta labels that
/// Prometheus makes of Kubernetes' label names. Different names may become the same.
pub(crate) fn sanitize(name: &str) -> String {
    (name.chars())
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect()
}
