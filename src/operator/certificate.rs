//! The webhooks' certificate: a CA in a Secret, a short leaf in every replica's memory, the CA in the webhook configurations.
//!
//! The CA is created by whoever comes first. Each replica signs its own leaf and renews it long before it ends, judged by
//! the wall clock every minute because timers sleep with the machine. Only `clientConfig.caBundle` is ours in the
//! configurations; the chart owns the rest, so that uninstalling removes them whoever is dead.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::{MutatingWebhookConfiguration, ValidatingWebhookConfiguration};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Patch, PatchParams};
use kube::{Api, Client};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use serde_json::json;

use super::args::RunArgs;
use super::secret::{SecretError, get_or_create, value};
use crate::api::names::MANAGER_CERTIFICATE;
use crate::server::tls::CurrentCertificate;

const SECRET: &str = "deepsynthesis-ca";
const CA_CERTIFICATE: &str = "ca.crt";
const CA_KEY: &str = "ca.key";
const CA_YEARS: i64 = 10;
const LEAF_HOURS: i64 = 24;
/// A leaf is replaced when it has less than this left.
const RENEW_HOURS: i64 = 12;
/// Peers whose clock is behind must accept a fresh certificate.
const BACKDATE: SignedDuration = SignedDuration::from_hours(1);

/// The CA as PEM.
#[derive(Clone)]
pub struct Authority {
    certificate: String,
    key: String,
}

impl Authority {
    /// Reads or makes the CA.
    ///
    /// # Errors
    /// [`SecretError`].
    pub async fn load(api: &Api<Secret>, now: Timestamp) -> Result<Self, SecretError> {
        let secret = get_or_create(api, SECRET, || {
            let authority = Self::make(now).map_err(|_| SecretError::Make("a certificate authority"))?;
            Ok(BTreeMap::from([
                (CA_CERTIFICATE.to_owned(), ByteString(authority.certificate.into_bytes())),
                (CA_KEY.to_owned(), ByteString(authority.key.into_bytes())),
            ]))
        })
        .await?;
        let text = |key| {
            value(&secret, key).and_then(|bytes| {
                String::from_utf8(bytes.to_vec()).map_err(|_| SecretError::Unusable { name: SECRET.to_owned(), key })
            })
        };
        Ok(Self { certificate: text(CA_CERTIFICATE)?, key: text(CA_KEY)? })
    }

    fn make(now: Timestamp) -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "deepsynthesis-operator");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        validity(&mut params, now, CA_YEARS * 365 * 24);
        Ok(Self { certificate: params.self_signed(&key)?.pem(), key: key.serialize_pem() })
    }

    /// Signs a server certificate for `names`.
    ///
    /// # Errors
    /// When the CA in the Secret is not usable.
    pub fn leaf(&self, names: Vec<String>, now: Timestamp) -> Result<CertifiedKey, LeafError> {
        let issuer = Issuer::from_ca_cert_pem(&self.certificate, KeyPair::from_pem(&self.key)?)?;
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "deepsynthesis-webhook");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        validity(&mut params, now, LEAF_HOURS);
        let certificate = params.signed_by(&key, &issuer)?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signer = rustls::crypto::ring::sign::any_supported_type(&private)?;
        Ok(CertifiedKey::new(vec![CertificateDer::from(certificate.der().to_vec())], signer))
    }

    /// Base64 of the PEM, as `caBundle` holds it.
    #[must_use]
    pub fn bundle(&self) -> String {
        STANDARD.encode(&self.certificate)
    }
}

