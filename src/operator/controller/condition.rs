//! From a verdict to conditions. Pure.
//!
//! In: a verdict and what runs. Out: one sentence per condition, in English and Chinese, that names what is missing, the
//! article and the next step. Must not: know when a condition turned; [`super::status`] does.

use super::retention;
use super::status::{Inputs, Pods};
use crate::api::Mode;
use crate::compliance::{Finding, Gate, RuleState, Severity, Verdict};
use crate::inject::Obstacle;
use crate::law::Duty;

/// Conditions that the operator writes.
pub const KINDS: [&str; 10] = [
    "Ready",
    "Injectable",
    "Filed",
    "Assessed",
    "IdentityVerification",
    "Labelling",
    "Retention",
    "Injected",
    "Enforced",
    "Stalled",
];

/// Findings that one message names.
const SHOWN: usize = 3;

const FILED: [Duty; 4] = [Duty::Filing, Duty::SupporterFiling, Duty::FilingDeadline, Duty::FilingChange];
const ASSESSED: [Duty; 4] =
    [Duty::ToolAssessment, Duty::LaunchAssessment, Duty::GenAiAssessment, Duty::AlgorithmAssessment];
const IDENTITY: [Duty; 2] = [Duty::IdentityVerification, Duty::NetworkIdentity];
const LABELLING: [Duty; 7] = [
    Duty::TechnicalMark,
    Duty::ConspicuousMark,
    Duty::MarkingFunction,
    Duty::ExplicitLabel,
    Duty::ExportLabel,
    Duty::ImplicitLabel,
    Duty::MarkIntegrity,
];
const RETENTION: [Duty; 4] = [Duty::LogKeeping, Duty::NetworkLogs, Duty::AlgorithmLogs, Duty::Waiver];

/// A condition before its transition time is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// One of [`KINDS`].
    pub kind: &'static str,
    /// `True`, `False` or `Unknown`.
    pub status: &'static str,
    /// CamelCase.
    pub reason: &'static str,
    /// For people.
    pub message: String,
}

impl Said {
    fn new(kind: &'static str, status: &'static str, reason: &'static str, message: impl Into<String>) -> Self {
        Self { kind, status, reason, message: message.into() }
    }
}

/// All conditions of a service.
#[must_use]
pub fn conditions(inputs: &Inputs<'_>) -> Vec<Said> {
    let verdict = inputs.verdict;
    let mut all = vec![
        ready(inputs),
        injectable(inputs),
        duties("Filed", verdict, &FILED),
        duties("Assessed", verdict, &ASSESSED),
        duties("IdentityVerification", verdict, &IDENTITY),
        duties("Labelling", verdict, &LABELLING),
        retention::condition(
            duties("Retention", verdict, &RETENTION),
            inputs.kept,
            inputs.seen.retention.as_deref(),
            inputs.now,
        ),
        injected(inputs.pods),
        enforced(inputs),
    ];
    // kstatus reads an absent condition as false. A closed gate is no stall: records may follow at any moment.
    if let Some(first) = inputs.invalid.first() {
        all.push(Said::new("Stalled", "True", "Invalid", first.to_string()));
    }
    all
}

/// What to do first, for `Ready` and for Events.
#[must_use]
pub fn first_remedy(verdict: &Verdict) -> String {
    let closing = verdict.findings.iter().find(|finding| finding.severity == Severity::Violation);
    closing
        .or_else(|| verdict.findings.iter().find(|finding| finding.reason.closes()))
        .map(sentence)
        .unwrap_or_default()
}

/// What is missing, the article, the next step, in both languages.
#[must_use]
pub fn sentence(finding: &Finding) -> String {
    let reason = finding.reason;
    let detail = finding.detail.as_ref().map(|detail| format!(" {detail}.")).unwrap_or_default();
    format!(
        "[{}] {}{detail} {} ({}) {}{}",
        reason.code(),
        reason.message_en(),
        reason.remedy_en(),
        reason.article(),
        reason.message_zh(),
        reason.remedy_zh()
    )
}

fn ready(inputs: &Inputs<'_>) -> Said {
    if let Some(first) = inputs.invalid.first() {
        return Said::new("Ready", "False", "Invalid", first.to_string());
    }
    match inputs.verdict.gate {
        Gate::Open => Said::new(
            "Ready",
            "True",
            "GateOpen",
            "Everything the law asks for before launch is on record. 上线前法律要求的事项均已备案或登记。",
        ),
        Gate::Grace => Said::new("Ready", "True", "GateGrace", first_remedy(inputs.verdict)),
        Gate::Closed => Said::new("Ready", "False", "GateClosed", first_remedy(inputs.verdict)),
    }
}

