//! OpenAI Chat Completions and Completions: texts in `choices[]`, whole or piece by piece.
//!
//! The label stands at the top of the first chunk and of those that end a choice, never in `delta` or `choices`: clients add up
//! what they find there. The notice is part of the chunk with `finish_reason`, which every stream has.

use std::collections::BTreeMap;

use super::Mark;
use super::editor::Step;
use super::json::{self, Edit, Object, Text, Value};
use super::turn::Turn;

/// Where a choice has its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `delta.content` and `message.content`: Chat Completions.
    Message,
    /// `text`: Completions.
    Text,
}

/// A stream under way.
#[derive(Debug)]
pub struct Stream {
    shape: Shape,
    choices: BTreeMap<u64, Turn>,
    has_begun: bool,
    /// Whether a text bears the notice.
    pub is_noticed: bool,
}

impl Stream {
    /// A stream at its start.
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        Self { shape, choices: BTreeMap::new(), has_begun: false, is_noticed: false }
    }

    /// One chunk.
    pub fn step(&mut self, mark: &Mark, json: &str) -> Step {
        let Some((whole, top, chunk)) = Text::object(json) else { return Step::Pass(Vec::new()) };
        if chunk.get("choices").is_none() {
            return Step::Pass(Vec::new());
        }
        let mut edits = Vec::new();
        let mut ends = false;
        for (place, choice) in chunk.objects("choices") {
            ends |= choice.get("finish_reason").is_some();
            edits.extend(self.choice(mark, whole, place, &choice));
        }
        if ends || !self.has_begun {
            edits.extend(mark.label(whole, top, &chunk));
        }
        self.has_begun = true;
        edits.sort_by_key(|edit| edit.at);
        Step::Pass(edits)
    }

    fn choice(&mut self, mark: &Mark, whole: Text<'_>, place: Value<'_>, choice: &Object<'_>) -> Option<Edit> {
        let ending = mark.ending.as_ref()?;
        let (place, key) = match self.shape {
            Shape::Message => (choice.get("delta")?, "content"),
            Shape::Text => (place, "text"),
        };
        let pieces = Object::of(place)?;
        let turn = self.choices.entry(choice.number("index").unwrap_or(0)).or_default();
        if let Some(piece) = pieces.text(key) {
            turn.observe(&piece);
        }
        if choice.get("finish_reason").is_none() || !turn.bears(ending) {
            return None;
        }
        turn.observe(ending.as_str());
        self.is_noticed = true;
        Some(match pieces.member(key) {
            Some(piece) if json::text(piece).is_some() => whole.append(piece, ending.as_str()),
            Some(null) => whole.replace(null, ending.as_str()),
            None => whole.first_member(place, key, &serde_json::Value::from(ending.as_str()).to_string()),
        })
    }
}

/// The notices of a whole answer.
#[must_use]
pub fn answer(mark: &Mark, shape: Shape, whole: Text<'_>, top: &Object<'_>) -> Vec<Edit> {
    let text = |(_, choice): (Value<'_>, Object<'_>)| match shape {
        Shape::Message => mark.notice(whole, choice.object("message")?.get("content")?),
        Shape::Text => mark.notice(whole, choice.get("text")?),
    };
    top.objects("choices").into_iter().filter_map(text).collect()
}
