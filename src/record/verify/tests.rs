//! The tamper matrix: each manipulation is detected and named, and what cannot be detected is said to be not checkable.

use super::*;
use crate::record::chain::{ChainId, Link, PodKey};
use crate::record::entry::{head_line, record_line};
use crate::record::event::{End, Event, GapReason, Outcome};
use crate::record::record::{Record, VERSION};
use crate::record::segment::Segment;

const LOG: &str = "deepsynthesis.dev/u/network";

struct Writer {
    chain: ChainId,
    key: PodKey,
    link: Link,
}

impl Writer {
    fn new(pod: &str, secret: u8) -> Self {
        let chain = ChainId { pod: pod.into(), incarnation: "1".into() };
        Self { link: Link::genesis(LOG, &chain), key: PodKey::from_bytes(&[secret; 32]), chain }
    }

    fn batch(&mut self, log: &mut Log, events: Vec<Event>, closed: bool) {
        let prev = self.link;
        for event in events {
            let (pod, incarnation) = (self.chain.pod.clone(), self.chain.incarnation.clone());
            let record = Record { v: VERSION, pod, incarnation, seq: self.link.seq + 1, at: 5, event };
            let line = record.line().unwrap();
            self.link = self.link.then(&Record::hash(&line));
            log.push(|at, index| record_line(at, index, &line));
        }
        let head = self.key.head(LOG, &self.chain, prev, self.link, closed);
        log.push(|at, index| head_line(at, index, &head).unwrap());
    }
}

#[derive(Default)]
struct Log {
    lines: Vec<String>,
}

impl Log {
    fn push(&mut self, line: impl Fn(i64, u64) -> String) {
        let index = self.lines.len() as u64;
        self.lines.push(line(1000 + i64::try_from(index).unwrap(), index));
    }
}

fn answer(id: &str) -> Vec<Event> {
    let id = id.to_owned();
    vec![
        Event::Decided {
            id: id.clone(),
            outcome: Outcome::Labelled,
            content: "text/plain".into(),
            status: 200,
            generation: 1,
            policy: "p".into(),
            subject: None,
            agreement: None,
        },
        Event::Ended { id, end: End::Complete, bytes: 3, sha256: Hash::of(&[b"abc"]) },
    ]
}

fn ledger() -> super::super::LedgerKey {
    super::super::LedgerKey::new("ledger", &[9; 32]).unwrap()
}

/// Two pods, sixteen answers, as lines.
fn history(salt: &str) -> Log {
    let mut log = Log::default();
    let (mut one, mut other) = (Writer::new("pod-1", 1), Writer::new("pod-2", 2));
    for turn in 0..8 {
        one.batch(&mut log, answer(&format!("{salt}a{turn}")), turn == 7);
        other.batch(&mut log, answer(&format!("{salt}b{turn}")), turn == 7);
    }
    log
}

/// A store: three segments of twelve lines, and a tail.
#[derive(Clone)]
struct Store {
    parts: Vec<Part>,
    tail: String,
    checkpoint: String,
}

fn checkpoint(lines: &[String], key: &super::super::LedgerKey) -> String {
    let mut frontier = Frontier::default();
    lines.iter().for_each(|line| frontier.push(leaf_hash(line.as_bytes())));
    key.checkpoint(&Checkpoint { origin: LOG.into(), size: frontier.size, root: frontier.root() })
}

fn store(lines: &[String], sealed: usize, key: &super::super::LedgerKey) -> Store {
    let mut frontier = Frontier::default();
    let mut parts = Vec::new();
    for chunk in lines[..sealed].chunks(12) {
        let segment = Segment::pack(LOG, &frontier, chunk).unwrap();
        frontier = segment.seal.frontier.clone();
        let seal = segment.seal.sign(key).unwrap();
        parts.push(Part { first: segment.seal.first, seal, data: Some(segment.data) });
    }
    let tail = lines[sealed..].iter().map(|line| format!("{line}\n")).collect();
    Store { parts, tail, checkpoint: checkpoint(lines, key) }
}

fn honest() -> Store {
    static STORE: std::sync::LazyLock<Store> = std::sync::LazyLock::new(|| store(&history("").lines, 36, &ledger()));
    STORE.clone()
}

fn check(store: &Store, trusted: Option<&str>) -> Report {
    let key = ledger().verifier();
    verify(&Evidence {
        log: LOG,
        key: &key,
        parts: &store.parts,
        tail: &store.tail,
        checkpoint: Some(&store.checkpoint),
        trusted,
    })
}

/// Packs lines as they are into the place of a segment, under its old seal.
fn put(store: &mut Store, at: usize, change: impl Fn(&mut Vec<String>)) {
    let data = store.parts[at].data.as_ref().unwrap();
    let mut lines: Vec<String> = unpack(data, MAX_SEGMENT_BYTES).unwrap().lines().map(str::to_owned).collect();
    change(&mut lines);
    let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    store.parts[at].data = Some(zstd::encode_all(text.as_bytes(), 3).unwrap());
}

