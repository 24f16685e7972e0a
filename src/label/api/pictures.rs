//! Pictures inside JSON strings (`b64_json`, `data:` URLs), labelled as they pass.
//!
//! In: JSON in any chunks. Out: the same, with the label in every PNG, JPEG, WebP, WAV, FLAC and Ogg; its pixels and all else stay as they were. A picture is known
//! by its first bytes, whatever its member is called. Must not: hold more than the head of one picture.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::{memchr, memchr2, memmem};

use crate::label::AigcLabel;
use crate::label::carrier::{Carrier, MediaJob};
use crate::label::plan::{HEAD_LIMIT, Outcome};

/// How a string begins that holds a picture, with its quote: the first bytes in base64, as far as they are whole characters,
/// alone or behind the beginning of a `data:` URL (RFC 2397); and how many characters of the string come before them.
const BEGINNINGS: [(&[u8], usize); 10] = [
    (b"\"iVBORw0KGgo", 0),
    (b"\"data:image/png;base64,iVBORw0KGgo", 22),
    (b"\"/9j/", 0),
    (b"\"data:image/jpeg;base64,/9j/", 23),
    (b"\"data:image/jpg;base64,/9j/", 22),
    // RIFF: WebP or WAV, as what follows says.
    (b"\"UklGR", 0),
    // FLAC and Ogg.
    (b"\"ZkxhQ", 0),
    (b"\"T2dnU", 0),
    (b"\"data:image/webp;base64,UklGR", 23),
    (b"\"data:audio/wav;base64,UklGR", 22),
];
/// So much of a picture is gathered before it is looked at first.
const FIRST_LOOK: usize = 4096;

/// Labels pictures in one JSON text.
#[derive(Debug)]
pub struct Pictures {
    label: AigcLabel,
    state: State,
    /// Characters of the string under way that wait for a decision, or for the rest of their group of four.
    pending: Vec<u8>,
    labelled: usize,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    /// Between strings.
    Outside,
    /// At the start of a string that may become a picture.
    Start,
    /// In a string that is none, or none of ours; whether the next character is escaped.
    Other(bool),
    /// In a picture that is not decided yet; the length at which it is looked at.
    Head(usize),
    /// In a picture behind its edit; bytes that wait for the rest of their group of three.
    Body(Vec<u8>),
}

/// Whether this beginning of a JSON text holds a picture.
#[must_use]
pub fn holds_picture(head: &[u8]) -> bool {
    BEGINNINGS.iter().any(|(beginning, _)| memmem::find(head, beginning).is_some())
}

impl Pictures {
    /// A labeller at the start of a text.
    #[must_use]
    pub fn new(label: AigcLabel) -> Self {
        Self { label, state: State::Outside, pending: Vec::new(), labelled: 0 }
    }

    /// How many pictures were labelled so far.
    #[must_use]
    pub fn labelled(&self) -> usize {
        self.labelled
    }

