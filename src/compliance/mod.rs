//! The one place where "may this run?" is answered.
//!
//! In: [`Facts`] (a service, the policy, the records) and [`Now`] (a clock and a calendar). Out: a
//! [`Verdict`], from which [`admit`] decides on one workload, and [`denial`] and [`warnings`] say so
//! to people. Must not: read a clock, open a socket, know a kube client. Webhook, controller and
//! in-process policies all take the verdict from here, so that they cannot disagree.

pub mod access;
mod applies;
pub mod cancellation;
pub mod decision;
pub mod evaluate;
pub mod exemption;
pub mod facts;
pub mod finding;
pub mod gate;
pub mod lowering;
pub mod message;
mod moments;
pub mod reason;
mod reason_texts;
mod reason_texts_declarations;
mod reason_texts_duties;
pub mod records;
pub mod retention;
mod rules;
mod stripping;
pub mod undeclared;
pub mod validate;
pub mod verdict;
pub mod workload;

pub use cancellation::{Cancellation, cancellation};
pub use evaluate::evaluate;
pub use facts::{Exemption, Facts, Named, Now};
pub use finding::{Finding, Severity};
pub use gate::{Change, Decision, Workload, admit};
pub use message::{denial, refusal_line, warnings};
pub use reason::Reason;
pub use undeclared::undeclared;
pub use verdict::{FilingInForce, Gate, Outcome, RuleState, Verdict};
pub use workload::Container;
