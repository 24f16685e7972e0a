//! One file per duty family.
//!
//! In: facts and clock. Out: a [`Judgement`] per duty. Must not: look at each other.

pub(super) mod assessment;
mod assessment_match;
pub(super) mod declaration;
pub(super) mod filed;
pub(super) mod filing;
pub(super) mod filing_match;
pub(super) mod generative_ai;
pub(super) mod label;
pub(super) mod label_form;
pub(super) mod licence;
pub(super) mod order;
pub(super) mod people;
pub(super) mod retention;
pub(super) mod runtime;

use jiff::Timestamp;

use super::facts::{Facts, Now};
use super::finding::Finding;
use super::reason::Reason;
use super::verdict::{FilingInForce, RuleState};
use crate::api::service::Audience;
use crate::api::{DecidedField, Declarations};
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
        Self { duty, state, hold: Hold::None, findings: Vec::new(), lapses_at: None, filing: None }
    }

    /// Something worth knowing about a duty that is judged elsewhere.
    pub(super) fn noted(duty: Duty, finding: Finding) -> Self {
        Self::new(duty, RuleState::NotApplicable).find(RuleState::NotApplicable, finding)
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

    /// Nothing is found, whatever was thought before.
    fn find_nothing(mut self, state: RuleState) -> Self {
        self.state = state;
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

    /// The declared audience alone keeps the duty away: not applicable, and noted.
    fn outside_scope(mut self, facts: &Facts<'_>, now: &Now<'_>, duty: &str) -> Self {
        let audience = match facts.spec.audience {
            Audience::PublicChina => "PublicChina",
            Audience::Enterprise => "Enterprise",
            Audience::Internal => "Internal",
        };
        // An officer's decision settles it.
        if label::is_decided(facts, now, DecidedField::Audience, audience) {
            return self;
        }
        self.findings.push(Finding::notice(Reason::AudienceOutsideScope).detail(duty));
        self
    }
}
