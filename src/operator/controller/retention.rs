//! Whether records are really kept: what the ledger has, beside what the service declares. Pure.
//!
//! In: the ledger's answer, the status that stands, a clock. Out: the condition `Retention` and the pinned checkpoints. Must not: call
//! a service fine whose ledger is silent, or write a status at every record.

use jiff::{SignedDuration, Timestamp};

use super::condition::Said;
use super::status::seconds;
use crate::api::service::{LogStatus, RetentionStatus};
use crate::contract::coverage::{Coverage, LogCoverage};
use crate::law::calendar::china_date;
use crate::law::{Duty, Months};
use crate::operator::ledger::coverage::Covered;
use crate::record::checkpoint::signer;
use crate::record::retention::kept_until_passed;

/// A checkpoint is pinned anew after so long: often enough for an inspector, seldom enough for the API server.
const PIN: SignedDuration = SignedDuration::from_hours(1);
const RULE_ZH: &str = "《网络安全法》第二十三条第（三）项、《规定》第十六条第二款";

/// What is known of the records of one service.
#[derive(Clone, Copy, Debug, Default)]
pub enum Kept<'a> {
    /// No ledger.
    #[default]
    NoLedger,
    /// It was not asked about this service yet.
    NotAsked,
    /// It does not answer.
    Unreachable,
    /// It answered.
    Known(&'a Coverage),
}

impl<'a> Kept<'a> {
    /// Of the service with that UID.
    #[must_use]
    pub fn of(covered: &'a Covered, uid: Option<&str>) -> Self {
        match covered {
            Covered::NoLedger => Self::NoLedger,
            Covered::NotAsked => Self::NotAsked,
            Covered::Unreachable => Self::Unreachable,
            Covered::Kept(services) => uid.and_then(|uid| services.get(uid)).map_or(Self::NotAsked, Self::Known),
        }
    }
}

/// The condition: what the law says of the declaration comes first, then what there is.
#[must_use]
pub fn condition(declared: Said, kept: Kept<'_>, pinned: Option<&RetentionStatus>, at: Timestamp) -> Said {
    if declared.status == "False" {
        return declared;
    }
    let said = |status, reason, message: String| Said { kind: declared.kind, status, reason, message };
    let rule = rule();
    let coverage = match kept {
        Kept::NoLedger => return declared,
        Kept::NotAsked => {
            let text = "The ledger was not asked yet what it keeps. 尚未向账本查询留存情况。";
            return said("Unknown", "LedgerNotAsked", text.to_owned());
        }
        Kept::Unreachable => {
            let text = "The ledger does not answer: what it keeps cannot be said. Look at the Deployment deepsynthesis-ledger. \
                        账本无响应，无法确认留存情况，请检查 deepsynthesis-ledger。";
            return said("Unknown", "LedgerUnreachable", text.to_owned());
        }
        Kept::Known(coverage) => coverage,
    };
    if let Some((class, before, now)) = gone_back(coverage, pinned, at) {
        let text = format!(
            "The log {class} had {before} lines and is another one now, of {now}: the ledger's volume was rolled back or replaced ({rule}). Restore it; \
             status.retention holds the last checkpoint that was seen, for deepsynthesis-ledger verify --trusted-checkpoint. \
             日志 {class} 曾有 {before} 行，现为另一份 {now} 行的日志：账本数据被回退或替换（{RULE_ZH}），请恢复数据。"
        );
        return said("False", "LedgerRolledBack", text);
    }
    if coverage.silent > 0 {
        let (count, pods) = (coverage.silent, coverage.silent_pods.join(", "));
        let text = format!(
            "{count} pods have served for three minutes and brought no record ({rule}), their UIDs: {pods}. Delete them: new ones are \
             injected with records; otherwise read the sidecar's log. {count} 个 Pod 没有任何日志记录（{RULE_ZH}），请删除重建或查看边车日志。"
        );
        return said("False", "PodsWithoutRecords", text);
    }
    let missing: u64 = coverage.logs.values().map(|log| log.missing).sum();
    if missing > 0 {
        let pods: Vec<&str> = coverage.logs.values().flat_map(|log| &log.missing_pods).map(String::as_str).collect();
        let pods = pods.join(", ");
        let text = format!(
            "{missing} records never came, of the pods {pods} ({rule}): they were lost with a pod, or its spool was full. Note it for \
             the inspector; a longer spool or a nearer ledger prevents the next gap. 缺失 {missing} 条记录（{RULE_ZH}），请登记说明。"
        );
        return said("False", "RecordsMissing", text);
    }
    let mut logs: Vec<String> = coverage.logs.iter().filter_map(|(class, log)| kept_text(class, log)).collect();
    if logs.is_empty() {
        let text = "No record yet: nothing was generated. 尚无生成记录。";
        return said("True", "NoRecords", text.to_owned());
    }
    logs.sort();
    let logs = logs.join("; ");
    said("True", "RecordsKept", format!("Records are kept: {logs} ({rule}). 日志留存正常（{RULE_ZH}）。"))
}

