//! Which field of a service declares the period of which class of records.
//!
//! In: `spec.retention`. Out: field, class, period as written. Must not: judge the period; the class does.

use crate::api::service::Retention;
use crate::law::retention::RetentionClass;

/// Every class whose period a service declares, with the path of its field.
#[must_use]
pub fn declared(retention: &Retention) -> [(&'static str, RetentionClass, &str); 3] {
    let Retention { logs, waiver, consent } = retention;
    [
        ("spec.retention.logs", RetentionClass::NetworkLogs, logs),
        ("spec.retention.waiver", RetentionClass::WaiverLogs, waiver),
        ("spec.retention.consent", RetentionClass::ConsentRecords, consent),
    ]
}
