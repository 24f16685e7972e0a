//! Order 12 Arts 16 to 18, Labelling Measures Arts 4 and 5, as far as the declaration shows.
//!
//! In: the service's delivery, routes and labelling. Out: whether the sidecar can label what is
//! generated. Must not: close the gate; whether pods carry the sidecar is asked elsewhere, and
//! whether an application labels by itself nobody can tell from the cluster.

use super::Judgement;
use crate::api::service::{Audience, DeepSynthesisServiceSpec, Delivery, ExplicitLabelling, Role, RouteContent};
use crate::compliance::facts::Facts;
use crate::compliance::finding::Finding;
use crate::compliance::reason::Reason;
use crate::compliance::verdict::RuleState;
use crate::law::Duty;

/// Judges the declaration.
///
/// Arts 16 and 17 bind providers; who serves enterprises through an API is one (GB 45438-2025 3.7).
pub(in crate::compliance) fn judge(facts: &Facts<'_>) -> Judgement {
    let spec = facts.spec;
    let mut judgement = Judgement::new(Duty::TechnicalMark, RuleState::NotApplicable);
    if !spec.roles.contains(&Role::Provider) || spec.audience == Audience::Internal {
        return judgement;
    }
    judgement.state = RuleState::Satisfied;
    if spec.delivery != Delivery::Http {
        judgement.state = RuleState::CannotKnow;
        judgement.findings.push(Finding::warning(Reason::DeliveryNotLabelled));
    }
    if let Some(port) = port_without_label(spec) {
        judgement.state = RuleState::CannotKnow;
        judgement.findings.push(Finding::warning(Reason::RouteSkipsLabel).detail(format!("port {port}")));
    }
    if spec.labelling.explicit == ExplicitLabelling::UserInterface {
        judgement.state = RuleState::CannotKnow;
        // With a confusion category the conspicuous mark itself is left to the application
        // (Art. 17(1)); without one the function and the prompt are (Art. 17(2)).
        judgement.findings.push(if spec.confusion_categories.is_empty() {
            Finding::notice(Reason::MarkingFunctionOwed)
        } else {
            Finding::warning(Reason::ExplicitLabelByApplication)
        });
    }
    judgement
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
