//! From a verdict to the decision on one workload.
//!
//! In: a [`Verdict`] and what happens to a workload. Out: a [`Decision`]. Must not: look at records
//! or clocks again; and must never block scaling, metadata or status changes.

use super::finding::{Finding, Severity};
use super::verdict::{Gate, Verdict};
use crate::api::{AdmittedRevision, Mode, OnLapse};

/// A workload that asks to be admitted.
#[derive(Clone, Debug)]
pub struct Workload<'a> {
    /// Kind, e.g. `Deployment` or `Pod`.
    pub kind: &'a str,
    /// Name; a generated one may still be empty.
    pub name: &'a str,
    /// What happens to it.
    pub change: Change,
    /// For a pod: controller and revision it belongs to.
    pub revision: Option<AdmittedRevision>,
    /// Revisions whose pods were admitted while the gate was not closed.
    pub admitted: &'a [AdmittedRevision],
}

/// What happens to a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// It is created.
    Create,
    /// Its pod template changes.
    Template,
    /// Anything else: scale, metadata, status.
    Other,
}

/// What to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Admit.
    Allow,
    /// Admit and say why that will not last.
    Warn(Vec<Finding>),
    /// Refuse.
    Deny(Vec<Finding>),
}

/// Decides on one workload of the service that the verdict is about.
#[must_use]
pub fn admit(verdict: &Verdict, workload: &Workload<'_>) -> Decision {
    if workload.change == Change::Other || verdict.gate == Gate::Open {
        return Decision::Allow;
    }
    match (verdict.gate, verdict.mode) {
        (Gate::Open, _) | (_, Mode::Audit) => Decision::Allow,
        (Gate::Grace, _) => Decision::Warn(pending(verdict)),
        (Gate::Closed, Mode::Warn) => Decision::Warn(violations(verdict)),
        (Gate::Closed, Mode::Enforce) if is_replacement(verdict, workload) => Decision::Allow,
        (Gate::Closed, Mode::Enforce) => Decision::Deny(violations(verdict)),
    }
}

/// A pod of a revision that ran before the lapse: refusing it would turn a date into an outage.
/// Only pods qualify; a new `ReplicaSet` is a new template even when a Deployment makes it.
fn is_replacement(verdict: &Verdict, workload: &Workload<'_>) -> bool {
    verdict.on_lapse == OnLapse::FreezeRollouts
        && workload.kind == "Pod"
        && workload.change == Change::Create
        // A bare pod has no owner; an empty one must never match by accident.
        && workload
            .revision
            .as_ref()
            .is_some_and(|revision| !revision.owner.is_empty() && workload.admitted.contains(revision))
}

fn violations(verdict: &Verdict) -> Vec<Finding> {
    of_severity(verdict, Severity::Violation)
}

/// What keeps a graced gate from being open: the closing reasons that are still warnings.
fn pending(verdict: &Verdict) -> Vec<Finding> {
    of_severity(verdict, Severity::Warning).into_iter().filter(|finding| finding.reason.closes()).collect()
}

fn of_severity(verdict: &Verdict, severity: Severity) -> Vec<Finding> {
    verdict.findings.iter().filter(|finding| finding.severity == severity).cloned().collect()
}
