//! Answers of the sidecar itself, as problem details (RFC 9457).
//!
//! In: why the sidecar answers. Out: the answer, for those at the gate in the client's language. Must not: repeat what a client sent.

use bytes::Bytes;
use http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use http::{HeaderMap, Response, StatusCode};
use serde_json::json;

use super::body::OutBody;
use super::gate::Refusal;

/// Why the sidecar answers instead of the application.
#[derive(Debug, PartialEq, Eq)]
pub enum Problem {
    /// The request contradicts HTTP.
    BadRequest(&'static str),
    /// `CONNECT`.
    MethodNotAllowed,
    /// No configuration, or none for this port.
    NotConfigured,
    /// The application does not answer.
    Upstream,
    /// What must be recorded cannot be (Order 12 Art. 16(2)).
    Unrecorded,
    /// Generated content that cannot be labelled must not leave (Order 12 Arts 16, 17).
    Unlabelable(&'static str),
    /// Refused at the gate (Order 12 Arts 9, 21).
    Refused {
        /// Why.
        refusal: Refusal,
        /// Whether the client reads Chinese.
        is_chinese: bool,
    },
}

impl Problem {
    /// A refusal in the language that the client asks for first.
    #[must_use]
    pub fn refused(refusal: Refusal, headers: &HeaderMap) -> Self {
        let first = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_chinese = first.trim_start().get(..2).is_some_and(|tag| tag.eq_ignore_ascii_case("zh"));
        Self::Refused { refusal, is_chinese }
    }

    /// The answer.
    #[must_use]
    pub fn answer(&self) -> Response<OutBody> {
        let (status, code, detail) = match self {
            Self::Refused { refusal, is_chinese } => return refused(refusal, *is_chinese),
            Self::BadRequest(detail) => (StatusCode::BAD_REQUEST, "bad_request", *detail),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "The method is not served here.")
            }
            Self::NotConfigured => (
                StatusCode::SERVICE_UNAVAILABLE,
                "not_configured",
                "The labelling sidecar has no configuration for this port.",
            ),
            Self::Upstream => (StatusCode::BAD_GATEWAY, "upstream_unreachable", "The application does not answer."),
            Self::Unrecorded => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unrecorded",
                "The record of this answer cannot be kept as its route asks.",
            ),
            Self::Unlabelable(reason) => (StatusCode::BAD_GATEWAY, "unlabelable", *reason),
        };
        // All parts are our own constants without quotes, so no escaping is needed.
        let body = format!(
            r#"{{"title":"{}","status":{},"code":"{code}","detail":"{detail}"}}"#,
            status.canonical_reason().unwrap_or_default(),
            status.as_u16(),
        );
        problem(status, body)
    }
}

fn problem(status: StatusCode, body: String) -> Response<OutBody> {
    let mut response = Response::new(OutBody::full(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn refused(refusal: &Refusal, is_chinese: bool) -> Response<OutBody> {
    let duty = refusal.duty();
    let article = if is_chinese { duty.article_zh() } else { duty.article() };
    let (status, detail) = match refusal {
        Refusal::Identity(reason) => {
            let status = if reason.is_curable() { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN };
            (status, (if is_chinese { reason.chinese() } else { reason.english() }).to_owned())
        }
        Refusal::Ordered { reference, .. } => {
            let detail = if is_chinese {
                format!("根据主管部门要求（{reference}），该功能已暂停。")
            } else {
                format!("The authorities ordered this to be suspended (order {reference}).")
            };
            (StatusCode::SERVICE_UNAVAILABLE, detail)
        }
    };
    let body = json!({
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "code": refusal.code(),
        "detail": detail,
        "article": article,
        "duty": duty.id(),
    });
    let mut response = problem(status, body.to_string());
    let headers = response.headers_mut();
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(if is_chinese { "zh-CN" } else { "en" }));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(r#"Bearer error="invalid_token""#));
    }
    response
}
