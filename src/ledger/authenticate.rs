//! Who asks: a pod of an injected service, or a reader.
//!
//! In: a bearer token. Out: an [`Identity`] that the API server vouches for. Must not: believe a pod about itself (its UID is bound into
//! the token, its service stands in the arguments of the sidecar that the operator injected), keep a token, or log one.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use k8s_openapi::api::authentication::v1::{TokenReview, TokenReviewSpec, UserInfo};
use k8s_openapi::api::core::v1::Pod;
use kube::api::PostParams;
use kube::{Api, Client};

use crate::api::names::{LEDGER_AUDIENCE, LEDGER_READ_AUDIENCE, SIDECAR_CONTAINER};
use crate::record::Hash;

/// How long an answer of the API server holds.
const FRESH: Duration = Duration::from_secs(60);
const MAX_CACHED: usize = 8192;
const POD_UID: &str = "authentication.kubernetes.io/pod-uid";
const POD_NAME: &str = "authentication.kubernetes.io/pod-name";

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// User name.
    pub user: String,
    /// Groups.
    pub groups: Vec<String>,
    /// UID of the pod that the token is bound to.
    pub pod: Option<String>,
    /// UID of the service that the pod was injected for.
    pub service: Option<String>,
}

/// Why nobody is known.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Not a token for this ledger.
    #[error("the token is not valid for the audience {LEDGER_READ_AUDIENCE}, nor is it a sidecar's")]
    Refused,
    /// The API server does not answer.
    #[error("the API server cannot be asked: {0}")]
    Unavailable(String),
}

/// A future that can be awaited anywhere.
pub type Pending<'a> = Pin<Box<dyn Future<Output = Result<Identity, AuthError>> + Send + 'a>>;

/// Says who asks.
pub trait Authenticator: Send + Sync {
    /// Who holds this token.
    fn authenticate<'a>(&'a self, token: &'a str) -> Pending<'a>;
}

/// Asks the API server.
pub struct Reviewer {
    client: Client,
    known: Mutex<HashMap<Hash, (Instant, Identity)>>,
}

impl Reviewer {
    /// With a client that may create TokenReviews and read pods.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client, known: Mutex::default() }
    }

    async fn review(&self, token: &str) -> Result<Identity, AuthError> {
        let unavailable = |error: kube::Error| AuthError::Unavailable(error.to_string());
        let audiences = [LEDGER_AUDIENCE, LEDGER_READ_AUDIENCE].map(str::to_owned).into();
        let spec = TokenReviewSpec { audiences: Some(audiences), token: Some(token.to_owned()) };
        let review = TokenReview { spec, ..TokenReview::default() };
        let reviews: Api<TokenReview> = Api::all(self.client.clone());
        let status = reviews.create(&PostParams::default(), &review).await.map_err(unavailable)?.status;
        let status = status.ok_or(AuthError::Refused)?;
        let audiences = status.audiences.unwrap_or_default();
        let (Some(true), false, Some(user)) = (status.authenticated, audiences.is_empty(), status.user) else {
            return Err(AuthError::Refused);
        };
        if let Some(other) =
            audiences.iter().find(|one| ![LEDGER_AUDIENCE, LEDGER_READ_AUDIENCE].contains(&one.as_str()))
        {
            // An API server that knows nothing of audiences answers with its own.
            tracing::warn!(audience = other, "a token for somebody else");
            return Err(AuthError::Refused);
        }
        let mut identity = Identity {
            user: user.username.clone().unwrap_or_default(),
            groups: user.groups.clone().unwrap_or_default(),
            ..Identity::default()
        };
        // Anybody may ask for a token to read with; one to write with only the kubelet gets, for the sidecar.
        let may_write = audiences.iter().any(|audience| audience == LEDGER_AUDIENCE);
        if let Some((namespace, name, uid)) = bound_pod(&user).filter(|_| may_write) {
            let pods: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
            let pod = pods.get_opt(name).await.map_err(unavailable)?;
            identity.service = pod.as_ref().filter(|pod| pod.metadata.uid.as_deref() == Some(uid)).and_then(service_of);
            identity.pod = Some(uid.to_owned());
        }
        Ok(identity)
    }
}

/// Namespace, name and UID of the pod that a token is bound to.
fn bound_pod(user: &UserInfo) -> Option<(&str, &str, &str)> {
    let extra = user.extra.as_ref()?;
    let one = |key: &str| match extra.get(key).map(Vec::as_slice) {
        Some([value]) => Some(value.as_str()),
        _ => None,
    };
    let namespace = user.username.as_deref()?.strip_prefix("system:serviceaccount:")?.split(':').next()?;
    Some((namespace, one(POD_NAME)?, one(POD_UID)?))
}

/// The service whose sidecar runs in a pod.
fn service_of(pod: &Pod) -> Option<String> {
    let containers = pod.spec.as_ref()?.init_containers.as_ref()?;
    let sidecar = containers.iter().find(|container| container.name == SIDECAR_CONTAINER)?;
    let mut args = sidecar.args.as_ref()?.iter();
    args.find(|arg| *arg == "--service-uid")?;
    args.next().cloned()
}

impl Authenticator for Reviewer {
    fn authenticate<'a>(&'a self, token: &'a str) -> Pending<'a> {
        Box::pin(async move {
            // Only a hash is kept, so that a dump of memory holds no token that was not just used.
            let key = Hash::of(&[token.as_bytes()]);
            let fresh = |known: &HashMap<Hash, (Instant, Identity)>| {
                known.get(&key).filter(|(at, _)| at.elapsed() < FRESH).map(|(_, identity)| identity.clone())
            };
            if let Some(identity) = fresh(&self.known.lock().unwrap_or_else(PoisonError::into_inner)) {
                return Ok(identity);
            }
            let identity = self.review(token).await?;
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= MAX_CACHED {
                known.retain(|_, (at, _)| at.elapsed() < FRESH);
            }
            if known.len() < MAX_CACHED {
                known.insert(key, (Instant::now(), identity.clone()));
            }
            Ok(identity)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_is_who_its_token_is_bound_to_and_serves_whom_its_sidecar_was_injected_for() {
        let user: UserInfo = serde_json::from_value(serde_json::json!({
            "username": "system:serviceaccount:studio:default",
            "extra": {POD_NAME: ["web-1"], POD_UID: ["uid-1"]},
        }))
        .unwrap();
        assert_eq!(bound_pod(&user), Some(("studio", "web-1", "uid-1")));
        let person: UserInfo = serde_json::from_value(serde_json::json!({"username": "jane", "extra": {}})).unwrap();
        assert_eq!(bound_pod(&person), None);
        let pod: Pod = serde_json::from_value(serde_json::json!({"spec": {"containers": [], "initContainers": [
            {"name": "other", "args": ["--service-uid", "forged"]},
            {"name": SIDECAR_CONTAINER, "args": ["--service", "studio/web", "--service-uid", "service-1"]},
        ]}}))
        .unwrap();
        assert_eq!(service_of(&pod).as_deref(), Some("service-1"));
        assert_eq!(service_of(&Pod::default()), None);
    }
}
