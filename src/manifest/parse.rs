//! Text to objects.
//!
//! In: YAML or JSON, one document or many. Out: objects and the line on which their document begins. Must not: read files.

use serde_json::Value;

use super::{MAX_OBJECTS, Manifest, ManifestError};

/// The objects of a text, lists flattened.
///
/// # Errors
/// [`ManifestError`] naming the document that is neither YAML nor JSON.
pub fn parse(file: &str, text: &str) -> Result<Vec<Manifest>, ManifestError> {
    let mut manifests = Vec::new();
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        add(file, 1, value, &mut manifests);
    } else {
        for (index, (line, document)) in documents(text).into_iter().enumerate() {
            if document.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
                continue;
            }
            let value = serde_saphyr::from_str::<Value>(&document).map_err(|error| {
                let reason = error.to_string().lines().next().unwrap_or_default().to_owned();
                ManifestError::Document { file: file.to_owned(), line, document: index + 1, reason }
            })?;
            add(file, line, value, &mut manifests);
            if manifests.len() > MAX_OBJECTS {
                break;
            }
        }
    }
    if manifests.len() > MAX_OBJECTS {
        return Err(ManifestError::TooMany(file.to_owned()));
    }
    Ok(manifests)
}

/// Each document and the line of its first word.
fn documents(text: &str) -> Vec<(usize, String)> {
    let mut documents = vec![(1, String::new())];
    for (index, line) in text.lines().enumerate() {
        let is_separator = line.trim_end() == "---" || line.starts_with("--- ");
        if is_separator {
            documents.push((index + 2, String::new()));
        } else if line.trim_end() != "..."
            && let Some((begin, last)) = documents.last_mut()
        {
            let is_empty = last.is_empty() && (line.trim().is_empty() || line.starts_with('#'));
            if is_empty {
                *begin = index + 2;
            } else {
                last.push_str(line);
                last.push('\n');
            }
        }
    }
    // A file that begins with a separator has no document before it.
    if documents.len() > 1 && documents[0].1.is_empty() {
        documents.remove(0);
    }
    documents
}

fn add(file: &str, line: usize, value: Value, manifests: &mut Vec<Manifest>) {
    match value {
        Value::Array(list) => list.into_iter().for_each(|value| add(file, line, value, manifests)),
        Value::Object(mut map) => {
            let is_list = map.get("kind").and_then(Value::as_str).is_some_and(|kind| kind.ends_with("List"));
            match map.remove("items") {
                Some(Value::Array(items)) if is_list => {
                    items
                        .into_iter()
                        .for_each(|item| manifests.push(Manifest { file: file.to_owned(), line, object: item }));
                }
                Some(items) => {
                    map.insert("items".to_owned(), items);
                    manifests.push(Manifest { file: file.to_owned(), line, object: Value::Object(map) });
                }
                None => manifests.push(Manifest { file: file.to_owned(), line, object: Value::Object(map) }),
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_has_the_line_on_which_it_begins() {
        let text =
            "# head\n---\n# a comment\nkind: A\n---\nkind: List\nitems:\n- kind: B\n- kind: C\n---\n---\n\nkind: D\n";
        let found = parse("f.yaml", text).unwrap();
        let places: Vec<_> =
            found.iter().map(|manifest| (manifest.object["kind"].as_str().unwrap(), manifest.line)).collect();
        assert_eq!(places, [("A", 4), ("B", 6), ("C", 6), ("D", 13)]);
    }

    #[test]
    fn errors_name_file_line_and_document() {
        let error = parse("f.yaml", "a: 1\n---\nb: [\n").unwrap_err();
        assert!(error.to_string().starts_with("f.yaml:3: document 2: "), "{error}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}") {
            let _ = parse("f", &text);
        }
    }
}
