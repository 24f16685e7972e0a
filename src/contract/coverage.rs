//! What the operator promises in the name of services, and what the ledger really has of them.
//!
//! In: periods of `spec.retention` and the pods that must have records. Out: per log what is kept since when, what is missing, the newest
//! checkpoint; per service the pods of which nothing came (Cybersecurity Law Art. 23(3), Order 12 Arts 10, 16(2)). Must not: hold a record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::batch::LogName;
use crate::law::Months;
use crate::record::chain::is_name;
use crate::record::event::class_of;

/// Services that are asked about at once.
pub const MAX_SERVICES: usize = 256;
/// Largest question.
pub const MAX_QUESTION_BYTES: usize = 4 << 20;
/// Largest answer.
pub const MAX_ANSWER_BYTES: usize = 4 << 20;
/// Pods that an answer names, of each kind.
pub const MAX_NAMED: usize = 8;

/// What is promised and asked, by UID of the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// One entry per service.
    pub services: BTreeMap<String, Promise>,
}

/// What is promised in the name of one service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// Period by class: `network`, `waiver`, `consent`.
    pub periods: BTreeMap<String, String>,
    /// UIDs of pods that must have records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pods: Vec<String>,
}

/// What the ledger has, by UID of the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// One entry per service that was asked about.
    pub services: BTreeMap<String, Coverage>,
}

/// What the ledger has of one service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// Its logs by class.
    pub logs: BTreeMap<String, LogCoverage>,
    /// How many of the pods never brought a record,
    pub silent: u64,
    /// and the first of them.
    #[serde(default)]
    pub silent_pods: Vec<String>,
}

/// What the ledger has of one log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogCoverage {
    /// For how long every record is kept.
    pub kept_for: String,
    /// Lines ever written.
    pub size: u64,
    /// Lines that were deleted after their time.
    pub deleted: u64,
    /// Ledger time of the oldest line that is there, milliseconds since 1970.
    pub oldest: Option<i64>,
    /// Records that their writers numbered or counted and that never came, within the period,
    pub missing: u64,
    /// and the first pods that they are missing of.
    #[serde(default)]
    pub missing_pods: Vec<String>,
    /// The newest checkpoint (C2SP tlog-checkpoint).
    pub checkpoint: String,
}

/// Why a question is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// Not JSON of this shape.
    #[error("the question is malformed: {0}")]
    Malformed(String),
    /// Too many at once.
    #[error("at most {MAX_SERVICES} services are asked about at once")]
    TooMany,
    /// No UID, class or period.
    #[error("services.{0}: {1}")]
    Entry(String, String),
}

impl Question {
    /// Reads a question; the periods come checked.
    ///
    /// # Errors
    /// [`QuestionError`].
    pub fn parse(bytes: &[u8]) -> Result<(Self, Vec<(LogName, Months)>), QuestionError> {
        let question: Self =
            serde_json::from_slice(bytes).map_err(|error| QuestionError::Malformed(error.to_string()))?;
        if question.services.len() > MAX_SERVICES {
            return Err(QuestionError::TooMany);
        }
        let mut promised = Vec::new();
        for (service, promise) in &question.services {
            let shown: String = service.chars().filter(char::is_ascii_graphic).take(64).collect();
            let refused = |why: String| QuestionError::Entry(shown.clone(), why);
            if !is_name(service) {
                return Err(refused("is no UID".to_owned()));
            }
            for (class, period) in &promise.periods {
                let class = class_of(class).ok_or_else(|| refused("there is no such class of records".to_owned()))?;
                let period = class.check(period).map_err(|error| refused(format!("the period {error}")))?;
                promised.push((LogName { service: service.clone(), class }, period));
            }
        }
        Ok((question, promised))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_a_promise_below_six_months_and_names_the_service_cybersecurity_law_article_23() {
        let ask = |text: &str| Question::parse(text.as_bytes()).map(|(_, promised)| promised.len());
        assert_eq!(ask(r#"{"services":{"u-1":{"periods":{"network":"P1Y","consent":"P3Y"},"pods":["p"]}}}"#), Ok(2));
        for (text, says) in [
            (r#"{"services":{"u-1":{"periods":{"network":"P5M"}}}}"#, "services.u-1: the period is P5M, and Cyber"),
            (r#"{"services":{"u-1":{"periods":{"network":"P180D"}}}}"#, "services.u-1: the period"),
            (r#"{"services":{"u-1":{"periods":{"all":"P1Y"}}}}"#, "services.u-1: there is no such class"),
            (r#"{"services":{"../x":{"periods":{}}}}"#, "services.../x: is no UID"),
            (r#"{"services":{},"x":1}"#, "malformed"),
            ("", "malformed"),
        ] {
            let error = ask(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
        let many = Question { services: (0..=MAX_SERVICES).map(|n| (format!("u-{n}"), Promise::default())).collect() };
        assert_eq!(ask(&serde_json::to_string(&many).unwrap()), Err(QuestionError::TooMany));
    }
}
