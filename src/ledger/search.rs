//! Records of a log by item, pseudonym, kind and time.
//!
//! In: seals, index, segments, open lines. Out: lines, one by one. Must not: unpack a segment that cannot hold what is asked for.

use std::io;
use std::sync::Arc;

use super::book::{Book, Sealed};
use super::store::Store;
use crate::record::entry::Entry;
use crate::record::seal::{data_name, index_name};
use crate::record::segment::{Index, MAX_SEGMENT_BYTES, item_hash, unpack};
use crate::record::{Hash, Head};

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Produce id.
    pub id: Option<String>,
    /// Pseudonym.
    pub subject: Option<String>,
    /// Kind of event.
    pub kind: Option<String>,
    /// Ledger time from, milliseconds.
    pub from: Option<i64>,
    /// Ledger time to, milliseconds, inclusive.
    pub to: Option<i64>,
}

/// A log at one moment: sealed segments, and durable lines behind them.
#[derive(Clone)]
pub struct View {
    /// Folder in the store.
    pub folder: String,
    /// Segments.
    pub sealed: Vec<Sealed>,
    /// Lines.
    pub open: Vec<Arc<str>>,
}

impl View {
    /// Of a book.
    #[must_use]
    pub fn of(book: &Book) -> Self {
        let open = book.open.get(..book.durable).unwrap_or_default().to_vec();
        Self { folder: book.folder.clone(), sealed: book.sealed.clone(), open }
    }

    /// Gives every line that fits to `sink`, in order, until it says stop.
    ///
    /// # Errors
    /// The store's.
    pub fn search(&self, store: &dyn Store, query: &Query, sink: &mut dyn FnMut(&str) -> bool) -> io::Result<()> {
        let item = query.id.as_deref().or(query.subject.as_deref()).map(item_hash);
        for Sealed { seal, is_deleted } in &self.sealed {
            let is_outside = query.from.is_some_and(|from| seal.to < from) || query.to.is_some_and(|to| seal.from > to);
            if *is_deleted || is_outside {
                continue;
            }
            for text in self.frames(store, seal.first, item)? {
                if !text.lines().filter(|line| query.fits(line)).all(&mut *sink) {
                    return Ok(());
                }
            }
        }
        self.open.iter().map(|line| &**line).filter(|line| query.fits(line)).all(sink);
        Ok(())
    }

    /// The text of the frames that may hold an item; of all frames when none is named.
    fn frames(&self, store: &dyn Store, first: u64, item: Option<u64>) -> io::Result<Vec<String>> {
        let name = data_name(first);
        let Some(item) = item else {
            let data = store.get(&self.folder, &name)?.unwrap_or_default();
            return Ok(vec![unpack(&data, MAX_SEGMENT_BYTES).map_err(io::Error::other)?]);
        };
        let index = store.get(&self.folder, &index_name(first))?.unwrap_or_default();
        let (index, frames) = Index::find(&index, item).map_err(io::Error::other)?;
        let mut texts = Vec::new();
        for frame in frames {
            let at = |frame: u32| index.frames.get(frame as usize).copied();
            let Some(start) = at(frame) else { continue };
            let limit = at(frame + 1).map_or(usize::MAX, |end| usize::try_from(end - start).unwrap_or(usize::MAX));
            let data = store.read(&self.folder, &name, start, limit)?;
            texts.push(unpack(&data, MAX_SEGMENT_BYTES).map_err(io::Error::other)?);
        }
        Ok(texts)
    }
}

impl Query {
    /// Whether a line is asked for. Heads are for verifiers, not for readers.
    #[must_use]
    pub fn fits(&self, line: &str) -> bool {
        let Ok(entry) = Entry::parse(line) else { return false };
        let Ok(Some(place)) = entry.place() else { return false };
        let is =
            |wanted: &Option<String>, found: Option<&str>| wanted.as_deref().is_none_or(|wanted| found == Some(wanted));
        is(&self.id, place.id.as_deref())
            && is(&self.subject, place.subject.as_deref())
            && is(&self.kind, Some(&place.kind))
            && self.from.is_none_or(|from| entry.at >= from)
            && self.to.is_none_or(|to| entry.at <= to)
    }
}

/// The link that a writer once signed for a number, out of the segments themselves.
///
/// # Errors
/// The store's.
pub fn held_link(book: &Book, store: &dyn Store, head: &Head) -> io::Result<Option<Hash>> {
    let view = View::of(book);
    let found = |line: &str| {
        let entry = Entry::parse(line).ok()?.head?;
        (entry.chain == head.chain && entry.seq == head.seq).then_some(entry.hash)
    };
    for sealed in view.sealed.iter().rev().filter(|sealed| !sealed.is_deleted) {
        for text in view.frames(store, sealed.seal.first, None)? {
            if let Some(hash) = text.lines().find_map(found) {
                return Ok(Some(hash));
            }
        }
    }
    Ok(view.open.iter().find_map(|line| found(line)))
}
