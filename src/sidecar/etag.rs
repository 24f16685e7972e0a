//! Entity tags on labelling routes (RFC 9110 8.8.3, 13.1).
//!
//! Labelled bytes are another representation, so every ETag gets a suffix with the label policy, and
//! loses it again on the way in. A tag without the suffix names bytes without a label: it must not
//! validate a cache.

use http::HeaderMap;
use http::header::{ETAG, HeaderName, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, RANGE};

/// Start of every suffix; eight hex digits follow.
const MARK: &str = "-aigc-";

/// Adds the suffix inside the quotes of an answer's ETag.
pub fn add_suffix(headers: &mut HeaderMap, suffix: &str) {
    let tag = headers.get(ETAG).and_then(|value| value.to_str().ok()).and_then(|text| {
        let inner = text.trim().strip_suffix('"')?;
        HeaderValue::from_str(&format!("{inner}{suffix}\"")).ok()
    });
    match tag {
        Some(tag) => {
            headers.insert(ETAG, tag);
        }
        // A tag that is not quoted is no tag; passed on, it would validate unlabelled copies.
        None => {
            headers.remove(ETAG);
        }
    }
}

/// The strong ETag of an answer, before any suffix.
#[must_use]
pub fn strong(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(ETAG)?.to_str().ok()?.trim();
    (text.len() >= 2 && text.starts_with('"') && text.ends_with('"')).then_some(text)
}

/// Rewrites the conditions of a request on a labelling route for the application, which knows nothing
/// of suffixes. Ranges go: a label is put into whole objects only.
pub fn inwards(headers: &mut HeaderMap, suffix: &str) {
    headers.remove(RANGE);
    headers.remove(IF_RANGE);
    // A date cannot tell a labelled copy from an unlabelled one.
    headers.remove(IF_MODIFIED_SINCE);
    rewrite(headers, &IF_NONE_MATCH, |tag| tag.strip_suffix(suffix).map(str::to_owned));
    // A write condition speaks of the object, whatever policy labelled the copy that was read.
    rewrite(headers, &IF_MATCH, |tag| {
        Some(match tag.rsplit_once(MARK) {
            Some((tag, hash)) if hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => tag.to_owned(),
            _ => tag.to_owned(),
        })
    });
}

fn rewrite(headers: &mut HeaderMap, name: &HeaderName, map: impl Fn(&str) -> Option<String>) {
    if !headers.contains_key(name) {
        return;
    }
    let texts: Option<Vec<_>> = headers.get_all(name).iter().map(|value| value.to_str().ok()).collect();
    let list = texts.map(|texts| texts.join(","));
    match list.as_deref().map(str::trim) {
        Some("*") => {}
        Some(list) => match parse(list) {
            Some(tags) => {
                let kept: Vec<_> = tags
                    .iter()
                    .filter_map(|(weak, tag)| Some(format!("{}\"{}\"", if *weak { "W/" } else { "" }, map(tag)?)))
                    .collect();
                match HeaderValue::from_str(&kept.join(", ")) {
                    Ok(value) if !kept.is_empty() => {
                        headers.insert(name, value);
                    }
                    _ => {
                        headers.remove(name);
                    }
                }
            }
            None if *name == IF_NONE_MATCH => {
                headers.remove(name);
            }
            None => {}
        },
        None => {
            headers.remove(name);
        }
    }
}

/// A list of entity tags as (weak, text between the quotes). Commas may stand inside the quotes.
fn parse(list: &str) -> Option<Vec<(bool, &str)>> {
    let (mut rest, mut tags) = (list, Vec::new());
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Some(tags);
        }
        let weak = rest.starts_with("W/");
        let quoted = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"')?;
        let (tag, after) = quoted.split_once('"')?;
        tags.push((weak, tag));
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUFFIX: &str = "-aigc-0123abcd";

    fn inward(name: HeaderName, value: &'static str) -> Option<String> {
        let mut headers = HeaderMap::from_iter([(name.clone(), HeaderValue::from_static(value))]);
        inwards(&mut headers, SUFFIX);
        headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn the_suffix_goes_inside_the_quotes_and_comes_off_again() {
        for (plain, suffixed) in [("\"a\"", "\"a-aigc-0123abcd\""), ("W/\"a\"", "W/\"a-aigc-0123abcd\"")] {
            let mut headers = HeaderMap::from_iter([(ETAG, HeaderValue::from_static(plain))]);
            add_suffix(&mut headers, SUFFIX);
            assert_eq!(headers[ETAG], suffixed);
        }
        assert_eq!(
            inward(IF_NONE_MATCH, "\"a-aigc-0123abcd\", W/\"b,c-aigc-0123abcd\"").as_deref(),
            Some("\"a\", W/\"b,c\"")
        );
        assert_eq!(inward(IF_MATCH, "\"a-aigc-ffffffff\"").as_deref(), Some("\"a\""));
        assert_eq!(inward(IF_NONE_MATCH, "*").as_deref(), Some("*"));
    }

    #[test]
    fn an_unlabelled_or_differently_labelled_copy_is_never_validated() {
        assert_eq!(inward(IF_NONE_MATCH, "\"a\", \"b-aigc-ffffffff\""), None);
        assert_eq!(inward(IF_NONE_MATCH, "a"), None);
        assert_eq!(inward(IF_MODIFIED_SINCE, "Thu, 01 Jan 2026 00:00:00 GMT"), None);
        assert_eq!(inward(RANGE, "bytes=0-1"), None);
        let mut headers = HeaderMap::from_iter([(ETAG, HeaderValue::from_static("raw"))]);
        add_suffix(&mut headers, SUFFIX);
        assert!(headers.is_empty());
    }

    #[test]
    fn only_a_strong_tag_names_bytes() {
        let of = |value| strong(&HeaderMap::from_iter([(ETAG, HeaderValue::from_static(value))])).map(str::to_owned);
        assert_eq!(of("\"a\"").as_deref(), Some("\"a\""));
        assert_eq!(of("W/\"a\""), None);
        assert_eq!(of("\""), None);
    }
}
