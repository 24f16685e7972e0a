//! Order 12 Arts 6(2) and 24: functions that other authorities license.
//!
//! In: declared functions and licences, the day. Out: whether each licensed function has a licence in force. Must not:
//! judge whether news is true.

use super::{End, Judgement};
use crate::api::service::{Function, Licence};
use crate::compliance::facts::{Facts, Now};
use crate::compliance::finding::Finding;
use crate::compliance::reason::Reason;
use crate::compliance::verdict::RuleState;
use crate::law::Duty;
use crate::law::calendar::end_of_day;

/// Judges both duties.
pub(in crate::compliance) fn judge(facts: &Facts<'_>, now: &Now<'_>, out: &mut Vec<Judgement>) {
    for function in facts.spec.functions.iter().filter(|function| function.is_licensed()) {
        let (duty, reason) = match function {
            Function::News => (Duty::News, Reason::NewsLicenceMissing),
            _ => (Duty::Licences, Reason::LicenceMissing),
        };
        if !facts.binds(duty) {
            continue;
        }
        let judgement = Judgement::new(duty, RuleState::Satisfied);
        let what = format!("Function {}", function.as_str());
        let licences = facts.spec.licences.iter().filter(|licence| licence.function == *function);
        out.push(match licences.filter_map(|licence| end(licence, now)).max() {
            None => judgement.close(Finding::violation(reason).detail(what)),
            Some(end) => judgement.until(end, Reason::LicenceLapsesSoon, &what, now),
        });
    }
}

/// How long a licence that counts today does; `None` when it does not, or when its day cannot be read.
fn end(licence: &Licence, now: &Now<'_>) -> Option<End> {
    let Some(day) = licence.valid_until.as_deref() else { return Some(End::Never) };
    let end = end_of_day(day.parse().ok()?);
    (now.instant < end).then_some(End::At(end))
}
