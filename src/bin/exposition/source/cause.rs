//! Why a server gives no answer, in a line that says what may help.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

use reqwest::Url;
use rustls::{AlertDescription, CertificateError};

use super::url::without_password;
use crate::page::printable;

/// What stands between here and a server.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way<'w> {
    Direct,
    Socket(&'w Path),
    Proxy(&'w str),
}

/// Why a server gives no answer.
pub(super) struct Cause(String);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Cause {
    pub(super) fn new(error: &reqwest::Error, url: &Url, way: Way<'_>) -> Self {
        let host = url.host_str().unwrap_or_default();
        Cause(if error.is_dns() && matches!(way, Way::Direct) {
            format!("no host is called `{host}`: {}", deepest(error))
        } else if let Some(error) = find::<rustls::Error>(error) {
            tls(error, host)
        } else {
            let io = find::<io::Error>(error).map(io::Error::kind);
            match io {
                Some(kind) if error.is_connect() => connection(kind, error, url, way),
                _ => answer(error, url),
            }
        })
    }
}

/// Returns an error and its causes, with those inside of [`io::Error`]s.
fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let inside = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        match inside {
            Some(inside) => Some(inside),
            None => error.source(),
        }
    })
}

/// Returns the last cause of that type.
fn find<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    chain(error).filter_map(|error| error.downcast_ref()).last()
}

/// Returns the last cause in its own words.
pub(super) fn deepest(error: &(dyn Error + 'static)) -> String {
    let words = chain(error).last().map(|error| error.to_string());
    let words = words.unwrap_or_default();
    let words = words.split(" (os error ").next().unwrap_or_default();
    let words = words.trim_start_matches("failed to lookup address information: ");
    printable(words).into_owned()
}

fn connection(kind: io::ErrorKind, error: &reqwest::Error, url: &Url, way: Way<'_>) -> String {
    let place = match way {
        Way::Socket(socket) => format!("the unix socket {}", socket.display()),
        Way::Proxy(proxy) => {
            let shown = without_password(proxy);
            format!("the proxy {}", shown.as_deref().unwrap_or(proxy))
        }
        Way::Direct => match (url.host_str(), url.port_or_known_default()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            _ => url.to_string(),
        },
    };
    match kind {
        io::ErrorKind::ConnectionRefused => {
            format!("nothing listens on {place}: connection refused")
        }
        io::ErrorKind::NotFound => format!("{place} is not there"),
        _ => match deepest(error).as_str() {
            "tls handshake eof" => format!(
                "{place} closes the connection instead of a TLS handshake; \
                 perhaps the URL begins with http://"
            ),
            words => format!("no connection to {place}: {words}"),
        },
    }
}

/// Says why there is no secure connection.
fn tls(error: &rustls::Error, host: &str) -> String {
    const TRUST: &str = "--ca-file names whom else to trust, --insecure trusts all";
    match error {
        rustls::Error::InvalidCertificate(why) => match why {
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                format!("nobody that this system trusts vouches for the certificate; {TRUST}")
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                format!("the certificate is not for `{host}`; --insecure takes it")
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the certificate has expired; --insecure takes it".to_owned()
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "the certificate is not valid yet; --insecure takes it".to_owned()
            }
            CertificateError::Other(why) if why.to_string().contains("CaUsedAsEndEntity") => {
                "the certificate is that of an authority, not of a server; --insecure takes it"
                    .to_owned()
            }
            other => format!("the certificate is not valid: {other}; {TRUST}"),
        },
        rustls::Error::InvalidMessage(_) => {
            "the server does not speak TLS; perhaps the URL begins with http://".to_owned()
        }
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired) => {
            "the server wants to know who asks; --cert-file and --key-file say it".to_owned()
        }
        rustls::Error::AlertReceived(alert) => {
            format!("the server ends the TLS handshake: {alert:?}")
        }
        other => other.to_string(),
    }
}

/// Says why a connection yields no answer.
fn answer(error: &reqwest::Error, url: &Url) -> String {
    let words = deepest(error);
    match words.as_str() {
        "connection closed before message completed" => {
            "the server closes the connection without an answer".to_owned()
        }
        _ if words.starts_with("invalid HTTP") => match url.scheme() {
            "http" => "the answer is not HTTP; perhaps the URL begins with https://".to_owned(),
            _ => format!("the answer is not HTTP: {words}"),
        },
        _ => words,
    }
}
