//! What is known of a pod and of what is around it. Pure.
//!
//! In: raw objects, the snapshot, a clock. Out: [`PodFacts`]. Must not: decide.

use jiff::Timestamp;
use serde_json::Value;

use super::decide::PodFacts;
use super::owner::{is_ready, is_whole, standing};
use crate::api::DeepSynthesisService;
use crate::compliance::{Change, Decision, Workload, admit};
use crate::inject;
use crate::operator::admission::containers::containers;
use crate::operator::args::RunArgs;
use crate::operator::judge::Judge;
use crate::operator::snapshot::{Key, Snapshot, names};
use crate::operator::workload::POD;

/// What a pod is looked at with.
pub(super) struct Around<'a> {
    pub snapshot: &'a Snapshot,
    pub args: &'a RunArgs,
    pub verify_key: &'a str,
    pub now: Timestamp,
    /// Its controller, if it is there.
    pub owner: Option<&'a Value>,
    /// Its controller's own.
    pub above: Option<&'a Value>,
    pub has_room: bool,
    /// Whether another pod of its controller went just now.
    pub is_busy: bool,
}

/// What is known of one pod that was found to belong to a service.
pub(super) fn facts(pod: &Value, service: &Key, around: &Around<'_>) -> PodFacts {
    let (snapshot, namespace) = (around.snapshot, service.0.as_str());
    let selecting = snapshot.selecting(namespace, &inject::template_labels(pod));
    let mut facts = PodFacts {
        is_proven: false,
        is_over: true,
        is_static: inject::is_mirror(pod),
        is_operators: namespace == around.args.namespace,
        is_ready: is_ready(pod),
        owner: standing(pod, around.owner, around.above),
        is_owner_whole: !around.is_busy && around.owner.is_some_and(is_whole),
        is_injectable: false,
        has_room: around.has_room,
        is_admitted: false,
    };
    let [one] = selecting.as_slice() else { return facts };
    if names(one).1 != service.1 || !snapshot.is_enrolled(namespace) || POD.is_over(pod) {
        return facts;
    }
    let judge = Judge::new(snapshot);
    let plan = judge.published_plan(one, &around.args.settings, around.verify_key);
    facts.is_over = false;
    facts.is_proven = inject::verify(pod, &plan).is_ok();
    facts.is_injectable =
        around.owner.and_then(template).is_some_and(|template| inject::patch(template, &plan).is_ok());
    facts.is_admitted = is_admitted(pod, one, &judge, &inject::carriable(&plan), around);
    facts
}

/// What admission would answer to the same pod, made again.
fn is_admitted(
    pod: &Value,
    service: &DeepSynthesisService,
    judge: &Judge<'_>,
    proofs: &[inject::Carried],
    around: &Around<'_>,
) -> bool {
    let content = inject::content_of("Pod", pod);
    let runs = containers(pod);
    let workload = Workload {
        kind: "Pod",
        name: "",
        change: Change::Create,
        at: around.now,
        content: content.as_deref(),
        runs: &runs,
        revision: inject::revision_of(pod),
        admitted: &around.snapshot.admitted_revisions(service, proofs),
    };
    !matches!(admit(&judge.verdict(service, around.now), &workload), Decision::Deny(_))
}

/// The template of a controller whose pods are made again; all of these keep it in the same place.
fn template(owner: &Value) -> Option<&Value> {
    inject::template_of("ReplicaSet", owner)
}
