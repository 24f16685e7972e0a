//! A namespace with a service in it, and the objects that tests send. JSON is YAML, so it is written as JSON.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::cluster::Cluster;

pub const USCC: &str = "91110108MADEM0XY18";
pub const SIDECAR: &str = "deepsynthesis-sidecar";
pub const KINDS: [&str; 8] =
    ["Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob"];

/// Waits until it is true; fails with what was waited for.
#[track_caller]
pub fn eventually(what: &str, seconds: u64, mut is_true: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(seconds);
    while !is_true() {
        assert!(Instant::now() < end, "not within {seconds} s: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A namespace of a test's own. It stays behind: nothing in a control plane without controllers removes namespaces.
pub struct Place<'a> {
    pub cluster: &'a Cluster,
    pub name: String,
    /// Service code of the service in it.
    pub code: String,
}

impl<'a> Place<'a> {
    /// A namespace that is enrolled or not, without any service.
    pub fn empty(cluster: &'a Cluster, name: &str, is_enrolled: bool) -> Self {
        let labels = if is_enrolled { json!({"deepsynthesis.dev/enforce": "true"}) } else { json!({}) };
        Self::labelled(cluster, name, labels)
    }

    pub fn labelled(cluster: &'a Cluster, name: &str, labels: Value) -> Self {
        // Unique over runs against one control plane.
        let moment = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() / 100_000;
        let digits = |mut number: u128, count: usize| {
            let mut text = String::new();
            for _ in 0..count {
                text.push(char::from(b"0123456789ABCDEFGHJKLMNPQRTUWXY"[usize::try_from(number % 31).unwrap()]));
                number /= 31;
            }
            text
        };
        let place = Self {
            cluster,
            name: format!("{name}-{}", digits(moment, 8).to_lowercase()),
            code: digits(moment ^ u128::from(std::process::id()), 4),
        };
        cluster.namespace(&place.name, labels);
        place
    }

    /// An enrolled namespace with the service `studio`, which the operator has judged and found wanting.
    pub fn unfiled(cluster: &'a Cluster, name: &str) -> Self {
        let place = Self::empty(cluster, name, true);
        place.create(&place.service("studio", "studio")).admitted();
        place.until_gate("studio", "Closed");
        place
    }

    /// An enrolled namespace with the service `studio`, which may run.
    pub fn open(cluster: &'a Cluster, name: &str) -> Self {
        let place = Self::empty(cluster, name, true);
        place.open_up();
        place
    }

    /// Service and records.
    pub fn open_up(&self) {
        self.create(&self.service("studio", "studio")).admitted();
        self.file();
        self.until_gate("studio", "Open");
    }

    /// Both records.
    pub fn file(&self) {
        let list = json!({"apiVersion": "v1", "kind": "List", "items": [self.filing(), self.assessment()]});
        self.create(&list).admitted();
    }

    /// kubectl in this namespace.
    pub fn kubectl(&self, words: &[&str]) -> Said {
        self.cluster.kubectl(&[&["-n", &self.name], words].concat(), None)
    }

    /// `kubectl create`.
    pub fn create(&self, object: &Value) -> Said {
        self.create_with(object, &[])
    }

    /// `kubectl create` with further options.
    pub fn create_with(&self, object: &Value, options: &[&str]) -> Said {
        let words = [&["-n", &self.name, "create", "-f", "-"], options].concat();
        self.cluster.kubectl(&words, Some(&object.to_string()))
    }

    /// An object as it is stored.
    #[track_caller]
    pub fn get(&self, kind: &str, name: &str) -> Value {
        serde_json::from_str(&self.kubectl(&["get", kind, name, "-o", "json"]).admitted()).unwrap()
    }

    pub fn jsonpath(&self, kind: &str, name: &str, path: &str) -> String {
        self.kubectl(&["get", kind, name, "-o", &format!("jsonpath={path}")]).admitted()
    }

    #[track_caller]
    pub fn until_gate(&self, service: &str, gate: &str) {
        let what = format!("the gate of {service} is {gate}");
        eventually(&what, 20, || self.jsonpath("dss", service, "{.status.gate}") == gate);
    }

    /// The policies inside the API server refuse every pod of an enrolled namespace until the operator has spoken.
    pub fn until_enforced(&self) {
        eventually("the operator says what holds in the namespace", 20, || {
            self.kubectl(&["get", "namespaceenforcement", "dss"]).is_success()
        });
    }

    /// A service that selects `app: <app>`.
    pub fn service(&self, name: &str, app: &str) -> Value {
        json!({
            "apiVersion": "deepsynthesis.dev/v1alpha1",
            "kind": "DeepSynthesisService",
            "metadata": {"name": name, "namespace": self.name},
            "spec": {
                "provider": {
                    "name": "示例影像科技（北京）有限公司",
                    "unifiedSocialCreditCode": USCC,
                    "serviceCode": self.code,
                },
                "roles": ["Provider"],
                "audience": "PublicChina",
                "technologies": ["Text", "VisualBiometric"],
                "confusionCategories": ["FacePerson"],
                "publicOpinion": {"attribute": true},
                "biometricEditing": {"face": true},
                "consent": {"promptVersion": "1"},
                "filingMode": "Strict",
                "workloadSelector": {"matchLabels": {"app": app}},
                "endpoints": [{"port": 8080}],
            },
        })
    }

    pub fn filing(&self) -> Value {
        json!({
            "apiVersion": "deepsynthesis.dev/v1alpha1",
            "kind": "FilingRecord",
            "metadata": {"name": self.name},
            "spec": {
                "kind": "AlgorithmFiling",
                "number": "网信算备110108000000001260015号",
                "role": "Provider",
                "unifiedSocialCreditCode": USCC,
                "serviceCode": self.code,
                "state": "Filed",
                "filedOn": "2026-03-10",
                "scope": {"namespaces": [self.name]},
            },
        })
    }

    pub fn assessment(&self) -> Value {
        json!({
            "apiVersion": "deepsynthesis.dev/v1alpha1",
            "kind": "AssessmentRecord",
            "metadata": {"name": self.name},
            "spec": {
                "basis": ["Article15Biometric", "Article20"],
                "reportId": "SA-2026-0007",
                "reportSha256": "bdd5a1f804fb1cf98523c481662ec41db6eefe627115bb5e4deaf4b5961ab533",
                "assessor": "示例安全评估有限公司",
                "assessedOn": "2026-02-04",
                "unifiedSocialCreditCode": USCC,
                "serviceCode": self.code,
                "result": "Passed",
                "scope": {"namespaces": [self.name]},
            },
        })
    }
}

/// The smallest pod that the service `studio` selects.
pub fn template() -> Value {
    json!({
        "metadata": {"labels": {"app": "studio"}},
        "spec": {"containers": [{"name": "app", "image": "app:dev", "ports": [{"containerPort": 8080}]}]},
    })
}

/// An object of one of [`KINDS`] around a pod template.
pub fn workload(kind: &str, name: &str, mut template: Value) -> Value {
    if kind == "Pod" {
        template["apiVersion"] = "v1".into();
        template["kind"] = "Pod".into();
        template["metadata"]["name"] = name.into();
        return template;
    }
    let group = match kind {
        "ReplicationController" => "v1",
        "Job" | "CronJob" => "batch/v1",
        _ => "apps/v1",
    };
    let spec = match kind {
        "ReplicationController" => json!({"selector": {"app": "studio"}, "template": template}),
        "Job" | "CronJob" => {
            template["spec"]["restartPolicy"] = "Never".into();
            let job = json!({"template": template});
            if kind == "Job" { job } else { json!({"schedule": "0 3 * * *", "jobTemplate": {"spec": job}}) }
        }
        "StatefulSet" => json!({
            "serviceName": "studio", "selector": {"matchLabels": {"app": "studio"}}, "template": template,
        }),
        _ => json!({"selector": {"matchLabels": {"app": "studio"}}, "template": template}),
    };
    json!({"apiVersion": group, "kind": kind, "metadata": {"name": name}, "spec": spec})
}

/// A pod as a controller makes it.
pub fn owned_pod(name: &str, owner: &Value, labels: &Value, template: Value) -> Value {
    let mut pod = workload("Pod", name, template);
    for (key, value) in labels.as_object().unwrap() {
        pod["metadata"]["labels"][key] = value.clone();
    }
    pod["metadata"]["ownerReferences"] = json!([{
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": true,
        "blockOwnerDeletion": true,
    }]);
    pod
}

/// Names of a pod's init containers, in their order.
pub fn init_containers(pod: &Value) -> Vec<&str> {
    let list = pod["spec"]["initContainers"].as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|container| container["name"].as_str().unwrap()).collect()
}

/// A container of whichever list.
pub fn container<'a>(pod: &'a Value, name: &str) -> &'a Value {
    let lists = ["initContainers", "containers"].into_iter().filter_map(|list| pod["spec"][list].as_array());
    lists.flatten().find(|container| container["name"] == name).unwrap_or_else(|| panic!("no container {name}"))
}

/// What a program said and whether it succeeded.
pub struct Said {
    is_success: bool,
    out: String,
    err: String,
}

impl Said {
    /// What it printed; it must have succeeded.
    #[track_caller]
    pub fn admitted(self) -> String {
        assert!(self.is_success, "should have been admitted: {}", self.err);
        self.out
    }

    /// What it complained; it must have failed, and the complaint must hold every one of these.
    #[track_caller]
    pub fn refused(self, texts: &[&str]) -> String {
        assert!(!self.is_success, "should have been refused: {}", self.out);
        for text in texts {
            assert!(self.err.contains(text), "{text:?} is missing in: {}", self.err);
        }
        self.err
    }

    /// Everything that it printed.
    pub fn said(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    /// What it printed and what it complained, whether it succeeded or not.
    pub fn both(self) -> (String, String) {
        (self.out, self.err)
    }

    pub fn is_success(&self) -> bool {
        self.is_success
    }
}

/// Runs a program to its end.
pub fn run(command: &mut Command, input: &str) -> Said {
    let stdio = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = stdio.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { is_success: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
}
