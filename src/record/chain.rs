//! The chain of one writer: every record is linked to the one before, and heads are signed by the writer's own key.
//!
//! In: record lines in order, a key that lives in the writer's memory. Out: links, signed [`Head`]s, and whether a head is true.
//! Must not: trust the ledger: its key cannot make a head, so it cannot change, drop or insert a pod's record unseen.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::hash::Hash;

/// Context string under the signature: a head can never be taken for another signed thing.
const CONTEXT: &str = "deepsynthesis.dev/pod-head/v1";
/// Longest name of a writer.
const MAX_NAME: usize = 128;

/// Whose chain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChainId {
    /// UID of the pod.
    pub pod: String,
    /// Which life of its writer.
    pub incarnation: String,
}

impl ChainId {
    /// Whether both names can stand in a file, a metric and a path.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        [&self.pod, &self.incarnation].into_iter().all(|name| is_name(name))
    }
}

/// Letters, digits, `-`, `_` and inner dots.
#[must_use]
pub fn is_name(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len())
        && !name.starts_with('.')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// The last link of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Number of the last record; 0 before the first.
    pub seq: u64,
    /// Hash over all records.
    pub hash: Hash,
}

impl Link {
    /// Before the first record of a log.
    #[must_use]
    pub fn genesis(log: &str, chain: &ChainId) -> Self {
        let mut hash = b"deepsynthesis.dev/pod-chain/v1".to_vec();
        for part in [log, &chain.pod, &chain.incarnation] {
            hash.extend((part.len() as u64).to_be_bytes());
            hash.extend(part.as_bytes());
        }
        Self { seq: 0, hash: Hash::of(&[&hash]) }
    }

    /// After one more record.
    #[must_use]
    pub fn then(self, record: &Hash) -> Self {
        Self { seq: self.seq + 1, hash: Hash::of(&[&self.hash.0, &record.0]) }
    }
}

/// A signed statement: up to here I have written exactly this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The log that the records are for.
    pub log: String,
    /// The writer.
    #[serde(flatten)]
    pub chain: ChainId,
    /// How many records this head covers beyond the one before.
    pub count: u64,
    /// Link before the first of them.
    pub prev: Hash,
    /// Number of the last record.
    pub seq: u64,
    /// Link of the last record.
    pub hash: Hash,
    /// Whether the writer has ended: a chain without a closed head broke off.
    pub closed: bool,
    /// Public key, base64 of 32 bytes.
    pub key: String,
    /// Ed25519 signature, base64.
    pub signature: String,
}

/// Why a head is worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// Not a key, or not a signature.
    #[error("key or signature of the head is malformed")]
    Malformed,
    /// Signed by somebody else, or over something else.
    #[error("the head is not signed by the key it names")]
    Signature,
}

/// The key of one writer.
pub struct PodKey(SigningKey);

impl PodKey {
    /// From 32 secret bytes.
    #[must_use]
    pub fn from_bytes(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// The public half, base64.
    #[must_use]
    pub fn public(&self) -> String {
        STANDARD.encode(self.0.verifying_key().as_bytes())
    }

    /// Signs that the records from `prev` on lead to `link`.
    #[must_use]
    pub fn head(&self, log: &str, chain: &ChainId, prev: Link, link: Link, closed: bool) -> Head {
        let mut head = Head {
            log: log.to_owned(),
            chain: chain.clone(),
            count: link.seq.saturating_sub(prev.seq),
            prev: prev.hash,
            seq: link.seq,
            hash: link.hash,
            closed,
            key: self.public(),
            signature: String::new(),
        };
        head.signature = STANDARD.encode(self.0.sign(&head.signed_bytes()).to_bytes());
        head
    }
}

impl Head {
    /// Whether the key that it names has signed it.
    ///
    /// # Errors
    /// [`HeadError`].
    pub fn check(&self) -> Result<(), HeadError> {
        let bytes = |text: &str| STANDARD.decode(text).map_err(|_| HeadError::Malformed);
        let key: [u8; 32] = bytes(&self.key)?.try_into().map_err(|_| HeadError::Malformed)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| HeadError::Malformed)?;
        let signature: [u8; 64] = bytes(&self.signature)?.try_into().map_err(|_| HeadError::Malformed)?;
        key.verify(&self.signed_bytes(), &Signature::from_bytes(&signature)).map_err(|_| HeadError::Signature)
    }

    /// The link that it states.
    #[must_use]
    pub fn link(&self) -> Link {
        Link { seq: self.seq, hash: self.hash }
    }

    fn signed_bytes(&self) -> Vec<u8> {
        format!(
            "{CONTEXT}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}",
            self.log, self.chain.pod, self.chain.incarnation, self.count, self.prev, self.seq, self.hash, self.closed
        )
        .into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_holds_for_one_log_one_writer_and_one_history() {
        let (key, chain) = (PodKey::from_bytes(&[1; 32]), ChainId { pod: "p".into(), incarnation: "i".into() });
        let link = Link::genesis("log", &chain).then(&Hash::of(&[b"a"]));
        assert_ne!(link, Link::genesis("other", &chain).then(&Hash::of(&[b"a"])));
        let head = key.head("log", &chain, Link::genesis("log", &chain), link, false);
        assert_eq!(head.check(), Ok(()));
        for change in [
            |head: &mut Head| head.log = "other".into(),
            |head: &mut Head| head.chain.pod = "q".into(),
            |head: &mut Head| head.seq += 1,
            |head: &mut Head| head.closed = true,
            |head: &mut Head| head.key = PodKey::from_bytes(&[2; 32]).public(),
        ] {
            let mut other = head.clone();
            change(&mut other);
            assert_eq!(other.check(), Err(HeadError::Signature));
        }
        assert_eq!(Head { key: "x".into(), ..head }.check(), Err(HeadError::Malformed));
    }

    #[test]
    fn names_cannot_walk_out_of_a_folder() {
        for name in ["..", "a/b", "", ".x", "a\0", &"a".repeat(129)] {
            assert!(!is_name(name), "{name}");
        }
        assert!(is_name("0198-ab_c.d"));
    }
}
