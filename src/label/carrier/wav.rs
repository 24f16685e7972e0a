//! The label in a WAV (TC260 guide for audio): a chunk `AIGC` of its own, before the samples.
//!
//! In: the head of the file up to the chunk `data`. Out: a plan that inserts one chunk and lets the size of the whole follow.
//! Sizes that say nothing, as in speech that is made while it is sent, stay as they are. Samples and all other chunks stay.

use super::riff::{chunk, part};
use crate::label::AigcLabel;
use crate::label::plan::{HEAD_LIMIT, Outcome, Plan, Splice};

/// Length of `RIFF`, size, `WAVE`.
const START: usize = 12;

/// Whether a file begins as a WAV; RF64 is the form for more than 4 GiB (EBU Tech 3306).
#[must_use]
pub fn is_wav(head: &[u8]) -> bool {
    matches!(head.get(..4), Some(b"RIFF" | b"RF64")) && head.get(8..START) == Some(b"WAVE")
}

/// The plan for a head; `None` asks for more.
pub(super) fn inspect(label: &AigcLabel, head: &[u8], complete: bool) -> Option<Plan> {
    let view = head.get(..HEAD_LIMIT).unwrap_or(head);
    let unlabelable = |reason| Some(Plan::unchanged(Outcome::Unlabelable(reason)));
    if !is_wav(view) {
        return unlabelable("wav_signature");
    }
    let (mut at, mut last, mut large) = (START, START, None);
    let place = loop {
        let Some((kind, length)) = chunk(view, at) else {
            // What stands in the way of the samples is longer than what may be looked at: before it is before them.
            if view.len() >= HEAD_LIMIT {
                break last;
            }
            return if complete { unlabelable("wav_truncated") } else { None };
        };
        last = at;
        let start = at + 8;
        match &kind {
            b"data" => break at,
            b"AIGC" => {
                let Some(text) = view.get(start..start.saturating_add(length)) else {
                    return if complete || view.len() >= HEAD_LIMIT {
                        unlabelable("wav_label_malformed")
                    } else {
                        None
                    };
                };
                let text = text.strip_suffix(b"\0").unwrap_or(text);
                return Some(Plan::unchanged(match AigcLabel::read(text) {
                    Some(label) => Outcome::Kept(Box::new(label)),
                    None => Outcome::Unlabelable("wav_label_malformed"),
                }));
            }
            // The size of the whole is its first field.
            b"ds64" if length >= 8 && large.is_none() => {
                let Some(size) = view.get(start..start + 8) else {
                    return if complete { unlabelable("wav_truncated") } else { None };
                };
                large = size.try_into().ok().map(|size| (start, u64::from_le_bytes(size)));
            }
            _ => {}
        }
        // Chunks begin on even places.
        at = match start.checked_add(length).and_then(|end| end.checked_add(length % 2)) {
            Some(next) => next,
            None => return unlabelable("wav_chunk_length"),
        };
    };
    Some(plan(view, place, part(b"AIGC", label.bare().as_bytes()), large))
}

fn plan(view: &[u8], place: usize, insert: Vec<u8>, large: Option<(usize, u64)>) -> Plan {
    let grown = insert.len();
    let mut plan = Plan::splice(place, 0, insert);
    let size = view.get(4..8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
    let follows = match (view.get(..4), large) {
        (Some(b"RF64"), Some((at, size))) => {
            Some(Splice { at, remove: 8, insert: size.saturating_add(grown as u64).to_le_bytes().to_vec() })
        }
        // Nobody knew the size, or it has no room to grow: then it says nothing, as before.
        (Some(b"RIFF"), _) if size != 0 => u32::try_from(grown)
            .ok()
            .and_then(|grown| size.checked_add(grown))
            .map(|size| Splice { at: 4, remove: 4, insert: size.to_le_bytes().to_vec() }),
        _ => None,
    };
    if let Some(splice) = follows {
        plan.splices.insert(0, splice);
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::super::Carrier;
    use super::super::fixture::{self, label, noise};
    use super::*;
    use crate::label::plan::{Job, label_all};
    use proptest::prelude::*;

    fn job() -> Job {
        fixture::job(Carrier::Wav)
    }

    fn wav(between: &[Vec<u8>]) -> Vec<u8> {
        let body = [part(b"fmt ", &[1; 16]), between.concat(), part(b"data", b"samples!")].concat();
        let size = u32::try_from(body.len() + 4).unwrap();
        [b"RIFF", &size.to_le_bytes()[..], b"WAVE", &body].concat()
    }

    fn size(wav: &[u8]) -> u32 {
        u32::from_le_bytes(wav[4..8].try_into().unwrap())
    }

    #[test]
    fn a_wav_bears_a_chunk_of_its_own_before_the_samples_and_its_size_follows_labelling_measures_article_5() {
        for between in [vec![], vec![part(b"LIST", b"INFOISFTodd")]] {
            let original = wav(&between);
            let (out, outcome) = label_all(job(), &original);
            assert_eq!(outcome, Outcome::Labelled);
            let at = memchr::memmem::find(&out, b"AIGC").unwrap();
            let added = out.len() - original.len();
            assert_eq!(&out[at + added..at + added + 4], b"data");
            assert_eq!([&out[8..at], &out[at + added..]].concat(), original[8..]);
            assert_eq!(size(&out) as usize + 8, out.len());
            assert_eq!(label_all(job(), &out), (out.clone(), Outcome::Kept(Box::new(label()))));
        }
    }

    #[test]
    fn sizes_that_nobody_knew_stay_unknown() {
        for unknown in [0, u32::MAX] {
            let mut original = wav(&[]);
            original[4..8].copy_from_slice(&unknown.to_le_bytes());
            let (out, outcome) = label_all(job(), &original);
            assert_eq!((outcome, size(&out)), (Outcome::Labelled, unknown));
        }
    }

    #[test]
    fn the_size_of_a_large_file_follows_where_it_stands() {
        let body = [part(b"ds64", &[7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]), part(b"fmt ", &[1; 16]), part(b"data", b"x")];
        let original = [&b"RF64\xFF\xFF\xFF\xFFWAVE"[..], &body.concat()].concat();
        let (out, _) = label_all(job(), &original);
        let added = (out.len() - original.len()) as u64;
        assert_eq!(u64::from_le_bytes(out[20..28].try_into().unwrap()), (1 << 32) + 7 + added);
        assert_eq!(size(&out), u32::MAX);
    }

    #[test]
    fn what_is_longer_than_the_head_is_not_cut_in_two() {
        let original = wav(&[part(b"JUNK", &vec![7; HEAD_LIMIT])]);
        let (out, outcome) = label_all(job(), &original);
        assert_eq!(outcome, Outcome::Labelled);
        let at = memchr::memmem::find(&out, b"AIGC").unwrap();
        assert_eq!(&out[at + out.len() - original.len()..][..4], b"JUNK");
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic_and_any_chunks_give_the_same(noise in noise(100, 60)) {
            fixture::holds(Carrier::Wav, wav(&[part(b"LIST", b"INFO")]), noise)?;
        }
    }
}
