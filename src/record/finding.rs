//! What a verification found, named, and what it could not check.
//!
//! In: nothing. Out: findings and a report that people read. Must not: call an end that was not clean a manipulation: a crash leaves
//! `decided` without `ended` and a chain without a closed head.

use std::fmt;

use super::chain::ChainId;
use super::hash::Hash;

/// A manipulation, or what cannot be told from one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// Bytes differ from what was sealed.
    #[error("altered: {0} is not what was sealed")]
    Altered(Spot),
    /// Lines or segments are missing in between.
    #[error("dropped: lines {from} to {to} are missing", to = to - 1)]
    Dropped {
        /// First that is missing.
        from: u64,
        /// Behind the last.
        to: u64,
    },
    /// Lines stand in another order.
    #[error("reordered: the lines of segment {0} do not stand in their order")]
    Reordered(u64),
    /// The beginning is missing, and no stub says why.
    #[error("head cut: the log begins with line {0}, and no stub stands for what was before")]
    HeadCut(u64),
    /// The end is missing.
    #[error("tail cut: the log ends before line {held}, and {promised} lines were promised")]
    TailCut {
        /// Lines that are there.
        held: u64,
        /// Lines that a seal or checkpoint speaks of.
        promised: u64,
    },
    /// Another segment lies in its place.
    #[error("replaced: segment {0} belongs elsewhere")]
    Replaced(u64),
    /// A segment is gone, and the log does not record its deletion.
    #[error("deleted without a record: segment {0} is gone, and the log does not say so")]
    Unrecorded(u64),
    /// The store is older than what is known.
    #[error("rolled back: the log holds {held} lines, and the trusted checkpoint {promised}")]
    RolledBack {
        /// Lines that are there.
        held: u64,
        /// Lines of the trusted checkpoint.
        promised: u64,
    },
    /// Another history than the one that is known.
    #[error("forked: the first {0} lines are not those of the trusted checkpoint")]
    Forked(u64),
    /// Signed with a key that is not the one pinned.
    #[error("signed by another key: {0}")]
    ForeignKey(Spot),
    /// The ledger signed two roots for one size.
    #[error("equivocation: the ledger signed two roots for {0} lines")]
    TwoRoots(u64),
    /// A writer's number stands twice.
    #[error("equivocation: number {seq} of pod {} (incarnation {}) stands twice", chain.pod, chain.incarnation)]
    Equivocation {
        /// Whose.
        chain: ChainId,
        /// The number.
        seq: u64,
    },
    /// Numbers of a writer are missing.
    #[error("dropped from a chain: pod {} (incarnation {}) lacks records from number {from} on", chain.pod, chain.incarnation)]
    ChainGap {
        /// Whose.
        chain: ChainId,
        /// First that is missing.
        from: u64,
    },
    /// A writer's signed head does not cover what stands before it.
    #[error("altered: records up to number {seq} of pod {} (incarnation {}) are not those it signed", chain.pod, chain.incarnation)]
    ChainBroken {
        /// Whose.
        chain: ChainId,
        /// Number of the head.
        seq: u64,
    },
    /// Records without a head of their writer.
    #[error("unsigned: the last records of pod {} (incarnation {}) bear no head of its key", .0.pod, .0.incarnation)]
    Unsigned(ChainId),
}

/// What is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A segment, by its first index.
    Segment(u64),
    /// Its seal.
    Seal(u64),
    /// The checkpoint in the store.
    Checkpoint,
    /// The checkpoint that the reader brought.
    Trusted,
    /// A line that is in no segment yet.
    Line(u64),
    /// A writer.
    Pod(ChainId),
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Segment(first) => write!(f, "segment {first}"),
            Self::Seal(first) => write!(f, "the seal of segment {first}"),
            Self::Checkpoint => f.write_str("the checkpoint of the store"),
            Self::Trusted => f.write_str("the trusted checkpoint"),
            Self::Line(index) => write!(f, "line {index}"),
            Self::Pod(chain) => write!(f, "pod {} (incarnation {})", chain.pod, chain.incarnation),
        }
    }
}

/// What cannot be told from what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unchecked {
    /// The store may be an older one.
    Rollback,
    /// The ledger may have shown others another history.
    Fork,
    /// The end may be missing together with its checkpoint.
    CutTail,
}

impl fmt::Display for Unchecked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rollback => "rollback: not checkable without a trusted checkpoint",
            Self::Fork => "fork: not checkable without a trusted checkpoint that is not older than what was deleted",
            Self::CutTail => "cut tail: not checkable without a trusted checkpoint",
        })
    }
}

/// What was verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Manipulations.
    pub findings: Vec<Finding>,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
    /// Lines of the log, deleted ones counted.
    pub size: u64,
    /// Records that were read.
    pub records: u64,
    /// Root over the log.
    pub root: Option<Hash>,
    /// Ledger times of the oldest and newest line that were read.
    pub span: Option<(i64, i64)>,
    /// Answers that were decided and never ended: broken off, not manipulated.
    pub interrupted: u64,
    /// Writers that never closed their chain.
    pub unclean: Vec<ChainId>,
    /// Records that writers say they dropped.
    pub dropped: u64,
}

impl Report {
    /// Whether nothing speaks against the log.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "lines: {}, records read: {}", self.size, self.records)?;
        writeln!(f, "interrupted answers: {}, chains without clean end: {}", self.interrupted, self.unclean.len())?;
        writeln!(f, "records dropped by their writers, as they say: {}", self.dropped)?;
        self.findings.iter().try_for_each(|finding| writeln!(f, "FOUND {finding}"))?;
        self.unchecked.iter().try_for_each(|unchecked| writeln!(f, "{unchecked}"))?;
        f.write_str(if self.is_clean() { "verified\n" } else { "NOT verified\n" })
    }
}
