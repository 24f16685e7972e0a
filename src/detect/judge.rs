//! What one container is, with a score and the reasons for it.
//!
//! In: a [`Container`], what ran before it, the catalogue. Out: [`Judgement`]. Must not: look at other
//! containers; [`super::decide`] weighs them together.

use std::collections::BTreeSet;

use super::catalogue::{Catalogue, ModelRule, Role, Signature, first_family};
use super::container::Container;
use super::identity::{self, Identity, Source};
use super::model::Models;
use crate::api::service::Technology;

/// From here on a container counts as a generator.
pub(super) const THRESHOLD: i32 = 50;
/// What is certainly no generator stays below this.
const EXCLUDED: i32 = 10;
/// What only might be one stays below the threshold.
const DOUBTFUL: i32 = 40;

/// The judgement on one container.
#[derive(Debug, Default)]
pub(super) struct Judgement<'c> {
    pub signature: Option<&'c Signature>,
    pub score: i32,
    pub technologies: BTreeSet<Technology>,
    pub reasons: Vec<String>,
}

impl<'c> Judgement<'c> {
    fn add(&mut self, score: i32, reason: impl Into<String>) {
        self.score += score;
        self.reasons.push(reason.into());
    }

    fn cap(&mut self, limit: i32, reason: impl Into<String>) {
        self.score = self.score.min(limit);
        self.reasons.push(reason.into());
    }

    /// Whether it generates.
    pub fn generates(&self) -> bool {
        self.score >= THRESHOLD
    }

    /// Its role; none when it is unknown.
    pub fn role(&self) -> Option<Role> {
        self.signature.map(|signature| signature.role)
    }
}

/// Judges a container. `finite` says that it belongs to a Job.
pub(super) fn judge<'c>(
    container: &Container,
    preparing: &[Container],
    finite: bool,
    catalogue: &'c Catalogue,
) -> Judgement<'c> {
    let mut judgement = Judgement::default();
    let identity = identity::identify(container, catalogue);
    let models = Models::of(container, preparing, catalogue);
    match identity.signature.map(|signature| (signature, signature.role)) {
        Some((signature, Role::Engine)) => engine(&mut judgement, container, &identity, signature, &models, catalogue),
        Some((signature, Role::Frontend)) => {
            judgement.technologies.extend(&signature.technologies);
            judgement.add(75, format!("{} shows {} to people", identity.found, signature.title));
        }
        Some((signature, _)) => {
            judgement.add(0, format!("{} is {}, which generates nothing", identity.found, signature.title));
        }
        None => unknown(&mut judgement, container, &identity, &models, catalogue),
    }
    judgement.signature = identity.signature;
    let serves = identity.source == Some(Source::Command);
    if finite && judgement.score > 0 && !serves {
        let penalty = if identity.signature.is_some() && container.has_command { -40 } else { -25 };
        judgement.add(penalty, "a Job ends by itself, it seldom serves");
    }
    let fetches = identity.passing.filter(|_| finite && !identity::has_port_flag(container, catalogue));
    if identity.marked && judgement.score > 0 {
        judgement.add(-30, "the container is called after something that is no server");
    }
    if let Some(activity) = identity.activity.or(fetches) {
        judgement.cap(EXCLUDED, format!("its command {}", activity.says));
    }
    judgement
}

