//! Why a pod cannot be injected, and why an injected pod is not what we injected.
//!
//! Out: closed enums; each has a stable CamelCase code and a sentence that names the field and the
//! remedy. Must not: print values that a tenant wrote into fields we did not author (they may be secrets).

use crate::api::names;

/// A pod that cannot be served by the sidecar.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum InjectError {
    /// The JSON is not that of a pod.
    #[error("{path}: {expected} is expected; send a valid Pod")]
    Malformed {
        /// Field path.
        path: String,
        /// What should stand there.
        expected: &'static str,
    },
    /// Traffic on the node's own network never passes the sidecar.
    #[error("spec.hostNetwork: the sidecar cannot stand in front of a pod on the node's network; remove hostNetwork")]
    HostNetwork,
    /// Processes of other pods and of the node would be visible.
    #[error("spec.hostPID: processes on the node's PID namespace can reach into the sidecar; remove hostPID")]
    HostPid,
    /// The tenant's processes could signal and trace the sidecar.
    #[error(
        "spec.shareProcessNamespace: the pod's other containers could stop or read the sidecar; remove shareProcessNamespace"
    )]
    SharedProcesses,
    /// A port of the node leads to the pod.
    #[error(
        "{path}: a pod of a deep synthesis service must not be tied to a port of the node; remove hostPort and use a Service"
    )]
    HostPort {
        /// Field path of the host port.
        path: String,
    },
    /// The port at which the kubelet asks the sidecar for its health.
    #[error("{path}: port {port} belongs to the injected sidecar; choose another one")]
    AdminPort {
        /// Field path of the port.
        path: String,
        /// The sidecar's port.
        port: u16,
    },
    /// A container that may change the pod's network can lead traffic around the sidecar.
    #[error("{path}: with {right} this container could lead traffic around the sidecar; remove it")]
    NetworkRight {
        /// Field path of the right.
        path: String,
        /// The right.
        right: &'static str,
    },
    /// Packets from outside could reach the loopback address.
    #[error(
        "{path}: this sysctl would open the loopback address, where the application listens, to the network; remove it"
    )]
    LoopbackRouted {
        /// Field path of the sysctl.
        path: String,
    },
    /// There is no sidecar for Windows.
    #[error("{path}: the sidecar runs on Linux only; run this service on Linux nodes")]
    Windows {
        /// Field path that says Windows.
        path: String,
    },
    /// A container of ours that is not ours.
    #[error(
        "{path}: the container name {name} is reserved for the injected sidecar, and this container differs from it at {at}; rename or remove it"
    )]
    ContainerNameTaken {
        /// Field path of the container.
        path: String,
        /// The reserved name.
        name: &'static str,
        /// The first field that differs.
        at: String,
    },
    /// A volume of ours that is not ours.
    #[error(
        "{path}: the volume name {name} is reserved for the injected sidecar, and this volume differs from it at {at}; rename or remove it"
    )]
    VolumeNameTaken {
        /// Field path of the volume.
        path: String,
        /// The reserved name.
        name: &'static str,
        /// The first field that differs.
        at: String,
    },
    /// Another container reads the sidecar's configuration or identity.
    #[error("{path}: volume {name} belongs to the injected sidecar alone; remove this mount")]
    VolumeMounted {
        /// Field path of the mount.
        path: String,
        /// The reserved volume.
        name: &'static str,
    },
}

impl InjectError {
    /// Stable code for events, metrics and conditions.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "PodMalformed",
            Self::HostNetwork => "HostNetworkUsed",
            Self::HostPid => "HostPidUsed",
            Self::SharedProcesses => "ProcessNamespaceShared",
            Self::HostPort { .. } => "HostPortUsed",
            Self::AdminPort { .. } => "SidecarPortUsed",
            Self::NetworkRight { .. } => "NetworkRightUsed",
            Self::LoopbackRouted { .. } => "LoopbackRouted",
            Self::Windows { .. } => "WindowsUnsupported",
            Self::ContainerNameTaken { .. } => "ContainerNameReserved",
            Self::VolumeNameTaken { .. } => "VolumeNameReserved",
            Self::VolumeMounted { .. } => "SidecarVolumeMounted",
        }
    }
}

/// A difference between the pod and what we inject.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProofError {
    /// The pod could not have been injected at all.
    #[error(transparent)]
    Refused(#[from] InjectError),
    /// No sidecar.
    #[error("spec.initContainers: the sidecar is missing; create the pod again so that the webhook injects it")]
    SidecarMissing,
    /// The init container that leads traffic to the sidecar is not there.
    #[error(
        "spec.initContainers: the init container {0}, which leads traffic to the sidecar, is missing; the webhook injects it, so let no other webhook remove it",
        names::REDIRECT_CONTAINER
    )]
    RedirectMissing,
    /// A volume of the sidecar is gone.
    #[error("spec.volumes: volume {name} is missing; create the pod again and let no other webhook remove it")]
    VolumeMissing {
        /// The reserved name.
        name: &'static str,
    },
    /// A field we wrote is gone.
    #[error("{path}: must be {expected} but is absent; let no other webhook change the sidecar")]
    FieldMissing {
        /// Field path.
        path: String,
        /// What we wrote.
        expected: String,
    },
    /// A field we wrote has another value.
    #[error("{path}: must be {expected}; let no other webhook or template change the sidecar")]
    FieldChanged {
        /// Field path.
        path: String,
        /// What we wrote.
        expected: String,
    },
    /// A field we did not write, and the API server does not either.
    #[error("{path}: must not be set; let no other webhook or template extend the sidecar")]
    FieldUnexpected {
        /// Field path.
        path: String,
    },
    /// A container starts before the sidecar; it could listen on the sidecar's addresses.
    #[error("{path}: this init container would start before the sidecar and could take its addresses; place it after")]
    OrderBroken {
        /// Field path of the init container.
        path: String,
    },
    /// The label does not name the service.
    #[error("metadata.labels[deepsynthesis.dev/service]: must be {expected}; it is written by the webhook only")]
    LabelDiffers {
        /// The service.
        expected: String,
    },
    /// The digest is not that of what we inject.
    #[error(
        "metadata.annotations[deepsynthesis.dev/injection-proof]: is not the digest of the sidecar; it is written by the webhook only"
    )]
    ProofDiffers,
}

impl ProofError {
    /// Stable code for events, metrics and conditions.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(error) => error.code(),
            Self::SidecarMissing => "SidecarMissing",
            Self::RedirectMissing => "RedirectMissing",
            Self::VolumeMissing { .. } => "SidecarVolumeMissing",
            Self::FieldMissing { .. } => "SidecarFieldMissing",
            Self::FieldChanged { .. } => "SidecarFieldChanged",
            Self::FieldUnexpected { .. } => "SidecarFieldUnexpected",
            Self::OrderBroken { .. } => "SidecarOrderBroken",
            Self::LabelDiffers { .. } => "ServiceLabelDiffers",
            Self::ProofDiffers => "InjectionProofDiffers",
        }
    }

    /// The field at fault, for messages that name only one.
    pub(super) fn path(&self) -> &str {
        match self {
            Self::FieldMissing { path, .. }
            | Self::FieldChanged { path, .. }
            | Self::FieldUnexpected { path }
            | Self::OrderBroken { path } => path,
            Self::SidecarMissing | Self::RedirectMissing => "spec.initContainers",
            Self::VolumeMissing { .. } => "spec.volumes",
            Self::Refused(_) => "spec",
            Self::LabelDiffers { .. } | Self::ProofDiffers => "metadata",
        }
    }
}
