//! Comments of Vorbis (Vorbis I specification, 5): `NAME=value`, in FLAC, Ogg Vorbis and Opus.
//!
//! In: a comment header. Out: the label that it holds, or the header with one comment more. What follows the comments stays.

use crate::label::AigcLabel;

/// Names are of ASCII and of either case.
const NAME: &[u8] = b"AIGC=";

/// What the comments say about generated content.
#[derive(Debug, PartialEq, Eq)]
pub enum Existing {
    /// Nothing: where the list is counted, how many there are, where it ends.
    None {
        /// Place of the number of comments.
        count_at: usize,
        /// That number.
        count: u32,
        /// Behind the last comment.
        end: usize,
    },
    /// A label.
    Label(Box<AigcLabel>),
    /// A comment of our name that is no label.
    Malformed,
}

/// Reads a header; `None` when it is broken.
#[must_use]
pub fn find(header: &[u8]) -> Option<Existing> {
    let (_, count_at) = text(header, 0)?;
    let count = number(header, count_at)?;
    let mut at = count_at.checked_add(4)?;
    // Each comment has four bytes at least: a count that lies ends with the header.
    for _ in 0..count {
        let (comment, next) = text(header, at)?;
        if comment.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME)) {
            let label = AigcLabel::read(comment.get(NAME.len()..)?);
            return Some(label.map_or(Existing::Malformed, |label| Existing::Label(Box::new(label))));
        }
        at = next;
    }
    Some(Existing::None { count_at, count, end: at })
}

/// The header with the label as its last comment; `None` when there is no room.
#[must_use]
pub fn with_label(header: &[u8], (count_at, count, end): (usize, u32, usize), label: &AigcLabel) -> Option<Vec<u8>> {
    let count = count.checked_add(1)?.to_le_bytes();
    let comment = comment(label);
    Some([header.get(..count_at)?, &count, header.get(count_at + 4..end)?, &comment, header.get(end..)?].concat())
}

/// A header with the label alone.
#[must_use]
pub fn fresh(label: &AigcLabel) -> Vec<u8> {
    [&[0, 0, 0, 0, 1, 0, 0, 0][..], &comment(label)].concat()
}

fn comment(label: &AigcLabel) -> Vec<u8> {
    let text = [NAME, label.bare().as_bytes()].concat();
    [&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes()[..], &text].concat()
}

fn number(header: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(header.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// A text with its length before it, and where it ends.
fn text(header: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let start = at.checked_add(4)?;
    let end = start.checked_add(usize::try_from(number(header, at)?).ok()?)?;
    Some((header.get(start..end)?, end))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::label;
    use super::*;

    #[test]
    fn a_comment_is_added_and_what_follows_stays() {
        let header = b"\x04\0\0\0tool\x01\0\0\0\x07\0\0\0TITLE=x\x01";
        let Some(Existing::None { count_at, count, end }) = find(header) else { panic!() };
        let labelled = with_label(header, (count_at, count, end), &label()).unwrap();
        assert!(labelled.starts_with(b"\x04\0\0\0tool\x02\0\0\0\x07\0\0\0TITLE=x") && labelled.ends_with(b"}\x01"));
        assert_eq!(find(&labelled), Some(Existing::Label(Box::new(label()))));
        assert_eq!(find(&fresh(&label())), Some(Existing::Label(Box::new(label()))));
        let lower = b"\0\0\0\0\x01\0\0\0\x06\0\0\0aigc=x";
        assert_eq!(find(lower), Some(Existing::Malformed));
        for broken in [&b""[..], b"\0\0\0\0\xFF\xFF\xFF\xFF", b"\xFF\xFF\xFF\xFF"] {
            assert_eq!(find(broken), None);
        }
    }
}
