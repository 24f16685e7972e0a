//! Dates do what they say without any event: a gate that closes by itself says when, and nothing changes before the instant
//! at which a verdict asks to be looked at again.

use deepsynthesis::compliance::Gate;
use jiff::SignedDuration;
use jiff::civil::Date;
use proptest::prelude::*;

use crate::generators::any_case;
use crate::properties::timeless;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn nothing_changes_before_the_next_change(case in any_case(), part in 0.0f64..1.0) {
        let verdict = case.verdict();
        // Without a next change it holds for as long as anybody may look.
        let end = verdict.next_change.unwrap_or(case.now + SignedDuration::from_hours(24 * 4000));
        prop_assert!(end > case.now);
        let between = case.now.duration_until(end).as_secs_f64() * part;
        let instants = [case.now + SignedDuration::from_secs_f64(between), end - SignedDuration::from_nanos(1)];
        for instant in instants.into_iter().filter(|instant| *instant < end) {
            let mut then = case.clone();
            then.now = instant;
            let later = then.verdict();
            prop_assert_eq!(later.next_change, verdict.next_change);
            prop_assert_eq!(timeless(later), timeless(verdict.clone()), "at {}", instant);
        }
    }

    #[test]
    fn the_gate_holds_until_it_says_it_closes_and_then_closes(case in any_case()) {
        let verdict = case.verdict();
        if let Some(closes_at) = verdict.closes_at {
            prop_assert!(closes_at > case.now);
            let mut before = case.clone();
            before.now = closes_at - SignedDuration::from_nanos(1);
            prop_assert!(before.verdict().gate != Gate::Closed);
            // A record dated in the future may take over at that very midnight; without one it closes.
            let mut then = case.clone();
            then.now = closes_at;
            let today = case.with_facts(|_, now| now.china_date());
            let is_past = |day: &str| day.parse::<Date>().is_ok_and(|day| day <= today);
            then.assessments.retain(|(_, spec)| is_past(&spec.assessed_on));
            then.filings.retain(|(_, spec)| spec.filed_on.as_deref().is_none_or(is_past));
            prop_assert_eq!(then.verdict().gate, Gate::Closed);
        }
    }
}
