//! Order 12 Arts 6(2) and 24: functions that other authorities license.
//!
//! In: declared functions and licences, the day. Out: whether each licensed function has a licence in force. Must not:
//! judge whether news is true.

use super::Judgement;
use crate::api::service::{Function, Licence};
use crate::compliance::applies::{Known, applies};
use crate::compliance::facts::{Facts, Now};
use crate::compliance::finding::Finding;
use crate::compliance::moments::warning_days;
use crate::compliance::reason::Reason;
use crate::compliance::verdict::RuleState;
use crate::law::Duty;
use crate::law::calendar::end_of_day;

const LICENSED: [(Function, &str); 4] = [
    (Function::News, "News"),
    (Function::Publishing, "Publishing"),
    (Function::Culture, "Culture"),
    (Function::AudiovisualProgramme, "AudiovisualProgramme"),
];

/// Judges both duties.
pub(in crate::compliance) fn judge(facts: &Facts<'_>, now: &Now<'_>, out: &mut Vec<Judgement>) {
    for (function, name) in LICENSED.into_iter().filter(|(function, _)| facts.spec.functions.contains(function)) {
        let (duty, reason) = match function {
            Function::News => (Duty::News, Reason::NewsLicenceMissing),
            _ => (Duty::Licences, Reason::LicenceMissing),
        };
        if !applies(duty, facts.spec, Known::default()) {
            continue;
        }
        let mut judgement = Judgement::new(duty, RuleState::Satisfied);
        let licences = facts.spec.licences.iter().filter(|licence| licence.function == function);
        judgement = match licences.filter_map(|licence| lapse(licence, now)).max_by_key(|lapse| lapse.unwrap_or(NEVER))
        {
            None => judgement.close(Finding::violation(reason).detail(format!("Function {name}"))),
            Some(None) => judgement,
            Some(Some(lapse)) => {
                judgement.lapses_at = Some(lapse);
                match warning_days(lapse, now.instant) {
                    Some(days) => judgement.find(
                        RuleState::Satisfied,
                        Finding::ahead(Reason::LicenceLapsesSoon, days)
                            .due(Some(lapse))
                            .detail(format!("Function {name}, within {days} days")),
                    ),
                    None => judgement,
                }
            }
        };
        out.push(judgement);
    }
}

const NEVER: jiff::Timestamp = jiff::Timestamp::MAX;

/// When a licence that counts today lapses: `Some(None)` for never, `None` when it does not count.
fn lapse(licence: &Licence, now: &Now<'_>) -> Option<Option<jiff::Timestamp>> {
    let Some(text) = licence.valid_until.as_deref() else { return Some(None) };
    let end = end_of_day(text.parse().ok()?);
    (now.instant < end).then_some(Some(end))
}
