//! Our own accept loop over rustls: certificates swap without a restart, connections are bounded and drained.
//!
//! warp 0.4 has no TLS of its own, so a warp service is handed to hyper here.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// A peer gets this long for its handshake.
const PATIENCE: Duration = Duration::from_secs(5);
/// A peer gets this long for the head of its next request. hyper counts an idle connection's wait as such, and an API server
/// that sends on a connection which we close in that moment fails the admission. Its client closes idle ones after 90 s;
/// ours must be the longer patience.
const NEXT_REQUEST: Duration = Duration::from_secs(120);
const _: () = assert!(NEXT_REQUEST.as_secs() > 90);
/// More connections than this wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 1024;
/// How long open connections may take to finish once draining began.
const DRAIN: Duration = Duration::from_secs(10);

/// The certificate in use; swapped whole, read without a lock.
#[derive(Default)]
pub struct CurrentCertificate(ArcSwapOption<CertifiedKey>);

impl CurrentCertificate {
    /// Puts a certificate into use for every later handshake.
    pub fn set(&self, certificate: CertifiedKey) {
        self.0.store(Some(Arc::new(certificate)));
    }

    /// Whether there is one.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load().is_some()
    }
}

impl std::fmt::Debug for CurrentCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CurrentCertificate")
    }
}

impl ResolvesServerCert for CurrentCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.load_full()
    }
}

/// The TLS settings of a server that answers with the current certificate.
///
/// # Errors
/// When the provider cannot serve TLS 1.2 and 1.3.
pub fn server_config(certificate: Arc<CurrentCertificate>) -> Result<rustls::ServerConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Serves until `stop` resolves, then lets open connections finish for up to ten seconds.
pub async fn serve<S, B>(
    listener: TcpListener,
    config: rustls::ServerConfig,
    service: S,
    stop: impl Future<Output = ()> + Send,
) where
    S: hyper::service::Service<Request<Incoming>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(NEXT_REQUEST);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Some(Duration::from_secs(20)));
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    tokio::pin!(stop);
    loop {
        let slot = tokio::select! {
            slot = Arc::clone(&slots).acquire_owned() => slot,
            () = &mut stop => break,
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
            () = &mut stop => break,
        };
        let (acceptor, builder, service) = (acceptor.clone(), builder.clone(), service.clone());
        let watcher = graceful.watcher();
        tokio::spawn(async move {
            let _slot = slot;
            // Admission answers are small: waiting to fill a segment would only add latency.
            let _ = stream.set_nodelay(true);
            let Ok(Ok(stream)) = tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await else {
                return;
            };
            let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(%error, "connection ended with an error");
            }
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(DRAIN, graceful.shutdown()).await;
}
