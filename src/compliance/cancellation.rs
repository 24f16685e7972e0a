//! Algorithm Provisions Art. 24(3): the filing of a service that ended is cancelled within twenty working days.
//!
//! In: what outlives the service, the filing records, the clock. Out: how it stands. Must not: need the service or its
//! namespace; both are gone.

use jiff::Timestamp;

use super::facts::{Named, Now};
use super::verdict::RuleState;
use crate::api::{FilingKind, FilingRecordSpec, FilingState, ServiceHistorySpec};
use crate::law::Duty;

/// Working days for the cancellation.
pub const CANCELLATION_DAYS: u16 = 20;

/// How the cancellation of one ended service stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    /// The duty, for texts.
    pub duty: Duty,
    /// Satisfied, pending or violated; not applicable while the service runs or when nothing was filed.
    pub state: RuleState,
    /// When the twenty working days end.
    pub due: Option<Timestamp>,
    /// Filing records that are not cancelled yet.
    pub open: Vec<String>,
}

/// Judges the cancellation.
#[must_use]
pub fn cancellation(
    history: &ServiceHistorySpec,
    filings: &[Named<'_, FilingRecordSpec>],
    now: &Now<'_>,
) -> Cancellation {
    let ended: Option<Timestamp> = history.ended_at.as_deref().and_then(|at| at.parse().ok());
    let ours = filings.iter().filter(|record| {
        record.spec.kind == FilingKind::AlgorithmFiling
            && record.spec.unified_social_credit_code == history.unified_social_credit_code
            && record.spec.service_code == history.service_code
    });
    let mut open: Vec<String> = ours
        .clone()
        .filter(|record| matches!(record.spec.state, FilingState::Filed | FilingState::ChangeSubmitted))
        .map(|record| record.name.to_owned())
        .collect();
    open.sort();
    let is_cancelled = open.is_empty() && ours.clone().any(|record| record.spec.state == FilingState::Cancelled);
    let was_filed = history.filed.is_some() || !open.is_empty() || is_cancelled;
    let due = ended.map(|ended| now.calendar.deadline(ended, CANCELLATION_DAYS).lapses_at);
    let state = match due {
        None => RuleState::NotApplicable,
        _ if !was_filed => RuleState::NotApplicable,
        _ if is_cancelled => RuleState::Satisfied,
        Some(due) if now.instant < due => RuleState::Pending,
        Some(_) => RuleState::Violated,
    };
    Cancellation { duty: Duty::FilingCancellation, state, due: due.filter(|_| was_filed), open }
}
