//! What is kept of a service and of the status that it has in the cluster.
//!
//! In: objects as they come over a watch. Out: the same without what nobody here reads, and a [`Seen`] per service: enough
//! to know whether a status differs, since when it is so and what is new. Must not: keep the texts of findings; at 4 KiB per
//! service they would be most of it.

use jiff::Timestamp;
use kube::Resource;
use sha2::{Digest as _, Sha256};

use super::controller::condition::KINDS;
use crate::api::DeepSynthesisService;
use crate::api::service::{DeepSynthesisServiceStatus, FindingStatus, RetentionStatus};
use crate::compliance::{Reason, Severity};

/// Values of a condition's status.
const STATUSES: [&str; 3] = ["True", "False", "Unknown"];
const GATES: [&str; 3] = ["Open", "Grace", "Closed"];

/// The status of one service as the cluster holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Whether there is a status at all.
    pub is_judged: bool,
    /// `Open`, `Grace` or `Closed`.
    pub gate: Option<&'static str>,
    /// Checkpoints that were seen: what a ledger must not fall back behind.
    pub retention: Option<Box<RetentionStatus>>,
    digest: [u8; 16],
    conditions: Box<[Turn]>,
    findings: Box<[Found]>,
}

/// A condition: positions in [`KINDS`] and [`STATUSES`], and seconds of the epoch, which last until 2106.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Turn {
    kind: u8,
    status: u8,
    since: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Found {
    reason: Reason,
    is_notice: bool,
    text: u32,
    since: u32,
}

impl Seen {
    /// Reduces the status of a service.
    #[must_use]
    pub fn of(service: &DeepSynthesisService) -> Self {
        service.status.as_ref().map(Self::of_status).unwrap_or_default()
    }

    /// Reduces a status.
    #[must_use]
    pub fn of_status(status: &DeepSynthesisServiceStatus) -> Self {
        let conditions = status.conditions.iter().filter_map(|condition| {
            Some(Turn {
                kind: position(&KINDS, &condition.type_)?,
                status: position(&STATUSES, &condition.status)?,
                since: condition.last_transition_time.0.as_second().try_into().ok()?,
            })
        });
        let findings = status.findings.iter().filter_map(|finding| {
            Some(Found {
                reason: Reason::ALL.into_iter().find(|reason| reason.code() == finding.code)?,
                is_notice: finding.severity == Severity::Notice.as_str(),
                text: text(finding),
                since: finding.since.as_deref()?.parse::<Timestamp>().ok()?.as_second().try_into().ok()?,
            })
        });
        Self {
            is_judged: true,
            gate: status.gate.as_deref().and_then(|gate| Some(GATES[usize::from(position(&GATES, gate)?)])),
            retention: status.retention.clone(),
            digest: digest(status),
            conditions: conditions.collect(),
            findings: findings.collect(),
        }
    }

    /// Whether the cluster holds exactly this status.
    #[must_use]
    pub fn is(&self, status: &DeepSynthesisServiceStatus) -> bool {
        self.is_judged && self.digest == digest(status)
    }

    /// Since when a condition has this status; `None` when it has another one.
    #[must_use]
    pub fn condition_since(&self, kind: &str, status: &str) -> Option<Timestamp> {
        let (kind, status) = (position(&KINDS, kind)?, position(&STATUSES, status)?);
        let found = self.conditions.iter().find(|turn| turn.kind == kind && turn.status == status)?;
        Timestamp::from_second(found.since.into()).ok()
    }

    /// Since when the same was found.
    #[must_use]
    pub fn finding_since(&self, finding: &FindingStatus) -> Option<Timestamp> {
        let text = text(finding);
        let found = self.findings.iter().find(|found| found.text == text && found.reason.code() == finding.code)?;
        Timestamp::from_second(found.since.into()).ok()
    }

    /// Reasons of what was found, notices left out.
    pub fn reasons(&self) -> impl Iterator<Item = Reason> + '_ {
        self.findings.iter().filter(|found| !found.is_notice).map(|found| found.reason)
    }
}

/// A service without what nobody reads: a [`Seen`] stands for its status.
#[must_use]
pub fn trimmed(service: &DeepSynthesisService) -> DeepSynthesisService {
    let mut service = DeepSynthesisService { status: None, ..bare(service) };
    // It changes with every status; what is judged is known by its generation.
    service.metadata.resource_version = None;
    service
}

/// An object without the fields that its writers keep for themselves; they are often larger than the object.
#[must_use]
pub fn bare<K: Resource + Clone>(object: &K) -> K {
    let mut object = object.clone();
    let meta = object.meta_mut();
    meta.managed_fields = None;
    if let Some(annotations) = meta.annotations.as_mut() {
        annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
        if annotations.is_empty() {
            meta.annotations = None;
        }
    }
    object
}

fn position(known: &[&str], text: &str) -> Option<u8> {
    known.iter().position(|known| *known == text)?.try_into().ok()
}

fn digest(status: &DeepSynthesisServiceStatus) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(serde_json::to_vec(status).unwrap_or_default());
    let hash = hash.finalize();
    std::array::from_fn(|index| hash[index])
}

/// The message holds the detail.
fn text(finding: &FindingStatus) -> u32 {
    let hash = Sha256::digest(finding.message.as_bytes());
    u32::from_be_bytes(std::array::from_fn(|index| hash[index]))
}
