//! Which exemptions are in force.
//!
//! In: exemptions with their approvals, a service, the clock. Out: the duties that are skipped and until when. Must not:
//! trust a name alone; an approval counts for one UID and one spec, by another person than the one who asked.

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::facts::{Exemption, Facts};
use crate::api::{EnforcementExemptionSpec, ExemptionApprovalSpec};
use crate::law::Duty;

/// Duties that nobody can be exempted from.
pub const NEVER: [Duty; 3] = [Duty::Supervision, Duty::MarkIntegrity, Duty::LabelTampering];

/// SHA-256 (hex) of a spec: what an approval is stamped with, and what stays known of a record that is deleted.
#[must_use]
pub fn spec_sha256(spec: &impl Serialize) -> String {
    let text = serde_json::to_vec(spec).unwrap_or_default();
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One duty that an exemption skips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped<'a> {
    /// The duty.
    pub duty: Duty,
    /// Name of the exemption.
    pub exemption: &'a str,
    /// When it ends.
    pub until: Timestamp,
}

/// Whether an exemption was approved by another person, as it is now.
#[must_use]
pub fn is_approved(exemption: &Exemption<'_>) -> bool {
    let Some(requester) = exemption.spec.requested_by.as_deref().filter(|name| !name.is_empty()) else { return false };
    let counts = |approval: &&ExemptionApprovalSpec| {
        approval.exemption_uid.as_deref() == Some(exemption.uid)
            && approval.spec_sha256.as_deref() == Some(exemption.spec_sha256.as_str())
            && approval.approved_by.as_deref().is_some_and(|approver| !approver.is_empty() && approver != requester)
    };
    !exemption.uid.is_empty() && exemption.approvals.iter().any(counts)
}

/// When an exemption ends; `None` when that cannot be read.
#[must_use]
pub fn expires_at(spec: &EnforcementExemptionSpec) -> Option<Timestamp> {
    spec.expires_at.parse().ok()
}

/// The duties that are skipped for a service at an instant, the longest exemption of each.
#[must_use]
pub fn skipped<'a>(facts: &Facts<'a>, instant: Timestamp) -> Vec<Skipped<'a>> {
    let mut found: Vec<Skipped<'a>> = Vec::new();
    for exemption in facts.exemptions {
        let target = &exemption.spec.target;
        let hits = target.namespace == facts.namespace
            && target.service.as_deref().is_none_or(|service| service == facts.name);
        let Some(until) = expires_at(exemption.spec).filter(|until| hits && instant < *until) else { continue };
        if !is_approved(exemption) {
            continue;
        }
        for duty in exemption.spec.duties.iter().filter_map(|id| Duty::by_id(id)).filter(|duty| !NEVER.contains(duty)) {
            let skipped = Skipped { duty, exemption: exemption.name, until };
            match found.iter_mut().find(|other| other.duty == duty) {
                // Of two that end together the name decides, so that their order never does.
                Some(other) if (other.until, skipped.exemption) < (until, other.exemption) => *other = skipped,
                Some(_) => {}
                None => found.push(skipped),
            }
        }
    }
    found.sort_by_key(|skipped| skipped.duty);
    found
}
