//! A private cluster with one operator and the kinds of OpenReports, for tests of what the scan finds and does.

use serde_json::{Value, json};

use crate::cluster::{Cluster, Operator, Private, free_port, get};
use crate::support::{Place, eventually};

pub struct Watched {
    // In this order: the operator ends before its cluster, and that before its folder.
    _operator: Operator,
    pub cluster: Private,
    health: u16,
    _folder: tempfile::TempDir,
}

impl Watched {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cluster = Cluster::private(folder.path());
        let crds = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cluster/openreports.yaml");
        cluster.kubectl(&["create", "-f", crds], None).admitted();
        let wait = ["wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"];
        cluster.kubectl(&wait, None).admitted();
        let health = free_port();
        let operator = cluster.start("only", cluster.port, health);
        Self { _operator: operator, cluster, health, _folder: folder }
    }

    /// A metric by its name and labels, 0 while it is not there.
    pub fn metric(&self, name: &str) -> f64 {
        let text = get(self.health, "/metrics").unwrap();
        let line = text.lines().find(|line| line.starts_with(name)).map(str::to_owned);
        line.and_then(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).unwrap_or_default()
    }

    /// Has the operator scan now: a newly enrolled namespace is a change of what is judged by.
    pub fn scan(&self) {
        let before = self.metric("deepsynthesis_scan_seconds_count");
        Place::empty(&self.cluster, "rescan", true);
        eventually("it was scanned again", 60, || self.metric("deepsynthesis_scan_seconds_count") > before);
    }

    /// The policy as it shall be.
    pub fn policy(&self, spec: Value) {
        let policy = json!({
            "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "CompliancePolicy",
            "metadata": {"name": "default"}, "spec": spec,
        });
        self.cluster.kubectl(&["apply", "-f", "-"], Some(&policy.to_string())).admitted();
    }

    /// Entries of a namespace's report, or without one of the cluster's.
    pub fn report(&self, namespace: Option<&str>) -> Vec<Value> {
        let kind = if namespace.is_some() { "reports.openreports.io" } else { "clusterreports.openreports.io" };
        let scope = namespace.map(|namespace| ["-n", namespace]);
        let words = ["get", kind, "deepsynthesis", "--ignore-not-found", "-o", "json"];
        let words = [scope.as_ref().map(<[_; 2]>::as_slice).unwrap_or_default(), &words].concat();
        let report: Value = serde_json::from_str(&self.cluster.kubectl(&words, None).admitted()).unwrap_or_default();
        report["results"].as_array().cloned().unwrap_or_default()
    }

    /// The entry of a rule about an object.
    pub fn entry(&self, namespace: Option<&str>, rule: &str, name: &str) -> Option<Value> {
        let is = |entry: &Value| entry["rule"] == rule && entry["resources"][0]["name"] == name;
        self.report(namespace).into_iter().find(is)
    }

    /// Notes of Events in a namespace with this reason.
    pub fn events(&self, namespace: &str, reason: &str) -> Vec<String> {
        let path = "jsonpath={range .items[*]}{.reason} {.note}{\"\\n\"}{end}";
        let words = ["-n", namespace, "get", "events.events.k8s.io", "-o", path];
        let lines = self.cluster.kubectl(&words, None).admitted();
        lines.lines().filter(|line| line.starts_with(reason)).map(str::to_owned).collect()
    }
}

impl Place<'_> {
    /// Merges into the status of an object, as its controller or a kubelet would.
    pub fn status(&self, kind: &str, name: &str, status: Value) {
        let patch = json!({"status": status}).to_string();
        self.kubectl(&["patch", kind, name, "--subresource=status", "--type=merge", "-p", &patch]).admitted();
    }

    /// A pod that a kubelet runs and finds to be Ready.
    pub fn serves(&self, pod: &str) {
        let ready = json!([{"type": "Ready", "status": "True", "lastTransitionTime": "2026-11-02T04:00:00Z"}]);
        self.status("pod", pod, json!({"phase": "Running", "conditions": ready}));
    }

    pub fn exists(&self, kind: &str, name: &str) -> bool {
        !self.kubectl(&["get", kind, name, "--ignore-not-found", "-o", "name"]).admitted().is_empty()
    }

    /// From now on the namespace is enrolled.
    pub fn enrol(&self) {
        self.kubectl(&["label", "namespace", &self.name, "deepsynthesis.dev/enforce=true"]).admitted();
    }
}
