//! What a request from an enrolled namespace asks: a workload that wants to run, or a way into one that runs.
//!
//! In: the request. Out: the answer of the file that knows. Must not: answer by itself.

use super::review::{AdmissionRequest, Answer};
use super::{Context, access, workload};
use crate::compliance::access::Access;
use crate::operator::event::Note;

/// The answer, and a note for the service's Events when a workload is refused.
#[must_use]
pub fn validate(context: &Context<'_>, request: &AdmissionRequest) -> (Answer, Option<Note>) {
    match (request.sub_resource.as_str(), Access::of(&request.sub_resource)) {
        (_, Some(access)) => (access::validate(context, request, access), None),
        ("resize", _) => (access::validate_resize(request), None),
        _ => workload::validate(context, request),
    }
}
