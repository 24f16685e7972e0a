//! Text as words, so that `GPT-SoVITS`, `gpt_sovits` and `gptsovits` are one name and `fluxcd` is not `flux`.
//!
//! In: any text. Out: whether a phrase stands in it on word borders. Must not: allocate without bound.

use super::bound;

/// Stands between things that never form one word together: path segments, arguments, `key=value`.
const BREAK: char = '\u{1}';

/// A text prepared for phrase look-ups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    squashed: String,
    /// Byte offsets in `squashed` at which a word starts; ends are starts of the next or of a break.
    borders: Vec<bool>,
}

/// A phrase as the catalogue writes it, prepared once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    squashed: String,
    /// As written, for explanations.
    pub text: String,
}

impl Phrase {
    /// Prepares a phrase.
    pub fn new(text: &str) -> Self {
        Self { squashed: Words::new(text).squashed.trim_matches(BREAK).to_owned(), text: text.to_owned() }
    }

    /// A phrase without letters or digits would match everything.
    pub fn is_empty(&self) -> bool {
        self.squashed.is_empty()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Other,
}

fn class(character: char) -> Option<Class> {
    match character {
        'a'..='z' => Some(Class::Letter),
        '0'..='9' => Some(Class::Digit),
        other if other.is_ascii() => None,
        other if other.is_alphanumeric() => Some(Class::Other),
        _ => None,
    }
}

impl Words {
    /// Prepares a text; what exceeds the bound is not looked at.
    pub fn new(text: &str) -> Self {
        let mut words = Self::default();
        let mut last = None;
        for character in text.chars().take(bound::STRING) {
            let character = character.to_ascii_lowercase();
            let now = class(character);
            if now.is_some() {
                words.push(character, last != now);
            } else if !matches!(character, '-' | '_' | '.') && !words.squashed.ends_with(BREAK) {
                words.push(BREAK, true);
            }
            last = now;
        }
        words.borders.push(true);
        words
    }

    fn push(&mut self, character: char, border: bool) {
        self.squashed.push(character);
        self.borders.push(border);
        self.borders.extend(std::iter::repeat_n(false, character.len_utf8() - 1));
    }

    /// Whether the phrase stands in the text, from one word border to another.
    pub fn contains(&self, phrase: &Phrase) -> bool {
        if phrase.is_empty() {
            return false;
        }
        let border = |at: usize| self.borders.get(at).copied().unwrap_or(false);
        self.squashed.match_indices(&phrase.squashed).any(|(start, found)| border(start) && border(start + found.len()))
    }

    /// The first of the phrases that stands in the text.
    pub fn first<'p>(&self, phrases: &'p [Phrase]) -> Option<&'p Phrase> {
        phrases.iter().find(|phrase| self.contains(phrase))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_does_not_matter_and_word_borders_do() {
        for (text, phrase, expected) in [
            ("registry/GPT_SoVITS:v2", "gpt-sovits", true),
            ("gptsovits-api", "gpt-sovits", true),
            ("fluxcd/flux-cli", "flux", true),
            ("fluxcd/source", "flux", false),
            ("Qwen2.5-7B", "qwen", true),
            ("qwen25", "qwen", true),
            ("llamafactory", "llama", false),
            ("intfloat/e5-large", "e5", true),
            ("a/b c", "bc", false),
            ("python -m vllm.entrypoints.openai.api_server", "vllm entrypoints", false),
            ("python -m vllm.entrypoints.openai.api_server", "-m vllm.entrypoints", true),
            ("模型qwen服务", "qwen", true),
            ("x", "", false),
        ] {
            assert_eq!(Words::new(text).contains(&Phrase::new(phrase)), expected, "{phrase} in {text}");
        }
    }
}
