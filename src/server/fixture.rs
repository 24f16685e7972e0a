//! A server with a certificate of its own, and peers that speak to it byte by byte.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::Request;
use hyper::body::{Bytes, Incoming};
use rustls::RootCertStore;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::client::TlsStream;

use super::serve::{Manners, serve};
use super::tls::{CurrentCertificate, server_config};

/// A running server.
pub struct Server {
    address: SocketAddr,
    roots: Arc<RootCertStore>,
    stop: Option<oneshot::Sender<()>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    pub async fn start<S, B>(manners: Manners, service: S) -> Self
    where
        S: hyper::service::Service<Request<Incoming>, Response = http::Response<B>> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        B: http_body::Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
        let current = Arc::new(CurrentCertificate::default());
        current.set(CertifiedKey::new(vec![made.cert.der().clone()], key));
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let config = server_config(current).unwrap();
        let task = tokio::spawn(serve(listener, config, service, manners, async {
            let _ = stopped.await;
        }));
        Self { address, roots: Arc::new(roots), stop: Some(stop), task }
    }

    /// SIGTERM.
    pub fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub async fn end(self) {
        self.task.await.unwrap();
    }

    pub async fn dial(&self, protocol: &str) -> TlsStream<TcpStream> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(Arc::clone(&self.roots))
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let stream = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
    }

    pub async fn http1(&self) -> Peer {
        Peer(self.dial("http/1.1").await)
    }
}

/// A client that writes what it likes.
pub struct Peer(TlsStream<TcpStream>);

impl Peer {
    pub async fn write(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// Head and body of one answer that tells its length; empty when the connection ends before.
    pub async fn read(&mut self) -> String {
        let mut bytes = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    return text;
                }
            }
            let read = tokio::time::timeout(Duration::from_secs(20), self.0.read_buf(&mut bytes)).await;
            match read.expect("neither an answer nor an end") {
                Ok(count) if count > 0 => {}
                _ => return String::new(),
            }
        }
    }

    pub async fn get(&mut self, path: &str) -> String {
        self.write(&format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")).await;
        self.read().await
    }

    /// How much comes until the connection ends.
    pub async fn drain(&mut self) -> usize {
        let (mut bytes, mut total) = (vec![0; 65536], 0);
        while let Ok(count) = self.0.read(&mut bytes).await
            && count > 0
        {
            total += count;
        }
        total
    }
}

pub fn full(text: impl Into<Bytes>) -> Full<Bytes> {
    Full::new(text.into())
}
