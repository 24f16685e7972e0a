//! The label in MP4, MOV and M4A (TC260 guide for video and audio): key `AIGC` in the metadata of `moov`.
//!
//! In: the head of the file, with all of `moov`. Out: a plan that writes `moov` anew: the label in its metadata, and every chunk
//! offset behind it moved by what it grew. Samples and all other boxes stay. Where `moov` comes behind the samples, is larger than
//! what may be looked at, or somebody else points into the file (fragments, items, encryption), the file is left and the reason said.

use super::bmff::{Place, children, place};
use super::missing;
use super::mp4_metadata::{self as metadata, Existing};
use super::xmp;
use crate::label::AigcLabel;
use crate::label::plan::{HEAD_LIMIT, Outcome, Plan};

/// Content credentials in a `uuid` box (C2PA 2.1, A.5).
const C2PA: [u8; 16] = *b"\xD8\xFE\xC3\xD6\x1B\x0E\x48\x3C\x92\x97\x58\x28\x87\x7E\xC4\x81";
/// XMP in a `uuid` box (XMP specification part 3, 1.1.9).
const XMP: [u8; 16] = *b"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC";
/// Brands of still pictures, which have no `moov`.
const PICTURES: [&[u8; 4]; 6] = [b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"];
/// What holds the tables of chunk offsets.
const HOLDERS: [&[u8; 4]; 4] = [b"trak", b"mdia", b"minf", b"stbl"];

/// Whether a file begins as one of these.
#[must_use]
pub fn is_mp4(head: &[u8]) -> bool {
    head.get(4..8) == Some(b"ftyp") && head.get(8..12).is_some_and(|brand| !PICTURES.iter().any(|one| brand == *one))
}

/// The plan for a head; `None` asks for more.
pub(super) fn inspect(label: &AigcLabel, head: &[u8], complete: bool) -> Option<Plan> {
    let view = head.get(..HEAD_LIMIT).unwrap_or(head);
    if !is_mp4(view) {
        return Some(Plan::unlabelable("mp4_signature"));
    }
    let missing = || missing(head, complete, "mp4_truncated", "mp4_moov_large");
    let mut at = 0;
    loop {
        // 16 bytes hold any header, so that a length is never judged by half of it.
        let found = view.get(at..).filter(|rest| rest.len() >= 16).and_then(|_| place(view, at));
        let Some(found) = found else {
            return match view.get(at..) {
                Some(rest) if rest.len() >= 16 => Some(Plan::unlabelable("mp4_box")),
                _ => missing(),
            };
        };
        match &found.kind {
            b"mdat" | b"moof" | b"styp" | b"sidx" => return Some(Plan::header_only("mp4_moov_last")),
            b"meta" => return Some(Plan::header_only("mp4_items")),
            b"moov" if found.end > view.len() => return missing(),
            b"moov" => return Some(movie(label, view, &found)),
            b"uuid" => match user(view, &found) {
                Some(Some(plan)) => return Some(plan),
                Some(None) => {}
                None => return missing(),
            },
            _ => {}
        }
        if found.end > view.len() {
            return missing();
        }
        at = found.end;
    }
}

/// A box of somebody's own: `None` when it is not there whole, a plan when it decides.
fn user(view: &[u8], found: &Place) -> Option<Option<Plan>> {
    let content = view.get(found.start..found.end)?;
    if content.starts_with(&C2PA) {
        return Some(Some(Plan::header_only("c2pa_conflict")));
    }
    let packet = content.strip_prefix(&XMP).map(String::from_utf8_lossy);
    Some(packet.and_then(|packet| match xmp::find(&packet) {
        xmp::Existing::None => None,
        xmp::Existing::Label(label) => Some(Plan::unchanged(Outcome::Kept(label))),
        xmp::Existing::Malformed => Some(Plan::unlabelable("mp4_label_malformed")),
    }))
}

fn movie(label: &AigcLabel, view: &[u8], moov: &Place) -> Plan {
    let Some(boxes) = children(view, moov.start, moov.end) else { return Plan::unlabelable("mp4_moov") };
    for child in &boxes {
        match &child.kind {
            b"mvex" => return Plan::header_only("mp4_fragmented"),
            b"cmov" => return Plan::header_only("mp4_compressed"),
            _ => {}
        }
    }
    let content = match metadata::find(view, &boxes) {
        Some(Existing::Label(label)) => return Plan::unchanged(Outcome::Kept(label)),
        Some(Existing::Malformed) => return Plan::unlabelable("mp4_label_malformed"),
        Some(Existing::None) => metadata::with_label(view, moov, &boxes, label),
        None => None,
    };
    let Some(mut content) = content else { return Plan::unlabelable("mp4_metadata") };
    // The header may become shorter: a `moov` that fits in here needs no 64 bits.
    let delta = content.len() as i64 + 8 - (moov.end - moov.at) as i64;
    if let Err(reason) = moved(&mut content, 0, u64::try_from(moov.end).unwrap_or(u64::MAX), delta) {
        return Plan::header_only(reason);
    }
    Plan::splice(moov.at, moov.end - moov.at, super::bmff::boxed(b"moov", &content))
}

/// Moves the chunk offsets of all tracks that lie behind `from`; `content` is that of `moov` or of a box of [`HOLDERS`].
fn moved(content: &mut [u8], depth: usize, from: u64, delta: i64) -> Result<(), &'static str> {
    for child in children(content, 0, content.len()).ok_or("mp4_offsets")? {
        let inside = content.get_mut(child.start..child.end).ok_or("mp4_offsets")?;
        match &child.kind {
            kind if depth < HOLDERS.len() && *kind == *HOLDERS[depth] => moved(inside, depth + 1, from, delta)?,
            b"stco" if depth == HOLDERS.len() => offsets::<4>(inside, from, delta)?,
            b"co64" if depth == HOLDERS.len() => offsets::<8>(inside, from, delta)?,
            // Where the keys of encrypted samples stand.
            b"saio" => return Err("mp4_offsets"),
            _ => {}
        }
    }
    Ok(())
}

/// A table: version and flags, how many, offsets of `N` bytes each.
fn offsets<const N: usize>(table: &mut [u8], from: u64, delta: i64) -> Result<(), &'static str> {
    let count = table.get(4..8).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes).ok_or("mp4_offsets")?;
    let length =
        usize::try_from(count).ok().and_then(|count| count.checked_mul(N)).and_then(|length| length.checked_add(8));
    let entries = length.and_then(|length| table.get_mut(8..length)).ok_or("mp4_offsets")?;
    for entry in entries.chunks_exact_mut(N) {
        let old = entry.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        if old < from {
            continue;
        }
        let new = old.checked_add_signed(delta).filter(|new| N == 8 || *new <= u64::from(u32::MAX));
        let bytes = new.ok_or("mp4_offsets")?.to_be_bytes();
        entry.copy_from_slice(bytes.get(8 - N..).ok_or("mp4_offsets")?);
    }
    Ok(())
}

#[cfg(test)]
#[path = "mp4_tests.rs"]
mod tests;
