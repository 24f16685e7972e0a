//! `FilingRecord`: an algorithm filing as the compliance officer enters it (Order 12 Art. 19).

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pattern::{DAY, SERVICE_CODE, UNIFIED_SOCIAL_CREDIT_CODE};
use super::service::Role;

/// A filing of a deep synthesis algorithm with the CAC.
#[derive(CustomResource, KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq)]
#[kube(
    group = "deepsynthesis.dev",
    version = "v1alpha1",
    kind = "FilingRecord",
    plural = "filingrecords",
    shortname = "filing",
    category = "deepsynthesis",
    printcolumn(name = "Number", type_ = "string", json_path = ".spec.number"),
    printcolumn(name = "Role", type_ = "string", json_path = ".spec.role"),
    printcolumn(name = "State", type_ = "string", json_path = ".spec.state"),
    printcolumn(name = "Filed-On", type_ = "string", json_path = ".spec.filedOn"),
    printcolumn(name = "Service", type_ = "string", json_path = ".spec.serviceCode"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("self.state != 'Filed' || (has(self.number) && has(self.filedOn))").message("spec.state is Filed, so spec.number and spec.filedOn are required (Order 12 Art. 19)"),
)]
pub struct FilingRecordSpec {
    /// Which filing this is.
    pub kind: FilingKind,
    /// Filing number, `网信算备` + 21 digits + `号`. Class 01 is the one for deep synthesis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub number: Option<String>,
    /// Role under which it was filed; must be a role of the service.
    pub role: Role,
    /// Unified social credit code of the filing entity; must be the provider's.
    #[schemars(
        length(min = 18, max = 18),
        regex(pattern = UNIFIED_SOCIAL_CREDIT_CODE)
    )]
    pub unified_social_credit_code: String,
    /// Service code of the service that it covers.
    #[schemars(length(min = 4, max = 4), regex(pattern = SERVICE_CODE))]
    pub service_code: String,
    /// Where the filing stands.
    pub state: FilingState,
    /// Day on which the filing was granted (`YYYY-MM-DD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 10), regex(pattern = DAY))]
    pub filed_on: Option<String>,
    /// Link to the public information, shown with the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2000), regex(pattern = r"^https?://"))]
    pub publicity_link: Option<String>,
    /// Where the record counts.
    pub scope: RecordScope,
}

/// Where a record counts.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct RecordScope {
    /// Namespaces whose services the record covers.
    #[schemars(length(min = 1, max = 64))]
    pub namespaces: Vec<String>,
}

/// Kinds of filing.
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub enum FilingKind {
    /// Algorithm filing (算法备案).
    AlgorithmFiling,
}

/// States of a filing.
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub enum FilingState {
    /// Handed in, not decided.
    Submitted,
    /// Granted.
    Filed,
    /// Refused.
    Rejected,
    /// Cancelled.
    Cancelled,
}
