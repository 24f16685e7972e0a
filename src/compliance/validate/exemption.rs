//! Validates a request to skip duties, and the approval of one.
//!
//! In: a spec, the longest reach that the policy allows, the clock. Out: what is wrong. Must not: decide whether it is
//! approved; [`crate::compliance::exemption`] does.

use jiff::{SignedDuration, Timestamp};

use super::Invalid;
use super::found::Found;
use crate::api::{EnforcementExemptionSpec, ExemptionApprovalSpec};
use crate::compliance::exemption::{NEVER, expires_at};
use crate::law::Duty;

/// Validates a new `EnforcementExemption`.
#[must_use]
pub fn validate_exemption(spec: &EnforcementExemptionSpec, max_days: u16, now: Timestamp) -> Vec<Invalid> {
    let mut found = Found::default();
    found.duplicates("spec.duties", &spec.duties);
    for (index, id) in spec.duties.iter().enumerate() {
        let field = format!("spec.duties[{index}]");
        match Duty::by_id(id) {
            None => found.add(
                field,
                "is no duty of the catalogue",
                "write an id of docs/law.md, e.g. o12-19-1",
                "不在义务目录中；请填写 docs/law.md 中的编号，例如 o12-19-1。",
            ),
            Some(duty) if NEVER.contains(&duty) => found.add(
                field,
                format!("is {}, from which nobody can be exempted", duty.article()),
                "remove it",
                format!("属于{}，不得豁免；请删除。", duty.article_zh()),
            ),
            Some(_) => {}
        }
    }
    found.text("spec.reason", &spec.reason);
    found.text("spec.ticket", &spec.ticket);
    found.text("spec.target.namespace", &spec.target.namespace);
    found.optional_text("spec.target.service", spec.target.service.as_deref());
    let furthest = now.saturating_add(SignedDuration::from_hours(24 * i64::from(max_days))).unwrap_or(Timestamp::MAX);
    match expires_at(spec) {
        None => found.add(
            "spec.expiresAt",
            "is no instant",
            "write RFC 3339 with an offset, e.g. 2026-12-01T00:00:00+08:00",
            "不是有效时刻；请写作例如 2026-12-01T00:00:00+08:00。",
        ),
        Some(end) if end <= now => {
            found.add("spec.expiresAt", "is over already", "name an instant to come", "已经过去；请填写将来的时刻。")
        }
        Some(end) if end > furthest => found.add(
            "spec.expiresAt",
            format!("is more than {max_days} days ahead (exemptionMaxDays of the CompliancePolicy)"),
            format!("write {furthest:.0} or earlier, and ask again before it ends"),
            format!("超过 CompliancePolicy 的 exemptionMaxDays（{max_days} 天）；请缩短期限，届时重新申请。"),
        ),
        Some(_) => {}
    }
    found.0
}

/// Validates an `ExemptionApproval`.
#[must_use]
pub fn validate_approval(spec: &ExemptionApprovalSpec) -> Vec<Invalid> {
    let mut found = Found::default();
    found.optional_text("spec.comment", spec.comment.as_deref());
    found.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn fields(patch: Value) -> Vec<String> {
        let mut spec = json!({
            "target": {"namespace": "studio"}, "duties": ["o12-19-1"], "reason": "x", "ticket": "T-1",
            "expiresAt": "2026-12-01T00:00:00+08:00",
        });
        json_patch::merge(&mut spec, &patch);
        let spec: EnforcementExemptionSpec = serde_json::from_value(spec).unwrap();
        let now = "2026-11-24T00:00:00Z".parse().unwrap();
        validate_exemption(&spec, 90, now).into_iter().map(|invalid| invalid.field).collect()
    }

    #[test]
    fn an_exemption_is_for_known_duties_and_ends_soon() {
        let never = NEVER.map(Duty::id);
        let rows: [(Value, &[&str]); 9] = [
            (json!({}), &[]),
            (json!({"duties": ["o12-19-1", "o12-19-1"]}), &["spec.duties[1]"]),
            (json!({"duties": ["filing"]}), &["spec.duties[0]"]),
            (json!({"duties": never}), &["spec.duties[0]", "spec.duties[1]", "spec.duties[2]"]),
            (json!({"reason": "a\u{1b}b", "ticket": "\n"}), &["spec.reason", "spec.ticket", "spec.ticket"]),
            (json!({"expiresAt": "2026-11-24T00:00:00Z"}), &["spec.expiresAt"]),
            (json!({"expiresAt": "2027-02-22T00:00:00Z"}), &[]),
            (json!({"expiresAt": "2027-02-22T00:00:01Z"}), &["spec.expiresAt"]),
            (json!({"expiresAt": "2026-13-01T00:00:00Z"}), &["spec.expiresAt"]),
        ];
        for (patch, expected) in rows {
            assert_eq!(fields(patch.clone()), expected, "{patch}");
        }
    }
}
