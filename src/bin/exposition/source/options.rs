//! What a command line says of servers.

use std::path::{Path, PathBuf};

use clap::Args;
use exposition::scrape::Interval;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::tls::{Certificate, Identity};
use reqwest::{Client, Proxy, RequestBuilder, redirect};

use super::cause::Way;
use crate::failure::Result;

/// How long a response may take by default.
const TIMEOUT: Interval = Interval::from_secs(30);

/// Options for URLs.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "URLs")]
pub(crate) struct HttpArgs {
    /// A header to send, once for each
    #[arg(long, short = 'H', value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(HeaderName, HeaderValue)>,
    /// The file with a bearer token
    #[arg(long, value_name = "FILE", conflicts_with = "user")]
    bearer_token_file: Option<PathBuf>,
    /// The name for basic authentication, with the password or without
    #[arg(long, short, value_name = "USER[:PASSWORD]")]
    user: Option<String>,
    /// The file with the password for basic authentication
    #[arg(long, value_name = "FILE", requires = "user")]
    password_file: Option<PathBuf>,
    /// The file with certificates, in PEM, of who else may vouch for a server
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// The file with the certificates, in PEM, that say to the server who asks
    #[arg(long, value_name = "FILE", requires = "key_file")]
    cert_file: Option<PathBuf>,
    /// The file with the private key, in PEM, for --cert-file
    #[arg(long, value_name = "FILE", requires = "cert_file")]
    key_file: Option<PathBuf>,
    /// Do not check certificates
    #[arg(long)]
    insecure: bool,
    /// The unix socket to connect to, whatever host the URL names
    #[arg(long, value_name = "PATH")]
    unix_socket: Option<PathBuf>,
    /// The URL of the proxy to ask; what the environment says of proxies does not count, as in Prometheus
    #[arg(long, value_name = "URL", conflicts_with = "unix_socket")]
    proxy: Option<String>,
    /// How long a response may take to its last byte, 0s for no limit [default: 30s; of watch, the interval]
    #[arg(long, value_name = "DURATION")]
    timeout: Option<Interval>,
}

fn header(line: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = (line.split_once(':')).ok_or("a header is `NAME: VALUE`")?;
    let name = name
        .trim()
        .parse()
        .map_err(|_| format!("`{name}` is not the name of a header"))?;
    let value = value
        .trim()
        .parse()
        .map_err(|_| "a value has a character that no header has")?;
    Ok((name, value))
}

impl HttpArgs {
    /// Sets how long a response may take, if no option says it.
    pub(crate) fn default_timeout(&mut self, timeout: Interval) {
        self.timeout.get_or_insert(timeout);
    }

    pub(super) fn timeout(&self) -> Interval {
        self.timeout.unwrap_or(TIMEOUT)
    }

    pub(super) fn has(&self, name: &HeaderName) -> bool {
        self.header.iter().any(|(given, _)| given == name)
    }

    /// Adds the headers of the options, and who asks.
    pub(super) fn identify(&self, mut request: RequestBuilder) -> Result<RequestBuilder> {
        if self.has(&AUTHORIZATION) {
        } else if let Some(file) = &self.bearer_token_file {
            request = request.bearer_auth(secret(file)?);
        } else if let Some(user) = &self.user {
            let (user, password) = match user.split_once(':') {
                Some((user, password)) => (user, Some(password.to_owned())),
                None => (user.as_str(), None),
            };
            let password = match &self.password_file {
                Some(file) => Some(secret(file)?),
                None => password,
            };
            request = request.basic_auth(user, password);
        }
        Ok(request.headers(self.header.iter().cloned().collect::<HeaderMap>()))
    }

    /// Returns what stands between here and the server.
    pub(super) fn way(&self) -> Way<'_> {
        match (&self.unix_socket, &self.proxy) {
            (Some(socket), _) => Way::Socket(socket),
            (None, Some(proxy)) => Way::Proxy(proxy),
            (None, None) => Way::Direct,
        }
    }

    /// Tells whether an option says who asks, so that what the URL says of it is of no use.
    pub(super) fn names_who_asks(&self) -> bool {
        self.user.is_some() || self.bearer_token_file.is_some() || self.has(&AUTHORIZATION)
    }

    /// Builds a client. One that never sees `https` does without the certificates of this system, which take time
    /// to read.
    pub(super) fn client(&self, is_https: bool) -> Result<Client> {
        // Fails if there is one already, which is as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = Client::builder()
            .user_agent(concat!("exposition/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .no_proxy()
            // Nobody looks after a connection between two requests: it would be asked although it is closed.
            .pool_max_idle_per_host(0)
            // It is decompressed here, within the limit; another crate may ask for reqwest's own way.
            .no_gzip()
            .no_zstd()
            .no_brotli()
            .no_deflate()
            .tls_danger_accept_invalid_certs(self.insecure);
        if let Some(proxy) = &self.proxy {
            let to =
                Proxy::all(proxy).map_err(|_| format!("`{proxy}` is not the URL of a proxy"))?;
            client = client.proxy(to);
        }
        if !is_https {
            client = client.tls_certs_only([]);
        } else {
            if let Some(file) = &self.ca_file {
                client = client.tls_certs_merge(certificates(file)?);
            }
            if let (Some(certificates), Some(key)) = (&self.cert_file, &self.key_file) {
                client = client.identity(identity(certificates, key)?);
            }
        }
        #[cfg(unix)]
        if let Some(path) = &self.unix_socket {
            client = client.unix_socket(path.as_path());
        }
        #[cfg(not(unix))]
        if self.unix_socket.is_some() {
            return Err("there are no unix sockets here".into());
        }
        Ok(client.build().map_err(|error| {
            let cause = crate::failure::in_full(&error);
            let cause = cause.trim_start_matches("builder error: ");
            format!("TLS cannot be set up: {cause}")
        })?)
    }
}

/// Reads the certificates of a file.
fn certificates(file: &Path) -> Result<Vec<Certificate>> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let all = Certificate::from_pem_bundle(&read(file)?)
        .map_err(|_| named(&"a certificate in the file is not PEM"))?;
    match all.is_empty() {
        true => Err(named(&"no certificate is in the file, which is PEM").into()),
        false => Ok(all),
    }
}

/// Reads who asks from a file with certificates and one with their key.
fn identity(certificates: &Path, key: &Path) -> Result<Identity> {
    let mut pem = read(certificates)?;
    pem.push(b'\n');
    pem.extend(read(key)?);
    Ok(Identity::from_pem(&pem).map_err(|_| {
        let (certificates, key) = (certificates.display(), key.display());
        format!("{certificates} and {key} are not a certificate and its private key in PEM")
    })?)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let bytes = std::fs::read(file);
    Ok(bytes.map_err(|error| format!("{}: {error}", file.display()))?)
}

/// Reads a secret from a file, without the line feed at its end.
fn secret(file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(text.trim().to_owned())
}
