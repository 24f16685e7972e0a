use proptest::prelude::*;

use super::super::Carrier;
use super::super::fixture::{self, label, noise};
use super::*;
use crate::label::plan::{Job, label_all};

/// 640 × 480, lossy: frame tag, start code, width, height.
const LOSSY: &[u8] = b"\x30\x01\x00\x9D\x01\x2A\x80\x02\xE0\x01pixels";

fn job() -> Job {
    fixture::job(Carrier::Webp)
}

fn webp(parts: &[Vec<u8>]) -> Vec<u8> {
    let body = parts.concat();
    [b"RIFF", &u32::try_from(body.len() + 4).unwrap().to_le_bytes()[..], b"WEBP", &body].concat()
}

fn canvas_of(flags: u8) -> Vec<u8> {
    part(b"VP8X", &[flags, 0, 0, 0, 0x7F, 2, 0, 0xDF, 1, 0])
}

fn size(webp: &[u8]) -> usize {
    u32::from_le_bytes(webp[4..8].try_into().unwrap()) as usize
}

/// Kinds of all chunks, in their order.
fn kinds(webp: &[u8]) -> Vec<String> {
    let (mut at, mut kinds) = (START, Vec::new());
    while let Some((kind, length)) = chunk(webp, at) {
        kinds.push(String::from_utf8(kind.to_vec()).unwrap());
        at += CHUNK + length + length % 2;
    }
    assert_eq!(at, webp.len());
    kinds
}

#[test]
fn a_simple_webp_becomes_an_extended_one_with_the_label_labelling_measures_article_5() {
    // 0x2F, then width less one, height less one, alpha.
    let bits: u32 = 639 | 479 << 14 | 1 << 28;
    let lossless = [&[0x2F], &bits.to_le_bytes()[..], b"pixels"].concat();
    for (kind, data, flags) in [(b"VP8 ", LOSSY, HAS_XMP), (b"VP8L", &lossless, HAS_XMP | HAS_ALPHA)] {
        let original = webp(&[part(kind, data)]);
        let (out, outcome) = label_all(job(), &original);
        assert_eq!(outcome, Outcome::Labelled);
        assert_eq!(kinds(&out), ["VP8X", "XMP ", std::str::from_utf8(kind).unwrap()]);
        assert_eq!(out[START + CHUNK..START + CHUNK + EXTENDED], [flags, 0, 0, 0, 0x7F, 2, 0, 0xDF, 1, 0]);
        assert_eq!(size(&out) + 8, out.len());
        assert!(out.ends_with(&original[START..]), "the picture is untouched");
        assert_eq!(label_all(job(), &out), (out.clone(), Outcome::Kept(Box::new(label()))));
    }
}

#[test]
fn an_extended_webp_keeps_its_chunks_and_says_that_it_carries_xmp() {
    let original = webp(&[canvas_of(0x22), part(b"ICCP", b"odd"), part(b"ANIM", &[0; 6]), part(b"ANMF", LOSSY)]);
    let (out, outcome) = label_all(job(), &original);
    assert_eq!(outcome, Outcome::Labelled);
    assert_eq!(kinds(&out), ["VP8X", "XMP ", "ICCP", "ANIM", "ANMF"]);
    assert_eq!(out[START + CHUNK], 0x22 | HAS_XMP);
    assert_eq!(size(&out) + 8, out.len());
}

#[test]
fn the_packet_of_others_is_extended_not_doubled() {
    let theirs = "<x:xmpmeta><r:RDF xmlns:r=\"u\"><r:Description r:about=\"\" a:b=\"c\"/></r:RDF></x:xmpmeta>";
    let original = webp(&[canvas_of(HAS_XMP), part(b"VP8 ", LOSSY), part(b"XMP ", theirs.as_bytes())]);
    let (out, outcome) = label_all(job(), &original);
    assert_eq!(outcome, Outcome::Labelled);
    assert_eq!(kinds(&out), ["VP8X", "VP8 ", "XMP "]);
    assert!(memchr::memmem::find(&out, b"a:b=\"c\"").is_some());
    assert_eq!(size(&out) + 8, out.len());
    assert_eq!(label_all(job(), &out).1, Outcome::Kept(Box::new(label())));
}

#[test]
fn a_label_in_a_second_packet_is_the_one_that_stays() {
    let packets = ["<x/>".to_owned(), xmp::packet(&label())].map(|packet| part(b"XMP ", packet.as_bytes()));
    let file = webp(&[canvas_of(HAS_XMP), packets.concat(), part(b"VP8 ", LOSSY)]);
    assert_eq!(label_all(job(), &file), (file.clone(), Outcome::Kept(Box::new(label()))));
}

#[test]
fn what_would_break_or_double_is_left_and_said() {
    let manifest = webp(&[canvas_of(0), part(b"VP8 ", LOSSY), part(b"C2PA", b"jumbf")]);
    let far = |flags| webp(&[canvas_of(flags), part(b"VP8 ", &[LOSSY, &vec![7; HEAD_LIMIT]].concat())]);
    let broken = part(b"XMP ", format!("<a xmlns:q=\"{}\"><q:AIGC/></a>", xmp::NAMESPACE).as_bytes());
    let mut full = webp(&[part(b"VP8 ", LOSSY)]);
    full[4..8].copy_from_slice(&(u32::MAX - 3).to_le_bytes());
    for (file, outcome) in [
        (manifest, Outcome::HeaderOnly("c2pa_conflict")),
        (far(HAS_XMP), Outcome::HeaderOnly("webp_xmp")),
        (webp(&[canvas_of(HAS_XMP), broken]), Outcome::Unlabelable("webp_label_malformed")),
        (webp(&[part(b"VP8 ", &[0; 16])]), Outcome::Unlabelable("webp_picture")),
        (webp(&[part(b"ICCP", &[0; 16])]), Outcome::Unlabelable("webp_chunk")),
        (webp(&[]), Outcome::Unlabelable("webp_truncated")),
        (full, Outcome::Unlabelable("webp_size")),
    ] {
        assert_eq!(label_all(job(), &file), (file.clone(), outcome));
    }
    assert_eq!(label_all(job(), &far(0)).1, Outcome::Labelled, "no flag, no packet");
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic_and_any_chunks_give_the_same(noise in noise(100, 70)) {
        let file = webp(&[canvas_of(HAS_XMP), part(b"ICCP", b"odd"), part(b"XMP ", b"<rdf:RDF></rdf:RDF>")]);
        fixture::holds(Carrier::Webp, file, noise.clone())?;
        let (bytes, at, cut) = noise;
        let small = webp(&[part(b"VP8 ", LOSSY)]);
        let at = at % small.len();
        fixture::holds(Carrier::Webp, small, (bytes, at, cut))?;
    }
}
