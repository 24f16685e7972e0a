# Takes a node away, whatever state it is in: also after a start that failed half way, or when everything was killed.

# Order matters: a container outlives its shim, and a mount its user.
node_clear() {
  stop kubelet kube-proxy kube-scheduler kube-controller-manager
  kill_all network_processes
  local containers
  mapfile -t containers < <(container_ids)
  kill_all container_processes
  unmount_all
  remove_cgroups
  remove_network
  remove_traces
}

# Shims, daemons, and what the user started through the wrappers.
network_processes() { ip netns pids "$NETNS" 2>/dev/null || true; }

# Each container that was not taken down properly has left its bundle.
container_ids() {
  local bundle
  for bundle in "$STATE"/containerd/state/io.containerd.runtime.v2.task/k8s.io/*/; do
    [[ ! -d $bundle ]] || basename "$bundle"
  done
}

# A group may vanish while `find` looks at it: that is what is wanted, not an error.
container_cgroups() {
  local id
  for id in "${containers[@]}"; do
    find /sys/fs/cgroup -depth -type d -path "*/k8s.io/$id*" 2>/dev/null || true
  done
}

# These have network namespaces of their own; their cgroups tell them.
container_processes() {
  local group
  container_cgroups | while read -r group; do
    cat "$group/cgroup.procs" 2>/dev/null || true
  done | sort -u
}

kill_all() {
  until_true 15 none_left "$1" || die "processes do not end: $("$1" | tr '\n' ' ')"
}

none_left() {
  local processes
  mapfile -t processes < <("$1")
  # Inside a trap a bare return gives the status from before the trap.
  ((${#processes[@]} == 0)) && return 0
  kill -9 "${processes[@]}" 2>/dev/null
  return 1
}

unmount_all() {
  local point
  while read -r point; do
    umount "$point" 2>/dev/null || umount --lazy "$point" || die "cannot unmount $point"
  done < <(awk -v below="$STATE/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | sort -r)
}

cgroup_gone() { [[ ! -d $1 ]] || rmdir "$1" 2>/dev/null; }

remove_cgroups() {
  local group groups
  mapfile -t groups < <(container_cgroups)
  for group in "${groups[@]}"; do
    until_true 5 cgroup_gone "$group" || die "cannot remove the cgroup $group"
  done
  rmdir /sys/fs/cgroup/k8s.io /sys/fs/cgroup/*/k8s.io 2>/dev/null || true
}

# `ip` mounts its folder on itself with the first namespace and leaves it so; the lock is against another node's first.
remove_network() {
  [[ ! -e /run/netns/$NETNS ]] || ip netns delete "$NETNS"
  flock /run sh -c '[ -n "$(ls /run/netns 2>/dev/null)" ] || { umount /run/netns; rmdir /run/netns; }' 2>/dev/null || true
}

# Paths that containerd, the kubelet and the CNI library let nobody choose.
remove_traces() {
  local id address
  for address in "$STATE"/containerd/state/io.containerd.runtime.v2.task/k8s.io/*/address; do
    [[ ! -f $address ]] || rm -f "$(sed 's#^unix://##' "$address")"
  done
  for id in "${containers[@]}"; do
    rm -f /var/lib/cni/results/*-"$id"-*
  done
  [[ ! -d /var/log/containers ]] || find /var/log/containers -lname "$STATE/*" -delete
  # All kubelets share this one.
  compgen -G '/run/netns/dss-*' >/dev/null || rm -f /var/lib/kubelet/device-plugins/kubelet.sock
  rmdir /var/lib/kubelet/device-plugins /var/lib/kubelet 2>/dev/null || true
  rmdir /run/containerd/s /run/containerd /var/lib/cni/results /var/lib/cni /var/log/containers 2>/dev/null || true
}
