//! Labels in the answers of text APIs: what their official clients take without noticing (semantics S1 to S3).
//!
//! In: requests and answers as text, whole or as a stream in any chunks. Out: the same with a label as a member of what the
//! application sent, the notice at the end of its text, and our own notices out of what clients send back. Must not: add
//! an event or a line, hold back what is foreign, or touch the network.
//!
//! One file per API: [`choices`] (OpenAI Chat Completions and Completions), [`responses`], [`messages`], [`ollama`].

pub mod answer;
pub mod ask;
pub mod choices;
pub mod editor;
pub mod frame;
pub mod history;
pub mod json;
pub mod messages;
pub mod ollama;
pub mod pictures;
pub mod protocol;
pub mod responses;
pub mod turn;

pub use answer::AnswerJob;
pub use ask::Asked;
pub use editor::Editor;
pub use frame::Framing;
pub use pictures::Pictures;
pub use protocol::Protocol;

/// What is written into an answer.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The label as JSON: the value of the member [`KEY`].
    pub label: String,
    /// The notice, when the text shall bear it.
    pub ending: Option<turn::Ending>,
}

/// Key of the member that holds the label. Our extension of GB 45438-2025 6.1: no source names a carrier for JSON.
pub const KEY: &str = "aigc";

impl Mark {
    /// The label as first member of an object; nothing where one of that name stands already.
    fn label(&self, text: json::Text<'_>, place: json::Value<'_>, object: &json::Object<'_>) -> Option<json::Edit> {
        object.member(KEY).is_none().then(|| text.first_member(place, KEY, &self.label))
    }

    /// The notice behind a string that is a whole text.
    fn notice(&self, text: json::Text<'_>, string: json::Value<'_>) -> Option<json::Edit> {
        let ending = self.ending.as_ref()?;
        ending.fits(&json::text(string)?).then(|| text.append(string, ending.as_str()))
    }
}
