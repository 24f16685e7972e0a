//! What a request from an enrolled namespace asks: a workload that wants to run, a way into one that runs, or a way to it.
//!
//! In: the request. Out: the answer of the file that knows. Must not: answer by itself.

use super::review::{AdmissionRequest, Answer};
use super::{Context, access, exposure, workload};
use crate::compliance::access::Access;
use crate::operator::event::Note;

/// The answer, and a note for the service's Events when a workload is refused.
#[must_use]
pub fn validate(context: &Context<'_>, request: &AdmissionRequest) -> (Answer, Option<Note>) {
    match (request.kind.kind.as_str(), request.sub_resource.as_str(), Access::of(&request.sub_resource)) {
        (_, _, Some(access)) => (access::validate(context, request, access), None),
        (_, "resize", _) => (access::validate_resize(request), None),
        ("Service", ..) => (exposure::validate(context, request), None),
        _ => workload::validate(context, request),
    }
}
