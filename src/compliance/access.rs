//! May someone reach into a running pod of a service: a shell, a debug container, a forwarded port.
//!
//! In: the verdict and the way in. Out: a [`Permission`]. Must not: know who asks; that is RBAC's.
//!
//! All of these end at the loopback address, where the application listens, behind the labelling sidecar: what leaves by
//! them carries no label and no record (Order 12 Art. 16). An exemption of that duty opens them for a while.

use super::verdict::Verdict;
use crate::api::Mode;
use crate::law::Duty;

/// A way into a running pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// `kubectl exec`, `kubectl cp`.
    Exec,
    /// `kubectl attach`.
    Attach,
    /// `kubectl port-forward`.
    PortForward,
    /// `kubectl debug` with an ephemeral container.
    EphemeralContainer,
}

impl Access {
    /// The way in that a subresource of pods is.
    #[must_use]
    pub fn of(sub_resource: &str) -> Option<Self> {
        match sub_resource {
            "exec" => Some(Self::Exec),
            "attach" => Some(Self::Attach),
            "portforward" => Some(Self::PortForward),
            "ephemeralcontainers" => Some(Self::EphemeralContainer),
            _ => None,
        }
    }

    /// What a person calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exec => "exec",
            Self::Attach => "attach",
            Self::PortForward => "port-forward",
            Self::EphemeralContainer => "an ephemeral container",
        }
    }
}

/// What to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Nothing stands against it.
    Allow,
    /// Recorded only: mode `Audit`.
    Note,
    /// Mode `Warn`.
    Warn,
    /// Mode `Enforce`.
    Deny,
}

/// Decides for one pod of the service that the verdict is about.
#[must_use]
pub fn permission(verdict: &Verdict) -> Permission {
    if verdict.exempted.contains(&Duty::TechnicalMark) {
        return Permission::Allow;
    }
    match verdict.mode {
        Mode::Audit => Permission::Note,
        Mode::Warn => Permission::Warn,
        Mode::Enforce => Permission::Deny,
    }
}
