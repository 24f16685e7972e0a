//! What happens to one answer of the application: passed, labelled or refused.
//!
//! In: the answer's head, and as much of its body as [`crate::label`] needs to decide. Out: final
//! headers and a streaming body. On a route declared `Generated` nothing leaves without a label.

use std::sync::OnceLock;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Method, Response, StatusCode};
use http_body::Body;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use super::body::{Head, OutBody};
use super::config::Loaded;
use super::metrics::{Coverage, Metrics};
use super::problem::Problem;
use super::request::Api;
use super::{etag, headers, produce_id};
use crate::api::service::{ExplicitLabelling, RouteContent};
use crate::label::api::pictures::holds_picture;
use crate::label::api::{AnswerJob, Asked, Editor, Framing, Mark, Pictures, Protocol};
use crate::label::carrier::{Carrier, MediaJob};
use crate::label::json::JsonJob;
use crate::label::plan::Splice;
use crate::label::text::TextJob;
use crate::label::{AigcLabel, Job, Outcome, Plan};
use crate::record::event::Outcome as Labelled;
use crate::record::{Event, record};

/// What is known about the request when its answer arrives.
pub struct Exchange<'a> {
    /// Method.
    pub method: Method,
    /// What the route delivers.
    pub content: RouteContent,
    /// The API that was asked, if it is one.
    pub api: Option<Api>,
    /// Configuration in force when the request came.
    pub loaded: &'a Loaded,
    /// UID of the service.
    pub service_uid: &'a str,
    /// Whom the client addressed.
    pub authority: &'a str,
    /// What it asked for.
    pub path_and_query: &'a str,
    /// Metrics.
    pub metrics: &'a Metrics,
    /// What was done, for the records.
    pub outcome: OnceLock<&'static str>,
}

/// Content types with a place for a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Json,
    /// A picture or sound.
    Media(Carrier),
    /// The events or lines of an API.
    Stream(Framing),
}

/// Turns the application's answer into ours.
///
/// # Errors
/// [`Problem`] when the answer must not leave, or broke off before its head was read.
pub async fn respond(exchange: &Exchange<'_>, response: Response<Incoming>) -> Result<Response<OutBody>, Problem> {
    let (mut parts, body) = response.into_parts();
    headers::strip_hop_by_hop(&mut parts.headers);
    let mut response = Response::new(OutBody::full(Bytes::new()));
    *response.status_mut() = parts.status;
    if exchange.content == RouteContent::NotGenerated {
        exchange.answer("not_generated");
        *response.headers_mut() = parts.headers;
        return Ok(response.map(|_| OutBody::passed(body)));
    }
    // Before the suffix: replicas under different policies still speak of the same object.
    let id = exchange.produce_id(&parts.headers);
    if matches!(parts.status, StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED) {
        etag::add_suffix(&mut parts.headers, &exchange.loaded.etag_suffix);
        headers::merge_vary(&mut parts.headers);
    }
    *response.headers_mut() = parts.headers;
    if !has_content(parts.status) || (body.is_end_stream() && exchange.method != Method::HEAD) {
        exchange.answer("passed");
        return Ok(response.map(|_| OutBody::passed(body)));
    }
    let kind = match kind_of(parts.status, response.headers(), exchange.api.map(|api| api.protocol)) {
        Ok(kind) => kind,
        Err(reason) => {
            exchange.give_up(reason)?;
            return Ok(response.map(|_| OutBody::passed(body)));
        }
    };
    let Ok(label) =
        AigcLabel::first_write(&exchange.loaded.config.provider_code, id.as_deref().unwrap_or(&produce_id::fresh()))
    else {
        return Err(Problem::Unlabelable("label"));
    };
    if kind == Kind::Text && exchange.loaded.config.explicit == ExplicitLabelling::UserInterface {
        // The user interface shows the explicit label; plain text has no place for the implicit one.
        if exchange.method != Method::HEAD || id.is_some() {
            headers::announce(response.headers_mut(), &label);
        }
        exchange.answer("header_only");
        exchange.metrics.explicit("user_interface");
        return Ok(response.map(|_| OutBody::passed(body)));
    }
    if exchange.method == Method::HEAD {
        // How long the labelled content would be is known only with its head at hand.
        response.headers_mut().remove(CONTENT_LENGTH);
        headers::body_changes(response.headers_mut());
        if id.is_some() {
            headers::announce(response.headers_mut(), &label);
        }
        exchange.answer("labelled");
        return Ok(response.map(|_| OutBody::passed(body)));
    }
    if let (Kind::Stream(framing), Some(api)) = (kind, exchange.api) {
        headers::announce(response.headers_mut(), &label);
        headers::body_changes(response.headers_mut());
        response.headers_mut().remove(CONTENT_LENGTH);
        exchange.answer("labelled");
        let mark = exchange.mark(api, &label);
        let coverage = exchange.coverage(api);
        let editor = Editor::new(api.protocol, framing, mark);
        return Ok(response.map(|_| OutBody::streamed(body, editor, coverage)));
    }
    let job = exchange.job(kind, response.headers(), &label);
    let (head, plan) = read_head(body, job).await?;
    match (kind, exchange.api) {
        (Kind::Text, _) if plan.outcome == Outcome::Labelled => exchange.metrics.explicit("in_text"),
        (Kind::Json, Some(api)) => exchange.coverage(api).ended(plan.is_noticed),
        _ => {}
    }
    let view = head.bytes.get(..PICTURE_VIEW).unwrap_or(&head.bytes);
    if kind == Kind::Json && plan.outcome == Outcome::Labelled && holds_picture(view) {
        let pictures = Pictures::new(label.clone());
        if head.rest.as_ref().is_none_or(Body::is_end_stream) {
            let (head, plan) = with_pictures(head, plan, pictures);
            return exchange.apply(response, &label, head, plan);
        }
        // How long the rest becomes shows only as it passes.
        response.headers_mut().remove(CONTENT_LENGTH);
        return Ok(exchange.apply(response, &label, head, plan)?.map(|body| body.pictured(pictures)));
    }
    exchange.apply(response, &label, head, plan)
}

