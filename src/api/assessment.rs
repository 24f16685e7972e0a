//! `AssessmentRecord`: a security assessment (Order 12 Arts 15, 20) as the compliance officer enters it.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::filing::RecordScope;
use super::pattern::{DAY, SERVICE_CODE, UNIFIED_SOCIAL_CREDIT_CODE};

/// A security assessment that was carried out.
#[derive(CustomResource, KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq)]
#[kube(
    group = "deepsynthesis.dev",
    version = "v1alpha1",
    kind = "AssessmentRecord",
    plural = "assessmentrecords",
    shortname = "assessment",
    category = "deepsynthesis",
    printcolumn(name = "Report", type_ = "string", json_path = ".spec.reportId"),
    printcolumn(name = "Basis", type_ = "string", json_path = ".spec.basis"),
    printcolumn(name = "Result", type_ = "string", json_path = ".spec.result"),
    printcolumn(name = "Valid-Until", type_ = "string", json_path = ".spec.validUntil"),
    printcolumn(name = "Service", type_ = "string", json_path = ".spec.serviceCode"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("!has(self.validUntil) || self.validUntil >= self.assessedOn").message("spec.validUntil lies before spec.assessedOn"),
)]
pub struct AssessmentRecordSpec {
    /// Articles under which the assessment was done; one report may serve several.
    #[schemars(length(min = 1, max = 4))]
    pub basis: Vec<AssessmentBasis>,
    /// The report's number in the entity's own register.
    #[schemars(length(min = 1, max = 200))]
    pub report_id: String,
    /// SHA-256 of the report, 64 lower-case hex digits.
    #[schemars(length(min = 64, max = 64), regex(pattern = r"^[0-9a-f]{64}$"))]
    pub report_sha256: String,
    /// Who assessed.
    #[schemars(length(min = 1, max = 200))]
    pub assessor: String,
    /// Day of the assessment (`YYYY-MM-DD`).
    #[schemars(length(max = 10), regex(pattern = DAY))]
    pub assessed_on: String,
    /// Last day on which it counts (`YYYY-MM-DD`, China Standard Time); without one it does not lapse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 10), regex(pattern = DAY))]
    pub valid_until: Option<String>,
    /// Unified social credit code of the assessed entity; must be the provider's.
    #[schemars(
        length(min = 18, max = 18),
        regex(pattern = UNIFIED_SOCIAL_CREDIT_CODE)
    )]
    pub unified_social_credit_code: String,
    /// Service code of the service that it covers.
    #[schemars(length(min = 4, max = 4), regex(pattern = SERVICE_CODE))]
    pub service_code: String,
    /// Outcome.
    pub result: AssessmentResult,
    /// Where the record counts.
    pub scope: RecordScope,
}

/// Legal bases of an assessment.
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, Hash)]
pub enum AssessmentBasis {
    /// Order 12 Art. 15: models and tools that generate or edit biometric information.
    Article15Biometric,
    /// Order 12 Art. 15: special objects or scenes touching national security, image or interest.
    Article15SpecialObject,
    /// Order 12 Art. 20: products with a public-opinion attribute, before launch.
    Article20,
}

/// Outcomes of an assessment.
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub enum AssessmentResult {
    /// Passed.
    Passed,
    /// Passed once the named conditions are met; does not open a gate.
    Conditional,
    /// Failed.
    Failed,
}
