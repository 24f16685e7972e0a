//! The two injected volumes.
//!
//! In: [`Plan`]. Out: volumes as JSON, every defaulted field written out so that comparison is exact.

use serde_json::{Value, json};

use super::Plan;
use crate::api::names;

/// 0444: the sidecar runs under a user we do not choose and must read both.
const READ_ALL: u32 = 0o444;

/// Both volumes with their reserved names.
pub(super) fn volumes(plan: &Plan) -> [(&'static str, Value); 2] {
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
    [(names::CONFIG_VOLUME, config), (names::IDENTITY_VOLUME, identity)]
}
