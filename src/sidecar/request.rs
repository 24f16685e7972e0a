//! A request to a known API on its way in: read as far as the answer's notice depends on it, our old notices taken out.
//!
//! In: head and body. Out: the body for the application, and what it asks. A body that is too long, or encoded, passes unread and
//! unchanged. Must not: change any other byte.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderValue};
use http::{HeaderMap, Method};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use super::config::Loaded;
use super::headers;
use super::problem::Problem;
use crate::api::service::History;
use crate::label::api::json::apply;
use crate::label::api::{Asked, Protocol, history};

/// Longest body that is read whole.
const REQUEST_LIMIT: usize = 1 << 20;

/// What is known of a request to an API.
#[derive(Clone, Copy, Debug)]
pub struct Api {
    /// Its protocol.
    pub protocol: Protocol,
    /// What it asks; `None` when its body was not read.
    pub asked: Option<Asked>,
}

/// A body on its way in: what was read of it, then the rest.
#[derive(Debug)]
pub struct InBody {
    read: VecDeque<Frame<Bytes>>,
    rest: Option<Incoming>,
}

impl InBody {
    /// Byte for byte what the client sends.
    #[must_use]
    pub fn passed(body: Incoming) -> Self {
        Self { read: VecDeque::new(), rest: Some(body) }
    }
}

/// Reads a request; `headers` are those for the application.
///
/// # Errors
/// [`Problem::BadRequest`] when the client breaks off.
pub async fn read(
    method: &Method,
    path: &str,
    headers: &mut HeaderMap,
    body: Incoming,
    loaded: &Loaded,
) -> Result<(InBody, Option<Api>), Problem> {
    let Some(protocol) = Protocol::of(method, path) else { return Ok((InBody::passed(body), None)) };
    let is_long = headers::content_length(headers).is_some_and(|length| length > REQUEST_LIMIT as u64);
    if is_long || headers::is_encoded(headers) {
        return Ok((InBody::passed(body), Some(Api { protocol, asked: None })));
    }
    let (bytes, mut rest) = collect(body).await?;
    let mut asked = None;
    let mut sent = bytes.clone();
    if rest.rest.is_none()
        && let Ok(text) = std::str::from_utf8(&bytes)
    {
        asked = Some(Asked::read(protocol, text));
        let edits = match loaded.config.history {
            History::Strip => history::strip(protocol, &loaded.ending, text),
            History::Keep => Vec::new(),
        };
        if !edits.is_empty() {
            sent = Bytes::from(apply(text, &edits));
            headers::drop_digests(headers);
            if headers.contains_key(CONTENT_LENGTH) {
                headers.insert(CONTENT_LENGTH, HeaderValue::from(sent.len()));
            }
        }
    }
    if !sent.is_empty() {
        rest.read.push_front(Frame::data(sent));
    }
    Ok((rest, Some(Api { protocol, asked })))
}

/// The bytes up to the limit, and what follows them.
async fn collect(mut body: Incoming) -> Result<(Bytes, InBody), Problem> {
    let mut bytes = Vec::new();
    let mut trailers = VecDeque::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err(Problem::BadRequest("The body of the request broke off.")) };
        match frame.into_data() {
            Ok(data) => {
                bytes.extend_from_slice(&data);
                if bytes.len() > REQUEST_LIMIT {
                    return Ok((bytes.into(), InBody::passed(body)));
                }
            }
            Err(frame) => trailers.push_back(frame),
        }
    }
    Ok((bytes.into(), InBody { read: trailers, rest: None }))
}

impl Body for InBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if let Some(frame) = self.read.pop_front() {
            return Poll::Ready(Some(Ok(frame)));
        }
        match &mut self.rest {
            Some(rest) => Pin::new(rest).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.read.is_empty() && self.rest.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let read: usize = self.read.iter().filter_map(Frame::data_ref).map(Bytes::len).sum();
        let rest = self.rest.as_ref().map_or(SizeHint::with_exact(0), Body::size_hint);
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower() + read as u64);
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper + read as u64);
        }
        hint
    }
}
