//! The label in a GIF (TC260-PG-20259A): one application extension `XMP DataXMP`.
//!
//! In: the head of the file up to the first picture. Out: a plan that inserts one extension behind the leading ones (the loop
//! count stays first), or rewrites the one that is there. Pictures and all other blocks stay as they are.

use super::xmp;
use crate::label::AigcLabel;
use crate::label::plan::{HEAD_LIMIT, Outcome, Plan};

/// Introducer, label, length of the name, name.
const XMP: &[u8] = b"\x21\xFF\x0BXMP DataXMP";
/// Behind the packet: whoever reads it as sub-blocks is led to the end (XMP specification part 3, 1.1.2).
const TRAILER: usize = 258;
/// Header and logical screen.
const SCREEN: usize = 13;

/// Whether a file begins as a GIF.
#[must_use]
pub fn is_gif(head: &[u8]) -> bool {
    head.starts_with(b"GIF89a") || head.starts_with(b"GIF87a")
}

/// The plan for a head; `None` asks for more.
pub(super) fn inspect(label: &AigcLabel, head: &[u8], complete: bool) -> Option<Plan> {
    let view = head.get(..HEAD_LIMIT).unwrap_or(head);
    let unlabelable = |reason| Some(Plan::unchanged(Outcome::Unlabelable(reason)));
    if !is_gif(view) {
        return unlabelable("gif_signature");
    }
    // The older version has no extensions, and decoders may stop at one.
    if view.starts_with(b"GIF87a") {
        return Some(Plan::unchanged(Outcome::HeaderOnly("gif87a")));
    }
    let plan = match walk(view) {
        Walk::Short if complete || view.len() >= HEAD_LIMIT => return unlabelable("gif_truncated"),
        Walk::Short => return None,
        Walk::Broken(reason) => return unlabelable(reason),
        Walk::Picture { place, xmp: None } => Plan::splice(place, 0, extension(&xmp::packet(label))),
        Walk::Picture { xmp: Some((at, length, packet)), .. } => match xmp::find(&String::from_utf8_lossy(packet)) {
            xmp::Existing::Label(label) => Plan::unchanged(Outcome::Kept(label)),
            xmp::Existing::Malformed => Plan::unchanged(Outcome::Unlabelable("gif_label_malformed")),
            xmp::Existing::None => {
                let merged = std::str::from_utf8(packet).ok().and_then(|packet| xmp::merge(packet, label));
                match merged {
                    Some(packet) => Plan::splice(at, length, extension(&packet)),
                    None => Plan::unchanged(Outcome::HeaderOnly("gif_xmp")),
                }
            }
        },
    };
    Some(plan)
}

enum Walk<'a> {
    Short,
    Broken(&'static str),
    /// Where our extension goes; place, length and packet of the one that is there.
    Picture {
        place: usize,
        xmp: Option<(usize, usize, &'a [u8])>,
    },
}

fn walk(view: &[u8]) -> Walk<'_> {
    let Some(&flags) = view.get(10) else { return Walk::Short };
    let colours = if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let (mut at, mut xmp, mut is_leading) = (SCREEN + colours, None, true);
    let mut place = at;
    loop {
        let (Some(introducer), Some(kind)) = (view.get(at), view.get(at + 1)) else { return Walk::Short };
        match introducer {
            0x2C => return Walk::Picture { place, xmp },
            0x21 => {}
            0x3B => return Walk::Broken("gif_no_picture"),
            _ => return Walk::Broken("gif_block"),
        }
        let end = if view.get(at..).is_some_and(|rest| rest.starts_with(XMP)) {
            let start = at + XMP.len();
            let Some(length) = view.get(start..).and_then(|rest| memchr::memmem::find(rest, &[1, 0xFF, 0xFE, 0xFD]))
            else {
                return Walk::Short;
            };
            let end = start + length + TRAILER;
            let packet = view.get(start..start + length).unwrap_or_default();
            xmp = xmp.or(Some((at, end - at, packet)));
            if view.len() < end {
                return Walk::Short;
            }
            end
        } else {
            match blocks_end(view, at + 2) {
                Some(end) => end,
                None => return Walk::Short,
            }
        };
        is_leading &= *kind == 0xFF;
        if is_leading {
            place = end;
        }
        at = end;
    }
}

/// The place behind a row of sub-blocks.
fn blocks_end(view: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*view.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

fn extension(packet: &str) -> Vec<u8> {
    let mut out = [XMP, packet.as_bytes(), &[1]].concat();
    out.extend((0..=255).rev());
    out.push(0);
    out
}

#[cfg(test)]
mod tests {
    use super::super::Carrier;
    use super::super::fixture::{self, label, noise};
    use super::*;
    use crate::label::plan::{Job, label_all};
    use proptest::prelude::*;

    fn job() -> Job {
        fixture::job(Carrier::Gif)
    }

    const LOOP: &[u8] = b"\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0";
    const CONTROL: &[u8] = b"\x21\xF9\x04\0\x0A\0\0\0";

    fn gif(between: &[&[u8]]) -> Vec<u8> {
        let picture = b"\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3B";
        [b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF", between.concat().as_slice(), picture].concat()
    }

    #[test]
    fn a_gif_bears_one_extension_behind_its_loop_count_and_keeps_every_other_byte_tc260_pg_20259a() {
        let original = gif(&[LOOP, CONTROL]);
        let (out, outcome) = label_all(job(), &original);
        assert_eq!(outcome, Outcome::Labelled);
        let (at, added) = (19 + LOOP.len(), out.len() - original.len());
        assert!(out[at..].starts_with(XMP));
        assert_eq!([&out[..at], &out[at + added..]].concat(), original);
        // Read as sub-blocks, as a decoder that knows no XMP does.
        assert_eq!(blocks_end(&out, at + 2), Some(at + added));
        assert_eq!(label_all(job(), &out), (out.clone(), Outcome::Kept(Box::new(label()))));
    }

    #[test]
    fn the_xmp_that_is_there_is_extended_and_stays_the_only_one() {
        let theirs = extension("<x:xmpmeta><rdf:RDF><rdf:Description dc:creator=\"me\"/></rdf:RDF></x:xmpmeta>");
        let (out, outcome) = label_all(job(), &gif(&[LOOP, CONTROL, &theirs]));
        assert_eq!(outcome, Outcome::Labelled);
        assert_eq!(memchr::memmem::find_iter(&out, XMP).count(), 1);
        assert!(String::from_utf8_lossy(&out).contains("dc:creator=\"me\""));
        let mut old = gif(&[]);
        old[4] = b'7';
        assert_eq!(label_all(job(), &old), (old.clone(), Outcome::HeaderOnly("gif87a")));
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic_and_any_chunks_give_the_same(noise in noise(100, 80)) {
            fixture::holds(Carrier::Gif, gif(&[LOOP, &extension("<rdf:RDF></rdf:RDF>"), CONTROL]), noise)?;
        }
    }
}
