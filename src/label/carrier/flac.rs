//! The label in a FLAC (TC260 guide for audio): the comment `AIGC` (RFC 9639, 8.6).
//!
//! In: the head of the file up to its comments, or to its first frame. Out: a plan that adds one comment, or a block of comments
//! behind the first block. Frames and all other blocks stay; seek points count from the first frame.

use super::comments::{self, Existing};
use super::missing;
use crate::label::AigcLabel;
use crate::label::plan::{HEAD_LIMIT, Outcome, Plan, Splice};

/// How a file begins.
pub const SIGNATURE: [u8; 4] = *b"fLaC";
/// Length of a block's header: whether it is the last, its kind, its length.
const BLOCK: usize = 4;
const LAST: u8 = 0x80;
const STREAM_INFO: u8 = 0;
const COMMENTS: u8 = 4;
/// Longest block (24 bits).
const MAX_BLOCK: usize = (1 << 24) - 1;

/// The plan for a head; `None` asks for more.
pub(super) fn inspect(label: &AigcLabel, head: &[u8], complete: bool) -> Option<Plan> {
    let view = head.get(..HEAD_LIMIT).unwrap_or(head);
    if !view.starts_with(&SIGNATURE) {
        return Some(Plan::unlabelable("flac_signature"));
    }
    let missing = || missing(head, complete, "flac_truncated", "flac_large");
    let (mut at, mut behind_first) = (SIGNATURE.len(), None);
    loop {
        let Some((flags, length)) = block(view, at) else { return missing() };
        let (start, end) = (at + BLOCK, at + BLOCK + length);
        let kind = flags & !LAST;
        if (at == SIGNATURE.len()) != (kind == STREAM_INFO) {
            return Some(Plan::unlabelable("flac_block"));
        }
        if kind == COMMENTS {
            let Some(header) = view.get(start..end) else { return missing() };
            return Some(extended(label, header, (at, flags)));
        }
        if end > view.len() {
            return missing();
        }
        let is_last = flags & LAST != 0;
        let (place, was_last) = *behind_first.get_or_insert((end, is_last));
        if is_last {
            return Some(added(label, place, was_last));
        }
        at = end;
    }
}

fn extended(label: &AigcLabel, header: &[u8], (at, flags): (usize, u8)) -> Plan {
    match comments::find(header) {
        None => Plan::unlabelable("flac_comments"),
        Some(Existing::Malformed) => Plan::unlabelable("flac_label_malformed"),
        Some(Existing::Label(label)) => Plan::unchanged(Outcome::Kept(label)),
        Some(Existing::None { count_at, count, end }) => {
            let new = comments::with_label(header, (count_at, count, end), label);
            match new.filter(|new| new.len() <= MAX_BLOCK) {
                Some(new) => Plan::splice(at, BLOCK + header.len(), blocked(flags, &new)),
                None => Plan::header_only("flac_large"),
            }
        }
    }
}

/// A block of comments behind the first block, which may have been the last.
fn added(label: &AigcLabel, place: usize, was_last: bool) -> Plan {
    let (flags, first) = if was_last { (COMMENTS | LAST, Some(STREAM_INFO)) } else { (COMMENTS, None) };
    let mut plan = Plan::splice(place, 0, blocked(flags, &comments::fresh(label)));
    if let Some(first) = first {
        plan.splices.insert(0, Splice { at: SIGNATURE.len(), remove: 1, insert: vec![first] });
    }
    plan
}

fn block(view: &[u8], at: usize) -> Option<(u8, usize)> {
    match view.get(at..at.checked_add(BLOCK)?)? {
        [flags, high, middle, low] => {
            Some((*flags, usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low)))
        }
        _ => None,
    }
}

fn blocked(flags: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&[flags], &length[1..], content].concat()
}

#[cfg(test)]
mod tests {
    use super::super::Carrier;
    use super::super::fixture::{self, label, noise};
    use super::*;
    use crate::label::plan::{Job, label_all};
    use proptest::prelude::*;

    fn job() -> Job {
        fixture::job(Carrier::Flac)
    }

    fn flac(blocks: &[(u8, &[u8])]) -> Vec<u8> {
        let last = blocks.len() - 1;
        let of = |(index, (kind, content)): (usize, &(u8, &[u8]))| {
            blocked(if index == last { kind | LAST } else { *kind }, content)
        };
        [&SIGNATURE[..], &blocks.iter().enumerate().flat_map(of).collect::<Vec<_>>(), b"frames"].concat()
    }

    const INFO: (u8, &[u8]) = (STREAM_INFO, &[7; 34]);
    const TITLED: (u8, &[u8]) = (COMMENTS, b"\x04\0\0\0tool\x01\0\0\0\x07\0\0\0TITLE=x");

    /// Kinds of the blocks, the last one with its flag.
    fn kinds(flac: &[u8]) -> Vec<u8> {
        let (mut at, mut kinds) = (4, Vec::new());
        loop {
            let (flags, length) = block(flac, at).unwrap();
            kinds.push(flags);
            at += BLOCK + length;
            if flags & LAST != 0 {
                assert_eq!(&flac[at..], b"frames");
                return kinds;
            }
        }
    }

    #[test]
    fn a_flac_bears_one_comment_more_labelling_measures_article_5() {
        for (blocks, wanted) in [
            (vec![INFO], vec![STREAM_INFO, COMMENTS | LAST]),
            (vec![INFO, (1, &[0; 99][..])], vec![STREAM_INFO, COMMENTS, 1 | LAST]),
            (vec![INFO, TITLED], vec![STREAM_INFO, COMMENTS | LAST]),
            (vec![INFO, (3, &[1; 18][..]), TITLED, (1, b"")], vec![STREAM_INFO, 3, COMMENTS, 1 | LAST]),
        ] {
            let (out, outcome) = label_all(job(), &flac(&blocks));
            assert_eq!((outcome, kinds(&out)), (Outcome::Labelled, wanted));
            assert_eq!(label_all(job(), &out), (out.clone(), Outcome::Kept(Box::new(label()))));
        }
    }

    #[test]
    fn what_is_broken_or_too_large_is_left_and_said() {
        for (file, outcome) in [
            (flac(&[(1, b"")]), Outcome::Unlabelable("flac_block")),
            (flac(&[INFO, INFO]), Outcome::Unlabelable("flac_block")),
            (flac(&[INFO, (COMMENTS, b"broken")]), Outcome::Unlabelable("flac_comments")),
            (
                flac(&[INFO, (COMMENTS, b"\0\0\0\0\x01\0\0\0\x05\0\0\0AIGC=")]),
                Outcome::Unlabelable("flac_label_malformed"),
            ),
            (flac(&[INFO, (6, &vec![0; HEAD_LIMIT])]), Outcome::HeaderOnly("flac_large")),
            (SIGNATURE.to_vec(), Outcome::Unlabelable("flac_truncated")),
        ] {
            assert_eq!(label_all(job(), &file), (file.clone(), outcome));
        }
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic_and_any_chunks_give_the_same(noise in noise(60, 70)) {
            fixture::holds(Carrier::Flac, flac(&[INFO, (3, &[1; 18]), TITLED]), noise)?;
        }
    }
}
