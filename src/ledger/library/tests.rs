//! Group commit, retries, equivocation, sealing, retention: with a clock of our own and a real folder.

use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::ledger::search::{Query, View};
use crate::ledger::store::Folder;
use crate::ledger::verify;
use crate::record::record::VERSION;
use crate::record::{Link, Record};

const DAY: i64 = 86_400_000;
/// 2026-01-15 in China.
const START: i64 = 1_768_406_400_000;

struct Fixture {
    folder: tempfile::TempDir,
    clock: Arc<AtomicI64>,
    library: Library,
}

fn open(folder: &std::path::Path, clock: &Arc<AtomicI64>, period: &str) -> Library {
    let store = Arc::new(Folder::open(folder.join("segments")).unwrap());
    let clock = Arc::clone(clock);
    let class = RetentionClass::NetworkLogs;
    let rules = Rules {
        periods: BTreeMap::from([(class, class.check(period).unwrap())]),
        longest: Months::parse("P10Y").unwrap(),
        holds: Vec::new(),
        segment_bytes: usize::MAX,
        segment_age: Duration::from_secs(300),
        retention_interval: Duration::from_secs(3600),
        pod: "ledger-pod".into(),
        clock: Box::new(move || clock.load(Ordering::Relaxed)),
    };
    Library::open(store, folder.join("wal"), LedgerKey::new("ledger", &[9; 32]).unwrap(), rules).unwrap()
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(START));
        let library = open(folder.path(), &clock, "P6M");
        Self { folder, clock, library }
    }

    /// As after a crash: nothing but the disk is left.
    fn crash(&mut self) {
        self.library = open(self.folder.path(), &self.clock, "P6M");
    }

    fn pass(&self, days: i64) {
        self.clock.fetch_add(days * DAY, Ordering::Relaxed);
    }

    fn write(&self, batch: &Batch) -> Result<Ack, Refusal> {
        let (reply, mut word) = oneshot::channel();
        self.library.write(vec![Job { log: log(), batch: batch.clone(), reply }]);
        word.try_recv().unwrap()
    }

    fn ids(&self) -> Vec<String> {
        let view = View::of(&self.library.books()[&log()]);
        let mut ids = Vec::new();
        let query = Query { kind: Some("ended".into()), ..Query::default() };
        view.search(&*self.library.store, &query, &mut |line| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            ids.push(value["record"]["id"].as_str().unwrap().to_owned());
            true
        })
        .unwrap();
        ids
    }

    fn verify(&self) -> crate::record::Report {
        let library = &self.library;
        let checkpoint = library.checkpoint(&log()).unwrap();
        let trusted = self.folder.path().join("trusted");
        std::fs::write(&trusted, checkpoint).unwrap();
        let folder = self.folder.path().join("segments").join(folder_of(&log()));
        let tail: String = library.books()[&log()].open.iter().flat_map(|line| [line, "\n"]).collect();
        std::fs::write(folder.join("tail.ndjson"), tail).unwrap();
        let args = crate::ledger::args::VerifyArgs {
            key: library.key.verifier().text(),
            trusted_checkpoint: Some(trusted),
            log: Some(log().origin()),
            folder,
        };
        verify::run(&args).unwrap()
    }
}

fn log() -> LogName {
    LogName { service: "service-1".into(), class: RetentionClass::NetworkLogs }
}

struct Pod {
    chain: ChainId,
    key: PodKey,
    link: Link,
}

impl Pod {
    fn new(name: &str) -> Self {
        let chain = ChainId { pod: name.into(), incarnation: "1".into() };
        Self { link: Link::genesis(&log().origin(), &chain), key: PodKey::from_bytes(&[3; 32]), chain }
    }

    fn batch(&mut self, ids: &[&str]) -> Batch {
        let prev = self.link;
        let mut lines = Vec::new();
        for id in ids {
            let hash = crate::record::Hash::of(&[id.as_bytes()]);
            let event =
                Event::Ended { id: (*id).into(), end: crate::record::event::End::Complete, bytes: 1, sha256: hash };
            let ChainId { pod, incarnation } = self.chain.clone();
            let record = Record { v: VERSION, pod, incarnation, seq: self.link.seq + 1, at: START, event };
            lines.push(record.line().unwrap());
            self.link = self.link.then(&Record::hash(&lines[lines.len() - 1]));
        }
        Batch { head: self.key.head(&log().origin(), &self.chain, prev, self.link, false), lines }
    }
}

#[test]
fn a_retry_is_stored_once_also_after_a_crash_and_after_sealing() {
    let mut fixture = Fixture::new();
    let mut pod = Pod::new("pod-1");
    let batches: Vec<Batch> = (0..3).map(|n| pod.batch(&[&format!("a{n}"), &format!("b{n}")])).collect();
    for batch in &batches {
        assert!(!fixture.write(batch).unwrap().is_retry);
        assert!(fixture.write(batch).unwrap().is_retry);
    }
    fixture.crash();
    assert!(fixture.write(&batches[2]).unwrap().is_retry);
    fixture.library.seal(true);
    fixture.crash();
    for batch in &batches {
        assert!(fixture.write(batch).unwrap().is_retry);
    }
    assert_eq!(fixture.ids(), ["a0", "b0", "a1", "b1", "a2", "b2"]);
    let report = fixture.verify();
    assert!(report.is_clean() && report.unchecked.is_empty(), "{report}");
    assert_eq!(report.records, 6);
}

