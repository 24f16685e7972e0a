//! The notice in plain text (GB 45438-2025 5.1), at the start or the end.
//!
//! In: text bytes in any charset that has the characters. Out: the same bytes and one notice, in the
//! same charset. A text that already begins or ends with one of our wordings gets no second one.

use super::charset::Charset;
use super::notice::Notice;
use super::plan::{Outcome, Plan};
use crate::api::service::NoticePosition;

/// A text whose length is declared and at most this is read whole before the decision, so that an
/// existing notice at its end is seen while the length can still be stated.
const WHOLE_LIMIT: u64 = 64 << 10;

/// White space that may stand between a notice and the edge of the text.
const SLACK: usize = 64;

/// The job for one text.
#[derive(Debug)]
pub struct TextJob {
    charset: Option<Charset>,
    position: NoticePosition,
    notice: Notice,
    declared_length: Option<u64>,
}

/// The byte order mark in UTF-8.
const UTF8_MARK: &[u8] = "\u{feff}".as_bytes();

impl TextJob {
    /// `charset` is the parameter of the media type, `declared_length` the Content-Length.
    #[must_use]
    pub fn new(charset: Option<&str>, position: NoticePosition, notice: Notice, declared_length: Option<u64>) -> Self {
        Self { charset: Charset::of(charset), position, notice, declared_length }
    }

    pub(super) fn inspect(&mut self, head: &[u8], complete: bool) -> Option<Plan> {
        let Some(declared) = self.charset else {
            return Some(Plan::unchanged(Outcome::Unlabelable("text_charset_unknown")));
        };
        if head.is_empty() {
            return complete.then(|| Plan::unchanged(Outcome::Empty));
        }
        if declared.needs_mark() && head.len() < 3 && !complete {
            return None;
        }
        let (charset, mark) = declared.sniff(head);
        if head.len() <= mark {
            return complete.then(|| Plan::unchanged(Outcome::Empty));
        }
        // A mark alone is no text, and half a mark is not known to be one.
        if !complete && UTF8_MARK.starts_with(head) {
            return None;
        }
        let Some(words) = Words::of(charset, &self.notice) else {
            return Some(Plan::unchanged(Outcome::Unlabelable("text_charset_lacks_notice")));
        };
        let mut plan = match self.position {
            NoticePosition::Start => words.at_start(head, mark, complete)?,
            NoticePosition::End => words.at_end(head, complete, self.declared_length)?,
        };
        plan.becomes_utf8 = charset == Charset::Ascii && plan.edits();
        Some(plan)
    }
}

/// The notice and its neighbours in the bytes of one charset.
#[derive(Debug)]
struct Words {
    /// What is written.
    notice: Vec<u8>,
    /// All wordings that count as ours.
    known: Vec<Vec<u8>>,
    /// An empty line between text and notice.
    gap: Vec<u8>,
    /// White space, one entry per character.
    blanks: Vec<Vec<u8>>,
}

impl Words {
    fn of(charset: Charset, notice: &Notice) -> Option<Self> {
        let known: Vec<_> = notice.wordings().iter().filter_map(|wording| charset.encode(wording)).collect();
        Some(Self {
            notice: known.first()?.clone(),
            gap: charset.encode("\n\n")?,
            blanks: [" ", "\n", "\r", "\t"].iter().filter_map(|blank| charset.encode(blank)).collect(),
            known,
        })
    }

    fn at_start(&self, head: &[u8], mark: usize, complete: bool) -> Option<Plan> {
        let mut text = head.get(mark..).unwrap_or_default();
        let mut skipped = 0;
        while let Some(blank) = self.blanks.iter().find(|blank| text.starts_with(blank)) {
            text = text.get(blank.len()..).unwrap_or_default();
            skipped += blank.len();
            if skipped > SLACK {
                break;
            }
        }
        if self.known.iter().any(|known| text.starts_with(known)) {
            return Some(Plan::unchanged(Outcome::Labelled));
        }
        // Could still become one of our wordings, or white space, with the next bytes.
        if !complete && skipped <= SLACK && self.known.iter().chain(&self.blanks).any(|word| word.starts_with(text)) {
            return None;
        }
        Some(Plan::splice(mark, 0, [&self.notice[..], &self.gap].concat()))
    }