#[test]
fn an_honest_log_verifies_order_12_article_16_2() {
    let store = honest();
    let report = check(&store, Some(&store.checkpoint));
    assert_eq!((report.findings.as_slice(), report.unchecked.as_slice()), (&[][..], &[][..]));
    assert_eq!((report.size, report.records, report.interrupted, report.unclean.len()), (48, 32, 0, 0));
    assert!(report.to_string().ends_with("verified\n"));
}

#[test]
fn without_a_trusted_checkpoint_three_verdicts_are_not_checkable() {
    let report = check(&honest(), None);
    assert!(report.is_clean());
    assert_eq!(report.unchecked, [Unchecked::Rollback, Unchecked::Fork, Unchecked::CutTail]);
    assert_eq!(report.to_string().matches("not checkable").count(), 3);
}

#[test]
fn an_interrupted_answer_is_no_manipulation() {
    let mut log = Log::default();
    let mut pod = Writer::new("pod-1", 1);
    let mut events = answer("a");
    events.pop();
    events.push(Event::Gap { dropped: 4, reason: GapReason::SpoolFull, from: 1, to: 2 });
    pod.batch(&mut log, events, false);
    let store = store(&log.lines, 0, &ledger());
    let report = check(&store, None);
    assert!(report.is_clean(), "{report}");
    assert_eq!((report.interrupted, report.unclean.len(), report.dropped), (1, 1, 4));
}

