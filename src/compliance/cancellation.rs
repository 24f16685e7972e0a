//! Algorithm Provisions Art. 24(3): the filing of a service that ended is cancelled within twenty working days.
//!
//! In: what outlives the service, the filing records, the clock. Out: how it stands. Must not: need the service or its
//! namespace; both are gone.

use jiff::Timestamp;

use super::facts::{Named, Now};
use super::verdict::RuleState;
use crate::api::{FilingKind, FilingRecordSpec, FilingState, ServiceHistorySpec};
use crate::law::Duty;

/// How the cancellation of one ended service stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancellation {
    /// Satisfied, pending or violated; not applicable while the service runs or when nothing was filed.
    pub state: RuleState,
    /// When the twenty working days end.
    pub due: Option<Timestamp>,
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
    let is_open = ours.clone().any(|record| record.spec.state.is_in_force());
    let is_cancelled = !is_open && ours.clone().any(|record| record.spec.state == FilingState::Cancelled);
    let was_filed = history.filed.is_some() || is_open || is_cancelled;
    let due = ended.map(|ended| now.calendar.deadline(ended, Duty::FilingCancellation.working_days()).lapses_at);
    let state = match due {
        None => RuleState::NotApplicable,
        _ if !was_filed => RuleState::NotApplicable,
        _ if is_cancelled => RuleState::Satisfied,
        Some(due) if now.instant < due => RuleState::Pending,
        Some(_) => RuleState::Violated,
    };
    Cancellation { state, due: due.filter(|_| was_filed) }
}
