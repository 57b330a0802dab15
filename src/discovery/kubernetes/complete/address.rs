//! Addresses for what is made up.

use std::collections::HashSet;
use std::net::Ipv6Addr;

use crate::discovery::kubernetes::{kind::Kind, object::Body, objects::Objects};

/// Addresses for documentation that no Pod has.
pub(super) struct Addresses {
    taken: HashSet<String>,
    next: u128,
}

impl Addresses {
    pub(super) fn unused(objects: &Objects) -> Self {
        let pods = objects
            .of_kind(Kind::Pod)
            .filter_map(|object| match &object.body {
                Body::Pod(pod) => Some(pod.ip.clone()),
                _ => None,
            });
        Addresses {
            taken: pods.collect(),
            next: 1,
        }
    }

    /// Returns the addresses of one Pod; the first is of IPv4 as long as there are any.
    pub(super) fn next(&mut self) -> Vec<String> {
        loop {
            let number = self.next;
            self.next += 1;
            let mut addresses = Vec::new();
            if number < 255 {
                addresses.push(format!("192.0.2.{number}"));
            }
            let beginning = 0x2001_0db8_u128 << 96;
            addresses.push(Ipv6Addr::from_bits(beginning + number).to_string());
            if !addresses.iter().any(|address| self.taken.contains(address)) {
                return addresses;
            }
        }
    }
}
