//! What the tests of injection share.

use serde_json::Value;

use super::{Plan, patch};
use crate::api::policy::SidecarPolicy;
use crate::api::service::Capture;

/// A plan of which everything is known.
pub(super) fn plan() -> Plan {
    Plan {
        service: "studio".into(),
        namespace: "shop".into(),
        service_uid: "u".into(),
        image: "sidecar:1".into(),
        image_pull_policy: "IfNotPresent".into(),
        image_pull_secrets: Vec::new(),
        verify_key: "k".into(),
        resources: SidecarPolicy::default(),
        capture: Capture::default(),
        keeps_records: false,
    }
}

/// A pod as the mutating phase leaves it.
pub(super) fn injected(mut pod: Value, plan: &Plan) -> Value {
    let operations = serde_json::to_value(patch(&pod, plan).unwrap()).unwrap();
    json_patch::patch(&mut pod, &serde_json::from_value::<json_patch::Patch>(operations).unwrap()).unwrap();
    pod
}
