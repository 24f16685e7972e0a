//! Streams cut into the pieces that clients read: server-sent events, or lines of JSON.
//!
//! In: bytes, in any chunks. Out: [`Frame`]s that, put together, are those bytes. Must not: change a byte, hold more than
//! [`FRAME_LIMIT`], or know any API.

use super::json::{Edit, apply};

/// Most bytes of one frame that is looked into; a longer one is passed on as it is.
pub const FRAME_LIMIT: usize = 256 << 10;

/// How a stream is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// `text/event-stream` (WHATWG HTML, server-sent events).
    Events,
    /// One JSON text per line.
    Lines,
}

/// One piece of a stream.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    bytes: Vec<u8>,
    /// The JSON in it, and where each of its lines lies in the bytes.
    data: Option<(String, Vec<Line>)>,
}

/// A line of an event's data: where it begins in the data and in the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line {
    data: usize,
    frame: usize,
}

/// Cuts a stream.
#[derive(Debug)]
pub struct Splitter {
    framing: Framing,
    pending: Vec<u8>,
    /// How far `pending` holds no end of a frame.
    seen: usize,
    /// Whether the line under way has no byte yet.
    is_blank: bool,
    /// The frame under way is too long and leaves as it comes.
    is_passing: bool,
}

impl Frame {
    /// What the client reads as JSON.
    #[must_use]
    pub fn data(&self) -> Option<&str> {
        self.data.as_ref().map(|(data, _)| data.as_str())
    }

    /// The bytes with edits of the data, in order of their places.
    #[must_use]
    pub fn edited(self, edits: &[Edit]) -> Vec<u8> {
        let Some((_, lines)) = self.data.filter(|_| !edits.is_empty()) else { return self.bytes };
        let moved = |edit: &Edit| {
            let line = lines.iter().rev().find(|line| line.data <= edit.at)?;
            Some(Edit { at: line.frame + edit.at - line.data, ..edit.clone() })
        };
        let moved: Vec<Edit> = edits.iter().filter_map(moved).collect();
        match String::from_utf8(self.bytes) {
            Ok(text) => apply(&text, &moved).into_bytes(),
            // Data is only read out of UTF-8.
            Err(error) => error.into_bytes(),
        }
    }

    fn of(bytes: Vec<u8>, framing: Framing) -> Self {
        let data = (bytes.len() <= FRAME_LIMIT).then(|| std::str::from_utf8(&bytes).ok()).flatten();
        let data = data.and_then(|text| match framing {
            Framing::Events => event_data(text),
            Framing::Lines => (!text.trim().is_empty()).then(|| (text.to_owned(), vec![Line { data: 0, frame: 0 }])),
        });
        Self { bytes, data }
    }
}

fn event_data(text: &str) -> Option<(String, Vec<Line>)> {
    let mut data = String::new();
    let mut lines = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        // A byte order mark may stand before the first line of a stream.
        let mark = if at == 0 && line.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let content = line.get(mark..).unwrap_or_default().trim_end_matches(['\n', '\r']);
        if let Some(value) = content.strip_prefix("data:") {
            let blank = usize::from(value.starts_with(' '));
            if !lines.is_empty() {
                data.push('\n');
            }
            lines.push(Line { data: data.len(), frame: at + mark + "data:".len() + blank });
            data.push_str(value.get(blank..).unwrap_or_default());
        }
        at += line.len();
    }
    (!lines.is_empty()).then_some((data, lines))
}

impl Splitter {
    /// A splitter at the start of a stream.
    #[must_use]
    pub fn new(framing: Framing) -> Self {
        Self { framing, pending: Vec::new(), seen: 0, is_blank: true, is_passing: false }
    }

