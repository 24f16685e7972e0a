//! `detect`: says of manifests which workloads look like deep synthesis, and why.
//!
//! In: files or standard input with YAML or JSON documents. Out: one line per workload. A thin shell
//! around [`crate::detect`]; never talks to a cluster.

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::args::{DetectArgs, DetectOutput};
use crate::detect::{Detection, Likelihood, detect, runs_pods};
use crate::manifest::{self, ManifestError};

/// Why manifests cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum DetectError {
    /// They cannot be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The output is closed.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
}

/// One line of output.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    kind: &'a str,
    name: &'a str,
    namespace: Option<&'a str>,
    generator: bool,
    #[serde(flatten)]
    found: Found<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found<'a> {
    score: u16,
    signature: Option<&'a str>,
    technologies: &'a [crate::api::service::Technology],
    entry_port: Option<u16>,
    reasons: &'a [String],
    loopback: Option<crate::detect::LoopbackHint>,
}

/// Reads the files and writes one line per workload.
///
/// # Errors
/// When a file cannot be read or understood, or the output is closed.
pub fn run(args: &DetectArgs, output: &mut dyn Write) -> Result<(), DetectError> {
    let objects: Vec<Value> = manifest::read(&args.files)?.into_iter().map(|manifest| manifest.object).collect();
    if args.output == DetectOutput::Table {
        writeln!(
            output,
            "{}",
            row(["KIND", "NAMESPACE", "NAME", "GENERATOR", "SCORE", "SIGNATURE", "PORT", "TECHNOLOGIES"])
        )?;
    }
    for (index, workload) in objects.iter().enumerate().filter(|(_, object)| runs_pods(object)) {
        let near = |other: &Value| {
            member(other, "namespace").is_none()
                || member(workload, "namespace").is_none()
                || member(other, "namespace") == member(workload, "namespace")
        };
        let siblings: Vec<&Value> = objects
            .iter()
            .enumerate()
            .filter(|(other, object)| *other != index && near(object))
            .map(|(_, object)| object)
            .collect();
        write_line(args.output, workload, &detect(workload, &siblings), output)?;
    }
    Ok(())
}

fn write_line(format: DetectOutput, workload: &Value, found: &Detection, output: &mut dyn Write) -> io::Result<()> {
    let kind = workload.get("kind").and_then(Value::as_str).unwrap_or_default();
    let (name, namespace) = (member(workload, "name").unwrap_or_default(), member(workload, "namespace"));
    let generator = found.verdict == Likelihood::Generator;
    if format == DetectOutput::Table {
        let technologies: Vec<String> = found.technologies.iter().map(|one| format!("{one:?}")).collect();
        let port = found.entry_port.map_or_else(String::new, |port| port.to_string());
        let signature = found.signature.unwrap_or("-");
        let cells = [
            kind,
            namespace.unwrap_or("-"),
            name,
            if generator { "yes" } else { "no" },
            &found.score.to_string(),
            signature,
            &port,
            &technologies.join(","),
        ];
        return writeln!(output, "{}", row(cells));
    }
    let found = Found {
        score: found.score,
        signature: found.signature,
        technologies: &found.technologies,
        entry_port: found.entry_port,
        reasons: &found.reasons,
        loopback: found.loopback,
    };
    let line = serde_json::to_string(&Line { kind, name, namespace, generator, found })?;
    writeln!(output, "{line}")
}

fn row(cells: [&str; 8]) -> impl fmt::Display {
    let [kind, namespace, name, generator, score, signature, port, technologies] = cells;
    format!("{kind:<20} {namespace:<16} {name:<40} {generator:<9} {score:>5} {signature:<24} {port:>5} {technologies}")
}

fn member<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get("metadata")?.get(key)?.as_str().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFESTS: &str = "# head\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: a}, ports: [{port: 80, targetPort: 9999}]}\n---\nkind: List\napiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a, labels: {app: a}}\n  spec: {containers: [{name: c, image: vllm/vllm-openai, ports: [{containerPort: 9999}]}]}\n";

    fn output(text: &str, format: DetectOutput) -> String {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("m.yaml");
        std::fs::write(&path, text).expect("written");
        let mut output = Vec::new();
        run(&DetectArgs { output: format, files: vec![path] }, &mut output).expect("runs");
        String::from_utf8(output).expect("text")
    }

    #[test]
    fn one_json_line_per_workload_with_its_siblings() {
        let text = output(MANIFESTS, DetectOutput::Json);
        let line: Value = serde_json::from_str(text.trim()).expect("one line");
        assert_eq!((line["name"].as_str(), line["generator"].as_bool()), (Some("a"), Some(true)));
        assert_eq!((line["entryPort"].as_u64(), line["signature"].as_str()), (Some(9999), Some("vllm")));
        assert_eq!(output(MANIFESTS, DetectOutput::Table).lines().count(), 2);
    }
}
