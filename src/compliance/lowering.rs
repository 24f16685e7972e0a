//! Edits of a service that lower a duty, and the decisions that allow them.
//!
//! In: the service as it was (or what its history says) and as it is to be, the officer's records. Out: the values that
//! nobody decided. Must not: take the tenant's word for anything that makes the law reach less.

use std::collections::BTreeSet;
use std::fmt::Debug;

use jiff::civil::Date;

use super::decision::decided_values;
use super::facts::Named;
use crate::api::service::{Audience, Endpoint, ExplicitLabelling, Route, RouteContent, WorkloadSelector};
use crate::api::{AssessmentRecordSpec, DecidedField, DecidedValue, Declared, DeepSynthesisServiceSpec};

/// One value that lowers a duty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lowered {
    /// Field and new value, as a decision names them.
    pub decided: DecidedValue,
    /// Path of the field in the service.
    pub path: String,
    /// What it was.
    pub from: String,
    /// What it is to be, for people.
    pub to: String,
}

/// What a service declares of the values that outlive it.
#[must_use]
pub fn declared(spec: &DeepSynthesisServiceSpec) -> Declared {
    Declared {
        audience: spec.audience,
        roles: spec.roles.clone(),
        technologies: spec.technologies.clone(),
        confusion_categories: spec.confusion_categories.clone(),
        functions: spec.functions.clone(),
        public_opinion_attribute: spec.public_opinion.attribute,
        biometric_editing: spec.biometric_editing,
        special_object_editing: spec.special_object_editing,
        generative_ai: spec.generative_ai,
    }
}

/// Every value of an edit that lowers a duty.
#[must_use]
pub fn lowered(old: &DeepSynthesisServiceSpec, new: &DeepSynthesisServiceSpec) -> Vec<Lowered> {
    let mut found = lowered_since(&declared(old), new);
    let (was, is) = (old.labelling.explicit, new.labelling.explicit);
    if explicit_rank(is) < explicit_rank(was) {
        found.push(changed(DecidedField::ExplicitLabelling, "spec.labelling.explicit", &was, &is));
    }
    routes(&mut found, &old.endpoints, &new.endpoints);
    if !reaches(&new.workload_selector, &old.workload_selector) {
        found.push(Lowered {
            decided: DecidedValue { field: DecidedField::WorkloadSelector, value: "Changed".into() },
            path: "spec.workloadSelector".into(),
            from: selector_text(&old.workload_selector),
            to: selector_text(&new.workload_selector),
        });
    }
    found
}

/// Every value with which a new service declares less than the one of the same key before it.
#[must_use]
pub fn lowered_since(old: &Declared, new: &DeepSynthesisServiceSpec) -> Vec<Lowered> {
    use DecidedField as F;
    let mut found = Vec::new();
    if audience_rank(new.audience) < audience_rank(old.audience) {
        found.push(changed(F::Audience, "spec.audience", &old.audience, &new.audience));
    }
    removed(&mut found, F::RoleRemoved, "spec.roles", &old.roles, &new.roles);
    removed(&mut found, F::TechnologyRemoved, "spec.technologies", &old.technologies, &new.technologies);
    let (was, is) = (&old.confusion_categories, &new.confusion_categories);
    removed(&mut found, F::ConfusionCategoryRemoved, "spec.confusionCategories", was, is);
    removed(&mut found, F::FunctionRemoved, "spec.functions", &old.functions, &new.functions);
    for (field, path, was, is) in [
        (
            F::PublicOpinionAttribute,
            "spec.publicOpinion.attribute",
            old.public_opinion_attribute,
            new.public_opinion.attribute,
        ),
        (F::FaceEditing, "spec.biometricEditing.face", old.biometric_editing.face, new.biometric_editing.face),
        (F::VoiceEditing, "spec.biometricEditing.voice", old.biometric_editing.voice, new.biometric_editing.voice),
        (F::SpecialObjectEditing, "spec.specialObjectEditing", old.special_object_editing, new.special_object_editing),
        (F::GenerativeAi, "spec.generativeAi", old.generative_ai, new.generative_ai),
    ] {
        if was && !is {
            found.push(changed(field, path, &was, &is));
        }
    }
    found
}

