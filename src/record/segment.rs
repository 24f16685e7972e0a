//! A segment: lines of a log as NDJSON in zstd frames of a few thousand lines, and an index from items to frames.
//!
//! In: lines in order. Out: bytes that `zstdcat | jq` and DuckDB read as they are, the index, the seal. Must not: believe the sizes
//! that a frame states: what is unpacked is bounded by the reader.

use std::io::{Read as _, Write as _};

use super::entry::Entry;
use super::hash::Hash;
use super::merkle::{Frontier, leaf_hash};
use super::seal::Seal;

/// Lines in one frame: what a query by item has to unpack.
const FRAME_LINES: usize = 2048;
/// Most that a segment unpacks to.
pub const MAX_SEGMENT_BYTES: usize = 256 << 20;
/// One entry of the index: 8 bytes of the item's hash, 4 bytes of the frame's number.
pub const ENTRY_BYTES: usize = 12;
const MAGIC: &[u8; 8] = b"dss-ix1\n";

/// A segment with its index and seal.
pub struct Segment {
    /// NDJSON, zstd.
    pub data: Vec<u8>,
    /// Frames and items.
    pub index: Vec<u8>,
    /// What it holds.
    pub seal: Seal,
}

/// Why there is no segment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SegmentError {
    /// Nothing to seal.
    #[error("a segment holds at least one line")]
    Empty,
    /// Not zstd, or torn.
    #[error("the segment cannot be unpacked: {0}")]
    Unpack(String),
    /// Unpacks to too much.
    #[error("the segment unpacks to more than {MAX_SEGMENT_BYTES} bytes")]
    TooLarge,
    /// Lines that are none.
    #[error("line {0} of the segment is not a line of a log")]
    Line(u64),
    /// Not an index.
    #[error("the index of the segment is malformed")]
    Index,
}

/// Where an item is looked up.
#[must_use]
pub fn item_hash(text: &str) -> u64 {
    let Hash([a, b, c, d, e, f, g, h, ..]) = Hash::of(&[text.as_bytes()]);
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

impl Segment {
    /// Packs the lines that follow `before` in their log.
    ///
    /// # Errors
    /// [`SegmentError`] when there are none, or one is no line.
    pub fn pack(log: &str, before: &Frontier, lines: &[String]) -> Result<Self, SegmentError> {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Err(SegmentError::Empty) };
        let mut frontier = before.clone();
        let (mut data, mut frames, mut items) = (Vec::new(), Vec::new(), Vec::new());
        let mut times = (i64::MAX, i64::MIN);
        for chunk in lines.chunks(FRAME_LINES) {
            let number = u32::try_from(frames.len()).map_err(|_| SegmentError::TooLarge)?;
            frames.push(data.len() as u64);
            let mut text = Vec::new();
            for line in chunk {
                let entry = Entry::parse(line).map_err(|_| SegmentError::Line(frontier.size))?;
                times = (times.0.min(entry.at), times.1.max(entry.at));
                let place = entry.place().map_err(|_| SegmentError::Line(frontier.size))?;
                let names = place.into_iter().flat_map(|place| [place.id, place.subject]);
                items.extend(names.flatten().map(|name| (item_hash(&name), number)));
                frontier.push(leaf_hash(line.as_bytes()));
                text.extend_from_slice(line.as_bytes());
                text.push(b'\n');
            }
            data.extend(frame(&text).map_err(|error| SegmentError::Unpack(error.to_string()))?);
        }
        items.sort_unstable();
        items.dedup();
        let seal = Seal {
            log: log.to_owned(),
            first: before.size,
            count: lines.len() as u64,
            from: times.0,
            to: times.1,
            first_leaf: leaf_hash(first.as_bytes()),
            last_leaf: leaf_hash(last.as_bytes()),
            frontier,
            sha256: Hash::of(&[&data]),
            bytes: data.len() as u64,
        };
        Ok(Self { index: Index { frames }.write(&items), data, seal })
    }
}

fn frame(text: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3)?;
    encoder.include_checksum(true)?;
    encoder.write_all(text)?;
    encoder.finish()
}

/// Unpacks a segment or one frame of it, at most `limit` bytes.
///
/// # Errors
/// [`SegmentError`] when it is torn, or too large.
pub fn unpack(data: &[u8], limit: usize) -> Result<String, SegmentError> {
    let broken = |error: std::io::Error| SegmentError::Unpack(error.to_string());
    let mut text = String::new();
    let decoder = zstd::stream::Decoder::new(data).map_err(broken)?;
    decoder.take(limit as u64 + 1).read_to_string(&mut text).map_err(broken)?;
    if text.len() > limit { Err(SegmentError::TooLarge) } else { Ok(text) }
}