#[test]
fn equivocation_is_refused_and_recorded() {
    let fixture = Fixture::new();
    let (mut one, mut other) = (Pod::new("pod-1"), Pod::new("pod-1"));
    fixture.write(&one.batch(&["a"])).unwrap();
    assert_eq!(fixture.write(&other.batch(&["b"])), Err(Refusal::Equivocation));
    let view = View::of(&fixture.library.books()[&log()]);
    let mut found = 0;
    let query = Query { kind: Some("equivocation".into()), ..Query::default() };
    view.search(&*fixture.library.store, &query, &mut |_| {
        found += 1;
        true
    })
    .unwrap();
    assert_eq!((found, fixture.ids().len()), (1, 1));
    let mut stranger = Pod::new("pod-1");
    stranger.key = PodKey::from_bytes(&[4; 32]);
    let batch = stranger.batch(&["a"]);
    assert_eq!(fixture.write(&batch), Err(Refusal::ForeignKey));
    assert!(fixture.verify().is_clean());
}

#[test]
fn keeps_records_six_months_then_deletes_whole_segments_and_says_so_cybersecurity_law_23() {
    let mut fixture = Fixture::new();
    let mut pod = Pod::new("pod-1");
    fixture.write(&pod.batch(&["old"])).unwrap();
    fixture.library.seal(true);
    fixture.pass(31);
    fixture.write(&pod.batch(&["new"])).unwrap();
    fixture.library.seal(true);
    // 15 January to 15 July are 181 days: 180 are not enough, and the last day counts in full.
    for _ in 0..150 {
        fixture.pass(1);
        fixture.library.sweep();
    }
    assert_eq!(fixture.ids(), ["old", "new"], "180 and 181 days later all of it is there");
    fixture.pass(1);
    fixture.library.sweep();
    assert_eq!(fixture.ids(), ["new"]);
    let report = fixture.verify();
    assert!(report.is_clean() && report.unchecked.is_empty(), "{report}");
    fixture.library.sweep();
    fixture.crash();
    assert_eq!(fixture.ids(), ["new"]);
    assert!(fixture.verify().is_clean());
}

#[test]
fn a_shorter_period_does_not_reach_records_that_were_promised_a_longer_one() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(AtomicI64::new(START));
    assert_eq!(open(folder.path(), &clock, "P1Y").promised(&log()).unwrap().to_string(), "P1Y");
    assert_eq!(open(folder.path(), &clock, "P6M").promised(&log()).unwrap().to_string(), "P1Y");
    assert_eq!(open(folder.path(), &clock, "P3Y").promised(&log()).unwrap().to_string(), "P3Y");
}

#[test]
fn the_clock_of_a_log_never_goes_back() {
    let fixture = Fixture::new();
    let mut pod = Pod::new("pod-1");
    fixture.write(&pod.batch(&["a"])).unwrap();
    fixture.pass(-400);
    fixture.write(&pod.batch(&["b"])).unwrap();
    fixture.library.seal(true);
    let seal = fixture.library.books()[&log()].sealed[0].seal.clone();
    assert_eq!((seal.from, seal.to), (START, START));
}

#[test]
fn a_service_is_promised_longer_and_never_shorter_and_its_silent_pods_are_named_order_12_article_16() {
    use crate::contract::coverage::{Promise, Question};
    let fixture = Fixture::new();
    let mut pod = Pod::new("pod-1");
    let ask = |period: &str| {
        let promise = Promise {
            periods: [("network".to_owned(), period.to_owned())].into(),
            pods: vec!["pod-1".into(), "pod-2".into()],
        };
        let question = Question { services: [("service-1".to_owned(), promise)].into() };
        let promised = vec![(log(), Months::parse(period).unwrap())];
        fixture.library.cover(&question, &promised).unwrap().services.remove("service-1").unwrap()
    };
    let before = ask("P1Y");
    assert!(before.logs.is_empty(), "nothing came yet");
    assert_eq!((before.silent, before.silent_pods), (2, vec!["pod-1".to_owned(), "pod-2".to_owned()]));
    fixture.write(&pod.batch(&["a", "b"])).unwrap();
    pod.batch(&["lost"]);
    fixture.write(&pod.batch(&["c"])).unwrap();
    let after = ask("P1Y");
    let network = &after.logs["network"];
    assert_eq!((after.silent, after.silent_pods.as_slice()), (1, ["pod-2".to_owned()].as_slice()));
    assert_eq!((network.kept_for.as_str(), network.missing, network.oldest), ("P1Y", 1, Some(START)));
    assert_eq!(network.missing_pods, ["pod-1"]);
    assert!(network.checkpoint.contains("\n5\n"), "{}", network.checkpoint);
    assert_eq!(ask("P6M").logs["network"].kept_for, "P1Y", "a promise is not taken back");
    assert_eq!(fixture.library.promised(&log()).unwrap().to_string(), "P1Y");
    assert_eq!(ask("P99Y").logs["network"].kept_for, "P10Y", "nobody fills the disk for a century");
    fixture.pass(3654);
    assert_eq!(ask("P6M").logs["network"].missing, 0, "what need not be there any more is not missing");
}
