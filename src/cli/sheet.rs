//! One service and every duty of the catalogue: what `why`, `report` and `calendar` print.
//!
//! In: a snapshot and a clock. Out: a [`Sheet`] per service. Must not: know rules; the verdict is the operator's, the words are the
//! catalogue's.

use jiff::Timestamp;
use serde::Serialize;

use crate::api::service::{DeepSynthesisServiceStatus, RetentionStatus};
use crate::api::{DeepSynthesisService, Mode};
use crate::compliance::{Finding, RuleState, Verdict};
use crate::law::Duty;
use crate::operator::judge::Judge;
use crate::operator::snapshot::{Snapshot, names};

/// One service under the law at one moment.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sheet {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Who provides it.
    pub provider: String,
    /// Unified social credit code.
    pub unified_social_credit_code: String,
    /// Its service code.
    pub service_code: String,
    /// `Open`, `Grace` or `Closed`.
    pub gate: &'static str,
    /// `Enforce`, `Warn` or `Audit`.
    pub mode: &'static str,
    /// When the next deadline ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_deadline: Option<Timestamp>,
    /// Number of the filing in force (Order 12 Art. 19).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filing: Option<String>,
    /// Number of the generative AI filing or registration in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generative_ai_filing: Option<String>,
    /// Every duty of the catalogue, worst first.
    pub duties: Vec<Row>,
    /// What the cluster says of it, where it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<Observed>,
}

/// One duty.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Stable id.
    pub id: &'static str,
    /// Where it stands.
    pub article: &'static str,
    /// The same in Chinese.
    pub article_zh: &'static str,
    /// What it is.
    pub title: &'static str,
    /// The same in Chinese.
    pub title_zh: &'static str,
    /// `NotApplicable`, `Satisfied`, `CannotKnow`, `Pending` or `Violated`.
    pub state: &'static str,
    /// What was found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Why>,
    /// What to do about a breach, as the catalogue says.
    pub remedy: &'static str,
    /// The same in Chinese.
    pub remedy_zh: &'static str,
    /// Which record proves it, where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<&'static str>,
    /// What a cluster cannot hold of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beyond: Option<&'static str>,
}

/// One finding.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// Stable code.
    pub code: &'static str,
    /// `Violation`, `Warning` or `Notice`.
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
    /// The same in Chinese.
    pub message_zh: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// The same in Chinese.
    pub remedy_zh: &'static str,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// What stands in the service's status.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Observed {
    /// Pods with our sidecar, of those that the service selects.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pods: String,
    /// Conditions: type, status, reason, message, since when.
    pub conditions: Vec<Condition>,
    /// What the ledger keeps (Cybersecurity Law Art. 23(3)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention: Option<RetentionStatus>,
}

/// One condition.
#[derive(Clone, Debug, Serialize)]
pub struct Condition {
    /// Type.
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// CamelCase.
    pub reason: String,
    /// For people.
    pub message: String,
    /// Since when.
    pub since: Timestamp,
}

/// One sheet per service that is asked for, by namespace and name.
#[must_use]
pub fn sheets(snapshot: &Snapshot, now: Timestamp, is_asked: impl Fn(&DeepSynthesisService) -> bool) -> Vec<Sheet> {
    let judge = Judge::new(snapshot);
    let asked = snapshot.services.values().filter(|service| is_asked(service));
    asked.map(|service| sheet(service, &judge.verdict(service, now))).collect()
}

fn sheet(service: &DeepSynthesisService, verdict: &Verdict) -> Sheet {
    let (namespace, name) = names(service);
    let mut duties: Vec<(RuleState, Row)> = Duty::ALL.into_iter().map(|duty| row(duty, verdict)).collect();
    // Worst first; the order of the law among equals.
    duties.sort_by_key(|(state, _)| std::cmp::Reverse(*state));
    let provider = &service.spec.provider;
    Sheet {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        provider: provider.name.clone(),
        unified_social_credit_code: provider.unified_social_credit_code.clone(),
        service_code: provider.service_code.clone(),
        gate: verdict.gate.as_str(),
        mode: match verdict.mode {
            Mode::Audit => "Audit",
            Mode::Warn => "Warn",
            Mode::Enforce => "Enforce",
        },
        next_deadline: verdict.next_deadline,
        filing: verdict.filing.as_ref().map(|filing| filing.number.clone()),
        generative_ai_filing: verdict.generative_ai.as_ref().map(|filing| filing.number.clone()),
        duties: duties.into_iter().map(|(_, row)| row).collect(),
        observed: service.status.as_ref().map(observed),
    }
}

impl Row {
    /// The catalogue's remedy where a duty is not kept and no finding of its own says more: another duty's breach is behind it.
    #[must_use]
    pub fn bare_remedy(&self) -> Option<(&'static str, &'static str)> {
        let is_owed = matches!(self.state, "Violated" | "Pending") && self.reasons.is_empty();
        is_owed.then_some((self.remedy, self.remedy_zh))
    }
}

fn row(duty: Duty, verdict: &Verdict) -> (RuleState, Row) {
    let (state, entry) = (verdict.state(duty), duty.entry());
    let findings = verdict.findings.iter().filter(|finding| finding.reason.duty() == duty);
    let row = Row {
        id: entry.id,
        article: entry.article,
        article_zh: entry.article_zh,
        title: entry.title_en,
        title_zh: entry.title_zh,
        state: state.as_str(),
        reasons: findings.map(why).collect(),
        remedy: entry.remedy_en,
        remedy_zh: entry.remedy_zh,
        evidence: entry.record,
        beyond: entry.report,
    };
    (state, row)
}

fn why(finding: &Finding) -> Why {
    let reason = finding.reason;
    let detail = finding.detail.as_ref().map(|detail| format!(" {detail}.")).unwrap_or_default();
    Why {
        code: reason.code(),
        severity: finding.severity.as_str(),
        message: format!("{}{detail}", reason.message_en()),
        message_zh: reason.message_zh(),
        remedy: reason.remedy_en(),
        remedy_zh: reason.remedy_zh(),
        due: finding.due,
    }
}

fn observed(status: &DeepSynthesisServiceStatus) -> Observed {
    let conditions = status.conditions.iter().map(|condition| Condition {
        kind: condition.type_.clone(),
        status: condition.status.clone(),
        reason: condition.reason.clone(),
        message: condition.message.clone(),
        since: condition.last_transition_time.0,
    });
    Observed {
        pods: status.workloads.as_ref().map(|workloads| workloads.summary.clone()).unwrap_or_default(),
        conditions: conditions.collect(),
        retention: status.retention.as_deref().cloned(),
    }
}
