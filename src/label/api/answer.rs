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
            plan.is_noticed = !edits.is_empty();
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

#[cfg(test)]
mod tests {
    use super::super::KEY;
    use super::super::turn::Ending;
    use super::*;
    use crate::label::plan::{Job, label_all};
    use crate::label::{AigcLabel, Notice};

    #[test]
    fn whole_answers_bear_label_and_notice_where_people_read_gb45438_5_1() {
        let ending = Ending::new(&Notice::default());
        let notice = serde_json::Value::from(ending.as_str()).to_string();
        let label = AigcLabel::first_write("00119144030008867405X210001", "id-1").unwrap();
        for (protocol, expected) in [
            (
                Protocol::ChatCompletions,
                r#"{"choices":[{"message":{"content":"a@"}},{"message":{"content":null,"tool_calls":[]}},{"message":{"content":"b@","refusal":null}}]}"#,
            ),
            (Protocol::ChatCompletions, r#"{"choices":[{"message":{"content":"```\nx"}}]}"#),
            (Protocol::Completions, r#"{"choices":[{"text":"a@","logprobs":null}]}"#),
            (
                Protocol::Responses,
                r#"{"output":[{"type":"function_call"},{"type":"message","content":[{"type":"output_text","text":"a@"},{"type":"refusal","refusal":"no"}]}]}"#,
            ),
            (
                Protocol::Responses,
                r#"{"text":{"format":{"type":"json_object"}},"output":[{"type":"message","content":[{"type":"output_text","text":"{}"}]}]}"#,
            ),
            (
                Protocol::Messages,
                r#"{"content":[{"type":"thinking","thinking":"t"},{"type":"text","text":"a"},{"type":"text","text":"b@"},{"type":"tool_use"},{"type":"text","text":"c"}]}"#,
            ),
            (Protocol::Messages, r#"{"content":[{"type":"tool_use","input":{"text":"a"}}]}"#),
            (Protocol::OllamaGenerate, r#"{"response":"a@","done":true}"#),
            (Protocol::OllamaChat, "\u{feff}{\"message\":{\"content\":\"a@\"},\"done\":true}"),
        ] {
            let sent = expected.replace('@', "");
            let mark = Mark { label: label.bare(), ending: Some(ending.clone()) };
            let job = AnswerJob::new(protocol, mark, JsonJob::new(label.clone()));
            let (out, outcome) = label_all(Job::Answer(job), sent.as_bytes());
            assert_eq!(outcome, Outcome::Labelled);
            let expected = expected.replacen('{', &format!("{{\"{KEY}\":{},", label.bare()), 1);
            let expected = expected.replace('@', notice.trim_matches('"'));
            assert_eq!(String::from_utf8(out).unwrap(), expected);
            assert_eq!(
                crate::label::json::unlabel(expected.replace(notice.trim_matches('"'), "").as_bytes()).unwrap(),
                sent.as_bytes()
            );
        }
    }
}
