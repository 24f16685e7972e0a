//! When a verdict may differ by itself.
//!
//! In: facts and clock. Out: the earliest later instant at which a date of the facts begins, ends or comes within a
//! warning's distance. Must not: judge; an instant too many costs a look, one too few an outage.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::exemption::expires_at;
use super::facts::{Facts, Now};
use crate::law::calendar::end_of_day;

/// Days ahead of a lapse at which people are warned.
pub(super) const WARNING_DAYS: [i64; 3] = [90, 30, 7];

/// The nearest warning distance that a lapse is within, in days.
pub(super) fn warning_days(lapse: Timestamp, now: Timestamp) -> Option<i64> {
    WARNING_DAYS.into_iter().rev().find(|days| ahead(lapse, *days) <= now && now < lapse)
}

fn ahead(lapse: Timestamp, days: i64) -> Timestamp {
    lapse.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN)
}

/// The earliest instant after now at which the verdict may differ without any change of the facts. Records of neighbours
/// are looked at only where they can be near misses.
pub(super) fn next_change(
    facts: &Facts<'_>,
    now: &Now<'_>,
    with_neighbours: bool,
    lapses: impl Iterator<Item = Timestamp>,
) -> Option<Timestamp> {
    let mut nearest: Option<Timestamp> = None;
    let mut at = |instant: Timestamp| {
        if instant > now.instant {
            nearest = Some(nearest.map_or(instant, |known| known.min(instant)));
        }
    };
    for lapse in lapses {
        at(lapse);
    }
    let begins = |text: Option<&str>| day(text).and_then(|day| day.yesterday().ok()).map(end_of_day);
    let ends = |text: Option<&str>| day(text).map(end_of_day);
    for filing in facts.filings.only_own_unless(with_neighbours).all() {
        begins(filing.spec.filed_on.as_deref()).into_iter().for_each(&mut at);
    }
    for assessment in facts.assessments.only_own_unless(with_neighbours).all() {
        let spec = assessment.spec;
        begins(Some(&spec.assessed_on)).into_iter().for_each(&mut at);
        ends(spec.next_review_on.as_deref()).into_iter().for_each(&mut at);
        if let Some(end) = ends(spec.valid_until.as_deref()) {
            at(end);
            WARNING_DAYS.iter().for_each(|days| at(ahead(end, *days)));
        }
    }
    for licence in &facts.spec.licences {
        if let Some(end) = ends(licence.valid_until.as_deref()) {
            at(end);
            WARNING_DAYS.iter().for_each(|days| at(ahead(end, *days)));
        }
    }
    for order in &facts.policy.orders {
        let instants = [Some(order.from.as_str()), order.until.as_deref()];
        instants.into_iter().flatten().filter_map(|text| text.parse().ok()).for_each(&mut at);
    }
    for exemption in facts.exemptions {
        expires_at(exemption.spec).into_iter().for_each(&mut at);
    }
    nearest
}

fn day(text: Option<&str>) -> Option<Date> {
    text?.parse().ok()
}
