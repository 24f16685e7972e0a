//! The spool: a ring of fixed size on disk, in which every frame proves itself.
//!
//! In: batches. Out: the same batches, oldest first, also after a crash at any byte. Must not: grow (a pod that exceeds its volume is
//! evicted), or give back a frame of which a single bit differs. The file is written once at its full size, so that a full disk
//! shows at the start and not in the middle of an answer.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::Arc;

use crate::record::frame;

const MAGIC: &[u8; 8] = b"dsspool1";
/// Two slots for the mark, one of which is always whole.
const SLOT: u64 = 4096;
const DATA: u64 = 2 * SLOT;
const MARK_BYTES: usize = 36;
/// Largest frame.
pub const MAX_FRAME: usize = 2 << 20;
/// Smallest ring: two of the largest frames.
pub const MIN_CAPACITY: u64 = 4 << 20;

/// Why the spool does not take a frame.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// Until somebody takes the oldest frames, there is no room.
    #[error("the spool is full")]
    Full,
    /// Larger than any batch.
    #[error("the frame is larger than {MAX_FRAME} bytes")]
    TooLarge,
    /// The ring is too small for its frames.
    #[error("the spool holds at least {MIN_CAPACITY} bytes")]
    TooSmall,
    /// The disk.
    #[error("the spool cannot be used: {0}")]
    Disk(#[from] io::Error),
}

/// What a sync reaches.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    head: u64,
    tail: u64,
}

/// The ring. Offsets grow for ever; a byte lies at its offset modulo the capacity.
#[derive(Debug)]
pub struct Spool {
    file: Arc<File>,
    capacity: u64,
    /// Oldest frame.
    tail: u64,
    /// The same as the disk knows it for certain: what lies behind is not written over.
    free: u64,
    /// Behind the newest frame.
    head: u64,
    /// Behind the newest frame that is on disk for certain.
    synced: u64,
    generation: u64,
}

impl Spool {
    /// Opens a spool, or makes one. What a crash tore off at its end is gone; it was never acknowledged.
    ///
    /// # Errors
    /// [`SpoolError`].
    pub fn open(path: &Path, capacity: u64) -> Result<Self, SpoolError> {
        if capacity < MIN_CAPACITY {
            return Err(SpoolError::TooSmall);
        }
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        let mut spool = match Mark::newest(&file) {
            // The size that it was made with holds until it is empty.
            Some(mark) if file.metadata()?.len() == DATA + mark.capacity => Self {
                file: Arc::new(file),
                capacity: mark.capacity,
                tail: mark.tail,
                free: mark.tail,
                head: mark.tail,
                synced: mark.tail,
                generation: mark.generation,
            },
            _ => {
                file.set_len(0)?;
                let zeros = vec![0; 1 << 20];
                let mut left = DATA + capacity;
                while left > 0 {
                    let piece = left.min(zeros.len() as u64);
                    file.write_all(zeros.get(..usize::try_from(piece).unwrap_or(0)).unwrap_or_default())?;
                    left -= piece;
                }
                file.sync_all()?;
                Self { file: Arc::new(file), capacity, tail: 0, free: 0, head: 0, synced: 0, generation: 0 }
            }
        };
        while let Some(frame) = spool.frame(spool.head)? {
            spool.head += (frame::HEAD + frame.len()) as u64;
        }
        spool.synced = spool.head;
        spool.mark()?;
        spool.file.sync_data()?;
        Ok(spool)
    }

    /// Writes a frame; it is safe after [`Self::synced`]. Says where it ends.
    ///
    /// # Errors
    /// [`SpoolError::Full`], or the disk's.
    pub fn push(&mut self, payload: &[u8]) -> Result<u64, SpoolError> {
        if payload.len() > MAX_FRAME {
            return Err(SpoolError::TooLarge);
        }
        let size = (frame::HEAD + payload.len()) as u64;
        if self.head + size - self.free > self.capacity {
            return Err(SpoolError::Full);
        }
        let frame = frame::frame(self.head, payload).ok_or(SpoolError::TooLarge)?;
        self.write(self.head, &frame)?;
        self.head += size;
        Ok(self.head)
    }

    /// The file, to sync it without holding the spool, and what that will reach.
    #[must_use]
    pub fn to_sync(&self) -> (Arc<File>, Reach) {
        (Arc::clone(&self.file), Reach { head: self.head, tail: self.tail })
    }

