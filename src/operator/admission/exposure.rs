//! A Service that leads to a port in front of which no sidecar stands (Order 12 Art. 16): said at once, not refused.
//!
//! In: the Service and the snapshot. Out: warnings. Must not: refuse or change it; the sidecar makes a pod unready whose
//! application listens where the sidecar does not, and the scan sees the pods behind every Service.

use serde_json::json;

use super::Context;
use super::review::{AdmissionRequest, Answer};
use crate::inject;
use crate::operator::scan::exposure::Ways;
use crate::operator::snapshot::names;
use crate::operator::workload::POD;

/// Warns for ports of pods that carry at least the labels that the Service asks for.
#[must_use]
pub fn validate(context: &Context<'_>, request: &AdmissionRequest) -> Answer {
    let pod = json!({"metadata": {"labels": request.object["spec"]["selector"]}, "spec": {}});
    let mut ways = Ways::new(context.snapshot);
    for service in context.snapshot.selecting(&request.namespace, &inject::template_labels(&pod)) {
        let (namespace, name) = names(service);
        ways.note(POD, &pod, &(namespace.to_owned(), name.to_owned()));
    }
    let warnings = ways.service(&request.object).into_iter().map(|exposure| {
        let entry = exposure.entry;
        format!("[{}] {}", entry.rule, entry.message)
    });
    Answer { warnings: warnings.collect(), ..Answer::default() }
}