/// One condition for several duties: the worst of them counts.
fn duties(kind: &'static str, verdict: &Verdict, duties: &[Duty]) -> Said {
    let in_state = |state| duties.iter().copied().filter(move |duty| verdict.state(*duty) == state);
    let worst = duties.iter().map(|duty| verdict.state(*duty)).max().unwrap_or(RuleState::NotApplicable);
    match worst {
        RuleState::Violated | RuleState::Pending => {
            let findings: Vec<_> = verdict
                .findings
                .iter()
                .filter(|finding| duties.contains(&finding.reason.duty()) && finding.severity != Severity::Notice)
                .collect();
            // Who owes a change is filed: it is the change that is pending.
            let is_filed = worst == RuleState::Pending && in_state(worst).all(|duty| duty == Duty::FilingChange);
            let fallback = if worst == RuleState::Violated { "Missing" } else { "Pending" };
            let reason = findings.first().map_or(fallback, |finding| finding.reason.code());
            Said::new(kind, if is_filed { "True" } else { "False" }, reason, list(&findings, in_state(worst)))
        }
        RuleState::CannotKnow => {
            let duties = name(in_state(worst));
            Said::new(kind, "Unknown", "CannotKnow", format!("The cluster cannot tell 集群无法判断：{duties}."))
        }
        RuleState::Satisfied => {
            let duties = name(in_state(worst));
            Said::new(kind, "True", "Satisfied", format!("On record or declared 已登记或声明：{duties}."))
        }
        RuleState::NotApplicable => {
            Said::new(kind, "True", "NotRequired", "Not required of this service. 不适用于本服务。")
        }
    }
}

fn list(findings: &[&Finding], duties: impl Iterator<Item = Duty>) -> String {
    if findings.is_empty() {
        return format!("Not kept 未履行：{}.", name(duties));
    }
    let mut text = findings.iter().take(SHOWN).map(|finding| sentence(finding)).collect::<Vec<_>>().join(" ");
    if findings.len() > SHOWN {
        let left = findings.len() - SHOWN;
        text.push_str(&format!(" … {left} more in status.findings 另有 {left} 项"));
    }
    text
}

fn name(duties: impl Iterator<Item = Duty>) -> String {
    let names = duties.map(|duty| format!("{} {} ({})", duty.title_en(), duty.title_zh(), duty.article()));
    names.collect::<Vec<_>>().join("; ")
}

/// What will refuse the pods of a service once the sidecar is in them, before anybody creates one.
fn injectable(inputs: &Inputs<'_>) -> Said {
    let said = |status, reason, message: &str| Said::new("Injectable", status, reason, message);
    if !inputs.is_enrolled {
        return said(
            "Unknown",
            "NotEnrolled",
            "The namespace is not enrolled: nothing is injected. 命名空间未纳管，不注入边车。",
        );
    }
    let Some(obstacles) = inputs.obstacles else {
        return said("Unknown", "NotScanned", "The first scan is not over yet. 首次扫描尚未完成。");
    };
    let Some(first) = obstacles.first() else {
        return said(
            "True",
            "RoomForSidecar",
            "No LimitRange and no ResourceQuota stands in the way of the sidecar. LimitRange 与 ResourceQuota 均不妨碍注入边车。",
        );
    };
    let shown: Vec<_> = obstacles.iter().take(SHOWN).collect();
    let text = |sentence: fn(&Obstacle) -> String| shown.iter().map(|one| sentence(one)).collect::<Vec<_>>().join(" ");
    let message = format!(
        "With the labelling sidecar (Order 12 Art. 16) pods will be refused. {} 注入边车后 Pod 将被拒绝：{}",
        text(Obstacle::sentence_en),
        text(Obstacle::sentence_zh)
    );
    said("False", first.code(), &message)
}

fn injected(pods: Pods) -> Said {
    let message = format!(
        "{} of {} pods carry the labelling sidecar (Order 12 Art. 16). {} 个 Pod 中有 {} 个携带标识边车。",
        pods.injected,
        pods.matched(),
        pods.matched(),
        pods.injected
    );
    match (pods.matched(), pods.uninjected) {
        (0, _) => Said::new("Injected", "True", "NoPods", message),
        (_, 0) => Said::new("Injected", "True", "AllPods", message),
        _ => Said::new(
            "Injected",
            "False",
            "UninjectedPods",
            format!("{message} Delete the others: new ones are injected. 请删除其余 Pod，重建时会自动注入。"),
        ),
    }
}

fn enforced(inputs: &Inputs<'_>) -> Said {
    let said = |status, reason, message: &str| Said::new("Enforced", status, reason, message);
    if !inputs.is_enrolled {
        return said(
            "False",
            "NotEnrolled",
            "The namespace is not enrolled: nothing is refused and nothing is injected. Label it deepsynthesis.dev/enforce=true. \
             命名空间未纳管，请添加标签 deepsynthesis.dev/enforce=true。",
        );
    }
    match inputs.verdict.mode {
        Mode::Enforce => {
            said("True", "Enforced", "While the gate is closed new workloads are refused. 准入关闭时拒绝新的工作负载。")
        }
        Mode::Warn => said("False", "ModeWarn", "Mode Warn: nothing is refused. 模式为 Warn：仅警告，不拒绝。"),
        Mode::Audit => said("False", "ModeAudit", "Mode Audit: nothing is refused. 模式为 Audit：仅记录，不拒绝。"),
    }
}
