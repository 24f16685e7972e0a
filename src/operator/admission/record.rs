//! Are our own kinds sound: what a schema cannot say, and who may write the operator's own kinds.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::review::{AdmissionRequest, Answer};
use super::{Context, exemption};
use crate::api::{AssessmentRecordSpec, DeepSynthesisServiceSpec, FilingRecordSpec};
use crate::compliance::validate::{Invalid, validate_assessment, validate_filing, validate_service};

/// Validates one object of our group.
#[must_use]
pub fn validate(context: &Context<'_>, request: &AdmissionRequest) -> Answer {
    match request.kind.kind.as_str() {
        "DeepSynthesisService" => answer(&request.object, validate_service as fn(&DeepSynthesisServiceSpec) -> _),
        "FilingRecord" => answer(&request.object, validate_filing as fn(&FilingRecordSpec) -> _),
        "AssessmentRecord" => answer(&request.object, validate_assessment as fn(&AssessmentRecordSpec) -> _),
        kind @ ("NamespaceEnforcement" | "ServiceHistory")
            if request.user_info.username != context.args.operator_service_account =>
        {
            Answer::deny(format!(
                "[OperatorOnly] {kind} is written by the operator only, as evidence of what it decided. \
                 Change the DeepSynthesisService or file a record instead.\n\
                 {kind} 只能由 operator 写入；请修改 DeepSynthesisService 或提交记录。"
            ))
        }
        "EnforcementExemption" | "ExemptionApproval" => exemption::validate(context, request),
        _ => Answer::allow(),
    }
}

fn answer<T: DeserializeOwned>(object: &Value, check: fn(&T) -> Vec<Invalid>) -> Answer {
    let spec = match T::deserialize(&object["spec"]) {
        Ok(spec) => spec,
        Err(error) => return malformed(&error),
    };
    answer_invalid(&check(&spec))
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