/// Where it stands.
fn rule() -> String {
    format!("{}; {}", Duty::NetworkLogs.article(), Duty::LogKeeping.article())
}

/// Days and periods only: numbers that grow with every record would be a write with every record.
fn kept_text(class: &str, log: &LogCoverage) -> Option<String> {
    Some(format!("{class} since {} for {}", date(log.oldest?), log.kept_for))
}

fn date(at: i64) -> String {
    Timestamp::from_millisecond(at).map(|at| china_date(at).to_string()).unwrap_or_default()
}

/// A log that is shorter than it was seen to be, or another ledger's: class, lines then, lines now. Not for longer than its records
/// would have been kept.
fn gone_back<'a>(
    coverage: &Coverage,
    pinned: Option<&'a RetentionStatus>,
    now: Timestamp,
) -> Option<(&'a str, u64, u64)> {
    pinned?.logs.iter().find_map(|before| {
        let log = coverage.logs.get(&before.class);
        let size = log.map_or(0, |log| log.size);
        (is_another(before, log) && !is_over(before, now)).then_some((before.class.as_str(), before.size, size))
    })
}

fn is_another(before: &LogStatus, log: Option<&LogCoverage>) -> bool {
    log.is_none_or(|log| log.size < before.size || signer(&log.checkpoint) != signer(&before.checkpoint))
}

/// Whether everything that was seen then need not be there any more.
fn is_over(before: &LogStatus, now: Timestamp) -> bool {
    let (Ok(seen), Ok(period)) = (before.seen_at.parse::<Timestamp>(), Months::parse(&before.kept_for)) else {
        return true;
    };
    kept_until_passed(seen.as_millisecond(), period, now.as_millisecond())
}

/// What stands in the status: the newest checkpoints that were seen, by the hour. What is seen to go back stays as it was.
#[must_use]
pub fn status(kept: Kept<'_>, pinned: Option<&RetentionStatus>, now: Timestamp) -> Option<RetentionStatus> {
    let Kept::Known(coverage) = kept else { return pinned.cloned() };
    let mut logs: Vec<LogStatus> = Vec::new();
    for (class, log) in &coverage.logs {
        let before = pinned.and_then(|pinned| pinned.logs.iter().find(|before| before.class == *class));
        logs.push(match before {
            Some(before) if is_fresh(before, log, now) => before.clone(),
            Some(before) if is_another(before, Some(log)) && !is_over(before, now) => before.clone(),
            _ => LogStatus {
                class: class.clone(),
                kept_for: log.kept_for.clone(),
                oldest: log.oldest.map(date),
                size: log.size,
                checkpoint: log.checkpoint.clone(),
                seen_at: seconds(now).to_string(),
            },
        });
    }
    // A log that is gone was seen nevertheless.
    let lost = |log: &&LogStatus| !coverage.logs.contains_key(&log.class) && !is_over(log, now);
    logs.extend(pinned.iter().flat_map(|pinned| &pinned.logs).filter(lost).cloned());
    logs.sort_by(|one, other| one.class.cmp(&other.class));
    (!logs.is_empty()).then_some(RetentionStatus { logs })
}

fn is_fresh(before: &LogStatus, log: &LogCoverage, now: Timestamp) -> bool {
    let is_young = before.seen_at.parse::<Timestamp>().is_ok_and(|seen| now.duration_since(seen) < PIN);
    let is_same = before.kept_for == log.kept_for && before.oldest == log.oldest.map(date);
    !is_another(before, Some(log)) && is_same && (is_young || before.size == log.size)
}

#[cfg(test)]
#[path = "retention_tests.rs"]
mod tests;
