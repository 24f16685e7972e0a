//! What a verdict is made of.
//!
//! In: what the asker gathered. Out: plain borrowed data. Must not: hold anything that only a
//! cluster can answer later.

use jiff::Timestamp;

use super::applies::{Known, applies};
use super::records::{Apart, Record};
use crate::api::{
    AssessmentRecordSpec, CompliancePolicySpec, DeepSynthesisServiceSpec, EnforcementExemptionSpec,
    ExemptionApprovalSpec, FilingRecordSpec, ServiceHistorySpec,
};
use crate::law::{Calendar, Duty};

/// A record with its name.
#[derive(Debug)]
pub struct Named<'a, T> {
    /// `metadata.name`.
    pub name: &'a str,
    /// `spec`.
    pub spec: &'a T,
}

// Derived impls would demand that the record itself can be copied; a pair of references always can.
impl<T> Clone for Named<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Named<'_, T> {}

/// Everything known about one service.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Namespace of the service.
    pub namespace: &'a str,
    /// Name of the service.
    pub name: &'a str,
    /// What the platform team declared.
    pub spec: &'a DeepSynthesisServiceSpec,
    /// The cluster's policy.
    pub policy: &'a CompliancePolicySpec,
    /// Filing records; which of its own count is decided here.
    pub filings: Apart<&'a [Named<'a, FilingRecordSpec>]>,
    /// Assessment records; which of its own count is decided here.
    pub assessments: Apart<&'a [Named<'a, AssessmentRecordSpec>]>,
    /// All exemptions with their approvals; which of them are in force is decided here.
    pub exemptions: &'a [Exemption<'a>],
    /// What outlives the service: first public start, what was filed, what changed.
    pub history: Option<&'a ServiceHistorySpec>,
}

impl Facts<'_> {
    /// Whether a record is of the service itself.
    pub(super) fn is_own(&self, record: &impl Record) -> bool {
        record.is_of(&self.spec.provider)
    }

    /// Whether a duty binds the service, as far as its declaration says.
    pub(super) fn binds(&self, duty: Duty) -> bool {
        applies(duty, self.spec, Known::default())
    }

    /// When a pod of the public service was Ready for the first time (Algorithm Provisions Art. 24).
    #[must_use]
    pub fn first_public_ready(&self) -> Option<Timestamp> {
        self.history?.first_public_ready.as_deref()?.parse().ok()
    }
}

/// An exemption with everything that was approved under its name.
#[derive(Clone, Debug)]
pub struct Exemption<'a> {
    /// `metadata.name`.
    pub name: &'a str,
    /// `metadata.uid`.
    pub uid: &'a str,
    /// `spec`.
    pub spec: &'a EnforcementExemptionSpec,
    /// SHA-256 (hex) of the spec as [`super::exemption::spec_sha256`] computes it.
    pub spec_sha256: String,
    /// Approvals that name it.
    pub approvals: Vec<&'a ExemptionApprovalSpec>,
}

/// The clock.
#[derive(Clone, Copy, Debug)]
pub struct Now<'a> {
    /// The instant for which the verdict holds.
    pub instant: Timestamp,
    /// Working days.
    pub calendar: &'a Calendar,
}

impl Now<'_> {
    /// The day it is in China.
    #[must_use]
    pub fn china_date(&self) -> jiff::civil::Date {
        crate::law::calendar::china_date(self.instant)
    }
}