fn engine(
    judgement: &mut Judgement<'_>,
    container: &Container,
    identity: &Identity<'_>,
    signature: &Signature,
    models: &Models<'_>,
    catalogue: &Catalogue,
) {
    let base = match identity.source {
        Some(Source::Command) => 75,
        Some(Source::Image) => 65,
        Some(Source::Flag) => 50,
        None => 25,
    };
    judgement.add(base, format!("{} is {}", identity.found, signature.title));
    surroundings(judgement, container, catalogue);
    let hint = hint(container, catalogue);
    let made = models.technologies();
    if let Some((family, name)) = models.generating() {
        judgement.add(10, format!("model {name} is a {}", family.says));
    }
    let usual: BTreeSet<Technology> = signature.technologies.iter().copied().collect();
    judgement.technologies = match signature.model {
        ModelRule::Fixed => usual,
        ModelRule::Adds => usual.union(&made).copied().collect(),
        _ if !made.is_empty() => made,
        ModelRule::Required => match &hint {
            Some((technologies, _)) => technologies.clone(),
            None => usual,
        },
        ModelRule::Decides => usual,
    };
    if matches!(signature.model, ModelRule::Fixed | ModelRule::Adds) {
        return;
    }
    if let Some((family, name)) = models.not_generating() {
        judgement.cap(EXCLUDED, format!("model {name} is a {}, which generates nothing", family.says));
    }
    if let Some(task) = identity.task {
        judgement.cap(EXCLUDED, format!("it is told to do something else: it {}", task.says));
    }
    if signature.model == ModelRule::Required && models.generating().is_none() {
        match hint {
            Some((_, word)) => judgement.add(10, format!("its name or command says \"{word}\"")),
            None => judgement
                .cap(DOUBTFUL, format!("{} serves any model, and none that generates is named", signature.title)),
        }
    }
}

fn unknown(
    judgement: &mut Judgement<'_>,
    container: &Container,
    identity: &Identity<'_>,
    models: &Models<'_>,
    catalogue: &Catalogue,
) {
    surroundings(judgement, container, catalogue);
    let endpoint = identity::endpoint(container, catalogue);
    let remote = endpoint.is_some() && !container.accelerated;
    if let Some((family, name)) = models.generating().filter(|_| !remote) {
        let named = !models.named.is_empty();
        judgement.add(if named { 35 } else { 25 }, format!("model {name} is a {}", family.says));
        if models.by_path {
            judgement.add(10, "the model's files are given");
        }
        judgement.technologies.extend(models.technologies());
    }
    let hint = hint(container, catalogue);
    if let Some((technologies, word)) = &hint {
        judgement.add(25, format!("its name or command says \"{word}\""));
        if judgement.technologies.is_empty() {
            judgement.technologies.clone_from(technologies);
        }
    }
    if let Some(variable) = endpoint {
        judgement.add(35, format!("{variable} points at a generator elsewhere"));
        if let Some(word) = identity::interface(container, catalogue) {
            judgement.add(30, format!("it looks like a user interface: \"{word}\""));
        }
        if judgement.technologies.is_empty() {
            judgement.technologies.insert(Technology::Text);
        }
    }
    if let Some((signature, variable)) = identity.variable {
        judgement.add(30, format!("{variable} is a variable of {}", signature.title));
        if judgement.technologies.is_empty() {
            judgement.technologies.extend(&signature.technologies);
        }
    }
    if let Some(signature) = identity.named {
        judgement.add(20, format!("the container is called like {}", signature.title));
        if judgement.technologies.is_empty() {
            judgement.technologies.extend(&signature.technologies);
        }
    }
    if let Some((family, name)) = models.not_generating() {
        judgement.add(-60, format!("model {name} is a {}, which generates nothing", family.says));
    }
    if let Some(task) = identity.task {
        judgement.cap(EXCLUDED, format!("it is told to do something else: it {}", task.says));
    }
    if judgement.technologies.is_empty() {
        judgement.cap(DOUBTFUL, "nothing says what it could generate");
    }
}

/// Accelerator, models on volumes, a port.
fn surroundings(judgement: &mut Judgement<'_>, container: &Container, catalogue: &Catalogue) {
    if container.accelerated {
        judgement.add(15, "it uses an accelerator");
    }
    if identity::stores_models(container, catalogue) {
        judgement.add(10, "it keeps models on a volume");
    }
    if !container.ports.is_empty() || container.probe.is_some() || identity::has_port_flag(container, catalogue) {
        judgement.add(5, "it listens on a port");
    }
}

/// Words of generation in the image's name or in the scripts that run.
fn hint(container: &Container, catalogue: &Catalogue) -> Option<(BTreeSet<Technology>, String)> {
    let (family, phrase) = first_family(&catalogue.hints, &container.image.name).or_else(|| {
        container.segments.iter().find_map(|segment| first_family(&catalogue.hints, &identity::program(segment)))
    })?;
    Some((family.technologies.iter().copied().collect(), phrase.text.clone()))
}
