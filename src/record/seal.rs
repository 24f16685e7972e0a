//! The seal of a segment: which lines it holds, under which hashes, signed by the ledger.
//!
//! In: lines in order. Out: a note that stands beside the segment, and that stays as its stub when the segment is deleted after its
//! time: with first and last leaf, count and the tree's frontier, later proofs still verify. Must not: be taken for a checkpoint.

use serde::{Deserialize, Serialize};

use super::canonical::to_canonical;
use super::checkpoint::{CheckpointError, LedgerKey, LedgerVerifier};
use super::hash::Hash;
use super::merkle::Frontier;

const CONTEXT: &str = "deepsynthesis.dev/segment/v1";

/// What a segment holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Seal {
    /// Name of the log.
    pub log: String,
    /// Index of the first line.
    pub first: u64,
    /// Number of lines.
    pub count: u64,
    /// Ledger time of the first line.
    pub from: i64,
    /// Ledger time of the last line; never earlier than that of any line before.
    pub to: i64,
    /// Leaf hash of the first line.
    pub first_leaf: Hash,
    /// Leaf hash of the last line.
    pub last_leaf: Hash,
    /// Of the whole log up to the end of this segment.
    pub frontier: Frontier,
    /// SHA-256 of the stored bytes.
    pub sha256: Hash,
    /// Number of stored bytes.
    pub bytes: u64,
}

impl Seal {
    /// Index behind the last line.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.first.saturating_add(self.count)
    }

    /// Signs it.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`] when a number is too large for JSON.
    pub fn sign(&self, key: &LedgerKey) -> Result<String, CheckpointError> {
        let json = to_canonical(self).map_err(|_| CheckpointError::Malformed)?;
        Ok(key.sign(&format!("{CONTEXT}\n{json}\n")))
    }

    /// Reads a seal that this key has signed.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn open(note: &str, key: &LedgerVerifier) -> Result<Self, CheckpointError> {
        let seal = Self::parse(key.open(note)?)?;
        let is_whole = seal.count > 0 && seal.frontier.size == seal.end() && seal.frontier.is_valid();
        if is_whole { Ok(seal) } else { Err(CheckpointError::Malformed) }
    }

    /// Reads one without asking who signed it: to say what is wrong with it.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.lines();
        match (lines.next(), lines.next()) {
            (Some(CONTEXT), Some(json)) => serde_json::from_str(json).map_err(|_| CheckpointError::Malformed),
            _ => Err(CheckpointError::Malformed),
        }
    }
}

/// Name of a segment's data: digits, so that names sort as indexes do.
#[must_use]
pub fn data_name(first: u64) -> String {
    format!("{first:020}.ndjson.zst")
}

/// Name of its seal.
#[must_use]
pub fn seal_name(first: u64) -> String {
    format!("{first:020}.seal")
}

/// Name of its index.
#[must_use]
pub fn index_name(first: u64) -> String {
    format!("{first:020}.index")
}

/// The first index in the name of a seal.
#[must_use]
pub fn seal_first(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".seal")?;
    if digits.len() == 20 { digits.parse().ok() } else { None }
}