/// The head of an index: where frames begin. Behind it, sorted entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Offsets in the data.
    pub frames: Vec<u64>,
}

impl Index {
    fn write(&self, items: &[(u64, u32)]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(u32::try_from(self.frames.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend(u32::try_from(items.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.frames.iter().for_each(|frame| bytes.extend(frame.to_be_bytes()));
        for (item, frame) in items {
            bytes.extend(item.to_be_bytes());
            bytes.extend(frame.to_be_bytes());
        }
        bytes
    }

    /// Frames that may hold an item, out of a whole index.
    ///
    /// # Errors
    /// [`SegmentError::Index`].
    pub fn find(bytes: &[u8], item: u64) -> Result<(Self, Vec<u32>), SegmentError> {
        let word = |at: usize| bytes.get(at..at + 4).and_then(|word| word.try_into().ok()).map(u32::from_be_bytes);
        if bytes.get(..8) != Some(MAGIC) {
            return Err(SegmentError::Index);
        }
        let (Some(frames), Some(items)) = (word(8), word(12)) else { return Err(SegmentError::Index) };
        let (frames, items) = (frames as usize, items as usize);
        if bytes.len() != 16 + frames * 8 + items * ENTRY_BYTES {
            return Err(SegmentError::Index);
        }
        let (offsets, table) = bytes.get(16..).unwrap_or_default().split_at(frames * 8);
        let long = |bytes: &[u8]| bytes.try_into().map(u64::from_be_bytes).unwrap_or_default();
        let entries = table.chunks_exact(ENTRY_BYTES);
        let at = |index: usize| long(table.get(index * ENTRY_BYTES..index * ENTRY_BYTES + 8).unwrap_or_default());
        let (mut low, mut high) = (0, items);
        while low < high {
            let middle = low + (high - low) / 2;
            if at(middle) < item { low = middle + 1 } else { high = middle }
        }
        let found = entries
            .skip(low)
            .take_while(|entry| long(entry.get(..8).unwrap_or_default()) == item)
            .filter_map(|entry| entry.get(8..).and_then(|frame| frame.try_into().ok()).map(u32::from_be_bytes))
            .collect();
        Ok((Self { frames: offsets.chunks_exact(8).map(long).collect() }, found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::entry::record_line;

    fn lines(count: u64) -> Vec<String> {
        let record = |seq: u64| {
            format!(r#"{{"at":1,"id":"item-{seq}","incarnation":"i","kind":"ended","pod":"p","seq":{seq}}}"#)
        };
        (0..count).map(|index| record_line(100 + i64::try_from(index).unwrap(), index, &record(index))).collect()
    }

    #[test]
    fn packs_unpacks_and_finds_an_item() {
        let lines = lines(5000);
        let segment = Segment::pack("log", &Frontier::default(), &lines).unwrap();
        assert_eq!(unpack(&segment.data, MAX_SEGMENT_BYTES).unwrap(), lines.join("\n") + "\n");
        assert_eq!((segment.seal.count, segment.seal.from, segment.seal.to), (5000, 100, 5099));
        let (index, frames) = Index::find(&segment.index, item_hash("item-4100")).unwrap();
        assert_eq!((index.frames.len(), frames.as_slice()), (3, &[2][..]));
        let start = usize::try_from(index.frames[2]).unwrap();
        assert!(unpack(&segment.data[start..], MAX_SEGMENT_BYTES).unwrap().contains("\"item-4100\""));
        assert_eq!(Index::find(&segment.index, item_hash("nothing")).unwrap().1, [0u32; 0]);
    }

    #[test]
    fn nothing_torn_or_large_gets_through() {
        let segment = Segment::pack("log", &Frontier::default(), &lines(3)).unwrap();
        for end in 1..segment.data.len() {
            assert!(unpack(&segment.data[..end], MAX_SEGMENT_BYTES).is_err(), "{end}");
        }
        let bomb = frame(&vec![b' '; 1 << 20]).unwrap();
        assert_eq!(unpack(&bomb, 1000), Err(SegmentError::TooLarge));
        for end in 0..segment.index.len() {
            assert_eq!(Index::find(&segment.index[..end], 1).err(), Some(SegmentError::Index));
        }
        assert_eq!(Segment::pack("log", &Frontier::default(), &[]).err(), Some(SegmentError::Empty));
    }
}
