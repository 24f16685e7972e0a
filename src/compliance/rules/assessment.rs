//! Order 12 Art. 15(2): security assessment of biometric tools; Art. 20: security assessment before launch.
//!
//! In: what the service does, all assessment records, the day. Out: whether a passed assessment
//! counts today and until when. Must not: grant a grace; both assessments come before launch.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Hold, Judgement};
use crate::api::service::{Audience, Role, Technology};
use crate::api::{AssessmentBasis, AssessmentRecordSpec, AssessmentResult};
use crate::compliance::facts::{Facts, Named, Now};
use crate::compliance::finding::Finding;
use crate::compliance::reason::Reason;
use crate::compliance::verdict::RuleState;
use crate::law::Duty;
use crate::law::calendar::end_of_day;

/// The reasons one assessment can give.
struct Reasons {
    missing: Reason,
    not_passed: Reason,
    lapsed: Reason,
}

/// Judges the assessment of Order 12 Art. 15(2).
///
/// It binds providers **and** technical supporters. Our reading of the audience: the article speaks
/// of whoever *provides models, templates and tools*, and GB 45438-2025 3.7 counts those who serve
/// through an API as providers, so contracted enterprises as the audience do not take a service out;
/// their products reach the public. Only a tool for the own organisation is no internet information
/// service (Art. 2); that the audience alone keeps the duty away is then noted.
pub(in crate::compliance) fn judge_biometric(facts: &Facts<'_>, now: &Now<'_>) -> Judgement {
    let spec = facts.spec;
    let bound = spec.roles.iter().any(|role| matches!(role, Role::Provider | Role::TechnicalSupporter));
    let biometric = spec.biometric_editing.face
        || spec.biometric_editing.voice
        || spec.technologies.contains(&Technology::VisualBiometric);
    let judgement = Judgement::new(Duty::ToolAssessment, RuleState::NotApplicable);
    if !bound || !biometric {
        return judgement;
    }
    if spec.audience == Audience::Internal {
        return judgement.outside_scope("security assessment (Order 12 Art. 15(2))");
    }
    let reasons = Reasons {
        missing: Reason::BiometricAssessmentMissing,
        not_passed: Reason::BiometricAssessmentNotPassed,
        lapsed: Reason::BiometricAssessmentLapsed,
    };
    demand(judgement, AssessmentBasis::Article15Biometric, &reasons, facts, now)
}

/// Judges the assessment of Order 12 Art. 20, which binds providers of public services with a
/// public-opinion attribute before they launch.
pub(in crate::compliance) fn judge_launch(facts: &Facts<'_>, now: &Now<'_>) -> Judgement {
    let spec = facts.spec;
    let judgement = Judgement::new(Duty::LaunchAssessment, RuleState::NotApplicable);
    if !spec.roles.contains(&Role::Provider) || !spec.public_opinion.attribute {
        return judgement;
    }
    if spec.audience != Audience::PublicChina {
        return judgement.outside_scope("security assessment (Order 12 Art. 20)");
    }
    let reasons = Reasons {
        missing: Reason::PublicOpinionAssessmentMissing,
        not_passed: Reason::PublicOpinionAssessmentNotPassed,
        lapsed: Reason::PublicOpinionAssessmentLapsed,
    };
    demand(judgement, AssessmentBasis::Article20, &reasons, facts, now)
}

fn demand(
    mut judgement: Judgement,
    basis: AssessmentBasis,
    reasons: &Reasons,
    facts: &Facts<'_>,
    now: &Now<'_>,
) -> Judgement {
    let today = now.china_date();
    // Several records may count; the rule holds as long as the longest of them.
    let longest = facts.assessments.iter().filter_map(|record| counts(facts, record.spec, basis, today)).max();
    match longest {
        Some(end) => {
            judgement.state = RuleState::Satisfied;
            judgement.lapses_at = end.instant();
        }
        None => {
            judgement.state = RuleState::Violated;
            judgement.hold = Hold::Closed;
            judgement.findings.push(why_missing(facts, basis, reasons, today));
        }
    }
    judgement
}

