//! A review's body on its way in: bounded in size, number, memory and time.
//!
//! In: a stream of chunks, with or without a length told ahead; the API server's `?timeout=`. Out: the whole body, or why
//! not. Must not queue: what does not fit now is turned away at once, and the API server asks again a second later.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, StreamExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// The API server's objects end at 3 MiB and a review holds two of them.
pub const MAX_BODY: usize = 10 << 20;
/// What the API server waits for unless it is told otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
/// More than the API server itself takes.
const MAX_TIMEOUT: Duration = Duration::from_secs(30);
/// Left for the way back.
const RESERVE: Duration = Duration::from_millis(100);
const KIB: usize = 1024;

/// How much may be under way at once.
#[derive(Clone, Debug)]
pub struct Intake {
    reviews: Arc<Semaphore>,
    /// In KiB.
    memory: Arc<Semaphore>,
    max_body: usize,
}

/// A whole body; its share of the bounds is free again when it goes.
#[derive(Debug)]
pub struct Review {
    /// The bytes.
    pub body: Bytes,
    _slot: OwnedSemaphorePermit,
    _memory: Option<OwnedSemaphorePermit>,
}

/// Why a body was not taken.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum IntakeError {
    /// Too many reviews, or too large ones, are under way.
    #[error("too many reviews are under way; ask again in a second")]
    Overloaded,
    /// It is larger than any review.
    #[error("a review of at most {} MiB is read here", MAX_BODY >> 20)]
    TooLarge,
    /// It did not come in time.
    #[error("the review did not arrive within the timeout of its call")]
    TooSlow,
    /// The connection failed.
    #[error("the review did not arrive whole")]
    Broken,
}

impl Default for Intake {
    /// 256 reviews and 32 MiB: the operator's memory limit holds, whoever sends what.
    fn default() -> Self {
        Self::new(256, 32 << 20, MAX_BODY)
    }
}

impl Intake {
    /// Bounds of one's own.
    #[must_use]
    pub fn new(reviews: usize, memory: usize, max_body: usize) -> Self {
        Self { reviews: Arc::new(Semaphore::new(reviews)), memory: Arc::new(Semaphore::new(memory / KIB)), max_body }
    }

    /// Takes a body in before the deadline.
    ///
    /// # Errors
    /// [`IntakeError`].
    pub async fn take<C: Buf, E>(
        &self,
        length: Option<u64>,
        chunks: impl Stream<Item = Result<C, E>>,
        deadline: Instant,
    ) -> Result<Review, IntakeError> {
        let slot = Arc::clone(&self.reviews).try_acquire_owned().map_err(|_| IntakeError::Overloaded)?;
        if length.is_some_and(|length| length > self.max_body as u64) {
            return Err(IntakeError::TooLarge);
        }
        match tokio::time::timeout_at(deadline, self.read(chunks)).await {
            Ok(read) => read.map(|(body, memory)| Review { body, _slot: slot, _memory: memory }),
            Err(_) => Err(IntakeError::TooSlow),
        }
    }

    async fn read<C: Buf, E>(
        &self,
        chunks: impl Stream<Item = Result<C, E>>,
    ) -> Result<(Bytes, Option<OwnedSemaphorePermit>), IntakeError> {
        let mut chunks = pin!(chunks);
        let mut body = BytesMut::new();
        let mut held: Option<OwnedSemaphorePermit> = None;
        while let Some(chunk) = chunks.next().await {
            let mut chunk = chunk.map_err(|_| IntakeError::Broken)?;
            let size = body.len() + chunk.remaining();
            if size > self.max_body {
                return Err(IntakeError::TooLarge);
            }
            let lacking = size.div_ceil(KIB) - held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
            if lacking > 0 {
                let lacking = u32::try_from(lacking).map_err(|_| IntakeError::TooLarge)?;
                let more = Arc::clone(&self.memory).try_acquire_many_owned(lacking);
                let more = more.map_err(|_| IntakeError::Overloaded)?;
                match held.as_mut() {
                    Some(held) => held.merge(more),
                    None => held = Some(more),
                }
            }
            while chunk.has_remaining() {
                let piece = chunk.chunk();
                let count = piece.len();
                body.extend_from_slice(piece);
                chunk.advance(count);
            }
        }
        Ok((body.freeze(), held))
    }
}

