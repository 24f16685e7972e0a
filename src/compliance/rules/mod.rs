//! One file per duty family.
//!
//! In: facts and clock. Out: a [`Judgement`] per duty. Must not: look at each other.

pub(super) mod assessment;
pub(super) mod filing;
mod filing_match;
pub(super) mod label;

use jiff::Timestamp;

use super::facts::Facts;
use super::finding::Finding;
use super::reason::Reason;
use super::verdict::{FilingInForce, RuleState};
use crate::api::Declarations;
use crate::law::Duty;

/// What one duty came to, before the duties are put together.
#[derive(Debug)]
pub(super) struct Judgement {
    pub duty: Duty,
    pub state: RuleState,
    /// Whether the duty leaves the gate open, graced or closed.
    pub hold: Hold,
    pub findings: Vec<Finding>,
    /// When the duty will close the gate by itself.
    pub lapses_at: Option<Timestamp>,
    /// When its findings change by themselves without closing anything, e.g. at the first warning.
    pub changes_at: Option<Timestamp>,
    pub filing: Option<FilingInForce>,
}

/// What a duty does to the gate; later is stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hold {
    /// Nothing.
    None,
    /// The filing may follow.
    Grace,
    /// The gate is closed.
    Closed,
}

impl Judgement {
    fn new(duty: Duty, state: RuleState) -> Self {
        Self { duty, state, hold: Hold::None, findings: Vec::new(), lapses_at: None, changes_at: None, filing: None }
    }

    /// The duty is broken and closes the gate.
    fn close(mut self, finding: Finding) -> Self {
        self.state = RuleState::Violated;
        self.hold = Hold::Closed;
        self.findings.push(finding);
        self
    }

    /// Something is found that closes nothing.
    fn find(mut self, state: RuleState, finding: Finding) -> Self {
        self.state = state;
        self.findings.push(finding);
        self
    }

    /// A continuing duty is not declared to be kept: the policy says whether that closes the gate.
    fn lack(mut self, facts: &Facts<'_>, reason: Reason, detail: Option<String>) -> Self {
        let requires = facts.policy.declarations == Declarations::Require;
        let mut finding = if requires { Finding::violation(reason) } else { Finding::warning(reason) };
        finding.detail = detail;
        self.state = RuleState::Violated;
        self.findings.push(finding);
        if requires {
            self.hold = Hold::Closed;
        }
        self
    }

    /// The findings will be others from this instant on.
    fn changes(&mut self, at: Option<Timestamp>) {
        self.changes_at = self.changes_at.into_iter().chain(at).min();
    }

    /// The declared audience alone keeps the duty away: not applicable, and noted.
    fn outside_scope(mut self, duty: &str) -> Self {
        self.findings.push(Finding::notice(Reason::AudienceOutsideScope).detail(duty));
        self
    }
}
