//! Completes objects from files with what a cluster would add.

pub(crate) mod addition;
mod address;
mod backing;
mod bare;
mod defaults;
mod endpoints;
mod mirror;
mod name;
mod nodes;
mod ports;
mod slices;
mod templates;

use super::objects::Objects;
use addition::Addition;
use address::Addresses;

impl Objects {
    /// Adds what a cluster would add to these objects, so that manifests of a chart or a repository can be judged
    /// without one. Returns what was added.
    ///
    /// - Workloads whose Pods are not among the objects: one Pod from the template, which runs and is ready, at
    ///   a made-up address from 192.0.2.0/24 or 2001:db8::/32, on one of the Nodes, with the ReplicaSet or the Job
    ///   between. Where there is no Node, one is made.
    /// - Pods without a status, a Node or an owner: they run and are ready, at a made-up address.
    /// - Services with a selector in a namespace without any Pods: a Pod that the selector matches, with the
    ///   ports that the Service leads to.
    /// - Defaults of the API server: the protocol `TCP` of ports, the type `ClusterIP` of Services, the empty
    ///   name of a port of an EndpointSlice ([KD6](crate::docs::kubernetes#kd6)).
    /// - Endpoints of Services that only have EndpointSlices, and the other way round.
    /// - Services with a selector that have neither Endpoints nor EndpointSlices: both, as the controllers make
    ///   them from the Pods that match and have an address.
    ///
    /// ```
    /// use exposition::discovery::kubernetes::{Discovery, Objects, Role};
    ///
    /// let mut objects = Objects::parse_all("
    /// apiVersion: apps/v1
    /// kind: StatefulSet
    /// metadata: {name: db, namespace: shop}
    /// spec:
    ///   template:
    ///     metadata: {labels: {app: db}}
    ///     spec: {containers: [{name: db, image: 'db:1', ports: [{name: metrics, containerPort: 9187}]}]}
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata: {name: db, namespace: shop}
    /// spec: {selector: {app: db}, ports: [{name: metrics, port: 80, targetPort: metrics}]}
    /// ")?;
    /// let added = objects.complete();
    /// assert_eq!(
    ///     added[1].to_string(),
    ///     "Pod shop/db-0: made from the template of the StatefulSet db; its address 192.0.2.1 is made up, \
    ///      and so is its place on node-0",
    /// );
    /// let groups = Discovery::new(Role::EndpointSlice).groups(&objects);
    /// assert_eq!(groups[0].targets[0]["__address__"], "192.0.2.1:9187");
    /// # Ok::<(), exposition::discovery::kubernetes::ObjectError>(())
    /// ```
    pub fn complete(&mut self) -> Vec<Addition> {
        let mut additions = Vec::new();
        let mut addresses = Addresses::unused(self);
        templates::add_pods(self, &mut addresses, &mut additions);
        bare::run_pods(self, &mut addresses, &mut additions);
        bare::stand_in(self, &mut addresses, &mut additions);
        defaults::fill(self, &mut additions);
        mirror::add(self, &mut additions);
        endpoints::add(self, &mut additions);
        additions
    }
}
