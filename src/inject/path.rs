//! Field paths as Kubernetes writes them in messages (`spec.initContainers[0].env[1].name`).
//!
//! In: segments. Out: text. Must not: be used as a patch path; those are JSON pointers.

/// `base.key`, or `base[key]` for keys that are not plain field names.
pub(super) fn field(base: &str, key: &str) -> String {
    let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain { format!("{base}.{key}") } else { format!("{base}[{}]", shorten(key, 80)) }
}

/// `base[index]`.
pub(super) fn element(base: &str, index: usize) -> String {
    format!("{base}[{index}]")
}

/// At most `limit` characters, so that a hostile pod cannot flood a message.
pub(super) fn shorten(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
