//! The label in a PNG (TC260-PG-20259A): `iTXt` `XML:com.adobe.xmp`, uncompressed, before `IDAT`.
//!
//! In: the head of the file up to the first `IDAT`. Out: a plan that inserts one chunk behind `IHDR`,
//! or rewrites the one XMP chunk that is there. Pixels, order and all other chunks stay as they are.
//! Where the existing XMP cannot be extended, the guide's other place is used: `tEXt` `AIGC`, wrapped.

use super::exif;
use super::xmp::{self, Existing};
use crate::label::AigcLabel;
use crate::label::plan::{HEAD_LIMIT, Outcome, Plan};

/// First eight bytes of every PNG (ISO/IEC 15948 5.2).
pub const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A];

/// Length of signature and `IHDR` chunk.
const AFTER_IHDR: usize = 33;

/// Keyword of the XMP chunk.
const XMP_KEYWORD: &[u8] = b"XML:com.adobe.xmp\0";

/// What the chunks before `IDAT` hold.
enum Head<'a> {
    /// More bytes are needed.
    Short,
    /// Not a PNG, or broken.
    Broken(&'static str),
    /// No label; this is the XMP chunk (start, text) if there is one that can be read.
    Unlabelled(Option<(usize, usize, &'a str)>),
    /// No label, but an XMP chunk that cannot be extended (compressed, not UTF-8).
    Opaque,
    /// A label.
    Labelled(Box<AigcLabel>),
    /// Something in a label's place that is none.
    Malformed,
}

/// The plan for a head; `None` asks for more.
pub(super) fn inspect(label: &AigcLabel, head: &[u8], complete: bool) -> Option<Plan> {
    let view = head.get(..HEAD_LIMIT).unwrap_or(head);
    Some(match walk(view) {
        Head::Short if view.len() >= HEAD_LIMIT => {
            // Large chunks stand before IDAT and an XMP chunk may follow them: two XMP chunks are
            // never right, the other place always is.
            Plan::splice(AFTER_IHDR, 0, text_chunk(label))
        }
        Head::Short if complete => Plan::unchanged(Outcome::Unlabelable("png_truncated")),
        Head::Short => return None,
        Head::Broken(reason) => Plan::unchanged(Outcome::Unlabelable(reason)),
        Head::Labelled(label) => Plan::unchanged(Outcome::Kept(label)),
        Head::Malformed => Plan::unchanged(Outcome::Unlabelable("png_label_malformed")),
        Head::Opaque => Plan::splice(AFTER_IHDR, 0, text_chunk(label)),
        Head::Unlabelled(None) => Plan::splice(AFTER_IHDR, 0, xmp_chunk(&xmp::packet(label))),
        Head::Unlabelled(Some((at, length, text))) => match xmp::merge(text, label) {
            Some(merged) => Plan::splice(at, length, xmp_chunk(&merged)),
            None => Plan::splice(AFTER_IHDR, 0, text_chunk(label)),
        },
    })
}

fn text_chunk(label: &AigcLabel) -> Vec<u8> {
    chunk(b"tEXt", &[b"AIGC\0", label.wrapped().as_bytes()].concat())
}

/// Walks the chunks up to the first `IDAT`.
fn walk(view: &[u8]) -> Head<'_> {
    if !SIGNATURE.starts_with(view.get(..8).unwrap_or(view)) {
        return Head::Broken("png_signature");
    }
    if view.len() < AFTER_IHDR {
        return Head::Short;
    }
    if view.get(8..16) != Some(b"\0\0\0\x0DIHDR") {
        return Head::Broken("png_no_ihdr");
    }
    let (mut at, mut xmp, mut opaque) = (AFTER_IHDR, None, false);
    loop {
        let Some((length, kind)) = chunk_head(view, at) else {
            return Head::Short;
        };
        if length > 0x7FFF_FFFF {
            return Head::Broken("png_chunk_length");
        }
        match &kind {
            b"IDAT" if opaque => return Head::Opaque,
            b"IDAT" => return Head::Unlabelled(xmp),
            b"IEND" => return Head::Broken("png_no_idat"),
            b"iTXt" | b"tEXt" | b"eXIf" => {
                let Some(data) = at.checked_add(8).and_then(|start| view.get(start..start.checked_add(length)?)) else {
                    return Head::Short;
                };
                match look_at(&kind, data) {
                    Look::Nothing => {}
                    Look::Label(label) => return Head::Labelled(label),
                    Look::Malformed => return Head::Malformed,
                    Look::Opaque => opaque = true,
                    // A second XMP chunk is an error of the writer; the first is the one that is read.
                    Look::Xmp(text) => xmp = xmp.or(Some((at, length + 12, text))),
                }
            }
            _ => {}
        }
        at = match at.checked_add(length).and_then(|next| next.checked_add(12)) {
            Some(next) => next,
            None => return Head::Broken("png_chunk_length"),
        };
    }
}

fn chunk_head(view: &[u8], at: usize) -> Option<(usize, [u8; 4])> {
    let bytes = view.get(at..at.checked_add(8)?)?;
    let length = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
    Some((usize::try_from(length).ok()?, bytes.get(4..8)?.try_into().ok()?))
}

enum Look<'a> {
    Nothing,
    Xmp(&'a str),
    Opaque,
    Label(Box<AigcLabel>),
    Malformed,
}

fn look_at<'a>(kind: &[u8; 4], data: &'a [u8]) -> Look<'a> {
    let found = |text: &[u8]| match AigcLabel::read(text) {
        Some(label) => Look::Label(Box::new(label)),
        None => Look::Malformed,
    };
    if kind == b"tEXt" {
        return data.strip_prefix(b"AIGC\0").map_or(Look::Nothing, found);
    }
    if kind == b"eXIf" {
        return exif::label_text(data).map_or(Look::Nothing, found);
    }
    if let Some(rest) = data.strip_prefix(b"AIGC\0") {
        return match international_text(rest) {
            Some(text) => found(text),
            None => Look::Malformed,
        };
    }
    let Some(rest) = data.strip_prefix(XMP_KEYWORD) else {
        return Look::Nothing;
    };
    let Some(text) = international_text(rest).and_then(|text| std::str::from_utf8(text).ok()) else {
        return Look::Opaque;
    };
    match xmp::find(text) {
        Existing::None => Look::Xmp(text),
        Existing::Label(label) => Look::Label(label),
        Existing::Malformed => Look::Malformed,
    }
}

