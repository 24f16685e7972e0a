//! Order 12 Arts 16 to 18, Labelling Measures Arts 4 and 5, as far as the declaration shows.
//!
//! In: the service's delivery, routes and labelling. Out: whether what is generated is labelled. Must not: take injection
//! for labelling; whether pods carry the sidecar is asked elsewhere, and what an application labels by itself nobody can
//! tell from the cluster.

use super::Judgement;
use crate::api::DecidedField;
use crate::api::service::{
    Capture, ConfusionCategory, DeepSynthesisServiceSpec, Delivery, ExplicitLabelling, Function, RouteContent,
    Technology,
};
use crate::compliance::decision::decided_values;
use crate::compliance::facts::{Facts, Now};
use crate::compliance::finding::Finding;
use crate::compliance::reason::Reason;
use crate::compliance::verdict::RuleState;
use crate::law::{Duty, ProviderCode};

/// Judges every duty of this family.
///
/// Arts 16 and 17 bind providers; who serves enterprises through an API is one (GB 45438-2025 3.7).
pub(in crate::compliance) fn judge(facts: &Facts<'_>, now: &Now<'_>, out: &mut Vec<Judgement>) {
    let spec = facts.spec;
    let seen = spec.delivery == Delivery::Http || spec.labelling.step.is_some();
    if facts.binds(Duty::TechnicalMark) {
        let judgement = Judgement::new(Duty::TechnicalMark, RuleState::Satisfied);
        out.push(if seen {
            judgement
        } else {
            judgement.find(RuleState::CannotKnow, Finding::warning(Reason::DeliveryNotLabelled))
        });
    }
    if facts.binds(Duty::MarkIntegrity) {
        let judgement = Judgement::new(Duty::MarkIntegrity, RuleState::Satisfied);
        let is_refused = spec.capture == Capture::Redirect && !facts.policy.allows_redirect(facts.namespace);
        out.push(match port_without_label(spec) {
            _ if is_refused => judgement.close(Finding::violation(Reason::RedirectNotAllowed)),
            None => judgement,
            Some(port) => judgement
                .find(RuleState::CannotKnow, Finding::warning(Reason::RouteSkipsLabel).detail(format!("port {port}"))),
        });
    }
    conspicuous(facts, now, seen, out);
    for duty in [Duty::ImplicitLabel, Duty::MetadataForm, Duty::LabelFormat, Duty::Carriers, Duty::GenAiLabel] {
        if facts.binds(duty) {
            let state = if seen { RuleState::Satisfied } else { RuleState::CannotKnow };
            out.push(Judgement::new(duty, state));
        }
    }
    if facts.binds(Duty::ProviderCode) {
        let judgement = Judgement::new(Duty::ProviderCode, RuleState::Satisfied);
        let provider = &spec.provider;
        let code = ProviderCode::generation(&provider.unified_social_credit_code, &provider.service_code);
        out.push(if code.is_some() {
            judgement
        } else {
            judgement.close(Finding::violation(Reason::ProviderCodeInvalid))
        });
    }
}

