//! One file per duty family.
//!
//! In: facts and clock. Out: a [`Judgement`] per rule. Must not: look at each other.

pub(super) mod assessment;
pub(super) mod filing;
mod filing_match;
pub(super) mod label;

use jiff::Timestamp;

use super::finding::Finding;
use super::reason::Reason;
use super::verdict::{FilingInForce, Rule, RuleState};

/// What one rule came to, before the rules are put together.
#[derive(Debug)]
pub(super) struct Judgement {
    pub rule: Rule,
    pub state: RuleState,
    /// Whether the rule leaves the gate open, graced or closed.
    pub hold: Hold,
    pub findings: Vec<Finding>,
    /// When the rule will close the gate by itself.
    pub lapses_at: Option<Timestamp>,
    pub filing: Option<FilingInForce>,
}

/// What a rule does to the gate; later is stricter.
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
    fn new(rule: Rule, state: RuleState) -> Self {
        Self { rule, state, hold: Hold::None, findings: Vec::new(), lapses_at: None, filing: None }
    }

    /// The declared audience alone keeps the duty away: not applicable, and noted.
    fn outside_scope(mut self, duty: &str) -> Self {
        self.findings.push(Finding::notice(Reason::AudienceOutsideScope).detail(duty));
        self
    }
}
