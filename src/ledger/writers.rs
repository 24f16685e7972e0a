//! What is known of every writer of a log: its key and where its chain stands, so that a retry is known again.
//!
//! In: heads in ledger order. Out: whether a batch goes on, is a retry, or contradicts what was written. Must not: forget a writer: a
//! replayed first batch would pass for a new one.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::record::{ChainId, Hash, Head, Link};

/// Heads that are remembered of a chain. A writer repeats what was not acknowledged: the last one, or few.
const RECENT: usize = 64;

/// One writer.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Writer {
    #[serde(flatten)]
    chain: ChainId,
    key: String,
    link: Link,
    closed: bool,
    recent: VecDeque<Link>,
    /// Records that it numbered or counted and that never came,
    #[serde(default)]
    missing: u64,
    /// and the ledger time when the last of them was missed.
    #[serde(default)]
    missed_at: i64,
}

/// All writers of a log.
#[derive(Clone, Debug, Default)]
pub struct Writers(BTreeMap<ChainId, Writer>);

/// What a batch is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stand {
    /// It goes on where its chain stands.
    Next,
    /// It goes on further on: what is between never came.
    Ahead,
    /// It is there already.
    Retry,
    /// Another key than the one that the chain began with.
    ForeignKey,
    /// The same numbers with other records.
    Equivocation {
        /// What is there.
        held: Hash,
    },
    /// Its numbers are there, but too old to be compared from memory.
    Old,
}

impl Writers {
    /// How a batch stands to what is there.
    #[must_use]
    pub fn judge(&self, head: &Head) -> Stand {
        let before = Link { seq: head.seq.saturating_sub(head.count), hash: head.prev };
        let Some(writer) = self.0.get(&head.chain) else {
            return if before.seq == 0 { Stand::Next } else { Stand::Ahead };
        };
        if writer.key != head.key {
            return Stand::ForeignKey;
        }
        let link = writer.link;
        if head.seq <= link.seq && !(head.closed && !writer.closed && head.count == 0 && head.link() == link) {
            return match writer.recent.iter().find(|known| known.seq == head.seq) {
                Some(known) if *known == head.link() => Stand::Retry,
                Some(known) => Stand::Equivocation { held: known.hash },
                None => Stand::Old,
            };
        }
        match before.seq.cmp(&link.seq) {
            std::cmp::Ordering::Equal if before == link => Stand::Next,
            std::cmp::Ordering::Greater => Stand::Ahead,
            _ => Stand::Equivocation { held: link.hash },
        }
    }

    /// A head was written at that ledger time; its writer says that it dropped so many records.
    pub fn wrote(&mut self, head: &Head, at: i64, dropped: u64) {
        let writer = self.0.entry(head.chain.clone()).or_insert_with(|| Writer {
            chain: head.chain.clone(),
            key: head.key.clone(),
            link: head.link(),
            closed: false,
            recent: VecDeque::new(),
            missing: head.seq.saturating_sub(head.count),
            missed_at: at,
        });
        let before = head.seq.saturating_sub(head.count);
        let missed = before.saturating_sub(writer.link.seq).saturating_add(dropped);
        if missed > 0 {
            writer.missing = writer.missing.saturating_add(missed);
            writer.missed_at = at;
        }
        writer.link = head.link();
        writer.closed = head.closed;
        if writer.recent.back() != Some(&head.link()) {
            writer.recent.push_back(head.link());
        }
        if writer.recent.len() > RECENT {
            writer.recent.pop_front();
        }
        if head.closed {
            // Who is gone repeats its last batch at most.
            while writer.recent.len() > 2 {
                writer.recent.pop_front();
            }
        }
    }

