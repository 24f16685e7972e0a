//! The webhooks as warp filters: checks of method, path, type, size and time at the edge, panics caught and counted.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Buf;
use futures::Stream;
use jiff::Timestamp;
use tokio::time::Instant;
use warp::http::StatusCode;
use warp::{Filter, Reply, reply};

use super::intake::{Intake, IntakeError, deadline};
use super::review::{AdmissionRequest, Answer, parse};
use super::{Context, mutate, record, stamp, tenant};
use crate::operator::args::Settings;
use crate::operator::event::Notes;
use crate::operator::metrics::{self, Metrics};
use crate::operator::store::Store;

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
    pub settings: Settings,
    /// Base64 of the key that signs sidecar configurations.
    pub verify_key: String,
    /// Where Events go.
    pub notes: Notes,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// How much may be under way at once.
    pub intake: Intake,
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
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    question
        .and(warp::method())
        .and(warp::header::optional::<String>("content-type"))
        .and(warp::header::optional::<u64>("content-length"))
        .and(query)
        .and(warp::body::stream())
        .then(move |question, method, media: Option<String>, length, query: String, body| {
            let desk = Arc::clone(&desk);
            async move {
                let due = deadline(&query, Instant::now());
                if method != warp::http::Method::POST {
                    return plain(StatusCode::METHOD_NOT_ALLOWED, "an AdmissionReview is posted\n");
                }
                if !media.is_some_and(|media| is_json(&media)) {
                    return plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, "an AdmissionReview is application/json\n");
                }
                desk.take(question, length, body, due).await
            }
        })
        .recover(|rejection: warp::Rejection| async move {
            let code = if rejection.is_not_found() { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
            Ok::<_, Infallible>(plain(code, "not a call of one of our webhooks\n"))
        })
        .unify()
        .boxed()
}

fn plain(code: StatusCode, text: impl Into<String>) -> reply::Response {
    reply::with_status(text.into(), code).into_response()
}

/// Parameters such as a charset change nothing about JSON.
fn is_json(media: &str) -> bool {
    media.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

impl Desk {
    async fn take<C: Buf, E>(
        &self,
        question: Question,
        length: Option<u64>,
        body: impl Stream<Item = Result<C, E>>,
        due: Instant,
    ) -> reply::Response {
        let review = match self.intake.take(length, body, due).await {
            Ok(review) => review,
            Err(error) => {
                self.count(question, "error");
                let code = match error {
                    IntakeError::Overloaded => {
                        self.metrics.overloaded.inc();
                        StatusCode::TOO_MANY_REQUESTS
                    }
                    IntakeError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                    IntakeError::TooSlow => StatusCode::REQUEST_TIMEOUT,
                    IntakeError::Broken => StatusCode::BAD_REQUEST,
                };
                let answer = plain(code, format!("{error}\n"));
                return if error == IntakeError::Overloaded {
                    // The API server's client asks again after this, within the webhook's timeout.
                    reply::with_header(answer, "retry-after", "1").into_response()
                } else {
                    answer
                };
            }
        };
        self.answer(question, &review.body, due)
    }

    fn answer(&self, question: Question, body: &[u8], due: Instant) -> reply::Response {
        let request = match parse(body) {
            Ok(request) => request,
            Err(error) => {
                self.count(question, "error");
                return match error.uid() {
                    // Whoever sent a uid reads answers: ours says more than a status code.
                    Some(uid) => reply::json(&Answer::deny(error.to_string()).into_review(uid)).into_response(),
                    None => plain(StatusCode::BAD_REQUEST, format!("{error}\n")),
                };
            }
        };
        if Instant::now() >= due {
            self.count(question, "error");
            let text = "[TooLate] The operator had no time to judge this before the API server stops waiting, and therefore \
                        refuses it. Try again; if it lasts, the operator needs more CPU or replicas.\n\
                        运营组件未能在 API 服务器等待时间内完成审查，因此拒绝。请重试；若持续出现，请增加 CPU 或副本数。";
            return reply::json(&Answer::deny(text).into_review(request.uid)).into_response();
        }
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
        let context = Context {
            snapshot: &snapshot,
            now: Timestamp::now(),
            settings: &self.settings,
            verify_key: &self.verify_key,
        };
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

#[cfg(test)]
#[path = "routes_tests.rs"]
mod tests;
