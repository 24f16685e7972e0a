//! The words an explicit label must hold (GB 45438-2025 clause 5, Labelling Measures Art. 4).
//!
//! In: the text of a label. Out: whether both elements stand in it; the default notice.
//! Must not: write labels into content; that is [`crate::label`].

/// The default text notice: both elements in Chinese, the English beside it, not instead.
pub const NOTICE: &str = "本内容由人工智能生成 (AI-generated)";
/// The Chinese half of [`NOTICE`]; lawful by itself.
pub const NOTICE_ZH: &str = "本内容由人工智能生成";
/// The English half of [`NOTICE`]; not lawful by itself.
pub const NOTICE_EN: &str = "AI-generated";
/// The corner mark that only text content may carry (GB 45438-2025 5.1).
pub const CORNER_MARK: &str = "AI";

/// The two elements of a text label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Element {
    /// `人工智能` or `AI`.
    ArtificialIntelligence,
    /// `生成` or `合成`.
    Generation,
}

impl Element {
    /// The words that satisfy the element.
    #[must_use]
    pub fn words(self) -> [&'static str; 2] {
        match self {
            Self::ArtificialIntelligence => ["人工智能", "AI"],
            Self::Generation => ["生成", "合成"],
        }
    }

    fn stands_in(self, text: &str) -> bool {
        match self {
            Self::ArtificialIntelligence => text.contains("人工智能") || has_ai_as_a_word(text),
            Self::Generation => self.words().iter().any(|word| text.contains(word)),
        }
    }
}

/// The elements that a text lacks to be a text label; empty means that it is one.
#[must_use]
pub fn missing_elements(text: &str) -> Vec<Element> {
    [Element::ArtificialIntelligence, Element::Generation]
        .into_iter()
        .filter(|element| !element.stands_in(text))
        .collect()
}

/// Whether a text is a text label: both elements present.
#[must_use]
pub fn is_text_label(text: &str) -> bool {
    missing_elements(text).is_empty()
}

/// Whether a text may be the corner mark of text content, where `AI` alone is enough.
#[must_use]
pub fn is_corner_mark(text: &str) -> bool {
    Element::ArtificialIntelligence.stands_in(text)
}

/// `AI` in capitals and not inside a longer Latin word: `EMAIL生成` is no label.
fn has_ai_as_a_word(text: &str) -> bool {
    text.match_indices("AI").any(|(at, word)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|tail| tail.chars().next());
        !before.is_some_and(|c| c.is_ascii_alphanumeric()) && !after.is_some_and(|c| c.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_elements_make_a_label_gb45438_5_1() {
        for (text, label) in [
            ("AI生成", true),
            ("人工智能合成", true),
            ("AI生成合成", true),
            (NOTICE, true),
            (NOTICE_ZH, true),
            (NOTICE_EN, false),
            ("AI", false),
            ("AI助手", false),
            ("生成", false),
            ("ai生成", false),
            ("EMAIL生成", false),
            ("AIGC生成", false),
            ("由 AI 合成", true),
            ("", false),
        ] {
            assert_eq!(is_text_label(text), label, "{text}");
        }
    }

    #[test]
    fn ai_alone_is_a_corner_mark_only_gb45438_5_1() {
        assert!(is_corner_mark(CORNER_MARK) && !is_text_label(CORNER_MARK));
        assert_eq!(missing_elements("AI"), vec![Element::Generation]);
        assert_eq!(missing_elements("x"), vec![Element::ArtificialIntelligence, Element::Generation]);
    }

    #[test]
    fn the_notice_is_its_two_halves() {
        assert!(NOTICE.starts_with(NOTICE_ZH) && NOTICE.contains(NOTICE_EN));
    }
}
