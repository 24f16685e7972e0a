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
pub mod exemption;
pub mod filing;
pub mod history;
pub mod names;
mod pattern;
pub mod policy;
pub mod service;
pub mod status;

pub use assessment::{
    AssessmentBasis, AssessmentRecord, AssessmentRecordSpec, AssessmentResult, DecidedField, DecidedValue,
    NotGenerative, ScopeDecision,
};
pub use enforcement::{
    AdmittedRevision, DecidedWorkload, EnforcedService, Injection, NamespaceEnforcement, NamespaceEnforcementSpec,
};
pub use exemption::{
    EnforcementExemption, EnforcementExemptionSpec, ExemptionApproval, ExemptionApprovalSpec, ExemptionTarget,
};
pub use filing::{FilingKind, FilingRecord, FilingRecordSpec, FilingState, RecordScope};
pub use history::{Declared, FiledBaseline, ServiceHistory, ServiceHistorySpec};
pub use policy::{
    CalendarYear, CompliancePolicy, CompliancePolicySpec, Declarations, FilingMode, Mode, OnLapse, Order,
    OrderedMeasure, Undeclared,
};
pub use service::{DeepSynthesisService, DeepSynthesisServiceSpec, DeepSynthesisServiceStatus};
pub use status::RecordStatus;
