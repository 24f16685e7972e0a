//! Log retention: Order 12 Arts 10 and 16 name no period; Cybersecurity Law Art. 23(3) and Labelling Measures Art. 9 do.
//!
//! In: declared periods and the policy's floor. Out: a judgement per duty. Must not: count days; the law counts months.

use super::{Judgement, missing};
use crate::compliance::facts::Facts;
use crate::compliance::finding::Finding;
use crate::compliance::reason::Reason;
use crate::compliance::verdict::RuleState;
use crate::law::months::LOG_RETENTION_FLOOR;
use crate::law::{Duty, Months};

/// Judges every duty of this family.
pub(in crate::compliance) fn judge(facts: &Facts<'_>, out: &mut Vec<Judgement>) {
    let spec = facts.spec;
    let policy = Months::parse(&facts.policy.retention_floor).unwrap_or(LOG_RETENTION_FLOOR);
    // A policy cannot go below the law.
    let floor = if policy.reaches(LOG_RETENTION_FLOOR) { policy } else { LOG_RETENTION_FLOOR };
    let reaches = |text: &str| Months::parse(text).is_ok_and(|period| period.reaches(floor));
    let logs = reaches(&spec.retention.logs);
    for duty in [Duty::NetworkLogs, Duty::LogKeeping, Duty::AlgorithmLogs] {
        if !facts.binds(duty) {
            continue;
        }
        let judgement = Judgement::new(duty, RuleState::Satisfied);
        out.push(if logs {
            judgement
        } else {
            let text = format!("spec.retention.logs is {}, the least is P{}M", spec.retention.logs, floor.count());
            judgement.close(Finding::violation(Reason::RetentionBelowFloor).detail(text))
        });
    }
    if !facts.binds(Duty::Waiver) {
        return;
    }
    let waiver = spec.labelling.waiver.clone().unwrap_or_default();
    let conditions = [
        ("spec.agreement", spec.agreement.is_some()),
        ("spec.labelling.waiver.clause", waiver.clause.is_some()),
        ("spec.labelling.waiver.logRecipient", waiver.log_recipient),
        ("spec.retention.waiver of P6M", reaches(&spec.retention.waiver)),
    ];
    let judgement = Judgement::new(Duty::Waiver, RuleState::Satisfied);
    out.push(match missing(&conditions) {
        None => judgement,
        Some(lacking) => judgement.close(Finding::violation(Reason::WaiverUnlawful).detail(lacking)),
    });
}
