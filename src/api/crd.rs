//! The CRDs as YAML documents, one per kind, for `crds/` and the chart.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt as _;

/// All CRDs, in the order in which people read about them.
#[must_use]
pub fn all() -> Vec<CustomResourceDefinition> {
    vec![
        super::DeepSynthesisService::crd(),
        super::FilingRecord::crd(),
        super::AssessmentRecord::crd(),
        super::EnforcementExemption::crd(),
        super::ExemptionApproval::crd(),
        super::CompliancePolicy::crd(),
        super::NamespaceEnforcement::crd(),
        super::ServiceHistory::crd(),
    ]
}
