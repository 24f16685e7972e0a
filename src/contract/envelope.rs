//! The signed envelope around a sidecar configuration.
//!
//! A ConfigMap in the tenant's namespace can be edited by the tenant, so the file is signed with
//! Ed25519; the public key is in the injected arguments, hence in the injection proof. Unsigned,
//! foreign or older envelopes are refused by [`Envelope::open`].

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, Verifier as _};
use serde::{Deserialize, Serialize};

use super::SidecarConfig;

/// Context string under the signature: an envelope can never be taken for another signed thing.
const CONTEXT: &str = "deepsynthesis.dev/sidecar-config/v1";

/// Largest envelope that is read, in bytes. ConfigMaps end at 1 MiB.
pub const MAX_ENVELOPE_BYTES: usize = 1 << 20;

/// A signed configuration as it lies in the ConfigMap.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Envelope {
    /// UID of the `DeepSynthesisService`.
    pub service_uid: String,
    /// Namespace of the service.
    pub namespace: String,
    /// `metadata.generation` of the service.
    pub generation: i64,
    /// Signed at, seconds since 1970.
    pub not_before: i64,
    /// Seconds after `not_before` until which the configuration is fresh.
    pub max_age: i64,
    /// JSON of [`SidecarConfig`], as text, so that the signature covers exact bytes.
    pub payload: String,
    /// Ed25519 signature, base64.
    pub signature: String,
}

/// Why an envelope was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EnvelopeError {
    /// More than [`MAX_ENVELOPE_BYTES`].
    #[error("the configuration file is larger than {MAX_ENVELOPE_BYTES} bytes")]
    TooLarge,
    /// Not the JSON of an envelope.
    #[error("the configuration file is not a signed envelope: {0}")]
    Malformed(String),
    /// Signature missing or wrong.
    #[error("the configuration is not signed by the operator that injected this sidecar")]
    BadSignature,
    /// Made for another service.
    #[error("the configuration belongs to another service ({0})")]
    Foreign(String),
    /// Older than what is already in force.
    #[error("the configuration is older (generation {found}) than the one in force (generation {in_force})")]
    Older {
        /// Generation of the refused envelope.
        found: i64,
        /// Generation in force.
        in_force: i64,
    },
    /// Signed in the future.
    #[error("the configuration is not valid before {0} (seconds since 1970)")]
    NotYet(i64),
    /// Key material that is not an Ed25519 key.
    #[error("not an Ed25519 key: 32 bytes in base64 are expected")]
    BadKey,
}

/// The operator's signing key.
pub struct SigningKey(ed25519_dalek::SigningKey);

/// The public half, as it stands in the sidecar's arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl SigningKey {
    /// From 32 secret bytes.
    #[must_use]
    pub fn from_bytes(secret: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(secret))
    }

    /// The public half.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }
}

impl VerifyingKey {
    /// Base64 of the 32 bytes.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0.as_bytes())
    }

    /// # Errors
    /// [`EnvelopeError::BadKey`] when the text is not base64 of an Ed25519 public key.
    pub fn from_base64(text: &str) -> Result<Self, EnvelopeError> {
        let bytes: [u8; 32] =
            STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(EnvelopeError::BadKey)?;
        ed25519_dalek::VerifyingKey::from_bytes(&bytes).map(Self).map_err(|_| EnvelopeError::BadKey)
    }
}

impl Envelope {
    /// Signs a configuration. `not_before` is the caller's clock, `max_age` in seconds.
    #[must_use]
    pub fn seal(
        config: &SidecarConfig,
        service_uid: &str,
        generation: i64,
        not_before: i64,
        max_age: i64,
        key: &SigningKey,
    ) -> Self {
        let mut envelope = Self {
            service_uid: service_uid.to_owned(),
            namespace: config.namespace.clone(),
            generation,
            not_before,
            max_age,
            payload: serde_json::to_string(config).unwrap_or_default(),
            signature: String::new(),
        };
        envelope.signature = STANDARD.encode(key.0.sign(&envelope.signed_bytes()).to_bytes());
        envelope
    }

