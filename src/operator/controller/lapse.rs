//! A lapse that scales to zero: what must stop, and how it is stopped.
//!
//! In: a verdict and the workloads of a namespace. Out: a plan, then patches under a field manager of their own. Must not:
//! ever scale up. Who starts a service again does so by hand, after the gate is open; `deepsynthesis.dev/scaled-from` says
//! how many there were.

use kube::api::{Patch, PatchParams};
use kube::core::DynamicObject;
use kube::{Api, Client};
use serde_json::{Value, json};

use crate::api::DeepSynthesisService;
use crate::api::names::{MANAGER_LAPSE, SCALED_FROM_ANNOTATION};
use crate::api::{Mode, OnLapse};
use crate::compliance::{Gate, Verdict};
use crate::inject;
use crate::operator::snapshot::names;
use crate::operator::workload::{KINDS, Kind};

/// One workload that must stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// How it is stopped.
    pub how: How,
}

/// How a workload is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Scaled to zero from so many replicas.
    Scale(i64),
    /// Suspended.
    Suspend,
    /// Nobody but its owner can.
    ByHand,
}

/// Whether the service's workloads must be stopped.
#[must_use]
pub fn must_stop(verdict: &Verdict) -> bool {
    verdict.gate == Gate::Closed
        && verdict.mode == Mode::Enforce
        && (verdict.on_lapse == OnLapse::ScaleToZero || verdict.is_suspended)
}

/// What to do about one object; `None` when it is not the service's, is at rest or goes with its owner.
#[must_use]
pub fn stop(service: &DeepSynthesisService, kind: Kind, object: &Value) -> Option<Stop> {
    let template = inject::template_of(kind.name, object)?;
    if is_owned(object) || !service.spec.workload_selector.matches(&inject::template_labels(template)) {
        return None;
    }
    let spec = &object["spec"];
    let how = match kind.name {
        "Deployment" | "StatefulSet" | "ReplicaSet" | "ReplicationController" => {
            How::Scale(spec["replicas"].as_i64().unwrap_or(1)).running()?
        }
        "CronJob" if spec["suspend"] == true => return None,
        "CronJob" => How::Suspend,
        "Job" if is_finished(object) => return None,
        "Pod" if ["Succeeded", "Failed"].iter().any(|phase| object["status"]["phase"] == *phase) => return None,
        _ => How::ByHand,
    };
    Some(Stop { kind, name: object["metadata"]["name"].as_str()?.to_owned(), how })
}

impl How {
    fn running(self) -> Option<Self> {
        (self != Self::Scale(0)).then_some(self)
    }
}

fn is_owned(object: &Value) -> bool {
    let owners = object["metadata"]["ownerReferences"].as_array();
    owners.is_some_and(|owners| owners.iter().any(|owner| owner["controller"] == true))
}

fn is_finished(job: &Value) -> bool {
    let conditions = job["status"]["conditions"].as_array();
    conditions.is_some_and(|conditions| {
        let done = |condition: &Value| condition["type"] == "Complete" || condition["type"] == "Failed";
        conditions.iter().any(|condition| done(condition) && condition["status"] == "True")
    })
}

/// Stops everything of a service that runs; returns what was stopped and what is left to people.
///
/// # Errors
/// The first list or patch that fails; what was stopped before stays stopped.
pub async fn stop_all(client: &Client, service: &DeepSynthesisService) -> Result<Vec<Stop>, kube::Error> {
    let namespace = names(service).0;
    let mut stops = Vec::new();
    for kind in KINDS {
        let mut from: Option<String> = None;
        loop {
            let page = kind.page(client, Some(namespace), from.as_deref()).await?;
            stops.extend(page.items.iter().filter_map(|object| stop(service, kind, object)));
            from = page.next().map(str::to_owned);
            if from.is_none() {
                break;
            }
        }
    }
    for stop in &stops {
        apply(client, namespace, stop).await?;
    }
    Ok(stops)
}

async fn apply(client: &Client, namespace: &str, stop: &Stop) -> Result<(), kube::Error> {
    let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, &stop.kind.resource());
    // Merged, not applied: an object that is gone meanwhile must not come back.
    let params = PatchParams { field_manager: Some(MANAGER_LAPSE.to_owned()), ..PatchParams::default() };
    let done = match stop.how {
        How::Scale(replicas) => {
            let note = json!({"metadata": {"annotations": {SCALED_FROM_ANNOTATION: replicas.to_string()}}});
            match api.patch(&stop.name, &params, &Patch::Merge(note)).await {
                Ok(_) => {
                    let zero = json!({"spec": {"replicas": 0}});
                    api.patch_scale(&stop.name, &params, &Patch::Merge(zero)).await.map(drop)
                }
                Err(error) => Err(error),
            }
        }
        How::Suspend => {
            let body = json!({"spec": {"suspend": true}});
            api.patch(&stop.name, &params, &Patch::Merge(body)).await.map(drop)
        }
        How::ByHand => Ok(()),
    };
    match done {
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service() -> DeepSynthesisService {
        let mut service = crate::operator::controller::fixture::service("shop", "studio", "0001");
        service.spec.workload_selector = serde_json::from_value(json!({"matchLabels": {"app": "studio"}})).unwrap();
        service
    }

    fn kind(name: &str) -> Kind {
        KINDS.into_iter().find(|kind| kind.name == name).unwrap()
    }

    #[test]
    fn what_runs_is_stopped_and_what_rests_is_left_alone() {
        let service = service();
        let template = json!({"metadata": {"labels": {"app": "studio"}}, "spec": {}});
        let object = |spec: Value| {
            let mut object = json!({"metadata": {"name": "x"}, "spec": spec});
            object["spec"]["template"] = template.clone();
            object
        };
        let how = |name: &str, object: &Value| stop(&service, kind(name), object).map(|stop| stop.how);
        assert_eq!(how("Deployment", &object(json!({"replicas": 3}))), Some(How::Scale(3)));
        assert_eq!(how("StatefulSet", &object(json!({}))), Some(How::Scale(1)));
        assert_eq!(how("Deployment", &object(json!({"replicas": 0}))), None);
        assert_eq!(how("DaemonSet", &object(json!({}))), Some(How::ByHand));
        let cron = |suspend: bool| json!({"metadata": {"name": "x"}, "spec": {"suspend": suspend, "jobTemplate": {"spec": {"template": template}}}});
        assert_eq!(how("CronJob", &cron(false)), Some(How::Suspend));
        assert_eq!(how("CronJob", &cron(true)), None);
        let mut owned = object(json!({"replicas": 3}));
        owned["metadata"]["ownerReferences"] = json!([{"controller": true}]);
        assert_eq!(how("ReplicaSet", &owned), None);
        let mut other = object(json!({"replicas": 3}));
        other["spec"]["template"]["metadata"]["labels"]["app"] = "shop".into();
        assert_eq!(how("Deployment", &other), None);
    }
}
