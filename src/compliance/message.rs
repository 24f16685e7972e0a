//! What a person reads in `kubectl` when something is refused or will be.
//!
//! In: findings and the workload. Out: plain text. Must not: exceed 2 KiB for a denial or 120
//! characters for a warning, and must not print Debug text or control characters.

use jiff::Timestamp;

use super::finding::Finding;
use super::gate::{Change, Workload};
use crate::law::calendar::CHINA_STANDARD_TIME;

/// Where people read on.
const DOCUMENT: &str = "docs/law.md";
/// Bytes of a whole denial.
const DENIAL_BYTES: usize = 2048;
/// Bytes of [`refusal_line`]: one for each service of a namespace must fit into one object.
const LINE_BYTES: usize = 1536;
/// Characters of one warning; the API server cuts longer ones.
const WARNING_CHARACTERS: usize = 120;
/// Characters of a record detail inside a denial.
const DETAIL_CHARACTERS: usize = 160;

/// The text of a refusal. `service` is the service's name, or `namespace/name` to have the
/// namespace in the command that it suggests.
#[must_use]
pub fn denial(service: &str, workload: &Workload<'_>, findings: &[Finding]) -> String {
    let (flag, name) = match service.split_once('/') {
        Some((namespace, name)) => (format!(" -n {}", clean(namespace, 63)), clean(name, 63)),
        None => (String::new(), clean(service, 63)),
    };
    let subject = match clean(workload.name, 80) {
        name if name.is_empty() => clean(workload.kind, 40),
        name => format!("{} {name}", clean(workload.kind, 40)),
    };
    let what = match workload.change {
        Change::Create => "is refused",
        Change::Template | Change::Other => "may not change its pod template",
    };
    let head = format!("{subject} {what}: the deep synthesis service {name} does not keep the law.\n");
    let tail = format!("More: kubectl describe dss {name}{flag}  and  {DOCUMENT}");
    let english: Vec<String> =
        findings.iter().enumerate().map(|(index, finding)| english(index + 1, finding)).collect();
    let chinese: Vec<String> =
        findings.iter().enumerate().map(|(index, finding)| chinese(index + 1, finding)).collect();
    // Both languages or neither: as many findings as fit, worst first, and how many were left out.
    for shown in (0..=findings.len()).rev() {
        let left = findings.len() - shown;
        let mut text = head.clone();
        text.extend(english.iter().take(shown).map(String::as_str));
        text.push_str(&format!("深度合成服务 {name} 未履行以下义务，操作被拒绝：\n"));
        text.extend(chinese.iter().take(shown).map(String::as_str));
        if left > 0 {
            text.push_str(&format!("… {left} more 另有 {left} 项\n"));
        }
        text.push_str(&tail);
        if text.len() <= DENIAL_BYTES {
            return text;
        }
    }
    tail
}

/// The same reasons on one line, as the policies inside the API server say them: their messages hold no line breaks. As
/// many findings as fit, worst first, both languages or neither; of the others code and article.
#[must_use]
pub fn refusal_line(findings: &[Finding]) -> String {
    let english = |finding: &Finding| {
        let reason = finding.reason;
        format!("[{}] {} ({}) {}", reason.code(), reason.message_en(), reason.article(), reason.remedy_en())
    };
    let chinese = |finding: &Finding| {
        let reason = finding.reason;
        format!("{}（{}）{}", reason.message_zh(), reason.duty().article_zh(), reason.remedy_zh())
    };
    let code = |finding: &Finding| format!("[{}] ({})", finding.reason.code(), finding.reason.article());
    for shown in (1..=findings.len()).rev() {
        let (told, named) = findings.split_at(shown);
        let parts: Vec<String> =
            told.iter().map(english).chain(named.iter().map(code)).chain(told.iter().map(chinese)).collect();
        let line = clean(&parts.join(" "), usize::MAX);
        if line.len() <= LINE_BYTES {
            return line;
        }
    }
    clean(&findings.iter().map(code).collect::<Vec<_>>().join(" "), LINE_BYTES)
}

/// One warning per finding, for the `warnings` of an admission response.
#[must_use]
pub fn warnings(service: &str, findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| {
            let until = finding.due.map(|due| format!(" by {}", last_day(due))).unwrap_or_default();
            let text = format!("{service}: [{}]{until} {}", finding.reason.code(), finding.reason.message_en());
            clean(&text, WARNING_CHARACTERS)
        })
        .collect()
}

fn english(number: usize, finding: &Finding) -> String {
    let reason = finding.reason;
    let detail = finding.detail.as_deref().map(|detail| format!(" {}.", clean(detail, DETAIL_CHARACTERS)));
    let due = finding.due.map(|due| format!(" Last day: {} (China).", last_day(due)));
    format!(
        "{number}. [{}] {}{}{} ({})\n   → {}\n",
        reason.code(),
        reason.message_en(),
        detail.unwrap_or_default(),
        due.unwrap_or_default(),
        reason.article(),
        reason.remedy_en()
    )
}

fn chinese(number: usize, finding: &Finding) -> String {
    let reason = finding.reason;
    format!(
        "{number}. [{}] {}（{}）\n   → {}\n",
        reason.code(),
        reason.message_zh(),
        reason.duty().article_zh(),
        reason.remedy_zh()
    )
}

/// The day whose end is the instant: a deadline at midnight belongs to the day before.
fn last_day(due: Timestamp) -> jiff::civil::Date {
    let eve = due.checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap_or(due);
    CHINA_STANDARD_TIME.to_datetime(eve).date()
}

/// One line of at most `limit` characters: names and details come from people.
pub(super) fn clean(text: &str, limit: usize) -> String {
    let mut line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() > limit {
        line = line.chars().take(limit.saturating_sub(1)).collect();
        line.push('…');
    }
    line
}
