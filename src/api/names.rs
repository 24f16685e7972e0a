//! Every label, annotation, container, volume and field-manager name, with who may write it.

/// API group of all our kinds.
pub const GROUP: &str = "deepsynthesis.dev";
/// The one served version; there will never be a conversion webhook.
pub const VERSION: &str = "v1alpha1";
/// kubectl category of all our kinds (`kubectl get deepsynthesis`).
pub const CATEGORY: &str = "deepsynthesis";

/// Namespace label that enrols a namespace: value [`ENROLLED_VALUE`]. Written by cluster admins.
pub const ENROLLED_LABEL: &str = "deepsynthesis.dev/enforce";
/// The only value that enrols.
pub const ENROLLED_VALUE: &str = "true";

/// Pod label naming the `DeepSynthesisService` a pod was injected for. Written by the mutating webhook only.
pub const SERVICE_LABEL: &str = "deepsynthesis.dev/service";
/// Pod annotation with the digest of the fields the injector authored. Written by the mutating webhook only.
pub const PROOF_ANNOTATION: &str = "deepsynthesis.dev/injection-proof";

/// Annotation of a workload that a lapse scaled to zero: how many replicas it had. Written by the operator only.
pub const SCALED_FROM_ANNOTATION: &str = "deepsynthesis.dev/scaled-from";

/// Name of the injected native sidecar container; reserved in enrolled namespaces.
pub const SIDECAR_CONTAINER: &str = "deepsynthesis-sidecar";
/// Name of the injected init container that leads traffic to the sidecar (`capture: Redirect`); reserved likewise.
pub const REDIRECT_CONTAINER: &str = "deepsynthesis-redirect";
/// Volume with the signed configuration; reserved.
pub const CONFIG_VOLUME: &str = "deepsynthesis-config";
/// Volume with the ledger-audience service-account token; reserved.
pub const IDENTITY_VOLUME: &str = "deepsynthesis-identity";
/// Volume with records that the ledger has not acknowledged; reserved.
pub const RECORDS_VOLUME: &str = "deepsynthesis-records";
/// Every volume that belongs to the sidecar alone.
pub const VOLUMES: [&str; 3] = [CONFIG_VOLUME, IDENTITY_VOLUME, RECORDS_VOLUME];
/// Where the volume with records is mounted in the sidecar.
pub const RECORDS_MOUNT: &str = "/var/lib/deepsynthesis/records";
/// Where the signed configuration is mounted in the sidecar.
pub const CONFIG_MOUNT: &str = "/etc/deepsynthesis";
/// File name of the signed envelope, also the ConfigMap key.
pub const CONFIG_FILE: &str = "config.json";
/// Where Kubernetes mounts API tokens. Our token is mounted *there*, so that the tenant's never is.
pub const IDENTITY_MOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
/// Service of the ledger, in the namespace of the operator.
pub const LEDGER_SERVICE: &str = "deepsynthesis-ledger";
/// Audience of the projected token, checked by the ledger.
pub const LEDGER_AUDIENCE: &str = "deepsynthesis-ledger";
/// Audience of tokens with which people and programs read records; nobody writes with one.
pub const LEDGER_READ_AUDIENCE: &str = "deepsynthesis-ledger-read";
/// Port of the sidecar's own health, metrics and audit endpoint on the pod's address.
pub const SIDECAR_ADMIN_PORT: u16 = 15990;
/// Port of the sidecar to which all traffic from outside is led (`capture: Redirect`).
pub const SIDECAR_REDIRECT_PORT: u16 = 15991;

/// Fixed name of the one `NamespaceEnforcement` per enrolled namespace.
pub const ENFORCEMENT_NAME: &str = "dss";
/// Fixed name of the one `CompliancePolicy` that counts.
pub const POLICY_NAME: &str = "default";

/// On the Secret `deepsynthesis-ca`: asks for a new certificate authority; the leader removes it when it begins.
pub const ROTATE_ANNOTATION: &str = "deepsynthesis.dev/rotate";

/// Field manager of children (ConfigMaps, NamespaceEnforcement, ServiceHistory).
pub const MANAGER_CONTROLLER: &str = "deepsynthesis.dev/controller";
/// Field manager of `status`.
pub const MANAGER_STATUS: &str = "deepsynthesis.dev/status";
/// Field manager of what a lapse stops.
pub const MANAGER_LAPSE: &str = "deepsynthesis.dev/lapse";
/// Field manager of reports.
pub const MANAGER_REPORT: &str = "deepsynthesis.dev/report";
/// Field manager of `clientConfig.caBundle`.
pub const MANAGER_CERTIFICATE: &str = "deepsynthesis.dev/certificate";

/// Fixed name of the one OpenReports report per enrolled namespace.
pub const REPORT_NAME: &str = "deepsynthesis";

/// Name of the ConfigMap that carries the signed configuration of one service.
#[must_use]
pub fn config_map_name(service: &str) -> String {
    format!("deepsynthesis-{service}")
}
