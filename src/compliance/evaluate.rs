//! The verdict on one service at one instant.
//!
//! In: [`Facts`] and [`Now`]. Out: a [`Verdict`] that does not depend on the order of records.
//! Must not: panic, whatever the facts; must not know an article, those are in `rules`.

use jiff::{SignedDuration, Timestamp};

use super::applies::{Known, applies};
use super::exemption::skipped;
use super::facts::{Facts, Now};
use super::finding::{Finding, Severity};
use super::moments::next_change;
use super::reason::Reason;
use super::rules::{
    Hold, Judgement, assessment, declaration, filed, filing, generative_ai, label, label_form, licence, order, people,
    retention, runtime,
};
use super::verdict::{Gate, Outcome, RuleState, Verdict};
use crate::law::Duty;

/// Judges every duty and puts the results together.
#[must_use]
pub fn evaluate(facts: &Facts<'_>, now: &Now<'_>) -> Verdict {
    let filing_mode = stricter(facts.policy.filing_mode, facts.spec.filing_mode);
    let mut judgements = Vec::with_capacity(64);
    filing::judge(facts, now, filing_mode, &mut judgements);
    let filing = judgements.iter_mut().find_map(|judgement| judgement.filing.take());
    let changed_fields = match &filing {
        Some(filing) => filed::judge(facts, now, filing, &mut judgements),
        None => Vec::new(),
    };
    let generative_ai = generative_ai::judge(facts, now, &mut judgements);
    assessment::judge(facts, now, &mut judgements);
    declaration::judge(facts, &mut judgements);
    people::judge(facts, &mut judgements);
    licence::judge(facts, now, &mut judgements);
    retention::judge(facts, &mut judgements);
    label::judge(facts, now, &mut judgements);
    label_form::judge(facts, &mut judgements);
    runtime::judge(facts, &mut judgements);
    order::judge(facts, now, &mut judgements);
    let is_suspended =
        judgements.iter().any(|judgement| judgement.duty == Duty::Supervision && judgement.hold == Hold::Closed);
    // What lapses changes findings also while an exemption keeps the gate.
    let changes: Vec<Timestamp> = judgements.iter().filter_map(|judgement| judgement.lapses_at).collect();
    let exempted = exempt(facts, now, &mut judgements);

    let gate = match judgements.iter().map(|judgement| judgement.hold).max() {
        Some(Hold::Closed) => Gate::Closed,
        Some(Hold::Grace) => Gate::Grace,
        Some(Hold::None) | None => Gate::Open,
    };
    let known = Known {
        is_filed: filing.is_some(),
        is_ordered: judgements
            .iter()
            .any(|judgement| judgement.duty == Duty::Supervision && judgement.state != RuleState::NotApplicable),
    };
    let outcomes = outcomes(facts, known, &judgements);
    let mut findings: Vec<_> =
        judgements.iter_mut().flat_map(|judgement| std::mem::take(&mut judgement.findings)).collect();
    findings.sort();
    findings.dedup();
    let next_deadline = judgements.iter().filter_map(|judgement| judgement.lapses_at).min();
    let replacements_until = replacements_until(facts, gate, &findings);
    // Records of neighbours are many and speak only as near misses, where one of its own is missing.
    let lacks_record = findings.iter().any(|finding| finding.reason.record_kind().is_some());
    Verdict {
        mode: stricter(facts.policy.mode, facts.spec.mode),
        filing_mode,
        on_lapse: facts.policy.on_lapse,
        gate,
        outcomes,
        closes_at: if gate == Gate::Closed { None } else { next_deadline },
        next_deadline,
        next_change: next_change(facts, now, lacks_record, changes.into_iter().chain(replacements_until)),
        replacements_until,
        is_suspended,
        assessed_images: assessment::assessed_images(facts, now).filter(|_| !exempted.contains(&Duty::ToolAssessment)),
        exempted,
        filing,
        generative_ai,
        changed_fields,
        findings,
    }
}

/// A service may tighten the policy, never loosen it.
fn stricter<T: Ord>(policy: T, service: Option<T>) -> T {
    match service {
        Some(service) => policy.max(service),
        None => policy,
    }
}

/// Exempted duties close nothing while the exemption holds; what they lack is still said. Returns the duties.
fn exempt(facts: &Facts<'_>, now: &Now<'_>, judgements: &mut Vec<Judgement>) -> Vec<Duty> {
    let all = skipped(facts, now.instant);
    for skipped in &all {
        for judgement in judgements.iter_mut().filter(|judgement| judgement.duty == skipped.duty) {
            judgement.lapses_at = match judgement.hold {
                Hold::Closed => Some(skipped.until),
                // What lapses meanwhile closes when the exemption ends, not before.
                Hold::Grace | Hold::None => judgement.lapses_at.map(|lapse| lapse.max(skipped.until)),
            };
            judgement.hold = Hold::None;
            for finding in &mut judgement.findings {
                finding.severity = finding.severity.max(Severity::Warning);
            }
        }
        let detail = format!("{} by EnforcementExemption {}", skipped.duty.id(), skipped.exemption);
        let finding = Finding::notice(Reason::DutyExempted).due(Some(skipped.until)).detail(detail);
        judgements.push(Judgement::noted(skipped.duty, finding));
    }
    all.into_iter().map(|skipped| skipped.duty).collect()
}

/// One state per duty of the catalogue; of several judgements on one duty the worst counts.
fn outcomes(facts: &Facts<'_>, known: Known, judgements: &[Judgement]) -> Vec<Outcome> {
    let mut states = [RuleState::NotApplicable; Duty::ALL.len()];
    let mut judged = [false; Duty::ALL.len()];
    for judgement in judgements {
        let index = judgement.duty as usize;
        states[index] = states[index].max(judgement.state);
        // What is merely noted about a duty judges nothing.
        judged[index] |= judgement.state != RuleState::NotApplicable;
    }
    Duty::ALL
        .into_iter()
        .map(|duty| {
            let index = duty as usize;
            // What binds and is judged nowhere is held at run time or outside of the cluster.
            let state =
                if !judged[index] && applies(duty, facts.spec, known) { RuleState::CannotKnow } else { states[index] };
            Outcome { duty, state }
        })
        .collect()
}

/// The end of replacements: so many days after the latest lapse, when every reason to close has a date.
fn replacements_until(facts: &Facts<'_>, gate: Gate, findings: &[Finding]) -> Option<Timestamp> {
    let days = facts.policy.replacement_days.filter(|_| gate == Gate::Closed)?;
    let dues: Option<Vec<Timestamp>> =
        findings.iter().filter(|finding| finding.severity == Severity::Violation).map(|finding| finding.due).collect();
    dues?.into_iter().max()?.checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok()
}