/// Order 12 Art. 17 and Labelling Measures Art. 4: the explicit label.
fn conspicuous(facts: &Facts<'_>, now: &Now<'_>, seen: bool, out: &mut Vec<Judgement>) {
    let spec = facts.spec;
    let explicit = spec.labelling.explicit;
    let by_hand = if seen { RuleState::Satisfied } else { RuleState::CannotKnow };
    let interface_declared = spec.labelling.user_interface.is_some();
    let state = match explicit {
        ExplicitLabelling::InText => by_hand,
        ExplicitLabelling::UserInterface if interface_declared => RuleState::Satisfied,
        ExplicitLabelling::UserInterface => RuleState::CannotKnow,
        ExplicitLabelling::Offer => RuleState::Violated,
    };
    if facts.binds(Duty::ConspicuousMark) {
        let judgement = Judgement::new(Duty::ConspicuousMark, state);
        out.push(match explicit {
            ExplicitLabelling::Offer => judgement.close(Finding::violation(Reason::ConspicuousMarkMissing)),
            ExplicitLabelling::UserInterface if !interface_declared => {
                judgement.find(state, Finding::warning(Reason::ExplicitLabelByApplication))
            }
            _ => judgement,
        });
    }
    let modalities = [
        Duty::ExplicitLabel,
        Duty::ExplicitText,
        Duty::ExplicitAudio,
        Duty::ExplicitImage,
        Duty::ExplicitVideo,
        Duty::ExplicitScene,
        Duty::InterfaceForm,
    ];
    // What is wrong with them is said once, by the conspicuous mark.
    out.extend(modalities.into_iter().filter(|duty| facts.binds(*duty)).map(|duty| Judgement::new(duty, state)));
    if facts.binds(Duty::MarkingFunction) {
        let judgement = Judgement::new(Duty::MarkingFunction, by_hand);
        let offer = spec.labelling.offer.as_ref();
        let complete = offer.is_some_and(|offer| !offer.function.is_empty() && !offer.prompt.is_empty());
        out.push(match explicit {
            ExplicitLabelling::InText => judgement,
            _ if complete => Judgement::new(Duty::MarkingFunction, RuleState::Satisfied),
            ExplicitLabelling::UserInterface => {
                judgement.find(RuleState::CannotKnow, Finding::notice(Reason::MarkingFunctionOwed))
            }
            ExplicitLabelling::Offer => judgement.close(Finding::violation(Reason::MarkingFunctionIncomplete)),
        });
    }
    if facts.binds(Duty::ExportLabel) {
        let judgement = Judgement::new(Duty::ExportLabel, by_hand);
        out.push(match explicit {
            ExplicitLabelling::InText => judgement,
            // Labelling Measures Art. 4, last paragraph: the file itself carries it; the interface is not enough.
            _ if spec.labelling.step.is_some() => judgement,
            _ => judgement.close(Finding::violation(Reason::ExportLabelMissing)),
        });
    }
    categories(facts, now, out);
}

/// Technologies whose output usually may confuse the public, without the category for it.
fn categories(facts: &Facts<'_>, now: &Now<'_>, out: &mut Vec<Judgement>) {
    let spec = facts.spec;
    if !facts.binds(Duty::TechnicalMark) {
        return;
    }
    let usual = [
        (Technology::Speech, ConfusionCategory::Voice, "Voice"),
        (Technology::VisualBiometric, ConfusionCategory::FacePerson, "FacePerson"),
    ];
    let digital = spec.functions.contains(&Function::DigitalHuman).then_some((
        Technology::DigitalHumanScene,
        ConfusionCategory::FacePerson,
        "FacePerson",
    ));
    let owed: Vec<&str> = usual
        .into_iter()
        .chain(digital)
        .filter(|(technology, category, name)| {
            spec.technologies.contains(technology)
                && !spec.confusion_categories.contains(category)
                && !is_decided(facts, now, DecidedField::ConfusionCategoryRemoved, name)
        })
        .map(|(_, _, name)| name)
        .collect();
    if !owed.is_empty() {
        let finding = Finding::warning(Reason::ConfusionCategoryOwed).detail(owed.join(", "));
        out.push(Judgement::new(Duty::ConspicuousMark, RuleState::NotApplicable).find(RuleState::CannotKnow, finding));
    }
}

/// Whether an officer decided this value for the service.
pub(super) fn is_decided(facts: &Facts<'_>, now: &Now<'_>, field: DecidedField, value: &str) -> bool {
    decided_values(facts.assessments.own, facts.spec, facts.namespace, now.china_date())
        .any(|decided| decided.field == field && decided.value == value)
}

/// The first port on which a route exempts every path and method.
fn port_without_label(spec: &DeepSynthesisServiceSpec) -> Option<u16> {
    spec.endpoints
        .iter()
        .find(|endpoint| {
            // The first match decides: a labelled route before it saves that path, not the rest.
            endpoint.routes.iter().any(|route| {
                route.path == "/" && route.methods.is_empty() && route.content == RouteContent::NotGenerated
            }) && !endpoint.routes.iter().any(|route| route.content != RouteContent::NotGenerated)
        })
        .map(|endpoint| endpoint.port)
}
