//! Checks the address of a prober (spec C31).

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::bytes::work;

/// Returns what is wrong with a host with an optional port, if anything.
pub(super) fn problem(address: &str) -> Option<String> {
    work::on(address.len());
    if address.is_empty() {
        return Some("missing: it names the prober's host".to_owned());
    }
    if address.contains("://") {
        return Some("a URL: the scheme is `prober.scheme`, the path `prober.path`".to_owned());
    }
    if address.parse::<Ipv6Addr>().is_ok() {
        return None;
    }
    let (host, port) = match address.strip_prefix('[') {
        Some(inside) => {
            let Some((host, rest)) = inside.split_once(']') else {
                return Some("a `]` is missing".to_owned());
            };
            if host.parse::<Ipv6Addr>().is_err() {
                return Some(format!("{host:?} is not an IPv6 address"));
            }
            match rest.strip_prefix(':') {
                Some(port) => (None, Some(port)),
                None if rest.is_empty() => {
                    return Some("brackets are for an address with a port".to_owned());
                }
                None => return Some(format!("{rest:?} after the host is not a port")),
            }
        }
        None => match address.rsplit_once(':') {
            Some((host, port)) => (Some(host), Some(port)),
            None => (Some(address), None),
        },
    };
    if let Some(host) = host.filter(|host| !is_host(host)) {
        return Some(format!("{host:?} is not a host"));
    }
    let port = port.filter(|port| !is_port(port))?;
    Some(format!("{port:?} is not a port: expected 1 to 65535"))
}

fn is_port(port: &str) -> bool {
    !port.is_empty()
        && port.bytes().all(|b| b.is_ascii_digit())
        && port.parse::<u16>().is_ok_and(|port| port > 0)
}

/// Tells whether a text is an IPv4 address or the name of a host.
fn is_host(host: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && part.len() <= 63
            && (part.bytes()).all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    };
    let name = host.strip_suffix('.').unwrap_or(host);
    let letters = name.bytes().filter(|b| *b != b'.').count();
    host.parse::<Ipv4Addr>().is_ok() || (letters <= 255 && name.split('.').all(is_part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_probers() {
        for address in [
            "blackbox",
            "blackbox.monitoring.svc:9115",
            "black_box.ns.svc.:80",
            "LOCALHOST:1",
            "10.0.0.1",
            "10.0.0.1:65535",
            "2001:db8::1",
            "[2001:db8::1]:9115",
            "a-.b-c",
        ] {
            assert_eq!(problem(address), None, "{address}");
        }
        for (address, expected) in [
            ("", "missing: it names the prober's host"),
            (
                "http://blackbox:9115",
                "a URL: the scheme is `prober.scheme`, the path `prober.path`",
            ),
            (
                "blackbox:70000",
                "\"70000\" is not a port: expected 1 to 65535",
            ),
            ("blackbox:0", "\"0\" is not a port: expected 1 to 65535"),
            ("blackbox:", "\"\" is not a port: expected 1 to 65535"),
            (
                "blackbox:http",
                "\"http\" is not a port: expected 1 to 65535",
            ),
            (
                "blackbox:9115/probe",
                "\"9115/probe\" is not a port: expected 1 to 65535",
            ),
            ("blackbox/probe", "\"blackbox/probe\" is not a host"),
            (":9115", "\"\" is not a host"),
            ("black box", "\"black box\" is not a host"),
            ("-a", "\"-a\" is not a host"),
            ("a..b", "\"a..b\" is not a host"),
            ("[::1", "a `]` is missing"),
            ("[::1]", "brackets are for an address with a port"),
            ("[a]:1", "\"a\" is not an IPv6 address"),
            ("[::1]x", "\"x\" after the host is not a port"),
        ] {
            assert_eq!(problem(address).as_deref(), Some(expected), "{address}");
        }
    }
}
