//! `ServiceHistory`: what must outlive a service and its namespace, keyed by provider and service code.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::service::{Audience, BiometricEditing, ConfusionCategory, FiledInformation, Function, Role, Technology};

/// First public start of a service, what was filed, changes and end. Written by the operator only; has no owner reference, so that a
/// deleted and re-created service does not restart its ten working days (Algorithm Provisions Art. 24).
#[derive(CustomResource, KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[kube(
    group = "deepsynthesis.dev",
    version = "v1alpha1",
    kind = "ServiceHistory",
    plural = "servicehistories",
    category = "deepsynthesis",
    printcolumn(name = "Provider", type_ = "string", json_path = ".spec.unifiedSocialCreditCode"),
    printcolumn(name = "Service", type_ = "string", json_path = ".spec.serviceCode"),
    printcolumn(name = "First-Public-Ready", type_ = "date", json_path = ".spec.firstPublicReady"),
    printcolumn(name = "Change-Due", type_ = "date", json_path = ".spec.changeDue"),
    printcolumn(name = "Ended", type_ = "date", json_path = ".spec.endedAt"),
    printcolumn(name = "Cancel-Due", type_ = "date", json_path = ".spec.cancelDue"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("self.unifiedSocialCreditCode == oldSelf.unifiedSocialCreditCode && self.serviceCode == oldSelf.serviceCode").message("spec: provider and service of a history do not change"),
    validation = Rule::new("!has(oldSelf.firstPublicReady) || (has(self.firstPublicReady) && self.firstPublicReady == oldSelf.firstPublicReady)").message("spec.firstPublicReady: the first public start does not move (Algorithm Provisions Art. 24)"),
)]
pub struct ServiceHistorySpec {
    /// Unified social credit code of the provider.
    #[schemars(length(max = 18))]
    pub unified_social_credit_code: String,
    /// Service code.
    #[schemars(length(max = 4))]
    pub service_code: String,
    /// First instant at which a pod of the public service was Ready (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub first_public_ready: Option<String>,
    /// What the service declared when its filing was first seen in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filed: Option<FiledBaseline>,
    /// First instant at which the service declared something else than was filed (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub changed_at: Option<String>,
    /// Fields that changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8), inner(length(max = 64)))]
    pub changed_fields: Vec<String>,
    /// End of the ten working days for the change (RFC 3339, UTC; Algorithm Provisions Art. 24(2)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub change_due: Option<String>,
    /// When the last service of this key was gone, with its namespace or without (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub ended_at: Option<String>,
    /// End of the twenty working days for the cancellation (RFC 3339, UTC; Algorithm Provisions Art. 24(3)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub cancel_due: Option<String>,
    /// What the service declared last, so that a new one of the same key cannot quietly declare less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<Declared>,
    /// Records of this provider and service that were seen, at most 64: what was filed and assessed stays known when its
    /// record is deleted. Where there are more, those go first that were deleted longest ago.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub records: Vec<RecordTrace>,
}

/// One record that was seen, and whether it is still there.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct RecordTrace {
    /// Kind of the record.
    pub kind: RecordKind,
    /// Its name.
    #[schemars(length(max = 253))]
    pub name: String,
    /// Its UID: a record of the same name that is created later is another one.
    #[schemars(length(max = 64))]
    pub uid: String,
    /// Number of the filing, or id of the report; empty while a filing has none.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub number: String,
    /// Generation of the record that `specSha256` is about.
    #[serde(default)]
    pub generation: i64,
    /// SHA-256 (hex) of the record's spec as compact JSON.
    #[schemars(length(max = 64))]
    pub spec_sha256: String,
    /// When it was first seen (RFC 3339, UTC).
    #[schemars(length(max = 40))]
    pub first_seen: String,
    /// When it was found to be gone: deleted, or given to another provider or service (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub deleted_seen: Option<String>,
}

/// Kinds of records.
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordKind {
    /// `FilingRecord`.
    FilingRecord,
    /// `AssessmentRecord`.
    AssessmentRecord,
}

impl RecordKind {
    /// As in `kind`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FilingRecord => "FilingRecord",
            Self::AssessmentRecord => "AssessmentRecord",
        }
    }
}

/// What a service declared when its filing was first seen in force.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct FiledBaseline {
    /// Name of the `FilingRecord`.
    #[schemars(length(max = 253))]
    pub record: String,
    /// Day of the grant or of the latest change that was handed in; a later one sets a new baseline.
    #[schemars(length(max = 10))]
    pub as_of: String,
    /// Provider's name.
    #[schemars(length(max = 200))]
    pub provider_name: String,
    /// Information.
    #[serde(default)]
    pub information: FiledInformation,
}

/// The values that decide which duties hold, as a service declared them last.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Declared {
    /// Audience.
    pub audience: Audience,
    /// Roles.
    #[schemars(length(max = 4))]
    pub roles: Vec<Role>,
    /// Technologies.
    #[schemars(length(max = 6))]
    pub technologies: Vec<Technology>,
    /// Confusion categories.
    #[serde(default)]
    #[schemars(length(max = 5))]
    pub confusion_categories: Vec<ConfusionCategory>,
    /// Functions.
    #[serde(default)]
    #[schemars(length(max = 24))]
    pub functions: Vec<Function>,
    /// Public-opinion attribute.
    pub public_opinion_attribute: bool,
    /// Editing of faces and voices.
    #[serde(default)]
    pub biometric_editing: BiometricEditing,
    /// Editing of special objects.
    #[serde(default)]
    pub special_object_editing: bool,
    /// Generative AI.
    #[serde(default)]
    pub generative_ai: bool,
}

/// Name of the history of a service: lower-case `<uscc>-<code>`.
#[must_use]
pub fn history_name(unified_social_credit_code: &str, service_code: &str) -> String {
    format!("{unified_social_credit_code}-{service_code}").to_ascii_lowercase()
}
