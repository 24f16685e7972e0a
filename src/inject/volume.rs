//! The injected volumes.
//!
//! In: [`Plan`]. Out: volumes as JSON, every defaulted field written out so that comparison is exact.

use serde_json::{Value, json};

use super::Plan;
use crate::api::names;

/// 0444: the sidecar runs under a user we do not choose and must read both.
const READ_ALL: u32 = 0o444;

/// In memory: a volume on the node's disk would keep autoscalers from removing the node, and would count against the limit
/// that the application has for its own files. Above what the spool fills.
const RECORDS_LIMIT: &str = "20Mi";

/// The volumes with their reserved names.
pub(super) fn volumes(plan: &Plan) -> Vec<(&'static str, Value)> {
    let config = json!({
        "name": names::CONFIG_VOLUME,
        "configMap": {
            "name": names::config_map_name(&plan.service),
            "defaultMode": READ_ALL,
            "optional": false,
        },
    });
    let identity = json!({
        "name": names::IDENTITY_VOLUME,
        "projected": {
            "defaultMode": READ_ALL,
            "sources": [{"serviceAccountToken": {
                "audience": names::LEDGER_AUDIENCE,
                "expirationSeconds": 3600,
                "path": "token",
            }}],
        },
    });
    let mut volumes = vec![(names::CONFIG_VOLUME, config), (names::IDENTITY_VOLUME, identity)];
    if plan.keeps_records {
        let records =
            json!({"name": names::RECORDS_VOLUME, "emptyDir": {"medium": "Memory", "sizeLimit": RECORDS_LIMIT}});
        volumes.push((names::RECORDS_VOLUME, records));
    }
    volumes
}
