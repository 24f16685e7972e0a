//! Recorder, writer and spool together, without a ledger.

use std::path::Path;
use std::time::Duration;

use super::args::RecordArgs;
use super::spool::{MIN_CAPACITY, Spool};
use super::writer::{Durability, NotKept};
use super::*;
use crate::contract::batch::{Batch, LogName};
use crate::record::event::{End, GapReason, Outcome};
use crate::record::{Event, Hash, Record};
use crate::sidecar::metrics::Metrics;

fn args(folder: &Path, durability: Durability) -> RecordArgs {
    RecordArgs {
        spool: Some(folder.join("spool")),
        spool_bytes: MIN_CAPACITY,
        pod_uid: Some("pod-1".into()),
        durability,
        ..RecordArgs::default()
    }
}

fn decided(id: &str, content: &str) -> Event {
    Event::Decided {
        id: id.into(),
        outcome: Outcome::Labelled,
        content: content.into(),
        status: 200,
        generation: 1,
        policy: "p".into(),
        subject: None,
        agreement: None,
    }
}

fn batches(folder: &Path) -> Vec<(LogName, Batch)> {
    let spool = Spool::open(&folder.join("spool"), MIN_CAPACITY).unwrap();
    spool.frames().unwrap().iter().map(|frame| Batch::parse(frame).unwrap()).collect()
}

fn records(folder: &Path) -> Vec<Record> {
    let lines = batches(folder).into_iter().flat_map(|(_, batch)| batch.lines);
    lines.map(|line| Record::parse(&line).unwrap()).collect()
}

#[tokio::test]
async fn an_answer_has_two_records_and_the_first_is_on_disk_before_it_leaves_order_12_article_16_2() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::start(&args(folder.path(), Durability::Spool), "uid", &Metrics::new()).unwrap().unwrap();
    let mut tally = recorder.decided("item", decided("item", "text/plain")).await.unwrap().unwrap();
    // As after a crash at this very moment: nothing but the file is left.
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(folder.path().join("spool"), copy.path().join("spool")).unwrap();
    assert_eq!(records(copy.path()).len(), 1);
    tally.passed(b"ab");
    tally.passed(b"c");
    tally.complete();
    drop(tally);
    drop(recorder.decided("cut", decided("cut", "text/plain")).await.unwrap());
    let head = recorder.close(Duration::from_secs(5)).await.unwrap();
    assert!(head.closed && head.check().is_ok());
    let records = records(folder.path());
    let ends: Vec<_> = records.iter().map(|record| (record.seq, &record.event)).collect();
    let ended =
        |id: &str, end, bytes, text: &[u8]| Event::Ended { id: id.into(), end, bytes, sha256: Hash::of(&[text]) };
    assert_eq!(ends[1], (2, &ended("item", End::Complete, 3, b"abc")));
    assert_eq!(ends[3], (4, &ended("cut", End::Left, 0, b"")));
    assert_eq!(head.seq, 4);
}

/// Kept and dropped records.
fn account(records: &[Record]) -> (u64, u64) {
    let (mut kept, mut lost) = (0, 0);
    for record in records {
        match &record.event {
            Event::Gap { dropped, .. } => lost += dropped,
            _ => kept += 1,
        }
    }
    (kept, lost)
}

#[tokio::test]
async fn a_full_spool_refuses_where_records_must_be() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::start(&args(folder.path(), Durability::Spool), "uid", &Metrics::new()).unwrap().unwrap();
    let content = "x".repeat(3500);
    let refused = loop {
        match recorder.decided("item", decided("item", &content)).await {
            Ok(tally) => drop(tally),
            Err(error) => break error,
        }
    };
    assert_eq!(refused, NotKept::Full);
}

#[tokio::test]
async fn a_full_spool_counts_every_record_where_they_may_be_missing() {
    const ANSWERS: u64 = 2000;
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::start(&args(folder.path(), Durability::Async), "uid", &Metrics::new()).unwrap().unwrap();
    let content = "x".repeat(3500);
    for _ in 0..ANSWERS {
        drop(recorder.decided("item", decided("item", &content)).await.unwrap());
    }
    // Once the writer has come this far it has found the spool full.
    drop(recorder.close(Duration::from_secs(60)).await.unwrap());
    // A copy: opening a spool writes its mark.
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(folder.path().join("spool"), copy.path().join("spool")).unwrap();
    let (kept, lost) = account(&records(copy.path()));
    // Room again: what is missing and was not told yet is told with the next record.
    assert!(recorder.empty_for_tests() > MIN_CAPACITY / 2);
    drop(recorder.decided("after", decided("after", "text/plain")).await.unwrap());
    drop(recorder.close(Duration::from_secs(60)).await.unwrap());
    let records = records(folder.path());
    let (kept_after, lost_after) = account(&records);
    assert!(records.iter().any(|record| record.event.produce_id() == Some("after")));
    let reasons = records.iter().filter_map(|record| match record.event {
        Event::Gap { reason, .. } => Some(reason),
        _ => None,
    });
    assert!(reasons.into_iter().all(|reason| reason == GapReason::SpoolFull));
    assert!(lost + lost_after > 0);
    assert_eq!(kept + lost + kept_after + lost_after, 2 * ANSWERS + 2, "nothing is missing that is not counted");
}

#[tokio::test]
async fn a_second_life_goes_on_behind_what_the_first_one_left() {
    let folder = tempfile::tempdir().unwrap();
    let args = args(folder.path(), Durability::Spool);
    for id in ["first", "second"] {
        let recorder = Recorder::start(&args, "uid", &Metrics::new()).unwrap().unwrap();
        drop(recorder.decided(id, decided(id, "text/plain")).await.unwrap());
        drop(recorder.close(Duration::from_secs(5)).await.unwrap());
    }
    let batches = batches(folder.path());
    let lives: std::collections::BTreeSet<_> =
        batches.iter().map(|(_, batch)| batch.head.chain.incarnation.clone()).collect();
    assert_eq!(lives.len(), 2);
    assert_eq!(records(folder.path()).len(), 4);
}

#[tokio::test]
async fn without_a_spool_nothing_is_recorded_and_a_bad_one_is_an_error() {
    let none = RecordArgs::default();
    assert!(Recorder::start(&none, "uid", &Metrics::new()).unwrap().is_none());
    let folder = tempfile::tempdir().unwrap();
    let bad = args(&folder.path().join("absent"), Durability::Async);
    assert!(Recorder::start(&bad, "uid", &Metrics::new()).is_err());
    assert!(Recorder::start(&args(folder.path(), Durability::Async), "../x", &Metrics::new()).is_err());
}
