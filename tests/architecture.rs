//! The layout keeps its promise: knowledge rooms are pure and never import a program.

#![allow(clippy::unwrap_used)]

mod source_support;

use std::path::PathBuf;

use source_support::{code_lines, sources};

const KNOWLEDGE: [&str; 9] =
    ["api", "compliance", "contract", "detect", "identity", "inject", "label", "law", "record"];
const PROGRAMS: [&str; 7] = ["cli", "ledger", "manifest", "operator", "server", "sidecar", "telemetry"];
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

/// Code of a room without its tests and comments.
fn code(room: &str) -> Vec<(PathBuf, usize, String)> {
    let lines = |path: PathBuf| {
        let lines = code_lines(&path);
        lines.into_iter().map(move |(number, line)| (path.clone(), number, line))
    };
    sources(&format!("src/{room}")).into_iter().flat_map(lines).collect()
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
        .chain([
            ("ledger", "operator"),
            ("ledger", "sidecar"),
            ("operator", "ledger"),
            ("sidecar", "ledger"),
            ("server", "ledger"),
        ])
        // Offline it asks the operator's handlers; nobody asks it.
        .chain([("operator", "cli"), ("sidecar", "cli"), ("ledger", "cli"), ("cli", "sidecar"), ("cli", "ledger")])
        .chain([("manifest", "cli"), ("manifest", "operator")])
        // The law and the API know nobody.
        .chain([("api", "compliance"), ("api", "law"), ("law", "api"), ("law", "compliance")])
        .chain([
            ("inject", "compliance"),
            ("label", "compliance"),
            ("contract", "compliance"),
            ("detect", "compliance"),
            ("identity", "compliance"),
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
