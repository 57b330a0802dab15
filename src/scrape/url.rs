//! URLs, written as Go writes them.

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
};

/// The parts of a target's URL.
pub(super) struct Url<'a> {
    pub(super) scheme: &'a str,
    pub(super) host: &'a str,
    pub(super) path: &'a str,
    /// Sorted by name; the values of each are in order.
    pub(super) query: BTreeMap<&'a str, Vec<&'a str>>,
}

/// What stays unescaped in addition to letters, digits and `-_.~`.
const IN_HOST: &[u8] = b"!$&'()*+,;=:[]<>\"";
const IN_PATH: &[u8] = b"$&+,/:;=@";

impl fmt::Display for Url<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.scheme.is_empty() {
            write!(f, "{}:", self.scheme)?;
        }
        f.write_str("//")?;
        escape(self.host, IN_HOST, f)?;
        if !self.path.is_empty() && !self.path.starts_with('/') {
            f.write_char('/')?;
        }
        match self.path {
            "*" => f.write_char('*')?,
            path => escape(path, IN_PATH, f)?,
        }
        let pairs = self.query.iter();
        let pairs = pairs.flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        for (index, (name, value)) in pairs.enumerate() {
            f.write_char(if index == 0 { '?' } else { '&' })?;
            escape_in_query(name, f)?;
            f.write_char('=')?;
            escape_in_query(value, f)?;
        }
        Ok(())
    }
}

fn escape(text: &str, kept: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for byte in text.bytes() {
        match byte {
            b'-' | b'_' | b'.' | b'~' => f.write_char(byte.into())?,
            _ if byte.is_ascii_alphanumeric() || kept.contains(&byte) => {
                f.write_char(byte.into())?;
            }
            _ => write!(f, "%{byte:02X}")?,
        }
    }
    Ok(())
}

fn escape_in_query(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            f.write_char('+')?;
        }
        escape(word, b"", f)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_escaped_by_their_place() {
        for (host, path, query, written) in [
            ("h", "/metrics", vec![], "http://h/metrics"),
            ("[::1]:9090", "", vec![], "http://[::1]:9090"),
            ("h", "metrics", vec![], "http://h/metrics"),
            ("h", "*", vec![], "http://h/*"),
            ("a b%é", "/", vec![], "http://a%20b%25%C3%A9/"),
            (
                "h",
                "/a b/?x#y%2F;(é)",
                vec![],
                "http://h/a%20b/%3Fx%23y%252F;%28%C3%A9%29",
            ),
            (
                "h",
                "/",
                vec![
                    ("m", vec!["a b", "c&d"]),
                    ("a/b", vec![""]),
                    ("none", vec![]),
                ],
                "http://h/?a%2Fb=&m=a+b&m=c%26d",
            ),
            (
                "h",
                "/",
                vec![("x", vec!["a+b=~*"])],
                "http://h/?x=a%2Bb%3D~%2A",
            ),
        ] {
            let url = Url {
                scheme: "http",
                host,
                path,
                query: query.into_iter().collect(),
            };
            assert_eq!(url.to_string(), written);
        }
    }
}
