//! Repair: pods that run without the sidecar as it is injected go, where they come back with it.
//!
//! In: candidates from the latest scan, and each of them read anew in the moment in which it is decided on. Out: evictions,
//! Events, metrics, and for each candidate why it stays. Must not: delete (an eviction keeps budgets for disruptions), act
//! while the policy says `Report`, or have two pods of one controller away at once; only the replica that leads repairs.

pub mod decide;
mod facts;
pub mod owner;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kube::Client;
use serde_json::json;
use tokio::sync::watch;

use self::decide::{Hold, Step, decide};
use self::facts::{Around, facts};
use self::owner::{Reference, controller};
use super::args::RunArgs;
use super::event::{Note, Notes, reference};
use super::judge::Judge;
use super::metrics::{ByReason, Metrics};
use super::scan::pace::Pace;
use super::snapshot::Key;
use super::store::Store;
use super::workload::POD;
use crate::api::policy::Repair;

/// From one look at what may pass to the next; at most one pod of a controller goes in that time.
const ROUND: Duration = Duration::from_secs(10);
/// Between two evictions, whosever pods they are.
const BETWEEN: Duration = Duration::from_secs(2);
/// A budget that says no is asked again after this, doubled up to [`MAX_BACKOFF`].
const BACKOFF: Duration = Duration::from_secs(5);
const MAX_BACKOFF: Duration = Duration::from_secs(300);
/// Requests per second; an eviction costs at most four.
const PACE: u32 = 5;
/// Pods that an Event names.
const NAMED: usize = 5;

/// A pod that does not carry what is injected, as the scan found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its service.
    pub service: Key,
    /// Its name, in the service's namespace.
    pub name: String,
    /// Its UID.
    pub uid: String,
    /// Its controller.
    pub controller: Option<Reference>,
    /// Whether limit ranges and quotas leave room for the sidecar.
    pub has_room: bool,
}

/// Why candidates are still there, by the pod's UID.
pub type Held = BTreeMap<String, Hold>;

/// Repairs while this replica leads.
pub struct Repairer {
    /// API client, which does not try again by itself when it is told to come back later.
    pub client: Client,
    /// The cluster as known now.
    pub store: Store,
    /// The operator's settings.
    pub args: RunArgs,
    /// Base64 of the key that signs sidecar configurations.
    pub verify_key: String,
    /// Where Events go.
    pub notes: Notes,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// What each scan finds.
    pub candidates: watch::Receiver<Arc<Vec<Candidate>>>,
    /// Whom it interests why they stay.
    pub held: watch::Sender<Arc<Held>>,
}

/// What is remembered of one candidate.
#[derive(Clone, Copy, Debug)]
struct Tried {
    step: Step,
    /// When it is looked at again, and the pause after the next refusal; `None` until the next scan.
    again: Option<(Instant, Duration)>,
}

impl Repairer {
    /// Repairs until the sender of `leading` is gone.
    pub async fn run(mut self, mut leading: watch::Receiver<bool>) {
        let mut tried: BTreeMap<String, Tried> = BTreeMap::new();
        loop {
            if !*leading.borrow_and_update() {
                tried.clear();
                if leading.changed().await.is_err() {
                    return;
                }
                continue;
            }
            tokio::select! {
                changed = leading.changed() => {
                    if changed.is_err() { return }
                    continue;
                }
                changed = self.candidates.changed() => {
                    if changed.is_err() { return }
                    // What a scan finds may differ in anything: everything is looked at again, budgets when it is their time.
                    for tried in tried.values_mut() {
                        tried.again.get_or_insert((Instant::now(), BACKOFF));
                    }
                }
                () = tokio::time::sleep(ROUND) => {}
            }
            let candidates = self.candidates.borrow_and_update().clone();
            tried.retain(|uid, _| candidates.iter().any(|candidate| candidate.uid == *uid));
            if Judge::new(&self.store.load()).policy().repair == Repair::Evict {
                self.round(&candidates, &mut tried, &leading).await;
            } else {
                tried.clear();
            }
            self.publish(&tried);
        }
    }

    fn publish(&self, tried: &BTreeMap<String, Tried>) {
        let held = tried.iter().filter_map(|(uid, tried)| match tried.step {
            Step::Hold(hold) => Some((uid.clone(), hold)),
            Step::Leave | Step::Evict => None,
        });
        self.held.send_replace(Arc::new(held.collect()));
    }

