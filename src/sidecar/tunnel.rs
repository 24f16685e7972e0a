//! Upgraded connections (WebSocket): bytes both ways once both sides have switched.
//!
//! Only protocols that cannot carry further HTTP are tunnelled: an `h2c` tunnel would lead clients
//! past every label.

use http::HeaderValue;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;

use super::state::InFlightGuard;
use crate::api::service::{ExplicitLabelling, RouteContent};

/// Whether a switch to `protocol` may be asked of the application.
#[must_use]
pub fn allows(protocol: &HeaderValue) -> bool {
    protocol.as_bytes().eq_ignore_ascii_case(b"websocket")
}

/// Whether a tunnel would carry generated content that nobody labels.
#[must_use]
pub fn is_unlabelable(content: RouteContent, explicit: ExplicitLabelling) -> bool {
    content == RouteContent::Generated && explicit == ExplicitLabelling::InText
}

/// Joins both sides until one closes.
pub fn join(client: OnUpgrade, application: OnUpgrade, guard: InFlightGuard) {
    tokio::spawn(async move {
        let _guard = guard;
        match tokio::try_join!(client, application) {
            Ok((client, application)) => {
                // How a tunnel ends is the affair of its two ends.
                let _ = copy_bidirectional(&mut TokioIo::new(client), &mut TokioIo::new(application)).await;
            }
            Err(error) => tracing::debug!(%error, "upgrade not completed"),
        }
    });
}
