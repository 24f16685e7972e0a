//! `kubectl deepsynthesis why`, `report`, `calendar`, `completion`, as a user calls them on files.

#![allow(clippy::unwrap_used)]

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

const SAMPLE: &str = "config/samples/llm-chat";
/// After the records of the samples, before any of them lapses.
const AT: &str = "2026-11-27T12:00:00+08:00";

fn run(args: &[&str], input: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kubectl-deepsynthesis"))
        .args(args)
        .env("KUBECONFIG", "/nonexistent")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The service of the sample without its records.
fn unfiled() -> String {
    let all = std::fs::read_dir(SAMPLE).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let all = all.collect::<Vec<_>>().join("\n---\n");
    all.split("\n---\n").filter(|document| !document.contains("kind: FilingRecord")).collect::<Vec<_>>().join("\n---\n")
}

#[test]
fn why_names_every_duty_with_article_state_remedy_and_ends_with_1_when_one_is_not_kept_order_12_article_19() {
    let (code, text, said) = run(&["why", "-f", SAMPLE, "--at", AT], "");
    assert_eq!(code, Some(0), "{text}{said}");
    assert!(text.contains("gate Open, mode Enforce") && text.contains("duties do not reach this service"), "{text}");
    let filed = text.lines().find(|line| line.contains("Order 12 Art. 19")).unwrap();
    assert!(filed.starts_with("Satisfied"), "{filed}");

    let (code, text, _) = run(&["why", "-f", "-", "--at", AT, "--json"], &unfiled());
    assert_eq!(code, Some(1), "{text}");
    let sheets: Value = serde_json::from_str(&text).unwrap();
    let first = &sheets[0]["duties"][0];
    assert_eq!((&first["state"], &sheets[0]["gate"]), (&"Violated".into(), &"Closed".into()));
    let duties = sheets[0]["duties"].as_array().unwrap();
    assert_eq!(duties.len(), deepsynthesis::law::Duty::ALL.len(), "every duty of the catalogue");
    for row in duties.iter().filter(|row| row["state"] == "Violated") {
        assert!(!row["remedy"].as_str().unwrap().is_empty() && !row["remedyZh"].as_str().unwrap().is_empty(), "{row}");
        for member in ["code", "message", "messageZh", "remedy", "remedyZh"] {
            let mut reasons = row["reasons"].as_array().into_iter().flatten();
            assert!(reasons.all(|why| !why[member].as_str().unwrap().is_empty()), "{member}: {row}");
        }
    }
    let filing = duties.iter().find(|row| row["article"] == "Order 12 Art. 19").unwrap();
    assert_eq!((&filing["state"], &filing["reasons"][0]["code"]), (&"Violated".into(), &"FilingMissing".into()));
    let (_, text, _) = run(&["why", "-f", "-", "--at", AT], &unfiled());
    assert!(text.contains("Violated") && text.contains("→ "), "{text}");
}

#[test]
fn why_finds_the_service_of_a_workload_and_says_when_there_is_none_order_12_article_2() {
    let document = std::fs::read_dir(SAMPLE).unwrap();
    let all: String =
        document.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap() + "\n---\n").collect();
    let name = all.split("kind: Deployment").nth(1).unwrap().split("name: ").nth(1).unwrap();
    let name = name.split_whitespace().next().unwrap();
    let namespace = all.split("kind: Deployment").nth(1).unwrap().split("namespace: ").nth(1).unwrap();
    let namespace = namespace.split_whitespace().next().unwrap();
    let target = format!("deploy/{name}");
    let (code, text, said) = run(&["why", "-f", SAMPLE, "-n", namespace, "--at", AT, &target], "");
    assert_eq!(code, Some(0), "{text}{said}");
    assert!(text.contains("gate Open"), "{text}");
    let undeclared = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: other, namespace: shop}\nspec: {template: {metadata: \
                      {labels: {app: other}}, spec: {containers: []}}}\n";
    for (args, words) in [
        (["why", "-f", "-", "-n", "shop", "deployment/other"], "no DeepSynthesisService selects"),
        (["why", "-f", "-", "-n", "shop", "deployment/missing"], "there is no Deployment shop/missing"),
        (["why", "-f", "-", "-n", "shop", "gateway/other"], "gateway is no kind of workload"),
        (["why", "-f", "-", "-n", "shop", "studio"], "there is no DeepSynthesisService studio"),
    ] {
        let (code, _, said) = run(&args, undeclared);
        assert_eq!(code, Some(2), "{args:?}: {said}");
        assert!(said.contains(words), "{args:?}: {said}");
    }
    let (code, _, said) = run(&["why", "studio"], "");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("-f"), "without a cluster it says what to do: {said}");
}

#[test]
fn the_report_is_one_bilingual_page_that_needs_no_network_and_takes_no_markup_order_12_article_21() {
    let (code, page, said) = run(&["report", "-f", "config/samples", "--at", AT], "");
    assert_eq!(code, Some(0), "{said}");
    for words in ["<!DOCTYPE html>", "深度合成服务合规报告", "Deep synthesis compliance report", "<th scope=\"col\">"]
    {
        assert!(page.contains(words), "{words}");
    }
    for outside in ["<script", "http://", "https://", "<link", "<img", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let open = |tag: &str| page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
    for tag in ["table", "thead", "tbody", "tr", "td", "th", "p", "span", "h2", "main", "code"] {
        assert_eq!(open(tag), page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    let hostile = unfiled().replace("name: 示例", "name: <script>alert(1)</script>示例");
    let (_, page, _) = run(&["report", "-f", "-", "--at", AT], &hostile);
    assert!(!page.contains("<script"), "names are no markup");
    let (code, json, _) = run(&["report", "-f", SAMPLE, "--at", AT, "--json"], "");
    assert_eq!(code, Some(0));
    assert!(serde_json::from_str::<Value>(&json).unwrap()[0]["duties"].is_array());
}

#[test]
fn deadlines_become_a_calendar_algorithm_provisions_article_24() {
    let lapsing = ["calendar", "-f", SAMPLE, "--at", AT];
    let (code, ics, said) = run(&lapsing, "");
    assert_eq!(code, Some(0), "{said}");
    assert!(ics.starts_with("BEGIN:VCALENDAR\r\n") && ics.ends_with("END:VCALENDAR\r\n"), "{ics}");
    assert_eq!(ics.matches("BEGIN:VEVENT").count(), ics.matches("END:VEVENT").count());
    assert!(ics.lines().all(|line| line.len() <= 75), "{ics}");
    assert_eq!(run(&lapsing, "").1, ics, "the same again");
}

#[test]
fn completion_scripts_know_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let (code, script, _) = run(&["completion", shell], "");
        assert_eq!(code, Some(0));
        assert!(["check", "why", "report"].iter().all(|command| script.contains(command)), "{shell}");
    }
}
