//! Answer bodies: passed on, edited, or our own.
//!
//! Pull-based: a frame is read from the application only when the client's connection has room, so
//! back-pressure reaches the application and memory per stream is the head and one frame.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use super::headers;
use super::metrics::Coverage;
use super::record::Tally;
use super::state::InFlightGuard;
use crate::label::api::{Editor, Pictures};
use crate::label::plan::Plan;
use crate::label::text::Tail;

/// A body on its way out.
#[derive(Debug)]
pub struct OutBody {
    stage: Stage,
    guard: Option<InFlightGuard>,
    tally: Option<Tally>,
}

#[derive(Debug)]
enum Stage {
    Passed(Incoming),
    Edited(Box<Edited>),
    Streamed(Box<Streamed>),
    Pictured(Box<Pictured>),
    Full(Option<Bytes>),
}

/// A body whose head was read and whose edits are known.
#[derive(Debug)]
struct Edited {
    queue: VecDeque<Bytes>,
    rest: Option<Incoming>,
    tail: Option<Tail>,
    trailers: Option<HeaderMap>,
    /// Bytes were changed, so checksums in trailers are wrong.
    edits: bool,
}

/// A stream of an API that is labelled as it passes.
#[derive(Debug)]
struct Streamed {
    rest: Option<Incoming>,
    editor: Editor,
    coverage: Coverage,
    /// What comes after the last byte: trailers, or the error of a stream that broke off.
    last: Option<Result<Frame<Bytes>, hyper::Error>>,
}

/// JSON whose pictures are labelled as they pass.
#[derive(Debug)]
struct Pictured {
    edited: Edited,
    pictures: Pictures,
    is_over: bool,
    /// Trailers, or the error of a body that broke off.
    last: Option<Result<Frame<Bytes>, hyper::Error>>,
}

/// The head of a body, read to decide, and what follows.
#[derive(Debug)]
pub struct Head {
    /// All bytes so far.
    pub bytes: Bytes,
    /// What follows; `None` when the body has ended.
    pub rest: Option<Incoming>,
    /// Trailers, when they came with the head.
    pub trailers: Option<HeaderMap>,
}

impl OutBody {
    /// Byte for byte what the application sends.
    #[must_use]
    pub fn passed(body: Incoming) -> Self {
        Self { stage: Stage::Passed(body), guard: None, tally: None }
    }

    /// Our own bytes.
    #[must_use]
    pub fn full(bytes: Bytes) -> Self {
        Self { stage: Stage::Full((!bytes.is_empty()).then_some(bytes)), guard: None, tally: None }
    }

    /// Head and rest, with the edits of a plan.
    #[must_use]
    pub fn planned(head: Head, plan: Plan) -> Self {
        let Head { mut bytes, rest, trailers } = head;
        let edits = plan.edits();
        let mut tail = plan.tail;
        if let Some(tail) = &mut tail {
            tail.observe(&bytes);
        }
        let mut queue = VecDeque::with_capacity(3);
        let mut at = 0;
        for splice in plan.splices {
            let before = bytes.split_to((splice.at - at).min(bytes.len()));
            let _removed = bytes.split_to(splice.remove.min(bytes.len()));
            at = splice.at + splice.remove;
            queue.extend([before, Bytes::from(splice.insert)]);
        }
        queue.push_back(bytes);
        queue.retain(|bytes| !bytes.is_empty());
        Self { stage: Stage::Edited(Box::new(Edited { queue, rest, tail, trailers, edits })), guard: None, tally: None }
    }

    /// The same, with a label in every picture that passes.
    #[must_use]
    pub fn pictured(self, pictures: Pictures) -> Self {
        match self.stage {
            Stage::Edited(edited) => {
                let edited = Edited { edits: true, ..*edited };
                let pictured = Pictured { edited, pictures, is_over: false, last: None };
                Self { stage: Stage::Pictured(Box::new(pictured)), guard: self.guard, tally: self.tally }
            }
            stage => Self { stage, guard: self.guard, tally: self.tally },
        }
    }

    /// The events or lines of an API, labelled one by one.
    #[must_use]
    pub fn streamed(body: Incoming, editor: Editor, coverage: Coverage) -> Self {
        let streamed = Streamed { rest: Some(body), editor, coverage, last: None };
        Self { stage: Stage::Streamed(Box::new(streamed)), guard: None, tally: None }
    }

    /// Tells the records what leaves.
    #[must_use]
    pub fn tallied(mut self, tally: Option<Tally>) -> Self {
        self.tally = tally;
        self
    }

