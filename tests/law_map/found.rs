//! Reads from the package which code, tests and rows of the truth tables speak of a duty.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use deepsynthesis::law::Duty;

use crate::needle::needles;
use crate::source_support::{code_lines, sources};

/// What the package says about duties.
pub struct Sources {
    /// Code outside `src/law`: file below `src/`, and what stands in it.
    code: Vec<(String, String)>,
    /// Names of all tests.
    tests: Vec<String>,
    /// Ids of duties in the rows of `tests/data/law`, one per row.
    rows: Vec<String>,
}

impl Sources {
    /// Reads the package.
    pub fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let below = |path: &PathBuf| path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let code = sources("src")
            .iter()
            .filter(|path| !path.starts_with(root.join("law")) && !path.ends_with("tests.rs"))
            .map(|path| (below(path), code_lines(path).into_iter().map(|(_, line)| line + "\n").collect()))
            .collect();
        let tests = sources("src").iter().chain(&sources("tests")).flat_map(named_tests).collect();
        Self { code, tests, rows: rows() }
    }

    /// Files of `src/` outside `src/law` that speak of a duty.
    pub fn code_of(&self, duty: Duty) -> Vec<&str> {
        let word = format!("Duty::{duty:?}");
        let holds = |text: &str| {
            text.match_indices(&word)
                .any(|(at, _)| !text[at + word.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
        };
        self.code.iter().filter(|(_, text)| holds(text)).map(|(path, _)| path.as_str()).collect()
    }

    /// Tests that are named after a duty's article.
    pub fn tests_of(&self, duty: Duty) -> BTreeSet<&str> {
        let needles = needles(duty.entry());
        let names = self.tests.iter().map(String::as_str);
        names.filter(|name| needles.iter().any(|needle| needle.fits(name))).collect()
    }

    /// Rows of the truth tables that name a duty.
    pub fn rows_of(&self, duty: Duty) -> usize {
        self.rows.iter().filter(|id| names(id, duty)).count()
    }
}

fn named_tests(path: &PathBuf) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let mut marked = false;
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[") {
            marked |= line.contains("test]") || line.contains("test(");
            continue;
        }
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        if let (true, Some((name, _))) = (marked, function.and_then(|rest| rest.split_once('('))) {
            found.push(name.to_owned());
        }
        marked = false;
    }
    found
}

/// Ids of duties in `tests/data/law/*.yaml`, one per row.
pub fn rows() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/law");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let yaml = files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    yaml.flat_map(|path| {
        let text = fs::read_to_string(path).unwrap();
        let named = text.lines().filter(|line| !line.trim_start().starts_with('#')).filter_map(|line| {
            let (_, rest) = line.split_once("duty: ")?;
            let id: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')).collect();
            Some(id)
        });
        named.collect::<Vec<_>>()
    })
    .collect()
}

/// Whether an id is the duty's, in the catalogue's form or in the dossier's, which ends in a word: `o12-19-1-file`.
pub fn names(id: &str, duty: Duty) -> bool {
    let rest = id.strip_prefix(duty.id());
    rest.is_some_and(|rest| rest.is_empty() || (rest.starts_with('-') && !rest.contains(|c: char| c.is_ascii_digit())))
}
