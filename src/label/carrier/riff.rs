//! Chunks of RIFF (WAV, WebP).
//!
//! In: bytes of a file, or what a chunk shall hold. Out: kind and length of a chunk; a chunk. Must not: trust a length.

/// Length of a chunk's kind and size.
pub(super) const HEADER: usize = 8;

/// Kind and length of the chunk at a place; `None` when its header is not there whole.
pub(super) fn chunk(view: &[u8], at: usize) -> Option<([u8; 4], usize)> {
    let bytes = view.get(at..at.checked_add(HEADER)?)?;
    let length = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?);
    Some((bytes.get(..4)?.try_into().ok()?, usize::try_from(length).ok()?))
}

/// A chunk, padded to an even length.
pub(super) fn part(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes();
    let mut out = [&kind[..], &length, data].concat();
    out.resize(out.len() + out.len() % 2, 0);
    out
}
