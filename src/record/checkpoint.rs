//! Checkpoints of a log as signed notes (C2SP tlog-checkpoint, signed-note): origin, size, root, signature.
//!
//! In: a size and a root, the ledger's key. Out: the text that witnesses and other tools read. Must not: accept a signature of a
//! key that the reader did not bring: whoever rewrote the log would bring his own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey};

use super::hash::Hash;

/// Longest note that is read.
const MAX_NOTE: usize = 16 << 10;
/// Ed25519 in key ids of signed notes.
const ALGORITHM: u8 = 1;
/// Of a signature with its key id, in base64.
const MAX_SIGNATURE: usize = 1024;
const DASH: &str = "\u{2014} ";

/// What a log promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
}

/// Why a text is no checkpoint that can be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a signed note, or not a checkpoint in it.
    #[error("not a signed checkpoint")]
    Malformed,
    /// No signature of the key that the reader trusts.
    #[error("the checkpoint is not signed by the key of the ledger")]
    ForeignKey,
    /// Signed by the name of the key, and wrong.
    #[error("the signature of the checkpoint is wrong")]
    Signature,
    /// Not a key in the form `name+hash+base64`.
    #[error("not a verifier key: name+id+base64 is expected")]
    BadKey,
}

/// The ledger's signing key.
pub struct LedgerKey {
    name: String,
    key: SigningKey,
}

/// Its public half, as inspectors get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerVerifier {
    name: String,
    key: VerifyingKey,
}

fn key_id(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let Hash([a, b, c, d, ..]) = Hash::of(&[name.as_bytes(), b"\n", &[ALGORITHM], key.as_bytes()]);
    [a, b, c, d]
}

impl LedgerKey {
    /// From a name without spaces and plus signs, and 32 secret bytes.
    ///
    /// # Errors
    /// [`CheckpointError::BadKey`] when the name cannot stand in a note.
    pub fn new(name: &str, secret: &[u8; 32]) -> Result<Self, CheckpointError> {
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '+') {
            return Err(CheckpointError::BadKey);
        }
        Ok(Self { name: name.to_owned(), key: SigningKey::from_bytes(secret) })
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> LedgerVerifier {
        LedgerVerifier { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// Signs a text that ends with a line break.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        let mut signature = key_id(&self.name, &self.key.verifying_key()).to_vec();
        signature.extend(self.key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n{DASH}{} {}\n", self.name, STANDARD.encode(signature))
    }

    /// Signs a checkpoint.
    #[must_use]
    pub fn checkpoint(&self, checkpoint: &Checkpoint) -> String {
        self.sign(&checkpoint.text())
    }
}

impl LedgerVerifier {
    /// Reads `name+id+base64`.
    ///
    /// # Errors
    /// [`CheckpointError::BadKey`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(CheckpointError::BadKey);
        };
        let bytes = STANDARD.decode(key).map_err(|_| CheckpointError::BadKey)?;
        let Some((&ALGORITHM, key)) = bytes.split_first() else { return Err(CheckpointError::BadKey) };
        let key: [u8; 32] = key.try_into().map_err(|_| CheckpointError::BadKey)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| CheckpointError::BadKey)?;
        if name.is_empty() || hex(key_id(name, &key)) != id {
            return Err(CheckpointError::BadKey);
        }
        Ok(Self { name: name.to_owned(), key })
    }

    /// As [`Self::parse`] reads it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut bytes = vec![ALGORITHM];
        bytes.extend(self.key.as_bytes());
        format!("{}+{}+{}", self.name, hex(key_id(&self.name, &self.key)), STANDARD.encode(bytes))
    }

    /// The text of a note that this key has signed.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, CheckpointError> {
        if note.len() > MAX_NOTE {
            return Err(CheckpointError::Malformed);
        }
        let at = note.rfind("\n\n").ok_or(CheckpointError::Malformed)?;
        let (text, signatures) = note.split_at(at + 1);
        let signatures = signatures.strip_prefix('\n').ok_or(CheckpointError::Malformed)?;
        if signatures.is_empty() || !signatures.ends_with('\n') {
            return Err(CheckpointError::Malformed);
        }
        let id = key_id(&self.name, &self.key);
        for line in signatures.lines() {
            let line = line.strip_prefix(DASH).ok_or(CheckpointError::Malformed)?;
            let (name, signature) = line.split_once(' ').ok_or(CheckpointError::Malformed)?;
            let signature = STANDARD.decode(signature).map_err(|_| CheckpointError::Malformed)?;
            let Some((found, signature)) = signature.split_at_checked(4) else {
                return Err(CheckpointError::Malformed);
            };
            if name != self.name || found != id {
                continue;
            }
            let signature: [u8; 64] = signature.try_into().map_err(|_| CheckpointError::Malformed)?;
            let is_good = self.key.verify(text.as_bytes(), &Signature::from_bytes(&signature)).is_ok();
            return if is_good { Ok(text) } else { Err(CheckpointError::Signature) };
        }
        Err(CheckpointError::ForeignKey)
    }

    /// Reads a checkpoint.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn checkpoint(&self, note: &str) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::parse(self.open(note)?)
    }
}

fn hex(bytes: [u8; 4]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Checkpoint {
    fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.0))
    }

    fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.lines();
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Malformed);
        };
        let number: u64 = size.parse().map_err(|_| CheckpointError::Malformed)?;
        // A sign or a leading zero would be a second spelling.
        if origin.is_empty() || number.to_string() != size {
            return Err(CheckpointError::Malformed);
        }
        let root =
            STANDARD.decode(root).ok().and_then(|root| root.try_into().ok()).ok_or(CheckpointError::Malformed)?;
        Ok(Self { origin: origin.to_owned(), size: number, root: Hash(root) })
    }
}

/// Which key a note says it is signed by, name and key id: enough to see that a ledger is another one, no proof.
#[must_use]
pub fn signer(note: &str) -> Option<(&str, [u8; 4])> {
    let (name, signature) = note.lines().next_back()?.strip_prefix(DASH)?.split_once(' ')?;
    let bytes = STANDARD.decode(signature.get(..MAX_SIGNATURE.min(signature.len()))?).ok()?;
    Some((name, bytes.get(..4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_the_note_of_the_format_s_own_documentation() {
        let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let note = "If you think cryptography is the answer to your problem,\n\
            then you don't know what your problem is.\n\n\
            \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let verifier = LedgerVerifier::parse(key).unwrap();
        assert!(verifier.open(note).is_ok());
        assert_eq!(verifier.text(), key);
        assert_eq!(verifier.open(&note.replace("problem is", "problem was")), Err(CheckpointError::Signature));
    }

    #[test]
    fn a_checkpoint_round_trips_and_only_its_own_key_opens_it() {
        let key = LedgerKey::new("ledger.example", &[3; 32]).unwrap();
        let checkpoint = Checkpoint { origin: "deepsynthesis.dev/u/network".into(), size: 7, root: Hash::of(&[b"r"]) };
        let note = key.checkpoint(&checkpoint);
        assert_eq!(key.verifier().checkpoint(&note), Ok(checkpoint));
        let other = LedgerKey::new("ledger.example", &[4; 32]).unwrap().verifier();
        assert_eq!(other.checkpoint(&note), Err(CheckpointError::ForeignKey));
        for text in ["", "\n\n", "a\n\n", "a\nb\n\n\u{2014} x y\n"] {
            assert!(key.verifier().checkpoint(text).is_err(), "{text:?}");
        }
        assert!(key.verifier().checkpoint(&key.sign("o\n+7\nAAAA\n")).is_err());
        assert!(LedgerKey::new("a b", &[0; 32]).is_err());
    }
}
