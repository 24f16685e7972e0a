//! Verification of a log, offline: every manipulation by name, and what cannot be checked as such.
//!
//! In: seals, segments, lines that are not sealed yet, checkpoints, the ledger's public key. Out: a [`Report`]. Must not: trust
//! anything but that key and the checkpoint that the reader brings.

use super::checkpoint::{Checkpoint, CheckpointError, LedgerVerifier};
use super::entry::Entry;
use super::finding::{Finding, Report, Spot, Unchecked};
use super::hash::Hash;
use super::merkle::{Frontier, Tree, leaf_hash};
use super::pods::Pods;
use super::seal::Seal;
use super::segment::{MAX_SEGMENT_BYTES, unpack};

/// A segment as it lies in the store, in the order of its name.
#[derive(Clone, Debug)]
pub struct Part {
    /// First index, as its name says.
    pub first: u64,
    /// Its seal, or stub.
    pub seal: String,
    /// Its data; none when only the stub is left.
    pub data: Option<Vec<u8>>,
}

/// All that is shown of a log.
pub struct Evidence<'a> {
    /// Name of the log.
    pub log: &'a str,
    /// The ledger's public key, from a place that the ledger cannot write.
    pub key: &'a LedgerVerifier,
    /// Segments.
    pub parts: &'a [Part],
    /// Lines behind the last segment.
    pub tail: &'a str,
    /// Newest checkpoint of the store.
    pub checkpoint: Option<&'a str>,
    /// A checkpoint that was kept elsewhere.
    pub trusted: Option<&'a str>,
}

struct Walk<'a> {
    evidence: &'a Evidence<'a>,
    tree: Tree,
    frontier: Frontier,
    pods: Pods<'a>,
    findings: Vec<Finding>,
    span: Option<(i64, i64)>,
    stubs: Vec<u64>,
    has_lines: bool,
}

/// Verifies.
#[must_use]
pub fn verify(evidence: &Evidence<'_>) -> Report {
    let is_whole = evidence.parts.first().is_none_or(|part| part.first == 0 && part.data.is_some());
    let mut walk = Walk {
        evidence,
        tree: Tree::default(),
        frontier: Frontier::default(),
        pods: Pods::new(evidence.log, is_whole),
        findings: Vec::new(),
        span: None,
        stubs: Vec::new(),
        has_lines: false,
    };
    for part in evidence.parts {
        walk.part(part);
    }
    for line in evidence.tail.lines() {
        let index = walk.frontier.size;
        match Entry::parse(line) {
            Ok(entry) if entry.i == index => walk.line(&entry, line),
            Ok(entry) if entry.i > index => {
                walk.findings.push(Finding::Dropped { from: index, to: entry.i });
                break;
            }
            _ => {
                walk.findings.push(Finding::Altered(Spot::Line(index)));
                break;
            }
        }
    }
    walk.finish()
}

