//! Frames of records on disk: length, checksum, bytes.
//!
//! In: bytes and the offset at which they stand. Out: frames that prove themselves. Must not: let one pass that stands elsewhere
//! than where it was written (an earlier round of a ring), or of which a single bit differs.

/// Bytes before the payload: its length and its checksum.
pub const HEAD: usize = 8;

/// A frame that is to stand at an offset; none for more than 4 GiB.
#[must_use]
pub fn frame(at: u64, payload: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(payload.len()).ok()?;
    Some([&length.to_le_bytes()[..], &checksum(at, payload).to_le_bytes(), payload].concat())
}

/// What the head of a frame says.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// Bytes behind it.
    pub length: usize,
    checksum: u32,
}

impl Head {
    /// Reads one.
    #[must_use]
    pub fn read([a, b, c, d, e, f, g, h]: [u8; HEAD]) -> Self {
        Self { length: u32::from_le_bytes([a, b, c, d]) as usize, checksum: u32::from_le_bytes([e, f, g, h]) }
    }

    /// Whether these bytes were written behind it, at this offset.
    #[must_use]
    pub fn fits(self, at: u64, payload: &[u8]) -> bool {
        checksum(at, payload) == self.checksum
    }
}

/// The offset is under it.
fn checksum(at: u64, payload: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&at.to_le_bytes());
    crc.update(payload);
    crc.finalize()
}
