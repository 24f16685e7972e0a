//! From verdict to decision.

use deepsynthesis::api::AdmittedRevision;
use deepsynthesis::compliance::{Change, Decision, Verdict, Workload, admit};
use serde_json::json;

use crate::support::Case;

const NOW: &str = "2026-11-24T10:00:00+08:00";

fn revision(owner: &str, hash: &str) -> AdmittedRevision {
    AdmittedRevision { owner: owner.into(), hash: hash.into(), content: "c".into() }
}

fn decide(verdict: &Verdict, kind: &str, change: Change, of: Option<AdmittedRevision>) -> Decision {
    let admitted = [revision("rs-1", "abc"), revision("", "")];
    admit(
        verdict,
        &Workload {
            kind,
            name: "poet",
            change,
            at: crate::support::at(NOW),
            revision: of,
            content: None,
            runs: &[],
            admitted: &admitted,
        },
    )
}

fn word(decision: &Decision) -> &'static str {
    match decision {
        Decision::Allow => "allow",
        Decision::Warn(_) => "warn",
        Decision::Deny(_) => "deny",
    }
}

#[test]
fn decision_follows_gate_and_mode() {
    let open = Case::new().filing(json!({})).assessment(json!({}));
    let grace = Case::new().assessment(json!({}));
    let closed = Case::new();
    for (case, gate, mode, expected) in [
        (&open, "Open", "Enforce", "allow"),
        (&open, "Open", "Warn", "allow"),
        (&grace, "Grace", "Enforce", "warn"),
        (&grace, "Grace", "Warn", "warn"),
        (&grace, "Grace", "Audit", "allow"),
        (&closed, "Closed", "Enforce", "deny"),
        (&closed, "Closed", "Warn", "warn"),
        (&closed, "Closed", "Audit", "allow"),
    ] {
        let verdict = case.clone().policy(json!({"mode": mode})).verdict();
        assert_eq!(verdict.gate.as_str(), gate);
        for (kind, change) in [
            ("Deployment", Change::Create),
            ("Deployment", Change::Template),
            ("ReplicaSet", Change::Create),
            ("ReplicaSet", Change::Template),
            ("Job", Change::Create),
            ("Pod", Change::Create),
        ] {
            assert_eq!(word(&decide(&verdict, kind, change, None)), expected, "{gate} {mode} {kind} {change:?}");
        }
        assert_eq!(decide(&verdict, "Deployment", Change::Other, None), Decision::Allow, "scale is never blocked");
    }
}

#[test]
fn a_service_tightens_the_mode_and_never_loosens_it() {
    for (policy, service, expected) in [
        ("Audit", "Enforce", "deny"),
        ("Warn", "Audit", "warn"),
        ("Enforce", "Audit", "deny"),
        ("Audit", "Audit", "allow"),
    ] {
        let verdict = Case::new().policy(json!({"mode": policy})).service(json!({"mode": service})).verdict();
        assert_eq!(word(&decide(&verdict, "Pod", Change::Create, None)), expected, "{policy} {service}");
    }
}

#[test]
fn a_lapse_freezes_rollouts_and_lets_admitted_pods_be_replaced() {
    let lapsed = Case::new().filing(json!({})).assessment(json!({"validUntil": "2026-11-23"}));
    for (on_lapse, kind, of, expected) in [
        ("FreezeRollouts", "Pod", Some(revision("rs-1", "abc")), "allow"),
        ("FreezeRollouts", "Pod", Some(revision("rs-1", "new")), "deny"),
        ("FreezeRollouts", "Pod", Some(revision("rs-2", "abc")), "deny"),
        ("FreezeRollouts", "Pod", Some(revision("", "")), "deny"),
        ("FreezeRollouts", "Pod", None, "deny"),
        ("FreezeRollouts", "ReplicaSet", Some(revision("rs-1", "abc")), "deny"),
        ("RefusePods", "Pod", Some(revision("rs-1", "abc")), "deny"),
    ] {
        let verdict = lapsed.clone().policy(json!({"onLapse": on_lapse})).verdict();
        let decision = decide(&verdict, kind, Change::Create, of.clone());
        assert_eq!(word(&decision), expected, "{on_lapse} {kind} {of:?}");
    }
}

#[test]
fn grace_warns_with_the_deadline_and_denial_lists_violations_only() {
    let grace =
        Case::new().assessment(json!({})).ready("2026-11-10T10:00:00+08:00").service(json!({"delivery": "Queue"}));
    let Decision::Warn(findings) = decide(&grace.verdict(), "Pod", Change::Create, None) else { panic!("no warning") };
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].reason.code(), findings[0].due), ("FilingMissing", grace.verdict().closes_at));

    let closed = Case::new().service(json!({"delivery": "Queue"}));
    let Decision::Deny(findings) = decide(&closed.verdict(), "Pod", Change::Create, None) else { panic!("no denial") };
    assert_eq!(findings.iter().map(|f| f.reason.code()).collect::<Vec<_>>(), ["PublicOpinionAssessmentMissing"]);
}
