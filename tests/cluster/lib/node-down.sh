# Takes a node away, whatever state it is in: also after a start that failed half way, or when everything was killed.

# Order matters: a container outlives its shim, and a mount its user.
node_clear() {
  stop kubelet kube-proxy kube-scheduler kube-controller-manager
  remove_shim_sockets
  kill_all cgroup_processes
  kill_all network_processes
  unmount_all
  remove_cgroups
  remove_network
  remove_traces
}

# The containers: they have network namespaces of their own, but their cgroups are below the node's.
cgroup_processes() {
  find /sys/fs/cgroup -path "*/$NETNS/*" -name cgroup.procs -exec cat {} + 2>/dev/null || true
}

# Shims, daemons, and what the user started through the wrappers.
network_processes() { ip netns pids "$NETNS" 2>/dev/null || true; }

kill_all() {
  until_true 15 none_left "$1" || die "processes do not end: $("$1" | tr '\n' ' ')"
}

none_left() {
  local processes
  mapfile -t processes < <("$1")
  ((${#processes[@]} == 0)) && return
  kill -9 "${processes[@]}" 2>/dev/null
  return 1
}

# containerd keeps these outside its own state folder; each bundle names its own.
remove_shim_sockets() {
  local address
  for address in "$STATE"/containerd/state/io.containerd.runtime.v2.task/*/*/address; do
    [[ -f $address ]] || continue
    address=$(<"$address")
    rm -f "${address#unix://}"
  done
  rmdir /run/containerd/s /run/containerd 2>/dev/null || true
}

unmount_all() {
  local point
  while read -r point; do
    umount "$point" 2>/dev/null || umount --lazy "$point" || die "cannot unmount $point"
  done < <(awk -v below="$STATE/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | sort -r)
}

remove_cgroups() {
  find /sys/fs/cgroup -depth -type d \( -name "$NETNS" -o -path "*/$NETNS/*" \) -exec rmdir {} + 2>/dev/null || true
}

remove_network() {
  [[ ! -e /run/netns/$NETNS ]] || ip netns delete "$NETNS"
}

# Paths that the kubelet and the CNI library let nobody choose.
remove_traces() {
  rm -f "/var/lib/cni/results/$NETNS"-*
  [[ ! -d /var/log/containers ]] || find /var/log/containers -lname "$STATE/*" -delete
  rmdir /var/lib/cni/results /var/lib/cni /var/log/containers 2>/dev/null || true
}
