//! What the schema cannot say about one object.
//!
//! In: one spec. Out: what is wrong with which field and what to write instead. Must not: compare
//! objects or judge duties; a valid object may still break the law, but it may not contradict itself.

mod content;
mod exemption;
mod found;
mod labelling;
mod policy;
mod record;
mod service;

pub use exemption::{validate_approval, validate_exemption};
pub use policy::validate_policy;
pub use record::{validate_assessment, validate_filing};
pub use service::validate_service;

/// One field that cannot stay as it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Invalid {
    /// Path of the field, e.g. `spec.provider.unifiedSocialCreditCode`.
    pub field: String,
    /// What is wrong, and the article where the law says so.
    pub reason: String,
    /// What to write instead.
    pub remedy: String,
    /// All of it in Chinese.
    pub zh: String,
}

impl std::fmt::Display for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}; {}", self.field, self.reason, self.remedy)
    }
}
