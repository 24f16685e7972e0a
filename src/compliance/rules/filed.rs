//! What a filing in force entails: showing it (Order 12 Art. 19(3)), changing it within ten working days (Algorithm
//! Provisions Art. 24(2)), label materials (Labelling Measures Art. 12).
//!
//! In: the filing in force, its record, what the history remembers. Out: a judgement per duty and the fields that
//! changed. Must not: forget when a change began; that instant is the history's.

use jiff::Timestamp;

use super::Judgement;
use crate::api::FilingRecordSpec;
use crate::api::service::FiledInformation;
use crate::compliance::facts::{Facts, Now};
use crate::compliance::finding::Finding;
use crate::compliance::reason::Reason;
use crate::compliance::verdict::{FilingInForce, RuleState};
use crate::law::Duty;

/// Judges every duty of this family; returns the filed facts that the service declares differently now.
pub(in crate::compliance) fn judge(
    facts: &Facts<'_>,
    now: &Now<'_>,
    filing: &FilingInForce,
    out: &mut Vec<Judgement>,
) -> Vec<&'static str> {
    let record = facts.filings.own.iter().find(|record| record.name == filing.record).map(|record| record.spec);
    for duty in [Duty::FilingDisplay, Duty::AlgorithmDisplay] {
        let judgement = Judgement::new(duty, RuleState::Satisfied);
        out.push(match filing.link {
            Some(_) => judgement,
            None => judgement.find(
                RuleState::Violated,
                Finding::warning(Reason::FilingLinkMissing).detail(format!("FilingRecord {}", filing.record)),
            ),
        });
    }
    if facts.binds(Duty::LabelMaterials) {
        let judgement = Judgement::new(Duty::LabelMaterials, RuleState::Satisfied);
        let has_materials = record.is_some_and(|record| record.label_materials.is_some());
        out.push(if has_materials {
            judgement
        } else {
            judgement.lack(facts, Reason::LabelMaterialsMissing, Some(format!("FilingRecord {}", filing.record)))
        });
    }
    let changed = changed_fields(facts, filing, record);
    out.push(change(facts, now, &changed));
    changed
}

fn change(facts: &Facts<'_>, now: &Now<'_>, changed: &[&'static str]) -> Judgement {
    let mut judgement = Judgement::new(Duty::FilingChange, RuleState::Satisfied);
    if changed.is_empty() {
        return judgement;
    }
    // Before the history has seen the change, it begins now.
    let begun: Timestamp =
        facts.history.and_then(|history| history.changed_at.as_deref()?.parse().ok()).unwrap_or(now.instant);
    let lapse = now.calendar.deadline(begun, Duty::FilingChange.working_days()).lapses_at;
    let detail = format!("Changed: {}", changed.join(", "));
    if lapse <= now.instant {
        return judgement.close(Finding::violation(Reason::FilingChangeOverdue).due(Some(lapse)).detail(detail));
    }
    // A beginning that the history does not hold yet would move with every look.
    let known = facts.history.is_some_and(|history| history.changed_at.is_some());
    judgement.lapses_at = known.then_some(lapse);
    let finding = Finding::warning(Reason::FilingChangeDue).detail(detail);
    judgement.find(RuleState::Pending, if known { finding.due(Some(lapse)) } else { finding })
}

/// Compares with what the record says was filed, or else with what the service declared when the filing came.
fn changed_fields(facts: &Facts<'_>, filing: &FilingInForce, record: Option<&FilingRecordSpec>) -> Vec<&'static str> {
    let baseline = facts.history.and_then(|history| history.filed.as_ref()).filter(|baseline| {
        // An older baseline says nothing: the change it would show was handed in.
        baseline.record == filing.record && Some(&baseline.as_of) == filing.as_of.as_ref()
    });
    let name = record
        .and_then(|record| record.provider_name.as_deref())
        .or(baseline.map(|baseline| baseline.provider_name.as_str()));
    let information =
        record.and_then(|record| record.information.as_ref()).or(baseline.map(|baseline| &baseline.information));
    let declared = facts.spec.filed_information.clone().unwrap_or_default();
    let mut changed = Vec::new();
    if name.is_some_and(|name| name != facts.spec.provider.name) {
        changed.push("provider.name");
    }
    if let Some(filed) = information {
        changed.extend(differences(filed, &declared));
    }
    changed
}

fn differences(filed: &FiledInformation, declared: &FiledInformation) -> Vec<&'static str> {
    let sorted = |forms: &[crate::api::service::ServiceForm]| {
        let mut forms = forms.to_vec();
        forms.sort_unstable();
        forms
    };
    let fields = [
        ("filedInformation.form", sorted(&filed.form) != sorted(&declared.form)),
        ("filedInformation.field", filed.field != declared.field),
        ("filedInformation.algorithmType", filed.algorithm_type != declared.algorithm_type),
        ("filedInformation.publicText", filed.public_text != declared.public_text),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}