    /// Counts as in flight until the body is gone.
    #[must_use]
    pub fn guarded(mut self, guard: InFlightGuard) -> Self {
        self.guard = Some(guard);
        self
    }
}

impl Edited {
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if let Some(bytes) = self.queue.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if let Some(rest) = &mut self.rest {
            match ready!(Pin::new(rest).poll_frame(cx)) {
                // A stream that breaks off must look broken off: no notice after it, no clean end.
                Some(Err(error)) => {
                    self.rest = None;
                    self.tail = None;
                    return Poll::Ready(Some(Err(error)));
                }
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(bytes) => {
                        if let Some(tail) = &mut self.tail {
                            tail.observe(&bytes);
                        }
                        return Poll::Ready(Some(Ok(Frame::data(bytes))));
                    }
                    Err(frame) => {
                        self.trailers = frame.into_trailers().ok();
                        self.rest = None;
                    }
                },
                None => self.rest = None,
            }
        }
        if let Some(mut tail) = self.tail.take() {
            let bytes = Bytes::from(tail.finish());
            if !bytes.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
        }
        Poll::Ready(self.trailers.take().map(|mut trailers| {
            if self.edits {
                headers::drop_digests(&mut trailers);
            }
            Ok(Frame::trailers(trailers))
        }))
    }

    fn is_end(&self) -> bool {
        self.queue.is_empty()
            && self.tail.is_none()
            && self.trailers.is_none()
            && self.rest.as_ref().is_none_or(Body::is_end_stream)
    }
}

impl Pictured {
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        while !self.is_over {
            let data = match ready!(self.edited.poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => Some(data),
                    Err(frame) => {
                        self.last = Some(Ok(frame));
                        None
                    }
                },
                Some(Err(error)) => {
                    self.last = Some(Err(error));
                    None
                }
                None => None,
            };
            self.is_over = data.is_none();
            let out = match data {
                Some(data) => self.pictures.push(&data),
                None => self.pictures.finish(),
            };
            if !out.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(out.into()))));
            }
        }
        Poll::Ready(self.last.take())
    }
}

impl Streamed {
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        while let Some(rest) = &mut self.rest {
            let data = match ready!(Pin::new(rest).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => Some(data),
                    Err(frame) => {
                        self.last = frame.into_trailers().ok().map(|mut trailers| {
                            headers::drop_digests(&mut trailers);
                            Ok(Frame::trailers(trailers))
                        });
                        None
                    }
                },
                // What came before a stream broke off is the client's; then it must look broken off.
                Some(Err(error)) => {
                    self.last = Some(Err(error));
                    None
                }
                None => None,
            };
            let out = match data {
                Some(data) => self.editor.push(&data),
                None => {
                    self.rest = None;
                    let out = self.editor.finish();
                    self.coverage.ended(self.editor.is_noticed());
                    out
                }
            };
            if !out.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(out.into()))));
            }
        }
        Poll::Ready(self.last.take())
    }
}

impl Body for OutBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(match &mut self.stage {
            Stage::Passed(body) => Pin::new(body).poll_frame(cx),
            Stage::Edited(edited) => edited.poll_frame(cx),
            Stage::Streamed(streamed) => streamed.poll_frame(cx),
            Stage::Pictured(pictured) => pictured.poll_frame(cx),
            Stage::Full(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
        });
        // hyper stops asking once the length is reached, so the end is looked for after every frame.
        let is_over = frame.is_none() || self.is_end_stream();
        if let Some(tally) = &mut self.tally {
            match &frame {
                Some(Ok(frame)) => tally.passed(frame.data_ref().map_or(&[], |data| &data[..])),
                Some(Err(_)) => tally.broke_off(),
                None => {}
            }
            if is_over {
                tally.complete();
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match &self.stage {
            Stage::Passed(body) => body.is_end_stream(),
            Stage::Edited(edited) => edited.is_end(),
            Stage::Streamed(streamed) => streamed.rest.is_none() && streamed.last.is_none(),
            Stage::Pictured(pictured) => pictured.is_over && pictured.last.is_none(),
            Stage::Full(bytes) => bytes.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.stage {
            Stage::Passed(body) => body.size_hint(),
            // The length header says it where it is known.
            Stage::Edited(_) | Stage::Streamed(_) | Stage::Pictured(_) => SizeHint::default(),
            Stage::Full(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
        }
    }
}
