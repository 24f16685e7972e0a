//! The loop of the replica that leads.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kube::Client;
use tokio::sync::watch;

use super::apply::{self, ApplyError};
use super::build::{self, Desired, Verdicts};
use crate::api::names::ENFORCEMENT_NAME;
use crate::api::{DeepSynthesisService, NamespaceEnforcementSpec};
use crate::compliance::Verdict;
use crate::contract::{Envelope, SidecarConfig, SigningKey};
use crate::operator::args::RunArgs;
use crate::operator::event::{Note, Notes, reference};
use crate::operator::judge::Judge;
use crate::operator::metrics::Metrics;
use crate::operator::snapshot::{Key, Snapshot};
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
    pub metrics: std::sync::Arc<Metrics>,
}

/// What this replica wrote for a service.
#[derive(Default)]
struct Written {
    config: Option<(SidecarConfig, i64, i64)>,
    retry: Option<(Instant, Duration)>,
}

impl Controller {
    /// Reconciles while this replica leads, until the sender of `leading` is gone.
    pub async fn run(self, mut leading: watch::Receiver<bool>) {
        let mut changes = self.store.changes();
        let mut written: BTreeMap<Key, Written> = BTreeMap::new();
        let mut next_look = Instant::now();
        loop {
            if !*leading.borrow_and_update() {
                // Another replica may write meanwhile: what we remember of our writes is worth nothing then.
                written.clear();
                if leading.changed().await.is_err() {
                    return;
                }
                next_look = Instant::now();
                continue;
            }
            tokio::select! {
                changed = leading.changed() => if changed.is_err() { return },
                changed = changes.changed() => if changed.is_err() { return },
                () = tokio::time::sleep_until(next_look.into()) => {}
            }
            if *leading.borrow() && self.store.waiting_for().is_empty() {
                changes.borrow_and_update();
                next_look = self.look(&mut written).await;
            }
        }
    }

    /// Brings everything in line with the snapshot; returns when to look again without a change.
    async fn look(&self, written: &mut BTreeMap<Key, Written>) -> Instant {
        let snapshot = self.store.load();
        written.retain(|key, _| snapshot.services.contains_key(key));
        let mut wait = RESYNC;
        let now = Timestamp::now();
        let judge = Judge::new(&snapshot);
        let services = snapshot.services.iter();
        let verdicts: Verdicts = services.map(|(key, service)| (key.clone(), judge.verdict(service, now))).collect();
        for (key, verdict) in &verdicts {
            let Some(service) = snapshot.services.get(key) else { continue };
            let state = written.entry(key.clone()).or_default();
            if let Some((at, _)) = state.retry {
                let left = at.saturating_duration_since(Instant::now());
                if !left.is_zero() {
                    wait = wait.min(left);
                    continue;
                }
            }
            match self.reconcile(&snapshot, service, verdict, state, now).await {
                Ok(()) => {
                    state.retry = None;
                    let deadline = verdict.next_deadline.into_iter().chain(verdict.closes_at).min();
                    if let Some(left) = deadline.and_then(|at| (at - Timestamp::now()).total(jiff::Unit::Second).ok()) {
                        // A lapse closes the gate at that instant without any event.
                        wait = wait.min(Duration::from_secs_f64(left.clamp(0.05, 86_400.0)));
                    }
                }
                Err(error) => {
                    tracing::warn!(namespace = key.0, service = key.1, %error, "reconcile failed, trying again");
                    self.metrics.failed_reconciles.inc();
                    let pause = state.retry.map_or(BACKOFF, |(_, pause)| (pause * 2).min(MAX_BACKOFF));
                    state.retry = Some((Instant::now() + pause, pause));
                    wait = wait.min(pause);
                }
            }
        }
        if let Err(error) = self.enforce(&snapshot, &verdicts).await {
            tracing::warn!(%error, "enforcement not written, trying again");
            self.metrics.failed_reconciles.inc();
            wait = wait.min(BACKOFF);
        }
        Instant::now() + wait
    }

    async fn reconcile(
        &self,
        snapshot: &Snapshot,
        service: &DeepSynthesisService,
        verdict: &Verdict,
        state: &mut Written,
        now: Timestamp,
    ) -> Result<(), ApplyError> {
        let matched = apply::matched_pods(&self.client, service).await?;
        let Desired { config, history, status } = build::desired(snapshot, service, verdict, matched, now);
        if let Some(config) = config {
            self.sign(service, config, state, now).await?;
        }
        if let Some(history) = history {
            apply::first_public_ready(&self.client, history).await?;
        }
        if service.status.as_ref() != Some(&status) {
            apply::status(&self.client, service, &status).await?;
            self.tell(service, &status);
        }
        Ok(())
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

    /// Writes the enforcement objects that differ from what should be.
    async fn enforce(&self, snapshot: &Snapshot, verdicts: &Verdicts) -> Result<(), ApplyError> {
        let with_services = snapshot.services.keys().map(|(namespace, _)| namespace.as_str());
        let with_objects = snapshot.enforcements.keys().map(|(namespace, _)| namespace.as_str());
        let namespaces: BTreeSet<&str> = with_services.chain(with_objects).collect();
        for namespace in namespaces {
            let object = build::enforcement(snapshot, verdicts, namespace, &self.args.sidecar_image);
            let found = snapshot.enforcements.get(&(namespace.to_owned(), ENFORCEMENT_NAME.to_owned()));
            let nothing = NamespaceEnforcementSpec::default();
            if found.map_or(&nothing, |found| &found.spec) != &object.spec {
                apply::enforcement(&self.client, &object).await?;
            }
        }
        Ok(())
    }

    /// An Event, on a change of the gate only.
    fn tell(&self, service: &DeepSynthesisService, status: &crate::api::DeepSynthesisServiceStatus) {
        let before = service.status.as_ref().and_then(|status| status.gate.as_deref());
        let Some(gate) = status.gate.as_deref().filter(|gate| Some(*gate) != before) else { return };
        let message = status
            .conditions
            .iter()
            .find(|condition| condition.type_ == "Ready")
            .map(|condition| condition.message.clone())
            .unwrap_or_default();
        let (warning, reason) = match gate {
            "Open" => (false, "GateOpened"),
            "Grace" => (true, "GateInGrace"),
            _ => (true, "GateClosed"),
        };
        self.notes.send(Note {
            service: reference(service),
            warning,
            reason,
            action: "Judge",
            text: format!("{} {message}", status.missing.as_deref().unwrap_or_default()).trim().to_owned(),
        });
    }
}