/// Manipulations of a store without the ledger's key.
#[test]
fn every_tampering_is_named() {
    type Case = (&'static str, fn(&mut Store), fn(&Finding) -> bool);
    let cases: [Case; 14] = [
        (
            "flip a byte of the data",
            |store| {
                let data = store.parts[1].data.as_mut().unwrap();
                let middle = data.len() / 2;
                data[middle] ^= 1;
            },
            |finding| *finding == Finding::Altered(Spot::Segment(12)),
        ),
        (
            "change a record",
            |store| put(store, 1, |lines| lines[3] = lines[3].replace("text/plain", "image/png")),
            |finding| *finding == Finding::Altered(Spot::Segment(12)),
        ),
        (
            "drop a line",
            |store| put(store, 1, |lines| drop(lines.remove(3))),
            |finding| *finding == Finding::Dropped { from: 15, to: 16 },
        ),
        (
            "drop a segment",
            |store| drop(store.parts.remove(1)),
            |finding| *finding == Finding::Dropped { from: 12, to: 24 },
        ),
        (
            "reorder lines",
            |store| put(store, 1, |lines| lines.swap(2, 5)),
            |finding| *finding == Finding::Reordered(12),
        ),
        ("cut the head", |store| drop(store.parts.remove(0)), |finding| *finding == Finding::HeadCut(12)),
        (
            "cut the head of the first segment",
            |store| put(store, 0, |lines| drop(lines.drain(..3))),
            |finding| *finding == Finding::HeadCut(3),
        ),
        ("cut the tail", |store| store.tail.clear(), |finding| *finding == Finding::TailCut { held: 36, promised: 48 }),
        (
            "cut the tail of a segment",
            |store| put(store, 2, |lines| lines.truncate(4)),
            |finding| *finding == Finding::TailCut { held: 28, promised: 36 },
        ),
        (
            "replace a segment by another one",
            |store| store.parts[1].data = store.parts[2].data.clone(),
            |finding| *finding == Finding::Replaced(12),
        ),
        (
            "replace a segment and its seal",
            |store| {
                let other = honest();
                let [_, _, third] = &other.parts[..] else { panic!() };
                store.parts[1].seal = third.seal.clone();
                store.parts[1].data = third.data.clone();
            },
            |finding| *finding == Finding::Replaced(12),
        ),
        (
            "sign another segment with another key",
            |store| {
                let other = super::super::LedgerKey::new("ledger", &[8; 32]).unwrap();
                let lines = history("x").lines;
                let forged = super::tests::store(&lines, 36, &other);
                store.parts[1].seal = forged.parts[1].seal.clone();
                store.parts[1].data = forged.parts[1].data.clone();
            },
            |finding| *finding == Finding::ForeignKey(Spot::Seal(12)),
        ),
        (
            "sign the checkpoint with another key",
            |store| {
                let other = super::super::LedgerKey::new("ledger", &[8; 32]).unwrap();
                store.checkpoint = checkpoint(&history("x").lines, &other);
            },
            |finding| *finding == Finding::ForeignKey(Spot::Checkpoint),
        ),
        (
            "delete a segment without a record of it",
            |store| store.parts[0].data = None,
            |finding| *finding == Finding::Unrecorded(0),
        ),
    ];
    for (name, tamper, names) in cases {
        let mut store = honest();
        tamper(&mut store);
        let report = check(&store, None);
        assert!(report.findings.iter().any(names), "{name}: {report}");
    }
}

/// Manipulations with the ledger's key: all seals and checkpoints are good.
#[test]
fn rollback_and_fork_and_cut_tail_need_a_trusted_checkpoint() {
    let trusted = honest().checkpoint;
    let lines = history("").lines;
    let rolled_back = store(&lines[..24], 24, &ledger());
    let forked = store(&history("x").lines, 36, &ledger());
    let cases: [(&str, Store, Finding); 3] = [
        ("rollback", rolled_back, Finding::RolledBack { held: 24, promised: 48 }),
        ("fork", forked, Finding::Forked(48)),
        ("cut tail", store(&lines[..45], 36, &ledger()), Finding::RolledBack { held: 45, promised: 48 }),
    ];
    for (name, store, finding) in cases {
        let blind = check(&store, None);
        assert!(blind.is_clean(), "{name} cannot be seen: {blind}");
        assert_eq!(blind.unchecked, [Unchecked::Rollback, Unchecked::Fork, Unchecked::CutTail], "{name}");
        let report = check(&store, Some(&trusted));
        assert!(report.findings.contains(&finding), "{name}: {report}");
    }
    let report = check(&store(&history("x").lines, 36, &ledger()), Some(&trusted));
    assert!(report.findings.contains(&Finding::TwoRoots(48)), "{report}");
}

/// The ledger itself rewrites history: the pods' keys are not its own.
#[test]
fn the_ledger_cannot_change_what_a_pod_has_written() {
    type Case = (&'static str, fn(&mut Vec<String>), fn(&Finding) -> bool);
    let cases: [Case; 4] = [
        (
            "change",
            |lines| lines[3] = lines[3].replace("text/plain", "image/png"),
            |finding| matches!(finding, Finding::ChainBroken { seq: 2, chain } if chain.pod == "pod-2"),
        ),
        (
            "drop one",
            |lines| drop(lines.remove(4)),
            |finding| matches!(finding, Finding::ChainGap { from: 2, chain } if chain.pod == "pod-2"),
        ),
        (
            "drop a whole batch",
            |lines| drop(lines.drain(6..9)),
            |finding| matches!(finding, Finding::ChainGap { from: 3, chain } if chain.pod == "pod-1"),
        ),
        (
            "say a number twice",
            |lines| {
                let again = lines[0].replace("text/plain", "image/png");
                lines.insert(1, again);
            },
            |finding| matches!(finding, Finding::Equivocation { seq: 1, .. }),
        ),
    ];
    for (name, tamper, names) in cases {
        let mut lines = history("").lines;
        tamper(&mut lines);
        let lines: Vec<String> = lines
            .iter()
            .enumerate()
            .map(|(index, line)| {
                let (head, body) = line.split_once(",\"i\":").map_or_else(
                    || panic!("{line}"),
                    |(head, rest)| (head, rest.trim_start_matches(|c: char| c.is_ascii_digit())),
                );
                format!("{head},\"i\":{index}{body}")
            })
            .collect();
        let report = check(&store(&lines, 36, &ledger()), None);
        assert!(report.findings.iter().any(names), "{name}: {report}");
    }
}

#[test]
fn a_recorded_deletion_leaves_a_log_that_verifies() {
    let mut log = history("");
    let seal = Seal::open(&honest().parts[0].seal, &ledger().verifier()).unwrap();
    let mut own = Writer::new("ledger", 7);
    let deleted = Event::SegmentDeleted { first: 0, count: seal.count, sha256: seal.sha256, until: 9 };
    own.batch(&mut log, vec![deleted], true);
    let mut store = store(&log.lines, 48, &ledger());
    store.parts[0].data = None;
    let report = check(&store, Some(&store.checkpoint));
    assert!(report.is_clean() && report.unchecked.is_empty(), "{report}");
    // A checkpoint from within the deleted part cannot be compared any more, and that is said.
    let old = checkpoint(&log.lines[..7], &ledger());
    let report = check(&store, Some(&old));
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.unchecked, [Unchecked::Fork]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]

    /// Any one changed byte of any sealed data, seal or checkpoint is found.
    #[test]
    fn no_changed_byte_goes_unseen(part in 0usize..3, seal: bool, at: proptest::sample::Index, bit in 0u8..7) {
        let mut store = honest();
        if seal {
            let mut bytes = store.parts[part].seal.clone().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            match String::from_utf8(bytes) {
                // The base64 of a signature has spare bits, and so other spellings of the same bytes: none is accepted.
                Ok(text) => store.parts[part].seal = text,
                Err(_) => return Ok(()),
            }
        } else {
            let data = store.parts[part].data.as_mut().unwrap();
            let at = at.index(data.len());
            data[at] ^= 1 << bit;
        }
        proptest::prop_assert!(!check(&store, None).is_clean());
    }
}
