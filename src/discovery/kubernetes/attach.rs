//! What else is discovered about a target.

/// What else is discovered about a target: `attach_metadata` of an entry in `kubernetes_sd_configs`
/// ([KD60](crate::docs::kubernetes#kd60) to [KD63](crate::docs::kubernetes#kd63)).
///
/// ```
/// use exposition::discovery::kubernetes::AttachMetadata;
///
/// let attach = AttachMetadata::new().node(true).deployment(true);
/// assert!(attach.node && attach.deployment && !attach.job);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttachMetadata {
    /// Labels and annotations of its Node. In role `pod`, pods whose Node is not known are left out.
    pub node: bool,
    /// Labels and annotations of its Namespace.
    pub namespace: bool,
    /// The name of the Deployment that a pod belongs to.
    pub deployment: bool,
    /// The name of the Job that a pod belongs to.
    pub job: bool,
    /// The name of the CronJob that a pod belongs to.
    pub cronjob: bool,
}

impl AttachMetadata {
    /// Returns settings that attach nothing.
    #[must_use]
    pub fn new() -> Self {
        AttachMetadata::default()
    }

    /// Sets whether the metadata of the Node is added.
    #[must_use]
    pub fn node(mut self, wanted: bool) -> Self {
        self.node = wanted;
        self
    }

    /// Sets whether the metadata of the Namespace is added.
    #[must_use]
    pub fn namespace(mut self, wanted: bool) -> Self {
        self.namespace = wanted;
        self
    }

    /// Sets whether the name of the Deployment is added.
    #[must_use]
    pub fn deployment(mut self, wanted: bool) -> Self {
        self.deployment = wanted;
        self
    }

    /// Sets whether the name of the Job is added.
    #[must_use]
    pub fn job(mut self, wanted: bool) -> Self {
        self.job = wanted;
        self
    }

    /// Sets whether the name of the CronJob is added.
    #[must_use]
    pub fn cronjob(mut self, wanted: bool) -> Self {
        self.cronjob = wanted;
        self
    }
}
