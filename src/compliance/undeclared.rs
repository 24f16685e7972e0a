//! Workloads of an enrolled namespace that no service selects (Order 12 Art. 2).
//!
//! In: the policy, whether an officer decided that the workload generates nothing, what detection saw. Out: a
//! [`Decision`] and its words. Must not: call a heuristic unbypassable: only `undeclared: Deny` leaves no way around.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::decision::decisions;
use super::facts::Named;
use super::finding::Finding;
use super::gate::Decision;
use super::message::clean;
use super::reason::Reason;
use crate::api::{AssessmentRecordSpec, CompliancePolicySpec, Mode, Undeclared};
use crate::detect::{Detection, Likelihood};

/// What is wrong with a workload that no service selects, whatever the mode.
#[must_use]
pub fn undeclared_finding(policy: &CompliancePolicySpec, is_decided: bool, seen: &Detection) -> Option<Finding> {
    let reason = match policy.undeclared {
        _ if is_decided => return None,
        Undeclared::Deny => Reason::UndeclaredWorkload,
        Undeclared::Detect if seen.verdict == Likelihood::Generator => Reason::UndeclaredGenerator,
        Undeclared::Detect => return None,
    };
    Some(Finding::violation(reason).detail(what(seen)))
}

/// Decides on a workload that no service selects and that is created or changes its template.
#[must_use]
pub fn undeclared(policy: &CompliancePolicySpec, is_decided: bool, seen: &Detection) -> Decision {
    match (undeclared_finding(policy, is_decided, seen), policy.mode) {
        (None, _) | (_, Mode::Audit) => Decision::Allow,
        (Some(finding), Mode::Warn) => Decision::Warn(vec![finding]),
        (Some(finding), Mode::Enforce) => Decision::Deny(vec![finding]),
    }
}

/// Whether a decision in force says of pods with these labels that they generate nothing.
#[must_use]
pub fn is_not_generative(
    assessments: &[Named<'_, AssessmentRecordSpec>],
    namespace: &str,
    labels: &BTreeMap<String, String>,
    today: Date,
) -> bool {
    decisions(assessments, namespace, today).flat_map(|(_, decision)| &decision.not_generative).any(|workload| {
        // An empty one would cover everything.
        !workload.match_labels.is_empty()
            && workload.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
    })
}

/// A workload that no service selects, for its messages.
#[derive(Clone, Copy, Debug)]
pub struct Unselected<'a> {
    /// Kind.
    pub kind: &'a str,
    /// Name; a generated one may still be empty.
    pub name: &'a str,
    /// Namespace.
    pub namespace: &'a str,
    /// Labels of its pods.
    pub labels: &'a BTreeMap<String, String>,
}

impl Unselected<'_> {
    fn subject(&self) -> String {
        match clean(self.name, 80) {
            name if name.is_empty() => clean(self.kind, 40),
            name => format!("{} {name}", clean(self.kind, 40)),
        }
    }

    /// The labels that a selector would name: those that controllers add to each revision would not last.
    fn selector(&self) -> String {
        const ADDED: [&str; 6] = [
            "pod-template-hash",
            "controller-revision-hash",
            "pod-template-generation",
            "statefulset.kubernetes.io/pod-name",
            "apps.kubernetes.io/pod-index",
            "batch.kubernetes.io/controller-uid",
        ];
        let own = self.labels.iter().filter(|(key, _)| !ADDED.contains(&key.as_str())).take(4);
        let pairs: Vec<_> = own.map(|(key, value)| format!("{}: {:?}", clean(key, 80), clean(value, 63))).collect();
        if pairs.is_empty() { "app: \"…\"".into() } else { pairs.join(", ") }
    }
}