/// How long a record counts; later is longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    At(Timestamp),
    Never,
}

impl End {
    fn instant(self) -> Option<Timestamp> {
        match self {
            Self::At(instant) => Some(instant),
            Self::Never => None,
        }
    }
}

/// Why a record does not count, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Lapsed,
    Result,
    Other,
}

fn counts(facts: &Facts<'_>, record: &AssessmentRecordSpec, basis: AssessmentBasis, today: Date) -> Option<End> {
    if !record.basis.contains(&basis) || !faults(facts, record, today).is_empty() {
        return None;
    }
    match record.valid_until.as_deref() {
        None => Some(End::Never),
        Some(day) => day.parse().ok().map(|day| End::At(end_of_day(day))),
    }
}

/// Every field in which a record falls short of counting for the service today.
fn faults(facts: &Facts<'_>, record: &AssessmentRecordSpec, today: Date) -> Vec<(Fault, String)> {
    let provider = &facts.spec.provider;
    let mut found = Vec::new();
    if record.unified_social_credit_code != provider.unified_social_credit_code {
        let text = format!(
            "spec.unifiedSocialCreditCode is {}, the provider's is {}",
            record.unified_social_credit_code, provider.unified_social_credit_code
        );
        found.push((Fault::Other, text));
    }
    if record.service_code != provider.service_code {
        let text = format!("spec.serviceCode is {}, the service's is {}", record.service_code, provider.service_code);
        found.push((Fault::Other, text));
    }
    if !record.scope.namespaces.iter().any(|namespace| namespace == facts.namespace) {
        found.push((Fault::Other, format!("spec.scope.namespaces does not hold {}", facts.namespace)));
    }
    match record.assessed_on.parse::<Date>() {
        Ok(day) if day <= today => {}
        Ok(day) => found.push((Fault::Other, format!("spec.assessedOn {day} lies in the future"))),
        Err(_) => found.push((Fault::Other, "spec.assessedOn is no date".to_owned())),
    }
    match record.result {
        AssessmentResult::Passed => {}
        AssessmentResult::Conditional => found.push((Fault::Result, "spec.result is Conditional".to_owned())),
        AssessmentResult::Failed => found.push((Fault::Result, "spec.result is Failed".to_owned())),
    }
    if let Some(text) = record.valid_until.as_deref() {
        match text.parse::<Date>() {
            Ok(day) if today <= day => {}
            Ok(day) => found.push((Fault::Lapsed, format!("spec.validUntil was {day}"))),
            Err(_) => found.push((Fault::Other, "spec.validUntil is no date".to_owned())),
        }
    }
    found
}

fn why_missing(facts: &Facts<'_>, basis: AssessmentBasis, reasons: &Reasons, today: Date) -> Finding {
    let provider = &facts.spec.provider;
    let near = |record: &Named<'_, AssessmentRecordSpec>| {
        if !record.spec.basis.contains(&basis) {
            return None;
        }
        let found = faults(facts, record.spec, today);
        let ours = record.spec.unified_social_credit_code == provider.unified_social_credit_code
            && record.spec.service_code == provider.service_code;
        // As with filings: records of other services are no near misses.
        if !ours && found.len() > 1 {
            return None;
        }
        let worst = found.iter().map(|(fault, _)| *fault).max()?;
        let fields: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
        let text = format!("AssessmentRecord {}: {}", record.name, fields.join("; "));
        Some((found.len(), worst, text))
    };
    match facts.assessments.iter().filter_map(near).min() {
        Some((_, fault, text)) => Finding::violation(match fault {
            Fault::Lapsed => reasons.lapsed,
            Fault::Result => reasons.not_passed,
            Fault::Other => reasons.missing,
        })
        .detail(text),
        None => Finding::violation(reasons.missing),
    }
}