/// Text of an uncompressed `iTXt` behind its keyword: flag, method, language, translated keyword, text.
fn international_text(rest: &[u8]) -> Option<&[u8]> {
    let rest = rest.strip_prefix(&[0])?.get(1..)?;
    let rest = rest.get(memchr::memchr(0, rest)? + 1..)?;
    rest.get(memchr::memchr(0, rest)? + 1..)
}

fn xmp_chunk(packet: &str) -> Vec<u8> {
    // Not compressed, no language, no translated keyword.
    chunk(b"iTXt", &[XMP_KEYWORD, b"\0\0\0\0", packet.as_bytes()].concat())
}

/// One chunk: length, type, data, CRC over type and data (ISO/IEC 15948 5.3).
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = crc32fast::Hasher::new();
    crc.update(kind);
    crc.update(data);
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes()[..], kind, data, &crc.finalize().to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::super::Carrier;
    use super::super::fixture::{self, label, noise};
    use super::*;
    use crate::label::plan::{Job, label_all};
    use proptest::prelude::*;

    fn job() -> Job {
        fixture::job(Carrier::Png)
    }

    /// A PNG whose chunks between IHDR and IDAT are given.
    fn png(between: &[Vec<u8>]) -> Vec<u8> {
        let mut out = SIGNATURE.to_vec();
        out.extend(chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]));
        out.extend(between.concat());
        out.extend(chunk(b"IDAT", b"pixels"));
        out.extend(chunk(b"IEND", b""));
        out
    }

    /// All chunks with their checksums verified.
    fn chunks(png: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
        let (mut at, mut all) = (8, vec![]);
        while at < png.len() {
            let (length, kind) = chunk_head(png, at).unwrap();
            let data = png[at + 8..at + 8 + length].to_vec();
            assert_eq!(chunk(&kind, &data), &png[at..at + 12 + length]);
            all.push((kind, data));
            at += 12 + length;
        }
        all
    }

    fn read_back(png: &[u8]) -> AigcLabel {
        match walk(png) {
            Head::Labelled(label) => *label,
            _ => panic!("no label"),
        }
    }

    #[test]
    fn puts_one_uncompressed_xmp_chunk_behind_ihdr_and_keeps_every_other_byte_tc260_pg_20259a() {
        let original = png(&[chunk(b"tEXt", b"Software\0x")]);
        let (out, outcome) = label_all(job(), &original);
        assert_eq!(outcome, Outcome::Labelled);
        assert_eq!(chunks(&out)[1].0, *b"iTXt");
        assert!(chunks(&out)[1].1.starts_with(b"XML:com.adobe.xmp\0\0\0\0\0<?xpacket"));
        assert_eq!(read_back(&out), label());
        let added = out.len() - original.len();
        assert_eq!([&out[..33], &out[33 + added..]].concat(), original);
    }

    #[test]
    fn a_second_pass_changes_nothing() {
        let (once, _) = label_all(job(), &png(&[]));
        let (twice, outcome) = label_all(job(), &once);
        assert_eq!((twice, outcome), (once, Outcome::Kept(Box::new(label()))));
    }

    #[test]
    fn merges_into_xmp_that_is_there_and_leaves_one_xmp_chunk() {
        let theirs = "<x:xmpmeta><rdf:RDF><rdf:Description rdf:about=\"\" dc:creator=\"me\"/></rdf:RDF></x:xmpmeta>";
        let (out, _) = label_all(job(), &png(&[chunk(b"gAMA", b"1234"), xmp_chunk(theirs)]));
        let texts: Vec<_> = chunks(&out).into_iter().filter(|(kind, _)| kind == b"iTXt").collect();
        assert_eq!(texts.len(), 1);
        assert!(String::from_utf8_lossy(&texts[0].1).contains("dc:creator=\"me\""));
        assert_eq!(read_back(&out), label());
    }

    #[test]
    fn keeps_labels_of_others_in_all_places_of_the_guide() {
        let text = chunk(b"tEXt", &[b"AIGC\0", label().wrapped().as_bytes()].concat());
        let exif = chunk(b"eXIf", &[b"MM\0*....ASCII\0\0\0", label().wrapped().as_bytes(), b"\0\0"].concat());
        for there in [text, exif] {
            let original = png(&[there]);
            let (out, outcome) = label_all(job(), &original);
            assert_eq!((out, outcome), (original, Outcome::Kept(Box::new(label()))));
        }
        let broken = png(&[chunk(b"tEXt", b"AIGC\0yes")]);
        assert_eq!(label_all(job(), &broken).1, Outcome::Unlabelable("png_label_malformed"));
    }

    #[test]
    fn uses_the_text_chunk_where_xmp_cannot_be_extended() {
        let compressed = chunk(b"iTXt", &[XMP_KEYWORD, b"\x01\0\0\0", b"zlib"].concat());
        let huge = chunk(b"iCCP", &vec![0; HEAD_LIMIT]);
        for there in [compressed, huge, xmp_chunk("<nothing/>")] {
            let (out, _) = label_all(job(), &png(&[there]));
            assert_eq!(chunks(&out)[1].0, *b"tEXt");
            assert_eq!(read_back(&out), label());
        }
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic_and_pass_or_grow(noise in noise(200, 90)) {
            fixture::holds(Carrier::Png, png(&[xmp_chunk("<rdf:RDF></rdf:RDF>")]), noise)?;
        }
    }
}
