//! What a verdict is made of.
//!
//! In: what the asker gathered. Out: plain borrowed data. Must not: hold anything that only a
//! cluster can answer later.

use jiff::Timestamp;

use crate::api::{AssessmentRecordSpec, CompliancePolicySpec, DeepSynthesisServiceSpec, FilingRecordSpec};
use crate::law::Calendar;

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
    /// All filing records; which of them count is decided here.
    pub filings: &'a [Named<'a, FilingRecordSpec>],
    /// All assessment records; which of them count is decided here.
    pub assessments: &'a [Named<'a, AssessmentRecordSpec>],
    /// When a pod of the public service was Ready for the first time (Algorithm Provisions Art. 24).
    pub first_public_ready: Option<Timestamp>,
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
