//! OpenAI Responses: `output[].content[].text` of type `output_text`, which a stream repeats in several events.
//!
//! The label stands in `event.response` of the first and the last event. Whether a text bears the notice is decided from the
//! whole text alone, so that the deltas, every repetition and a later GET of the stored object agree. The last delta is held
//! until its `done` event comes, which brings the whole text.

use super::Mark;
use super::editor::Step;
use super::json::{Edit, Object, Text, Value};

/// A stream under way.
#[derive(Debug, Default)]
pub struct Stream {
    /// The request asked for a form that a notice would break.
    is_formatted: bool,
    /// Whether a text bears the notice.
    pub is_noticed: bool,
}

impl Stream {
    /// One event.
    pub fn step(&mut self, mark: &Mark, json: &str) -> Step {
        let Some((whole, _, event)) = Text::object(json) else { return Step::Behind(Vec::new()) };
        let kind = event.text("type").unwrap_or_default();
        if let Some(response) = event.object("response") {
            self.is_formatted = is_formatted(&response);
        }
        let unnoticed;
        let mark = if self.is_formatted {
            unnoticed = Mark { label: mark.label.clone(), ending: None };
            &unnoticed
        } else {
            mark
        };
        match kind.as_str() {
            "response.created" | "response.completed" | "response.incomplete" | "response.failed" => {
                let Some(place) = event.get("response") else { return Step::Release(Vec::new()) };
                let response = event.object("response").unwrap_or_default();
                let mut edits: Vec<Edit> = mark.label(whole, place, &response).into_iter().collect();
                edits.extend(response_texts(mark, whole, &response));
                edits.sort_by_key(|edit| edit.at);
                Step::Release(edits)
            }
            "response.output_text.delta" => match (event.get("delta"), &mark.ending) {
                (Some(delta), Some(ending)) => Step::Hold(whole.append(delta, ending.as_str())),
                _ => Step::Release(Vec::new()),
            },
            "response.output_text.done" => match event.get("text").and_then(|text| mark.notice(whole, text)) {
                Some(edit) => {
                    self.is_noticed = true;
                    Step::End(vec![edit])
                }
                None => Step::Release(Vec::new()),
            },
            "response.content_part.done" => {
                let part = event.object("part").unwrap_or_default();
                Step::Release(part_text(mark, whole, &part).into_iter().collect())
            }
            "response.output_item.done" => {
                let item = event.object("item").unwrap_or_default();
                Step::Release(item_texts(mark, whole, &item))
            }
            _ => Step::Behind(Vec::new()),
        }
    }
}

fn is_formatted(response: &Object<'_>) -> bool {
    let format = response.object("text").and_then(|text| text.object("format")).and_then(|format| format.text("type"));
    format.is_some_and(|format| format != "text") || response.number("top_logprobs").is_some_and(|count| count > 0)
}

/// The edits of a whole answer, label left out.
#[must_use]
pub fn answer(mark: &Mark, whole: Text<'_>, top: &Object<'_>) -> Vec<Edit> {
    if is_formatted(top) { Vec::new() } else { response_texts(mark, whole, top) }
}

fn response_texts(mark: &Mark, whole: Text<'_>, response: &Object<'_>) -> Vec<Edit> {
    response.objects("output").iter().flat_map(|(_, item)| item_texts(mark, whole, item)).collect()
}

fn item_texts(mark: &Mark, whole: Text<'_>, item: &Object<'_>) -> Vec<Edit> {
    if item.text("type").as_deref() != Some("message") {
        return Vec::new();
    }
    let text = |(_, part): (Value<'_>, Object<'_>)| part_text(mark, whole, &part);
    item.objects("content").into_iter().filter_map(text).collect()
}

fn part_text(mark: &Mark, whole: Text<'_>, part: &Object<'_>) -> Option<Edit> {
    (part.text("type").as_deref() == Some("output_text")).then(|| mark.notice(whole, part.get("text")?)).flatten()
}
