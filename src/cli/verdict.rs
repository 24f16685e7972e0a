//! What `check` says of one object.

use serde::Serialize;

/// What admission would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// Let it pass.
    Admitted,
    /// Refuse it.
    Refused,
    /// Not be asked: no workload, no way to one, no kind of ours.
    NotAsked,
    /// Judge it by who asks and who approves, which files do not say.
    NeedsPeople,
}

/// One object and what admission would say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// File, or `standard input`.
    pub file: String,
    /// Line on which the object's document begins.
    pub line: usize,
    /// Kind.
    pub kind: String,
    /// Namespace; empty for cluster-scoped kinds.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Name.
    pub name: String,
    /// What admission would do.
    pub outcome: Outcome,
    /// Stable codes of the reasons, worst first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// The text that the cluster would give, in English and Chinese.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// Warnings that kubectl would print.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl Verdict {
    /// `Kind namespace/name`.
    #[must_use]
    pub fn subject(&self) -> String {
        let Self { kind, namespace, name, .. } = self;
        if namespace.is_empty() { format!("{kind} {name}") } else { format!("{kind} {namespace}/{name}") }
    }
}

/// The codes of a text, as they stand in brackets before each reason.
#[must_use]
pub fn codes(text: &str) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for after in text.split('[').skip(1) {
        let Some((code, _)) = after.split_once(']') else { continue };
        let is_code = code.len() > 2
            && code.starts_with(|first: char| first.is_ascii_uppercase())
            && code.chars().all(|letter| letter.is_ascii_alphanumeric())
            && code.chars().any(|letter| letter.is_ascii_lowercase());
        if is_code && !codes.iter().any(|known| known == code) {
            codes.push(code.to_owned());
        }
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_what_stands_in_brackets_and_nothing_else_does() {
        let text = "x: spec.ports[0] [FilingMissing] …\n basis: [ScopeDecision] [FilingMissing] [] [A [Other]";
        assert_eq!(codes(text), ["FilingMissing", "ScopeDecision", "Other"]);
    }
}
