//! The wall clock, as records and configurations count it.
//!
//! In: nothing. Out: time since 1970; zero before it. Must not: be called by a knowledge room, which is told what time it is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Seconds since 1970.
#[must_use]
pub fn now() -> i64 {
    i64::try_from(since_1970().as_secs()).unwrap_or(0)
}

/// Milliseconds since 1970.
#[must_use]
pub fn now_millis() -> i64 {
    i64::try_from(since_1970().as_millis()).unwrap_or(0)
}
