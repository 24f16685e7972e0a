//! What readers get: records, checkpoint, proof, bundle.
//!
//! In: a checked reader's parameters. Out: streamed answers, made on a blocking thread. Must not: hold the books while a reader is slow.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::poll_fn;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use serde::Serialize;
use tokio::sync::mpsc;

use super::export::{self, Bundle, Form};
use super::library::Library;
use super::params::Params;
use super::routes::{Out, json, text};
use super::search::{Query, View};
use super::store::Store;
use crate::record::Hash;
use crate::record::entry::Entry;
use crate::record::merkle::{Frontier, Tree, leaf_hash};
use crate::record::seal::data_name;
use crate::record::segment::{MAX_SEGMENT_BYTES, unpack};

/// Pieces on their way to a reader.
const PIECES: usize = 8;

/// Answers a reader.
pub async fn answer(library: &Arc<Library>, path: &str, params: Params) -> Response<Out> {
    let absent = || text(StatusCode::NOT_FOUND, "There is no such log.\n");
    let Params { log, query, form } = params;
    let origin = log.origin();
    let found = {
        let books = library.books();
        // One moment for both: a checkpoint over more lines than the view holds would look like a cut tail.
        books.get(&log).map(|book| (View::of(book), book.checkpoint(&library.key)))
    };
    let Some((view, checkpoint)) = found else { return absent() };
    let store = Arc::clone(&library.store);
    let key = library.key.verifier().text();
    match path {
        "/v1/checkpoint" => text(StatusCode::OK, &library.checkpoint(&log).unwrap_or(checkpoint)),
        "/v1/proof" => {
            let made = tokio::task::spawn_blocking(move || proofs(&view, &*store, &query, &checkpoint)).await;
            match made {
                Ok(Ok(text)) => json(&text),
                Ok(Err(error)) => failed(&error),
                Err(error) => failed(&io::Error::other(error)),
            }
        }
        "/v1/bundle" => stream("application/x-tar", move |sink| {
            export::bundle(&view, &*store, &Bundle { log: &origin, key: &key, checkpoint: &checkpoint }, sink)
        }),
        _ => {
            let content_type = if form == Form::Csv { "text/csv; charset=utf-8" } else { "application/x-ndjson" };
            stream(content_type, move |sink| export::records(&view, &*store, &query, form, sink))
        }
    }
}

fn failed(error: &io::Error) -> Response<Out> {
    tracing::error!(%error, "the store cannot be read");
    text(StatusCode::INTERNAL_SERVER_ERROR, "The store cannot be read.\n")
}

/// A body that a blocking thread writes. An error breaks it off: half an export must not look whole.
fn stream(
    content_type: &'static str,
    write: impl FnOnce(&mut export::Sink<'_>) -> io::Result<()> + Send + 'static,
) -> Response<Out> {
    let (pieces, mut taken) = mpsc::channel::<io::Result<Bytes>>(PIECES);
    tokio::task::spawn_blocking(move || {
        let mut sink = |piece: Vec<u8>| piece.is_empty() || pieces.blocking_send(Ok(piece.into())).is_ok();
        if let Err(error) = write(&mut sink) {
            tracing::error!(%error, "an export broke off");
            let _ = pieces.blocking_send(Err(error));
        }
    });
    let body =
        StreamBody::new(poll_fn(move |cx| taken.poll_recv(cx).map(|piece| piece.map(|piece| piece.map(Frame::data)))));
    let mut response = Response::new(body.boxed_unsync());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// That a line stands in the log.
#[derive(Serialize)]
struct Proof {
    line: String,
    index: u64,
    size: u64,
    path: Vec<Hash>,
}

#[derive(Serialize)]
struct Proofs<'a> {
    checkpoint: &'a str,
    proofs: Vec<Proof>,
}

/// Most lines that are proved at once.
const MAX_PROOFS: usize = 100;

fn proofs(view: &View, store: &dyn Store, query: &Query, checkpoint: &str) -> io::Result<String> {
    let gone = view.sealed.iter().rev().find(|sealed| sealed.is_deleted);
    let mut tree = Tree::after(gone.map_or_else(Frontier::default, |sealed| sealed.seal.frontier.clone()));
    let mut found = Vec::new();
    let mut read = |line: &str| {
        tree.push(leaf_hash(line.as_bytes()));
        if found.len() < MAX_PROOFS
            && query.fits(line)
            && let Ok(entry) = Entry::parse(line)
        {
            found.push((entry.i, line.to_owned()));
        }
    };
    for sealed in view.sealed.iter().filter(|sealed| !sealed.is_deleted) {
        let data = store.get(&view.folder, &data_name(sealed.seal.first))?.unwrap_or_default();
        unpack(&data, MAX_SEGMENT_BYTES).map_err(io::Error::other)?.lines().for_each(&mut read);
    }
    view.open.iter().for_each(|line| read(line));
    let size = tree.size();
    let mut proofs = Vec::new();
    for (index, line) in found {
        let path = tree.inclusion(index, size).map_err(io::Error::other)?;
        proofs.push(Proof { line, index, size, path });
    }
    serde_json::to_string(&Proofs { checkpoint, proofs }).map_err(io::Error::other)
}
