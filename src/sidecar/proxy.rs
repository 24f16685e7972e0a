//! One exchange: request in, application asked, answer out.
//!
//! In: a request on one of the pod's addresses. Out: the answer, labelled by [`super::respond`].
//! Both bodies stream; framing is rebuilt from parsed values, never copied.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use http::header::{ACCEPT_ENCODING, CONNECTION, HeaderValue, UPGRADE};
use http::uri::PathAndQuery;
use http::{Method, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use jiff::Timestamp;

use super::body::OutBody;
use super::config::Loaded;
use super::problem::Problem;
use super::request::InBody;
use super::respond::{self, Exchange};
use super::state::{Phase, Shared};
use super::upstream::Upstream;
use super::{disclosure, etag, gate, headers, request, route, tunnel};
use crate::api::service::RouteContent;

/// Serves one port.
#[derive(Clone)]
pub struct Proxy {
    /// Shared state.
    pub shared: Arc<Shared>,
    /// Port, the same outside and inside.
    pub port: u16,
    /// The application.
    pub upstream: Upstream,
}

impl Proxy {
    /// One exchange. Never fails: problems are answers.
    pub async fn serve(&self, peer: IpAddr, request: Request<Incoming>) -> Response<OutBody> {
        let guard = self.shared.in_flight.enter();
        let http1 = request.version() < Version::HTTP_2;
        let mut response = match self.exchange(peer, request).await {
            Ok(response) => response,
            Err(problem) => {
                match &problem {
                    Problem::Unlabelable(reason) => self.shared.metrics.unlabelable(reason),
                    Problem::Upstream => self.shared.metrics.upstream_error(),
                    Problem::Refused { refusal, .. } => self.shared.metrics.gated(refusal.code()),
                    _ => {}
                }
                self.shared.metrics.answer("refused");
                problem.answer()
            }
        };
        *response.version_mut() = Version::HTTP_11;
        if http1
            && response.status() != StatusCode::SWITCHING_PROTOCOLS
            && *self.shared.phase.borrow() != Phase::Serving
        {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response.map(|body| body.guarded(guard))
    }

    async fn exchange(&self, peer: IpAddr, mut request: Request<Incoming>) -> Result<Response<OutBody>, Problem> {
        let loaded = self.shared.config.load_full().ok_or(Problem::NotConfigured)?;
        let endpoint = loaded.endpoint(self.port).ok_or(Problem::NotConfigured)?;
        if request.method() == Method::CONNECT {
            return Err(Problem::MethodNotAllowed);
        }
        let version = request.version();
        let authority = headers::authority(request.uri(), request.headers(), version).map_err(Problem::BadRequest)?;
        let path = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        if let Some(answer) = disclosure::answer(request.method(), path.path(), request.headers(), &loaded.config) {
            self.shared.metrics.answer("disclosed");
            return Ok(answer);
        }
        let matched = route::of(endpoint, request.method(), path.path());
        let content = matched.content;
        let passed = gate::pass(request.method(), request.headers(), matched, &loaded, Timestamp::now());
        let verified = passed.map_err(|refusal| Problem::refused(refusal, request.headers()))?;

        let wanted = headers::upgrade_of(request.headers()).filter(|_| version == Version::HTTP_11);
        let wanted = wanted.filter(tunnel::allows);
        if wanted.is_some() && tunnel::is_unlabelable(content, loaded.config.explicit) {
            return Err(Problem::Unlabelable("upgrade"));
        }
        let client_side = wanted.is_some().then(|| hyper::upgrade::on(&mut request));

        let (parts, body) = request.into_parts();
        let mut headers = parts.headers;
        self.prepare(&mut headers, &loaded, content, peer, version);
        gate::inwards(&mut headers, verified, matched);
        let (body, api) = match content {
            RouteContent::NotGenerated => (InBody::passed(body), None),
            _ => request::read(&parts.method, path.path(), &mut headers, body, &loaded).await?,
        };
        let mut inwards = Request::new(body);
        *inwards.method_mut() = parts.method.clone();
        *inwards.headers_mut() = headers;
        if let (Some(authority), None) = (&authority, inwards.headers().get(http::header::HOST))
            && let Ok(host) = HeaderValue::from_str(authority.as_str())
        {
            inwards.headers_mut().insert(http::header::HOST, host);
        }
        if let Some(protocol) = wanted {
            inwards.headers_mut().insert(CONNECTION, HeaderValue::from_static("upgrade"));
            inwards.headers_mut().insert(UPGRADE, protocol);
        }

        let sent = self.upstream.send(inwards, endpoint.protocol, authority.clone(), path.clone()).await;
        let mut response = sent.map_err(|error| {
            tracing::warn!(port = self.port, %error, "the application does not answer");
            Problem::Upstream
        })?;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let Some(client_side) = client_side else {
                return Err(Problem::Upstream);
            };
            let application_side = hyper::upgrade::on(&mut response);
            tunnel::join(client_side, application_side, self.shared.in_flight.enter());
            self.shared.metrics.answer("tunnelled");
            return Ok(switched(&response));
        }
        let exchange = Exchange {
            method: parts.method,
            content,
            api,
            loaded: &loaded,
            service_uid: &self.shared.args.service_uid,
            authority: authority.as_ref().map_or("", |authority| authority.as_str()),
            path_and_query: path.as_str(),
            metrics: &self.shared.metrics,
            outcome: OnceLock::new(),
        };
        let response = respond::respond(&exchange, response).await?;
        self.record(&exchange, response).await
    }

    /// No first byte before its record is where its durability wants it (semantics S8).
    async fn record(&self, exchange: &Exchange<'_>, response: Response<OutBody>) -> Result<Response<OutBody>, Problem> {
        let Some(recorder) = &self.shared.recorder else { return Ok(response) };
        let Some((id, event)) = exchange.decided(&response) else { return Ok(response) };
        match recorder.decided(&id, event).await {
            Ok(tally) => {
                if tally.is_none() {
                    self.shared.metrics.record_counter()("unrecorded", 1);
                }
                Ok(response.map(|body| body.tallied(tally)))
            }
            Err(error) => {
                tracing::warn!(%error, "an answer is refused because its record is not kept");
                Err(Problem::Unrecorded)
            }
        }
    }

    fn prepare(
        &self,
        headers: &mut http::HeaderMap,
        loaded: &Loaded,
        content: RouteContent,
        peer: IpAddr,
        version: Version,
    ) {
        headers::request_inwards(headers, peer, version);
        if content != RouteContent::NotGenerated {
            // What is to be labelled must arrive as it is.
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
            etag::inwards(headers, &loaded.etag_suffix);
        }
    }
}

/// The application's 101, its end-to-end headers kept.
fn switched(response: &Response<Incoming>) -> Response<OutBody> {
    let mut switched = Response::new(OutBody::full(bytes::Bytes::new()));
    *switched.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let mut kept = response.headers().clone();
    let protocol = kept.get(UPGRADE).cloned();
    headers::strip_hop_by_hop(&mut kept);
    kept.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    if let Some(protocol) = protocol {
        kept.insert(UPGRADE, protocol);
    }
    *switched.headers_mut() = kept;
    switched
}
