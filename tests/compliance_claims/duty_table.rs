//! The truth tables `tests/data/law/duties-*.yaml` (rows by hand) and `matrix-*.yaml` (regular ones, multiplied out): for
//! every duty the state that the law gives it. The states are written by people; this file only multiplies and compares.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use deepsynthesis::api::service::Role;
use deepsynthesis::compliance::{Named, Now, RuleState, cancellation};
use deepsynthesis::law::{Calendar, Duty};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Case, at, merge};

/// What a row changes about the lawful service and its lawful records.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Patch {
    service: Value,
    policy: Option<Value>,
    filings: Option<Vec<Value>>,
    assessments: Option<Vec<Value>>,
    exemptions: Vec<Value>,
    history: Option<Value>,
    now: Option<String>,
}

/// One expected outcome.
#[derive(Clone, Debug)]
pub struct Row {
    pub duty: Duty,
    pub claim: String,
    pub patch: Patch,
    pub state: RuleState,
    pub gate: String,
    /// Absent in matrices.
    pub findings: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    duty: String,
    claim: String,
    #[serde(default)]
    service: Value,
    #[serde(default)]
    policy: Option<Value>,
    #[serde(default)]
    filings: Option<Vec<Value>>,
    #[serde(default)]
    assessments: Option<Vec<Value>>,
    #[serde(default)]
    exemptions: Vec<Value>,
    #[serde(default)]
    history: Option<Value>,
    #[serde(default)]
    now: Option<String>,
    state: String,
    #[serde(default = "open")]
    gate: String,
    #[serde(default)]
    findings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Matrices {
    dimensions: BTreeMap<String, BTreeMap<String, Patch>>,
    rows: Vec<Matrix>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Matrix {
    duty: String,
    claim: String,
    #[serde(default)]
    service: Value,
    matrix: Vec<String>,
    expect: Vec<BTreeMap<String, Value>>,
}

fn open() -> String {
    "Open".to_owned()
}

fn duty(id: &str) -> Duty {
    Duty::by_id(id).unwrap_or_else(|| panic!("{id} is no duty"))
}

fn state(name: &str) -> RuleState {
    use RuleState::{CannotKnow, NotApplicable, Pending, Satisfied, Violated};
    let states = [NotApplicable, Satisfied, CannotKnow, Pending, Violated];
    states.into_iter().find(|state| state.as_str() == name).unwrap_or_else(|| panic!("{name} is no state"))
}

fn files(prefix: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/law");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let named = paths.into_iter().map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path));
    let ours = named.filter(|(name, _)| name.starts_with(prefix) && name.ends_with(".yaml"));
    ours.map(|(name, path)| (name, std::fs::read_to_string(path).unwrap())).collect()
}

/// Rows written by hand.
pub fn written() -> Vec<Row> {
    let rows = files("duties-").into_iter().flat_map(|(name, text)| {
        let rows: Vec<Written> = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        rows
    });
    rows.map(|row| Row {
        duty: duty(&row.duty),
        claim: row.claim,
        patch: Patch {
            service: row.service,
            policy: row.policy,
            filings: row.filings,
            assessments: row.assessments,
            exemptions: row.exemptions,
            history: row.history,
            now: row.now,
        },
        state: state(&row.state),
        gate: row.gate,
        findings: Some(row.findings),
    })
    .collect()
}

/// Rows of the matrices, multiplied out.
pub fn multiplied() -> Vec<Row> {
    let mut found = Vec::new();
    for (name, text) in files("matrix-") {
        let file: Matrices = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        for matrix in &file.rows {
            multiply(&file, matrix, &mut found);
        }
    }
    found
}

fn multiply(file: &Matrices, matrix: &Matrix, found: &mut Vec<Row>) {
    let mut cells = vec![(BTreeMap::new(), Patch { service: matrix.service.clone(), ..Patch::default() })];
    for dimension in &matrix.matrix {
        let values = file.dimensions.get(dimension).unwrap_or_else(|| panic!("{dimension} is no dimension"));
        let next = cells.iter().flat_map(|(place, patch)| {
            values.iter().map(move |(value, more)| {
                let mut place: BTreeMap<&str, &str> = place.clone();
                place.insert(dimension, value);
                (place, patch.clone().and(more))
            })
        });
        cells = next.collect();
    }
    let mut used = vec![0; matrix.expect.len()];
    for (place, patch) in cells {
        let first = matrix.expect.iter().position(|condition| fits(condition, &place));
        let first = first.unwrap_or_else(|| panic!("{}: nothing is expected of {place:?}", matrix.claim));
        used[first] += 1;
        let text = |key: &str| matrix.expect[first].get(key).and_then(Value::as_str);
        let places: Vec<String> = place.iter().map(|(dimension, value)| format!("{dimension} {value}")).collect();
        found.push(Row {
            duty: duty(&matrix.duty),
            claim: format!("{} ({})", matrix.claim, places.join(", ")),
            patch,
            state: state(text("state").expect("a state")),
            gate: text("gate").unwrap_or("Open").to_owned(),
            findings: None,
        });
    }
    // A line that never decides is a mistake of whoever wrote it.
    assert!(used.iter().all(|times| *times > 0), "{}: an expectation is never reached: {used:?}", matrix.claim);
}

fn fits(condition: &BTreeMap<String, Value>, place: &BTreeMap<&str, &str>) -> bool {
    condition.iter().filter(|(key, _)| *key != "state" && *key != "gate").all(|(dimension, wanted)| {
        let value = place.get(dimension.as_str()).unwrap_or_else(|| panic!("{dimension} is not in the matrix"));
        match wanted {
            Value::Array(list) => list.iter().any(|wanted| wanted == value),
            wanted => wanted == value,
        }
    })
}

impl Patch {
    fn and(mut self, more: &Self) -> Self {
        self.service = both(self.service, &more.service);
        self.policy = match (self.policy, &more.policy) {
            (Some(one), Some(other)) => Some(both(one, other)),
            (one, other) => one.or(other.clone()),
        };
        self.filings = more.filings.clone().or(self.filings);
        self.assessments = more.assessments.clone().or(self.assessments);
        self.history = more.history.clone().or(self.history);
        self.now = more.now.clone().or(self.now);
        self.exemptions.extend(more.exemptions.clone());
        self
    }

    pub fn case(&self) -> Case {
        let mut case = Case::new().service(self.service.clone());
        if let Some(policy) = &self.policy {
            case = case.policy(policy.clone());
        }
        let own: Vec<&str> = case.service.roles.iter().filter_map(|role| filing_role(*role)).collect();
        let lawful = vec![
            json!({"role": "Own"}),
            json!({"name": "registration", "kind": "GenAiRegistration", "number": "Shanghai-CallAgent-20260629S0187",
                "modelName": "测试模型"}),
        ];
        for record in self.filings.clone().unwrap_or(lawful) {
            for record in by_role(record, &own) {
                case = case.filing(record);
            }
        }
        let every_basis = json!({"basis":
            ["Article20", "Article15Biometric", "Article15SpecialObject", "GenAiArticle17", "PiplArticle55"]});
        case = self.assessments.clone().unwrap_or_else(|| vec![every_basis]).into_iter().fold(case, Case::assessment);
        for mut exemption in self.exemptions.clone() {
            let approver = exemption.as_object_mut().and_then(|map| map.remove("approver"));
            let approver = approver.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
            case = case.exemption(exemption, &approver);
        }
        if let Some(history) = &self.history {
            let key = json!({"unifiedSocialCreditCode": "91440300708461136T", "serviceCode": "0001"});
            case = case.history(merge(key, history.clone()));
        }
        if let Some(now) = &self.now {
            case.now = at(now);
        }
        case
    }
}

/// Two merge patches as one. A `null`, which takes a field away, stays.
fn both(one: Value, other: &Value) -> Value {
    match (one, other) {
        (Value::Object(mut one), Value::Object(other)) => {
            for (key, value) in other {
                let before = one.remove(key).unwrap_or_default();
                one.insert(key.clone(), if value.is_null() { Value::Null } else { both(before, value) });
            }
            Value::Object(one)
        }
        (one, Value::Null) => one,
        (_, other) => other.clone(),
    }
}

fn filing_role(role: Role) -> Option<&'static str> {
    match role {
        Role::Provider => Some("Provider"),
        Role::TechnicalSupporter => Some("TechnicalSupporter"),
        Role::Propagator | Role::AppStore => None,
    }
}

/// `role: Own` stands for one record per filing role of the service, `role: Other` for a role that it does not have.
fn by_role(record: Value, own: &[&str]) -> Vec<Value> {
    let roles: Vec<&str> = match record.get("role").and_then(Value::as_str) {
        Some("Own") if own.is_empty() => vec!["Provider"],
        Some("Own") => own.to_vec(),
        Some("Other") if own == ["Provider"] => vec!["TechnicalSupporter"],
        Some("Other") if own == ["TechnicalSupporter"] => vec!["Provider"],
        Some("Other") => vec!["Propagator"],
        _ => return vec![record],
    };
    let name = |role: &str| format!("{}-{role}", record.get("name").and_then(Value::as_str).unwrap_or("filing"));
    roles.into_iter().map(|role| merge(record.clone(), json!({"role": role, "name": name(role)}))).collect()
}

impl Row {
    /// State, gate and findings as they are.
    pub fn found(&self) -> (RuleState, String, Vec<String>) {
        let case = self.patch.case();
        if self.duty == Duty::FilingCancellation {
            // The service is gone: its history is judged, and no gate is left.
            let filings: Vec<_> = case.filings.iter().map(|(name, spec)| Named { name, spec }).collect();
            let history = case.history.clone().unwrap_or_default();
            let now = Now { instant: case.now, calendar: Calendar::china() };
            return (cancellation(&history, &filings, &now).state, "Open".to_owned(), Vec::new());
        }
        let verdict = case.verdict();
        (verdict.state(self.duty), verdict.gate.as_str().to_owned(), case.findings())
    }
}

fn judge(rows: &[Row]) {
    let mut wrong = String::new();
    let mut count = 0;
    for row in rows {
        let (state, gate, findings) = row.found();
        if state != row.state || gate != row.gate || row.findings.as_ref().is_some_and(|wanted| *wanted != findings) {
            count += 1;
            let (id, claim, wanted) = (row.duty.id(), &row.claim, row.findings.as_deref().unwrap_or_default());
            let (want, is) = (row.state.as_str(), state.as_str());
            let _ = writeln!(
                wrong,
                "{id:<14} {claim}\n    wanted {want} {} {wanted:?}\n    found  {is} {gate} {findings:?}",
                row.gate
            );
        }
    }
    let start: String = wrong.lines().take(240).collect::<Vec<_>>().join("\n");
    assert!(count == 0, "{count} of {} rows do not hold\n{start}", rows.len());
}

#[test]
fn every_written_row_of_every_duty_holds() {
    let rows = written();
    assert!(rows.len() >= 150, "{} rows", rows.len());
    judge(&rows);
}

#[test]
fn every_multiplied_row_of_every_duty_holds() {
    let rows = multiplied();
    assert!(rows.len() >= 600, "{} rows", rows.len());
    judge(&rows);
}
