//! A batch of records on its way from a writer to the ledger: the signed head, then the records, one a line.
//!
//! In: lines and the head over them. Out: bytes, and back. Must not: let anything through that its writer has not signed, that is
//! not canonical, or that is of another retention class than its log.

use crate::law::retention::RetentionClass;
use crate::record::canonical::to_canonical;
use crate::record::chain::{Head, is_name};
use crate::record::event::{class_name, class_of};
use crate::record::{Link, Record};

/// Largest batch.
pub const MAX_BATCH_BYTES: usize = 1 << 20;
/// Most records in it.
pub const MAX_BATCH_RECORDS: usize = 4096;
const ORIGIN: &str = "deepsynthesis.dev/";

/// One log: a service and a retention class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogName {
    /// UID of the service.
    pub service: String,
    /// How long its records are kept.
    pub class: RetentionClass,
}

impl LogName {
    /// As checkpoints and heads name it.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{ORIGIN}{}/{}", self.service, class_name(self.class))
    }

    /// Reads an origin. `None` when it is none of ours, or could not be a folder's name.
    #[must_use]
    pub fn parse(origin: &str) -> Option<Self> {
        let (service, class) = origin.strip_prefix(ORIGIN)?.split_once('/')?;
        let name = Self { service: service.to_owned(), class: class_of(class)? };
        is_name(service).then_some(name)
    }
}

/// Records under one head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// What their writer signed.
    pub head: Head,
    /// Their canonical lines.
    pub lines: Vec<String>,
}

/// Why a batch is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// Too large.
    #[error("a batch holds at most {MAX_BATCH_BYTES} bytes and {MAX_BATCH_RECORDS} records")]
    TooLarge,
    /// Not a head and lines.
    #[error("the batch is malformed: {0}")]
    Malformed(String),
    /// Its head is worth nothing.
    #[error("the batch is not signed by its writer: {0}")]
    Head(#[from] crate::record::chain::HeadError),
    /// Records that the head is not about.
    #[error("record {0} of the batch is not what its head says")]
    Record(usize),
    /// A log that cannot be.
    #[error("the log of the batch is none of a service and a retention class")]
    Log,
}

impl Batch {
    /// As it is sent and spooled.
    ///
    /// # Errors
    /// [`BatchError::Malformed`] when a number is too large for JSON.
    pub fn encode(&self) -> Result<Vec<u8>, BatchError> {
        let mut text = to_canonical(&self.head).map_err(|error| BatchError::Malformed(error.to_string()))?;
        text.push('\n');
        for line in &self.lines {
            text.push_str(line);
            text.push('\n');
        }
        Ok(text.into_bytes())
    }

    /// Reads and checks one.
    ///
    /// # Errors
    /// One [`BatchError`] per reason.
    pub fn parse(bytes: &[u8]) -> Result<(LogName, Self), BatchError> {
        if bytes.len() > MAX_BATCH_BYTES {
            return Err(BatchError::TooLarge);
        }
        let malformed = |error: String| BatchError::Malformed(error);
        let text = std::str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
        let text = text.strip_suffix('\n').ok_or_else(|| malformed("it does not end with a line".to_owned()))?;
        let mut lines = text.split('\n');
        let head: Head = serde_json::from_str(lines.next().unwrap_or_default())
            .map_err(|error| BatchError::Malformed(error.to_string()))?;
        let log = LogName::parse(&head.log).ok_or(BatchError::Log)?;
        if !head.chain.is_valid() {
            return Err(BatchError::Log);
        }
        head.check()?;
        let lines: Vec<String> = lines.map(str::to_owned).collect();
        if lines.len() > MAX_BATCH_RECORDS {
            return Err(BatchError::TooLarge);
        }
        let before = head.seq.checked_sub(head.count).ok_or(BatchError::Record(0))?;
        let mut link = Link { seq: before, hash: head.prev };
        if before == 0 && link != Link::genesis(&head.log, &head.chain) {
            return Err(BatchError::Record(0));
        }
        for (at, line) in lines.iter().enumerate() {
            let record = Record::parse(line).map_err(|_| BatchError::Record(at))?;
            let is_its_own = record.pod == head.chain.pod && record.incarnation == head.chain.incarnation;
            if !is_its_own || record.seq != link.seq + 1 || record.event.class() != log.class {
                return Err(BatchError::Record(at));
            }
            link = link.then(&Record::hash(line));
        }
        if link == head.link() { Ok((log, Self { head, lines })) } else { Err(BatchError::Record(lines.len())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::event::Event;
    use crate::record::record::VERSION;
    use crate::record::{ChainId, PodKey};

    fn batch(log: &str) -> Batch {
        let chain = ChainId { pod: "p".into(), incarnation: "i".into() };
        let (start, mut link) = (Link::genesis(log, &chain), Link::genesis(log, &chain));
        let mut lines = Vec::new();
        for seq in 1..=3 {
            let event = Event::Refused { reason: "partial".into(), status: 502 };
            let record = Record { v: VERSION, pod: "p".into(), incarnation: "i".into(), seq, at: 1, event };
            lines.push(record.line().unwrap());
            link = link.then(&Record::hash(&lines[lines.len() - 1]));
        }
        Batch { head: PodKey::from_bytes(&[1; 32]).head(log, &chain, start, link, false), lines }
    }

    #[test]
    fn only_what_its_writer_signed_gets_through() {
        let batch = batch("deepsynthesis.dev/uid/network");
        let bytes = batch.encode().unwrap();
        assert_eq!(Batch::parse(&bytes).unwrap().1, batch);
        let text = String::from_utf8(bytes.clone()).unwrap();
        for other in [text.replace("partial", "encoded"), text.replace("\"seq\":3", "\"seq\":4"), text[1..].to_owned()]
        {
            assert!(Batch::parse(other.as_bytes()).is_err());
        }
        for end in 0..bytes.len() {
            assert!(Batch::parse(&bytes[..end]).is_err(), "{end}");
        }
        let mut short = batch.clone();
        short.lines.pop();
        assert_eq!(Batch::parse(&short.encode().unwrap()), Err(BatchError::Record(2)));
        assert_eq!(Batch::parse(&vec![b' '; MAX_BATCH_BYTES + 1]), Err(BatchError::TooLarge));
    }

    #[test]
    fn a_log_is_a_service_and_a_class_and_no_path() {
        for log in ["deepsynthesis.dev/../network", "deepsynthesis.dev/a/b/network", "x/uid/network"] {
            assert_eq!(LogName::parse(log), None, "{log}");
            assert_eq!(Batch::parse(&batch(log).encode().unwrap()), Err(BatchError::Log));
        }
        // Refusals are network logs, so another class is not theirs.
        let waiver = batch("deepsynthesis.dev/uid/waiver").encode().unwrap();
        assert_eq!(Batch::parse(&waiver), Err(BatchError::Record(0)));
    }
}
