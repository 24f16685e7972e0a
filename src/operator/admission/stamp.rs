//! Who asks for an exemption, who approves it, and what exactly was approved: the mutating phase of our own kinds.
//!
//! In: the request, which the API server authenticated. Out: the patch that writes the fields that nobody may choose, as
//! the API server itself does for `CertificateSigningRequest`. Must not: overwrite what a client wrote; the validating
//! phase ([`super::exemption`]) refuses it with words instead.

use serde_json::{Value, json};

use super::Context;
use super::review::{AdmissionRequest, Answer};
use crate::api::EnforcementExemption;
use crate::compliance::exemption::spec_sha256;
use crate::inject::PatchOperation;

/// One field and the value it is stamped with.
pub(super) type Stamp = (&'static str, String);

/// Answers with the stamped fields. On an update they are carried over, so that whoever applies the same manifest again
/// neither changes them nor fails.
#[must_use]
pub fn stamp(context: &Context<'_>, request: &AdmissionRequest) -> Answer {
    let stamps = match request.operation.as_str() {
        "CREATE" => match stamps(context, request) {
            Ok(stamps) => stamps,
            Err(refusal) => return Answer::deny(refusal),
        },
        _ => FIELDS
            .iter()
            .filter_map(|field| Some((*field, request.old_object["spec"][*field].as_str()?.to_owned())))
            .collect(),
    };
    if !request.object["spec"].is_object() {
        return Answer::allow();
    }
    let absent = stamps.into_iter().filter(|(field, _)| is_absent(&request.object["spec"][*field]));
    let patch = absent
        .map(|(field, value)| PatchOperation::Add { path: format!("/spec/{field}"), value: Value::from(value) })
        .collect();
    Answer { patch, ..Answer::default() }
}

const FIELDS: [&str; 4] = ["requestedBy", "approvedBy", "exemptionUid", "specSha256"];

/// What the fields of a new object must hold, or why it cannot be made.
pub(super) fn stamps(context: &Context<'_>, request: &AdmissionRequest) -> Result<Vec<Stamp>, String> {
    let user = request.user_info.username.clone();
    match request.kind.kind.as_str() {
        "EnforcementExemption" => Ok(vec![("requestedBy", user)]),
        "ExemptionApproval" => {
            let name = request.object["spec"]["exemption"].as_str().unwrap_or_default();
            let exemption = exemption(context, name).ok_or_else(|| unknown(name))?;
            Ok(vec![
                ("approvedBy", user),
                ("exemptionUid", exemption.metadata.uid.clone().unwrap_or_default()),
                ("specSha256", spec_sha256(&exemption.spec)),
            ])
        }
        _ => Ok(Vec::new()),
    }
}

pub(super) fn exemption<'a>(context: &'a Context<'_>, name: &str) -> Option<&'a EnforcementExemption> {
    context.snapshot.exemptions.get(&(String::new(), name.to_owned())).map(AsRef::as_ref)
}

/// The API server takes an empty string for a value; nobody is called so.
fn is_absent(value: &Value) -> bool {
    value.is_null() || *value == json!("")
}

fn unknown(name: &str) -> String {
    let name = super::clean(name, 253);
    format!(
        "[ExemptionUnknown] spec.exemption: there is no EnforcementExemption named {name:?}, so there is nothing to approve \
         (an approval counts for one exemption as it is). Create it first; if that was just done, send the approval again.\n\
         spec.exemption：不存在名为 {name:?} 的 EnforcementExemption；请先创建豁免申请，再提交批准。"
    )
}
