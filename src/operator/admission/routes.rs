//! The webhooks as warp filters: size and type checks at the edge, panics caught and counted.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use warp::http::StatusCode;
use warp::{Filter, Reply, reply};

use super::review::{API_VERSION, AdmissionRequest, AdmissionReview, Answer};
use super::{Context, mutate, record, stamp, tenant};
use crate::operator::args::RunArgs;
use crate::operator::event::Notes;
use crate::operator::metrics::{self, Metrics};
use crate::operator::store::Store;

/// The API server's objects end at 3 MiB and a review holds two of them.
const MAX_BODY: u64 = 10 << 20;

/// Which question is asked.
#[derive(Clone, Copy)]
enum Question {
    Mutate,
    Stamp,
    Workloads,
    Records,
}

impl Question {
    fn as_str(self) -> &'static str {
        match self {
            Self::Mutate => "mutate",
            Self::Stamp => "stamp",
            Self::Workloads => "workloads",
            Self::Records => "records",
        }
    }
}

/// What the handlers share.
pub struct Desk {
    /// The cluster as known now.
    pub store: Store,
    /// The operator's settings.
    pub args: RunArgs,
    /// Base64 of the key that signs sidecar configurations.
    pub verify_key: String,
    /// Where Events go.
    pub notes: Notes,
    /// Counters.
    pub metrics: Arc<Metrics>,
}

/// All webhook routes.
#[must_use]
pub fn routes(desk: Arc<Desk>) -> warp::filters::BoxedFilter<(warp::reply::Response,)> {
    let question = warp::path!("mutate" / "pods")
        .map(|| Question::Mutate)
        .or(warp::path!("mutate" / "records").map(|| Question::Stamp))
        .unify()
        .or(warp::path!("validate" / "workloads").map(|| Question::Workloads))
        .unify()
        .or(warp::path!("validate" / "records").map(|| Question::Records))
        .unify();
    warp::post()
        .and(question)
        .and(warp::header::exact_ignore_case("content-type", "application/json"))
        .and(warp::body::content_length_limit(MAX_BODY))
        .and(warp::body::bytes())
        .map(move |question, body: Bytes| desk.answer(question, &body))
        .recover(|rejection: warp::Rejection| async move {
            let code = if rejection.is_not_found() { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
            Ok::<_, Infallible>(reply::with_status("not an admission review of at most 10 MiB\n", code).into_response())
        })
        .unify()
        .boxed()
}

impl Desk {
    fn answer(&self, question: Question, body: &[u8]) -> reply::Response {
        let review: AdmissionReview = match serde_json::from_slice(body) {
            Ok(review) => review,
            Err(error) => {
                self.count(question, "error");
                let text = format!("not an AdmissionReview: {error}\n");
                return reply::with_status(text, StatusCode::BAD_REQUEST).into_response();
            }
        };
        if review.api_version != API_VERSION {
            self.count(question, "error");
            let text = format!("{} is not spoken here, {API_VERSION} is\n", review.api_version);
            return reply::with_status(text, StatusCode::BAD_REQUEST).into_response();
        }
        let request = review.request;
        let answer = catch_unwind(AssertUnwindSafe(|| self.decide(question, &request))).unwrap_or_else(|_| {
            self.metrics.panics.inc();
            Answer::deny(
                "[InternalError] The operator failed on this object and therefore refuses it; its log says where.",
            )
        });
        self.count(question, if answer.refusal.is_none() { "allow" } else { "deny" });
        reply::json(&answer.into_review(request.uid)).into_response()
    }

    fn decide(&self, question: Question, request: &AdmissionRequest) -> Answer {
        let snapshot = self.store.load();
        if matches!(question, Question::Mutate | Question::Workloads) && !snapshot.is_enrolled(&request.namespace) {
            self.metrics.unenrolled.inc();
        }
        let context =
            Context { snapshot: &snapshot, now: Timestamp::now(), args: &self.args, verify_key: &self.verify_key };
        match question {
            Question::Mutate => mutate::mutate(&context, request),
            Question::Stamp => stamp::stamp(&context, request),
            Question::Records => record::validate(&context, request),
            Question::Workloads => {
                let (answer, note) = tenant::validate(&context, request);
                if let Some(note) = note.filter(|_| !request.dry_run) {
                    self.notes.send(note);
                }
                answer
            }
        }
    }

    fn count(&self, question: Question, decision: &'static str) {
        self.metrics.admissions.get_or_create(&metrics::Answer { webhook: question.as_str(), decision }).inc();
    }
}