impl Exchange<'_> {
    fn answer(&self, outcome: &'static str) {
        self.metrics.answer(outcome);
        let _ = self.outcome.set(outcome);
    }

    /// The record of a labelled answer (Order 12 Art. 16(2)); `None` when it bears no label of ours or of the application.
    #[must_use]
    pub fn decided<B>(&self, response: &Response<B>) -> Option<(String, Event)> {
        if self.method == Method::HEAD {
            return None;
        }
        let outcome = match *self.outcome.get()? {
            "labelled" => Labelled::Labelled,
            "kept" => Labelled::Kept,
            "header_only" => Labelled::HeaderOnly,
            _ => return None,
        };
        // The same id as in the header: announced in the moment of the decision.
        let id = response.headers().get(headers::AIGC_PRODUCE_ID)?.to_str().ok()?;
        let event = Event::Decided {
            id: record::text(id),
            outcome,
            content: record::text(&media_type(response.headers()).unwrap_or_default()),
            status: response.status().as_u16(),
            generation: self.loaded.generation,
            policy: self.loaded.config.label_policy_hash(),
            subject: None,
            agreement: None,
        };
        Some((record::text(id), event))
    }

    /// The id of a cacheable object; `None` when every answer is an item of its own.
    fn produce_id(&self, headers: &HeaderMap) -> Option<String> {
        let cacheable = self.method == Method::GET || self.method == Method::HEAD;
        let tag = etag::strong(headers).filter(|_| cacheable)?;
        let length = headers::content_length(headers);
        Some(produce_id::derived(self.service_uid, self.authority, self.path_and_query, tag, length))
    }

    fn job(&self, kind: Kind, headers: &HeaderMap, label: &AigcLabel) -> Job {
        match kind {
            Kind::Text => Job::Text(TextJob::new(
                parameter(headers, "charset").as_deref(),
                self.loaded.config.position,
                self.loaded.notice.clone(),
                headers::content_length(headers),
            )),
            Kind::Json | Kind::Stream(_) => {
                let json = JsonJob::new(label.clone());
                match self.api {
                    Some(api) => Job::Answer(AnswerJob::new(api.protocol, self.mark(api, label), json)),
                    None => Job::Json(json),
                }
            }
            Kind::Media(carrier) => Job::Media(MediaJob::new(carrier, label.clone())),
        }
    }

    /// What is written into an API's answer.
    fn mark(&self, api: Api, label: &AigcLabel) -> Mark {
        let bears =
            self.loaded.config.explicit == ExplicitLabelling::InText && !matches!(api.asked, Some(Asked::Form(_)));
        Mark { label: label.bare(), ending: bears.then(|| self.loaded.ending.clone()) }
    }

    /// Who makes the explicit label of an API's answer perceivable (GB 45438-2025 5.1).
    fn coverage(&self, api: Api) -> Coverage {
        match (self.loaded.config.explicit, api.asked) {
            (ExplicitLabelling::UserInterface, _) => self.metrics.coverage("user_interface", None),
            (ExplicitLabelling::Offer, _) => self.metrics.coverage("offer", None),
            (ExplicitLabelling::InText, Some(Asked::Form(reason))) => self.metrics.coverage("in_text", Some(reason)),
            // Only tools were called, or a code fence stands open.
            (ExplicitLabelling::InText, _) => self.metrics.coverage("in_text", Some("no_place")),
        }
    }

    /// An answer that cannot be labelled: refused on a `Generated` route, passed and counted on others.
    fn give_up(&self, reason: &'static str) -> Result<(), Problem> {
        if self.content == RouteContent::Generated {
            tracing::warn!(reason, "generated content cannot be labelled and is refused");
            return Err(Problem::Unlabelable(reason));
        }
        if reason != "content_type" {
            self.metrics.unlabelable(reason);
        }
        self.answer("passed");
        Ok(())
    }

    fn apply(
        &self,
        mut response: Response<OutBody>,
        label: &AigcLabel,
        head: Head,
        plan: Plan,
    ) -> Result<Response<OutBody>, Problem> {
        let headers = response.headers_mut();
        match &plan.outcome {
            Outcome::Labelled => {
                headers::announce(headers, label);
                self.answer("labelled");
            }
            Outcome::HeaderOnly(reason) => {
                headers::announce(headers, label);
                self.metrics.unlabelable(reason);
                self.answer("header_only");
            }
            Outcome::Kept(label) => {
                headers::announce(headers, label);
                self.answer("kept");
            }
            Outcome::Unlabelable(reason) => self.give_up(reason)?,
            Outcome::Empty => self.answer("passed"),
        }
        if plan.edits() {
            headers::body_changes(headers);
            if let Some(length) = headers::content_length(headers) {
                headers.insert(CONTENT_LENGTH, HeaderValue::from(length.saturating_add_signed(plan.delta())));
            }
            if plan.becomes_utf8 {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
            }
        }
        Ok(response.map(|_| OutBody::planned(head, plan)))
    }
}

