//! One HTTP/1.1 connection from its handshake to its end.
//!
//! In: a TLS stream, a service, what the server tells. Out: answers. A peer is told to go by `Connection: close` on an answer,
//! so that no request of a client that keeps to its protocol is lost. HTTP/2 is not offered: one connection would pin all of
//! an API server's reviews to one replica and take all of them with it.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, HeaderValue};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::server::TlsStream;

use super::manners::{Watch, Watched};
use super::serve::{Manners, Stage};

/// A peer gets this long for its next request. hyper counts an idle connection's wait as the time for a head, and an API
/// server that sends on a connection which we close in that moment fails the admission. Its client closes idle ones after
/// 90 s; ours must be the longer patience.
const NEXT_REQUEST: Duration = Duration::from_secs(120);
const _: () = assert!(NEXT_REQUEST.as_secs() > 90);
/// How often a connection is looked at.
const LOOK: Duration = Duration::from_millis(500);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Answers until the connection ends.
pub(super) async fn run<S, B>(
    stream: TlsStream<TcpStream>,
    service: S,
    manners: Manners,
    mut told: watch::Receiver<Stage>,
) where
    S: Service<Request<Incoming>, Response = http::Response<B>> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    let watch = Watch::new(jittered(manners.connection_age), told.clone());
    let io = Watched::new(TokioIo::new(stream), Arc::clone(&watch));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(NEXT_REQUEST);
    let service = Noted { service, watch: Arc::clone(&watch) };
    let mut connection = pin!(builder.serve_connection(io, service));
    let mut look = tokio::time::interval(LOOK);
    let ended = loop {
        if *told.borrow_and_update() == Stage::Draining && !watch.is_new() {
            connection.as_mut().graceful_shutdown();
        }
        tokio::select! {
            ended = connection.as_mut() => break ended,
            changed = told.changed() => if changed.is_err() { break connection.await },
            _ = look.tick() => if watch.is_stuck(manners.patience) {
                tracing::debug!("a peer was too slow");
                return;
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended with an error");
    }
}

/// The service, noting what is asked; an answer on a connection that is due says so.
struct Noted<S> {
    service: S,
    watch: Arc<Watch>,
}

impl<S, B> Service<Request<Incoming>> for Noted<S>
where
    S: Service<Request<Incoming>, Response = http::Response<B>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let under_way = self.watch.asked();
        let (answer, watch) = (self.service.call(request), Arc::clone(&self.watch));
        Box::pin(async move {
            let _under_way = under_way;
            let mut answer = answer.await?;
            // What is refused may leave a body behind that nobody reads.
            if watch.is_due() || answer.status().is_client_error() {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(answer)
        })
    }
}

/// Connections that were opened together should not all end together.
fn jittered(age: Duration) -> Duration {
    let mut byte = [0];
    // Without a random source all of them are of the same age.
    let share = getrandom::fill(&mut byte).map_or(0.5, |()| f64::from(byte[0]) / 255.0);
    age.mul_f64(0.75 + share / 2.0)
}
