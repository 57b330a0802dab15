//! An authority that vouches for servers and for those who ask them.

use std::io::{self, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::server::{Request, Server, Stream, TEXT, reply};

/// Who vouches for servers.
pub(crate) struct Authority {
    pub(crate) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        // Two of the same name would be taken for each other.
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        (params.distinguished_name).push(DnType::CommonName, format!("authority {number}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Authority {
            pem,
            issuer: Issuer::new(params, key),
        }
    }

    /// Starts a server that this one vouches for, under that name and until that year.
    pub(crate) fn server(&self, name: &str, until: i32, body: &'static str) -> Server {
        self.answers(name, until, move |_, out| {
            reply(out, "200 OK", TEXT, body.as_bytes())
        })
    }

    pub(crate) fn server_that_sends_to(&self, url: String) -> Server {
        let location = format!("Location: {url}\r\n");
        self.answers("localhost", 3000, move |_, out| {
            reply(out, "302 Found", &location, b"")
        })
    }

    pub(crate) fn answers(
        &self,
        name: &str,
        until: i32,
        answer: impl Fn(&Request, &mut dyn Write) -> io::Result<()> + Send + Sync + 'static,
    ) -> Server {
        let (certificate, key) = self.certificate(name, until);
        serve(certificate.der().to_vec(), &key, None, answer)
    }

    pub(crate) fn certificate(&self, name: &str, until: i32) -> (Certificate, KeyPair) {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
        params.not_after = rcgen::date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// Starts a server that shows the authority's own certificate.
    pub(crate) fn answers_as_itself(
        &self,
        answer: impl Fn(&Request, &mut dyn Write) -> io::Result<()> + Send + Sync + 'static,
    ) -> Server {
        let der = CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap();
        serve(der.to_vec(), self.issuer.key(), None, answer)
    }
}

/// Starts a server with that certificate.
pub(crate) fn serve(
    certificate: Vec<u8>,
    key: &KeyPair,
    who_may_ask: Option<&str>,
    answer: impl Fn(&Request, &mut dyn Write) -> io::Result<()> + Send + Sync + 'static,
) -> Server {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let clients = match who_may_ask {
        None => WebPkiClientVerifier::no_client_auth(),
        Some(pem) => {
            let mut roots = RootCertStore::empty();
            let authority = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
            roots.add(authority).unwrap();
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .unwrap()
        }
    };
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(clients)
        .with_single_cert(vec![CertificateDer::from(certificate)], key)
        .unwrap();
    let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
    let url = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    let accept = move || {
        let (stream, _) = listener.accept()?;
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        Ok(Box::new(StreamOwned::new(connection, stream)) as Box<dyn Stream>)
    };
    Server::of(url, Box::new(accept), answer)
}
