//! Manifests as people write them: files, folders, standard input.
//!
//! In: paths. Out: objects with the place where each stands, lists flattened. Must not: know kinds, or leave out anything in silence.

pub mod parse;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;

pub use parse::parse;

/// Bytes read from one file.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Documents and list members taken from one file.
pub const MAX_OBJECTS: usize = 20_000;
/// Files taken from one folder.
pub const MAX_FILES: usize = 20_000;
/// Folders within each other.
const MAX_DEPTH: usize = 32;
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// One object and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// File, or `standard input`.
    pub file: String,
    /// Line on which its document begins, counted from 1.
    pub line: usize,
    /// The object.
    pub object: Value,
}

/// Why manifests cannot be read; names the file and, where known, the document.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The file cannot be read.
    #[error("{file}: {source}")]
    Read {
        /// Which.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// More bytes than one file may have.
    #[error("{0}: more than {MAX_BYTES} bytes")]
    TooLarge(String),
    /// More objects than one file may have.
    #[error("{0}: more than {MAX_OBJECTS} objects")]
    TooMany(String),
    /// More files than one folder may have.
    #[error("{0}: more than {MAX_FILES} files, or more than {MAX_DEPTH} folders within each other")]
    TooManyFiles(String),
    /// A document is neither YAML nor JSON.
    #[error("{file}:{line}: document {document}: {reason}")]
    Document {
        /// In which file.
        file: String,
        /// On which line it begins.
        line: usize,
        /// Which, counted from 1.
        document: usize,
        /// Why.
        reason: String,
    },
}

/// Reads files (`-` is standard input) and, within folders, every file that ends in yaml, yml or json, by name.
///
/// # Errors
/// [`ManifestError`] for the first that cannot be read.
pub fn read(paths: &[PathBuf]) -> Result<Vec<Manifest>, ManifestError> {
    let mut manifests = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            manifests.extend(parse("standard input", &text("standard input", Ok(io::stdin()))?)?);
            continue;
        }
        let mut files = Vec::new();
        gather(path, 0, &mut files)?;
        for file in files {
            let name = file.display().to_string();
            manifests.extend(parse(&name, &text(&name, std::fs::File::open(&file))?)?);
        }
    }
    Ok(manifests)
}

fn gather(path: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), ManifestError> {
    let unreadable = |source| ManifestError::Read { file: path.display().to_string(), source };
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(unreadable)?;
    let mut inside: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>().map_err(unreadable)?;
    inside.sort();
    for path in inside {
        let is_manifest = path.extension().and_then(|end| end.to_str()).is_some_and(|end| EXTENSIONS.contains(&end));
        // A link to a folder may lead back here.
        let is_folder = path.is_dir() && !path.is_symlink();
        if is_folder || (is_manifest && !path.is_dir()) {
            if files.len() >= MAX_FILES || depth >= MAX_DEPTH {
                return Err(ManifestError::TooManyFiles(path.display().to_string()));
            }
            gather(&path, depth + 1, files)?;
        }
    }
    Ok(())
}

fn text(file: &str, reader: io::Result<impl Read>) -> Result<String, ManifestError> {
    let mut text = String::new();
    reader
        .and_then(|reader| reader.take(MAX_BYTES + 1).read_to_string(&mut text))
        .map_err(|source| ManifestError::Read { file: file.to_owned(), source })?;
    if text.len() as u64 > MAX_BYTES {
        return Err(ManifestError::TooLarge(file.to_owned()));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_read_by_name_and_what_is_no_manifest_is_left() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("b")).unwrap();
        for (name, text) in
            [("b/1.yml", "kind: B"), ("c.json", "{\"kind\": \"C\"}"), ("a.yaml", "kind: A"), ("x.md", "[")]
        {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let found = read(&[folder.path().to_owned()]).unwrap();
        let kinds: Vec<_> = found.iter().map(|manifest| manifest.object["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["A", "B", "C"]);
        assert!(read(&["/nowhere/x.yaml".into()]).unwrap_err().to_string().starts_with("/nowhere/x.yaml: "));
    }
}
