//! Which API a request speaks.
//!
//! In: method and path. Out: a [`Protocol`]. Must not: guess; a path that two APIs share is of neither.

use http::Method;

/// APIs whose answers have a place for label and notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// OpenAI Chat Completions, also of vLLM, SGLang and others.
    ChatCompletions,
    /// OpenAI Completions.
    Completions,
    /// OpenAI Responses, with the stored objects.
    Responses,
    /// Anthropic Messages.
    Messages,
    /// Ollama generate.
    OllamaGenerate,
    /// Ollama chat.
    OllamaChat,
}

/// Method, last segments of the path, API. `*` stands for one segment.
const ROUTES: [(Method, &[&str], Protocol); 7] = [
    (Method::POST, &["chat", "completions"], Protocol::ChatCompletions),
    (Method::POST, &["completions"], Protocol::Completions),
    (Method::POST, &["responses"], Protocol::Responses),
    (Method::GET, &["v1", "responses", "*"], Protocol::Responses),
    (Method::POST, &["v1", "messages"], Protocol::Messages),
    (Method::POST, &["api", "generate"], Protocol::OllamaGenerate),
    (Method::POST, &["api", "chat"], Protocol::OllamaChat),
];

impl Protocol {
    /// Whether it streams one JSON text per line.
    #[must_use]
    pub fn speaks_lines(self) -> bool {
        matches!(self, Self::OllamaGenerate | Self::OllamaChat)
    }

    /// The API of a request. Gateways put prefixes before the path, so its end decides.
    #[must_use]
    pub fn of(method: &Method, path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let fits = |wanted: &[&str]| {
            let end = segments.len().checked_sub(wanted.len()).and_then(|start| segments.get(start..));
            end.is_some_and(|end| end.iter().zip(wanted).all(|(is, wanted)| *wanted == "*" || is == wanted))
        };
        ROUTES.iter().find(|(of, wanted, _)| of == method && fits(wanted)).map(|(_, _, protocol)| *protocol)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_path_names_the_api() {
        for (method, path, expected) in [
            (Method::POST, "/v1/chat/completions", Some(Protocol::ChatCompletions)),
            (Method::POST, "/openai/deployments/gpt/chat/completions", Some(Protocol::ChatCompletions)),
            (Method::POST, "/v1/completions/", Some(Protocol::Completions)),
            (Method::POST, "/v1/responses", Some(Protocol::Responses)),
            (Method::GET, "/v1/responses/resp_1", Some(Protocol::Responses)),
            (Method::GET, "/v1/responses/resp_1/input_items", None),
            (Method::POST, "/v1/messages", Some(Protocol::Messages)),
            (Method::POST, "/v1/messages/count_tokens", None),
            (Method::POST, "/v1/threads/t/messages", None),
            (Method::POST, "/api/generate", Some(Protocol::OllamaGenerate)),
            (Method::POST, "/api/chat", Some(Protocol::OllamaChat)),
            (Method::GET, "/v1/chat/completions", None),
            (Method::POST, "/v1/embeddings", None),
        ] {
            assert_eq!(Protocol::of(&method, path), expected, "{method} {path}");
        }
    }
}
