//! Health, metrics and drain, on the pod's addresses and on loopback.
//!
//! `/startupz` all addresses bound · `/readyz` fit for traffic, else why not in one sentence ·
//! `/livez` · `/metrics` · `POST /drain` from loopback only. None of them asks the application.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;

use super::record::Recorder;
use super::state::{Phase, Shared};

/// Longest wait of a drain request, whatever it asks for.
const MAX_DRAIN: Duration = Duration::from_secs(3600);

/// Answers one request.
pub async fn answer(shared: &Shared, peer: IpAddr, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let health = |problem: Option<String>| match problem {
        None => text(StatusCode::OK, "ok\n".to_owned()),
        Some(sentence) => text(StatusCode::SERVICE_UNAVAILABLE, format!("{sentence}\n")),
    };
    match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/startupz") => health(shared.not_started()),
        (&Method::GET | &Method::HEAD, "/readyz") => health(shared.unready()),
        (&Method::GET | &Method::HEAD, "/livez") => health(None),
        (&Method::GET | &Method::HEAD, "/metrics") => {
            let spooled = shared.recorder.as_ref().map_or(0, Recorder::spooled);
            shared.metrics.record_spool_bytes.set(i64::try_from(spooled).unwrap_or(i64::MAX));
            let body = shared.metrics.text(shared.in_flight.count(), shared.unready().is_none());
            let mut response = text(StatusCode::OK, body);
            response.headers_mut().insert(
                CONTENT_TYPE,
                HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8"),
            );
            response
        }
        (&Method::POST, "/drain") if !peer.to_canonical().is_loopback() => {
            text(StatusCode::FORBIDDEN, "Only the pod itself can drain it.\n".to_owned())
        }
        (&Method::POST, "/drain") => {
            let left = drain(shared, limit(request.uri().query())).await;
            text(StatusCode::OK, format!("{left} in flight\n"))
        }
        (_, "/startupz" | "/readyz" | "/livez" | "/metrics" | "/drain") => {
            text(StatusCode::METHOD_NOT_ALLOWED, "This method is not served here.\n".to_owned())
        }
        _ => text(StatusCode::NOT_FOUND, "There is nothing here.\n".to_owned()),
    }
}

/// Stops being ready, asks clients to leave and waits for the streams in flight.
async fn drain(shared: &Shared, limit: Duration) -> usize {
    shared.phase.send_if_modified(|phase| {
        let first = *phase == Phase::Serving;
        if first {
            *phase = Phase::Draining;
            tracing::info!(in_flight = shared.in_flight.count(), "draining");
        }
        first
    });
    let left = shared.in_flight.wait(limit).await;
    tracing::info!(in_flight = left, "drained");
    left
}

fn limit(query: Option<&str>) -> Duration {
    query
        .and_then(|query| query.strip_prefix("limit="))
        .and_then(|seconds| seconds.parse().ok())
        .map_or(Duration::from_secs(25), Duration::from_secs)
        .min(MAX_DRAIN)
}

fn text(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
