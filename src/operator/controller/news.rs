//! What is new: the Events that a change is worth. Pure.
//!
//! In: what the cluster holds and what is now. Out: notes for people, none when nothing changed. Must not: repeat itself at a
//! resync or after a change of leader; what was said is read from the cluster, not remembered.

use std::collections::BTreeSet;

use super::condition::{first_remedy, sentence};
use super::trace::tombstones;
use crate::api::ServiceHistorySpec;
use crate::compliance::{Gate, Severity, Verdict};
use crate::operator::seen::Seen;

/// Nothing is missing, and an Event without a message says nothing.
const OPENED: &str =
    "Pods may start: the records that the law asks for are there and count. 备案与评估均已生效，可以启动。";

/// One Event before its object is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// `Warning` or `Normal`.
    pub warning: bool,
    /// CamelCase.
    pub reason: &'static str,
    /// CamelCase.
    pub action: &'static str,
    /// For people.
    pub text: String,
}

/// What is new about a service: its gate, findings that appear, findings that are cured.
#[must_use]
pub fn of_service(seen: &Seen, verdict: &Verdict) -> Vec<News> {
    let mut news = Vec::new();
    if seen.gate != Some(verdict.gate.as_str()) {
        let (warning, reason) = match verdict.gate {
            Gate::Open => (false, "GateOpened"),
            Gate::Grace => (true, "GateInGrace"),
            Gate::Closed => (true, "GateClosed"),
        };
        let codes = verdict.findings.iter().filter(|finding| finding.severity == Severity::Violation);
        let codes: BTreeSet<_> = codes.map(|finding| finding.reason.code()).collect();
        let codes = codes.into_iter().collect::<Vec<_>>().join(", ");
        let text = format!("{codes} {}", first_remedy(verdict)).trim().to_owned();
        let text = if text.is_empty() { OPENED.to_owned() } else { text };
        news.push(News { warning, reason, action: "Judge", text });
    }
    // At the first look the gate's Event says it all.
    if !seen.is_judged {
        return news;
    }
    let before: BTreeSet<_> = seen.reasons().collect();
    let mut now = BTreeSet::new();
    for finding in verdict.findings.iter().filter(|finding| finding.severity != Severity::Notice) {
        if now.insert(finding.reason) && !before.contains(&finding.reason) {
            let reason = finding.reason.code();
            news.push(News { warning: true, reason, action: "Judge", text: sentence(finding) });
        }
    }
    for reason in before.difference(&now) {
        news.push(News {
            warning: false,
            reason: reason.code(),
            action: "Cure",
            text: format!("[{}] is cured ({}). 该问题已消除。", reason.code(), reason.article()),
        });
    }
    news
}

/// What is new about a history: deadlines that begin or are over.
#[must_use]
pub fn of_history(old: Option<&ServiceHistorySpec>, new: &ServiceHistorySpec) -> Vec<News> {
    let before = |field: fn(&ServiceHistorySpec) -> &Option<String>| old.is_some_and(|old| field(old).is_some());
    let (changed, cancel) = (before(|old| &old.change_due), before(|old| &old.cancel_due));
    let key = format!("{} {}", new.unified_social_credit_code, new.service_code);
    let mut news = Vec::new();
    let mut say = |warning, reason, text| news.push(News { warning, reason, action: "Remember", text });
    match (&new.change_due, changed) {
        (Some(due), false) => say(
            true,
            "ChangeDue",
            format!(
                "Service {key} differs from its filing in {}: hand in the change until {due} and note it in the FilingRecord \
                 (Algorithm Provisions Art. 24). 备案信息已变更，请在十个工作日内办理变更手续。",
                new.changed_fields.join(", ")
            ),
        ),
        (None, true) => say(false, "ChangeDone", format!("Service {key} is again as it was filed. 备案信息已一致。")),
        _ => {}
    }
    match (&new.cancel_due, cancel) {
        (Some(due), false) => say(
            true,
            "CancelDue",
            format!(
                "Service {key} is gone, its filing is not: hand in the cancellation until {due} and set the FilingRecord to \
                 Cancelled (Algorithm Provisions Art. 24). 服务已终止，请在二十个工作日内办理注销备案手续。"
            ),
        ),
        (None, true) if new.ended_at.is_some() => {
            say(false, "CancelDone", format!("The filing of service {key} is cancelled. 备案已注销。"));
        }
        (None, true) => say(false, "CancelDropped", format!("Service {key} is back. 服务已恢复。")),
        _ => {}
    }
    let known: BTreeSet<&str> =
        old.into_iter().flat_map(|old| tombstones(&old.records)).map(|(gone, _)| &*gone.uid).collect();
    for (gone, _) in tombstones(&new.records).filter(|(gone, _)| !known.contains(&*gone.uid)) {
        say(
            true,
            "RecordDeleted",
            format!(
                "{} {} ({}) of service {key} is gone; what it said counts no more, its digest {} stays on record. Create it again \
                 if it is still in force (Order 12 Arts 19, 20). 记录已被删除，摘要仍予保留；仍有效的请重新登记。",
                gone.kind.as_str(),
                gone.name,
                gone.number,
                gone.spec_sha256
            ),
        );
    }
    news
}
