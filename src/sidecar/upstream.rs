//! The way to the application: loopback only, pooled, HTTP/1.1 or HTTP/2 with prior knowledge.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Request, Response, Uri, Version};
use hyper::body::Incoming;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tower_service::Service;

use super::request::InBody;
use crate::api::service::UpstreamProtocol;

/// Loopback either answers at once or not at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Shorter than the keep-alive of any known application server (gunicorn: 2 s), so that a request
/// never meets a connection that is just being closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(1);

/// Idle connections kept.
const MAX_IDLE: usize = 64;

/// Largest head of an answer.
const MAX_HEAD: usize = 128 << 10;

/// Clients of one port.
#[derive(Clone, Debug)]
pub struct Upstream {
    port: u16,
    http1: Client<Loopback, InBody>,
    h2c: Client<Loopback, InBody>,
}

impl Upstream {
    /// Clients for the application on `port`. Nothing is connected yet.
    #[must_use]
    pub fn new(port: u16) -> Self {
        let mut builder = Client::builder(TokioExecutor::new());
        builder
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(MAX_IDLE)
            .http1_max_buf_size(MAX_HEAD);
        let http1 = builder.build(Loopback(port));
        let h2c = builder.http2_only(true).build(Loopback(port));
        Self { port, http1, h2c }
    }

    /// Sends a request. `authority` is what the client addressed.
    ///
    /// # Errors
    /// When the application cannot be reached or breaks off before its answer.
    pub async fn send(
        &self,
        mut request: Request<InBody>,
        protocol: UpstreamProtocol,
        authority: Option<Authority>,
        path: PathAndQuery,
    ) -> Result<Response<Incoming>, legacy::Error> {
        let own = || Authority::try_from(format!("127.0.0.1:{}", self.port)).ok();
        // HTTP/1.1 carries the addressee in Host, so the URI only keys the pool; HTTP/2 has no other place.
        let target = match protocol {
            UpstreamProtocol::Http1 => own(),
            UpstreamProtocol::H2c => authority.or_else(own),
        };
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = target;
        parts.path_and_query = Some(path);
        *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
        match protocol {
            UpstreamProtocol::Http1 => {
                *request.version_mut() = Version::HTTP_11;
                self.http1.request(request).await
            }
            UpstreamProtocol::H2c => {
                request.headers_mut().remove(http::header::HOST);
                *request.version_mut() = Version::HTTP_2;
                self.h2c.request(request).await
            }
        }
    }
}

/// Connects to the application, whatever the URI says.
#[derive(Clone, Debug)]
struct Loopback(u16);

impl Service<Uri> for Loopback {
    type Response = TokioIo<TcpStream>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<TokioIo<TcpStream>>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let port = self.0;
        Box::pin(async move {
            let connect = async {
                match TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
                    // "localhost" is ::1 for some runtimes, and just as private.
                    Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                        TcpStream::connect((Ipv6Addr::LOCALHOST, port)).await.map_err(|_| error)
                    }
                    other => other,
                }
            };
            let stream = tokio::time::timeout(CONNECT_TIMEOUT, connect).await??;
            stream.set_nodelay(true)?;
            Ok(TokioIo::new(stream))
        })
    }
}
