//! May a service declare this: nobody's own word takes a service out of a duty (Order 12 Art. 2).
//!
//! In: the request and the snapshot. Out: a refusal with the decision to ask for, or nothing. Must not: judge whether the
//! duty is kept; only whether it was talked away.

use serde::Deserialize as _;

use super::review::{AdmissionRequest, Answer};
use super::{Context, clean, record};
use crate::api::DeepSynthesisServiceSpec;
use crate::api::history::history_name;
use crate::api::service::{Retention, RetentionStatus};
use crate::compliance::lowering::{Lowered, lowered, lowered_since, undecided};
use crate::compliance::retention::declared;
use crate::compliance::validate::validate_service;
use crate::law::Months;
use crate::operator::judge::Judge;
use crate::record::event::class_name;

/// Validates one `DeepSynthesisService`.
#[must_use]
pub fn validate(context: &Context<'_>, request: &AdmissionRequest) -> Answer {
    let spec = match DeepSynthesisServiceSpec::deserialize(&request.object["spec"]) {
        Ok(spec) => spec,
        Err(error) => return record::malformed(&error),
    };
    let invalid = validate_service(&spec);
    if !invalid.is_empty() {
        return record::answer_invalid(&invalid);
    }
    let old = DeepSynthesisServiceSpec::deserialize(&request.old_object["spec"]).ok();
    if let Some(refusal) = old.as_ref().and_then(|old| identity_refusal(old, &spec)) {
        return Answer::deny(refusal);
    }
    let kept = RetentionStatus::deserialize(&request.old_object["status"]["retention"]).unwrap_or_default();
    if let Some(refusal) = old.as_ref().and_then(|old| retention_refusal(&old.retention, &spec.retention, &kept)) {
        return Answer::deny(refusal);
    }
    let less = match &old {
        Some(old) => lowered(old, &spec),
        None => less_than_before(context, &spec),
    };
    if less.is_empty() {
        return Answer::allow();
    }
    let judge = Judge::new(context.snapshot);
    let today = judge.now(context.now).china_date();
    let records = judge.assessments_of(&spec.provider);
    let open = undecided(less, &records, &spec, &request.namespace, today);
    if open.is_empty() {
        return Answer::allow();
    }
    Answer::deny(refusal(request, &spec, old.is_none(), &open))
}

/// What a new service declares less than the one of the same key before it.
fn less_than_before(context: &Context<'_>, spec: &DeepSynthesisServiceSpec) -> Vec<Lowered> {
    let name = history_name(&spec.provider.unified_social_credit_code, &spec.provider.service_code);
    let history = context.snapshot.histories.get(&(String::new(), name));
    history.and_then(|history| history.spec.declared.as_ref()).map(|old| lowered_since(old, spec)).unwrap_or_default()
}

/// Records and history belong to provider and service code: under another one a service would begin anew.
fn identity_refusal(old: &DeepSynthesisServiceSpec, new: &DeepSynthesisServiceSpec) -> Option<String> {
    let (was, is) = (&old.provider, &new.provider);
    let (field, was, is) = [
        ("unifiedSocialCreditCode", &was.unified_social_credit_code, &is.unified_social_credit_code),
        ("serviceCode", &was.service_code, &is.service_code),
    ]
    .into_iter()
    .find(|(_, was, is)| was != is)?;
    Some(format!(
        "[IdentityChanged] spec.provider.{field}: may not change from {was} to {is}: filings, assessments and deadlines belong to \
         this provider and service (Order 12 Art. 19; Algorithm Provisions Art. 24). Create another DeepSynthesisService with its \
         own records, then delete this one.\n\
         spec.provider.{field}：不得更改，备案、评估和期限均以该主体和服务代码为准（《规定》第十九条、《算法推荐规定》第二十四条）；\
         请另建 DeepSynthesisService 及其记录，再删除本服务。"
    ))
}

/// Records that are there were promised a period: it is not taken back (Cybersecurity Law Art. 23(3)).
fn retention_refusal(old: &Retention, new: &Retention, kept: &RetentionStatus) -> Option<String> {
    let mut periods = declared(old).into_iter().zip(declared(new));
    periods.find_map(|((field, class, was), (_, _, is))| {
        let log = kept.logs.iter().find(|log| log.class == class_name(class))?;
        let (promised, before, after) =
            (Months::parse(&log.kept_for).ok()?, Months::parse(was).ok()?, Months::parse(is).ok()?);
        (after < before && after < promised).then(|| {
            let (name, article) = (class_name(class), class.duty().article());
            format!(
                "[RetentionShrunk] {field}: may not shrink from {before} to {after}: the records in the log {name} were \
                 promised {promised} ({article}; Order 12 Art. 16(2)), and the ledger keeps them that long. Leave it at {promised} or \
                 longer.\n\
                 {field}：不得从 {before} 缩短为 {after}，已有记录承诺留存 {promised}（《规定》第十六条第二款），请保持不少于 {promised}。"
            )
        })
    })
}

fn refusal(request: &AdmissionRequest, spec: &DeepSynthesisServiceSpec, is_new: bool, open: &[Lowered]) -> String {
    let name = clean(&request.name, 63);
    let (does, does_zh) = if is_new {
        (
            "declares less than the service of the same provider and code before it",
            "所声明的内容少于此前同一主体、同一代码的服务",
        )
    } else {
        ("would lower legal duties", "的修改会降低法定义务")
    };
    let mut text = format!(
        "[DutyLowered] The deep synthesis service {name} {does}; how far the law reaches is not decided by the service itself \
         (Order 12 Art. 2):\n"
    );
    let mut decision = String::new();
    for (index, lowered) in open.iter().enumerate() {
        let (from, to) = (clean(&lowered.from, 120), clean(&lowered.to, 120));
        text.push_str(&format!("{}. {}: {from} → {to}\n", index + 1, clean(&lowered.path, 200)));
        let value = serde_json::Value::from(lowered.decided.value.as_str());
        decision.push_str(&format!("    - {{field: {:?}, value: {value}}}\n", lowered.decided.field));
    }
    let provider = &spec.provider;
    text.push_str(&format!(
        "Leave it as it was, or have a compliance officer create an AssessmentRecord for it:\n  \
         basis: [ScopeDecision]\n  result: Passed\n  unifiedSocialCreditCode: {}\n  serviceCode: {:?}\n  \
         scope: {{namespaces: [{}]}}\n  decision:\n    values:\n{decision}\
         深度合成服务 {name} {does_zh}（《规定》第二条）：请恢复原值，或由合规人员创建含上述 decision 的 AssessmentRecord（basis: ScopeDecision）。",
        provider.unified_social_credit_code, provider.service_code, request.namespace,
    ));
    text
}
