//! What is known of one connection, and whether it should end.
//!
//! In: reads, writes, requests, answers, as they happen. Out: is it due to be told to go, is its peer too slow. Must not end
//! an idle connection: an API server that sends on it in that moment would fail an admission.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::sync::watch;

use super::serve::Stage;

/// So long after the handshake a first request may come.
const FIRST_REQUEST: Duration = Duration::from_secs(2);

/// One connection.
pub(super) struct Watch {
    start: Instant,
    /// When it is due to go.
    age: Duration,
    /// A server that leaves makes every connection due.
    told: watch::Receiver<Stage>,
    under_way: AtomicU32,
    has_asked: AtomicBool,
    /// Milliseconds since the start, plus one; 0: no head is half read.
    head_since: AtomicU64,
    /// The same for a write that the peer does not take.
    write_since: AtomicU64,
}

impl Watch {
    pub(super) fn new(age: Duration, told: watch::Receiver<Stage>) -> Arc<Self> {
        Arc::new(Self {
            start: Instant::now(),
            age,
            told,
            under_way: AtomicU32::new(0),
            has_asked: AtomicBool::new(false),
            head_since: AtomicU64::new(0),
            write_since: AtomicU64::new(0),
        })
    }

    /// Whether the next answer should close it.
    pub(super) fn is_due(&self) -> bool {
        *self.told.borrow() != Stage::Serving || self.start.elapsed() >= self.age
    }

    /// Whether its first request is still on its way: who opens a connection has one.
    pub(super) fn is_new(&self) -> bool {
        !self.has_asked.load(Ordering::Relaxed) && self.start.elapsed() < FIRST_REQUEST
    }

    /// Whether the peer lets us wait for longer than this, in the midst of something.
    pub(super) fn is_stuck(&self, patience: Duration) -> bool {
        let patience = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
        let is_over = |since: &AtomicU64| match since.load(Ordering::Relaxed) {
            0 => false,
            since => self.now().saturating_sub(since) > patience,
        };
        is_over(&self.head_since) || is_over(&self.write_since)
    }

    /// A request's head is whole; it is under way until the guard goes.
    pub(super) fn asked(self: &Arc<Self>) -> UnderWay {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        self.has_asked.store(true, Ordering::Relaxed);
        self.head_since.store(0, Ordering::Relaxed);
        UnderWay(Arc::clone(self))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1)
    }

    fn read(&self) {
        if self.under_way.load(Ordering::Relaxed) == 0 && self.head_since.load(Ordering::Relaxed) == 0 {
            self.head_since.store(self.now(), Ordering::Relaxed);
        }
    }

    fn wrote<T>(&self, result: &Poll<T>) {
        match result {
            Poll::Ready(_) => self.write_since.store(0, Ordering::Relaxed),
            Poll::Pending => {
                let _ = self.write_since.compare_exchange(0, self.now(), Ordering::Relaxed, Ordering::Relaxed);
            }
        }
    }
}

/// A request that is being answered.
pub(super) struct UnderWay(Arc<Watch>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A stream whose reads and writes are noted.
pub(super) struct Watched<T> {
    inner: T,
    watch: Arc<Watch>,
}

impl<T> Watched<T> {
    pub(super) fn new(inner: T, watch: Arc<Watch>) -> Self {
        Self { inner, watch }
    }
}

impl<T: Read + Unpin> Read for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if matches!(result, Poll::Ready(Ok(()))) {
            self.watch.read();
        }
        result
    }
}

impl<T: Write + Unpin> Write for Watched<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.watch.wrote(&result);
        result
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_flush(cx);
        self.watch.wrote(&result);
        result
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.watch.wrote(&result);
        result
    }
}
