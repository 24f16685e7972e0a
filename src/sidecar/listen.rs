//! Listening sockets: exactly the pod's addresses, one task each.
//!
//! Never a wildcard address and never SO_REUSEPORT: that the kernel refuses the application's own
//! wildcard bind on the same port is what makes the capture hold.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::proxy::Proxy;
use super::state::Shared;
use super::upstream::Upstream;
use super::{admin, connection};

/// What is served on an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The application.
    Proxy,
    /// Health, metrics, drain.
    Admin,
}

/// Another process of the pod sits where the kubelet asks for our health: it would answer in our name, so there must be
/// no running container to ask for.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{0} is taken by another process of the pod: the sidecar's health could be forged; let nothing else listen there"
)]
pub struct AdminTaken(pub SocketAddr);

/// The sockets that are open.
#[derive(Default)]
pub struct Listeners {
    open: BTreeMap<SocketAddr, (Role, JoinHandle<()>)>,
}

impl Listeners {
    /// Opens what is wanted and not open, closes what is open and not wanted. Says what could not be
    /// bound, as one sentence.
    ///
    /// # Errors
    /// [`AdminTaken`].
    pub async fn reconcile(
        &mut self,
        shared: &Arc<Shared>,
        wanted: &BTreeMap<SocketAddr, Role>,
    ) -> Result<Option<String>, AdminTaken> {
        let gone: Vec<_> = self
            .open
            .iter()
            .filter(|(address, (role, task))| wanted.get(address) != Some(role) || task.is_finished())
            .map(|(address, _)| *address)
            .collect();
        for address in gone {
            if let Some((_, task)) = self.open.remove(&address) {
                task.abort();
                // Wait for the socket to be closed, or the audit would find it.
                let _ = task.await;
                tracing::info!(%address, "stopped listening");
            }
        }
        let mut problem = None;
        for (&address, &role) in wanted {
            if self.open.contains_key(&address) {
                continue;
            }
            match TcpListener::bind(address).await {
                Ok(listener) => {
                    tracing::info!(%address, ?role, "listening");
                    let task = tokio::spawn(accept(listener, role, Arc::clone(shared)));
                    self.open.insert(address, (role, task));
                }
                Err(error) if role == Role::Admin && error.kind() == ErrorKind::AddrInUse => {
                    return Err(AdminTaken(address));
                }
                Err(error) => problem = Some(format!("{address} cannot be bound: {error}.")),
            }
        }
        Ok(problem)
    }

    /// Addresses that are open.
    #[must_use]
    pub fn addresses(&self) -> BTreeSet<SocketAddr> {
        self.open.keys().copied().collect()
    }

    /// Closes everything.
    pub async fn close(&mut self) {
        for (_, (_, task)) in std::mem::take(&mut self.open) {
            task.abort();
            let _ = task.await;
        }
    }
}

async fn accept(listener: TcpListener, role: Role, shared: Arc<Shared>) {
    let port = listener.local_addr().map_or(0, |address| address.port());
    let proxy = Proxy { upstream: Upstream::new(port), shared: Arc::clone(&shared), port };
    loop {
        // Probes must get through however many clients there are.
        let permit = match role {
            Role::Proxy => Arc::clone(&shared.connections).acquire_owned().await.ok(),
            Role::Admin => None,
        };
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, or a client that left early: neither ends the loop.
                tracing::warn!(%error, "accept");
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        let phase = Some(shared.phase.subscribe());
        let peer = peer.ip();
        match role {
            Role::Proxy => {
                let proxy = proxy.clone();
                tokio::spawn(async move {
                    let _permit = permit;
                    connection::serve(stream, phase, move |request| {
                        let proxy = proxy.clone();
                        async move { proxy.serve(peer, request).await }
                    })
                    .await;
                });
            }
            Role::Admin => {
                let shared = Arc::clone(&shared);
                // A drain request must outlive the phase that it starts: no phase for admin connections.
                tokio::spawn(connection::serve(stream, None, move |request| {
                    let shared = Arc::clone(&shared);
                    async move { admin::answer(&shared, peer, &request).await }
                }));
            }
        }
    }
}