    async fn round(
        &self,
        candidates: &[Candidate],
        tried: &mut BTreeMap<String, Tried>,
        leading: &watch::Receiver<bool>,
    ) {
        let mut pace = Pace::new(PACE, PACE, Instant::now());
        // Controllers of which a pod went in this round.
        let mut busy: BTreeSet<&str> = BTreeSet::new();
        let mut new: BTreeMap<(&Key, Hold), Vec<&str>> = BTreeMap::new();
        for candidate in candidates {
            if !*leading.borrow() {
                return;
            }
            let before = tried.get(&candidate.uid).copied();
            let now = Instant::now();
            if before.is_some_and(|tried| tried.again.is_none_or(|(at, _)| now < at)) {
                continue;
            }
            let owner = candidate.controller.as_ref().map(|controller| controller.uid.as_str());
            let step = match self.step(candidate, owner.is_some_and(|owner| busy.contains(owner)), &mut pace).await {
                Ok(step) => step,
                Err(error) => {
                    tracing::warn!(namespace = candidate.service.0, pod = candidate.name, %error, "repair failed, trying again");
                    continue;
                }
            };
            let pause = before.and_then(|tried| tried.again).map_or(BACKOFF, |(_, pause)| pause);
            let again = match step {
                Step::Hold(Hold::DisruptionBudget) => Some((now + pause, (pause * 2).min(MAX_BACKOFF))),
                Step::Hold(hold) if hold.passes() => Some((now, BACKOFF)),
                _ => None,
            };
            tried.insert(candidate.uid.clone(), Tried { step, again });
            match step {
                Step::Leave => {}
                Step::Hold(hold) => {
                    if before.is_none_or(|before| before.step != step) {
                        self.metrics.repair_refused.get_or_create(&ByReason { reason: hold.code() }).inc();
                        new.entry((&candidate.service, hold)).or_default().push(&candidate.name);
                    }
                }
                Step::Evict => {
                    busy.extend(owner);
                    self.metrics.repair_evictions.inc();
                    self.tell(&candidate.service, false, ("RepairEvicted", "Evict"), evicted(&candidate.name));
                    tokio::time::sleep(BETWEEN).await;
                }
            }
        }
        for ((service, hold), pods) in new {
            // Events of one reason and action are counted together: each hold is one of its own.
            self.tell(service, true, ("RepairRefused", hold.code()), refused(hold, &pods));
        }
    }

    /// Decides on the pod as it is now, and evicts it if so decided.
    async fn step(&self, candidate: &Candidate, is_busy: bool, pace: &mut Pace) -> Result<Step, kube::Error> {
        let namespace = candidate.service.0.as_str();
        if candidate.controller.is_none() {
            return Ok(Step::Hold(Hold::NoController));
        }
        tokio::time::sleep(pace.take(Instant::now())).await;
        let pod = POD.named(&self.client, namespace, &candidate.name).await?;
        let Some(pod) = pod.filter(|pod| pod["metadata"]["uid"] == candidate.uid.as_str()) else {
            return Ok(Step::Leave);
        };
        let owner = self.find(namespace, controller(&pod), pace).await?;
        let above = self.find(namespace, owner.as_ref().and_then(controller), pace).await?;
        let step = {
            let snapshot = self.store.load();
            let around = Around {
                snapshot: &snapshot,
                args: &self.args,
                verify_key: &self.verify_key,
                now: Timestamp::now(),
                owner: owner.as_ref(),
                above: above.as_ref(),
                has_room: candidate.has_room,
                is_busy,
            };
            decide(&facts(&pod, &candidate.service, &around))
        };
        if step != Step::Evict {
            return Ok(step);
        }
        tokio::time::sleep(pace.take(Instant::now())).await;
        match self.evict(candidate).await {
            Ok(_) => Ok(Step::Evict),
            Err(kube::Error::Api(status)) if status.code == 429 => Ok(Step::Hold(Hold::DisruptionBudget)),
            // Gone, or another pod of that name.
            Err(kube::Error::Api(status)) if status.code == 404 || status.code == 409 => Ok(Step::Leave),
            Err(error) => Err(error),
        }
    }

    /// Asks for the eviction of this very pod. The client library's own request names the precondition in a way that the
    /// API server does not know and drops.
    async fn evict(&self, candidate: &Candidate) -> Result<serde_json::Value, kube::Error> {
        let (namespace, name) = (&candidate.service.0, &candidate.name);
        let body = json!({
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": name, "namespace": namespace},
            "deleteOptions": {"preconditions": {"uid": candidate.uid}},
        });
        let url = format!("/api/v1/namespaces/{namespace}/pods/{name}/eviction");
        let request = http::Request::post(url).header(http::header::CONTENT_TYPE, "application/json");
        self.client.request(request.body(body.to_string().into_bytes()).map_err(kube::Error::HttpError)?).await
    }

    async fn find(
        &self,
        namespace: &str,
        reference: Option<Reference>,
        pace: &mut Pace,
    ) -> Result<Option<serde_json::Value>, kube::Error> {
        let Some(Reference { kind: Some(kind), name, .. }) = reference else { return Ok(None) };
        tokio::time::sleep(pace.take(Instant::now())).await;
        kind.named(&self.client, namespace, &name).await
    }

    fn tell(&self, service: &Key, warning: bool, (reason, action): (&'static str, &'static str), text: String) {
        if let Some(service) = self.store.load().services.get(service) {
            self.notes.send(Note { service: reference(service), warning, reason, action, text });
        }
    }
}

fn evicted(pod: &str) -> String {
    format!(
        "Pod {pod} ran without the labelling sidecar as it is injected and was evicted; its controller makes it again with it \
         (Order 12 Art. 16). 该 Pod 未按要求携带标识边车，已驱逐并由其控制器重建。"
    )
}

fn refused(hold: Hold, pods: &[&str]) -> String {
    let named = pods.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = if pods.len() > NAMED { format!(" and {} more", pods.len() - NAMED) } else { String::new() };
    format!(
        "[{}] Not evicted although without the labelling sidecar as it is injected (Order 12 Art. 16): {named}{more}: {}",
        hold.code(),
        hold.sentence()
    )
}
