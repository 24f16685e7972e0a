//! Anthropic Messages: text blocks in `content[]`, whole or piece by piece.
//!
//! The label stands in `message` of `message_start` and at the top of `message_stop`. One text bears the notice: the last block
//! of the first run of text blocks, as one text with citations comes in many blocks. In a stream its last delta is held until
//! what follows shows that it was the last.

use super::Mark;
use super::editor::Step;
use super::json::{self, Edit, Object, Text, Value};
use super::turn::Turn;

/// A stream under way.
#[derive(Debug, Default)]
pub struct Stream {
    run: Turn,
    /// Whether a text bears the notice.
    pub is_noticed: bool,
}

impl Stream {
    /// One event.
    pub fn step(&mut self, mark: &Mark, json: &str) -> Step {
        let Some((whole, top, event)) = Text::object(json) else { return Step::Pass(Vec::new()) };
        match event.text("type").unwrap_or_default().as_str() {
            "message_start" => {
                let label = event.get("message").and_then(|place| mark.label(whole, place, &Object::of(place)?));
                Step::Release(label.into_iter().collect())
            }
            "message_stop" => self.end(mark, mark.label(whole, top, &event)),
            "message_delta" => self.end(mark, None),
            "content_block_start" => {
                let block = event.object("content_block").and_then(|block| block.text("type"));
                if block.as_deref() == Some("text") { Step::Release(Vec::new()) } else { self.end(mark, None) }
            }
            "content_block_delta" => self.delta(mark, whole, &event),
            "content_block_stop" => Step::Behind(Vec::new()),
            // Keeps the connection alive and has no place among the others.
            "ping" => Step::Pass(Vec::new()),
            _ => Step::Release(Vec::new()),
        }
    }

    fn delta(&mut self, mark: &Mark, whole: Text<'_>, event: &Object<'_>) -> Step {
        let Some(ending) = mark.ending.as_ref().filter(|_| !self.is_noticed) else { return Step::Release(Vec::new()) };
        let text = event.object("delta").filter(|delta| delta.text("type").as_deref() == Some("text_delta"));
        // Citations of the text that is held come behind it.
        let Some(text) = text.and_then(|delta| delta.get("text")) else { return Step::Behind(Vec::new()) };
        self.run.observe(&json::text(text).unwrap_or_default());
        Step::Hold(whole.append(text, ending.as_str()))
    }

    /// The run of text blocks is over.
    fn end(&mut self, mark: &Mark, label: Option<Edit>) -> Step {
        let edits = label.into_iter().collect();
        let bears = !self.is_noticed && mark.ending.as_ref().is_some_and(|ending| self.run.bears(ending));
        if bears {
            self.is_noticed = true;
            return Step::End(edits);
        }
        Step::Release(edits)
    }
}

/// The notice of a whole answer.
#[must_use]
pub fn answer(mark: &Mark, whole: Text<'_>, top: &Object<'_>) -> Vec<Edit> {
    let Some(ending) = &mark.ending else { return Vec::new() };
    let mut run = Turn::default();
    let mut last: Option<Value<'_>> = None;
    for (_, block) in top.objects("content") {
        match block.text("type").as_deref() {
            Some("text") => {
                last = block.get("text");
                run.observe(&block.text("text").unwrap_or_default());
            }
            _ if last.is_some() && run.bears(ending) => break,
            _ => last = None,
        }
    }
    let place = last.filter(|_| run.bears(ending));
    place.map(|text| whole.append(text, ending.as_str())).into_iter().collect()
}
