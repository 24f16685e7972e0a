//! `AssessmentRecord`: a security assessment (Order 12 Arts 15, 20 and kin) or a decision on scope, as the compliance
//! officer enters it.

use std::collections::BTreeMap;

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::filing::RecordScope;
use super::pattern::{DAY, SERVICE_CODE, UNIFIED_SOCIAL_CREDIT_CODE};
use super::service::{Function, Model};
use super::status::RecordStatus;

/// A security assessment that was carried out, or a decision on what a service is.
#[derive(CustomResource, KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq)]
#[kube(
    group = "deepsynthesis.dev",
    version = "v1alpha1",
    kind = "AssessmentRecord",
    plural = "assessmentrecords",
    shortname = "assessment",
    category = "deepsynthesis",
    status = "RecordStatus",
    printcolumn(name = "Report", type_ = "string", json_path = ".spec.reportId"),
    printcolumn(name = "Basis", type_ = "string", json_path = ".spec.basis"),
    printcolumn(name = "Result", type_ = "string", json_path = ".spec.result"),
    printcolumn(name = "Valid-Until", type_ = "string", json_path = ".spec.validUntil"),
    printcolumn(name = "Service", type_ = "string", json_path = ".spec.serviceCode"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("('ScopeDecision' in self.basis) == has(self.decision)").message("spec.decision goes with the basis ScopeDecision, and only with it"),
    validation = Rule::new("!has(self.validUntil) || self.validUntil >= self.assessedOn").message("spec.validUntil lies before spec.assessedOn"),
)]
pub struct AssessmentRecordSpec {
    /// Articles under which the assessment was done; one report may serve several.
    #[schemars(length(min = 1, max = 6))]
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
    /// Day by which the algorithm is reviewed again (`YYYY-MM-DD`; Order 12 Art. 15(1)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 10), regex(pattern = DAY))]
    pub next_review_on: Option<String>,
    /// Models that were assessed; empty when the report names none. What runs must be among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub models: Vec<Model>,
    /// Functions that were assessed; empty when the report speaks of the whole service. A new function needs a new report
    /// (Order 12 Art. 20).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 24))]
    pub functions: Vec<Function>,
    /// What was decided, of basis `ScopeDecision`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<ScopeDecision>,
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
    /// Order 12 Art. 20 and the 2018 Provisions: products with a public-opinion attribute, before launch.
    Article20,
    /// GenAI Interim Measures Art. 17: generative AI with a public-opinion attribute.
    GenAiArticle17,
    /// PIPL Art. 55: impact assessment on the protection of personal information.
    PiplArticle55,
    /// A decision that a duty does not reach a service, or that a workload generates nothing.
    ScopeDecision,
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

/// What an officer decided about the reach of the law. Nobody else's word lowers a duty.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ScopeDecision {
    /// Values that the service may declare although they lower a duty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub values: Vec<DecidedValue>,
    /// Labels of workloads that generate nothing, in the record's namespaces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub not_generative: Vec<NotGenerative>,
}

/// One value of the service that was decided, e.g. field `Audience`, value `Internal`.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "camelCase")]
pub struct DecidedValue {
    /// The field.
    pub field: DecidedField,
    /// Its value as in YAML; for lists the entry that may be absent.
    #[schemars(length(min = 1, max = 200))]
    pub value: String,
}

/// Fields of a service whose values decide which duties hold.
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DecidedField {
    /// `spec.audience`.
    Audience,
    /// `spec.publicOpinion.attribute`.
    PublicOpinionAttribute,
    /// An entry that leaves `spec.roles`.
    RoleRemoved,
    /// An entry that leaves `spec.technologies`.
    TechnologyRemoved,
    /// An entry that leaves `spec.confusionCategories`.
    ConfusionCategoryRemoved,
    /// An entry that leaves `spec.functions`.
    FunctionRemoved,
    /// `spec.biometricEditing.face`.
    FaceEditing,
    /// `spec.biometricEditing.voice`.
    VoiceEditing,
    /// `spec.specialObjectEditing`.
    SpecialObjectEditing,
    /// `spec.generativeAi`.
    GenerativeAi,
    /// `spec.labelling.explicit`.
    ExplicitLabelling,
    /// Path of a route that is `NotGenerated` now.
    RouteNotGenerated,
    /// Path of a route that publishes nothing any more.
    RouteNotPublishing,
    /// `spec.workloadSelector` selects something else; the value is `Changed`.
    WorkloadSelector,
}

/// Labels of a workload that generates nothing.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct NotGenerative {
    /// Labels that the pods carry, all of them.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 16))]
    pub match_labels: BTreeMap<String, String>,
}
