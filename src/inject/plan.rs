//! What to inject: the operator's decision for one service, as plain data.
//!
//! In: nothing. Out: [`Plan`]. Must not: know pods.

use crate::api::policy::SidecarPolicy;

/// Everything the injector needs to know about the service a pod belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Name of the `DeepSynthesisService`.
    pub service: String,
    /// Its namespace.
    pub namespace: String,
    /// Its UID: a re-created service of the same name is another service.
    pub service_uid: String,
    /// Image of the sidecar.
    pub image: String,
    /// `imagePullPolicy` of the sidecar, normally `IfNotPresent`.
    pub image_pull_policy: String,
    /// Names of pull secrets to append to the pod.
    pub image_pull_secrets: Vec<String>,
    /// Base64 of the Ed25519 key that signed the sidecar's configuration.
    pub verify_key: String,
    /// Resources of the sidecar.
    pub resources: SidecarPolicy,
}
