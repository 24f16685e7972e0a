//! Security assessments: of tools (Order 12 Art. 15(2)), before launch (Art. 20), of generative AI (GenAI Measures Art. 17);
//! regular review (Art. 15(1)); impact assessment (PIPL Art. 55).
//!
//! In: what the service does, all assessment records, the day. Out: whether a passed assessment
//! counts today and until when. Must not: grant a grace; assessments come before launch.

use jiff::civil::Date;

use super::assessment_match::{Fault, counts, faults};
use super::{End, Judgement};
use crate::api::service::{Audience, Role};
use crate::api::{AssessmentBasis, AssessmentRecordSpec, Declarations};
use crate::compliance::applies::edits_biometric;
use crate::compliance::facts::{Facts, Named, Now};
use crate::compliance::finding::Finding;
use crate::compliance::reason::Reason;
use crate::compliance::verdict::RuleState;
use crate::law::Duty;
use crate::law::calendar::end_of_day;

/// One demand for an assessment.
struct Demand {
    duty: Duty,
    /// Any of these bases will do.
    basis: &'static [AssessmentBasis],
    missing: Reason,
    not_passed: Reason,
    lapsed: Reason,
}

const BIOMETRIC: Demand = Demand {
    duty: Duty::ToolAssessment,
    basis: &[AssessmentBasis::Article15Biometric],
    missing: Reason::BiometricAssessmentMissing,
    not_passed: Reason::BiometricAssessmentNotPassed,
    lapsed: Reason::BiometricAssessmentLapsed,
};
const SPECIAL_OBJECT: Demand = Demand {
    duty: Duty::ToolAssessment,
    basis: &[AssessmentBasis::Article15SpecialObject],
    missing: Reason::SpecialObjectAssessmentMissing,
    not_passed: Reason::SpecialObjectAssessmentNotPassed,
    lapsed: Reason::SpecialObjectAssessmentLapsed,
};
const LAUNCH: Demand = Demand {
    duty: Duty::LaunchAssessment,
    basis: &[AssessmentBasis::Article20],
    missing: Reason::PublicOpinionAssessmentMissing,
    not_passed: Reason::PublicOpinionAssessmentNotPassed,
    lapsed: Reason::PublicOpinionAssessmentLapsed,
};
const GENERATIVE_AI: Demand = Demand {
    duty: Duty::GenAiAssessment,
    // One report may serve both rules.
    basis: &[AssessmentBasis::GenAiArticle17, AssessmentBasis::Article20],
    missing: Reason::GenAiAssessmentMissing,
    not_passed: Reason::GenAiAssessmentNotPassed,
    lapsed: Reason::GenAiAssessmentLapsed,
};

/// Bases of assessments of tools.
const OF_TOOLS: [AssessmentBasis; 2] = [AssessmentBasis::Article15Biometric, AssessmentBasis::Article15SpecialObject];

/// Judges every duty of this family.
pub(in crate::compliance) fn judge(facts: &Facts<'_>, now: &Now<'_>, out: &mut Vec<Judgement>) {
    let spec = facts.spec;
    tool(facts, now, edits_biometric(spec), &BIOMETRIC, out);
    tool(facts, now, spec.special_object_editing, &SPECIAL_OBJECT, out);
    launch(facts, now, out);
    if facts.binds(Duty::GenAiAssessment) {
        out.push(demand(&GENERATIVE_AI, facts, now));
    }
    if facts.binds(Duty::AlgorithmReview) {
        out.push(review(facts, now));
    }
    if facts.binds(Duty::ImpactAssessment) {
        let judgement = Judgement::new(Duty::ImpactAssessment, RuleState::Satisfied);
        out.push(match longest(facts, &[AssessmentBasis::PiplArticle55], now.china_date()) {
            Some((end, name)) => {
                let mut judgement = judgement.until(end, Reason::AssessmentLapsesSoon, &record(name), now);
                // Without the report the gate closes only where the policy requires declarations.
                judgement.lapses_at =
                    judgement.lapses_at.filter(|_| facts.policy.declarations == Declarations::Require);
                judgement
            }
            None => judgement.lack(facts, Reason::ImpactAssessmentMissing, None),
        });
    }
}

/// Order 12 Art. 15(2).
///
/// It binds providers **and** technical supporters. Our reading of the audience: the article speaks
/// of whoever *provides models, templates and tools*, and GB 45438-2025 3.7 counts those who serve
/// through an API as providers, so contracted enterprises as the audience do not take a service out;
/// their products reach the public. Only a tool for the own organisation is no internet information
/// service (Art. 2); that the audience alone keeps the duty away is then noted.
fn tool(facts: &Facts<'_>, now: &Now<'_>, is_such: bool, what: &Demand, out: &mut Vec<Judgement>) {
    let bound = facts.spec.roles.iter().any(|role| matches!(role, Role::Provider | Role::TechnicalSupporter));
    if !bound || !is_such {
        return;
    }
    out.push(if facts.spec.audience == Audience::Internal {
        let judgement = Judgement::new(what.duty, RuleState::NotApplicable);
        judgement.outside_scope(facts, now, "security assessment (Order 12 Art. 15(2))")
    } else {
        weights(facts, demand(what, facts, now))
    });
}

