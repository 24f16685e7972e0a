//! `capture: Redirect` on a real node: an application that listens on all addresses is reached through the sidecar only
//! (Order 12 Art. 16).

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::{Value, json};

mod node_support;
use node_support::{address, apply, container, curl, eventually, is_labelled, is_open, kubectl, place_with, pod, run};

const NAME: &str = "redirect";

/// Allows it in the namespace, or nowhere.
fn allow(namespaces: &Value) {
    apply(
        &json!({"apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "CompliancePolicy", "metadata": {"name": "default"},
        "spec": {"redirectNamespaces": namespaces}}),
    );
}

fn service(namespace: &str) -> String {
    apply(&json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "app", "namespace": namespace},
        "spec": {"selector": {"app": namespace}, "ports": [{"port": 80, "targetPort": 8080}]}}));
    kubectl(&["-n", namespace, "get", "service", "app", "-o", "jsonpath={.spec.clusterIP}"])
}

#[test]
fn an_application_on_all_addresses_is_reached_through_the_sidecar_only_article_16() {
    place_with(NAME, "RC06", &json!({"capture": "Redirect"}));
    eventually("the namespace is named as one that may not", 60, || {
        let said = kubectl(&["-n", NAME, "get", "dss", NAME, "-o", "jsonpath={.status.gate} {.status.conditions}"]);
        said.starts_with("Closed") && said.contains("RedirectNotAllowed")
    });
    allow(&json!([NAME]));
    is_open(NAME);

    // The second container is one that no endpoint declares.
    pod(NAME, "app", &[container("app", "0.0.0.0:8080"), container("undeclared", "0.0.0.0:9090")]);
    kubectl(&["-n", NAME, "wait", "pod/app", "--for", "condition=Ready", "--timeout", "90s"]);
    let inits = kubectl(&["-n", NAME, "get", "pod", "app", "-o", "jsonpath={.spec.initContainers[*].name}"]);
    assert_eq!(inits, "deepsynthesis-redirect deepsynthesis-sidecar");
    let pod_ip = address(NAME, "app");
    is_labelled("the pod's address", || curl(&format!("http://{pod_ip}:8080/text")));
    let cluster_ip = service(NAME);
    is_labelled("a ClusterIP", || curl(&format!("http://{cluster_ip}/text")));
    is_labelled("the API server's proxy", || {
        run("kubectl", &["get", "--raw", &format!("/api/v1/namespaces/{NAME}/pods/app:8080/proxy/text")], "")
    });

    for (port, why) in [(9090, "no endpoint declares it"), (15991, "nobody dials the sidecar's own port")] {
        let (is_answered, said) = curl(&format!("http://{pod_ip}:{port}/text"));
        assert!(!is_answered && said.is_empty(), "{port}: {why}: {said}");
    }
    let metrics = curl(&format!("http://{pod_ip}:15990/metrics")).1;
    let counted = metrics.lines().find(|line| line.starts_with("deepsynthesis_sidecar_undeclared_ports_total"));
    assert!(counted.is_some_and(|line| !line.ends_with(" 0")), "the refused connection is counted: {counted:?}");

    kubectl(&["-n", NAME, "delete", "pod", "app"]);
    allow(&json!([]));
    kubectl(&["delete", "namespace", NAME, "--wait=false"]);
    kubectl(&["delete", "compliancepolicy", "default"]);
}

/// Two network namespaces on one link; in the pod's, the rules and a listener on every address of both families that says
/// its port. `$1` is the sidecar's program, `$2` a path for listeners' code.
const LINK: &str = r#"
set -eu
pod=dss-redirect-pod-$$ node=dss-redirect-node-$$
trap 'ip netns pids $pod | xargs -r kill 2>/dev/null; ip netns del $pod; ip netns del $node' EXIT
ip netns add $pod; ip netns add $node
ip link add eth0 netns $pod type veth peer name veth0 netns $node
for at in "$pod lo" "$pod eth0" "$node lo" "$node veth0"; do
  set -- $at "$@"; ip -n "$1" link set "$2" up; shift 2
done
ip -n $pod addr add 10.9.8.2/24 dev eth0; ip -n $node addr add 10.9.8.1/24 dev veth0
ip -n $pod addr add fd09::2/64 dev eth0 nodad; ip -n $node addr add fd09::1/64 dev veth0 nodad
ip netns exec $pod "$1" redirect >/dev/null
for port in 8080 15990 15991; do
  ip netns exec $pod python3 -c "$2" $port &
  for try in $(seq 300); do
    ip netns exec $pod ss -Hltn "sport = :$port" | grep -q . && break
    kill -0 $! || { echo "the listener on $port has ended"; exit 1; }
    sleep 0.1
  done
done
link=$(ip -n $pod -6 addr show dev eth0 scope link | sed -n 's|.*inet6 \([^/]*\)/.*|\1|p')
# Not the one before it in PATH, which goes into the demo's node.
curl=$(type -ap curl | tail -n 1)
say() { echo "$1 $(ip netns exec "$2" "$curl" -g -s --max-time 5 "$3")"; }
for port in 8080 9090 15990 15991; do
  say "ipv4:$port" $node "http://10.9.8.2:$port/"
  say "ipv6:$port" $node "http://[fd09::2]:$port/"
  say "link:$port" $node "http://[$link%25veth0]:$port/"
done
say "loopback:8080" $pod "http://127.0.0.1:8080/"
say "loopback6:8080" $pod "http://[::1]:8080/"
"#;

const LISTENER: &str = "
import http.server, socket, socketserver, sys
class Server(socketserver.ThreadingTCPServer): # HTTPServer would ask for the name of the address, and there is no name server
    address_family = socket.AF_INET6
    daemon_threads = True
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(sys.argv[1].encode())
    def log_message(self, *words): pass
Server(('::', int(sys.argv[1])), Handler).serve_forever()
";

#[test]
fn the_rules_hold_on_every_address_of_the_pod_the_link_local_one_too_article_16() {
    let words = ["-c", LINK, "bash", env!("CARGO_BIN_EXE_deepsynthesis-sidecar"), LISTENER];
    let (is_success, said) = run("bash", &words, "");
    assert!(is_success, "{said}");
    for address in ["ipv4", "ipv6", "link"] {
        for (dialled, reached) in [(8080, 15991), (9090, 15991), (15990, 15990), (15991, 15991)] {
            let line = format!("{address}:{dialled} {reached}");
            assert!(said.lines().any(|one| one == line), "{line}:\n{said}");
        }
    }
    for inside in ["loopback:8080 8080", "loopback6:8080 8080"] {
        assert!(said.lines().any(|one| one == inside), "{inside}: what the sidecar dials is the application:\n{said}");
    }
}
