//! The label in an MP3 (TC260 guide for audio): an ID3v2 frame `TXXX` with the description `AIGC`.
//!
//! In: the head of the file. Out: a plan that adds one frame to the tag that is there, or puts a tag in front. Frames of
//! others, the Xing frame and all sound stay as they are.

use crate::label::AigcLabel;
use crate::label::plan::{HEAD_LIMIT, Outcome, Plan, Splice};

const HEADER: usize = 10;
const DESCRIPTION: &str = "AIGC";
/// Sizes have 28 bits.
const SIZE_LIMIT: usize = 1 << 28;
/// Unsynchronised, with an extended header, or with a footer: frames do not stand as they are.
const TRANSFORMED: u8 = 0xD0;

/// Whether a file begins as an MP3: with a tag, or with a frame of MPEG layer III.
#[must_use]
pub fn is_mp3(head: &[u8]) -> bool {
    head.starts_with(b"ID3") || matches!(head, [0xFF, second, ..] if second & 0xE6 == 0xE2)
}

/// The plan for a head; `None` asks for more.
pub(super) fn inspect(label: &AigcLabel, head: &[u8], complete: bool) -> Option<Plan> {
    let view = head.get(..HEAD_LIMIT).unwrap_or(head);
    if !is_mp3(view) {
        return Some(Plan::unchanged(Outcome::Unlabelable("mp3_signature")));
    }
    if !view.starts_with(b"ID3") {
        return Some(Plan::splice(0, 0, tag(label)));
    }
    let &[_, _, _, version, _, flags, a, b, c, d, ..] = view else {
        return complete.then(|| Plan::unchanged(Outcome::Unlabelable("mp3_truncated")));
    };
    if !matches!(version, 3 | 4) || flags & TRANSFORMED != 0 {
        return Some(Plan::unchanged(Outcome::HeaderOnly("id3_form")));
    }
    let Some(size) = syncsafe([a, b, c, d]) else {
        return Some(Plan::unchanged(Outcome::Unlabelable("id3_size")));
    };
    let end = HEADER + size;
    let place = match walk(view, version, end) {
        Walk::Short(_) if complete && view.len() < HEAD_LIMIT => {
            return Some(Plan::unchanged(Outcome::Unlabelable("mp3_truncated")));
        }
        Walk::Short(_) if view.len() < HEAD_LIMIT => return None,
        // A cover of hundreds of KiB: the frame goes before it.
        Walk::Short(place) | Walk::End(place) => place,
        Walk::Label(Some(label)) => return Some(Plan::unchanged(Outcome::Kept(label))),
        Walk::Label(None) => return Some(Plan::unchanged(Outcome::Unlabelable("mp3_label_malformed"))),
    };
    let frame = frame(label, version);
    let grown = size + frame.len();
    if grown >= SIZE_LIMIT {
        return Some(Plan::unchanged(Outcome::HeaderOnly("id3_full")));
    }
    let mut plan = Plan::splice(place, 0, frame);
    plan.splices.insert(0, Splice { at: 6, remove: 4, insert: to_syncsafe(grown).to_vec() });
    Some(plan)
}

enum Walk {
    /// The head ends in this frame.
    Short(usize),
    /// Where frames end.
    End(usize),
    /// A label, or what is none in its place.
    Label(Option<Box<AigcLabel>>),
}

fn walk(view: &[u8], version: u8, end: usize) -> Walk {
    let mut at = HEADER;
    while at + HEADER <= end {
        let Some(&[k0, k1, k2, k3, a, b, c, d, _, format]) = view.get(at..at + HEADER) else { return Walk::Short(at) };
        let kind = [k0, k1, k2, k3];
        // Padding, or what cannot be read as a frame: readers stop here as well.
        if !kind.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
            return Walk::End(at);
        }
        let length =
            if version == 4 { syncsafe([a, b, c, d]) } else { usize::try_from(u32::from_be_bytes([a, b, c, d])).ok() };
        let Some(next) = length.and_then(|length| at.checked_add(HEADER + length)).filter(|next| *next <= end) else {
            return Walk::End(at);
        };
        if next > view.len() {
            return Walk::Short(at);
        }
        if kind == *b"TXXX" && format == 0 {
            let data = view.get(at + HEADER..next).unwrap_or_default();
            if let Some((description, value)) = user_text(data)
                && description == DESCRIPTION
            {
                return Walk::Label(AigcLabel::read(value.as_bytes()).map(Box::new));
            }
        }
        at = next;
    }
    Walk::End(at.min(end))
}

/// Description and value of a `TXXX` (ID3v2.4 4.2.6).
fn user_text(data: &[u8]) -> Option<(String, String)> {
    let (encoding, text) = data.split_first()?;
    let text = match encoding {
        0 => text.iter().map(|byte| char::from(*byte)).collect(),
        3 => String::from_utf8(text.to_vec()).ok()?,
        1 | 2 => {
            // The value has a byte order mark of its own, which must not be taken for a letter.
            let is_little = text.starts_with(&[0xFF, 0xFE]);
            let unit = |pair: &[u8]| match *pair {
                [a, b] if is_little => u16::from_le_bytes([a, b]),
                [a, b] => u16::from_be_bytes([a, b]),
                _ => 0,
            };
            let units: Vec<u16> = text.chunks_exact(2).map(unit).filter(|unit| *unit != 0xFEFF).collect();
            String::from_utf16(&units).ok()?
        }
        _ => return None,
    };
    let (description, value) = text.split_once('\0')?;
    Some((description.to_owned(), value.trim_end_matches('\0').to_owned()))
}

