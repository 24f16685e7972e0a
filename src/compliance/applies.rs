//! Whether a duty of the catalogue binds a service.
//!
//! In: a duty and a service as declared. Out: yes or no. Must not: ask whether the duty is kept, or what is on record;
//! the two conditions that hang on records are passed in.

use crate::api::DeepSynthesisServiceSpec;
use crate::api::service::{Audience, ExplicitLabelling, Function, IdentityMeans, Role, RouteContent, Technology};
use crate::law::Duty;
use crate::law::duty::{Subject, When};

/// What the specification alone does not say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// A filing is in force.
    pub is_filed: bool,
    /// An order of the authorities is in force.
    pub is_ordered: bool,
}

/// Whether the duty binds a role of the service and its condition holds.
pub(super) fn applies(duty: Duty, spec: &DeepSynthesisServiceSpec, known: Known) -> bool {
    let entry = duty.entry();
    entry.subjects.iter().any(|subject| binds(*subject, &spec.roles)) && holds(entry.when, spec, known)
}

fn binds(subject: Subject, roles: &[Role]) -> bool {
    match subject {
        Subject::Provider => roles.contains(&Role::Provider),
        Subject::TechnicalSupporter => roles.contains(&Role::TechnicalSupporter),
        Subject::Propagator => roles.contains(&Role::Propagator),
        Subject::AppStore => roles.contains(&Role::AppStore),
        Subject::Anyone => true,
        Subject::User | Subject::Regulator => false,
    }
}

fn holds(when: When, spec: &DeepSynthesisServiceSpec, known: Known) -> bool {
    let outside = spec.audience != Audience::Internal;
    let public = spec.audience == Audience::PublicChina;
    let makes = |technologies: &[Technology]| spec.technologies.iter().any(|made| technologies.contains(made));
    let offers = |functions: &[Function]| spec.functions.iter().any(|offered| functions.contains(offered));
    let confuses = outside && !spec.confusion_categories.is_empty();
    let labelled = outside && spec.labelling.explicit != ExplicitLabelling::UserInterface;
    let biometric = edits_biometric(spec);
    match when {
        When::Always => true,
        When::NotInternal => outside,
        When::PublicChina => public,
        When::PublicOpinion => public && spec.public_opinion.attribute,
        When::Filed => known.is_filed,
        When::OrderInForce => known.is_ordered,
        // A service that has ended is not judged; its history is.
        When::ServiceEnded => false,
        When::NewsFunction => outside && offers(&[Function::News]),
        When::LicensedFunction => {
            outside && spec.functions.iter().any(|offered| offered.is_licensed() && *offered != Function::News)
        }
        When::Publication => outside && publishes(spec),
        When::Export => confuses && routes(spec).any(|route| route.export),
        When::Waiver => outside && spec.labelling.waiver.as_ref().is_some_and(|waiver| waiver.enabled),
        When::TrainsModels => outside && !spec.models.is_empty(),
        When::BiometricEditing => outside && (spec.biometric_editing.face || spec.biometric_editing.voice),
        When::AssessedTool => outside && (biometric || spec.special_object_editing),
        When::SensitiveInformation => outside && biometric,
        When::ConfusionCategory => confuses,
        When::NoConfusionCategory => outside && spec.confusion_categories.is_empty(),
        When::ConfusingText => confuses && makes(&[Technology::Text]),
        When::ConfusingAudio => confuses && makes(&AUDIO),
        When::ConfusingVisual => confuses && makes(&VISUAL),
        When::ConfusingScene => confuses && makes(&[Technology::DigitalHumanScene]),
        When::TextOutput => labelled && makes(&[Technology::Text]),
        When::AudioOutput => labelled && makes(&AUDIO),
        When::VisualOutput => labelled && makes(&VISUAL),
        When::SceneOutput => labelled && makes(&[Technology::DigitalHumanScene]),
        When::InterfaceLabel => outside && spec.labelling.explicit == ExplicitLabelling::UserInterface,
        // Neither can be declared yet.
        When::Watermark | When::SignedLabel => false,
        When::Propagation => outside && spec.roles.contains(&Role::Propagator),
        When::AppListing => outside && spec.roles.contains(&Role::AppStore),
        When::GenerativeAi => public && spec.generative_ai,
        When::GenerativeAiPublicOpinion => public && spec.generative_ai && spec.public_opinion.attribute,
        When::NetworkIdentity => spec
            .identity
            .as_ref()
            .is_some_and(|identity| identity.means.contains(&IdentityMeans::NationalNetworkIdentity)),
        When::Companion => outside && offers(&[Function::Companion]),
        When::DigitalHuman => outside && makes(&[Technology::DigitalHumanScene]),
    }
}

const AUDIO: [Technology; 2] = [Technology::Speech, Technology::NonSpeechAudio];
const VISUAL: [Technology; 2] = [Technology::VisualBiometric, Technology::VisualNonBiometric];

/// Whether it generates or edits faces or voices.
pub(super) fn edits_biometric(spec: &DeepSynthesisServiceSpec) -> bool {
    spec.biometric_editing.face
        || spec.biometric_editing.voice
        || spec.technologies.contains(&Technology::VisualBiometric)
}

/// Whether users publish information with it (Order 12 Art. 9).
pub(super) fn publishes(spec: &DeepSynthesisServiceSpec) -> bool {
    spec.functions.contains(&Function::InformationPublication) || routes(spec).any(|route| route.publication)
}

/// All routes that deliver generated content or may.
pub(super) fn routes(spec: &DeepSynthesisServiceSpec) -> impl Iterator<Item = &crate::api::service::Route> {
    let all = spec.endpoints.iter().flat_map(|endpoint| &endpoint.routes);
    all.filter(|route| route.content != RouteContent::NotGenerated || route.publication)
}
