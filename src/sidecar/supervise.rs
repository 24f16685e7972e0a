//! The life of the process: configuration, sockets and audit in one loop, then the end.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::args::RunArgs;
use super::audit;
use super::config::Watch;
use super::listen::{AdminTaken, Listeners, Role};
use super::record::Recorder;
use super::record::recorder::RecordError;
use super::redirect::has_ipv6;
use super::state::{Health, Phase, Shared};
use crate::api::service::Capture;
use crate::record::Event;
use crate::record::Head;
use crate::server::clock::now;

/// Between two looks when all is well.
const INTERVAL: Duration = Duration::from_secs(2);

/// Between two looks until the start is complete: the application waits for it.
const START_INTERVAL: Duration = Duration::from_millis(200);

/// What the ledger gets to acknowledge the last records.
const FLUSH_LIMIT: Duration = Duration::from_millis(1500);

/// What streams get after SIGTERM; the application is gone by then.
const STOP_LIMIT: Duration = Duration::from_secs(2);

/// Why the sidecar does not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Its health could be forged.
    #[error(transparent)]
    AdminTaken(#[from] AdminTaken),
    /// Records were asked for and cannot be kept: what law wants recorded must not leave unrecorded (Order 12 Art. 16(2)).
    #[error("records cannot be kept: {0}")]
    Records(#[from] RecordError),
}

/// Runs until `stop` is done.
///
/// # Errors
/// [`RunError`].
pub async fn run(args: RunArgs, stop: impl Future<Output = ()>) -> Result<(), RunError> {
    let mut shared = Shared::new(args);
    shared.recorder = Recorder::start(&shared.args.records, &shared.args.service_uid, &shared.metrics)?;
    let shared = Arc::new(shared);
    let mut supervisor = Supervisor::default();
    let end = {
        let mut stop = std::pin::pin!(stop);
        loop {
            if let Err(taken) = supervisor.look(&shared).await {
                break Err(taken.into());
            }
            let pause = if shared.not_started().is_some() { START_INTERVAL } else { INTERVAL };
            tokio::select! {
                () = &mut stop => break Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
        }
    };
    supervisor.listeners.close().await;
    let _ = shared.phase.send_replace(Phase::Stopping);
    let left = shared.in_flight.wait(STOP_LIMIT).await;
    tracing::info!(in_flight = left, "stopped");
    if let Some(recorder) = &shared.recorder
        && let Some(head) = recorder.close(FLUSH_LIMIT).await
    {
        say(&shared.args.records.termination_log, &head);
    }
    end
}

/// Where clients of the application are served. Redirected ones come by every interface that the pod has.
fn proxied(args: &RunArgs, ports: impl Iterator<Item = u16>) -> Vec<(SocketAddr, Role)> {
    match args.capture {
        Capture::SplitAddress => ports
            .flat_map(|port| args.pod_ips.iter().map(move |ip| (SocketAddr::new(*ip, port), Role::Proxy)))
            .collect(),
        Capture::Redirect => {
            let ipv6 = has_ipv6(&args.proc_net).then_some(IpAddr::from(Ipv6Addr::UNSPECIFIED));
            let all = [IpAddr::from(Ipv4Addr::UNSPECIFIED)].into_iter().chain(ipv6);
            all.map(|ip| (SocketAddr::new(ip, args.redirect_port), Role::Redirected)).collect()
        }
    }
}

/// The kubelet keeps what stands here in the pod's status: where the chain ended is known even if the node is lost.
fn say(log: &Path, head: &Head) {
    let Ok(message) = serde_json::to_string(head) else { return };
    tracing::info!(seq = head.seq, hash = %head.hash, "the records are closed");
    if log.exists()
        && let Err(error) = std::fs::write(log, message)
    {
        tracing::warn!(%error, "the termination message cannot be written");
    }
}

#[derive(Default)]
struct Supervisor {
    watch: Watch,
    listeners: Listeners,
    refused: Option<String>,
    exposed: BTreeSet<SocketAddr>,
    stale: bool,
    audit_problem: Option<String>,
}

impl Supervisor {
    async fn look(&mut self, shared: &Arc<Shared>) -> Result<(), AdminTaken> {
        let config = self.look_at_config(shared);
        let mut wanted: BTreeMap<_, _> = shared.admin_addresses().map(|address| (address, Role::Admin)).collect();
        if let Some(loaded) = shared.config.load().as_deref() {
            wanted.extend(proxied(&shared.args, loaded.config.endpoints.iter().map(|endpoint| endpoint.port)));
        }
        let bound = self.listeners.reconcile(shared, &wanted).await?;
        let audit = self.look_at_listeners(shared);
        let health = Health { config, bound, audit };
        let before = shared.health.swap(Arc::new(health.clone()));
        if *before != health {
            match shared.unready() {
                Some(why) => tracing::warn!(why, "not ready"),
                None => tracing::info!("ready"),
            }
        }
        Ok(())
    }

    /// Says why there is no good configuration, if there is none.
    fn look_at_config(&mut self, shared: &Shared) -> Option<String> {
        let in_force = shared.config.load_full();
        match self.watch.poll(&shared.args, in_force.as_deref(), now()) {
            Ok(None) => self.refused = None,
            Ok(Some(loaded)) => {
                self.refused = None;
                tracing::info!(generation = loaded.generation, "configuration in force");
                shared.metrics.config_generation.set(loaded.generation);
                if let Some(recorder) = &shared.recorder {
                    recorder.set_ledger(loaded.config.ledger.as_ref());
                    // Signed anew every few hours: that is no other configuration.
                    let policy = loaded.config.label_policy_hash();
                    if !in_force.is_some_and(|old| {
                        old.generation == loaded.generation && old.config.label_policy_hash() == policy
                    }) {
                        recorder.note(Event::Configuration { generation: loaded.generation, policy });
                    }
                }
                shared.config.store(Some(loaded));
            }
            Err(error) => {
                let text = error.to_string();
                if self.refused.as_ref() != Some(&text) {
                    tracing::warn!(reason = error.reason(), error = text, "configuration refused");
                    shared.metrics.config_refused(error.reason());
                    self.refused = Some(text);
                }
            }
        }
        let in_force = shared.config.load();
        let stale = in_force.as_ref().is_some_and(|loaded| loaded.is_stale(now()));
        if stale && !self.stale {
            tracing::warn!("ConfigStale: the configuration is past its maximal age and stays in force");
        }
        self.stale = stale;
        shared.metrics.config_stale.set(i64::from(stale));
        match (in_force.as_ref(), &self.refused) {
            (Some(_), _) => None,
            (None, Some(why)) => Some(format!("There is no configuration: {why}.")),
            (None, None) => Some("There is no configuration.".to_owned()),
        }
    }

    /// Says who listens beside us, if someone does.
    fn look_at_listeners(&mut self, shared: &Shared) -> Option<String> {
        let tables = match audit::read_tables(&shared.args.proc_net) {
            Ok(tables) => tables,
            Err(error) => {
                let problem = format!("The listener audit cannot read {}: {error}.", shared.args.proc_net.display());
                if self.audit_problem.as_ref() != Some(&problem) {
                    tracing::warn!(problem, "listener audit failed");
                    self.audit_problem = Some(problem.clone());
                }
                return Some(problem);
            }
        };
        self.audit_problem = None;
        let mut exposed = audit::exposed(&tables, &self.listeners.addresses());
        if shared.args.capture == Capture::Redirect {
            // All other ports lead to us, whoever listens there.
            exposed.retain(|listener| listener.port() == shared.args.admin_port);
        }
        for listener in exposed.difference(&self.exposed) {
            tracing::warn!(address = %listener, port = listener.port(), "ListenerExposed: someone listens beside the sidecar");
        }
        shared.metrics.exposed(exposed.iter().map(SocketAddr::port));
        self.exposed = exposed;
        let names: Vec<_> = self.exposed.iter().map(ToString::to_string).collect();
        (!names.is_empty()).then(|| {
            format!("ListenerExposed: {} can be reached past the sidecar; listen on 127.0.0.1.", names.join(", "))
        })
    }
}
