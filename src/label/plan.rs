//! What to do to one content: decided from its head, before the first byte leaves.
//!
//! In: the growing head. Out: one [`Plan`]. All edits lie in the head or after the last byte, so the
//! length of the labelled content is known when the headers leave, and nothing else is buffered.
//!
//! A decision depends on the content only, never on how it was cut into chunks: a job that answers
//! for some prefix answers the same for every longer prefix.

use super::AigcLabel;
use super::api::AnswerJob;
use super::carrier::MediaJob;
use super::json::JsonJob;
use super::text::{Tail, TextJob};

/// Most bytes of the head that a job may ask for.
pub const HEAD_LIMIT: usize = 256 << 10;

/// One replacement in the head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// Where, from the start of the content.
    pub at: usize,
    /// How many bytes go away (an XMP chunk that is written anew); almost always 0.
    pub remove: usize,
    /// What is put there.
    pub insert: Vec<u8>,
}

/// What the content is after the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Carries our label.
    Labelled,
    /// Already carried a label, which stays the only one (GB 45438-2025 6.1; Order 12 Art. 18).
    Kept(Box<AigcLabel>),
    /// The content has no place for the label; response headers carry it alone.
    HeaderOnly(&'static str),
    /// Cannot be labelled: broken, or not what its type says.
    Unlabelable(&'static str),
    /// No content at all.
    Empty,
}

/// The decision for one content.
#[derive(Debug)]
pub struct Plan {
    /// What the content is afterwards.
    pub outcome: Outcome,
    /// Edits in the head, in order of their places.
    pub splices: Vec<Splice>,
    /// Edit after the last byte.
    pub tail: Option<Tail>,
    /// The declared charset must become UTF-8 (US-ASCII text with a Chinese notice).
    pub becomes_utf8: bool,
    /// A text of it bears our notice by this plan.
    pub is_noticed: bool,
}

impl Plan {
    /// A plan without edits.
    #[must_use]
    pub fn unchanged(outcome: Outcome) -> Self {
        Self { outcome, splices: Vec::new(), tail: None, becomes_utf8: false, is_noticed: false }
    }

    /// A plan that leaves what cannot be labelled.
    #[must_use]
    pub fn unlabelable(reason: &'static str) -> Self {
        Self::unchanged(Outcome::Unlabelable(reason))
    }

    /// A plan that leaves what has no place for the label.
    #[must_use]
    pub fn header_only(reason: &'static str) -> Self {
        Self::unchanged(Outcome::HeaderOnly(reason))
    }

    /// A plan with one edit in the head.
    #[must_use]
    pub fn splice(at: usize, remove: usize, insert: Vec<u8>) -> Self {
        Self { splices: vec![Splice { at, remove, insert }], ..Self::unchanged(Outcome::Labelled) }
    }

    /// Whether any byte changes.
    #[must_use]
    pub fn edits(&self) -> bool {
        !self.splices.is_empty() || self.tail.is_some()
    }

    /// How much longer (or shorter) the content gets.
    #[must_use]
    pub fn delta(&self) -> i64 {
        let splices = self
            .splices
            .iter()
            .map(|splice| i64::try_from(splice.insert.len()).unwrap_or(0) - i64::try_from(splice.remove).unwrap_or(0));
        splices.sum::<i64>() + self.tail.as_ref().map_or(0, |tail| i64::try_from(tail.len()).unwrap_or(0))
    }
}

impl Plan {
    /// The head with the edits in it.
    #[must_use]
    pub fn head(&self, head: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(head.len() + 1024);
        let mut done = 0;
        for splice in &self.splices {
            out.extend_from_slice(head.get(done..splice.at).unwrap_or_default());
            out.extend_from_slice(&splice.insert);
            done = splice.at + splice.remove;
        }
        out.extend_from_slice(head.get(done..).unwrap_or_default());
        out
    }
}

/// A job for one content, by its type.
#[derive(Debug)]
pub enum Job {
    /// `text/plain`.
    Text(TextJob),
    /// `application/json` and `+json`.
    Json(JsonJob),
    /// The whole answer of an API of [`super::api`].
    Answer(AnswerJob),
    /// A picture or sound.
    Media(MediaJob),
}

impl Job {
    /// Looks at the head: all bytes so far from the start. `complete` when no byte follows.
    /// `None` asks for more; it never does once `complete` holds or [`HEAD_LIMIT`] bytes are there.
    pub fn inspect(&mut self, head: &[u8], complete: bool) -> Option<Plan> {
        match self {
            Self::Text(job) => job.inspect(head, complete),
            Self::Json(job) => job.inspect(head, complete),
            Self::Answer(job) => job.inspect(head, complete),
            Self::Media(job) => job.inspect(head, complete),
        }
    }
}

/// Labels a whole content at once: for tests, tools and small bodies.
#[must_use]
pub fn label_all(mut job: Job, content: &[u8]) -> (Vec<u8>, Outcome) {
    let mut plan = job.inspect(content, true).unwrap_or_else(|| Plan::unchanged(Outcome::Unlabelable("undecided")));
    let mut out = plan.head(content);
    if let Some(tail) = &mut plan.tail {
        tail.observe(content);
        out.extend_from_slice(&tail.finish());
    }
    (out, plan.outcome)
}

/// Labels a content given in pieces, as the proxy does it.
#[cfg(test)]
pub(crate) fn label_pieces<'a>(mut job: Job, pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<u8>, Outcome, i64) {
    let (mut head, mut out, mut plan) = (Vec::new(), Vec::new(), None::<Plan>);
    let apply = |plan: &mut Plan, head: &[u8], out: &mut Vec<u8>| {
        out.extend_from_slice(&plan.head(head));
        if let Some(tail) = &mut plan.tail {
            tail.observe(head);
        }
    };
    for piece in pieces {
        match &mut plan {
            None => {
                head.extend_from_slice(piece);
                if let Some(mut decided) = job.inspect(&head, false) {
                    apply(&mut decided, &head, &mut out);
                    plan = Some(decided);
                }
            }
            Some(plan) => {
                out.extend_from_slice(piece);
                if let Some(tail) = &mut plan.tail {
                    tail.observe(piece);
                }
            }
        }
    }
    let mut plan = plan.unwrap_or_else(|| {
        let mut decided = job.inspect(&head, true).expect("decides when complete");
        apply(&mut decided, &head, &mut out);
        decided
    });
    let delta = plan.delta();
    if let Some(tail) = &mut plan.tail {
        out.extend_from_slice(&tail.finish());
    }
    (out, plan.outcome, delta)
}
