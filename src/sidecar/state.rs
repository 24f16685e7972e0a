//! What the tasks of one sidecar share: identity, configuration in force, health, phase, streams in flight.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::sync::{Semaphore, watch};

use super::args::RunArgs;
use super::config::Loaded;
use super::metrics::Metrics;
use super::record::Recorder;

/// Connections served at once, admin not counted. Beyond, clients wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 8192;

/// Life of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Normal.
    Serving,
    /// The pod is going away: still accepting, but asking clients to leave.
    Draining,
    /// Not accepting any more.
    Stopping,
}

/// Why the sidecar is not well; `None` everywhere when it is. One sentence each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// No good configuration.
    pub config: Option<String>,
    /// Not all addresses are bound.
    pub bound: Option<String>,
    /// Foreign listeners.
    pub audit: Option<String>,
}

/// Shared state.
pub struct Shared {
    /// Command line.
    pub args: RunArgs,
    /// Configuration in force.
    pub config: ArcSwapOption<Loaded>,
    /// Health.
    pub health: ArcSwap<Health>,
    /// Metrics.
    pub metrics: Metrics,
    /// Phase.
    pub phase: watch::Sender<Phase>,
    /// Exchanges in flight.
    pub in_flight: InFlight,
    /// Room for connections.
    pub connections: Arc<Semaphore>,
    /// Records; none when no spool was named.
    pub recorder: Option<Recorder>,
}

impl Shared {
    /// Fresh state: nothing loaded, nothing bound.
    #[must_use]
    pub fn new(args: RunArgs) -> Self {
        let waiting = |what: &str| Some(format!("{what}."));
        Self {
            args,
            config: ArcSwapOption::empty(),
            health: ArcSwap::from_pointee(Health {
                config: waiting("The configuration has not been read yet"),
                bound: waiting("No address is bound yet"),
                audit: waiting("The listener audit has not run yet"),
            }),
            metrics: Metrics::new(),
            phase: watch::Sender::new(Phase::Serving),
            in_flight: InFlight::default(),
            connections: Arc::new(Semaphore::new(MAX_CONNECTIONS)),
            recorder: None,
        }
    }

    /// Where health, metrics and drain are served: the pod's addresses, and loopback for `drain`.
    pub fn admin_addresses(&self) -> impl Iterator<Item = SocketAddr> {
        let loopback = std::net::IpAddr::from([127, 0, 0, 1]);
        self.args.pod_ips.iter().copied().chain([loopback]).map(|ip| SocketAddr::new(ip, self.args.admin_port))
    }

    /// Why the pod should get no traffic; `None` when it should.
    #[must_use]
    pub fn unready(&self) -> Option<String> {
        if *self.phase.borrow() != Phase::Serving {
            return Some("The sidecar is draining.".to_owned());
        }
        let health = self.health.load();
        [&health.config, &health.bound, &health.audit].into_iter().find_map(Clone::clone)
    }

    /// Why the start is not complete; `None` when all addresses are bound.
    #[must_use]
    pub fn not_started(&self) -> Option<String> {
        let health = self.health.load();
        [&health.config, &health.bound].into_iter().find_map(Clone::clone)
    }
}

/// Counter of exchanges and tunnels in flight.
#[derive(Clone, Debug, Default)]
pub struct InFlight(Arc<AtomicUsize>);

/// Counts as long as it lives.
#[derive(Debug)]
pub struct InFlightGuard(Arc<AtomicUsize>);

impl InFlight {
    /// One more.
    #[must_use]
    pub fn enter(&self) -> InFlightGuard {
        self.0.fetch_add(1, Ordering::Relaxed);
        InFlightGuard(Arc::clone(&self.0))
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Waits until none is left, at most for `limit`; says how many are.
    pub async fn wait(&self, limit: Duration) -> usize {
        let deadline = tokio::time::Instant::now() + limit;
        while self.count() > 0 && tokio::time::Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.count()
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
