//! Metadata of a movie: `keys` names what `ilst` holds (QuickTime File Format, Metadata), within `udta/meta` as the guide wants it, or
//! within a `meta` of the movie itself, as some phones write it.
//!
//! In: the boxes of `moov`. Out: the label that is there, or the content of a `moov` that has ours. Must not: touch what others wrote.

use super::bmff::{Place, boxed, children};
use crate::label::AigcLabel;

/// Namespace and name of the key.
const KEY: &[u8] = b"mdtaAIGC";
/// UTF-8, of no particular country (QuickTime File Format, well-known types).
const UTF8: [u8; 8] = [0, 0, 0, 1, 0, 0, 0, 0];

/// What a movie says about generated content.
#[derive(Debug, PartialEq, Eq)]
pub enum Existing {
    /// Nothing.
    None,
    /// A label.
    Label(Box<AigcLabel>),
    /// An entry under our key that is no label.
    Malformed,
}

/// A `meta` box: its parts, and where they begin.
struct Meta {
    place: Place,
    parts: Vec<Place>,
    /// Whether `keys` names the entries (`mdta`); otherwise they have names of four characters (`mdir`, iTunes).
    has_keys: bool,
}

/// The label of the movie; `None` when its metadata cannot be read.
pub fn find(view: &[u8], boxes: &[Place]) -> Option<Existing> {
    for meta in metas(view, boxes)? {
        match label_in(view, &meta)? {
            Existing::None => {}
            found => return Some(found),
        }
    }
    Some(Existing::None)
}

/// The content of `moov` with the label; `None` when there is no place for it.
pub fn with_label(view: &[u8], moov: &Place, boxes: &[Place], label: &AigcLabel) -> Option<Vec<u8>> {
    let text = label.bare();
    let user = boxes.iter().find(|child| &child.kind == b"udta");
    let inside = user.map_or(Some(Vec::new()), |user| children(view, user.start, user.end))?;
    let own = boxes.iter().find(|child| &child.kind == b"meta");
    let theirs = inside.iter().find(|child| &child.kind == b"meta");
    // Where names of four characters are in use, a second list beside them: one box cannot hold both.
    let (holder, new) = match (theirs, own) {
        (Some(theirs), own) => match meta(view, theirs)? {
            meta if meta.has_keys => (user, Some((*theirs, extended(view, &meta, &text)?))),
            _ => match own {
                None => (None, None),
                Some(own) => match meta(view, own)? {
                    meta if meta.has_keys => (None, Some((*own, extended(view, &meta, &text)?))),
                    _ => return None,
                },
            },
        },
        (None, _) => (user, None),
    };
    let fresh = || fresh(&text);
    let bytes = |start: usize, end: usize| view.get(start..end);
    Some(match (holder, new) {
        // Into the list within `udta`.
        (Some(user), Some((old, new))) => {
            let inside = [bytes(user.start, old.at)?, &new, bytes(old.end, user.end)?].concat();
            [bytes(moov.start, user.at)?, &boxed(b"udta", &inside), bytes(user.end, moov.end)?].concat()
        }
        // Into the list of the movie itself.
        (None, Some((old, new))) => [bytes(moov.start, old.at)?, &new, bytes(old.end, moov.end)?].concat(),
        // Before what is in `udta`: a list may be closed by four zero bytes.
        (Some(user), None) => {
            let inside = [&fresh(), bytes(user.start, user.end)?].concat();
            [bytes(moov.start, user.at)?, &boxed(b"udta", &inside), bytes(user.end, moov.end)?].concat()
        }
        (None, None) if user.is_none() => [bytes(moov.start, moov.end)?, &boxed(b"udta", &fresh())].concat(),
        (None, None) => [bytes(moov.start, moov.end)?, &fresh()].concat(),
    })
}

fn metas(view: &[u8], boxes: &[Place]) -> Option<Vec<Meta>> {
    let mut metas = Vec::new();
    for child in boxes {
        match &child.kind {
            b"meta" => metas.push(meta(view, child)?),
            b"udta" => {
                for child in children(view, child.start, child.end)?.iter().filter(|child| &child.kind == b"meta") {
                    metas.push(meta(view, child)?);
                }
            }
            _ => {}
        }
    }
    Some(metas)
}

