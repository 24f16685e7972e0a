//! What leaves a log: whole segments after their time, and the promise that says how long that is.
//!
//! In: the books, the clock. Out: a record of each deletion, then the deletion. Must not: delete what was promised a longer period, or
//! anything that the log does not say it deleted (Cybersecurity Law Art. 23(3)).

use std::collections::BTreeMap;

use super::Library;
use crate::contract::batch::LogName;
use crate::law::Months;
use crate::ledger::book::{Book, BookError, Sealed, folder_of};
use crate::record::Event;
use crate::record::retention::expired;
use crate::record::seal::{data_name, index_name};

const PROMISE: &str = "promise";

impl Library {
    /// Deletes whole segments whose time is over, from the oldest on; each deletion is recorded before it happens.
    pub fn sweep(&self) {
        let now = (self.rules.clock)();
        let mut books = self.books();
        let logs: Vec<LogName> = books.keys().cloned().collect();
        for log in logs {
            if let Err(error) = self.sweep_one(&mut books, &log, now) {
                tracing::error!(%error, "expired records cannot be deleted");
            }
        }
    }

    fn sweep_one(&self, books: &mut BTreeMap<LogName, Book>, log: &LogName, now: i64) -> Result<(), BookError> {
        let period = self.promised(log)?;
        let Some(book) = books.get_mut(log) else { return Ok(()) };
        let seals: Vec<_> = book.sealed.iter().map(|sealed| sealed.seal.clone()).collect();
        let count = expired(&seals, period, &self.rules.holds, now);
        let due: Vec<usize> =
            (0..count).filter(|at| book.sealed.get(*at).is_some_and(|sealed| !sealed.is_deleted)).collect();
        for at in due {
            let Some(Sealed { seal, .. }) = book.sealed.get(at).cloned() else { continue };
            let (first, count, sha256, until) = (seal.first, seal.count, seal.sha256, now);
            book.note(Event::SegmentDeleted { first, count, sha256, until }, now);
            if !self.make_durable(books, log) {
                return Ok(());
            }
            let folder = folder_of(log);
            self.store.delete(&folder, &data_name(seal.first))?;
            self.store.delete(&folder, &index_name(seal.first))?;
            tracing::info!(log = log.origin(), first, count, "an expired segment was deleted, its stub stays");
            let Some(again) = books.get_mut(log) else { return Ok(()) };
            if let Some(sealed) = again.sealed.get_mut(at) {
                sealed.is_deleted = true;
            }
            return self.sweep_one(books, log, now);
        }
        Ok(())
    }

    /// The longest period that records of this log were ever promised: a shorter configuration does not reach back.
    ///
    /// # Errors
    /// The store's.
    pub fn promised(&self, log: &LogName) -> Result<Months, BookError> {
        self.promise(log, log.class.default_period())
    }

    /// Promises a period, what the ledger is configured with at least and never more than it is allowed to; says what holds then.
    ///
    /// # Errors
    /// The store's.
    pub fn promise(&self, log: &LogName, period: Months) -> Result<Months, BookError> {
        let configured = self.rules.periods.get(&log.class).copied().unwrap_or_else(|| log.class.default_period());
        let configured = configured.max(period.min(self.rules.longest));
        let folder = folder_of(log);
        let stored = self.store.get(&folder, PROMISE)?.and_then(|bytes| String::from_utf8(bytes).ok());
        let stored = stored.and_then(|text| Months::parse(&text).ok());
        match stored {
            Some(promised) if promised >= configured => Ok(promised),
            _ => {
                self.store.put(&folder, PROMISE, configured.to_string().as_bytes())?;
                Ok(configured)
            }
        }
    }
}
