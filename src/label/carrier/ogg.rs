//! The label in Ogg: the comment `AIGC` in the headers of Opus and Vorbis (TC260 guide for audio; RFC 3533; RFC 7845, 5.2).
//!
//! In: the first two pages. Out: a plan that writes the second page anew, with its checksum. All other pages stay, and keep their
//! numbers; where the comments take more than one page, the file is left and the reason said.

use super::comments::{self, Existing};
use crate::label::AigcLabel;
use crate::label::plan::{Outcome, Plan};

/// How every page begins.
pub const SIGNATURE: [u8; 4] = *b"OggS";
/// Length of a page's header without its table.
const HEADER: usize = 27;
const CHECKSUM: usize = 22;
/// Segments of a page.
const MAX_SEGMENTS: usize = 255;
/// In a page's flags: its first packet began on an earlier page; it is the first of its stream.
const CONTINUED: u8 = 1;
const FIRST: u8 = 2;
/// How the first packet of a stream begins, and then the one with comments.
const CODECS: [(&[u8], &[u8]); 2] = [(b"OpusHead", b"OpusTags"), (b"\x01vorbis", b"\x03vorbis")];

/// A page that is there whole.
struct Page<'a> {
    at: usize,
    header: &'a [u8],
    table: &'a [u8],
    body: &'a [u8],
}

/// The plan for a head; `None` asks for more.
pub(super) fn inspect(label: &AigcLabel, head: &[u8], complete: bool) -> Option<Plan> {
    if !head.starts_with(&SIGNATURE) {
        return Some(Plan::unlabelable("ogg_signature"));
    }
    // Two pages are never more than may be looked at.
    let truncated = || complete.then(|| Plan::unlabelable("ogg_truncated"));
    let Some(first) = page(head, 0) else { return truncated() };
    let codec = CODECS.iter().find(|(begins, _)| first.body.starts_with(begins));
    let Some((_, begins)) = codec else { return Some(Plan::header_only("ogg_codec")) };
    let Some(second) = page(head, first.end()) else {
        let rest = head.get(first.end()..).unwrap_or_default();
        let is_page = rest.len() < SIGNATURE.len() || rest.starts_with(&SIGNATURE);
        return if is_page { truncated() } else { Some(Plan::unlabelable("ogg_page")) };
    };
    // Another stream beside this one, such as pictures.
    if second.flags() & FIRST != 0 || second.header.get(14..18) != first.header.get(14..18) {
        return Some(Plan::header_only("ogg_codec"));
    }
    Some(match second.first_packet() {
        Some((packet, segments)) if second.flags() & CONTINUED == 0 && packet.starts_with(begins) => {
            commented(label, &second, (packet, segments), begins.len())
        }
        Some(_) => Plan::unlabelable("ogg_page"),
        None => Plan::header_only("ogg_comments_large"),
    })
}

fn commented(label: &AigcLabel, page: &Page<'_>, (packet, segments): (&[u8], usize), begins: usize) -> Plan {
    let header = packet.get(begins..).unwrap_or_default();
    let new = match comments::find(header) {
        None => return Plan::unlabelable("ogg_comments"),
        Some(Existing::Malformed) => return Plan::unlabelable("ogg_label_malformed"),
        Some(Existing::Label(label)) => return Plan::unchanged(Outcome::Kept(label)),
        Some(Existing::None { count_at, count, end }) => comments::with_label(header, (count_at, count, end), label),
    };
    let written = new.and_then(|new| {
        let packet_before = packet.len();
        let packet = [packet.get(..begins)?, &new].concat();
        let table = [&lacing(packet.len()), page.table.get(segments..)?].concat();
        let body = [&packet, page.body.get(packet_before..)?].concat();
        (table.len() <= MAX_SEGMENTS).then(|| written(page, &table, &body))
    });
    match written {
        Some(written) => Plan::splice(page.at, page.end() - page.at, written),
        None => Plan::header_only("ogg_comments_large"),
    }
}

impl<'a> Page<'a> {
    fn flags(&self) -> u8 {
        self.header.get(5).copied().unwrap_or_default()
    }

    fn end(&self) -> usize {
        self.at + HEADER + self.table.len() + self.body.len()
    }

    /// The packet that begins on this page and how many segments it has; `None` when it goes on behind it.
    fn first_packet(&self) -> Option<(&'a [u8], usize)> {
        let last = self.table.iter().position(|length| *length < 255)?;
        let length = self.table.get(..=last)?.iter().map(|length| usize::from(*length)).sum();
        Some((self.body.get(..length)?, last + 1))
    }
}

fn page(head: &[u8], at: usize) -> Option<Page<'_>> {
    let header = head.get(at..at.checked_add(HEADER)?)?;
    if !header.starts_with(&SIGNATURE) {
        return None;
    }
    let start = at + HEADER + usize::from(*header.last()?);
    let table = head.get(at + HEADER..start)?;
    let length: usize = table.iter().map(|length| usize::from(*length)).sum();
    Some(Page { at, header, table, body: head.get(start..start + length)? })
}

fn lacing(length: usize) -> Vec<u8> {
    let mut table = vec![255; length / 255];
    table.push(u8::try_from(length % 255).unwrap_or_default());
    table
}

