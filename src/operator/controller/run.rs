//! The loop of the replica that leads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kube::Client;
use tokio::sync::watch;

use super::apply::{self, ApplyError};
use super::build::{self, Desired, Observed, Verdicts};
use super::gauges::Gauges;
use super::retention::Kept;
use super::{enforcement, history, news};
use crate::api::DeepSynthesisService;
use crate::api::names::ENFORCEMENT_NAME;
use crate::compliance::Verdict;
use crate::contract::{Envelope, SidecarConfig, SigningKey};
use crate::operator::args::RunArgs;
use crate::operator::event::Notes;
use crate::operator::judge::Judge;
use crate::operator::ledger::authority;
use crate::operator::ledger::coverage::Covered;
use crate::operator::metrics::Metrics;
use crate::operator::scan::Scanned;
use crate::operator::seen::Seen;
use crate::operator::snapshot::{Key, Snapshot, names};
use crate::operator::store::Store;

/// Everything is looked at again after this time, so that a missed or undone write heals.
const RESYNC: Duration = Duration::from_secs(30);
/// Seconds for which a signed configuration is fresh.
const CONFIG_MAX_AGE: i64 = 24 * 3600;
/// Seconds after which it is signed anew.
const CONFIG_RESIGN: i64 = 6 * 3600;
/// A failed service waits this long, doubled at each failure up to [`MAX_BACKOFF`].
const BACKOFF: Duration = Duration::from_secs(1);
const MAX_BACKOFF: Duration = Duration::from_secs(60);
/// A new leader waits this long for the ledger's first answer, once.
const FIRST_ANSWER: Duration = Duration::from_secs(2);
/// A watch is not behind for longer than this; what it says then counts.
const LAG: Duration = Duration::from_secs(10);

/// The controller.
pub struct Controller {
    /// API client.
    pub client: Client,
    /// The cluster as known now.
    pub store: Store,
    /// The operator's settings.
    pub args: RunArgs,
    /// Signs sidecar configurations.
    pub key: SigningKey,
    /// Where Events go.
    pub notes: Notes,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// What the latest scan found.
    pub scanned: watch::Receiver<Arc<Scanned>>,
    /// What the ledger keeps.
    pub covered: watch::Receiver<Arc<Covered>>,
}

/// What this replica wrote for a service.
#[derive(Default)]
pub(super) struct Written {
    config: Option<(SidecarConfig, i64, i64)>,
    retry: Option<(Instant, Duration)>,
    /// The status that was written, until the watch brings it.
    status: Option<(Arc<Seen>, Instant)>,
    /// Whether its workloads were stopped since its gate closed.
    pub(super) is_stopped: bool,
}

impl Written {
    /// The status that a service has. A look that comes between our write and the watch must neither move a time nor
    /// repeat an Event.
    fn seen(&mut self, snapshot: &Snapshot, service: &DeepSynthesisService) -> Arc<Seen> {
        let (namespace, name) = names(service);
        let watched = snapshot.seen.get(&(namespace.to_owned(), name.to_owned())).cloned().unwrap_or_default();
        match &self.status {
            Some((written, at)) if *written != watched && at.elapsed() < LAG => Arc::clone(written),
            _ => {
                self.status = None;
                watched
            }
        }
    }
}

/// What this replica remembers while it leads.
#[derive(Default)]
struct Memory {
    written: BTreeMap<Key, Written>,
    sidecars: enforcement::Sidecars,
    ledger: authority::Known,
    gauges: Gauges,
}

