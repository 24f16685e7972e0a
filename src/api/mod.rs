//! The custom resources of group `deepsynthesis.dev`, as Rust types that generate the CRDs.
//!
//! In: nothing. Out: types, conditions, and every label, annotation and field-manager name
//! ([`names`]). No logic beyond what a schema can say; the law lives in [`crate::law`], verdicts
//! in [`crate::compliance`].

// Each printer column repeats `type_`; the lint takes that for a mistake.
#![allow(clippy::duplicated_attributes)]

pub mod assessment;
pub mod crd;
pub mod enforcement;
pub mod filing;
pub mod history;
pub mod names;
mod pattern;
pub mod policy;
pub mod service;

pub use assessment::{AssessmentBasis, AssessmentRecord, AssessmentRecordSpec, AssessmentResult};
pub use enforcement::{AdmittedRevision, EnforcedService, NamespaceEnforcement, NamespaceEnforcementSpec};
pub use filing::{FilingKind, FilingRecord, FilingRecordSpec, FilingState, RecordScope};
pub use history::{ServiceHistory, ServiceHistorySpec};
pub use policy::{CompliancePolicy, CompliancePolicySpec, FilingMode, Mode, OnLapse};
pub use service::{DeepSynthesisService, DeepSynthesisServiceSpec, DeepSynthesisServiceStatus};
