//! What people read.

use deepsynthesis::compliance::{Change, Finding, Reason, Severity, Workload, denial, warnings};
use serde_json::json;

use crate::support::{Case, at};

fn workload<'a>(kind: &'a str, name: &'a str, change: Change) -> Workload<'a> {
    Workload {
        kind,
        name,
        change,
        at: jiff::Timestamp::UNIX_EPOCH,
        revision: None,
        content: None,
        runs: &[],
        admitted: &[],
    }
}

#[test]
fn denial_reads_like_this() {
    let case =
        Case::new().ready("2026-11-02T10:00:00+08:00").filing(json!({"number": "网信算备110108105858002230019号"}));
    let findings: Vec<Finding> =
        case.verdict().findings.into_iter().filter(|finding| finding.severity == Severity::Violation).collect();
    let text = denial("studio/poet", &workload("Deployment", "poet-web", Change::Create), &findings);
    insta::assert_snapshot!(text);
}

#[test]
fn denial_fits_two_kibibytes_whatever_is_in_it() {
    let all: Vec<Finding> = Reason::ALL
        .iter()
        .map(|reason| Finding {
            severity: Severity::Violation,
            reason: *reason,
            due: Some(at("2026-11-24T16:00:00Z")),
            detail: Some("记录\u{7}\n".repeat(400)),
        })
        .collect();
    let long = "中".repeat(3000);
    for findings in [&all[..], &all[..3], &all[..1], &[]] {
        for service in ["poet", "studio/poet", long.as_str(), ""] {
            let text = denial(service, &workload(&long, &long, Change::Template), findings);
            assert!(text.len() <= 2048, "{} bytes", text.len());
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
            assert!(text.contains("kubectl describe dss"));
        }
    }
    let text = denial("studio/poet", &workload("Pod", "", Change::Create), &all);
    assert!(text.contains("1. [FilingOverdue]") && text.contains("more 另有"), "{text}");
    assert!(text.contains("kubectl describe dss poet -n studio"));
}

#[test]
fn every_single_finding_fits_in_both_languages() {
    for reason in Reason::ALL {
        let finding = Finding { severity: Severity::Violation, reason, due: None, detail: Some("x".repeat(500)) };
        let text = denial("poet", &workload("Pod", "poet-1", Change::Create), &[finding]);
        assert!(text.contains(reason.message_en()) && text.contains(reason.message_zh()), "{text}");
        assert!(
            text.contains(reason.remedy_en()) && text.contains(reason.remedy_zh()) && text.contains(reason.article())
        );
    }
}

#[test]
fn warnings_fit_120_characters_and_name_the_last_day() {
    let findings: Vec<Finding> = Reason::ALL
        .iter()
        .map(|reason| Finding {
            severity: Severity::Warning,
            reason: *reason,
            due: Some(at("2026-11-24T16:00:00Z")),
            detail: None,
        })
        .collect();
    let lines = warnings("poet", &findings);
    assert_eq!(lines.len(), Reason::ALL.len());
    for line in &lines {
        assert!(line.chars().count() <= 120 && line.contains("by 2026-11-24"), "{line}");
    }
    for line in warnings(&"s".repeat(300), &findings) {
        assert!(line.chars().count() <= 120, "{line}");
    }
}
