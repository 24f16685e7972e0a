//! The key that signs sidecar configurations, in a Secret of the operator's namespace.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;

use super::secret::{SecretError, get_or_create, value};
use crate::contract::SigningKey;

const SECRET: &str = "deepsynthesis-signing-key";
const KEY: &str = "ed25519.key";

/// Reads or makes the key.
///
/// # Errors
/// [`SecretError`].
pub async fn signing_key(api: &Api<Secret>) -> Result<SigningKey, SecretError> {
    let secret = get_or_create(api, SECRET, || {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| SecretError::Make("a signing key"))?;
        Ok(BTreeMap::from([(KEY.to_owned(), ByteString(bytes.to_vec()))]))
    })
    .await?;
    let bytes: &[u8; 32] =
        value(&secret, KEY)?.try_into().map_err(|_| SecretError::Unusable { name: SECRET.to_owned(), key: KEY })?;
    Ok(SigningKey::from_bytes(bytes))
}
