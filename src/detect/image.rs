//! The name of an image, cut where its meaning changes.
//!
//! In: an image reference, or `{repository, tag}` as some custom resources write it. Out: [`Image`].

use serde_json::Value;

use super::bound;
use super::words::Words;

/// An image reference without its registry and digest.
#[derive(Debug, Default)]
pub(super) struct Image {
    /// As written.
    pub reference: String,
    /// Path below the registry, without the tag.
    pub path: Words,
    /// Last segment of the path.
    pub name: Words,
    /// The tag.
    pub tag: Words,
}

impl Image {
    /// Reads the `image` member of a container.
    pub fn read(json: Option<&Value>) -> Self {
        let reference = match json {
            Some(Value::String(reference)) => reference.clone(),
            Some(object) => {
                let part = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or("");
                let name = if part("repository").is_empty() { part("name") } else { part("repository") };
                format!("{name}:{}", part("tag")).trim_matches(':').to_owned()
            }
            None => String::new(),
        };
        Self::of(bound::head(&reference, bound::STRING))
    }

    /// Reads a reference.
    pub fn of(reference: &str) -> Self {
        let reference = reference.trim();
        let named = reference.split('@').next().unwrap_or(reference);
        let (first, rest) = named.split_once('/').unwrap_or(("", named));
        let registry = first.contains(['.', ':']) || first == "localhost";
        let path = if registry { rest } else { named };
        let name_at = path.rfind('/').map_or(0, |slash| slash + 1);
        let (path, tag) = match path.rfind(':') {
            Some(colon) if colon > name_at => (&path[..colon], &path[colon + 1..]),
            _ => (path, ""),
        };
        Self {
            reference: reference.to_owned(),
            path: Words::new(path),
            name: Words::new(path.get(name_at..).unwrap_or(path)),
            tag: Words::new(tag),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn registries_tags_and_digests_are_cut_off() {
        for (reference, path, name, tag) in [
            ("vllm/vllm-openai:v0.6", "vllm/vllm-openai", "vllm-openai", "v0.6"),
            ("localhost:5000/a/b@sha256:00", "a/b", "b", ""),
            ("r.example.com/x:1@sha256:00", "x", "x", "1"),
            ("nginx", "nginx", "nginx", ""),
        ] {
            let image = Image::of(reference);
            assert_eq!(
                (image.path, image.name, image.tag),
                (Words::new(path), Words::new(name), Words::new(tag)),
                "{reference}"
            );
        }
        assert_eq!(Image::read(Some(&json!({"repository": "a/b", "tag": "c"}))).reference, "a/b:c");
    }
}