/// When the answer to a call that begins now must be under way: the API server says how long it waits, as Go writes it.
#[must_use]
pub fn deadline(query: &str, now: Instant) -> Instant {
    let said = query.split('&').find_map(|pair| pair.strip_prefix("timeout="));
    let said = said.and_then(|text| text.parse::<jiff::SignedDuration>().ok()).filter(|time| time.is_positive());
    let timeout = said.map_or(DEFAULT_TIMEOUT, jiff::SignedDuration::unsigned_abs).min(MAX_TIMEOUT);
    now + timeout.saturating_sub(RESERVE).max(timeout / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(sizes: &[usize]) -> impl Stream<Item = Result<Bytes, ()>> + use<> {
        futures::stream::iter(sizes.iter().map(|size| Ok(Bytes::from(vec![b'x'; *size]))).collect::<Vec<_>>())
    }

    #[tokio::test]
    async fn takes_bodies_up_to_the_limit_told_or_not_and_none_beyond() {
        let intake = Intake::new(2, 64 * KIB, 10_000);
        let deadline = Instant::now() + Duration::from_secs(60);
        let take = |length, sizes: &[usize]| {
            let (intake, sizes) = (intake.clone(), chunks(sizes));
            async move { intake.take(length, sizes, deadline).await.map(|review| review.body.len()) }
        };
        assert_eq!(take(None, &[]).await, Ok(0));
        assert_eq!(take(Some(10_000), &[6_000, 4_000]).await, Ok(10_000));
        assert_eq!(take(None, &[1; 10_000]).await, Ok(10_000));
        assert_eq!(take(None, &[6_000, 4_001]).await, Err(IntakeError::TooLarge));
        assert_eq!(take(Some(10_001), &[]).await, Err(IntakeError::TooLarge));
        assert_eq!(take(Some(5), &[10_001]).await, Err(IntakeError::TooLarge));
    }

    #[tokio::test]
    async fn turns_away_at_once_what_does_not_fit_and_takes_it_when_it_does() {
        let intake = Intake::new(2, 16 * KIB, 16 * KIB);
        let deadline = Instant::now() + Duration::from_secs(60);
        let first = intake.take(None, chunks(&[10 * KIB]), deadline).await.unwrap();
        // Memory is short for one of this size, not for a small one.
        assert_eq!(intake.take(None, chunks(&[10 * KIB]), deadline).await.unwrap_err(), IntakeError::Overloaded);
        let second = intake.take(None, chunks(&[10]), deadline).await.unwrap();
        assert_eq!(intake.take(None, chunks(&[1]), deadline).await.unwrap_err(), IntakeError::Overloaded);
        drop((first, second));
        assert!(intake.take(None, chunks(&[16 * KIB]), deadline).await.is_ok());
    }

    #[tokio::test]
    async fn a_body_that_stalls_is_given_up_at_its_deadline() {
        let intake = Intake::new(1, 64 * KIB, 10_000);
        let stalled = chunks(&[10]).chain(futures::stream::pending());
        let taken = intake.take(None, stalled, Instant::now() + Duration::from_millis(20)).await;
        assert_eq!(taken.unwrap_err(), IntakeError::TooSlow);
        assert!(intake.take(None, chunks(&[1]), Instant::now() + Duration::from_secs(60)).await.is_ok());
    }

    #[tokio::test]
    async fn the_answer_is_due_before_the_api_server_stops_waiting() {
        let now = Instant::now();
        for (query, expected) in [
            ("timeout=5s", 4_900),
            ("timeout=1s", 900),
            ("timeout=1m0s", 29_900),
            ("timeout=500ms", 400),
            ("timeout=100ms", 50),
            ("dryRun=All&timeout=2s", 1_900),
            ("", 9_900),
            ("timeout=", 9_900),
            ("timeout=soon", 9_900),
            ("timeout=-5s", 9_900),
        ] {
            assert_eq!(deadline(query, now) - now, Duration::from_millis(expected), "{query}");
        }
    }
}
