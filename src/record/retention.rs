//! Which segments may go: whole ones, from the oldest on, after calendar months, unless somebody holds them.
//!
//! In: seals, the period, holds, the ledger's clock. Out: how many of the first segments have expired. Must not: count days (six months last
//! up to 184), delete in the middle of a log, or delete anything on the last day itself.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use super::seal::Seal;
use crate::law::Months;

/// A legal hold: what was written in this span stays, whatever its age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// From, milliseconds since 1970.
    pub from: i64,
    /// To, inclusive.
    pub to: i64,
}

/// The law counts days in China.
fn date_in_china(at: i64) -> Date {
    let zone = TimeZone::fixed(Offset::constant(8));
    let limit = if at < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(at).unwrap_or(limit).to_zoned(zone).date()
}

/// The last day on which a record of that ledger time must be there.
#[must_use]
pub fn kept_until(at: i64, period: Months) -> Date {
    period.after(date_in_china(at))
}

/// Whether all that a segment holds is past its period.
#[must_use]
pub fn is_expired(seal: &Seal, period: Months, now: i64) -> bool {
    kept_until_passed(seal.to, period, now)
}

/// Whether a record of that ledger time need not be there any more.
#[must_use]
pub fn kept_until_passed(at: i64, period: Months, now: i64) -> bool {
    date_in_china(now) > kept_until(at, period)
}

/// How many of the first of `seals`, in order, may be deleted.
#[must_use]
pub fn expired(seals: &[Seal], period: Months, holds: &[Hold], now: i64) -> usize {
    let held = |seal: &Seal| holds.iter().any(|hold| hold.from <= seal.to && seal.from <= hold.to);
    seals.iter().take_while(|seal| is_expired(seal, period, now) && !held(seal)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::months::LOG_RETENTION_FLOOR;
    use crate::record::hash::Hash;
    use crate::record::merkle::Frontier;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn seal(from: &str, to: &str) -> Seal {
        let hash = Hash([0; 32]);
        Seal {
            log: "log".into(),
            first: 0,
            count: 1,
            from: at(from),
            to: at(to),
            first_leaf: hash,
            last_leaf: hash,
            frontier: Frontier::default(),
            sha256: hash,
            bytes: 1,
        }
    }

    #[test]
    fn keeps_records_six_months_cybersecurity_law_23() {
        for (written, last) in [
            ("2026-03-01T00:00:00+08:00", "2026-09-01"),
            ("2026-08-31T23:59:59+08:00", "2027-02-28"),
            ("2027-08-31T12:00:00+08:00", "2028-02-29"),
            // Already the first of March in China.
            ("2026-02-28T16:00:00Z", "2026-09-01"),
        ] {
            let seal = seal(written, written);
            assert_eq!(kept_until(seal.to, LOG_RETENTION_FLOOR).to_string(), last);
            assert!(!is_expired(&seal, LOG_RETENTION_FLOOR, at(&format!("{last}T23:59:59.999+08:00"))));
            assert!(is_expired(&seal, LOG_RETENTION_FLOOR, at(&format!("{last}T23:00:00+08:00")) + 3_600_000));
        }
    }

    #[test]
    fn a_backward_clock_never_shortens_retention() {
        let seal = seal("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z");
        assert!(!is_expired(&seal, LOG_RETENTION_FLOOR, at("1999-01-01T00:00:00Z")));
        assert!(!is_expired(&seal, LOG_RETENTION_FLOOR, i64::MIN));
    }

    #[test]
    fn a_hold_keeps_its_segment_and_what_follows() {
        let seals = [
            seal("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
            seal("2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z"),
            seal("2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"),
        ];
        let now = at("2027-01-01T00:00:00Z");
        let hold = Hold { from: at("2026-01-04T00:00:00Z"), to: at("2026-01-04T12:00:00Z") };
        assert_eq!(expired(&seals, LOG_RETENTION_FLOOR, &[], now), 3);
        assert_eq!(expired(&seals, LOG_RETENTION_FLOOR, &[hold], now), 1);
        assert_eq!(expired(&seals, LOG_RETENTION_FLOOR, &[], at("2026-02-01T00:00:00Z")), 0);
    }
}