/// Why a leaf could not be signed.
#[derive(Debug, thiserror::Error)]
pub enum LeafError {
    /// Certificate work failed.
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The key is of a kind that TLS cannot use.
    #[error("key: {0}")]
    Key(#[from] rustls::Error),
}

fn validity(params: &mut CertificateParams, now: Timestamp, hours: i64) {
    let date = |instant: Timestamp| {
        let utc = instant.to_zoned(jiff::tz::TimeZone::UTC);
        rcgen::date_time_ymd(
            i32::from(utc.year()),
            u8::try_from(utc.month()).unwrap_or(1),
            u8::try_from(utc.day()).unwrap_or(1),
        )
    };
    // rcgen takes whole days here: round outwards by a day on both sides.
    params.not_before = date(now.saturating_sub(BACKDATE).unwrap_or(now));
    params.not_after = date(now.saturating_add(SignedDuration::from_hours(hours + 24)).unwrap_or(now));
}

/// Keeps a fresh leaf in `current` for as long as the process lives.
pub async fn keep_leaf(authority: Authority, names: Vec<String>, current: Arc<CurrentCertificate>) {
    let mut renew_at = Timestamp::MIN;
    loop {
        let now = Timestamp::now();
        if now >= renew_at {
            match authority.leaf(names.clone(), now) {
                Ok(leaf) => {
                    current.set(leaf);
                    renew_at = now.saturating_add(SignedDuration::from_hours(LEAF_HOURS - RENEW_HOURS)).unwrap_or(now);
                }
                Err(error) => tracing::error!(%error, "no server certificate"),
            }
        }
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    }
}

/// Names that the API server may dial.
#[must_use]
pub fn server_names(args: &RunArgs) -> Vec<String> {
    let mut names = vec![format!("{}.{}.svc", args.service_name, args.namespace)];
    names.extend(args.certificate_name.iter().cloned());
    names
}

/// Whether a webhook configuration lacks our bundle.
///
/// # Errors
/// When a configuration cannot be read.
pub async fn configurations_lack(client: &Client, args: &RunArgs, bundle: &str) -> Result<bool, kube::Error> {
    let mutating: Api<MutatingWebhookConfiguration> = Api::all(client.clone());
    let validating: Api<ValidatingWebhookConfiguration> = Api::all(client.clone());
    let ours = |found: Option<&ByteString>| found.is_some_and(|found| STANDARD.encode(&found.0) == bundle);
    let mut complete = true;
    for name in [&args.workloads_webhook, &args.records_webhook] {
        let found = mutating.get(name).await?;
        complete &= found.webhooks.iter().flatten().all(|webhook| ours(webhook.client_config.ca_bundle.as_ref()));
        let found = validating.get(name).await?;
        complete &= found.webhooks.iter().flatten().all(|webhook| ours(webhook.client_config.ca_bundle.as_ref()));
    }
    Ok(!complete)
}

/// Writes our bundle into the webhook configurations, nothing else. A deleted configuration is never made again.
///
/// # Errors
/// When a configuration cannot be read or written.
pub async fn publish_bundle(client: &Client, args: &RunArgs, bundle: &str) -> Result<(), kube::Error> {
    let mutating: Api<MutatingWebhookConfiguration> = Api::all(client.clone());
    let validating: Api<ValidatingWebhookConfiguration> = Api::all(client.clone());
    let params = PatchParams::apply(MANAGER_CERTIFICATE).force();
    let body = |kind: &str, name: &str, webhooks: Vec<String>| {
        let webhooks: Vec<_> = webhooks
            .into_iter()
            .map(|webhook| json!({"name": webhook, "clientConfig": {"caBundle": bundle}}))
            .collect();
        Patch::Apply(json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": kind,
            "metadata": {"name": name}, "webhooks": webhooks,
        }))
    };
    for name in [&args.workloads_webhook, &args.records_webhook] {
        let found = mutating.get(name).await?.webhooks.unwrap_or_default();
        let names = found.into_iter().map(|webhook| webhook.name).collect();
        mutating.patch(name, &params, &body("MutatingWebhookConfiguration", name, names)).await?;
        let found = validating.get(name).await?.webhooks.unwrap_or_default();
        let names = found.into_iter().map(|webhook| webhook.name).collect();
        validating.patch(name, &params, &body("ValidatingWebhookConfiguration", name, names)).await?;
    }
    Ok(())
}
