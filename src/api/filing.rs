//! `FilingRecord`: an algorithm filing, or a generative AI filing or registration, as the compliance officer enters it
//! (Order 12 Art. 19; GenAI Interim Measures Art. 17).

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pattern::{DAY, SERVICE_CODE, UNIFIED_SOCIAL_CREDIT_CODE};
use super::service::{FiledInformation, Role};
use super::status::RecordStatus;

/// A filing with the CAC. What was granted is history: number and day do not change afterwards.
#[derive(CustomResource, KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq)]
#[kube(
    group = "deepsynthesis.dev",
    version = "v1alpha1",
    kind = "FilingRecord",
    plural = "filingrecords",
    shortname = "filing",
    category = "deepsynthesis",
    status = "RecordStatus",
    printcolumn(name = "Kind", type_ = "string", json_path = ".spec.kind", priority = 1),
    printcolumn(name = "Number", type_ = "string", json_path = ".spec.number"),
    printcolumn(name = "Role", type_ = "string", json_path = ".spec.role"),
    printcolumn(name = "State", type_ = "string", json_path = ".spec.state"),
    printcolumn(name = "Filed-On", type_ = "string", json_path = ".spec.filedOn"),
    printcolumn(name = "Service", type_ = "string", json_path = ".spec.serviceCode"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("!(self.state in ['Filed', 'ChangeSubmitted', 'Cancelled']) || (has(self.number) && has(self.filedOn))").message("spec.state says that the filing was granted, so spec.number and spec.filedOn are required (Order 12 Art. 19)"),
    validation = Rule::new("oldSelf.state in ['Submitted', 'Rejected'] || (has(self.number) && has(self.filedOn) && has(oldSelf.number) && has(oldSelf.filedOn) && self.number == oldSelf.number && self.filedOn == oldSelf.filedOn)").message("spec.number and spec.filedOn are history once the filing was granted; create another FilingRecord (Order 12 Art. 19)"),
    validation = Rule::new("oldSelf.state in ['Submitted', 'Rejected'] || (self.kind == oldSelf.kind && self.role == oldSelf.role && self.unifiedSocialCreditCode == oldSelf.unifiedSocialCreditCode && self.serviceCode == oldSelf.serviceCode)").message("kind, role, provider and service of a granted filing are history; create another FilingRecord (Order 12 Art. 19)"),
    validation = Rule::new("oldSelf.state in ['Submitted', 'Rejected'] || self.state in ['Filed', 'ChangeSubmitted', 'Cancelled']").message("spec.state: a granted filing is changed or cancelled, never submitted or rejected anew (Algorithm Provisions Art. 24)"),
    validation = Rule::new("oldSelf.state != 'Cancelled' || self.state == 'Cancelled'").message("spec.state: a cancelled filing stays cancelled; create another FilingRecord (Algorithm Provisions Art. 24)"),
    validation = Rule::new("self.state != 'ChangeSubmitted' || has(self.changeSubmittedOn)").message("spec.state is ChangeSubmitted, so spec.changeSubmittedOn is required (Algorithm Provisions Art. 24)"),
    validation = Rule::new("self.state != 'Cancelled' || has(self.cancelledOn)").message("spec.state is Cancelled, so spec.cancelledOn is required (Algorithm Provisions Art. 24)"),
    validation = Rule::new("self.kind == 'AlgorithmFiling' || has(self.modelName)").message("spec.modelName: a generative AI filing or registration names its model"),
)]
pub struct FilingRecordSpec {
    /// Which filing this is.
    pub kind: FilingKind,
    /// Number: of an algorithm filing `网信算备` + 21 digits + `号` (class 01 is the one for deep synthesis), of a
    /// generative AI filing or registration e.g. `Beijing-ModelName-20260101`.
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
    /// Day on which the latest change was handed in (`YYYY-MM-DD`; Algorithm Provisions Art. 24(2)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 10), regex(pattern = DAY))]
    pub change_submitted_on: Option<String>,
    /// Day of the cancellation (`YYYY-MM-DD`; Algorithm Provisions Art. 24(3)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 10), regex(pattern = DAY))]
    pub cancelled_on: Option<String>,
    /// Name of the model, of a generative AI filing or registration; shown with the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub model_name: Option<String>,
    /// Provider's name as filed; a service with another one owes a change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub provider_name: Option<String>,
    /// Information as filed; a service that declares another owes a change (Algorithm Provisions Art. 24).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub information: Option<FiledInformation>,
    /// Label materials that were handed in with the filing (Labelling Measures Art. 12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1000))]
    pub label_materials: Option<String>,
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
    /// Filing of a generative AI service (生成式人工智能服务备案).
    GenAiFiling,
    /// Registration of a service that calls a filed model (生成式人工智能应用登记).
    GenAiRegistration,
}

/// States of a filing.
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub enum FilingState {
    /// Handed in, not decided.
    Submitted,
    /// Granted.
    Filed,
    /// Granted; a change was handed in.
    ChangeSubmitted,
    /// Refused.
    Rejected,
    /// Cancelled.
    Cancelled,
}

impl FilingState {
    /// Whether the filing was granted and not cancelled; a change that was handed in leaves it in force.
    #[must_use]
    pub fn is_in_force(self) -> bool {
        matches!(self, Self::Filed | Self::ChangeSubmitted)
    }
}
