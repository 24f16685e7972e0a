//! The words of the explicit text label (GB 45438-2025 5.1).
//!
//! In: wording. Out: a [`Notice`] that is known to hold both elements. No bytes of content are touched here.

use crate::law::label_words::is_text_label;

/// The wording written into text.
pub use crate::law::label_words::NOTICE as DEFAULT_NOTICE;

/// Shorter wordings for charsets that lack a character of the default.
const FALLBACKS: [&str; 2] = ["人工智能生成 (AI-generated)", "AI生成"];

/// A validated wording with its fallbacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    wordings: Vec<String>,
}

/// A wording without both elements.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a text label holds 人工智能 or AI, and 生成 or 合成 (GB 45438-2025 5.1)")]
pub struct NotANotice;

impl Notice {
    /// # Errors
    /// [`NotANotice`] when the wording lacks an element.
    pub fn new(wording: &str) -> Result<Self, NotANotice> {
        if !is_text_label(wording) {
            return Err(NotANotice);
        }
        let mut notice = Self::default();
        notice.wordings.retain(|known| known != wording);
        notice.wordings.insert(0, wording.to_owned());
        Ok(notice)
    }

    /// All wordings, the preferred one first. Also the table by which our own notice is recognised:
    /// recognition is by exact wording, because prose about AI may hold both elements by chance.
    #[must_use]
    pub fn wordings(&self) -> &[String] {
        &self.wordings
    }
}

impl Default for Notice {
    fn default() -> Self {
        let wordings = std::iter::once(DEFAULT_NOTICE).chain(FALLBACKS).map(str::to_owned).collect();
        Self { wordings }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_needs_both_elements_and_english_alone_is_not_enough_gb45438_5_1() {
        for good in ["AI生成", "人工智能合成", "AI生成合成", DEFAULT_NOTICE] {
            assert!(is_text_label(good), "{good}");
        }
        for bad in ["AI-generated", "AI", "人工智能", "生成", "ai生成", ""] {
            assert!(!is_text_label(bad), "{bad}");
        }
        assert_eq!(Notice::new("AI-generated"), Err(NotANotice));
        assert_eq!(Notice::new("AI合成").unwrap().wordings()[0], "AI合成");
        assert!(Notice::default().wordings().iter().all(|wording| is_text_label(wording)));
    }
}
