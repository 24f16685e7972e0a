# Builds the cluster's programs from the pinned modules in tools/, once per machine and pin.

CONTROL_PLANE_PROGRAMS=(etcd kube-apiserver kubectl helm)
NODE_PROGRAMS=(kube-controller-manager kube-scheduler kubelet kube-proxy coredns pause)

# One folder for all, named by everything that decides what the programs are.
TOOLS=${XDG_CACHE_HOME:-$HOME/.cache}/deepsynthesis/tools/$(
  cd "$HERE" && sha256sum tools/*/go.mod tools/*/go.sum tools/*/*.go pause/pause.c | sha256sum | cut -c1-64
)

# DSS_KUBERNETES, a folder of tools/kubernetes: another version of the API server, with everything else as it is. Cached by
# its own pin, as peers are: a newer one makes nothing else be built again.
KUBERNETES=${DSS_KUBERNETES:-}
if [[ -n $KUBERNETES ]]; then
  [[ -f $HERE/tools/kubernetes/$KUBERNETES/go.mod ]] || die "DSS_KUBERNETES: which of $(cd "$HERE/tools/kubernetes" && echo */)?"
  OTHER_TOOLS=$(dirname "$TOOLS")/kubernetes-$KUBERNETES-$(
    cd "$HERE/tools/kubernetes/$KUBERNETES" && sha256sum go.mod go.sum | sha256sum | cut -c1-64
  )
fi

# Where a control plane program is: a machine prepared for envtest builds nothing.
tool() {
  if [[ -n $KUBERNETES && $1 == kube-apiserver ]]; then
    echo "$OTHER_TOOLS/$1"
  elif [[ -n ${KUBEBUILDER_ASSETS:-} && -x $KUBEBUILDER_ASSETS/$1 ]]; then
    echo "$KUBEBUILDER_ASSETS/$1"
  else
    echo "$TOOLS/$1"
  fi
}

build() {
  case $1 in
    control-plane) build_programs "${CONTROL_PLANE_PROGRAMS[@]}" ;;
    helm) build_programs helm ;;
    node | all)
      need_root "building a node"
      install_packages
      # A node's parts must be of one version, so it takes nothing from elsewhere.
      KUBEBUILDER_ASSETS='' build_programs "${CONTROL_PLANE_PROGRAMS[@]}" "${NODE_PROGRAMS[@]}"
      ;;
    *) die "build what? control-plane, node, helm or all" ;;
  esac
}

build_programs() {
  local program missing=()
  if [[ -n $KUBERNETES && " $* " == *" kube-apiserver "* && ! -x $OTHER_TOOLS/kube-apiserver ]]; then
    lock "$OTHER_TOOLS.lock"
    # Its own folder instead of the cluster's.
    [[ -x $OTHER_TOOLS/kube-apiserver ]] || TOOLS=$OTHER_TOOLS build_program kube-apiserver
    unlock
  fi
  for program in "$@"; do
    [[ -x $(tool "$program") ]] || missing+=("$program")
  done
  ((${#missing[@]})) || return 0
  lock "$TOOLS.lock"
  for program in "${missing[@]}"; do
    [[ -x $TOOLS/$program ]] || build_program "$program"
  done
  unlock
}

# A program appears in its folder complete or not at all.
build_program() {
  local program=$1 start=$SECONDS work
  mkdir -p "$TOOLS"
  work=$TOOLS/.$program.partial
  printf 'building %s … ' "$program" >&2
  if ! compile "$program" "$work" >"$TOOLS/$program.log" 2>&1; then
    say "failed"
    tail -n 20 "$TOOLS/$program.log" >&2
    exit 1
  fi
  mv "$work" "$TOOLS/$program"
  rm "$TOOLS/$program.log"
  say "$((SECONDS - start)) s"
}

compile() {
  local program=$1 out=$2
  case $program in
    etcd) go_build kubernetes go.etcd.io/etcd/server/v3 "$out" ;;
    kube-apiserver) go_build "kubernetes${KUBERNETES:+/$KUBERNETES}" k8s.io/kubernetes/cmd/kube-apiserver "$out" ;;
    kube*) go_build kubernetes "k8s.io/kubernetes/cmd/$program" "$out" ;;
    helm) go_build helm helm.sh/helm/v4/cmd/helm "$out" ;;
    coredns) go_build coredns . "$out" ;;
    pause) need gcc && gcc -Os -static -s -o "$out" "$HERE/pause/pause.c" ;;
    kyverno | gatekeeper) compile_peer "$out" ;;
    *) die "unknown program: $program" ;;
  esac
}

go_build() {
  local module=$1 package=$2 out=$3
  need go
  (cd "$HERE/tools/$module" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w $(version_flags "$module")" -o "$out" "$package")
}

# kubelet, clients and charts compare versions, and a build from a module knows none.
version_flags() {
  local version
  case $1 in
    kubernetes*)
      version=$(required k8s.io/kubernetes "$1")
      local minor=${version#v*.}
      minor=${minor%%.*}
      echo "-X k8s.io/component-base/version.gitVersion=$version -X k8s.io/client-go/pkg/version.gitVersion=$version" \
        "-X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=$minor" \
        "-X k8s.io/component-base/version.gitCommit= -X k8s.io/component-base/version.gitTreeState=clean"
      ;;
    helm) echo "-X helm.sh/helm/v4/internal/version.version=$(required helm.sh/helm/v4 helm)" ;;
  esac
}

required() { awk -v module="$1" '{ sub(/^require /, "") } $1 == module { print $2; exit }' "$HERE/tools/$2/go.mod"; }

PACKAGES=(containerd runc containernetworking-plugins iptables conntrack iproute2 gcc libc6-dev openssl curl)

install_packages() {
  local missing=() package
  for package in "${PACKAGES[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  need apt-get
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  {
    apt-get update -q
    # The node starts a containerd of its own: Debian's service stays off, whatever init there is.
    RUNLEVEL=1 apt-get install -q -y --no-install-recommends "${missing[@]}"
  } >"${TMPDIR:-/tmp}/deepsynthesis-apt.log" 2>&1 || {
    tail -n 20 "${TMPDIR:-/tmp}/deepsynthesis-apt.log" >&2
    die "could not install ${missing[*]}"
  }
}
