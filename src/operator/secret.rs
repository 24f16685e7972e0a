//! Secrets of the operator that whoever comes first creates and all others read.

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::api::PostParams;
use kube::{Api, ResourceExt as _};

use std::collections::BTreeMap;

/// Why a secret could not be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The API server refused.
    #[error("Secret {name}: {source}")]
    Api {
        /// Name of the Secret.
        name: String,
        /// What the client said.
        source: Box<kube::Error>,
    },
    /// The Secret is there, but a key is missing or unreadable.
    #[error("Secret {name} has no usable key {key}; delete it to have a new one made")]
    Unusable {
        /// Name of the Secret.
        name: String,
        /// Key in its data.
        key: &'static str,
    },
    /// Something new could not be made.
    #[error("cannot make {0}")]
    Make(&'static str),
}

/// Reads the Secret, or creates it with what `make` returns. Create-only: of two replicas that race, one wins and both
/// use the winner's.
///
/// # Errors
/// [`SecretError`].
pub async fn get_or_create(
    api: &Api<Secret>,
    name: &str,
    make: impl Fn() -> Result<BTreeMap<String, ByteString>, SecretError>,
) -> Result<Secret, SecretError> {
    let failed = |source| SecretError::Api { name: name.to_owned(), source: Box::new(source) };
    loop {
        if let Some(secret) = api.get_opt(name).await.map_err(failed)? {
            return Ok(secret);
        }
        let mut secret = Secret { data: Some(make()?), ..Secret::default() };
        secret.metadata.name = Some(name.to_owned());
        match api.create(&PostParams::default(), &secret).await {
            Ok(secret) => return Ok(secret),
            Err(kube::Error::Api(status)) if status.code == 409 => {
                tracing::info!(secret = secret.name_any(), "another replica was first");
            }
            Err(error) => return Err(failed(error)),
        }
    }
}

/// One value of a Secret.
///
/// # Errors
/// [`SecretError::Unusable`] when it is missing.
pub fn value<'a>(secret: &'a Secret, key: &'static str) -> Result<&'a [u8], SecretError> {
    secret
        .data
        .as_ref()
        .and_then(|data| data.get(key))
        .map(|value| value.0.as_slice())
        .ok_or_else(|| SecretError::Unusable { name: secret.name_any(), key })
}