impl Walk<'_> {
    fn part(&mut self, part: &Part) {
        let key = self.evidence.key;
        let seal = match Seal::open(&part.seal, key) {
            Ok(seal) => seal,
            Err(error) => {
                let foreign = error == CheckpointError::ForeignKey;
                let spot = Spot::Seal(part.first);
                self.findings.push(if foreign { Finding::ForeignKey(spot) } else { Finding::Altered(spot) });
                // Whoever signed it: where its lines would end is good enough to go on.
                let text = part.seal.split("\n\n").next().unwrap_or_default();
                let Ok(seal) = Seal::parse(&format!("{text}\n")) else { return };
                seal
            }
        };
        if seal.log != self.evidence.log || seal.first != part.first {
            self.findings.push(Finding::Replaced(part.first));
            return;
        }
        let expected = self.frontier.size;
        if seal.first > expected {
            let is_begin = expected == 0 && self.stubs.is_empty();
            let gap = Finding::Dropped { from: expected, to: seal.first };
            self.findings.push(if is_begin { Finding::HeadCut(seal.first) } else { gap });
        } else if seal.first < expected {
            self.findings.push(Finding::Replaced(part.first));
            return;
        }
        match &part.data {
            None if self.has_lines => self.findings.push(Finding::Dropped { from: seal.first, to: seal.end() }),
            None => self.stubs.push(seal.first),
            Some(data) => self.data(&seal, data, seal.first == expected),
        }
        if self.frontier != seal.frontier {
            // A stub, or a segment that is not what it was: from here on the seal speaks for it.
            self.frontier = seal.frontier.clone();
            self.tree = Tree::after(seal.frontier);
        }
    }

    fn data(&mut self, seal: &Seal, data: &[u8], follows: bool) {
        self.has_lines = true;
        let Ok(text) = unpack(data, MAX_SEGMENT_BYTES) else {
            self.findings.push(Finding::Altered(Spot::Segment(seal.first)));
            return;
        };
        if let Some(finding) = shape(seal, &text) {
            self.findings.push(finding);
            return;
        }
        if !follows {
            return;
        }
        for line in text.lines() {
            if let Ok(entry) = Entry::parse(line) {
                self.line(&entry, line);
            }
        }
        // The same lines in other bytes are still not what was sealed.
        if self.frontier != seal.frontier || Hash::of(&[data]) != seal.sha256 {
            self.findings.push(Finding::Altered(Spot::Segment(seal.first)));
        }
    }

    fn line(&mut self, entry: &Entry<'_>, line: &str) {
        self.has_lines = true;
        let leaf = leaf_hash(line.as_bytes());
        self.frontier.push(leaf);
        self.tree.push(leaf);
        let (from, to) = self.span.unwrap_or((entry.at, entry.at));
        self.span = Some((from.min(entry.at), to.max(entry.at)));
        if self.pods.read(entry, &mut self.findings).is_err() {
            self.findings.push(Finding::Altered(Spot::Line(entry.i)));
        }
    }

    fn finish(mut self) -> Report {
        let size = self.frontier.size;
        let held = self.opened(self.evidence.checkpoint, Spot::Checkpoint);
        let trusted = self.opened(self.evidence.trusted, Spot::Trusted);
        if let Some(held) = &held {
            if held.size > size {
                self.findings.push(Finding::TailCut { held: size, promised: held.size });
            } else if self.tree.root(held.size).is_ok_and(|root| root != held.root) {
                self.findings.push(Finding::Altered(Spot::Checkpoint));
            }
        }
        let mut unchecked = Vec::new();
        match &trusted {
            None => unchecked.extend([Unchecked::Rollback, Unchecked::Fork, Unchecked::CutTail]),
            Some(trusted) => {
                if held.as_ref().is_some_and(|held| held.size == trusted.size && held.root != trusted.root) {
                    self.findings.push(Finding::TwoRoots(trusted.size));
                }
                if trusted.size > size {
                    self.findings.push(Finding::RolledBack { held: size, promised: trusted.size });
                } else {
                    match self.tree.root(trusted.size) {
                        Ok(root) if root != trusted.root => self.findings.push(Finding::Forked(trusted.size)),
                        Ok(_) => {}
                        Err(_) => unchecked.push(Unchecked::Fork),
                    }
                }
            }
        }
        let unrecorded = self.stubs.iter().filter(|first| !self.pods.deleted.contains(first));
        self.findings.extend(unrecorded.map(|first| Finding::Unrecorded(*first)));
        let (records, dropped) = (self.pods.records, self.pods.dropped);
        let (interrupted, unclean) = self.pods.finish(&mut self.findings);
        Report {
            findings: self.findings,
            unchecked,
            size,
            records,
            root: Some(self.frontier.root()),
            span: self.span,
            interrupted,
            unclean,
            dropped,
        }
    }

    fn opened(&mut self, note: Option<&str>, spot: Spot) -> Option<Checkpoint> {
        match self.evidence.key.checkpoint(note?) {
            Ok(checkpoint) if checkpoint.origin == self.evidence.log => Some(checkpoint),
            Err(CheckpointError::ForeignKey) => {
                self.findings.push(Finding::ForeignKey(spot));
                None
            }
            _ => {
                self.findings.push(Finding::Altered(spot));
                None
            }
        }
    }
}

/// What is wrong with the numbers of a segment's lines, if anything is.
fn shape(seal: &Seal, text: &str) -> Option<Finding> {
    let mut indexes = Vec::new();
    for line in text.lines() {
        let Ok(entry) = Entry::parse(line) else { return Some(Finding::Altered(Spot::Segment(seal.first))) };
        indexes.push(entry.i);
    }
    if indexes.iter().copied().eq(seal.first..seal.end()) {
        return None;
    }
    let is_ordered = indexes.is_sorted();
    indexes.sort_unstable();
    indexes.dedup();
    if !indexes.iter().all(|index| (seal.first..seal.end()).contains(index)) {
        return Some(Finding::Replaced(seal.first));
    }
    let count = indexes.len() as u64;
    if count == seal.count {
        return Some(Finding::Reordered(seal.first));
    }
    let (Some(first), Some(last)) = (indexes.first(), indexes.last()) else {
        return Some(Finding::TailCut { held: seal.first, promised: seal.end() });
    };
    let is_dense = last - first + 1 == count && is_ordered;
    Some(if is_dense && *first == seal.first {
        Finding::TailCut { held: last + 1, promised: seal.end() }
    } else if is_dense && *last + 1 == seal.end() && seal.first == 0 {
        Finding::HeadCut(*first)
    } else {
        let from = (seal.first..).zip(&indexes).find(|(expected, index)| expected != *index);
        let (from, to) = from.map_or((last + 1, seal.end()), |(expected, index)| (expected, *index));
        Finding::Dropped { from, to }
    })
}

#[cfg(test)]
mod tests;
