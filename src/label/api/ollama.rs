//! Ollama generate and chat: one JSON object per line; the last one has `done: true`.
//!
//! The label stands at the top of the first and the last line. The notice is part of the last one's text.

use super::Mark;
use super::editor::Step;
use super::json::{self, Edit, Object, Text, Value};
use super::turn::Turn;

/// Where a line has its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `response`.
    Generate,
    /// `message.content`.
    Chat,
}

impl Shape {
    fn text<'a>(self, line: &Object<'a>) -> Option<Value<'a>> {
        match self {
            Self::Generate => line.get("response"),
            Self::Chat => line.object("message")?.get("content"),
        }
    }
}

/// A stream under way.
#[derive(Debug)]
pub struct Stream {
    shape: Shape,
    turn: Turn,
    has_begun: bool,
    /// Whether the text bears the notice.
    pub is_noticed: bool,
}

impl Stream {
    /// A stream at its start.
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        Self { shape, turn: Turn::default(), has_begun: false, is_noticed: false }
    }

    /// One line.
    pub fn step(&mut self, mark: &Mark, json: &str) -> Step {
        let Some((whole, top, line)) = Text::object(json) else { return Step::Pass(Vec::new()) };
        if line.member("done").is_none() {
            return Step::Pass(Vec::new());
        }
        let text = self.shape.text(&line);
        if let Some(piece) = text.and_then(json::text) {
            self.turn.observe(&piece);
        }
        let mut edits = Vec::new();
        let is_last = line.is_true("done");
        if is_last || !self.has_begun {
            edits.extend(mark.label(whole, top, &line));
        }
        self.has_begun = true;
        if let (true, Some(ending), Some(text)) = (is_last, &mark.ending, text)
            && self.turn.bears(ending)
        {
            self.is_noticed = true;
            edits.push(whole.append(text, ending.as_str()));
        }
        Step::Pass(edits)
    }
}

/// The notice of a whole answer.
#[must_use]
pub fn answer(mark: &Mark, shape: Shape, whole: Text<'_>, top: &Object<'_>) -> Vec<Edit> {
    shape.text(top).and_then(|text| mark.notice(whole, text)).into_iter().collect()
}
