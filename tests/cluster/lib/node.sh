# A whole node: control plane, controllers, containerd, kubelet, kube-proxy and cluster DNS, in one network namespace,
# so that nothing can leave it, ports never clash, and two can live side by side.

node_options() {
  local name=main state=''
  ARGUMENTS=()
  while (($#)); do
    case $1 in
      --name) name=${2:?--name wants a name} && shift 2 ;;
      --state) state=$(realpath -m "${2:?--state wants a folder}") && shift 2 ;;
      -*) die "unknown option: $1" ;;
      *) ARGUMENTS+=("$1") && shift ;;
    esac
  done
  [[ $name =~ ^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$ ]] || die "--name wants a short DNS label"
  STATE=${state:-$BASE/node-$name}
  NODE=dss-$name NETNS=dss-$name
  # Not `ip netns exec`: it mounts another /sys and hides the cgroups.
  RUN=(nsenter "--net=/run/netns/$NETNS")
  # A node's parts must be of one version, so it takes nothing from elsewhere.
  KUBEBUILDER_ASSETS=''
}

node_up() {
  node_options "$@"
  need_root "a node"
  build node
  lock "$STATE.lock"
  node_healthy && return
  node_clear
  rm -rf "$STATE"
  mkdir -p -m 711 "$STATE"
  undo_on_failure node_clear
  make_network
  start_control
  start_runtime
  start_agents
  install_addons
  await kubelet 60 kubectl wait --for condition=Ready "node/$NODE" --timeout 1s
  await kubelet 60 kubectl -n kube-system rollout status deployment/coredns --timeout 1s
  succeeded
  say "node up: $STATE"
}

node_down() {
  node_options "$@"
  need_root "a node"
  lock "$STATE.lock"
  node_clear
  rm -rf "$STATE" "$STATE.lock"
}

node_status() {
  node_options "$@"
  need_root "a node"
  node_healthy || { say down && exit 1; }
  say up
}

node_env() {
  node_options "$@"
  export_line KUBECONFIG "$STATE/admin.kubeconfig"
  export_line AUDIT_LOG "$STATE/log/audit.log"
  export_line NETNS "$NETNS"
  export_line RUN "${RUN[*]}"
  export_line TOOLS "$TOOLS"
  printf 'export PATH=%q:"$PATH"\n' "$STATE/bin"
}

node_load() {
  node_options "$@"
  ((${#ARGUMENTS[@]})) || die "node load wants image archives"
  load_images "${ARGUMENTS[@]}"
}

node_healthy() {
  local part
  for part in etcd kube-apiserver kube-controller-manager kube-scheduler containerd kubelet kube-proxy; do
    alive "$part" || return 1
  done
  kubectl wait --for condition=Ready "node/$NODE" --timeout 5s >/dev/null 2>&1 &&
    kubectl -n kube-system rollout status deployment/coredns --timeout 5s >/dev/null 2>&1
}

make_network() {
  flock /run ip netns add "$NETNS"
  local ip=("${RUN[@]}" ip)
  "${ip[@]}" link set lo up
  # A bridge without ports: not every kernel has dummy links.
  "${ip[@]}" link add node0 type bridge
  "${ip[@]}" address add "$NODE_ADDRESS/24" dev node0
  "${ip[@]}" link set node0 up
  "${ip[@]}" route add default dev node0
  "${RUN[@]}" sysctl -qw net.ipv4.ip_forward=1
}

start_control() {
  local server=https://$NODE_ADDRESS:6443 pki=$STATE/pki
  start_etcd 2379 2380
  make_authority "$NODE_ADDRESS"
  certificate kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client
  kubeconfig admin "$server" "$STATE/admin.kubeconfig"
  start_apiserver "$NODE_ADDRESS" 6443 2379 --kubelet-preferred-address-types InternalIP \
    --kubelet-client-certificate "$pki/kubelet-client.crt" --kubelet-client-key "$pki/kubelet-client.key"
  component_config kube-controller-manager /CN=system:kube-controller-manager "$server"
  component_config kube-scheduler /CN=system:kube-scheduler "$server"
  component_config kube-proxy /CN=system:kube-proxy "$server"
  component_config kubelet "/O=system:nodes/CN=system:node:$NODE" "$server"
  write_wrappers
}

component_config() {
  certificate "$1" "$2"
  kubeconfig "$1" "$3" "$STATE/$1.kubeconfig"
}

start_runtime() {
  write_containerd_config
  write_network_config
  start containerd containerd --config "$STATE/containerd.toml"
  await containerd 20 "$STATE/bin/ctr" version
  image_build --binary "$TOOLS/pause" --name "$PAUSE_IMAGE" --out "$STATE/pause.tar"
  image_build --binary "$TOOLS/coredns" --name "$COREDNS_IMAGE" --out "$STATE/coredns.tar"
  load_images "$STATE/pause.tar" "$STATE/coredns.tar"
  rm "$STATE/pause.tar" "$STATE/coredns.tar"
}

start_agents() {
  alive etcd || blame etcd "has ended"
  await kube-apiserver 60 apiserver_ready
  write_kubelet_config
  write_proxy_config
  start kube-controller-manager "$TOOLS/kube-controller-manager" --kubeconfig "$STATE/kube-controller-manager.kubeconfig" \
    --use-service-account-credentials --root-ca-file "$STATE/pki/ca.crt" \
    --service-account-private-key-file "$STATE/pki/service-account.key" \
    --cluster-signing-cert-file "$STATE/pki/ca.crt" --cluster-signing-key-file "$STATE/pki/ca.key" --leader-elect=false
  start kube-scheduler "$TOOLS/kube-scheduler" --kubeconfig "$STATE/kube-scheduler.kubeconfig" --leader-elect=false
  start kubelet "$TOOLS/kubelet" --config "$STATE/kubelet.yaml" --kubeconfig "$STATE/kubelet.kubeconfig" \
    --root-dir "$STATE/kubelet" --cert-dir "$STATE/kubelet/pki" --hostname-override "$NODE" --node-ip "$NODE_ADDRESS"
  start kube-proxy "$TOOLS/kube-proxy" --config "$STATE/kube-proxy.yaml"
}

install_addons() {
  mkdir -p "$STATE/volumes/one" "$STATE/volumes/two"
  # Any user of any pod may be the one that claims it.
  chmod 1777 "$STATE/volumes/one" "$STATE/volumes/two"
  local manifest
  for manifest in "$HERE"/manifests/*.yaml; do
    sed -e "s#@NODE@#$NODE#g" -e "s#@VOLUMES@#$STATE/volumes#g" \
      -e "s#@CLUSTER_DNS@#$CLUSTER_DNS#g" -e "s#@COREDNS_IMAGE@#$COREDNS_IMAGE#g" "$manifest" |
      kubectl apply -f - >/dev/null
  done
}

# The kubelet asks containerd's CRI plugin, which learns of an import a moment later and then marks the image.
load_images() {
  local archive image
  for archive in "$@"; do
    [[ -f $archive ]] || die "no such archive: $archive"
    while read -r image; do
      until_true 10 image_known "$image" || die "$image was imported, but the kubelet does not see it"
    done < <("$STATE/bin/ctr" images import "$archive" | sed -n 's/^unpacking \([^ ]*\) .*/\1/p')
  done
}

image_known() { "$STATE/bin/ctr" images ls "name==$1" | grep -q io.cri-containerd.image=managed; }