    /// Reads, verifies and unwraps. `in_force` is (generation, notBefore) of the configuration in use, `now` in seconds since 1970.
    ///
    /// # Errors
    /// One [`EnvelopeError`] per reason; the caller keeps its last good configuration.
    pub fn open(
        file: &[u8],
        key: &VerifyingKey,
        service_uid: &str,
        in_force: Option<(i64, i64)>,
        now: i64,
    ) -> Result<(Self, SidecarConfig), EnvelopeError> {
        if file.len() > MAX_ENVELOPE_BYTES {
            return Err(EnvelopeError::TooLarge);
        }
        let envelope: Self =
            serde_json::from_slice(file).map_err(|error| EnvelopeError::Malformed(error.to_string()))?;
        let signature: [u8; 64] = STANDARD
            .decode(&envelope.signature)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(EnvelopeError::BadSignature)?;
        key.0
            .verify(&envelope.signed_bytes(), &ed25519_dalek::Signature::from_bytes(&signature))
            .map_err(|_| EnvelopeError::BadSignature)?;
        if envelope.service_uid != service_uid {
            return Err(EnvelopeError::Foreign(envelope.service_uid));
        }
        if envelope.not_before > now + CLOCK_SKEW_SECONDS {
            return Err(EnvelopeError::NotYet(envelope.not_before));
        }
        if let Some((generation, not_before)) = in_force
            && (envelope.generation, envelope.not_before) < (generation, not_before)
        {
            return Err(EnvelopeError::Older { found: envelope.generation, in_force: generation });
        }
        let config =
            serde_json::from_str(&envelope.payload).map_err(|error| EnvelopeError::Malformed(error.to_string()))?;
        Ok((envelope, config))
    }

    /// Whether the configuration is past its maximal age.
    #[must_use]
    pub fn is_stale(&self, now: i64) -> bool {
        now > self.not_before.saturating_add(self.max_age)
    }

    fn signed_bytes(&self) -> Vec<u8> {
        format!(
            "{CONTEXT}\n{}\n{}\n{}\n{}\n{}\n{}",
            self.service_uid, self.namespace, self.generation, self.not_before, self.max_age, self.payload
        )
        .into_bytes()
    }
}

/// Clocks of two nodes may differ by this much.
const CLOCK_SKEW_SECONDS: i64 = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::service::{ExplicitLabelling, History, NoticePosition};
    use crate::contract::disclosure::Disclosure;

    fn config() -> SidecarConfig {
        SidecarConfig {
            namespace: "studio".into(),
            service: "portrait".into(),
            provider_code: "00119111000010000000010001".into(),
            explicit: ExplicitLabelling::InText,
            wording: None,
            history: History::Strip,
            position: NoticePosition::End,
            endpoints: vec![],
            disclosure: Disclosure::default(),
            identity: None,
            orders: vec![],
            ledger: None,
        }
    }

    #[test]
    fn accepts_only_what_the_operator_signed_for_this_service_and_never_an_older_one() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let public = VerifyingKey::from_base64(&key.verifying_key().to_base64()).unwrap();
        let envelope = Envelope::seal(&config(), "uid-1", 3, 1000, 60, &key);
        let file = serde_json::to_vec(&envelope).unwrap();
        assert_eq!(Envelope::open(&file, &public, "uid-1", None, 1000).unwrap().1, config());
        assert!(matches!(Envelope::open(&file, &public, "uid-2", None, 1000), Err(EnvelopeError::Foreign(_))));
        assert!(matches!(
            Envelope::open(&file, &public, "uid-1", Some((4, 0)), 1000),
            Err(EnvelopeError::Older { .. })
        ));
        assert!(matches!(Envelope::open(&file, &public, "uid-1", None, 900), Err(EnvelopeError::NotYet(_))));
        let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
        assert_eq!(Envelope::open(&file, &other, "uid-1", None, 1000), Err(EnvelopeError::BadSignature));
        let mut edited = envelope.clone();
        edited.payload = edited.payload.replace("InText", "UserInterface");
        let file = serde_json::to_vec(&edited).unwrap();
        assert_eq!(Envelope::open(&file, &public, "uid-1", None, 1000), Err(EnvelopeError::BadSignature));
        assert!(envelope.is_stale(1061) && !envelope.is_stale(1060));
    }
}
