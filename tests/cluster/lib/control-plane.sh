# The control plane alone: etcd and kube-apiserver on loopback, as any user.
# No controllers run: namespaces get no default service account, and nothing is garbage collected.

control_plane_options() {
  STATE=$BASE/control-plane RUN=()
  while (($#)); do
    case $1 in
      --state) STATE=$(realpath -m "${2:?--state wants a folder}") && shift 2 ;;
      *) die "unknown option: $1" ;;
    esac
  done
}

control-plane_up() {
  control_plane_options "$@"
  need openssl
  build control-plane
  lock "$STATE.lock"
  # One that is only slow is somebody's: on a busy machine it is waited for, not thrown away.
  if alive etcd && alive kube-apiserver && until_true 60 apiserver_ready; then return; fi
  control_plane_stop
  rm -rf "$STATE"
  mkdir -p -m 700 "$STATE"
  undo_on_failure control_plane_stop
  local port etcd peer
  port=$(free_port) etcd=$(free_port) peer=$(free_port)
  start_etcd "$etcd" "$peer"
  make_authority 127.0.0.1
  kubeconfig admin "https://127.0.0.1:$port" "$STATE/admin.kubeconfig"
  # Nobody dials the `kubernetes` Service here, and a loopback address cannot be its endpoint.
  # AlwaysPullImages rewrites what an injector wrote: here every test holds with it, on the node all hold without.
  local further=()
  mapfile -t further < <(static_admission "${KUBERNETES:-1.0}")
  start_apiserver 127.0.0.1 "$port" "$etcd" --endpoint-reconciler-type none --enable-admission-plugins AlwaysPullImages \
    "${further[@]}"
  alive etcd || blame etcd "has ended"
  await kube-apiserver 60 apiserver_ready
  add_service_account default
  succeeded
  say "control plane up: $STATE"
}

control-plane_down() {
  control_plane_options "$@"
  lock "$STATE.lock"
  control_plane_stop
  rm -rf "$STATE" "$STATE.lock"
}

control-plane_status() {
  control_plane_options "$@"
  control_plane_healthy && say up || { say down && exit 1; }
}

control-plane_env() {
  control_plane_options "$@"
  export_line KUBECONFIG "$STATE/admin.kubeconfig"
  export_line AUDIT_LOG "$STATE/log/audit.log"
  export_line TOOLS "$TOOLS"
  printf 'export PATH=%q:"$PATH"\n' "${KUBEBUILDER_ASSETS:+$KUBEBUILDER_ASSETS:}$TOOLS"
}

control-plane_namespace() {
  local names=() options=()
  while (($#)); do
    case $1 in
      --state) options+=("$1" "$2") && shift 2 ;;
      *) names+=("$1") && shift ;;
    esac
  done
  ((${#names[@]})) || die "control-plane namespace wants a name"
  control_plane_options "${options[@]}"
  local name
  for name in "${names[@]}"; do
    kubectl get namespace "$name" >/dev/null 2>&1 || kubectl create namespace "$name" >&2
    add_service_account "$name"
  done
}

# What the controller manager would do.
add_service_account() {
  kubectl -n "$1" get serviceaccount default >/dev/null 2>&1 || kubectl -n "$1" create serviceaccount default >&2
}

control_plane_healthy() { alive etcd && alive kube-apiserver && apiserver_ready; }

control_plane_stop() { stop kube-apiserver etcd; }

# Below the range the kernel hands out, so that no outgoing connection takes it meanwhile.
free_port() {
  local port
  while :; do
    port=$((20000 + SRANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}
