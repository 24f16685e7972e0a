//! What the ledger answers: records in, records and proofs out.
//!
//! In: HTTP requests behind TLS. Out: answers. Must not: read a body of somebody it does not know, hold more of all bodies than its
//! limit, or let a pod write for another one.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Method, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Body, Incoming};
use tokio::sync::{Semaphore, oneshot};

use super::authenticate::{AuthError, Authenticator, Identity};
use super::library::{Ack, Job, Library, Refusal};
use super::metrics::Metrics;
use super::{give, params};
use crate::contract::batch::{Batch, MAX_BATCH_BYTES};
use crate::contract::coverage::{MAX_QUESTION_BYTES, Question};

/// Batches that are read and not yet written: what the ledger holds in memory for all writers.
const ROOM: usize = 32;
/// A body takes no longer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest token.
const MAX_TOKEN: usize = 16 << 10;

/// The body of an answer.
pub type Out = UnsyncBoxBody<Bytes, std::io::Error>;

/// What all requests share.
pub struct Desk {
    /// The logs.
    pub library: Arc<Library>,
    /// The way to the writing thread.
    pub jobs: SyncSender<Job>,
    /// Who asks.
    pub authenticator: Arc<dyn Authenticator>,
    /// User names and groups that may read.
    pub readers: Vec<String>,
    /// User name of the operator: it promises periods and asks what is kept, and reads no record.
    pub operator: Option<String>,
    /// Counters.
    pub metrics: Metrics,
    room: Arc<Semaphore>,
}

impl Desk {
    /// A desk.
    #[must_use]
    pub fn new(
        library: Arc<Library>,
        jobs: SyncSender<Job>,
        authenticator: Arc<dyn Authenticator>,
        readers: Vec<String>,
        operator: Option<String>,
    ) -> Self {
        let room = Arc::new(Semaphore::new(ROOM));
        Self { library, jobs, authenticator, readers, operator, metrics: Metrics::new(), room }
    }

