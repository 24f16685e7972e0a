//! What a pod carries under our names, in a number that is small enough to be kept for every pod.
//!
//! In: a pod as it is stored, or a plan. Out: [`Carried`], equal for both exactly when the pod carries what the plan
//! injects, later additions of the API server aside. Must not: believe the annotation; it only has to agree.

use serde_json::Value;

use super::Plan;
use super::digest::digest;
use super::expected::proofs;
use super::plan::CONTAINERS;
use super::view::{PodView, is_named, is_one_of};
use crate::api::names;

/// Half of the digest of a sidecar and its volumes: as hard to hit as it needs to be, and a quarter of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried(u128);

impl Carried {
    fn of(digest: &str) -> Option<Self> {
        u128::from_str_radix(digest.get(..32)?, 16).ok().map(Self)
    }
}

/// What a pod carries; `None` when it lacks a part, something starts before it, or its annotation says something else.
#[must_use]
pub fn carried(pod: &Value) -> Option<Carried> {
    let view = PodView::of(pod).ok()?;
    let mut ours: Vec<&Value> =
        view.init_containers.iter().take_while(|container| is_one_of(container, &CONTAINERS)).collect();
    ours.reverse();
    if !is_named(ours.first()?, names::SIDECAR_CONTAINER) {
        return None;
    }
    let volumes: Vec<&Value> =
        names::VOLUMES.iter().filter_map(|name| view.volume(name)).map(|(_, volume)| volume).collect();
    let digest = digest(&ours, &volumes);
    let said = view.annotations?.get(names::PROOF_ANNOTATION)?;
    (said.as_str() == Some(digest.as_str())).then(|| Carried::of(&digest))?
}

/// What pods of a plan may carry: it depends on the pod's QoS class.
#[must_use]
pub fn carriable(plan: &Plan) -> Vec<Carried> {
    proofs(plan).iter().filter_map(|digest| Carried::of(digest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inject::fixture::{self, plan};
    use serde_json::json;

    fn injected(plan: &Plan, resources: Value) -> Value {
        let pod = json!({
            "metadata": {"name": "p", "labels": {"app": "studio"}},
            "spec": {"containers": [{"name": "app", "image": "a", "resources": resources}]},
        });
        fixture::injected(pod, plan)
    }

    #[test]
    fn an_injected_pod_carries_what_its_plan_says_and_that_of_no_other_plan() {
        let guaranteed = json!({"limits": {"cpu": 1, "memory": "1Gi"}});
        let other = Plan { service_uid: "another".into(), ..plan() };
        for resources in [json!({}), guaranteed] {
            let pod = injected(&plan(), resources);
            assert!(carriable(&plan()).contains(&carried(&pod).unwrap()));
            assert!(!carriable(&other).contains(&carried(&pod).unwrap()));
        }
    }

    #[test]
    fn later_additions_of_the_api_server_do_not_count_and_everything_else_does() {
        let with = |change: fn(&mut Value)| {
            let mut pod = injected(&plan(), json!({}));
            change(&mut pod);
            carried(&pod).is_some_and(|carried| carriable(&plan()).contains(&carried))
        };
        type Row = (fn(&mut Value), bool);
        let rows: [Row; 6] = [
            (|pod| pod["spec"]["initContainers"][0]["imagePullPolicy"] = "Always".into(), true),
            (|pod| pod["spec"]["initContainers"][0]["resources"]["limits"]["cpu"] = "1".into(), true),
            (|pod| pod["spec"]["initContainers"][0]["image"] = "mine".into(), false),
            (|pod| pod["spec"]["initContainers"] = json!([]), false),
            (|pod| pod["metadata"]["annotations"][names::PROOF_ANNOTATION] = "0".repeat(64).into(), false),
            (
                |pod| {
                    let list = pod["spec"]["initContainers"].as_array_mut().unwrap();
                    list.insert(0, json!({"name": "first", "image": "a"}));
                },
                false,
            ),
        ];
        for (index, (change, counts)) in rows.into_iter().enumerate() {
            assert_eq!(with(change), counts, "{index}");
        }
    }
}