    /// All that is on disk.
    pub fn synced(&mut self, reach: Reach) {
        self.synced = self.synced.max(reach.head.min(self.head));
        self.free = self.free.max(reach.tail);
    }

    /// Takes back frames that could not be synced: they were promised to nobody.
    pub fn forget(&mut self, to: u64) {
        if (self.synced..self.head).contains(&to) {
            self.head = to;
        }
    }

    /// The oldest frame that is on disk, and where it ends.
    ///
    /// # Errors
    /// The disk's.
    pub fn oldest(&self) -> Result<Option<(Vec<u8>, u64)>, SpoolError> {
        if self.tail >= self.synced {
            return Ok(None);
        }
        let frame = self.frame(self.tail)?;
        Ok(frame.map(|frame| {
            let end = self.tail + (frame::HEAD + frame.len()) as u64;
            (frame, end)
        }))
    }

    /// Gives room back: somebody else has kept all up to here.
    ///
    /// # Errors
    /// The disk's.
    pub fn release(&mut self, to: u64) -> Result<(), SpoolError> {
        self.tail = to.clamp(self.tail, self.synced);
        self.mark()?;
        Ok(())
    }

    /// Bytes in use, and bytes in all.
    #[must_use]
    pub fn fill(&self) -> (u64, u64) {
        (self.head - self.tail, self.capacity)
    }

    /// All frames that are on disk, oldest first.
    ///
    /// # Errors
    /// The disk's.
    pub fn frames(&self) -> Result<Vec<Vec<u8>>, SpoolError> {
        let (mut frames, mut at) = (Vec::new(), self.tail);
        while at < self.synced
            && let Some(frame) = self.frame(at)?
        {
            at += (frame::HEAD + frame.len()) as u64;
            frames.push(frame);
        }
        Ok(frames)
    }

    /// The frame that begins there, if a whole one does.
    fn frame(&self, at: u64) -> io::Result<Option<Vec<u8>>> {
        let used = at - self.tail;
        if used + frame::HEAD as u64 > self.capacity {
            return Ok(None);
        }
        let mut head = [0; frame::HEAD];
        self.read(at, &mut head)?;
        let head = frame::Head::read(head);
        if head.length == 0 || head.length > MAX_FRAME || used + (frame::HEAD + head.length) as u64 > self.capacity {
            return Ok(None);
        }
        let mut payload = vec![0; head.length];
        self.read(at + frame::HEAD as u64, &mut payload)?;
        Ok(head.fits(at, &payload).then_some(payload))
    }

    fn read(&self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        let start = at % self.capacity;
        let first = usize::try_from(self.capacity - start).unwrap_or(usize::MAX).min(bytes.len());
        let (one, other) = bytes.split_at_mut(first);
        self.file.read_exact_at(one, DATA + start)?;
        self.file.read_exact_at(other, DATA)
    }

    fn write(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let start = at % self.capacity;
        let first = usize::try_from(self.capacity - start).unwrap_or(usize::MAX).min(bytes.len());
        let (one, other) = bytes.split_at(first);
        self.file.write_all_at(one, DATA + start)?;
        self.file.write_all_at(other, DATA)
    }

    fn mark(&mut self) -> io::Result<()> {
        self.generation += 1;
        let mark = Mark { capacity: self.capacity, tail: self.tail, generation: self.generation };
        self.file.write_all_at(&mark.bytes(), self.generation % 2 * SLOT)
    }
}

/// Where the oldest frame lies.
struct Mark {
    capacity: u64,
    tail: u64,
    generation: u64,
}

impl Mark {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for number in [self.capacity, self.tail, self.generation] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        bytes
    }

    fn newest(file: &File) -> Option<Self> {
        [0, SLOT].into_iter().filter_map(|at| Self::read(file, at)).max_by_key(|mark| mark.generation)
    }

    fn read(file: &File, at: u64) -> Option<Self> {
        let mut bytes = [0; MARK_BYTES];
        file.read_exact_at(&mut bytes, at).ok()?;
        let (body, crc) = bytes.split_at(MARK_BYTES - 4);
        let number = |at: usize| body.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
        if body.get(..8) != Some(MAGIC) || crc32fast::hash(body).to_le_bytes() != crc {
            return None;
        }
        let mark = Self { capacity: number(8)?, tail: number(16)?, generation: number(24)? };
        (mark.capacity >= MIN_CAPACITY).then_some(mark)
    }
}

#[cfg(test)]
mod tests;
