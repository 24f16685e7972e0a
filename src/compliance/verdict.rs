//! What a verdict says.
//!
//! In: nothing. Out: the types that webhook, controller and policies act on. Must not: compute.

use jiff::Timestamp;

use super::finding::Finding;
use crate::api::{FilingMode, Mode, OnLapse};

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
    /// One outcome per rule, in the order of [`Rule`].
    pub outcomes: Vec<Outcome>,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// When an open or graced gate closes by itself; `None` when closed or when nothing lapses.
    pub closes_at: Option<Timestamp>,
    /// The next instant at which something lapses.
    pub next_deadline: Option<Timestamp>,
    /// The filing whose number the service must show (Order 12 Art. 19).
    pub filing: Option<FilingInForce>,
}

impl Verdict {
    /// What a rule came to.
    #[must_use]
    pub fn state(&self, rule: Rule) -> RuleState {
        self.outcomes
            .iter()
            .find(|outcome| outcome.rule == rule)
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

/// What one rule came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// Which rule.
    pub rule: Rule,
    /// What it came to.
    pub state: RuleState,
}

/// The rules that are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Order 12 Art. 19.
    Filing,
    /// Order 12 Art. 15(2), biometric information.
    BiometricAssessment,
    /// Order 12 Art. 20.
    PublicOpinionAssessment,
    /// Order 12 Arts 16 and 17: whether the declaration lets the sidecar label.
    Labelling,
}

impl Rule {
    /// Stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Filing => "Filing",
            Self::BiometricAssessment => "BiometricAssessment",
            Self::PublicOpinionAssessment => "PublicOpinionAssessment",
            Self::Labelling => "Labelling",
        }
    }
}

/// States of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RuleState {
    /// The rule does not reach the service.
    NotApplicable,
    /// What the rule asks for is there.
    Satisfied,
    /// What the rule asks for is not there. While the gate is [`Gate::Grace`] that is still lawful.
    Violated,
    /// Nobody can tell from the cluster.
    CannotKnow,
}

impl RuleState {
    /// Stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotApplicable => "NotApplicable",
            Self::Satisfied => "Satisfied",
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
}