    /// Takes bytes; returns those that leave now.
    pub fn push(&mut self, mut bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len() + 1024);
        while !bytes.is_empty() {
            let taken = match &self.state {
                State::Outside => self.outside(bytes, &mut out),
                State::Start => self.start(bytes, &mut out),
                State::Other(_) => self.other(bytes, &mut out),
                State::Head(_) => self.head(bytes, &mut out),
                State::Body(_) => self.body(bytes, &mut out),
            };
            bytes = bytes.get(taken..).unwrap_or_default();
        }
        out
    }

    /// The text has ended: what is left.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        if let State::Body(carry) = std::mem::replace(&mut self.state, State::Outside) {
            out.extend(STANDARD.encode(carry).into_bytes());
        }
        out.append(&mut self.pending);
        out
    }

    fn outside(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> usize {
        let taken = match memchr(b'"', bytes) {
            Some(quote) => {
                self.state = State::Start;
                quote + 1
            }
            None => bytes.len(),
        };
        out.extend(bytes.get(..taken).unwrap_or_default());
        taken
    }

    fn start(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> usize {
        let Some(&byte) = bytes.first() else { return 0 };
        self.pending.push(byte);
        let mut left = BEGINNINGS.iter().filter(|(beginning, _)| beginning[1..].starts_with(&self.pending)).peekable();
        let is_open = left.peek().is_some();
        let whole = left.find(|(beginning, _)| beginning.len() == self.pending.len() + 1);
        if let Some((_, before)) = whole {
            out.extend(self.pending.drain(..*before));
            self.state = State::Head(FIRST_LOOK);
        } else if !is_open {
            // The byte that decides may end the string or begin an escape.
            self.pending.pop();
            out.append(&mut self.pending);
            self.state = State::Other(false);
            return 0;
        }
        1
    }

    fn other(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> usize {
        let (taken, next) = match (&self.state, memchr2(b'"', b'\\', bytes)) {
            (State::Other(true), _) => (1, State::Other(false)),
            (_, None) => (bytes.len(), State::Other(false)),
            (_, Some(at)) if bytes.get(at) == Some(&b'"') => (at + 1, State::Outside),
            (_, Some(at)) => (at + 1, State::Other(true)),
        };
        self.state = next;
        out.extend(bytes.get(..taken).unwrap_or_default());
        taken
    }

    fn head(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> usize {
        let end = memchr2(b'"', b'\\', bytes);
        let State::Head(look) = self.state else { return 0 };
        let room = look.saturating_sub(self.pending.len()).max(1);
        let taken = end.unwrap_or(bytes.len()).min(room);
        self.pending.extend(bytes.get(..taken).unwrap_or_default());
        let is_end = end == Some(taken);
        if !is_end && self.pending.len() < look {
            return taken;
        }
        let whole = self.pending.len() / 4 * 4;
        // An escape is no base64, and what is left of a group is none either.
        let is_broken = is_end && (bytes.get(taken) == Some(&b'\\') || whole != self.pending.len());
        let decoded = STANDARD.decode(self.pending.get(..whole).unwrap_or_default());
        let (Ok(decoded), false) = (decoded, is_broken) else {
            self.leave(out);
            return taken;
        };
        // What begins as none of ours was a word: the job refuses it, and it stays.
        match MediaJob::new(Carrier::Png, self.label.clone()).inspect(&decoded, is_end) {
            None => self.state = State::Head(look * 2),
            Some(plan) if plan.outcome == Outcome::Labelled => {
                self.labelled += 1;
                self.pending.drain(..whole);
                let mut carry = plan.head(&decoded);
                emit(&mut carry, out);
                self.state = State::Body(carry);
            }
            Some(_) => self.leave(out),
        }
        debug_assert!(self.pending.len() <= HEAD_LIMIT * 2, "a picture is decided from its head");
        taken
    }

    /// The picture stays as it is.
    fn leave(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.pending);
        self.state = State::Other(false);
    }

    fn body(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> usize {
        let State::Body(carry) = &mut self.state else { return 0 };
        let end = memchr2(b'"', b'\\', bytes);
        let taken = end.unwrap_or(bytes.len());
        self.pending.extend(bytes.get(..taken).unwrap_or_default());
        let whole = self.pending.len() / 4 * 4;
        let decoded = STANDARD.decode(self.pending.get(..whole).unwrap_or_default());
        let is_broken = decoded.is_err() || (end.is_some() && whole != self.pending.len());
        if let (Ok(decoded), false) = (decoded, is_broken) {
            self.pending.drain(..whole);
            carry.extend(decoded);
            emit(carry, out);
            if end.is_none() {
                return taken;
            }
        }
        // The end of the picture, or of what can be read of it.
        out.extend(STANDARD.encode(std::mem::take(carry)).into_bytes());
        self.leave(out);
        taken
    }
}

/// Encodes whole groups of three bytes; the rest stays.
fn emit(carry: &mut Vec<u8>, out: &mut Vec<u8>) {
    let whole = carry.len() / 3 * 3;
    out.extend(STANDARD.encode(carry.get(..whole).unwrap_or_default()).into_bytes());
    carry.drain(..whole);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::plan::{Job, label_all};
    use proptest::prelude::*;

    fn label() -> AigcLabel {
        AigcLabel::first_write("00119144030008867405X210001", "id-1").unwrap()
    }

    /// A PNG as far as its chunks are concerned, with so much picture.
    fn png(size: usize) -> Vec<u8> {
        let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
        for (kind, data) in [(b"IHDR", vec![1; 13]), (b"IDAT", vec![7; size]), (b"IEND", vec![])] {
            png.extend((data.len() as u32).to_be_bytes());
            png.extend(kind);
            png.extend(&data);
            png.extend(crc32fast::hash(&[&kind[..], &data].concat()).to_be_bytes());
        }
        png
    }

    fn through(json: &[u8], chunk: usize) -> (Vec<u8>, usize) {
        let mut pictures = Pictures::new(label());
        let mut out: Vec<u8> = json.chunks(chunk).flat_map(|piece| pictures.push(piece)).collect();
        out.extend(pictures.finish());
        (out, pictures.labelled())
    }

    #[test]
    fn every_png_in_a_json_text_is_labelled_as_it_would_be_alone_article_16() {
        for size in [0, 1, 2, 5000, 400_000] {
            let plain = STANDARD.encode(png(size));
            let (labelled, outcome) = label_all(Job::Media(MediaJob::new(Carrier::Png, label())), &png(size));
            assert_eq!(outcome, Outcome::Labelled);
            let labelled = STANDARD.encode(labelled);
            let json = |picture: &str| {
                let text = "iVBORw0K is no picture \\\" nor is data:image/png;base64,AAAA";
                format!(
                    r#"{{"data":[{{"b64_json":"{picture}"}},{{"url":"data:image/png;base64,{picture}","x":"{text}"}}],"":""}}"#
                )
            };
            for chunk in [3, 1000, usize::MAX] {
                let (out, count) = through(json(&plain).as_bytes(), chunk);
                assert!(out == json(&labelled).as_bytes(), "{size} {chunk}");
                assert_eq!(count, 2);
            }
            // Once more: the label that is there stays the only one.
            assert_eq!(through(json(&labelled).as_bytes(), 1000), (json(&labelled).into_bytes(), 0));
        }
    }

    #[test]
    fn what_is_no_whole_base64_passes_as_it_is() {
        let plain = STANDARD.encode(png(9000));
        for broken in [
            format!("{{\"a\":\"{}", &plain[..5000]),
            format!("{{\"a\":\"{}\\/\"}}", &plain[..400]),
            format!("{{\"a\":\"{}-\"}}", &plain[..400]),
            "{\"a\":\"iVBORw0KGgo\"}".to_owned(),
            "{\"a\":\"iVBORw0KGgoAAAA\"}".to_owned(),
        ] {
            let (out, _) = through(broken.as_bytes(), 7);
            assert!(out.len() >= broken.len());
            let kept = &broken.as_bytes()[broken.len() - 2..];
            assert!(out.ends_with(kept), "{broken}");
        }
    }

    /// Segments of the smallest file that has what a label is put between.
    const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xFF\xDA\0\x02picture\xFF\xD9";

    const WEBP: &[u8] = b"RIFF\x1C\0\0\0WEBPVP8 \x10\0\0\0\x30\x01\0\x9D\x01\x2A\x80\x02\xE0\x01pixels";
    const WAV: &[u8] = b"RIFF\x14\0\0\0WAVEdata\x08\0\0\0samples!";

    #[test]
    fn files_of_other_formats_in_a_json_text_are_labelled_as_they_would_be_alone_article_16() {
        for (carrier, file, befores) in [
            (Carrier::Jpeg, JPEG, ["", "data:image/jpeg;base64,", "data:image/jpg;base64,"]),
            (Carrier::Webp, WEBP, ["", "data:image/webp;base64,", ""]),
            (Carrier::Wav, WAV, ["", "data:audio/wav;base64,", ""]),
        ] {
            let (labelled, outcome) = label_all(Job::Media(MediaJob::new(carrier, label())), file);
            assert_eq!(outcome, Outcome::Labelled);
            for (before, cut) in befores.iter().flat_map(|before| [1, 7, 4096].map(|cut| (before, cut))) {
                let text = |file: &[u8]| {
                    let file = STANDARD.encode(file);
                    format!(r#"{{"a":"/9j/ is a path","b":"/9j/","c":"UklGR","url":"{before}{file}"}}"#)
                };
                assert!(holds_picture(text(file).as_bytes()));
                let mut pictures = Pictures::new(label());
                let mut out: Vec<u8> =
                    text(file).as_bytes().chunks(cut).flat_map(|piece| pictures.push(piece)).collect();
                out.extend(pictures.finish());
                assert_eq!(String::from_utf8(out).unwrap(), text(&labelled), "{before} {cut}");
                assert_eq!(pictures.labelled(), 1);
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_pass_alike_however_they_are_chunked(
            pieces in proptest::collection::vec("(\"|\\\\|\\{|iVBORw0KGgo|/9j/|UklGR|data:image/png;base64,|A{0,9}|=|:)", 0..12),
            picture in 0usize..3, at in 0usize..12, chunk in 1usize..20,
        ) {
            let mut pieces = pieces;
            pieces.insert(at.min(pieces.len()), format!("\"{}\"", STANDARD.encode(png(picture))));
            let text = pieces.concat();
            let whole = through(text.as_bytes(), usize::MAX);
            prop_assert!(whole.0.len() >= text.len());
            prop_assert_eq!(whole, through(text.as_bytes(), chunk));
        }
    }
}
