//! Our own accept loop over rustls: connections are bounded, told to go in time, and drained.
//!
//! warp 0.4 has no TLS of its own, so a warp service is handed to hyper here.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use hyper::Request;
use hyper::body::Incoming;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::connection;

/// A peer gets this long for its handshake.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// More connections than this wait in the kernel's queue.
const MAX_CONNECTIONS: u32 = 1024;
/// How long open connections may take to finish once draining began.
const DRAIN: Duration = Duration::from_secs(10);

/// How a server treats its peers.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    /// The first answer after this age, give or take a quarter, closes its connection.
    pub connection_age: Duration,
    /// A peer gets this long for the rest of a head that it began, and for taking an answer.
    pub patience: Duration,
    /// How long to answer after the stop, while others still send here.
    pub linger: Duration,
}

impl Default for Manners {
    fn default() -> Self {
        Self { connection_age: Duration::from_secs(60), patience: Duration::from_secs(5), linger: Duration::ZERO }
    }
}

/// What connections are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// All is well.
    Serving,
    /// Every answer says that it is the last on its connection.
    Leaving,
    /// Idle connections end.
    Draining,
}

/// Serves until `stop` resolves; then every answer closes its connection, and after the linger open ones may finish.
pub async fn serve<S, B>(
    listener: TcpListener,
    config: rustls::ServerConfig,
    service: S,
    manners: Manners,
    stop: impl Future<Output = ()> + Send,
) where
    S: hyper::service::Service<Request<Incoming>, Response = http::Response<B>> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let (stage, told) = watch::channel(Stage::Serving);
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS as usize));
    let end = async {
        stop.await;
        let _ = stage.send(Stage::Leaving);
        // Endpoints take a moment to look elsewhere: until then new connections are answered, too.
        tokio::time::sleep(manners.linger).await;
    };
    tokio::pin!(end);
    let open = |stream: TcpStream, slot: OwnedSemaphorePermit| {
        let (acceptor, service, told) = (acceptor.clone(), service.clone(), told.clone());
        tokio::spawn(async move {
            let _slot = slot;
            // Admission answers are small: waiting to fill a segment would only add latency.
            let _ = stream.set_nodelay(true);
            let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await else {
                return;
            };
            connection::run(stream, service, manners, told).await;
        });
    };
    loop {
        let slot = tokio::select! {
            slot = Arc::clone(&slots).acquire_owned() => match slot {
                Ok(slot) => slot,
                Err(_closed) => break,
            },
            () = &mut end => break,
        };
        let (stream, _peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "accept failed");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = &mut end => break,
        };
        open(stream, slot);
    }
    // What the kernel has taken already would be broken off with the listener.
    while let Some(Ok((stream, _peer))) = listener.accept().now_or_never() {
        let Ok(slot) = Arc::clone(&slots).try_acquire_owned() else { break };
        open(stream, slot);
    }
    drop(listener);
    let _ = stage.send(Stage::Draining);
    // All slots are free again when the last connection has ended.
    let _ = tokio::time::timeout(DRAIN, slots.acquire_many(MAX_CONNECTIONS)).await;
}
