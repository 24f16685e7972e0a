//! What histories owe: a cluster-wide report, because the service and its namespace may be gone. Pure.

use jiff::Timestamp;

use super::entry::of_duty;
use super::report::{Entry, Outcome, Sheet, Subject};
use crate::api::ServiceHistory;
use crate::api::history::{RecordKind, RecordTrace};
use crate::law::Duty;
use crate::operator::controller::trace::tombstones;
use crate::operator::snapshot::Snapshot;

/// One result per deadline of a history and per record that is gone.
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
        for (gone, is_again) in tombstones(&spec.records) {
            sheet.add(vanished(history, gone, is_again));
        }
    }
    sheet
}

/// A record that was deleted closes gates, and is evidence: which one it was must not be lost with it.
fn vanished(history: &ServiceHistory, gone: &RecordTrace, is_again: bool) -> Entry {
    let (outcome, next) = if is_again {
        (Outcome::Skip, "The same is on record again.")
    } else {
        (Outcome::Warn, "Create it again if it is still in force.")
    };
    let duty = match gone.kind {
        RecordKind::FilingRecord => Duty::Filing,
        RecordKind::AssessmentRecord => Duty::LaunchAssessment,
    };
    let seen = gone.deleted_seen.as_deref().unwrap_or_default();
    let message = format!("{} {} ({}) is gone since {seen}. {next}", gone.kind.as_str(), gone.name, gone.number);
    let mut entry = of_duty(outcome, subject(history), duty, "RecordDeleted", message);
    entry.properties.insert("recordUid", gone.uid.clone());
    entry.properties.insert("specSha256", gone.spec_sha256.clone());
    entry.properties.insert("messageZh", "记录已被删除；仍有效的请重新登记。".to_owned());
    entry
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
