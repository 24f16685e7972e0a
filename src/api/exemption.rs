//! `EnforcementExemption` and `ExemptionApproval`: who may skip which duty for which target, why, until when.
//!
//! The requester and the approver are stamped by the webhook from the request, never taken from the object.

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::pattern::INSTANT;
use super::status::RecordStatus;

/// A request to skip duties for a target for a while. Without an approval by another person it does nothing.
#[derive(CustomResource, KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[kube(
    group = "deepsynthesis.dev",
    version = "v1alpha1",
    kind = "EnforcementExemption",
    plural = "enforcementexemptions",
    shortname = "exemption",
    category = "deepsynthesis",
    status = "RecordStatus",
    printcolumn(name = "Namespace", type_ = "string", json_path = ".spec.target.namespace"),
    printcolumn(name = "Service", type_ = "string", json_path = ".spec.target.service"),
    printcolumn(name = "Duties", type_ = "string", json_path = ".spec.duties"),
    printcolumn(name = "Requested-By", type_ = "string", json_path = ".spec.requestedBy"),
    printcolumn(name = "Expires", type_ = "date", json_path = ".spec.expiresAt"),
    printcolumn(name = "In-Force", type_ = "string", json_path = ".status.conditions[?(@.type==\"InForce\")].status")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("self == oldSelf").message("spec is immutable: what was approved must stay what was asked for; create another EnforcementExemption"),
)]
pub struct EnforcementExemptionSpec {
    /// What is exempted.
    pub target: ExemptionTarget,
    /// Duties that are skipped, by their ids in docs/law-map.md.
    #[schemars(length(min = 1, max = 32), inner(length(min = 1, max = 64)))]
    pub duties: Vec<String>,
    /// Why.
    #[schemars(length(min = 1, max = 1000))]
    pub reason: String,
    /// Ticket in which it was discussed.
    #[schemars(length(min = 1, max = 200))]
    pub ticket: String,
    /// When it ends (RFC 3339); at most as far ahead as the policy's `exemptionMaxDays`.
    #[schemars(length(max = 40), regex(pattern = INSTANT))]
    pub expires_at: String,
    /// Who asks. Stamped by the webhook; a value of one's own is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub requested_by: Option<String>,
}

/// What is exempted.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ExemptionTarget {
    /// Namespace.
    #[schemars(length(min = 1, max = 63))]
    pub namespace: String,
    /// `DeepSynthesisService`; absent for every service of the namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub service: Option<String>,
}

/// Another person's consent to one exemption as it is.
#[derive(CustomResource, KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[kube(
    group = "deepsynthesis.dev",
    version = "v1alpha1",
    kind = "ExemptionApproval",
    plural = "exemptionapprovals",
    category = "deepsynthesis",
    printcolumn(name = "Exemption", type_ = "string", json_path = ".spec.exemption"),
    printcolumn(name = "Approved-By", type_ = "string", json_path = ".spec.approvedBy"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("self == oldSelf").message("spec is immutable: delete the approval to withdraw it"),
)]
pub struct ExemptionApprovalSpec {
    /// Name of the `EnforcementExemption`.
    #[schemars(length(min = 1, max = 253))]
    pub exemption: String,
    /// Why it was approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1000))]
    pub comment: Option<String>,
    /// UID of the exemption. Stamped by the webhook: one of the same name made later is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub exemption_uid: Option<String>,
    /// SHA-256 (hex) of the exemption's spec as it was approved. Stamped by the webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub spec_sha256: Option<String>,
    /// Who approves. Stamped by the webhook; a value of one's own is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub approved_by: Option<String>,
}