    /// UIDs of pods of which something came.
    pub fn pods(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|chain| chain.pod.as_str())
    }

    /// Pods of which records are missing: UID, how many, ledger time of the last.
    pub fn missing(&self) -> impl Iterator<Item = (&str, u64, i64)> {
        let writers = self.0.iter().filter(|(_, writer)| writer.missing > 0);
        writers.map(|(chain, writer)| (chain.pod.as_str(), writer.missing, writer.missed_at))
    }

    /// As an object of the store.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(&self.0.values().collect::<Vec<_>>()).unwrap_or_default()
    }

    /// Reads one.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let writers: Vec<Writer> = serde_json::from_slice(bytes).ok()?;
        Some(Self(writers.into_iter().map(|writer| (writer.chain.clone(), writer)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::PodKey;

    #[test]
    fn a_retry_is_known_again_and_a_contradiction_is_named() {
        let (key, chain) = (PodKey::from_bytes(&[1; 32]), ChainId { pod: "p".into(), incarnation: "i".into() });
        let links: Vec<Link> = (0..200u8)
            .scan(Link::genesis("log", &chain), |link, n| {
                let now = *link;
                *link = link.then(&Hash::of(&[&[n]]));
                Some(now)
            })
            .collect();
        let head = |from: usize, to: usize| key.head("log", &chain, links[from], links[to], false);
        let mut writers = Writers::default();
        assert_eq!(writers.judge(&head(0, 1)), Stand::Next);
        assert_eq!(writers.judge(&head(1, 2)), Stand::Ahead);
        for n in 0..150 {
            assert_eq!(writers.judge(&head(n, n + 1)), Stand::Next);
            writers.wrote(&head(n, n + 1), 1, 0);
            assert_eq!(writers.judge(&head(n, n + 1)), Stand::Retry);
        }
        let writers = Writers::parse(&writers.to_bytes()).unwrap();
        assert_eq!(writers.judge(&head(100, 101)), Stand::Retry);
        assert_eq!(writers.judge(&head(10, 11)), Stand::Old);
        let other = key.head("log", &chain, links[149], links[149].then(&Hash::of(&[b"other"])), false);
        assert_eq!(writers.judge(&other), Stand::Equivocation { held: links[150].hash });
        assert_eq!(writers.judge(&head(149, 151)), Stand::Equivocation { held: links[150].hash });
        let stranger = PodKey::from_bytes(&[2; 32]).head("log", &chain, links[150], links[151], false);
        assert_eq!(writers.judge(&stranger), Stand::ForeignKey);
        let closed = key.head("log", &chain, links[150], links[150], true);
        let mut writers = writers;
        assert_eq!(writers.judge(&closed), Stand::Next);
        writers.wrote(&closed, 1, 0);
        assert_eq!(writers.judge(&closed), Stand::Retry);
    }
    #[test]
    fn what_never_came_is_counted_by_pod_order_12_article_16() {
        let (key, chain) = (PodKey::from_bytes(&[1; 32]), ChainId { pod: "p".into(), incarnation: "i".into() });
        let link = |seq: u64| Link { seq, hash: Hash::of(&[&seq.to_be_bytes()]) };
        let mut writers = Writers::default();
        let missing = |writers: &Writers| writers.missing().map(|(_, count, at)| (count, at)).collect::<Vec<_>>();
        writers.wrote(&key.head("log", &chain, link(0), link(3), false), 10, 0);
        assert_eq!(missing(&writers), []);
        writers.wrote(&key.head("log", &chain, link(5), link(6), false), 20, 0);
        assert_eq!(missing(&writers), [(2, 20)], "two numbers never came");
        writers.wrote(&key.head("log", &chain, link(6), link(7), false), 30, 4);
        assert_eq!(missing(&writers), [(6, 30)], "and four were dropped, as their writer says");
        writers.wrote(&key.head("log", &chain, link(7), link(8), false), 40, 0);
        let writers = Writers::parse(&writers.to_bytes()).unwrap();
        assert_eq!(missing(&writers), [(6, 30)]);
        let mut late = Writers::default();
        late.wrote(&key.head("log", &chain, link(4), link(5), false), 50, 0);
        assert_eq!(missing(&late), [(4, 50)], "a chain that begins in the middle");
        assert_eq!(late.pods().collect::<Vec<_>>(), ["p"]);
    }
}
