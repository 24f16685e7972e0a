# The node's configuration files. STATE, NETNS and NODE come from node.sh.

NODE_ADDRESS=10.200.0.1
PODS=10.244.0.0/16
CLUSTER_DNS=10.96.0.10
PAUSE_IMAGE=deepsynthesis.test/pause:1
COREDNS_IMAGE=deepsynthesis.test/coredns:1

write_containerd_config() {
  cat >"$STATE/containerd.toml" <<EOF
version = 2
root = "$STATE/containerd/root"
state = "$STATE/containerd/state"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]

[grpc]
  address = "$STATE/containerd.sock"

[plugins."io.containerd.internal.v1.opt"]
  path = "$STATE/containerd/opt"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE_IMAGE"
  # Root without CAP_SYS_RESOURCE may not lower a score, and runc dies trying.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "$STATE/cni"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  Root = "$STATE/runc"
EOF
}

# Routed pairs (ptp), not a bridge: a reply between two pods of one bridge would pass below the rules that
# translate it back from a Service's address, unless the kernel has br_netfilter.
write_network_config() {
  mkdir -p "$STATE/cni"
  cat >"$STATE/cni/pods.conflist" <<EOF
{"cniVersion": "0.4.0", "name": "$NETNS", "plugins": [
  {"type": "ptp", "ipMasq": false, "ipam": {"type": "host-local", "dataDir": "$STATE/cni-addresses",
    "ranges": [[{"subnet": "$PODS"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
EOF
}

write_kubelet_config() {
  : >"$STATE/resolv.conf"
  cat >"$STATE/kubelet.yaml" <<EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: "$STATE/pki/ca.crt"}}
authorization: {mode: Webhook}
containerRuntimeEndpoint: "unix://$STATE/containerd.sock"
clusterDNS: [$CLUSTER_DNS]
clusterDomain: cluster.local
resolvConf: "$STATE/resolv.conf"
podLogsDir: "$STATE/pod-logs"
volumePluginDir: "$STATE/volume-plugins"
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
# Images come from archives only: what is collected cannot be pulled again.
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 50Mi, nodefs.available: "1%", imagefs.available: "1%", nodefs.inodesFree: "1%"}
EOF
}

write_proxy_config() {
  cat >"$STATE/kube-proxy.yaml" <<EOF
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clusterCIDR: $PODS
clientConnection: {kubeconfig: "$STATE/kube-proxy.kubeconfig"}
hostnameOverride: $NODE
oomScoreAdj: 0
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
iptables: {syncPeriod: 30s, minSyncPeriod: 100ms}
EOF
}

# Programs that run inside the node's network as if it were the machine's own.
write_wrappers() {
  mkdir -p "$STATE/bin"
  wrapper kubectl "$TOOLS/kubectl"
  wrapper helm "$TOOLS/helm"
  wrapper curl "$(command -v curl)"
  wrapper ctr "$(command -v ctr)" --address "$STATE/containerd.sock" --namespace k8s.io
}

wrapper() {
  local name=$1
  shift
  {
    echo '#!/bin/sh'
    printf 'export KUBECONFIG=%q\n' "$STATE/admin.kubeconfig"
    printf 'exec'
    printf ' %q' "${RUN[@]}" "$@"
    printf ' "$@"\n'
  } >"$STATE/bin/$name"
  chmod 755 "$STATE/bin/$name"
}