/// ISO puts version and flags before the parts, QuickTime does not.
fn meta(view: &[u8], place: &Place) -> Option<Meta> {
    let is_quicktime = view.get(place.start + 4..place.start + 8) == Some(b"hdlr");
    let start = if is_quicktime { place.start } else { place.start.checked_add(4)? };
    let parts = if start >= place.end { Vec::new() } else { children(view, start, place.end)? };
    let handler = parts.iter().find(|part| &part.kind == b"hdlr");
    let kind = handler.and_then(|handler| view.get(handler.start + 8..handler.start + 12));
    Some(Meta { place: *place, parts, has_keys: kind == Some(b"mdta") })
}

fn part<'a>(meta: &'a Meta, kind: &[u8; 4]) -> Option<&'a Place> {
    meta.parts.iter().find(|part| &part.kind == kind)
}

/// Names in their order; the first has the number 1.
fn keys<'a>(view: &'a [u8], keys: &Place) -> Option<Vec<&'a [u8]>> {
    let names = children(view, keys.start.checked_add(8)?, keys.end)?;
    names.iter().map(|name| view.get(name.at + 4..name.end)).collect()
}

fn label_in(view: &[u8], meta: &Meta) -> Option<Existing> {
    let (Some(names), Some(list)) = (part(meta, b"keys").filter(|_| meta.has_keys), part(meta, b"ilst")) else {
        return Some(Existing::None);
    };
    let names = keys(view, names)?;
    let Some(number) = names.iter().position(|name| *name == KEY) else { return Some(Existing::None) };
    let number = u32::try_from(number + 1).ok()?.to_be_bytes();
    let entries = children(view, list.start, list.end)?;
    let Some(entry) = entries.iter().find(|entry| entry.kind == number) else { return Some(Existing::Malformed) };
    let data = children(view, entry.start, entry.end)?;
    let data = data.iter().find(|data| &data.kind == b"data");
    let text = data.and_then(|data| view.get(data.start + 8..data.end)).unwrap_or_default();
    Some(AigcLabel::read(text).map_or(Existing::Malformed, |label| Existing::Label(Box::new(label))))
}

/// A list with one more entry.
fn extended(view: &[u8], meta: &Meta, text: &str) -> Option<Vec<u8>> {
    let (names, list) = (part(meta, b"keys")?, part(meta, b"ilst")?);
    let count = u32::try_from(keys(view, names)?.len()).ok()?.checked_add(1)?;
    let mut content = view.get(meta.place.start..meta.parts.first()?.at)?.to_vec();
    for part in &meta.parts {
        let inside = view.get(part.start..part.end)?;
        match &part.kind {
            b"keys" if part == names => {
                let entries = [inside.get(..4)?, &count.to_be_bytes(), inside.get(8..)?, &key()].concat();
                content.extend(boxed(b"keys", &entries));
            }
            b"ilst" if part == list => content.extend(boxed(b"ilst", &[inside, &entry(count, text)].concat())),
            _ => content.extend_from_slice(view.get(part.at..part.end)?),
        }
    }
    Some(boxed(b"meta", &content))
}

/// A list with our entry alone.
fn fresh(text: &str) -> Vec<u8> {
    let handler = boxed(b"hdlr", b"\0\0\0\0\0\0\0\0mdta\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let names = boxed(b"keys", &[&[0, 0, 0, 0, 0, 0, 0, 1][..], &key()].concat());
    boxed(b"meta", &[&[0; 4][..], &handler, &names, &boxed(b"ilst", &entry(1, text))].concat())
}

fn key() -> Vec<u8> {
    let (namespace, name) = KEY.split_at(4);
    boxed(namespace.try_into().unwrap_or(b"mdta"), name)
}

fn entry(number: u32, text: &str) -> Vec<u8> {
    boxed(&number.to_be_bytes(), &boxed(b"data", &[&UTF8[..], text.as_bytes()].concat()))
}
