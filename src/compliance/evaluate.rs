//! The verdict on one service at one instant.
//!
//! In: [`Facts`] and [`Now`]. Out: a [`Verdict`] that does not depend on the order of records.
//! Must not: panic, whatever the facts; must not know an article, those are in `rules`.

use jiff::Timestamp;

use super::facts::{Facts, Now};
use super::rules::{Hold, Judgement, assessment, filing, label};
use super::verdict::{Gate, Outcome, Verdict};

/// Judges every rule and puts the results together.
#[must_use]
pub fn evaluate(facts: &Facts<'_>, now: &Now<'_>) -> Verdict {
    let filing_mode = stricter(facts.policy.filing_mode, facts.spec.filing_mode);
    let mut judgements = [
        filing::judge(facts, now, filing_mode),
        assessment::judge_biometric(facts, now),
        assessment::judge_launch(facts, now),
        label::judge(facts),
    ];
    let gate = match judgements.iter().map(|judgement| judgement.hold).max() {
        Some(Hold::Closed) => Gate::Closed,
        Some(Hold::Grace) => Gate::Grace,
        Some(Hold::None) | None => Gate::Open,
    };
    let filing = judgements.iter_mut().find_map(|judgement| judgement.filing.take());
    let mut findings: Vec<_> =
        judgements.iter_mut().flat_map(|judgement| std::mem::take(&mut judgement.findings)).collect();
    findings.sort();
    findings.dedup();
    let next_deadline = earliest_lapse(&judgements);
    Verdict {
        mode: stricter(facts.policy.mode, facts.spec.mode),
        filing_mode,
        on_lapse: facts.policy.on_lapse,
        gate,
        outcomes: judgements.iter().map(|judgement| Outcome { duty: judgement.duty, state: judgement.state }).collect(),
        findings,
        closes_at: if gate == Gate::Closed { None } else { next_deadline },
        next_deadline,
        next_change: next_deadline,
        replacements_until: None,
        is_suspended: false,
        assessed_images: None,
        filing,
        generative_ai: None,
        changed_fields: Vec::new(),
    }
}

/// A service may tighten the policy, never loosen it.
fn stricter<T: Ord>(policy: T, service: Option<T>) -> T {
    match service {
        Some(service) => policy.max(service),
        None => policy,
    }
}

fn earliest_lapse(judgements: &[Judgement]) -> Option<Timestamp> {
    judgements.iter().filter_map(|judgement| judgement.lapses_at).min()
}
