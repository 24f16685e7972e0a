//! Are our own kinds sound: what a schema cannot say, and who may write the operator's own kinds.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Context;
use super::review::{AdmissionRequest, Answer};
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
        _ => Answer::allow(),
    }
}

fn answer<T: DeserializeOwned>(object: &Value, check: fn(&T) -> Vec<Invalid>) -> Answer {
    let spec = match T::deserialize(&object["spec"]) {
        Ok(spec) => spec,
        Err(error) => {
            return Answer::deny(format!("[Malformed] spec: {error}; see kubectl explain for the fields of this kind"));
        }
    };
    let invalid = check(&spec);
    if invalid.is_empty() {
        return Answer::allow();
    }
    let lines: Vec<_> = invalid.iter().map(ToString::to_string).collect();
    Answer::deny(format!("[Invalid] {}", lines.join("\n")))
}
