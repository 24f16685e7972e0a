//! Are our own kinds sound: what a schema cannot say, and who may write the operator's own kinds.
//!
//! In: the request and the snapshot. Out: an answer. Must not: hold up a change that leaves the spec alone: what was
//! admitted once must stay editable in its metadata when rules become stricter.

use serde::de::DeserializeOwned;

use super::review::{AdmissionRequest, Answer};
use super::{Context, clean, exemption, service};
use crate::api::{AssessmentRecordSpec, DeepSynthesisService, FilingRecordSpec, RecordScope};
use crate::compliance::validate::{Invalid, validate_assessment, validate_filing, validate_policy};
use crate::operator::snapshot::names;

/// Validates one object of our group.
#[must_use]
pub fn validate(context: &Context<'_>, request: &AdmissionRequest) -> Answer {
    let kind = request.kind.kind.as_str();
    if matches!(kind, "NamespaceEnforcement" | "ServiceHistory") {
        return operator_only(context, request);
    }
    if request.operation == "UPDATE" && request.object["spec"] == request.old_object["spec"] {
        return Answer::allow();
    }
    match kind {
        "DeepSynthesisService" => service::validate(context, request),
        "FilingRecord" => check(request, validate_filing, |spec: &FilingRecordSpec| {
            let key = (spec.unified_social_credit_code.as_str(), spec.service_code.as_str());
            contradiction(context, &spec.scope, key, |service| {
                (!service.spec.roles.contains(&spec.role))
                    .then(|| ("spec.role", format!("{:?}", spec.role), format!("{:?}", service.spec.roles)))
            })
        }),
        "AssessmentRecord" => check(request, validate_assessment, |spec: &AssessmentRecordSpec| {
            let key = (spec.unified_social_credit_code.as_str(), spec.service_code.as_str());
            contradiction(context, &spec.scope, key, |_| None)
        }),
        "CompliancePolicy" => check(request, validate_policy, |_| None),
        "EnforcementExemption" | "ExemptionApproval" => exemption::validate(context, request),
        _ => Answer::allow(),
    }
}

fn operator_only(context: &Context<'_>, request: &AdmissionRequest) -> Answer {
    let kind = &request.kind.kind;
    if request.user_info.username == context.settings.operator_service_account {
        return Answer::allow();
    }
    Answer::deny(format!(
        "[OperatorOnly] {kind} is written by the operator only, as evidence of what it decided. \
         Change the DeepSynthesisService or file a record instead.\n\
         {kind} 只能由 operator 写入；请修改 DeepSynthesisService 或提交记录。"
    ))
}

fn check<T: DeserializeOwned>(
    request: &AdmissionRequest,
    validate: fn(&T) -> Vec<Invalid>,
    contradiction: impl Fn(&T) -> Option<String>,
) -> Answer {
    let spec = match T::deserialize(&request.object["spec"]) {
        Ok(spec) => spec,
        Err(error) => return malformed(&error),
    };
    let invalid = validate(&spec);
    if !invalid.is_empty() {
        return answer_invalid(&invalid);
    }
    contradiction(&spec).map_or_else(Answer::allow, Answer::deny)
}

/// A record that no service of its scope can mean: the entity's code, or what `differs` finds, is another one in all.
/// Records may come before their services; then there is nothing to compare with.
fn contradiction(
    context: &Context<'_>,
    scope: &RecordScope,
    (entity, code): (&str, &str),
    differs: impl Fn(&DeepSynthesisService) -> Option<(&'static str, String, String)>,
) -> Option<String> {
    let in_scope = scope.namespaces.iter().flat_map(|namespace| context.snapshot.services_in(namespace));
    let meant: Vec<_> = in_scope.filter(|service| service.spec.provider.service_code == code).collect();
    let own: Vec<_> =
        meant.iter().filter(|service| service.spec.provider.unified_social_credit_code == entity).copied().collect();
    let (service, field, says, has) = match (meant.first(), own.first()) {
        (Some(service), None) => {
            let has = service.spec.provider.unified_social_credit_code.clone();
            (service, "spec.unifiedSocialCreditCode", entity.to_owned(), has)
        }
        (_, Some(service)) => {
            if own.iter().any(|service| differs(service).is_none()) {
                return None;
            }
            let (field, says, has) = differs(service)?;
            (service, field, says, has)
        }
        (None, None) => return None,
    };
    let (namespace, name) = names(service);
    Some(format!(
        "[RecordContradictsService] {field}: the record says {}, but the DeepSynthesisService {namespace}/{name} with service code \
         {code} declares {}; a filing or assessment counts only for the entity and role it was given to (Order 12 Arts 15, 19, 20). \
         Correct the field, spec.serviceCode or spec.scope.namespaces of the record, or the service.\n\
         {field}：记录与 DeepSynthesisService {namespace}/{name} 的声明不一致；备案和评估仅对其主体和角色有效\
         （《规定》第十五条、第十九条、第二十条）。请更正记录或服务。",
        clean(&says, 100),
        clean(&has, 100),
    ))
}

/// The schema admitted what our types cannot read.
pub(super) fn malformed(error: &serde_json::Error) -> Answer {
    Answer::deny(format!(
        "[Malformed] spec: {error}; see kubectl explain for the fields of this kind\n\
         spec 无法解析：请用 kubectl explain 查看该类型的字段。"
    ))
}

/// One line per field and language, as many as a person reads.
pub(super) fn answer_invalid(invalid: &[Invalid]) -> Answer {
    if invalid.is_empty() {
        return Answer::allow();
    }
    let shown = invalid.iter().take(MAX_SHOWN);
    let english: Vec<_> = shown.clone().map(ToString::to_string).collect();
    let chinese: Vec<_> = shown.map(|invalid| format!("{}：{}", invalid.field, invalid.zh)).collect();
    let left = match invalid.len().saturating_sub(MAX_SHOWN) {
        0 => String::new(),
        left => format!("\n… {left} more 另有 {left} 项"),
    };
    Answer::deny(format!("[Invalid] {}\n{}{left}", english.join("\n"), chinese.join("\n")))
}

const MAX_SHOWN: usize = 10;
