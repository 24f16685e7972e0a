//! The whole answer of an API: the label at its top, the notice at the end of its texts.
//!
//! In: the growing answer. Out: a [`Plan`]. An answer longer than [`HEAD_LIMIT`] gets the label alone.

use super::choices::{self, Shape};
use super::json::{Edit, Text};
use super::{Mark, Protocol, messages, ollama, responses};
use crate::label::json::JsonJob;
use crate::label::plan::{HEAD_LIMIT, Outcome, Plan, Splice};

/// The job for one answer.
#[derive(Debug)]
pub struct AnswerJob {
    protocol: Protocol,
    mark: Mark,
    json: JsonJob,
}

impl AnswerJob {
    /// A job for the answer of an API; `json` writes the label.
    #[must_use]
    pub fn new(protocol: Protocol, mark: Mark, json: JsonJob) -> Self {
        Self { protocol, mark, json }
    }

    pub(crate) fn inspect(&mut self, head: &[u8], complete: bool) -> Option<Plan> {
        if !complete && head.len() < HEAD_LIMIT {
            return None;
        }
        let mut plan = self.json.inspect(head, complete)?;
        if complete && matches!(plan.outcome, Outcome::Labelled | Outcome::Kept(_)) {
            let edits = std::str::from_utf8(head).map(|text| self.notices(text)).unwrap_or_default();
            let splice = |edit: Edit| Splice { at: edit.at, remove: edit.remove, insert: edit.insert.into_bytes() };
            plan.splices.extend(edits.into_iter().map(splice));
        }
        Some(plan)
    }

    fn notices(&self, text: &str) -> Vec<Edit> {
        let mark = &self.mark;
        // A byte order mark is no part of the JSON.
        let start = text.len() - text.trim_start_matches('\u{feff}').len();
        let Some((whole, _, top)) = text.get(start..).and_then(Text::object) else { return Vec::new() };
        let mut edits = match self.protocol {
            Protocol::ChatCompletions => choices::answer(mark, Shape::Message, whole, &top),
            Protocol::Completions => choices::answer(mark, Shape::Text, whole, &top),
            Protocol::Responses => responses::answer(mark, whole, &top),
            Protocol::Messages => messages::answer(mark, whole, &top),
            Protocol::OllamaGenerate => ollama::answer(mark, ollama::Shape::Generate, whole, &top),
            Protocol::OllamaChat => ollama::answer(mark, ollama::Shape::Chat, whole, &top),
        };
        edits.iter_mut().for_each(|edit| edit.at += start);
        edits.sort_by_key(|edit| edit.at);
        edits
    }
}
