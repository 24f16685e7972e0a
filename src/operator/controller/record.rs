//! What the operator says about records, policies and exemptions: that it judges by them. Pure.
//!
//! In: an object as the leader's snapshot holds it. Out: its status, or nothing when it is so already. Must not: speak of a
//! generation that the snapshot does not hold: the other replicas hear of it in the same moment.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, ObjectMeta, Time};

use super::status::seconds;
use crate::api::RecordStatus;
use crate::compliance::Exemption;
use crate::compliance::exemption::{expires_at, is_approved};
use crate::compliance::validate::Invalid;

/// A condition before its transition time is known.
struct Said {
    kind: &'static str,
    is_true: bool,
    reason: &'static str,
    message: String,
}

/// The status of a record or policy; `None` when it has it already.
#[must_use]
pub fn accepted(
    meta: &ObjectMeta,
    old: Option<&RecordStatus>,
    invalid: &[Invalid],
    now: Timestamp,
) -> Option<RecordStatus> {
    let said = match invalid.first() {
        None => Said {
            kind: "Accepted",
            is_true: true,
            reason: "InForce",
            message: "Services are judged by this generation. 已按此版本判定。".to_owned(),
        },
        Some(first) => Said { kind: "Accepted", is_true: false, reason: "Invalid", message: first.to_string() },
    };
    differing(meta, old, said, now)
}

/// The status of an exemption; `None` when it has it already.
#[must_use]
pub fn in_force(
    meta: &ObjectMeta,
    old: Option<&RecordStatus>,
    exemption: &Exemption<'_>,
    now: Timestamp,
) -> Option<RecordStatus> {
    let said = |is_true, reason, message: &str| Said { kind: "InForce", is_true, reason, message: message.to_owned() };
    let ends = expires_at(exemption.spec);
    let said = if ends.is_none_or(|end| end <= now) {
        said(false, "Expired", "The exemption is over; ask for another one while it is needed. 豁免已到期。")
    } else if is_approved(exemption) {
        said(true, "Approved", "Approved by another person; the duties it names close no gate. 已由他人批准。")
    } else {
        said(
            false,
            "NotApproved",
            "Another person must create an ExemptionApproval that names it; until then it does nothing. \
             须由他人创建 ExemptionApproval 批准后生效。",
        )
    };
    differing(meta, old, said, now)
}

fn differing(meta: &ObjectMeta, old: Option<&RecordStatus>, said: Said, now: Timestamp) -> Option<RecordStatus> {
    let status = if said.is_true { "True" } else { "False" };
    let before = old.into_iter().flat_map(|old| &old.conditions).find(|condition| condition.type_ == said.kind);
    let since = before
        .filter(|condition| condition.status == status)
        .map_or_else(|| seconds(now), |condition| condition.last_transition_time.0);
    let new = RecordStatus {
        observed_generation: meta.generation,
        conditions: vec![Condition {
            type_: said.kind.to_owned(),
            status: status.to_owned(),
            reason: said.reason.to_owned(),
            message: said.message,
            observed_generation: meta.generation,
            last_transition_time: Time(since),
        }],
    };
    (old != Some(&new)).then_some(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_record_is_accepted_once_per_generation() {
        let meta = |generation| ObjectMeta { generation: Some(generation), ..ObjectMeta::default() };
        let first = accepted(&meta(1), None, &[], at("2026-11-02T04:00:00.5Z")).unwrap();
        assert_eq!(first.observed_generation, Some(1));
        assert_eq!(accepted(&meta(1), Some(&first), &[], at("2026-11-03T04:00:00Z")), None);
        let second = accepted(&meta(2), Some(&first), &[], at("2026-11-03T04:00:00Z")).unwrap();
        assert_eq!(second.observed_generation, Some(2));
        // The condition did not turn.
        assert_eq!(second.conditions[0].last_transition_time.0, at("2026-11-02T04:00:00Z"));
    }
}