/// The text of a refusal.
#[must_use]
pub fn undeclared_denial(workload: &Unselected<'_>, seen: &Detection, findings: &[Finding]) -> String {
    let (subject, namespace) = (workload.subject(), clean(workload.namespace, 63));
    let selector = workload.selector();
    let mut text = format!("{subject} is refused: no DeepSynthesisService in namespace {namespace} selects it.\n");
    for finding in findings {
        let (reason, detail) = (finding.reason, finding.detail.as_deref().unwrap_or_default());
        text.push_str(&format!(
            "1. [{}] {} {} ({})\n",
            reason.code(),
            reason.message_en(),
            clean(detail, 300),
            reason.article()
        ));
    }
    text.push_str(&format!(
        "   → Create a DeepSynthesisService in namespace {namespace} with\n     technologies: [{}]\n     \
         endpoints: [{{port: {}}}]\n     workloadSelector: {{matchLabels: {{{selector}}}}}\n",
        technologies(seen),
        seen.entry_port.map_or_else(|| "…".into(), |port| port.to_string()),
    ));
    if let Some(loopback) = loopback(seen) {
        text.push_str(&format!("     and let the server listen on 127.0.0.1: {loopback}\n"));
    }
    text.push_str(&format!(
        "   → or, if it generates nothing, have a compliance officer create an AssessmentRecord with\n     basis: [ScopeDecision], \
         result: Passed, scope: {{namespaces: [{namespace}]}}\n     decision: {{notGenerative: [{{matchLabels: {{{selector}}}}}]}}\n"
    ));
    for finding in findings {
        let reason = finding.reason;
        text.push_str(&format!(
            "{subject} 被拒绝：{}（{}）\n   → {}\n",
            reason.message_zh(),
            reason.duty().article_zh(),
            reason.remedy_zh()
        ));
    }
    text
}

/// Lines for the `warnings` of an admission response, each short enough for the API server.
#[must_use]
pub fn undeclared_warnings(workload: &Unselected<'_>, seen: &Detection, findings: &[Finding]) -> Vec<String> {
    let subject = clean(&workload.subject(), 40);
    let mut lines: Vec<String> = findings
        .iter()
        .map(|finding| {
            let detail = finding.detail.as_deref().unwrap_or_default();
            clean(&format!("[{}] {subject}: no DeepSynthesisService selects it. {detail}", finding.reason.code()), 120)
        })
        .collect();
    if seen.verdict == Likelihood::Generator {
        let port = seen.entry_port.map_or_else(String::new, |port| format!(", port {port}"));
        lines.push(clean(
            &format!("Declare it: technologies [{}]{port}; 请创建 DeepSynthesisService", technologies(seen)),
            120,
        ));
        lines.extend(
            loopback(seen).map(|hint| clean(&format!("Behind the sidecar it listens on 127.0.0.1: {hint}"), 120)),
        );
    }
    lines
}

/// What was seen, in a sentence.
fn what(seen: &Detection) -> String {
    if seen.verdict != Likelihood::Generator {
        return "Nothing says that it generates content.".into();
    }
    let signature = seen.signature.map_or_else(String::new, |signature| format!("{signature}: "));
    let reasons: Vec<_> = seen.reasons.iter().take(3).map(|reason| clean(reason, 100)).collect();
    format!("Seen: {signature}{}.", reasons.join("; "))
}

fn technologies(seen: &Detection) -> String {
    match seen.technologies.as_slice() {
        [] => "…".into(),
        kinds => kinds.iter().map(|kind| format!("{kind:?}")).collect::<Vec<_>>().join(", "),
    }
}

