//! Order 12 Art. 21: measures that the authorities ordered.
//!
//! In: orders in the policy, the provider, the instant. Out: whether the service is suspended. Must not: be exempted; and
//! a service cannot lift an order by its own words, which is why orders stand in the policy.

use jiff::Timestamp;

use super::Judgement;
use crate::api::{Order, OrderedMeasure};
use crate::compliance::facts::{Facts, Now};
use crate::compliance::finding::Finding;
use crate::compliance::reason::Reason;
use crate::compliance::verdict::RuleState;
use crate::law::Duty;

/// Judges all orders about the service.
pub(in crate::compliance) fn judge(facts: &Facts<'_>, now: &Now<'_>, out: &mut Vec<Judgement>) {
    let ours = facts.policy.orders.iter().filter(|order| order.concerns(&facts.spec.provider));
    // An order that is known today closes the gate by itself when it begins.
    out.extend(ours.clone().filter_map(|order| begins(order, now.instant)).map(|begins| Judgement {
        lapses_at: Some(begins),
        ..Judgement::new(Duty::Supervision, RuleState::NotApplicable)
    }));
    for order in ours.filter(|order| order.is_in_force(now.instant)) {
        let judgement = Judgement::new(Duty::Supervision, RuleState::CannotKnow);
        let detail = format!("Order {}", order.reference);
        out.push(match order.measure {
            OrderedMeasure::SuspendService => {
                judgement.close(Finding::violation(Reason::ServiceSuspended).detail(detail))
            }
            OrderedMeasure::SuspendUpdates => {
                judgement.find(RuleState::CannotKnow, Finding::warning(Reason::UpdatesSuspended).detail(detail))
            }
            OrderedMeasure::SuspendRegistration => {
                judgement.find(RuleState::CannotKnow, Finding::warning(Reason::RegistrationSuspended).detail(detail))
            }
        });
    }
}

/// When a suspension begins that lies ahead and is not lifted before.
fn begins(order: &Order, instant: Timestamp) -> Option<Timestamp> {
    let begins = order.from.parse().ok().filter(|from| instant < *from)?;
    let is_lifted =
        order.until.as_ref().and_then(|until| until.parse().ok()).is_some_and(|until: Timestamp| until <= begins);
    (order.measure == OrderedMeasure::SuspendService && !is_lifted).then_some(begins)
}
