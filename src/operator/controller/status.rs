//! From a verdict to what people read: conditions, findings, gate. Pure.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

use crate::api::DeepSynthesisService;
use crate::api::service::{DeepSynthesisServiceStatus, Delivery, Disclosure, FindingStatus, WorkloadsStatus};
use crate::compliance::validate::Invalid;
use crate::compliance::{Finding, Gate, RuleState, Severity, Verdict};
use crate::law::Duty;

/// A condition before its transition time is known.
struct Said {
    kind: &'static str,
    status: &'static str,
    reason: &'static str,
    message: String,
}

/// The status of a service.
#[must_use]
pub fn build(
    service: &DeepSynthesisService,
    verdict: &Verdict,
    invalid: &[Invalid],
    matched: u32,
    injected: u32,
    now: Timestamp,
) -> DeepSynthesisServiceStatus {
    let generation = service.metadata.generation;
    let previous = service.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    let conditions = [
        ready(verdict, invalid),
        rule("Filed", verdict, &[Duty::Filing], "Order 12 Art. 19"),
        rule("Assessed", verdict, &[Duty::ToolAssessment, Duty::LaunchAssessment], "Order 12 Arts 15 and 20"),
        labelling(service),
        injection(matched, injected),
    ]
    .into_iter()
    .map(|said| condition(said, previous, generation, now))
    .collect();
    let missing: Vec<_> = violations(verdict).map(|finding| finding.reason.code()).collect();
    DeepSynthesisServiceStatus {
        observed_generation: generation,
        gate: Some(verdict.gate.as_str().to_owned()),
        next_deadline: verdict.next_deadline.map(|instant| instant.to_string()),
        missing: (!missing.is_empty()).then(|| missing.join(",")),
        findings: verdict.findings.iter().map(finding_status).collect(),
        workloads: Some(WorkloadsStatus {
            matched,
            injected,
            uninjected: matched.saturating_sub(injected),
            summary: format!("{injected}/{matched}"),
        }),
        config: None,
        replacements_until: verdict.replacements_until.map(|instant| instant.to_string()),
        disclosure: verdict
            .filing
            .as_ref()
            .map(|filing| Disclosure { number: filing.number.clone(), link: filing.link.clone() }),
        conditions,
    }
}

fn ready(verdict: &Verdict, invalid: &[Invalid]) -> Said {
    let said = |status, reason, message| Said { kind: "Ready", status, reason, message };
    if let Some(first) = invalid.first() {
        return said("False", "Invalid", first.to_string());
    }
    match (verdict.gate, first_remedy(verdict)) {
        (Gate::Open, _) => {
            said("True", "GateOpen", "Everything the law asks for before launch is on record.".to_owned())
        }
        (Gate::Grace, remedy) => said("True", "GateGrace", remedy),
        (Gate::Closed, remedy) => said("False", "GateClosed", remedy),
    }
}

fn first_remedy(verdict: &Verdict) -> String {
    verdict
        .findings
        .iter()
        .find(|finding| finding.reason.closes())
        .map(|finding| {
            let reason = finding.reason;
            format!(
                "{} {} ({}) {} {}",
                reason.message_en(),
                reason.remedy_en(),
                reason.article(),
                reason.message_zh(),
                reason.remedy_zh()
            )
        })
        .unwrap_or_default()
}

fn rule(kind: &'static str, verdict: &Verdict, rules: &[Duty], articles: &str) -> Said {
    let states: Vec<_> = rules.iter().map(|rule| verdict.state(*rule)).collect();
    let said =
        |status, reason, message: &str| Said { kind, status, reason, message: format!("{message} ({articles})") };
    if states.contains(&RuleState::Violated) {
        said("False", "RecordMissing", "What the law asks for is not on record; see findings")
    } else if states.contains(&RuleState::CannotKnow) {
        said("Unknown", "CannotKnow", "The cluster cannot tell")
    } else if states.contains(&RuleState::Satisfied) {
        said("True", "OnRecord", "On record")
    } else {
        said("True", "NotRequired", "Not required of this service")
    }
}

fn labelling(service: &DeepSynthesisService) -> Said {
    let said = |status, reason, message: &str| Said { kind: "Labelling", status, reason, message: message.to_owned() };
    match service.spec.delivery {
        Delivery::Http => {
            said("True", "Sidecar", "Content over HTTP passes the labelling sidecar (Order 12 Arts 16, 17)")
        }
        Delivery::Volume | Delivery::ObjectStore | Delivery::Queue => {
            said("Unknown", "CannotKnow", "Content leaves by a way that the sidecar does not see (Order 12 Art. 16)")
        }
    }
}

fn injection(matched: u32, injected: u32) -> Said {
    let said = |status, reason| Said {
        kind: "Injected",
        status,
        reason,
        message: format!("{injected} of {matched} pods carry the labelling sidecar (Order 12 Art. 16)"),
    };
    match (matched, injected) {
        (0, _) => said("True", "NoPods"),
        (matched, injected) if injected >= matched => said("True", "AllPods"),
        _ => said("False", "UninjectedPods"),
    }
}

fn condition(said: Said, previous: &[Condition], generation: Option<i64>, now: Timestamp) -> Condition {
    // The transition time moves only when the status does (KEP-1623).
    let since = previous
        .iter()
        .find(|old| old.type_ == said.kind && old.status == said.status)
        .map_or(Time(now), |old| old.last_transition_time.clone());
    Condition {
        type_: said.kind.to_owned(),
        status: said.status.to_owned(),
        reason: said.reason.to_owned(),
        message: said.message,
        observed_generation: generation,
        last_transition_time: since,
    }
}

fn violations(verdict: &Verdict) -> impl Iterator<Item = &Finding> {
    verdict.findings.iter().filter(|finding| finding.severity == Severity::Violation)
}

fn finding_status(finding: &Finding) -> FindingStatus {
    let reason = finding.reason;
    let detail = finding.detail.as_ref().map(|detail| format!(" {detail}.")).unwrap_or_default();
    FindingStatus {
        code: reason.code().to_owned(),
        article: reason.article().to_owned(),
        severity: finding.severity.as_str().to_owned(),
        message: format!("{}{detail}", reason.message_en()),
        message_zh: reason.message_zh().to_owned(),
        remedy: reason.remedy_en().to_owned(),
        remedy_zh: reason.remedy_zh().to_owned(),
        since: None,
        due: finding.due.map(|due| due.to_string()),
    }
}
