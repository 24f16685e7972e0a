//! Listening sockets: exactly the pod's addresses, one task each.
//!
//! With `capture: SplitAddress` never a wildcard address, and never SO_REUSEPORT: that the kernel refuses the application's own
//! wildcard bind on the same port is what makes the capture hold.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::proxy::Proxy;
use super::redirect::original_port;
use super::state::Shared;
use super::upstream::Upstream;
use super::{admin, connection};

/// Connections that wait in the kernel, as the standard library asks for.
const BACKLOG: i32 = 1024;

/// What is served on an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The application.
    Proxy,
    /// The application, for clients that the rules of the pod led here.
    Redirected,
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
            match bind(address) {
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

/// The wildcard address of IPv6 leaves IPv4 alone: each family has a socket of its own, and knows its own clients' targets.
fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM.nonblocking(), Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// The proxies of one socket: one for the port it listens on, or one for each declared port that clients were led from.
struct Proxies {
    shared: Arc<Shared>,
    by_port: BTreeMap<u16, Proxy>,
}

impl Proxies {
    fn get(&mut self, port: u16) -> Proxy {
        let shared = &self.shared;
        let proxy = || Proxy { upstream: Upstream::new(port), shared: Arc::clone(shared), port };
        self.by_port.entry(port).or_insert_with(proxy).clone()
    }

    /// The proxy that a client of a redirected connection wanted; none for ports that no endpoint declares.
    fn led(&mut self, stream: &TcpStream) -> Option<Proxy> {
        let loaded = self.shared.config.load_full()?;
        let port = original_port(stream)?;
        self.by_port.retain(|port, _| loaded.endpoint(*port).is_some());
        if loaded.endpoint(port).is_none() {
            self.shared.metrics.undeclared_port();
            tracing::debug!(port, "a client dialled a port that no endpoint declares");
            return None;
        }
        Some(self.get(port))
    }
}

async fn accept(listener: TcpListener, role: Role, shared: Arc<Shared>) {
    let port = listener.local_addr().map_or(0, |address| address.port());
    let mut proxies = Proxies { shared: Arc::clone(&shared), by_port: BTreeMap::new() };
    loop {
        // Probes must get through however many clients there are.
        let permit = match role {
            Role::Proxy | Role::Redirected => Arc::clone(&shared.connections).acquire_owned().await.ok(),
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
            Role::Proxy | Role::Redirected => {
                let wanted = if role == Role::Proxy { Some(proxies.get(port)) } else { proxies.led(&stream) };
                let Some(proxy) = wanted else { continue };
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
