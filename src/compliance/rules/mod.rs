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
use super::moments::warning_days;
use super::reason::Reason;
use super::verdict::{FilingInForce, RuleState};
use crate::api::service::Audience;
use crate::api::{DecidedField, Declarations};
use crate::law::Duty;
use crate::law::calendar::end_of_day;

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

/// How long something counts; later is longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    At(Timestamp),
    Never,
}

impl End {
    /// The end of a day, if there is one that can be read.
    fn of_day(day: Option<&str>) -> Self {
        match day.and_then(|day| day.parse().ok()) {
            None => Self::Never,
            Some(day) => Self::At(end_of_day(day)),
        }
    }

    fn instant(self) -> Option<Timestamp> {
        match self {
            Self::At(instant) => Some(instant),
            Self::Never => None,
        }
    }
}

/// Which of these are absent, for people; `None` when all are there.
fn missing(fields: &[(&str, bool)]) -> Option<String> {
    let absent: Vec<&str> = fields.iter().filter(|(_, is_there)| !is_there).map(|(field, _)| *field).collect();
    (!absent.is_empty()).then(|| format!("Missing: {}", absent.join(", ")))
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

    /// The duty is kept until what shows it lapses; people are warned before.
    fn until(mut self, end: End, soon: Reason, what: &str, now: &Now<'_>) -> Self {
        let End::At(lapse) = end else { return self };
        self.lapses_at = Some(lapse);
        if let Some(days) = warning_days(lapse, now.instant) {
            let finding = Finding::ahead(soon, days).due(Some(lapse));
            self.findings.push(finding.detail(format!("{what}, within {days} days")));
        }
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
