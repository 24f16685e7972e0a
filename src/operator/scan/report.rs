//! Results of a scan as an OpenReports report (`openreports.io/v1alpha1`). Pure.
//!
//! In: entries. Out: the report's fields, and whether a stored one says the same. Must not: let a clock make two reports
//! differ: a report is written only when what it says changes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Name of the producer in every report.
pub const SOURCE: &str = "deepsynthesis.dev";
/// Results of one report; etcd takes an object of some 1.5 MiB.
pub const MAX_RESULTS: usize = 256;
/// Annotation with the number of results that did not fit.
pub const LEFT_OUT_ANNOTATION: &str = "deepsynthesis.dev/results-left-out";

/// What a check came to; worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Not kept.
    Fail,
    /// Not kept, nothing is refused for it.
    Warn,
    /// Nobody can tell, or exempted.
    Skip,
    /// Kept.
    Pass,
}

impl Outcome {
    /// As OpenReports writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Skip => "skip",
            Self::Pass => "pass",
        }
    }

    fn severity(self) -> Option<&'static str> {
        match self {
            Self::Fail => Some("high"),
            Self::Warn => Some("medium"),
            Self::Skip => Some("info"),
            Self::Pass => None,
        }
    }
}

/// An object that was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// `kind`.
    pub kind: String,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`; empty for cluster-scoped kinds.
    pub namespace: String,
    /// `apiVersion`.
    pub api_version: String,
    /// `metadata.uid`.
    pub uid: String,
}

/// One check of one object. Its order is that of a report: worst first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// What it came to.
    pub outcome: Outcome,
    /// What was checked.
    pub subject: Subject,
    /// Id of the duty.
    pub policy: String,
    /// Reason code.
    pub rule: String,
    /// Article.
    pub category: String,
    /// For people.
    pub message: String,
    /// Further fields for people: remedy, Chinese text, due date.
    pub properties: BTreeMap<&'static str, String>,
}

/// The results of one report; keeps the worst ones and counts all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    kept: BTreeSet<Entry>,
    counts: [usize; 4],
}

impl Sheet {
    /// Adds one result.
    pub fn add(&mut self, entry: Entry) {
        self.counts[entry.outcome as usize] += 1;
        self.kept.insert(entry);
        if self.kept.len() > MAX_RESULTS {
            self.kept.pop_last();
        }
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.iter().all(|count| *count == 0)
    }

    /// Results in their order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.kept.iter()
    }

    /// The report's fields; times are those of `stored` where it says the same.
    #[must_use]
    pub fn content(&self, stored: &Value, now: Timestamp) -> Map<String, Value> {
        let known: BTreeMap<String, &Value> = list(stored)
            .map(|result| (without_time(result).to_string(), &result["timestamp"]))
            .filter(|(_, time)| time.is_object())
            .collect();
        let now = json!({"seconds": now.as_second(), "nanos": 0});
        let results = self.kept.iter().map(|entry| {
            let mut result = result(entry);
            result["timestamp"] = known.get(&without_time(&result).to_string()).map_or(&now, |time| time).clone();
            result
        });
        let results: Vec<Value> = results.collect();
        let count = |outcome: Outcome| self.counts[outcome as usize];
        let content = json!({
            "source": SOURCE,
            "configuration": {"limits": {"maxResults": MAX_RESULTS}},
            "summary": {
                "pass": count(Outcome::Pass), "fail": count(Outcome::Fail), "warn": count(Outcome::Warn),
                "skip": count(Outcome::Skip), "error": 0,
            },
            "results": results,
        });
        content.as_object().cloned().unwrap_or_default()
    }

    /// How many results did not fit.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.counts.iter().sum::<usize>() - self.kept.len()
    }
}

/// Whether a stored report says the same as this content, whenever it was found.
#[must_use]
pub fn says(stored: &Value, content: &Map<String, Value>) -> bool {
    let rest = |value: Option<&Value>| value.cloned().unwrap_or_default();
    ["source", "configuration", "summary"].iter().all(|field| rest(stored.get(*field)) == rest(content.get(*field)))
        && list(stored).map(without_time).eq(content["results"].as_array().into_iter().flatten().map(without_time))
}

fn list(report: &Value) -> impl Iterator<Item = &Value> {
    report["results"].as_array().into_iter().flatten()
}

fn without_time(result: &Value) -> Value {
    let mut result = result.clone();
    if let Some(fields) = result.as_object_mut() {
        fields.remove("timestamp");
    }
    result
}

fn result(entry: &Entry) -> Value {
    let subject = &entry.subject;
    let mut reference = json!({
        "apiVersion": subject.api_version, "kind": subject.kind, "name": subject.name, "uid": subject.uid,
    });
    if !subject.namespace.is_empty() {
        reference["namespace"] = subject.namespace.as_str().into();
    }
    let mut result = json!({
        "policy": entry.policy,
        "rule": entry.rule,
        "category": entry.category,
        "result": entry.outcome.as_str(),
        "scored": entry.outcome != Outcome::Skip,
        // Go calls the fields `subjects` and `description`; on the wire they have these names.
        "resources": [reference],
        "message": entry.message,
    });
    if let Some(severity) = entry.outcome.severity() {
        result["severity"] = severity.into();
    }
    if !entry.properties.is_empty() {
        result["properties"] = json!(entry.properties);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(outcome: Outcome, name: &str) -> Entry {
        Entry {
            outcome,
            subject: Subject { kind: "Pod".into(), name: name.into(), ..Subject::default() },
            policy: "o12-19-1".into(),
            rule: "FilingMissing".into(),
            category: "Order 12 Art. 19".into(),
            message: "No filing.".into(),
            properties: BTreeMap::new(),
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_report_that_says_the_same_later_is_the_same() {
        let mut sheet = Sheet::default();
        sheet.add(entry(Outcome::Fail, "a"));
        let first = Value::Object(sheet.content(&Value::Null, at(10)));
        let later = sheet.content(&Value::Null, at(20));
        assert!(says(&first, &later));
        sheet.add(entry(Outcome::Pass, "b"));
        let more = sheet.content(&first, at(30));
        assert!(!says(&first, &more));
        // What was found before keeps its time.
        assert_eq!(more["results"][0]["timestamp"]["seconds"], 10);
        assert_eq!(more["results"][1]["timestamp"]["seconds"], 30);
        assert!(!says(&Value::Null, &later));
    }

    #[test]
    fn the_worst_results_are_kept_and_all_are_counted() {
        let mut sheet = Sheet::default();
        for index in 0..300 {
            sheet.add(entry(Outcome::Pass, &format!("p{index}")));
        }
        sheet.add(entry(Outcome::Fail, "z"));
        let content = sheet.content(&Value::Null, at(0));
        let results = content["results"].as_array().unwrap();
        assert_eq!((results.len(), sheet.left_out()), (MAX_RESULTS, 45));
        assert_eq!(results[0]["result"], "fail");
        assert_eq!(content["summary"], json!({"pass": 300, "fail": 1, "warn": 0, "skip": 0, "error": 0}));
    }
}
