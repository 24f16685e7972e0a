//! Decisions on scope that count: the officer's word on what the law reaches.
//!
//! In: assessment records, a namespace, the day. Out: the decisions in force there. Must not: read a decision for
//! another namespace or another day as one for this.

use jiff::civil::Date;

use super::facts::Named;
use super::records::Record as _;
use crate::api::{
    AssessmentBasis, AssessmentRecordSpec, AssessmentResult, DecidedValue, DeepSynthesisServiceSpec, ScopeDecision,
};

/// Decisions in force in a namespace on a day, with their records.
pub fn decisions<'r, 'a: 'r>(
    assessments: &'r [Named<'a, AssessmentRecordSpec>],
    namespace: &'r str,
    today: Date,
) -> impl Iterator<Item = (Named<'a, AssessmentRecordSpec>, &'a ScopeDecision)> + 'r {
    assessments.iter().filter_map(move |record| {
        let spec = record.spec;
        let decision = spec.decision.as_ref()?;
        let counts = spec.basis.contains(&AssessmentBasis::ScopeDecision)
            && spec.result == AssessmentResult::Passed
            && spec.scope.namespaces.iter().any(|covered| covered == namespace)
            && is_in_date(spec, today);
        counts.then_some((*record, decision))
    })
}

/// Values that decisions in force allow one service.
pub fn decided_values<'r, 'a: 'r>(
    assessments: &'r [Named<'a, AssessmentRecordSpec>],
    service: &'r DeepSynthesisServiceSpec,
    namespace: &'r str,
    today: Date,
) -> impl Iterator<Item = &'a DecidedValue> + 'r {
    decisions(assessments, namespace, today)
        .filter(|(record, _)| record.spec.is_of(&service.provider))
        .flat_map(|(_, decision)| &decision.values)
}

/// A day that cannot be read never counts: admission refuses such records, so whoever has one stored it another way.
fn is_in_date(spec: &AssessmentRecordSpec, today: Date) -> bool {
    let begun = spec.assessed_on.parse::<Date>().is_ok_and(|day| day <= today);
    let ended = spec.valid_until.as_deref().is_some_and(|day| day.parse::<Date>().map_or(true, |day| day < today));
    begun && !ended
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_decision_counts_for_its_namespaces_and_days_when_it_was_passed() {
        let rows = [
            (json!({}), true),
            (json!({"result": "Conditional"}), false),
            (json!({"basis": ["Article20"]}), false),
            (json!({"scope": {"namespaces": ["other"]}}), false),
            (json!({"assessedOn": "2026-11-25"}), false),
            (json!({"validUntil": "2026-11-24"}), true),
            (json!({"validUntil": "2026-11-23"}), false),
            (json!({"validUntil": "someday"}), false),
            (json!({"decision": null}), false),
        ];
        for (patch, counts) in rows {
            let spec = record(patch.clone());
            let records = [Named { name: "decision", spec: &spec }];
            let today = jiff::civil::date(2026, 11, 24);
            assert_eq!(decisions(&records, "studio", today).count() == 1, counts, "{patch}");
        }
    }

    fn record(patch: Value) -> AssessmentRecordSpec {
        let mut spec = json!({
            "basis": ["ScopeDecision"], "reportId": "D-1", "reportSha256": "0".repeat(64), "assessor": "x",
            "assessedOn": "2026-11-24", "unifiedSocialCreditCode": "91440300708461136T", "serviceCode": "0001",
            "result": "Passed", "scope": {"namespaces": ["studio"]}, "decision": {},
        });
        json_patch::merge(&mut spec, &patch);
        serde_json::from_value(spec).unwrap()
    }
}