/// Order 12 Art. 20, which binds providers of public services with a public-opinion attribute before they launch.
fn launch(facts: &Facts<'_>, now: &Now<'_>, out: &mut Vec<Judgement>) {
    let spec = facts.spec;
    if !spec.roles.contains(&Role::Provider) || !spec.public_opinion.attribute {
        return;
    }
    if spec.audience != Audience::PublicChina {
        let judgement = Judgement::new(LAUNCH.duty, RuleState::NotApplicable);
        out.push(judgement.outside_scope(facts, now, "security assessment (Order 12 Art. 20)"));
        return;
    }
    let judgement = demand(&LAUNCH, facts, now);
    // Two other rules ask for the same report; what is wrong is said once.
    for duty in [Duty::AlgorithmAssessment, Duty::AssessmentTriggers] {
        out.push(Judgement::new(duty, judgement.state));
    }
    out.push(judgement);
}

/// Weights are compared by declared digest only, and that is said.
fn weights(facts: &Facts<'_>, judgement: Judgement) -> Judgement {
    let declared: Vec<&str> = facts
        .spec
        .models
        .iter()
        .filter(|model| model.weights_digest.is_some())
        .map(|model| model.name.as_str())
        .collect();
    if declared.is_empty() || judgement.state != RuleState::Satisfied {
        return judgement;
    }
    let finding = Finding::notice(Reason::WeightsByDeclaration).detail(declared.join(", "));
    judgement.find(RuleState::Satisfied, finding)
}

/// Order 12 Art. 15(1): the day of the next review that the latest counting assessment names.
fn review(facts: &Facts<'_>, now: &Now<'_>) -> Judgement {
    let today = now.china_date();
    let judgement = |state| Judgement::new(Duty::AlgorithmReview, state);
    let next = facts
        .assessments
        .own
        .iter()
        .filter(|record| {
            OF_TOOLS
                .into_iter()
                .chain([AssessmentBasis::Article20])
                .any(|basis| counts(facts, record.spec, basis, today))
        })
        .filter_map(|record| Some((record.spec.next_review_on.as_deref()?.parse::<Date>().ok()?, record.name)))
        .max();
    match next {
        None => judgement(RuleState::CannotKnow),
        Some((day, name)) if day < today => judgement(RuleState::Violated).find(
            RuleState::Violated,
            Finding::warning(Reason::AlgorithmReviewOverdue)
                .due(Some(end_of_day(day)))
                .detail(format!("{}: spec.nextReviewOn was {day}", record(name))),
        ),
        Some(_) => judgement(RuleState::Satisfied),
    }
}

/// Image digests that the counting assessments of tools name; a workload must run one of them.
pub(in crate::compliance) fn assessed_images(facts: &Facts<'_>, now: &Now<'_>) -> Option<Vec<String>> {
    if !facts.binds(Duty::ToolAssessment) {
        return None;
    }
    let today = now.china_date();
    let mut digests: Vec<String> = facts
        .assessments
        .own
        .iter()
        .filter(|record| OF_TOOLS.into_iter().any(|basis| counts(facts, record.spec, basis, today)))
        .flat_map(|record| record.spec.models.iter().filter_map(|model| model.image_digest.clone()))
        .collect();
    digests.sort();
    digests.dedup();
    (!digests.is_empty()).then_some(digests)
}

fn demand(what: &Demand, facts: &Facts<'_>, now: &Now<'_>) -> Judgement {
    let judgement = Judgement::new(what.duty, RuleState::Satisfied);
    let today = now.china_date();
    match longest(facts, what.basis, today) {
        Some((end, name)) => judgement.until(end, Reason::AssessmentLapsesSoon, &record(name), now),
        None => judgement.close(why_missing(facts, what, today)),
    }
}

/// Several records may count; the duty is kept as long as the longest of them.
fn longest<'a>(facts: &Facts<'a>, basis: &[AssessmentBasis], today: Date) -> Option<(End, &'a str)> {
    let ends = facts.assessments.own.iter().filter_map(|record| {
        let is_asked = basis.iter().any(|basis| record.spec.basis.contains(basis));
        (is_asked && faults(facts, record.spec, basis, today).is_empty())
            .then(|| (End::of_day(record.spec.valid_until.as_deref()), record.name))
    });
    ends.max()
}

fn record(name: &str) -> String {
    format!("AssessmentRecord {name}")
}

fn why_missing(facts: &Facts<'_>, what: &Demand, today: Date) -> Finding {
    let near = |record: &Named<'_, AssessmentRecordSpec>| {
        if !what.basis.iter().any(|basis| record.spec.basis.contains(basis)) {
            return None;
        }
        let found = faults(facts, record.spec, what.basis, today);
        let ours = facts.is_own(record.spec);
        // As with filings: records of other services are no near misses.
        if !ours && found.len() > 1 {
            return None;
        }
        let worst = found.iter().map(|(fault, _)| *fault).max()?;
        let fields: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
        let text = format!("AssessmentRecord {}: {}", record.name, fields.join("; "));
        Some((found.len(), worst, text, End::of_day(record.spec.valid_until.as_deref()).instant()))
    };
    match facts.assessments.all().filter_map(near).min() {
        Some((_, fault, text, lapsed)) => Finding::violation(match fault {
            Fault::Lapsed => what.lapsed,
            Fault::Result => what.not_passed,
            Fault::Model => Reason::ModelNotAssessed,
            Fault::Function => Reason::FunctionNotAssessed,
            Fault::Other => what.missing,
        })
        .due(if fault == Fault::Lapsed { lapsed } else { None })
        .detail(text),
        None => Finding::violation(what.missing),
    }
}
