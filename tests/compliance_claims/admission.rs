//! From verdict to decision.

use deepsynthesis::api::AdmittedRevision;
use deepsynthesis::compliance::{Change, Container, Decision, Verdict, Workload, admit};
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

/// One template change of the service, with the content of its pods and what it runs.
fn change_to(case: &Case, content: &str, words: &[&str], at: &str) -> Decision {
    let admitted = [revision("rs-1", "abc")];
    let runs = [Container { name: "app", image: "app:v1", words: words.to_vec(), env: Vec::new() }];
    let workload = Workload {
        kind: "Deployment",
        name: "poet",
        change: Change::Template,
        at: crate::support::at(at),
        revision: None,
        content: Some(content),
        runs: &runs,
        admitted: &admitted,
    };
    admit(&case.verdict(), &workload)
}

#[test]
fn a_frozen_service_rolls_back_to_what_ran_and_nowhere_else() {
    let lapsed = Case::new().filing(json!({})).assessment(json!({"validUntil": "2026-11-23"}));
    let order = json!({"orders": [{
        "reference": "1", "measure": "SuspendService", "unifiedSocialCreditCode": "91440300708461136T",
        "from": "2026-11-24T00:00:00+08:00",
    }]});
    for (policy, content, at, expected) in [
        (json!({}), "c", NOW, "allow"),
        (json!({}), "new", NOW, "deny"),
        (json!({}), "", NOW, "deny"),
        (json!({"onLapse": "RefusePods"}), "c", NOW, "deny"),
        (json!({"onLapse": "ScaleToZero"}), "c", NOW, "deny"),
        (json!({"replacementDays": 7}), "c", NOW, "allow"),
        (json!({"replacementDays": 7}), "c", "2026-12-02T00:00:00+08:00", "deny"),
        (order, "c", NOW, "deny"),
    ] {
        let decision = change_to(&lapsed.clone().policy(policy.clone()), content, &[], at);
        assert_eq!(word(&decision), expected, "{policy} {content} {at}");
    }
}

#[test]
fn what_a_workload_runs_is_judged_although_the_gate_is_open() {
    let open = Case::new().filing(json!({})).assessment(json!({}));
    let strips = ["exiftool", "-all="];
    for (mode, words, content, expected) in [
        ("Enforce", &strips[..], "new", "deny"),
        ("Warn", &strips, "new", "warn"),
        ("Audit", &strips, "new", "allow"),
        ("Enforce", &["exiftool", "-json"], "new", "allow"),
        // What ran already is not held up by a rule that came later.
        ("Enforce", &strips, "c", "allow"),
    ] {
        let case = open.clone().policy(json!({"mode": mode}));
        assert_eq!(case.verdict().gate.as_str(), "Open");
        let decision = change_to(&case, content, words, NOW);
        assert_eq!(word(&decision), expected, "{mode} {words:?} {content}");
        if let Decision::Deny(findings) | Decision::Warn(findings) = decision {
            assert_eq!(findings[0].reason.code(), "MarkStripping");
            assert_eq!(findings[0].detail.as_deref(), Some("container app: exiftool -all="));
        }
    }
}
