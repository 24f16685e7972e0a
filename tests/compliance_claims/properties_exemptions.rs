//! An exemption opens what it names while it holds, and is nothing otherwise.

use deepsynthesis::compliance::{Gate, Reason, Severity};
use deepsynthesis::law::Duty;
use proptest::prelude::*;
use serde_json::json;

use crate::generators::{any_case, any_exemption};
use crate::properties::{strictness, timeless};
use crate::support::Case;

/// An approved exemption of every duty there is.
fn exempted(case: Case) -> Case {
    let duties: Vec<&str> = Duty::ALL.into_iter().map(Duty::id).collect();
    // The schema takes 32 at once.
    duties.chunks(32).fold(case, |case, duties| {
        case.exemption(json!({"duties": duties, "expiresAt": "2030-01-01T00:00:00Z"}), "legal")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn an_exemption_never_closes(case in any_case(), (spec, approver) in any_exemption()) {
        let with = case.clone().exemption(spec, approver).verdict();
        prop_assert!(strictness(&with) <= strictness(&case.verdict()));
    }

    #[test]
    fn an_exemption_that_does_not_hold_is_none(mut case in any_case(), how in 0usize..6) {
        case.exemptions.clear();
        let without = timeless(case.verdict());
        let mut with = exempted(case.clone());
        for (spec, approvals) in &mut with.exemptions {
            match how {
                0 => approvals.clear(),
                1 => approvals[0].approved_by = spec.requested_by.clone(),
                2 => approvals[0].exemption_uid = Some("another one of that name".into()),
                3 => spec.reason.push_str(", and more than was approved"),
                4 => spec.target.service = Some("painter".into()),
                _ => {
                    spec.expires_at = case.now.to_string();
                    approvals[0].spec_sha256 = Some(deepsynthesis::compliance::exemption::spec_sha256(spec));
                }
            }
        }
        prop_assert_eq!(timeless(with.verdict()), without);
        prop_assert_ne!(timeless(exempted(case).verdict()), timeless(with.verdict()), "the same, approved, counts");
    }

    #[test]
    fn orders_and_marks_are_never_exempted(case in any_case()) {
        let verdict = exempted(case.clone()).verdict();
        prop_assert_eq!(verdict.is_suspended, case.verdict().is_suspended);
        prop_assert_eq!(verdict.gate == Gate::Closed, verdict.is_suspended, "{:?}", verdict.findings);
        for finding in &verdict.findings {
            if finding.severity == Severity::Violation {
                prop_assert_eq!(finding.reason, Reason::ServiceSuspended);
            }
            let named = finding.detail.as_deref().unwrap_or_default();
            for duty in [Duty::Supervision, Duty::MarkIntegrity, Duty::LabelTampering] {
                let is_about = named.starts_with(&format!("{} by ", duty.id()));
                prop_assert!(finding.reason != Reason::DutyExempted || !is_about, "{}", named);
            }
        }
    }

    #[test]
    fn exempting_hides_no_finding_and_no_outcome(mut case in any_case()) {
        case.exemptions.clear();
        let (plain, exempt) = (case.verdict(), exempted(case.clone()).verdict());
        prop_assert_eq!(&plain.outcomes, &exempt.outcomes);
        for finding in &plain.findings {
            let is_said = |other: &deepsynthesis::compliance::Finding| {
                other.reason == finding.reason && other.detail == finding.detail && other.due == finding.due
            };
            prop_assert!(exempt.findings.iter().any(is_said), "{finding:?}");
        }
    }
}