/// Where the first picture of an answer is looked for: [`JsonJob`] decides no earlier.
const PICTURE_VIEW: usize = 64 << 10;

/// A whole answer with its pictures labelled, as one edit.
fn with_pictures(head: Head, plan: Plan, mut pictures: Pictures) -> (Head, Plan) {
    let mut labelled = pictures.push(&plan.head(&head.bytes));
    labelled.extend(pictures.finish());
    let splice = Splice { at: 0, remove: head.bytes.len(), insert: labelled };
    (head, Plan { splices: vec![splice], ..plan })
}

/// Errors, redirects and empty answers of the application are not generated content.
fn has_content(status: StatusCode) -> bool {
    status.is_success() && status != StatusCode::NO_CONTENT && status != StatusCode::RESET_CONTENT
}

fn kind_of(status: StatusCode, headers: &HeaderMap, protocol: Option<Protocol>) -> Result<Kind, &'static str> {
    let media = media_type(headers).ok_or("content_type")?;
    let kind = match media.as_str() {
        // The Prometheus text format: read by machines that take a notice for a broken line.
        "text/plain" if parameter(headers, "version").is_some() => return Err("content_type"),
        "text/plain" => Kind::Text,
        "application/json" => Kind::Json,
        "text/event-stream" if protocol.is_some() => Kind::Stream(Framing::Events),
        "application/x-ndjson" if protocol.is_some_and(Protocol::speaks_lines) => Kind::Stream(Framing::Lines),
        other if other.starts_with("application/") && other.ends_with("+json") => Kind::Json,
        other => Kind::Media(Carrier::of_media_type(other).ok_or("content_type")?),
    };
    if status == StatusCode::PARTIAL_CONTENT {
        return Err("partial");
    }
    if headers::is_encoded(headers) {
        return Err("encoded");
    }
    Ok(kind)
}

fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// A parameter of the media type.
fn parameter(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    text.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// Reads until the job has decided.
async fn read_head(mut body: Incoming, mut job: Job) -> Result<(Head, Plan), Problem> {
    let mut bytes = Bytes::new();
    loop {
        match body.frame().await {
            Some(Err(error)) => {
                tracing::warn!(%error, "the application broke off");
                return Err(Problem::Upstream);
            }
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => {
                    bytes = append(bytes, data);
                    let complete = body.is_end_stream();
                    if let Some(plan) = job.inspect(&bytes, complete) {
                        return Ok((Head { bytes, rest: Some(body), trailers: None }, plan));
                    }
                }
                Err(frame) => return finish(job, bytes, frame.into_trailers().ok()),
            },
            None => return finish(job, bytes, None),
        }
    }
}

fn finish(mut job: Job, bytes: Bytes, trailers: Option<HeaderMap>) -> Result<(Head, Plan), Problem> {
    let plan = job.inspect(&bytes, true).ok_or(Problem::Unlabelable("undecided"))?;
    Ok((Head { bytes, rest: None, trailers }, plan))
}

/// One frame is enough for most heads: it is copied only when another must be put behind it.
fn append(bytes: Bytes, data: Bytes) -> Bytes {
    if bytes.is_empty() {
        return data;
    }
    let mut joined = bytes.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]));
    joined.extend_from_slice(&data);
    joined.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(content_type: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))])
    }

    #[test]
    fn the_media_type_decides_where_the_label_goes() {
        let kind = |content_type| kind_of(StatusCode::OK, &of(content_type), None);
        assert_eq!(kind("Text/Plain; charset=GBK"), Ok(Kind::Text));
        assert_eq!(kind("application/vnd.api+json"), Ok(Kind::Json));
        assert_eq!(kind("image/png"), Ok(Kind::Media(Carrier::Png)));
        for other in [
            "text/event-stream",
            "application/x-ndjson",
            "application/json-seq",
            "text/html",
            "text/plain; version=0.0.4",
            "model/gltf+json",
        ] {
            assert_eq!(kind(other), Err("content_type"), "{other}");
        }
        assert_eq!(kind_of(StatusCode::PARTIAL_CONTENT, &of("image/png"), None), Err("partial"));
        assert_eq!(parameter(&of("text/plain; format=flowed; Charset=\"gbk\""), "charset").as_deref(), Some("gbk"));
    }
}
