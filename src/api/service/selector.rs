//! A bounded label selector.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A bounded label selector.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadSelector {
    /// Every label must be present with this value.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 16))]
    pub match_labels: std::collections::BTreeMap<String, String>,
    /// Further requirements.
    #[serde(default)]
    #[schemars(length(max = 8))]
    pub match_expressions: Vec<SelectorRequirement>,
}

/// One requirement of a selector.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct SelectorRequirement {
    /// Label key.
    #[schemars(length(min = 1, max = 317))]
    pub key: String,
    /// How the label relates to the values.
    pub operator: SelectorOperator,
    /// Values for `In` and `NotIn`.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub values: Vec<String>,
}

/// Operators of label selectors.
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub enum SelectorOperator {
    /// The label has one of the values.
    In,
    /// The label is absent or has none of the values.
    NotIn,
    /// The label is present.
    Exists,
    /// The label is absent.
    DoesNotExist,
}

impl WorkloadSelector {
    /// Whether labels satisfy the selector.
    #[must_use]
    pub fn matches(&self, labels: &std::collections::BTreeMap<String, String>) -> bool {
        self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.match_expressions.iter().all(|requirement| {
                let actual = labels.get(&requirement.key);
                match requirement.operator {
                    SelectorOperator::In => actual.is_some_and(|v| requirement.values.contains(v)),
                    SelectorOperator::NotIn => actual.is_none_or(|v| !requirement.values.contains(v)),
                    SelectorOperator::Exists => actual.is_some(),
                    SelectorOperator::DoesNotExist => actual.is_none(),
                }
            })
    }

    /// The same selector as Kubernetes writes it.
    #[must_use]
    pub fn to_label_selector(&self) -> LabelSelector {
        serde_json::from_value(serde_json::json!({
            "matchLabels": self.match_labels,
            "matchExpressions": self.match_expressions,
        }))
        .unwrap_or_default()
    }
}
