//! The tree of a log (RFC 6962 2.1, RFC 9162 2.1): roots, inclusion proofs, consistency proofs.
//!
//! In: leaf hashes in ledger order. Out: roots and proofs, and whether proofs hold. Must not: keep more than a logarithm of what
//! was deleted: a [`Frontier`] stands for the whole of an expired prefix, so that later proofs still verify.

use serde::{Deserialize, Serialize};

use super::hash::Hash;

/// Hash of a leaf.
#[must_use]
pub fn leaf_hash(line: &[u8]) -> Hash {
    Hash::of(&[&[0], line])
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[1], &left.0, &right.0])
}

/// Root of the empty tree.
#[must_use]
pub fn empty_root() -> Hash {
    Hash::of(&[])
}

/// The perfect subtrees that cover the first `size` leaves, largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frontier {
    /// Number of leaves.
    pub size: u64,
    /// One hash per bit that is set in `size`.
    pub nodes: Vec<Hash>,
}

impl Frontier {
    /// Whether it can be one at all.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.nodes.len() == self.size.count_ones() as usize
    }

    /// One more leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        let mut size = self.size;
        while size & 1 == 1 {
            let Some(left) = self.nodes.pop() else { break };
            node = node_hash(&left, &node);
            size >>= 1;
        }
        self.nodes.push(node);
        self.size += 1;
    }

    /// Root over all leaves.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut nodes = self.nodes.iter().rev();
        let Some(last) = nodes.next() else { return empty_root() };
        nodes.fold(*last, |right, left| node_hash(left, &right))
    }

    /// Hash over the leaves from `start`, where `start` is a bound between its subtrees.
    fn from(&self, start: u64) -> Option<Hash> {
        let mut at = 0;
        let mut covered = Vec::new();
        let mut bits = (0..u64::BITS).rev().filter(|bit| self.size >> bit & 1 == 1);
        for node in &self.nodes {
            let width = 1u64 << bits.next()?;
            if at >= start {
                covered.push(node);
            } else if at + width > start {
                return None;
            }
            at += width;
        }
        let mut covered = covered.into_iter().rev();
        let last = *covered.next()?;
        Some(covered.fold(last, |right, left| node_hash(left, &right)))
    }
}

/// A log of which the first leaves may be gone.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    base: Frontier,
    leaves: Vec<Hash>,
}

/// Why a proof cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Beyond the end.
    #[error("there is no such leaf or size in the log")]
    Absent,
    /// In a prefix that was deleted after its time.
    #[error("the record lies in a part of the log that was deleted after its retention")]
    Deleted,
}

impl Tree {
    /// A tree behind what was deleted.
    #[must_use]
    pub fn after(base: Frontier) -> Self {
        Self { base, leaves: Vec::new() }
    }

    /// One more leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.leaves.push(leaf);
    }

    /// Number of leaves, deleted ones counted.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.base.size + self.leaves.len() as u64
    }

    /// Root over the first `size` leaves.
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn root(&self, size: u64) -> Result<Hash, ProofError> {
        match size {
            _ if size > self.size() => Err(ProofError::Absent),
            0 => Ok(empty_root()),
            _ => self.range(0, size),
        }
    }

    /// Audit path of a leaf in the tree of `size` leaves (RFC 9162 2.1.3.1).
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, ProofError> {
        if index >= size || size > self.size() {
            return Err(ProofError::Absent);
        }
        if index < self.base.size {
            return Err(ProofError::Deleted);
        }
        let mut path = Vec::new();
        let (mut low, mut high) = (0, size);
        while high - low > 1 {
            let middle = low + split(high - low);
            if index < middle {
                path.push(self.range(middle, high)?);
                high = middle;
            } else {
                path.push(self.range(low, middle)?);
                low = middle;
            }
        }
        path.reverse();
        Ok(path)
    }

    /// Proof that the tree of `old` leaves is a prefix of that of `new` (RFC 9162 2.1.4.1).
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, ProofError> {
        if old > new || new > self.size() {
            return Err(ProofError::Absent);
        }
        let mut path = Vec::new();
        let (mut low, mut high) = (0, new);
        let mut is_whole = true;
        if old == 0 {
            return Ok(path);
        }
        while high != old {
            let middle = low + split(high - low);
            if old <= middle {
                path.push(self.range(middle, high)?);
                high = middle;
            } else {
                path.push(self.range(low, middle)?);
                low = middle;
                is_whole = false;
            }
        }
        if !is_whole {
            path.push(self.range(low, high)?);
        }
        path.reverse();
        Ok(path)
    }

    /// Hash over the leaves of a range.
    fn range(&self, low: u64, high: u64) -> Result<Hash, ProofError> {
        let gone = self.base.size;
        if high <= gone {
            // Of what is gone, only the nodes of its frontier are known, and what ends with it.
            let ending = || if high == gone { self.base.from(low) } else { None };
            return self.base_node(low, high - low).or_else(ending).ok_or(ProofError::Deleted);
        }
        if low >= gone {
            let from = usize::try_from(low - gone).map_err(|_| ProofError::Absent)?;
            let to = usize::try_from(high - gone).map_err(|_| ProofError::Absent)?;
            let mut frontier = Frontier::default();
            self.leaves.get(from..to).ok_or(ProofError::Absent)?.iter().for_each(|leaf| frontier.push(*leaf));
            return Ok(frontier.root());
        }
        let middle = low + split(high - low);
        Ok(node_hash(&self.range(low, middle)?, &self.range(middle, high)?))
    }

    /// A perfect subtree that is one node of the frontier.
    fn base_node(&self, low: u64, width: u64) -> Option<Hash> {
        let mut at = 0;
        let mut nodes = self.base.nodes.iter();
        for bit in (0..u64::BITS).rev().filter(|bit| self.base.size >> bit & 1 == 1) {
            let node = nodes.next()?;
            if at == low && 1 << bit == width {
                return Some(*node);
            }
            at += 1 << bit;
        }
        None
    }
}

/// The largest power of two below `count`, which is at least two.
fn split(count: u64) -> u64 {
    1 << (u64::BITS - 1 - (count.saturating_sub(1)).leading_zeros().min(u64::BITS - 1))
}

/// Whether a leaf stands at `index` in the tree with that root (RFC 9162 2.1.3.2).
#[must_use]
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for node in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(node, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, node);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether the tree of `old` leaves is a prefix of that of `new` (RFC 9162 2.1.4.2).
#[must_use]
pub fn verify_consistency(old: u64, new: u64, old_root: &Hash, new_root: &Hash, path: &[Hash]) -> bool {
    if old == new {
        return path.is_empty() && old_root == new_root;
    }
    if old == 0 || old > new {
        return old == 0 && path.is_empty() && *old_root == empty_root();
    }
    // A perfect old tree is the first node itself.
    let mut nodes = path.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { nodes.next() };
    let Some(first) = first else { return false };
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut one, mut other) = (*first, *first);
    for node in nodes {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            one = node_hash(node, &one);
            other = node_hash(node, &other);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            other = node_hash(&other, node);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && one == *old_root && other == *new_root
}

#[cfg(test)]
mod tests;
