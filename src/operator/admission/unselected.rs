//! Workloads that no service selects: may they run undeclared (Order 12 Art. 2).
//!
//! In: the request, its template, the snapshot. Out: an answer. Must not: look at other objects of the namespace; admission
//! knows the one that is asked about.

use serde_json::Value;

use super::Context;
use super::review::{AdmissionRequest, Answer};
use crate::compliance::undeclared::{
    Unselected, is_not_generative, undeclared_denial, undeclared_finding, undeclared_warnings,
};
use crate::compliance::{Decision, undeclared};
use crate::detect::detect;
use crate::inject;
use crate::operator::judge::Judge;

/// Answers for a workload that is created or changes its template.
#[must_use]
pub fn validate(context: &Context<'_>, request: &AdmissionRequest, template: &Value, name: &str) -> Answer {
    let labels = inject::template_labels(template);
    let judge = Judge::new(context.snapshot);
    let today = judge.now(context.now).china_date();
    if is_not_generative(&judge.decisions_in(&request.namespace), &request.namespace, &labels, today) {
        return Answer::allow();
    }
    let seen = detect(&request.object, &[]);
    let kind = request.kind.kind.as_str();
    let workload = Unselected { kind, name, namespace: &request.namespace, labels: &labels };
    match undeclared(judge.policy(), false, &seen) {
        Decision::Allow => {
            if let Some(finding) = undeclared_finding(judge.policy(), false, &seen) {
                let (namespace, code) = (request.namespace.as_str(), finding.reason.code());
                tracing::info!(
                    namespace,
                    kind,
                    name,
                    code,
                    detail = finding.detail,
                    "admitted undeclared in mode Audit"
                );
            }
            Answer::allow()
        }
        Decision::Warn(findings) => {
            Answer { warnings: undeclared_warnings(&workload, &seen, &findings), ..Answer::default() }
        }
        Decision::Deny(findings) => Answer::deny(undeclared_denial(&workload, &seen, &findings)),
    }
}
