//! Duties that are kept outside of a cluster and shown by a declaration: Order 12 Arts 7, 8, 10, 11, 12, 13, 14(1);
//! Labelling Measures Arts 6, 7, 8.
//!
//! In: what the service declares. Out: a judgement per duty. Must not: take a declaration for the deed; what a cluster
//! cannot see is said in docs/law-map.md.

use super::{Judgement, missing};
use crate::api::service::{FailMode, ManagementSystemKind};
use crate::compliance::facts::Facts;
use crate::compliance::finding::Finding;
use crate::compliance::reason::Reason;
use crate::compliance::verdict::RuleState;
use crate::law::Duty;

/// Judges every duty of this family.
pub(in crate::compliance) fn judge(facts: &Facts<'_>, out: &mut Vec<Judgement>) {
    let spec = facts.spec;
    let mut owe = |duty: Duty, reason: Reason, fields: &[(&str, bool)]| {
        if !facts.binds(duty) {
            return;
        }
        let judgement = Judgement::new(duty, RuleState::Satisfied);
        out.push(match missing(fields) {
            None => judgement,
            lacking => judgement.lack(facts, reason, lacking),
        });
    };
    let systems = ManagementSystemKind::ALL
        .map(|kind| (kind.as_str(), spec.management_systems.iter().any(|system| system.system == kind)));
    owe(Duty::ManagementSystems, Reason::ManagementSystemsIncomplete, &systems);

    let agreement = spec.agreement.as_ref();
    let rules = [
        ("agreement", agreement.is_some()),
        ("rulesUrl", agreement.is_some_and(|agreement| agreement.rules_url.is_some())),
        ("reminder", agreement.is_some_and(|agreement| agreement.reminder.is_some())),
    ];
    owe(Duty::PublishedRules, Reason::RulesNotPublished, &rules);
    let clause = agreement.is_some_and(|agreement| agreement.label_clause.is_some());
    owe(Duty::AgreementClause, Reason::AgreementWithoutLabelClause, &[("labelClause", clause)]);

    let review = spec.content_review.as_ref();
    let library = review.is_some_and(|review| review.library_version.is_some());
    owe(Duty::FeatureLibrary, Reason::FeatureLibraryMissing, &[("libraryVersion", library)]);
    let contact = review.is_some_and(|review| review.report_contact.is_some());
    owe(Duty::UnlawfulContentDisposal, Reason::ReportContactMissing, &[("reportContact", contact)]);

    owe(Duty::RumourRefutation, Reason::RefutationMissing, &[("refutation", spec.refutation.is_some())]);
    match &spec.complaints {
        Some(complaints) => {
            let limit = complaints.respond_within.is_some();
            owe(Duty::Complaints, Reason::ComplaintsTimeLimitMissing, &[("respondWithin", limit)]);
        }
        None => owe(Duty::Complaints, Reason::ComplaintsEntranceMissing, &[("complaints", false)]),
    }
    owe(Duty::TrainingData, Reason::TrainingDataRegisterMissing, &[("trainingData", spec.training_data.is_some())]);

    let store = spec.app_store.as_ref();
    let filing = store.is_some_and(|store| store.filing_check.is_some());
    owe(Duty::StoreChecks, Reason::StoreCheckMissing, &[("filingCheck", filing)]);
    let labels = store.is_some_and(|store| store.labelling_check.is_some());
    owe(Duty::StoreLabelCheck, Reason::StoreLabelCheckMissing, &[("labellingCheck", labels)]);

    let propagation = spec.propagation.as_ref();
    let declaration = propagation.is_some_and(|propagation| propagation.declaration.is_some());
    owe(Duty::PropagatorMayBe, Reason::PropagationIncomplete, &[("declaration", declaration)]);
    let detector = propagation.is_some_and(|propagation| propagation.detector.is_some());
    owe(Duty::PropagatorSuspected, Reason::PropagationIncomplete, &[("detector", detector)]);
    let reminder = propagation.is_some_and(|propagation| propagation.reminder.is_some());
    owe(Duty::PropagatorFunction, Reason::PropagationIncomplete, &[("reminder", reminder)]);

    review_of_content(facts, out);
}

/// Order 12 Art. 10(1): input and output are reviewed, also when the reviewer is down.
fn review_of_content(facts: &Facts<'_>, out: &mut Vec<Judgement>) {
    if !facts.binds(Duty::ContentReview) {
        return;
    }
    let judgement = Judgement::new(Duty::ContentReview, RuleState::Satisfied);
    out.push(match &facts.spec.content_review {
        None => judgement.lack(facts, Reason::ContentReviewMissing, None),
        Some(review) if review.fail_mode == FailMode::Open => {
            judgement.find(RuleState::CannotKnow, Finding::warning(Reason::ContentReviewFailsOpen))
        }
        Some(_) => judgement,
    });
}
