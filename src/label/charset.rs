//! Character encodings of plain text, as far as a notice must be written in them.
//!
//! In: the `charset` parameter and the first bytes. Out: a [`Charset`] that encodes short texts.
//! Content is never transcoded.

use encoding_rs::Encoding;

/// How a text is encoded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Charset {
    /// UTF-8, also when nothing is declared.
    Utf8,
    /// Declared US-ASCII: a subset of UTF-8, so the notice is UTF-8 and the declaration must follow.
    Ascii,
    /// UTF-16, little-endian when true. encoding_rs has no UTF-16 encoder (the web never sends it).
    Utf16 {
        /// Byte order.
        little: bool,
    },
    /// UTF-16 whose byte order only a byte order mark tells.
    Utf16Unmarked,
    /// A legacy encoding of the WHATWG list (GBK, GB18030, Big5, …).
    Legacy(&'static Encoding),
}

impl Charset {
    /// From the `charset` parameter; `None` for a name nobody knows.
    #[must_use]
    pub fn of(parameter: Option<&str>) -> Option<Self> {
        let Some(name) = parameter else {
            return Some(Self::Utf8);
        };
        let name = name.trim();
        if name.eq_ignore_ascii_case("us-ascii") || name.eq_ignore_ascii_case("ascii") {
            return Some(Self::Ascii);
        }
        if name.eq_ignore_ascii_case("utf-16") {
            return Some(Self::Utf16Unmarked);
        }
        let encoding = Encoding::for_label_no_replacement(name.as_bytes())?;
        Some(if encoding == encoding_rs::UTF_8 {
            Self::Utf8
        } else if encoding == encoding_rs::UTF_16LE {
            Self::Utf16 { little: true }
        } else if encoding == encoding_rs::UTF_16BE {
            Self::Utf16 { little: false }
        } else {
            Self::Legacy(encoding)
        })
    }

    /// Whether the first bytes must be seen before anything can be written.
    #[must_use]
    pub fn needs_mark(self) -> bool {
        !matches!(self, Self::Legacy(_))
    }

    /// The encoding after a look at the byte order mark, and the length of the mark. A mark outranks
    /// the declaration (WHATWG Encoding, "BOM sniffing"). `head` holds three bytes, or all there are.
    #[must_use]
    pub fn sniff(self, head: &[u8]) -> (Self, usize) {
        match self {
            Self::Legacy(_) => (self, 0),
            _ if head.starts_with(&[0xEF, 0xBB, 0xBF]) => (Self::Utf8, 3),
            _ if head.starts_with(&[0xFF, 0xFE]) => (Self::Utf16 { little: true }, 2),
            _ if head.starts_with(&[0xFE, 0xFF]) => (Self::Utf16 { little: false }, 2),
            Self::Utf16Unmarked => (Self::Utf16 { little: true }, 0),
            _ => (self, 0),
        }
    }

    /// Encodes a short text; `None` when the encoding lacks a character.
    #[must_use]
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 | Self::Ascii => Some(text.as_bytes().to_vec()),
            Self::Utf16 { little: true } | Self::Utf16Unmarked => {
                Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect())
            }
            Self::Utf16 { little: false } => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            Self::Legacy(encoding) => {
                let (bytes, _, unmappable) = encoding.encode(text);
                (!unmappable).then(|| bytes.into_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_chinese_in_gbk_big5_and_utf16_and_admits_what_latin_1_lacks() {
        assert_eq!(Charset::of(Some("gb2312")).unwrap().encode("生成").unwrap(), [0xC9, 0xFA, 0xB3, 0xC9]);
        assert_eq!(Charset::of(Some("GB18030")).unwrap().encode("生").unwrap(), [0xC9, 0xFA]);
        assert_eq!(Charset::of(Some("big5")).unwrap().encode("生").unwrap(), [0xA5, 0xCD]);
        assert_eq!(Charset::of(Some("utf-16be")).unwrap().encode("A").unwrap(), [0, 0x41]);
        assert_eq!(Charset::of(Some("iso-8859-1")).unwrap().encode("生"), None);
        assert_eq!(Charset::of(Some("klingon")), None);
        assert_eq!(Charset::of(None), Some(Charset::Utf8));
    }

    #[test]
    fn a_byte_order_mark_outranks_the_declaration() {
        assert_eq!(Charset::Utf8.sniff(&[0xFF, 0xFE, 0x41]), (Charset::Utf16 { little: true }, 2));
        assert_eq!(Charset::Utf16Unmarked.sniff(&[0xFE, 0xFF]), (Charset::Utf16 { little: false }, 2));
        assert_eq!(Charset::Utf8.sniff(b"ab"), (Charset::Utf8, 0));
    }
}
