//! What is injected: the mutating phase of a pod's creation (Order 12 Art. 16).

use super::review::{AdmissionRequest, Answer};
use super::{Context, ambiguous, is_mirror};
use crate::inject;
use crate::operator::judge::Judge;

/// Answers with the patch that puts the sidecar in front of the application. Whether the pod may run at all is the
/// validating phase's question.
#[must_use]
pub fn mutate(context: &Context<'_>, request: &AdmissionRequest) -> Answer {
    if request.operation != "CREATE" || request.kind.kind != "Pod" || is_mirror(request) {
        return Answer::allow();
    }
    let labels = inject::template_labels(&request.object);
    match context.snapshot.selecting(&request.namespace, &labels).as_slice() {
        [] => Answer::allow(),
        [service] => {
            let plan = Judge::new(context.snapshot).published_plan(service, context.settings, context.verify_key);
            match inject::patch(&request.object, &plan) {
                Ok(patch) => Answer { patch, ..Answer::default() },
                Err(error) => Answer::deny(format!("[{}] {error} (Order 12 Art. 16)", error.code())),
            }
        }
        several => Answer::deny(ambiguous(several)),
    }
}
