//! The truth table in `tests/data/law/verdicts.yaml`, row by row.

use serde::Deserialize;
use serde_json::Value;

use crate::support::{Case, at};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    claim: String,
    #[serde(default)]
    service: Value,
    #[serde(default)]
    policy: Option<Value>,
    #[serde(default)]
    filings: Vec<Value>,
    #[serde(default)]
    assessments: Vec<Value>,
    #[serde(default)]
    ready: Option<String>,
    #[serde(default)]
    now: Option<String>,
    gate: String,
    #[serde(default)]
    findings: Vec<String>,
    #[serde(default)]
    closes_at: Option<String>,
    #[serde(default)]
    detail: Option<String>,
}

fn rows() -> Vec<Row> {
    serde_saphyr::from_str(include_str!("../data/law/verdicts.yaml")).expect("readable table")
}

/// What the rows expect to be found.
pub fn findings() -> Vec<String> {
    rows().into_iter().flat_map(|row| row.findings).collect()
}

#[test]
fn every_row_of_the_truth_table_holds() {
    let rows = rows();
    assert!(rows.len() >= 40, "{} rows", rows.len());
    let mut wrong = Vec::new();
    for row in rows {
        let mut case = Case::new().service(row.service);
        if let Some(policy) = row.policy {
            case = case.policy(policy);
        }
        case = row.filings.into_iter().fold(case, Case::filing);
        case = row.assessments.into_iter().fold(case, Case::assessment);
        if let Some(ready) = &row.ready {
            case = case.ready(ready);
        }
        if let Some(now) = &row.now {
            case = case.now(now);
        }
        let verdict = case.verdict();
        let details: String = verdict.findings.iter().filter_map(|f| f.detail.clone()).collect::<Vec<_>>().join(" | ");
        let holds = verdict.gate.as_str() == row.gate
            && case.findings() == row.findings
            && verdict.closes_at == row.closes_at.as_deref().map(at)
            && row.detail.is_none_or(|detail| details.contains(&detail));
        if !holds {
            wrong.push(format!(
                "{}: {} {:?} closes {:?}, details: {details}",
                row.claim,
                verdict.gate.as_str(),
                case.findings(),
                verdict.closes_at
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
