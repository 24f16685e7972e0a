//! TLS with a certificate that swaps without a restart.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// The certificate in use; swapped whole, read without a lock.
#[derive(Default)]
pub struct CurrentCertificate(ArcSwapOption<CertifiedKey>);

impl CurrentCertificate {
    /// Puts a certificate into use for every later handshake.
    pub fn set(&self, certificate: impl Into<Arc<CertifiedKey>>) {
        self.0.store(Some(certificate.into()));
    }

    /// Whether there is one.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load().is_some()
    }
}

impl std::fmt::Debug for CurrentCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CurrentCertificate")
    }
}

impl ResolvesServerCert for CurrentCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.load_full()
    }
}

/// The TLS settings of a server that answers with the current certificate.
///
/// # Errors
/// When the provider cannot serve TLS 1.2 and 1.3.
pub fn server_config(certificate: Arc<CurrentCertificate>) -> Result<rustls::ServerConfig, rustls::Error> {
    with_versions(certificate, rustls::ALL_VERSIONS)
}

/// The same for peers that are all our own: TLS 1.3 and nothing else.
///
/// # Errors
/// When the provider cannot serve TLS 1.3.
pub fn server_config_tls13(certificate: Arc<CurrentCertificate>) -> Result<rustls::ServerConfig, rustls::Error> {
    with_versions(certificate, &[&rustls::version::TLS13])
}

fn with_versions(
    certificate: Arc<CurrentCertificate>,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> Result<rustls::ServerConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)?
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
