//! Generative AI for the public: filing or registration, and the name and number to show (GenAI Interim Measures Art. 17).
//!
//! In: all filing records, the service, the day. Out: whether a filing or registration of its own is in force. Must not:
//! take an algorithm filing for one, or the upstream model's number for the service's own.

use jiff::civil::Date;

use super::Judgement;
use super::filing_match::role_name;
use crate::api::service::Role;
use crate::api::{FilingKind, FilingRecordSpec};
use crate::compliance::facts::{Facts, Named, Now};
use crate::compliance::finding::Finding;
use crate::compliance::reason::Reason;
use crate::compliance::verdict::{FilingInForce, RuleState};
use crate::law::{Duty, GenAiNumber};

/// Judges both duties; returns what must be shown.
pub(in crate::compliance) fn judge(
    facts: &Facts<'_>,
    now: &Now<'_>,
    out: &mut Vec<Judgement>,
) -> Option<FilingInForce> {
    let today = now.china_date();
    let counting = facts.filings.own.iter().filter(|record| counts(facts, record.spec, today));
    // The latest counts; of one day the name decides, so that the order of the records never does.
    let filing = counting.max_by_key(|record| (record.spec.filed_on.as_deref(), std::cmp::Reverse(record.name)));
    if facts.binds(Duty::GenAiFiling) {
        let judgement = Judgement::new(Duty::GenAiFiling, RuleState::Satisfied);
        out.push(match filing {
            Some(_) => judgement,
            None => judgement.close(near(facts)),
        });
    }
    if facts.binds(Duty::GenAiDisplay) && filing.is_some() {
        out.push(Judgement::new(Duty::GenAiDisplay, RuleState::Satisfied));
    }
    filing.map(|record| FilingInForce {
        record: record.name.to_owned(),
        number: record.spec.number.clone().unwrap_or_default(),
        link: record.spec.publicity_link.clone(),
        model: record.spec.model_name.clone(),
        as_of: record.spec.filed_on.clone(),
    })
}

fn is_generative_ai(record: &FilingRecordSpec) -> bool {
    record.kind != FilingKind::AlgorithmFiling
}

fn counts(facts: &Facts<'_>, record: &FilingRecordSpec, today: Date) -> bool {
    is_generative_ai(record)
        && record.role == Role::Provider
        && record.scope.namespaces.iter().any(|namespace| namespace == facts.namespace)
        && record.state.is_in_force()
        && record.model_name.is_some()
        && record.filed_on.as_deref().is_none_or(|day| day.parse::<Date>().is_ok_and(|day| day <= today))
        && record.number.as_deref().is_some_and(|number| GenAiNumber::parse(number).is_ok())
}

/// The record of this service that does not count, or that there is none.
fn near(facts: &Facts<'_>) -> Finding {
    let finding = Finding::violation(Reason::GenAiFilingMissing);
    let describe = |record: &Named<'_, FilingRecordSpec>| {
        format!(
            "FilingRecord {} is of role {} and state {} or falls short in number, model or scope",
            record.name,
            role_name(record.spec.role),
            super::filing_match::state_name(record.spec.state)
        )
    };
    match facts.filings.own.iter().filter(|record| is_generative_ai(record.spec)).map(describe).min() {
        Some(text) => finding.detail(text),
        None => finding,
    }
}
