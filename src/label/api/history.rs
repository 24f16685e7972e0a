//! Our own notices out of what clients send back (semantics S3).
//!
//! A client repeats the conversation with every turn. A notice left in it would teach the model to write notices, and no prefix
//! would match the application's cache. In: the body of a request. Out: edits that take the notice from the end of assistant
//! turns. Must not: touch what a person, the system or a tool said. This is input of the model, not content that is
//! delivered: Order 12 Art. 18 is about the latter.

use super::Protocol;
use super::json::{Edit, Object, Text, Value, text};
use super::turn::Ending;

/// The edits of one request, in order of their places.
#[must_use]
pub fn strip(protocol: Protocol, ending: &Ending, body: &str) -> Vec<Edit> {
    let key = match protocol {
        Protocol::ChatCompletions | Protocol::Messages | Protocol::OllamaChat => "messages",
        Protocol::Responses => "input",
        Protocol::Completions | Protocol::OllamaGenerate => return Vec::new(),
    };
    let Some((whole, _, top)) = Text::object(body) else { return Vec::new() };
    let turns = top.objects(key).into_iter().map(|(_, turn)| turn);
    let turns = turns.filter(|turn| turn.text("role").as_deref() == Some("assistant"));
    turns.flat_map(|turn| strings(&turn)).filter_map(|string| cut(whole, ending, string)).collect()
}

/// The texts of a turn: its content, or the parts of it.
fn strings<'a>(turn: &Object<'a>) -> Vec<Value<'a>> {
    let Some(content) = turn.get("content") else { return Vec::new() };
    if text(content).is_some() {
        return vec![content];
    }
    let is_text = |part: &Object<'_>| matches!(part.text("type").as_deref(), Some("text" | "output_text"));
    let parts = turn.objects("content").into_iter();
    parts.filter_map(|(_, part)| if is_text(&part) { part.get("text") } else { None }).collect()
}

fn cut(whole: Text<'_>, ending: &Ending, string: Value<'_>) -> Option<Edit> {
    whole.truncate(string, ending.stripped(&text(string)?)?)
}

#[cfg(test)]
mod tests {
    use super::super::json::apply;
    use super::*;
    use crate::label::Notice;

    #[test]
    fn only_our_own_notice_at_the_end_of_an_assistant_turn_goes_order_12_article_18() {
        let ending = Ending::new(&Notice::default());
        let notice = serde_json::Value::from(ending.as_str()).to_string();
        let notice = notice.trim_matches('"');
        let escaped: String = ending.as_str().encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
        for (protocol, body) in [
            (
                Protocol::ChatCompletions,
                r#"{"messages":[{"role":"assistant","content":"一 \u4e8c#"},{"role":"user","content":"x@"}]}"#,
            ),
            (
                Protocol::ChatCompletions,
                r#"{"messages":[{"role":"assistant","content":[{"type":"text","text":"a#"},{"type":"refusal","refusal":"b@"}]}]}"#,
            ),
            (
                Protocol::ChatCompletions,
                r#"{"messages":[{"role":"tool","content":"a@"},{"role":"assistant","content":null},{"role":"assistant","content":"@ b"}]}"#,
            ),
            (
                Protocol::Responses,
                r#"{"input":[{"role":"assistant","content":[{"type":"output_text","text":"a#"}]},{"type":"message","role":"user","content":"b@"}]}"#,
            ),
            (Protocol::Responses, r#"{"input":"a@"}"#),
            (
                Protocol::Messages,
                r#"{"system":"s@","messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"t@"},{"type":"text","text":"a#"}]}]}"#,
            ),
            (Protocol::OllamaChat, r##"{"messages":[{"role":"assistant","content":"\"#"}]}"##),
            (Protocol::OllamaGenerate, r#"{"prompt":"a@"}"#),
        ] {
            for notice in [notice, &escaped] {
                let sent = body.replace(['#', '@'], notice);
                let expected = body.replace('#', "").replace('@', notice);
                assert_eq!(apply(&sent, &strip(protocol, &ending, &sent)), expected, "{body}");
            }
        }
    }
}