fn frame(label: &AigcLabel, version: u8) -> Vec<u8> {
    let text = label.bare();
    let data = if version == 4 {
        [b"\x03AIGC\0", text.as_bytes()].concat()
    } else if text.is_ascii() {
        [b"\0AIGC\0", text.as_bytes()].concat()
    } else {
        let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        [&[1, 0xFF, 0xFE][..], &wide("AIGC\0"), &[0xFF, 0xFE], &wide(&text)].concat()
    };
    let length = if version == 4 {
        to_syncsafe(data.len())
    } else {
        u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes()
    };
    [b"TXXX", &length[..], &[0, 0], &data].concat()
}

/// A tag with nothing else.
fn tag(label: &AigcLabel) -> Vec<u8> {
    let frame = frame(label, 4);
    [b"ID3\x04\0\0", &to_syncsafe(frame.len())[..], &frame].concat()
}

/// Seven bits in each byte; `None` where there are eight.
fn syncsafe(bytes: [u8; 4]) -> Option<usize> {
    bytes.iter().try_fold(0_usize, |sum, byte| (*byte < 0x80).then(|| sum << 7 | usize::from(*byte)))
}

fn to_syncsafe(size: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| u8::try_from(size >> shift & 0x7F).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::Carrier;
    use super::super::fixture::{self, label, noise};
    use super::*;
    use crate::label::plan::{Job, label_all};
    use proptest::prelude::*;

    const SOUND: &[u8] = b"\xFF\xFB\x90\x64\0\0\0\0Xing sound sound";

    fn job() -> Job {
        fixture::job(Carrier::Mp3)
    }

    fn text_frame(version: u8, kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let size = u32::try_from(data.len()).unwrap().to_be_bytes();
        let size = if version == 4 { to_syncsafe(data.len()) } else { size };
        [kind, &size[..], &[0, 0], data].concat()
    }

    fn tagged(version: u8, frames: &[Vec<u8>], padding: usize) -> Vec<u8> {
        let body = [frames.concat(), vec![0; padding]].concat();
        [b"ID3", &[version, 0, 0][..], &to_syncsafe(body.len()), &body, SOUND].concat()
    }

    #[test]
    fn an_mp3_without_a_tag_gets_one_and_its_sound_stays_labelling_measures_article_5() {
        let (out, outcome) = label_all(job(), SOUND);
        assert_eq!(outcome, Outcome::Labelled);
        assert!(out.starts_with(b"ID3\x04\0\0") && out.ends_with(SOUND));
        assert_eq!(label_all(job(), &out), (out.clone(), Outcome::Kept(Box::new(label()))));
    }

    #[test]
    fn the_tag_that_is_there_gets_one_frame_more_and_grows_by_it() {
        for version in [3, 4] {
            for padding in [0, 64] {
                let title = text_frame(version, b"TIT2", b"\0title");
                let other = text_frame(version, b"TXXX", b"\0other\0value");
                let original = tagged(version, &[title.clone(), other], padding);
                let (out, outcome) = label_all(job(), &original);
                assert_eq!(outcome, Outcome::Labelled);
                let size = syncsafe(out[6..10].try_into().unwrap()).unwrap();
                assert_eq!(&out[10 + size..], SOUND);
                assert!(memchr::memmem::find(&out, &title).is_some());
                assert_eq!(
                    label_all(job(), &out),
                    (out.clone(), Outcome::Kept(Box::new(label()))),
                    "{version} {padding}"
                );
            }
        }
    }

    #[test]
    fn labels_of_others_are_read_in_every_encoding_and_kept() {
        let wide = |order: fn(u16) -> [u8; 2], text: &str| -> Vec<u8> { text.encode_utf16().flat_map(order).collect() };
        let text = label().bare();
        let little = |text: &str| wide(u16::to_le_bytes, text);
        for data in [
            [b"\0AIGC\0", text.as_bytes()].concat(),
            [b"\x03AIGC\0", text.as_bytes(), b"\0"].concat(),
            [&[1, 0xFF, 0xFE][..], &little("AIGC\0"), &[0xFF, 0xFE], &little(&text)].concat(),
            [&[2][..], &wide(u16::to_be_bytes, &format!("AIGC\0{text}"))].concat(),
        ] {
            let original = tagged(4, &[text_frame(4, b"TXXX", &data)], 0);
            assert_eq!(label_all(job(), &original), (original.clone(), Outcome::Kept(Box::new(label()))));
        }
        let broken = tagged(3, &[text_frame(3, b"TXXX", b"\0AIGC\0no")], 0);
        assert_eq!(label_all(job(), &broken).1, Outcome::Unlabelable("mp3_label_malformed"));
    }

    #[test]
    fn a_large_cover_is_not_waited_for_and_forms_that_transform_frames_are_left() {
        let cover = text_frame(4, b"APIC", &vec![7; HEAD_LIMIT]);
        let original = tagged(4, &[cover], 0);
        let (out, outcome) = label_all(job(), &original);
        assert_eq!((outcome, &out[10..14]), (Outcome::Labelled, &b"TXXX"[..]));
        for (at, value) in [(3, 2), (5, 0x80), (5, 0x40), (5, 0x10)] {
            let mut original = tagged(4, &[], 10);
            original[at] = value;
            assert_eq!(label_all(job(), &original), (original.clone(), Outcome::HeaderOnly("id3_form")));
        }
        assert_eq!(label_all(job(), b"\xFF\xF1 adts has no place").1, Outcome::Unlabelable("mp3_signature"));
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic_and_any_chunks_give_the_same(noise in noise(100, 80)) {
            fixture::holds(Carrier::Mp3, tagged(4, &[text_frame(4, b"TIT2", b"\0title"), text_frame(4, b"TXXX", b"\0a\0b")], 20), noise)?;
        }
    }
}
