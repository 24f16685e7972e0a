//! Entries of a report out of what the law, the proof and the scan itself find. Pure.
//!
//! In: findings, duties, objects. Out: [`Entry`]. Must not: judge.

use std::collections::BTreeMap;

use serde_json::Value;

use super::report::{Entry, Outcome, Subject};
use crate::compliance::Finding;
use crate::law::Duty;
use crate::operator::workload::Kind;

/// What a rule of the law found.
pub(super) fn of_finding(outcome: Outcome, subject: Subject, finding: &Finding) -> Entry {
    let reason = finding.reason;
    let detail = finding.detail.as_ref().map(|detail| format!(" {detail}.")).unwrap_or_default();
    let mut entry = of_duty(outcome, subject, reason.duty(), reason.code(), format!("{}{detail}", reason.message_en()));
    entry.properties.insert("messageZh", reason.message_zh().to_owned());
    entry.properties.insert("remedy", reason.remedy_en().to_owned());
    entry.properties.insert("remedyZh", reason.remedy_zh().to_owned());
    if let Some(due) = finding.due {
        entry.properties.insert("due", due.to_string());
    }
    entry
}

/// Anything else about a duty.
pub(super) fn of_duty(outcome: Outcome, subject: Subject, duty: Duty, rule: &str, message: String) -> Entry {
    Entry {
        outcome,
        subject,
        policy: duty.id().to_owned(),
        rule: rule.to_owned(),
        category: duty.article().to_owned(),
        message,
        properties: BTreeMap::new(),
    }
}

/// What only a scan sees: a way to generated content that does not lead through the sidecar.
pub(super) struct Unlabelled<'a> {
    /// What it came to.
    pub outcome: Outcome,
    /// Stable code.
    pub rule: &'a str,
    /// What is wrong.
    pub message: String,
    /// The same in Chinese.
    pub message_zh: &'a str,
    /// What to do instead.
    pub remedy: &'a str,
    /// The same in Chinese.
    pub remedy_zh: &'a str,
}

impl Unlabelled<'_> {
    /// As an entry about an object.
    pub fn about(self, subject: Subject) -> Entry {
        let mut entry = of_duty(self.outcome, subject, Duty::TechnicalMark, self.rule, self.message);
        entry.properties.insert("messageZh", self.message_zh.to_owned());
        entry.properties.insert("remedy", self.remedy.to_owned());
        entry.properties.insert("remedyZh", self.remedy_zh.to_owned());
        entry
    }
}

/// An object of a list, which does not name its kind.
pub(super) fn subject(kind: Kind, object: &Value) -> Subject {
    let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default().to_owned();
    Subject {
        api_version: kind.api_version().to_owned(),
        kind: kind.name.to_owned(),
        namespace: text("namespace"),
        name: text("name"),
        uid: text("uid"),
    }
}

/// The members of a list; what is none has none.
pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
