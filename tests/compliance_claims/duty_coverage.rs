//! The truth tables cover every duty of the catalogue that a cluster can hold, in every state that it can have; and the
//! catalogue's word on what a breach does is what the rules do.

use std::collections::{BTreeMap, BTreeSet};

use deepsynthesis::compliance::{Reason, RuleState};
use deepsynthesis::law::Duty;
use deepsynthesis::law::duty::{Effect, Subject, When};

use crate::duty_table::{multiplied, written};

/// Duties that a service cannot declare, with the state they always have.
const UNDECLARABLE: [Duty; 3] = [
    // A watermark and signatures are no fields yet.
    Duty::ContentWatermark,
    Duty::LabelSecurity,
    // The publishing user's, not the service's.
    Duty::UserDeclaration,
];

/// Duties of which no declaration shows a breach: the sidecar, the ledger, admission or people do.
const NEVER_VIOLATED: [Duty; 17] = [
    Duty::Scope,
    Duty::UnlawfulContent,
    Duty::UserSanctions,
    Duty::TechnicalMark,
    Duty::ImplicitLabel,
    Duty::PropagatorIs,
    Duty::PropagatorElements,
    Duty::LabelTampering,
    Duty::InterfaceForm,
    Duty::MetadataForm,
    Duty::LabelFormat,
    Duty::Carriers,
    Duty::GenAiLabel,
    Duty::GenAiDisplay,
    Duty::SeparateConsent,
    Duty::CompanionNotice,
    Duty::CompanionAssessment,
];

fn states() -> BTreeMap<Duty, BTreeSet<&'static str>> {
    let mut found: BTreeMap<Duty, BTreeSet<&'static str>> = BTreeMap::new();
    for row in written().into_iter().chain(multiplied()) {
        let states = found.entry(row.duty).or_default();
        states.insert(row.state.as_str());
        if matches!(row.state, RuleState::Violated) {
            states.insert(if row.gate == "Closed" { "closes" } else { "stays open" });
        }
    }
    found
}

#[test]
fn every_duty_stands_in_the_tables_in_every_state_that_it_can_have() {
    let states = states();
    let mut missing = Vec::new();
    for duty in Duty::ALL.into_iter().filter(|duty| duty.entry().effect != Effect::ReportOnly) {
        let has = |names: &[&str]| names.iter().any(|name| states.get(&duty).is_some_and(|found| found.contains(name)));
        let entry = duty.entry();
        let always = entry.when == When::Always && entry.subjects.contains(&Subject::Anyone);
        if !always && !has(&["NotApplicable"]) {
            missing.push(format!("{}: NotApplicable", duty.id()));
        }
        if UNDECLARABLE.contains(&duty) {
            assert!(!has(&["Satisfied", "CannotKnow", "Pending", "Violated"]), "{} can be declared now", duty.id());
            continue;
        }
        if !has(&["Satisfied", "CannotKnow"]) {
            missing.push(format!("{}: Satisfied or CannotKnow", duty.id()));
        }
        let is_broken = has(&["Violated", "Pending"]);
        assert!(!(is_broken && NEVER_VIOLATED.contains(&duty)), "{} can be violated now", duty.id());
        if !is_broken && !NEVER_VIOLATED.contains(&duty) {
            missing.push(format!("{}: Violated or Pending", duty.id()));
        }
    }
    assert!(missing.is_empty(), "no row for\n{}", missing.join("\n"));
}

#[test]
fn what_the_catalogue_says_of_a_breach_is_what_the_rules_do() {
    let states = states();
    for duty in Duty::ALL.into_iter().filter(|duty| !NEVER_VIOLATED.contains(duty)) {
        let has = |name: &str| states.get(&duty).is_some_and(|found| found.contains(name));
        match duty.entry().effect {
            Effect::Closes => assert!(has("closes"), "{} closes nothing", duty.id()),
            // Its breach is one of another duty that closes, or it needs `declarations: Require`.
            Effect::Warns => {
                let mirrored = matches!(
                    duty,
                    Duty::AssessmentTriggers
                        | Duty::ExplicitText
                        | Duty::ExplicitAudio
                        | Duty::ExplicitImage
                        | Duty::ExplicitVideo
                        | Duty::ExplicitScene
                );
                let only_closes = has("closes") && !has("stays open");
                assert_eq!(only_closes, mirrored, "{} warns in the catalogue", duty.id());
            }
            Effect::Notes | Effect::ReportOnly => assert!(!has("Violated"), "{} only notes", duty.id()),
        }
    }
}

#[test]
fn reasons_that_close_belong_to_duties_that_close() {
    for reason in Reason::ALL.into_iter().filter(|reason| reason.closes()) {
        assert_eq!(reason.duty().entry().effect, Effect::Closes, "{reason:?} of {}", reason.duty().id());
    }
}

#[test]
fn the_tables_are_as_large_as_they_claim() {
    let (by_hand, expanded) = (written().len(), multiplied().len());
    let claims: BTreeSet<(Duty, String)> =
        written().into_iter().chain(multiplied()).map(|row| (row.duty, row.claim)).collect();
    assert_eq!(claims.len(), by_hand + expanded, "two rows claim the same");
    assert!(by_hand >= 280 && expanded >= 7000, "{by_hand} rows by hand, {expanded} multiplied out");
}