    /// Takes bytes; returns the frames that are whole now.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Frame> {
        self.pending.extend_from_slice(bytes);
        let mut frames = Vec::new();
        while self.finds_end() {
            let rest = self.pending.split_off(self.seen);
            let whole = std::mem::replace(&mut self.pending, rest);
            frames.push(self.whole(whole));
        }
        self.is_passing |= self.pending.len() > FRAME_LIMIT;
        if self.is_passing && self.seen > 0 {
            let rest = self.pending.split_off(self.seen);
            frames.push(Frame { bytes: std::mem::replace(&mut self.pending, rest), data: None });
            self.seen = 0;
        }
        frames
    }

    /// The last frame, which no end was written of.
    pub fn finish(&mut self) -> Option<Frame> {
        let bytes = std::mem::take(&mut self.pending);
        (!bytes.is_empty()).then(|| self.whole(bytes))
    }

    fn whole(&mut self, bytes: Vec<u8>) -> Frame {
        (self.seen, self.is_blank) = (0, true);
        if std::mem::take(&mut self.is_passing) { Frame { bytes, data: None } } else { Frame::of(bytes, self.framing) }
    }

    /// Goes on to behind the end of the first frame.
    fn finds_end(&mut self) -> bool {
        while let Some(&byte) = self.pending.get(self.seen) {
            let length = match (byte, self.framing) {
                (b'\n', _) => 1,
                // What follows a CR tells whether the line ends here.
                (b'\r', Framing::Events) => match self.pending.get(self.seen + 1) {
                    Some(b'\n') => 2,
                    Some(_) => 1,
                    None => return false,
                },
                _ => {
                    self.seen += 1;
                    self.is_blank = false;
                    continue;
                }
            };
            self.seen += length;
            if std::mem::replace(&mut self.is_blank, true) || self.framing == Framing::Lines {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::Text;
    use super::*;
    use proptest::prelude::*;

    fn cut(framing: Framing, stream: &[u8], size: usize) -> Vec<Frame> {
        let mut splitter = Splitter::new(framing);
        let mut frames: Vec<Frame> = stream.chunks(size).flat_map(|chunk| splitter.push(chunk)).collect();
        frames.extend(splitter.finish());
        frames
    }

    #[test]
    fn data_is_what_a_client_reads() {
        let stream = "\u{feff}data: {\"a\":\r\ndata:1}\r\n\r\n: comment\n\nevent: x\rid: 7\r\rdata:[DONE]";
        let frames = cut(Framing::Events, stream.as_bytes(), 3);
        let data: Vec<_> = frames.iter().map(Frame::data).collect();
        assert_eq!(data, [Some("{\"a\":\n1}"), None, None, Some("[DONE]")]);
        let lines = cut(Framing::Lines, b"{\"a\":1}\r\n\n{}", 2);
        let data: Vec<_> = lines.iter().map(Frame::data).collect();
        assert_eq!(data, [Some("{\"a\":1}\r\n"), None, Some("{}")]);
    }

    #[test]
    fn an_edit_of_the_data_lands_in_its_line() {
        let frame = cut(Framing::Events, b"event: m\ndata: {\ndata: \"a\":\"b\"}\n\n", 99).remove(0);
        let data = frame.data().unwrap().to_owned();
        let (text, top, object) = Text::object(&data).unwrap();
        let edits = [text.first_member(top, "k", "1"), text.append(object.get("a").unwrap(), "c")];
        let edited = String::from_utf8(frame.edited(&edits)).unwrap();
        assert_eq!(edited, "event: m\ndata: {\"k\":1,\ndata: \"a\":\"bc\"}\n\n");
    }

    #[test]
    fn a_frame_that_is_too_long_passes_and_the_next_is_read_again() {
        for end in ["\n\n", "\r\r", "\r\n\r\n"] {
            let stream = format!("data: {}{end}data: {{}}{end}", "x".repeat(FRAME_LIMIT));
            for size in [1000, FRAME_LIMIT * 2] {
                let frames = cut(Framing::Events, stream.as_bytes(), size);
                assert!(frames.iter().all(|frame| frame.bytes.len() <= FRAME_LIMIT + 1010 || size > FRAME_LIMIT));
                assert_eq!(frames.iter().filter_map(Frame::data).collect::<Vec<_>>(), ["{}"], "{end:?} {size}");
            }
        }
    }

    proptest! {
        #[test]
        fn frames_are_the_stream_however_it_is_chunked(
            stream in "(data:|: |\\{\\}|\n|\r|\r\n|\n\n|[a你]){0,20}", size in 1_usize..9, lines: bool
        ) {
            let framing = if lines { Framing::Lines } else { Framing::Events };
            let frames = cut(framing, stream.as_bytes(), size);
            prop_assert_eq!(&frames, &cut(framing, stream.as_bytes(), stream.len().max(1)));
            let joined: Vec<u8> = frames.into_iter().flat_map(|frame| frame.edited(&[])).collect();
            prop_assert_eq!(joined, stream.as_bytes());
        }
    }
}