    fn at_end(self, head: &[u8], complete: bool, declared: Option<u64>) -> Option<Plan> {
        match declared {
            Some(length) if length <= WHOLE_LIMIT => {
                if !complete && (head.len() as u64) < length {
                    return None;
                }
                if self.ends_with_notice(head) {
                    return Some(Plan::unchanged(Outcome::Labelled));
                }
                Some(Plan::splice(head.len(), 0, [&self.gap[..], &self.notice].concat()))
            }
            _ => {
                let tail = Tail { words: self, fixed: declared.is_some(), recent: Vec::new() };
                Some(Plan { tail: Some(tail), ..Plan::unchanged(Outcome::Labelled) })
            }
        }
    }

    fn ends_with_notice(&self, text: &[u8]) -> bool {
        let mut text = text;
        while let Some(rest) = self.blanks.iter().find_map(|blank| text.strip_suffix(&blank[..])) {
            text = rest;
        }
        self.known.iter().any(|known| text.ends_with(known))
    }
}

/// A notice that follows the last byte of a text too long, or too unmeasured, to be read whole.
#[derive(Debug)]
pub struct Tail {
    words: Words,
    /// The length was promised: something of the notice's length must follow.
    fixed: bool,
    recent: Vec<u8>,
}

impl Tail {
    /// Bytes that [`Self::finish`] adds when the length was promised.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.gap.len() + self.words.notice.len()
    }

    /// Never: a notice has words.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sees the text pass by; keeps only as much as recognising a notice takes.
    pub fn observe(&mut self, piece: &[u8]) {
        let keep = self.words.known.iter().map(Vec::len).max().unwrap_or(0) + SLACK;
        let piece = piece.get(piece.len().saturating_sub(keep)..).unwrap_or(piece);
        self.recent.extend_from_slice(piece);
        let excess = self.recent.len().saturating_sub(keep);
        self.recent.drain(..excess);
    }

    /// What follows the last byte: the notice, or nothing when it already stands there. If the length
    /// was promised, white space takes the place of the second notice.
    #[must_use]
    pub fn finish(&mut self) -> Vec<u8> {
        let there = self.words.ends_with_notice(&self.recent);
        match (there, self.fixed) {
            // Nothing was said, so nothing is labelled.
            (false, false) if self.recent.is_empty() => Vec::new(),
            (false, _) => [&self.words.gap[..], &self.words.notice].concat(),
            (true, false) => Vec::new(),
            (true, true) => {
                let blank = self.words.blanks.first().cloned().unwrap_or_else(|| vec![b' ']);
                blank.iter().copied().cycle().take(self.len()).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::{Job, label_all, label_pieces};
    use super::*;
    use crate::label::notice::DEFAULT_NOTICE;
    use crate::law::label_words::is_text_label;
    use proptest::prelude::*;

    fn job(charset: Option<&str>, position: NoticePosition, length: Option<u64>) -> Job {
        Job::Text(TextJob::new(charset, position, Notice::default(), length))
    }

    #[test]
    fn labels_plain_text_with_both_elements_gb45438_5_1() {
        let (end, _) = label_all(job(None, NoticePosition::End, None), "你好".as_bytes());
        assert_eq!(String::from_utf8(end.clone()).unwrap(), format!("你好\n\n{DEFAULT_NOTICE}"));
        assert!(is_text_label(std::str::from_utf8(&end).unwrap()));
        let (start, _) = label_all(job(None, NoticePosition::Start, None), "\u{feff}你好".as_bytes());
        assert_eq!(String::from_utf8(start).unwrap(), format!("\u{feff}{DEFAULT_NOTICE}\n\n你好"));
    }

    #[test]
    fn never_writes_a_second_notice() {
        for (position, length) in
            [(NoticePosition::Start, None), (NoticePosition::End, None), (NoticePosition::End, Some(6))]
        {
            let (once, _) = label_all(job(None, position, length), "你好".as_bytes());
            let again = length.map(|_| once.len() as u64);
            assert_eq!(label_all(job(None, position, again), &once).0, once);
            let mut spaced = once.clone();
            spaced.extend_from_slice(b" \r\n");
            let again = length.map(|_| spaced.len() as u64);
            assert_eq!(label_all(job(None, position, again), &spaced).0, spaced);
        }
    }

    #[test]
    fn writes_the_notice_in_the_charset_of_the_text() {
        let gbk = encoding_rs::GBK.encode("你好").0.into_owned();
        let (out, _) = label_all(job(Some("gbk"), NoticePosition::End, None), &gbk);
        assert_eq!(encoding_rs::GBK.decode(&out).0, format!("你好\n\n{DEFAULT_NOTICE}"));
        for charset in ["gb18030", "gb2312", "big5", "euc-kr", "shift_jis", "iso-2022-jp"] {
            let encoding = encoding_rs::Encoding::for_label(charset.as_bytes()).unwrap();
            let text = encoding.encode("AB").0.into_owned();
            let (out, outcome) = label_all(job(Some(charset), NoticePosition::End, None), &text);
            assert_eq!(outcome, Outcome::Labelled, "{charset}");
            assert!(is_text_label(&encoding.decode(&out).0), "{charset}");
        }
        let utf16: Vec<u8> = "\u{feff}你".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let (out, _) = label_all(job(Some("utf-16"), NoticePosition::Start, None), &utf16);
        assert_eq!(encoding_rs::UTF_16BE.decode(&out).0, format!("{DEFAULT_NOTICE}\n\n你"));
    }

    #[test]
    fn says_so_when_the_charset_has_no_chinese() {
        let (out, outcome) = label_all(job(Some("iso-8859-1"), NoticePosition::End, None), b"caf\xe9");
        assert_eq!((&out[..], outcome), (&b"caf\xe9"[..], Outcome::Unlabelable("text_charset_lacks_notice")));
        let plan = TextJob::new(Some("us-ascii"), NoticePosition::End, Notice::default(), None).inspect(b"hello", true);
        assert!(plan.unwrap().becomes_utf8);
    }

    #[test]
    fn an_empty_text_gets_no_notice() {
        assert_eq!(label_all(job(None, NoticePosition::End, None), b""), (vec![], Outcome::Empty));
        assert_eq!(label_all(job(None, NoticePosition::Start, Some(0)), b"").1, Outcome::Empty);
    }

    #[test]
    fn a_mark_alone_is_no_text_however_it_comes() {
        for position in [NoticePosition::Start, NoticePosition::End] {
            let (out, outcome, _) = label_pieces(job(None, position, None), UTF8_MARK.chunks(1));
            assert_eq!((&out[..], outcome), (UTF8_MARK, Outcome::Empty));
        }
    }

    proptest! {
        #[test]
        fn any_chunking_gives_the_same_bytes_and_the_promised_length(
            text in ".{1,40}", repeat in 1_usize..4, cut in 1_usize..9, end: bool, declared: bool, noticed: bool
        ) {
            let mut text = text.repeat(repeat);
            if noticed { text = format!("{DEFAULT_NOTICE}\n{text}\n{DEFAULT_NOTICE}\n"); }
            let position = if end { NoticePosition::End } else { NoticePosition::Start };
            let length = declared.then_some(text.len() as u64);
            let whole = label_all(job(None, position, length), text.as_bytes());
            let (out, outcome, delta) = label_pieces(job(None, position, length), text.as_bytes().chunks(cut));
            prop_assert_eq!(&whole, &(out.clone(), outcome));
            if declared {
                prop_assert_eq!(out.len() as i64, text.len() as i64 + delta);
            }
        }
    }

    #[test]
    fn a_long_text_keeps_its_promised_length_even_if_the_notice_is_already_there() {
        let text = format!("{}\n{DEFAULT_NOTICE}", "字".repeat(40_000));
        let length = Some(text.len() as u64);
        let (out, _, delta) = label_pieces(job(None, NoticePosition::End, length), text.as_bytes().chunks(1000));
        assert_eq!(out.len() as i64, text.len() as i64 + delta);
        assert_eq!(String::from_utf8(out).unwrap().trim_end(), text);
    }
}
