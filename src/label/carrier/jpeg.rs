//! The label in a JPEG (TC260-PG-20259A): one `APP1` segment with an XMP packet, behind JFIF and EXIF.
//!
//! In: the head of the file up to the first scan. Out: a plan that inserts one segment, or rewrites the one XMP segment that is
//! there. Scans, order and all other segments stay as they are; where several pictures share the file (CIPA DC-007), the size of
//! the first one follows.

use super::{exif, xmp};
use crate::label::AigcLabel;
use crate::label::plan::{HEAD_LIMIT, Outcome, Plan, Splice};

/// Start of image, and the byte that begins the next marker.
pub const SIGNATURE: [u8; 3] = [0xFF, 0xD8, 0xFF];

const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const EXIF: &[u8] = b"Exif\0\0";
const MULTIPLE: &[u8] = b"MPF\0";

/// What the segments before the first scan hold.
#[derive(Default)]
struct Seen<'a> {
    /// Behind JFIF and EXIF, which must stay first.
    place: usize,
    xmp: Option<(usize, usize, &'a [u8])>,
    label: Option<Box<AigcLabel>>,
    /// Something in a label's place that is none.
    malformed: bool,
    /// A C2PA manifest: it covers these bytes by a hash.
    signed: bool,
    /// Where the size of the first of several pictures stands, whether it is little endian, and the size.
    first_size: Option<(usize, bool, u32)>,
}

enum Walk<'a> {
    Short(Seen<'a>),
    Scan(Seen<'a>),
    Broken(&'static str),
}

/// The plan for a head; `None` asks for more.
pub(super) fn inspect(label: &AigcLabel, head: &[u8], complete: bool) -> Option<Plan> {
    let view = head.get(..HEAD_LIMIT).unwrap_or(head);
    let seen = match walk(view) {
        Walk::Broken(reason) => return Some(Plan::unchanged(Outcome::Unlabelable(reason))),
        Walk::Scan(seen) => seen,
        // Profiles and thumbnails of hundreds of KiB stand before the scan; XMP would have come before them.
        Walk::Short(seen) if view.len() >= HEAD_LIMIT => seen,
        Walk::Short(_) if complete => return Some(Plan::unchanged(Outcome::Unlabelable("jpeg_truncated"))),
        Walk::Short(_) => return None,
    };
    Some(plan(label, seen))
}

fn plan(label: &AigcLabel, seen: Seen<'_>) -> Plan {
    if let Some(label) = seen.label {
        return Plan::unchanged(Outcome::Kept(label));
    }
    if seen.malformed {
        return Plan::unchanged(Outcome::Unlabelable("jpeg_label_malformed"));
    }
    if seen.signed {
        return Plan::unchanged(Outcome::HeaderOnly("c2pa_conflict"));
    }
    let (at, remove, packet) = match seen.xmp {
        None => (seen.place, 0, Some(xmp::packet(label))),
        Some((at, length, text)) => {
            let merged = std::str::from_utf8(text).ok().and_then(|text| xmp::merge(text, label));
            (at, length, merged)
        }
    };
    let Some(segment) = packet.and_then(|packet| segment(&packet)) else {
        return Plan::unchanged(Outcome::HeaderOnly("jpeg_xmp_full"));
    };
    let grown = segment.len().saturating_sub(remove);
    let mut plan = Plan::splice(at, remove, segment);
    if let Some((place, is_little, size)) = seen.first_size {
        // Places of the others count from the segment that lists them, so what is put before it moves all alike.
        if place < at {
            return Plan::unchanged(Outcome::HeaderOnly("jpeg_several_pictures"));
        }
        let size = size.saturating_add(u32::try_from(grown).unwrap_or(u32::MAX));
        let bytes = if is_little { size.to_le_bytes() } else { size.to_be_bytes() };
        plan.splices.push(Splice { at: place, remove: 4, insert: bytes.to_vec() });
    }
    plan
}

fn segment(packet: &str) -> Option<Vec<u8>> {
    let length = u16::try_from(2 + XMP.len() + packet.len()).ok()?;
    Some([&[0xFF, 0xE1][..], &length.to_be_bytes(), XMP, packet.as_bytes()].concat())
}

/// Walks the segments up to the first scan.
fn walk(view: &[u8]) -> Walk<'_> {
    if !SIGNATURE.starts_with(view.get(..3).unwrap_or(view)) {
        return Walk::Broken("jpeg_signature");
    }
    let (mut at, mut seen, mut is_leading) = (2, Seen { place: 2, ..Seen::default() }, true);
    loop {
        // Any number of fill bytes may stand before a marker (ITU-T T.81 B.1.1.2).
        let Some(&[0xFF, marker]) = view.get(at..at + 2) else {
            return if view.len() < at + 2 { Walk::Short(seen) } else { Walk::Broken("jpeg_marker") };
        };
        if marker == 0xFF {
            at += 1;
            continue;
        }
        match marker {
            0xDA => return Walk::Scan(seen),
            0x00 | 0x01 | 0xD0..=0xD9 => return Walk::Broken("jpeg_marker"),
            _ => {}
        }
        let Some(length) = view.get(at + 2..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u16::from_be_bytes)
        else {
            return Walk::Short(seen);
        };
        let length = usize::from(length);
        if length < 2 {
            return Walk::Broken("jpeg_segment_length");
        }
        let end = at + 2 + length;
        let Some(data) = view.get(at + 4..end) else { return Walk::Short(seen) };
        look_at(marker, data, at, &mut seen);
        is_leading &= matches!(marker, 0xE0) || (marker == 0xE1 && data.starts_with(EXIF));
        if is_leading {
            seen.place = end;
        }
        at = end;
    }
}

fn look_at<'a>(marker: u8, data: &'a [u8], at: usize, seen: &mut Seen<'a>) {
    let mut found = |text: &[u8]| match AigcLabel::read(text) {
        Some(label) => seen.label = seen.label.take().or(Some(Box::new(label))),
        None => seen.malformed = true,
    };
    match marker {
        0xE1 if data.starts_with(EXIF) => {
            if let Some(text) = exif::label_text(data) {
                found(text);
            }
        }
        0xE1 => {
            let Some(packet) = data.strip_prefix(XMP) else { return };
            match xmp::find(&String::from_utf8_lossy(packet)) {
                xmp::Existing::Label(label) => seen.label = seen.label.take().or(Some(label)),
                xmp::Existing::Malformed => seen.malformed = true,
                // A second packet is an error of the writer; the first is the one that is read.
                xmp::Existing::None => seen.xmp = seen.xmp.or(Some((at, data.len() + 4, packet))),
            }
        }
        0xE2 => {
            if let Some(table) = data.strip_prefix(MULTIPLE) {
                seen.first_size = first_size(table).map(|(place, little, size)| (at + 8 + place, little, size));
            }
        }
        // A common library writes the bare label where C2PA keeps its boxes.
        0xEB => match data.strip_prefix(b"AIGC") {
            Some(text) => found(text),
            None => seen.signed |= data.starts_with(b"JP") && memchr::memmem::find(data, b"c2pa").is_some(),
        },
        _ => {}
    }
}

