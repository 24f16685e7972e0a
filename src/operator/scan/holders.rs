//! Who may reach the kubelet through `nodes/proxy`: exec and logs there are never asked of admission. Pure.
//!
//! In: ClusterRoles, then ClusterRoleBindings. Out: one result per holder in the cluster's report. Must not: count the
//! cluster's own administrators, who hold everything.

use std::collections::BTreeSet;

use serde_json::Value;

use super::entry::{Unlabelled, list, subject};
use super::report::{Entry, Outcome};
use crate::operator::workload::CLUSTER_ROLE_BINDING;

/// Who holds everything by the cluster's own making, and the API server's own client.
const OF_THE_SYSTEM: [(&str, &str); 4] = [
    ("Group", "system:masters"),
    ("Group", "kubeadm:cluster-admins"),
    ("User", "system:kube-apiserver"),
    ("User", "kube-apiserver-kubelet-client"),
];

/// Roles that reach the kubelet.
#[derive(Debug, Default)]
pub struct Holders {
    roles: BTreeSet<String>,
}

impl Holders {
    /// Takes note of a role.
    pub fn role(&mut self, role: &Value) {
        let has = |rule: &Value, key: &str, wanted: &[&str]| {
            list(&rule[key]).iter().any(|one| wanted.iter().any(|wanted| one == wanted))
        };
        let reaches = |rule: &Value| {
            has(rule, "apiGroups", &["", "*"])
                && has(rule, "resources", &["nodes/proxy", "nodes/*", "*/proxy", "*"])
                && !list(&rule["verbs"]).is_empty()
        };
        if list(&role["rules"]).iter().any(reaches)
            && let Some(name) = role["metadata"]["name"].as_str()
        {
            self.roles.insert(name.to_owned());
        }
    }

    /// What a binding gives to whom.
    #[must_use]
    pub fn binding(&self, binding: &Value) -> Vec<Entry> {
        let role = binding["roleRef"]["name"].as_str().unwrap_or_default();
        if !self.roles.contains(role) {
            return Vec::new();
        }
        let holders = list(&binding["subjects"]).iter().filter_map(|holder| {
            let text = |key: &str| holder[key].as_str().unwrap_or_default();
            let (kind, name) = (text("kind"), text("name"));
            if OF_THE_SYSTEM.contains(&(kind, name)) {
                return None;
            }
            let name = if kind == "ServiceAccount" { format!("{}/{name}", text("namespace")) } else { name.to_owned() };
            let entry = Unlabelled {
                outcome: Outcome::Warn,
                rule: "NodesProxyHolder",
                message: format!(
                    "{kind} {name} may use nodes/proxy by the ClusterRole {role}: through the kubelet it reaches every \
                     container past admission, applications behind their sidecars included."
                ),
                message_zh: "该主体可经 nodes/proxy 绕过准入直接访问 kubelet 及各容器。",
                remedy: "Give nodes/metrics, nodes/log or nodes/stats instead, or keep the holder among the cluster's administrators.",
                remedy_zh: "请改授 nodes/metrics、nodes/log、nodes/stats，或仅授予集群管理员。",
            };
            Some(entry.about(subject(CLUSTER_ROLE_BINDING, binding)))
        });
        holders.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn holders_of_nodes_proxy_are_named_and_the_system_is_not() {
        let rule =
            |groups: Value, resources: Value| json!([{"apiGroups": groups, "resources": resources, "verbs": ["get"]}]);
        let holders = [
            (json!([""]), json!(["nodes/proxy"]), 1),
            (json!(["*"]), json!(["*"]), 1),
            (json!([""]), json!(["*/proxy"]), 1),
            (json!([""]), json!(["nodes/*"]), 1),
            (json!([""]), json!(["nodes", "nodes/metrics", "pods/proxy"]), 0),
            (json!(["apps"]), json!(["*"]), 0),
        ];
        for (groups, resources, count) in holders {
            let mut holders = Holders::default();
            holders.role(&json!({"metadata": {"name": "r"}, "rules": rule(groups, resources.clone())}));
            let binding = json!({
                "metadata": {"name": "b"}, "roleRef": {"name": "r"},
                "subjects": [
                    {"kind": "Group", "name": "system:masters"},
                    {"kind": "ServiceAccount", "namespace": "monitoring", "name": "agent"},
                ],
            });
            let found = holders.binding(&binding);
            assert_eq!(found.len(), count, "{resources}");
            assert!(found.iter().all(|entry| entry.message.contains("ServiceAccount monitoring/agent")));
        }
    }
}
