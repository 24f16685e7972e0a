//! What histories owe: a cluster-wide report, because the service and its namespace may be gone. Pure.

use jiff::Timestamp;

use super::check::of_duty;
use super::report::{Outcome, Sheet, Subject};
use crate::api::ServiceHistory;
use crate::law::Duty;
use crate::operator::snapshot::Snapshot;

/// One result per deadline of a history.
#[must_use]
pub fn histories(snapshot: &Snapshot, now: Timestamp) -> Sheet {
    let mut sheet = Sheet::default();
    for history in snapshot.histories.values() {
        let spec = &history.spec;
        let deadlines = [
            (Duty::FilingChange, "ChangeDue", &spec.change_due, "The filing must be changed"),
            (
                Duty::FilingCancellation,
                "CancelDue",
                &spec.cancel_due,
                "The service is gone: its filing must be cancelled",
            ),
        ];
        for (duty, rule, due, what) in deadlines {
            let Some(due) = due else { continue };
            let is_over = due.parse::<Timestamp>().is_ok_and(|due| due <= now);
            let outcome = if is_over { Outcome::Fail } else { Outcome::Warn };
            let key = format!("{} {}", spec.unified_social_credit_code, spec.service_code);
            let mut entry = of_duty(outcome, subject(history), duty, rule, format!("{what} until {due} ({key})."));
            entry.properties.insert("due", due.clone());
            sheet.add(entry);
        }
    }
    sheet
}

fn subject(history: &ServiceHistory) -> Subject {
    Subject {
        api_version: "deepsynthesis.dev/v1alpha1".to_owned(),
        kind: "ServiceHistory".to_owned(),
        namespace: String::new(),
        name: history.metadata.name.clone().unwrap_or_default(),
        uid: history.metadata.uid.clone().unwrap_or_default(),
    }
}
