//! One thing that a verdict found.
//!
//! In: a [`Reason`], how bad it is, when it must be cured, which record came near. Out: the same,
//! ordered. Must not: word anything itself; sentences belong to the reason.

use jiff::Timestamp;

use super::reason::Reason;

/// How bad a finding is; worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The law is not kept; the gate is closed.
    Violation,
    /// Something must be done, but nothing is refused for it (yet).
    Warning,
    /// Worth knowing.
    Notice,
}

impl Severity {
    /// `Violation`, `Warning` or `Notice`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Violation => "Violation",
            Self::Warning => "Warning",
            Self::Notice => "Notice",
        }
    }
}

/// One thing that a verdict found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub reason: Reason,
    /// When it must be cured, or should have been.
    pub due: Option<Timestamp>,
    /// The record and field at fault, where there is one.
    pub detail: Option<String>,
}

impl Finding {
    pub(crate) fn violation(reason: Reason) -> Self {
        Self { severity: Severity::Violation, reason, due: None, detail: None }
    }

    pub(crate) fn warning(reason: Reason) -> Self {
        Self { severity: Severity::Warning, reason, due: None, detail: None }
    }

    /// A lapse that is some days ahead: the nearer, the worse.
    pub(crate) fn ahead(reason: Reason, days: i64) -> Self {
        if days > 30 { Self::notice(reason) } else { Self::warning(reason) }
    }

    pub(crate) fn notice(reason: Reason) -> Self {
        Self { severity: Severity::Notice, reason, due: None, detail: None }
    }

    pub(crate) fn due(mut self, due: Option<Timestamp>) -> Self {
        self.due = due;
        self
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}