    /// One exchange. Never fails: problems are answers.
    ///
    /// # Errors
    /// Never.
    pub async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Out>, Infallible> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        Ok(match (method, path.as_str()) {
            (Method::GET, "/livez" | "/readyz") => text(StatusCode::OK, "ok\n"),
            (Method::GET, "/metrics") => text(StatusCode::OK, &self.metrics.text()),
            (Method::POST, "/v1/records") => self.take(request).await,
            (Method::GET, "/v1/records" | "/v1/checkpoint" | "/v1/proof" | "/v1/bundle") => self.give(request).await,
            (Method::PUT, "/v1/retention") => self.cover(request).await,
            (
                _,
                "/livez" | "/readyz" | "/metrics" | "/v1/records" | "/v1/checkpoint" | "/v1/proof" | "/v1/bundle"
                | "/v1/retention",
            ) => text(StatusCode::METHOD_NOT_ALLOWED, "This method is not served here.\n"),
            _ => text(StatusCode::NOT_FOUND, "There is nothing here.\n"),
        })
    }

    async fn identity<B>(&self, request: &Request<B>) -> Result<Identity, Response<Out>> {
        let token = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token =
            token.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim).filter(|token| !token.is_empty());
        let Some(token) = token.filter(|token| token.len() <= MAX_TOKEN) else {
            return Err(text(StatusCode::UNAUTHORIZED, "A bearer token is expected.\n"));
        };
        self.authenticator.authenticate(token).await.map_err(|error| {
            tracing::warn!(%error, "nobody that is known");
            match error {
                AuthError::Refused => text(StatusCode::UNAUTHORIZED, "The token is not valid here.\n"),
                AuthError::Unavailable(_) => later("The API server cannot be asked.\n"),
            }
        })
    }

    async fn take(&self, request: Request<Incoming>) -> Response<Out> {
        let identity = match self.identity(&request).await {
            Ok(identity) => identity,
            Err(answer) => return answer,
        };
        let result = self.write(&identity, request).await;
        self.metrics.batch(match result.status() {
            StatusCode::OK => "acknowledged",
            StatusCode::SERVICE_UNAVAILABLE => "later",
            _ => "refused",
        });
        result
    }

    /// The operator promises and asks.
    async fn cover(&self, request: Request<Incoming>) -> Response<Out> {
        let identity = match self.identity(&request).await {
            Ok(identity) => identity,
            Err(answer) => return answer,
        };
        if self.operator.as_ref() != Some(&identity.user) {
            return text(StatusCode::FORBIDDEN, "Only the operator promises how long records are kept.\n");
        }
        let Ok(_room) = Arc::clone(&self.room).try_acquire_owned() else {
            return later("Too many bodies are under way.\n");
        };
        let bytes = match whole_body(request, MAX_QUESTION_BYTES).await {
            Ok(bytes) => bytes,
            Err(answer) => return answer,
        };
        let (question, promised) = match Question::parse(&bytes) {
            Ok(parsed) => parsed,
            Err(error) => return text(StatusCode::BAD_REQUEST, &format!("{error}\n")),
        };
        let library = Arc::clone(&self.library);
        match tokio::task::spawn_blocking(move || library.cover(&question, &promised)).await {
            Ok(Ok(answer)) => match serde_json::to_string(&answer) {
                Ok(answer) => json(&answer),
                Err(_) => later("The answer cannot be written.\n"),
            },
            Ok(Err(error)) => {
                tracing::error!(%error, "a period cannot be promised");
                later("The store cannot be read.\n")
            }
            Err(_) => later("The store could not be read.\n"),
        }
    }

    async fn write(&self, identity: &Identity, request: Request<Incoming>) -> Response<Out> {
        let Ok(_room) = Arc::clone(&self.room).try_acquire_owned() else {
            return later("Too many batches are under way.\n");
        };
        let bytes = match whole_body(request, MAX_BATCH_BYTES).await {
            Ok(bytes) => bytes,
            Err(answer) => return answer,
        };
        // A large batch takes milliseconds to check: others are answered meanwhile.
        let Ok(parsed) = tokio::task::spawn_blocking(move || Batch::parse(&bytes)).await else {
            return later("The batch could not be checked.\n");
        };
        let (log, batch) = match parsed {
            Ok(parsed) => parsed,
            Err(error) => return text(StatusCode::BAD_REQUEST, &format!("{error}\n")),
        };
        if identity.pod.as_deref() != Some(&batch.head.chain.pod) {
            return text(StatusCode::FORBIDDEN, "A pod writes as itself only.\n");
        }
        if identity.service.as_deref() != Some(&log.service) {
            return text(StatusCode::FORBIDDEN, "A pod writes for the service it was injected for only.\n");
        }
        let records = batch.lines.len() as u64;
        let (reply, word) = oneshot::channel();
        match self.jobs.try_send(Job { log, batch, reply }) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return later("The disk does not keep up.\n"),
            Err(TrySendError::Disconnected(_)) => return later("The ledger is ending.\n"),
        }
        match word.await {
            Ok(Ok(Ack { seq, size, is_retry })) => {
                self.metrics.records(if is_retry { "retried" } else { "kept" }, records);
                json(&format!(r#"{{"acknowledged":{seq},"retry":{is_retry},"size":{size}}}"#))
            }
            Ok(Err(Refusal::Storage)) | Err(_) => later("The records cannot be stored now.\n"),
            Ok(Err(refusal)) => text(StatusCode::CONFLICT, &format!("{refusal}\n")),
        }
    }

    async fn give(&self, request: Request<Incoming>) -> Response<Out> {
        let identity = match self.identity(&request).await {
            Ok(identity) => identity,
            Err(answer) => return answer,
        };
        let may = |name: &String| *name == identity.user || identity.groups.contains(name);
        if !self.readers.iter().any(may) {
            return text(StatusCode::FORBIDDEN, "You are no reader of records.\n");
        }
        let params = match params::parse(request.uri().query().unwrap_or_default()) {
            Ok(params) => params,
            Err(error) => return text(StatusCode::BAD_REQUEST, &format!("{error}\n")),
        };
        give::answer(&self.library, request.uri().path(), params).await
    }
}

/// A body of at most so many bytes, within [`PATIENCE`].
async fn whole_body(request: Request<Incoming>, limit: usize) -> Result<Bytes, Response<Out>> {
    if request.body().size_hint().lower() > limit as u64 {
        return Err(text(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large.\n"));
    }
    let body = Limited::new(request.into_body(), limit).collect();
    match tokio::time::timeout(PATIENCE, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(_)) => Err(text(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large, or broke off.\n")),
        Err(_) => Err(text(StatusCode::REQUEST_TIMEOUT, "The body did not come in time.\n")),
    }
}

/// A short answer.
#[must_use]
pub fn text(status: StatusCode, body: &str) -> Response<Out> {
    whole(status, "text/plain; charset=utf-8", body.to_owned())
}

/// An answer in JSON.
#[must_use]
pub fn json(body: &str) -> Response<Out> {
    whole(StatusCode::OK, "application/json", body.to_owned())
}

fn later(body: &str) -> Response<Out> {
    let mut response = text(StatusCode::SERVICE_UNAVAILABLE, body);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

fn whole(status: StatusCode, content_type: &'static str, body: String) -> Response<Out> {
    let body = Full::new(Bytes::from(body)).map_err(|never: Infallible| match never {}).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
