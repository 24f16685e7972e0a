//! What a request asks for, as far as the notice is concerned (semantics S2).
//!
//! In: the body of a request. Out: whether its answer may bear the notice, or the reason against it. Must not: judge content.

use super::Protocol;
use super::json::{Object, Text};

/// What is known of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Text for people.
    Text,
    /// A form that a notice would break; the reason is a metric's label.
    Form(&'static str),
}

impl Asked {
    /// Reads a request. One that is no JSON object is the application's to refuse.
    #[must_use]
    pub fn read(protocol: Protocol, body: &str) -> Self {
        let Some((_, _, top)) = Text::object(body) else { return Self::Text };
        let reason = match protocol {
            Protocol::ChatCompletions => chat_completions(&top).or_else(|| guided(&top)),
            Protocol::Completions => completions(&top).or_else(|| guided(&top)),
            Protocol::Responses => responses(&top),
            Protocol::Messages => messages(&top),
            Protocol::OllamaGenerate | Protocol::OllamaChat => ollama(&top),
        };
        reason.map_or(Self::Text, Self::Form)
    }
}

fn chat_completions(top: &Object<'_>) -> Option<&'static str> {
    if is_other_than_text(top.object("response_format")) {
        return Some("response_format");
    }
    if is_forced(top, "tool_choice") || top.object("function_call").is_some() {
        return Some("forced_tool");
    }
    has_logprobs(top).then_some("logprobs")
}

fn completions(top: &Object<'_>) -> Option<&'static str> {
    if is_other_than_text(top.object("response_format")) {
        return Some("response_format");
    }
    if top.get("suffix").is_some() {
        return Some("code_completion");
    }
    has_logprobs(top).then_some("logprobs")
}

fn responses(top: &Object<'_>) -> Option<&'static str> {
    if is_other_than_text(top.object("text").and_then(|text| text.object("format"))) {
        return Some("response_format");
    }
    if is_forced(top, "tool_choice") {
        return Some("forced_tool");
    }
    let includes = top.items("include").into_iter().any(|item| item.get() == "\"message.output_text.logprobs\"");
    (includes || has_logprobs(top)).then_some("logprobs")
}

fn messages(top: &Object<'_>) -> Option<&'static str> {
    let config = top.object("output_config");
    if top.get("output_format").is_some() || config.is_some_and(|config| config.get("format").is_some()) {
        return Some("response_format");
    }
    let choice = top.object("tool_choice").and_then(|choice| choice.text("type"));
    matches!(choice.as_deref(), Some("any" | "tool")).then_some("forced_tool")
}

fn ollama(top: &Object<'_>) -> Option<&'static str> {
    if top.get("format").is_some_and(|format| format.get() != "\"\"") {
        return Some("response_format");
    }
    if top.text("suffix").is_some_and(|suffix| !suffix.is_empty()) {
        return Some("code_completion");
    }
    has_logprobs(top).then_some("logprobs")
}

/// Extensions of vLLM and SGLang that bind the output to a grammar.
fn guided(top: &Object<'_>) -> Option<&'static str> {
    const KEYS: [&str; 9] = [
        "guided_json",
        "guided_regex",
        "guided_choice",
        "guided_grammar",
        "structured_outputs",
        "structural_tag",
        "regex",
        "ebnf",
        "json_schema",
    ];
    KEYS.into_iter().any(|key| top.get(key).is_some()).then_some("structured_outputs")
}

fn is_other_than_text(format: Option<Object<'_>>) -> bool {
    format.is_some_and(|format| format.text("type").is_some_and(|kind| kind != "text"))
}

/// `auto` and `none` leave it to the model, everything else demands a tool.
fn is_forced(top: &Object<'_>, key: &str) -> bool {
    match top.get(key) {
        None => false,
        Some(choice) => match top.object(key) {
            // A list of allowed tools may still leave it to the model.
            Some(choice) if choice.text("type").as_deref() == Some("allowed_tools") => {
                let mode = choice.text("mode").or_else(|| choice.object("allowed_tools")?.text("mode"));
                mode.as_deref() == Some("required")
            }
            Some(_) => true,
            None => choice.get() == "\"required\"",
        },
    }
}

fn has_logprobs(top: &Object<'_>) -> bool {
    let asked = |key: &str| top.get(key).is_some_and(|value| !matches!(value.get(), "false" | "0"));
    asked("logprobs") || asked("top_logprobs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_a_notice_would_break_gets_none() {
        use Protocol::{ChatCompletions, Completions, Messages, OllamaChat, OllamaGenerate, Responses};
        for (protocol, body, expected) in [
            (ChatCompletions, r#"{"messages":[]}"#, None),
            (ChatCompletions, r#"{"response_format":{"type":"text"},"tool_choice":"auto","logprobs":false}"#, None),
            (ChatCompletions, r#"{"response_format":{"type":"json_schema"}}"#, Some("response_format")),
            (ChatCompletions, r#"{"tool_choice":{"type":"function","function":{"name":"f"}}}"#, Some("forced_tool")),
            (ChatCompletions, r#"{"tool_choice":"required"}"#, Some("forced_tool")),
            (ChatCompletions, r#"{"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto"}}}"#, None),
            (ChatCompletions, r#"{"logprobs":true}"#, Some("logprobs")),
            (ChatCompletions, r#"{"guided_json":{}}"#, Some("structured_outputs")),
            (ChatCompletions, r#"{"guided_json":null,"response_format":null}"#, None),
            (Completions, r#"{"logprobs":5}"#, Some("logprobs")),
            (Completions, r#"{"suffix":"}"}"#, Some("code_completion")),
            (Responses, r#"{"text":{"format":{"type":"json_object"}}}"#, Some("response_format")),
            (Responses, r#"{"text":{"verbosity":"low"},"tool_choice":"none"}"#, None),
            (Responses, r#"{"tool_choice":{"type":"web_search"}}"#, Some("forced_tool")),
            (Responses, r#"{"include":["message.output_text.logprobs"]}"#, Some("logprobs")),
            (Messages, r#"{"tool_choice":{"type":"auto"}}"#, None),
            (Messages, r#"{"tool_choice":{"type":"any"}}"#, Some("forced_tool")),
            (Messages, r#"{"output_format":{"type":"json_schema"}}"#, Some("response_format")),
            (OllamaChat, r#"{"format":"json"}"#, Some("response_format")),
            (OllamaGenerate, r#"{"format":""}"#, None),
            (OllamaGenerate, "not JSON", None),
        ] {
            let expected = expected.map_or(Asked::Text, Asked::Form);
            assert_eq!(Asked::read(protocol, body), expected, "{protocol:?} {body}");
        }
    }
}
