//! What there is of a service: for how long it is kept, since when, what never came, which pods are silent.
//!
//! In: promises and questions of the operator, the clock. Out: an answer per service. Must not: shorten what was promised, or hold up
//! writers while the store is read.

use std::collections::{BTreeMap, BTreeSet};

use super::Library;
use crate::contract::batch::LogName;
use crate::contract::coverage::{Answer, Coverage, LogCoverage, MAX_NAMED, Question};
use crate::law::Months;
use crate::law::retention::RetentionClass;
use crate::ledger::book::{Book, BookError};
use crate::record::event::class_name;
use crate::record::retention::kept_until_passed;

impl Library {
    /// Keeps what is promised from now on, and says what there is.
    ///
    /// # Errors
    /// The store's.
    pub fn cover(&self, question: &Question, promised: &[(LogName, Months)]) -> Result<Answer, BookError> {
        let now = (self.rules.clock)();
        let mut periods = BTreeMap::new();
        for (log, period) in promised {
            // A log that nobody wrote to is promised when its first record comes, at the next question at the latest.
            if self.books().contains_key(log) {
                periods.insert(log.clone(), self.promise(log, *period)?);
            }
        }
        let mut answer = Answer::default();
        for (service, promise) in &question.services {
            let mut coverage = Coverage::default();
            // Writers are never forgotten, so they may be many more than the pods that are asked about.
            let mut silent: BTreeSet<&str> = promise.pods.iter().map(String::as_str).collect();
            let books = self.books();
            for class in RetentionClass::ALL {
                let log = LogName { service: service.clone(), class };
                let Some(book) = books.get(&log) else { continue };
                for pod in book.writers.pods() {
                    silent.remove(pod);
                }
                let period = periods.get(&log).copied().unwrap_or_else(|| class.default_period());
                coverage.logs.insert(class_name(class).to_owned(), self.log(book, period, now));
            }
            drop(books);
            coverage.silent = silent.len() as u64;
            coverage.silent_pods = silent.into_iter().take(MAX_NAMED).map(str::to_owned).collect();
            answer.services.insert(service.clone(), coverage);
        }
        Ok(answer)
    }

    fn log(&self, book: &Book, period: Months, now: i64) -> LogCoverage {
        let (gone, there): (Vec<_>, Vec<_>) = book.sealed.iter().partition(|sealed| sealed.is_deleted);
        let oldest = there.first().map(|sealed| sealed.seal.from).or_else(|| book.open_since());
        let missing = || book.writers.missing().filter(|(_, _, at)| !kept_until_passed(*at, period, now));
        LogCoverage {
            kept_for: period.to_string(),
            size: book.frontier.size,
            deleted: gone.iter().map(|sealed| sealed.seal.count).sum(),
            oldest,
            missing: missing().map(|(_, count, _)| count).sum(),
            missing_pods: missing().take(MAX_NAMED).map(|(pod, _, _)| pod.to_owned()).collect(),
            checkpoint: book.checkpoint(&self.key),
        }
    }
}
