//! Leadership by a `Lease`: a pure decision and a thin loop.
//!
//! Expiry is judged by *locally observed* time: a foreign lease is dead when we have not seen it change for its own
//! duration, whatever its timestamps and our clock say.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::PostParams;
use kube::{Api, Client};
use tokio::sync::watch;

const NAME: &str = "deepsynthesis-operator";
const DURATION: Duration = Duration::from_secs(15);
const RENEW: Duration = Duration::from_secs(3);

/// What was seen of the lease, and when it last changed, by our own clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// Holder as written; empty when released.
    pub holder: String,
    /// Version of the object.
    pub version: String,
    /// When this version was first seen here.
    pub seen_at: Instant,
}

/// What to do about the lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Write it as ours.
    Take,
    /// Somebody else leads.
    Wait,
}

/// Decides on what was seen.
#[must_use]
pub fn decide(observed: Option<&Observed>, identity: &str, now: Instant) -> Step {
    match observed {
        None => Step::Take,
        Some(lease) if lease.holder.is_empty() || lease.holder == identity => Step::Take,
        Some(lease) if now.duration_since(lease.seen_at) >= DURATION => Step::Take,
        Some(_) => Step::Wait,
    }
}

/// Tries to lead until `stop` turns true, then releases. The receiver says whether this replica leads.
pub async fn hold(
    client: Client,
    namespace: String,
    identity: String,
    leading: watch::Sender<bool>,
    mut stop: watch::Receiver<bool>,
) {
    let api: Api<Lease> = Api::namespaced(client, &namespace);
    let mut observed: Option<Observed> = None;
    let mut renewed = Instant::now();
    while !*stop.borrow() {
        // A request that hangs must not keep a leader in office beyond its lease.
        let stepped = tokio::time::timeout(RENEW, step(&api, &identity, &mut observed)).await;
        match stepped.unwrap_or_else(|_| Err(kube::Error::Service("no answer in time".into()))) {
            Ok(true) => {
                renewed = Instant::now();
                set(&leading, true);
            }
            Ok(false) => set(&leading, false),
            Err(error) => {
                tracing::warn!(%error, "lease not renewed");
                // Others may take it after its duration: stop writing well before.
                if renewed.elapsed() > DURATION - 2 * RENEW {
                    set(&leading, false);
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(RENEW) => {}
            _ = stop.changed() => {}
        }
    }
    if *leading.borrow() {
        set(&leading, false);
        match tokio::time::timeout(RENEW, release(&api, &identity)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::info!(%error, "lease not released; it expires by itself"),
            Err(_) => tracing::info!("lease not released in time; it expires by itself"),
        }
    }
}

fn set(leading: &watch::Sender<bool>, value: bool) {
    leading.send_if_modified(|current| {
        let changed = *current != value;
        if changed {
            tracing::info!(leader = value, "leadership changed");
        }
        *current = value;
        changed
    });
}

async fn step(api: &Api<Lease>, identity: &str, observed: &mut Option<Observed>) -> Result<bool, kube::Error> {
    let found = api.get_opt(NAME).await?;
    let Some(mut lease) = found else {
        let mut lease = Lease { spec: Some(spec(identity, None)), ..Lease::default() };
        lease.metadata.name = Some(NAME.to_owned());
        return match api.create(&PostParams::default(), &lease).await {
            Ok(_) => Ok(true),
            Err(kube::Error::Api(status)) if status.code == 409 => Ok(false),
            Err(error) => Err(error),
        };
    };
    let version = lease.metadata.resource_version.clone().unwrap_or_default();
    let holder = lease.spec.as_ref().and_then(|spec| spec.holder_identity.clone()).unwrap_or_default();
    if observed.as_ref().is_none_or(|seen| seen.version != version) {
        *observed = Some(Observed { holder, version, seen_at: Instant::now() });
    }
    if decide(observed.as_ref(), identity, Instant::now()) == Step::Wait {
        return Ok(false);
    }
    lease.spec = Some(spec(identity, lease.spec.take()));
    match api.replace(NAME, &PostParams::default(), &lease).await {
        Ok(_) => Ok(true),
        Err(kube::Error::Api(status)) if status.code == 409 => Ok(false),
        Err(error) => Err(error),
    }
}

fn spec(identity: &str, previous: Option<LeaseSpec>) -> LeaseSpec {
    let now = MicroTime(Timestamp::now());
    let mut spec = previous.unwrap_or_default();
    if spec.holder_identity.as_deref() != Some(identity) {
        spec.holder_identity = Some(identity.to_owned());
        spec.acquire_time = Some(now.clone());
        spec.lease_transitions = Some(spec.lease_transitions.unwrap_or(0).saturating_add(1));
    }
    spec.lease_duration_seconds = i32::try_from(DURATION.as_secs()).ok();
    spec.renew_time = Some(now);
    spec
}

async fn release(api: &Api<Lease>, identity: &str) -> Result<(), kube::Error> {
    let Some(mut lease) = api.get_opt(NAME).await? else { return Ok(()) };
    let Some(spec) = lease.spec.as_mut().filter(|spec| spec.holder_identity.as_deref() == Some(identity)) else {
        return Ok(());
    };
    spec.holder_identity = Some(String::new());
    api.replace(NAME, &PostParams::default(), &lease).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_only_a_free_own_or_locally_observed_dead_lease() {
        let start = Instant::now();
        let lease = |holder: &str| Observed { holder: holder.into(), version: "1".into(), seen_at: start };
        assert_eq!(decide(None, "a", start), Step::Take);
        assert_eq!(decide(Some(&lease("")), "a", start), Step::Take);
        assert_eq!(decide(Some(&lease("a")), "a", start), Step::Take);
        assert_eq!(decide(Some(&lease("b")), "a", start), Step::Wait);
        assert_eq!(decide(Some(&lease("b")), "a", start + DURATION / 2), Step::Wait);
        assert_eq!(decide(Some(&lease("b")), "a", start + DURATION), Step::Take);
    }
}
