//! How a target is reached through a proxy: the fields of a monitor, and URLs as Go reads them.

use std::collections::BTreeMap;

use super::{
    check::rule,
    error::ManifestError,
    fields::{Fields, Reader, list, text, value_error},
    key_selector::{KeySelector, key_selector},
};
use crate::bytes::work;
use crate::yaml::node::Node;

/// The proxy of an [`OAuth2`](super::OAuth2) server, or of an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProxyConfig {
    /// The proxy to go through.
    pub proxy_url: Option<String>,
    /// Hosts that are reached without a proxy.
    pub no_proxy: Option<String>,
    /// Whether the proxy's address is taken from the environment.
    pub proxy_from_environment: Option<bool>,
    /// Headers for the proxy, each with the places of its values.
    pub proxy_connect_header: Option<BTreeMap<String, Vec<KeySelector>>>,
}

pub(super) fn read(fields: &Fields<'_>, reader: &mut Reader) -> ProxyConfig {
    ProxyConfig {
        proxy_url: fields.read("proxyUrl", |node, path| {
            url(node, path, &["http://", "https://", "socks5://"])
        }),
        no_proxy: fields.text("noProxy"),
        proxy_from_environment: fields.flag("proxyFromEnvironment"),
        proxy_connect_header: fields.map("proxyConnectHeader", |node, path| {
            list(node, path, |node, path| key_selector(node, path, reader))
        }),
    }
}

/// Reads text that begins like a URL of one of the schemes; the API server checks no more.
pub(super) fn url(node: &Node, path: &str, schemes: &[&str]) -> Result<String, ManifestError> {
    let url = text(node, path)?;
    let rest = (schemes.iter()).find_map(|scheme| url.strip_prefix(scheme));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains('\n') => Ok(url),
        _ => {
            let expected = format!("a URL that begins with {}", schemes.join(", "));
            let rule = match url.is_empty() {
                true => &rule::LENGTH,
                false => &rule::PATTERN,
            };
            Err(value_error(path, &url, expected).under(rule))
        }
    }
}

/// Returns what Go's URL parser finds wrong with an absolute URL, if anything.
pub(super) fn go_url_error(url: &str) -> Option<String> {
    work::on(url.len());
    if url.bytes().any(|b| b < b' ' || b == 0x7f) {
        return Some("a control character".to_owned());
    }
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    let Some((scheme, rest)) = url.split_once("://") else {
        return Some("no scheme".to_owned());
    };
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && (scheme.bytes()).all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    };
    if !is_scheme(scheme) {
        return Some(format!("{scheme:?} is not a scheme"));
    }
    let (rest, _query) = rest.split_once('?').unwrap_or((rest, ""));
    let split = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(split).unwrap_or((rest, ""));
    let host = match authority.rsplit_once('@') {
        None => authority,
        Some((user, host)) => {
            let is_allowed =
                |b: u8| b.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&b);
            if !user.bytes().all(is_allowed) {
                return Some(format!("{user:?} is not a user and a password"));
            }
            if let Some(escape) = bad_escape(user) {
                return Some(escape);
            }
            host
        }
    };
    host_error(host)
        .or_else(|| bad_escape(path))
        .or_else(|| bad_escape(fragment))
}

fn host_error(host: &str) -> Option<String> {
    let (name, port) = if let Some(inside) = host.strip_prefix('[') {
        let Some((address, port)) = inside.rsplit_once(']') else {
            return Some("a `]` is missing in the host".to_owned());
        };
        (address, port)
    } else {
        host.split_at_checked(host.rfind(':').unwrap_or(host.len()))
            .unwrap_or((host, ""))
    };
    let is_port = |port: &str| {
        let digits = port.strip_prefix(':');
        digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
    };
    if !port.is_empty() && !is_port(port) {
        return Some(format!("{port:?} after the host is not a port"));
    }
    // In a host only non-ASCII characters may be escaped, and the percent sign before a zone.
    if let Some(escape) = bad_escape(name) {
        return Some(escape);
    }
    let escapes = name
        .match_indices('%')
        .filter_map(|(at, _)| name.get(at..at + 3));
    for escape in escapes {
        if !matches!(
            escape.as_bytes(),
            [b'%', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F', _]
        ) && escape != "%25"
        {
            return Some(format!("{escape:?} in the host is not an escape"));
        }
    }
    let is_allowed = |c: char| {
        !c.is_ascii() || c.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:[]<>\"%".contains(c)
    };
    let odd = name.chars().find(|c| !is_allowed(*c))?;
    Some(format!("{odd:?} in the host"))
}

/// Returns the first `%` that is not followed by two hexadecimal digits.
fn bad_escape(text: &str) -> Option<String> {
    (text.match_indices('%')).find_map(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        let mut next = rest.chars().skip(1);
        let is_hex = |c: Option<char>| c.is_some_and(|c| c.is_ascii_hexdigit());
        let good = is_hex(next.next()) && is_hex(next.next());
        (!good).then(|| {
            let escape: String = rest.chars().take(3).collect();
            format!("{escape:?} is not an escape")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_as_go_reads_them() {
        for url in [
            "http://proxy:3128",
            "http://proxy",
            "http://proxy:",
            "https://user:p%40ss@proxy.example.com:3128/path%20x?q=%zz",
            "socks5://[::1]:1080",
            "http://[fe80::1%25eth0]:80/",
            "http://é.example/",
            "http://%C3%A9.example",
            "http://a/b c",
        ] {
            assert_eq!(go_url_error(url), None, "{url}");
        }
        for (url, error) in [
            ("http://%zz", "\"%zz\" is not an escape"),
            ("http://a:b:c/", "\":c\" after the host is not a port"),
            ("http://a:8o/", "\":8o\" after the host is not a port"),
            ("http://[::1", "a `]` is missing in the host"),
            ("http://[::1]80", "\"80\" after the host is not a port"),
            ("http://a b/", "' ' in the host"),
            ("http://a%20b/", "\"%20\" in the host is not an escape"),
            ("http://a/%", "\"%\" is not an escape"),
            ("http://a#%1", "\"%1\" is not an escape"),
            ("http://us er@a", "\"us er\" is not a user and a password"),
            ("http://u%@a", "\"%\" is not an escape"),
            ("http://a\u{7f}", "a control character"),
            ("1http://a", "\"1http\" is not a scheme"),
            ("a:80", "no scheme"),
        ] {
            assert_eq!(go_url_error(url).as_deref(), Some(error), "{url}");
        }
    }
}
