use super::*;
use crate::record::{Checkpoint, Hash, LedgerKey};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn declared() -> Said {
    Said { kind: "Retention", status: "True", reason: "Satisfied", message: String::new() }
}

fn log(size: u64, secret: u8) -> LogCoverage {
    let key = LedgerKey::new("ledger", &[secret; 32]).unwrap();
    let origin = "deepsynthesis.dev/u/network".to_owned();
    LogCoverage {
        kept_for: "P6M".into(),
        size,
        oldest: Some(at("2026-11-26T16:30:00Z").as_millisecond()),
        checkpoint: key.checkpoint(&Checkpoint { origin, size, root: Hash::of(&[b"root"]) }),
        ..LogCoverage::default()
    }
}

fn coverage(log: LogCoverage) -> Coverage {
    Coverage { logs: [("network".to_owned(), log)].into(), ..Coverage::default() }
}

#[test]
fn says_what_is_kept_and_what_is_not_cybersecurity_law_article_23_and_order_12_article_16() {
    let whole = coverage(log(5, 1));
    let silent = Coverage { silent: 2, silent_pods: vec!["pod-1".into(), "pod-2".into()], ..whole.clone() };
    let gap = coverage(LogCoverage { missing: 7, missing_pods: vec!["pod-3".into()], ..log(5, 1) });
    let now = at("2026-11-27T12:00:00Z");
    for (kept, status, reason, words) in [
        (Kept::NoLedger, "True", "Satisfied", ""),
        (Kept::NotAsked, "Unknown", "LedgerNotAsked", ""),
        (Kept::Unreachable, "Unknown", "LedgerUnreachable", "deepsynthesis-ledger"),
        (Kept::Known(&Coverage::default()), "True", "NoRecords", ""),
        (Kept::Known(&whole), "True", "RecordsKept", "network since 2026-11-27 for P6M (Cybersecurity Law Art. 23(3)"),
        (Kept::Known(&silent), "False", "PodsWithoutRecords", "2 pods have served for three minutes"),
        (Kept::Known(&gap), "False", "RecordsMissing", "7 records never came, of the pods pod-3"),
    ] {
        let said = condition(declared(), kept, None, now);
        assert_eq!((said.status, said.reason), (status, reason));
        assert!(said.message.contains(words), "{}", said.message);
    }
    let short = Said { status: "False", reason: "RetentionBelowFloor", ..declared() };
    assert_eq!(
        condition(short.clone(), Kept::Known(&whole), None, now),
        short,
        "what is declared too short comes first"
    );
}

#[test]
fn a_ledger_that_goes_back_or_is_another_one_is_seen_by_the_pinned_checkpoint_order_12_article_21() {
    let now = at("2026-11-27T12:00:00Z");
    let first = coverage(log(100, 1));
    let pinned = status(Kept::Known(&first), None, now).unwrap();
    assert_eq!((pinned.logs[0].size, pinned.logs[0].checkpoint.as_str()), (100, log(100, 1).checkpoint.as_str()));
    for (name, now_there) in [
        ("rolled back", coverage(log(99, 1))),
        ("another key, and longer", coverage(log(500, 2))),
        ("gone", Coverage::default()),
    ] {
        let kept = Kept::Known(&now_there);
        let said = condition(declared(), kept, Some(&pinned), now);
        assert_eq!((said.status, said.reason), ("False", "LedgerRolledBack"), "{name}");
        assert_eq!(
            status(kept, Some(&pinned), at("2026-11-28T12:00:00Z")).unwrap(),
            pinned,
            "{name}: the evidence stays"
        );
        let later = at("2027-05-28T00:00:00Z");
        assert_ne!(
            condition(declared(), kept, Some(&pinned), later).reason,
            "LedgerRolledBack",
            "{name}: its time is over"
        );
    }
    let more = coverage(log(101, 1));
    assert_eq!(condition(declared(), Kept::Known(&more), Some(&pinned), now).reason, "RecordsKept");
}

#[test]
fn records_that_come_in_are_no_writes_of_the_status() {
    let start = at("2026-11-27T12:00:00Z");
    let pinned = status(Kept::Known(&coverage(log(100, 1))), None, start).unwrap();
    let then = |minutes: i64, log: LogCoverage| {
        status(Kept::Known(&coverage(log)), Some(&pinned), start + SignedDuration::from_mins(minutes)).unwrap()
    };
    assert_eq!(then(59, log(5000, 1)), pinned);
    assert_eq!(then(61, log(5000, 1)).logs[0].size, 5000);
    assert_eq!(then(600, log(100, 1)), pinned, "a log to which nothing came is as it was");
    let longer = LogCoverage { kept_for: "P1Y".into(), ..log(101, 1) };
    assert_eq!(then(1, longer).logs[0].kept_for, "P1Y", "a longer promise is told at once");
    assert_eq!(status(Kept::Unreachable, Some(&pinned), start), Some(pinned));
}
