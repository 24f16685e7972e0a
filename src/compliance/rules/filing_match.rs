//! Whether one filing record is the filing of a service for one role (Order 12 Art. 19).
//!
//! In: a record, a role, the service, the day. Out: every field in which the record falls short;
//! none means that it counts. Must not: weigh records against each other.

use jiff::civil::Date;

use crate::api::service::Role;
use crate::api::{FilingRecordSpec, FilingState};
use crate::compliance::facts::Facts;
use crate::compliance::reason::Reason;
use crate::law::FilingNumber;

/// One field in which a record falls short.
pub(super) struct Mismatch {
    pub reason: Reason,
    pub field: String,
}

/// Every field in which a record falls short of being the filing of the service for a role.
pub(super) fn mismatches(facts: &Facts<'_>, record: &FilingRecordSpec, role: Role, today: Date) -> Vec<Mismatch> {
    let provider = &facts.spec.provider;
    let mut found = Vec::new();
    let mut falls_short = |reason, field: String| found.push(Mismatch { reason, field });
    if record.unified_social_credit_code != provider.unified_social_credit_code {
        falls_short(
            Reason::FilingProviderMismatch,
            format!(
                "spec.unifiedSocialCreditCode is {}, the provider's is {}",
                record.unified_social_credit_code, provider.unified_social_credit_code
            ),
        );
    }
    if record.service_code != provider.service_code {
        falls_short(
            Reason::FilingServiceMismatch,
            format!("spec.serviceCode is {}, the service's is {}", record.service_code, provider.service_code),
        );
    }
    if record.role != role {
        falls_short(
            Reason::FilingRoleMismatch,
            format!("spec.role is {}, the service needs {}", role_name(record.role), role_name(role)),
        );
    }
    if !record.scope.namespaces.iter().any(|namespace| namespace == facts.namespace) {
        falls_short(Reason::FilingScopeMismatch, format!("spec.scope.namespaces does not hold {}", facts.namespace));
    }
    if !record.state.is_in_force() {
        falls_short(Reason::FilingNotGranted, format!("spec.state is {}", state_name(record.state)));
    } else {
        match record.filed_on.as_deref().map(str::parse::<Date>) {
            Some(Ok(day)) if day > today => {
                falls_short(Reason::FilingNotGranted, format!("spec.filedOn {day} lies in the future"));
            }
            // As with assessments: a day that is none proves nothing.
            Some(Err(_)) => falls_short(Reason::FilingNotGranted, "spec.filedOn is no date".to_owned()),
            Some(Ok(_)) | None => {}
        }
    }
    match record.number.as_deref() {
        // A filing that was handed in has no number yet; its state says so already.
        None if !record.state.is_in_force() => {}
        None => falls_short(Reason::FilingMalformed, "spec.number is absent".to_owned()),
        Some(text) => match FilingNumber::parse(text) {
            Err(error) => falls_short(Reason::FilingMalformed, format!("spec.number {error}")),
            Ok(number) if !number.is_deep_synthesis() => {
                falls_short(Reason::FilingWrongClass, format!("spec.number is of class {}", number.class()));
            }
            Ok(_) => {}
        },
    }
    found
}

/// The role as the API writes it.
pub(super) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Provider => "Provider",
        Role::TechnicalSupporter => "TechnicalSupporter",
        Role::Propagator => "Propagator",
        Role::AppStore => "AppStore",
    }
}

pub(super) fn state_name(state: FilingState) -> &'static str {
    match state {
        FilingState::Submitted => "Submitted",
        FilingState::Filed => "Filed",
        FilingState::ChangeSubmitted => "ChangeSubmitted",
        FilingState::Rejected => "Rejected",
        FilingState::Cancelled => "Cancelled",
    }
}