fn loopback(seen: &Detection) -> Option<&'static str> {
    let hint = seen.loopback?;
    hint.argument.or(hint.environment).or(hint.note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn policy(undeclared: &str, mode: &str) -> CompliancePolicySpec {
        serde_json::from_value(json!({"undeclared": undeclared, "mode": mode})).unwrap()
    }

    fn vllm() -> Value {
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "chat"}, "spec": {"template": {
            "metadata": {"labels": {"app": "chat"}},
            "spec": {"containers": [{
                "name": "vllm", "image": "vllm/vllm-openai:v0.11.0", "args": ["--model", "Qwen/Qwen3-8B"],
                "ports": [{"containerPort": 8000}],
            }]},
        }}})
    }

    #[test]
    fn detection_follows_the_policy_and_a_decision_lifts_it() {
        let (generator, nothing) = (crate::detect::detect(&vllm(), &[]), Detection::default());
        assert_eq!(generator.verdict, Likelihood::Generator);
        for (how, mode, decided, seen, expected) in [
            ("Detect", "Enforce", false, &generator, "deny UndeclaredGenerator"),
            ("Detect", "Warn", false, &generator, "warn UndeclaredGenerator"),
            ("Detect", "Audit", false, &generator, "allow"),
            ("Detect", "Enforce", false, &nothing, "allow"),
            ("Detect", "Enforce", true, &generator, "allow"),
            ("Deny", "Enforce", false, &nothing, "deny UndeclaredWorkload"),
            ("Deny", "Enforce", false, &generator, "deny UndeclaredWorkload"),
            ("Deny", "Warn", false, &nothing, "warn UndeclaredWorkload"),
            ("Deny", "Audit", false, &nothing, "allow"),
            ("Deny", "Enforce", true, &nothing, "allow"),
        ] {
            let word = match undeclared(&policy(how, mode), decided, seen) {
                Decision::Allow => "allow".to_owned(),
                Decision::Warn(findings) => format!("warn {}", findings[0].reason.code()),
                Decision::Deny(findings) => format!("deny {}", findings[0].reason.code()),
            };
            assert_eq!(word, expected, "{how} {mode} {decided}");
        }
    }

    #[test]
    fn the_message_names_what_was_seen_and_what_to_create() {
        let seen = crate::detect::detect(&vllm(), &[]);
        let labels = BTreeMap::from([("app".into(), "chat".into()), ("pod-template-hash".into(), "1".into())]);
        let workload = Unselected { kind: "Deployment", name: "chat", namespace: "studio", labels: &labels };
        let Decision::Deny(findings) = undeclared(&policy("Detect", "Enforce"), false, &seen) else { panic!() };
        let text = undeclared_denial(&workload, &seen, &findings);
        for part in [
            "Deployment chat is refused",
            "[UndeclaredGenerator]",
            "vllm",
            "technologies: [Text]",
            "endpoints: [{port: 8000}]",
            "workloadSelector: {matchLabels: {app: \"chat\"}}",
            "127.0.0.1",
            "decision: {notGenerative: [{matchLabels: {app: \"chat\"}}]}",
            "Order 12 Art. 2",
            "被拒绝",
        ] {
            assert!(text.contains(part), "{part:?} is missing in {text}");
        }
        assert!(text.len() < 2048 && !text.contains("pod-template-hash"), "{text}");
        let lines = undeclared_warnings(&workload, &seen, &findings);
        assert!(lines.iter().all(|line| line.chars().count() <= 120), "{lines:?}");
        assert!(lines[0].starts_with("[UndeclaredGenerator] Deployment chat"), "{lines:?}");
    }

    #[test]
    fn a_decision_covers_the_pods_whose_labels_it_names() {
        let record = |labels: Value| -> AssessmentRecordSpec {
            serde_json::from_value(json!({
                "basis": ["ScopeDecision"], "reportId": "D-1", "reportSha256": "0".repeat(64), "assessor": "x",
                "assessedOn": "2026-11-24", "unifiedSocialCreditCode": "91440300708461136T", "serviceCode": "0001",
                "result": "Passed", "scope": {"namespaces": ["studio"]},
                "decision": {"notGenerative": [{"matchLabels": labels}]},
            }))
            .unwrap()
        };
        let pod = BTreeMap::from([("app".into(), "cache".into()), ("x".into(), "y".into())]);
        for (labels, namespace, covers) in [
            (json!({"app": "cache"}), "studio", true),
            (json!({"app": "cache", "x": "z"}), "studio", false),
            (json!({"app": "cache"}), "other", false),
            (json!({}), "studio", false),
        ] {
            let spec = record(labels.clone());
            let records = [Named { name: "decision", spec: &spec }];
            let today = jiff::civil::date(2026, 11, 24);
            assert_eq!(is_not_generative(&records, namespace, &pod, today), covers, "{labels} {namespace}");
        }
    }
}
