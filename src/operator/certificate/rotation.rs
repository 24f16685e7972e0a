//! When a certificate authority gives way to the next: publish, observe, switch, retire.
//!
//! In: the Secret's contents, the published bundles, since when they have been as they should, a clock. Out: the next step.
//! Pure: a step is carried out by `keeper`, on exactly the Secret and the configurations that were judged.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::contents::Contents;
use super::published::Published;
use crate::operator::args::CertificateTimes;

/// What the leader does now; one step at a time, each on what was just read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is no Secret and nobody is vouched for: make the first authority.
    Create,
    /// The Secret is gone while configurations still vouch for authorities: make one that waits, keep those.
    Replace,
    /// The configurations do not hold the Secret's bundle: write it.
    Publish,
    /// The current authority is to go: make the next one beside it.
    Begin,
    /// The next authority has been published for long enough: it signs from now on.
    Switch,
    /// The last leaf of the former authorities has ended: vouch for them no longer.
    Retire,
    /// Nothing to do.
    Rest,
}

/// Decides. `steady` says for how long the configurations have been seen to hold the Secret's bundle.
#[must_use]
pub fn decide(
    now: Timestamp,
    times: &CertificateTimes,
    contents: Option<&Contents>,
    published: &Published,
    steady: Duration,
) -> Step {
    let Some(contents) = contents else {
        let mut vouched = Contents::default();
        vouched.remember(published.webhooks().map(|(_, webhook)| webhook.bundle.as_str()), now);
        return if vouched.former.is_empty() { Step::Create } else { Step::Replace };
    };
    if !published.is(&contents.bundle()) {
        return Step::Publish;
    }
    let is_over = contents.former_until.is_none_or(|until| now >= until);
    let has_former = !contents.former.is_empty() || contents.former_until.is_some();
    if let Some(next) = &contents.next {
        // A rotation that slept through its authority's life begins again.
        return if is_due(now, times, next.validity().until) {
            Step::Begin
        } else if steady >= times.settle.unsigned_abs() && !published.is_empty() {
            Step::Switch
        } else {
            Step::Rest
        };
    }
    if has_former && is_over {
        return Step::Retire;
    }
    let until = contents.current.as_ref().map_or(Timestamp::MIN, |current| current.validity().until);
    // One rotation at a time: a bundle does not grow by impatience. An authority that has ended vouches for nobody.
    let may_begin = !has_former || now >= until;
    if may_begin && (contents.is_requested || is_due(now, times, until)) { Step::Begin } else { Step::Rest }
}

fn is_due(now: Timestamp, times: &CertificateTimes, until: Timestamp) -> bool {
    now.saturating_add(times.ca_renew_before).unwrap_or(Timestamp::MAX) >= until
}

/// What the Secret says after a switch.
#[must_use]
pub fn switched(mut contents: Contents, now: Timestamp, times: &CertificateTimes) -> Contents {
    let Some(next) = contents.next.take() else { return contents };
    if let Some(current) = contents.current.replace(next) {
        contents.remember([current.certificate()], now);
    }
    contents.former_until = Some(last_leaf(now, times));
    contents
}

/// When no leaf of an authority can be in use that stopped signing now: a replica may have read the Secret a moment
/// before and sign until its next look.
fn last_leaf(now: Timestamp, times: &CertificateTimes) -> Timestamp {
    let wait = times.leaf_lifetime + times.check_interval + times.settle + SignedDuration::from_secs(1);
    now.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[path = "rotation_tests.rs"]
mod tests;
