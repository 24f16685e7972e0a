//! What to inject: the operator's decision for one service, as plain data.
//!
//! In: nothing. Out: [`Plan`]. Must not: know pods.

use crate::api::names;
use crate::api::policy::SidecarPolicy;
use crate::api::service::Capture;

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
    /// How traffic is made to pass the sidecar.
    pub capture: Capture,
    /// Whether the sidecar keeps records, because there is a ledger for them (Order 12 Arts 10, 16(2)).
    pub keeps_records: bool,
}

/// Both names that an injected container may have, in the order in which they start.
pub(super) const CONTAINERS: [&str; 2] = [names::REDIRECT_CONTAINER, names::SIDECAR_CONTAINER];

impl Plan {
    /// Whether a pod gets this volume.
    pub(super) fn has_volume(&self, name: &str) -> bool {
        self.keeps_records || name != names::RECORDS_VOLUME
    }

    /// Names of the containers that a pod gets, in the order in which they start.
    pub(super) fn containers(&self) -> &'static [&'static str] {
        match self.capture {
            Capture::SplitAddress => &CONTAINERS[1..],
            Capture::Redirect => &CONTAINERS,
        }
    }
}
