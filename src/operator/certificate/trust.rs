//! Whether an API server that holds this bundle accepts this certificate.
//!
//! In: certificates, a bundle, the name that is dialled, a clock. Out: yes, or why not. Must not decide what follows.

use std::sync::Arc;

use jiff::Timestamp;
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

/// From when until when a certificate is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// `notBefore`.
    pub from: Timestamp,
    /// `notAfter`.
    pub until: Timestamp,
}

impl Validity {
    /// Reads it off a certificate.
    ///
    /// # Errors
    /// [`TrustError::NotACertificate`].
    pub fn of(der: &CertificateDer<'_>) -> Result<Self, TrustError> {
        let (_, parsed) = x509_parser::parse_x509_certificate(der).map_err(|_| TrustError::NotACertificate)?;
        let instant = |seconds| Timestamp::from_second(seconds).map_err(|_| TrustError::NotACertificate);
        Ok(Self {
            from: instant(parsed.validity().not_before.timestamp())?,
            until: instant(parsed.validity().not_after.timestamp())?,
        })
    }

    /// Whether it is good at this instant.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}

/// Why an API server would refuse the certificate.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum TrustError {
    /// Not PEM, or not X.509.
    #[error("not a certificate in PEM")]
    NotACertificate,
    /// There is nothing to trust.
    #[error("the published bundle holds no certificate")]
    EmptyBundle,
    /// The bundle's authorities did not sign it, it has ended, or it is for other names.
    #[error("the published bundle does not vouch for it: {0}")]
    Refused(String),
}

/// Checks a chain against a PEM bundle, for the name that is dialled.
///
/// # Errors
/// [`TrustError`].
pub fn check(chain: &[CertificateDer<'static>], bundle: &[u8], name: &str, now: Timestamp) -> Result<(), TrustError> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(bundle) {
        // One that cannot be an anchor vouches for nobody; the others may.
        let _ = roots.add(authority);
    }
    if roots.is_empty() {
        return Err(TrustError::EmptyBundle);
    }
    let (leaf, intermediates) = chain.split_first().ok_or(TrustError::NotACertificate)?;
    let refused = |error: &dyn std::fmt::Display| TrustError::Refused(error.to_string());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| refused(&error))?;
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let moment = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
    let name = ServerName::try_from(name).map_err(|error| refused(&error))?;
    verifier.verify_server_cert(leaf, intermediates, &name, &[], moment).map_err(|error| refused(&error))?;
    Ok(())
}

/// Every certificate of a PEM text; what is none is left out.
#[must_use]
pub fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).collect()
}
