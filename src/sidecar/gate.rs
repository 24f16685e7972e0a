//! Who may pass to a route: verified users where information is published (Order 12 Art. 9), nobody where the authorities
//! ordered a stop (Order 12 Art. 21).
//!
//! In: head of a request, the configuration in force, the second. Out: pass, with what was verified, or a refusal. Must not:
//! look at a body, or write what an assertion says of a person anywhere.

use http::header::{ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;

use super::config::Loaded;
use super::route::Matched;
use crate::api::policy::{Order, OrderedMeasure};
use crate::api::service::{IdentityGate, IdentityMeans};
use crate::identity::{self, IdentityRefusal, Verified};
use crate::law::Duty;

/// Tells the application by what means its user was verified. Clients cannot send it: see `headers::request_inwards`.
pub const VERIFIED: HeaderName = HeaderName::from_static("x-aigc-verified");

/// Some frameworks let these replace the method, which would lead past the route that was matched.
const METHOD_OVERRIDES: [&str; 3] = ["x-http-method-override", "x-http-method", "x-method-override"];

/// Why a request may not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not from a verified user.
    Identity(IdentityRefusal),
    /// An order stops it.
    Ordered {
        /// What is ordered.
        measure: OrderedMeasure,
        /// Number of the order.
        reference: String,
    },
}

impl Refusal {
    /// The duty that it keeps.
    #[must_use]
    pub fn duty(&self) -> Duty {
        match self {
            Self::Identity(_) => Duty::IdentityVerification,
            Self::Ordered { .. } => Duty::Supervision,
        }
    }

    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Identity(reason) => reason.code(),
            Self::Ordered { measure: OrderedMeasure::SuspendService, .. } => "service_suspended",
            Self::Ordered { measure: OrderedMeasure::SuspendUpdates, .. } => "updates_suspended",
            Self::Ordered { measure: OrderedMeasure::SuspendRegistration, .. } => "registration_suspended",
        }
    }
}

/// Decides; `Some` of a pass says who was verified.
///
/// # Errors
/// [`Refusal`].
pub fn pass(
    method: &Method,
    headers: &HeaderMap,
    matched: Matched,
    loaded: &Loaded,
    now: Timestamp,
) -> Result<Option<Verified>, Refusal> {
    // Browsers ask by it whether they may send an assertion at all; it carries nothing.
    if method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        return Ok(None);
    }
    let in_force = |order: &&Order| order.is_in_force(now) && stops(order.measure, matched);
    if let Some(order) = loaded.config.orders.iter().find(in_force) {
        return Err(Refusal::Ordered { measure: order.measure, reference: order.reference.clone() });
    }
    let Some(identity) = &loaded.config.identity else { return Ok(None) };
    let is_gated = match identity.gate {
        IdentityGate::Publication => matched.publication,
        IdentityGate::Generation => matched.is_duty_bound(),
    };
    if !is_gated {
        return Ok(None);
    }
    let assertion = assertion(headers, &identity.header).ok_or(Refusal::Identity(IdentityRefusal::Missing))?;
    identity::verify(assertion, &loaded.issuers, &identity.means, now.as_second()).map(Some).map_err(Refusal::Identity)
}

/// Whether an order stops what is asked for. What is not generated goes on, so that a stopped service still says why, and
/// can be watched.
fn stops(measure: OrderedMeasure, matched: Matched) -> bool {
    match measure {
        OrderedMeasure::SuspendService => matched.is_duty_bound(),
        OrderedMeasure::SuspendUpdates => matched.publication,
        // Where accounts are registered is nothing that a service declares: the verdict says it, the application must act.
        OrderedMeasure::SuspendRegistration => false,
    }
}

/// The one assertion of a request. Two would let the application read another one than was verified.
fn assertion<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let (Some(value), None) = (all.next(), all.next()) else { return None };
    let text = value.to_str().ok()?.trim();
    if !name.eq_ignore_ascii_case(AUTHORIZATION.as_str()) {
        return Some(text);
    }
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Says inwards what was verified, on gated routes.
pub fn inwards(headers: &mut HeaderMap, verified: Option<Verified>, matched: Matched) {
    if matched.publication {
        for name in METHOD_OVERRIDES {
            headers.remove(name);
        }
    }
    if let Some(verified) = verified {
        headers.insert(VERIFIED, HeaderValue::from_static(name(verified.means)));
    }
}

fn name(means: IdentityMeans) -> &'static str {
    match means {
        IdentityMeans::MobileNumber => "MobileNumber",
        IdentityMeans::IdentityDocumentNumber => "IdentityDocumentNumber",
        IdentityMeans::UnifiedSocialCreditCode => "UnifiedSocialCreditCode",
        IdentityMeans::NationalNetworkIdentity => "NationalNetworkIdentity",
        IdentityMeans::Other => "Other",
    }
}