fn written(page: &Page<'_>, table: &[u8], body: &[u8]) -> Vec<u8> {
    let mut out = [page.header, table, body].concat();
    if let Some(count) = out.get_mut(HEADER - 1) {
        *count = u8::try_from(table.len()).unwrap_or(u8::MAX);
    }
    if let Some(field) = out.get_mut(CHECKSUM..CHECKSUM + 4) {
        field.fill(0);
    }
    let checksum = checksum(&out).to_le_bytes();
    if let Some(field) = out.get_mut(CHECKSUM..CHECKSUM + 4) {
        field.copy_from_slice(&checksum);
    }
    out
}

/// Of a page whose checksum is zero (RFC 3533, 6): polynomial 0x04C11DB7, from the highest bit, starting with zero.
fn checksum(page: &[u8]) -> u32 {
    page.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| sum << 1 ^ if sum >> 31 == 1 { 0x04C1_1DB7 } else { 0 })
    })
}

#[cfg(test)]
mod tests {
    use super::super::Carrier;
    use super::super::fixture::{self, label, noise};
    use super::*;
    use crate::label::plan::{Job, label_all};
    use proptest::prelude::*;

    fn job() -> Job {
        fixture::job(Carrier::Ogg)
    }

    /// A page with these packets, each of which ends on it.
    fn page_of(flags: u8, serial: u8, packets: &[&[u8]]) -> Vec<u8> {
        let header = [&SIGNATURE[..], &[0, flags], &[0; 8], &[serial, 0, 0, 0], &[0; 9]].concat();
        let table: Vec<u8> = packets.iter().flat_map(|packet| lacing(packet.len())).collect();
        written(&Page { at: 0, header: &header, table: &[], body: &[] }, &table, &packets.concat())
    }

    const TAGS: &[u8] = b"OpusTags\x04\0\0\0tool\x01\0\0\0\x07\0\0\0TITLE=x\0\0padding";

    fn opus(tags: &[u8]) -> Vec<u8> {
        [page_of(FIRST, 7, &[b"OpusHead..."]), page_of(0, 7, &[tags]), page_of(4, 7, &[b"sound"])].concat()
    }

    #[test]
    fn opus_and_vorbis_bear_one_comment_more_labelling_measures_article_5() {
        let vorbis = [
            page_of(FIRST, 7, &[b"\x01vorbis..."]),
            page_of(0, 7, &[b"\x03vorbis\0\0\0\0\0\0\0\0\x01", &[5; 700]]),
            page_of(4, 7, &[b"sound"]),
        ];
        for original in [opus(TAGS), vorbis.concat()] {
            let (out, outcome) = label_all(job(), &original);
            assert_eq!(outcome, Outcome::Labelled);
            assert!(out.ends_with(&page_of(4, 7, &[b"sound"])));
            let second = page(&out, page(&out, 0).unwrap().end()).unwrap();
            let mut bytes = out[second.at..second.end()].to_vec();
            let said = u32::from_le_bytes(bytes[CHECKSUM..CHECKSUM + 4].try_into().unwrap());
            bytes[CHECKSUM..CHECKSUM + 4].fill(0);
            assert_eq!(checksum(&bytes), said);
            for kept in [&b"TITLE=x"[..], b"padding", &[5; 700]] {
                let count = |bytes: &[u8]| memchr::memmem::find_iter(bytes, kept).count();
                assert_eq!(count(&out), count(&original));
            }
            assert_eq!(label_all(job(), &out), (out.clone(), Outcome::Kept(Box::new(label()))));
        }
    }

    #[test]
    fn what_is_of_another_kind_or_has_no_room_is_left_and_said() {
        let large = [b"OpusTags\0\0\0\0\x01\0\0\0\x00\xFE\0\0", &[b'x'; 0xFE00][..]].concat();
        let beside = [page_of(FIRST, 7, &[b"OpusHead"]), page_of(FIRST, 8, &[b"\x80theora"])].concat();
        for (file, outcome) in [
            (opus(&large), Outcome::HeaderOnly("ogg_comments_large")),
            (beside, Outcome::HeaderOnly("ogg_codec")),
            (page_of(FIRST, 7, &[b"\x7FFLAC"]), Outcome::HeaderOnly("ogg_codec")),
            (opus(b"OpusTags broken"), Outcome::Unlabelable("ogg_comments")),
            (opus(b"OpusTags\0\0\0\0\x01\0\0\0\x05\0\0\0AIGC="), Outcome::Unlabelable("ogg_label_malformed")),
            (opus(b"sound"), Outcome::Unlabelable("ogg_page")),
            ([page_of(FIRST, 7, &[b"OpusHead"]), b"nothing".to_vec()].concat(), Outcome::Unlabelable("ogg_page")),
            (page_of(FIRST, 7, &[b"OpusHead"]), Outcome::Unlabelable("ogg_truncated")),
        ] {
            assert_eq!(label_all(job(), &file), (file.clone(), outcome));
        }
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic_and_any_chunks_give_the_same(noise in noise(60, 120)) {
            fixture::holds(Carrier::Ogg, opus(TAGS), noise)?;
        }
    }
}
