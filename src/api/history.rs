//! `ServiceHistory`: what must outlive a service and its namespace, keyed by provider and service code.

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

/// First public start of a service. Written by the operator only; has no owner reference, so that a
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
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
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
}

/// Name of the history of a service: lower-case `<uscc>-<code>`.
#[must_use]
pub fn history_name(unified_social_credit_code: &str, service_code: &str) -> String {
    format!("{unified_social_credit_code}-{service_code}").to_ascii_lowercase()
}
