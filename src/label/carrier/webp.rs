//! The label in a WebP (TC260-PG-20259A): an XMP packet in the chunk `XMP ` (RFC 9649, 2.7.1.5).
//!
//! In: the head of the file. Out: a plan that makes a simple file an extended one, sets its XMP flag and inserts the packet before
//! the picture (metadata may stand anywhere), or rewrites the one that is there; the size of the whole follows. Pictures and all
//! other chunks stay as they are.

use super::riff::{HEADER as CHUNK, chunk, part};
use super::xmp;
use crate::label::AigcLabel;
use crate::label::plan::{HEAD_LIMIT, Outcome, Plan, Splice};

/// Length of `RIFF`, size, `WEBP`.
const START: usize = 12;
/// Length of the data of `VP8X`.
const EXTENDED: usize = 10;
/// Flags in `VP8X` (RFC 9649, 2.7.1).
const HAS_XMP: u8 = 0x04;
const HAS_ALPHA: u8 = 0x10;

/// Whether a file begins as a WebP.
#[must_use]
pub fn is_webp(head: &[u8]) -> bool {
    head.starts_with(b"RIFF") && head.get(8..START) == Some(b"WEBP")
}

/// The plan for a head; `None` asks for more.
pub(super) fn inspect(label: &AigcLabel, head: &[u8], complete: bool) -> Option<Plan> {
    let view = head.get(..HEAD_LIMIT).unwrap_or(head);
    if !is_webp(view) {
        return Some(Plan::unlabelable("webp_signature"));
    }
    let is_all = complete || view.len() >= HEAD_LIMIT;
    // The picture's first bytes say how large it is.
    let Some((kind, length)) = chunk(view, START).filter(|_| view.len() >= START + CHUNK + EXTENDED) else {
        return is_all.then(|| Plan::unlabelable("webp_truncated"));
    };
    let data = view.get(START + CHUNK..).unwrap_or_default();
    let size = view.get(4..8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
    match &kind {
        b"VP8 " | b"VP8L" => Some(match canvas(&kind, data) {
            Some(canvas) => simple(label, &canvas, size),
            None => Plan::unlabelable("webp_picture"),
        }),
        b"VP8X" if length >= EXTENDED => {
            extended(label, view, (length, size), is_all, complete && head.len() <= HEAD_LIMIT)
        }
        _ => Some(Plan::unlabelable("webp_chunk")),
    }
}

/// A file with nothing but a picture becomes one that can carry more.
fn simple(label: &AigcLabel, canvas: &[u8; EXTENDED], size: u32) -> Plan {
    let insert = [part(b"VP8X", canvas), part(b"XMP ", xmp::packet(label).as_bytes())].concat();
    grown(vec![Splice { at: START, remove: 0, insert }], size)
}

/// A file that says what it carries.
fn extended(label: &AigcLabel, view: &[u8], (length, size): (usize, u32), is_all: bool, is_end: bool) -> Option<Plan> {
    let flags_at = START + CHUNK;
    let flags = *view.get(flags_at)?;
    let behind = START + CHUNK + length + length % 2;
    if behind > view.len() {
        return is_all.then(|| Plan::unlabelable("webp_truncated"));
    }
    let flag = Splice { at: flags_at, remove: 1, insert: vec![flags | HAS_XMP] };
    let splices = match walk(view, behind, is_end) {
        Walk::Short if !is_all => return None,
        // What lies beyond what may be looked at: the flag says whether a packet is there, and there may be one only.
        Walk::Short if flags & HAS_XMP != 0 => return Some(Plan::header_only("webp_xmp")),
        Walk::Manifest => return Some(Plan::header_only("c2pa_conflict")),
        Walk::Short | Walk::Done(None) => {
            let insert = part(b"XMP ", xmp::packet(label).as_bytes());
            vec![flag, Splice { at: behind, remove: 0, insert }]
        }
        Walk::Done(Some((at, remove, packet))) => match xmp::find(&String::from_utf8_lossy(packet)) {
            xmp::Existing::Label(label) => return Some(Plan::unchanged(Outcome::Kept(label))),
            xmp::Existing::Malformed => return Some(Plan::unlabelable("webp_label_malformed")),
            xmp::Existing::None => {
                match std::str::from_utf8(packet).ok().and_then(|packet| xmp::merge(packet, label)) {
                    Some(packet) => vec![flag, Splice { at, remove, insert: part(b"XMP ", packet.as_bytes()) }],
                    None => return Some(Plan::header_only("webp_xmp")),
                }
            }
        },
    };
    Some(grown(splices, size))
}

enum Walk<'a> {
    /// Not all of it has been seen.
    Short,
    /// A C2PA manifest: its hash is over all bytes, and inserting would break it.
    Manifest,
    /// Place, length and text of the packet, if there is one.
    Done(Option<(usize, usize, &'a [u8])>),
}

fn walk(view: &[u8], mut at: usize, is_end: bool) -> Walk<'_> {
    let size = view.get(4..8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
    let end = usize::try_from(size).unwrap_or(usize::MAX).saturating_add(8);
    let mut found = None;
    while at < end {
        let Some((kind, length)) = chunk(view, at) else { return Walk::Short };
        let start = at + CHUNK;
        let Some(next) = start.checked_add(length).and_then(|end| end.checked_add(length % 2)) else {
            return Walk::Short;
        };
        if &kind == b"C2PA" {
            return Walk::Manifest;
        }
        let data = view.get(start..start + length);
        // Some writers leave out the padding at the very end.
        let is_whole = next <= view.len() || (is_end && next == view.len() + 1);
        let Some(data) = data.filter(|_| is_whole) else { return Walk::Short };
        // Of several packets the one that speaks of generated content.
        let is_ours = || memchr::memmem::find(data, b"AIGC").is_some();
        if &kind == b"XMP " && (found.is_none() || is_ours()) {
            found = Some((at, next.min(view.len()) - at, data));
        }
        at = next;
    }
    Walk::Done(found)
}

/// The edits, and the size of the whole after them.
fn grown(splices: Vec<Splice>, size: u32) -> Plan {
    let mut plan = Plan { splices, ..Plan::unchanged(Outcome::Labelled) };
    let size = u32::try_from(i64::from(size) + plan.delta()).ok();
    // The size is even, and a reader adds 8 to it.
    let Some(size) = size.filter(|size| *size <= u32::MAX - 9) else { return Plan::unlabelable("webp_size") };
    plan.splices.insert(0, Splice { at: 4, remove: 4, insert: size.to_le_bytes().to_vec() });
    plan
}

/// Flags, and width and height less one, of a picture (RFC 9649, 2.7.1; RFC 6386, 9.1; RFC 9649, 3.4).
fn canvas(kind: &[u8; 4], data: &[u8]) -> Option<[u8; EXTENDED]> {
    let (flags, width, height) = if kind == b"VP8L" {
        let bits = u32::from_le_bytes(data.get(1..5)?.try_into().ok()?);
        let flags = if bits >> 28 & 1 == 1 { HAS_ALPHA } else { 0 };
        (data.first() == Some(&0x2F)).then_some((flags, bits & 0x3FFF, bits >> 14 & 0x3FFF))?
    } else {
        let side = |at: usize| Some(u32::from(u16::from_le_bytes(data.get(at..at + 2)?.try_into().ok()?) & 0x3FFF));
        let (width, height) = (side(6)?, side(8)?);
        (data.get(3..6) == Some(&[0x9D, 0x01, 0x2A])).then_some(())?;
        (0, width.checked_sub(1)?, height.checked_sub(1)?)
    };
    let mut canvas = [0; EXTENDED];
    canvas[0] = flags | HAS_XMP;
    canvas[4..7].copy_from_slice(&width.to_le_bytes()[..3]);
    canvas[7..].copy_from_slice(&height.to_le_bytes()[..3]);
    Some(canvas)
}

#[cfg(test)]
#[path = "webp_tests.rs"]
mod tests;
