//! From a verdict to the decision on one workload.
//!
//! In: a [`Verdict`] and what happens to a workload. Out: a [`Decision`]. Must not: look at records
//! or clocks again; and must never block scaling, metadata or status changes.

use jiff::Timestamp;

use super::finding::{Finding, Severity};
use super::verdict::{Gate, Verdict};
use super::workload::{Container, judge};
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
    /// When.
    pub at: Timestamp,
    /// For a pod: controller and revision it belongs to.
    pub revision: Option<AdmittedRevision>,
    /// Digest of what its template runs, as an [`AdmittedRevision`] holds it.
    pub content: Option<&'a str>,
    /// What it runs.
    pub runs: &'a [Container<'a>],
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
    if workload.change == Change::Other || verdict.mode == Mode::Audit {
        return Decision::Allow;
    }
    let mut against = match verdict.gate {
        Gate::Closed => of_severity(verdict, Severity::Violation),
        Gate::Open | Gate::Grace => Vec::new(),
    };
    against.extend(judge(verdict.assessed_images.as_deref(), workload.runs));
    against.sort();
    match (against.is_empty() && verdict.gate != Gate::Closed, verdict.mode) {
        (true, _) if verdict.gate == Gate::Grace => Decision::Warn(pending(verdict)),
        (true, _) => Decision::Allow,
        (false, Mode::Enforce) if is_known(verdict, workload) => Decision::Allow,
        (false, Mode::Enforce) => Decision::Deny(against),
        (false, _) => Decision::Warn(against),
    }
}

/// What ran before the lapse: refusing it would turn a date into an outage.
fn is_known(verdict: &Verdict, workload: &Workload<'_>) -> bool {
    verdict.on_lapse == OnLapse::FreezeRollouts
        // An order of the authorities stops the service itself (Order 12 Art. 21).
        && !verdict.is_suspended
        && verdict.replacements_until.is_none_or(|end| workload.at < end)
        && (is_replacement(workload) || is_rollback(workload))
}

/// A pod of a revision that was admitted. Only pods qualify; a new `ReplicaSet` is a new template even when a Deployment
/// makes it.
fn is_replacement(workload: &Workload<'_>) -> bool {
    workload.kind == "Pod"
        && workload.change == Change::Create
        // A bare pod has no owner; an empty one must never match by accident.
        && workload
            .revision
            .as_ref()
            .is_some_and(|revision| !revision.owner.is_empty() && workload.admitted.contains(revision))
}

/// A template that goes back to what pods of the service were admitted with.
fn is_rollback(workload: &Workload<'_>) -> bool {
    workload.change == Change::Template
        && workload
            .content
            .is_some_and(|content| !content.is_empty() && workload.admitted.iter().any(|one| one.content == content))
}

/// What keeps a graced gate from being open: the closing reasons that are still warnings.
fn pending(verdict: &Verdict) -> Vec<Finding> {
    of_severity(verdict, Severity::Warning).into_iter().filter(|finding| finding.reason.closes()).collect()
}

fn of_severity(verdict: &Verdict, severity: Severity) -> Vec<Finding> {
    verdict.findings.iter().filter(|finding| finding.severity == severity).cloned().collect()
}
