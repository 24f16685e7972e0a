//! Whether one assessment record counts for a service (Order 12 Arts 15, 20; GenAI Measures Art. 17; PIPL Art. 55).
//!
//! In: a record, the bases that will do, the service, the day. Out: every field in which the record falls short, none means
//! that it counts; how long it does. Must not: weigh records against each other.

use jiff::civil::Date;

use crate::api::service::Model;
use crate::api::{AssessmentBasis, AssessmentRecordSpec, AssessmentResult};
use crate::compliance::facts::Facts;

/// Why a record does not count, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    Lapsed,
    Result,
    Model,
    Function,
    Other,
}

/// Whether a record of this basis counts for the service today.
pub(super) fn counts(facts: &Facts<'_>, record: &AssessmentRecordSpec, basis: AssessmentBasis, today: Date) -> bool {
    record.basis.contains(&basis) && faults(facts, record, &[basis], today).is_empty()
}

/// Every field in which a record falls short of counting for the service today.
pub(super) fn faults(
    facts: &Facts<'_>,
    record: &AssessmentRecordSpec,
    basis: &[AssessmentBasis],
    today: Date,
) -> Vec<(Fault, String)> {
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
    found.extend(content_faults(facts, record, basis));
    found
}

/// Functions and models that the service has and the report does not.
fn content_faults(facts: &Facts<'_>, record: &AssessmentRecordSpec, basis: &[AssessmentBasis]) -> Vec<(Fault, String)> {
    let mut found = Vec::new();
    if basis.contains(&AssessmentBasis::Article20) && !record.functions.is_empty() {
        let new = facts.spec.functions.iter().filter(|function| !record.functions.contains(function));
        let new: Vec<&str> = new.map(|function| function.as_str()).collect();
        if !new.is_empty() {
            found.push((Fault::Function, format!("spec.functions does not hold {}", new.join(", "))));
        }
    }
    let of_tools = basis
        .iter()
        .any(|basis| matches!(basis, AssessmentBasis::Article15Biometric | AssessmentBasis::Article15SpecialObject));
    if of_tools && !record.models.is_empty() {
        let is_assessed = |model: &&Model| {
            let same =
                |declared: &Option<String>, assessed: &Option<String>| assessed.is_none() || declared == assessed;
            record.models.iter().any(|assessed| {
                assessed.name == model.name
                    && same(&model.image_digest, &assessed.image_digest)
                    && same(&model.weights_digest, &assessed.weights_digest)
            })
        };
        let new: Vec<&str> =
            facts.spec.models.iter().filter(|model| !is_assessed(model)).map(|model| model.name.as_str()).collect();
        if !new.is_empty() {
            found.push((Fault::Model, format!("spec.models does not hold {} as declared", new.join(", "))));
        }
    }
    found
}
