//! The layout keeps its promise: knowledge rooms are pure and never import a program.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

const KNOWLEDGE: [&str; 7] = ["api", "compliance", "contract", "detect", "inject", "label", "law"];
const PROGRAMS: [&str; 4] = ["operator", "server", "sidecar", "telemetry"];
/// What would make a room ask the world instead of its caller.
const IMPURE: [&str; 9] = [
    "kube::Client",
    "kube::Api",
    "kube::runtime",
    "tokio::",
    "Timestamp::now",
    "SystemTime::now",
    "Instant::now",
    "std::net::",
    "std::fs::",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Code of a room without its tests and comments.
fn code(room: &str) -> Vec<(PathBuf, usize, String)> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room), &mut files);
    files
        .into_iter()
        .flat_map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap().to_owned();
            code.lines()
                .enumerate()
                .filter(|(_, line)| !line.trim_start().starts_with("//"))
                .map(|(number, line)| (path.clone(), number + 1, line.to_owned()))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn knowledge_rooms_ask_no_clock_no_socket_and_no_cluster() {
    let mut offences = Vec::new();
    for room in KNOWLEDGE {
        for (path, number, line) in code(room) {
            for word in IMPURE {
                if line.contains(word) {
                    offences.push(format!("{}:{number}: {word}", path.display()));
                }
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn arrows_go_down_only() {
    let mut offences = Vec::new();
    let forbidden = KNOWLEDGE
        .iter()
        .flat_map(|room| PROGRAMS.iter().map(move |program| (*room, *program)))
        .chain([("sidecar", "operator"), ("operator", "sidecar"), ("server", "operator"), ("server", "sidecar")])
        // The law and the API know nobody.
        .chain([("api", "compliance"), ("api", "law"), ("law", "api"), ("law", "compliance")])
        .chain([
            ("inject", "compliance"),
            ("label", "compliance"),
            ("contract", "compliance"),
            ("detect", "compliance"),
        ]);
    for (room, other) in forbidden {
        for (path, number, line) in code(room) {
            if line.contains(&format!("crate::{other}")) {
                offences.push(format!("{}:{number}: {room} imports {other}", path.display()));
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}
