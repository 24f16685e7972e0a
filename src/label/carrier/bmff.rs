//! Boxes of the ISO base media file format (ISO/IEC 14496-12, 4.2).
//!
//! In: bytes of a file or of a box. Out: where its boxes begin and end; new boxes. Must not: trust a length.

/// One box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Four characters.
    pub kind: [u8; 4],
    /// Where it begins.
    pub at: usize,
    /// Where its content begins.
    pub start: usize,
    /// Where it ends; [`usize::MAX`] when it reaches to the end of the file.
    pub end: usize,
}

/// The box at a place; `None` when its header is not there whole, or its length is less than its header.
#[must_use]
pub fn place(view: &[u8], at: usize) -> Option<Place> {
    let kind = view.get(at.checked_add(4)?..at.checked_add(8)?)?.try_into().ok()?;
    let size = u32::from_be_bytes(view.get(at..at + 4)?.try_into().ok()?);
    let (start, end) = match size {
        0 => (at + 8, usize::MAX),
        1 => {
            let size = u64::from_be_bytes(view.get(at + 8..at.checked_add(16)?)?.try_into().ok()?);
            (at + 16, at.checked_add(usize::try_from(size).ok()?)?)
        }
        size => (at + 8, at.checked_add(usize::try_from(size).ok()?)?),
    };
    (end >= start).then_some(Place { kind, at, start, end })
}

/// The boxes within a range that is there whole; `None` when they do not fill it exactly. QuickTime closes some lists with
/// four zero bytes.
#[must_use]
pub fn children(view: &[u8], start: usize, end: usize) -> Option<Vec<Place>> {
    let view = view.get(..end)?;
    let (mut at, mut found) = (start, Vec::new());
    while at < end {
        if view.get(at..) == Some(&[0; 4]) {
            break;
        }
        let child = place(view, at).filter(|child| child.end <= end && child.end > child.at)?;
        at = child.end;
        found.push(child);
    }
    Some(found)
}

/// A box with this content.
#[must_use]
pub fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap_or(u32::MAX).to_be_bytes();
    [&size, &kind[..], content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_in_all_three_forms_and_never_trusted() {
        let short = boxed(b"free", b"abc");
        assert_eq!(place(&short, 0), Some(Place { kind: *b"free", at: 0, start: 8, end: 11 }));
        assert_eq!(place(b"\0\0\0\0mdat", 0).unwrap().end, usize::MAX);
        assert_eq!(place(b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x14", 0).unwrap().end, 20);
        for broken in [&b"\0\0\0\x07free"[..], b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x0F", b"\0\0\0\x01mdat", b"\0\0\0"] {
            assert_eq!(place(broken, 0), None);
        }
        assert_eq!(children(&short, 0, 11).unwrap().len(), 1);
        assert_eq!(children(&short, 0, 10), None);
        assert_eq!(
            children(&[short.clone(), vec![0; 4]].concat(), 0, 15).unwrap().len(),
            1,
            "closed as QuickTime does"
        );
    }
}
