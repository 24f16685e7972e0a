//! Which workloads look like deep synthesis, what they make and where their traffic enters.
//!
//! In: one object that runs pods, and other objects of its namespace. Out: [`Detection`]: a verdict with
//! a score, the reasons for and against, the kinds of technology, the entry port and how that server is
//! told to listen on loopback. Must not: ask a cluster, a clock or a file; a heuristic is never called
//! unbypassable (design §5).
//!
//! What is known stands in `signatures.yaml`; `identity` finds the program, `model` its models, `judge`
//! weighs one container, `decide` the pod, `port` finds the entry.

mod bound;
mod catalogue;
mod command;
mod container;
mod decide;
mod identity;
mod image;
mod judge;
mod model;
mod pod;
mod port;
mod resource;
mod sibling;
mod words;

use serde::Serialize;
use serde_json::Value;

use crate::api::service::Technology;

/// The decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Likelihood {
    /// The workload generates or edits content, or shows a generator to people.
    Generator,
    /// Nothing says so, or something says the opposite.
    #[default]
    Unlikely,
}

/// What detection found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detection {
    /// The decision.
    pub verdict: Likelihood,
    /// How sure, from 0 to 100; 50 and more is a generator.
    pub score: u16,
    /// Stable id of the signature that decided.
    pub signature: Option<&'static str>,
    /// What is generated, sorted, without repetition.
    pub technologies: Vec<Technology>,
    /// Where the traffic of users enters the pod.
    pub entry_port: Option<u16>,
    /// Why, for people: evidence and counter-evidence.
    pub reasons: Vec<String>,
    /// How that server is told to listen on 127.0.0.1.
    pub loopback: Option<LoopbackHint>,
}

/// How a server is told to listen on loopback.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LoopbackHint {
    /// An argument, such as `--host 127.0.0.1`.
    pub argument: Option<&'static str>,
    /// A variable, such as `OLLAMA_HOST=127.0.0.1:11434`.
    pub environment: Option<&'static str>,
    /// In other words.
    pub note: Option<&'static str>,
}

/// Looks at one object that runs pods. `siblings` are other objects of the same namespace (Services,
/// ConfigMaps …) in any order; there may be none.
#[must_use]
pub fn detect(workload: &Value, siblings: &[&Value]) -> Detection {
    decide::decide(workload, siblings, catalogue::Catalogue::embedded())
}

/// Whether the object runs pods, as far as detection knows: it has containers, or it is a known custom resource.
#[must_use]
pub fn runs_pods(object: &Value) -> bool {
    let catalogue = catalogue::Catalogue::embedded();
    resource::of(object, catalogue).is_some()
        || !pod::pods(object, &sibling::ConfigMaps::default(), catalogue).is_empty()
}