/// Those that no decision in force covers for this service.
#[must_use]
pub fn undecided(
    lowered: Vec<Lowered>,
    assessments: &[Named<'_, AssessmentRecordSpec>],
    service: &DeepSynthesisServiceSpec,
    namespace: &str,
    today: Date,
) -> Vec<Lowered> {
    let decided: BTreeSet<&DecidedValue> = decided_values(assessments, service, namespace, today).collect();
    lowered.into_iter().filter(|lowered| !decided.contains(&lowered.decided)).collect()
}

fn changed<T: Debug>(field: DecidedField, path: &str, from: &T, to: &T) -> Lowered {
    let (from, to) = (format!("{from:?}"), format!("{to:?}"));
    Lowered { decided: DecidedValue { field, value: to.clone() }, path: path.to_owned(), from, to }
}

fn removed<T: Debug + PartialEq>(found: &mut Vec<Lowered>, field: DecidedField, path: &str, old: &[T], new: &[T]) {
    found.extend(old.iter().filter(|entry| !new.contains(entry)).map(|entry| Lowered {
        decided: DecidedValue { field, value: format!("{entry:?}") },
        path: path.to_owned(),
        from: format!("{entry:?}"),
        to: "absent".into(),
    }));
}

fn audience_rank(audience: Audience) -> u8 {
    match audience {
        Audience::Internal => 0,
        Audience::Enterprise => 1,
        Audience::PublicChina => 2,
    }
}

fn explicit_rank(explicit: ExplicitLabelling) -> u8 {
    match explicit {
        ExplicitLabelling::Offer => 0,
        ExplicitLabelling::UserInterface => 1,
        ExplicitLabelling::InText => 2,
    }
}

/// Whether everything that the old selector selects is selected by the new one: it asks for no more than the old.
fn reaches(new: &WorkloadSelector, old: &WorkloadSelector) -> bool {
    new.match_labels.iter().all(|(key, value)| old.match_labels.get(key) == Some(value))
        && new.match_expressions.iter().all(|requirement| old.match_expressions.contains(requirement))
}

fn selector_text(selector: &WorkloadSelector) -> String {
    let labels = selector.match_labels.iter().map(|(key, value)| format!("{key}={value}"));
    let expressions = selector.match_expressions.iter().map(|one| match one.values.as_slice() {
        [] => format!("{} {:?}", one.key, one.operator),
        values => format!("{} {:?} ({})", one.key, one.operator, values.join(",")),
    });
    labels.chain(expressions).collect::<Vec<_>>().join(",")
}

/// Compares what happens on every path, not the list: a route that moves ahead of another changes as much as a new one.
/// A path is treated as the longest declared path that it begins with, so looking at the declared ones is enough.
fn routes(found: &mut Vec<Lowered>, old: &[Endpoint], new: &[Endpoint]) {
    let of = |endpoints: &'_ [Endpoint], port: u16| -> Vec<Route> {
        endpoints
            .iter()
            .find(|endpoint| endpoint.port == port)
            .map(|endpoint| endpoint.routes.clone())
            .unwrap_or_default()
    };
    for port in new.iter().map(|endpoint| endpoint.port) {
        let (was, is) = (of(old, port), of(new, port));
        let paths: BTreeSet<&str> = was.iter().chain(&is).map(|route| route.path.as_str()).collect();
        let mut methods: BTreeSet<&str> =
            was.iter().chain(&is).flat_map(|route| &route.methods).map(String::as_str).collect();
        methods.insert("any other");
        for path in paths {
            let pairs: Vec<_> =
                methods.iter().map(|method| (treated(&was, path, method), treated(&is, path, method))).collect();
            let note = |found: &mut Vec<Lowered>, field, from: &str, to: &str| {
                let lowered = Lowered {
                    decided: DecidedValue { field, value: path.to_owned() },
                    path: format!("spec.endpoints (port {port}) routes {path}"),
                    from: from.to_owned(),
                    to: to.to_owned(),
                };
                if !found.contains(&lowered) {
                    found.push(lowered);
                }
            };
            if let Some((was, is)) =
                pairs.iter().find(|(was, is)| was.0 != RouteContent::NotGenerated && is.0 == RouteContent::NotGenerated)
            {
                note(found, DecidedField::RouteNotGenerated, &format!("{:?}", was.0), &format!("{:?}", is.0));
            }
            if pairs.iter().any(|(was, is)| was.1 && !is.1) {
                note(found, DecidedField::RouteNotPublishing, "publication: true", "publication: false");
            }
        }
    }
}

/// Content and publication of a path under a list of routes, the first match deciding.
fn treated(routes: &[Route], path: &str, method: &str) -> (RouteContent, bool) {
    let matching = routes.iter().find(|route| {
        begins_with(path, &route.path) && (route.methods.is_empty() || route.methods.iter().any(|one| one == method))
    });
    matching.map_or((RouteContent::default(), false), |route| (route.content, route.publication))
}

fn begins_with(path: &str, prefix: &str) -> bool {
    let prefix = prefix.trim_end_matches('/');
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
#[path = "lowering_tests.rs"]
mod tests;
