//! A stream of an API, labelled as it passes.
//!
//! In: the application's bytes in any chunks. Out: the same events or lines, in the same order and number, with label and
//! notice in those that the API's file names. Must not: hold more than [`HELD_LIMIT`], or wait for time to pass.

use super::choices::{self, Shape};
use super::frame::{Frame, Framing, Splitter};
use super::json::Edit;
use super::{Mark, Protocol, messages, ollama, responses};

/// Most bytes behind a piece of text that waits for what follows it; more let everything go without a notice.
const HELD_LIMIT: usize = 64 << 10;

/// What happens to one frame and to those that wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It leaves at once, ahead of what waits.
    Pass(Vec<Edit>),
    /// It leaves behind what waits, when that leaves.
    Behind(Vec<Edit>),
    /// What waits leaves as it is, then this.
    Release(Vec<Edit>),
    /// What waits leaves as it is; this waits, and gets the notice by this edit if nothing like it follows.
    Hold(Edit),
    /// What waits gets its notice and leaves, then this.
    End(Vec<Edit>),
}

#[derive(Debug)]
enum Stream {
    Choices(choices::Stream),
    Responses(responses::Stream),
    Messages(messages::Stream),
    Ollama(ollama::Stream),
}

/// A piece of text that waits, and what came behind it.
#[derive(Debug)]
struct Held {
    frame: Frame,
    notice: Edit,
    behind: Vec<u8>,
}

/// Edits one stream.
#[derive(Debug)]
pub struct Editor {
    mark: Mark,
    splitter: Splitter,
    stream: Stream,
    held: Option<Held>,
}

impl Editor {
    /// An editor at the start of a stream.
    #[must_use]
    pub fn new(protocol: Protocol, framing: Framing, mark: Mark) -> Self {
        let stream = match protocol {
            Protocol::ChatCompletions => Stream::Choices(choices::Stream::new(Shape::Message)),
            Protocol::Completions => Stream::Choices(choices::Stream::new(Shape::Text)),
            Protocol::Responses => Stream::Responses(responses::Stream::default()),
            Protocol::Messages => Stream::Messages(messages::Stream::default()),
            Protocol::OllamaGenerate => Stream::Ollama(ollama::Stream::new(ollama::Shape::Generate)),
            Protocol::OllamaChat => Stream::Ollama(ollama::Stream::new(ollama::Shape::Chat)),
        };
        Self { mark, splitter: Splitter::new(framing), stream, held: None }
    }

    /// Whether a text of the stream bears the notice, as far as it has come.
    #[must_use]
    pub fn is_noticed(&self) -> bool {
        match &self.stream {
            Stream::Choices(stream) => stream.is_noticed,
            Stream::Responses(stream) => stream.is_noticed,
            Stream::Messages(stream) => stream.is_noticed,
            Stream::Ollama(stream) => stream.is_noticed,
        }
    }

    /// Takes bytes; returns those that leave now.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        let frames = self.splitter.push(bytes);
        let mut out = Vec::with_capacity(bytes.len() + 512);
        for frame in frames {
            self.frame(frame, &mut out);
        }
        out
    }

    /// The stream has ended: what is left.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        if let Some(frame) = self.splitter.finish() {
            self.frame(frame, &mut out);
        }
        self.release(false, &mut out);
        out
    }

    fn frame(&mut self, frame: Frame, out: &mut Vec<u8>) {
        let step = match (frame.data(), &mut self.stream) {
            (None, _) => Step::Pass(Vec::new()),
            (Some(data), Stream::Choices(stream)) => stream.step(&self.mark, data),
            (Some(data), Stream::Responses(stream)) => stream.step(&self.mark, data),
            (Some(data), Stream::Messages(stream)) => stream.step(&self.mark, data),
            (Some(data), Stream::Ollama(stream)) => stream.step(&self.mark, data),
        };
        match step {
            Step::Pass(edits) => out.extend(frame.edited(&edits)),
            Step::Behind(edits) => match &mut self.held {
                Some(held) => {
                    held.behind.extend(frame.edited(&edits));
                    if held.behind.len() > HELD_LIMIT {
                        self.release(false, out);
                    }
                }
                None => out.extend(frame.edited(&edits)),
            },
            Step::Release(edits) => {
                self.release(false, out);
                out.extend(frame.edited(&edits));
            }
            Step::Hold(notice) => {
                self.release(false, out);
                self.held = Some(Held { frame, notice, behind: Vec::new() });
            }
            Step::End(edits) => {
                self.release(true, out);
                out.extend(frame.edited(&edits));
            }
        }
    }

    fn release(&mut self, with_notice: bool, out: &mut Vec<u8>) {
        let Some(held) = self.held.take() else { return };
        let edits = if with_notice { vec![held.notice] } else { Vec::new() };
        out.extend(held.frame.edited(&edits));
        out.extend(held.behind);
    }
}

#[cfg(test)]
#[path = "editor_tests.rs"]
mod tests;