impl Controller {
    /// Reconciles while this replica leads, until the sender of `leading` is gone.
    pub async fn run(mut self, mut leading: watch::Receiver<bool>) {
        let mut changes = self.store.changes();
        let mut memory = Memory::default();
        let mut next_look = Instant::now();
        let (has_ledger, mut has_waited) = (self.args.ledger_token.is_some(), false);
        loop {
            if !*leading.borrow_and_update() {
                // Another replica may write meanwhile: what we remember of our writes is worth nothing then.
                memory.written.clear();
                memory.gauges.clear(&self.metrics);
                has_waited = false;
                if leading.changed().await.is_err() {
                    return;
                }
                next_look = Instant::now();
                continue;
            }
            tokio::select! {
                changed = leading.changed() => if changed.is_err() { return },
                changed = changes.changed() => if changed.is_err() { return },
                changed = self.scanned.changed() => if changed.is_err() { return },
                changed = self.covered.changed(), if has_ledger => if changed.is_err() { return },
                () = tokio::time::sleep_until(next_look.into()) => {}
            }
            if *leading.borrow() && self.store.waiting_for().is_empty() {
                if has_ledger && !has_waited {
                    // What the leader before knew of the records would otherwise turn unknown and back in every status.
                    let answer = self.covered.wait_for(|covered| **covered != Covered::NotAsked);
                    let _ = tokio::time::timeout(FIRST_ANSWER, answer).await;
                    has_waited = true;
                }
                changes.borrow_and_update();
                next_look = Instant::now() + self.look(&mut memory).await;
            }
        }
    }

    /// Brings everything in line with the snapshot; returns after which time to look again without a change.
    async fn look(&self, memory: &mut Memory) -> Duration {
        let snapshot = self.store.load();
        memory.written.retain(|key, _| snapshot.services.contains_key(key));
        let mut wait = RESYNC;
        let now = Timestamp::now();
        let judge = Judge::new(&snapshot);
        let services = snapshot.services.iter();
        let verdicts: Verdicts = services.map(|(key, service)| (key.clone(), judge.verdict(service, now))).collect();
        self.metrics.evaluations.inc_by(verdicts.len() as u64);
        memory.gauges.set(&self.metrics, &snapshot, &verdicts, now);
        // First: a first start or a change counts from when it is on record.
        if let Err(error) = self.remember(&snapshot, &judge, &verdicts, now).await {
            wait = wait.min(self.failed("history not written", &error));
        }
        // Before the statuses: who reads that a gate is open may count on the policies inside the API server knowing it.
        let verify_key = self.key.verifying_key().to_base64();
        enforcement::prepare(&mut memory.sidecars, &judge, &snapshot, &self.args.settings, &verify_key);
        let inputs = enforcement::Inputs {
            snapshot: &snapshot,
            judge: &judge,
            verdicts: &verdicts,
            sidecars: &memory.sidecars,
            now,
        };
        if let Err(error) = self.enforce(&inputs).await {
            wait = wait.min(self.failed("enforcement not written", &error));
        }
        let scanned = self.scanned.borrow().clone();
        let pods = build::pods(&snapshot, &scanned);
        let covered = self.covered.borrow().clone();
        let ledger = memory.ledger.look(&self.args);
        for (key, verdict) in &verdicts {
            let Some(service) = snapshot.services.get(key) else { continue };
            let state = memory.written.entry(key.clone()).or_default();
            if let Some((at, _)) = state.retry {
                let left = at.saturating_duration_since(Instant::now());
                if !left.is_zero() {
                    wait = wait.min(left);
                    continue;
                }
            }
            let pods = pods.get(key).copied().unwrap_or_default();
            let desired = |seen: &Seen| {
                let kept = Kept::of(&covered, service.metadata.uid.as_deref());
                let observed = Observed { pods, obstacles: build::obstacles(&scanned, key), kept };
                let mut desired = build::desired(&judge, service, seen, verdict, observed, now);
                if let Some(config) = &mut desired.config {
                    config.ledger.clone_from(&ledger);
                }
                desired
            };
            match self.reconcile(&snapshot, service, verdict, desired, state, now).await {
                Ok(()) => state.retry = None,
                Err(error) => {
                    tracing::warn!(namespace = key.0, service = key.1, %error, "reconcile failed, trying again");
                    self.metrics.failed_reconciles.inc();
                    let pause = state.retry.map_or(BACKOFF, |(_, pause)| (pause * 2).min(MAX_BACKOFF));
                    state.retry = Some((Instant::now() + pause, pause));
                    wait = wait.min(pause);
                }
            }
        }
        if let Err(error) = self.acknowledge(&snapshot, now).await {
            wait = wait.min(self.failed("status of a record not written", &error));
        }
        // What lapses does so without any event.
        let histories = snapshot.histories.values().flat_map(|history| history::deadlines(&history.spec));
        let moments = verdicts.values().filter_map(|verdict| verdict.next_change).chain(histories);
        match moments.chain(self.expiries(&snapshot)).filter(|at| *at > now).min() {
            Some(next) => wait.min(until(next)),
            None => wait,
        }
    }