/// Place and value of the first picture's size in an MP index (CIPA DC-007 5.2.3).
fn first_size(table: &[u8]) -> Option<(usize, bool, u32)> {
    let is_little = match table.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let number = |at: usize, length: usize| -> Option<u32> {
        let bytes = table.get(at..at.checked_add(length)?)?;
        let add = |sum: u32, byte: &u8| sum << 8 | u32::from(*byte);
        Some(if is_little { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) })
    };
    let directory = usize::try_from(number(4, 4)?).ok()?;
    let count = usize::try_from(number(directory, 2)?).ok()?;
    let entry = (0..count.min(64)).map(|index| directory + 2 + index * 12).find(|at| number(*at, 2) == Some(0xB002))?;
    let place = usize::try_from(number(entry + 8, 4)?).ok()?.checked_add(4)?;
    Some((place, is_little, number(place, 4)?))
}

#[cfg(test)]
mod tests {
    use super::super::Carrier;
    use super::super::fixture::{self, label, noise};
    use super::*;
    use crate::label::plan::{Job, label_all};
    use proptest::prelude::*;

    fn job() -> Job {
        fixture::job(Carrier::Jpeg)
    }

    fn part(marker: u8, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len() + 2).unwrap();
        [&[0xFF, marker][..], &length.to_be_bytes(), data].concat()
    }

    const JFIF: &[u8] = b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0";

    fn jpeg(between: &[Vec<u8>]) -> Vec<u8> {
        let mut out = vec![0xFF, 0xD8];
        out.extend(between.concat());
        out.extend(part(0xDB, &[0; 65]));
        out.extend(part(0xDA, &[1, 1, 0, 0, 63, 0]));
        out.extend(b"entropy coded \xFF\0 data\xFF\xD9");
        out
    }

    fn xmp_part(text: &str) -> Vec<u8> {
        part(0xE1, &[XMP, text.as_bytes()].concat())
    }

    fn read_back(jpeg: &[u8]) -> AigcLabel {
        match walk(jpeg) {
            Walk::Scan(seen) => *seen.label.unwrap(),
            _ => panic!("no scan"),
        }
    }

    #[test]
    fn a_jpeg_bears_the_label_behind_jfif_and_exif_and_keeps_every_other_byte_tc260_pg_20259a() {
        let exif = [EXIF, b"MM\0*\0\0\0\x08\0\0"].concat();
        let before = [part(0xE0, JFIF), part(0xE1, &exif)];
        let original = jpeg(&[before.concat(), part(0xE2, b"ICC_PROFILE\0x")]);
        let (out, outcome) = label_all(job(), &original);
        assert_eq!(outcome, Outcome::Labelled);
        let (place, added) = (2 + before.concat().len(), out.len() - original.len());
        assert_eq!(&out[place..place + 2], [0xFF, 0xE1]);
        assert_eq!([&out[..place], &out[place + added..]].concat(), original);
        assert_eq!(read_back(&out), label());
        assert_eq!(label_all(job(), &out), (out.clone(), Outcome::Kept(Box::new(label()))));
        let bare = jpeg(&[]);
        let (out, _) = label_all(job(), &bare);
        assert_eq!(&out[2..4], [0xFF, 0xE1]);
    }

    #[test]
    fn the_xmp_that_is_there_is_extended_and_stays_the_only_one() {
        let theirs = "<x:xmpmeta><rdf:RDF><rdf:Description rdf:about=\"\" dc:creator=\"me\"/></rdf:RDF></x:xmpmeta>";
        let (out, _) = label_all(job(), &jpeg(&[part(0xE0, JFIF), part(0xFE, b"comment"), xmp_part(theirs)]));
        assert_eq!(memchr::memmem::find_iter(&out, XMP).count(), 1);
        assert!(String::from_utf8_lossy(&out).contains("dc:creator=\"me\""));
        assert_eq!(read_back(&out), label());
        let full = theirs.replace("\"me\"", &format!("\"{}\"", "x".repeat(65_300)));
        let full = jpeg(&[xmp_part(&full)]);
        assert_eq!(label_all(job(), &full), (full.clone(), Outcome::HeaderOnly("jpeg_xmp_full")));
    }

    #[test]
    fn labels_of_others_in_every_place_that_was_seen_are_kept_order_12_article_18() {
        let exif = [EXIF, b"MM\0*....ASCII\0\0\0", label().wrapped().as_bytes(), b"\0\0"].concat();
        let library = [b"AIGC", label().bare().as_bytes()].concat();
        for there in [part(0xE1, &exif), part(0xEB, &library), xmp_part(&xmp::packet(&label()))] {
            let original = jpeg(&[there]);
            assert_eq!(label_all(job(), &original), (original.clone(), Outcome::Kept(Box::new(label()))));
        }
        let broken = jpeg(&[part(0xEB, b"AIGC{\"no\":1}")]);
        assert_eq!(label_all(job(), &broken).1, Outcome::Unlabelable("jpeg_label_malformed"));
    }

    #[test]
    fn a_c2pa_manifest_is_left_whole_and_said() {
        let signed = jpeg(&[part(0xEB, b"JP\0\x01\0\0\0\x01\0\0\0\x20jumb....c2pa")]);
        assert_eq!(label_all(job(), &signed), (signed.clone(), Outcome::HeaderOnly("c2pa_conflict")));
    }

    /// An MP index with one entry of this size behind its own fields.
    fn index(size: u32) -> Vec<u8> {
        let mut table = b"MPF\0MM\0*\0\0\0\x08\0\x01\xB0\x02\0\x07\0\0\0\x10\0\0\0\x1A\0\0\0\0".to_vec();
        table.extend([0, 3, 0, 0]);
        table.extend(size.to_be_bytes());
        table.extend([0; 8]);
        part(0xE2, &table)
    }

    #[test]
    fn where_several_pictures_share_the_file_the_first_ones_size_follows() {
        let original = jpeg(&[part(0xE0, JFIF), index(4711)]);
        let (out, outcome) = label_all(job(), &original);
        assert_eq!(outcome, Outcome::Labelled);
        let added = u32::try_from(out.len() - original.len()).unwrap();
        let Walk::Scan(seen) = walk(&out) else { panic!() };
        assert_eq!(seen.first_size.unwrap().2, 4711 + added);
        let theirs = "<x:xmpmeta><rdf:RDF></rdf:RDF></x:xmpmeta>";
        let behind = jpeg(&[index(4711), xmp_part(theirs)]);
        assert_eq!(label_all(job(), &behind).1, Outcome::HeaderOnly("jpeg_several_pictures"));
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic_and_any_chunks_give_the_same(noise in noise(200, 160)) {
            fixture::holds(Carrier::Jpeg, jpeg(&[part(0xE0, JFIF), index(7), xmp_part("<rdf:RDF></rdf:RDF>")]), noise)?;
        }
    }
}
