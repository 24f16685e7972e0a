//! A certificate authority as PEM, and the leaves it signs.
//!
//! In: a clock and lifetimes. Out: certificates whose times are exact. Must not store anything.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData as _,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;

use super::serving::Leaf;
use super::trust::{TrustError, Validity};

/// Peers whose clock is behind must accept a fresh certificate.
const BACKDATE: SignedDuration = SignedDuration::from_hours(1);
/// The last second that a certificate can name.
const LAST_SECOND: u64 = 253_402_300_799;

/// An authority: its certificate and the key that signs.
#[derive(Clone)]
pub struct Authority {
    certificate: String,
    key: String,
    der: CertificateDer<'static>,
    validity: Validity,
}

/// Why an authority cannot be made, read or used.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// Certificate work failed.
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The certificate is not one.
    #[error(transparent)]
    Unreadable(#[from] TrustError),
    /// The certificate may not sign others.
    #[error("the certificate is not an authority's")]
    NotAnAuthority,
    /// The key is another certificate's.
    #[error("the key does not belong to the certificate")]
    ForeignKey,
    /// The key is of a kind that TLS cannot use.
    #[error("key: {0}")]
    Key(#[from] rustls::Error),
}

impl Authority {
    /// Makes a new one that is good from now on, for so long.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub fn make(now: Timestamp, lifetime: SignedDuration) -> Result<Self, AuthorityError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "deepsynthesis-operator");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let until = now.saturating_add(lifetime).unwrap_or(now);
        set_validity(&mut params, backdated(now), until);
        Self::parse(&params.self_signed(&key)?.pem(), &key.serialize_pem())
    }

    /// Reads certificate and key, which must belong together.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub fn parse(certificate: &str, key: &str) -> Result<Self, AuthorityError> {
        let der = CertificateDer::from_pem_slice(certificate.as_bytes()).map_err(|_| TrustError::NotACertificate)?;
        let validity = Validity::of(&der)?;
        let (_, parsed) = x509_parser::parse_x509_certificate(&der).map_err(|_| TrustError::NotACertificate)?;
        if !parsed.is_ca() {
            return Err(AuthorityError::NotAnAuthority);
        }
        if KeyPair::from_pem(key)?.der_bytes() != parsed.public_key().subject_public_key.data.as_ref() {
            return Err(AuthorityError::ForeignKey);
        }
        Ok(Self { certificate: certificate.to_owned(), key: key.to_owned(), der, validity })
    }

    /// Signs a server certificate for `names`; it never outlives the authority.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub fn leaf(&self, names: Vec<String>, now: Timestamp, lifetime: SignedDuration) -> Result<Leaf, AuthorityError> {
        let (certificate, key) = self.sign(names, now, lifetime)?;
        let der = CertificateDer::from(certificate.der().to_vec());
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signer = rustls::crypto::ring::sign::any_supported_type(&private)?;
        let validity = Validity::of(&der)?;
        let pair = Arc::new(CertifiedKey::new(vec![der], signer));
        Ok(Leaf { pair, validity, signed_on: now, authority: self.certificate.clone() })
    }

    /// The same for somebody else: certificate and key as PEM.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub fn pair(
        &self,
        names: Vec<String>,
        now: Timestamp,
        lifetime: SignedDuration,
    ) -> Result<(String, String), AuthorityError> {
        let (certificate, key) = self.sign(names, now, lifetime)?;
        Ok((certificate.pem(), key.serialize_pem()))
    }

    fn sign(
        &self,
        names: Vec<String>,
        now: Timestamp,
        lifetime: SignedDuration,
    ) -> Result<(Certificate, KeyPair), AuthorityError> {
        let issuer = Issuer::from_ca_cert_der(&self.der, KeyPair::from_pem(&self.key)?)?;
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "deepsynthesis");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // During a rotation the bundle holds two authorities of one name: this says which of them signed.
        params.use_authority_key_identifier_extension = true;
        let until = now.saturating_add(lifetime).unwrap_or(now).min(self.validity.until);
        set_validity(&mut params, backdated(now), until);
        Ok((params.signed_by(&key, &issuer)?, key))
    }

    /// The certificate as PEM.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The key as PEM.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// From when until when it is good.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.validity
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("validity", &self.validity).finish_non_exhaustive()
    }
}

impl PartialEq for Authority {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

fn backdated(now: Timestamp) -> Timestamp {
    now.saturating_sub(BACKDATE).unwrap_or(now)
}

fn set_validity(params: &mut CertificateParams, from: Timestamp, until: Timestamp) {
    // rcgen's own type for an instant comes from a crate that we do not name: its epoch and a duration say the same.
    let date = |instant: Timestamp| {
        let seconds = u64::try_from(instant.as_second()).unwrap_or(0).min(LAST_SECOND);
        rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds)
    };
    params.not_before = date(from);
    params.not_after = date(until);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::certificate::trust;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn certificates_end_to_the_second_and_a_leaf_never_outlives_its_authority() {
        let now = at("2026-11-25T22:10:07Z");
        let authority = Authority::make(now, SignedDuration::from_secs(90)).unwrap();
        assert_eq!(authority.validity().from, at("2026-11-25T21:10:07Z"));
        assert_eq!(authority.validity().until, at("2026-11-25T22:11:37Z"));
        let leaf = |seconds| {
            let leaf = authority.leaf(vec!["a.b.svc".into()], now, SignedDuration::from_secs(seconds)).unwrap();
            trust::check(&leaf.pair.cert, authority.certificate().as_bytes(), "a.b.svc", now).unwrap();
            leaf.validity.until
        };
        assert_eq!(leaf(60), at("2026-11-25T22:11:07Z"));
        assert_eq!(leaf(3600), authority.validity().until);
    }

    #[test]
    fn refuses_what_is_no_authority_and_keys_of_others() {
        let now = at("2026-11-25T22:10:07Z");
        let make = || Authority::make(now, SignedDuration::from_hours(1)).unwrap();
        let (one, other) = (make(), make());
        let says = |certificate: &str, key: &str| match Authority::parse(certificate, key) {
            Ok(_) => "fine".to_owned(),
            Err(error) => error.to_string(),
        };
        let server = rcgen::generate_simple_self_signed(vec!["a".to_owned()]).unwrap();
        let (certificate, key) = (server.cert.pem(), server.signing_key.serialize_pem());
        for (certificate, key, text) in [
            (one.certificate(), one.key(), "fine"),
            (one.certificate(), other.key(), "the key does not belong to the certificate"),
            ("", one.key(), "not a certificate"),
            (one.key(), one.key(), "not a certificate"),
            (&certificate, &key, "the certificate is not an authority's"),
        ] {
            assert!(says(certificate, key).contains(text), "{text}: {}", says(certificate, key));
        }
        assert!(Authority::parse(one.certificate(), "no key").is_err());
    }
}
