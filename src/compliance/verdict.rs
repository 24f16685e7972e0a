//! What a verdict says.
//!
//! In: nothing. Out: the types that webhook, controller and policies act on. Must not: compute.

use jiff::Timestamp;

use super::finding::Finding;
use crate::api::{FilingMode, Mode, OnLapse};
use crate::law::Duty;

/// The answer for one service at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The stricter of policy and service.
    pub mode: Mode,
    /// The stricter of policy and service.
    pub filing_mode: FilingMode,
    /// What a lapse does to workloads that already run.
    pub on_lapse: OnLapse,
    /// Whether the service may run.
    pub gate: Gate,
    /// One outcome per duty of the catalogue, in its order.
    pub outcomes: Vec<Outcome>,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// When an open or graced gate closes by itself; `None` when closed or when nothing lapses.
    pub closes_at: Option<Timestamp>,
    /// The next instant at which something lapses.
    pub next_deadline: Option<Timestamp>,
    /// The earliest instant at which the verdict may differ by itself, a warning included; look again then.
    pub next_change: Option<Timestamp>,
    /// Until when pods of an admitted revision may be replaced after a lapse; `None` without an end.
    pub replacements_until: Option<Timestamp>,
    /// An order of the authorities stops the service (Order 12 Art. 21): nothing may be replaced either.
    pub is_suspended: bool,
    /// Duties that an exemption in force skips.
    pub exempted: Vec<Duty>,
    /// Image digests of which a workload must run one, because an assessment names them (Order 12 Art. 15).
    pub assessed_images: Option<Vec<String>>,
    /// The filing whose number the service must show (Order 12 Art. 19).
    pub filing: Option<FilingInForce>,
    /// The generative AI filing or registration whose number and model it must show.
    pub generative_ai: Option<FilingInForce>,
    /// Filed facts that differ from what was filed (Algorithm Provisions Art. 24(2)).
    pub changed_fields: Vec<&'static str>,
}

impl Verdict {
    /// What a duty came to.
    #[must_use]
    pub fn state(&self, duty: Duty) -> RuleState {
        self.outcomes
            .iter()
            .find(|outcome| outcome.duty == duty)
            .map_or(RuleState::NotApplicable, |outcome| outcome.state)
    }
}

/// Whether a service may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gate {
    /// It may.
    Open,
    /// It may for now: the first filing may follow (Algorithm Provisions Art. 24).
    Grace,
    /// It may not.
    Closed,
}

impl Gate {
    /// `Open`, `Grace` or `Closed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Grace => "Grace",
            Self::Closed => "Closed",
        }
    }
}

/// What one duty came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// Which duty.
    pub duty: Duty,
    /// What it came to.
    pub state: RuleState,
}

/// States of a rule; later is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleState {
    /// The rule does not reach the service.
    NotApplicable,
    /// What the rule asks for is there.
    Satisfied,
    /// Nobody can tell from the cluster.
    CannotKnow,
    /// What the rule asks for is not there yet, and the time for it is not over.
    Pending,
    /// What the rule asks for is not there.
    Violated,
}

impl RuleState {
    /// Stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotApplicable => "NotApplicable",
            Self::Satisfied => "Satisfied",
            Self::Pending => "Pending",
            Self::Violated => "Violated",
            Self::CannotKnow => "CannotKnow",
        }
    }
}

/// A filing that counts for the service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FilingInForce {
    /// Name of the `FilingRecord`.
    pub record: String,
    /// The number as the CAC writes it.
    pub number: String,
    /// Link to the public information.
    pub link: Option<String>,
    /// Name of the model, of a generative AI filing.
    pub model: Option<String>,
    /// Day of the grant, or of the latest change that was handed in.
    pub as_of: Option<String>,
}
