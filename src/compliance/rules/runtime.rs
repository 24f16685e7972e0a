//! Duties whose keeping shows at run time only: the verdict says so instead of turning green.
//!
//! In: what the service declares. Out: `CannotKnow` for every such duty that binds. Must not: close the gate.

use super::Judgement;
use crate::compliance::facts::Facts;
use crate::compliance::verdict::RuleState;
use crate::law::Duty;

/// What the sidecar, the ledger or people see to, and no declaration shows.
const AT_RUN_TIME: [Duty; 10] = [
    Duty::UnlawfulContent,
    Duty::UserSanctions,
    Duty::PropagatorIs,
    Duty::PropagatorElements,
    Duty::UserDeclaration,
    Duty::LabelTampering,
    Duty::ContentWatermark,
    Duty::LabelSecurity,
    // The prompt is declared; whether a consent is genuine nobody can tell from here.
    Duty::SeparateConsent,
    Duty::CompanionAssessment,
];

/// Judges every duty of this family.
pub(in crate::compliance) fn judge(facts: &Facts<'_>, out: &mut Vec<Judgement>) {
    let binding = AT_RUN_TIME.into_iter().filter(|duty| facts.binds(*duty));
    out.extend(binding.map(|duty| Judgement::new(duty, RuleState::CannotKnow)));
}
