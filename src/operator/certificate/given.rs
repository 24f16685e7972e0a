//! A certificate that somebody else renews: cert-manager, or the admin.
//!
//! In: a TLS Secret through the API (a mounted file would lag behind by a minute and more). Out: the pair in use, replaced only
//! by one that the webhook configurations vouch for: the last good one is kept. Must not write anything.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::sign::CertifiedKey;

use super::published;
use super::serving::Leaf;
use super::status::Status;
use super::trust::{TrustError, Validity, certificates};
use crate::operator::args::RunArgs;
use crate::operator::metrics::Metrics;

const CERTIFICATE: &str = "tls.crt";
const KEY: &str = "tls.key";
/// Whoever injects the bundle keeps no former authority in it: a new pair must be taken up fast.
const LOOK: Duration = Duration::from_secs(5);
const SOON: Duration = Duration::from_secs(1);

/// Keeps the certificate of a Secret in use.
pub struct Given {
    /// The way to the configurations.
    pub client: Client,
    /// The Secrets of the operator's namespace.
    pub secrets: Api<Secret>,
    /// Name of the Secret.
    pub name: String,
    /// The operator's settings.
    pub args: RunArgs,
    /// Where the certificate goes.
    pub status: Status,
    /// Counters.
    pub metrics: Arc<Metrics>,
}

/// Why a pair is of no use.
#[derive(Debug, thiserror::Error)]
pub enum GivenError {
    /// The API server refused.
    #[error(transparent)]
    Api(#[from] kube::Error),
    /// It is not there.
    #[error("Secret {0} does not exist yet; cert-manager or you must make it, with tls.crt and tls.key")]
    Absent(String),
    /// A key of it is missing or unreadable.
    #[error("Secret {name}, key {key}: {why}")]
    Unusable {
        /// Name of the Secret.
        name: String,
        /// Key in its data.
        key: &'static str,
        /// Why.
        why: String,
    },
    /// The configurations would not accept it.
    #[error("Secret {name} is not taken up: waiting for {why}")]
    NotVouchedFor {
        /// Name of the Secret.
        name: String,
        /// What is missing.
        why: String,
    },
}

impl Given {
    /// Keeps it for as long as the process lives.
    pub async fn run(mut self) {
        let mut said = String::new();
        loop {
            let error = self.look().await.err().map(|error| error.to_string()).unwrap_or_default();
            if error != said {
                if !error.is_empty() {
                    tracing::warn!(error, "certificate not taken up, trying again");
                }
                said.clone_from(&error);
            }
            if !error.is_empty() {
                self.metrics.failed_certificates.inc();
            }
            let is_settled = error.is_empty() && !self.status.is_waiting();
            tokio::time::sleep(if is_settled { LOOK } else { SOON }).await;
        }
    }

    async fn look(&mut self) -> Result<(), GivenError> {
        let read = published::read(&self.client, &self.args).await;
        let found = self.secrets.get_opt(&self.name).await;
        let now = Timestamp::now();
        let published = read.as_ref().ok();
        let taken = found.map_err(GivenError::from).and_then(|secret| {
            let secret = secret.ok_or_else(|| GivenError::Absent(self.name.clone()))?;
            let leaf = pair(&self.name, &secret, now)?;
            let is_known = self.status.leaf().is_some_and(|known| known.pair.cert == leaf.pair.cert);
            let refused = |why| GivenError::NotVouchedFor { name: self.name.clone(), why };
            let Some(published) = published.filter(|_| !is_known) else { return Ok(None) };
            leaf.is_accepted(published, now).map_err(refused).map(|()| Some(leaf))
        });
        let lacking = match &taken {
            Ok(_) => "the webhook configurations are not known yet".to_owned(),
            Err(error) => error.to_string(),
        };
        let result = taken.map(|leaf| leaf.map_or((), |leaf| self.status.put(leaf)));
        self.status.tell(published, now, &lacking);
        read?;
        result
    }
}

/// The pair of a TLS Secret.
///
/// # Errors
/// [`GivenError::Unusable`], naming the key.
pub fn pair(name: &str, secret: &Secret, now: Timestamp) -> Result<Leaf, GivenError> {
    let unusable =
        |key, why: &dyn std::fmt::Display| GivenError::Unusable { name: name.to_owned(), key, why: why.to_string() };
    let bytes = |key| {
        let data = secret.data.as_ref().and_then(|data| data.get(key));
        data.map(|bytes| bytes.0.as_slice()).ok_or_else(|| unusable(key, &"missing"))
    };
    let chain = certificates(bytes(CERTIFICATE)?);
    let leaf = chain.first().ok_or_else(|| unusable(CERTIFICATE, &TrustError::NotACertificate))?;
    let validity = Validity::of(leaf).map_err(|error| unusable(CERTIFICATE, &error))?;
    let key = PrivateKeyDer::from_pem_slice(bytes(KEY)?).map_err(|_| unusable(KEY, &"not a private key in PEM"))?;
    let pair = CertifiedKey::from_der(chain, key, &rustls::crypto::ring::default_provider())
        .map_err(|error| unusable(KEY, &error))?;
    Ok(Leaf { pair: Arc::new(pair), validity, signed_on: now, authority: String::new() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use k8s_openapi::ByteString;

    use super::*;

    #[test]
    fn a_pair_that_does_not_fit_is_named_by_its_key() {
        let now: Timestamp = "2026-11-25T22:00:00Z".parse().unwrap();
        let make = || rcgen::generate_simple_self_signed(vec!["a.b.svc".to_owned()]).unwrap();
        let (one, other) = (make(), make());
        let (certificate, key) = (one.cert.pem(), one.signing_key.serialize_pem());
        let foreign = other.signing_key.serialize_pem();
        let read = |data: &[(&str, &str)]| {
            let data: BTreeMap<_, _> =
                data.iter().map(|(key, text)| ((*key).to_owned(), ByteString(text.as_bytes().to_vec()))).collect();
            pair("given", &Secret { data: Some(data), ..Secret::default() }, now)
        };
        assert!(read(&[("tls.crt", &certificate), ("tls.key", &key)]).is_ok());
        for (data, text) in [
            (&[("tls.key", key.as_str())][..], "key tls.crt: missing"),
            (&[("tls.crt", &certificate)], "key tls.key: missing"),
            (&[("tls.crt", "text"), ("tls.key", &key)], "key tls.crt: not a certificate"),
            (&[("tls.crt", &certificate), ("tls.key", "text")], "key tls.key: not a private key"),
            (&[("tls.crt", &certificate), ("tls.key", &foreign)], "key tls.key: "),
        ] {
            let error = read(data).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains("Secret given") && error.contains(text), "{text}: {error}");
        }
    }
}
