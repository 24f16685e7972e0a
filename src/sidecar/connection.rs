//! One connection: protocol found, limits set, served until it ends or the sidecar drains.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::state::Phase;

/// For the first byte, for every head, and between two requests. Longer than the 60 s for which ingress
/// controllers keep idle connections, so that they close first.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// Largest head of a request, and the write buffer of a connection.
const MAX_HEAD: usize = 64 << 10;

/// Most header fields.
const MAX_FIELDS: usize = 128;

/// First bytes of HTTP/2 with prior knowledge (RFC 9113 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Serves a connection with `answer`; leaves when `phase` moves on.
pub async fn serve<F, R, B>(stream: TcpStream, mut phase: Option<watch::Receiver<Phase>>, answer: F)
where
    F: Fn(Request<Incoming>) -> R,
    R: Future<Output = Response<B>> + Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    // Small frames of token streams must not wait for each other.
    let _ = stream.set_nodelay(true);
    let protocol = tokio::time::timeout(HEAD_TIMEOUT, speaks_http2(&stream)).await;
    let Ok(Ok(Some(http2))) = protocol else {
        return;
    };
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // Never pipeline_flush: it lifts the cap of the write buffer, and slow readers then cost the whole body.
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_FIELDS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(MAX_HEAD).unwrap_or(u32::MAX))
        .max_concurrent_streams(256)
        .initial_stream_window_size(256 << 10)
        .initial_connection_window_size(1 << 20)
        .max_send_buf_size(MAX_HEAD)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(HEAD_TIMEOUT);
    let builder = if http2 { builder.http2_only() } else { builder.http1_only() };
    let service = service_fn(|request| {
        let answer = answer(request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
    // A connection that comes while draining gets its answer first; "Connection: close" ends it. One
    // that was there before is told to leave.
    loop {
        tokio::select! {
            result = connection.as_mut() => {
                if let Err(error) = result {
                    tracing::debug!(%error, "connection ended early");
                }
                return;
            }
            gone = leave(&mut phase) => {
                connection.as_mut().graceful_shutdown();
                if gone {
                    phase = None;
                }
            }
        }
    }
}

/// Waits for the next phase; true when it is the last.
async fn leave(phase: &mut Option<watch::Receiver<Phase>>) -> bool {
    match phase {
        Some(phase) => phase.changed().await.is_err() || *phase.borrow_and_update() == Phase::Stopping,
        None => std::future::pending().await,
    }
}

/// Whether the client begins with the HTTP/2 preface; `None` when it went away.
async fn speaks_http2(stream: &TcpStream) -> std::io::Result<Option<bool>> {
    let mut first = [0; PREFACE.len()];
    loop {
        let length = stream.peek(&mut first).await?;
        let seen = first.get(..length).unwrap_or_default();
        if seen.is_empty() {
            return Ok(None);
        }
        if !PREFACE.starts_with(seen) {
            return Ok(Some(false));
        }
        if seen.len() == PREFACE.len() {
            return Ok(Some(true));
        }
        // "P" may become POST; peeking again returns at once, so give the client a moment.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
