//! The chains of all writers of a log, followed line by line.
//!
//! In: entries in ledger order. Out: findings about writers. Must not: need what was deleted: every head states the link before it.

use std::collections::{BTreeMap, HashMap};

use super::chain::{ChainId, Head, Link};
use super::entry::{Entry, EntryError};
use super::finding::{Finding, Spot};
use super::hash::Hash;
use super::merkle::leaf_hash;
use super::segment::item_hash;

#[derive(Debug)]
struct Pod {
    /// Where its last head stands; none when that was deleted.
    link: Option<Link>,
    key: Option<String>,
    is_closed: bool,
    /// Records since its last head: number and hash.
    open: Vec<(u64, Hash)>,
}

/// All writers.
#[derive(Debug)]
pub struct Pods<'a> {
    log: &'a str,
    /// Whether the beginning of the log is there.
    is_whole: bool,
    pods: BTreeMap<ChainId, Pod>,
    /// Answers under way, by the hash of their item.
    decided: HashMap<u64, u32>,
    /// First index of segments that the log says were deleted.
    pub deleted: Vec<u64>,
    /// Records read.
    pub records: u64,
    /// Records that writers say they dropped.
    pub dropped: u64,
}

impl<'a> Pods<'a> {
    /// Of a log; `is_whole` when nothing of it was deleted.
    #[must_use]
    pub fn new(log: &'a str, is_whole: bool) -> Self {
        Self {
            log,
            is_whole,
            pods: BTreeMap::new(),
            decided: HashMap::new(),
            deleted: Vec::new(),
            records: 0,
            dropped: 0,
        }
    }

    /// One line.
    ///
    /// # Errors
    /// [`EntryError`] when its record is none.
    pub fn read(&mut self, entry: &Entry<'_>, findings: &mut Vec<Finding>) -> Result<(), EntryError> {
        if let Some(head) = &entry.head {
            self.head(head, findings);
        }
        let (Some(place), Some(raw)) = (entry.place()?, entry.record) else { return Ok(()) };
        self.records += 1;
        match (place.kind.as_str(), &place.id) {
            ("decided", Some(id)) => *self.decided.entry(item_hash(id)).or_default() += 1,
            ("ended", Some(id)) => {
                let item = item_hash(id);
                if let Some(count) = self.decided.get_mut(&item) {
                    *count -= 1;
                    if *count == 0 {
                        self.decided.remove(&item);
                    }
                }
            }
            ("segmentDeleted" | "gap", _) => self.ledger_s_own(raw.get())?,
            _ => {}
        }
        let pod = self.pod(place.chain());
        pod.open.push((place.seq, leaf_hash(raw.get().as_bytes())));
        Ok(())
    }

    fn ledger_s_own(&mut self, record: &str) -> Result<(), EntryError> {
        #[derive(serde::Deserialize)]
        struct Counts {
            first: Option<u64>,
            dropped: Option<u64>,
        }
        let counts: Counts = serde_json::from_str(record).map_err(|error| EntryError(error.to_string()))?;
        self.deleted.extend(counts.first);
        self.dropped = self.dropped.saturating_add(counts.dropped.unwrap_or(0));
        Ok(())
    }

    fn pod(&mut self, chain: ChainId) -> &mut Pod {
        let genesis = self.is_whole.then(|| Link::genesis(self.log, &chain));
        self.pods.entry(chain).or_insert(Pod { link: genesis, key: None, is_closed: false, open: Vec::new() })
    }

    fn head(&mut self, head: &Head, findings: &mut Vec<Finding>) {
        let log = self.log;
        let chain = head.chain.clone();
        let genesis = Link::genesis(log, &chain);
        let pod = self.pod(chain.clone());
        if head.check().is_err() || head.log != log || pod.key.as_ref().is_some_and(|key| *key != head.key) {
            findings.push(Finding::ForeignKey(Spot::Pod(chain)));
            pod.open.clear();
            pod.link = Some(head.link());
            return;
        }
        pod.key.get_or_insert_with(|| head.key.clone());
        let stated = Link { seq: head.seq.saturating_sub(head.count), hash: head.prev };
        let start = pod.link.unwrap_or(stated);
        let is_first = stated.seq != 0 || stated == genesis;
        let mut link = stated;
        let mut problem =
            if is_first { None } else { Some(Finding::ChainBroken { chain: chain.clone(), seq: head.seq }) };
        if start.seq < stated.seq {
            problem = Some(Finding::ChainGap { chain: chain.clone(), from: start.seq + 1 });
        } else if start.seq > stated.seq {
            problem = Some(Finding::Equivocation { chain: chain.clone(), seq: stated.seq + 1 });
        } else if start.hash != stated.hash {
            problem = Some(Finding::ChainBroken { chain: chain.clone(), seq: stated.seq });
        }
        for (seq, hash) in pod.open.drain(..) {
            let expected = link.seq + 1;
            if seq > expected {
                problem.get_or_insert(Finding::ChainGap { chain: chain.clone(), from: expected });
            } else if seq < expected {
                problem.get_or_insert(Finding::Equivocation { chain: chain.clone(), seq });
            }
            link = link.then(&hash);
        }
        if problem.is_none() && link != head.link() {
            let gap = Finding::ChainGap { chain: chain.clone(), from: link.seq + 1 };
            let broken = Finding::ChainBroken { chain: chain.clone(), seq: head.seq };
            problem = Some(if link.seq < head.seq { gap } else { broken });
        }
        findings.extend(problem);
        pod.link = Some(head.link());
        pod.is_closed = head.closed;
    }

    /// After the last line: how many answers were broken off, and which chains.
    pub fn finish(self, findings: &mut Vec<Finding>) -> (u64, Vec<ChainId>) {
        let mut unclean = Vec::new();
        for (chain, pod) in self.pods {
            if !pod.open.is_empty() {
                findings.push(Finding::Unsigned(chain));
            } else if !pod.is_closed {
                unclean.push(chain);
            }
        }
        (self.decided.values().map(|count| u64::from(*count)).sum(), unclean)
    }
}
