//! Whether a generated text bears the notice at its end (GB 45438-2025 5.1 a; semantics S2).
//!
//! In: the text of one choice or part, whole or piece by piece. Out: yes or no. Must not: know any API.

use crate::label::Notice;

/// Between a text and its notice: an empty line, so that Markdown makes a paragraph of it.
const GAP: &str = "\n\n";

/// The notice as it follows a text, and the wordings that count as one.
#[derive(Clone, Debug)]
pub struct Ending {
    ending: String,
    known: Vec<String>,
}

impl Ending {
    /// The ending of a notice.
    #[must_use]
    pub fn new(notice: &Notice) -> Self {
        let known = notice.wordings().to_vec();
        Self { ending: format!("{GAP}{}", known.first().map_or("", String::as_str)), known }
    }

    /// What follows the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.ending
    }

    /// The length of a text without the notice at its end, in any wording of ours.
    #[must_use]
    pub fn stripped(&self, text: &str) -> Option<usize> {
        self.known.iter().find_map(|known| text.strip_suffix(known.as_str())?.strip_suffix(GAP)).map(str::len)
    }

    /// Whether a whole text bears it.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        let mut turn = Turn::default();
        turn.observe(text);
        turn.bears(self)
    }

    fn longest(&self) -> usize {
        self.known.iter().map(String::len).max().unwrap_or(0)
    }
}

/// A text as it comes.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// Its last characters.
    recent: String,
    /// Whether there was more than white space.
    says: bool,
    fence: Fence,
}

/// The code fence under way (CommonMark 4.5), if any.
#[derive(Clone, Debug, Default)]
struct Fence {
    /// The fence that is open: its character and length.
    open: Option<(char, usize)>,
    /// The line under way, as much of it as may open or close a fence.
    line: String,
    is_long: bool,
}

/// Most of a text's end that is kept.
const RECENT: usize = 512;
/// Longest beginning of a line that is looked at for a fence.
const LINE: usize = 64;

impl Turn {
    /// Sees a piece.
    pub fn observe(&mut self, piece: &str) {
        for character in piece.chars() {
            self.fence.observe(character);
        }
        self.says |= !piece.trim().is_empty();
        self.recent.push_str(piece);
        let mut excess = self.recent.len().saturating_sub(RECENT);
        while !self.recent.is_char_boundary(excess) {
            excess += 1;
        }
        self.recent.drain(..excess);
    }

    /// Whether the text, as it is now, bears the notice: it says something, no code fence is open, and the notice does not
    /// stand there already.
    #[must_use]
    pub fn bears(&self, ending: &Ending) -> bool {
        debug_assert!(ending.longest() < RECENT, "a wording has at most 100 characters");
        let text = self.recent.trim_end();
        self.says && !self.fence.is_open() && !ending.known.iter().any(|known| text.ends_with(known.as_str()))
    }
}

impl Fence {
    fn observe(&mut self, character: char) {
        if character == '\n' {
            self.open = self.after_line();
            self.line.clear();
            self.is_long = false;
        } else if self.line.len() < LINE {
            self.line.push(character);
        } else {
            self.is_long = true;
        }
    }

    /// The closing line may be the last one, without an end.
    fn is_open(&self) -> bool {
        self.after_line().is_some()
    }

    fn after_line(&self) -> Option<(char, usize)> {
        let content = self.line.trim_start_matches(' ');
        if self.line.len() - content.len() > 3 {
            return self.open;
        }
        let Some(mark) = content.chars().next().filter(|mark| matches!(mark, '`' | '~')) else { return self.open };
        let length = content.chars().take_while(|character| *character == mark).count();
        let rest = content.get(length..).unwrap_or_default();
        match self.open {
            None if length >= 3 && (mark == '~' || !rest.contains('`')) => Some((mark, length)),
            Some((open, least)) if open == mark && length >= least && rest.trim().is_empty() && !self.is_long => None,
            open => open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::notice::DEFAULT_NOTICE;
    use proptest::prelude::*;

    #[test]
    fn the_notice_follows_a_text_that_says_something_once_and_outside_of_code_gb45438_5_1() {
        let ending = Ending::new(&Notice::default());
        let noticed = format!("你好{}", ending.as_str());
        for (text, expected) in [
            ("你好", true),
            ("", false),
            (" \n", false),
            (noticed.as_str(), false),
            (&format!("{noticed}\n"), false),
            (&format!("{DEFAULT_NOTICE}\n你好"), true),
            ("```\ncode", false),
            ("```rust\ncode\n```", true),
            ("```\ncode\n```\n", true),
            ("~~~~\n```\n~~~\n", false),
            ("~~~~\n```\n~~~~", true),
            ("a ``` b", true),
            ("```inline``` text", true),
            ("    ```\nindented", true),
            ("```\n``` not a close", false),
        ] {
            assert_eq!(ending.fits(text), expected, "{text:?}");
        }
        assert_eq!(ending.stripped(&noticed), Some("你好".len()));
        assert_eq!(ending.stripped(&format!("你好\n{DEFAULT_NOTICE}")), None);
        assert_eq!(ending.stripped("你好"), None);
    }

    proptest! {
        #[test]
        fn pieces_say_the_same_as_the_whole(text in "(```|~~~|\n| |[a你]){0,30}", size in 1_usize..5) {
            let ending = Ending::new(&Notice::default());
            let mut turn = Turn::default();
            let characters: Vec<char> = text.chars().collect();
            for piece in characters.chunks(size) {
                turn.observe(&piece.iter().collect::<String>());
            }
            prop_assert_eq!(turn.bears(&ending), ending.fits(&text));
        }
    }
}
