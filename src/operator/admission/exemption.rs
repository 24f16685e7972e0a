//! Are exemptions and their approvals what they claim: the validating phase, after [`super::stamp`].
//!
//! In: the request and the snapshot. Out: an answer. Must not: ask for permissions; that the approver holds the verb
//! `approve` is a ValidatingAdmissionPolicy of the chart, because only the API server can ask the authorizer.

use serde::Deserialize as _;

use super::review::{AdmissionRequest, Answer};
use super::{Context, clean, record, stamp};
use crate::api::{EnforcementExemptionSpec, ExemptionApprovalSpec};
use crate::compliance::exemption::expires_at;
use crate::compliance::validate::{validate_approval, validate_exemption};
use crate::operator::judge::Judge;

/// Validates a new `EnforcementExemption`. What exists already is immutable, and an old one must stay editable in its
/// metadata after its end.
#[must_use]
pub fn validate(context: &Context<'_>, request: &AdmissionRequest) -> Answer {
    if request.operation != "CREATE" {
        return Answer::allow();
    }
    if let Some(refusal) = stamp_refusal(context, request) {
        return Answer::deny(refusal);
    }
    match request.kind.kind.as_str() {
        "EnforcementExemption" => match EnforcementExemptionSpec::deserialize(&request.object["spec"]) {
            Ok(spec) => {
                let days = Judge::new(context.snapshot).policy().exemption_max_days;
                record::answer_invalid(&validate_exemption(&spec, days, context.now))
            }
            Err(error) => record::malformed(&error),
        },
        _ => match ExemptionApprovalSpec::deserialize(&request.object["spec"]) {
            Ok(spec) => approval(context, &spec),
            Err(error) => record::malformed(&error),
        },
    }
}

fn approval(context: &Context<'_>, spec: &ExemptionApprovalSpec) -> Answer {
    let invalid = validate_approval(spec);
    if !invalid.is_empty() {
        return record::answer_invalid(&invalid);
    }
    let Some(exemption) = stamp::exemption(context, &spec.exemption) else { return Answer::allow() };
    if exemption.spec.requested_by.is_some() && exemption.spec.requested_by == spec.approved_by {
        let who = clean(spec.approved_by.as_deref().unwrap_or_default(), 200);
        return Answer::deny(format!(
            "[SelfApproval] spec.approvedBy: {who} asked for the EnforcementExemption {} and cannot approve it as well: an \
             exemption from a legal duty takes two people. Let another person with the verb approve create the \
             ExemptionApproval.\n\
             spec.approvedBy：{who} 是该豁免的申请人，不能自行批准；请由另一位具有 approve 权限的人员创建 ExemptionApproval。",
            spec.exemption
        ));
    }
    match expires_at(&exemption.spec) {
        Some(end) if context.now < end => Answer::allow(),
        _ => Answer::deny(format!(
            "[ExemptionExpired] spec.exemption: {} ended at {}, so an approval would do nothing. Ask for a new \
             EnforcementExemption with a later spec.expiresAt.\n\
             spec.exemption：该豁免已过期；请重新申请，并设置更晚的 spec.expiresAt。",
            spec.exemption, exemption.spec.expires_at
        )),
    }
}

/// A field of ours that holds something else than we stamp. Absent ones are refused, too: then nobody stamped them.
fn stamp_refusal(context: &Context<'_>, request: &AdmissionRequest) -> Option<String> {
    let stamps = match stamp::stamps(context, request) {
        Ok(stamps) => stamps,
        Err(refusal) => return Some(refusal),
    };
    let spec = &request.object["spec"];
    let (field, value) = stamps.into_iter().find(|(field, value)| spec[*field].as_str() != Some(value))?;
    let value = clean(&value, 200);
    Some(format!(
        "[StampedField] spec.{field}: is written by the operator's webhook only, from the authenticated request or the \
         exemption itself, and would be {value:?}. Leave it out.\n\
         spec.{field}：由 operator 根据已认证的请求写入（应为 {value:?}），请勿自行填写。"
    ))
}