    pub(super) fn failed(&self, what: &str, error: &ApplyError) -> Duration {
        tracing::warn!(%error, "{what}, trying again");
        self.metrics.failed_reconciles.inc();
        BACKOFF
    }

    async fn reconcile(
        &self,
        snapshot: &Snapshot,
        service: &DeepSynthesisService,
        verdict: &Verdict,
        desired: impl FnOnce(&Seen) -> Desired,
        state: &mut Written,
        now: Timestamp,
    ) -> Result<(), ApplyError> {
        let seen = state.seen(snapshot, service);
        let Desired { config, status } = desired(&seen);
        if let Some(config) = config {
            self.sign(service, config, state, now).await?;
        }
        if !seen.is(&status) {
            apply::status(&self.client, service, &status).await?;
            self.metrics.status_writes.inc();
            for news in news::of_service(&seen, verdict) {
                self.tell(service, news);
            }
            state.status = Some((Arc::new(Seen::of_status(&status)), Instant::now()));
        }
        self.stop(snapshot, service, verdict, state).await
    }

    async fn sign(
        &self,
        service: &DeepSynthesisService,
        config: SidecarConfig,
        state: &mut Written,
        now: Timestamp,
    ) -> Result<(), ApplyError> {
        let generation = service.metadata.generation.unwrap_or_default();
        let fresh = state.config.as_ref().is_some_and(|(old, signed_generation, signed_at)| {
            *old == config && *signed_generation == generation && now.as_second() - signed_at < CONFIG_RESIGN
        });
        if fresh {
            return Ok(());
        }
        let uid = service.metadata.uid.as_deref().unwrap_or_default();
        let envelope = Envelope::seal(&config, uid, generation, now.as_second(), CONFIG_MAX_AGE, &self.key);
        apply::config(&self.client, service, &envelope).await?;
        state.config = Some((config, generation, now.as_second()));
        Ok(())
    }

    /// Writes the enforcement objects that differ from what should be. One namespace that refuses holds back no other.
    async fn enforce(&self, inputs: &enforcement::Inputs<'_>) -> Result<(), ApplyError> {
        let snapshot = inputs.snapshot;
        let with_services = snapshot.services.keys().map(|(namespace, _)| namespace.as_str());
        let with_objects = snapshot.enforcements.keys().map(|(namespace, _)| namespace.as_str());
        let enrolled = snapshot.namespaces.keys().map(|(_, name)| name.as_str());
        let namespaces: BTreeSet<&str> = with_services.chain(with_objects).chain(enrolled).collect();
        let mut failed = None;
        for namespace in namespaces {
            let found = snapshot.enforcements.get(&(namespace.to_owned(), ENFORCEMENT_NAME.to_owned()));
            let written = match inputs.enforcement(namespace) {
                Some(object) if found.is_some_and(|found| found.spec == object.spec) => Ok(()),
                Some(object) => apply::enforcement(&self.client, &object).await,
                None if found.is_none() => Ok(()),
                None => apply::no_enforcement(&self.client, namespace).await,
            };
            failed = failed.or(written.err());
        }
        failed.map_or(Ok(()), Err)
    }
}

/// At least a moment, so that a clock that is behind does not spin.
fn until(instant: Timestamp) -> Duration {
    let left = (instant - Timestamp::now()).total(jiff::Unit::Second).unwrap_or(f64::MAX);
    Duration::from_secs_f64(left.clamp(0.05, 86_400.0))
}
