//! Answers of the sidecar itself, as problem details (RFC 9457).

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};

use super::body::OutBody;

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
}

impl Problem {
    /// The answer.
    #[must_use]
    pub fn answer(&self) -> Response<OutBody> {
        let (status, code, detail) = match self {
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
        let mut response = Response::new(OutBody::full(Bytes::from(body)));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
