//! The decision on a whole workload.
//!
//! In: an object and its siblings. Out: [`Detection`]. Must not: depend on the order of maps or siblings.

use serde_json::Value;

use super::catalogue::{Catalogue, Role, Signature};
use super::container::Port;
use super::judge::{Judgement, judge};
use super::pod::{Pod, pods};
use super::sibling::{ConfigMaps, Target, targets};
use super::{Detection, Likelihood, LoopbackHint, identity, port, resource};

/// Reasons that are handed out.
const REASONS: usize = 24;

/// Decides.
pub(super) fn decide(workload: &Value, siblings: &[&Value], catalogue: &'static Catalogue) -> Detection {
    let maps = ConfigMaps::read(siblings);
    let kind = workload.get("kind").and_then(Value::as_str).unwrap_or("");
    let finite = matches!(kind, "Job" | "CronJob" | "RayJob");
    let known = resource::of(workload, catalogue);
    if let Some(reason) = known.and_then(|resource| resource.never.as_ref()) {
        return Detection { reasons: vec![reason.clone()], ..Detection::default() };
    }
    if let Some(member) =
        known.and_then(|resource| resource.unless.as_ref()).filter(|member| workload.get(member).is_some())
    {
        return Detection {
            reasons: vec![format!("its \"{member}\" says that it serves nothing")],
            ..Detection::default()
        };
    }
    let mut pods = pods(workload, &maps, catalogue);
    resource::complete(workload, known, &mut pods, &maps, catalogue);
    let mut detection = Detection::default();
    let mut best: Option<i32> = None;
    let mut top = 0;
    // A gateway in a pod of its own, in front of the pods that generate.
    let mut gateway = None;
    for pod in &pods {
        let judgements: Vec<Judgement<'static>> =
            pod.containers.iter().map(|container| judge(container, &pod.preparing, finite, catalogue)).collect();
        for (container, judgement) in pod.containers.iter().zip(&judgements) {
            let label = if container.name.is_empty() { "container" } else { container.name.as_str() };
            let reasons = judgement.reasons.iter().map(|reason| format!("{label}: {reason}"));
            detection.reasons.extend(reasons);
            top = top.max(judgement.score);
        }
        let usual = known.and_then(|known| known.port);
        let Some(index) = principal(&judgements) else {
            let found = judgements.iter().position(|judgement| judgement.role() == Some(Role::Gateway));
            let port = found.and_then(|index| entry(pod, &judgements, index, siblings, finite, usual, catalogue));
            gateway = gateway.or(port);
            continue;
        };
        let generating = judgements.iter().filter(|judgement| judgement.generates());
        detection.technologies.extend(generating.flat_map(|judgement| judgement.technologies.iter().copied()));
        if best.is_none() {
            let judgement = &judgements[index];
            detection.signature = judgement.signature.map(|signature| signature.id.as_str());
            detection.loopback = judgement.signature.and_then(loopback);
            detection.entry_port = entry(pod, &judgements, index, siblings, finite, usual, catalogue);
        }
        best = best.max(Some(judgements[index].score));
    }
    if best.is_some() {
        detection.entry_port = gateway.or(detection.entry_port);
    }
    detection.verdict = if best.is_some() { Likelihood::Generator } else { Likelihood::Unlikely };
    detection.score = u16::try_from(best.unwrap_or(top).clamp(0, 100)).unwrap_or_default();
    detection.technologies.sort();
    detection.technologies.dedup();
    detection.reasons.truncate(REASONS);
    detection
}

/// The container that stands for the pod: the surest generator, the first among equals; engines before front-ends.
fn principal(judgements: &[Judgement<'_>]) -> Option<usize> {
    let weight = |judgement: &Judgement<'_>| (judgement.role() != Some(Role::Frontend), judgement.score);
    let generating = judgements.iter().enumerate().filter(|(_, judgement)| judgement.generates());
    generating.fold(None, |best: Option<usize>, (index, judgement)| match best {
        Some(known) if weight(&judgements[known]) >= weight(judgement) => Some(known),
        _ => Some(index),
    })
}

fn loopback(signature: &'static Signature) -> Option<LoopbackHint> {
    signature.loopback.as_ref().map(|hint| LoopbackHint {
        argument: hint.argument.as_deref(),
        environment: hint.environment.as_deref(),
        note: hint.note.as_deref(),
    })
}

/// The port at which users' traffic enters: a proxy stands before a front-end, a front-end before an engine.
fn entry(
    pod: &Pod,
    judgements: &[Judgement<'_>],
    principal: usize,
    siblings: &[&Value],
    finite: bool,
    usual: Option<u16>,
    catalogue: &Catalogue,
) -> Option<u16> {
    let of = |index: usize| {
        let container = pod.containers.get(index)?;
        port::of(container, judgements.get(index)?.signature, catalogue)
    };
    let engine = of(principal).map(|entry| match usual {
        Some(number) if !entry.explicit && pod.containers[principal].ports.is_empty() => {
            port::Entry { number, ..entry }
        }
        _ => entry,
    });
    let with = |role: Role| judgements.iter().position(|judgement| judgement.role() == Some(role));
    let proxy = with(Role::Proxy).filter(|index| leads_to(pod, *index, engine.map(|engine| engine.number)));
    let front = proxy.or_else(|| with(Role::Gateway)).or_else(|| with(Role::Frontend));
    let chosen = front.and_then(of).or(engine);
    let closed = pod.containers[principal].ports.iter().all(|port| port::is_internal(port, catalogue));
    let silent = finite || identity::takes_from_queue(&pod.containers[principal], catalogue);
    if silent && closed && chosen.is_none_or(|chosen| !chosen.explicit) {
        return None;
    }
    let all: Vec<&Port> = pod.containers.iter().flat_map(|container| &container.ports).collect();
    let beside: Vec<&Port> = pod
        .containers
        .iter()
        .zip(judgements)
        .enumerate()
        .filter(|(index, (_, judgement))| *index != principal && judgement.role() != Some(Role::Sidecar))
        .flat_map(|(_, (container, _))| &container.ports)
        .collect();
    let targets: Vec<Target> = targets(siblings, &pod.labels, &all);
    port::entry(chosen, &targets, &beside, catalogue)
}

/// Whether a proxy leads to the model: unless it says that it leads elsewhere, as one before a metrics port does.
fn leads_to(pod: &Pod, proxy: usize, engine: Option<u16>) -> bool {
    let (Some(container), Some(engine)) = (pod.containers.get(proxy), engine) else {
        return true;
    };
    let upstreams: Vec<u16> = container
        .segments
        .iter()
        .flat_map(|segment| segment.values("--upstream"))
        .filter_map(|url| url.trim_end_matches('/').rsplit(':').next()?.split('/').next()?.parse().ok())
        .collect();
    upstreams.is_empty() || upstreams.contains(&engine)
}
